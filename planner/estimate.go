package planner

import (
	"fmt"
	"math"

	"github.com/pgcutover/pgcutover/analyze"
)

// Assumptions that no inventory can replace. Each is named in the estimate's basis.
const (
	countBytesPerSecond = 200e6 // one sequential pass of a comparison, for each worker
	beforePauseSeconds  = 1800  // from the first slot to the pause: memberships one by one, and the replica's catching up
	pauseProofSeconds   = 60    // proving that replay stands still, at both ends
	analyzeBytes        = 240e6 // ANALYZE reads a sample of 30000 blocks at most, whatever the size
	minBuildSeconds     = 0.02
)

// estimate computes durations and the WAL that piles up meanwhile.
func (b *builder) estimate(p *Plan) Estimate {
	if b.opt.FullLoad() {
		return b.estimateFull(p)
	}
	if b.isPhysical() {
		return b.promotion(p)
	}
	var e Estimate
	say := func(format string, args ...any) { e.Basis = append(e.Basis, fmt.Sprintf(format, args...)) }
	workers := b.opt.Load.Workers
	copied, whole := b.simulate(*p)
	p.Balance.LoadSeconds = round(b.makespan(b.took))
	p.Balance.LoadBound = min(round(b.loadBound()), p.Balance.LoadSeconds)
	e.CopySeconds = seconds(copied)
	e.BuildSeconds = seconds(max(whole-copied, 0))
	bytes := int64(0)
	for _, it := range p.Items {
		bytes += it.Bytes
	}
	if b.speed.measuredCopy > 0 {
		say("Copies: %s with %s; the rate of one stream, %s/s, is measured (%s of an earlier load).", Size(bytes), analyze.Count(workers, "worker"), Size(int64(b.speed.copy)), analyze.Count(b.speed.measuredCopy, "copy timing"))
	} else {
		say("Copies: %s with %s at an assumed %s/s for each stream (load.bytes_per_second).", Size(bytes), analyze.Count(workers, "worker"), Size(int64(b.speed.copy)))
	}
	index := int64(0)
	for _, x := range p.Builds {
		index += x.Bytes
	}
	how := "assumed (load.index_bytes_per_second)"
	if b.speed.measuredIndex > 0 {
		how = fmt.Sprintf("measured (%s)", analyze.Count(b.speed.measuredIndex, "index timing"))
	}
	say("Builds: %s of indexes as large as on the source at %s/s for each worker, %s; they overlap with the copies, only what is left after the last copy counts as build time.", Size(index), Size(int64(b.speed.index)), how)

	count := float64(bytes) / countBytesPerSecond / float64(workers)
	before := float64(beforePauseSeconds)
	if b.opt.Snapshots() {
		before = 0
		e.PauseSeconds = seconds(e.CopySeconds + e.BuildSeconds + count)
		say("Snapshots: held on the source for the copies, the builds and a count of every table at %s/s for each worker.", Size(countBytesPerSecond))
	} else {
		e.PauseSeconds = seconds(e.CopySeconds + e.BuildSeconds + count + 2*pauseProofSeconds)
		say("Pause: copies, builds, a comparison of every table at %s/s for each worker, and %s to prove at both ends that replay stands still.", Size(countBytesPerSecond), Span(pauseProofSeconds))
	}

	rate := b.walRate()
	e.WALBytesPerSecond = rate
	e.SourceFreeBytes, e.ReplicaFreeBytes = b.opt.WAL.SourceFreeBytes, b.opt.WAL.ReplicaFreeBytes
	b.sayWALRate(rate, say)

	behind := e.PauseSeconds + float64(b.opt.WAL.SetupSeconds)
	if len(p.Groups) == 0 {
		say("No table is replicated, so no slot holds WAL on the source and there is nothing to catch up with.")
		return e
	}
	since := "the pause"
	if b.opt.Snapshots() {
		since = "the snapshots"
	}
	e.CatchUpSeconds = b.catchUp(p.Groups, behind, fmt.Sprintf("change data capture starts (%s and %s of setup)", since, Span(float64(b.opt.WAL.SetupSeconds))), say)
	if rate != nil {
		held := *rate * (before + behind)
		if e.CatchUpSeconds != nil {
			held += *rate * *e.CatchUpSeconds
		}
		if b.weights != BySample || e.CatchUpSeconds != nil {
			e.SourceWALBytes = wholeBytes(held)
			if b.opt.Snapshots() {
				say("WAL on the source: held from the creation of the slots until the slowest group has caught up.")
			} else {
				say("WAL on the source: held from the creation of the slots, %s before the pause, until the slowest group has caught up.", Span(beforePauseSeconds))
			}
		}
		if !b.opt.Snapshots() {
			e.ReplicaWALBytes = wholeBytes(*rate * e.PauseSeconds)
			say("WAL on the replica: it goes on receiving while it is paused.")
		}
	}
	return e
}

func (b *builder) sayWALRate(rate *float64, say func(string, ...any)) {
	switch {
	case rate == nil:
		say("WAL: the rate was not sampled, so neither the WAL held on the source nor the time to catch up is known. Analyze with --sample, or set wal.bytes_per_second.")
	case b.opt.WAL.BytesPerSecond != nil:
		say("WAL: %s/s as configured (wal.bytes_per_second).", Size(int64(*rate)))
	default:
		say("WAL: %s/s, the mean over a sample of %s; peaks are higher, wal.bytes_per_second takes a figure known better.", Size(int64(*rate)), Span(b.inv.Sample.Seconds))
	}
}

