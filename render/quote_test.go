package render

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/pgcutover/pgcutover/analyze"
	_ "github.com/pgcutover/pgcutover/golden/seed"
	"github.com/pgcutover/pgcutover/verify/rehearse/cluster"
)

// nasty are the strings that quoting goes wrong with.
var nasty = []string{
	"", "plain", "it's", `"`, `""`, `\`, `\\`, `'\''`, `\'`, "a\nb", "a\r\nb", "\t", "$", "$$", "$1", "$(touch /tmp/pwned)", "`id`", "${x}", "%s%n", "!!",
	":x", ":'x'", `:"x"`, "*", "?", "[a-z]", "~", "-n", "--", "-- x", "/* x", "*/", ";", "|", "&", "<", ">", "#", " ", "  x  ", "x ", "\\.", "\\N", "E'x'", "U&'x'",
	"é", "日本", "😀", "\u00a0", "\u2028", "\ufeff", "\u202e", "\x01", "\x1b[31m", "\x7f", strings.Repeat("x", 63), strings.Repeat("'", 200), "$q$", "$guard$", "EOF", "SQL", "\nSQL\n",
}

// accepted reports whether a string can be written at all.
func accepted(s string) bool { return analyze.Expressible(s) == nil }

func TestShellRefusesWhatItCannotHold(t *testing.T) {
	_, err := shellWord("a\x00b")
	require.Error(t, err)
}

// TestPsqlReadsWhatIsQuoted sends everything through psql, which has a syntax of its own around the server's.
func TestPsqlReadsWhatIsQuoted(t *testing.T) {
	c := cluster.StartTarget(t)
	var sql, want strings.Builder
	sql.WriteString("\\set x 'replaced'\n\\set ON_ERROR_STOP on\n")
	for _, s := range nasty {
		l, err := literal(s)
		require.NoError(t, err)
		sql.WriteString("select md5(" + l + ");\n")
		want.WriteString(c.MustPsql(t, "postgres", "select md5(convert_from(decode('"+hexOf(s)+"', 'hex'), 'UTF8'))") + "\n")
		if s == "" || len(s) > 63 {
			continue
		}
		i, err := ident(s)
		require.NoError(t, err)
		r, err := regclass(analyze.Name{Schema: "public", Name: s})
		require.NoError(t, err)
		cm, err := comment(s)
		require.NoError(t, err)
		sql.WriteString("-- " + cm + "\ncreate table public." + i + " ();\nselect md5(relname) from pg_class where oid = (" + r + ")::regclass;\ndrop table public." + i + ";\n")
		want.WriteString(c.MustPsql(t, "postgres", "select md5(convert_from(decode('"+hexOf(s)+"', 'hex'), 'UTF8'))") + "\n")
	}
	require.Equal(t, strings.TrimSuffix(want.String(), "\n"), c.MustPsql(t, "postgres", sql.String()))
}

func hexOf(s string) string {
	const digits = "0123456789abcdef"
	var b strings.Builder
	for i := range len(s) {
		b.WriteByte(digits[s[i]>>4])
		b.WriteByte(digits[s[i]&15])
	}
	return b.String()
}

func TestNumbersStandAnywhere(t *testing.T) {
	require.Equal(t, "5", number(5))
	require.Equal(t, "(-5)", number(-5), "after a minus sign a bare -5 would begin a comment")
}

func TestKeywordsLetNothingElsePass(t *testing.T) {
	for _, good := range []string{"CREATEDB", "CONNECTION LIMIT 5", "NOINHERIT"} {
		q, err := keywords(good)
		require.NoError(t, err)
		require.Equal(t, good, q)
	}
	for _, bad := range []string{"", "createdb", "SUPERUSER; DROP ROLE x", "PASSWORD 'x'", "CREATEDB\n", "A  B"} {
		_, err := keywords(bad)
		require.Error(t, err, bad)
	}
}

func TestCommentsAndMarkdownStayOnTheirLine(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.OneOf(rapid.String(), rapid.SampledFrom(nasty)).Draw(t, "s")
		if !accepted(s) {
			return
		}
		for _, f := range []func(string) (string, error){comment, code, markdown} {
			q, err := f(s)
			if err != nil {
				t.Fatalf("%q: %v", s, err)
			}
			if strings.ContainsAny(q, "\n\r\u0085\u2028\u2029\x00\x0b\x0c") {
				t.Fatalf("%q ends its line: %q", s, q)
			}
		}
		q, _ := code(s)
		fence := q[:len(q)-len(strings.TrimLeft(q, "`"))]
		if inner := q[len(fence) : len(q)-len(fence)]; strings.Contains(inner, fence) {
			t.Fatalf("%q ends its code span: %q", s, q)
		}
	})
}

func TestIdentifierLists(t *testing.T) {
	for in, want := range map[string][]string{
		`"$user", public`:     {"$user", "public"},
		``:                    {""},
		`a,b`:                 {"a", "b"},
		`"a,b", "c""d"`:       {"a,b", `c"d`},
		` "we""ird $x" , pub`: {`we"ird $x`, "pub"},
	} {
		require.Equal(t, want, identifierList(in), in)
	}
	s, err := roleSetting(`r"`, `search_path="$user", public`)
	require.NoError(t, err)
	require.Equal(t, `ALTER ROLE "r""" SET "search_path" TO '$user', 'public'`, s)
	s, err = roleSetting("r", `app.note=a, b=c`)
	require.NoError(t, err)
	require.Equal(t, `ALTER ROLE "r" SET "app.note" TO 'a, b=c'`, s)
}
