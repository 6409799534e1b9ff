package synthetic

import (
	"fmt"
	"math"
	"strings"
)

// A generator makes the values of a column from the number of a row.
type generator struct {
	// of is the SQL of the n-th value, where n is the SQL of a bigint that is not negative.
	of func(n string) string
	// distinct is how many different values there are; from manyValues on, as many as rows.
	distinct int64
	chosen   bool // from values that were found to be allowed
}

// manyValues is more than there are rows.
const manyValues = 1 << 40

// many tells whether two rows never get the same value.
func (g *generator) many() bool { return g.distinct >= manyValues }

func constant(sql string) *generator {
	return &generator{of: func(string) string { return sql }, distinct: 1}
}

// power is base to the power of n, or manyValues where that is more.
func power(base float64, n int) int64 {
	if p := math.Pow(base, float64(n)); p < manyValues {
		return int64(p)
	}
	return manyValues
}

// textWidth is how long texts are whose width nothing tells.
const textWidth = 24

// value is the generator of a type; nil: there is none. width is how many bytes texts and their like should have; 0: unknown.
func (s *schema) value(oid uint32, modifier int32, typeSQL string, width int) *generator {
	return s.valueAt(oid, modifier, typeSQL, width, 0)
}

func (s *schema) valueAt(oid uint32, modifier int32, typeSQL string, width, depth int) *generator {
	t := s.types[oid]
	if t == nil || depth > 8 {
		return nil
	}
	cast := func(g *generator) *generator {
		if g == nil {
			return nil
		}
		return &generator{of: func(n string) string { return "(" + g.of(n) + ")::" + typeSQL }, distinct: g.distinct}
	}
	switch {
	case t.kind == "d":
		return cast(s.valueAt(t.base, t.modifier, s.typeSQL(t.base), width, depth+1))
	case t.kind == "e":
		return &generator{distinct: max(t.labels, 1), of: func(n string) string {
			return fmt.Sprintf("(enum_range(null::%s))[1 + (%s) %% array_length(enum_range(null::%s), 1)]", typeSQL, n, typeSQL)
		}}
	case t.kind == "c":
		parts := make([]*generator, len(t.attribute))
		for i, a := range t.attribute {
			if parts[i] = s.valueAt(a.typ, a.modifier, a.sql, width, depth+1); parts[i] == nil {
				parts[i] = constant("null")
			}
		}
		return cast(&generator{distinct: manyValues, of: func(n string) string {
			values := make([]string, len(parts))
			for i, p := range parts {
				values[i] = p.of(n)
			}
			return "row(" + strings.Join(values, ", ") + ")"
		}})
	case t.kind == "r":
		// Bounds that follow each other, so that ranges of different rows do not overlap.
		sub := s.valueAt(t.subtype, -1, s.typeSQL(t.subtype), width, depth+1)
		if sub == nil {
			return nil
		}
		return &generator{distinct: sub.distinct / 2, of: func(n string) string {
			a, b := sub.of("2 * ("+n+")"), sub.of("2 * ("+n+") + 1")
			return fmt.Sprintf("%s(least(%s, %s), greatest(%s, %s))", t.sql, a, b, a, b)
		}}
	case t.kind == "m":
		sub := s.valueAt(t.subtype, -1, s.typeSQL(t.subtype), width, depth+1)
		if sub == nil {
			return nil
		}
		return &generator{distinct: sub.distinct, of: func(n string) string { return t.sql + "(" + sub.of(n) + ")" }}
	case t.category == "A":
		element := s.valueAt(t.element, modifier, s.elementSQL(t.element, modifier), 0, depth+1)
		if element == nil {
			return nil
		}
		return cast(&generator{distinct: element.distinct, of: func(n string) string {
			return "array[" + element.of(n) + ", " + element.of("("+n+") + 1") + "]"
		}})
	}
	if !t.system {
		return nil // of an extension: found by its text form
	}
	return cast(baseValue(t.name, modifier, width))
}

func (s *schema) typeSQL(oid uint32) string {
	if t := s.types[oid]; t != nil {
		return t.sql
	}
	return "unknown"
}

// elementSQL is the type of an array's elements with the array's modifier, which format_type of the array shows.
func (s *schema) elementSQL(oid uint32, modifier int32) string {
	t := s.typeSQL(oid)
	if modifier < 4 {
		return t
	}
	switch s.types[oid].name {
	case "varchar", "bpchar":
		return fmt.Sprintf("%s(%d)", strings.Replace(t, "bpchar", "character", 1), modifier-4)
	case "numeric":
		p, scale := numericOf(modifier)
		return fmt.Sprintf("numeric(%d,%d)", p, scale)
	}
	return t
}

// numericOf takes the modifier of a numeric apart.
func numericOf(modifier int32) (precision, scale int) {
	scale = int((modifier - 4) & 0x7ff)
	if scale > 1023 {
		scale -= 2048 // from 15 on it may be negative
	}
	return int((modifier-4)>>16) & 0xffff, scale
}

