package planner

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/pgcutover/pgcutover/analyze"
)

const (
	// A batch is one transaction and one claim of a worker; with more tables than this a retry would repeat too much.
	maxBatchTables = 500
	// Smaller ranges than these cost more in sessions and claims than they gain in balance, in a large database and in a small one.
	minAutoSplit, minSmallSplit = 128 << 20, 16 << 20
	// Work beside the bytes for each table of an item: opening it on both sides, the statements around the copy.
	secondsPerTable = 0.01
	// A piece that fails is copied again from its start, so none takes longer than this where its table can be cut.
	maxPieceSeconds = 1800
	// How close the auto split brings the makespan to its lower bound.
	splitTolerance = 1.01
)

// speeds are the rates that durations are computed from, in bytes a second.
type speeds struct {
	copy, index   float64
	table         map[analyze.Name]float64 // measured copies of a table
	measuredCopy  int                      // timings behind copy; 0: assumed
	measuredIndex int
}

// newSpeeds takes measured timings over the configured rates. The rate of tables without a timing is that of all
// measured bytes together.
func newSpeeds(load LoadOptions, timings []Timing) speeds {
	s := speeds{copy: float64(load.BytesPerSecond), index: float64(load.IndexBytesPerSecond), table: map[analyze.Name]float64{}}
	type sum struct{ bytes, seconds float64 }
	var copies, indexes sum
	tables := map[analyze.Name]sum{}
	for _, t := range timings {
		if t.Bytes < 1<<20 || t.Seconds <= 0 { // of a small copy, most of the time is not the copying
			continue
		}
		switch t.Kind {
		case "copy":
			copies = sum{copies.bytes + float64(t.Bytes), copies.seconds + t.Seconds}
			x := tables[t.Table]
			tables[t.Table] = sum{x.bytes + float64(t.Bytes), x.seconds + t.Seconds}
			s.measuredCopy++
		case "index":
			indexes = sum{indexes.bytes + float64(t.Bytes), indexes.seconds + t.Seconds}
			s.measuredIndex++
		}
	}
	if copies.seconds > 0 {
		s.copy = copies.bytes / copies.seconds
	}
	if indexes.seconds > 0 {
		s.index = indexes.bytes / indexes.seconds
	}
	for n, x := range tables {
		s.table[n] = x.bytes / x.seconds
	}
	return s
}

func (s speeds) copySeconds(n analyze.Name, bytes int64) float64 {
	rate, ok := s.table[n]
	if !ok {
		rate = s.copy
	}
	return float64(bytes)/rate + secondsPerTable
}

func (b *builder) itemSeconds(it Item) float64 {
	if it.Range != nil {
		return b.speed.copySeconds(it.Tables[0], it.Bytes)
	}
	sum := 0.0
	for _, n := range it.Tables {
		sum += b.speed.copySeconds(n, b.table(n).Bytes)
	}
	return sum
}

// items cuts the load into pieces that workers pull, the largest first.
func (b *builder) items() []Item {
	size := b.opt.Load.SplitBytes
	if size > 0 {
		return b.cutItems(size, "configured")
	}
	// The largest pieces that balance well enough: every cut costs a session, and reads a table in more than one place.
	total := int64(0)
	for _, p := range b.tables {
		if p.Handling.Copied() {
			size, total = max(size, p.Bytes), total+p.Bytes
		}
	}
	least := min(max(total/int64(16*b.opt.Load.Workers), minSmallSplit), minAutoSplit)
	bound := b.loadBound()
	size = min(size+1, int64(b.speed.copy*maxPieceSeconds))
	best := b.cutItems(size, "no piece takes much more than half an hour, which is what a failure costs")
	makespan := b.makespan(best)
	for shortest := makespan; makespan > bound*splitTolerance && size > least; {
		size = max(size/8*7, least)
		items := b.cutItems(size, "the largest pieces that keep all workers busy to the end")
		// Smaller pieces have to be worth it: where the bound is out of reach, they are not for the last percent.
		if m := b.makespan(items); m < shortest {
			shortest = m
			if m < makespan/splitTolerance {
				best, makespan = items, m
			}
		}
	}
	return best
}

