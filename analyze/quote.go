package analyze

import (
	"errors"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Literal quotes one SQL string constant. It reads the same whatever standard_conforming_strings says: a backslash makes it an
// escape string, which begins with the letter E and so must not follow another one (PostgreSQL documentation, section 4.1.2).
// What [Expressible] refuses must not get here.
func Literal(s string) string {
	q := "'" + strings.ReplaceAll(s, "'", "''") + "'"
	if strings.Contains(s, `\`) {
		q = "E" + strings.ReplaceAll(q, `\`, `\\`)
	}
	return q
}

var errNUL = errors.New("a NUL character cannot be written")

// Expressible returns an error for a text that no SQL statement in UTF-8 can hold: one with a NUL character, or of other bytes.
func Expressible(s string) error {
	if strings.IndexByte(s, 0) >= 0 {
		return errNUL
	}
	if !utf8.ValidString(s) {
		return errors.New("not valid UTF-8")
	}
	return nil
}

// Visible is a text of many lines for a terminal or a log: what could steer a terminal or turn the text around it becomes U+FFFD.
// It is for the words of others, such as a server's; a name is shown by [Display].
func Visible(s string) string {
	return strings.Map(func(r rune) rune {
		if r != '\n' && r != '\t' && Steers(r) {
			return utf8.RuneError
		}
		return r
	}, s)
}

// Steers reports whether a character does something instead of being shown: control characters, line and paragraph separators,
// marks that turn the direction of text (Unicode Standard Annex 9, section 2).
func Steers(r rune) bool {
	return unicode.IsControl(r) || r == 0x061c || r == 0x200e || r == 0x200f || 0x2028 <= r && r <= 0x202e || 0x2066 <= r && r <= 0x2069
}
