package planner

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"sort"
	"strconv"
	"strings"

	"github.com/pgcutover/pgcutover/analyze"
)

// cutter knows where a table can be cut.
type cutter struct {
	pages int64       // by block number, when greater than 0
	key   []KeyColumn // else by these columns
	marks []mark      // of the key, ascending
	gap   float64     // by key: share of the table between the two neighbouring marks that are farthest apart
	most  int         // ranges at most; by key 0: as many as the gap allows
	whole string      // why the table cannot be cut
	note  string      // what is to be known of its ranges
}

const (
	// A range of fewer bytes is not worth its session, and of a table without TOAST smaller than what a disk reads ahead.
	minRangeBytes = 8 << 20
	// A value that more of the table's rows share is cut by the next column of the key.
	heavyValue = 0.01
	// Columns of a key that bounds can have: three levels of skew are hardly ever met.
	maxKeyColumns = 3
	// From this correlation on, a range of the key lies in a part of the table's blocks.
	inOrder = 0.8
)

// cutter is remembered: the search for the size of pieces asks again and again.
func (b *builder) cutter(p *Table) cutter {
	if c, ok := b.cutters[p.Name]; ok {
		return c
	}
	c := b.newCutter(p)
	if b.cutters == nil {
		b.cutters = map[analyze.Name]cutter{}
	}
	b.cutters[p.Name] = c
	return c
}

func (b *builder) newCutter(p *Table) cutter {
	if b.opt.FullLoad() {
		return b.parallelCutter(p)
	}
	t := b.sourceOf(p.Name)
	if b.inv.Server.Major() >= 1400 { // TID range scans came with 14; before, a condition on ctid reads the whole table
		return byBlock(t, p.Bytes)
	}
	var best *keyCutter
	why := "before version 14 only an index can cut a table, and it has none"
	rank := math.MaxInt
	for _, x := range t.Indexes {
		k, whole := b.keyCutter(p, t, x)
		if whole != "" {
			if r := k.rank; r < rank { // the reason to tell is that of the index one would expect to serve
				why, rank = whole, r
			}
			continue
		}
		if best == nil || k.compare(*best) < 0 {
			best = &k
		}
	}
	if best == nil {
		return cutter{whole: why}
	}
	return best.cutter
}

func byBlock(t *analyze.Table, bytes int64) cutter {
	n := min(t.Pages, bytes/minRangeBytes, 1<<20)
	if n < 2 {
		if t.Pages < 2 {
			return cutter{whole: "its heap is one block, all else is TOAST"}
		}
		return cutter{whole: "it is too small to be worth cutting"}
	}
	c := cutter{pages: t.Pages, most: int(n)}
	if t.ToastBytes != nil && *t.ToastBytes > bytes/2 {
		c.note = fmt.Sprintf("%.0f %% of it are TOAST, and where rows with much of that lie is not known, so some ranges may take longer", math.Floor(float64(*t.ToastBytes)/float64(bytes)*100))
	}
	return c
}

// keyCutter is a cutter by an index, and how good it is.
type keyCutter struct {
	cutter
	spread bool // rows of a range lie all over the table
	rank   int  // 0 primary key, 1 unique, 2 neither, 3 of no use
	index  string
}

// compare orders the best first: a range must not make the server read the whole table; then no range should be far larger than
// the others; then the primary key comes first, which is what people expect and the index least likely to be dropped.
func (k keyCutter) compare(o keyCutter) int {
	coarse := func(k keyCutter) int { return int(k.gap * 20) }
	return cmp.Or(cmp.Compare(truth(k.spread), truth(o.spread)), cmp.Compare(coarse(k), coarse(o)), cmp.Compare(k.rank, o.rank), cmp.Compare(k.index, o.index))
}

