package analyze

import "strings"

// Bytewise reports whether texts sort by their bytes, as under COLLATE "C", whatever language they are in: their order is then the
// same on every server, and ranges of them can be told from their text. collation is a column's ([Column.Collation]); empty is
// the database's own. A collation that is not known to sort so does not.
//
// The server itself treats C, POSIX and every libc locale that begins with "C." as free of language and of versions
// (get_collation_actual_version in pg_locale.c); the builtin provider's locales, from 17 on, all sort by code point.
func (d Database) Bytewise(collation string) bool {
	if collation != "" && collation != "default" {
		// The catalog's own collations come by their bare name, others with their schema: public."C" may be anything.
		return collation == "C" || collation == "POSIX" || strings.HasPrefix(collation, "C.") ||
			collation == "ucs_basic" || collation == "pg_c_utf8" || collation == "pg_unicode_fast"
	}
	switch d.LocaleProvider {
	case "icu": // datcollate then is what operators of libc see, and does not sort anything
		return false
	case "builtin":
		return true
	}
	return d.Collate == "C" || d.Collate == "POSIX" || strings.HasPrefix(d.Collate, "C.")
}
