package render

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestMinutes(t *testing.T) {
	for seconds, want := range map[float64]string{
		59.9: "", 60: "about a minute", 89.9: "about a minute", 90: "about 2 minutes", 7199: "about 120 minutes", 7200: "about 2.0 hours",
	} {
		require.Equal(t, want, minutes(seconds), seconds)
	}
}
