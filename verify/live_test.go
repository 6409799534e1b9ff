package verify_test

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/stretchr/testify/require"

	"github.com/pgcutover/pgcutover/analyze"
	"github.com/pgcutover/pgcutover/analyze/catalog"
	"github.com/pgcutover/pgcutover/planner"
	"github.com/pgcutover/pgcutover/verify"
	"github.com/pgcutover/pgcutover/verify/rehearse/cluster"
)

// sabotage breaks one thing and says which answers have to change because of it, as "CODE subject"; no other may fail.
type sabotage struct {
	name         string
	side         verify.Side // where the SQL runs
	break1, mend string      // SQL
	do, undo     func(w *world)
	want         []string // what fails
	warns        []string // instead, what warns that did not before: the gate passes
	says         string   // in one of the details
	open         bool     // answers may be left open besides
}

func (w *world) passes(gate verify.Gate) {
	w.t.Helper()
	r := w.run(gate)
	require.Empty(w.t, failed(r), show(r))
	require.Empty(w.t, undecided(r), show(r))
	require.Equal(w.t, 0, r.ExitCode())
}

func (w *world) sabotage(gate verify.Gate, cases []sabotage, after ...func(*world)) {
	w.t.Helper()
	var calm []string
	if slices.ContainsFunc(cases, func(c sabotage) bool { return len(c.warns) > 0 }) {
		calm = having(w.run(gate), verify.Warn)
	}
	for _, c := range cases {
		before := w.state
		before.Slots = map[string]verify.StateSlot{}
		for k, v := range w.state.Slots {
			before.Slots[k] = v
		}
		if p := w.state.Pause; p != nil {
			q := *p
			before.Pause = &q
		}
		sql := func(text string) {
			if text != "" {
				cl, db := w.cluster(c.side)
				cl.MustPsql(w.t, db, text)
			}
		}
		w.t.Run(string(gate)+"/"+c.name, func(t *testing.T) {
			sql(c.break1)
			if c.do != nil {
				c.do(w)
			}
			defer func() {
				if c.undo != nil {
					c.undo(w)
				}
				sql(c.mend)
				w.state = before
			}()
			r := w.run(gate)
			got := failed(r)
			slices.Sort(got)
			require.Equal(t, c.want, slices.Compact(got), show(r))
			if len(c.warns) > 0 {
				news := slices.DeleteFunc(having(r, verify.Warn), func(s string) bool { return slices.Contains(calm, s) })
				require.ElementsMatch(t, c.warns, news, show(r))
				require.Equal(t, 0, r.ExitCode())
			} else {
				require.Equal(t, 1, r.ExitCode())
			}
			if !c.open {
				require.Empty(t, undecided(r), show(r))
			}
			if c.says != "" {
				require.Contains(t, show(r), c.says)
			}
		})
	}
	for _, f := range after {
		f(w)
	}
	w.passes(gate)
}

// repaused lets the replica catch up and pauses it again, as somebody would who was told no.
func repaused(w *world) {
	w.resume()
	w.pause()
}

func (w *world) resume() {
	w.replica.MustPsql(w.t, w.db, "select pg_wal_replay_resume()")
	w.source.MustCatchUp(w.t, w.replica)
}

