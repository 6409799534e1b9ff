package hazard

import (
	"testing"

	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v4"

	"github.com/pgcutover/pgcutover/analyze"
)

// FuzzYAML reads a remedy for the configuration as the configuration is read. What stands in it is a name for people.
func FuzzYAML(f *testing.F) {
	for _, s := range []string{"a", "A b", `a\b`, `a"b`, "a\nb", "\x1b", "\u0085", "#x", ": x", "[a]", "'", "\ufeff", "é", "\U0001f600"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if analyze.Expressible(s) != nil {
			return
		}
		name := analyze.Display(s)
		var read map[string][]string
		require.NoError(t, yaml.Load([]byte("exclude: ["+yamlText(name)+"]\n"), &read), "%q", name)
		require.Equal(t, map[string][]string{"exclude": {name}}, read)
	})
}
