package verify

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/pgcutover/pgcutover/analyze"
	"github.com/pgcutover/pgcutover/planner"
)

// ledger is what the load left in its tables on the target.
type ledger struct {
	There bool
	Run   *ledgerRun // nil: no run has begun
	Items map[int]ledgerItem
}

type ledgerRun struct {
	Plan             string
	LSN              LSN
	StartTime        time.Time
	SystemIdentifier string
}

type ledgerItem struct {
	ID             int
	Kind           string
	Label          string
	State          string // waiting, done or failed
	Error          string
	Sent, Received *int64 // rows
	Tables         []ledgerTable
}

type ledgerTable struct {
	Name           analyze.Name
	Sent, Received *int64
}

func probeLedger(ctx context.Context, e *Env) (ledger, error) {
	var l ledger
	there, err := queryOne[struct{ There bool }](ctx, e, Target, "select to_regclass('pgcutover.item') is not null as there")
	if err != nil || !there.There {
		return l, err
	}
	l.There = true
	// Where each slot has a snapshot, there is no one position of the run.
	runs, err := query[struct {
		Plan      string
		LSN       *string
		StartTime *time.Time
		System    string
	}](ctx, e, Target, `select plan, to_jsonb(r) ->> 'lsn' as lsn, (to_jsonb(r) ->> 'postmaster_start_time')::timestamptz as start_time, source_system_identifier as system from pgcutover.run r`)
	if err != nil {
		return l, err
	}
	if len(runs) > 1 {
		return l, fmt.Errorf("the ledger pgcutover.run has %d rows, one was expected", len(runs))
	}
	for _, r := range runs {
		l.Run = &ledgerRun{Plan: r.Plan, LSN: lsn(r.LSN), SystemIdentifier: r.System}
		if r.StartTime != nil {
			l.Run.StartTime = *r.StartTime
		}
	}
	items, err := query[struct {
		ID                 int
		Kind, Label, State string
		Error              string
		Sent, Received     *int64
	}](ctx, e, Target, `select id, kind, label, state, coalesce(error, '') as error, rows_sent as sent, rows_received as received from pgcutover.item`)
	if err != nil {
		return l, err
	}
	l.Items = make(map[int]ledgerItem, len(items))
	for _, i := range items {
		l.Items[i.ID] = ledgerItem{ID: i.ID, Kind: i.Kind, Label: i.Label, State: i.State, Error: i.Error, Sent: i.Sent, Received: i.Received}
	}
	tables, err := query[struct {
		Item           int
		Schema, Name   string
		Sent, Received *int64
	}](ctx, e, Target, `select item, schema_name as schema, table_name as name, rows_sent as sent, rows_received as received from pgcutover.item_table order by item, seq`)
	if err != nil {
		return l, err
	}
	for _, t := range tables {
		it := l.Items[t.Item]
		it.Tables = append(it.Tables, ledgerTable{analyze.Name{Schema: t.Schema, Name: t.Name}, t.Sent, t.Received})
		l.Items[t.Item] = it
	}
	return l, nil
}

const noLedger = "there is no ledger on the target: nothing was loaded by 40-load/42-load.sh"

func checkLoad(ctx context.Context, e *Env) ([]Result, error) {
	l, err := probeLedger(ctx, e)
	if err != nil {
		return nil, err
	}
	return append(l.judge(inLedger(e.Plan), e.Fingerprint), judgeFinished(e.State)...), nil
}

// inLedger is the plan as the ledger has it: where AWS DMS copies the rows, it has no copies, and what was built before them is not in it.
func inLedger(p planner.Plan) planner.Plan {
	if p.Options.FullLoad() {
		p.Items, p.Groups = nil, nil
		p.Builds = slices.DeleteFunc(slices.Clone(p.Builds), func(b planner.Build) bool { return b.BeforeLoad })
	}
	return p
}

// judgeFinished says no to a load whose script did not come to its end, whatever the ledger says: sequences come last.
func judgeFinished(s *State) []Result {
	if s != nil && s.Load != nil && s.Load.FinishedAt != nil {
		return nil
	}
	return []Result{fail("state", "state.json has no finished load: 40-load/42-load.sh has not come to its end").hint("run it again: it goes on where it stopped")}
}