func (b *builder) keyCutter(p *Table, t *analyze.Table, x analyze.Index) (k keyCutter, whole string) {
	k.index, k.rank = x.Name, 2
	switch {
	case x.Primary:
		k.rank = 0
	case x.Unique:
		k.rank = 1
	}
	called := analyze.Display(x.Name)
	switch {
	case x.Method != "btree" || x.Partial || len(x.KeyColumns) == 0 || x.KeyColumns[0] == "":
		k.rank = 3
		return k, "before version 14 only an index of columns can cut a table, and none of its indexes is one that has all rows in the order of a column"
	case !x.Valid || !x.Ready:
		return k, "its index " + called + " is not valid"
	case x.Sorted == 0:
		return k, "its index " + called + " is not in the order of its first column's own type and collation"
	}
	var columns [][]point
	for i, name := range x.KeyColumns[:min(x.Sorted, maxKeyColumns, len(x.KeyColumns))] {
		points, why := pointsOf(p, t, name)
		if why != "" {
			if i == 0 {
				return k, why
			}
			break
		}
		c := t.Columns[slices.IndexFunc(t.Columns, func(c analyze.Column) bool { return c.Name == name })]
		columns = append(columns, points)
		k.key = append(k.key, KeyColumn{name, keyTypeOf[c.BaseType]})
		if i == 0 && len(c.Bounds) == 0 && len(c.Common) == 0 {
			k.note = fmt.Sprintf("there are no statistics of %s, so each has as much of the way from %s to %s, and they are uneven where keys are missing", analyze.Display(name), c.KeyRange.Least, c.KeyRange.Greatest)
		}
		if i == 0 && c.Correlation != nil && math.Abs(*c.Correlation) < inOrder {
			k.spread = manyReads(t, p.Bytes)
		}
	}
	k.marks = marksOf(columns)
	longest := 0
	for _, m := range k.marks {
		longest = max(longest, len(m.bound))
	}
	k.key = k.key[:max(longest, 1)] // columns that no bound has would only be in the reader's way
	before := 0.0
	for _, m := range k.marks {
		k.gap = max(k.gap, m.below-before)
		before = m.below
	}
	k.gap = max(k.gap, 1-before)
	if k.parts() < 2 {
		return k, fmt.Sprintf("the statistics of %s show too few values", analyze.Display(x.KeyColumns[0]))
	}
	if k.spread {
		k.most = b.readers()
		k.note = "the rows of each lie all over the table, which is read once for each, so there are no more ranges than workers"
	}
	if k.gap > 0.25 {
		k.note = joinNotes(k.note, fmt.Sprintf("%.0f %% of its rows cannot be told apart by the statistics and stay together", k.gap*100))
	}
	if k.parts() < 2 {
		return k, "each of its ranges would read the whole table, and there is one worker"
	}
	return k, ""
}

func joinNotes(a, b string) string {
	if a == "" {
		return b
	}
	return a + "; " + b
}

// manyReads reports whether ranges of rows that lie in no order read the heap's blocks again and again: where many rows share a block
// and the heap is a good part of the table.
func manyReads(t *analyze.Table, bytes int64) bool {
	if t.HeapBytes == nil || *t.HeapBytes < bytes/4 {
		return false
	}
	return t.EstimatedRows == nil || *t.EstimatedRows > 2*t.Pages
}

// point is a value of a column and how many of the table's rows are before it, and at it.
type point struct {
	value        *string // nil: NULL, which is behind all others
	below, equal float64 // shares of all rows
	exact        bool    // the whole value: rows can be equal to it
}

