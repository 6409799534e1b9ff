package parity

import (
	"fmt"
	"strings"

	"github.com/pgcutover/pgcutover/analyze"
)

// form is how values become text on both sides. The text of most types is the same on every version once the settings are
// pinned; what is not is taken apart until only values are left whose text is. Measured on 9.6 to 18:
//
//   - float4 and float8, alone or inside of others, have other digits before 12 than from 12 on, and so have the geometric types.
//     There they go as their bytes. NaN is one value, whatever its bits: a copy as text does not keep its sign.
//   - "char" beyond ASCII is a raw byte before 16, which is no text in UTF-8, and an escape from then on.
//   - A row, a composite value or a range quotes what its locale takes for a space. Where two servers do not agree on that, rows are
//     written as arrays, whose quoting is the same everywhere, and composite values and ranges are taken apart.
//   - xml loses the encoding in its declaration when it is copied: its output is compared, not what is stored.
//   - char(n) as text loses its blanks, which are part of the value where n is not given: its output is compared.
//   - Encodings: bytes are compared where both databases have the same, or one has none (SQL_ASCII), else everything in UTF-8.
type form struct {
	floats  bool   // the sides print floating point numbers with other digits
	chars   bool   // the sides print "char" differently
	quoting bool   // the sides quote differently
	utf8    bool   // the encodings differ
	wide    bool   // each value is hashed before the row is: for rows that are too large as one text
	digest  string // md5 or sha256
	quick   bool   // rows are summed by the 64-bit hash that both servers have, not by the first 64 bits of the digest
}

// newForm is the form in which values of two servers can be compared.
func newForm(a, b facts) (form, error) {
	f := form{
		floats:  (a.Version < 120000) != (b.Version < 120000),
		chars:   (a.Version < 160000) != (b.Version < 160000),
		quoting: a.Quoting != b.Quoting || a.Quoting == "",
		utf8:    a.Encoding != b.Encoding && a.Encoding != "SQL_ASCII" && b.Encoding != "SQL_ASCII",
		digest:  "md5",
	}
	if !a.MD5 || !b.MD5 {
		if a.Version < 110000 || b.Version < 110000 {
			return f, fmt.Errorf("one side refuses md5, as servers in FIPS mode do, and before version 11 there is no other hash")
		}
		f.digest = "sha256"
	}
	f.quick = a.Hash64 != "" && a.Hash64 == b.Hash64 && !f.utf8
	return f, nil
}

// String names what the sums depend on besides the statements.
func (f form) String() string {
	type plain form
	return fmt.Sprintf("%+v", plain(f))
}

// hash is the hash of a text expression, in hex.
func (f form) hash(text string) string {
	switch {
	case f.digest == "sha256" && f.utf8:
		return "pg_catalog.encode(pg_catalog.sha256(pg_catalog.convert_to(" + text + ", 'UTF8')), 'hex')"
	case f.digest == "sha256":
		return "pg_catalog.encode(pg_catalog.sha256(pg_catalog.convert_to(" + text + ", pg_catalog.getdatabaseencoding())), 'hex')"
	case f.utf8:
		return "pg_catalog.md5(pg_catalog.convert_to(" + text + ", 'UTF8'))"
	}
	return "pg_catalog.md5(" + text + ")"
}

// bytes is the hash of a bytea expression.
func (f form) bytes(expr string) string {
	if f.digest == "sha256" {
		return "pg_catalog.encode(pg_catalog.sha256(" + expr + "), 'hex')"
	}
	return "pg_catalog.md5(" + expr + ")"
}

// row is the hash of a row of values, in hex.
func (f form) row(columns []column) string { return f.hash(f.rowText(columns)) }

// number is a hash of a row as bigint: numbers are summed exactly (sum of bigint is numeric), so that a difference goes unseen with a chance of
// 1 in 2^64, whatever rows or values were exchanged. The servers' own hash (hashtextextended, from 11 on) takes a fraction of the time of a digest, of which
// the first 64 bits would be taken. Hash partitions rely on it, so that no version may change it; that the two servers agree is asked all the same.
func (f form) number(columns []column) string {
	if f.quick {
		return "pg_catalog.hashtextextended(" + f.rowText(columns) + ` collate pg_catalog."C", 0)`
	}
	return bits(f.row(columns))
}

// bits makes a number of the first 64 bits of a digest in hex.
func bits(hex string) string {
	return "('x' || pg_catalog.substr(" + hex + ", 1, 16))::pg_catalog.bit(64)::pg_catalog.int8"
}

// rowText is a row of values as text, which keeps values apart, NULL from ” included, and is the cheapest that does.
func (f form) rowText(columns []column) string {
	parts := make([]string, len(columns))
	for i, c := range columns {
		e := "t." + analyze.Ident(c.name)
		switch {
		case f.wide:
			parts[i] = f.hash(f.text(c.typ, e, 0))
		case f.quoting:
			parts[i] = f.text(c.typ, e, 0)
		case f.special(c.typ):
			parts[i] = f.text(c.typ, e, 0)
		default:
			parts[i] = e
		}
	}
	if f.quoting {
		return "array[" + strings.Join(parts, ", ") + "]::pg_catalog.text[]::pg_catalog.text"
	}
	return "row(" + strings.Join(parts, ", ") + ")::pg_catalog.text"
}

