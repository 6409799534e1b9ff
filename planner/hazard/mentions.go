package hazard

import (
	"strings"

	"github.com/pgcutover/pgcutover/analyze"
)

// Mentions reports whether a definition, printed with an empty search_path, names a relation.
func Mentions(definition string, n analyze.Name) bool {
	quote := func(s string) []string { // the server quotes reserved words too, which only it knows
		if q := analyze.Ident(s); analyze.Display(s) == s {
			return []string{s, q}
		} else {
			return []string{q}
		}
	}
	for _, schema := range quote(n.Schema) {
		for _, name := range quote(n.Name) {
			text := schema + "." + name
			for rest := definition; ; {
				i := strings.Index(rest, text)
				if i < 0 {
					break
				}
				end := i + len(text)
				if (i == 0 || !wordByte(rest[i-1])) && (end == len(rest) || !wordByte(rest[end])) {
					return true
				}
				rest = rest[end:]
			}
		}
	}
	return false
}

func wordByte(c byte) bool {
	return c == '_' || c == '$' || c == '"' || c >= 0x80 || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9'
}
