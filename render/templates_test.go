package render

import (
	"fmt"
	"io/fs"
	"regexp"
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

// asking are the functions of the scripts that ask a server, a file or AWS, and print what they hear: nothing where there is nothing, and nothing where the call fails.
const asking = `(?:state_get|need_state|look_up|endpoint_arn|task_status|position_of|start_of|replay_paused|restored_before|ask|tell)`

var (
	tested   = regexp.MustCompile(`(?:^|[^\[])\[\[ (?:[^\]]|\][^\]])*\$\(` + asking + ` ?[^)]*\)`)
	together = regexp.MustCompile(`^\s*\w+=\$\(` + asking + `\b.* \w+=\$\(`)
	// What has to be there is not there where nobody answers either, and the script ends.
	demanded = regexp.MustCompile(`^\s*\[\[ \$\(ask .*\) == [^ ]+ \]\]( \|\| (refuse|die) .*| \\)$`)
)

// Neither errexit nor the trap on ERR sees a call that fails within [[ ]], or before another one in the same assignment: it would be taken for one that found
// nothing, and a task that runs for one that was never made.
func TestFailedCallsAreNoAnswers(t *testing.T) {
	require.NoError(t, fs.WalkDir(templates.FS, "shell", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		body, err := templates.FS.ReadFile(name)
		for i, line := range strings.Split(string(body), "\n") {
			if failureIsAnAnswer(line) {
				t.Errorf("%s:%d: assign first, then test: %s", name, i+1, strings.TrimSpace(line))
			}
		}
		return err
	}))
	for line, want := range map[string]bool{
		`if [[ -n $(state_get load finished_at) ]]; then`:                                        true,
		`  [[ -n ${at[$slot]} && $(state_get tasks "$1" start_lsn) == "$at" ]] || return 0`:      true,
		`if ((n > 0)) && [[ -z $all && $(ask source "SELECT 1") != t ]]; then`:                   true,
		`if [[ $(replay_paused) == f ]]; then`:                                                   true,
		`  a=$(state_get pause lsn) b=$(state_get load)`:                                         true,
		`[[ $(ask target "SELECT to_regclass('x') IS NULL") == t ]] || say "no"`:                 true,
		`[[ $(ask target "SELECT to_regclass('x') IS NULL") == t ]] || refuse "it is there"`:     false,
		`  if [[ -z $at ]]; then at=$(state_get pause lsn); fi`:                                  false,
		`    if [[ $(attempt replay_paused 2>/dev/null || true) == f ]]; then return 0; fi`:      false,
		`  [[ -n $known ]] || known=$(state_get source system_identifier)`:                       false,
		`  if [[ -n ${words[i]} ]]; then task=$(task_of "$slot"); fi; [[ -n $(cat "$x") ]] || y`: false,
	} {
		require.Equal(t, want, failureIsAnAnswer(line), line)
	}
}

func failureIsAnAnswer(line string) bool {
	return (tested.MatchString(line) || together.MatchString(line)) && !demanded.MatchString(line)
}
