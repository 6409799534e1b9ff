package render_test

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"maps"
	"os"
	"path"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"unicode"

	"github.com/stretchr/testify/require"
	"mvdan.cc/sh/v3/syntax"

	"github.com/pgcutover/pgcutover/planner"
	"github.com/pgcutover/pgcutover/render"
)

// leaves are the texts of a plan, in the order of its fields.
func leaves(v reflect.Value, visit func(reflect.Value)) {
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			leaves(v.Elem(), visit)
		}
	case reflect.String:
		visit(v)
	case reflect.Struct:
		for i := range v.NumField() {
			leaves(v.Field(i), visit)
		}
	case reflect.Slice:
		for i := range v.Len() {
			leaves(v.Index(i), visit)
		}
	}
}

// clone is a plan that shares nothing with p.
func clone(t require.TestingT, p planner.Plan) planner.Plan {
	b, err := json.Marshal(p)
	require.NoError(t, err)
	var q planner.Plan
	require.NoError(t, json.Unmarshal(b, &q))
	return q
}

// plans are those of the golden cases: whole ones, which hold together.
var plans = sync.OnceValue(func() (out []planner.Plan) {
	for _, name := range []string{"small", "hostile", "partitioned", "uniques", "pg96", "nokeys"} {
		file, err := os.Open(filepath.Join("..", "golden", "cases", name, "plan.json"))
		if err != nil {
			panic(err)
		}
		p, err := planner.Decode(file)
		if err != nil {
			panic(err)
		}
		file.Close()
		out = append(out, p)
	}
	return out
})

// edited is one of the plans with all texts that are equal to the one at a place replaced: one leaf alone seldom makes a plan that
// holds together. With alone it is the one leaf.
func edited(t require.TestingT, at int, s string, alone bool) planner.Plan {
	at = max(at, -at, 0)
	p := clone(t, plans()[at%len(plans())])
	at /= len(plans())
	var all []reflect.Value
	leaves(reflect.ValueOf(&p).Elem(), func(v reflect.Value) { all = append(all, v) })
	at %= len(all)
	was := all[at].String()
	for i, v := range all {
		if i == at || !alone && v.String() == was {
			v.SetString(s)
		}
	}
	return p
}

// FuzzReport edits a plan, valid or not, and compares the structure of its report with that of the plan as it was.
func FuzzReport(f *testing.F) {
	for i, s := range append(render.Nasty, "a|b", "`", "</td></tr></table><script>x</script>", "<!--", "]]>", "a\n\n# x", "| a | b |", "\n---\n", "&lt;", "![x](http://y)") {
		f.Add(i*7, s)
	}
	f.Fuzz(func(t *testing.T, at int, s string) {
		p, plain := edited(t, at, s, false), edited(t, at, "plain", false)
		markdown, html, err := render.Report(p)
		if err != nil {
			return // a NUL, or bytes that are no text
		}
		markdownPlain, htmlPlain, err := render.Report(plain)
		require.NoError(t, err)
		if strings.TrimFunc(s, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) }) == "" {
			return // nothing to see, where "plain" is seen
		}
		require.Equal(t, skeleton(string(markdownPlain)), skeleton(string(markdown)), "%s", markdown)
		if !strings.ContainsFunc(s, func(r rune) bool { return r < 0x20 || r == 0xfffe || r == 0xffff }) { // which XML does not take, and HTML shows as nothing
			require.Equal(t, tags(t, htmlPlain), tags(t, html), "%s", html)
		}
		require.NotContains(t, string(html), "<script")
	})
}

// skeleton is what makes the structure of a Markdown text: the kind of each line, and the cells of rows of tables, which a bar ends
// even inside of a code span (GitHub Flavored Markdown 0.29, section 4.10).
func skeleton(text string) (out []string) {
	for line := range strings.SplitSeq(text, "\n") {
		kind := "text"
		switch {
		case strings.TrimSpace(line) == "":
			kind = ""
		case strings.HasPrefix(line, "|"):
			kind = strings.Repeat("|", strings.Count(line, "|")-strings.Count(line, `\|`))
		case strings.HasPrefix(line, "#"):
			kind = line[:strings.IndexByte(line, ' ')]
		case strings.HasPrefix(line, "- "):
			kind = "-"
		}
		out = append(out, kind)
	}
	return slices.Compact(slices.DeleteFunc(out, func(s string) bool { return s == "" })) // a list may be shorter where a text is empty
}

