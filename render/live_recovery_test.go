package render_test

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/pgcutover/pgcutover/analyze/catalog"
	"github.com/pgcutover/pgcutover/planner"
	"github.com/pgcutover/pgcutover/verify"
	"github.com/pgcutover/pgcutover/verify/rehearse/cluster"
)

// planned makes the bundle from the source's own inventory, with two slots.
func (l *lab) planned(t *testing.T) planner.Plan {
	t.Helper()
	read := func(c *cluster.Cluster) *pgx.Conn {
		conn, err := pgx.Connect(t.Context(), c.DSN("shop"))
		require.NoError(t, err)
		t.Cleanup(func() { conn.Close(context.Background()) })
		return conn
	}
	l.src.MustPsql(t, "shop", "vacuum analyze")
	inv, err := catalog.Read(t.Context(), read(l.src), catalog.Options{Target: read(l.dst)})
	require.NoError(t, err)
	o := planner.Defaults()
	o.Slots.Count, o.Load.Workers, o.Load.MaintenanceWorkMem = 2, 2, "64MB"
	o.Tables.Exclude = []string{"public.left_out"}
	p, err := planner.Make(inv, o, nil)
	require.NoError(t, err)
	l.render(t, p)
	return p
}

var steps = []string{
	"10-source/13-role.sql", "10-source/14-markers.sql", "10-source/15-node.sql", "10-source/16-members.sh", "10-source/17-slots.sh",
	"20-replica/21-pause.sh", "30-target/31-roles.sql", "30-target/32-schema.sh", "30-target/33-relax.sql", "40-load/41-ledger.sql", "40-load/42-load.sh",
}

func (l *lab) loaded(t *testing.T) {
	t.Helper()
	for _, s := range steps {
		l.must(t, s)
	}
}

// sums is the number of rows of each table and a sum over them.
const sums = `select string_agg(t, E'\n' order by t) from (
	select 'calls ' || count(*) || md5(string_agg(c::text, '' order by id)) t from (select id, at at time zone 'UTC' as at, body, code from public.calls) c
	union all select 'mixed ' || count(*) || md5(string_agg(m::text, '' order by id)) from public."Mixed Case" m
	union all select 'events ' || count(*) || md5(string_agg(e::text, '' order by id)) from public.events e
	union all select 'nokey ' || count(*) || md5(string_agg(n::text, '' order by a)) from public.nokey n) s`

