package planner

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"github.com/pgcutover/pgcutover/analyze"
)

// groups decides the slots.
func (b *builder) groups() ([]Group, Balance, error) {
	w, err := b.wishes()
	if err != nil {
		return nil, Balance{}, err
	}
	balance := Balance{Weights: b.weights}
	units, err := b.units(w, nil)
	if err != nil {
		return nil, balance, err
	}
	if len(units) == 0 {
		balance.Reason = "There is no table to replicate."
		return nil, balance, nil
	}
	if units, err = b.splitTrees(w, units); err != nil {
		return nil, balance, err
	}
	chosen, reason, err := b.choose(w, units)
	if err != nil {
		return nil, balance, err
	}
	order := []int(nil)
	if b.history == nil {
		b.localize(w, units, &chosen)
		order = numbering(units, chosen)
	} else {
		chosen, reason = b.afterHistory(w, units, chosen, reason)
		for g := range chosen.batch {
			order = append(order, g)
		}
	}
	groups := make([]Group, len(chosen.batch))
	members := make([][]*unit, len(groups))
	for i, u := range units {
		members[order[chosen.bin[i]]] = append(members[order[chosen.bin[i]]], u)
	}
	for g := range groups {
		groups[g] = b.group(g+1, members[g], chosen.bound)
		balance.GroupMax = max(balance.GroupMax, groups[g].Load())
	}
	balance.GroupBound = round(min(chosen.bound, balance.GroupMax))
	balance.Groups = len(groups)
	balance.Reason = reason
	return groups, balance, nil
}

// afterHistory keeps the groups of the plan before where it can, and else the numbers of those that are most like them.
func (b *builder) afterHistory(w wishes, units []*unit, fresh packing, reason string) (packing, string) {
	if p, ok := b.stay(w, units, fresh); ok {
		if len(p.batch) != len(fresh.batch) {
			reason = fmt.Sprintf("%s, as before: %d would do, and a change is not worth its while.", analyze.Count(len(p.batch), "group"), len(fresh.batch))
		}
		return p, reason
	}
	b.localize(w, units, &fresh)
	if n := len(b.history.plan.Groups); n != len(fresh.batch) {
		b.history.groups = fmt.Sprintf("%s in place of %d.", analyze.Count(len(fresh.batch), "group"), n)
	}
	return b.history.relabel(units, fresh), reason
}

// splitTrees takes partition trees apart that are too heavy, or too many tables, for one slot.
func (b *builder) splitTrees(w wishes, units []*unit) ([]*unit, error) {
	k := cmp.Or(b.opt.Slots.Count, b.opt.Slots.Max)
	total := 0.0
	for _, u := range units {
		total += u.weight
	}
	// What one slot would carry if all were spread evenly, or what is configured as bearable if that is more.
	fair := total / float64(k)
	if b.weights == BySample {
		fair = max(fair, b.opt.Slots.TargetLoad)
	}
	piece := map[analyze.Name]int{}
	for _, u := range units {
		if len(u.tables) < 2 || u.weight <= fair*1.05 && len(u.tables) <= b.opt.Slots.MaxTables {
			continue
		}
		// Neighbours by name, which mostly are neighbours in time, stay together up to a quarter of a slot: small enough to
		// be spread, large enough not to scatter the tree.
		trees := map[analyze.Name]*struct {
			piece, tables int
			weight        float64
		}{}
		for _, p := range u.tables {
			if p.Root == nil {
				continue
			}
			t := trees[*p.Root]
			if t == nil {
				t = &struct {
					piece, tables int
					weight        float64
				}{piece: 1}
				trees[*p.Root] = t
			}
			if t.tables > 0 && (t.weight+p.Weight > fair/4 || t.tables >= max(b.opt.Slots.MaxTables/4, 1)) {
				t.piece, t.tables, t.weight = t.piece+1, 0, 0
			}
			piece[p.Name] = t.piece
			t.tables, t.weight = t.tables+1, t.weight+p.Weight
		}
	}
	if len(piece) == 0 {
		return units, nil
	}
	return b.units(w, piece)
}

