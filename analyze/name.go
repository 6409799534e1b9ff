package analyze

import (
	"cmp"
	"strings"
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

// String is the name for people: quoted only where leaving the quotes away would be misread, control characters made visible.
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
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\r':
			b.WriteString(`\r`)
		case r == '\t':
			b.WriteString(`\t`)
		case r < 0x20 || r == 0x7f || 0x80 <= r && r < 0xa0 || r == 0x2028 || r == 0x2029 || 0x200e <= r && r <= 0x200f || 0x202a <= r && r <= 0x202e || 0x2066 <= r && r <= 0x2069:
			b.WriteRune('\uFFFD') // control and direction marks would let one name look like another in a terminal
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}
