package planner

import (
	"cmp"
	"slices"
)

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
	effort *int // exchanges that may still be looked at; nil: none
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

// placingOrder puts first what has the least choice: pinned jobs, lonely ones, ones with enemies; then the heaviest.
func placingOrder(jobs []job) []int {
	order := make([]int, len(jobs))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int {
		return cmp.Or(cmp.Compare(rank(&jobs[a]), rank(&jobs[b])), cmp.Compare(jobs[b].weight, jobs[a].weight))
	})
	return order
}

func rank(j *job) int {
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

// bulkyFirst puts what has many tables first, for where their number is what makes it hard.
func bulkyFirst(jobs []job, order []int) []int {
	order = slices.Clone(order)
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(jobs[b].tables, jobs[a].tables) })
	return order
}

// unsafeFirst puts what only slow bins take before what any bin takes.
func unsafeFirst(jobs []job, order []int) []int {
	order = slices.Clone(order)
	slices.SortStableFunc(order, func(a, b int) int {
		x, y := &jobs[a], &jobs[b]
		if x.unsafe != y.unsafe && rank(x) == rank(y) {
			if x.unsafe {
				return -1
			}
			return 1
		}
		return cmp.Compare(rank(x), rank(y))
	})
	return order
}

// shuffled disturbs the order of weights, more from round to round; in every other round nothing is left of it. The numbers come from a fixed sequence (splitmix64).
func shuffled(jobs []job, order []int, round int) []int {
	key := make([]float64, len(jobs))
	for i, j := range order {
		x := uint64(round)<<32 + uint64(i) + 0x9e3779b97f4a7c15
		x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
		x = (x ^ x>>27) * 0x94d049bb133111eb
		x ^= x >> 31
		key[j] = float64(x>>11) / (1 << 53)
		if round%2 == 0 {
			key[j] = jobs[j].weight * (1 + float64(round+4)/float64(shuffles)*(key[j]-0.5))
		}
	}
	order = slices.Clone(order)
	slices.SortStableFunc(order, func(a, b int) int {
		return cmp.Or(cmp.Compare(rank(&jobs[a]), rank(&jobs[b])), cmp.Compare(key[b], key[a]))
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

// exchange is a step of [improve]: jobs that leave the heaviest bin for another, and jobs that come back in their place.
type exchange struct {
	out, back [2]int // -1: none
	bin       int
	max       float64 // of the two bins afterwards
}

// enough is how close to the bound is close enough, relatively.
func (s *state) enough() float64 {
	if len(s.jobs) <= exactJobs {
		return levelled
	}
	return nearBound
}

// improve moves jobs out of the heaviest bin, or swaps one of them (with pairs: one or two) with lighter ones, as long as the
// maximum falls.
func improve(s *state, pairs bool) *state {
	looked := 300 // jobs looked at in a bin, the heaviest
	if len(s.jobs) > shuffledJobs {
		looked = 60
	}
	for range 200 {
		top := 0
		for b := range s.work {
			if s.load(b) > s.load(top) {
				top = b
			}
		}
		if s.load(top) <= s.low*(1+s.enough()) || s.effort == nil || *s.effort <= 0 {
			break
		}
		members := s.members(looked)
		best := exchange{max: s.load(top) * (1 - levelled), bin: -1}
		for _, j := range members[top] {
			for b := range s.work {
				s.consider(top, exchange{out: [2]int{j, -1}, back: [2]int{-1, -1}, bin: b}, &best)
				for _, o := range members[b] {
					s.consider(top, exchange{out: [2]int{j, -1}, back: [2]int{o, -1}, bin: b}, &best)
				}
			}
		}
		if best.bin < 0 && pairs {
			s.considerPairs(top, members, &best)
		}
		if best.bin < 0 {
			break
		}
		s.apply(top, best)
	}
	return s
}

// considerPairs looks at exchanges of two jobs for one and of one for two, among the jobs that are not too many for it.
func (s *state) considerPairs(top int, members [][]int, best *exchange) {
	const looked = 48
	out := members[top][:min(len(members[top]), looked)]
	for b := range s.work {
		back := members[b][:min(len(members[b]), looked)]
		for i, j := range out {
			for _, j2 := range out[i+1:] {
				for _, o := range back {
					s.consider(top, exchange{out: [2]int{j, j2}, back: [2]int{o, -1}, bin: b}, best)
				}
			}
			for x, o := range back {
				for _, o2 := range back[x+1:] {
					s.consider(top, exchange{out: [2]int{j, -1}, back: [2]int{o, o2}, bin: b}, best)
				}
			}
		}
	}
}

// consider keeps an exchange when it makes the two bins lighter than the best so far does, and the constraints allow it.
func (s *state) consider(top int, x exchange, best *exchange) {
	if x.bin == top {
		return
	}
	*s.effort--
	w := 0.0 // net weight that leaves
	for i := range x.out {
		if j := x.out[i]; j >= 0 {
			w += s.jobs[j].weight
		}
		if o := x.back[i]; o >= 0 {
			w -= s.jobs[o].weight
		}
	}
	if w <= 0 {
		return
	}
	x.max = max((s.work[top]-w)/speedOf(s.batch[top]), (s.work[x.bin]+w)/speedOf(s.batch[x.bin]))
	if x.max >= best.max {
		return
	}
	for i := range x.out {
		if j := x.out[i]; j >= 0 && (s.jobs[j].pin >= 0 || s.jobs[j].unsafe && s.batch[x.bin]) {
			return
		}
		if o := x.back[i]; o >= 0 && (s.jobs[o].pin >= 0 || s.jobs[o].unsafe && s.batch[top]) {
			return
		}
	}
	topWork, binWork := s.work[top], s.work[x.bin] // adding and taking away leaves dust
	if s.apply(top, x) {
		*best = x
		s.apply(top, exchange{out: x.back, back: x.out, bin: x.bin})
	}
	s.work[top], s.work[x.bin] = topWork, binWork
}

// apply does an exchange and reports whether the constraints allow it; if not, nothing has changed.
func (s *state) apply(top int, x exchange) bool {
	for i := range x.out {
		if x.out[i] >= 0 {
			s.take(x.out[i])
		}
		if x.back[i] >= 0 {
			s.take(x.back[i])
		}
	}
	placed := make([]int, 0, 4)
	put := func(j, b int) bool {
		if j < 0 {
			return true
		}
		if !s.fits(j, b) {
			return false
		}
		s.put(j, b)
		placed = append(placed, j)
		return true
	}
	if put(x.out[0], x.bin) && put(x.out[1], x.bin) && put(x.back[0], top) && put(x.back[1], top) {
		return true
	}
	for _, j := range placed {
		s.take(j)
	}
	for i := range x.out {
		if x.out[i] >= 0 {
			s.put(x.out[i], top)
		}
		if x.back[i] >= 0 {
			s.put(x.back[i], x.bin)
		}
	}
	return false
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
