package render

import (
	"bytes"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"strings"
	"text/template"

	"mvdan.cc/sh/v3/syntax"

	"github.com/pgcutover/pgcutover/planner"
	"github.com/pgcutover/pgcutover/templates"
)

// Render makes the whole bundle of a plan. The plan must be valid ([planner.Plan.Validate]).
func Render(p planner.Plan) (Bundle, error) {
	// These stand in places where no quoting reaches: inside DO blocks and in file names.
	plain := []string{p.Names.Schema, p.Names.Node, p.Names.Role}
	for _, g := range p.Groups {
		plain = append(plain, g.Slot, g.UpdateSet, g.InsertSet)
	}
	for _, s := range plain {
		if !plainName.MatchString(s) {
			return nil, fmt.Errorf("rendering: the name %q is not one of lower-case letters, digits and underscores", s)
		}
	}
	var out Bundle
	for _, part := range []struct {
		of   string
		make func(planner.Plan) ([]Artifact, error)
	}{
		// one line per folder, in the order of work
		{"the root", top},
		{"10-source", source},
		{"20-aurora", aurora},
		{"20-replica, 20-snapshots", still},
		{"30-target", target},
		{"40-load", load},
		{"50-cdc", cdc},
		{"60-qa", qa},
		{"70-cutover", cutover},
		{"80-recovery", recovery},
	} {
		as, err := part.make(p)
		if err != nil {
			return nil, fmt.Errorf("rendering %s: %w", part.of, err)
		}
		out = append(out, as...)
	}
	for _, last := range []func(planner.Plan, Bundle) (Artifact, error){runbook, manifest} {
		out.sort()
		a, err := last(p, out)
		if err != nil {
			return nil, err
		}
		out = append(out, a)
	}
	out.sort()
	return out, nil
}

var plainName = regexp.MustCompile(`^[a-z_][a-z0-9_]{0,62}$`)

// fill renders the template over view into the artifact's body.
func (a Artifact) fill(template string, view any) (Artifact, error) {
	var err error
	a.Body, err = execute(template, view)
	return a, err
}

// execute runs the template file name over view and normalises the result for its language, so that white space in
// templates never matters and a template that makes broken shell fails here, not in production.
func execute(name string, view any) ([]byte, error) {
	t, err := parse(name)
	if err != nil {
		return nil, err
	}
	var buf bytes.Buffer
	if err := t.Execute(&buf, view); err != nil {
		return nil, fmt.Errorf("filling template %s: %w", name, err)
	}
	if strings.HasSuffix(name, ".sh.tmpl") {
		return normalizeShell(name, buf.Bytes())
	}
	return normalizeText(buf.Bytes()), nil
}

// parse reads a template and the shared parts of its folder, the files that start with an underscore. Shell scripts hold SQL and have the
// parts of that folder too.
func parse(name string) (*template.Template, error) {
	folders := []string{path.Dir(name)}
	if folders[0] == "shell" {
		folders = append(folders, "sql")
	}
	var parts []string
	for _, f := range folders {
		found, err := fs.Glob(templates.FS, f+"/_*.tmpl")
		if err != nil {
			return nil, fmt.Errorf("looking for the parts of template %s: %w", name, err)
		}
		parts = append(parts, found...)
	}
	t, err := template.New(path.Base(name)).Option("missingkey=error").Funcs(quoting()).ParseFS(templates.FS, append(parts, name)...)
	if err != nil {
		return nil, fmt.Errorf("parsing template %s: %w", name, err)
	}
	return t, nil
}

// normalizeShell parses and prints a script the way shfmt does.
func normalizeShell(name string, src []byte) ([]byte, error) {
	f, err := syntax.NewParser(syntax.Variant(syntax.LangBash), syntax.KeepComments(true)).Parse(bytes.NewReader(src), name)
	if err != nil {
		return nil, fmt.Errorf("checking shell: %w", err)
	}
	var buf bytes.Buffer
	if err := syntax.NewPrinter(syntax.Indent(2), syntax.BinaryNextLine(true), syntax.SwitchCaseIndent(true)).Print(&buf, f); err != nil {
		return nil, fmt.Errorf("printing shell: %w", err)
	}
	return buf.Bytes(), nil
}

// normalizeText ends the text with one newline. It leaves the lines alone: an identifier may end in a blank or span lines.
func normalizeText(src []byte) []byte {
	return append(bytes.TrimRight(src, "\n"), '\n')
}
