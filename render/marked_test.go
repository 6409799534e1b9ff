package render_test

import (
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/pgcutover/pgcutover/render"
	"github.com/pgcutover/pgcutover/verify/rehearse/cluster"
)

// marked runs marked_sql of a rendered bundle over a text.
func marked(t require.TestingT, session, sql string) string {
	cmd := exec.Command("bash", "-c", `export LC_ALL=C; source <(sed -n '/^marked_sql() {/,/^}/p' "$1"); marked_sql`, "bash", session)
	cmd.Stdin = strings.NewReader(sql)
	out, err := cmd.Output()
	require.NoError(t, err)
	return string(out)
}

func session(t *testing.T) string {
	t.Helper()
	b, err := render.Render(samplePlan())
	require.NoError(t, err)
	dir := t.TempDir()
	require.NoError(t, b.Write(dir, true))
	return filepath.Join(dir, "session.sh")
}

// What looks like the start of an entry, or like a command of psql, counts only where it is one.
func TestMarkedSQL(t *testing.T) {
	file := session(t)
	for in, want := range map[string]string{
		"SET a = 1;\n\\restrict x":                        "TSET a = 1;\nT\\restrict x",
		"SELECT 'a\n\\restrict x\n' || \"b\nc\";":         "TSELECT 'a\nI\\restrict x\nI' || \"b\nIc\";",
		"AS $$\nSET x;\n$_$\n$$;\nSET y;":                 "TAS $$\nISET x;\nI$_$\nI$$;\nTSET y;",
		"AS $_é1$\n$$\n$_é1$;\nx":                         "TAS $_é1$\nI$$\nI$_é1$;\nTx",
		"a$$b\nc":                                         "Ta$$b\nTc",
		"SELECT $1$$\n$$":                                 "TSELECT $1$$\nT$$",
		"E'\\'\n-- Name: x'\n1":                           "TE'\\'\nI-- Name: x'\nT1",
		"some'\\'\n1":                                     "Tsome'\\'\nT1",
		"e'a''\\\n' || 1\n2":                              "Te'a''\\\nI' || 1\nT2",
		"-- it's \"\n1":                                   "T-- it's \"\nT1",
		"/* it's /* \n */ \" \n */\n1":                    "T/* it's /* \nI */ \" \nI */\nT1",
		"a[1:\"USER\"] :x ::int :=1 [1:2] '\":x:\"y\"' :": "Ta[1: \"USER\"] : x ::int :=1 [1: 2] '\":x:\"y\"' :",
		"a / b - c":                                       "Ta / b - c",
		"\"'\"\n1":                                        "T\"'\"\nT1",
	} {
		require.Equal(t, want+"\n", marked(t, file, in+"\n"), in)
	}
}

// No variable of psql gets into a statement, and the server reads what it would have read.
func TestMarkedSQLMeansTheSame(t *testing.T) {
	c := cluster.StartTarget(t)
	file := session(t)
	piece := rapid.SampledFrom([]string{
		"'it''s :x'", `E'\'\\ :"USER"'`, "$$:'x' '$$", "$q$ $$ :USER\n\\q $q$", "(array[1,2,3])[1:\"USER\"]", "(array[1,2,3])[n:\"ROW_COUNT\"]", "1::int::text", "/* ' :USER */ 2", "-3 -- it's\n", "\"USER\":: text", "n /2",
		"'a\n\\restrict b\n'", "U&'\\0041'", "\"a$$b\"", "e'\\\\'", "B'1'",
	})
	rapid.Check(t, func(rt *rapid.T) {
		parts := rapid.SliceOfN(piece, 1, 6).Draw(rt, "pieces")
		query := "select " + strings.Join(parts, ", ") + "\nfrom (values (2, 1, 7, 4)) as t (n, \"USER\", \"ROW_COUNT\", \"a$$b\");\n"
		text := ""
		for _, line := range strings.SplitAfter(marked(rt, file, query), "\n") {
			if line != "" {
				text += line[1:]
			}
		}
		want, err := exec.Command(c.Bin("psql"), "-XAt", "-d", c.DSN("postgres"), "-c", query).CombinedOutput() // the server alone reads -c
		require.NoError(rt, err, string(want))
		cmd := exec.Command(c.Bin("psql"), "-XAt", "-v", "ON_ERROR_STOP=1", "-v", "USER=1", "-v", "x=2", "-d", c.DSN("postgres"), "-f", "-")
		cmd.Stdin = strings.NewReader(text)
		got, err := cmd.CombinedOutput()
		require.NoError(rt, err, string(got))
		require.Equal(rt, string(want), string(got))
	})
}
