package planner

import (
	"cmp"
	"slices"
	"strings"

	"github.com/pgcutover/pgcutover/analyze"
)

// isDeferred reports whether the target goes without a unique index or constraint while changes are applied.
//
// Deferrable ones always are: within one transaction of the source they may be violated for a moment, and an apply that
// checks them at once fails there. The others are when the configuration says so, except the one that identifies rows.
func (b *builder) isDeferred(t *analyze.Table, x analyze.Index) bool {
	if !x.Unique && !x.Exclusion {
		return false
	}
	if id := identityIndex(t); id != nil && id.Name == x.Name {
		return false
	}
	if c := constraintOf(t, x); !x.Immediate || c != nil && c.Deferrable {
		return true
	}
	return b.opt.Unique == UniqueDefer && !x.Primary && !x.ReplicaIdentity
}

func constraintOf(t *analyze.Table, x analyze.Index) *analyze.Constraint {
	for i := range t.Constraints {
		c := &t.Constraints[i]
		if x.Constraint != "" && c.Name == x.Constraint && c.Kind != analyze.ForeignKey && c.Kind != analyze.Check {
			return c
		}
	}
	return nil
}

// byDefinition reports constraints that cannot take over an index built before: exclusion constraints, and keys WITHOUT OVERLAPS (18).
func byDefinition(x analyze.Index, c *analyze.Constraint) bool {
	return c.Kind == analyze.Exclusion || x.Exclusion || x.Method != "btree" || strings.Contains(c.Definition, "WITHOUT OVERLAPS")
}

func spec(c *analyze.Constraint, usingIndex, only bool) *ConstraintSpec {
	return &ConstraintSpec{Kind: c.Kind, UsingIndex: usingIndex, Only: only, Deferrable: c.Deferrable, Deferred: c.Deferred}
}

// draft is a build that has no id yet; needs point at other drafts.
type draft struct {
	Build
	needs []*draft
	items []int
	level int // height above the leaves of a partition tree
}

// builds lists what is built on loaded tables during the load.
func (b *builder) builds(items []Item) []Build {
	cover := coverage(items)
	var indexes, constraints, attaches, analyzes []*draft
	ofIndex := map[analyze.Name]*draft{}   // what makes an index ready to be attached
	ofTable := map[analyze.Name][]*draft{} // every build of a table
	for i := range b.tables {
		p := &b.tables[i]
		t := b.source[p.Name]
		if p.Handling == LeftOut || t.Kind != analyze.Ordinary {
			continue
		}
		x, c := b.buildsOf(t, cover[p.Name], ofIndex)
		indexes, constraints = append(indexes, x...), append(constraints, c...)
		ofTable[p.Name] = append(slices.Clone(x), c...)
	}
	attaches = b.attaches(ofIndex, ofTable)
	constraints = append(constraints, b.notValid(cover, ofTable)...)
	analyzes = b.analyzes(cover, ofTable)

	largest := func(x, y *draft) int {
		return cmp.Or(cmp.Compare(x.level, y.level), cmp.Compare(y.Bytes, x.Bytes), x.Table.Compare(y.Table), strings.Compare(x.Name, y.Name))
	}
	for _, list := range [][]*draft{indexes, constraints, attaches} {
		slices.SortStableFunc(list, largest)
	}
	slices.SortStableFunc(analyzes, func(x, y *draft) int { return cmp.Or(cmp.Compare(x.level, y.level), x.Table.Compare(y.Table)) })
	all := ordered(slices.Concat(indexes, constraints, attaches, analyzes))
	for i, d := range all {
		d.ID = len(items) + 1 + i
	}
	out := make([]Build, len(all))
	for i, d := range all {
		needs := slices.Clone(d.items)
		for _, n := range d.needs {
			needs = append(needs, n.ID)
		}
		slices.Sort(needs)
		d.Needs = slices.Compact(needs)
		out[i] = d.Build
	}
	return out
}

