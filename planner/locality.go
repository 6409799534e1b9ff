package planner

import (
	"cmp"
	"slices"

	"github.com/pgcutover/pgcutover/analyze"
)

// localize moves units beside the units they are tied to by foreign keys, as long as that costs no balance: the heaviest
// group stays as heavy as it is, and no group ends up with many more tables than another.
//
// It is a preference only. Foreign keys are off while changes are applied, and each slot commits on its own; tables that
// refer to each other within one slot spend less time in disagreement, and can be restarted without touching another slot.
func (b *builder) localize(w wishes, units []*unit, p *packing) {
	unitOf := slices.Repeat([]int{-1}, len(b.tables))
	for i, u := range units {
		for _, at := range u.at {
			unitOf[at] = i
		}
	}
	type edge struct {
		to     int
		weight float64
	}
	edges := make([][]edge, len(units))
	for i, u := range units {
		for at, t := range u.tables {
			constraints := b.source[u.at[at]].Constraints
			for k := range constraints {
				c := &constraints[k]
				if c.Kind != analyze.ForeignKey || c.References == nil {
					continue
				}
				to, ok := b.at[*c.References]
				if !ok || unitOf[to] < 0 || unitOf[to] == i {
					continue
				}
				j, weight := unitOf[to], 1+min(t.Weight, b.tables[to].Weight)
				edges[i] = append(edges[i], edge{j, weight})
				edges[j] = append(edges[j], edge{i, weight})
			}
		}
	}
	k := len(p.batch)
	jobs, _ := jobsOf(units, w)
	s := newState(jobs, p.batch, b.opt.Slots.MaxTables, p.bound)
	for i, bin := range p.bin {
		s.put(i, bin)
	}
	tables := 0
	for _, n := range s.tables {
		tables += n
	}
	limit := max(tables*3/(2*k)+1, slices.Max(s.tables)) // tables in a group
	gain, order := make([]float64, k), make([]int, k)
	for range 4 {
		moved := false
		for i := len(units) - 1; i >= 0; i-- { // the lightest first: they cost the least
			from := s.bin[i]
			if len(edges[i]) == 0 || jobs[i].alone || jobs[i].pin >= 0 || s.count[from] == 1 {
				continue
			}
			clear(gain)
			for _, e := range edges[i] {
				gain[s.bin[e.to]] += e.weight
			}
			for g := range order {
				order[g] = g
			}
			slices.SortStableFunc(order, func(x, y int) int { return cmp.Compare(gain[y], gain[x]) })
			for _, to := range order {
				if gain[to] <= gain[from] {
					break
				}
				s.take(i)
				room := (s.work[to]+jobs[i].weight)/speedOf(s.batch[to]) <= p.max*(1+1e-9) && s.tables[to]+jobs[i].tables <= limit
				if room && !s.filled(to) && s.fits(i, to) {
					s.put(i, to)
					moved = true
					break
				}
				s.put(i, from)
			}
		}
		if !moved {
			break
		}
	}
	copy(p.bin, s.bin)
}
