package planner

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/pgcutover/pgcutover/analyze"
)

// How a table is cut.
const (
	ByTID = "tid" // by block number: the source's, so it says nothing about the target's rows
	ByKey = "key" // by the leading columns of an index
)

// Range is a part of a table's rows. Ranges of one table touch: each begins where the one before it ends, the first begins and
// the last ends open. By key, rows are in the order of a B-tree: by the first column, then the next, NULLs behind everything else.
type Range struct {
	Part int         `json:"part"` // from 1
	Of   int         `json:"of"`
	By   string      `json:"by"`   // ByTID (14 and newer) or ByKey
	Key  []KeyColumn `json:"key"`  // by key: leading columns of a btree index, in its order; else empty
	From Bound       `json:"from"` // inclusive; empty: open
	To   Bound       `json:"to"`   // exclusive; empty: open
}

// KeyColumn is a column that rows are compared by, under the collation it has in its table.
type KeyColumn struct {
	Name string `json:"name"`
	Type string `json:"type"` // what its bounds are cast to: a type of pg_catalog, for a domain the one below it
}

// Bound is a place between rows: in front of the first row whose leading columns are at or behind its values. There is one value for
// each of the key's columns or for the first few of them, as text, nil for NULL; by TID it is one block number. An empty bound is the open end.
type Bound []*string

// Equal reports whether two bounds are spelled alike.
func (b Bound) Equal(c Bound) bool {
	return slices.EqualFunc(b, c, func(x, y *string) bool {
		return x == y || x != nil && y != nil && *x == *y
	})
}

// String shows a bound to people.
func (b Bound) String() string {
	if len(b) == 0 {
		return "open"
	}
	parts := make([]string, len(b))
	for i, v := range b {
		if parts[i] = "NULL"; v != nil {
			parts[i] = strconv.Quote(*v)
		}
	}
	if len(parts) == 1 {
		return parts[0]
	}
	return "(" + strings.Join(parts, ", ") + ")"
}

// Predicate is the SQL condition that a row of the table is in the range: true or not, where columns are known by their bare names.
// Of all ranges of a table exactly one is true for each row, also where key columns are NULL, however many rows came or
// went since the bounds were chosen. A range that is open on both sides is "true".
//
// Two servers may sort texts differently, so a range of a text key holds the same rows on both only where its column's collation is bytewise
// ([analyze.Database.Bytewise]) on both. Each still has every row in one range.
//
// The error says what SQL cannot express: an unknown kind of range or type, a bound out of form, a name that is none.
func (r Range) Predicate() (string, error) {
	if err := r.sound(); err != nil {
		return "", err
	}
	if r.By == ByTID {
		var and []string
		if len(r.From) > 0 {
			and = append(and, "ctid >= '("+*r.From[0]+",0)'::tid")
		}
		if len(r.To) > 0 {
			and = append(and, "ctid < '("+*r.To[0]+",0)'::tid")
		}
		return orTrue(and), nil
	}
	columns := make([]string, len(r.Key))
	for i, c := range r.Key {
		columns[i] = analyze.Ident(c.Name)
	}
	from, to := r.constants(r.From), r.constants(r.To)
	var and []string
	// What both bounds begin with is a plain condition, and the rest a range of the columns behind it.
	for len(from) > 0 && len(to) > 0 && from[0] == to[0] {
		and = append(and, equal(columns[0], from[0]))
		columns, from, to = columns[1:], from[1:], to[1:]
	}
	if len(from) > 0 {
		arms := atLeast(columns, from)
		if len(to) > 0 && from[0] != null && (to[0] != null || len(to) == 1) {
			arms = arms[:len(arms)-1] // the upper bound keeps NULLs of the first column out
		}
		and = append(and, anyOf(arms))
	}
	if len(to) > 0 && !(len(to) == 1 && to[0] == null && len(from) == 1) { // "at least x" alone keeps NULLs out
		and = append(and, anyOf(below(columns, to)))
	}
	return orTrue(and), nil
}

