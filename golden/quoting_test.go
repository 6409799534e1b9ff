package golden_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// quoting is everything that changes characters of a text so that a reader takes it for what it is, with the fuzz target that
// puts it before that reader, or after a dash why it needs none.
var quoting = map[string]string{
	"planner/hazard.quoted": "- reads", "planner/hazard.yamlText": "FuzzYAML", "verify.cutText": "- for people; the printers make it visible",
	"verify.normalLocale": "- of names of locales", "analyze/catalog.readColumnStatistics": "- puts a name that the server has quoted into a query of our own",
	"analyze.Display": "FuzzDisplay", "analyze.forPeople": "FuzzDisplay", "analyze.Ident": "FuzzIdent", "analyze.Literal": "FuzzLiteral", "analyze.Visible": "FuzzVisible",
	"render.ident": "FuzzIdent", "render.idents": "FuzzIdents", "render.name": "FuzzName", "render.regclass": "FuzzName", "render.literal": "FuzzLiteral",
	"render.shellWord": "FuzzShellWord", "render.copyText": "FuzzCopyText", "render.copyEscapes": "FuzzCopyText", "render.comment": "FuzzComment",
	"render.jsonString": "FuzzJSON", "render.keywords": "FuzzKeywords", "render.number": "FuzzNumber", "render.code": "FuzzCode",
	"render.markdown": "FuzzMarkdown", "render.typeText": "FuzzCell", "render.markdownEscapes": "FuzzMarkdown", "render.conninfo": "FuzzConninfo", "render.conninfoEscapes": "FuzzConninfo",
	"render.definition": "FuzzDefinition", "render.buildStatement": "FuzzDefinition", "render.hclString": "FuzzHCL", "render.compactJSON": "FuzzCompactJSON", "verify.quiet": "FuzzPrinters", "verify.indent": "FuzzPrinters", "verify.xmlText": "FuzzPrinters",
	"verify.escapeData": "FuzzPrinters", "verify.escapeProperty": "FuzzPrinters", "cmd/pgcutover.say": "FuzzSay", "cmd/pgcutover.show": "FuzzSay",
	"cmd/pgcutover.libpq": "FuzzServiceName", "cmd/pgcutover.faults": "- for people",
	"cmd/pgcutover.connectError": "- takes secrets out", "cmd/pgcutover.what": "- for people, and %q",
	"planner.leadingName": "- reads, and is compared with the name", "render.identifierList": "- reads",
	"planner.String":  "- for people",
	"verify.oldNames": "- a list of our own function names", "verify.plain": "- of names of encodings",
	"verify/rehearse.": "- on servers and names of its own", "verify/rehearse/cluster.": "- on servers and names of its own", "verify/rehearse/chaos.": "- on servers and names of its own", "verify/rehearse/hostile.": "- on servers and names of its own",
	"verify/rehearse/standin.":             "- quoted by pgx, for servers of a rehearsal",
	"verify/rehearse/synthetic.ParseScale": "- reads", "verify/rehearse/synthetic.baseValue": "- puts an expression of our own into another",
	"verify/rehearse/synthetic.candidates": "- puts an expression of our own into another",
}

// changes are the calls by which a text is quoted.
var changes = regexp.MustCompile(`^(strings\.(NewReplacer|ReplaceAll|Map)|strconv\.(Quote|AppendQuote)[A-Za-z]*|url\.[A-Za-z]*Escape|html\.EscapeString|[a-zA-Z]+\.Sanitize)$`)