func TestGatesSayNo(t *testing.T) {
	w := newWorld(t)
	slot1, slot2 := w.plan.Groups[0].Slot, w.plan.Groups[1].Slot
	member := analyze.Name{Schema: "public", Name: "orders"}
	lit := member.SQL()
	home, other := w.setOf("orders"), slot1
	if home == slot1 {
		other = slot2
	}

	planned, letGo := w.plan, func() {}
	target := func(like string) func(*world) {
		return func(w *world) {
			name := analyze.Ident(w.targetDB)
			w.target.MustPsql(w.t, "postgres", "drop database "+name)
			w.target.MustPsql(w.t, "postgres", "create database "+name+" template template0 "+like)
		}
	}

	w.passes(verify.Preflight)
	w.stranger()
	w.sabotage(verify.Preflight, []sabotage{
		{name: "replica is a primary", do: func(w *world) { w.replicaOverride = w.target; w.target.CreateDatabase(w.t, w.db) }, undo: func(w *world) {
			w.replicaOverride = nil
			w.target.MustPsql(w.t, "postgres", "drop database "+w.db)
		}, want: []string{"G0-TOPO replica", "G0-TOPO target"}, says: "not a standby", open: true},
		{name: "source is a standby", do: func(w *world) { w.sourceOverride = w.replica }, undo: func(w *world) { w.sourceOverride = nil },
			want: []string{"G0-TOPO source"}, says: "a primary is needed", open: true},
		{name: "target is the source", do: func(w *world) { w.targetOverride = w.source }, undo: func(w *world) { w.targetOverride = nil },
			want: []string{"G0-TOPO target"}, says: "it is the same server as the source", open: true},
		{name: "a hazard nobody has accepted", side: verify.Source, break1: "select lo_create(4242)", mend: "select lo_unlink(4242)", want: []string{"CV101 database"}, says: "new since the plan was made"},
		{name: "a password in pglogical's tables", side: verify.Source, break1: "create extension pglogical; select pglogical.create_node('pgcutover_provider', 'dbname=shop password=hunter2')",
			mend: "select pglogical.drop_node('pgcutover_provider'); drop extension pglogical", want: []string{"G0-SECRET pglogical node"}},
		{name: "target is not empty", side: verify.Target, break1: "create table left_over (n int)", mend: "drop table left_over", want: []string{"G0-EMPTY "}, says: "public.left_over"},
		{name: "prepared transaction", side: verify.Source, break1: "begin; insert into log values ('x'); prepare transaction 'held'", mend: "rollback prepared 'held'",
			want: []string{"G0-XACT prepared transactions"}, says: "held in shop"},
		{name: "somebody has the slot", side: verify.Source, break1: "select pg_create_logical_replication_slot('" + slot1 + "', 'test_decoding')", mend: "select pg_drop_replication_slot('" + slot1 + "')",
			want: []string{"G0-FOREIGN slot " + slot1}},
		{name: "column since the plan", side: verify.Source, break1: "alter table orders add column late int", mend: "alter table orders drop column late",
			want: []string{"G0-DRIFT public.orders"}, says: "columns changed"},
		{name: "table since the plan", side: verify.Source, break1: "create table late (n int primary key)", mend: "drop table late", want: []string{"G0-DRIFT public.late"}, says: "table added"},
		{name: "disk too small", do: func(w *world) { w.free = 1000 }, undo: func(w *world) { w.free = 1 << 40 }, want: []string{"G0-WALCAP replica", "G0-WALCAP source"}},
		{name: "table taken out of the plan's items", do: func(w *world) { w.plan.Items = w.plan.Items[1:] }, undo: func(w *world) { w.plan = planned },
			want: []string{"G0-PLAN plan"}, says: planned.Items[0].Tables[0].String() + " is not copied exactly once: no item has it", open: true},
		{name: "no slots left", side: verify.Source, break1: "select pg_create_physical_replication_slot('hog_' || n) from generate_series(1, 30) n",
			mend: "select pg_drop_replication_slot(slot_name) from pg_replication_slots where slot_name like 'hog%'", want: []string{"G0-CAP replication slots"}, says: "30 of 32 in use, 3 needed"},
		{name: "no walsenders left", do: func(w *world) { letGo = w.crowd(verify.Source, 28, "replication", "database") }, undo: func(*world) { letGo() },
			want: []string{"G0-CAP walsenders"}, says: "29 of 32 in use, 4 needed"},
		{name: "no connections left", do: func(w *world) { letGo = w.crowd(verify.Source, 188) }, undo: func(*world) { letGo() }, want: []string{"G0-CAP connections"}, says: "of 200 in use, 9 needed"},
		{name: "limit of the database", side: verify.Source, break1: "alter database shop connection limit 9", mend: "alter database shop connection limit -1",
			want: []string{"G0-CAP connections to the database"}, says: "of the database's 9 in use, 9 needed"},
		{name: "no connections left on the target", do: func(w *world) { letGo = w.crowd(verify.Target, 188) }, undo: func(*world) { letGo() }, want: []string{"G0-CAP target connections"}, says: "of 200 in use"},
		{name: "foreign keys off for everybody on the target", side: verify.Target, break1: "alter database " + analyze.Ident(w.targetDB) + " set session_replication_role = replica",
			mend: "alter database " + analyze.Ident(w.targetDB) + " reset session_replication_role", want: []string{"RP212 target"}, says: "new since the plan was made"},
		{name: "target of another encoding", do: target("encoding 'LATIN1' locale 'C'"), undo: target(""), want: []string{"G0-COLL encoding"}, says: "create the target's database with encoding 'UTF8' from template0"},
		{name: "target of another collation", do: target("lc_collate 'C'"), undo: target(""), warns: []string{"G0-COLL collation"}, says: "text sorts and compares differently"},
		{name: "target of another provider", do: target("locale_provider icu icu_locale 'de'"), undo: target(""), warns: []string{"G0-COLL locale", "G0-COLL locale provider"}, says: `the target's "icu"`},
	})

	w.prepareSource()
	w.passes(verify.ReadyToPause)
	w.sabotage(verify.ReadyToPause, []sabotage{
		{name: "flags of a set", side: verify.Source, break1: fmt.Sprintf("select pglogical.alter_replication_set('%s', replicate_delete := false)", slot1),
			mend: fmt.Sprintf("select pglogical.alter_replication_set('%s', replicate_delete := true)", slot1), want: []string{"G1-SETS " + slot1}, says: "it carries updates, it has to carry updates, deletes"},
		{name: "table missing from a set", side: verify.Source, break1: fmt.Sprintf("select pglogical.replication_set_remove_table('i%s', '%s')", home, lit),
			mend: fmt.Sprintf("select pglogical.replication_set_add_table('i%s', '%s', false)", home, lit), want: []string{"G1-MEMBER " + member.String()}, says: "it is not in i" + home},
		{name: "append-only table in the update set", side: verify.Source, break1: fmt.Sprintf("alter table log add primary key (line); select pglogical.replication_set_add_table('%s', 'log', false)", slot2),
			mend: fmt.Sprintf("select pglogical.replication_set_remove_table('%s', 'log'); alter table log drop constraint log_pkey; alter table log alter line drop not null", slot2),
			want: []string{"G0-DRIFT public.log", "G1-MEMBER public.log"}},
		{name: "table of another group", side: verify.Source, break1: fmt.Sprintf("select pglogical.replication_set_add_table('%s', '%s', false)", other, lit),
			mend: fmt.Sprintf("select pglogical.replication_set_remove_table('%s', '%s')", other, lit), want: []string{"G1-MEMBER " + member.String()}, says: "where the plan does not have it"},
		{name: "list of columns", side: verify.Source,
			break1: fmt.Sprintf("select pglogical.replication_set_remove_table('i%s', 'orders') where true", w.setOf("orders")) + fmt.Sprintf("; select pglogical.replication_set_add_table('i%s', 'orders', false, '{id,total}')", w.setOf("orders")),
			mend:   fmt.Sprintf("select pglogical.replication_set_remove_table('i%s', 'orders'); select pglogical.replication_set_add_table('i%[1]s', 'orders', false)", w.setOf("orders")),
			want:   []string{"G1-MEMBER public.orders"}, says: "a list of columns"},
		{name: "row filter", side: verify.Source,
			break1: fmt.Sprintf("select pglogical.replication_set_remove_table('i%s', 'orders'); select pglogical.replication_set_add_table('i%[1]s', 'orders', false, null, 'total > 5')", w.setOf("orders")),
			mend:   fmt.Sprintf("select pglogical.replication_set_remove_table('i%s', 'orders'); select pglogical.replication_set_add_table('i%[1]s', 'orders', false)", w.setOf("orders")),
			want:   []string{"G1-MEMBER public.orders"}, says: "a row filter"},
		{name: "marker without its row", side: verify.Source, break1: "delete from pgcutover.marker_" + slot1, mend: fmt.Sprintf("insert into pgcutover.marker_%s values (1, 'again', '0/1', now()), (2, 'again', '0/1', now())", slot1),
			want: []string{"G1-MARKER pgcutover.marker_" + slot1}},
		{name: "role may not read", side: verify.Source, break1: "revoke select on orders from " + w.plan.Names.Role, mend: "grant select on orders to " + w.plan.Names.Role, want: []string{"G1-ROLE public.orders"}},
		{name: "replica behind the slots", do: func(w *world) {
			w.state.SetsCompleteLSN = w.insertLSN() + 1<<20
		}, want: []string{"G1-REPLAY replica"}, says: "and has 1.0"}, // MiB, and what the source has written beside
		{name: "state.json of another plan", do: func(w *world) { w.state.Plan = strings.Repeat("0", 64) }, want: []string{"G0-PLAN state"},
			says: "state.json was written by the scripts of plan 000000000000, this is plan", open: true},
		{name: "state.json of another slot", do: func(w *world) {
			s := w.state.Slots[slot1]
			s.ConfirmedFlushLSN += 0x1000
			w.state.Slots[slot1] = s
		}, want: []string{"G1-SLOT " + slot1}, says: "a slot never goes back"},
		{name: "slot of another plugin", side: verify.Source, do: func(w *world) {
			w.source.MustPsql(w.t, w.db, "select pg_drop_replication_slot('"+slot1+"')")
			w.createSlot(slot1, "test_decoding")
		}, undo: func(w *world) { w.recreateSlot(slot1) }, want: []string{"G1-SLOT " + slot1}, says: "its output plugin is test_decoding", open: true},
		{name: "slot of another database", do: func(w *world) {
			w.source.MustPsql(w.t, w.db, "select pg_drop_replication_slot('"+slot1+"')")
			w.source.MustPsql(w.t, "postgres", "select pg_create_logical_replication_slot('"+slot1+"', 'pglogical')")
		}, undo: func(w *world) { w.recreateSlot(slot1) }, want: []string{"G1-SLOT " + slot1}, says: "it belongs to database postgres"},
		{name: "slot dropped", side: verify.Source, break1: "select pg_drop_replication_slot('" + slot1 + "')", undo: func(w *world) { w.createSlot(slot1, "pglogical"); w.recordSlot(slot1) },
			want: []string{"G1-SLOT " + slot1}, says: "somebody dropped it", open: true},
	})
	w.recordSlot(slot1)
	w.state.SetsCompleteLSN = w.insertLSN()
	w.touchMarkers()

	spanning := w.begins() // writes before the pause, commits after it
	w.pause()
	spanning("commit")
	w.source.MustPsql(w.t, w.db, "set synchronous_commit = on; create temporary table flush (n int)") // a peek sees what is flushed
	seen := show(w.runEnv(w.peeking(), "G2-STRADDLE"))
	for _, slot := range []string{slot1, slot2} { // a transaction of the server's own may span it too
		require.Regexp(t, "G2-STRADDLE "+slot+": of what has committed up to [0-9A-F/]+ [0-9]+ transactions? in flight, delivered whole: ", seen)
	}
	w.passes(verify.Paused)
	require.Contains(t, show(w.run(verify.Paused)), "skipped G1-SCHEMA: the target has no schema yet")
	alone := w.env(verify.Paused)
	alone.Sides = []verify.Side{verify.Source, verify.Replica}
	require.Contains(t, show(w.runEnv(alone)), "skipped G1-SCHEMA: no target was given")
	r := w.state.Pause.LSN.String()
	w.sabotage(verify.Paused, []sabotage{
		{name: "a later LSN in state.json", do: func(w *world) { w.state.Pause.LSN += 8 }, want: []string{"G2-LSN replica"}, says: "it stands at " + r},
		{name: "an LSN from the future", do: func(w *world) { w.state.Pause.LSN += 1 << 40 }, want: []string{"G2-LSN " + (w.state.Pause.LSN + 1<<40).String(), "G2-LSN replica"}, says: "not a position of this source"},
		{name: "an LSN before the slots", do: func(w *world) { w.state.Pause.LSN = 0x1000000 },
			want: []string{"G2-LSN 0/1000000", "G2-LSN " + slot1, "G2-LSN " + slot2, "G2-LSN replica"}, says: "would be missing without an error"},
		{name: "sets completed after the pause", do: func(w *world) { w.state.SetsCompleteLSN = w.state.Pause.LSN + 8 }, want: []string{"G2-LSN " + r}},
		{name: "another timeline", do: func(w *world) { w.state.Pause.Timeline = 2 }, want: []string{"G2-LSN " + r}, says: "it failed over"},
		{name: "another system", do: func(w *world) { w.state.Pause.SystemIdentifier = "7" }, want: []string{"G2-LSN " + r}},
		{name: "another start of the replica", do: func(w *world) { w.state.Pause.PostmasterStartTime = w.state.Pause.PostmasterStartTime.Add(-time.Hour) }, want: []string{"G2-LSN replica"}, says: "restarted since the pause"},
		{name: "state of another source", do: func(w *world) { s := *w.state.Source; s.SystemIdentifier = "7"; w.state.Source = &s }, want: []string{"G0-TOPO source"}, open: true},
		{name: "source failed over", do: func(w *world) { s := *w.state.Source; s.Timeline = 7; w.state.Source = &s }, want: []string{"G0-TOPO source"}, says: "it failed over since", open: true},
	})
	w.sabotage(verify.Paused, []sabotage{
		{name: "feedback of the paused replica", do: func(w *world) { w.feedback("on") }, undo: func(w *world) { w.feedback("off") }, warns: []string{"G2-FEEDBACK hot_standby_feedback"}, says: "also without a query"},
	})
	w.sabotage(verify.Paused, []sabotage{
		{name: "replica resumed", do: func(w *world) { w.resume() }, want: []string{"G2-LSN replica", "G2-PAUSED replica"}, says: "replay is not paused"},
	}, repaused)
	w.sabotage(verify.Paused, []sabotage{
		{name: "replica restarted", do: func(w *world) { require.NoError(w.t, w.replica.Restart()); w.source.MustCatchUp(w.t, w.replica) },
			want: []string{"G2-LSN replica", "G2-PAUSED replica"}, says: "restarted since the pause"},
	}, repaused)
	w.sabotage(verify.Paused, []sabotage{
		{name: "table joined after the pause", do: func(w *world) {
			w.resume()
			w.source.MustPsql(w.t, w.db, fmt.Sprintf("select pglogical.replication_set_remove_table('%s', '%s')", home, lit))
			w.pause()
			w.source.MustPsql(w.t, w.db, fmt.Sprintf("select pglogical.replication_set_add_table('%s', '%s', false)", home, lit))
		}, want: []string{"G2-MEMBER public.orders"}, says: "at the pause it was not in " + home},
	}, repaused)
	require.Contains(t, show(w.runEnv(w.peeking(), "G2-STRADDLE")), "G2-STRADDLE "+slot1+": of what has committed up to ")

	w.load()
	w.sabotage(verify.Paused, []sabotage{
		{name: "relaxed NOT NULL is back", side: verify.Target, break1: "alter table accounts alter note set not null", mend: "alter table accounts alter note drop not null", want: []string{"G1-SCHEMA public.accounts"}, says: "until the cutover"},
		{name: "column missing on the target", side: verify.Target, break1: "alter table log rename line to other", mend: "alter table log rename other to line", want: []string{"G1-SCHEMA public.log"}, says: "column line is missing"},
	})
	w.passes(verify.Loaded)
	w.sabotage(verify.Loaded, loadedCases())
	w.checksums()
	w.samples()
	w.ordinaryRole()
	w.interruptions()
	w.afterResume()
	w.lostSlot(slot2)
}

