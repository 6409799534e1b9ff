package verify

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/pgcutover/pgcutover/analyze"
	"github.com/pgcutover/pgcutover/planner"
	"github.com/pgcutover/pgcutover/verify/parity"
)

// checkMoving is the comparison by itself, for whoever asks for it while changes are applied.
func checkMoving(ctx context.Context, e *Env) ([]Result, error) {
	if e.Rows != RowsDelta {
		return []Result{skip("", "not asked for: --rows delta compares what has changed since the pause, and reads the tables on the source")}, nil
	}
	return checkDelta(ctx, e, "G5-PARITY")
}

// checkDelta compares what the source has changed since the pause with the target, while changes go on, for the check of that code. Together with equal
// checksums at the pause it proves that both sides are the same, for rows that do not move at the moment.
func checkDelta(ctx context.Context, e *Env, code string) ([]Result, error) {
	for _, side := range []Side{Source, Target} {
		if r, ok := e.missing("", side); !ok {
			return []Result{r}, nil
		}
	}
	failed, err := failedChanges(ctx, e)
	if err != nil {
		return nil, err
	}
	if e.full() {
		const why = "AWS DMS copies the rows, of no single moment, so that there is none from which on changes could be told"
		for _, t := range e.chosen(e.Plan.Tables) {
			if t.Handling.Copied() {
				e.listIncomplete(t.Name, why, failed)
			}
		}
		return []Result{unknown("", why).hint("once the source is frozen and drained, and while the tasks run, verify cutover --check rows --rows checksum compares everything; with --differences FILE it lists what differs")}, nil
	}
	since := e.since()
	if since == "" {
		for _, t := range e.chosen(e.Plan.Tables) {
			if t.Handling.Copied() {
				e.listIncomplete(t.Name, "which transactions were open at the pause is not known", failed)
			}
		}
		return []Result{unknown("", "state.json does not say which transactions were open at the pause, so the rows that changed since cannot be told").
			hint("20-replica/21-pause.sh notes it as pause.xmin; --rows checksum at the gate loaded compares everything")}, nil
	}
	xmin, err := strconv.ParseUint(since, 10, 64)
	if err != nil {
		return nil, fmt.Errorf("reading the transaction from which on rows have changed: %w", err)
	}
	src, err := e.server(Source)
	if err != nil {
		return nil, err
	}
	out := e.unchosen()
	var tables []planner.Table
	for _, t := range e.chosen(e.Plan.Tables) {
		switch {
		case !t.Handling.Copied():
		case !e.snapshots() && e.State.XMin(e.slotOf(t.Name)) == "":
			const why = "its slot starts at another pause, and which transactions were open there is not known"
			out = append(out, unknown(t.Name.String(), why).hint("21-pause.sh --slot of older bundles did not keep it; 80-recovery/82-restart-slot.sh starts the slot's tables over"))
			e.listIncomplete(t.Name, why, failed)
		default:
			tables = append(tables, t)
		}
	}
	run := ctx
	if e.Budget > 0 {
		var cancel context.CancelFunc
		run, cancel = context.WithTimeout(ctx, e.Budget)
		defer cancel()
	}
	var mu sync.Mutex
	done := 0
	err = parity.Follow(run, parityServer{e, Source}, parityServer{e, Target}, asked(tables), parity.Moving{
		Options: parity.Options{Jobs: e.Jobs, Show: e.Show, List: e.List, PieceBytes: e.PieceBytes},
		XMin:    xmin, Wait: e.Patience,
		Position: func(ctx context.Context) (string, error) {
			r, err := queryOne[struct{ Value string }](ctx, e, Source, walNames(src.VersionNum, "select pg_catalog.pg_current_wal_insert_lsn()::text as value"))
			return r.Value, err
		},
		Applied: e.applied,
	}, func(o parity.Outcome) {
		mu.Lock()
		defer mu.Unlock()
		done++
		e.progress(code, done, len(tables))
		out = append(out, e.judgeDelta(o))
		e.list(o, failed)
	})
	if err != nil {
		return out, err
	}
	return orNothing(out, "the plan copies no tables"), nil
}