// pointsOf are a column's values that the statistics know, ascending in the order of the key and distinct, or why there are none.
func pointsOf(p *Table, t *analyze.Table, name string) (points []point, why string) {
	called := analyze.Display(name)
	i := slices.IndexFunc(t.Columns, func(c analyze.Column) bool { return c.Name == name })
	if i < 0 || !slices.ContainsFunc(p.Columns, func(c Column) bool { return c.Name == name }) {
		return nil, "the first column of its key, " + called + ", is not among those that are copied"
	}
	c := t.Columns[i]
	kt, ok := keyTypes[keyTypeOf[c.BaseType]]
	if !ok || c.TypeKind != "base" && c.TypeKind != "" && c.TypeKind != "domain" {
		return nil, "values of type " + c.Type + " (" + called + ") are not safe to cut by"
	}
	if len(c.Bounds) == 0 && len(c.Common) == 0 {
		if points := evenPoints(c, kt); len(points) > 0 {
			return points, ""
		}
		if kt.compare == nil {
			return nil, "its key begins with the text " + called + ", whose values are only kept when asked for: pgcutover analyze --text-bounds"
		}
		return nil, "there are no statistics of " + called + ": ANALYZE the table on the source"
	}
	unfit := func(s string) bool { return !kt.fits(s) || analyze.Expressible(s) != nil }
	if slices.ContainsFunc(c.Bounds, unfit) || slices.ContainsFunc(c.Common, func(v analyze.CommonValue) bool { return unfit(v.Value) }) {
		return nil, "the statistics of " + called + " hold values in a form that is not known"
	}
	return spreadOut(c, kt), ""
}

// evenWidths are the marks of a key of which only the ends are known: as many as ANALYZE would have left.
const evenWidths = 100

// evenPoints lays values out at the same distance from each other, from the least that a key has to the greatest.
func evenPoints(c analyze.Column, kt keyType) []point {
	r := c.KeyRange
	if r == nil || !kt.fits(r.Least) || !kt.fits(r.Greatest) {
		return nil
	}
	least, err := strconv.ParseInt(r.Least, 10, 64)
	if err != nil {
		return nil // ends of something that is no integer: analyze does not write that
	}
	greatest, err := strconv.ParseInt(r.Greatest, 10, 64)
	if err != nil || greatest <= least {
		return nil
	}
	span := uint64(greatest) - uint64(least) // right even where the difference does not fit an int64
	n := min(evenWidths, span)
	points := make([]point, 0, n)
	for i := range n {
		value := strconv.FormatInt(int64(uint64(least)+span/n*i+span%n*i/n), 10)
		points = append(points, point{value: &value, below: float64(i) / float64(n), exact: true})
	}
	return points
}

// spreadOut lays a column's statistics out in order: the histogram's bounds have as many rows between any two of them, except
// those of the common values, which the histogram leaves out, and of NULLs.
func spreadOut(c analyze.Column, kt keyType) []point {
	bounds, common := slices.Clone(c.Bounds), slices.Clone(c.Common)
	if kt.compare != nil {
		slices.SortStableFunc(bounds, kt.compare)
		slices.SortStableFunc(common, func(a, b analyze.CommonValue) int { return kt.compare(a.Value, b.Value) })
		for i := range common {
			common[i].Behind = sort.Search(len(bounds), func(j int) bool { return kt.compare(bounds[j], common[i].Value) >= 0 })
		}
	}
	nulls := 0.0
	if c.NullFraction != nil {
		nulls = min(max(*c.NullFraction, 0), 1)
	}
	rest := 1 - nulls
	for _, v := range common {
		rest -= v.Fraction
	}
	rest = max(rest, 0)
	interval := 0.0
	if len(bounds) > 1 {
		interval = rest / float64(len(bounds)-1)
	}
	same := func(a, b string) bool {
		if kt.compare == nil {
			return a == b
		}
		return kt.compare(a, b) == 0
	}
	var out []point
	add := func(value string, below, equal float64, exact bool) {
		if n := len(out); n > 0 && same(*out[n-1].value, value) {
			out[n-1].equal = below + equal - out[n-1].below
			out[n-1].exact = out[n-1].exact && exact
			return
		}
		out = append(out, point{&value, below, equal, exact})
	}
	above, next := 0.0, 0 // share of the common values that are placed; the next of them
	place := func(upTo int) {
		for ; next < len(common) && common[next].Behind <= upTo; next++ {
			v := common[next]
			// Between two bounds: in the middle, for want of anything better.
			at := min(max(float64(v.Behind)-0.5, 0), float64(max(len(bounds)-1, 0)))
			add(v.Value, at*interval+above, v.Fraction, !v.Cut)
			above += v.Fraction
		}
	}
	for i, v := range bounds {
		place(i)
		add(v, float64(i)*interval+above, 0, kt.compare != nil)
	}
	place(len(bounds))
	if nulls > 0 {
		out = append(out, point{nil, 1 - nulls, nulls, true})
	}
	return out
}

