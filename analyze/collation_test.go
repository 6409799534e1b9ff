package analyze_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/pgcutover/pgcutover/analyze"
)

func TestBytewise(t *testing.T) {
	libc := func(collate string) analyze.Database {
		return analyze.Database{LocaleProvider: "libc", Collate: collate}
	}
	german := libc("de_DE.UTF-8")
	for _, c := range []struct {
		why       string
		database  analyze.Database
		collation string
		want      bool
	}{
		{"the C locale", libc("C"), "", true},
		{"its other name", libc("POSIX"), "", true},
		{"C with an encoding, as Debian spells it", libc("C.UTF-8"), "", true},
		{"and as others do", libc("C.utf8"), "", true},
		{"a language", german, "", false},
		{"the default collation by its name", libc("C"), "default", true},
		{"ICU sorts, whatever libc's locale is", analyze.Database{LocaleProvider: "icu", Collate: "C", Locale: "en-US"}, "", false},
		{"the builtin provider", analyze.Database{LocaleProvider: "builtin", Collate: "de_DE.UTF-8", Locale: "C.UTF-8"}, "", true},
		{"an inventory that names no provider", analyze.Database{Collate: "C"}, "", true},
		{"nothing is known", analyze.Database{}, "", false},
		{"a column's own collation", german, "C", true},
		{"imported from the host", german, "C.utf8", true},
		{"by code point", german, "ucs_basic", true},
		{"by code point, from 17 on", german, "pg_c_utf8", true},
		{"a language in a C database", libc("C"), "de_DE", false},
		{"ICU's", libc("C"), "de-x-icu", false},
		{"a namesake in another schema may be anything", german, `public."C"`, false},
		{"so may one in a schema called c", german, "c.utf8", false},
	} {
		require.Equal(t, c.want, c.database.Bytewise(c.collation), c.why)
	}
}
