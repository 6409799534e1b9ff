package planner

import (
	"slices"
	"strconv"
	"strings"

	"github.com/pgcutover/pgcutover/analyze"
)

// cutter knows where a table can be cut.
type cutter struct {
	pages  int64       // by block number, when greater than 0
	key    []KeyColumn // else by these columns
	bounds []string    // ascending, distinct
	most   int         // parts; 0: as many as there are places to cut
	whole  string      // why the table cannot be cut
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
	bounds, ok := cutPoints(col)
	if !ok {
		return cutter{whole: "values of type " + col.Type + " (" + name + ") are not safe to cut by"}
	}
	if len(bounds) < 1 {
		return cutter{whole: "the histogram of " + name + " shows too few values"}
	}
	return cutter{key: []KeyColumn{{col.Name, keyTypeOf[col.BaseType]}}, bounds: bounds}
}

// cutPoints are a histogram's inner bounds, ascending and distinct in the order of the key. ok is false for types whose order
// cannot be told; a single value out of form makes the whole histogram unfit.
func cutPoints(c analyze.Column) (bounds []string, ok bool) {
	kt, ok := keyTypes[keyTypeOf[c.BaseType]]
	if !ok || c.TypeKind != "base" && c.TypeKind != "" && c.TypeKind != "domain" {
		return nil, false
	}
	if slices.ContainsFunc(c.Bounds, func(s string) bool { return !kt.fits(s) }) {
		return nil, false
	}
	order := kt.compare
	all := slices.Clone(c.Bounds)
	if order == nil {
		order = strings.Compare
	}
	slices.SortFunc(all, order)
	all = slices.CompactFunc(all, func(a, b string) bool { return order(a, b) == 0 })
	if len(all) < 3 {
		return nil, true
	}
	return all[1 : len(all)-1], true // the outermost are the least and greatest value: nothing lies beyond them
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
	return analyze.Display(c.key[0].Name)
}

// at is range i of n, from 0.
func (c cutter) at(i, n int) Range {
	r := Range{By: ByTID, Key: []KeyColumn{}}
	bound := func(i int) Bound {
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
		return Bound{&s}
	}
	if c.pages == 0 {
		r.By, r.Key = ByKey, c.key
	}
	r.From, r.To = bound(i), bound(i+1)
	return r
}
