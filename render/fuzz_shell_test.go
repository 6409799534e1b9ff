package render_test

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"mvdan.cc/sh/v3/syntax"

	"github.com/pgcutover/pgcutover/analyze"
	"github.com/pgcutover/pgcutover/planner"
	"github.com/pgcutover/pgcutover/render"
	"github.com/pgcutover/pgcutover/verify/rehearse/cluster"
)

// shellFunctions are the functions of the rendered scripts that quote, as the scripts have them.
var shellFunctions = map[string][]string{
	"session.sh":              {"say", "at_exit", "sql_literal", "json_object", "json_string"},
	"10-source/16-members.sh": {"shown"},
	"30-target/32-schema.sh":  {"quoted", "tsv_of"},
}

// declarations are the texts of functions of a script.
func declarations(t require.TestingT, script []byte, names []string) string {
	f, err := syntax.NewParser(syntax.Variant(syntax.LangBash)).Parse(bytes.NewReader(script), "")
	require.NoError(t, err)
	found := map[string]string{}
	syntax.Walk(f, func(n syntax.Node) bool {
		if d, ok := n.(*syntax.FuncDecl); ok {
			found[d.Name.Value] = string(script[d.Pos().Offset():d.End().Offset()])
		}
		return true
	})
	var b strings.Builder
	for _, name := range names {
		require.Contains(t, found, name)
		b.WriteString(found[name] + "\n")
	}
	return b.String()
}

// FuzzShellFunctions hands two texts to the functions that quote while a script runs, and what they print to its readers.
func FuzzShellFunctions(f *testing.F) {
	cluster.Need(f)
	for _, s := range render.Nasty {
		f.Add(s, "b")
		f.Add("a", s)
	}
	f.Add("&", `\&`)
	f.Add("\u009b2J", "\xc2\x9b")
	b, err := render.Render(samplePlan())
	require.NoError(f, err)
	script := "SCRIPT=test AT_EXIT=()\n"
	for path, names := range shellFunctions {
		a, ok := b.Artifact(path)
		require.True(f, ok, path)
		script += declarations(f, a.Body, names)
	}
	p := samplePlan()
	p.Options.Engine, p.Native = planner.EngineNative, &planner.Native{}
	p.Options.Native = &planner.NativeOptions{Connection: map[string]string{"host": "x"}, Password: planner.PasswordPrompt}
	if b, err = render.Render(p); err != nil {
		f.Fatal(err)
	}
	a, _ := b.Artifact("session.sh")
	script += declarations(f, a.Body, []string{"conninfo_value"})
	require.Empty(f, render.AskBash(f, script))
	require.Equal(f, []string{"x"}, render.AskPsql(f, render.ToFD("SELECT "+render.Hexed("'x'"))))
	f.Fuzz(func(t *testing.T, a, b string) {
		one, err := render.ShellWord(a)
		two, err2 := render.ShellWord(b)
		if err != nil || err2 != nil {
			return
		}
		ask := func(command string) string {
			fields := render.AskBash(t, "said=$("+command+" && printf x); printf '%s\\0' \"${said%x}\"")
			require.Len(t, fields, 1)
			return fields[0]
		}
		require.Equal(t, []string{a, b}, render.AskBash(t, "AT_EXIT=(); at_exit printf '%s\\0' "+one+" "+two+"; eval \"${AT_EXIT[0]}\""))

		said := ask("say " + one + " 2>&1")
		require.Equal(t, strings.Count(a, "\n")+1, strings.Count(said, "\n"))
		require.False(t, strings.ContainsFunc(said, func(r rune) bool { return r != '\n' && r != '\t' && r < 0xa0 && analyze.Steers(r) }), "%q", said)

		shown := ask("shown " + one + " " + two)
		require.False(t, strings.ContainsFunc(shown, func(r rune) bool { return r < 0xa0 && analyze.Steers(r) }), "%q", shown)
		require.Equal(t, []string{a + "." + b}, render.AskBash(t, "printf '%s\\0' "+shown), shown)

		if analyze.Expressible(a) != nil || analyze.Expressible(b) != nil {
			return // names and what servers print are UTF-8
		}
		object := ask("json_object " + one + " " + two)
		var read map[string]string
		require.NoError(t, json.Unmarshal([]byte(object), &read), "%q", object)
		require.Equal(t, map[string]string{a: b}, read)
		constant, err := render.Literal(object)
		require.NoError(t, err)
		require.Equal(t, []string{a, b}, render.AskPsql(t,
			"SELECT key AS k, value AS v FROM pg_catalog.jsonb_each_text("+constant+"::jsonb) \\gset\n"+render.ToFD("SELECT "+render.Hexed(":'k'"))+render.ToFD("SELECT "+render.Hexed(":'v'"))), object)

		value, err := render.Conninfo("password", a) // which FuzzConninfo puts before libpq
		require.NoError(t, err)
		require.Equal(t, value, "password="+ask("conninfo_value "+one))

		quoted := ask("sql_literal " + one)
		require.Equal(t, []string{a}, render.AskPsql(t, "SET standard_conforming_strings = on;\n"+render.ToFD("SELECT "+render.Hexed(quoted))), quoted)
		if a != "" && len(a) <= 63 {
			require.Equal(t, analyze.Ident(a), ask("quoted "+one))
		}
		lines := ask("tsv_of " + one + " " + two)
		require.Equal(t, []string{a, b}, render.AskPsql(t, "CREATE TEMPORARY TABLE lines (n serial, c text);\nCOPY lines (c) FROM stdin;\n"+lines+"\\.\n"+
			render.ToFD("SELECT "+render.Hexed("c")+" FROM lines ORDER BY n")+"DROP TABLE lines;\n"), lines)
	})
}

// FuzzPsqlVariable passes a value the ways that the scripts do: as a variable in argv, from a file in backquotes, and from a query.
func FuzzPsqlVariable(f *testing.F) {
	cluster.Need(f)
	for _, s := range render.Nasty {
		f.Add(s)
	}
	f.Add("a\n\n")
	f.Add("`id`")
	c, err := render.StartedServer()
	require.NoError(f, err)
	file := filepath.Join(f.TempDir(), "it's a $(file) `name`")
	const script = `\set file ` + "`" + `cat -- "$FILE"` + "`" + `
SELECT :'V' AS queried \gset
SELECT pg_catalog.encode(pg_catalog.convert_to(x.v, 'UTF8'), 'hex') FROM (VALUES (1, :'V'), (2, :'file'), (3, :'queried')) AS x (n, v) ORDER BY n;
`
	f.Fuzz(func(t *testing.T, s string) {
		if analyze.Expressible(s) != nil {
			return
		}
		require.NoError(t, os.WriteFile(file, []byte(s), 0o600))
		cmd := exec.CommandContext(t.Context(), c.Bin("psql"), "-XAtqw", "-v", "ON_ERROR_STOP=1", "-d", c.DSN("postgres"), "-v", "V="+s, "-f", "-")
		cmd.Env = []string{"PATH=/usr/bin:/bin", "LC_ALL=C", "PGCLIENTENCODING=UTF8", "FILE=" + file}
		cmd.Stdin = strings.NewReader(script)
		out, err := cmd.CombinedOutput()
		require.NoError(t, err, "%s", out)
		var want []string
		for _, v := range []string{s, strings.TrimSuffix(s, "\n"), s} {
			want = append(want, hex.EncodeToString([]byte(v)))
		}
		require.Equal(t, strings.Join(want, "\n")+"\n", string(out))
	})
}
