package planner

import (
	"cmp"
	"math"
	"slices"
)

// attempt is one choice of which bins are slow, and what came of it so far.
type attempt struct {
	batch    []bool
	low      float64  // no packing with these speeds is lighter
	best     *state   // nil: none found yet
	searched bool     // every packing with these speeds was looked at that could have been the best of all attempts
	starts   []*state // packings to begin with, the lightest first
	now      *state   // what is disturbed next
	stale    int      // disturbances since there was a better one
	chance   chance
}

// work is the packing of jobs, all attempts together.
type work struct {
	jobs     []job
	order    []int
	limit    int
	attempts []*attempt // the ones with the most batches first
	effort   int        // exchanges that may be looked at before it is another attempt's turn
	draft    drafts
}

func (w *work) fresh(a *attempt) *state {
	s := newState(w.jobs, a.batch, w.limit, a.low)
	s.effort, s.draft = &w.effort, &w.draft
	return s
}

// keep remembers a packing where it is the lightest of its attempt.
func (a *attempt) keep(s *state) (better bool) {
	if s == nil || a.best != nil && s.max() >= a.best.max()*(1-levelled) {
		return false
	}
	a.best = s.clone()
	return true
}

func (a *attempt) max() float64 {
	if a.best == nil {
		return math.Inf(1)
	}
	return a.best.max()
}

// best is the attempt with the lightest packing, nil where none has any. Fewer slow bins win a tie: batched apply is worth having.
func (w *work) best() *attempt {
	var best *attempt
	for _, a := range w.attempts {
		if a.best != nil && (best == nil || a.max() < best.max()*(1-levelled)) {
			best = a
		}
	}
	return best
}

// open lists the attempts that may still bring something better than the best packing of all.
func (w *work) open() []*attempt {
	var open []*attempt
	for _, a := range w.attempts {
		if w.beatable(a) && (a.best == nil || !a.best.near()) {
			open = append(open, a)
		}
	}
	return open
}

// beatable reports whether an attempt may have a packing that is lighter than the best of all.
func (w *work) beatable(a *attempt) bool {
	best := w.best()
	return !a.searched && (best == nil || a.low < best.max()*(1-levelled))
}

// list gives an attempt the best of the list heuristics.
func (w *work) list(a *attempt) {
	settled := func() bool { return a.best != nil && a.best.near() }
	a.keep(longestFirst(w.fresh(a), w.order))
	if !settled() {
		a.keep(longestFirst(w.fresh(a), unsafeFirst(w.jobs, w.order)))
	}
	if !settled() {
		w.multifit(a)
	}
	if a.best == nil {
		a.keep(longestFirst(w.fresh(a), bulkyFirst(w.jobs, w.order)))
	}
	if a.best != nil && !settled() {
		s := a.best.clone()
		s.descend()
		a.keep(s)
	}
}

// multifit looks for the smallest capacity into which first fit gets all jobs.
func (w *work) multifit(a *attempt) {
	lo, hi := a.low, min(a.max(), a.low*4/3)
	for range 12 {
		mid := (lo + hi) / 2
		if s := firstFit(w.fresh(a), w.order, mid); s != nil {
			a.keep(s)
			hi = mid
		} else {
			lo = mid
		}
	}
}

// rounds improves the most promising attempts: all of them with the same effort, then the better half of them, and so on.
func (w *work) rounds() {
	byMax := func(x, y *attempt) int { return cmp.Or(cmp.Compare(x.max(), y.max()), cmp.Compare(x.low, y.low)) }
	running := w.open()
	slices.SortStableFunc(running, byMax)
	running = running[:min(len(running), contenders)]
	if len(w.jobs) <= shuffledJobs {
		for _, a := range running {
			w.shuffle(a, shuffles/len(running))
		}
	}
	count := 1
	for n := len(running); n > 1; n = (n + 1) / 2 {
		count++
	}
	for range count {
		for _, a := range running {
			if a.best == nil || !w.beatable(a) {
				continue
			}
			w.effort = effort / count / len(running)
			w.disturb(a)
		}
		running = slices.DeleteFunc(running, func(a *attempt) bool { return a.best == nil || !w.beatable(a) || a.best.near() })
		slices.SortStableFunc(running, byMax)
		running = running[:(len(running)+1)/2]
	}
}

// shuffle packs in disturbed orders and keeps the best few to begin with.
func (w *work) shuffle(a *attempt, rounds int) {
	for round := range rounds {
		if s := longestFirst(w.fresh(a), shuffled(w.jobs, w.order, round)); s != nil {
			a.keep(s)
			a.starts = append(a.starts, s)
		}
	}
	slices.SortStableFunc(a.starts, func(x, y *state) int { return cmp.Compare(x.max(), y.max()) })
	a.starts = a.starts[:min(len(a.starts), 6)]
}