// slotOf is the slot that a table's changes come through; empty: none.
func (e *Env) slotOf(table analyze.Name) string {
	for _, t := range e.Plan.Tables {
		if t.Name == table && t.Group > 0 && t.Group <= len(e.Plan.Groups) {
			return e.Plan.Groups[t.Group-1].Slot
		}
	}
	for _, g := range e.Plan.Groups {
		if g.Marker == table {
			return g.Slot
		}
	}
	return ""
}

// applied tells whether the target is known to have what came through a table's slot up to a position. The marker tells: it comes
// through the slot, and says where the source's WAL was when it was written. A slot of PostgreSQL's own replication tells too: its
// subscriber confirms what it has committed. That a slot of pglogical is confirmed proves only that its reader has received it.
func (e *Env) applied(ctx context.Context, table analyze.Name, position string) (bool, error) {
	slot := e.slotOf(table)
	if slot == "" {
		return false, nil
	}
	for _, g := range e.Plan.Groups {
		if g.Slot != slot || g.Marker.IsZero() {
			continue
		}
		there, err := query[struct{ Applied bool }](ctx, e, Target, fmt.Sprintf("select source_lsn >= '%s'::pg_lsn as applied from %s where id = 1", position, g.Marker.SQL()))
		if err != nil && !absent(err) && !denied(err) {
			return false, err
		}
		if len(there) == 1 && there[0].Applied {
			return true, nil
		}
	}
	confirmed, err := query[struct{ Applied bool }](ctx, e, Source,
		"select coalesce(confirmed_flush_lsn >= $2::text::pg_lsn, false) and plugin = 'pgoutput' as applied from pg_replication_slots where slot_name = $1", slot, position)
	return len(confirmed) == 1 && confirmed[0].Applied, err
}

// judgeDelta says what came of a table that changes.
func (e *Env) judgeDelta(o parity.Outcome) Result {
	who := o.Table.String()
	changed := analyze.Count(int(o.Changed), "row") + " changed since the pause"
	mend := "see what wrote to the target besides change data capture, and whether it reported errors (G5-EXC); " + e.mending() + "; 80-recovery/82-restart-slot.sh starts a slot's tables over"
	switch {
	case o.Differs():
		return fail(who, "%s", e.differences(o, "source")).hint("%s", mend)
	case o.Err != nil || o.Done < o.Pieces && !o.Restless && !o.Behind:
		if o.Err == nil {
			return unknown(who, "%s", strings.TrimPrefix(e.unfinished(o), "; ")).hint("run it again with more time")
		}
		return e.judgeValues(o, nil)
	case o.Behind:
		return unknown(who, "%s differ, and the target is not known to have applied what the source had when they were read", rowsOr(o.Undecided)).
			hint("wait until change data capture has caught up; where AWS DMS applies it, only the marker tells: in psql on the source, while this runs: %s \\watch 5", e.touch(o.Table))
	case o.Restless:
		return unknown(who, "%s kept changing while they were looked at", rowsOr(o.Undecided)).hint("run it again when less is written")
	case len(o.Left) > 0:
		return warn(who, "%s, equal; the target does not have what the source generates: %s", changed, displayed(o.Left))
	}
	return pass(who, "%s, equal; the keys of all %s are there", changed, analyze.Count(int(o.Rows[0]), "row"))
}

// touch is the statement that writes to the marker of a table's slot.
func (e *Env) touch(table analyze.Name) string {
	position := "pg_current_wal_insert_lsn()"
	if src, err := e.server(Source); err == nil {
		position = walNames(src.VersionNum, position)
	}
	for _, g := range e.Plan.Groups {
		if g.Slot == e.slotOf(table) {
			return fmt.Sprintf("update %s set token = 'delta', source_lsn = %s, at = now() where id = 1", g.Marker.SQL(), position)
		}
	}
	return "it has no slot"
}

func rowsOr(n int64) string {
	if n == 0 {
		return "rows"
	}
	return analyze.Count(int(n), "row")
}

// patience is how long to wait for the target to apply what the source has.
const patience = 30 * time.Second
