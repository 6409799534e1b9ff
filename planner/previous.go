package planner

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"github.com/pgcutover/pgcutover/analyze"
)

// Changes says what differs from the plan before, for people. A plan itself holds nothing of it.
type Changes struct {
	Previous string         // fingerprint of the plan before
	Groups   string         // a sentence about their number, when it changed; empty: it did not
	Stayed   int            // tables that stay in their group
	Moved    []Move         // by table
	New      []analyze.Name // copied now and not before, by name
	Gone     []analyze.Name // copied before and not now, by name
	Items    string         // a sentence about the pieces of the load
	Underway string         // set by who knows that the plan before is being carried out: what the changes mean then
}

// Move is a table that changes its group.
type Move struct {
	Table    analyze.Name
	From, To int // group numbers
	Reason   string
}

// PreviousError says why a plan cannot be the one before.
type PreviousError struct{ Reason string }

func (e *PreviousError) Error() string { return "the previous plan: " + e.Reason }

// MakeAfter plans like [Make] and keeps what can stay of a plan made before of the same database: every table stays in its
// group unless a constraint forbids it or the heaviest group would be more than slots.tolerance heavier than it need be; the
// load is cut as before as long as that costs no more time than the same share. From the plan before, nothing but the
// assignment of tables to groups and pieces matters: after a plan made of the same inventory and options, the same plan comes
// out again.
//
// Errors are those of Make, and a [PreviousError] when the plan before is of another database.
func MakeAfter(previous Plan, inv analyze.Inventory, opt Options, timings []Timing) (Plan, Changes, error) {
	if was, is := previous.Source.Database, inv.Database.Name; was != is {
		return Plan{}, Changes{}, &PreviousError{fmt.Sprintf("is of the database %s, the inventory of %s", analyze.Display(was), analyze.Display(is))}
	}
	if was, is := previous.Source.SystemIdentifier, inv.Server.SystemIdentifier; was != "" && is != "" && was != is {
		return Plan{}, Changes{}, &PreviousError{fmt.Sprintf("is of the server with the system identifier %s, the inventory of %s", was, is)}
	}
	h := &history{plan: &previous, group: map[analyze.Name]int{}, why: map[analyze.Name]string{}}
	for _, t := range previous.Tables {
		if t.Group > 0 {
			h.group[t.Name] = t.Group
		}
	}
	p, err := makePlan(inv, opt, timings, h)
	if err != nil {
		return Plan{}, Changes{}, err
	}
	return p, h.changes(p), nil
}

// history is the plan before, and what became of it.
type history struct {
	plan   *Plan
	group  map[analyze.Name]int    // of every table that was copied
	why    map[analyze.Name]string // reasons of moves
	groups string
	items  string
}

func (h *history) changes(p Plan) Changes {
	c := Changes{Previous: h.plan.Fingerprint(), Groups: h.groups, Items: h.items}
	copied := map[analyze.Name]bool{}
	for _, t := range p.Tables {
		was, is := h.group[t.Name], t.Group
		copied[t.Name] = is > 0
		switch {
		case is == 0:
		case was == 0:
			c.New = append(c.New, t.Name)
		case was == is:
			c.Stayed++
		default:
			c.Moved = append(c.Moved, Move{t.Name, was, is, cmp.Or(h.why[t.Name], "the groups were made anew")})
		}
	}
	for _, t := range h.plan.Tables {
		if t.Group > 0 && !copied[t.Name] {
			c.Gone = append(c.Gone, t.Name)
		}
	}
	return c
}

// regroup is an assignment of units to the groups of the plan before, in the making.
type regroup struct {
	jobs  []job
	units []*unit
	limit int
	k     int
	bin   []int // of each unit; -1: not placed
	home  []int // where it was placed for having been there before; -1: nowhere
	why   []string

	// of each group
	work                  []float64
	tables, count, unsafe []int
	lonely                []int // the unit that has it for its own; -1: none
}