// Ordered is an SQL condition that the range ends behind its beginning as the server at hand sorts: false where ranges of one
// table could share rows. It is empty for ranges whose order [Plan.Validate] can tell by itself, which are all but those of text keys.
// The statement to evaluate it in is SELECT … FROM (SELECT) one LEFT JOIN ONLY the table ON false: it reads no row,
// and takes the collations from the columns.
func (r Range) Ordered() (string, error) {
	if err := r.sound(); err != nil {
		return "", err
	}
	if r.By == ByTID || len(r.From) == 0 || len(r.To) == 0 || !slices.ContainsFunc(r.Key, func(k KeyColumn) bool { return keyTypes[k.Type].compare == nil }) {
		return "", nil
	}
	from, to := r.constants(r.From), r.constants(r.To)
	n := min(len(from), len(to))
	columns := make([]string, n)
	var same []string
	for i := range n {
		columns[i] = "coalesce(" + analyze.Ident(r.Key[i].Name) + ", " + from[i] + ")"
		if from[i] == null {
			columns[i] = analyze.Ident(r.Key[i].Name) // which is NULL for want of a row
		}
		same = append(same, equal(columns[i], to[i]))
	}
	arms := below(columns, to[:n])
	if len(from) < len(to) {
		arms = append(arms, allOf(same))
	}
	// A comparison with a NULL says nothing, and nothing is not enough here.
	return "(" + strings.Join(arms, " OR ") + ") IS TRUE", nil
}

// Portable reports whether the range holds the same rows on every server: whether its order depends on nothing but values.
// Ranges by TID and of text keys do not.
func (r Range) Portable() bool {
	return r.By == ByKey && !slices.ContainsFunc(r.Key, func(k KeyColumn) bool { return keyTypes[k.Type].compare == nil })
}

// sound checks that the range is one that SQL can express, and that it ends behind its beginning as far as that can be told.
func (r Range) sound() error {
	if err := r.wellFormed(); err != nil {
		return err
	}
	if len(r.From) == 0 || len(r.To) == 0 {
		return nil
	}
	if c, known := r.compare(r.From, r.To); known && c >= 0 {
		return fmt.Errorf("ends at %s, which is not behind its beginning %s", r.To, r.From)
	}
	return nil
}

// compare compares two bounds that are well-formed. known is false where the order of two texts decides, unless they are the same.
func (r Range) compare(a, b Bound) (c int, known bool) {
	for i := range min(len(a), len(b)) {
		switch x, y := a[i], b[i]; {
		case x == nil && y == nil:
			continue
		case x == nil || y == nil: // NULLs are last
			return cmp.Compare(truth(x == nil), truth(y == nil)), true
		case *x == *y:
			continue
		case r.By == ByTID:
			c = compareNumbers(*x, *y)
		case keyTypes[r.Key[i].Type].compare == nil:
			return 0, false
		default:
			c = keyTypes[r.Key[i].Type].compare(*x, *y)
		}
		if c != 0 {
			return c, true
		}
	}
	return cmp.Compare(len(a), len(b)), true // a bound is in front of what begins with it
}

// wellFormed checks that the range is one that SQL can express.
func (r Range) wellFormed() error {
	if r.By != ByTID && r.By != ByKey {
		return fmt.Errorf("unknown kind of range %q: %s and %s are known", r.By, ByTID, ByKey)
	}
	if r.By == ByTID && len(r.Key) > 0 {
		return errors.New("a range by tid has no key")
	}
	if r.By == ByKey && len(r.Key) == 0 {
		return errors.New("a range by key needs the key's columns")
	}
	for i, c := range r.Key {
		if c.Name == "" {
			return errors.New("a key column's name cannot be empty")
		}
		if err := analyze.Expressible(c.Name); err != nil {
			return fmt.Errorf("key column %q: %w", c.Name, err)
		}
		if slices.ContainsFunc(r.Key[:i], func(o KeyColumn) bool { return o.Name == c.Name }) {
			return fmt.Errorf("key column %s is there twice", analyze.Display(c.Name))
		}
		if _, ok := keyTypes[c.Type]; !ok {
			return fmt.Errorf("%q is not a type to cut by", c.Type)
		}
	}
	for _, b := range []Bound{r.From, r.To} {
		if err := r.fits(b); err != nil {
			return err
		}
	}
	return nil
}

