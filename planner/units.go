package planner

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/pgcutover/pgcutover/analyze"
)

// unit is a job with what it is made of.
type unit struct {
	tables []*Table // by name
	at     []int    // their positions
	weight float64
	unsafe bool
	alone  bool
	pin    int             // group number; 0: any
	why    map[string]bool // reasons that hold its tables together, and the configuration's wishes
}

func (u *unit) because(reason string) {
	if u.why == nil {
		u.why = map[string]bool{}
	}
	u.why[reason] = true
}

func (u *unit) first() analyze.Name { return u.tables[0].Name }

// wishes are the grouping options with their tables looked up.
type wishes struct {
	alone    []analyze.Name
	together [][]analyze.Name
	apart    [][]analyze.Name
	pin      map[analyze.Name]int
}

func (b *builder) wishes() (w wishes, err error) {
	s := b.opt.Slots
	check := func(path string, names []analyze.Name) error {
		for _, n := range names {
			if !b.copied(n) {
				return wrong(path, "%s is in no slot: %s", n, b.table(n).Reason)
			}
		}
		return nil
	}
	if w.alone, err = b.known.findAll("slots.dedicated", s.Dedicated); err != nil {
		return w, err
	}
	if err := check("slots.dedicated", w.alone); err != nil {
		return w, err
	}
	for _, list := range []struct {
		path  string
		texts [][]string
		into  *[][]analyze.Name
	}{{"slots.together", s.Together, &w.together}, {"slots.apart", s.Apart, &w.apart}} {
		for i, texts := range list.texts {
			path := fmt.Sprintf("%s[%d]", list.path, i)
			names, err := b.known.findAll(path, texts)
			if err != nil {
				return w, err
			}
			if err := check(path, names); err != nil {
				return w, err
			}
			if len(names) < 2 {
				return w, wrong(path, "needs at least two tables")
			}
			*list.into = append(*list.into, names)
		}
	}
	w.pin = map[analyze.Name]int{}
	texts := make([]string, 0, len(s.Pin))
	for text := range s.Pin {
		texts = append(texts, text)
	}
	slices.Sort(texts)
	for _, text := range texts {
		n, err := b.known.find("slots.pin", text)
		if err != nil {
			return w, err
		}
		if err := check("slots.pin", []analyze.Name{n}); err != nil {
			return w, err
		}
		group := s.Pin[text]
		if most := cmp.Or(s.Count, s.Max); group < 1 || group > most {
			return w, &OptionError{"slots.pin", fmt.Sprintf("%s is pinned to group %d, and there are %d at most", n, group, most), "groups are numbered from 1; raise slots.count or slots.max for more"}
		}
		if other, twice := w.pin[n]; twice && other != group {
			return w, wrong("slots.pin", "%s is pinned to groups %d and %d", n, min(group, other), max(group, other))
		}
		w.pin[n] = group
	}
	return w, nil
}