// text is a text of about so many bytes; limit 0: as long as it likes.
func text(width, limit int) *generator {
	if width <= 0 {
		width = textWidth
	}
	if limit > 0 && width > limit {
		width = limit
	}
	switch {
	case width <= 12:
		return &generator{distinct: power(16, width), of: func(n string) string {
			return fmt.Sprintf("right(lpad(to_hex((%s)::bigint), %d, '0'), %d)", n, width, width)
		}}
	case width <= 32:
		return &generator{distinct: manyValues, of: func(n string) string { return fmt.Sprintf("left(md5((%s)::text), %d)", n, width) }}
	}
	// Longer ones are not to be compressed away.
	return &generator{distinct: manyValues, of: func(n string) string {
		return fmt.Sprintf("(select left(string_agg(md5((%s)::text || ' ' || x), ''), %d) from generate_series(1, %d) as x)", n, width, width/32+1)
	}}
}

// baseValue is the generator of a type of the server's own, not yet cast; nil: none is known.
func baseValue(name string, modifier int32, width int) *generator {
	in := func(distinct int64, format string) *generator {
		return &generator{distinct: distinct, of: func(n string) string { return strings.ReplaceAll(format, "$n", "("+n+")") }}
	}
	limited := func() int { return max(int(modifier)-4, 0) }
	switch name {
	case "int2":
		return in(32767, "$n % 32767")
	case "int4":
		return in(manyValues, "$n % 2147483647")
	case "int8", "oid", "float8", "xid8":
		return in(manyValues, "$n")
	case "float4":
		return in(1<<24, "$n % 16777216")
	case "numeric":
		if modifier < 4 {
			return in(manyValues, "$n / 100.0")
		}
		p, scale := numericOf(modifier)
		if scale <= 0 {
			return in(power(10, p), fmt.Sprintf("mod($n::numeric, 1e%d) * 1e%d", p, -scale))
		}
		return in(power(10, p), fmt.Sprintf("mod($n::numeric, 1e%d) / 1e%d", p, scale))
	case "money":
		return in(manyValues, "$n::numeric")
	case "bool":
		return in(2, "$n % 2 = 0")
	case "text":
		return text(width, 0)
	case "varchar":
		return text(width, limited())
	case "bpchar":
		return text(0, max(limited(), 1))
	case "name":
		return in(manyValues, "'n' || $n")
	case "char":
		return in(26, "chr(97 + ($n % 26)::int)")
	case "date":
		return in(18250, "date '2000-01-01' + ($n % 18250)::int")
	case "timestamp", "timestamptz":
		return in(1<<22, "timestamp '2000-01-01' + ($n % 4194304) * interval '6 minutes'")
	case "time", "timetz":
		return in(86400, "time '00:00' + ($n % 86400) * interval '1 second'")
	case "interval":
		return in(manyValues, "$n * interval '1 second'")
	case "uuid":
		return in(manyValues, "md5($n::text)")
	case "bytea":
		if width > 32 {
			g := text(2*width, 0)
			return &generator{distinct: g.distinct, of: func(n string) string { return "decode(left(" + g.of(n) + fmt.Sprintf(", %d), 'hex')", 2*width) }}
		}
		return in(manyValues, "decode(md5($n::text), 'hex')")
	case "json", "jsonb":
		if width > 60 {
			g := text(width-24, 0)
			return &generator{distinct: manyValues, of: func(n string) string { return fmt.Sprintf("json_build_object('n', %s, 'text', %s)::text", n, g.of(n)) }}
		}
		return in(manyValues, "json_build_object('n', $n)::text")
	case "xml":
		return in(manyValues, "'<n>' || $n || '</n>'")
	case "inet", "cidr":
		return in(1<<24, "'10.0.0.0'::inet + $n % 16777216")
	case "macaddr", "macaddr8":
		digits := map[string]int{"macaddr": 12, "macaddr8": 16}[name]
		return in(manyValues, fmt.Sprintf("lpad(to_hex($n), %d, '0')", digits))
	case "bit":
		return in(power(2, max(int(modifier), 1)), fmt.Sprintf("$n::bit(%d)", max(int(modifier), 1)))
	case "varbit":
		bits := 32
		if modifier > 0 {
			bits = int(modifier)
		}
		return in(power(2, bits), fmt.Sprintf("$n::bit(%d)", bits))
	case "tsvector":
		return in(manyValues, "to_tsvector('simple', 'n' || $n)")
	case "tsquery":
		return in(manyValues, "plainto_tsquery('simple', 'n' || $n)")
	case "pg_lsn":
		return in(manyValues, "'0/' || to_hex($n % 4294967296)")
	case "point":
		return in(manyValues, "point($n, $n)")
	case "line":
		return in(manyValues, "'{1,-1,' || $n || '}'")
	case "lseg", "box", "path", "polygon":
		return in(manyValues, "'((' || $n || ',0),(' || $n || '.5,1))'")
	case "circle":
		return in(manyValues, "circle(point($n, 0), 0.4)")
	case "regclass":
		return constant("'pg_class'")
	case "regtype":
		return constant("'text'")
	case "regproc":
		return constant("'now'")
	case "regprocedure":
		return constant("'now()'")
	case "regrole":
		return constant("current_user")
	case "regnamespace":
		return constant("'pg_catalog'")
	case "xid", "cid":
		return constant("'7'")
	case "tid":
		return constant("'(1,1)'")
	case "txid_snapshot", "pg_snapshot":
		return constant("'10:20:10,14'")
	case "jsonpath":
		return constant("'$.n'")
	}
	return nil
}