// choose packs into the configured number of groups, or finds the smallest number worth having.
func (b *builder) choose(w wishes, units []*unit) (packing, string, error) {
	s := b.opt.Slots
	jobs, apart := jobsOf(units, w)
	least, why := 1, ""
	raise := func(n int, reason string) {
		if n > least {
			least, why = n, reason
		}
	}
	lonely, tables := 0, 0
	for _, u := range units {
		raise(u.pin, fmt.Sprintf("a table is pinned to group %d", u.pin))
		tables += len(u.tables)
		if u.alone {
			lonely++
		}
		if len(u.tables) > s.MaxTables {
			return packing{}, "", &OptionError{"slots.max_tables", fmt.Sprintf("%d tables around %s have to share a slot, and a slot takes %d", len(u.tables), u.first(), s.MaxTables), "raise slots.max_tables, or shorten slots.together"}
		}
	}
	if lonely < len(units) {
		raise(lonely+min(lonely, 1), fmt.Sprintf("%d tables have slots of their own, and the others need one", lonely))
	} else {
		raise(lonely, fmt.Sprintf("%d tables have slots of their own", lonely))
	}
	raise(apart, fmt.Sprintf("%d tables are to be kept apart from each other", apart))
	raise((tables+s.MaxTables-1)/s.MaxTables, fmt.Sprintf("%d tables at %d a slot at most", tables, s.MaxTables))
	most := min(cmp.Or(s.Count, s.Max), len(units))
	if least > most {
		if most < len(units) || s.Count > 0 {
			return packing{}, "", &OptionError{"slots.count", fmt.Sprintf("%d groups are too few: %s", most, why), "raise slots.count or slots.max"}
		}
		return packing{}, "", &OptionError{"slots.pin", fmt.Sprintf("there are tables for %d groups only, and %s", len(units), why), "pin to a lower number"}
	}
	if s.Count > 0 {
		p, ok := pack(jobs, most, s.MaxTables)
		if !ok {
			return p, "", unpackable(most)
		}
		reason := fmt.Sprintf("%s configured.", analyze.Count(s.Count, "group"))
		if most < s.Count {
			reason = fmt.Sprintf("%s configured, but there are tables for %d only.", analyze.Count(s.Count, "group"), most)
		}
		if i := slices.Index(occupied(p), false); i >= 0 {
			return p, "", &OptionError{"slots.pin", fmt.Sprintf("nothing is left for group %d", i+1), "pin to lower numbers or lower slots.count"}
		}
		return p, reason, nil
	}
	return b.auto(jobs, least, most, why)
}

func unpackable(k int) error {
	return &OptionError{"slots", fmt.Sprintf("found no way to keep to slots.apart, slots.pin, slots.dedicated and slots.max_tables with %d groups", k), "raise slots.count or slots.max, or drop one of the wishes"}
}

func occupied(p packing) []bool {
	used := make([]bool, len(p.batch))
	for _, b := range p.bin {
		used[b] = true
	}
	return used
}

