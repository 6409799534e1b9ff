package verify

import (
	"context"
	"fmt"
	"slices"

	"github.com/pgcutover/pgcutover/analyze"
	"github.com/pgcutover/pgcutover/planner"
)

func checkIndexes(ctx context.Context, e *Env) ([]Result, error) {
	s, err := loadStructures(ctx, e)
	if err != nil {
		return nil, err
	}
	out := s.judgeIndexes()
	return s.answers(out)
}

// judgeIndexes compares indexes and what identifies rows.
func (s *structures) judgeIndexes() []Result {
	s.prepare()
	var out []Result
	for _, t := range s.present() {
		o, ok := s.tables[t.Name]
		if !ok {
			continue // checkColumns says so
		}
		who := t.Name.String()
		before := len(out)
		theirs := map[string]analyze.Index{}
		for _, x := range o.Indexes {
			theirs[x.Name] = x
		}
		ours := map[string]bool{}
		n := 0
		for _, x := range t.Indexes {
			ours[x.Name] = true
			y, there := theirs[x.Name]
			switch {
			case s.indexWaits(t, x):
				if there {
					out = append(out, fail(who, "index %s is on the target already, where the plan keeps it off until the cutover", analyze.Display(x.Name)).
						hint("changes that arrive out of order would fail on it: drop it"))
				}
			case !x.Valid || !x.Ready:
				// Nothing to compare with: the source itself has it half built.
			case !there && s.comesLater(t, x):
			case !there:
				out = append(out, s.missingIndex(t, x, o))
			default:
				n++
				out = append(out, s.indexDifferences(t, x, y)...)
			}
		}
		for _, y := range o.Indexes {
			if ours[y.Name] {
				continue
			}
			if y.Unique || y.Exclusion {
				out = append(out, fail(who, "index %s is on the target only, and unique: %s", analyze.Display(y.Name), y.Definition).hint("changes could fail on it: drop it"))
			} else {
				out = append(out, warn(who, "index %s is on the target only: %s", analyze.Display(y.Name), y.Definition))
			}
		}
		if t.ReplicaIdentity != o.ReplicaIdentity && !s.identityWaits(t) {
			out = append(out, fail(who, "its replica identity is %s on the source, %s on the target", t.ReplicaIdentity, o.ReplicaIdentity))
		}
		if len(out) == before && len(t.Indexes) > 0 {
			out = append(out, pass(who, "%s as planned", analyze.Count(n, "index")))
		}
	}
	if len(out) == 0 {
		out = append(out, pass("", "the source has no indexes"))
	}
	return out
}

// indexWaits tells whether the plan keeps an index off the target until the cutover.
func (s *structures) indexWaits(t analyze.Table, x analyze.Index) bool {
	return s.deferred[deferredKey{planner.DeferIndex, t.Name, x.Name}] ||
		x.Constraint != "" && s.deferred[deferredKey{planner.DeferConstraint, t.Name, x.Constraint}]
}

// comesLater tells whether an index is built after the load of AWS DMS, which is still to come.
func (s *structures) comesLater(t analyze.Table, x analyze.Index) bool {
	return s.later[deferredKey{planner.DeferIndex, t.Name, x.Name}] || x.Constraint != "" && s.later[deferredKey{planner.DeferConstraint, t.Name, x.Constraint}]
}

// identityWaits tells whether the index that is the replica identity comes only with the cutover.
func (s *structures) identityWaits(t analyze.Table) bool {
	for _, x := range t.Indexes {
		if x.ReplicaIdentity && (s.indexWaits(t, x) || !x.Valid || s.comesLater(t, x)) {
			return true
		}
	}
	return false
}

func (s *structures) missingIndex(t analyze.Table, x analyze.Index, o *analyze.Table) Result {
	r := fail(t.Name.String(), "index %s is missing on the target: %s", analyze.Display(x.Name), x.Definition).hint("create it by this definition: %s", x.Definition)
	if x.Constraint != "" { // made by itself it would stand in the constraint's way
		r = r.hint("add constraint %s, which makes it: see G3-CON", analyze.Display(x.Constraint))
	}
	for _, y := range o.Indexes {
		if d, ok := cutIndex(x.Definition); ok {
			if e, ok := cutIndex(y.Definition); ok && y.Valid && slices.Equal(d.Keys, e.Keys) && d.Options == e.Options && d.Predicate == e.Predicate && x.Method == y.Method && x.Unique == y.Unique {
				r.Detail += fmt.Sprintf("; %s looks the same", analyze.Display(y.Name))
			}
		}
	}
	return r
}

