package verify_test

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/pgcutover/pgcutover/analyze"
	"github.com/pgcutover/pgcutover/analyze/differences"
	"github.com/pgcutover/pgcutover/planner"
	"github.com/pgcutover/pgcutover/verify"
)

const movingSchema = `
create table accounts (id bigint primary key, email text not null, note text, n int not null default 0, doubled int generated always as (id * 2) stored);
create table pairs (a int, b text, v text, primary key (a, b));
create table log (line text);
insert into accounts (id, email) select i, 'a' || i from generate_series(1, 3000) as i;
insert into pairs select i % 10, 'b' || i, 'v' from generate_series(1, 500) as i;
insert into log select 'line ' || i from generate_series(1, 100) as i;
`

// follower applies the source's changes to the target.
type follower struct {
	settings  []string // of the target
	prepare   func(*world)
	subscribe func(w *world, g planner.Group) string // SQL for the target
	stop      func(w *world, g planner.Group) string
	start     func(w *world, g planner.Group) string
}

// followers are PostgreSQL's own replication, whose slots tell what was applied, and pglogical's, which reads the sets and slots that
// AWS DMS reads and, like AWS DMS, lets only the marker tell.
var followers = map[string]follower{
	planner.EngineNative: {
		prepare: (*world).prepareNative,
		subscribe: func(w *world, g planner.Group) string {
			return fmt.Sprintf("create subscription %s connection %s publication %[1]s with (create_slot = false, slot_name = '%[1]s', copy_data = false, enabled = false);\n", g.Slot, literal(w.source.DSN(w.db))) +
				fmt.Sprintf("select pg_replication_origin_advance('pg_' || oid, '%s') from pg_subscription where subname = '%s'; alter subscription %[2]s enable", w.state.Pause.LSN, g.Slot)
		},
		stop:  func(_ *world, g planner.Group) string { return "alter subscription " + g.Slot + " disable" },
		start: func(_ *world, g planner.Group) string { return "alter subscription " + g.Slot + " enable" },
	},
	planner.EngineDMS: {
		settings: []string{"shared_preload_libraries=pglogical"},
		prepare:  (*world).prepareSource,
		subscribe: func(w *world, g planner.Group) string { // whose API makes a slot of its own and starts at it
			return fmt.Sprintf(`create extension if not exists pglogical;
				select pglogical.create_node('subscriber', %s) where not exists (select from pglogical.node where node_name = 'subscriber');
				begin;
				select pglogical.create_subscription('%s', %s, '{%[2]s,%[4]s}', false, false, '{}');
				update pglogical.subscription set sub_slot_name = '%[2]s' where sub_name = '%[2]s';
				update pglogical.local_sync_status set sync_status = 'r' where sync_subid = (select sub_id from pglogical.subscription where sub_name = '%[2]s');
				select pg_replication_origin_create('%[2]s');
				select pg_replication_origin_advance('%[2]s', '%[5]s');
				commit`, literal(w.target.DSN(w.targetDB)), g.Slot, literal(w.source.DSN(w.db)), g.InsertSet, w.state.Pause.LSN)
		},
		stop: func(_ *world, g planner.Group) string {
			return "select pglogical.alter_subscription_disable('" + g.Slot + "', true)"
		},
		start: func(_ *world, g planner.Group) string {
			return "select pglogical.alter_subscription_enable('" + g.Slot + "', true)"
		},
	},
}

func literal(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }

// prepareNative does what 10-source does for the engine native.
func (w *world) prepareNative() {
	w.source.MustPsql(w.t, w.db, w.markers())
	w.state = verify.State{Format: 1, Slots: map[string]verify.StateSlot{}, Source: &verify.StateSource{Database: w.db, Timeline: 1,
		SystemIdentifier: w.source.MustPsql(w.t, w.db, "select system_identifier from pg_control_system()")}}
	for _, g := range w.plan.Groups {
		var tables []string
		for _, n := range append(g.Tables, g.Marker) {
			tables = append(tables, n.SQL())
		}
		w.source.MustPsql(w.t, w.db, fmt.Sprintf("create publication %s for table %s", g.Slot, strings.Join(tables, ", ")))
		w.createSlot(g.Slot, "pgoutput")
		w.recordSlot(g.Slot)
	}
	w.state.SetsCompleteLSN = w.insertLSN()
}