// ordered puts every draft behind what it needs, and otherwise leaves the order alone: ids only ever need smaller ones.
func ordered(all []*draft) []*draft {
	out := make([]*draft, 0, len(all))
	seen := make(map[*draft]bool, len(all))
	var visit func(d *draft)
	visit = func(d *draft) {
		if seen[d] {
			return
		}
		seen[d] = true
		for _, n := range d.needs {
			visit(n)
		}
		out = append(out, d)
	}
	for _, d := range all {
		visit(d)
	}
	return out
}

// buildsOf are the indexes of one table with rows, and the constraints that stand on them.
//
// A constraint waits for every index of its table: CREATE INDEX holds a SHARE lock to its end, ADD CONSTRAINT asks for
// ACCESS EXCLUSIVE, and a worker that only waits for a lock is a worker lost.
func (b *builder) buildsOf(t *analyze.Table, items []int, ofIndex map[analyze.Name]*draft) (indexes, constraints []*draft) {
	var last []*draft // indexes followed by an ALTER TABLE, which takes the stronger lock
	for _, x := range t.Indexes {
		if !x.Valid || !x.Ready || b.isDeferred(t, x) {
			continue
		}
		size := int64(0)
		if x.Bytes != nil {
			size = *x.Bytes
		}
		c := constraintOf(t, x)
		name := analyze.Name{Schema: t.Name.Schema, Name: x.Name}
		identity := x.ReplicaIdentity && t.ReplicaIdentity == "index"
		if c != nil && byDefinition(x, c) {
			d := &draft{items: items, Build: Build{Kind: BuildConstraint, Table: t.Name, Name: c.Name, Definition: c.Definition, Constraint: spec(c, false, false), Clustered: x.Clustered, ReplicaIdentity: identity, Bytes: size}}
			constraints = append(constraints, d)
			ofIndex[name] = d
			continue
		}
		d := &draft{items: items, Build: Build{Kind: BuildIndex, Table: t.Name, Name: x.Name, Definition: x.Definition, StatisticsTargets: x.StatisticsTargets, Bytes: size}}
		ofIndex[name] = d
		indexes = append(indexes, d)
		if c == nil {
			d.Clustered, d.ReplicaIdentity = x.Clustered, identity
			if d.Clustered || d.ReplicaIdentity {
				last = append(last, d)
			}
			continue
		}
		k := &draft{items: items, Build: Build{Kind: BuildConstraint, Table: t.Name, Name: c.Name, Definition: c.Definition, Constraint: spec(c, true, false), Clustered: x.Clustered, ReplicaIdentity: identity}}
		constraints = append(constraints, k)
		ofIndex[name] = k
	}
	for _, d := range indexes {
		if slices.Contains(last, d) {
			continue
		}
		for _, l := range last {
			l.needs = append(l.needs, d)
		}
	}
	for i, l := range last {
		l.needs = append(l.needs, last[:i]...)
	}
	for _, k := range constraints {
		k.needs = indexes
	}
	return indexes, constraints
}

// attaches makes the indexes and constraints of partitioned tables, each when every partition has its own.
func (b *builder) attaches(ofIndex map[analyze.Name]*draft, ofTable map[analyze.Name][]*draft) []*draft {
	children := b.indexChildren()
	var out []*draft
	var attach func(t *analyze.Table, x *analyze.Index) *draft
	attach = func(t *analyze.Table, x *analyze.Index) *draft {
		name := analyze.Name{Schema: t.Name.Schema, Name: x.Name}
		if d := ofIndex[name]; d != nil || t.Kind != analyze.Partitioned {
			return d
		}
		if !x.Valid || b.isDeferred(t, *x) || !b.present(t.Name) {
			return nil
		}
		d := &draft{Build: Build{Kind: BuildAttach, Table: t.Name, Name: x.Name, Definition: x.Definition}}
		if c := constraintOf(t, *x); c != nil {
			d.Name, d.Definition, d.Constraint = c.Name, c.Definition, spec(c, false, true)
		}
		for _, child := range children[name] {
			if n := attach(child.table, child.index); n != nil {
				d.needs = append(d.needs, n)
				d.level = max(d.level, n.level+1)
				d.Attach = append(d.Attach, analyze.Name{Schema: child.table.Name.Schema, Name: child.index.Name})
			}
		}
		// ATTACH locks the partition's table too: wait until nothing is built there any more.
		for _, below := range b.below(t.Name) {
			for _, o := range ofTable[below] {
				if o.Kind != BuildAttach {
					d.needs = append(d.needs, o)
				}
			}
		}
		// One at a time for each table, for the same reason.
		for _, o := range ofTable[t.Name] {
			d.needs = append(d.needs, o)
			d.level = max(d.level, o.level+1)
		}
		ofTable[t.Name] = append(ofTable[t.Name], d)
		ofIndex[name] = d
		out = append(out, d)
		return d
	}
	for i := range b.tables {
		t := b.source[b.tables[i].Name]
		if t.Kind != analyze.Partitioned {
			continue
		}
		for j := range t.Indexes {
			attach(t, &t.Indexes[j])
		}
	}
	return out
}

