package verify

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"golang.org/x/sync/errgroup"

	"github.com/pgcutover/pgcutover/analyze"
	"github.com/pgcutover/pgcutover/planner"
	"github.com/pgcutover/pgcutover/verify/parity"
)

// snapshotChecks take the place of those about the pause where rows are copied from the source, those of each slot in the snapshot that its creation
// exported.
func snapshotChecks() []Check {
	from := []Gate{Paused, Loaded}
	return []Check{
		{
			Code: "G2-SNAPSHOT", Title: "the snapshot of each slot is held while its tables are copied", Engines: planner.Engines{planner.EngineNative}, HandOff: planner.HandOffSnapshot, Gates: from, Family: Positions, Cost: Instant, Loss: true, Needs: []Side{Source}, Run: checkSnapshots,
			Why:    "A snapshot lives as long as the session that holds it. What is copied in a later one has changes that the slot delivers again, or lacks some that it does not deliver. A name can come again, so what the snapshot sees is compared with what it saw when it was taken.",
			Remedy: "20-snapshots/21-hold.sh; for a slot whose snapshot is gone before its tables are copied 80-recovery/82-restart-slot.sh",
		},
		{
			Code: "G2-POINT", Title: "each slot starts exactly where its snapshot was taken", Engines: planner.Engines{planner.EngineNative}, HandOff: planner.HandOffSnapshot, Gates: from, Family: Positions, Cost: Instant, Loss: true, Needs: []Side{Source}, Run: checkPoints,
			Why:    "Until a slot's subscription runs, its confirmed_flush_lsn is the position of its snapshot. Where it is another, somebody has read from it, and what was read is in neither copy nor stream. Nor does it mean anything on another timeline, or before the publications were complete.",
			Remedy: "80-recovery/82-restart-slot.sh",
		},
		{
			Code: "G3-SNAPSHOT", Title: "everything was read in the snapshot of its slot", Engines: planner.Engines{planner.EngineNative}, HandOff: planner.HandOffSnapshot, Gates: []Gate{Loaded}, Family: Positions, Cost: Instant, Loss: true, Needs: []Side{Target}, Run: checkReadInSnapshot,
			Why:    "Each copy proves that it reads in the snapshot that the ledger has for its slot. Where state.json has another one, the subscription would start at another position than the copy.",
			Remedy: "80-recovery/82-restart-slot.sh",
		},
	}
}

// snapshots reports whether rows come from the source itself.
func (e *Env) snapshots() bool { return e.Plan.Options.Snapshots() }

// bySnapshots gives answers that would send somebody to a pause, or to slots without snapshots, what to do instead.
func (e *Env) bySnapshots(results []Result) []Result {
	if !e.snapshots() {
		return results
	}
	for i := range results {
		if h := results[i].Hint; strings.Contains(h, "20-replica/") || strings.Contains(h, "17-slots.sh") || h == tooLate {
			results[i].Hint = "what is missing in the publications is added by 10-source/16-members.sh; then 80-recovery/82-restart-slot.sh begins anew with the slot's tables. A slot that was never made is made by 20-snapshots/21-hold.sh"
		}
	}
	return results
}

// wanted are the servers that the run's gate is about.
func (e *Env) wanted() []Side {
	return slices.DeleteFunc(e.Gate.sides(), func(s Side) bool {
		return s == Replica && !e.standby() || s == Target && e.toBeMade() && e.Gate == Preflight // the replica is yet to be made
	})
}

// snapshotServer is the source as a snapshot sees it.
type snapshotServer struct {
	e *Env
	StateSnapshot
}

// goneError is a snapshot that cannot be read in any more.
type goneError struct{ why string }

func (e *goneError) Error() string { return "the snapshot is gone: " + e.why }

