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
	effort *int // exchanges that may still be looked at
	draft  *drafts
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

// become makes s a copy of another state of the same work.
func (s *state) become(o *state) {
	copy(s.bin, o.bin)
	copy(s.work, o.work)
	copy(s.tables, o.tables)
	copy(s.count, o.count)
	copy(s.closed, o.closed)
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