// indexChild is an index attached to one of a partitioned table.
type indexChild struct {
	table *analyze.Table
	index *analyze.Index
}

func (b *builder) indexChildren() map[analyze.Name][]indexChild {
	children := map[analyze.Name][]indexChild{}
	for i := range b.tables {
		t := b.source[b.tables[i].Name]
		for j := range t.Indexes {
			if x := &t.Indexes[j]; x.Parent != nil {
				children[*x.Parent] = append(children[*x.Parent], indexChild{t, x})
			}
		}
	}
	return children
}

// below lists every descendant of a table, parents before children.
func (b *builder) below(n analyze.Name) []analyze.Name {
	var out []analyze.Name
	seen := map[analyze.Name]bool{n: true}
	queue := []analyze.Name{n}
	for len(queue) > 0 {
		for _, kid := range b.kids[queue[0]] {
			if !seen[kid] {
				seen[kid] = true
				out, queue = append(out, kid), append(queue, kid)
			}
		}
		queue = queue[1:]
	}
	return out
}

// notValid are the CHECK constraints that the source has not validated, which a schema dump keeps for after the data.
func (b *builder) notValid(cover map[analyze.Name][]int, ofTable map[analyze.Name][]*draft) []*draft {
	var out []*draft
	for i := range b.tables {
		t := b.source[b.tables[i].Name]
		if !b.present(t.Name) || t.Kind == analyze.Foreign {
			continue
		}
		var before *draft
		for j := range t.Constraints {
			c := &t.Constraints[j]
			if c.Kind != analyze.Check || c.Validated || c.Inherited {
				continue
			}
			d := &draft{Build: Build{Kind: BuildConstraint, Table: t.Name, Name: c.Name, Definition: c.Definition, Constraint: spec(c, false, false)}}
			for _, n := range append([]analyze.Name{t.Name}, b.below(t.Name)...) {
				d.items = append(d.items, cover[n]...)
				d.needs = append(d.needs, ofTable[n]...)
			}
			for _, n := range d.needs {
				d.level = max(d.level, n.level+1)
			}
			if before != nil {
				d.needs = append(d.needs, before)
			}
			before = d
			out = append(out, d)
		}
	}
	for _, d := range out {
		ofTable[d.Table] = append(ofTable[d.Table], d)
	}
	return out
}

// analyzes gather the statistics of each table when everything of it is built, of parents when their children are done.
func (b *builder) analyzes(cover map[analyze.Name][]int, ofTable map[analyze.Name][]*draft) []*draft {
	done := map[analyze.Name]*draft{}
	var out []*draft
	var visit func(n analyze.Name) *draft
	visit = func(n analyze.Name) *draft {
		if d, ok := done[n]; ok {
			return d
		}
		done[n] = nil // a circle of parents cannot be, but a file can say anything
		p := b.table(n)
		if p == nil || !p.Handling.Copied() && (p.Handling != Structure || b.source[n].Kind != analyze.Partitioned) {
			return nil
		}
		d := &draft{Build: Build{Kind: BuildAnalyze, Table: n}, items: cover[n], needs: slices.Clone(ofTable[n])}
		for _, kid := range b.kids[n] {
			if k := visit(kid); k != nil {
				d.needs = append(d.needs, k)
				d.level = max(d.level, k.level+1)
			}
		}
		done[n] = d
		out = append(out, d)
		return d
	}
	for i := range b.tables {
		visit(b.tables[i].Name)
	}
	return out
}
