package render

import (
	"encoding/json"
	"os/exec"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"
	"mvdan.cc/sh/v3/expand"
	"mvdan.cc/sh/v3/syntax"

	"github.com/pgcutover/pgcutover/analyze"
	"github.com/pgcutover/pgcutover/verify/rehearse/cluster"
)

// Every quoting function is fuzzed against the program that reads what it writes; golden/quoting_test.go sees to it that none
// is left out. A target runs its corpus (nasty and testdata/fuzz) as a normal test too.

func seeded(f *testing.F, more ...string) {
	f.Helper()
	for _, s := range append(nasty, more...) {
		f.Add(s)
	}
}

func FuzzShellWord(f *testing.F) {
	seeded(f)
	_, err := exec.LookPath("bash")
	require.NoError(f, err)
	toBash := consumerOf(f, bash)
	f.Fuzz(func(t *testing.T, s string) {
		q, err := shellWord(s)
		if err != nil {
			return // what bash cannot hold is refused, not mangled
		}
		// As an argument, an assignment, an element of an array, in a here-string, after an equals sign, and as rendered: printed anew.
		script := "printf '%s\\0' " + q + "; x=" + q + "; printf '%s\\0' \"$x\"; x=(" + q + " " + q + "); printf '%s\\0' \"${#x[@]}\" \"${x[1]}\"; " +
			"f() { printf '%s\\0' \"$#\" \"$2\"; }; f a " + q + "; mapfile -d '' -t x <<<" + q + "; printf '%s\\0' \"${x[0]%$'\\n'}\"; f a b=" + q
		printed, err := normalizeShell("printed", []byte("#!/usr/bin/env bash\n"+script+"\n"))
		require.NoError(t, err, q)
		want := []string{s, s, "2", s, "2", s, s, "2", "b=" + s}
		require.Equal(t, want, toBash.ask(t, script), q)
		require.Equal(t, want, toBash.ask(t, string(printed)), q)

		var words []*syntax.Word
		for w, err := range syntax.NewParser(syntax.Variant(syntax.LangBash)).WordsSeq(strings.NewReader(q)) {
			require.NoError(t, err, q)
			words = append(words, w)
		}
		require.Len(t, words, 1, q)
		read, err := expand.Literal(nil, words[0])
		require.NoError(t, err, q)
		require.Equal(t, s, read, q)
	})
}

func FuzzComment(f *testing.F) {
	cluster.Need(f)
	seeded(f)
	toPsql := consumerOf(f, psql)
	toBash := consumerOf(f, bash)
	f.Fuzz(func(t *testing.T, s string) {
		q, err := comment(s)
		require.Equal(t, accepted(s), err == nil)
		if err != nil {
			return
		}
		require.False(t, strings.ContainsFunc(q, analyze.Steers), "%q turns the text around it", q)
		require.Equal(t, []string{"after"}, toBash.ask(t, "# "+q+"\nprintf 'after\\0'"), q)
		require.Equal(t, "after", asked(t, toPsql, "-- "+q+"\n"+toFD("SELECT "+hexed("'after'"))), q)
	})
}

func FuzzLiteral(f *testing.F) {
	cluster.Need(f)
	seeded(f)
	conn, err := server()
	require.NoError(f, err)
	toPsql := consumerOf(f, psql)
	f.Fuzz(func(t *testing.T, s string) {
		q, err := literal(s)
		require.Equal(t, accepted(s), err == nil)
		if err != nil {
			return
		}
		for _, conforming := range []string{"on", "off"} {
			set := "SET standard_conforming_strings = " + conforming + "; SET escape_string_warning = off;"
			require.Equal(t, s, served(t, conn, set+"SELECT"+" "+q), q)
			require.Equal(t, s, asked(t, toPsql, set+toFD("SELECT "+hexed(q))), q)
			// Without the blank that templates put before it, and twice nested, as the frame of a copied table is.
			nested, err := literal("SELECT " + q)
			require.NoError(t, err)
			require.Equal(t, "SELECT "+q, served(t, conn, set+"SELECT"+" "+nested), q)
		}
	})
}

func FuzzIdent(f *testing.F) {
	cluster.Need(f)
	seeded(f)
	conn, err := server()
	require.NoError(f, err)
	toPsql := consumerOf(f, psql)
	f.Fuzz(func(t *testing.T, s string) {
		q, err := ident(s)
		require.Equal(t, accepted(s) && s != "", err == nil)
		if err != nil {
			return
		}
		require.Equal(t, pgx.Identifier{s}.Sanitize(), q)
		if len(s) > 63 { // the server cuts longer ones
			return
		}
		rows, err := conn.PgConn().Exec(t.Context(), "select 1 as "+q).ReadAll()
		require.NoError(t, err, q)
		require.Equal(t, s, rows[0].FieldDescriptions[0].Name)
		require.Equal(t, s, asked(t, toPsql, toFD("SELECT "+hexed("SELECT k FROM pg_catalog.json_object_keys(pg_catalog.row_to_json(x.*)) AS k")+" FROM (SELECT 1 AS "+q+") AS x")), q)
	})
}