// catchUp is how long the slowest group takes from so many seconds behind at a moment; nil: not known, or never.
func (b *builder) catchUp(groups []Group, behind float64, moment string, say func(string, ...any)) *float64 {
	busiest := 0.0
	for _, g := range groups {
		busiest = max(busiest, g.Load())
	}
	switch {
	case b.weights != BySample:
		say("Catching up: %s, so it is not known.", b.unsampled())
		return nil
	case busiest >= 1:
		say("Catching up: never. The busiest group needs %s of one apply stream.", Percent(busiest))
		return nil
	}
	t := seconds(behind * busiest / (1 - busiest))
	say("Catching up: %s behind when %s, the busiest group needs %s of one apply stream, assumed to manage %.0f plain changes a second (slots.changes_per_second), three times that in batches.",
		Span(behind), moment, Percent(busiest), b.opt.Slots.ChangesPerSecond)
	return &t
}

func wholeBytes(x float64) *int64 {
	n := int64(min(x, math.MaxInt64/2))
	return &n
}

func (b *builder) walRate() *float64 {
	if n := b.opt.WAL.BytesPerSecond; n != nil {
		r := float64(*n)
		return &r
	}
	s := b.inv.Sample
	if s == nil || s.Seconds <= 0 || s.WALBytes < 0 {
		return nil
	}
	r := round(float64(s.WALBytes) / s.Seconds)
	return &r
}

// seconds drops what no estimate knows.
func seconds(x float64) float64 { return math.Round(x*10) / 10 }

// buildSeconds is how long a build on a table takes.
func (b *builder) buildSeconds(x *Build, on *Table) float64 {
	switch x.Kind {
	case BuildAnalyze:
		return minBuildSeconds + min(float64(on.Bytes), analyzeBytes)/countBytesPerSecond
	case BuildIndex:
		return minBuildSeconds + float64(x.Bytes)/b.speed.index
	case BuildConstraint:
		if x.Constraint != nil && !x.Constraint.UsingIndex {
			return minBuildSeconds + float64(x.Bytes)/b.speed.index
		}
	}
	return minBuildSeconds
}

// simulate runs the load with all its workers and returns when the last copy and when everything is done.
func (b *builder) simulate(p Plan) (copied, whole float64) {
	running := make(queue, 0, b.opt.Load.Workers)
	ready := make(queue, 0, len(p.Items)+len(p.Builds))
	for i := range p.Items {
		it := &p.Items[i]
		ready.push(task{key: float64(-it.Bytes), id: it.ID, copy: true, seconds: b.took[i]})
	}
	push := func(i int) {
		x := &p.Builds[i]
		ready.push(task{key: float64(-x.Bytes), id: x.ID, seconds: b.buildSeconds(x, &b.tables[b.where.builds[i]])})
	}
	open := make([]int, len(p.Builds))
	waits := make([][]int, len(p.Items)+len(p.Builds)+1) // of each id: positions of the builds that need it
	count, total := make([]int, len(waits)), 0
	for i := range p.Builds {
		for _, n := range p.Builds[i].Needs {
			count[n]++
			total++
		}
	}
	all := make([]int, total)
	for n, c := range count {
		waits[n], all = all[:0:c], all[c:]
	}
	for i := range p.Builds {
		x := &p.Builds[i]
		open[i] = len(x.Needs)
		for _, n := range x.Needs {
			waits[n] = append(waits[n], i)
		}
		if open[i] == 0 {
			push(i)
		}
	}
	now := 0.0
	for len(ready) > 0 || len(running) > 0 {
		for len(ready) > 0 && len(running) < b.opt.Load.Workers {
			t := ready.pop()
			t.key = now + t.seconds
			running.push(t)
		}
		t := running.pop()
		now = t.key
		if t.copy {
			copied = now
		}
		for _, i := range waits[t.id] {
			if open[i]--; open[i] == 0 {
				push(i)
			}
		}
	}
	return copied, now
}

// task is a piece of work in the simulation; key orders its queue.
type task struct {
	key     float64
	id      int
	copy    bool
	seconds float64
}

// queue is a heap. That of the standard library would box every task.
type queue []task

func (t *task) before(o *task) bool { return t.key < o.key || t.key == o.key && t.id < o.id }

func (q *queue) push(t task) {
	h := append(*q, t)
	i := len(h) - 1
	for i > 0 && t.before(&h[(i-1)/2]) {
		h[i] = h[(i-1)/2]
		i = (i - 1) / 2
	}
	h[i] = t
	*q = h
}

func (q *queue) pop() task {
	h := *q
	first, last := h[0], h[len(h)-1]
	h = h[:len(h)-1]
	for i := 0; len(h) > 0; {
		next := 2*i + 1
		if next+1 < len(h) && h[next+1].before(&h[next]) {
			next++
		}
		if next >= len(h) || !h[next].before(&last) {
			h[i] = last
			break
		}
		h[i] = h[next]
		i = next
	}
	*q = h
	return first
}