// judge compares the ledger with the plan: every item there, nothing else, each done, and of each table as many rows received
// as were sent.
func (l ledger) judge(p planner.Plan, fingerprint string) []Result {
	if !l.There {
		return []Result{fail("ledger", noLedger)}
	}
	if l.Run == nil {
		return []Result{fail("ledger", "the ledger records no run").hint("40-load/42-load.sh")}
	}
	if l.Run.Plan != fingerprint {
		return []Result{fail("ledger", "the ledger belongs to plan %.12s, this is plan %.12s", l.Run.Plan, fingerprint).
			hint("verify with the plan of the load; to load another plan, empty the target first: 80-recovery/83-full-restart.sh")}
	}
	type planned struct {
		kind   string
		label  string
		tables []analyze.Name
	}
	want := map[int]planned{}
	last := 0
	for _, it := range p.Items {
		want[it.ID] = planned{"copy", itemLabel(it), it.Tables}
		last = max(last, it.ID)
	}
	for _, b := range p.Builds {
		want[b.ID] = planned{string(b.Kind), fmt.Sprintf("%s %s of %s", b.Kind, analyze.Display(b.Name), b.Table), nil}
		last = max(last, b.ID)
	}
	// The rendered list ends with what is in no plan: the markers, in one item or, where each slot has a snapshot, in one for each.
	for i, g := range p.Groups {
		id := last + 1
		if p.Options.Snapshots() {
			id += i
		}
		m := want[id]
		want[id] = planned{"copy", "marker tables", append(m.tables, g.Marker)}
	}
	out, rows := l.judgeRestarts(p.Groups, func(id int) bool { _, ok := want[id]; return ok })
	for _, id := range slices.Sorted(maps.Keys(want)) {
		w := want[id]
		it, ok := l.Items[id]
		who := fmt.Sprintf("item %d", id)
		switch {
		case !ok:
			out = append(out, fail(who, "the ledger lacks it: %s", w.label).hint("the ledger was changed by hand; load again into an empty target"))
		case it.Kind != w.kind:
			out = append(out, fail(who, "the ledger has it as %s, the plan as %s", it.Kind, w.kind).hint("the ledger was changed by hand; load again into an empty target"))
		case it.State == "failed":
			out = append(out, fail(who, "%s failed: %s", it.Label, it.Error).hint("mend the reason, then run 40-load/42-load.sh again: it goes on where it stopped"))
		case it.State != "done":
			out = append(out, fail(who, "%s is not done (%s)", it.Label, it.State).hint("run 40-load/42-load.sh again: it goes on where it stopped"))
		case w.kind == "copy":
			bad, n := judgeCopy(who, it, w.tables)
			out = append(out, bad...)
			rows += n
		}
	}
	for _, id := range slices.Sorted(maps.Keys(l.Items)) {
		if _, ok := want[id]; !ok && restartOf(p.Groups, id) == nil {
			out = append(out, fail(fmt.Sprintf("item %d", id), "the ledger has an item that the plan does not: %s", l.Items[id].Label).hint("the ledger was changed by hand; load again into an empty target"))
		}
	}
	if len(out) == 0 && p.Options.FullLoad() {
		out = append(out, pass("ledger", "all %d builds are done", len(want)))
	}
	if len(out) == 0 {
		out = append(out, pass("ledger", "all %d items are done, %s received as sent", len(want), analyze.Count(int(rows), "row")))
	}
	return out
}

// restartOf is the group whose tables an item loads again; nil for an item of the first load.
func restartOf(groups []planner.Group, id int) *planner.Group {
	for i := range groups {
		if id/planner.RestartIDs == groups[i].Number {
			return &groups[i]
		}
	}
	return nil
}