// auto takes the smallest number of groups with which the heaviest stays within the target load, or, where even the
// largest number does not reach that, the number from which on one more hardly helps. Each slot decodes all WAL once more.
func (b *builder) auto(jobs []job, least, most int, why string) (packing, string, error) {
	enough, gain := b.opt.Slots.TargetLoad, 0.05
	if b.weights != BySample {
		enough, gain = 0, 0.25 // how busy the slots will be is not known: balance roughly and leave it at that
	}
	var tried []packing
	var numbers []int
	var heaviest []float64 // of what one more group could relieve
	for k := least; k <= most; k++ {
		p, ok := pack(jobs, k, b.opt.Slots.MaxTables)
		if !ok || slices.Contains(occupied(p), false) {
			continue
		}
		tried, numbers, heaviest = append(tried, p), append(numbers, k), append(heaviest, divisible(p))
		if divisible(p) <= enough || p.max == 0 {
			break
		}
	}
	if len(tried) == 0 {
		return packing{}, "", unpackable(most)
	}
	pick := len(tried) - 1
	if heaviest[pick] > enough {
		pick = 0
		for i := 1; i < len(tried); i++ {
			// The best later number counts: two hot tables of equal weight show no gain before both have a slot.
			if heaviest[i] < heaviest[pick]*math.Pow(1-gain, float64(i-pick)) {
				pick = i
			}
		}
	}
	p, k := tried[pick], numbers[pick]
	reason := ""
	switch {
	case k == least && why != "":
		reason = fmt.Sprintf("%s at least: %s; one more is not needed.", analyze.Count(k, "group"), why)
	case b.weights == BySample && p.max <= enough:
		reason = fmt.Sprintf("the smallest number with which no group needs more than %s of one apply stream; the heaviest needs %s.", Percent(enough), Percent(p.max))
	case b.weights == BySample && heaviest[pick] <= enough:
		reason = fmt.Sprintf("the smallest number with which no group needs more than %s of one apply stream, but for tables that need more alone (%s).", Percent(enough), Percent(p.max))
	case b.weights == BySample:
		reason = fmt.Sprintf("no number up to %d brings every group below %s of one apply stream; beyond %d, one more lowers the heaviest that can be divided by less than %s (the heaviest of all needs %s).", most, Percent(enough), k, Percent(gain), Percent(p.max))
	default:
		reason = fmt.Sprintf("%s, so %s served for balance: from %d on, one more group lowers the heaviest by less than %s.", b.unsampled(), b.stand(), k, Percent(gain))
	}
	return p, analyze.Capital(reason), nil
}

// divisible is the load of the heaviest group that holds more than one job: what a single job needs, no number of groups lowers.
func divisible(p packing) float64 {
	jobs := make([]int, len(p.load))
	for _, b := range p.bin {
		jobs[b]++
	}
	heaviest := 0.0
	for b, load := range p.load {
		if jobs[b] > 1 {
			heaviest = max(heaviest, load)
		}
	}
	return heaviest
}

// unsampled says why there are no sampled rates to balance by.
func (b *builder) unsampled() string {
	switch s := b.inv.Sample; {
	case s == nil:
		return "write rates were not sampled"
	case s.StatsResetBetween:
		return "the statistics were reset while write rates were sampled"
	default:
		return "no row changed while write rates were sampled"
	}
}

// stand names what stands in for sampled rates.
func (b *builder) stand() string {
	if b.weights == ByCounters {
		return "the changes counted since the last reset of the statistics"
	}
	return "bytes"
}

// jobsOf translates units for packing. apart is the size of the largest list of tables to keep apart.
func jobsOf(units []*unit, w wishes) (jobs []job, apart int) {
	jobs = make([]job, len(units))
	at := map[analyze.Name]int{}
	for i, u := range units {
		jobs[i] = job{weight: u.weight, tables: len(u.tables), unsafe: u.unsafe, alone: u.alone, pin: u.pin - 1}
		if len(w.apart) == 0 {
			continue
		}
		for _, p := range u.tables {
			at[p.Name] = i
		}
	}
	for _, names := range w.apart {
		apart = max(apart, len(names))
		for _, n := range names {
			for _, m := range names {
				if n != m && !slices.Contains(jobs[at[n]].apart, at[m]) {
					jobs[at[n]].apart = append(jobs[at[n]].apart, at[m])
				}
			}
		}
	}
	return jobs, apart
}

// numbering maps bins to group numbers less one: pinned groups keep theirs, the others follow from the heaviest on.
func numbering(units []*unit, p packing) []int {
	k := len(p.batch)
	fixed, weight, first := make([]bool, k), make([]float64, k), make([]*unit, k)
	for i, u := range units {
		b := p.bin[i]
		fixed[b] = fixed[b] || u.pin != 0
		weight[b] += u.weight
		if first[b] == nil || u.first().Compare(first[b].first()) < 0 {
			first[b] = u
		}
	}
	var loose []int
	for b := range k {
		if !fixed[b] {
			loose = append(loose, b)
		}
	}
	slots := slices.Clone(loose)
	slices.SortFunc(loose, func(x, y int) int {
		return cmp.Or(cmp.Compare(round(weight[y]), round(weight[x])), first[x].first().Compare(first[y].first()))
	})
	number := make([]int, k)
	for b := range k {
		number[b] = b
	}
	for i, b := range loose {
		number[b] = slots[i]
	}
	return number
}

