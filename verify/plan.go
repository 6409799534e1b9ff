package verify

import (
	"context"
	"fmt"
	"slices"

	"github.com/pgcutover/pgcutover/analyze"
	"github.com/pgcutover/pgcutover/planner"
)

func checkPlan(_ context.Context, e *Env) ([]Result, error) {
	if e.physical() {
		return append(judgePlan(e.Plan), judgeAuroraState(e.Gate, e.Fingerprint, e.State)...), nil
	}
	return append(judgePlan(e.Plan), judgeState(e.Gate, e.Fingerprint, e.State, len(e.Plan.Groups), e.Plan.Options)...), nil
}

// judgePlan checks what every later check relies on: that the plan covers each copied table exactly once, in groups and in items.
func judgePlan(p planner.Plan) []Result {
	var out []Result
	bad := func(format string, args ...any) {
		out = append(out, fail("plan", format, args...).hint("the file was edited: make it again with pgcutover plan"))
	}
	if err := p.Validate(); err != nil {
		bad("%v", err)
	}
	group := map[analyze.Name]int{}
	for _, g := range p.Groups {
		for _, t := range g.Tables {
			if group[t] != 0 {
				bad("%s is in groups %d and %d", t, group[t], g.Number)
			}
			group[t] = g.Number
		}
	}
	parts := map[analyze.Name][]planner.Item{}
	for _, it := range p.Items {
		for _, t := range it.Tables {
			parts[t] = append(parts[t], it)
		}
	}
	for _, t := range p.Tables {
		if !t.Handling.Copied() {
			if n := group[t.Name]; n != 0 {
				bad("%s is not copied (%s), but in group %d", t.Name, t.Handling, n)
			}
			continue
		}
		if n := group[t.Name]; n == 0 || n != t.Group {
			bad("%s belongs to group %d, but is listed in %s", t.Name, t.Group, groupText(n))
		}
		if why := notCovered(parts[t.Name]); why != "" {
			bad("%s is not copied exactly once: %s", t.Name, why)
		}
	}
	if len(out) == 0 {
		out = append(out, pass("plan", "%s in %s and %s", analyze.Count(len(group), "table"), analyze.Count(len(p.Groups), "group"), analyze.Count(len(p.Items), "copy item")))
	}
	return out
}

func groupText(n int) string {
	if n == 0 {
		return "none"
	}
	return fmt.Sprintf("group %d", n)
}

// notCovered says why the items do not copy a table exactly once; empty: they do.
func notCovered(items []planner.Item) string {
	switch {
	case len(items) == 0:
		return "no item has it"
	case len(items) == 1 && items[0].Range == nil:
		return ""
	}
	ranges := make([]planner.Range, 0, len(items))
	for _, it := range items {
		if it.Range == nil || len(it.Tables) != 1 {
			return fmt.Sprintf("item %d copies all of it, and there are others", it.ID)
		}
		ranges = append(ranges, *it.Range)
	}
	slices.SortFunc(ranges, func(a, b planner.Range) int { return a.Part - b.Part })
	for i, r := range ranges {
		switch {
		case r.Part != i+1 || r.Of != len(ranges):
			return fmt.Sprintf("range %d of %d stands where range %d of %d should", r.Part, r.Of, i+1, len(ranges))
		case r.By != ranges[0].By || !slices.Equal(r.Key, ranges[0].Key):
			return fmt.Sprintf("range %d is cut by another column than the first", r.Part)
		case (len(r.From) == 0) != (i == 0):
			return fmt.Sprintf("range %d begins where it should not", r.Part)
		case (len(r.To) == 0) != (i == len(ranges)-1):
			return fmt.Sprintf("range %d ends where it should not", r.Part)
		case i > 0 && !r.From.Equal(ranges[i-1].To):
			return fmt.Sprintf("between ranges %d and %d is a gap or an overlap: %s to %s", r.Part-1, r.Part, ranges[i-1].To, r.From)
		}
	}
	return ""
}

// judgeState checks that state.json is of this plan and as far as the gate needs it to be.
func judgeState(gate Gate, fingerprint string, s *State, groups int, o planner.Options) []Result {
	snapshots := o.Snapshots()
	if s == nil {
		if gate == Preflight {
			return []Result{skip("state", "there is none yet: the scripts of 10-source write it")}
		}
		return []Result{unknown("state", "there is no state.json, so nothing tells which slots and which LSN belong to this migration").
			hint("the rendered scripts write it beside the bundle; name it with --state or PGCUTOVER_STATE")}
	}
	if s.Plan != fingerprint {
		return []Result{fail("state", "state.json was written by the scripts of plan %.12s, this is plan %.12s", s.Plan, fingerprint).
			hint("verify with the plan that the bundle in use was rendered from; to go on with a new plan, start over: 80-recovery/83-full-restart.sh")}
	}
	missing := ""
	switch {
	case o.FullLoad():
		missing = s.missingFull(gate, groups)
	case snapshots && gate != Preflight && gate != ReadyToPause && gate != Cutover && len(s.Slots) == 0 && groups > 0:
		missing = "no slots: 20-snapshots/21-hold.sh has not been run to its end"
	case gate == ReadyToPause && !snapshots && (len(s.Slots) == 0 && groups > 0 || s.SetsCompleteLSN == 0):
		missing = "no slots, or no sets_complete_lsn: 10-source has not been run to its end"
	case gate == Cutover && s.Drain == nil:
		missing = "no drain: 70-cutover/72-drain.sh has not been run to its end"
	case gate != Preflight && gate != ReadyToPause && !snapshots && s.Pause == nil:
		missing = "no pause: 20-replica/21-pause.sh has not been run to its end"
	}
	if missing == "" {
		return []Result{pass("state", "written by the scripts of this plan")}
	}
	return []Result{unknown("state", "state.json has %s", missing)}
}

// missingFull is what state.json should have at a gate where AWS DMS copies the rows; empty: nothing.
func (s *State) missingFull(gate Gate, groups int) string {
	switch {
	case gate == Preflight:
	case gate == Cutover && s.Drain == nil:
		return "no drain: 70-cutover/72-drain.sh has not been run to its end"
	case gate == Cutover, gate == After:
	case gate == CDCReady && s.Schema == nil:
		return "no schema: 30-target/32-schema.sh has not been run to its end"
	case gate == CDCReady || groups == 0:
	case s.Full == nil || s.Full.StartedAt == nil:
		return "no start of the full load: 50-cdc/dms/55-start.sh has not been run to its end"
	case gate != Loaded && s.CDCStartedAt == nil:
		return "no tasks that were resumed: 50-cdc/dms/57-resume.sh has not been run to its end"
	}
	return ""
}
