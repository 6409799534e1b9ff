package golden_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"
)

const module = "github.com/pgcutover/pgcutover"

// A layer says what a package of ours may reach. Reaching is transitive: through any chain of imports, tests left out.
type layer struct {
	ours    []string // packages of this module, without the module's path
	foreign []string // prefixes of import paths outside the module and the standard library
	pure    bool     // no network, no processes; itself no context, clock, chance or disk
	disk    []string // files of a pure package that may touch the disk
}

var pgx = []string{"github.com/jackc/", "golang.org/x/"}

// layers is the whole drawing: a package that is not in it has no place yet.
var layers = map[string]layer{
	"analyze":                   {pure: true},
	"analyze/differences":       {ours: []string{"analyze"}, pure: true},
	"analyze/catalog":           {ours: []string{"analyze"}, foreign: pgx},
	"planner/hazard":            {ours: []string{"analyze"}, pure: true},
	"planner":                   {ours: []string{"analyze", "planner/hazard"}, pure: true},
	"templates":                 {pure: true},
	"render":                    {ours: []string{"analyze", "analyze/differences", "planner/hazard", "planner", "templates"}, foreign: []string{"mvdan.cc/sh/"}, pure: true, disk: []string{"write.go"}},
	"verify":                    {ours: []string{"analyze", "analyze/catalog", "analyze/differences", "planner/hazard", "planner", "verify/parity"}, foreign: pgx},
	"verify/dms":                {ours: []string{"analyze", "analyze/catalog", "analyze/differences", "planner/hazard", "planner", "templates", "render", "verify", "verify/cloud", "verify/parity"}, foreign: append([]string{"github.com/aws/", "mvdan.cc/sh/"}, pgx...)},
	"verify/cloud":              {ours: []string{"analyze", "analyze/catalog", "analyze/differences", "planner/hazard", "planner", "verify", "verify/parity"}, foreign: append([]string{"github.com/aws/"}, pgx...)},
	"verify/rds":                {ours: []string{"analyze", "analyze/catalog", "analyze/differences", "planner/hazard", "planner", "templates", "render", "verify", "verify/cloud", "verify/parity"}, foreign: append([]string{"github.com/aws/", "mvdan.cc/sh/"}, pgx...)},
	"verify/rehearse":           {ours: []string{"verify/rehearse/cluster", "verify/rehearse/synthetic", "verify/rehearse/sample", "verify/rehearse/standin", "verify/rehearse/workload", "analyze", "analyze/catalog", "analyze/differences", "planner/hazard", "planner", "templates", "render", "verify", "verify/parity"}, foreign: append([]string{"mvdan.cc/sh/", "go.yaml.in/yaml/v4"}, pgx...)},
	"verify/parity":             {ours: []string{"analyze"}, foreign: pgx},
	"verify/rehearse/chaos":     {ours: []string{"verify/rehearse", "verify/rehearse/cluster", "verify/rehearse/synthetic", "verify/rehearse/sample", "verify/rehearse/standin", "verify/rehearse/workload", "analyze", "analyze/catalog", "analyze/differences", "planner/hazard", "planner", "templates", "render", "verify", "verify/parity"}, foreign: append([]string{"mvdan.cc/sh/", "go.yaml.in/yaml/v4"}, pgx...)},
	"verify/rehearse/cluster":   {foreign: pgx},
	"verify/rehearse/sample":    {ours: []string{"verify/rehearse/workload"}, foreign: pgx},
	"verify/rehearse/standin":   {foreign: pgx},
	"verify/rehearse/synthetic": {ours: []string{"verify/rehearse/workload", "analyze"}, foreign: pgx},
	"verify/rehearse/workload":  {foreign: pgx},
	"verify/rehearse/hostile":   {},
	"golden":                    {foreign: []string{"github.com/google/go-cmp/", "github.com/stretchr/testify/", "go.yaml.in/yaml/v3"}},
	"golden/seed":               {foreign: []string{"pgregory.net/rapid"}},
	"cmd/pgcutover":             {foreign: []string{""}}, // everything; nobody can import it
}

