package planner

import (
	"cmp"
	"math"
	"slices"
)

// job is what packing places: tables that share a slot whatever happens.
type job struct {
	weight float64
	tables int
	unsafe bool  // must be in a bin without batched apply
	alone  bool  // nothing else may be in its bin
	pin    int   // its bin; -1: any
	apart  []int // jobs that must be in other bins
}

// batchSpeed is how many times faster a group is applied in batches than row by row. It is an assumption until somebody
// measures it on the target; it decides only how batched and other groups share the load.
const batchSpeed = 3

// packing is an assignment of jobs to bins.
type packing struct {
	bin   []int     // of each job
	batch []bool    // of each bin: changes may be applied in batches
	load  []float64 // of each bin, divided by its speed
	max   float64
	bound float64 // no packing of these jobs into that many bins has a lower maximum
}

// Bounds of the work that packing does, in numbers of things looked at and never in time, so that the result is the same on
// every machine.
const (
	exactJobs    = 12        // up to so many jobs are searched to the end as a rule
	exactNodes   = 1_000_000 // partial assignments looked at for them, all choices of speeds together
	searchedJobs = 40        // up to so many jobs are searched for a while
	searchNodes  = 100_000
	shuffledJobs = 400     // up to so many jobs are packed in other orders too
	shuffles     = 250     // at most of each choice of speeds, twice as many of all together
	effort       = 600_000 // exchanges looked at, all choices of speeds together
	nearBound    = 1e-4    // relative distance from the bound at which more jobs than [exactJobs] are left as they are
	levelled     = 1e-9    // relative difference that makes no packing better than another
)

// pack spreads jobs, given heaviest first, over k bins so that the heaviest bin is as light as possible. ok is false when
// no assignment that keeps to the jobs' constraints was found. The result depends on nothing but its arguments.
//
// The best of list heuristics (longest first, MULTIFIT, longest first in shuffled orders) is improved by moves and swaps; up to
// [exactJobs] jobs are then searched to the end, unless that takes too many steps, and some more for a while. The heuristics'
// guarantee is 4/3 of the optimum; the bound says how good the result really is.
func pack(jobs []job, k, maxTables int) (best packing, ok bool) {
	type choice struct {
		batch []bool
		low   float64
	}
	var choices []choice
	bound := math.Inf(1)
	limits := newBounds(jobs)
	for _, batch := range speedChoices(jobs, k) {
		if low := limits.lower(batch); !math.IsInf(low, 1) {
			choices = append(choices, choice{batch, low})
			bound = min(bound, low)
		}
	}
	w := work{order: placingOrder(jobs), effort: effort + 200*len(jobs), nodes: searchNodes, shuffles: 2 * shuffles}
	if len(jobs) <= exactJobs {
		w.nodes = exactNodes
	}
	proven := true
	for _, c := range choices {
		if ok && c.low >= best.max*(1-levelled) {
			continue
		}
		incumbent := math.Inf(1)
		if ok {
			incumbent = best.max
		}
		p, found, whole := w.packInto(jobs, c.batch, maxTables, c.low, incumbent)
		proven = proven && whole
		// Fewer slow bins win a tie: batched apply is worth having.
		if found && (!ok || p.max < best.max*(1-levelled)) {
			best, ok = p, true
		}
	}
	best.bound = min(bound, best.max)
	if proven && ok {
		best.bound = best.max // every assignment was looked at, or cannot be better
	}
	return best, ok
}

// work is what packing into bins of different speeds has in common.
type work struct {
	order                   []int
	effort, nodes, shuffles int // left
}