// within runs do in a transaction that reads in the snapshot. A *goneError says that it cannot.
func (s snapshotServer) within(ctx context.Context, do func(Session) error) error {
	return s.e.session(ctx, Source, func(conn Session) (err error) {
		if _, err := conn.Exec(ctx, "begin isolation level repeatable read read only"); err != nil {
			return err
		}
		defer func() {
			end, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
			defer cancel()
			if _, endErr := conn.Exec(end, "rollback"); endErr != nil && err == nil {
				err = endErr
			}
		}()
		if _, err := conn.Exec(ctx, "set transaction snapshot "+analyze.Literal(s.Name)); err != nil {
			if pg, ok := errors.AsType[*pgconn.PgError](err); ok && pg.SeverityUnlocalized == "ERROR" {
				return &goneError{pg.Message}
			}
			return err
		}
		var sees string
		rows, err := conn.Query(ctx, "select pg_catalog.txid_current_snapshot()::text")
		if err != nil {
			return err
		}
		if sees, err = pgx.CollectExactlyOneRow(rows, pgx.RowTo[string]); err != nil {
			return err
		}
		if sees != s.Transactions {
			return &goneError{fmt.Sprintf("another one has its name and sees %s, not %s", sees, s.Transactions)}
		}
		return do(conn)
	})
}

// Rows runs a statement in the snapshot; see parityServer.
func (s snapshotServer) Rows(ctx context.Context, sql string, scan func(pgx.Rows) error) error {
	return s.within(ctx, func(conn Session) error {
		rows, err := conn.Query(ctx, sql, pgx.QueryExecModeExec)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			if err := scan(rows); err != nil {
				return err
			}
		}
		return rows.Err()
	})
}

// snapshot is what a slot's tables are copied in; ok is false where state.json knows of none.
func (e *Env) snapshot(slot string) (s snapshotServer, ok bool) {
	if e.State == nil || e.State.Slots[slot].Snapshot == nil {
		return snapshotServer{}, false
	}
	return snapshotServer{e, *e.State.Slots[slot].Snapshot}, true
}

// held says why a slot's snapshot cannot be used; empty: it can.
func (e *Env) held(ctx context.Context, slot string) (string, error) {
	s, ok := e.snapshot(slot)
	if !ok {
		return "state.json knows of none", nil
	}
	err := s.within(ctx, func(Session) error { return nil })
	if gone, ok := errors.AsType[*goneError](err); ok {
		return gone.why, nil
	}
	return "", err
}

func checkSnapshots(ctx context.Context, e *Env) ([]Result, error) {
	var out []Result
	for _, g := range e.Plan.Groups {
		why, err := e.held(ctx, g.Slot)
		if err != nil {
			return out, err
		}
		out = append(out, e.State.judgeHeld(e.Gate, g.Slot, why))
	}
	return orNothing(out, noGroups), nil
}

// judgeHeld decides about a slot whose snapshot cannot be used for the reason why; empty: it can.
func (s *State) judgeHeld(gate Gate, slot, why string) Result {
	var known StateSlot
	if s != nil {
		known = s.Slots[slot]
	}
	finished := s != nil && s.Load != nil && s.Load.FinishedAt != nil
	var r Result
	switch {
	case known.Snapshot == nil:
		return fail(slot, "it has no snapshot").hint("20-snapshots/21-hold.sh %s", slot)
	case s.Earlier(slot):
		return skip(slot, "its changes are being applied: the snapshot has done its work")
	case why == "":
		r = pass(slot, "held, at %s", known.ConsistentPoint)
	case gate == Loaded && finished && known.Snapshot.ReleasedAt != nil:
		r = pass(slot, "released after its tables were copied")
	case gate == Loaded && finished:
		r = warn(slot, "all its tables are copied, and nobody has released it: %s", why).hint("what is copied stands; rows can be compared by what the copies counted only")
	default:
		r = fail(slot, "it is gone before all tables of the slot were copied: %s", why).hint("80-recovery/82-restart-slot.sh %s begins anew with them", slot)
	}
	return r.with("at", known.ConsistentPoint, "sees", known.Snapshot.Transactions, "held by process", known.Snapshot.PID)
}

