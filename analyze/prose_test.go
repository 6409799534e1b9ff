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

func TestBytes(t *testing.T) {
	for n, want := range map[int64]string{
		0: "0 B", 1023: "1023 B", 1024: "1.00 KiB", 10240: "10.0 KiB", 102400: "100 KiB", 1023 << 10: "1023 KiB", 1<<20 - 1: "1.00 MiB", 1 << 40: "1.00 TiB",
		1<<63 - 1: "8.00 EiB", -1: "-1 B",
	} {
		require.Equal(t, want, analyze.Bytes(n))
	}
}

func TestSome(t *testing.T) {
	require.Equal(t, "a, b", analyze.Some([]string{"a", "b"}, 2))
	require.Equal(t, "a, b and 1 more", analyze.Some([]string{"a", "b", "c"}, 2))
	require.Empty(t, analyze.Some(nil, 2))
}

func TestCapital(t *testing.T) {
	require.Equal(t, "Rows", analyze.Capital("rows"))
	require.Equal(t, "É", analyze.Capital("É"))
	require.Empty(t, analyze.Capital(""))
}
