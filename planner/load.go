package planner

import (
	"cmp"
	"maps"
	"math"
	"slices"

	"github.com/pgcutover/pgcutover/analyze"
)

const (
	// A batch is one transaction and one claim of a worker; with more tables than this a retry would repeat too much.
	maxBatchTables = 500
	// Fewer are not worth a batch more.
	minBatchTables = 100
	// Smaller pieces than these cost more in sessions and claims than they gain in balance.
	minPieceBytes, minBatchBytes = 16 << 20, 8 << 20
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

// TimingFullLoad is the kind of a timing of AWS DMS's full load of a table: the bytes of one of its readers, as by the plan, and from when to when the table was
// loaded by AWS DMS's own statistics.
const TimingFullLoad = "full load"

// newSpeeds takes measured timings over the configured rates, of copies by whoever makes them. The rate of tables without a timing is that of all
// measured bytes together.
func newSpeeds(opt Options, timings []Timing) speeds {
	load, kind := opt.Load, "copy"
	if opt.FullLoad() {
		kind = TimingFullLoad
	}
	s := speeds{copy: float64(load.BytesPerSecond), index: float64(load.IndexBytesPerSecond), table: map[analyze.Name]float64{}}
	type sum struct{ bytes, seconds float64 }
	var copies, indexes sum
	tables := map[analyze.Name]sum{}
	for _, t := range timings {
		if t.Bytes < 1<<20 || t.Seconds <= 0 { // of a small copy, most of the time is not the copying
			continue
		}
		switch t.Kind {
		case kind:
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

// durations are the seconds of some items, of whose tables the positions are known.
func (b *builder) durations(items []Item, loaded []int) []float64 {
	took := make([]float64, len(items))
	for i := range items {
		it := &items[i]
		at := loaded[:len(it.Tables)]
		loaded = loaded[len(at):]
		if b.opt.FullLoad() {
			took[i] = b.fullSeconds(at[0], it.Bytes)
			continue
		}
		if it.Range != nil {
			took[i] = b.speed.copySeconds(it.Tables[0], it.Bytes)
			continue
		}
		for j, n := range it.Tables {
			took[i] += b.speed.copySeconds(n, b.tables[at[j]].Bytes)
		}
	}
	return took
}

// shape says how the load is cut.
type shape struct {
	seconds float64 // a table that takes longer is cut into pieces of about this length
	levels  int     // the last pieces are halved that often, level by level, so that all workers end together; 0: all are alike
	batch   batch
	why     string
}

// items cuts the load into pieces that workers pull, the longest first.
func (b *builder) items() []Item {
	if b.opt.FullLoad() {
		return b.fullItems()
	}
	s := shape{seconds: float64(b.opt.Load.SplitBytes) / b.speed.copy, batch: batch{b.opt.Load.BatchBytes, maxBatchTables}, why: "configured"}
	if b.opt.Load.SplitBytes == 0 {
		s = b.bestShape()
	}
	fresh := b.cutItems(s, nil)
	if b.history == nil {
		return fresh
	}
	return b.keepItems(s, fresh)
}

// bestShape looks for the fewest pieces with which the load takes hardly longer than the bound: every cut costs a session, and
// reads a table in more than one place. Where the bound is out of reach, smaller pieces have to be worth it.
func (b *builder) bestShape() shape {
	o := newOutline(b)
	bound := b.loadBound()
	whole := shape{seconds: min(o.longest, maxPieceSeconds), batch: o.batch, why: "no piece takes much more than half an hour, which is what a failure costs"}
	type trial struct {
		shape
		pieces   int
		makespan float64
	}
	if m := o.makespan(whole); m <= bound*splitTolerance {
		return whole
	}
	var trials []trial
	least := max(minPieceBytes/b.speed.copy, bound/256)
	for size := whole.seconds; ; size *= 0.93 {
		for levels := 0; levels <= 7 && (levels == 0 || size/float64(int(1)<<levels) >= least); levels++ {
			s := shape{seconds: size, levels: levels, batch: o.batch, why: "the fewest pieces that keep all workers busy to the end"}
			trials = append(trials, trial{shape: s, pieces: o.pieces(s)})
		}
		if size < least || len(trials) > 4000 {
			break
		}
	}
	slices.SortStableFunc(trials, func(x, y trial) int { return cmp.Compare(x.pieces, y.pieces) })
	shortest, looked := math.Inf(1), 0
	for i := range trials {
		t := &trials[i]
		t.makespan = o.makespan(t.shape)
		shortest = min(shortest, t.makespan)
		// A database of very many tables levels itself; for the others this many placements are soon done.
		if looked += t.pieces + len(o.small); t.makespan <= bound*splitTolerance || looked > 4_000_000 {
			trials = trials[:i+1]
			break
		}
	}
	enough := bound * splitTolerance
	if shortest > enough {
		enough = shortest * splitTolerance
	}
	for _, t := range trials {
		if t.makespan <= enough {
			if t.pieces <= o.pieces(whole) {
				return whole
			}
			return t.shape
		}
	}
	return whole
}

// outline is what the search for a shape needs to know of the tables.
type outline struct {
	workers int
	large   []outlined // what can be cut, longest first
	small   []float64  // seconds of what cannot, batches too, longest first
	longest float64    // of what can be cut, and not less than any other
	batch   batch
}

type outlined struct {
	seconds float64
	parts   int
}

func newOutline(b *builder) *outline {
	o := &outline{workers: b.opt.Load.Workers, batch: b.batchLimits()}
	var tiny []int
	for i := range b.tables {
		p := &b.tables[i]
		if !p.Handling.Copied() {
			continue
		}
		s := b.speed.copySeconds(p.Name, p.Bytes)
		o.longest = max(o.longest, s)
		parts := 1
		if p.Bytes > o.batch.bytes/4 && p.Bytes > minPieceBytes {
			parts = b.cutter(p).parts()
		}
		switch {
		case parts > 1:
			o.large = append(o.large, outlined{s, parts})
		case p.Bytes <= o.batch.bytes/4:
			tiny = append(tiny, i)
		default:
			o.small = append(o.small, s)
		}
	}
	for _, it := range b.batches(tiny, o.batch) {
		o.small = append(o.small, it.seconds)
	}
	slices.SortFunc(o.large, func(x, y outlined) int { return cmp.Compare(y.seconds, x.seconds) })
	slices.SortFunc(o.small, func(x, y float64) int { return cmp.Compare(y, x) })
	return o
}

// pieces is the number of pieces that large tables fall into.
func (o *outline) pieces(s shape) int {
	n := 0
	t := newTaper(s, o.workers)
	for _, x := range o.large {
		n += len(t.counts(x.seconds, x.parts))
	}
	return n
}

// makespan is what [builder.makespan] will be, but for how evenly tables can be cut.
func (o *outline) makespan(s shape) float64 {
	t := newTaper(s, o.workers)
	cut := make([]float64, 0, 2*len(o.large))
	for _, x := range o.large {
		counts := t.counts(x.seconds, x.parts)
		sum := 0
		for _, n := range counts {
			sum += n
		}
		for _, n := range counts {
			cut = append(cut, (x.seconds-secondsPerTable)*float64(n)/float64(sum)+secondsPerTable)
		}
	}
	slices.SortFunc(cut, func(x, y float64) int { return cmp.Compare(y, x) })
	free := make(lanes, o.workers)
	for i, j := 0, 0; i < len(cut) || j < len(o.small); {
		if j == len(o.small) || i < len(cut) && cut[i] >= o.small[j] {
			free.work(cut[i])
			i++
		} else {
			free.work(o.small[j])
			j++
		}
	}
	return slices.Max(free)
}

// taper hands out the halved pieces at the end of the load: as many of each length as there are workers, which is enough for
// the workers to end within one of the next shorter ones of each other; twice as many of the shortest.
type taper struct {
	shape
	left []int // of each level, the shortest first
}

func newTaper(s shape, workers int) *taper {
	t := &taper{shape: s, left: make([]int, s.levels)}
	for i := range t.left {
		t.left[i] = workers
	}
	if s.levels > 0 {
		t.left[0] *= 2
	}
	return t
}

// grain is the length of the shortest pieces in seconds.
func (t *taper) grain() float64 { return t.seconds / float64(int(1)<<t.levels) }

// counts says how a table of that length that can be cut into parts is cut: the number of grains of each piece, in the order of
// the table. One count is a whole table.
func (t *taper) counts(seconds float64, parts int) []int {
	if seconds <= t.seconds || parts < 2 {
		return []int{1}
	}
	if !slices.ContainsFunc(t.left, func(n int) bool { return n > 0 }) {
		return slices.Repeat([]int{1}, min(int(math.Ceil(seconds/t.seconds)), parts))
	}
	return t.split(min(int(math.Ceil(seconds/t.grain())), parts))
}

// split distributes the grains of one table.
func (t *taper) split(grains int) []int {
	var out []int
	for level := range t.left {
		size := 1 << level
		for ; t.left[level] > 0 && grains >= size; t.left[level]-- {
			out = append(out, size)
			grains -= size
		}
	}
	if size := 1 << t.levels; grains > 0 {
		n := (grains + size - 1) / size
		for i := range n {
			out = append(out, grains*(i+1)/n-grains*i/n)
		}
	}
	slices.Reverse(out)
	return out
}

// loadBound is the least time any schedule of any pieces takes: all work spread evenly; the longest piece of the table that can
// be cut least; and what some worker must do of the tables that cannot be cut, because there are more of them than workers.
func (b *builder) loadBound() float64 {
	sum, longest := 0.0, 0.0
	var whole []float64
	for i := range b.tables {
		p := &b.tables[i]
		if !p.Handling.Copied() {
			continue
		}
		s := b.speed.copySeconds(p.Name, p.Bytes)
		sum += s
		parts := 1
		if p.Bytes > minPieceBytes {
			parts = b.cutter(p).parts()
		}
		if parts < 2 {
			whole = append(whole, s)
		} else {
			longest = max(longest, s/float64(parts))
		}
	}
	return max(sum/float64(b.opt.Load.Workers), longest, crowded(sums(whole), b.opt.Load.Workers))
}

// makespan is when the last of the workers is done when each pulls the next item as soon as it is free.
func (b *builder) makespan(took []float64) float64 { return makespan(took, b.opt.Load.Workers) }

// makespan is when the last of so many workers is done, who take what is next in a list.
func makespan(took []float64, workers int) float64 {
	free := make(lanes, workers)
	for _, s := range took {
		free.work(s)
	}
	return slices.Max(free)
}

// lanes are when the workers are free, as a heap: the first is free first.
type lanes []float64

func (l lanes) work(seconds float64) {
	l[0] += seconds
	for i := 0; ; {
		next := 2*i + 1
		if next >= len(l) {
			return
		}
		if next+1 < len(l) && l[next+1] < l[next] {
			next++
		}
		if l[i] <= l[next] {
			return
		}
		l[i], l[next] = l[next], l[i]
		i = next
	}
}

// cutItems cuts the tables that are copied, without those to skip.
func (b *builder) cutItems(s shape, skip map[analyze.Name]bool) []Item {
	var tiny []int
	var large []*Table
	var all []timed
	add := func(p *Table, it Item) { all = append(all, timed{it, b.speed.copySeconds(p.Name, it.Bytes)}) }
	for i := range b.tables {
		p := &b.tables[i]
		switch {
		case !p.Handling.Copied() || skip[p.Name]:
		case b.speed.copySeconds(p.Name, p.Bytes) > s.seconds && p.Bytes > s.batch.bytes/4, b.opt.Load.SplitBytes > 0 && p.Bytes > b.opt.Load.SplitBytes:
			large = append(large, p)
		case p.Bytes <= s.batch.bytes/4:
			tiny = append(tiny, i)
		default:
			add(p, Item{Tables: []analyze.Name{p.Name}, Bytes: p.Bytes, Reason: "One piece."})
		}
	}
	all = append(all, b.batches(tiny, s.batch)...)
	slices.SortFunc(large, func(x, y *Table) int {
		return cmp.Or(cmp.Compare(b.speed.copySeconds(y.Name, y.Bytes), b.speed.copySeconds(x.Name, x.Bytes)), x.Name.Compare(y.Name))
	})
	t := newTaper(s, b.opt.Load.Workers)
	for _, p := range large {
		for _, it := range b.taperTable(p, t) {
			add(p, it)
		}
	}
	return pulled(all)
}

// pulled are pieces as they are pulled, the longest first, with their ids.
func pulled(all []timed) []Item {
	for i := range all {
		all[i].seconds = round(all[i].seconds)
	}
	slices.SortFunc(all, func(x, y timed) int {
		part := func(it timed) int {
			if it.Range == nil {
				return 0
			}
			return it.Range.Part
		}
		if c := cmp.Or(cmp.Compare(y.seconds, x.seconds), cmp.Compare(y.Bytes, x.Bytes)); c != 0 {
			return c
		}
		return cmp.Or(x.Tables[0].Compare(y.Tables[0]), cmp.Compare(part(x), part(y)))
	})
	items := make([]Item, len(all))
	for i := range all {
		items[i] = all[i].Item
		items[i].ID = i + 1
	}
	return items
}

// taperTable cuts a table into grains and joins neighbours to the pieces that the taper wants.
func (b *builder) taperTable(p *Table, t *taper) []Item {
	if b.opt.Load.SplitBytes > 0 {
		return b.cutTable(p, b.opt.Load.SplitBytes, t.why)
	}
	seconds := b.speed.copySeconds(p.Name, p.Bytes)
	rate := float64(p.Bytes) / seconds
	c := b.cutter(p)
	counts := t.counts(seconds, c.parts())
	grains := 0
	for _, n := range counts {
		grains += n
	}
	if grains < 2 {
		return b.cutTable(p, max(int64(rate*t.seconds), 1), t.why)
	}
	pieces := b.cutTable(p, (p.Bytes+int64(grains)-1)/int64(grains), t.why)
	if len(pieces) == len(counts) || len(pieces) < 2 {
		return pieces
	}
	// Joined in proportion, in case the table falls into another number of grains than reckoned with.
	out := make([]Item, 0, len(counts))
	upTo, from := 0, 0
	for _, n := range counts {
		upTo += n
		to := upTo * len(pieces) / grains
		if to > from {
			out = append(out, joined(pieces[from:to]))
		}
		from = to
	}
	for i := range out {
		out[i].Range.Part, out[i].Range.Of = i+1, len(out)
		out[i].Reason = c.reason(len(out), t.why)
	}
	return out
}

// joined is one range in place of neighbours.
func joined(pieces []Item) Item {
	it := pieces[0]
	r := *it.Range
	r.To = pieces[len(pieces)-1].Range.To
	it.Range, it.Bytes = &r, 0
	for _, p := range pieces {
		it.Bytes += p.Bytes
	}
	return it
}

// batch is how large a batch may be.
type batch struct {
	bytes  int64
	tables int
}

// batchLimits are as configured, or smaller where the whole load is so short that the end of one such batch would leave the
// other workers idle for long.
func (b *builder) batchLimits() batch {
	total, n := int64(0), 0
	for i := range b.tables {
		if b.tables[i].Handling.Copied() {
			total, n = total+b.tables[i].Bytes, n+1
		}
	}
	even := (float64(total)/b.speed.copy + float64(n)*secondsPerTable) / float64(b.opt.Load.Workers)
	return batch{
		bytes:  min(b.opt.Load.BatchBytes, max(int64(even/50*b.speed.copy), minBatchBytes)),
		tables: min(maxBatchTables, max(int(even/50/secondsPerTable), minBatchTables)),
	}
}

// timed is an item with the time it takes.
type timed struct {
	Item
	seconds float64
}

// batches joins tiny tables, whose copies would otherwise be mostly overhead. They are given by position, in name order, and so are the
// tables of a batch.
func (b *builder) batches(tiny []int, limit batch) []timed {
	if len(tiny) == 0 {
		return nil
	}
	if b.batched.limit == limit && b.batched.tables == len(tiny) && b.history == nil {
		return b.batched.items // for the shape and for the items of that shape
	}
	var items []timed
	for _, part := range b.bySlot(tiny) {
		items = append(items, b.deal(part, limit)...)
	}
	b.batched.limit, b.batched.tables, b.batched.items = limit, len(tiny), items
	return items
}

// bySlot parts tables that must not share a piece of the load: those of different slots, where each slot has a snapshot of its own.
func (b *builder) bySlot(tables []int) [][]int {
	if b.slotOf == nil {
		return [][]int{tables}
	}
	parts := map[int][]int{}
	for _, at := range tables {
		g := b.slotOf[b.tables[at].Name]
		parts[g] = append(parts[g], at)
	}
	out := make([][]int, 0, len(parts))
	for _, g := range slices.Sorted(maps.Keys(parts)) {
		out = append(out, parts[g])
	}
	return out
}

// deal makes the batches of tables that may be in any.
func (b *builder) deal(tiny []int, limit batch) []timed {
	slices.SortStableFunc(tiny, func(x, y int) int { return cmp.Compare(b.tables[y].Bytes, b.tables[x].Bytes) })
	bytes, total := make([]int64, len(tiny)), int64(0)
	for i, at := range tiny {
		bytes[i] = b.tables[at].Bytes
		total += bytes[i]
	}
	// As many batches as the size asks for, and enough that every worker has one.
	n := max(int((total+limit.bytes-1)/limit.bytes), (len(tiny)+limit.tables-1)/limit.tables, min(b.opt.Load.Workers, len(tiny)/20), 1)
	for !fits(bytes, n, limit) {
		n += 1 + n/32
	}
	members := make([][]int, min(n, len(tiny)))
	for i, at := range tiny {
		members[dealt(i, n)] = append(members[dealt(i, n)], at)
	}
	items := make([]timed, len(members))
	for i, list := range members {
		slices.Sort(list)
		it := &items[i]
		it.Tables = make([]analyze.Name, len(list))
		for k, at := range list {
			p := &b.tables[at]
			it.Tables[k] = p.Name
			it.Bytes += p.Bytes
			it.seconds += b.speed.copySeconds(p.Name, p.Bytes)
		}
		it.Reason = batchReason(len(list))
	}
	return items
}

// dealt is the batch that table i of those sorted by size goes to: there and back again, which levels bytes and counts alike.
func dealt(i, n int) int {
	at := i % (2 * n)
	if at >= n {
		at = 2*n - 1 - at
	}
	return at
}

// fits reports whether n batches hold tables of these sizes, given largest first.
func fits(tables []int64, n int, limit batch) bool {
	if n >= len(tables) {
		return true
	}
	sum := make([]int64, n)
	for i, bytes := range tables {
		at := dealt(i, n)
		if sum[at] > 0 && sum[at]+bytes > limit.bytes {
			return false
		}
		sum[at] += bytes
	}
	return (len(tables)+n-1)/n <= limit.tables
}