func FuzzIdents(f *testing.F) {
	cluster.Need(f)
	for _, s := range nasty {
		f.Add(s, "b")
		f.Add("a", s)
	}
	toPsql := consumerOf(f, psql)
	f.Fuzz(func(t *testing.T, a, b string) {
		q, err := idents([]string{a, b})
		require.Equal(t, accepted(a) && accepted(b) && a != "" && b != "", err == nil)
		if err != nil || len(a) > 63 || len(b) > 63 || a == b {
			return
		}
		got := asked(t, toPsql, toFD("WITH x ("+q+") AS (SELECT 1, 2) SELECT "+hexed("SELECT pg_catalog.json_agg(k) FROM pg_catalog.json_object_keys(pg_catalog.row_to_json(x.*)) AS k")+" FROM x"))
		var keys []string
		require.NoError(t, json.Unmarshal([]byte(got), &keys), got)
		require.Equal(t, []string{a, b}, keys)
	})
}

func FuzzName(f *testing.F) {
	cluster.Need(f)
	for _, s := range nasty {
		f.Add(s, "t")
		f.Add("s", s)
	}
	toPsql := consumerOf(f, psql)
	f.Fuzz(func(t *testing.T, schema, table string) {
		n := analyze.Name{Schema: schema, Name: table}
		q, err := name(n)
		require.Equal(t, accepted(schema) && accepted(table) && schema != "" && table != "", err == nil)
		constant, errConstant := regclass(n)
		require.Equal(t, err, errConstant)
		if err != nil || len(schema) > 63 || len(table) > 63 {
			return
		}
		require.Equal(t, n.SQL(), q)
		var read []string
		got := asked(t, toPsql, toFD("SELECT "+hexed("pg_catalog.array_to_json(pg_catalog.parse_ident("+constant+"))")))
		require.NoError(t, json.Unmarshal([]byte(got), &read), got)
		require.Equal(t, []string{schema, table}, read, q)
	})
}

func FuzzCopyText(f *testing.F) {
	cluster.Need(f)
	seeded(f)
	conn, err := server()
	require.NoError(f, err)
	_, err = conn.Exec(f.Context(), "create table if not exists fields (a text, b text)")
	require.NoError(f, err)
	toPsql := consumerOf(f, psql)
	f.Fuzz(func(t *testing.T, s string) {
		q, err := copyText(s)
		require.Equal(t, accepted(s), err == nil)
		if err != nil {
			return
		}
		_, err = conn.Exec(t.Context(), "truncate fields")
		require.NoError(t, err)
		_, err = conn.PgConn().CopyFrom(t.Context(), strings.NewReader(q+"\tend\n"), "copy fields from stdin")
		require.NoError(t, err, q)
		var a, b string
		require.NoError(t, conn.QueryRow(t.Context(), "select a, b from fields").Scan(&a, &b))
		require.Equal(t, [2]string{s, "end"}, [2]string{a, b})
		// Inside a script, where a line that holds only \. would end the rows: as the first field, as the last, alone.
		require.Equal(t, []string{hexOf(s), hexOf("end"), hexOf("begin"), hexOf(s), hexOf(s)}, toPsql.ask(t,
			"TRUNCATE fields;\nCOPY fields FROM stdin;\n"+q+"\tend\nbegin\t"+q+"\n\\.\nCREATE TEMPORARY TABLE one (c text);\nCOPY one FROM stdin;\n"+q+"\n\\.\n"+
				toFD("SELECT "+hexed("x.s")+" FROM fields, LATERAL (VALUES (a), (b)) AS x (s)")+toFD("SELECT "+hexed("c")+" FROM one")+"DROP TABLE one;\n"), q)
	})
}

