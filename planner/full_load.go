package planner

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/pgcutover/pgcutover/analyze"
)

// Assumption that no inventory can replace: rows with LOBs that one reader looks up in a second, a query for each value. (Those who have measured it
// tell of a load that takes forty times as long as one with limited LOBs.)
const lookedUpRows = 200

// fullItems are what the sub-tasks of AWS DMS read: whole tables, and ranges of those without which a task would wait for one reader. Tables are
// of one group each, and so of one task.
func (b *builder) fullItems() []Item {
	var all []timed
	for _, members := range b.where.groups {
		even := b.evenSeconds(members)
		for _, at := range members {
			p := &b.tables[at]
			whole := b.fullSeconds(at, p.Bytes)
			if whole <= even || p.Bytes <= wholeMatters {
				all = append(all, timed{Item{Tables: []analyze.Name{p.Name}, Bytes: p.Bytes, Reason: "One piece."}, whole})
				continue
			}
			n := min(int64(math.Ceil(whole/even)), int64(b.opt.Full.SubTasks))
			for _, it := range b.cutTable(p, (p.Bytes+n-1)/n, "read side by side, so that the other tables of its task do not wait for it") {
				all = append(all, timed{it, b.fullSeconds(at, it.Bytes)})
			}
		}
	}
	return pulled(all)
}

// evenSeconds is how long the readers of a task take for tables, given by their positions, where each has as much to do.
func (b *builder) evenSeconds(members []int) float64 {
	sum := 0.0
	for _, at := range members {
		sum += b.fullSeconds(at, b.tables[at].Bytes)
	}
	return sum / float64(b.opt.Full.SubTasks)
}

// fullSeconds is how long one reader takes for so many bytes of a table, given by its position.
func (b *builder) fullSeconds(at int, bytes int64) float64 {
	p := &b.tables[at]
	s := b.speed.copySeconds(p.Name, bytes)
	if p.Rows != nil && p.Bytes > 0 && b.assumedSlow(at) {
		s = max(s, float64(*p.Rows)*float64(bytes)/float64(p.Bytes)/lookedUpRows)
	}
	return s
}

// assumedSlow reports whether values of a table, given by its position, are looked up one by one, at a rate that nobody has measured.
func (b *builder) assumedSlow(at int) bool {
	_, measured := b.speed.table[b.tables[at].Name]
	return !measured && b.lookedUp(b.source[at])
}

// groupSeconds is when the last reader of a group's task is done.
func (b *builder) groupSeconds(p Plan, group int) float64 {
	var took []float64
	for i := range p.Items {
		if at := b.where.items[i]; b.tables[at].Group == group { // each item is of one table
			took = append(took, b.took[i])
		}
	}
	return makespan(took, b.opt.Full.SubTasks)
}

// parallelCutter cuts a table the way AWS DMS takes it ("parallel-load" by ranges): by whole numbers that are never NULL, because rows with a NULL
// are in no range.
//
// Each range is a query of its own, with a moment of its own, which may be hours from the others'. A row whose key moves between them is read twice
// or by none, so it is the first column of the primary key, which nobody updates while this goes on. And a second unique key that is built on
// what was read at several moments meets rows that were never there together; such a table is read in one piece, unless that key waits for the cutover.
func (b *builder) parallelCutter(p *Table) cutter {
	t := b.sourceOf(p.Name)
	if strings.Contains(t.Name.Schema+t.Name.Name, "%") {
		return cutter{whole: "AWS DMS takes no settings for a table with % in its name"}
	}
	for i := range t.Indexes {
		x := &t.Indexes[i]
		if (x.Unique || x.Exclusion) && !x.Primary && !b.isDeferred(t, x) {
			return cutter{whole: fmt.Sprintf("its unique key %s would be built on rows of several moments (unique: defer has it wait for the cutover)", analyze.Display(x.Name))}
		}
	}
	why := "AWS DMS reads ranges of whole numbers that are never NULL and never updated, and its primary key begins with none"
	for _, x := range t.Indexes {
		if !x.Primary || x.Method != "btree" || len(x.KeyColumns) == 0 {
			continue
		}
		i := slices.IndexFunc(t.Columns, func(c analyze.Column) bool { return c.Name == x.KeyColumns[0] })
		if i < 0 || !wholeNumber(t.Columns[i].BaseType) || !t.Columns[i].NotNull {
			continue
		}
		x.KeyColumns, x.Sorted = x.KeyColumns[:1], min(x.Sorted, 1)
		k, whole := b.keyCutter(p, t, x)
		if whole != "" {
			return cutter{whole: whole}
		}
		return k.cutter
	}
	return cutter{whole: why}
}

