package render

import (
	"fmt"
	"io/fs"
	"strings"
	"testing"
	"text/template"
	syntax "text/template/parse"

	"github.com/stretchr/testify/require"

	"github.com/pgcutover/pgcutover/templates"
)

// TestEveryValueIsQuoted walks every parsed template: what is written must have gone through a quoting function last,
// numbers included.
func TestEveryValueIsQuoted(t *testing.T) {
	seen := 0
	err := fs.WalkDir(templates.FS, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(name, ".tmpl") || strings.HasPrefix(name, "report") || strings.HasPrefix(name, "html") {
			return err
		}
		seen++
		src, err := templates.FS.ReadFile(name)
		if err != nil {
			return err
		}
		for _, fault := range unquoted(t, name, string(src)) {
			t.Errorf("%s: %s", name, fault)
		}
		return nil
	})
	require.NoError(t, err)
	require.Greater(t, seen, 20)
}

func TestUnquotedValuesAreFound(t *testing.T) {
	for src, want := range map[string]int{
		`{{.Name}}`:                    1,
		`{{.Name | sh}}`:               0,
		`{{sh .Name}}`:                 0,
		`{{.Name | sh | printf "%s"}}`: 1,
		`{{if .A}}{{.B}}{{else}}{{.C | ident}}{{end}}`:  1,
		`{{range .L}}{{.}}{{end}}`:                      1,
		`{{range $i, $x := .L}}{{$x}}{{$i}}{{end}}`:     2,
		`{{with .X}}{{len .}}{{end}}`:                   1,
		`{{define "p"}}{{.Y}}{{end}}{{template "p" .}}`: 1,
		`{{$x := .Name}}{{$x | literal}}`:               0,
		`{{"constant"}}`:                                1,
	} {
		require.Len(t, unquoted(t, "planted", src), want, src)
	}
}

func unquoted(t *testing.T, name, src string) []string {
	t.Helper()
	tree, err := template.New(name).Funcs(quoting()).Parse(src)
	require.NoError(t, err)
	var faults []string
	var walk func(n syntax.Node)
	list := func(l *syntax.ListNode) {
		if l != nil {
			for _, n := range l.Nodes {
				walk(n)
			}
		}
	}
	walk = func(n syntax.Node) {
		switch n := n.(type) {
		case *syntax.ActionNode:
			if len(n.Pipe.Decl) == 0 && !endsQuoted(n.Pipe) {
				faults = append(faults, fmt.Sprintf("line %d: %s", n.Line, n))
			}
		case *syntax.IfNode:
			list(n.List)
			list(n.ElseList)
		case *syntax.RangeNode:
			list(n.List)
			list(n.ElseList)
		case *syntax.WithNode:
			list(n.List)
			list(n.ElseList)
		case *syntax.ListNode:
			list(n)
		}
	}
	for _, sub := range tree.Templates() {
		if sub.Tree != nil {
			list(sub.Root)
		}
	}
	return faults
}

func endsQuoted(p *syntax.PipeNode) bool {
	last := p.Cmds[len(p.Cmds)-1]
	id, ok := last.Args[0].(*syntax.IdentifierNode)
	if !ok {
		return false
	}
	_, ok = quoting()[id.Ident]
	return ok
}