// judgeRestarts judges the items of groups that were restarted alone, and returns the rows they loaded. Where there are any of
// a group, they have to cover its tables.
func (l ledger) judgeRestarts(groups []planner.Group, ofPlan func(id int) bool) (out []Result, rows int64) {
	covered := map[int]map[analyze.Name]bool{}
	for _, id := range slices.Sorted(maps.Keys(l.Items)) {
		it, g := l.Items[id], restartOf(groups, id)
		if ofPlan(id) || g == nil {
			continue
		}
		if covered[g.Number] == nil {
			covered[g.Number] = map[analyze.Name]bool{}
		}
		who := fmt.Sprintf("item %d", id)
		if it.State != "done" {
			out = append(out, fail(who, "%s, of the restart of %s, is not done (%s)", it.Label, g.Slot, it.State).hint("run 80-recovery/82-restart-slot.sh %s --yes again: it goes on where it stopped", g.Slot))
		} else {
			bad, n := judgeCopy(who, it, tablesOf(it))
			out, rows = append(out, bad...), rows+n
		}
		for _, t := range tablesOf(it) {
			covered[g.Number][t] = true
		}
	}
	for _, g := range groups {
		if covered[g.Number] == nil {
			continue
		}
		for _, t := range append(slices.Clone(g.Tables), g.Marker) {
			if !covered[g.Number][t] {
				out = append(out, fail(t.String(), "%s was restarted without it", g.Slot).hint("the ledger was changed by hand; restart the group again"))
			}
		}
	}
	return out, rows
}

func tablesOf(it ledgerItem) (out []analyze.Name) {
	for _, t := range it.Tables {
		out = append(out, t.Name)
	}
	return out
}

func itemLabel(it planner.Item) string {
	switch {
	case it.Range != nil:
		return fmt.Sprintf("%s, range %d of %d", it.Tables[0], it.Range.Part, it.Range.Of)
	case len(it.Tables) == 1:
		return it.Tables[0].String()
	}
	return analyze.Count(len(it.Tables), "table")
}

// judgeCopy compares a copy that is done with what the plan wanted copied, and returns the rows it loaded.
func judgeCopy(who string, it ledgerItem, tables []analyze.Name) (out []Result, rows int64) {
	have := tablesOf(it)
	for _, t := range it.Tables {
		switch {
		case t.Sent == nil || t.Received == nil:
			out = append(out, fail(t.Name.String(), "%s is done, but rows were not counted", who).hint("load again into an empty target"))
		case *t.Sent != *t.Received:
			out = append(out, fail(t.Name.String(), "in %s %d rows were sent and %d received", who, *t.Sent, *t.Received).hint("load again into an empty target"))
		default:
			rows += *t.Received
		}
	}
	want := slices.Clone(tables)
	slices.SortFunc(have, analyze.Name.Compare)
	slices.SortFunc(want, analyze.Name.Compare)
	if !slices.Equal(have, want) {
		out = append(out, fail(who, "the ledger copied %s, the plan wanted %s", namesText(have), namesText(want)).hint("the ledger was changed by hand; load again into an empty target"))
	}
	return out, rows
}

func namesText(names []analyze.Name) string {
	var texts []string
	for _, n := range names {
		texts = append(texts, n.String())
	}
	return orNone(analyze.Some(texts, 3))
}

func checkLoadPosition(ctx context.Context, e *Env) ([]Result, error) {
	if e.State == nil || e.State.Pause == nil {
		return nil, errNoPause
	}
	l, err := probeLedger(ctx, e)
	if err != nil {
		return nil, err
	}
	out := []Result{l.judgeRun(e.State)}
	if r, ok := e.missing("replica", Replica); !ok {
		return append(out, r), nil
	}
	now, err := probeServer(ctx, e, Replica)
	if err != nil {
		return out, err
	}
	paused := false
	if now.InRecovery {
		if paused, err = askPaused(ctx, e, now); err != nil {
			return out, err
		}
	}
	return append(out, judgeStill(e.State, now, paused, l.anew(e.Plan.Groups))), nil
}

// askPaused reads the flag. Whether replay stands still besides is what comparing positions is for.
func askPaused(ctx context.Context, e *Env, replica server) (bool, error) {
	r, err := queryOne[struct{ Paused bool }](ctx, e, Replica, walNames(replica.VersionNum, "select pg_is_wal_replay_paused() as paused"))
	return r.Paused, err
}

