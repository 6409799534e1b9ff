package parity

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/pgcutover/pgcutover/analyze"
)

// bounds cut a table by a prefix of its key: piece i holds the rows from Cuts[i-1] (inclusive) to Cuts[i] (exclusive), the
// first all before, the last all after. Rows with a NULL in the key, which only a table whose key is not enforced has, are in
// a piece of their own.
type bounds struct {
	Columns []string   `json:"columns"` // none: the table is one piece
	Types   []string   `json:"types"`   // as SQL, for the casts of the cuts
	Bytes   bool       `json:"bytes"`   // the first column is a text, compared bytewise
	Cuts    [][]string `json:"cuts"`    // values as text
	Nulls   bool       `json:"nulls"`   // the last piece is that of the NULLs
}

func (b bounds) pieces() int {
	n := len(b.Cuts) + 1
	if b.Nulls {
		n++
	}
	return n
}

// where is the condition that puts a row into piece i.
func (b bounds) where(i int) string {
	if len(b.Columns) == 0 {
		return "true"
	}
	key, tests := make([]string, len(b.Columns)), make([]string, len(b.Columns))
	for j, c := range b.Columns {
		key[j] = "t." + analyze.Ident(c)
		tests[j] = key[j] + " is null"
		if b.Bytes && j == 0 {
			key[j] += ` collate pg_catalog."C"`
		}
	}
	if b.Nulls && i == len(b.Cuts)+1 {
		return "(" + strings.Join(tests, " or ") + ")"
	}
	at := func(cut []string) string {
		values := make([]string, len(cut))
		for j, v := range cut {
			values[j] = literal(v) + "::" + b.Types[j]
		}
		return "(" + strings.Join(values, ", ") + ")"
	}
	var out []string
	if i > 0 {
		out = append(out, "("+strings.Join(key, ", ")+") >= "+at(b.Cuts[i-1]))
	}
	if i < len(b.Cuts) {
		out = append(out, "("+strings.Join(key, ", ")+") < "+at(b.Cuts[i]))
	}
	if len(out) == 0 { // the only piece, and the NULLs are in another
		for _, t := range tests {
			out = append(out, strings.Replace(t, " is null", " is not null", 1))
		}
	}
	return strings.Join(out, " and ")
}

// ordered tells whether all servers order values of a type alike, and whether they come in the text form that they went out.
func ordered(t *dataType) bool {
	return t.base().builtin("int2", "int4", "int8", "oid", "uuid", "date", "timestamp", "timestamptz", "time", "numeric", "bool", "bytea")
}

func isText(t *dataType) bool { return t.base().builtin("text", "varchar", "bpchar", "name") }

// cutTable decides how a table is cut, into pieces of about size bytes. Cuts are looked up in a sample of the original's pages, so
// that they also fit keys of several columns. The same cuts are used on both sides; how good they are only matters for the time.
func cutTable(ctx context.Context, s Server, name analyze.Name, original, copied relation, key []string, size int64, most int) (bounds, error) {
	var b bounds
	var columns []column
	for _, k := range key {
		c, ok := original.column(k)
		d, there := copied.column(k)
		if !ok || !there {
			break
		}
		text := len(columns) == 0 && isText(c.typ) && isText(d.typ)
		if !text && !(ordered(c.typ) && ordered(d.typ)) {
			break
		}
		columns = append(columns, c)
		b.Nulls = b.Nulls || !c.notNull || !d.notNull
		if text {
			b.Bytes = !c.bytewise || !d.bytewise
			if b.Bytes {
				break
			}
		}
	}
	n := int(min(original.bytes/max(size, 1), 1<<16))
	if len(columns) == 0 || n < 2 {
		return bounds{}, nil
	}
	for _, c := range columns {
		b.Columns, b.Types = append(b.Columns, c.name), append(b.Types, c.typ.base().sql())
	}
	together, err := correlated(ctx, s, name, columns[0])
	if err != nil {
		return b, err
	}
	if b.Bytes || !together {
		n = min(n, most) // each piece reads most of the table's pages, and only hashing is divided
	}
	if n < 2 {
		return bounds{}, nil
	}
	key = make([]string, len(columns))
	texts := make([]string, len(columns))
	for i, c := range columns {
		e := "t." + analyze.Ident(c.name)
		texts[i] = e + "::pg_catalog.text"
		key[i] = e
		if b.Bytes && i == 0 {
			key[i] += ` collate pg_catalog."C"`
		}
	}
	// 30 pages for each piece, which puts cuts within a few percent of where they should be.
	percent := min(100, 100*30*float64(n)*8192/math.Max(float64(original.bytes), 1))
	sample, err := ask[struct{ Key []string }](ctx, s, fmt.Sprintf(`select x.key from (select array[%s] as key, pg_catalog.row_number() over (order by %s) as i, pg_catalog.count(*) over () as n
		from only %s as t tablesample system (%s) repeatable (1)) as x where x.i * %d / x.n <> (x.i - 1) * %[5]d / x.n order by x.i`,
		strings.Join(texts, ", "), strings.Join(key, ", "), name.SQL(), strconv.FormatFloat(percent, 'f', 4, 64), n))
	if err != nil {
		return b, err
	}
	for i, x := range sample {
		if i < len(sample)-1 && !slices.Equal(x.Key, last(b.Cuts)) { // the last is the greatest of all, not a cut
			b.Cuts = append(b.Cuts, x.Key)
		}
	}
	if len(b.Cuts) == 0 {
		return bounds{}, nil
	}
	return b, nil
}

func last(cuts [][]string) []string {
	if len(cuts) == 0 {
		return nil
	}
	return cuts[len(cuts)-1]
}

// correlated tells whether rows that are near each other by key are near each other on disk, so that a range reads a part of
// the table only.
func correlated(ctx context.Context, s Server, name analyze.Name, c column) (bool, error) {
	r, err := ask[struct{ Correlation *float64 }](ctx, s, fmt.Sprintf(`select correlation::float8 from pg_catalog.pg_stats where schemaname = %s and tablename = %s and attname = %s and not inherited`,
		literal(name.Schema), literal(name.Name), literal(c.name)))
	if err != nil {
		return false, err
	}
	if len(r) == 0 || r[0].Correlation == nil {
		return cmp.Or(c.typ.base().builtin("int2", "int4", "int8", "date", "timestamp", "timestamptz")), nil
	}
	return math.Abs(*r[0].Correlation) > 0.5, nil
}