func (w *world) peeking() verify.Env {
	e := w.env(verify.Paused)
	e.Peek = true
	return e
}

// crowd opens so many sessions more, and returns how to end them.
func (w *world) crowd(side verify.Side, n int, params ...string) (letGo func()) {
	var all []*pgconn.PgConn
	c, db := w.cluster(side)
	for range n {
		cfg, err := pgconn.ParseConfig(c.DSN(db))
		require.NoError(w.t, err)
		for i := 0; i < len(params); i += 2 {
			cfg.RuntimeParams[params[i]] = params[i+1]
		}
		conn, err := pgconn.ConnectConfig(w.t.Context(), cfg)
		require.NoError(w.t, err)
		all = append(all, conn)
	}
	return func() {
		for _, conn := range all {
			require.NoError(w.t, conn.Close(context.Background()))
		}
		idle := "select count(*) < 20 from pg_stat_activity where backend_type in ('client backend', 'walsender')"
		require.Eventually(w.t, func() bool { return c.MustPsql(w.t, "postgres", idle) == "t" }, time.Minute, 20*time.Millisecond)
	}
}

// feedback turns hot_standby_feedback on or off, and sees that a replica that stands still holds the source back without a query on it.
func (w *world) feedback(to string) {
	w.replica.MustPsql(w.t, "postgres", "alter system set hot_standby_feedback = "+to)
	w.replica.MustPsql(w.t, "postgres", "select pg_reload_conf()")
	held := func(than string) bool {
		return w.source.MustPsql(w.t, w.db, "select coalesce(age(backend_xmin), 0) "+than+" from pg_stat_replication") == "t"
	}
	if to == "off" {
		require.Eventually(w.t, func() bool { return held("= 0") }, time.Minute, 20*time.Millisecond)
		return
	}
	require.Eventually(w.t, func() bool { w.touchMarkers(); return held("> 10") }, time.Minute, 20*time.Millisecond)
}

