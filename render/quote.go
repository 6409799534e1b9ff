package render

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"text/template"
	"unicode"
	"unicode/utf8"

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

// shellWord is one bash word. It reads the same in every locale: where bash's is not UTF-8, $'\u202e' stays as it stands, so
// such characters are written as bytes.
func shellWord(s string) (string, error) {
	q, err := syntax.Quote(s, syntax.LangBash)
	if err != nil {
		return "", fmt.Errorf("quoting for bash: %w", err)
	}
	if !strings.HasPrefix(q, "$'") {
		return q, nil
	}
	return codePoint.ReplaceAllStringFunc(q, func(escape string) string {
		if escape[1] != 'u' && escape[1] != 'U' {
			return escape
		}
		r, err := strconv.ParseUint(escape[2:], 16, 32)
		if err != nil {
			panic("reading hexadecimal digits: " + err.Error())
		}
		var b strings.Builder
		for _, c := range []byte(string(rune(r))) {
			fmt.Fprintf(&b, `\x%02x`, c)
		}
		return b.String()
	}), nil
}

// codePoint is an escape of $'…', told apart from a backslash that stands for itself.
var codePoint = regexp.MustCompile(`\\(?:u[0-9a-f]{4}|U[0-9a-f]{8}|.)`)

// copyText is one field of COPY's text format (PostgreSQL documentation, COPY, "Text Format").
func copyText(s string) (string, error) {
	return copyEscapes.Replace(s), analyze.Expressible(s)
}

var copyEscapes = strings.NewReplacer(`\`, `\\`, "\n", `\n`, "\r", `\r`, "\t", `\t`)

// comment is text inside a one-line comment of SQL or shell: nothing in it can end the line, or turn the direction of what a
// reviewer reads.
func comment(s string) (string, error) {
	return strings.Map(func(r rune) rune {
		switch {
		case unicode.IsControl(r), r == 0x2028, r == 0x2029:
			return ' '
		case analyze.Steers(r):
			return utf8.RuneError
		}
		return r
	}, s), analyze.Expressible(s)
}

// jsonString is a JSON array of names.
func jsonString(names [][2]string) (string, error) {
	for _, n := range names {
		if err := cmp.Or(analyze.Expressible(n[0]), analyze.Expressible(n[1])); err != nil {
			return "", err // encoding/json would write something else instead
		}
	}
	b, err := json.Marshal(names)
	return string(b), err
}

// conninfo is one key of a libpq connection string (PostgreSQL documentation, section 34.1.1.1).
func conninfo(key, value string) (string, error) {
	return key + "='" + conninfoEscapes.Replace(value) + "'", analyze.Expressible(value)
}

var conninfoEscapes = strings.NewReplacer(`\`, `\\`, `'`, `\'`)

// definition is SQL as the catalog prints it, for psql to send: a colon outside of quotes, as in the slice a[1:"X"], gets a blank
// behind it, for psql would take what follows for the name of a variable.
func definition(sql string) string {
	var b strings.Builder
	quote, escapes := byte(0), false // escapes: an E'' constant, where a backslash takes the next character with it
	for i := 0; i < len(sql); i++ {
		c := sql[i]
		b.WriteByte(c)
		switch {
		case quote != 0:
			switch {
			case escapes && c == '\\' && i+1 < len(sql), c == quote && i+1 < len(sql) && sql[i+1] == quote:
				i++
				b.WriteByte(sql[i])
			case c == quote:
				quote = 0
			}
		case c == '\'' || c == '"':
			quote, escapes = c, c == '\'' && opensEscapes(sql[:i])
		case c == ':' && i+1 < len(sql):
			switch sql[i+1] {
			case ':', '=':
				i++
				b.WriteByte(sql[i])
			case ' ', '\n', ']':
			default:
				b.WriteByte(' ')
			}
		}
	}
	return b.String()
}

// opensEscapes tells whether a quote behind the text begins an E” constant.
func opensEscapes(before string) bool {
	n := len(before)
	if n == 0 || before[n-1]|0x20 != 'e' {
		return false
	}
	if n == 1 {
		return true
	}
	c := before[n-2]
	return c != '_' && c != '$' && c < 0x80 && (c < '0' || c > '9') && (c|0x20 < 'a' || c|0x20 > 'z')
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
	if strings.HasPrefix(s, "`") || strings.HasSuffix(s, "`") || strings.HasPrefix(s, " ") && strings.HasSuffix(s, " ") && strings.Trim(s, " ") != "" {
		s = " " + s + " " // of which a reader takes one blank off at either end
	}
	return fence + s + fence, err
}

// markdown is text in a Markdown paragraph, list or table on one line: every character with a meaning is escaped, and nothing
// becomes a link by itself.
func markdown(s string) (string, error) {
	s, err := comment(s)
	return webAddress.ReplaceAllString(markdownEscapes.Replace(s), `$1\$2`), err
}

var (
	markdownEscapes = strings.NewReplacer(
		`\`, `\\`, "`", "\\`", `*`, `\*`, `_`, `\_`, `[`, `\[`, `]`, `\]`, `<`, `\<`, `>`, `\>`, `#`, `\#`, `|`, `\|`, `~`, `\~`, `&`, `\&`, `$`, `\$`, `://`, `\://`,
	)
	webAddress = regexp.MustCompile(`(?i)(www)(\.)`)
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
		"sh": shellWord, "copytext": copyText, "comment": comment, "json": jsonString, "number": number, "keywords": keywords, "code": code, "md": markdown, "hcl": hclString, "built": buildStatement,
	}
}
