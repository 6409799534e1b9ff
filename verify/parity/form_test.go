package parity

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestSumsByTheServersOwnHash: only where both have it, and of the same bytes.
func TestSumsByTheServersOwnHash(t *testing.T) {
	server := func(edit func(*facts)) facts {
		f := facts{Version: 150000, Encoding: "UTF8", Quoting: "q", MD5: true, Hash64: "1 2 3"}
		edit(&f)
		return f
	}
	same := func(*facts) {}
	for name, tc := range map[string]struct {
		original, copied func(*facts)
		quick            bool
	}{
		"both":                {same, same, true},
		"both without md5":    {func(f *facts) { f.MD5 = false }, same, true},
		"before 11":           {func(f *facts) { f.Version, f.Hash64 = 90600, "" }, same, false},
		"both before 11":      {func(f *facts) { f.Version, f.Hash64 = 90600, "" }, func(f *facts) { f.Version, f.Hash64 = 100000, "" }, false},
		"of other results":    {same, func(f *facts) { f.Hash64 = "1 2 4" }, false},
		"of other encodings":  {func(f *facts) { f.Encoding = "LATIN1" }, same, false},
		"one has no encoding": {func(f *facts) { f.Encoding = "SQL_ASCII" }, same, true},
	} {
		f, err := newForm(server(tc.original), server(tc.copied))
		require.NoError(t, err, name)
		require.Equal(t, tc.quick, f.quick, name)
		sql := f.number([]column{{name: "id", typ: &dataType{schema: "pg_catalog", name: "int4", kind: "b"}}})
		require.Equal(t, tc.quick, strings.HasPrefix(sql, "pg_catalog.hashtextextended("), "%s: %s", name, sql)
	}
}