// begins opens a transaction on the source that has written, and returns how to end it.
func (w *world) begins() func(string) {
	conn, err := w.connect(w.t.Context(), verify.Source)
	require.NoError(w.t, err)
	_, err = conn.Exec(w.t.Context(), "begin; insert into log values ('spans the pause'); insert into orders (account_id, total) values (1, 1)")
	require.NoError(w.t, err)
	return func(end string) {
		_, err := conn.Exec(w.t.Context(), end)
		require.NoError(w.t, err)
		require.NoError(w.t, conn.Close(w.t.Context()))
	}
}

// TestEmptyDatabase: nothing to move is no reason to be undecided.
func TestEmptyDatabase(t *testing.T) {
	w := emptyWorld(t, "create table routes (id int) partition by list (id)")
	w.passes(verify.Preflight)
	w.prepareSource()
	w.passes(verify.ReadyToPause)
	w.pause()
	w.passes(verify.Paused)
	w.load()
	w.passes(verify.Loaded)
}

// TestLoadedWithoutStatistics: an index that is built leaves the number of rows in pg_class, and the planner knows nothing of their values.
func TestLoadedWithoutStatistics(t *testing.T) {
	w := emptyWorld(t, `create table indexed (id int primary key, v text); insert into indexed select n, 'v' from generate_series(1, 100) as n;
		create table plain (line text); insert into plain values ('x'); create table nothing (n int);
		create table parts (n int) partition by list (n); create table part_1 partition of parts for values in (1); insert into parts values (1);
		create table no_parts (n int) partition by list (n)`)
	w.prepareSource()
	w.pause()
	whole := w.plan
	w.plan.Builds = slices.DeleteFunc(slices.Clone(whole.Builds), func(b planner.Build) bool { return b.Kind == planner.BuildAnalyze })
	w.load()
	w.plan = whole
	w.target.MustPsql(t, w.targetDB, "drop table pgcutover.item, pgcutover.item_table, pgcutover.run")
	w.writeLedger()

	blind := func(want ...string) {
		t.Helper()
		r := w.run(verify.Loaded, "G3-STATS")
		require.Equal(t, 0, r.ExitCode(), show(r))
		require.ElementsMatch(t, want, having(r, verify.Warn), show(r))
	}
	blind("G3-STATS public.indexed", "G3-STATS public.part_1", "G3-STATS public.parts", "G3-STATS public.plain")
	w.target.MustPsql(t, w.targetDB, "analyze indexed; analyze plain; analyze part_1")
	blind("G3-STATS public.parts") // which autovacuum never analyzes
	w.target.MustPsql(t, w.targetDB, "analyze parts")
	blind()
	w.target.MustPsql(t, w.targetDB, "select pg_stat_reset()") // as a crash or a failover does
	blind()
	w.passes(verify.Loaded)
}