func (r *regroup) reset(k int) {
	r.k, r.bin, r.home = k, slices.Repeat([]int{-1}, len(r.units)), slices.Repeat([]int{-1}, len(r.units))
	r.work, r.tables, r.count, r.unsafe = make([]float64, k), make([]int, k), make([]int, k), make([]int, k)
	r.lonely = slices.Repeat([]int{-1}, k)
}

// move puts unit i into a group, or nowhere (-1).
func (r *regroup) move(i, to int) {
	j := &r.jobs[i]
	add := func(g, sign int) {
		r.count[g] += sign
		r.tables[g] += sign * j.tables
		r.work[g] += float64(sign) * j.weight
		if j.unsafe {
			r.unsafe[g] += sign
		}
		if r.count[g] == 0 {
			r.work[g] = 0 // no rounding dust in an empty group
		}
	}
	if from := r.bin[i]; from >= 0 {
		add(from, -1)
		if r.lonely[from] == i {
			r.lonely[from] = -1
		}
	}
	if r.bin[i] = to; to >= 0 {
		add(to, 1)
		if j.alone {
			r.lonely[to] = i
		}
	}
}

// load is what a group needs: it is applied in batches unless one of its tables must not be.
func (r *regroup) load(g int) float64 { return r.work[g] / speedOf(r.unsafe[g] == 0) }

func (r *regroup) max() float64 {
	m := 0.0
	for g := range r.k {
		m = max(m, r.load(g))
	}
	return m
}

// maxWith is the heaviest group's load with unit i elsewhere, and the load of the group it goes to.
func (r *regroup) maxWith(i, to int) (heaviest, load float64) {
	from := r.bin[i]
	was := [2]float64{r.work[to], 0}
	if from >= 0 {
		was[1] = r.work[from]
	}
	r.move(i, to)
	heaviest, load = r.max(), r.load(to)
	r.move(i, from)
	if r.work[to] = was[0]; from >= 0 {
		r.work[from] = was[1]
	}
	return heaviest, load
}

// stay looks for an assignment with as few moves as possible that keeps to all constraints and is balanced as well as the
// fresh one but for the tolerance. ok is false where there is none.
func (b *builder) stay(w wishes, units []*unit, fresh packing) (p packing, ok bool) {
	h := b.history
	jobs, _ := jobsOf(units, w)
	r := &regroup{jobs: jobs, units: units, limit: b.opt.Slots.MaxTables, why: make([]string, len(units))}
	before := len(h.plan.Groups)
	k := before
	if b.opt.Slots.Count > 0 {
		k = len(fresh.batch)
	}
	for _, u := range units {
		k = max(k, u.pin)
	}
	k = min(k, len(units), cmp.Or(b.opt.Slots.Count, b.opt.Slots.Max))
	if k < 1 {
		return packing{}, false
	}
	reference := fresh
	if len(fresh.batch) < k {
		if reference, ok = pack(jobs, k, r.limit); !ok {
			return packing{}, false
		}
	}
	for {
		r.reset(k)
		r.place(h)
		tolerated := reference.max * (1 + b.opt.Slots.Tolerance)
		if r.settle(tolerated) {
			r.goBack(tolerated)
			p = r.packing()
			p.bound = min(reference.bound, p.max)
			b.remember(r, before)
			return p, true
		}
		// What was enough before is not any more: as many as a fresh start would take.
		if k >= len(fresh.batch) {
			return packing{}, false
		}
		k, reference = len(fresh.batch), fresh
	}
}