// tags are the elements of a page with the names of their attributes.
func tags(t *testing.T, page []byte) (out []string) {
	t.Helper()
	d := xml.NewDecoder(bytes.NewReader(page))
	d.Strict, d.AutoClose, d.Entity = false, xml.HTMLAutoClose, xml.HTMLEntity
	for {
		tok, err := d.Token()
		if errors.Is(err, io.EOF) {
			return slices.Compact(out)
		}
		require.NoError(t, err)
		switch e := tok.(type) {
		case xml.StartElement:
			name := e.Name.Local
			for _, a := range e.Attr {
				name += " " + a.Name.Local
			}
			out = append(out, name)
		case xml.Comment:
			out = append(out, "comment")
		}
	}
}

// known is what the templates bring: the backslash commands of SQL and what shell scripts call, as rendered from every kind of plan.
var known = sync.OnceValue(func() map[string]bool {
	out := map[string]bool{}
	for _, p := range append(slices.Collect(maps.Values(variants())), plans()...) {
		b, err := render.Render(p)
		if err != nil {
			panic(err)
		}
		for _, a := range b {
			found, err := speaks(a)
			if err != nil {
				panic(a.Path + ": " + err.Error())
			}
			for _, f := range found {
				out[f] = true
			}
		}
	}
	return out
})

// FuzzRender edits a plan by hand: whatever passes validation renders, and has its readers do nothing that the templates do not.
func FuzzRender(f *testing.F) {
	for i, s := range append(render.Nasty, "\\! id", "\n\\! id\n", "x\n\\.\n\\! id", "'; DROP TABLE x; --", "\"; DROP TABLE x; --", "$guard$; DROP TABLE x; --", "CREATE INDEX calls_at ON public.calls USING btree (at); \\! id",
		"CHECK (a[1:\"LSN\"])", "bigint); DROP TABLE x; --", "\nSQL\nid\n", "EOF", "1MB'; x") {
		f.Add(i*11, s, i%2 == 0)
	}
	_ = known()
	f.Fuzz(func(t *testing.T, at int, s string, alone bool) {
		p := edited(t, at, s, alone)
		if p.Validate() != nil {
			return
		}
		b, err := render.Render(p)
		if err != nil {
			require.False(t, strings.ContainsFunc(err.Error(), func(r rune) bool { return r == 0x1b }), "%q", err)
			return
		}
		for _, a := range b {
			found, err := speaks(a)
			require.NoError(t, err, a.Path)
			for _, what := range found {
				if !known()[what] {
					t.Errorf("%s: %q is in no template", a.Path, what)
				}
			}
		}
	})
}

// speaks lists what a file has its reader do, apart from plain SQL.
func speaks(a render.Artifact) ([]string, error) {
	switch {
	case strings.HasSuffix(a.Path, ".sql"):
		return psqlCommands(string(a.Body))
	case strings.HasSuffix(a.Path, ".json"):
		if !json.Valid(a.Body) {
			return nil, errors.New("no JSON")
		}
	case strings.HasSuffix(a.Path, "items.tsv"):
		return statementCommands(string(a.Body))
	case strings.HasSuffix(a.Path, ".sh"):
		return shellCommands(a.Body)
	}
	return nil, nil
}

