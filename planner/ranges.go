package planner

import (
	"cmp"
	"math/big"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/pgcutover/pgcutover/analyze"
)

// cutter knows where a table can be cut.
type cutter struct {
	pages  int64    // by block number, when greater than 0
	column string   // else by this column
	typ    string   // its type
	text   bool     // compare with COLLATE "C"
	bounds []string // ascending, distinct
	most   int      // parts; 0: as many as there are places to cut
	whole  string   // why the table cannot be cut
	note   string
}

// Blocks of a range at least: fewer would be smaller than the read ahead.
const minRangePages = 1024

func (b *builder) cutter(p *Table) cutter {
	t := b.source[p.Name]
	if b.inv.Server.Major() >= 1400 { // TID range scans came with 14; before, a condition on ctid reads the whole table
		if t.Pages < 2*minRangePages {
			return cutter{whole: "its heap has few pages, most of it is in TOAST"}
		}
		return cutter{pages: t.Pages}
	}
	pk := t.PrimaryKey()
	if pk == nil || !pk.Valid || pk.Method != "btree" || len(pk.KeyColumns) == 0 {
		return cutter{whole: "before version 14 only a primary key can cut a table, and it has none"}
	}
	i := slices.IndexFunc(t.Columns, func(c analyze.Column) bool { return c.Name == pk.KeyColumns[0] })
	if i < 0 {
		return cutter{whole: "the leading column of its primary key is not known"}
	}
	col := t.Columns[i]
	name := analyze.Display(col.Name)
	if len(col.Bounds) < 3 {
		return cutter{whole: "there is no histogram of " + name + ": ANALYZE the table on the source"}
	}
	bounds, text, ok := cutPoints(col)
	if !ok {
		return cutter{whole: "values of type " + col.Type + " (" + name + ") are not safe to cut by"}
	}
	if len(bounds) < 1 {
		return cutter{whole: "the histogram of " + name + " shows too few values"}
	}
	c := cutter{column: col.Name, typ: col.Type, text: text, bounds: bounds}
	if collation := cmp.Or(col.Collation, b.inv.Database.Collate); text && !bytewise(collation) {
		// The index is sorted by the language's rules and cannot find a bytewise range: every range reads the whole table.
		c.most = b.opt.Load.Workers
		c.note = "each range reads the whole table, because its key is not sorted bytewise, so there are no more ranges than workers"
	}
	return c
}

func bytewise(collation string) bool {
	switch strings.Trim(collation[strings.LastIndexByte(collation, '.')+1:], `"`) {
	case "C", "POSIX", "ucs_basic", "C.UTF-8", "C.utf8":
		return true
	}
	return false
}

var (
	integer   = regexp.MustCompile(`^-?[0-9]{1,19}$`)
	uuid      = regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$`)
	timestamp = regexp.MustCompile(`^[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?(\+00)?$`)
	date      = regexp.MustCompile(`^[0-9]{4}-[0-9]{2}-[0-9]{2}$`)
)

// cutPoints are a histogram's inner bounds, ascending and distinct in the order that the range conditions use. ok is
// false for types whose order cannot be told from their text; a single value out of form makes the whole histogram unfit.
func cutPoints(c analyze.Column) (bounds []string, text, ok bool) {
	order := strings.Compare
	fits := func(re *regexp.Regexp) bool {
		return !slices.ContainsFunc(c.Bounds, func(s string) bool { return !re.MatchString(s) })
	}
	if c.TypeKind != "base" && c.TypeKind != "" && c.TypeKind != "domain" {
		return nil, false, false
	}
	switch c.BaseType {
	case "int2", "int4", "int8":
		ok = fits(integer)
		order = func(a, b string) int {
			x, _ := new(big.Int).SetString(a, 10)
			y, _ := new(big.Int).SetString(b, 10)
			return x.Cmp(y)
		}
	case "uuid":
		ok = fits(uuid)
	case "timestamp", "timestamptz":
		ok = fits(timestamp) // infinity, years before Christ or beyond 9999, other zones: their text does not sort by time
		order = func(a, b string) int {
			return strings.Compare(strings.TrimSuffix(a, "+00"), strings.TrimSuffix(b, "+00"))
		}
	case "date":
		ok = fits(date)
	case "text", "varchar":
		text, ok = true, true
	}
	if !ok {
		return nil, false, false
	}
	all := slices.Clone(c.Bounds)
	slices.SortFunc(all, order)
	all = slices.CompactFunc(all, func(a, b string) bool { return order(a, b) == 0 })
	if len(all) < 3 {
		return nil, text, true
	}
	return all[1 : len(all)-1], text, true // the outermost are the least and greatest value: nothing lies beyond them
}

// parts is the largest number of ranges.
func (c cutter) parts() int {
	n := len(c.bounds) + 1
	if c.pages > 0 {
		n = int(min(c.pages/minRangePages, 1<<20))
	}
	if c.whole != "" {
		n = 1
	}
	if c.most > 0 {
		n = min(n, c.most)
	}
	return n
}

func (c cutter) by() string {
	if c.pages > 0 {
		return "block number"
	}
	return analyze.Display(c.column)
}

// at is range i of n, from 0.
func (c cutter) at(i, n int) Range {
	r := Range{By: "tid"}
	bound := func(i int) *string {
		if i == 0 || i == n {
			return nil
		}
		s := ""
		if c.pages > 0 {
			s = strconv.FormatInt(c.pages/int64(n)*int64(i)+c.pages%int64(n)*int64(i)/int64(n), 10)
		} else {
			// n parts take n-1 of the bounds, spread evenly: the histogram has as many rows between any two of them.
			s = c.bounds[(i*(len(c.bounds)+1)+n/2)/n-1]
		}
		return &s
	}
	if c.pages == 0 {
		r.By, r.Column, r.Type, r.Collate = "key", c.column, c.typ, c.text
	}
	r.From, r.To = bound(i), bound(i+1)
	return r
}