// readers is how many sessions read a table at a time.
func (b *builder) readers() int {
	if b.opt.FullLoad() {
		return b.opt.Full.SubTasks
	}
	return b.opt.Load.Workers
}

// estimateFull computes durations, and the WAL that piles up meanwhile.
func (b *builder) estimateFull(p *Plan) Estimate {
	var e Estimate
	say := func(format string, args ...any) { e.Basis = append(e.Basis, fmt.Sprintf(format, args...)) }
	bytes, index, slow := int64(0), int64(0), 0
	for _, it := range p.Items {
		bytes += it.Bytes
	}
	for i := range b.tables {
		if b.tables[i].Handling.Copied() && b.assumedSlow(i) {
			slow++
		}
	}
	longest := 0.0
	for _, g := range p.Groups {
		longest = max(longest, b.groupSeconds(*p, g.Number))
	}
	// Tasks start one after the other.
	starts := float64(b.opt.CDC.StartIntervalSeconds) * float64(max(len(p.Groups)-1, 0))
	e.CopySeconds = seconds(longest + starts)
	p.Balance.LoadSeconds, p.Balance.LoadBound = round(longest), min(round(b.fullBound()), round(longest))
	rate := "an assumed"
	if b.speed.measuredCopy > 0 {
		rate = "a measured"
	}
	between := ""
	if starts > 0 {
		between = fmt.Sprintf("; %s between the starts of the first and the last task", Span(starts))
	}
	say("Full load: %s by %s with up to %s each, at %s %s/s for each of these (load.bytes_per_second)%s.",
		Size(bytes), analyze.Count(len(p.Groups), "task"), analyze.Count(b.opt.Full.SubTasks, "reader"), rate, Size(int64(b.speed.copy)), between)
	if slow > 0 {
		say("LOBs of %s are looked up one by one, at an assumed %d rows a second for each reader.", analyze.Count(slow, "table"), lookedUpRows)
	}
	loaded, early := Plan{Builds: slices.Clone(p.Builds)}, 0
	for i := range loaded.Builds {
		x := &loaded.Builds[i]
		if x.BeforeLoad {
			x.Bytes = 0 // on an empty table
			early++
		} else {
			index += x.Bytes
		}
		var needs []int
		for _, id := range x.Needs {
			if id > len(p.Items) {
				needs = append(needs, id-len(p.Items))
			}
		}
		x.ID, x.Needs = x.ID-len(p.Items), needs
	}
	_, built := b.simulate(loaded)
	e.BuildSeconds = seconds(built)
	say("Builds: %s of indexes as large as on the source at %s/s for each of %s, after the full load; %s of keys and their indexes come before it, on empty tables.",
		Size(index), Size(int64(b.speed.index)), analyze.Count(b.opt.Load.Workers, "worker"), analyze.Count(early, "build"))

	wal := b.walRate()
	e.WALBytesPerSecond, e.SourceFreeBytes, e.ReplicaFreeBytes = wal, b.opt.WAL.SourceFreeBytes, b.opt.WAL.ReplicaFreeBytes
	b.sayWALRate(wal, say)
	if len(p.Groups) == 0 {
		say("No table is replicated, so no slot holds WAL on the source and there is nothing to catch up with.")
		return e
	}
	behind := e.CopySeconds + e.BuildSeconds + float64(b.opt.WAL.SetupSeconds)
	e.CatchUpSeconds = b.catchUp(p.Groups, behind, fmt.Sprintf("the tasks are resumed (the full load, the builds and %s until somebody resumes them)", Span(float64(b.opt.WAL.SetupSeconds))), say)
	if wal != nil && (b.weights != BySample || e.CatchUpSeconds != nil) {
		held := *wal * behind
		if e.CatchUpSeconds != nil {
			held += *wal * *e.CatchUpSeconds
		}
		e.SourceWALBytes = wholeBytes(held)
		say("WAL on the source: counted from the first start until the slowest group has caught up. During the full load AWS DMS reads it and keeps the changes on its instance; while the tasks stand still for the builds their slots keep all of it.")
	}
	return e
}

// fullBound is the least time in which the readers of each task can be done with its tables.
func (b *builder) fullBound() float64 {
	bound := 0.0
	for _, members := range b.where.groups {
		bound = max(bound, b.evenSeconds(members))
	}
	return bound
}