func TestRestartOfOneSlot(t *testing.T) {
	l := newLab(t)
	p := l.planned(t)
	require.Len(t, p.Groups, 2)
	slot := p.Groups[0].Slot
	for _, g := range p.Groups {
		for _, n := range g.Tables {
			if n == calls {
				slot = g.Slot
			}
		}
	}
	l.refused(t, []string{"the load of the other slots has not finished"}, "80-recovery/82-restart-slot.sh", slot)
	l.loaded(t)
	other := map[string]string{"dms_slot_01": "dms_slot_02", "dms_slot_02": "dms_slot_01"}[slot]
	first := l.rep.MustPsql(t, "shop", "select pg_last_wal_replay_lsn()")
	paused, err := verify.DecodeState(strings.NewReader(l.state(t)))
	require.NoError(t, err)
	require.NotEmpty(t, paused.Pause.XMin)
	require.Equal(t, l.rep.MustPsql(t, "shop", sums), l.dst.MustPsql(t, "shop", sums))

	l.refused(t, []string{"nothing was done"}, "80-recovery/82-restart-slot.sh", slot)
	l.dst.MustPsql(t, "shop", `alter table public.nokey add column call bigint references public.calls`)
	if !strings.Contains(slotOf(p, "nokey"), slot) {
		l.refused(t, []string{"foreign key nokey_call_fkey of public.nokey refers to public.calls"}, "80-recovery/82-restart-slot.sh", slot, "--yes")
	}
	l.dst.MustPsql(t, "shop", `alter table public.nokey drop column call`)

	// A task of AWS DMS has run, and may not be able to go on. Without an AWS to ask, nobody but a person knows that it is gone.
	task := map[string]string{}
	for i, g := range p.Groups {
		task[g.Slot] = p.DMS.ResourceID(p.DMS.Tasks[i])
	}
	l.dst.MustPsql(t, "shop", fmt.Sprintf(controlTables, p.Options.CDC.ControlSchema, task[slot], task[other]))
	kept := l.state(t)
	l.editState(t, func(state map[string]any) { state["tasks"] = map[string]any{slot: map[string]any{"start_lsn": first}} })
	l.refused(t, []string{"whether the task of " + slot + " is gone cannot be told", "--task-deleted"}, "80-recovery/82-restart-slot.sh", slot, "--yes")
	l.refused(t, []string{"whether the task of " + slot + " is gone cannot be told", "--tasks-deleted"}, "80-recovery/83-full-restart.sh", "--yes")
	require.NoError(t, os.WriteFile(filepath.Join(l.dir, "state.json"), []byte(kept), 0o644))

	// The slot is lost, the source goes on.
	l.src.MustPsql(t, "shop", "select pg_drop_replication_slot('"+slot+"')")
	l.src.MustPsql(t, "shop", `insert into public.calls (at, body, code) select now(), 'later', 'd' || n from generate_series(1, 500) n; update public.calls set body = 'changed' where id < 50; insert into public.events values (5000, '2026-01-01')`)
	l.editState(t, func(state map[string]any) { state["tasks"] = map[string]any{slot: map[string]any{"start_lsn": first}} })
	l.must(t, "80-recovery/82-restart-slot.sh", slot, "--yes", "--task-deleted")
	l.forgotten(t, p.Options.CDC.ControlSchema, task[slot], task[other])
	require.NotEqual(t, first, l.rep.MustPsql(t, "shop", "select pg_last_wal_replay_lsn()"))
	require.Equal(t, "1500|49", l.dst.MustPsql(t, "shop", "select count(*), count(*) filter (where body = 'changed') from public.calls"))
	if slotOf(p, "events_2") != slot {
		require.Equal(t, "0", l.dst.MustPsql(t, "shop", "select count(*) from public.events where id = 5000"), "tables of the other slot stand where they stood")
	}
	state := l.state(t)
	again, err := verify.DecodeState(strings.NewReader(state))
	require.NoError(t, err)
	require.Contains(t, state, `"start_lsn": "`+first+`"`, "the other slot keeps its position")
	require.Equal(t, paused.Pause.XMin, again.XMin(other), "and what was noted at its pause")
	require.Equal(t, paused.Pause.StraddledLSN, again.Straddled(other))
	require.Equal(t, again.Pause.XMin, again.XMin(slot))
	require.NotEqual(t, paused.Pause.XMin, again.Pause.XMin)
	require.Contains(t, state, `"start_lsn": "`+l.rep.MustPsql(t, "shop", "select pg_last_wal_replay_lsn()")+`"`)
	require.Equal(t, "f", l.src.MustPsql(t, "shop", "select confirmed_flush_lsn > '"+first+"' from pg_replication_slots where slot_name = '"+other+"'"))
	require.Equal(t, "0", l.dst.MustPsql(t, "shop", "select count(*) from pgcutover.item where state <> 'done'"))
	l.must(t, "20-replica/22-resume.sh")

	// The target can be emptied though the source is gone: what can be kept is kept.
	require.NoError(t, l.src.Stop())
	require.Contains(t, l.must(t, "80-recovery/83-full-restart.sh", "--yes", "--only-target", "--tasks-deleted"), "how the slots stand could not be asked")
	require.Equal(t, "0", l.dst.MustPsql(t, "shop", "select count(*) from "+p.Options.CDC.ControlSchema+".awsdms_txn_state"))
	require.Equal(t, "0", l.dst.MustPsql(t, "shop", "select count(*) from public.calls"))
}