// A pkg is what the rules need to know of a package.
type pkg struct {
	ImportPath string
	Name       string
	Dir        string
	Standard   bool
	GoFiles    []string
	Imports    []string
}

// graph is every package that the module's packages reach, by import path.
type graph map[string]pkg

func readGraph(t *testing.T) graph {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "go", "list", "-deps", "-json=ImportPath,Name,Dir,Standard,GoFiles,Imports", module+"/...")
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	require.NoError(t, err, stderr.String())
	g := graph{}
	for dec := json.NewDecoder(bytes.NewReader(out)); ; {
		var p pkg
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			return g
		} else {
			require.NoError(t, err)
		}
		g[p.ImportPath] = p
	}
}

// reach returns everything that a package reaches, each with the chain of imports that leads there.
func (g graph) reach(from string) map[string][]string {
	seen := map[string][]string{from: {from}}
	for queue := []string{from}; len(queue) > 0; queue = queue[1:] {
		for _, to := range g[queue[0]].Imports {
			if _, ok := seen[to]; !ok && to != "C" { // cgo's, not a package
				seen[to] = append(slices.Clone(seen[queue[0]]), to)
				queue = append(queue, to)
			}
		}
	}
	delete(seen, from)
	return seen
}

// violations returns every broken arrow, sorted, each as a sentence.
func (g graph) violations(layers map[string]layer) []string {
	var found []string
	for p := range g {
		ours, isOurs := strings.CutPrefix(p, module+"/")
		if !isOurs {
			continue
		}
		l, ok := layers[ours]
		if !ok {
			found = append(found, ours+" has no layer: say in layers what it may reach")
			continue
		}
		for to, chain := range g.reach(p) {
			if why := g.refuse(ours, l, to); why != "" {
				found = append(found, fmt.Sprintf("%s reaches %s (%s) by %s", ours, to, why, strings.Join(chain, " > ")))
			}
		}
	}
	slices.Sort(found)
	return found
}

// refuse says why a package of a layer may not reach another, or nothing.
func (g graph) refuse(from string, l layer, to string) string {
	name, isOurs := strings.CutPrefix(to, module+"/")
	switch {
	case isOurs && from != "cmd/pgcutover" && !slices.Contains(l.ours, name):
		return "not below it"
	case !isOurs && !g[to].Standard && !slices.ContainsFunc(l.foreign, func(prefix string) bool { return strings.HasPrefix(to, prefix) }):
		return "a library it has no use for"
	case strings.HasPrefix(to, "github.com/aws/") && !slices.Contains([]string{"verify/cloud", "verify/dms", "verify/rds", "cmd/pgcutover"}, from):
		return "only verify/dms and verify/rds ask AWS"
	case l.pure && slices.Contains([]string{"net", "net/http", "os/exec", "database/sql", "crypto/tls"}, to):
		return "it is pure"
	}
	return ""
}

func TestArrows(t *testing.T) {
	require.Empty(t, readGraph(t).violations(layers))
}

// TestArrowsAreSeen breaks the rules on a small graph, one by one: the test above must be able to fail.
func TestArrowsAreSeen(t *testing.T) {
	g := graph{}
	for _, p := range []pkg{
		{ImportPath: module + "/analyze", Imports: []string{"fmt", "wrapped"}},
		{ImportPath: module + "/planner", Imports: []string{module + "/analyze", module + "/verify"}},
		{ImportPath: module + "/verify", Imports: []string{"github.com/jackc/pgx/v5", "github.com/aws/aws-sdk-go-v2"}},
		{ImportPath: module + "/newcomer"},
		{ImportPath: "fmt", Standard: true}, {ImportPath: "wrapped", Standard: true, Imports: []string{"net"}}, {ImportPath: "net", Standard: true},
		{ImportPath: "github.com/jackc/pgx/v5"}, {ImportPath: "github.com/aws/aws-sdk-go-v2"},
	} {
		g[p.ImportPath] = p
	}
	small := map[string]layer{
		"analyze": {pure: true}, "planner": {ours: []string{"analyze"}, pure: true}, "verify": {foreign: append(pgx, "github.com/aws/")},
	}
	at := func(names ...string) string { return strings.Join(names, " > ") }
	a, p, v := module+"/analyze", module+"/planner", module+"/verify"
	want := []string{
		"analyze reaches net (it is pure) by " + at(a, "wrapped", "net"),
		"newcomer has no layer: say in layers what it may reach",
		"planner reaches github.com/aws/aws-sdk-go-v2 (a library it has no use for) by " + at(p, v, "github.com/aws/aws-sdk-go-v2"),
		"planner reaches github.com/jackc/pgx/v5 (a library it has no use for) by " + at(p, v, "github.com/jackc/pgx/v5"),
		"planner reaches " + v + " (not below it) by " + at(p, v),
		"planner reaches net (it is pure) by " + at(p, a, "wrapped", "net"),
		"verify reaches github.com/aws/aws-sdk-go-v2 (only verify/dms and verify/rds ask AWS) by " + at(v, "github.com/aws/aws-sdk-go-v2"),
	}
	slices.Sort(want)
	if diff := cmp.Diff(want, g.violations(small)); diff != "" {
		t.Error("(-want +got)\n" + diff)
	}
}

