package render

import (
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"text/template"

	"mvdan.cc/sh/v3/syntax"

	"github.com/pgcutover/pgcutover/analyze"
)

// The functions of this file are the only way a value gets into a rendered file. Each quotes for one language, refuses what
// that language cannot express, and is fuzzed against the program that reads the language.

// ident is an SQL identifier.
func ident(s string) (string, error) {
	if s == "" {
		return "", errors.New("an SQL identifier cannot be empty")
	}
	return analyze.Ident(s), analyze.Expressible(s)
}

// name is a qualified SQL name.
func name(n analyze.Name) (string, error) {
	s, err := ident(n.Schema)
	if err != nil {
		return "", err
	}
	t, err := ident(n.Name)
	return s + "." + t, err
}

// literal is an SQL string constant. A blank before an escape string keeps it apart from a word in front of it.
func literal(s string) (string, error) {
	q := analyze.Literal(s)
	if q[0] == 'E' {
		q = " " + q
	}
	return q, analyze.Expressible(s)
}

// regclass is an SQL constant of a relation, as text to be cast to regclass: the quoted name inside a literal.
func regclass(n analyze.Name) (string, error) {
	q, err := name(n)
	if err != nil {
		return "", err
	}
	return literal(q)
}

// idents is a comma-separated list of SQL identifiers.
func idents(ss []string) (string, error) {
	out := make([]string, len(ss))
	for i, s := range ss {
		q, err := ident(s)
		if err != nil {
			return "", err
		}
		out[i] = q
	}
	return strings.Join(out, ", "), nil
}

// shellWord is one bash word.
func shellWord(s string) (string, error) {
	q, err := syntax.Quote(s, syntax.LangBash)
	if err != nil {
		return "", fmt.Errorf("quoting for bash: %w", err)
	}
	return q, nil
}

// copyText is one field of COPY's text format (PostgreSQL documentation, COPY, "Text Format").
func copyText(s string) (string, error) {
	return copyEscapes.Replace(s), analyze.Expressible(s)
}

var copyEscapes = strings.NewReplacer(`\`, `\\`, "\n", `\n`, "\r", `\r`, "\t", `\t`)

// comment is text inside a one-line comment of SQL or shell: nothing in it can end the line.
func comment(s string) (string, error) {
	return strings.Map(func(r rune) rune {
		if r < 0x20 || r == 0x7f || 0x80 <= r && r < 0xa0 || r == 0x2028 || r == 0x2029 {
			return ' '
		}
		return r
	}, s), analyze.Expressible(s)
}

// jsonString is a JSON value.
func jsonString(v any) (string, error) {
	b, err := json.Marshal(v)
	return string(b), err
}

// keywords are SQL key words that a plan may hold as they are, such as CONNECTION LIMIT 5: nothing else passes.
func keywords(s string) (string, error) {
	if !keywordList.MatchString(s) {
		return "", fmt.Errorf("%q is not made of key words", s)
	}
	return s, nil
}

var keywordList = regexp.MustCompile(`^[A-Z]+( [A-Z]+)*( [0-9]+)?$`)

// code is a Markdown code span (CommonMark 0.31, section 6.1): in as many backticks as the text needs, on one line.
func code(s string) (string, error) {
	s, err := comment(s)
	if s == "" {
		return "` `", err
	}
	fence := "`"
	for strings.Contains(s, fence) {
		fence += "`"
	}
	if strings.HasPrefix(s, "`") || strings.HasSuffix(s, "`") {
		s = " " + s + " "
	}
	return fence + s + fence, err
}

// markdown is text in a Markdown paragraph, list or table on one line: every character with a meaning is escaped.
func markdown(s string) (string, error) {
	s, err := comment(s)
	return markdownEscapes.Replace(s), err
}

var markdownEscapes = strings.NewReplacer(
	`\`, `\\`, "`", "\\`", `*`, `\*`, `_`, `\_`, `[`, `\[`, `]`, `\]`, `<`, `\<`, `>`, `\>`, `#`, `\#`, `|`, `\|`, `~`, `\~`, `&`, `\&`, `$`, `\$`,
)

// number is a decimal number that can follow a minus sign or stand anywhere in an expression: a negative one comes in
// parentheses, because "- -5" without its space is a comment.
func number(n int64) string {
	if n < 0 {
		return fmt.Sprintf("(%d)", n)
	}
	return fmt.Sprintf("%d", n)
}

// quoting is the FuncMap of every SQL and shell template. Every interpolation has to end in one of these.
func quoting() template.FuncMap {
	return template.FuncMap{
		"ident": ident, "name": name, "literal": literal, "regclass": regclass, "idents": idents,
		"sh": shellWord, "copytext": copyText, "comment": comment, "json": jsonString, "number": number, "keywords": keywords, "code": code, "md": markdown,
	}
}