// followed is a world whose replica was resumed and whose target gets the source's changes.
func followed(t *testing.T, by follower) *world {
	w := emptyWorld(t, movingSchema, by.settings...)
	by.prepare(w)
	spanning := w.writes("begin; update accounts set note = 'spans the pause' where id = 1; insert into accounts values (5001, 'new', 'spans the pause')")
	w.source.MustPsql(t, w.db, "update accounts set note = 'before the pause' where id = 2")
	w.pause()
	w.state.Pause.XMin = w.replica.MustPsql(t, w.db, "select txid_snapshot_xmin(txid_current_snapshot())")
	w.load()
	spanning("commit")
	w.resume()
	now := time.Now().UTC()
	w.state.ResumedAt = &now
	w.follow(by.subscribe)
	return w
}

// follow says something to what applies each group's changes.
func (w *world) follow(sql func(w *world, g planner.Group) string) {
	w.t.Helper()
	for _, g := range w.plan.Groups {
		w.target.MustPsql(w.t, w.targetDB, sql(w, g))
	}
}

// started has changes applied again, and waits until every slot is read. pglogical does not see a subscription that is enabled while its last worker is on
// its way out until minutes later, so it is told again.
func (w *world) started(by follower) {
	w.t.Helper()
	w.follow(by.start)
	tries := 0
	require.Eventually(w.t, func() bool {
		idle := 0
		for _, g := range w.plan.Groups {
			if w.source.MustPsql(w.t, w.db, "select active from pg_replication_slots where slot_name = "+literal(g.Slot)) == "f" {
				idle++
				if tries++; tries%50 == 0 {
					w.target.MustPsql(w.t, w.targetDB, by.start(w, g))
				}
			}
		}
		return idle == 0
	}, time.Minute, 100*time.Millisecond)
}

// writes opens a transaction on the source, and returns how to end it.
func (w *world) writes(sql string) func(string) {
	conn, err := w.connect(w.t.Context(), verify.Source)
	require.NoError(w.t, err)
	_, err = conn.Exec(w.t.Context(), sql)
	require.NoError(w.t, err)
	return func(end string) {
		_, err := conn.Exec(w.t.Context(), end)
		require.NoError(w.t, err)
		require.NoError(w.t, conn.Close(w.t.Context()))
	}
}

// busy writes to the source until it is told to stop.
func (w *world) busy() (stop func()) {
	ctx, cancel := context.WithCancel(w.t.Context())
	var wg sync.WaitGroup
	conn, err := w.connect(ctx, verify.Source)
	require.NoError(w.t, err)
	wg.Add(1)
	go func() {
		defer wg.Done()
		defer conn.Close(context.Background())
		for i := 0; ctx.Err() == nil; i++ {
			_, _ = conn.Exec(ctx, "update accounts set n = n + 1 where id = $1", i%50)
			_, _ = conn.Exec(ctx, "delete from pairs where a = $1 and b like '%0'", i%10)
			_, _ = conn.Exec(ctx, "insert into pairs select $1, 'b' || $2 || '0', 'again' on conflict do nothing", i%10, i)
			_, _ = conn.Exec(ctx, "select pg_sleep(0.002)")
		}
	}()
	return func() {
		cancel()
		wg.Wait()
	}
}

// applied waits until the target has everything that the source has.
func (w *world) applied() {
	w.t.Helper()
	w.touchMarkers()
	tokens := func(side verify.Side) (out string) {
		c, db := w.cluster(side)
		for _, g := range w.plan.Groups {
			out += c.MustPsql(w.t, db, "select at from "+g.Marker.SQL()+" where id = 1")
		}
		return out
	}
	require.Eventually(w.t, func() bool { return tokens(verify.Source) == tokens(verify.Target) }, 2*time.Minute, 100*time.Millisecond)
}