func TestEveryQuotingFunctionIsFuzzed(t *testing.T) {
	targets := map[string]bool{}
	found := map[string]string{} // where
	root := os.DirFS("..")
	require.NoError(t, fs.WalkDir(root, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() && strings.HasPrefix(d.Name(), ".") && name != "." {
			return fs.SkipDir
		}
		if d.IsDir() || !strings.HasSuffix(name, ".go") {
			return err
		}
		file, err := parser.ParseFile(token.NewFileSet(), filepath.Join("..", name), nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		for _, decl := range file.Decls {
			if f, ok := decl.(*ast.FuncDecl); ok && strings.HasSuffix(name, "_test.go") && strings.HasPrefix(f.Name.Name, "Fuzz") {
				targets[f.Name.Name] = true
			}
			if !strings.HasSuffix(name, "_test.go") && path.Dir(name) != "golden" {
				for _, quotes := range quotingIn(decl) {
					found[path.Dir(name)+"."+quotes] = name
				}
			}
		}
		return nil
	}))
	require.Greater(t, len(found), 25)
	for _, name := range slices.Sorted(maps.Keys(found)) {
		how, listed := quoting[name]
		if !listed {
			how, listed = quoting[name[:strings.LastIndexByte(name, '.')+1]] // a whole package
		}
		if !listed {
			t.Errorf("%s: %s changes texts: put it before the program that reads them in a fuzz target, and name that here; or say here why there is none", found[name], name)
			continue
		}
		if strings.HasPrefix(how, "- ") {
			continue
		}
		require.True(t, targets[how], "%s: there is no target %s", name, how)
	}
}

// quotingIn names the functions and variables of a declaration that change a text, and those that templates are given.
func quotingIn(decl ast.Decl) (found []string) {
	name := ""
	_, function := decl.(*ast.FuncDecl)
	ast.Inspect(decl, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncDecl:
			name = n.Name.Name
		case *ast.ValueSpec:
			if !function { // a variable of the package
				name = n.Names[0].Name
			}
		case *ast.CallExpr:
			if s, ok := n.Fun.(*ast.SelectorExpr); ok {
				if x, ok := s.X.(*ast.Ident); ok && changes.MatchString(x.Name+"."+s.Sel.Name) {
					found = append(found, name)
				}
			}
		case *ast.CompositeLit: // template.FuncMap{"name": function}
			if s, ok := n.Type.(*ast.SelectorExpr); ok && s.Sel.Name == "FuncMap" {
				for _, e := range n.Elts {
					if f, ok := e.(*ast.KeyValueExpr).Value.(*ast.Ident); ok {
						found = append(found, f.Name)
					}
				}
			}
		}
		return true
	})
	return found
}

// shellQuoting are the places of the scripts that change characters of a text, with the fuzz target or why there is none.
var shellQuoting = map[string]string{
	"session.sh say": "FuzzShellFunctions", "session.sh at_exit": "FuzzShellFunctions", "session.sh sql_literal": "FuzzShellFunctions", "session.sh json_string": "FuzzShellFunctions",
	"16-members.sh shown": "FuzzShellFunctions", "32-schema.sh quoted": "FuzzShellFunctions", "32-schema.sh tsv_of": "FuzzShellFunctions", "session.sh conninfo_value": "FuzzShellFunctions",
	"_subscribe.sh create": "- takes a secret out", "backfill.sh mend": "- of paths, by bash for bash",
}

var (
	shellFunction = regexp.MustCompile(`^([a-z_]+)\(\) \{`)
	shellChange   = regexp.MustCompile(`\$\{[a-z_A-Z0-9]+//|printf[^|;]*%q`)
)

func TestEveryQuotingShellFunctionIsFuzzed(t *testing.T) {
	files, err := filepath.Glob("../templates/shell/*.sh.tmpl")
	require.NoError(t, err)
	seen := map[string]bool{}
	for _, file := range files {
		body, err := os.ReadFile(file)
		require.NoError(t, err)
		function := ""
		for line := range strings.Lines(string(body)) {
			if m := shellFunction.FindStringSubmatch(line); m != nil {
				function = m[1]
			}
			if !shellChange.MatchString(line) || breaksLines.MatchString(line) {
				continue
			}
			where := strings.TrimSuffix(filepath.Base(file), ".tmpl") + " " + function
			require.Contains(t, shellQuoting, where, "it changes texts: %s", line)
			seen[where] = true
		}
	}
	require.Len(t, seen, len(shellQuoting), "a function of the list is gone")
}

// breaksLines is what indents the lines of a message or puts them into one, as pg_restore --list does too.
var breaksLines = regexp.MustCompile(`\$\{[a-z]+//\[?\$'\\n(\\r)?'\]?/(\$'\\n  '|, | )\}`)