// packInto packs into bins of given speeds. Packings that are no better than the incumbent maximum may be missed; proven says
// that there is no better one than what is returned or the incumbent.
func (w *work) packInto(jobs []job, batch []bool, limit int, low, incumbent float64) (p packing, ok, proven bool) {
	var best *state
	keep := func(s *state) {
		if s != nil && (best == nil || s.max() < best.max()*(1-levelled)) {
			best = s
		}
	}
	fresh := func() *state {
		s := newState(jobs, batch, limit, low)
		s.effort = &w.effort
		return s
	}
	open := func() bool { return best == nil || best.max() > low*(1+best.enough()) }
	keep(longestFirst(fresh(), w.order))
	if open() {
		keep(longestFirst(fresh(), unsafeFirst(jobs, w.order)))
	}
	if open() {
		w.multifit(fresh, low, keep, best)
	}
	if best == nil {
		keep(longestFirst(fresh(), bulkyFirst(jobs, w.order)))
	}
	if best != nil && open() {
		keep(improve(best.clone(), false))
	}
	if open() && len(jobs) <= shuffledJobs {
		for _, s := range w.shuffle(jobs, fresh) {
			keep(s) // as it is, in case there is no effort left
			if open() {
				keep(improve(s.clone(), false))
			}
		}
	}
	if best != nil && open() {
		keep(improve(best.clone(), true))
	}
	proven = best != nil && best.max() <= low*(1+levelled)
	if open() && len(jobs) <= searchedJobs {
		s := newSearch(jobs, w.order, batch, limit, low, &w.nodes)
		s.best, s.bestMax = best, incumbent
		if best != nil {
			s.bestMax = min(best.max(), incumbent)
		}
		s.place(0, 0)
		best, proven = s.best, w.nodes > 0
	}
	if best == nil {
		return packing{}, false, proven
	}
	p = packing{bin: best.bin, batch: batch, max: best.max(), load: make([]float64, len(batch))}
	for b := range batch {
		p.load[b] = best.load(b)
	}
	return p, true, proven
}

// shuffle packs in disturbed orders and returns the best few.
func (w *work) shuffle(jobs []job, fresh func() *state) []*state {
	var all []*state
	for round := range min(shuffles, w.shuffles) {
		w.shuffles--
		if s := longestFirst(fresh(), shuffled(jobs, w.order, round)); s != nil {
			all = append(all, s)
		}
	}
	slices.SortStableFunc(all, func(x, y *state) int { return cmp.Compare(x.max(), y.max()) })
	return all[:min(len(all), 8)]
}

// multifit looks for the smallest capacity into which first fit gets all jobs.
func (w *work) multifit(fresh func() *state, low float64, keep func(*state), best *state) {
	hi := low * 4 / 3
	if best != nil {
		hi = best.max()
	}
	lo := low
	for range 12 {
		mid := (lo + hi) / 2
		if s := firstFit(fresh(), w.order, mid); s != nil {
			keep(s)
			hi = mid
		} else {
			lo = mid
		}
	}
}

// speedChoices lists which bins may apply in batches, the choices with the most batches first. Bins that nobody is pinned
// to are interchangeable, so of those only the number counts; of the others each is tried both ways, unless they are many.
func speedChoices(jobs []job, k int) [][]bool {
	pinned, slow := make([]bool, k), make([]bool, k)
	anyUnsafe, anySafe := false, false
	for _, j := range jobs {
		anyUnsafe, anySafe = anyUnsafe || j.unsafe, anySafe || !j.unsafe
		if j.pin >= 0 {
			pinned[j.pin] = true
			slow[j.pin] = slow[j.pin] || j.unsafe
		}
	}
	if !anySafe {
		return [][]bool{make([]bool, k)}
	}
	var free, either []int
	for b := range k {
		switch {
		case !pinned[b]:
			free = append(free, b)
		case !slow[b] && len(either) < 6:
			either = append(either, b)
		}
	}
	var choices [][]bool
	for mask := range 1 << len(either) {
		for n := range len(free) + 1 {
			batch := make([]bool, k)
			slowBins := 0
			for b := range k {
				batch[b] = !slow[b]
			}
			for i, b := range either {
				batch[b] = mask>>i&1 == 0
			}
			for _, b := range free[:n] {
				batch[b] = false
			}
			for _, fast := range batch {
				if !fast {
					slowBins++
				}
			}
			if anyUnsafe == (slowBins > 0) {
				choices = append(choices, batch)
			}
		}
	}
	count := func(batch []bool) (n int) {
		for _, fast := range batch {
			if fast {
				n++
			}
		}
		return n
	}
	slices.SortStableFunc(choices, func(x, y []bool) int { return cmp.Compare(count(y), count(x)) })
	return choices
}

func speedOf(batch bool) float64 {
	if batch {
		return batchSpeed
	}
	return 1
}