func (w *world) setOf(table string) string {
	for _, t := range w.plan.Tables {
		if t.Name.Name == table {
			return w.plan.Groups[t.Group-1].Slot
		}
	}
	return ""
}

func (w *world) recreateSlot(name string) {
	w.source.MustPsql(w.t, "postgres", "select pg_drop_replication_slot('"+name+"')")
	w.createSlot(name, "pglogical")
	w.recordSlot(name)
}

func loadedCases() []sabotage {
	on := func(name, break1, mend, want, says string) sabotage {
		return sabotage{name: name, side: verify.Target, break1: break1, mend: mend, want: []string{want}, says: says}
	}
	return []sabotage{
		on("row deleted", "create schema hide; create table hide.o as select * from orders where id = 7; delete from orders where id = 7",
			"insert into orders (id, account_id, total, at) overriding system value select id, account_id, total, at from hide.o; drop schema hide cascade", "G3-ROWS public.orders", "1 row missing"),
		on("row doubled", "insert into log select * from log limit 1", "delete from log where ctid = (select max(ctid) from log)", "G3-ROWS public.log", "1 row too many"),
		on("index dropped", "drop index orders_account", "create index orders_account on orders (account_id) include (total)", "G3-IDX public.orders", "index orders_account is missing"),
		on("index of another definition", "drop index orders_account; create index orders_account on orders (account_id)", "drop index orders_account; create index orders_account on orders (account_id) include (total)",
			"G3-IDX public.orders", "differs in its options"),
		on("index with another predicate", "drop index accounts_status; create index accounts_status on accounts (status) where status <> 'open'",
			"drop index accounts_status; create index accounts_status on accounts (status) where status <> 'closed'", "G3-IDX public.accounts", "differs in its predicate"),
		on("index of another order", "drop index accounts_lower; create index accounts_lower on accounts (lower(email) text_pattern_ops, id)",
			"drop index accounts_lower; create index accounts_lower on accounts (lower(email) text_pattern_ops desc, id)", "G3-IDX public.accounts", "differs in its column 1"),
		on("index invalidated", "update pg_index set indisvalid = false where indexrelid = 'orders_late'::regclass", "update pg_index set indisvalid = true where indexrelid = 'orders_late'::regclass",
			"G3-IDX public.orders", "index orders_late is not valid"),
		on("index not unique any more", "drop index orders_late; create index orders_late on orders (id, at)", "drop index orders_late; create unique index orders_late on orders (id, at)", "G3-IDX public.orders", "index orders_late is unique on the source only"),
		on("unique index of its own", "create unique index mine on orders (total, id)", "drop index mine", "G3-IDX public.orders", "index mine is on the target only"),
		on("NOT NULL dropped", "alter table orders alter total drop not null", "alter table orders alter total set not null", "G3-COLS public.orders", "column total is NOT NULL on the source, not on the target"),
		on("relaxed NOT NULL is back", "alter table accounts alter note set not null", "alter table accounts alter note drop not null", "G3-COLS public.accounts", "lets it be NULL until the cutover"),
		on("default dropped", "alter table accounts alter status drop default", "alter table accounts alter status set default 'new'", "G3-COLS public.accounts", "the default of column status"),
		on("type widened", "drop view open_accounts; alter table accounts alter email type varchar(100); create view open_accounts as select id, email from accounts where status in ('new', 'open')", "drop view open_accounts; alter table accounts alter email type varchar(80); create view open_accounts as select id, email from accounts where status in ('new', 'open')",
			"G3-COLS public.accounts", "character varying(80) on the source"),
		on("column added", "alter table orders add column extra int", "alter table orders drop column extra", "G3-COLS public.orders", "column extra is on the target only"),
		on("check dropped", "alter table accounts drop constraint accounts_status_check", "alter table accounts add constraint accounts_status_check check (status in ('new', 'open', 'closed'))", "G3-CON public.accounts", "accounts_status_check"),
		on("check changed", "alter table orders drop constraint orders_total_check; alter table orders add constraint orders_total_check check (total > 0)",
			"alter table orders drop constraint orders_total_check; alter table orders add constraint orders_total_check check (total >= 0)", "G3-CON public.orders", "orders_total_check"),
		on("check not validated", "alter table orders drop constraint orders_total_check; alter table orders add constraint orders_total_check check (total >= 0) not valid",
			"alter table orders validate constraint orders_total_check", "G3-CON public.orders", "is not validated"),
		on("foreign key too early", "alter table orders add constraint orders_account_id_fkey foreign key (account_id) references accounts", "alter table orders drop constraint orders_account_id_fkey",
			"G3-CON public.orders", "keeps it off until the cutover"),
		on("trigger too early", "create trigger stamp before insert on orders for each row execute function stamp()", "drop trigger stamp on orders", "G3-FIRE public.orders", "trigger stamp"),
		on("sequence lags", "select setval('loose', 6)", "select setval('loose', 46)", "G3-SEQ public.loose", "behind the replica's 46"),
		on("sequence lags by being unused", "select setval('accounts_id_seq', 500, false)", "select setval('accounts_id_seq', 500)", "G3-SEQ public.accounts_id_seq", "at 500 on the target, behind the replica's 500"),
		on("function changed", "create or replace function twice(n int) returns int language sql immutable as 'select 3 * n'", "create or replace function twice(n int) returns int language sql immutable as 'select 2 * n'",
			"G3-OBJ function public.twice(n integer)", ""),
		on("view changed", "create or replace view open_accounts as select id, email from accounts where status in ('new')", "create or replace view open_accounts as select id, email from accounts where status in ('new', 'open')",
			"G3-OBJ view public.open_accounts", ""),
		on("label added", "alter type mood add value 'so so'", "delete from pg_enum where enumlabel = 'so so'", "G3-OBJ enum public.mood", ""),
		on("domain changed", "alter domain short add constraint longer check (length(value) > 1)", "alter domain short drop constraint longer", "G3-OBJ domain public.short", ""),
		on("item not done", "update pgcutover.item set state = 'failed', error = 'disk full' where id = 1", "update pgcutover.item set state = 'done', error = null where id = 1", "G3-COVER item 1", "disk full"),
		{name: "rows lost on the way", side: verify.Target, break1: "update pgcutover.item_table set rows_sent = rows_sent + 1 where table_name = 'log'", mend: "update pgcutover.item_table set rows_sent = rows_sent - 1 where table_name = 'log'",
			want: []string{"G3-COVER public.log", "G3-ROWS public.log"}, says: "were sent"},
		on("read at another position", "update pgcutover.run set lsn = lsn + 8", "update pgcutover.run set lsn = lsn - 8", "G3-LSN load", "change data capture would start at another position"),
		on("read from a replica restarted", "update pgcutover.run set postmaster_start_time = postmaster_start_time + interval '1 minute'", "update pgcutover.run set postmaster_start_time = postmaster_start_time - interval '1 minute'", "G3-LSN load", ""),
		on("ledger of another plan", "update pgcutover.run set plan = 'x' || plan", "update pgcutover.run set plan = substr(plan, 2)", "G3-COVER ledger", "belongs to plan"),
		{name: "resumed during the load", do: func(w *world) { at := w.state.Load.FinishedAt.Add(-time.Hour); w.state.ResumedAt = &at }, want: []string{"G3-LSN replica"}, says: "before the load ended"},
		{name: "partition detached", side: verify.Target, break1: "alter table events detach partition events_2", mend: "alter table events attach partition events_2 for values from ('2026-02-01') to ('2026-03-01')",
			want: []string{"G3-COLS public.events_2", "G3-IDX public.events_2"}, says: "is not attached"},
		{name: "table dropped", side: verify.Target, break1: "alter table log rename to elsewhere", mend: "alter table elsewhere rename to log", want: []string{"G3-COLS public.log", "G3-ROWS public.log"}, says: "not on the target"},
		{name: "primary key dropped", side: verify.Target, break1: "alter table orders drop constraint orders_pkey", mend: "alter table orders add primary key (id)", want: []string{"G3-CON public.orders", "G3-IDX public.orders"}, says: "orders_pkey"},
	}
}

