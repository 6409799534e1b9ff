package analyze

import (
	"errors"
	"strings"
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