// disturb goes from packing to packing: each is the one before with a few jobs misplaced, and improved again. What is no heavier is gone
// on with; where that leads nowhere for long, with the next packing to begin with, or the best.
func (w *work) disturb(a *attempt) {
	const patience = 60
	if a.now == nil {
		a.now = a.best.clone()
	}
	next := a.now.clone()
	for w.effort > 0 && !a.best.near() {
		if a.stale > patience {
			a.stale = 0
			if len(a.starts) > 0 {
				a.now, a.starts = a.starts[0], a.starts[1:]
				a.now.descend()
			} else {
				a.now = a.best.clone()
			}
		}
		next.become(a.now)
		next.misplace(1+a.stale/20, &a.chance)
		next.descend()
		a.stale++
		if next.max() <= a.now.max()*(1+levelled) {
			a.now, next = next, a.now
		}
		if a.keep(a.now) {
			a.stale = 0
		}
	}
}

// misplace exchanges n jobs, out of the heaviest bin every other time, with others at random.
func (s *state) misplace(n int, c *chance) {
	top := s.heaviest()
	one := func(j int) parcel {
		if j < 0 {
			return parcel{jobs: [2]int{-1, -1}}
		}
		return parcel{s.jobs[j].weight, [2]int{j, -1}, s.jobs[j].tables, s.jobs[j].unsafe}
	}
	for range 4 * n {
		*s.effort--
		j := c.below(len(s.jobs))
		if c.below(2) == 0 {
			for range s.jobs {
				if s.bin[j] == top {
					break
				}
				j = (j + 1) % len(s.jobs)
			}
		}
		o, from := c.below(len(s.jobs)), s.bin[j]
		to := s.bin[o]
		if c.below(4) == 0 {
			o = -1
		}
		if from == to || s.jobs[j].pin >= 0 || o >= 0 && s.jobs[o].pin >= 0 {
			continue
		}
		out, back := one(j), one(o)
		if s.allows(from, to, &out, &back) {
			s.apply(from, exchange{out: out, back: back, bin: to})
			if n--; n == 0 {
				return
			}
		}
	}
}

// search looks at every packing that may be the best, as long as there are steps left: partial assignments, each attempt's share first
// and then what the others left over.
func (w *work) search(nodes int) {
	for _, fair := range []bool{true, false} {
		for i, a := range w.attempts {
			if !w.beatable(a) {
				continue
			}
			left := nodes
			if fair {
				left /= len(w.attempts) - i
			}
			nodes -= left
			s := newSearch(w.fresh(a), w.order, &left)
			if best := w.best(); best != nil {
				s.bestMax = best.max()
			}
			s.place(0, 0)
			a.keep(s.best)
			a.searched = left > 0
			nodes += left
		}
	}
}

// packing is what an attempt came to. Sums are taken anew, in the order of the jobs.
func (a *attempt) packing() packing {
	a.best.occupy()
	p := packing{bin: a.best.bin, batch: a.best.batch, load: make([]float64, len(a.batch))}
	for j, b := range p.bin {
		p.load[b] += a.best.jobs[j].weight
	}
	for b := range p.load {
		p.load[b] /= speedOf(p.batch[b])
		p.max = max(p.max, p.load[b])
	}
	return p
}

// occupy gives every empty bin a job of another one that has several, which makes neither heavier than that one was: an optimum may
// leave bins empty, and whoever asks for so many groups wants them.
func (s *state) occupy() {
	s.batch = slices.Clone(s.batch)
	for empty := range s.count {
		if s.count[empty] > 0 {
			continue
		}
		best, heavier := -1, 0.0
		for j := range s.jobs {
			job, from := &s.jobs[j], s.bin[j]
			if s.count[from] < 2 || job.pin >= 0 {
				continue
			}
			// From the bin that is heaviest, the job with which the heavier of the two is lightest.
			m := max((s.work[from]-job.weight)/speedOf(s.batch[from]), job.weight/speedOf(!job.unsafe))
			if best < 0 || s.load(from) > s.load(s.bin[best]) || from == s.bin[best] && m < heavier {
				best, heavier = j, m
			}
		}
		if best < 0 {
			return
		}
		s.take(best)
		s.batch[empty] = !s.jobs[best].unsafe
		s.put(best, empty)
	}
}

// chance is a fixed sequence of numbers that look random (splitmix64).
type chance uint64

func (c *chance) below(n int) int {
	*c += 0x9e3779b97f4a7c15
	x := uint64(*c)
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	x ^= x >> 31
	return int(x % uint64(n))
}
