package planner

import (
	"math"
	"slices"
)

// search goes through assignments depth first (branch and bound), as long as there are nodes left.
type search struct {
	*state
	order   []int
	left    *int      // partial assignments that may still be looked at
	best    *state    // nil: none yet
	bestMax float64   // only lighter ones are looked for
	rest    []float64 // weight of the jobs from a position of the order on
	unsafe  []float64 // of those that are unsafe
	least   []float64 // the lightest of them with any weight
	free    []bool    // bins that no job names: alike while they hold the same
	twin    []int     // position of the job before in the order that is just like it; -1: none
	bins    [][]int   // of each depth: where its job may go
}

func newSearch(empty *state, order []int, left *int) *search {
	s := &search{state: empty, order: order, left: left, bestMax: math.Inf(1)}
	jobs, batch, n := s.jobs, s.batch, len(order)
	s.rest, s.unsafe, s.least = make([]float64, n+1), make([]float64, n+1), make([]float64, n+1)
	s.least[n] = math.Inf(1)
	for i := n - 1; i >= 0; i-- {
		j := &jobs[order[i]]
		s.rest[i], s.unsafe[i], s.least[i] = s.rest[i+1]+j.weight, s.unsafe[i+1], s.least[i+1]
		if j.unsafe {
			s.unsafe[i] += j.weight
		}
		if j.weight > 0 {
			s.least[i] = min(s.least[i], j.weight)
		}
	}
	s.free = slices.Repeat([]bool{true}, len(batch))
	s.twin = slices.Repeat([]int{-1}, n)
	for i, o := range order {
		j := &jobs[o]
		if j.pin >= 0 {
			s.free[j.pin] = false
		}
		if i > 0 {
			p := &jobs[order[i-1]]
			if p.weight == j.weight && p.tables == j.tables && p.unsafe == j.unsafe && !p.alone && !j.alone && p.pin == j.pin && len(p.apart) == 0 && len(j.apart) == 0 {
				s.twin[i] = i - 1
			}
		}
	}
	s.bins = make([][]int, n)
	for i := range s.bins {
		s.bins[i] = make([]int, 0, len(batch))
	}
	return s
}

// place tries every bin for the job at position i of the order; worst is the heaviest bin so far.
func (s *search) place(i int, worst float64) {
	if *s.left <= 0 || worst >= s.bestMax*(1-levelled) || s.best != nil && s.bestMax <= s.low*(1+levelled) {
		return
	}
	*s.left--
	if i == len(s.order) {
		s.best, s.bestMax = s.clone(), worst
		return
	}
	if !s.room(i) {
		return
	}
	j := s.order[i]
	for _, b := range s.candidates(i, j) {
		s.put(j, b)
		s.place(i+1, max(worst, s.load(b)))
		s.take(j)
	}
}

// room reports whether the jobs from position i on can go into the bins without making one as heavy as the best maximum: what
// is left in a bin counts only where the lightest of them still goes in.
func (s *search) room(i int) bool {
	if math.IsInf(s.bestMax, 1) {
		return true
	}
	slow, fast := 0.0, 0.0
	for b, fastBin := range s.batch {
		space := s.bestMax*speedOf(fastBin) - s.work[b]
		switch {
		case s.closed[b] || space <= s.least[i]*(1-levelled):
		case fastBin:
			fast += space
		default:
			slow += space
		}
	}
	const dust = 1e-12
	return s.rest[i] <= (slow+fast)*(1+dust) && s.unsafe[i] <= slow*(1+dust)
}

// candidates are the bins for job j at position i, lightest first. Of bins that are alike one is enough, and of jobs that are
// alike the later one never goes into an earlier bin.
func (s *search) candidates(i, j int) []int {
	bins := s.bins[i][:0]
	first := 0
	if s.twin[i] >= 0 {
		first = s.bin[s.order[s.twin[i]]]
	}
	w := s.jobs[j].weight
	for b := first; b < len(s.batch); b++ {
		if !s.fits(j, b) || s.twinBin(b, bins, first) {
			continue
		}
		at := len(bins)
		bins = append(bins, b)
		for ; at > 0 && (s.work[b]+w)/speedOf(s.batch[b]) < (s.work[bins[at-1]]+w)/speedOf(s.batch[bins[at-1]]); at-- {
			bins[at] = bins[at-1]
		}
		bins[at] = b
	}
	return bins
}

// twinBin reports whether an empty bin is like one that is a candidate already.
func (s *search) twinBin(b int, bins []int, first int) bool {
	if s.count[b] > 0 || !s.free[b] {
		return false
	}
	return slices.ContainsFunc(bins, func(o int) bool {
		return o >= first && s.count[o] == 0 && s.free[o] && s.batch[o] == s.batch[b]
	})
}