func checkPoints(ctx context.Context, e *Env) ([]Result, error) {
	src, err := e.server(Source)
	if err != nil {
		return nil, err
	}
	slots, err := probeSlots(ctx, e, Source)
	if err != nil {
		return nil, err
	}
	var out []Result
	for _, g := range e.Plan.Groups {
		out = append(out, judgePoint(g.Slot, e.State, slots, src))
	}
	return orNothing(out, noGroups), nil
}

// judgePoint is the condition under which a slot and the copies in its snapshot lose and repeat nothing.
func judgePoint(name string, state *State, slots map[string]slot, src server) Result {
	var known StateSlot
	complete := LSN(0)
	if state != nil {
		known, complete = state.Slots[name], state.SetsCompleteLSN
	}
	s, ok := slots[name]
	const anew = "80-recovery/82-restart-slot.sh begins anew with its tables"
	var r Result
	switch point := known.ConsistentPoint; {
	case !ok:
		return unasked(name, slotGone)
	case point == 0 || known.Snapshot == nil:
		return unasked(name, "state.json does not say where its snapshot was taken: see G2-SNAPSHOT")
	case complete == 0:
		r = unknown(name, "state.json does not say when the publications were complete").hint("20-snapshots/21-hold.sh notes it; nobody edits state.json")
	case point < complete:
		r = fail(name, "its snapshot was taken at %s, before %s, where the publications were complete: what was written in between would be missing", point, complete).hint(anew)
	case point > src.Flush:
		r = fail(name, "its snapshot was taken at %s, after %s, up to which the source has written: it is not a position of this source", point, src.Flush).hint("restore state.json from a copy; nobody edits it")
	case state.Source != nil && state.Source.Timeline > 0 && src.Timeline > 0 && state.Source.Timeline != src.Timeline:
		r = fail(name, "it was made on timeline %d, the source is on %d: it failed over", state.Source.Timeline, src.Timeline).hint("start over with 80-recovery/83-full-restart.sh")
	case state.Earlier(name):
		return skip(name, "it started at %s and is being read since", point)
	case s.Confirmed < point:
		r = fail(name, "its confirmed_flush_lsn %s is before %s, where its snapshot was taken, and a slot never goes back: it is another slot", s.Confirmed, point).hint(anew)
	case s.Confirmed > point:
		r = fail(name, "it has been read up to %s, past %s, where its snapshot was taken: what lies between would be missing without an error", s.Confirmed, point).hint(anew)
	default:
		r = pass(name, "at %s, like its snapshot", point)
	}
	return r.with("confirmed_flush_lsn", s.Confirmed, "snapshot at", known.ConsistentPoint, "sets_complete_lsn", complete)
}

// ledgerSnapshot is what the load read a slot's tables in.
type ledgerSnapshot struct {
	Slot, Name, Transactions string
	LSN                      string
}

func checkReadInSnapshot(ctx context.Context, e *Env) ([]Result, error) {
	there, err := queryOne[struct{ There bool }](ctx, e, Target, "select to_regclass('pgcutover.snapshot') is not null as there")
	if err != nil {
		return nil, err
	}
	if !there.There {
		return []Result{fail("ledger", noLedger)}, nil
	}
	rows, err := query[ledgerSnapshot](ctx, e, Target, "select slot, lsn::text as lsn, name, transactions from pgcutover.snapshot")
	if err != nil {
		return nil, err
	}
	read := map[string]ledgerSnapshot{}
	for _, r := range rows {
		read[r.Slot] = r
	}
	var out []Result
	for _, g := range e.Plan.Groups {
		out = append(out, judgeRead(g.Slot, e.State, read))
	}
	return orNothing(out, noGroups), nil
}

