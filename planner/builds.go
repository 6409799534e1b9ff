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
func (b *builder) isDeferred(t *analyze.Table, x *analyze.Index) bool {
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

func constraintOf(t *analyze.Table, x *analyze.Index) *analyze.Constraint {
	for i := range t.Constraints {
		c := &t.Constraints[i]
		if x.Constraint != "" && c.Name == x.Constraint && c.Kind != analyze.ForeignKey && c.Kind != analyze.Check {
			return c
		}
	}
	return nil
}

// byDefinition reports constraints that cannot take over an index built before: exclusion constraints, and keys WITHOUT OVERLAPS (18).
func byDefinition(x *analyze.Index, c *analyze.Constraint) bool {
	return c.Kind == analyze.Exclusion || x.Exclusion || x.Method != "btree" || strings.Contains(c.Definition, "WITHOUT OVERLAPS")
}

func spec(c *analyze.Constraint, usingIndex, only bool) *ConstraintSpec {
	return &ConstraintSpec{Kind: c.Kind, UsingIndex: usingIndex, Only: only, Deferrable: c.Deferrable, Deferred: c.Deferred}
}

// draft is a build that has no id yet; needs point at other drafts.
type draft struct {
	Build
	at    int // position of its table
	needs []*draft
	items []int
	level int  // height above the leaves of a partition tree
	done  bool // has its place in the order
}

// keyBeforeLoad reports whether an index is built on the empty table: the one that AWS DMS finds rows by, where it loads them itself. Changes to
// a table that is loaded already may be applied while another one is still being read.
func (b *builder) keyBeforeLoad(t *analyze.Table, x *analyze.Index) bool {
	return b.opt.FullLoad() && (x.Primary || x.ReplicaIdentity && t.ReplicaIdentity == "index")
}

// early has a draft built before anything is loaded.
func (d *draft) early(first bool) {
	if first {
		d.BeforeLoad, d.items = true, nil
	}
}

// builds lists what is built on loaded tables during the load.
func (b *builder) builds(items []Item) []Build {
	if b.isPhysical() {
		return nil
	}
	cover := b.coverage(items, b.where.items)
	var indexes, constraints, attaches, analyzes []*draft
	ofIndex := map[analyze.Name]*draft{}       // what makes a partition's index ready to be attached
	ofTable := make([][]*draft, len(b.tables)) // every build of a table, by its position
	for i, t := range b.source {
		if b.tables[i].Handling == LeftOut || t.Kind != analyze.Ordinary {
			continue
		}
		x, c := b.buildsOf(i, cover[i], ofIndex)
		indexes, constraints = append(indexes, x...), append(constraints, c...)
		ofTable[i] = append(x, c...)
	}
	attaches = b.attaches(ofIndex, ofTable)
	constraints = append(constraints, b.notValid(cover, ofTable)...)
	analyzes = b.analyzes(cover, ofTable)

	for _, list := range [][]*draft{indexes, constraints, attaches} {
		largestFirst(list)
	}
	slices.SortStableFunc(analyzes, func(x, y *draft) int { return cmp.Or(cmp.Compare(x.level, y.level), cmp.Compare(x.at, y.at)) })
	all := ordered(slices.Concat(indexes, constraints, attaches, analyzes))
	slices.SortStableFunc(all, func(x, y *draft) int { return cmp.Compare(truth(y.BeforeLoad), truth(x.BeforeLoad)) }) // which need nothing of the others
	needed := 0
	for i, d := range all {
		d.ID = len(items) + 1 + i
		needed += len(d.items) + len(d.needs)
	}
	out, ids := make([]Build, len(all)), make([]int, 0, needed) // no list for each
	b.where.builds = make([]int, len(all))
	for i, d := range all {
		first := len(ids)
		ids = append(ids, d.items...)
		for _, n := range d.needs {
			ids = append(ids, n.ID)
		}
		needs := ids[first:len(ids):len(ids)]
		slices.Sort(needs)
		d.Needs = slices.Compact(needs)
		out[i], b.where.builds[i] = d.Build, d.at
	}
	return out
}

// largestFirst sorts drafts of one height. What they are compared by is beside them, because they lie all over the memory.
func largestFirst(list []*draft) {
	type key struct {
		level, at, was int
		bytes          int64
		of             *draft
	}
	keys := make([]key, len(list))
	for i, d := range list {
		keys[i] = key{d.level, d.at, i, d.Bytes, d}
	}
	slices.SortFunc(keys, func(x, y key) int {
		switch { // cmp.Or would compare the names of all
		case x.level != y.level:
			return cmp.Compare(x.level, y.level)
		case x.bytes != y.bytes:
			return cmp.Compare(y.bytes, x.bytes)
		case x.at != y.at:
			return cmp.Compare(x.at, y.at)
		}
		return cmp.Or(strings.Compare(x.of.Name, y.of.Name), cmp.Compare(x.was, y.was))
	})
	for i := range keys {
		list[i] = keys[i].of
	}
}

// ordered puts every draft behind what it needs, and otherwise leaves the order alone: ids only ever need smaller ones.
func ordered(all []*draft) []*draft {
	out := make([]*draft, 0, len(all))
	var visit func(d *draft)
	visit = func(d *draft) {
		if d.done {
			return
		}
		d.done = true
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
func (b *builder) buildsOf(at int, items []int, ofIndex map[analyze.Name]*draft) (indexes, constraints []*draft) {
	t := b.source[at]
	indexes = make([]*draft, 0, 2*len(t.Indexes)) // with room for the constraints behind them
	var last []*draft                             // indexes followed by an ALTER TABLE, which takes the stronger lock
	ready := func(x *analyze.Index, d *draft) {
		if x.Parent != nil {
			ofIndex[analyze.Name{Schema: t.Name.Schema, Name: x.Name}] = d
		}
	}
	for i := range t.Indexes {
		x := &t.Indexes[i]
		if !x.Valid || !x.Ready || b.isDeferred(t, x) {
			continue
		}
		size := int64(0)
		if x.Bytes != nil {
			size = *x.Bytes
		}
		c := constraintOf(t, x)
		identity := x.ReplicaIdentity && t.ReplicaIdentity == "index"
		if c != nil && byDefinition(x, c) {
			d := &draft{at: at, items: items, Build: Build{Kind: BuildConstraint, Table: t.Name, Name: c.Name, Definition: c.Definition, Constraint: spec(c, false, false), Clustered: x.Clustered, ReplicaIdentity: identity, Bytes: size}}
			d.early(b.keyBeforeLoad(t, x))
			constraints = append(constraints, d)
			ready(x, d)
			continue
		}
		d := &draft{at: at, items: items, Build: Build{Kind: BuildIndex, Table: t.Name, Name: x.Name, Definition: x.Definition, StatisticsTargets: x.StatisticsTargets, Bytes: size}}
		first := b.keyBeforeLoad(t, x)
		d.early(first)
		ready(x, d)
		indexes = append(indexes, d)
		if c == nil {
			d.Clustered, d.ReplicaIdentity = x.Clustered, identity
			if d.Clustered || d.ReplicaIdentity {
				last = append(last, d)
			}
			continue
		}
		k := &draft{at: at, items: items, Build: Build{Kind: BuildConstraint, Table: t.Name, Name: c.Name, Definition: c.Definition, Constraint: spec(c, true, false), Clustered: x.Clustered, ReplicaIdentity: identity}}
		if first {
			k.early(true)
			k.needs = []*draft{d}
		}
		constraints = append(constraints, k)
		ready(x, k)
	}
	last = slices.DeleteFunc(last, func(d *draft) bool { return d.BeforeLoad })
	for _, d := range indexes {
		if len(last) == 0 || slices.Contains(last, d) {
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
		if !k.BeforeLoad {
			k.needs = slices.Clip(indexes)
		}
	}
	return indexes, constraints
}

// attaches makes the indexes and constraints of partitioned tables, each when every partition has its own.
func (b *builder) attaches(ofIndex map[analyze.Name]*draft, ofTable [][]*draft) []*draft {
	children := b.indexChildren()
	var out []*draft
	var attach func(t *analyze.Table, x *analyze.Index) *draft
	attach = func(t *analyze.Table, x *analyze.Index) *draft {
		name := analyze.Name{Schema: t.Name.Schema, Name: x.Name}
		if d := ofIndex[name]; d != nil || t.Kind != analyze.Partitioned {
			return d
		}
		if !x.Valid || b.isDeferred(t, x) || !b.present(t.Name) {
			return nil
		}
		at := b.at[t.Name]
		d := &draft{at: at, Build: Build{Kind: BuildAttach, Table: t.Name, Name: x.Name, Definition: x.Definition}}
		if c := constraintOf(t, x); c != nil {
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
			at, planned := b.at[below]
			if !planned {
				continue
			}
			for _, o := range ofTable[at] {
				if o.Kind != BuildAttach {
					d.needs = append(d.needs, o)
				}
			}
		}
		// One at a time for each table, for the same reason.
		for _, o := range ofTable[at] {
			d.needs = append(d.needs, o)
			d.level = max(d.level, o.level+1)
		}
		ofTable[at] = append(ofTable[at], d)
		ofIndex[name] = d
		out = append(out, d)
		return d
	}
	for _, t := range b.source {
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
	for _, t := range b.source {
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
func (b *builder) notValid(cover [][]int, ofTable [][]*draft) []*draft {
	var out []*draft
	for i, t := range b.source {
		if b.tables[i].Handling == LeftOut || t.Kind == analyze.Foreign {
			continue
		}
		var before *draft
		for j := range t.Constraints {
			c := &t.Constraints[j]
			if c.Kind != analyze.Check || c.Validated || c.Inherited {
				continue
			}
			d := &draft{at: i, Build: Build{Kind: BuildConstraint, Table: t.Name, Name: c.Name, Definition: c.Definition, Constraint: spec(c, false, false)}}
			for _, n := range append([]analyze.Name{t.Name}, b.below(t.Name)...) {
				if at, planned := b.at[n]; planned {
					d.items = append(d.items, cover[at]...)
					d.needs = append(d.needs, ofTable[at]...)
				}
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
		ofTable[d.at] = append(ofTable[d.at], d)
	}
	return out
}

// analyzes gather the statistics of each table when everything of it is built, of parents when their children are done.
func (b *builder) analyzes(cover [][]int, ofTable [][]*draft) []*draft {
	seen, done := make([]bool, len(b.tables)), make([]*draft, len(b.tables))
	out := make([]*draft, 0, len(b.tables))
	var visit func(at int) *draft
	visit = func(at int) *draft {
		if seen[at] { // not done: a circle of parents cannot be, but a file can say anything
			return done[at]
		}
		seen[at] = true
		p := &b.tables[at]
		if !p.Handling.Copied() && (p.Handling != Structure || b.source[at].Kind != analyze.Partitioned) {
			return nil
		}
		d := &draft{at: at, Build: Build{Kind: BuildAnalyze, Table: p.Name}, items: cover[at], needs: ofTable[at]}
		for _, kid := range b.kids[p.Name] {
			if k := visit(b.at[kid]); k != nil {
				d.needs = append(slices.Clip(d.needs), k)
				d.level = max(d.level, k.level+1)
			}
		}
		done[at] = d
		out = append(out, d)
		return d
	}
	for i := range b.tables {
		visit(i)
	}
	return out
}
