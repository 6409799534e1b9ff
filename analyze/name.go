package analyze

import (
	"cmp"
	"fmt"
	"strings"
	"unicode"
)

// Name is the qualified name of a relation as the catalog stores it: raw, case kept, unquoted.
// Neither part ever holds a NUL byte or invalid UTF-8; the decoder and the catalog reader refuse those.
type Name struct {
	Schema string `json:"schema"`
	Name   string `json:"name"`
}

// Compare orders names bytewise by schema, then by name. It does not depend on any locale.
func (n Name) Compare(o Name) int {
	return cmp.Or(strings.Compare(n.Schema, o.Schema), strings.Compare(n.Name, o.Name))
}

// SQL is the name as a qualified SQL identifier, both parts quoted.
func (n Name) SQL() string { return Ident(n.Schema) + "." + Ident(n.Name) }

// String is the name for people: quoted only where leaving the quotes away would be misread, with escapes in the manner of E” for
// what cannot be seen: control characters, direction marks, blanks that are none. No two names have the same.
func (n Name) String() string { return forPeople(n.Schema) + "." + forPeople(n.Name) }

// IsZero reports whether the name is empty, which no relation's name is.
func (n Name) IsZero() bool { return n == Name{} }

// Ident quotes one SQL identifier: always in double quotes, inner double quotes doubled
// (PostgreSQL documentation, section 4.1.1). The name must be free of NUL, which PostgreSQL cannot store.
func Ident(s string) string { return `"` + strings.ReplaceAll(s, `"`, `""`) + `"` }

// Display is a single identifier as [Name.String] shows it.
func Display(s string) string { return forPeople(s) }

func forPeople(s string) string {
	plain := s != "" && (s[0] < '0' || s[0] > '9')
	for i := 0; plain && i < len(s); i++ {
		c := s[i]
		plain = c == '_' || c == '$' || 'a' <= c && c <= 'z' || '0' <= c && c <= '9'
	}
	if plain {
		return s
	}
	var b strings.Builder
	for _, r := range Ident(s) {
		switch {
		case r == '\\':
			b.WriteString(`\\`)
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\r':
			b.WriteString(`\r`)
		case r == '\t':
			b.WriteString(`\t`)
		case unicode.IsPrint(r): // among blanks only the one of ASCII
			b.WriteRune(r)
		case r < 0x80:
			fmt.Fprintf(&b, `\x%02x`, r)
		case r < 0x10000:
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			fmt.Fprintf(&b, `\U%08x`, r)
		}
	}
	return b.String()
}