// controlTables are those of AWS DMS, with rows of two tasks.
const controlTables = `create schema if not exists %[1]s; set search_path = %[1]s;
create table awsdms_apply_exceptions ("TASK_NAME" varchar(128), "STATEMENT" text); create table awsdms_txn_state ("TASK_NAME" varchar(128), "CHECKPOINT" varchar(1024));
create table awsdms_suspended_tables (task_name varchar(128), table_name varchar(128)); create table awsdms_status (task_name varchar(128), task_status varchar(32));
create table awsdms_history (task_name varchar(128), timeslot_type varchar(32));
insert into awsdms_apply_exceptions select t, E'INSERT INTO x VALUES (''a\nvalue'')' from unnest(array['%[2]s', '%[2]s', '%[3]s']) t;
insert into awsdms_txn_state select t from unnest(array['%[2]s', '%[3]s']) t; insert into awsdms_suspended_tables select t from unnest(array['%[2]s', '%[3]s']) t;
insert into awsdms_status select t from unnest(array['%[2]s', '%[3]s']) t; insert into awsdms_history select t from unnest(array['%[2]s', '%[3]s']) t`

// forgotten looks whether of a task that is gone nothing is left but its history and what was kept, and of the others everything.
func (l *lab) forgotten(t *testing.T, schema, gone, stays string) {
	t.Helper()
	require.Equal(t, stays+"|"+stays+"|"+stays+"|"+stays, l.dst.MustPsql(t, "shop", fmt.Sprintf(`set search_path = %s; select (select string_agg("TASK_NAME", ' ') from awsdms_apply_exceptions),
		(select string_agg("TASK_NAME", ' ') from awsdms_txn_state), (select string_agg(task_name, ' ') from awsdms_suspended_tables), (select string_agg(task_name, ' ') from awsdms_status)`, schema)))
	require.Equal(t, "2", l.dst.MustPsql(t, "shop", "select count(*) from "+schema+".awsdms_history"))
	files, err := filepath.Glob(filepath.Join(l.dir, "evidence", "before-restart-*.jsonl"))
	require.NoError(t, err)
	require.Len(t, files, 1)
	info, err := os.Stat(files[0])
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o600), info.Mode().Perm(), "it holds values of rows")
	b, err := os.ReadFile(files[0])
	require.NoError(t, err)
	found := map[string]int{}
	for line := range strings.Lines(string(b)) {
		var row struct {
			Table string
			Row   map[string]any
		}
		require.NoError(t, json.Unmarshal([]byte(line), &row))
		found[row.Table]++
		require.NotContains(t, line, stays)
	}
	require.Equal(t, map[string]int{"awsdms_apply_exceptions": 2, "awsdms_txn_state": 1, "awsdms_suspended_tables": 1, "awsdms_status": 1, "awsdms_history": 1}, found, "the slot itself was lost before")
}

func slotOf(p planner.Plan, table string) string {
	for _, g := range p.Groups {
		for _, n := range g.Tables {
			if n == public(table) {
				return g.Slot
			}
		}
	}
	return ""
}

