package render

import (
	"bytes"
	"fmt"
	"strings"
	"text/template"

	"mvdan.cc/sh/v3/syntax"

	"github.com/pgcutover/pgcutover/planner"
	"github.com/pgcutover/pgcutover/templates"
)

// Render makes the whole bundle of a plan. The plan must be valid ([planner.Plan.Validate]).
func Render(p planner.Plan) (Bundle, error) {
	var out Bundle
	for _, part := range []struct {
		of   string
		make func(planner.Plan) ([]Artifact, error)
	}{
		// one line per folder, in the order of work
	} {
		as, err := part.make(p)
		if err != nil {
			return nil, fmt.Errorf("rendering %s: %w", part.of, err)
		}
		out = append(out, as...)
	}
	out.sort()
	return out, nil
}

// execute runs the template file path over view and normalises the result for its language, so that white space in
// templates never matters and a template that makes broken shell fails here, not in production.
func execute(path string, view any) ([]byte, error) {
	src, err := templates.FS.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("reading template %s: %w", path, err)
	}
	t, err := template.New(path).Option("missingkey=error").Funcs(quoting()).Parse(string(src))
	if err != nil {
		return nil, fmt.Errorf("parsing template %s: %w", path, err)
	}
	var buf bytes.Buffer
	if err := t.Execute(&buf, view); err != nil {
		return nil, fmt.Errorf("filling template %s: %w", path, err)
	}
	if strings.HasSuffix(path, ".sh.tmpl") {
		return normalizeShell(path, buf.Bytes())
	}
	return normalizeText(buf.Bytes()), nil
}

// normalizeShell parses and prints a script the way shfmt does.
func normalizeShell(path string, src []byte) ([]byte, error) {
	f, err := syntax.NewParser(syntax.Variant(syntax.LangBash), syntax.KeepComments(true)).Parse(bytes.NewReader(src), path)
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