func (b *builder) group(number int, units []*unit, bound float64) Group {
	g := Group{Number: number, Slot: fmt.Sprintf("%s_%02d", b.opt.Slots.Prefix, number)}
	g.UpdateSet, g.InsertSet = g.Slot, "i"+g.Slot
	g.Marker = analyze.Name{Schema: ownSchema, Name: "marker_" + g.Slot}
	var at []int
	why := map[string]bool{}
	for _, u := range units {
		at = append(at, u.at...)
		for s := range u.why {
			why[s] = true
		}
	}
	slices.Sort(at)
	b.where.groups = append(b.where.groups, at)
	tables := make([]*Table, len(at))
	for i, pos := range at {
		tables[i] = &b.tables[pos]
	}
	g.Tables = make([]analyze.Name, 0, len(at))
	var unsafe []*Table
	heaviest := tables[0]
	for _, p := range tables {
		g.Tables = append(g.Tables, p.Name)
		g.Weight += p.Weight
		g.Bytes += p.Bytes
		if p.BatchUnsafe != "" {
			unsafe = append(unsafe, p)
		}
		if p.Weight > heaviest.Weight {
			heaviest = p
		}
	}
	g.Weight = round(g.Weight)
	g.BatchApply = len(unsafe) == 0
	switch {
	case b.isNative():
		g.BatchReason = analyze.Capital(wholeTransactions) + "."
	case g.BatchApply:
		g.BatchReason = "No table of the group has a unique key beside its primary key or a LOB too large for batches."
	case len(unsafe) == 1:
		g.BatchReason = analyze.Capital(fmt.Sprintf("row by row because of %s: %s.", unsafe[0].Name, unsafe[0].BatchUnsafe))
	default:
		g.BatchReason = analyze.Capital(fmt.Sprintf("row by row because of %d tables, such as %s: %s.", len(unsafe), unsafe[0].Name, unsafe[0].BatchUnsafe))
	}
	sentences := []string{b.balanceReason(g, tables, heaviest, bound)}
	for _, s := range slices.Sorted(maps.Keys(why)) {
		sentences = append(sentences, s+".")
	}
	if len(sentences) > 5 {
		sentences = append(sentences[:5], fmt.Sprintf("and %d more reasons of that kind.", len(sentences)-5))
	}
	g.Reason = strings.Join(sentences, " ")
	return g
}

func (b *builder) balanceReason(g Group, tables []*Table, heaviest *Table, bound float64) string {
	measure := "of one apply stream"
	switch b.weights {
	case ByCounters:
		measure = "of the changes counted since the last reset of the statistics"
	case ByBytes:
		measure = "of the bytes"
	}
	if len(tables) == 1 {
		if bound > 0 && g.Weight >= 0.8*bound {
			return fmt.Sprintf("%s makes up %s %s: nothing else shares its slot.", heaviest.Name, Percent(g.Weight), measure)
		}
		return fmt.Sprintf("%s alone, with %s %s.", heaviest.Name, Percent(g.Weight), measure)
	}
	if g.Weight == 0 {
		return fmt.Sprintf("%s without changes in the sample.", analyze.Count(len(tables), "table"))
	}
	if g.BatchApply && b.weights == BySample {
		return fmt.Sprintf("%s that need %s %s between them in batches, which would be %s row by row; the heaviest is %s with %s row by row.",
			analyze.Count(len(tables), "table"), Percent(g.Load()), measure, Percent(g.Weight), heaviest.Name, Percent(heaviest.Weight))
	}
	return fmt.Sprintf("%s with %s %s between them; the heaviest is %s with %s.", analyze.Count(len(tables), "table"), Percent(g.Weight), measure, heaviest.Name, Percent(heaviest.Weight))
}