func statementCommands(tsv string) (out []string, err error) {
	for line := range strings.Lines(tsv) {
		fields := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		if len(fields) != 9 {
			return nil, errors.New("a line of items.tsv has not nine fields")
		}
		statement := strings.NewReplacer(`\\`, `\`, `\n`, "\n", `\t`, "\t", `\r`, "\r").Replace(fields[8])
		found, err := psqlCommands(statement)
		if err != nil {
			return nil, err
		}
		out = append(out, found...)
	}
	return out, nil
}

var firstWord = regexp.MustCompile(`^[A-Za-z]+`)

// psqlCommands reads a script the way psql does (src/fe_utils/psqlscan.l): backslash commands and variables outside of quotes, and
// the first word of each statement. Rows of a COPY up to \. are data.
func psqlCommands(s string) (out []string, err error) {
	statement := 0 // where the current one begins
	depth := 0
	for i := 0; i < len(s); {
		rest := s[i:]
		switch c := s[i]; {
		case strings.HasPrefix(rest, "--"):
			n := strings.IndexByte(rest, '\n')
			if n < 0 {
				n = len(rest)
			}
			if strings.TrimSpace(s[statement:i]) == "" {
				statement = i + n
			}
			i += n
		case strings.HasPrefix(rest, "/*"):
			return nil, errors.New("a comment that no template has")
		case c == '\'' || c == '"':
			escapes := c == '\'' && i > 0 && (s[i-1] == 'E' || s[i-1] == 'e')
			j := i + 1
			for ; j < len(s); j++ {
				if escapes && s[j] == '\\' {
					j++
				} else if s[j] == c {
					break
				}
			}
			if j >= len(s) {
				return nil, errors.New("an open quote")
			}
			i = j + 1
		case c == '$' && dollar.MatchString(rest):
			tag := dollar.FindString(rest)
			end := strings.Index(rest[len(tag):], tag)
			if end < 0 {
				return nil, errors.New("an open dollar quote")
			}
			out = append(out, tag+rest[len(tag):len(tag)+end])
			i += 2*len(tag) + end
		case c == '\\':
			line, _, _ := strings.Cut(rest, "\n")
			out = append(out, line)
			if strings.HasPrefix(line, `\g`) { // sends what stands before it
				out = append(out, "statement "+strings.ToUpper(firstWord.FindString(strings.TrimSpace(s[statement:i]))))
			}
			i += len(line)
			statement = i
		case c == ':' && i+1 < len(s) && (s[i+1] == ':' || s[i+1] == '='):
			i += 2
		case c == ':' && variable.MatchString(rest):
			v := variable.FindString(rest)
			out = append(out, v)
			i += len(v)
		case c == '(':
			depth++
			i++
		case c == ')':
			depth--
			i++
		case c == ';' && depth == 0:
			text := strings.TrimSpace(s[statement:i])
			out = append(out, "statement "+strings.ToUpper(firstWord.FindString(text)))
			i++
			statement = i
			if strings.HasPrefix(text, "COPY ") && strings.Contains(text, "FROM stdin") {
				end := strings.Index(s[i:], "\n\\.\n")
				if end < 0 {
					return nil, errors.New("rows without an end")
				}
				i += end + 4
				statement = i
			}
		default:
			i++
		}
	}
	if depth != 0 {
		return nil, errors.New("parentheses that do not match")
	}
	return out, nil
}

var (
	dollar   = regexp.MustCompile(`^\$([A-Za-z_][A-Za-z_0-9]*)?\$`)
	variable = regexp.MustCompile(`^:(?:[A-Za-z_0-9\x80-\xff]+|'[A-Za-z_0-9\x80-\xff]+'|"[A-Za-z_0-9\x80-\xff]+"|\{\?[A-Za-z_0-9\x80-\xff]+\})`)
)

// shellCommands are what a script runs, expands and redirects: everything but quoted words.
func shellCommands(body []byte) ([]string, error) {
	f, err := syntax.NewParser(syntax.Variant(syntax.LangBash)).Parse(bytes.NewReader(body), "")
	if err != nil {
		return nil, err
	}
	out := map[string]bool{}
	printed := func(n syntax.Node) string { return string(body[n.Pos().Offset():n.End().Offset()]) }
	syntax.Walk(f, func(n syntax.Node) bool {
		switch n := n.(type) {
		case *syntax.CallExpr:
			if len(n.Args) > 0 {
				out["call "+printed(n.Args[0])] = true
			}
		case *syntax.ParamExp, *syntax.ArithmExp, *syntax.ProcSubst:
			if !strings.ContainsAny(printed(n), "\n") {
				out["expand "+printed(n)] = true
			}
		case *syntax.CmdSubst:
			out["substitute"] = true
		case *syntax.Redirect:
			if n.Hdoc != nil {
				out["here-document "+printed(n.Word)] = true
			} else {
				out["redirect "+n.Op.String()] = true
			}
		}
		return true
	})
	return slices.Sorted(maps.Keys(out)), nil
}

func FuzzDecodeManifest(f *testing.F) {
	b, err := render.Render(samplePlan())
	require.NoError(f, err)
	a, ok := b.Artifact(render.ManifestPath)
	require.True(f, ok)
	whole := string(a.Body)
	f.Add(whole)
	f.Add(strings.Replace(whole, `"path"`, `"Path"`, 1))
	f.Add(strings.Replace(whole, path.Base("session.sh"), "../../x", 1))
	f.Add(strings.Replace(whole, `"order": 1`, `"order": 1e9`, 1))
	f.Add(`{"format":1,"plan":"","files":null}`)
	f.Fuzz(func(t *testing.T, text string) {
		m, err := render.DecodeManifest(strings.NewReader(text))
		if err != nil {
			require.ErrorContains(t, err, "reading manifest: ")
			return
		}
		again, err := json.Marshal(m)
		require.NoError(t, err)
		read, err := render.DecodeManifest(bytes.NewReader(again))
		require.NoError(t, err)
		require.Equal(t, m, read)
	})
}

func TestDecodeManifestFindsEveryCut(t *testing.T) {
	b, err := render.Render(samplePlan())
	require.NoError(t, err)
	a, _ := b.Artifact(render.ManifestPath)
	whole := bytes.TrimSpace(a.Body)
	for n := range len(whole) {
		_, err := render.DecodeManifest(bytes.NewReader(whole[:n]))
		require.ErrorContains(t, err, "reading manifest: ", "the first %d bytes", n)
	}
}