// checksums: a value that differs is seen although the counts are equal.
func (w *world) checksums() {
	w.t.Run("checksum", func(t *testing.T) {
		e := w.env(verify.Loaded)
		e.Rows = verify.RowsChecksum
		r := w.runEnv(e, "rows")
		require.Equal(t, 0, r.ExitCode(), show(r))
		require.Contains(t, show(r), "G3-ROWS public.orders: 1001 rows, equal by checksum")
		for _, c := range []struct{ table, harm, mend, says string }{
			{"public.orders", "update orders set total = total + 0.01 where id = 7", "update orders set total = total - 0.01 where id = 7", "different: id = 7, at (0,7) of the replica and"},
			{"public.accounts", "update accounts set note = null where id = 3", "update accounts set note = 'x' where id = 3", "of the target: note\n"},
			{"public.accounts", "create table kept as select * from accounts where id = 4; delete from accounts where id = 4", "insert into accounts select * from kept; drop table kept", "missing: id = 4, at "},
			{`public."Odd ""Name"`, `update "Odd ""Name" set "va lue" = '{"a": 1}' where "Key" = 2`, `update "Odd ""Name" set "va lue" = '{}' where "Key" = 2`, `different: "Key" = 2, at`},
			{"public.log", "insert into log (line) values ('secret')", "delete from log where line = 'secret'", "1 row differs (the replica has 101 rows, the target 102): 1 too many on the target\n      extra: at ("},
		} {
			w.target.MustPsql(t, w.targetDB, c.harm)
			r := w.runEnv(e, "rows")
			require.Equal(t, []string{"G3-ROWS " + c.table}, failed(r), show(r))
			require.Contains(t, show(r), c.says)
			require.NotContains(t, show(r), "secret")
			w.target.MustPsql(t, w.targetDB, c.mend)
		}
		e.Resume = filepath.Join(t.TempDir(), "rows.progress")
		require.Equal(t, 0, w.runEnv(e, "rows").ExitCode())
		r = w.runEnv(e, "rows")
		require.Equal(t, 0, r.ExitCode(), show(r))
		require.Contains(t, show(r), "G3-ROWS resume: 6 pieces were equal in an earlier run")
		e.Resume, e.Budget = "", 1
		r = w.runEnv(e, "rows")
		require.Equal(t, 3, r.ExitCode(), show(r))
		require.Contains(t, show(r), "the budget of 1ns was over")
	})
}