func (r Range) fits(b Bound) error {
	if len(b) == 0 {
		return nil
	}
	if r.By == ByTID {
		if len(b) != 1 || b[0] == nil {
			return fmt.Errorf("bound %s is not a block number", b)
		}
		if !blockNumber(*b[0]) {
			return fmt.Errorf("%q is not a block number", *b[0])
		}
		return nil
	}
	if len(b) > len(r.Key) {
		return fmt.Errorf("bound %s has %d values, the key has %d columns", b, len(b), len(r.Key))
	}
	for i, v := range b {
		if v == nil {
			continue
		}
		if err := analyze.Expressible(*v); err != nil {
			return fmt.Errorf("bound %s: %w", b, err)
		}
		if !keyTypes[r.Key[i].Type].fits(*v) {
			return fmt.Errorf("%q is not a value of type %s to cut by", *v, r.Key[i].Type)
		}
	}
	return nil
}

// blockNumber reports whether s is one, spelled the one way that two bounds can be compared by.
func blockNumber(s string) bool {
	n, err := strconv.ParseUint(s, 10, 32)
	return err == nil && strconv.FormatUint(n, 10) == s
}

const null = "NULL"

// constants are a bound's values as SQL.
func (r Range) constants(b Bound) []string {
	out := make([]string, len(b))
	for i, v := range b {
		if out[i] = null; v != nil {
			out[i] = analyze.Literal(*v) + "::" + r.Key[i].Type
		}
	}
	return out
}

// atLeast is when columns are at or behind values: one condition for each way. The last one is that the first column is NULL
// and its value is not, where that can be. A comparison of rows would be shorter, but planners estimate it by its first
// column, and a bound of several values lies inside of a first value that many rows share.
func atLeast(columns, values []string) []string {
	last := len(values) == 1
	switch {
	case values[0] == null && last:
		return []string{columns[0] + " IS NULL"}
	case last:
		return []string{columns[0] + " >= " + values[0], columns[0] + " IS NULL"}
	}
	var arms []string
	for _, arm := range atLeast(columns[1:], values[1:]) {
		arms = append(arms, equal(columns[0], values[0])+" AND "+arm)
	}
	if values[0] == null {
		return arms
	}
	return append(arms, columns[0]+" > "+values[0], columns[0]+" IS NULL")
}

// below is when columns are before values: one condition for each way.
func below(columns, values []string) []string {
	n := slices.Index(values, null)
	if n < 0 {
		return []string{before(columns[:len(values)], values)} // never true with a NULL, which is behind
	}
	var arms []string
	if n > 0 {
		arms = append(arms, before(columns[:n], values[:n]))
	}
	arms = append(arms, allOf(append(equals(columns[:n], values), columns[n]+" IS NOT NULL")))
	if n+1 < len(values) {
		for _, arm := range below(columns[n+1:], values[n+1:]) {
			arms = append(arms, allOf(append(append(equals(columns[:n], values), columns[n]+" IS NULL"), arm)))
		}
	}
	return arms
}

// before compares rows as an index does (PostgreSQL documentation, section 9.24.5), and finds them by it.
func before(columns, values []string) string {
	if len(values) == 1 {
		return columns[0] + " < " + values[0]
	}
	return "(" + strings.Join(columns, ", ") + ") < (" + strings.Join(values, ", ") + ")"
}

func equal(column, value string) string {
	if value == null {
		return column + " IS NULL"
	}
	return column + " = " + value
}

func equals(columns, values []string) []string {
	out := make([]string, len(columns))
	for i, c := range columns {
		out[i] = equal(c, values[i])
	}
	return out
}

func allOf(conditions []string) string { return strings.Join(conditions, " AND ") }

func anyOf(arms []string) string {
	if len(arms) == 1 {
		return arms[0]
	}
	return "(" + strings.Join(arms, " OR ") + ")"
}

func orTrue(and []string) string {
	if len(and) == 0 {
		return "true"
	}
	return allOf(and)
}