// place puts every unit where most of it was, unless a constraint forbids it there: who has least choice stays, the others
// give way, the lightest first.
func (r *regroup) place(h *history) {
	for _, i := range placingOrder(r.jobs) {
		u := r.units[i]
		r.why[i] = ""
		votes := map[int]float64{}
		for _, t := range u.tables {
			if g := h.group[t.Name]; g >= 1 {
				votes[g] += 1 + t.Weight*float64(len(u.tables))
			}
		}
		best := 0
		for g := 1; g <= r.k; g++ {
			if votes[g] > 0 && (best == 0 || votes[g] > votes[best]) {
				best = g
			}
		}
		if len(votes) > 1 {
			r.why[i] = "tables that share a slot were in different groups"
		}
		if u.pin > 0 && best != u.pin {
			r.why[i] = "the configuration pins it"
			best = u.pin
		}
		if best == 0 {
			continue
		}
		if reason := r.forbids(i, best-1); reason != "" {
			r.why[i] = reason
			continue
		}
		r.move(i, best-1)
		r.home[i] = best - 1
	}
}

// goBack undoes moves that later ones have made needless.
func (r *regroup) goBack(tolerated float64) {
	for i, home := range r.home {
		if from := r.bin[i]; home < 0 || from == home || r.count[from] < 2 || r.forbids(i, home) != "" {
			continue
		}
		if m, _ := r.maxWith(i, home); m <= tolerated*(1+levelled) {
			r.move(i, home)
			r.why[i] = ""
		}
	}
}

// forbids says why unit i must not join group g; empty: it may.
func (r *regroup) forbids(i, g int) string {
	j := &r.jobs[i]
	switch {
	case j.pin >= 0 && j.pin != g:
		return "the configuration pins it"
	case r.count[g] == 0:
		return ""
	case r.lonely[g] >= 0:
		return fmt.Sprintf("%s has a slot of its own", r.units[r.lonely[g]].first())
	case j.alone:
		return "it has a slot of its own by the configuration"
	case r.tables[g]+j.tables > r.limit:
		return fmt.Sprintf("a slot takes %d tables at most", r.limit)
	}
	for _, o := range j.apart {
		if r.bin[o] == g {
			return fmt.Sprintf("it is to be apart from %s", r.units[o].first())
		}
	}
	return ""
}

// settle finds a place for units that have none and for groups that are empty, then moves as few units as it takes to get the
// heaviest group down to what is tolerated.
func (r *regroup) settle(tolerated float64) bool {
	for _, i := range placingOrder(r.jobs) {
		if r.bin[i] >= 0 {
			continue
		}
		best, lowest, lightest := -1, 0.0, 0.0
		for g := range r.k {
			if r.forbids(i, g) != "" {
				continue
			}
			m, l := r.maxWith(i, g)
			if best < 0 || m < lowest*(1-levelled) || m <= lowest*(1+levelled) && l < lightest {
				best, lowest, lightest = g, m, l
			}
		}
		if best < 0 {
			return false
		}
		r.move(i, best)
	}
	for g := range r.k {
		if r.count[g] == 0 {
			if !r.relieve(func(i int) string {
				return fmt.Sprintf("group %d would be empty without it", g+1)
			}, g, math.Inf(1)) {
				return false
			}
		}
	}
	for range len(r.units) {
		now := r.max()
		if now <= tolerated*(1+levelled) {
			return true
		}
		if !r.relieve(func(i int) string {
			return fmt.Sprintf("group %d would need %s otherwise", r.bin[i]+1, Percent(now))
		}, -1, now*(1-levelled)) {
			return r.exchange(tolerated)
		}
	}
	return r.max() <= tolerated*(1+levelled)
}

// exchange is what is left where moving one unit helps no more: units change places with those of other groups.
func (r *regroup) exchange(tolerated float64) bool {
	batch := make([]bool, r.k)
	for g := range batch {
		batch[g] = r.unsafe[g] == 0
	}
	left := effort
	s := newState(r.jobs, batch, r.limit, 0)
	s.low, s.effort, s.draft = tolerated/(1+s.enough()), &left, &drafts{}
	for i, g := range r.bin {
		s.put(i, g)
	}
	why := fmt.Sprintf("group %d would need %s otherwise", s.heaviest()+1, Percent(s.max()))
	s.descend()
	if s.max() > tolerated*(1+levelled) {
		return false
	}
	for i, g := range s.bin {
		if g != r.bin[i] {
			r.why[i] = why
			r.move(i, g)
		}
	}
	return true
}

