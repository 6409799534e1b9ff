package hazard

import (
	"iter"
	"strings"

	"github.com/pgcutover/pgcutover/analyze"
)

// Qualified yields every name with a schema in a definition as the server prints it with an empty search_path, in the order of
// the text. What only looks like one is yielded too: column references, and whatever string literals hold, since nextval and the
// like name their object in one.
func Qualified(definition string) iter.Seq[analyze.Name] {
	return func(yield func(analyze.Name) bool) { qualified(definition, yield) }
}

func qualified(text string, yield func(analyze.Name) bool) bool {
	before := "" // the identifier just before a dot
	for i := 0; i < len(text); {
		switch c := text[i]; {
		case c == '\'':
			end, literal := quoted(text[i:], '\'')
			if !qualified(literal, yield) {
				return false
			}
			i += end
			before = ""
		case c == '"' || wordByte(c):
			var end int
			var word string
			if c == '"' {
				end, word = quoted(text[i:], '"')
			} else {
				for end < len(text)-i && wordByte(text[i+end]) {
					end++
				}
				word = text[i : i+end]
			}
			i += end
			if before != "" && !yield(analyze.Name{Schema: before, Name: word}) {
				return false
			}
			before = ""
			if i < len(text) && text[i] == '.' {
				before = word
				i++
			}
		default:
			i++
			before = ""
		}
	}
	return true
}

// quoted is the length of a quoted text at the beginning of s, and what it means: a doubled quote is one.
func quoted(s string, quote byte) (length int, text string) {
	q := string(quote)
	for i := 1; i < len(s); i++ {
		if s[i] != quote {
			continue
		}
		if i+1 < len(s) && s[i+1] == quote {
			i++
			continue
		}
		return i + 1, strings.ReplaceAll(s[1:i], q+q, q)
	}
	return len(s), strings.ReplaceAll(s[1:], q+q, q) // cut off: not the server's
}

func wordByte(c byte) bool {
	return c == '_' || c == '$' || c >= 0x80 || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9'
}
