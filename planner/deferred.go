package planner

import (
	"fmt"
	"slices"
	"strings"

	"github.com/pgcutover/pgcutover/analyze"
	"github.com/pgcutover/pgcutover/planner/hazard"
)

// deferred lists what the target does without until the cutover, in the order in which it comes back.
func (b *builder) deferred() []Deferred {
	if b.isPhysical() {
		return nil
	}
	out := b.deferredUnique()
	out = append(out, b.foreignKeys()...)
	for i := range b.tables {
		t := b.source[i]
		if b.tables[i].Handling == LeftOut {
			continue
		}
		for _, g := range t.Triggers {
			out = append(out, Deferred{Kind: DeferTrigger, Table: t.Name, Name: g.Name, Definition: g.Definition, Reason: "It would fire for rows that already carry what it did on the source."})
		}
	}
	for _, r := range b.inv.Objects.Rules {
		if b.present(r.Table) {
			out = append(out, Deferred{Kind: DeferRule, Table: r.Table, Name: r.Column, Reason: "It would rewrite changes that the source has rewritten already."})
		}
	}
	for _, r := range b.inv.Objects.Policies {
		if b.present(r.Table) {
			out = append(out, Deferred{Kind: DeferPolicy, Table: r.Table, Name: r.Name, Reason: "It could hide rows from the roles that load, apply and compare."})
		}
	}
	for _, e := range b.inv.EventTriggers {
		if strings.HasPrefix(e.Name, "awsdms_") || NeverPlanned(e.Function.Schema) {
			continue
		}
		out = append(out, Deferred{Kind: DeferEventTrigger, Name: e.Name, Reason: "It would fire for the statements of the migration."})
	}
	return append(out, b.matviews()...)
}

// deferredUnique are unique and exclusion indexes; those of partitions come before those of their parents.
func (b *builder) deferredUnique() []Deferred {
	type entry struct {
		Deferred
		name  analyze.Name
		depth int
	}
	children := b.indexChildren()
	var depth func(name analyze.Name) int
	depth = func(name analyze.Name) int {
		d := 0
		for _, c := range children[name] {
			d = max(d, 1+depth(analyze.Name{Schema: c.table.Name.Schema, Name: c.index.Name}))
		}
		return d
	}
	var plain, owned []entry
	for i := range b.tables {
		t := b.source[i]
		if b.tables[i].Handling == LeftOut {
			continue
		}
		for j := range t.Indexes {
			x := &t.Indexes[j]
			if !x.Valid || !b.isDeferred(t, x) {
				continue
			}
			name := analyze.Name{Schema: t.Name.Schema, Name: x.Name}
			e := entry{name: name, depth: depth(name)}
			e.Table, e.Name, e.Definition, e.Kind = t.Name, x.Name, x.Definition, DeferIndex
			e.Reason = "Kept off so that changes can be applied in batches, which do not keep the order between rows."
			c := constraintOf(t, x)
			if !x.Immediate || c != nil && c.Deferrable {
				e.Reason = "Deferrable: within one transaction of the source it may be violated for a moment, and the apply checks it at once."
			}
			for _, kid := range children[name] {
				if b.present(kid.table.Name) && kid.index.Valid {
					e.Attach = append(e.Attach, analyze.Name{Schema: kid.table.Name.Schema, Name: kid.index.Name})
				}
			}
			if c == nil {
				plain = append(plain, e)
				continue
			}
			e.Kind, e.Name, e.Definition, e.Index = DeferConstraint, c.Name, c.Definition, x.Definition
			only := t.Kind == analyze.Partitioned
			e.Constraint = spec(c, !only && !byDefinition(x, c), only)
			owned = append(owned, e)
		}
	}
	var out []Deferred
	for _, list := range [][]entry{plain, owned} {
		slices.SortStableFunc(list, func(x, y entry) int { return x.depth - y.depth })
		for _, e := range list {
			out = append(out, e.Deferred)
		}
	}
	return out
}

// foreignKeys are those declared on a table itself: what a partition has from its parent comes with the parent's.
func (b *builder) foreignKeys() []Deferred {
	var out []Deferred
	for i := range b.tables {
		t := b.source[i]
		if b.tables[i].Handling == LeftOut {
			continue
		}
		for j := range t.Constraints {
			c := &t.Constraints[j]
			if c.Kind != analyze.ForeignKey || c.Inherited || c.References != nil && !b.present(*c.References) {
				continue
			}
			d := Deferred{
				Kind: DeferForeignKey, Table: t.Name, Name: c.Name, Definition: c.Definition,
				Constraint: spec(c, false, false), References: c.References, Validated: c.Validated, TwoSteps: true,
				Reason: "Groups commit independently of each other, so a reference may arrive before the row it points to.",
			}
			if t.Kind == analyze.Partitioned && b.target().VersionNum < 180000 {
				d.TwoSteps = false
				d.Reason += " On a partitioned table it cannot be added NOT VALID before version 18, so one statement adds and checks it."
			}
			out = append(out, d)
		}
	}
	return out
}