func TestFullRestartAndAbort(t *testing.T) {
	l := newLab(t)
	l.planned(t)
	// Slots may be lost before there is anything on the target.
	require.Contains(t, l.must(t, "80-recovery/83-full-restart.sh", "--yes", "--only-target"), "nothing to empty")
	l.loaded(t)
	before := l.state(t)
	// The replica restarts: its pause is gone, and it moves on.
	require.NoError(t, l.rep.Restart())
	l.src.MustPsql(t, "shop", "insert into public.nokey values (99, 'z')")
	l.src.MustCatchUp(t, l.rep)
	l.refused(t, []string{"what was loaded does not fit another position"}, "20-replica/21-pause.sh")
	// A load that was cut short is not in state.json yet, but in the ledger.
	whole := l.state(t)
	require.NoError(t, os.WriteFile(filepath.Join(l.dir, "state.json"), []byte(strings.Replace(whole, `"load":`, `"was":`, 1)), 0o644))
	l.refused(t, []string{"the ledger on the target holds a load that began at position"}, "20-replica/21-pause.sh")
	require.NoError(t, os.WriteFile(filepath.Join(l.dir, "state.json"), []byte(whole), 0o644))
	l.refused(t, []string{"nothing was done"}, "80-recovery/83-full-restart.sh")
	l.must(t, "80-recovery/83-full-restart.sh", "--yes", "--new-slots")
	l.must(t, "80-recovery/83-full-restart.sh", "--yes")
	require.Equal(t, "0", l.dst.MustPsql(t, "shop", "select count(*) from public.calls"))
	for _, s := range []string{"10-source/17-slots.sh", "20-replica/21-pause.sh", "40-load/41-ledger.sql", "40-load/42-load.sh"} {
		l.must(t, s)
	}
	require.Equal(t, l.rep.MustPsql(t, "shop", sums), l.dst.MustPsql(t, "shop", sums))
	require.NotEqual(t, before, l.state(t))
	kept, err := filepath.Glob(filepath.Join(l.dir, "state.restarted-*.json"))
	require.NoError(t, err)
	require.NotEmpty(t, kept)

	l.refused(t, []string{"nothing was done"}, "80-recovery/81-abort.sh")
	// What others made stays.
	l.src.MustPsql(t, "shop", "select pg_create_logical_replication_slot('of_others', 'test_decoding')")
	// A task is known, and there is no AWS to ask: the target is left for the next run.
	task := map[string]any{l.plan.Groups[0].Slot: map[string]any{"start_lsn": "0/1"}}
	l.editState(t, func(state map[string]any) { state["tasks"] = task })
	said, status := l.run(t, "80-recovery/81-abort.sh", "--yes", "--target")
	require.Equal(t, 2, status, said)
	require.Contains(t, said, "--tasks-deleted")
	l.must(t, "80-recovery/81-abort.sh", "--yes", "--target", "--tasks-deleted")
	require.NoFileExists(t, filepath.Join(l.dir, "state.json"))
	require.Equal(t, "of_others", l.src.MustPsql(t, "shop", "select string_agg(slot_name, ',') from pg_replication_slots"))
	require.Equal(t, "0|0|0|0", l.src.MustPsql(t, "shop", `select (select count(*) from pglogical.node), (select count(*) from pglogical.replication_set),
		(select count(*) from pg_namespace where nspname = 'pgcutover'), (select count(*) from pg_trigger where tgname like 'queue_truncate%')`))
	require.Equal(t, "f", l.rep.MustPsql(t, "shop", "select pg_is_wal_replay_paused()"))
	require.Equal(t, "0", l.dst.MustPsql(t, "shop", "select count(*) from public.calls"))
	l.must(t, "80-recovery/81-abort.sh", "--yes")
	// And the way forward is open again.
	l.ready(t)
}

func TestAbortFreesTheSourceThoughTheOthersAreGone(t *testing.T) {
	l := newLab(t)
	l.ready(t)
	l.src.MustPsql(t, "shop", "select pg_create_logical_replication_slot('stranger', 'pglogical')")
	require.NoError(t, l.rep.Stop())
	require.NoError(t, l.dst.Stop())
	out, status := l.run(t, "80-recovery/81-abort.sh", "--yes")
	require.Equal(t, 2, status, out)
	require.Contains(t, out, "2 parts are left")
	require.Equal(t, "stranger", l.src.MustPsql(t, "shop", "select string_agg(slot_name, ',') from pg_replication_slots"))
	require.FileExists(t, filepath.Join(l.dir, "state.json"), "until all is done it is known whose the slots were")
	_, err := os.ReadFile(filepath.Join(l.dir, "state.json"))
	require.NoError(t, err)
}