func judgeRead(name string, state *State, read map[string]ledgerSnapshot) Result {
	s, ok := read[name]
	var known StateSlot
	if state != nil {
		known = state.Slots[name]
	}
	switch {
	case !ok:
		return fail(name, "the ledger has no snapshot for it: none of its tables is copied").hint("40-load/42-load.sh")
	case known.Snapshot == nil:
		return unasked(name, "state.json knows of no snapshot: see G2-SNAPSHOT")
	case lsn(&s.LSN) != known.ConsistentPoint || s.Name != known.Snapshot.Name || s.Transactions != known.Snapshot.Transactions:
		return fail(name, "its tables were read at %s in snapshot %s, state.json has %s at %s", s.LSN, s.Name, known.Snapshot.Name, known.ConsistentPoint).
			hint("restore state.json from a copy; nobody edits it").with("ledger", s.LSN, "state.json", known.ConsistentPoint)
	}
	return pass(name, "every copy was read in the snapshot at %s", known.ConsistentPoint)
}

// judgeJoined looks whether a publication, or the membership of a table in it, is younger than the slot's snapshot: what was written before it joined
// would be missing. The transactions that wrote the rows of the catalog tell, at any time and without asking the snapshot itself.
func judgeJoined(groups []planner.Group, now map[string]replicationSet, state *State) (out []Result) {
	for _, g := range groups {
		if state == nil || state.Slots[g.Slot].Snapshot == nil {
			continue // G2-SNAPSHOT says so
		}
		sees := state.Slots[g.Slot].Snapshot.Transactions
		for _, name := range []string{g.UpdateSet, g.InsertSet} {
			set, ok := now[name]
			if !ok {
				continue // G1-SETS says so
			}
			if !visible(set.Version, sees) {
				out = append(out, fail(name, "it was changed since the snapshot of its slot, or dropped and made anew: what it did not publish meanwhile would be missing").
					hint("80-recovery/82-restart-slot.sh %s begins anew with its tables", g.Slot))
			}
			for _, t := range slices.SortedFunc(maps.Keys(set.Members), analyze.Name.Compare) {
				if !visible(set.Members[t].Version, sees) {
					out = append(out, fail(t.String(), "it joined %s after the snapshot of the slot: what was written to it before would be missing", name).
						hint("80-recovery/82-restart-slot.sh %s begins anew with its tables", g.Slot))
				}
			}
		}
	}
	return out
}

// visible reports whether a transaction, as xmin shows it in 32 bits, had committed for a snapshot as txid_current_snapshot prints it. What cannot be
// read is taken for one that had not.
func visible(xid, snapshot string) bool {
	parts := strings.Split(snapshot, ":")
	x, err := strconv.ParseUint(xid, 10, 32)
	if err != nil || len(parts) != 3 {
		return false
	}
	upTo, err := strconv.ParseUint(parts[1], 10, 64)
	if err != nil {
		return false
	}
	const epoch = uint64(1) << 32
	full := upTo&^(epoch-1) | x
	switch { // the one within two billion of the snapshot
	case x < 3: // permanent ids, visible to all
		return true
	case full >= upTo+epoch/2 && full >= epoch:
		full -= epoch
	case full+epoch/2 < upTo:
		full += epoch
	}
	return full < upTo && !slices.Contains(strings.Split(parts[2], ","), strconv.FormatUint(full, 10))
}

// since is the transaction id, with its epoch, below which every transaction was in the copy; empty: not known. Slots with snapshots of their own, or that
// start at different pauses, have different ones; the lowest is right for all, since it only makes more rows candidates. Of pauses some may not be known.
func (e *Env) since() string {
	if e.State == nil {
		return ""
	}
	lowest := uint64(0)
	lower := func(text string) bool {
		n, err := strconv.ParseUint(text, 10, 64)
		if err == nil && (lowest == 0 || n < lowest) {
			lowest = n
		}
		return err == nil
	}
	if !e.snapshots() {
		lower(e.State.XMin(""))
	}
	for _, g := range e.Plan.Groups {
		if !e.snapshots() {
			lower(e.State.XMin(g.Slot))
			continue
		}
		s := e.State.Slots[g.Slot].Snapshot
		if s == nil {
			return ""
		}
		from, _, _ := strings.Cut(s.Transactions, ":")
		if !lower(from) {
			return ""
		}
	}
	if lowest == 0 {
		return ""
	}
	return strconv.FormatUint(lowest, 10)
}