func (s *structures) indexDifferences(t analyze.Table, x, y analyze.Index) (out []Result) {
	who, name := t.Name.String(), analyze.Display(x.Name)
	bad := func(format string, args ...any) { out = append(out, fail(who, format, args...)) }
	if !y.Valid || !y.Ready {
		out = append(out, fail(who, "index %s is not valid on the target: it is not used and enforces nothing", name).hint("reindex index %s;", analyze.Name{Schema: t.Name.Schema, Name: x.Name}.SQL()))
	}
	for _, f := range []struct {
		what string
		a, b bool
	}{
		{"unique", x.Unique, y.Unique}, {"a primary key", x.Primary, y.Primary}, {"an exclusion", x.Exclusion, y.Exclusion},
		{"checked at once", x.Immediate, y.Immediate}, {"treating nulls as equal", x.NullsNotDistinct, y.NullsNotDistinct},
		{"the replica identity", x.ReplicaIdentity, y.ReplicaIdentity},
	} {
		if f.a != f.b {
			bad("index %s is %s on the %s only", name, f.what, map[bool]string{true: "source", false: "target"}[f.a])
		}
	}
	if x.Constraint != y.Constraint {
		bad("index %s belongs to constraint %s on the source, to %s on the target", name, orNone(analyze.Display(x.Constraint)), orNone(analyze.Display(y.Constraint)))
	}
	if why := s.definitionDiffers(t.Name, x.Definition, y.Definition); why != "" {
		bad("index %s differs in %s: %s on the source, %s on the target", name, why, x.Definition, y.Definition)
	}
	switch {
	case x.Parent != nil && y.Parent == nil && !s.parentWaits(*x.Parent):
		bad("index %s is not attached to %s on the target", name, x.Parent)
	case x.Parent != nil && y.Parent != nil && *x.Parent != *y.Parent:
		bad("index %s is attached to %s on the source, to %s on the target", name, x.Parent, y.Parent)
	case x.Parent == nil && y.Parent != nil:
		bad("index %s is attached to %s on the target, to none on the source", name, y.Parent)
	}
	if x.Clustered != y.Clustered {
		out = append(out, warn(who, "index %s is what CLUSTER would use on the %s only", name, map[bool]string{true: "source", false: "target"}[x.Clustered]))
	}
	if !slices.Equal(x.StatisticsTargets, y.StatisticsTargets) {
		out = append(out, warn(who, "index %s has other statistics targets on the target", name))
	}
	return out
}

// parentWaits tells whether a partitioned index is kept off or not valid on the source, so that nothing can be attached to it.
func (s *structures) parentWaits(parent analyze.Name) bool {
	for _, t := range s.Source.Tables {
		for _, x := range t.Indexes {
			if t.Name.Schema == parent.Schema && x.Name == parent.Name {
				return s.indexWaits(t, x) || !x.Valid || s.comesLater(t, x)
			}
		}
	}
	return false
}

// definitionDiffers says in what two definitions of an index differ; empty: in nothing that matters.
func (s *structures) definitionDiffers(table analyze.Name, a, b string) string {
	if a == b {
		return ""
	}
	x, okX := cutIndex(a)
	y, okY := cutIndex(b)
	if !okX || !okY {
		return "its definition"
	}
	if x.Head != y.Head {
		return "its name, table or method"
	}
	if len(x.Keys) != len(y.Keys) {
		return "its columns"
	}
	for i := range x.Keys {
		e, rest := keyExpression(x.Keys[i])
		f, rest2 := keyExpression(y.Keys[i])
		if rest != rest2 || !s.same(scalar, table, e, f) {
			return fmt.Sprintf("its column %d", i+1)
		}
	}
	if x.Options != y.Options {
		return "its options"
	}
	if x.Predicate != y.Predicate && (x.Predicate == "" || y.Predicate == "" || !s.same(scalar, table, x.Predicate, y.Predicate)) {
		return "its predicate"
	}
	return ""
}