// samples: of large tables some months are compared, and the gate says that this is no proof.
func (w *world) samples() {
	w.t.Run("sample", func(t *testing.T) {
		e := w.env(verify.Loaded)
		e.Rows, e.SampleFrom = verify.RowsSample, 1
		r := w.runEnv(e, "rows")
		require.Equal(t, 0, r.ExitCode(), show(r))
		require.Contains(t, show(r), "WARN    G3-ROWS sample")
		require.Contains(t, show(r), "G3-ROWS public.orders: equal in 1 sampled month")
		require.Contains(t, show(r), "G3-ROWS public.\"Odd \"\"Name\": 20 rows", "without a time everything is counted")
		w.target.MustPsql(t, w.targetDB, "create table kept as select * from orders where id = 7; delete from orders where id = 7")
		r = w.runEnv(e, "rows")
		require.Equal(t, []string{"G3-ROWS public.orders"}, failed(r), show(r))
		w.target.MustPsql(t, w.targetDB, "insert into orders (id, account_id, total, at) select id, account_id, total, at from kept; drop table kept")
	})
}

// stranger: a role without any rights learns what it lacks, and is never told that all is well.
func (w *world) stranger() {
	w.t.Run("stranger", func(t *testing.T) {
		for _, side := range []verify.Side{verify.Source, verify.Target} {
			c, db := w.cluster(side)
			c.MustPsql(t, db, "create role stranger login")
			defer c.MustPsql(t, db, "drop role stranger")
		}
		w.source.MustCatchUp(t, w.replica)
		e := w.env(verify.Preflight)
		connect := func(ctx context.Context, side verify.Side) (*pgx.Conn, error) {
			c, db := w.cluster(side)
			return pgx.Connect(ctx, strings.Replace(c.DSN(db), "user=postgres", "user=stranger", 1))
		}
		e.Open = func(ctx context.Context, side verify.Side) (verify.Session, error) { return connect(ctx, side) }
		e.Inventory = func(ctx context.Context, side verify.Side) (analyze.Inventory, error) {
			conn, err := connect(ctx, side)
			if err != nil {
				return analyze.Inventory{}, err
			}
			defer conn.Close(context.WithoutCancel(ctx))
			return catalog.Read(ctx, conn, catalog.Options{})
		}
		r := w.runEnv(e)
		require.Equal(t, 1, r.ExitCode(), show(r))
		said := show(r)
		require.Contains(t, said, "FAIL    G0-RIGHTS public.orders: stranger may not read it")
		require.Contains(t, said, `grant select on table "public"."orders" to "stranger"`)
		require.Contains(t, said, "FAIL    G0-RIGHTS target: stranger may not create schemas")
		require.Contains(t, said, "WARN    G0-RIGHTS source: stranger may not create slots")
		require.Contains(t, said, "UNKNOWN G0-CONF shared_preload_libraries: what is preloaded is hidden from the role")
		for _, res := range r.Results {
			require.NotContains(t, res.Detail, "SQLSTATE 42883", said) // a right it lacks is no statement that is wrong
			require.NotContains(t, res.Detail, "SQLSTATE 42703", said)
		}
	})
}

// ordinaryRole: what a role may not see is unknown, with what to do about it, and never a pass.
func (w *world) ordinaryRole() {
	w.t.Run("ordinary role", func(t *testing.T) {
		w.target.MustPsql(t, w.targetDB, "create role reader login")
		defer w.target.MustPsql(t, w.targetDB, "drop role reader")
		e := w.env(verify.Loaded)
		inner := e.Open
		e.Open = func(ctx context.Context, side verify.Side) (verify.Session, error) {
			if side != verify.Target {
				return inner(ctx, side)
			}
			conn, err := pgx.Connect(ctx, strings.Replace(w.target.DSN(w.targetDB), "user=postgres", "user=reader", 1))
			if err != nil {
				return nil, err
			}
			return conn, nil
		}
		r := w.runEnv(e)
		require.Equal(t, 3, r.ExitCode(), show(r))
		require.Empty(t, failed(r), show(r))
		require.Contains(t, show(r), "UNKNOWN G3-COVER: asking the target: ERROR: permission denied for schema pgcutover")
		require.Contains(t, show(r), "UNKNOWN G3-SEQ public.loose: the role may not read it on the target")
	})
}

