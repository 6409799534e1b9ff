package verify

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/pgcutover/pgcutover/analyze"
)

// fence is what a frozen source shows at two looks.
type fence struct {
	Frozen   bool     // at both
	Prepared int      // the more of both
	Writers  []string // sessions that hold a transaction id
	Writes   [2]map[string]int64
	Since    *int64 // rows written by the time of the freeze, of all tables; nil: state.json does not say
}

// watchFence looks before the others of the gate and after them: what it says holds for all that they looked at, but for what counters do not tell yet: one of a session
// that is idle may come seconds late (PGSTAT_IDLE_INTERVAL, 15 and newer).
func watchFence(ctx context.Context, e *Env) (func(context.Context) ([]Result, error), error) {
	f := fence{Frozen: true}
	between := e.Settle
	if e.State != nil && e.State.Freeze != nil {
		f.Since = &e.State.Freeze.Writes
		between = min(between, time.Second) // until the last counter is there: the time to watch is all that has passed since
	}
	if err := f.look(ctx, e, 0); err != nil {
		return nil, err
	}
	first := time.Now()
	return func(ctx context.Context) ([]Result, error) {
		if err := pauseFor(ctx, between-time.Since(first)); err != nil {
			return nil, err
		}
		// Sessions may have been idle for as long as the others took, which not every network and server lets them: behind the last of those is a new one.
		err := f.look(ctx, e, 1)
		for range e.Jobs {
			if !severed(err) || ctx.Err() != nil {
				break
			}
			err = f.look(ctx, e, 1)
		}
		if err != nil {
			return nil, err
		}
		return f.judge(), nil
	}, nil
}

// severed tells whether a query failed because its session had ended.
func severed(err error) bool {
	if pe, said := errors.AsType[*pgconn.PgError](err); said {
		return strings.HasPrefix(pe.Code, "57P") // of which 57P01 is pg_terminate_backend, 57P05 idle_session_timeout
	}
	return err != nil
}

// look notes whether the source is frozen, who writes, and what was written so far.
func (f *fence) look(ctx context.Context, e *Env, i int) error {
	row, err := queryOne[struct {
		Frozen   bool
		Prepared int
	}](ctx, e, Source, `select to_regclass('pgcutover.frozen') is not null as frozen,
		(select count(*) from pg_prepared_xacts where database = current_database())::int as prepared`)
	if err != nil {
		return err
	}
	f.Frozen, f.Prepared = f.Frozen && row.Frozen, max(f.Prepared, row.Prepared)
	who, err := query[struct{ Who string }](ctx, e, Source, `select format('%s, pid %s, application %s', usename, pid, application_name) as who from pg_stat_activity
		where datname = current_database() and backend_xid is not null and pid <> pg_backend_pid() and query not like 'autovacuum: %' order by pid`)
	if err != nil {
		return err
	}
	for _, w := range who {
		if !slices.Contains(f.Writers, w.Who) {
			f.Writers = append(f.Writers, w.Who)
		}
	}
	rows, err := query[struct {
		Name string
		N    int64
	}](ctx, e, Source, `select format('%I.%I', schemaname, relname) as name, n_tup_ins + n_tup_upd + n_tup_del as n
		from pg_stat_user_tables where schemaname not in ('pgcutover', 'pglogical')`)
	if err != nil {
		return err
	}
	f.Writes[i] = map[string]int64{}
	for _, r := range rows {
		f.Writes[i][r.Name] = r.N
	}
	return nil
}

func (f fence) judge() []Result {
	var out []Result
	if !f.Frozen {
		out = append(out, fail("freeze", "the source is not frozen: pgcutover.frozen is not there").hint("70-cutover/71-freeze.sh, then 72-drain.sh"))
	}
	if f.Prepared > 0 {
		out = append(out, fail("prepared transactions", "%s: what it commits would come after the drain", analyze.Count(f.Prepared, "prepared transaction")))
	}
	if len(f.Writers) > 0 {
		out = append(out, fail("sessions", "%s: %s", analyze.Count(len(f.Writers), "session has a transaction that writes"), analyze.Some(f.Writers, 5)))
	}
	var moved []string
	for _, name := range slices.Sorted(maps.Keys(f.Writes[1])) {
		if f.Writes[1][name] != f.Writes[0][name] {
			moved = append(moved, name)
		}
	}
	total := int64(0)
	for _, n := range f.Writes[1] {
		total += n
	}
	switch {
	case len(moved) > 0:
		out = append(out, fail("counters", "rows were written between two looks: %s", analyze.Some(moved, 5)))
	case f.Since != nil && total > *f.Since:
		out = append(out, fail("counters", "rows were written since the freeze: %d in all", total-*f.Since))
	case f.Since != nil && total < *f.Since:
		out = append(out, fail("counters", "the server has lost counters since the freeze, in a crash, by a reset or with a table: what was written since cannot be told"))
	}
	if len(out) == 0 {
		out = append(out, pass("", "frozen; no session writes, and no row counter moved"))
	}
	return out
}

func checkDrained(ctx context.Context, e *Env) ([]Result, error) {
	if e.State == nil || e.State.Drain == nil {
		return []Result{unknown("", "state.json has no drain").hint("70-cutover/72-drain.sh")}, nil
	}
	markers, err := probeMarkers(ctx, e)
	if err != nil {
		return nil, err
	}
	slots, err := probeSlots(ctx, e, Source)
	if err != nil {
		return nil, err
	}
	back := e.State.WayBackAt != nil // its markers have replaced those of the drain
	var out []Result
	for _, g := range e.Plan.Groups {
		m, s := markers[g.Slot], slots[g.Slot]
		var r Result
		switch token, _, _ := strings.Cut(m.Target, " "); {
		case m.Source != m.Target:
			r = fail(g.Slot, "its marker is not the same on both sides: something was written to the source after the drain, or has not arrived")
		case token != e.State.Drain.Token && !back:
			r = fail(g.Slot, "its marker is not the one of the drain in state.json")
		case e.State.Freeze != nil && e.State.Drain.LSN < e.State.Freeze.LSN:
			r = fail(g.Slot, "the drain was of everything up to %s, and the source was frozen anew at %s", e.State.Drain.LSN, e.State.Freeze.LSN)
		case s.Name != "" && s.Confirmed < e.State.Drain.LSN:
			r = fail(g.Slot, "it is confirmed up to %s only, the freeze was at %s", s.Confirmed, e.State.Drain.LSN)
		default:
			r = pass(g.Slot, "everything up to %s is on the target", e.State.Drain.LSN)
		}
		out = append(out, r.with("confirmed_flush_lsn", s.Confirmed, "frozen at", e.State.Drain.LSN))
	}
	return orNothing(out, noGroups), nil
}