// relieve moves one unit, the one with which the heaviest group becomes lightest: out of the heaviest group, or into a group
// that is given. It is done only when the heaviest group gets below a limit.
func (r *regroup) relieve(why func(i int) string, into int, below float64) bool {
	top := 0
	for g := range r.k {
		if r.load(g) > r.load(top) {
			top = g
		}
	}
	best, to := -1, -1
	for i, from := range r.bin {
		if r.count[from] < 2 || into < 0 && from != top || r.jobs[i].pin >= 0 {
			continue
		}
		for g := range r.k {
			if g == from || into >= 0 && g != into || r.forbids(i, g) != "" {
				continue
			}
			if m, _ := r.maxWith(i, g); m < below {
				best, to, below = i, g, m
			}
		}
	}
	if best < 0 {
		return false
	}
	r.why[best] = why(best)
	r.move(best, to)
	return true
}

// packing is the assignment for the rest of the planning. Sums are taken anew, in the order of the units.
func (r *regroup) packing() packing {
	p := packing{bin: slices.Clone(r.bin), batch: make([]bool, r.k), load: make([]float64, r.k)}
	for i, g := range r.bin {
		p.load[g] += r.jobs[i].weight
	}
	for g := range p.load {
		p.batch[g] = r.unsafe[g] == 0
		p.load[g] /= speedOf(p.batch[g])
		p.max = max(p.max, p.load[g])
	}
	return p
}

// remember keeps the reasons for the report.
func (b *builder) remember(r *regroup, before int) {
	h := b.history
	for i, u := range r.units {
		for _, t := range u.tables {
			if was := h.group[t.Name]; was > 0 && was != r.bin[i]+1 {
				h.why[t.Name] = cmp.Or(r.why[i], "its group is gone")
			}
		}
	}
	if r.k != before {
		h.groups = fmt.Sprintf("%s in place of %d.", analyze.Count(r.k, "group"), before)
	}
}

// relabel numbers the groups of a fresh packing so that as much weight as possible keeps its number.
func (h *history) relabel(units []*unit, p packing) packing {
	k := len(p.batch)
	fixed := make([]bool, k)
	type pair struct {
		bin, group int
		weight     float64
	}
	shared := map[[2]int]float64{}
	for i, u := range units {
		fixed[p.bin[i]] = fixed[p.bin[i]] || u.pin != 0
		for _, t := range u.tables {
			if g := h.group[t.Name]; g >= 1 && g <= k {
				shared[[2]int{p.bin[i], g - 1}] += 1e-9 + t.Weight
			}
		}
	}
	var pairs []pair
	for x, w := range shared {
		if !fixed[x[0]] && !fixed[x[1]] {
			pairs = append(pairs, pair{x[0], x[1], w})
		}
	}
	slices.SortFunc(pairs, func(x, y pair) int {
		return cmp.Or(cmp.Compare(y.weight, x.weight), cmp.Compare(x.bin, y.bin), cmp.Compare(x.group, y.group))
	})
	to, taken := slices.Repeat([]int{-1}, k), slices.Clone(fixed)
	for bin := range to {
		if fixed[bin] {
			to[bin] = bin
		}
	}
	for _, x := range pairs {
		if to[x.bin] < 0 && !taken[x.group] {
			to[x.bin], taken[x.group] = x.group, true
		}
	}
	for bin := range to {
		if to[bin] < 0 {
			to[bin] = slices.Index(taken, false)
			taken[to[bin]] = true
		}
	}
	q := packing{bin: make([]int, len(p.bin)), batch: make([]bool, k), load: make([]float64, k), max: p.max, bound: p.bound}
	for bin, g := range to {
		q.batch[g], q.load[g] = p.batch[bin], p.load[bin]
	}
	for i, bin := range p.bin {
		q.bin[i] = to[bin]
	}
	return q
}