// special tells whether a column's value cannot go into a row as it is.
func (f form) special(t *dataType) bool {
	b := t.base()
	return f.fragile(t) || b.builtin("bytea", "char")
}

// fragile tells whether the text of a type differs between the sides, so that its values have to be taken apart.
func (f form) fragile(t *dataType) bool {
	switch t.kind {
	case "d", "a", "m":
		return t.of != nil && f.fragile(t.of)
	case "r":
		return f.quoting || t.of != nil && f.fragile(t.of)
	case "c":
		for _, x := range t.fields {
			if x.typ != nil && f.fragile(x.typ) {
				return true
			}
		}
		return f.quoting
	}
	return f.floats && t.builtin("float4", "float8", "point", "line", "lseg", "box", "path", "polygon", "circle") || f.chars && t.builtin("char")
}

// text is a value as text that is the same on both sides, NULL where it is.
func (f form) text(t *dataType, e string, depth int) string {
	if t.kind == "d" && t.of != nil {
		return f.text(t.of, "("+e+")::"+t.of.sql(), depth)
	}
	switch {
	case t.builtin("bytea"):
		return f.bytes(e)
	case t.builtin("char"):
		return "(" + e + ")::pg_catalog.int4::pg_catalog.text"
	case t.builtin("bpchar"):
		return "pg_catalog.textin(pg_catalog.bpcharout(" + e + "))"
	case t.builtin("xml"):
		return "pg_catalog.textin(pg_catalog.xml_out(" + e + "))"
	}
	if !f.fragile(t) {
		return "(" + e + ")::pg_catalog.text"
	}
	switch t.kind {
	case "a":
		// unnest in the list of columns: in FROM it would tear composite elements apart. The rows come in the order of the elements.
		v, w := fmt.Sprintf("v%d", depth), fmt.Sprintf("w%d", depth)
		return fmt.Sprintf(`case when %[1]s is not null then pg_catalog.concat(pg_catalog.array_dims(%[1]s), ' ', (select pg_catalog.array_agg(%[2]s.x order by %[2]s.o) from (
			select %[3]s as x, pg_catalog.row_number() over () as o from (select pg_catalog.unnest(%[1]s) as e offset 0) as %[4]s) as %[2]s)) end`, e, w, f.text(t.of, v+".e", depth+1), v)
	case "m":
		v, w := fmt.Sprintf("v%d", depth), fmt.Sprintf("w%d", depth)
		return fmt.Sprintf(`case when %[1]s is not null then pg_catalog.concat('multi ', (select pg_catalog.array_agg(%[2]s.x order by %[2]s.o) from (
			select %[3]s as x, pg_catalog.row_number() over () as o from (select pg_catalog.unnest(%[1]s) as e offset 0) as %[4]s) as %[2]s)) end`, e, w, f.text(t.of, v+".e", depth+1), v)
	case "c":
		parts := make([]string, len(t.fields))
		for i, x := range t.fields {
			parts[i] = f.text(x.typ, "("+e+")."+analyze.Ident(x.name), depth)
		}
		// A row of NULLs "is null" too: num_nulls tells it from no row.
		return "case when pg_catalog.num_nulls(" + e + ") = 0 then array[" + strings.Join(parts, ", ") + "]::pg_catalog.text[]::pg_catalog.text end"
	case "r":
		return fmt.Sprintf(`case when %[1]s is not null then array[pg_catalog.isempty(%[1]s)::pg_catalog.text, pg_catalog.lower_inc(%[1]s)::pg_catalog.text, pg_catalog.upper_inc(%[1]s)::pg_catalog.text,
			%[2]s, %[3]s]::pg_catalog.text[]::pg_catalog.text end`, e, f.text(t.of, "pg_catalog.lower("+e+")", depth), f.text(t.of, "pg_catalog.upper("+e+")", depth))
	}
	if t.builtin("float4", "float8") {
		return fmt.Sprintf("case when %[1]s = 'NaN' then 'NaN' else pg_catalog.encode(pg_catalog.%[2]ssend(%[1]s), 'hex') end", e, t.name)
	}
	send := t.name
	if send == "polygon" {
		send = "poly"
	}
	return "pg_catalog.encode(pg_catalog." + send + "_send(" + e + "), 'hex')"
}

// doubtful tells whether a type's text may differ between the sides without our knowing: floating point numbers inside a
// type of an extension, which nothing but the extension can take apart.
func (f form) doubtful(t *dataType) bool {
	switch t.kind {
	case "d", "a", "r", "m":
		return t.of != nil && f.doubtful(t.of)
	case "c":
		for _, x := range t.fields {
			if x.typ != nil && f.doubtful(x.typ) {
				return true
			}
		}
		return false
	}
	if !f.floats || !t.extension || t.kind != "b" {
		return false
	}
	switch t.name {
	case "citext", "hstore", "ltree", "lquery", "ltxtquery", "geometry", "geography", "raster", "isbn", "issn", "ean13", "upc": // text, or bytes in hex
		return false
	}
	return true
}