// TestPurePackagesAskNothing looks into the files of the pure packages for what imports alone do not show.
func TestPurePackagesAskNothing(t *testing.T) {
	g := readGraph(t)
	for name, l := range layers {
		p, ok := g[module+"/"+name]
		if !l.pure || !ok {
			continue
		}
		for _, file := range p.GoFiles {
			parsed, err := parser.ParseFile(token.NewFileSet(), filepath.Join(p.Dir, file), nil, 0)
			require.NoError(t, err)
			for _, asks := range impurities(parsed, slices.Contains(l.disk, file)) {
				t.Errorf("%s/%s: %s", name, file, asks)
			}
		}
	}
}

// impurities returns what a file asks of the world: by an import, or by the clock, which hides in a package of pure functions.
func impurities(f *ast.File, disk bool) []string {
	var found []string
	for _, spec := range f.Imports {
		switch imported, _ := strconv.Unquote(spec.Path.Value); imported {
		case "context", "crypto/rand", "math/rand", "math/rand/v2", "runtime", "syscall":
			found = append(found, "imports "+imported)
		case "os", "path/filepath":
			if !disk {
				found = append(found, "imports "+imported)
			}
		}
	}
	ast.Inspect(f, func(n ast.Node) bool {
		if sel, ok := n.(*ast.SelectorExpr); ok {
			if id, ok := sel.X.(*ast.Ident); ok && id.Name == "time" && slices.Contains([]string{"Now", "Since", "Until", "After", "Sleep", "Local"}, sel.Sel.Name) {
				found = append(found, "calls time."+sel.Sel.Name)
			}
		}
		return true
	})
	return found
}

func TestImpuritiesAreSeen(t *testing.T) {
	f, err := parser.ParseFile(token.NewFileSet(), "x.go", `package x
		import ("context"; "os"; "time"; "strings")
		var start = time.Now()
		func f(context.Context) time.Duration { os.Exit(1); return time.Since(start) + time.Second }`, 0)
	require.NoError(t, err)
	want := []string{"imports context", "imports os", "calls time.Now", "calls time.Since"}
	if diff := cmp.Diff(want, impurities(f, false)); diff != "" {
		t.Error("(-want +got)\n" + diff)
	}
	require.NotContains(t, impurities(f, true), "imports os")
}

// TestPackageNamesSayWhatTheyHold refuses the names under which things gather that belong to their callers.
func TestPackageNamesSayWhatTheyHold(t *testing.T) {
	for p, info := range readGraph(t) {
		ours, isOurs := strings.CutPrefix(p, module+"/")
		if !isOurs {
			continue
		}
		for _, word := range []string{"util", "utils", "helper", "helpers", "common", "types", "manager", "misc", "base", "lib"} {
			require.NotEqual(t, word, path.Base(ours), p)
			require.NotEqual(t, word, info.Name, p)
		}
		if info.Name != "main" {
			require.Equal(t, path.Base(ours), info.Name, "a package is called what its folder is called")
		}
	}
}