func FuzzJSON(f *testing.F) {
	cluster.Need(f)
	for _, s := range nasty {
		f.Add(s, "t")
	}
	conn, err := server()
	require.NoError(f, err)
	toPsql := consumerOf(f, psql)
	f.Fuzz(func(t *testing.T, schema, table string) {
		names := [][2]string{{schema, table}}
		q, err := jsonString(names)
		require.Equal(t, accepted(schema) && accepted(table), err == nil, "%q", names)
		if err != nil {
			return
		}
		var read [][2]string
		require.NoError(t, json.Unmarshal([]byte(q), &read), q)
		require.Equal(t, names, read)
		field, err := copyText(q) // as items.tsv has it
		require.NoError(t, err)
		sql := "CREATE TEMPORARY TABLE j (c jsonb);\nCOPY j FROM stdin;\n" + field + "\n\\.\n" + toFD("SELECT "+hexed("n ->> 0")+", "+hexed("n ->> 1")+" FROM j, pg_catalog.jsonb_array_elements(c) AS n") + "DROP TABLE j;\n"
		require.Equal(t, []string{hexOf(schema) + "|" + hexOf(table)}, toPsql.ask(t, sql), q)
		constant, err := literal(q)
		require.NoError(t, err)
		require.Equal(t, table, served(t, conn, "SELECT"+" "+constant+"::jsonb -> 0 ->> 1"), q)
	})
}

func FuzzKeywords(f *testing.F) {
	seeded(f, "CREATEDB", "CONNECTION LIMIT 5", "SUPERUSER PASSWORD", "A\n", "A;B", "LIMIT 1 ")
	f.Fuzz(func(t *testing.T, s string) {
		q, err := keywords(s)
		if err != nil {
			return
		}
		require.Equal(t, s, q)
		require.Empty(t, strings.Trim(q, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 "), "%q", q)
		require.NotContains(t, q, "  ")
		require.Equal(t, strings.TrimSpace(q), q)
	})
}

func FuzzNumber(f *testing.F) {
	cluster.Need(f)
	for _, n := range []int64{0, 1, -1, 5, -5, 1<<63 - 1, -1 << 63} {
		f.Add(n)
	}
	conn, err := server()
	require.NoError(f, err)
	toBash := consumerOf(f, bash)
	f.Fuzz(func(t *testing.T, n int64) {
		q := number(n)
		want := served(t, conn, "SELECT 0::numeric - ("+q+")")
		require.Equal(t, want, served(t, conn, "SELECT 0::numeric -"+q), q)
		if n >= 0 { // the only ones that shell templates write
			require.Equal(t, []string{strings.TrimPrefix(want, "-")}, toBash.ask(t, "printf '%s\\0' $(("+q+"))"))
		}
	})
}

// FuzzConninfo has libpq read the connection string: the server's own, through dblink, which then looks for the database.
func FuzzConninfo(f *testing.F) {
	cluster.Need(f)
	seeded(f)
	conn, err := server()
	require.NoError(f, err)
	_, err = conn.Exec(f.Context(), "create extension if not exists dblink")
	if err != nil {
		f.Skip("the server has no dblink: ", err)
	}
	_, err = conn.Exec(f.Context(), `create or replace function pg_temp.database_of(conninfo text) returns text language plpgsql as $$
		declare said text;
		begin
			perform public.dblink_connect_u('probe', conninfo || ' host=' || split_part(current_setting('unix_socket_directories'), ',', 1) || ' port=' || current_setting('port') || ' user=postgres');
			select d into said from public.dblink('probe', 'select current_database()') as x(d text);
			perform public.dblink_disconnect('probe');
			return said;
		exception when sqlclient_unable_to_establish_sqlconnection then
			get stacked diagnostics said = pg_exception_detail;
			return substring(said from '(?s)database "(.*)" does not exist');
		end $$`)
	require.NoError(f, err)
	f.Fuzz(func(t *testing.T, s string) {
		q, err := conninfo("dbname", s)
		require.Equal(t, accepted(s), err == nil)
		if err != nil || s == "" || len(s) > 63 {
			return
		}
		cfg, err := pgx.ParseConfig(q + " host=h")
		require.NoError(t, err, q)
		require.Equal(t, s, cfg.Database, q)
		// libpq takes a dbname with an equals sign or a URI's beginning for a connection string only where it is given alone.
		var read string
		require.NoError(t, conn.QueryRow(t.Context(), "select pg_temp.database_of($1)", q).Scan(&read), q)
		require.Equal(t, s, read, q)
	})
}

// FuzzDefinition puts what cannot be quoted, because it is SQL, before psql: what psql sends has to be what stands there.
func FuzzDefinition(f *testing.F) {
	cluster.Need(f)
	for _, s := range []string{
		`a[1:x]`, `a[1:"LSN"]`, `a[:x]`, `'a:x'`, `":x"`, `a::text`, `(a[1:todo])[1]`, `a[1:LSN]`, `E'\':x'`, `"a"":x"`, `':x'':x'`, `a[1::x]`, `:'x'`, `:"x"`, `:{?x}`, `e'\\':x`,
		`::x`, `a[1:"x"::integer]`, `:=:x`, `x'a':x`, `ze'\':x`, `"e"'\':x`,
	} {
		f.Add(s)
	}
	toPsql := consumerOf(f, psqlErrors)
	f.Fuzz(func(t *testing.T, s string) {
		q := definition(s)
		require.Equal(t, strings.ReplaceAll(s, " ", ""), strings.ReplaceAll(q, " ", ""), "only blanks are added")
		require.Equal(t, q, definition(q), "it is done once")
		// What validation refuses is of no interest here.
		if !accepted(s) || strings.ContainsAny(s, ";\\$\r") || strings.Contains(s, "--") || strings.Contains(s, "/*") || !closed(s) {
			return
		}
		// A statement that fails is shown as it was sent.
		fields := toPsql.ask(t, "\\set ECHO errors\nSELECT ?"+q+"\n?;\n\\set ECHO none\nSELECT '' \\g /dev/fd/1\n")
		require.Len(t, fields, 1, q)
		_, sent, ok := strings.Cut(fields[0], "STATEMENT:  ")
		require.True(t, ok, "%q: %q", q, fields[0])
		require.Equal(t, "SELECT ?"+q+"\n?;\n", sent)
	})
}

// closed reports whether the quotes and brackets of an SQL text without backslashes are closed.
func closed(s string) bool {
	var open []byte
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '\'', '"':
			end := strings.IndexByte(s[i+1:], s[i])
			if end < 0 {
				return false
			}
			i += end + 1
		case '(', '[':
			open = append(open, s[i])
		case ')', ']':
			if len(open) == 0 || (open[len(open)-1] == '(') != (s[i] == ')') {
				return false
			}
			open = open[:len(open)-1]
		}
	}
	return len(open) == 0
}