// mark is a place where a key can be cut.
type mark struct {
	bound Bound
	below float64 // share of the rows in front of it
}

// marksOf are the places where a key of those columns can be cut, ascending. Inside of a value that many rows share it is
// cut by the next column, as if that were spread there as it is over the whole table.
func marksOf(columns [][]point) []mark {
	var out []mark
	var walk func(prefix Bound, columns [][]point, from, share float64)
	walk = func(prefix Bound, columns [][]point, from, share float64) {
		for _, v := range columns[0] {
			bound := append(slices.Clone(prefix), v.value)
			if v.below > 0 { // nothing is in front of the least value
				out = append(out, mark{bound, from + share*v.below})
			}
			if equal := share * v.equal; len(columns) > 1 && v.exact && equal > heavyValue {
				walk(bound, columns[1:], from+share*v.below, equal)
			}
		}
	}
	walk(nil, columns, 0, 1)
	return out
}

// parts is the largest number of ranges that are of much the same size.
func (c cutter) parts() int {
	if c.whole != "" {
		return 1
	}
	if c.pages > 0 {
		return c.most
	}
	n := min(int(math.Ceil(1/max(c.gap, 1e-6)-1e-6)), len(c.marks)+1)
	if c.most > 0 {
		n = min(n, c.most)
	}
	return n
}

func (c cutter) by() string {
	if c.pages > 0 {
		return "block number"
	}
	names := make([]string, len(c.key))
	for i, k := range c.key {
		names[i] = analyze.Display(k.Name)
	}
	return strings.Join(names, ", ")
}

// cut cuts into about n ranges of much the same size. upTo are the shares of the rows that are in front of each range's end; there are
// fewer ranges than n where marks lie too far apart.
func (c cutter) cut(n int) (ranges []Range, upTo []float64) {
	var ends []Bound
	if c.pages > 0 {
		for i := 1; i < n; i++ {
			at := c.pages/int64(n)*int64(i) + c.pages%int64(n)*int64(i)/int64(n)
			s := strconv.FormatInt(at, 10)
			ends = append(ends, Bound{&s})
			upTo = append(upTo, float64(at)/float64(c.pages))
		}
	} else {
		for i, next := 1, 0; i < n && next < len(c.marks); i++ {
			share := float64(i) / float64(n)
			at := next + sort.Search(len(c.marks)-next, func(j int) bool { return c.marks[next+j].below >= share })
			if at == len(c.marks) || at > next && share-c.marks[at-1].below < c.marks[at].below-share {
				at--
			}
			// Not nearer to the next end than to this one: else that one goes there.
			if i+1 < n && math.Abs(c.marks[at].below-share) > math.Abs(c.marks[at].below-float64(i+1)/float64(n)) {
				continue
			}
			ends = append(ends, c.marks[at].bound)
			upTo = append(upTo, c.marks[at].below)
			next = at + 1
		}
	}
	upTo = append(upTo, 1)
	ranges = make([]Range, len(ends)+1)
	for i := range ranges {
		r := Range{Part: i + 1, Of: len(ranges), By: ByTID, Key: []KeyColumn{}}
		if c.pages == 0 {
			r.By, r.Key = ByKey, c.key
		}
		if i > 0 {
			r.From = ends[i-1]
		}
		if i < len(ends) {
			r.To = ends[i]
		}
		ranges[i] = r
	}
	return ranges, upTo
}