// matviews are the populated materialized views in the order in which they can be refreshed. What refers to what is read
// off the definitions' text: a name in a string literal counts too, which at worst orders two views for no reason.
func (b *builder) matviews() []Deferred {
	views := map[analyze.Name]*analyze.View{}
	var names []analyze.Name
	for i := range b.inv.Views {
		v := &b.inv.Views[i]
		if NeverPlanned(v.Name.Schema) || v.Extension != "" || slices.Contains(b.opt.Tables.ExcludeSchemas, v.Name.Schema) || b.leftViews[v.Name] {
			continue
		}
		views[v.Name] = v
		names = append(names, v.Name)
	}
	populated := func(n analyze.Name) bool { return views[n].Materialized && views[n].Populated }
	if !slices.ContainsFunc(names, populated) {
		return nil
	}
	uses := map[analyze.Name][]analyze.Name{}
	for _, n := range names {
		for m := range hazard.Qualified(views[n].Definition) {
			if n != m && views[m] != nil && !slices.Contains(uses[n], m) {
				uses[n] = append(uses[n], m)
			}
		}
		slices.SortFunc(uses[n], analyze.Name.Compare)
	}
	var out []Deferred
	visited := map[analyze.Name]int{}
	circle := false
	var visit func(n analyze.Name) (under []analyze.Name)
	visit = func(n analyze.Name) (under []analyze.Name) {
		visited[n] = 1
		for _, m := range uses[n] {
			if visited[m] == 1 {
				circle = true
			}
			if visited[m] == 0 {
				visit(m)
			}
			if populated(m) {
				under = append(under, m)
			}
		}
		visited[n] = 2
		if populated(n) {
			reason := "Its rows are made from tables, so it is refreshed when they are complete."
			if len(under) > 0 {
				reason = fmt.Sprintf("Refreshed after %s, which its definition names.", list(under, 3))
			}
			if circle {
				reason += " Definitions seem to name each other in a circle: check the order."
			}
			out = append(out, Deferred{Kind: DeferMatview, Table: n, Name: n.Name, Definition: views[n].Definition, Reason: reason})
		}
		return under
	}
	for _, n := range names {
		if visited[n] == 0 {
			visit(n)
		}
	}
	return out
}

// relaxed lists the NOT NULLs that AWS DMS cannot live with: it inserts a row with its LOBs empty and fills them in
// afterwards. Key columns stay as they are. A partition takes NOT NULL from its parent and gives it up only there.
func (b *builder) relaxed() []NotNull {
	if b.isNative() || b.isPhysical() { // whose rows come whole
		return nil
	}
	var out []NotNull
	done := map[analyze.ColumnRef]bool{}
	for i := range b.tables {
		p := &b.tables[i]
		if !p.Handling.Copied() {
			continue
		}
		t := b.source[i]
		for _, c := range t.Columns {
			if !c.NotNull || !c.LOB.IsLOB() || c.Generated != "" || b.keyColumn(t, c.Name) {
				continue
			}
			ref := analyze.ColumnRef{Table: b.declares(t, c.Name), Column: c.Name}
			if done[ref] {
				continue
			}
			done[ref] = true
			reason := fmt.Sprintf("%s is a LOB to AWS DMS, which inserts rows with LOBs empty and fills them in afterwards.", c.Type)
			if ref.Table != t.Name {
				reason += fmt.Sprintf(" Declared on the partitioned table, for %s and its other partitions.", t.Name)
			}
			out = append(out, NotNull{Table: ref.Table, Column: c.Name, Reason: reason})
		}
	}
	slices.SortFunc(out, func(x, y NotNull) int {
		if c := x.Table.Compare(y.Table); c != 0 {
			return c
		}
		return strings.Compare(x.Column, y.Column)
	})
	return out
}

// keyColumn reports whether a column belongs to the primary key or identifies rows.
func (b *builder) keyColumn(t *analyze.Table, column string) bool {
	if pk := t.PrimaryKey(); pk != nil && slices.Contains(pk.KeyColumns, column) {
		return true
	}
	return slices.Contains(identity(t), column)
}

// declares is the topmost partitioned table above t with the same NOT NULL, or t itself.
func (b *builder) declares(t *analyze.Table, column string) analyze.Name {
	top := t.Name
	for t.IsPartition && len(t.Parents) > 0 {
		up := b.sourceOf(t.Parents[0])
		if up == nil || up.Kind != analyze.Partitioned {
			break
		}
		if slices.ContainsFunc(up.Columns, func(c analyze.Column) bool { return c.Name == column && c.NotNull }) {
			top = up.Name
		}
		t = up
	}
	return top
}