// units joins tables that have to share a slot. piece tells the pieces of a tree that was taken apart from each other; nil
// leaves every tree whole.
func (b *builder) units(w wishes, piece map[analyze.Name]int) ([]*unit, error) {
	leader := make([]int, len(b.tables)) // of each table, by position: the first of its unit, or one on the way to it
	for i := range leader {
		leader[i] = i
	}
	find := func(i int) int {
		for leader[i] != i {
			leader[i] = leader[leader[i]]
			i = leader[i]
		}
		return i
	}
	join := func(x, y int) {
		x, y = find(x), find(y)
		leader[max(x, y)] = min(x, y)
	}
	for _, names := range w.together {
		for _, n := range names[1:] {
			join(b.at[names[0]], b.at[n])
		}
	}
	pinned := map[analyze.Name]bool{}
	for n := range w.pin {
		pinned[n] = true
	}
	for _, n := range w.alone {
		pinned[n] = true
	}
	for _, names := range w.apart {
		for _, n := range names {
			pinned[n] = true // somebody decided about this very leaf
		}
	}
	type part struct {
		root  analyze.Name
		piece int
	}
	first := map[part]int{} // of trees
	for i := range b.tables {
		p := &b.tables[i]
		if !p.Handling.Copied() || p.Root == nil && len(b.kids[p.Name]) == 0 || pinned[p.Name] {
			continue
		}
		root := p.Name
		if p.Root != nil {
			root = *p.Root
		}
		k := part{root, piece[p.Name]}
		if other, ok := first[k]; ok {
			join(other, i)
		} else {
			first[k] = i
		}
	}
	byLeader := make([]*unit, len(b.tables))
	units := make([]*unit, 0, len(b.tables))
	// Most units are one table: all in one piece, and no lists for each.
	made, of, at := make([]unit, len(b.tables)), make([]*Table, len(b.tables)), make([]int, len(b.tables))
	for i := range b.tables {
		p := &b.tables[i]
		if !p.Handling.Copied() {
			continue
		}
		u := byLeader[find(i)]
		if u == nil {
			u = &made[i]
			u.tables, u.at = of[i:i:i+1], at[i:i:i+1]
			byLeader[find(i)] = u
			units = append(units, u)
		}
		u.tables, u.at = append(u.tables, p), append(u.at, i)
		u.weight += p.Weight
		u.unsafe = u.unsafe || p.BatchUnsafe != ""
		if p.Root != nil && (len(u.tables) > 1 || piece[p.Name] > 0) {
			if piece[p.Name] == 0 {
				u.because(fmt.Sprintf("The tables under %s stay together, because rows may move between them", *p.Root))
			} else {
				u.because(fmt.Sprintf("The tree under %s is too heavy for one slot and was taken apart", *p.Root))
			}
		}
	}
	holding := func(n analyze.Name) *unit { return byLeader[find(b.at[n])] }
	for _, names := range w.together {
		holding(names[0]).because("Kept together by the configuration: " + list(names, 3))
	}
	for _, n := range sortedNames(w.pin) {
		u, g := holding(n), w.pin[n]
		if u.pin != 0 && u.pin != g {
			return nil, &OptionError{"slots.pin", fmt.Sprintf("%s is pinned to group %d, but has to share its slot with a table pinned to group %d", n, g, u.pin), "look at slots.together and slots.pin"}
		}
		u.pin = g
		u.because(fmt.Sprintf("%s is pinned to this group by the configuration", n))
	}
	for _, n := range w.alone {
		u := holding(n)
		if len(u.tables) > 1 {
			return nil, &OptionError{"slots.dedicated", fmt.Sprintf("%s is to have a slot of its own and to share one with %s", n, other(u, n)), "look at slots.together"}
		}
		u.alone = true
		u.because(fmt.Sprintf("%s has a slot of its own by the configuration", n))
	}
	for i, names := range w.apart {
		for j, n := range names {
			for _, m := range names[:j] {
				if holding(n) == holding(m) {
					return nil, &OptionError{fmt.Sprintf("slots.apart[%d]", i), fmt.Sprintf("%s and %s are to be apart and together at once", m, n), "look at slots.together"}
				}
				if holding(n).pin != 0 && holding(n).pin == holding(m).pin {
					return nil, &OptionError{fmt.Sprintf("slots.apart[%d]", i), fmt.Sprintf("%s and %s are to be apart, and both are pinned to group %d", m, n, holding(n).pin), "look at slots.pin"}
				}
			}
		}
	}
	taken := map[int]*unit{}
	for _, u := range units {
		if u.pin == 0 {
			continue
		}
		if v := taken[u.pin]; v != nil && (u.alone || v.alone) {
			return nil, &OptionError{"slots.dedicated", fmt.Sprintf("%s and %s are pinned to group %d, and one of them is to have a slot of its own", v.first(), u.first(), u.pin), "look at slots.pin"}
		}
		taken[u.pin] = u
	}
	slices.SortFunc(units, func(x, y *unit) int {
		if x.weight != y.weight {
			return cmp.Compare(y.weight, x.weight)
		}
		return cmp.Compare(x.at[0], y.at[0])
	})
	return units, nil
}

func other(u *unit, n analyze.Name) analyze.Name {
	for _, p := range u.tables {
		if p.Name != n {
			return p.Name
		}
	}
	return n
}

func sortedNames[V any](m map[analyze.Name]V) []analyze.Name {
	names := make([]analyze.Name, 0, len(m))
	for n := range m {
		names = append(names, n)
	}
	slices.SortFunc(names, analyze.Name.Compare)
	return names
}

// list shows up to n names.
func list(names []analyze.Name, n int) string {
	var out []string
	for _, name := range names[:min(n, len(names))] {
		out = append(out, name.String())
	}
	s := strings.Join(out, ", ")
	if more := len(names) - n; more > 0 {
		s += fmt.Sprintf(" and %d more", more)
	}
	return s
}
