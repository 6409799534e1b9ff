package planner

import (
	"cmp"
	"slices"
)

// parcel is one or two jobs, or none, that change their bin together.
type parcel struct {
	weight float64
	jobs   [2]int // -1: none
	tables int
	unsafe bool
}

func (p *parcel) count() int {
	switch {
	case p.jobs[0] < 0:
		return 0
	case p.jobs[1] < 0:
		return 1
	}
	return 2
}

func (p *parcel) has(j int) bool { return p.jobs[0] == j || p.jobs[1] == j }

// exchange is a step of [state.descend]: what leaves the heaviest bin for another, and what comes back in its place.
type exchange struct {
	out, back parcel
	bin       int
	max       float64 // of the two bins afterwards
}

// drafts are the lists that a step needs, kept for the next one.
type drafts struct {
	members [][]int
	out     []parcel
	back    []parcel
}

// enough is how close to the bound is close enough, relatively.
func (s *state) enough() float64 {
	if len(s.jobs) <= exactJobs {
		return levelled
	}
	return nearBound
}

func (s *state) near() bool { return s.max() <= s.low*(1+s.enough()) }

func (s *state) heaviest() int {
	top := 0
	for b := range s.work {
		if s.load(b) > s.load(top) {
			top = b
		}
	}
	return top
}

// descend exchanges jobs between the heaviest bin and another as long as that makes the heavier of the two lighter: one for none or one,
// and where that leads no further, up to two for up to two.
func (s *state) descend() {
	for range 200 {
		if s.near() || *s.effort <= 0 {
			return
		}
		top := s.heaviest()
		s.listMembers()
		if !s.step(top, false) && !s.step(top, true) {
			return
		}
	}
}

// Jobs of a bin that a step looks at: of more, the heaviest and the lightest half as many.
const (
	lookedSingles = 200
	lookedPairs   = 10
)

// step does the exchange that makes the heavier of the two bins lightest. ok is false when none makes it lighter than the heaviest is.
func (s *state) step(top int, pairs bool) (ok bool) {
	best := exchange{max: s.load(top) * (1 - levelled), bin: -1}
	s.draft.out = s.parcels(s.draft.out[:0], top, pairs)
	for b := range s.work {
		if b == top || s.load(b) >= best.max {
			continue
		}
		s.draft.back = append(s.draft.back[:0], parcel{jobs: [2]int{-1, -1}})
		s.draft.back = s.parcels(s.draft.back, b, pairs)
		slices.SortFunc(s.draft.back, func(x, y parcel) int { return cmp.Compare(x.weight, y.weight) })
		speedTop, speedBin := speedOf(s.batch[top]), speedOf(s.batch[b])
		level := (s.work[top]*speedBin - s.work[b]*speedTop) / (speedTop + speedBin) // net weight that makes both equally heavy
		for i := range s.draft.out {
			s.fit(top, b, level, &s.draft.out[i], &best)
		}
		*s.effort -= len(s.draft.out) + len(s.draft.back)
	}
	if best.bin < 0 {
		return false
	}
	s.apply(top, best)
	return true
}

// fit looks for what bin b best gives back for what leaves the heaviest: nearest to the ideal weight first, in both directions.
func (s *state) fit(top, b int, level float64, out *parcel, best *exchange) {
	if out.unsafe && s.batch[b] {
		return
	}
	back := s.draft.back
	at, _ := slices.BinarySearchFunc(back, out.weight-level, func(p parcel, w float64) int { return cmp.Compare(p.weight, w) })
	for _, way := range [2]int{-1, 1} {
		i := at
		if way < 0 {
			i--
		}
		for ; i >= 0 && i < len(back); i += way {
			*s.effort--
			w := out.weight - back[i].weight
			m := max((s.work[top]-w)/speedOf(s.batch[top]), (s.work[b]+w)/speedOf(s.batch[b]))
			if m >= best.max {
				break
			}
			if s.allows(top, b, out, &back[i]) {
				*best = exchange{*out, back[i], b, m}
				break
			}
		}
	}
}

// parcels lists the jobs of a bin that may leave it, and with pairs every two of them.
func (s *state) parcels(list []parcel, b int, pairs bool) []parcel {
	members, looked := s.draft.members[b], lookedSingles
	if pairs {
		looked = lookedPairs
	}
	add := func(i int) {
		if j := &s.jobs[members[i]]; j.pin < 0 {
			list = append(list, parcel{j.weight, [2]int{members[i], -1}, j.tables, j.unsafe})
		}
	}
	first := len(list)
	if len(members) <= looked {
		for i := range members {
			add(i)
		}
	} else {
		for i := range looked / 2 {
			add(i)
		}
		for i := len(members) - looked/2; i < len(members); i++ {
			add(i)
		}
	}
	if !pairs {
		return list
	}
	last := len(list)
	for i := first; i < last; i++ {
		for k := i + 1; k < last; k++ {
			x, y := &list[i], &list[k]
			list = append(list, parcel{x.weight + y.weight, [2]int{x.jobs[0], y.jobs[0]}, x.tables + y.tables, x.unsafe || y.unsafe})
		}
	}
	return list
}

// allows reports whether the constraints allow an exchange.
func (s *state) allows(top, b int, out, back *parcel) bool {
	return s.takes(b, out, back) && s.takes(top, back, out)
}

// takes reports whether a bin may hold what comes in place of what goes.
func (s *state) takes(b int, in, gone *parcel) bool {
	count := s.count[b] + in.count() - gone.count()
	if in.unsafe && s.batch[b] || count > 1 && s.tables[b]+in.tables-gone.tables > s.limit || s.closed[b] && gone.count() == 0 && in.count() > 0 {
		return false
	}
	for _, j := range in.jobs {
		if j < 0 {
			break
		}
		if s.jobs[j].alone && count > 1 {
			return false
		}
		for _, other := range s.jobs[j].apart {
			if s.bin[other] == b && !gone.has(other) {
				return false
			}
		}
	}
	return true
}

func (s *state) apply(top int, x exchange) {
	for i := range 2 {
		if j := x.out.jobs[i]; j >= 0 {
			s.take(j)
		}
		if j := x.back.jobs[i]; j >= 0 {
			s.take(j)
		}
	}
	for i := range 2 {
		if j := x.out.jobs[i]; j >= 0 {
			s.put(j, x.bin)
		}
		if j := x.back.jobs[i]; j >= 0 {
			s.put(j, top)
		}
	}
}

// listMembers lists the jobs of each bin, heaviest first.
func (s *state) listMembers() {
	d := s.draft
	if len(d.members) < len(s.work) {
		d.members = make([][]int, len(s.work))
	}
	for b := range d.members {
		d.members[b] = d.members[b][:0]
	}
	for j, b := range s.bin { // jobs are in the order of their weight
		d.members[b] = append(d.members[b], j)
	}
}