// judgeRun checks that the load read where state.json says the replica stood.
func (l ledger) judgeRun(s *State) Result {
	p := s.Pause
	if !l.There || l.Run == nil {
		return unasked("load", "the ledger records no run: see G3-COVER")
	}
	var r Result
	switch {
	case l.Run.LSN != p.LSN:
		r = fail("load", "it was read at %s, state.json says that the replica was paused at %s: change data capture would start at another position than the copy", l.Run.LSN, p.LSN).
			hint("restore state.json from a copy; nobody edits it")
	case !sameInstant(p.PostmasterStartTime, l.Run.StartTime):
		r = fail("load", "it was read from a replica started %s, the one that was paused was started %s", l.Run.StartTime.UTC().Format(timeText), p.PostmasterStartTime.UTC().Format(timeText)).
			hint("the replica was restarted between pause and load; pause again and load into an empty target")
	case l.Run.SystemIdentifier != "" && p.SystemIdentifier != "" && l.Run.SystemIdentifier != p.SystemIdentifier:
		r = fail("load", "it was read from system %s, the replica that was paused is %s", l.Run.SystemIdentifier, p.SystemIdentifier)
	default:
		r = pass("load", "every item was read at the pause LSN")
	}
	return r.with("ledger lsn", l.Run.LSN, "pause lsn", p.LSN)
}

// anew is the command that begins anew with what was loaded last: the tables of a slot that is or was restarted alone, or everything.
func (l ledger) anew(groups []planner.Group) string {
	restarted, left := map[string]bool{}, map[string]bool{} // slots
	for id, it := range l.Items {
		if g := restartOf(groups, id); g != nil {
			restarted[g.Slot] = true
			if it.State != "done" {
				left[g.Slot] = true
			}
		}
	}
	if len(left) > 0 {
		restarted = left
	}
	switch slots := slices.Sorted(maps.Keys(restarted)); len(slots) {
	case 0:
		return "80-recovery/83-full-restart.sh"
	case 1:
		return "80-recovery/82-restart-slot.sh " + slots[0] + " --yes"
	}
	return "80-recovery/82-restart-slot.sh SLOT --yes, for the slot that was restarted last"
}

// judgeStill checks that the replica still is where everything was read, or left it only after the load had ended. anew is the command for what was
// loaded last.
func judgeStill(s *State, now server, paused bool, anew string) Result {
	p := s.Pause
	var r Result
	resumed := s.ResumedAt != nil
	finished := s.Load != nil && s.Load.FinishedAt != nil
	switch {
	case resumed && !finished:
		r = fail("replica", "it was resumed before the load ended").hint("what was loaded later is of another moment: %s", anew)
	case resumed && s.ResumedAt.Before(s.Load.FinishedAt.Truncate(time.Second)):
		r = fail("replica", "it was resumed at %s, before the load ended at %s", s.ResumedAt.Format(timeText), s.Load.FinishedAt.Format(timeText)).
			hint("what was loaded later is of another moment: %s", anew)
	case resumed:
		r = pass("replica", "it was resumed after the load had ended")
	case !now.InRecovery:
		r = fail("replica", "it is no standby any more: it was promoted").hint("build a new replica and start over")
	case !sameInstant(p.PostmasterStartTime, now.StartTime):
		r = fail("replica", "it was restarted since the pause (started %s), and state.json does not say that it was resumed", now.StartTime.UTC().Format(timeText)).
			hint("every item asserted the position before and after it read, so what the ledger has is of the pause; rows cannot be compared with the replica any more")
	case now.Replay != p.LSN:
		r = fail("replica", "it stands at %s, not at %s any more, and state.json does not say that it was resumed", now.Replay, p.LSN).
			hint("every item asserted the position before and after it read, so what the ledger has is of the pause; rows cannot be compared with the replica any more")
	case !paused:
		r = fail("replica", "it stands at the pause LSN, but is not paused").hint("pause it again before the source writes, or compare rows by the ledger only")
	default:
		r = pass("replica", "it still stands at the pause LSN and was not restarted")
	}
	return r.with("replayed to", now.Replay, "pause lsn", p.LSN, "paused", paused)
}