// delta compares while the markers move, as the remedy for what is not known to be applied says.
func (w *world) delta(edit ...func(*verify.Env)) verify.Report {
	w.t.Helper()
	e := w.env(verify.Loaded)
	e.Rows, e.Patience = verify.RowsDelta, time.Minute
	for _, f := range edit {
		f(&e)
	}
	defer w.again(20*time.Millisecond, w.marking...)()
	return w.runEnv(e, "rows")
}

// again runs SQL on the source again and again until it is told to stop.
func (w *world) again(pause time.Duration, sql ...string) (stop func()) {
	ctx, cancel := context.WithCancel(w.t.Context())
	conn, err := w.connect(ctx, verify.Source)
	require.NoError(w.t, err)
	var wg sync.WaitGroup
	wg.Go(func() {
		defer conn.Close(context.Background())
		for ctx.Err() == nil {
			for _, s := range sql {
				_, _ = conn.Exec(ctx, s)
			}
			time.Sleep(pause)
		}
	})
	return func() {
		cancel()
		wg.Wait()
	}
}

// TestWhatChangedSinceThePause follows a target under writes: no false alarm, and every sabotage of what moved is named.
func TestWhatChangedSinceThePause(t *testing.T) {
	for engine, by := range followers {
		t.Run(engine, func(t *testing.T) {
			t.Parallel() // what it does is wait
			changedSinceThePause(t, engine, by)
		})
	}
}

