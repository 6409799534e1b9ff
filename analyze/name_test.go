package analyze_test

import (
	"strings"
	"testing"
	"unicode"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/pgcutover/pgcutover/analyze"
)

func TestNames(t *testing.T) {
	for _, c := range []struct{ schema, name, sql, people string }{
		{"public", "orders", `"public"."orders"`, "public.orders"},
		{"public", "Orders", `"public"."Orders"`, `public."Orders"`},
		{"s", "a b", `"s"."a b"`, `s."a b"`},
		{"s", `a"b`, `"s"."a""b"`, `s."a""b"`},
		{"s", "a.b", `"s"."a.b"`, `s."a.b"`},
		{"s", "1a", `"s"."1a"`, `s."1a"`},
		{"s", "a1_$", `"s"."a1_$"`, "s.a1_$"},
		{"s", "", `"s".""`, `s.""`},
		{"s", "naïve", `"s"."naïve"`, `s."naïve"`},
		{"s", "a\nb\tc\rd", "\"s\".\"a\nb\tc\rd\"", `s."a\nb\tc\rd"`},
		{"s", "a\u202eb", "\"s\".\"a\u202eb\"", `s."a\u202eb"`},
		{"s", `a\nb`, `"s"."a\nb"`, `s."a\\nb"`},
		{"s", "a\u00a0b", "\"s\".\"a\u00a0b\"", `s."a\u00a0b"`},
		{"s", "a\x1b[31mb", "\"s\".\"a\x1b[31mb\"", `s."a\x1b[31mb"`},
	} {
		n := analyze.Name{Schema: c.schema, Name: c.name}
		require.Equal(t, c.sql, n.SQL())
		require.Equal(t, c.people, n.String())
		require.Equal(t, strings.TrimPrefix(c.people, c.schema+"."), analyze.Display(c.name))
	}
	require.True(t, analyze.Name{}.IsZero())
	require.False(t, name("", "x").IsZero())
}

// unquote reads an SQL identifier back as PostgreSQL's scanner would.
func unquote(s string) string {
	return strings.ReplaceAll(s[1:len(s)-1], `""`, `"`)
}

func TestNameProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := rapid.String().Draw(t, "a"), rapid.String().Draw(t, "b")
		require.Equal(t, a, unquote(analyze.Ident(a)))
		inner := analyze.Ident(a)
		inner = inner[1 : len(inner)-1]
		require.NotContains(t, strings.ReplaceAll(inner, `""`, ""), `"`, "no quote stands alone")
		for _, r := range analyze.Display(a) {
			require.False(t, unicode.IsControl(r), "%q is not for a terminal", r)
		}
		if a == b {
			require.Zero(t, name("s", a).Compare(name("s", b)))
		} else {
			require.Equal(t, strings.Compare(a, b), name("s", a).Compare(name("s", b)))
			require.Equal(t, strings.Compare(a, b), name(a, "z").Compare(name(b, "a")))
		}
	})
}
