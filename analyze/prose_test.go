package analyze_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/pgcutover/pgcutover/analyze"
)

func TestCount(t *testing.T) {
	for want, c := range map[string]struct {
		n    int
		noun string
	}{
		"0 tables":  {0, "table"},
		"1 table":   {1, "table"},
		"2 tables":  {2, "table"},
		"1 index":   {1, "index"},
		"3 indexes": {3, "index"},
		"4 batches": {4, "batch"},
	} {
		require.Equal(t, want, analyze.Count(c.n, c.noun))
	}
}