func changedSinceThePause(t *testing.T, engine string, by follower) {
	w := followed(t, by)
	w.applied()
	r := w.delta(func(e *verify.Env) { e.Patience = time.Hour }) // what is equal waits for nothing
	require.Equal(t, 0, r.ExitCode(), show(r))
	require.Regexp(t, "G3-ROWS public.accounts: [2-9] rows? changed since the pause, equal; the keys of all 3001 rows are there", show(r))

	t.Run("in flight", func(t *testing.T) {
		w.follow(by.stop)
		w.source.MustPsql(t, w.db, "update accounts set note = 'on its way' where id = 77; delete from accounts where id = 78; insert into log values ('on its way')")
		r := w.delta(func(e *verify.Env) { e.Patience = time.Millisecond })
		require.Empty(t, failed(r), show(r))
		require.Equal(t, 3, r.ExitCode(), show(r))
		require.Contains(t, show(r), "the target is not known to have applied what the source had")
		w.started(by)
		if engine == planner.EngineDMS { // the hint is what has to be done: nothing else tells what was applied
			for _, m := range regexp.MustCompile(`while this runs: (update .*) \\watch 5`).FindAllStringSubmatch(show(r), -1) {
				w.marking = append(w.marking, m[1])
			}
		}
		r = w.delta() // waits for what is on its way
		require.Equal(t, 0, r.ExitCode(), show(r))
	})

	stop := w.busy()
	for range 3 {
		r = w.delta()
		require.Empty(t, failed(r), show(r))
		require.NotContains(t, show(r), "not known to have applied")
	}
	stop()
	w.applied()
	r = w.delta()
	require.Equal(t, 0, r.ExitCode(), show(r))

	t.Run("sabotage", func(t *testing.T) {
		w.source.MustPsql(t, w.db, "update accounts set note = 'moved' where id in (100, 101); update pairs set v = 'moved' where a = 3 and b = 'b3'")
		w.applied()
		w.target.MustPsql(t, w.targetDB, `update accounts set note = 'harmed' where id = 100; delete from accounts where id = 200; insert into accounts (id, email) values (9000, 'secret');
			update pairs set v = null where a = 3 and b = 'b3'`)
		r := w.delta()
		require.Equal(t, []string{"G3-ROWS public.accounts", "G3-ROWS public.pairs"}, failed(r), show(r))
		for _, says := range []string{"different: id = 100, at ", ": note\n", "missing: id = 200, at (", "extra: id = 9000, at (", "3 rows differ", "a = 3, b = …, at "} {
			require.Contains(t, show(r), says)
		}
		require.NotContains(t, show(r), "secret")
		w.target.MustPsql(t, w.targetDB, `update accounts set note = 'moved' where id = 100; insert into accounts (id, email) values (200, 'a200'); delete from accounts where id = 9000;
			update pairs set v = 'moved' where a = 3 and b = 'b3'`)
		r = w.delta()
		require.Equal(t, 0, r.ExitCode(), show(r))

		w.target.MustPsql(t, w.targetDB, "delete from log where line = 'line 7'")
		r = w.delta()
		require.Equal(t, []string{"G3-ROWS public.log"}, failed(r), show(r))
	})

	t.Run("at the gate cdc", func(t *testing.T) {
		at := func(edit func(*verify.Env)) verify.Report {
			e := w.env(verify.CDC)
			e.Patience = time.Minute
			edit(&e)
			defer w.again(20*time.Millisecond, w.marking...)()
			return w.runEnv(e, "G5-PARITY")
		}
		w.applied()
		w.target.MustPsql(t, w.targetDB, "update accounts set note = null where id = 1") // what spanned the pause
		r := at(func(*verify.Env) {})
		require.NotContains(t, show(r), "public.accounts", "nothing is read that nobody asked for")
		require.Contains(t, show(r), "not asked for")
		r = at(func(e *verify.Env) { e.Rows = verify.RowsDelta })
		require.Contains(t, failed(r), "G5-PARITY public.accounts", show(r))
		require.Contains(t, show(r), "different: id = 1, at ")
		w.target.MustPsql(t, w.targetDB, "update accounts set note = 'spans the pause' where id = 1; insert into log values ('line 7')")
		r = at(func(e *verify.Env) { e.Rows = verify.RowsDelta })
		require.Equal(t, 0, r.ExitCode(), show(r))
	})

	// One slot was restarted alone since, and so the replica paused again: the tables of the others changed since the first pause.
	t.Run("after another pause", func(t *testing.T) {
		first := *w.state.Pause
		defer func() { *w.state.Pause = first }()
		slots := maps.Clone(w.state.Slots)
		defer func() { w.state.Slots = slots }()
		again := func(xmin string) {
			w.state.Pause.LSN, w.state.Pause.XMin = w.insertLSN(), w.source.MustPsql(t, w.db, "select txid_snapshot_xmin(txid_current_snapshot())")
			w.state.Slots = maps.Clone(slots)
			for name, s := range slots {
				s.StartLSN, s.XMin = first.LSN, xmin
				w.state.Slots[name] = s
			}
		}
		w.target.MustPsql(t, w.targetDB, "update accounts set note = 'harmed' where id = 100") // it changed before the second pause
		w.applied()
		again(first.XMin)
		r := w.delta()
		require.Equal(t, []string{"G3-ROWS public.accounts"}, failed(r), show(r))
		require.Contains(t, show(r), "different: id = 100, at ")
		again("") // as 21-pause.sh --slot left it once
		var list bytes.Buffer
		writer := differences.NewWriter(&list, differences.List{Rows: "delta"})
		r = w.delta(func(e *verify.Env) { e.Differences = writer })
		require.NoError(t, writer.Close())
		require.Equal(t, 3, r.ExitCode(), show(r))
		require.Contains(t, show(r), "public.accounts: its slot starts at another pause")
		listed, err := differences.Decode(&list)
		require.NoError(t, err)
		require.Contains(t, listed.Tables, differences.Table{Name: analyze.Name{Schema: "public", Name: "accounts"}, Key: []string{}, Listed: []differences.Row{},
			Incomplete: "its slot starts at another pause, and which transactions were open there is not known"})
		w.target.MustPsql(t, w.targetDB, "update accounts set note = 'moved' where id = 100")
	})

	t.Run("no xmin", func(t *testing.T) {
		xmin := w.state.Pause.XMin
		w.state.Pause.XMin = ""
		r := w.delta()
		require.Equal(t, 3, r.ExitCode(), show(r))
		require.Contains(t, show(r), "which transactions were open at the pause")
		w.state.Pause.XMin = "4000000000"
		r = w.delta()
		require.Equal(t, 3, r.ExitCode(), show(r))
		require.Contains(t, show(r), "from another server")
		w.state.Pause.XMin = xmin
	})
}
