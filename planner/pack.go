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
	shuffles     = 200     // other orders, all choices of speeds together
	effort       = 600_000 // exchanges looked at, all choices of speeds together
	contenders   = 16      // choices of speeds that are improved, the most promising
	nearBound    = 1e-4    // relative distance from the bound at which more jobs than [exactJobs] are left as they are
	levelled     = 1e-9    // relative difference that makes no packing better than another
)

// pack spreads jobs, given heaviest first, over k bins so that the heaviest bin is as light as possible. ok is false when
// no assignment that keeps to the jobs' constraints was found. The result depends on nothing but its arguments.
//
// List heuristics (longest first, MULTIFIT) give every choice of which bins are slow its first packing. Up to [exactJobs] jobs are then
// searched to the end, unless that takes too many steps. Of more, the choices are improved in rounds, the better half of them
// going on to the next: by exchanges between bins, after small disturbances, and from packings in shuffled orders. The
// heuristics' guarantee is 4/3 of the optimum; the bound says how good the result really is.
func pack(jobs []job, k, maxTables int) (best packing, ok bool) {
	limits := newBounds(jobs, maxTables)
	w := &work{jobs: jobs, order: placingOrder(jobs), limit: maxTables}
	for i, batch := range speedChoices(jobs, k) {
		if low := limits.lower(batch); !math.IsInf(low, 1) {
			w.attempts = append(w.attempts, &attempt{batch: batch, low: low, chance: chance(i)})
		}
	}
	for _, a := range w.attempts {
		if w.beatable(a) {
			w.effort = (effort + 200*len(jobs)) / len(w.attempts)
			w.list(a)
		}
	}
	if len(jobs) <= exactJobs {
		w.search(exactNodes)
	}
	if len(w.open()) > 0 {
		w.rounds()
		if len(jobs) > exactJobs && len(jobs) <= searchedJobs {
			w.search(searchNodes)
		}
	}
	won := w.best()
	if won == nil {
		return packing{}, false
	}
	best = won.packing()
	best.bound = best.max
	for _, a := range w.attempts {
		if w.beatable(a) {
			best.bound = min(best.bound, a.low)
		}
	}
	return best, true
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
