package verify

import (
	"context"
	"fmt"
	"slices"

	"github.com/pgcutover/pgcutover/analyze"
	"github.com/pgcutover/pgcutover/planner"
)

func checkBatches(_ context.Context, e *Env) ([]Result, error) {
	if !slices.ContainsFunc(e.Plan.Groups, func(g planner.Group) bool { return g.BatchApply }) {
		return []Result{skip("", "the plan has no task apply in batches")}, nil
	}
	target, err := e.inventory(Target)
	if err != nil {
		return nil, err
	}
	return judgeBatches(e.Plan, target.Tables), nil
}

// judgeBatches looks at the tables of the tasks that apply in batches, as the target has them now. A partition is applied to by its own name, so its own
// indexes count, those that its parent gave it included.
func judgeBatches(p planner.Plan, there []analyze.Table) []Result {
	target := map[analyze.Name]*analyze.Table{}
	for i := range there {
		target[there[i].Name] = &there[i]
	}
	keys, waits := map[analyze.Name][]string{}, map[deferredKey]bool{}
	for _, t := range p.Tables {
		keys[t.Name] = t.Key
	}
	for _, d := range p.Deferred {
		waits[deferredKey{d.Kind, d.Table, d.Name}] = true
	}
	var out []Result
	for i, g := range p.Groups {
		if !g.BatchApply {
			continue
		}
		before := len(out)
		if i < len(p.DMS.Tasks) {
			for _, t := range p.DMS.Tasks[i].Unlimited {
				out = append(out, fail(t.Name.String(), "its LOBs are not limited, and the task of %s applies in batches, which take limited ones only", g.Slot).hint("plan and render again"))
			}
		}
		for _, name := range g.Tables {
			t, ok := target[name]
			if !ok {
				out = append(out, unknown(name.String(), "the target does not have it"))
				continue
			}
			key, extra := batchIndexes(t, keys[name])
			if key == "" {
				out = append(out, fail(name.String(), "nothing on the target identifies its rows by %s, which the batches of %s are made by", analyze.Some(keys[name], 5), g.Slot).
					hint("build its primary key: see G3-IDX"))
			}
			for _, x := range extra {
				r := fail(name.String(), "%s is on the target beside the key: the batches of %s apply changes out of their order and collide in it", describeUnique(x), g.Slot)
				mend := "drop it until the cutover; where it has to stay, the table is applied row by row: put it on the source too, then analyze and plan again"
				if waits[deferredKey{planner.DeferIndex, name, x.Name}] || x.Constraint != "" && waits[deferredKey{planner.DeferConstraint, name, x.Constraint}] {
					mend = "drop it: 70-cutover/74-constraints.sh brings it back"
				}
				out = append(out, r.hint("%s. What has collided in it is in awsdms_apply_exceptions: see G5-EXC", mend).with("definition", x.Definition))
			}
		}
		if len(out) == before {
			out = append(out, pass(g.Slot, "%s applied in batches, with one key each", analyze.Count(len(g.Tables), "table")))
		}
	}
	return out
}

// batchIndexes are the index by which batches find the rows of a table, empty for none, and every other one that refuses rows. An index that is not
// valid, left by a build that failed, refuses them all the same.
func batchIndexes(t *analyze.Table, by []string) (key string, extra []analyze.Index) {
	wanted := slices.Sorted(slices.Values(by))
	usable := func(x analyze.Index) bool {
		return x.Unique && x.Valid && x.Ready && x.Immediate && !x.Partial && !x.Expression && len(wanted) > 0 && slices.Equal(slices.Sorted(slices.Values(x.KeyColumns)), wanted)
	}
	for _, x := range t.Indexes {
		if usable(x) && (key == "" || x.Primary) {
			key = x.Name
		}
	}
	for _, x := range t.Indexes {
		if (x.Unique || x.Exclusion) && x.Name != key && !(key == "" && x.Primary) {
			extra = append(extra, x)
		}
	}
	return key, extra
}

func describeUnique(x analyze.Index) string {
	what := map[bool]string{true: "exclusion constraint", false: "unique index"}[x.Exclusion]
	if x.Constraint != "" && !x.Exclusion {
		what = "unique constraint"
	}
	if x.Valid {
		return fmt.Sprintf("%s %s", what, analyze.Display(x.Name))
	}
	return fmt.Sprintf("%s %s (not valid, and enforced all the same)", what, analyze.Display(x.Name))
}