// checkSnapshotRows compares each table of the target, to which nothing is applied yet, with the source as the slot's snapshot sees it, for as long
// as that is held; else with what its copies counted in it. sent is the latter.
func checkSnapshotRows(ctx context.Context, e *Env, sent map[analyze.Name]int64) ([]Result, error) {
	out := e.unchosen()
	for _, g := range e.Plan.Groups {
		var tables []planner.Table
		for _, t := range e.chosen(e.Plan.Tables) {
			if t.Handling.Copied() && t.Group == g.Number {
				tables = append(tables, t)
			}
		}
		if len(tables) == 0 {
			continue
		}
		if e.State.Earlier(g.Slot) {
			out = append(out, skip(g.Slot, "its changes are being applied: the target is not what was copied any more"))
			continue
		}
		slices.SortStableFunc(tables, func(a, b planner.Table) int { return cmp.Compare(b.Bytes, a.Bytes) })
		why, err := "no source was given", error(nil)
		if _, ok := e.missing("", Source); ok {
			if why, err = e.held(ctx, g.Slot); err != nil {
				return out, err
			}
		}
		var results []Result
		if e.Rows == RowsChecksum && why == "" {
			results, err = e.valuesInSnapshot(ctx, g.Slot, tables, sent)
		} else {
			results, err = e.countsInSnapshot(ctx, g.Slot, tables, sent, why == "")
		}
		out = append(out, results...)
		if why != "" {
			out = append(out, unknown(g.Slot, "its rows were compared with what the load counted in the snapshot, not with the source: %s", why).
				hint("only while the snapshot is held can both sides be compared exactly; at the cutover everything is compared once more"))
		}
		if err != nil {
			return out, err
		}
	}
	return orNothing(out, "the plan copies no tables"), nil
}

func (e *Env) countsInSnapshot(ctx context.Context, slot string, tables []planner.Table, sent map[analyze.Name]int64, held bool) ([]Result, error) {
	s, _ := e.snapshot(slot)
	var out []Result
	var mu sync.Mutex
	g, gctx := errgroup.WithContext(ctx)
	g.SetLimit(e.Jobs)
	for _, batch := range e.batches(tables) {
		g.Go(func() error {
			counts, err := e.count(gctx, batch, false, sent)
			if err != nil {
				return err
			}
			if held {
				here, err := s.countRows(gctx, batch)
				if err != nil {
					return err
				}
				note(counts, here)
			}
			mu.Lock()
			defer mu.Unlock()
			for _, c := range counts {
				out = append(out, c.judgeFrom("source in the snapshot"))
			}
			e.progress("G3-ROWS", len(out), len(tables))
			return nil
		})
	}
	err := g.Wait()
	return out, err
}

// countRows counts tables as the snapshot sees them.
func (s snapshotServer) countRows(ctx context.Context, tables []planner.Table) ([]tally, error) {
	return countBy(tables, func(sql string) (n []int64, err error) {
		err = s.Rows(ctx, sql, func(r pgx.Rows) error { return r.Scan(&n) })
		return n, err
	})
}

func (e *Env) valuesInSnapshot(ctx context.Context, slot string, tables []planner.Table, sent map[analyze.Name]int64) ([]Result, error) {
	s, _ := e.snapshot(slot)
	run := ctx
	if e.Budget > 0 {
		var cancel context.CancelFunc
		run, cancel = context.WithTimeout(ctx, e.Budget)
		defer cancel()
	}
	var out []Result
	err := parity.Compare(run, s, parityServer{e, Target}, asked(tables), parity.Options{
		Jobs: e.Jobs, Show: e.Show, List: e.List, PieceBytes: e.PieceBytes,
		Report: func(done, total int64) {
			if e.Compared != nil {
				e.Compared("G3-ROWS", done, total)
			}
		},
	}, func(o parity.Outcome) {
		e.list(o, nil)
		out = append(out, e.judgeValues(o, sent))
	})
	if err != nil && run.Err() != nil && ctx.Err() == nil {
		err = fmt.Errorf("the budget of %s was over before a table was compared", e.Budget)
	}
	return out, err
}