// FuzzCode reads a code span the way CommonMark 0.31 does (section 6.1).
func FuzzCode(f *testing.F) {
	seeded(f, "a`", "`a", "``a`b```", " a ", "  ", " ` ", "a|b")
	f.Fuzz(func(t *testing.T, s string) {
		q, err := code(s)
		require.Equal(t, accepted(s), err == nil)
		if err != nil {
			return
		}
		want, err := comment(s)
		require.NoError(t, err)
		fence := len(q) - len(strings.TrimLeft(q, "`"))
		require.Positive(t, fence)
		content, rest := "", q[fence:]
		for { // up to the next run of as many backticks
			i := strings.IndexByte(rest, '`')
			require.NotEqual(t, -1, i, "%q is not closed", q)
			run := len(rest[i:]) - len(strings.TrimLeft(rest[i:], "`"))
			if run == fence {
				content += rest[:i]
				rest = rest[i+run:]
				break
			}
			content, rest = content+rest[:i+run], rest[i+run:]
		}
		require.Empty(t, rest, "%q goes on behind its span", q)
		if strings.HasPrefix(content, " ") && strings.HasSuffix(content, " ") && strings.Trim(content, " ") != "" {
			content = content[1 : len(content)-1]
		}
		if want == "" {
			want = " "
		}
		require.Equal(t, want, content, "%q", q)
	})
}

// FuzzMarkdown checks that every character with a meaning inside a line is escaped, links that are found by themselves included
// (CommonMark 0.31, section 2.4; GitHub Flavored Markdown 0.29, sections 4.10 and 6.9).
func FuzzMarkdown(f *testing.F) {
	seeded(f, "a|b", `a\|b`, "https://x.example", "www.x.example", "<b>", "&amp;", "![x](y)", "~~x~~", "$x$", "ftp://x", "HTTP://x", "xhttp://y", "WWW.x.y")
	f.Fuzz(func(t *testing.T, s string) {
		q, err := markdown(s)
		require.Equal(t, accepted(s), err == nil)
		if err != nil {
			return
		}
		want, err := comment(s)
		require.NoError(t, err)
		var shown strings.Builder
		for i := 0; i < len(q); i++ {
			if q[i] != '\\' {
				require.NotContains(t, "`*_[]<>#|~&$", q[i:i+1], "%q has a bare one", q)
				shown.WriteByte(q[i])
				continue
			}
			i++
			require.Less(t, i, len(q), "%q ends in a backslash", q)
			require.Contains(t, "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~", q[i:i+1], "%q: a backslash before it would be shown", q)
			shown.WriteByte(q[i])
		}
		require.Equal(t, want, shown.String())
		require.NotContains(t, strings.ReplaceAll(q, `\://`, ""), "://")
		require.NotContains(t, strings.ToLower(q), "www.")
	})
}
