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

// pack spreads jobs, given heaviest first, over k bins so that the heaviest bin is as light as possible. ok is false when
// no assignment that keeps to the jobs' constraints was found. The result depends on nothing but its arguments.
//
// The best of two list heuristics (longest first; MULTIFIT) is improved by moves and swaps, and for few jobs by an
// exhaustive search of bounded size. Their guarantee is 4/3 of the optimum; the bound says how good the result really is.
func pack(jobs []job, k, maxTables int) (best packing, ok bool) {
	bound := math.Inf(1)
	for _, batch := range speedChoices(jobs, k) {
		low := lowerBound(jobs, batch)
		bound = min(bound, low)
		if math.IsInf(low, 1) || ok && low >= best.max {
			continue
		}
		p, found := packInto(jobs, batch, maxTables, low)
		// Fewer slow bins win a tie: batched apply is worth having.
		if found && (!ok || p.max < best.max*(1-1e-9)) {
			best, ok = p, true
		}
	}
	best.bound = min(bound, best.max)
	return best, ok
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

// lowerBound is what no packing into these bins stays below, +Inf when there is none. Jobs that are alone take a bin each,
// the unsafe ones a slow one; which kind the others take is tried out. The rest is bounded by [poolBound].
func lowerBound(jobs []job, batch []bool) float64 {
	slow, fast := 0, 0
	for _, b := range batch {
		if b {
			fast++
		} else {
			slow++
		}
	}
	var rest []job
	low, aloneSafe := 0.0, 0
	pinned := make([]float64, len(batch))
	for _, j := range jobs {
		switch {
		case !j.alone:
			rest = append(rest, j)
		case j.unsafe:
			slow--
			low = max(low, j.weight)
		default:
			aloneSafe++
			low = max(low, j.weight/batchSpeed)
		}
		if j.pin >= 0 {
			pinned[j.pin] += j.weight
		}
	}
	for i, w := range pinned {
		low = max(low, w/speedOf(batch[i]))
	}
	best := math.Inf(1)
	for inSlow := range aloneSafe + 1 {
		if s, f := slow-inSlow, fast-(aloneSafe-inSlow); s >= 0 && f >= 0 {
			best = min(best, poolBound(rest, s, f))
		}
	}
	return max(low, best)
}

// poolBound is the largest of: all work spread evenly; the unsafe work spread over the slow bins; the j+1 lightest of the
// jk+1 heaviest jobs, which some bin must hold together, the heaviest job alone among them.
func poolBound(jobs []job, slow, fast int) float64 {
	if len(jobs) == 0 {
		return 0
	}
	var all, unsafe []float64
	sum, unsafeSum := 0.0, 0.0
	for _, j := range jobs {
		all = append(all, j.weight)
		sum += j.weight
		if j.unsafe {
			unsafe = append(unsafe, j.weight)
			unsafeSum += j.weight
		}
	}
	if slow+fast == 0 || len(unsafe) > 0 && slow == 0 {
		return math.Inf(1)
	}
	fastest := 1.0
	if fast > 0 {
		fastest = batchSpeed
	}
	low := max(sum/float64(slow+batchSpeed*fast), crowded(all, slow+fast)/fastest)
	if slow > 0 {
		low = max(low, unsafeSum/float64(slow), crowded(unsafe, slow))
	}
	return low
}

// crowded is the bound from the pigeonhole principle for k equal bins. It sorts w.
func crowded(w []float64, k int) float64 {
	slices.SortFunc(w, func(a, b float64) int { return cmp.Compare(b, a) })
	upTo := make([]float64, len(w)+1) // sums of the heaviest
	for i, x := range w {
		upTo[i+1] = upTo[i] + x
	}
	low := 0.0
	for j := 0; j*k < len(w); j++ {
		low = max(low, upTo[j*k+1]-upTo[j*k-j])
	}
	return low
}

// state is a packing in the making.
type state struct {
	jobs   []job
	bin    []int // -1: not placed yet
	batch  []bool
	work   []float64
	tables []int
	count  []int
	closed []bool // holds a job that is alone
	limit  int    // tables in a bin
	low    float64
}

func newState(jobs []job, batch []bool, limit int, low float64) *state {
	k := len(batch)
	s := &state{jobs: jobs, bin: make([]int, len(jobs)), batch: batch, work: make([]float64, k), tables: make([]int, k),
		count: make([]int, k), closed: make([]bool, k), limit: limit, low: low}
	for i := range s.bin {
		s.bin[i] = -1
	}
	return s
}

func (s *state) clone() *state {
	c := *s
	c.bin, c.work, c.tables = slices.Clone(s.bin), slices.Clone(s.work), slices.Clone(s.tables)
	c.count, c.closed = slices.Clone(s.count), slices.Clone(s.closed)
	return &c
}

func (s *state) load(b int) float64 { return s.work[b] / speedOf(s.batch[b]) }

func (s *state) max() float64 {
	m := 0.0
	for b := range s.work {
		m = max(m, s.load(b))
	}
	return m
}

// fits reports whether job j may join bin b.
func (s *state) fits(j, b int) bool {
	job := &s.jobs[j]
	if job.pin >= 0 && job.pin != b || job.unsafe && s.batch[b] || s.closed[b] || job.alone && s.count[b] > 0 || s.count[b] > 0 && s.tables[b]+job.tables > s.limit {
		return false
	}
	for _, other := range job.apart {
		if s.bin[other] == b {
			return false
		}
	}
	return true
}

func (s *state) put(j, b int) {
	job := &s.jobs[j]
	s.bin[j] = b
	s.work[b] += job.weight
	s.tables[b] += job.tables
	s.count[b]++
	s.closed[b] = job.alone
}

func (s *state) take(j int) {
	b, job := s.bin[j], &s.jobs[j]
	s.bin[j] = -1
	s.count[b]--
	s.tables[b] -= job.tables
	s.closed[b] = false
	s.work[b] -= job.weight
	if s.count[b] == 0 {
		s.work[b] = 0 // no rounding dust in an empty bin
	}
}

// filled reports whether one job alone nearly makes up the bound of a bin: nothing should be added to it needlessly.
func (s *state) filled(b int) bool { return s.count[b] == 1 && s.low > 0 && s.load(b) >= 0.8*s.low }

func packInto(jobs []job, batch []bool, limit int, low float64) (packing, bool) {
	order := placingOrder(jobs)
	var best *state
	keep := func(s *state) {
		if s != nil && (best == nil || s.max() < best.max()*(1-1e-9)) {
			best = s
		}
	}
	keep(longestFirst(newState(jobs, batch, limit, low), order))
	if best == nil || best.max() > low*1.0001 {
		hi := low * 4 / 3
		if best != nil {
			hi = best.max()
		}
		lo := low
		for range 12 {
			mid := (lo + hi) / 2
			if s := firstFit(newState(jobs, batch, limit, low), order, mid); s != nil {
				keep(s)
				hi = mid
			} else {
				lo = mid
			}
		}
	}
	if best != nil && best.max() > low*1.0001 {
		keep(improve(best.clone()))
	}
	if best == nil || best.max() > low*1.01 && len(jobs) <= 40 {
		keep(search(jobs, batch, limit, low, order, best))
	}
	if best == nil {
		return packing{}, false
	}
	p := packing{bin: best.bin, batch: batch, max: best.max(), load: make([]float64, len(batch))}
	for b := range batch {
		p.load[b] = best.load(b)
	}
	return p, true
}

// placingOrder puts first what has the least choice: pinned jobs, lonely ones, ones with enemies; then the heaviest.
func placingOrder(jobs []job) []int {
	order := make([]int, len(jobs))
	for i := range order {
		order[i] = i
	}
	rank := func(j job) int {
		switch {
		case j.pin >= 0:
			return 0
		case j.alone && j.unsafe:
			return 1
		case j.alone:
			return 2
		case len(j.apart) > 0:
			return 3
		}
		return 4
	}
	slices.SortStableFunc(order, func(a, b int) int {
		return cmp.Or(cmp.Compare(rank(jobs[a]), rank(jobs[b])), cmp.Compare(jobs[b].weight, jobs[a].weight))
	})
	return order
}

// longestFirst puts each job where it finishes earliest; jobs without weight go where the fewest tables are.
func longestFirst(s *state, order []int) *state {
	for _, j := range order {
		best := -1
		for b := range s.work {
			if !s.fits(j, b) {
				continue
			}
			if best < 0 || s.better(j, b, best) {
				best = b
			}
		}
		if best < 0 {
			return nil
		}
		s.put(j, best)
	}
	return s
}

func (s *state) better(j, b, than int) bool {
	w := s.jobs[j].weight
	if w == 0 {
		if f, g := s.filled(b), s.filled(than); f != g && s.jobs[j].pin < 0 {
			// A slot that one hot table fills stays its own, unless every slot is full.
			return g
		}
		return s.tables[b] < s.tables[than]
	}
	x, y := (s.work[b]+w)/speedOf(s.batch[b]), (s.work[than]+w)/speedOf(s.batch[than])
	if x != y {
		return x < y
	}
	return s.tables[b] < s.tables[than]
}

func firstFit(s *state, order []int, capacity float64) *state {
	for _, j := range order {
		placed := false
		if s.jobs[j].weight == 0 {
			best := -1
			for b := range s.work {
				if s.fits(j, b) && (best < 0 || s.better(j, b, best)) {
					best = b
				}
			}
			if best >= 0 {
				s.put(j, best)
				placed = true
			}
		}
		for b := 0; b < len(s.work) && !placed; b++ {
			if s.fits(j, b) && (s.work[b]+s.jobs[j].weight)/speedOf(s.batch[b]) <= capacity {
				s.put(j, b)
				placed = true
			}
		}
		if !placed {
			return nil
		}
	}
	return s
}

// improve moves jobs out of the heaviest bin, or swaps them with lighter ones, as long as the maximum falls.
func improve(s *state) *state {
	const looked = 300 // jobs looked at in a bin: with more than that, longest first has levelled the bins already
	for range 200 {
		top := 0
		for b := range s.work {
			if s.load(b) > s.load(top) {
				top = b
			}
		}
		was := s.load(top)
		if was <= s.low*1.00001 {
			break
		}
		members := s.members(looked)
		bestMax, bestJob, bestBin, bestOther := was*(1-1e-9), -1, -1, -1
		for _, j := range members[top] {
			w := s.jobs[j].weight
			if w == 0 || s.jobs[j].pin >= 0 {
				continue
			}
			s.take(j)
			for b := range s.work {
				if b == top {
					continue
				}
				if s.fits(j, b) {
					if m := max(s.load(top), (s.work[b]+w)/speedOf(s.batch[b])); m < bestMax {
						bestMax, bestJob, bestBin, bestOther = m, j, b, -1
					}
				}
				for _, o := range members[b] {
					v := s.jobs[o].weight
					if v >= w || s.jobs[o].pin >= 0 {
						continue
					}
					m := max((s.work[top]+v)/speedOf(s.batch[top]), (s.work[b]-v+w)/speedOf(s.batch[b]))
					if m >= bestMax {
						continue
					}
					s.take(o)
					if s.fits(o, top) && s.fits(j, b) {
						bestMax, bestJob, bestBin, bestOther = m, j, b, o
					}
					s.put(o, b)
				}
			}
			s.put(j, top)
		}
		if bestJob < 0 {
			break
		}
		s.take(bestJob)
		if bestOther >= 0 {
			s.take(bestOther)
			s.put(bestOther, top)
		}
		s.put(bestJob, bestBin)
	}
	return s
}

func (s *state) members(limit int) [][]int {
	members := make([][]int, len(s.work))
	for j, b := range s.bin { // jobs are in the order of their weight
		if len(members[b]) < limit {
			members[b] = append(members[b], j)
		}
	}
	return members
}

// search looks through assignments depth first until it has seen as many partial ones as it is allowed.
func search(jobs []job, batch []bool, limit int, low float64, order []int, incumbent *state) *state {
	const allowed = 200_000
	s := newState(jobs, batch, limit, low)
	best, bestMax, seen := incumbent, math.Inf(1), 0
	if best != nil {
		bestMax = best.max()
	}
	rest := make([]float64, len(order)+1)
	for i := len(order) - 1; i >= 0; i-- {
		rest[i] = rest[i+1] + jobs[order[i]].weight
	}
	speed := 0.0
	for _, b := range batch {
		speed += speedOf(b)
	}
	free := make([]bool, len(batch)) // bins nobody is pinned to are interchangeable while empty
	for b := range free {
		free[b] = true
	}
	for _, j := range jobs {
		if j.pin >= 0 {
			free[j.pin] = false
		}
	}
	done := 0.0
	var place func(i int, worst float64)
	place = func(i int, worst float64) {
		seen++
		if seen > allowed || bestMax <= low*1.00001 || max(worst, (done+rest[i])/speed) >= bestMax*(1-1e-9) {
			return
		}
		if i == len(order) {
			best, bestMax = s.clone(), worst
			return
		}
		j := order[i]
		bins := make([]int, 0, len(batch))
		var emptySlow, emptyFast bool
		for b := range batch {
			if !s.fits(j, b) {
				continue
			}
			if s.count[b] == 0 && free[b] {
				if batch[b] && emptyFast || !batch[b] && emptySlow {
					continue
				}
				emptyFast, emptySlow = emptyFast || batch[b], emptySlow || !batch[b]
			}
			bins = append(bins, b)
		}
		slices.SortStableFunc(bins, func(a, b int) int {
			return cmp.Compare((s.work[a]+jobs[j].weight)/speedOf(batch[a]), (s.work[b]+jobs[j].weight)/speedOf(batch[b]))
		})
		for _, b := range bins {
			s.put(j, b)
			done += jobs[j].weight
			place(i+1, max(worst, s.load(b)))
			done -= jobs[j].weight
			s.take(j)
		}
	}
	place(0, 0)
	return best
}