// loadBound is the least time any schedule of any pieces takes: all work spread evenly, or the longest table that cannot be cut.
func (b *builder) loadBound() float64 {
	sum, longest := 0.0, 0.0
	for i := range b.tables {
		p := &b.tables[i]
		if !p.Handling.Copied() {
			continue
		}
		s := b.speed.copySeconds(p.Name, p.Bytes)
		sum += s
		if c := b.cutter(p); c.parts() < 2 {
			longest = max(longest, s)
		} else {
			longest = max(longest, s/float64(c.parts()))
		}
	}
	return max(sum/float64(b.opt.Load.Workers), longest)
}

// makespan is when the last of the workers is done when each pulls the next item as soon as it is free.
func (b *builder) makespan(items []Item) float64 {
	free := make([]float64, b.opt.Load.Workers)
	for _, it := range items {
		w := 0
		for i := range free {
			if free[i] < free[w] {
				w = i
			}
		}
		free[w] += b.itemSeconds(it)
	}
	return slices.Max(free)
}

func (b *builder) cutItems(size int64, why string) []Item {
	var items []Item
	var tiny []*Table
	for i := range b.tables {
		p := &b.tables[i]
		switch {
		case !p.Handling.Copied():
		case p.Bytes > size:
			items = append(items, b.cutTable(p, size, why)...)
		case p.Bytes <= b.opt.Load.BatchBytes/4:
			tiny = append(tiny, p)
		default:
			items = append(items, Item{Tables: []analyze.Name{p.Name}, Bytes: p.Bytes, Reason: "One piece."})
		}
	}
	items = append(items, b.batches(tiny)...)
	slices.SortStableFunc(items, func(x, y Item) int {
		part := func(it Item) int {
			if it.Range == nil {
				return 0
			}
			return it.Range.Part
		}
		return cmp.Or(cmp.Compare(y.Bytes, x.Bytes), x.Tables[0].Compare(y.Tables[0]), cmp.Compare(part(x), part(y)))
	})
	for i := range items {
		items[i].ID = i + 1
	}
	return items
}

// batches joins tiny tables, whose copies would otherwise be mostly overhead. The tables of a batch are in name order.
func (b *builder) batches(tiny []*Table) []Item {
	slices.SortFunc(tiny, byBytes)
	var items []Item
	// As many batches as the size asks for, and enough that every worker has one; tables are dealt out largest first.
	total := int64(0)
	for _, p := range tiny {
		total += p.Bytes
	}
	if len(tiny) == 0 {
		return nil
	}
	n := max(int((total+b.opt.Load.BatchBytes-1)/b.opt.Load.BatchBytes), (len(tiny)+maxBatchTables-1)/maxBatchTables)
	n = max(n, min(b.opt.Load.Workers, len(tiny)/20))
	n = max(n, 1)
	for {
		batches, fit := deal(tiny, n, b.opt.Load.BatchBytes)
		if !fit {
			n++
			continue
		}
		for _, batch := range batches {
			if len(batch) == 0 {
				continue
			}
			it := Item{}
			for _, p := range batch {
				it.Tables = append(it.Tables, p.Name)
				it.Bytes += p.Bytes
			}
			slices.SortFunc(it.Tables, analyze.Name.Compare)
			it.Reason = "One piece."
			if len(it.Tables) > 1 {
				it.Reason = fmt.Sprintf("%d small tables in one transaction.", len(it.Tables))
			}
			items = append(items, it)
		}
		return items
	}
}

// deal gives each table, largest first, to the batch with the fewest bytes that has room; fit is false when one ends up too large.
func deal(tables []*Table, n int, limit int64) (batches [][]*Table, fit bool) {
	type batch struct {
		bytes int64
		list  []*Table
	}
	all := make([]*batch, n)
	for i := range all {
		all[i] = &batch{}
	}
	for i, p := range tables {
		// There and back again: with tables sorted by size this levels bytes and counts alike, without a search.
		at := i % (2 * n)
		if at >= n {
			at = 2*n - 1 - at
		}
		x := all[at]
		if len(x.list) >= maxBatchTables || x.bytes > 0 && x.bytes+p.Bytes > limit {
			return nil, false
		}
		x.bytes += p.Bytes
		x.list = append(x.list, p)
	}
	for _, x := range all {
		batches = append(batches, x.list)
	}
	return batches, true
}
