package hostile_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/pgcutover/pgcutover/verify/rehearse/hostile"
)

// The same options give the same bytes, and no name is cut by the server.
func TestGenerate(t *testing.T) {
	for _, major := range []int{906, 10, 11, 12, 13, 14, 15, 16, 17, 18} {
		o := hostile.Options{Source: major, Target: 18}
		a, b := hostile.Generate(o), hostile.Generate(o)
		require.Equal(t, a, b)
		require.LessOrEqual(t, len(a.Name), 63)
		require.NotContains(t, a.Name, "\n")
		for _, r := range a.Roles {
			require.LessOrEqual(t, len(r), 63, r)
		}
	}
	older, newer := hostile.Generate(hostile.Options{Source: 906, Target: 18}).SQL, hostile.Generate(hostile.Options{Source: 18, Target: 18}).SQL
	require.NotContains(t, older, "partition by")
	require.Contains(t, newer, ") virtual")
}