// interruptions: what is lost in the middle is unknown, never a pass.
func (w *world) interruptions() {
	w.t.Run("connection lost in the middle", func(t *testing.T) {
		e := w.env(verify.Loaded)
		inner := e.Open
		e.Open = func(ctx context.Context, side verify.Side) (verify.Session, error) {
			s, err := inner(ctx, side)
			if err != nil || side != verify.Target {
				return s, err
			}
			return &dying{Session: s, kill: w.target}, nil
		}
		r := w.runEnv(e, "rows")
		require.Empty(t, failed(r), show(r))
		require.Equal(t, 3, r.ExitCode(), show(r))
		require.Contains(t, show(r), "UNKNOWN G3-ROWS")
	})
	w.t.Run("server not reached", func(t *testing.T) {
		w.unreachable[verify.Target] = true
		defer delete(w.unreachable, verify.Target)
		r := w.run(verify.Loaded)
		require.Empty(t, failed(r), show(r))
		require.Equal(t, 2, r.ExitCode(), show(r))
		require.Contains(t, show(r), "the target did not pass G0-CONNECT")
	})
	w.t.Run("cancelled", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		e := w.env(verify.Loaded)
		checks, _, err := verify.Select(verify.ChecksOf(e.Plan), e.Gate, nil, e.State)
		require.NoError(t, err)
		r := verify.Run(ctx, e, checks, func(res verify.Result) {
			if res.Code == "G0-TOPO" {
				cancel()
			}
		})
		require.Empty(t, failed(r))
		require.NotEqual(t, 0, r.ExitCode())
		require.Contains(t, show(r), "interrupted")
	})
}

// dying is a session whose server process is terminated while it counts.
type dying struct {
	verify.Session
	kill *cluster.Cluster
}

func (d *dying) Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error) {
	if strings.Contains(sql, "count(*)") && strings.Contains(sql, "from only") {
		conn := d.Session.(*pgx.Conn)
		if _, err := d.kill.Psql(ctx, "postgres", fmt.Sprintf("select pg_terminate_backend(%d)", conn.PgConn().PID())); err != nil {
			return nil, err
		}
	}
	return d.Session.Query(ctx, sql, args...)
}

// afterResume: rows cannot be compared with the replica any more, and the gate says so; what the load sent still can.
func (w *world) afterResume() {
	w.t.Run("after the resume", func(t *testing.T) {
		w.replica.MustPsql(w.t, w.db, "select pg_wal_replay_resume()")
		r := w.run(verify.Loaded, "G3-LSN")
		require.Equal(t, []string{"G3-LSN replica"}, failed(r), show(r)) // nothing says that it was meant
		now := time.Now().UTC()
		w.state.ResumedAt = &now
		w.source.MustPsql(w.t, w.db, "insert into log values ('later')")
		w.source.MustCatchUp(w.t, w.replica)
		r = w.run(verify.Loaded)
		require.Empty(t, failed(r), show(r))
		require.Equal(t, 3, r.ExitCode())
		require.Contains(t, show(r), "not with the replica")
		require.Contains(t, show(r), "as many as the load sent")
		w.target.MustPsql(w.t, w.targetDB, "delete from orders where id = 7")
		r = w.run(verify.Loaded, "rows")
		require.Equal(t, []string{"G3-ROWS public.orders"}, failed(r), show(r))
	})
}

// lostSlot ends the world: a slot whose WAL the server removed, and one that somebody consumed from.
func (w *world) lostSlot(slot string) {
	w.t.Run("consumed past the pause", func(t *testing.T) {
		w.source.MustPsql(w.t, w.db, "select pg_replication_slot_advance('"+slot+"', pg_current_wal_lsn())")
		r := w.run(verify.Loaded, "lsn")
		require.Equal(t, []string{"G2-LSN " + slot}, failed(r), show(r))
		require.Contains(t, show(r), "somebody consumed from it")
	})
	w.t.Run("slot dropped", func(t *testing.T) {
		w.source.MustPsql(w.t, w.db, "select pg_drop_replication_slot('"+slot+"')")
		r := w.run(verify.Loaded, "lsn")
		require.Equal(t, []string{"G1-SLOT " + slot}, failed(r), show(r))
		require.Contains(t, show(r), "somebody dropped it")
		require.Contains(t, show(r), "skipped G2-LSN "+slot)
	})
	w.t.Run("WAL removed", func(t *testing.T) {
		w.source.MustPsql(w.t, w.db, "alter system set max_slot_wal_keep_size = '1MB'; ")
		w.source.MustPsql(w.t, w.db, "select pg_reload_conf()")
		for range 45 { // past wal_keep_size, which the test clusters set to 512 MB
			w.source.MustPsql(w.t, w.db, "select pg_switch_wal(); insert into log values ('x')")
		}
		w.source.MustPsql(w.t, w.db, "checkpoint; checkpoint")
		r := w.run(verify.Loaded, "G2-WAL")
		require.Len(t, failed(r), 1, show(r))
		require.Contains(t, show(r), "lost")
	})
}
