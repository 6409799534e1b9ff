package render_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/pgcutover/pgcutover/analyze"
	"github.com/pgcutover/pgcutover/planner"
	"github.com/pgcutover/pgcutover/verify"
	"github.com/pgcutover/pgcutover/verify/rehearse/cluster"
)

// fullSite is where the engine dms-full is tested: a source, a target, a local server of AWS's APIs, and the bundle of a plan made from the source's own
// inventory. The tasks of that server are told about by files in dir/tasks.
type fullSite struct{ *site }

// newFullSite makes the database from SQL and plans it. configure may change the options.
func newFullSite(t *testing.T, sql string, configure func(*planner.Options)) fullSite {
	t.Helper()
	t.Parallel() // the scripts wait more than they work
	s := fullSite{&site{src: cluster.StartSource(t), dst: cluster.StartTarget(t), dir: t.TempDir()}}
	s.src.CreateDatabase(t, "shop")
	s.dst.CreateDatabase(t, "shop")
	s.src.MustPsql(t, "shop", sql+"\n;vacuum analyze")
	s.plans(t, configure)
	return s
}

func (s fullSite) plans(t *testing.T, configure func(*planner.Options)) {
	t.Helper()
	s.makePlan(t, func(o *planner.Options) {
		load := o.Load
		*o = planner.DefaultsFor(planner.EngineDMSFull)
		o.Load.Workers, o.Load.MaintenanceWorkMem = load.Workers, load.MaintenanceWorkMem
		o.CDC.Format, o.CDC.StartIntervalSeconds = planner.FormatCLI, 0
		if configure != nil {
			configure(o)
		}
	})
	s.bundle(t, "postgres")
}

// aws starts the local server, whose tasks make slots on the source when they start, and gives the site what a site decides.
func (s fullSite) aws(t *testing.T) {
	t.Helper()
	require.NoError(t, os.MkdirAll(filepath.Join(s.dir, "tasks"), 0o755))
	hook := filepath.Join(s.dir, "hook")
	require.NoError(t, os.WriteFile(hook, []byte(fmt.Sprintf(`#!/usr/bin/env bash
set -eu
case $1 in
  start)
    [[ $3 == start-replication ]] || exit 0
    export PGHOST=%[2]s PGPORT=%[3]d PGDATABASE=shop PGUSER=postgres
    slot=made_${2//-/_}
    # Somebody else's comes at the same time.
    %[1]s -XAtqw -c "SELECT pg_create_logical_replication_slot('beside_$slot', 'test_decoding')" -c 'ALTER ROLE %[5]s LOGIN' >/dev/null
    PGUSER=%[5]s %[6]s -d shop --slot "$slot" --plugin test_decoding --create-slot -w
    PGUSER=%[5]s setsid %[6]s -d shop --slot "$slot" --start --no-loop -w -f /dev/null </dev/null >/dev/null 2>&1 &
    until [[ $(%[1]s -XAtqw -c "SELECT active FROM pg_replication_slots WHERE slot_name = '$slot'") == t ]]; do sleep 0.1; done
    ;;
  look) cat -- %[4]s/"$2.json" 2>/dev/null || true ;;
esac
`, s.src.Bin("psql"), s.src.SocketDir(), s.src.Port(), filepath.Join(s.dir, "tasks"), s.plan.Names.Role, s.src.Bin("pg_recvlogical"))), 0o755))
	s.env = append(s.env, startAWS(t, "dms.md", "PGCUTOVER_LOADS="+hook)...)
	l := &lab{env: s.env}
	l.site(t)
	s.env = l.env
}

// starts has the tasks started, whose slots are read meanwhile by the planned role, each beside one that is not a task's; it ends those who read, and drops what is not a task's.
func (s fullSite) starts(t *testing.T) string {
	t.Helper()
	said := s.must(t, "50-cdc/dms/55-start.sh", "--look", "5")
	s.src.MustPsql(t, "shop", `do $$ begin
		while exists (select from pg_replication_slots where active) loop perform pg_terminate_backend(active_pid) from pg_replication_slots where active; perform pg_sleep(0.1); end loop;
		perform pg_drop_replication_slot(slot_name) from pg_replication_slots where slot_name like 'beside%'; end $$`)
	return said
}

// unnoted takes what is noted of a group's slot out of state.json until what it returns is called.
func (s fullSite) unnoted(t *testing.T, slot, key string) func() {
	t.Helper()
	l := &lab{dir: s.dir}
	var was any
	task := func(state map[string]any) map[string]any {
		return state["tasks"].(map[string]any)[slot].(map[string]any)
	}
	l.editState(t, func(state map[string]any) { was = task(state)[key]; delete(task(state), key) })
	require.NotNil(t, was)
	return func() { l.editState(t, func(state map[string]any) { task(state)[key] = was }) }
}

// tell says what AWS tells of a group's task from now on; nothing has it tell what it knows.
func (s fullSite) tell(t *testing.T, group int, about map[string]any) {
	t.Helper()
	file := filepath.Join(s.dir, "tasks", s.plan.DMS.Tasks[group].Identifier+".json")
	if about == nil {
		require.NoError(t, os.RemoveAll(file))
		return
	}
	b, err := json.Marshal(about)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(file, b, 0o600))
}

// loads does what the full load of a group's task does: it copies the rows of its tables, with its own session's foreign keys and triggers off.
func (s fullSite) loads(t *testing.T, group int) {
	t.Helper()
	connect := func(c *cluster.Cluster) *pgx.Conn {
		conn, err := pgx.Connect(t.Context(), c.DSN("shop"))
		require.NoError(t, err)
		t.Cleanup(func() { conn.Close(context.Background()) })
		return conn
	}
	from, to := connect(s.src), connect(s.dst)
	_, err := to.Exec(t.Context(), "SET session_replication_role = replica")
	require.NoError(t, err)
	columns := map[analyze.Name]string{}
	for _, x := range s.plan.Tables {
		var names []string
		for _, c := range x.Columns {
			names = append(names, analyze.Ident(c.Name))
		}
		columns[x.Name] = " (" + strings.Join(names, ", ") + ")"
	}
	for _, n := range append([]analyze.Name{s.plan.Groups[group].Marker}, s.plan.Groups[group].Tables...) {
		r, w := io.Pipe()
		go func() {
			_, err := from.PgConn().CopyTo(t.Context(), w, "COPY "+n.SQL()+columns[n]+" TO STDOUT")
			w.CloseWithError(err)
		}()
		_, err := to.PgConn().CopyFrom(t.Context(), r, "COPY "+n.SQL()+columns[n]+" FROM STDIN")
		require.NoError(t, err, n)
	}
}

const fullSQL = cutoverSQL + `
create table public.node (id int primary key, parent int references public.node, "next" int, label text not null);
create table public.edge (id int primary key, node int not null references public.node);
alter table public.node add constraint node_next_fkey foreign key ("next") references public.edge deferrable;
insert into public.node select n, nullif(n - 1, 0), null, 'l' || n from generate_series(1, 50) n;
insert into public.edge select n, n from generate_series(1, 50) n;
update public.node set "next" = id;
create table public.base (id int primary key, v text);
create table public.leaf (primary key (id)) inherits (public.base);
insert into public.leaf select n, 'v' from generate_series(1, 20) n;
`

// From an empty target to the end, in the order of the runbook and out of it, with the structure compared at the end.
func TestFullLoad(t *testing.T) {
	s := newFullSite(t, fullSQL, func(o *planner.Options) { o.Slots.Count = 2 })
	s.aws(t)
	const folder = "50-cdc/dms/"
	s.must(t, "10-source/12-settings.sh", "--apply", "source")
	for range 2 {
		s.must(t, "10-source/11-preflight.sh")
		s.must(t, "10-source/13-role.sql")
		s.must(t, "10-source/14-markers.sql")
		s.must(t, "30-target/31-roles.sql")
		s.must(t, "30-target/32-schema.sh")
		s.must(t, "30-target/33-relax.sql")
	}
	s.refused(t, []string{"have to have loaded their tables first"}, "40-load/42-load.sh", "--status")
	for range 2 {
		s.must(t, "30-target/34-keys.sql")
		s.must(t, "40-load/41-ledger.sql")
		s.must(t, folder+"51-control.sql")
	}
	keys := "select count(*) filter (where indisprimary), count(*) filter (where not indisprimary) from pg_index i join pg_class c on c.oid = i.indrelid where c.relnamespace = 'public'::regnamespace"
	require.Equal(t, "8|0", s.target(t, keys), "primary keys of tables with rows, and nothing else")

	require.Contains(t, s.must(t, folder+"53-deploy.sh", "--dry-run"), "would make task shop-dms-full-01")
	require.Contains(t, s.must(t, folder+"53-deploy.sh"), "everything is there; no task runs before 55-start.sh")
	require.Contains(t, s.must(t, folder+"53-deploy.sh"), "task shop-dms-full-02 is there (ready)")
	l := &lab{env: s.env, dir: s.dir}
	require.Equal(t, "full-load-and-cdc\tNone", l.aws(t, "dms", "describe-replication-tasks", "--query", "ReplicationTasks[0].[MigrationType,CdcStartPosition]"))
	require.Equal(t, "None\ttest-decoding", l.aws(t, "dms", "describe-endpoints", "--filters", "Name=endpoint-id,Values=shop-source-02", "--query", "Endpoints[0].PostgreSQLSettings.[SlotName,PluginName]"))
	s.refused(t, []string{"has not been tested"}, folder+"55-start.sh")
	s.must(t, folder+"54-test-connections.sh")
	s.refused(t, []string{"shop-dms-full-01 was not started"}, folder+"55-wait.sh")
	s.refused(t, []string{"a task that was never started"}, folder+"57-resume.sh")
	s.refused(t, []string{"have to have loaded their tables first", "55-wait.sh"}, "40-load/42-load.sh")

	// Nothing is loaded on top of rows that are there.
	s.target(t, "insert into public.node values (1, 1, null, 'x')")
	s.refused(t, []string{"hold rows on the target", "public.node"}, folder+"55-start.sh")
	s.target(t, "truncate public.node")
	writing, err := pgx.Connect(t.Context(), s.src.DSN("shop"))
	require.NoError(t, err)
	defer writing.Close(context.Background())
	_, err = writing.Exec(t.Context(), "set application_name = 'nightly'; begin; select txid_current()")
	require.NoError(t, err)
	s.refused(t, []string{"transactions have written on the source and are open", "application 'nightly'", "--anyway"}, folder+"55-start.sh", "--max-age", "0")
	_, err = writing.Exec(t.Context(), "rollback")
	require.NoError(t, err)
	said := s.starts(t)
	require.Contains(t, said, "its slot on the source is made_shop_dms_full_01")
	require.Contains(t, said, "its slot on the source is made_shop_dms_full_02")
	require.NotContains(t, s.must(t, "10-source/11-preflight.sh"), "made_shop", "slots that are known to be the tasks' are no problem")
	require.Contains(t, s.must(t, folder+"55-start.sh"), "has loaded its tables", "never a second time")

	// How far they are; and a table that is in error.
	running := func(more map[string]any) map[string]any {
		about := map[string]any{"Status": "running", "StopReason": nil, "ReplicationTaskStats": map[string]any{"FullLoadProgressPercent": 40, "TablesLoaded": 1, "TablesLoading": 2, "TablesErrored": 0}}
		for k, v := range more {
			about[k] = v
		}
		return about
	}
	s.tell(t, 0, running(nil))
	s.refused(t, []string{"in the middle of their load, or not seen to have ended it: shop-dms-full-01.", "55-wait.sh", "56-stop.sh --yes"}, folder+"56-stop.sh")
	s.refused(t, []string{"shop-dms-full-01 40 %, 1 of 4 tables, 2 underway", "1 of 2 tasks have loaded"}, folder+"55-wait.sh", "--once")
	s.refused(t, []string{"have to have loaded their tables first"}, "40-load/42-load.sh")
	s.tell(t, 0, running(map[string]any{"ReplicationTaskStats": map[string]any{"TablesErrored": 1}, "Tables": []map[string]any{
		{"SchemaName": "public", "TableName": "node", "TableState": "Table error", "FullLoadRows": 3, "FullLoadErrorRows": 2},
		{"SchemaName": "public", "TableName": "edge", "TableState": "Table completed", "FullLoadRows": 3, "FullLoadErrorRows": 0},
	}}))
	said = s.refused(t, []string{"1 tables of shop-dms-full-01 are in error", "public.node (Table error, 2 rows in error)", "83-full-restart.sh"}, folder+"55-wait.sh")
	require.NotContains(t, said, "public.edge")
	s.tell(t, 0, map[string]any{"Status": "stopped", "StopReason": "Stop Reason STOPPED_DUE_TO_LOW_DISK"})
	s.refused(t, []string{"shop-dms-full-01 is stopped: Stop Reason STOPPED_DUE_TO_LOW_DISK"}, folder+"55-wait.sh")
	s.tell(t, 0, map[string]any{"Tables": []map[string]any{}})
	s.refused(t, []string{"has stopped with 0 of "}, folder+"55-wait.sh")
	s.tell(t, 0, nil)

	// A restart of everything: tasks first, then the target, which is as it was before the load.
	s.loads(t, 0)
	s.refused(t, []string{"the task of dms_full_01 is there (stopped)"}, "80-recovery/83-full-restart.sh", "--yes")
	s.must(t, folder+"58-delete.sh", "--slot", "dms_full_01", "--yes")
	s.refused(t, []string{"the task of dms_full_01 has run and is gone", "83-full-restart.sh"}, folder+"53-deploy.sh")
	s.must(t, folder+"58-delete.sh", "--slot", "dms_full_02", "--yes")
	said = s.must(t, "80-recovery/83-full-restart.sh", "--yes")
	require.Contains(t, said, "slot made_shop_dms_full_01 dropped")
	require.Contains(t, said, "go on with 30-target/34-keys.sql")
	kept, err := filepath.Glob(filepath.Join(s.dir, "evidence", "before-full-restart-*.jsonl"))
	require.NoError(t, err)
	require.Len(t, kept, 1)
	evidence, err := os.ReadFile(kept[0])
	require.NoError(t, err)
	require.Contains(t, string(evidence), `"made_shop_dms_full_01"`)
	require.Contains(t, string(evidence), `"made_shop_dms_full_02"`)
	require.Equal(t, "0|0", s.target(t, keys))
	require.Equal(t, "0", s.src.MustPsql(t, "shop", "select count(*) from pg_replication_slots"))
	for _, step := range []string{"30-target/34-keys.sql", "40-load/41-ledger.sql", folder + "51-control.sql", folder + "53-deploy.sh", folder + "54-test-connections.sh"} {
		s.must(t, step)
	}
	s.starts(t)
	for i := range s.plan.Groups {
		s.loads(t, i)
	}
	require.Contains(t, s.must(t, folder+"55-wait.sh"), "every table is loaded, and every task stands still")
	s.must(t, folder+"55-wait.sh")

	// Builds between the load and the changes.
	s.refused(t, []string{"indexes are not built", "42-load.sh"}, folder+"57-resume.sh")
	require.Contains(t, s.must(t, "40-load/42-load.sh"), "built: ")
	require.Contains(t, s.must(t, "40-load/42-load.sh"), "nothing to do")
	s.must(t, "40-load/42-load.sh", "--status")
	s.must(t, "40-load/42-load.sh", "--list")
	// A slot that was not noted: what may be it is named.
	noted := s.unnoted(t, "dms_full_01", "slot")
	s.refused(t, []string{"which slot it has on the source was not noted, so whether it is there", "its own has to be one: made_shop_dms_full_01 (delivers from ", "57-resume.sh --anyway dms_full_01", "1 of 1 tasks were not resumed"}, folder+"57-resume.sh", "dms_full_01")
	noted()
	// What AWS denies has not happened.
	l.refusedByAWS(t, "start-replication-task", func() {
		env := s.env
		s.env = l.env
		out, code := s.run(t, folder+"57-resume.sh")
		s.env = env
		require.Equal(t, 2, code, out)
	})
	require.NotContains(t, l.state(t), "resumed_at")
	require.NotContains(t, l.state(t), "cdc_started_at")
	resumed := s.must(t, folder+"57-resume.sh")
	require.Contains(t, resumed, "shop-dms-full-01 goes on")
	// A run that was cut off after AWS had been told: the next one makes up for what it did not note.
	s.unnoted(t, "dms_full_01", "resumed_at")
	require.Equal(t, 1, strings.Count(l.state(t), "resumed_at"))
	require.Contains(t, s.must(t, folder+"57-resume.sh"), "shop-dms-full-01 is running")
	require.Equal(t, 2, strings.Count(l.state(t), `"resumed_at"`))
	require.Contains(t, s.must(t, folder+"55-wait.sh"), "every table is loaded")
	s.must(t, folder+"56-stop.sh", "dms_full_01")
	require.Contains(t, s.must(t, folder+"57-resume.sh"), "shop-dms-full-01 goes on")
	s.src.MustPsql(t, "shop", "select pg_drop_replication_slot('made_shop_dms_full_01')")
	s.must(t, folder+"56-stop.sh", "dms_full_01")
	s.refused(t, []string{"slot made_shop_dms_full_01 of shop-dms-full-01 is gone or lost", "1 of 2 tasks were not resumed"}, folder+"57-resume.sh")
	s.src.MustPsql(t, "shop", "select pg_create_logical_replication_slot('made_shop_dms_full_01', 'test_decoding')")
	s.tell(t, 0, map[string]any{"RecoveryCheckpoint": "checkpoint:V1#1#00000000/00000001#0#0#*#0#0"})
	s.refused(t, []string{"would be missing without an error", "--anyway"}, folder+"57-resume.sh")
	s.must(t, folder+"57-resume.sh", "--anyway")
	s.tell(t, 0, nil)

	// The cutover. What carries the markers stands in for the tasks.
	want := s.src.MustPsql(t, "shop", structure)
	s.must(t, "70-cutover/71-freeze.sh")
	stop := s.carryMarkers(t)
	s.must(t, "70-cutover/72-drain.sh", "--timeout", "60")
	stop()
	s.must(t, folder+"56-stop.sh")
	s.must(t, "70-cutover/73-sequences.sh")
	s.must(t, "70-cutover/74-constraints.sh")
	s.must(t, "70-cutover/75-analyze.sh")
	require.ElementsMatch(t, strings.Split(want, "\n"), strings.Split(s.target(t, structure), "\n"))
	for _, x := range s.plan.Tables {
		if x.Handling.Copied() {
			count := "select count(*), coalesce(sum(hashtext(t::text)::bigint), 0) from only " + x.Name.SQL() + " t"
			require.Equal(t, s.src.MustPsql(t, "shop", count), s.target(t, count), x.Name)
		}
	}

	s.refused(t, []string{"the task of dms_full_01 is there (stopped)", "58-delete.sh --all --yes comes first"}, "70-cutover/78-retire.sh", "--yes")
	s.must(t, folder+"58-delete.sh", "--all", "--yes")
	require.Contains(t, s.must(t, "70-cutover/78-retire.sh", "--yes"), "slot made_shop_dms_full_01 dropped")
	require.Equal(t, "0", s.src.MustPsql(t, "shop", "select count(*) from pg_replication_slots"))
	s.must(t, "70-cutover/78-retire.sh", "--yes", "--all")
}

func TestFullLoadIsCalledOff(t *testing.T) {
	s := newFullSite(t, "create table public.a (id int primary key, v text not null); insert into public.a values (1, 'x')", nil)
	s.aws(t)
	const folder = "50-cdc/dms/"
	s.must(t, "10-source/12-settings.sh", "--apply", "source")
	for _, step := range []string{"10-source/13-role.sql", "10-source/14-markers.sql", "30-target/31-roles.sql", "30-target/32-schema.sh", "30-target/33-relax.sql", "30-target/34-keys.sql", "40-load/41-ledger.sql",
		folder + "51-control.sql", folder + "53-deploy.sh", folder + "54-test-connections.sh"} {
		s.must(t, step)
	}
	s.starts(t)
	s.src.MustPsql(t, "shop", "select pg_create_logical_replication_slot('of_others', 'test_decoding')")
	s.refused(t, []string{"nothing was done"}, "80-recovery/81-abort.sh")
	// Which slot is the task's is not known: nothing is dropped, and nothing is called done.
	noted := s.unnoted(t, "dms_full_01", "slot")
	out, code := s.run(t, "80-recovery/81-abort.sh", "--yes", "--leave", "of_others")
	require.Equal(t, 2, code, out)
	for _, w := range []string{"slot made_shop_dms_full_01 (test_decoding, not in use) is there", "SELECT pg_drop_replication_slot('made_shop_dms_full_01')", "the markers stay", "1 parts are left"} {
		require.Contains(t, out, w)
	}
	require.NotContains(t, out, "slot of_others")
	noted()
	// Nor is one that has taken the name.
	s.src.MustPsql(t, "shop", "select pg_drop_replication_slot('made_shop_dms_full_01')")
	s.src.MustPsql(t, "shop", "select pg_create_logical_replication_slot('made_shop_dms_full_01', 'pgoutput')")
	l := &lab{dir: s.dir}
	was := l.state(t)
	require.Contains(t, s.must(t, "80-recovery/81-abort.sh", "--yes"), "slot made_shop_dms_full_01 has the name of one that was noted, and decodes with another plugin")
	require.Equal(t, "2", s.src.MustPsql(t, "shop", "select count(*) from pg_replication_slots"))
	require.NoError(t, os.WriteFile(filepath.Join(s.dir, "state.json"), []byte(was), 0o644))
	s.src.MustPsql(t, "shop", "select pg_drop_replication_slot('made_shop_dms_full_01')")
	s.src.MustPsql(t, "shop", "select pg_create_logical_replication_slot('made_shop_dms_full_01', 'test_decoding')")
	said := s.must(t, "80-recovery/81-abort.sh", "--yes")
	require.Contains(t, said, "slot made_shop_dms_full_01 dropped")
	require.Contains(t, said, "slot of_others (test_decoding, not in use) is there, and nobody has noted whose it is")
	require.Equal(t, "of_others|0", s.src.MustPsql(t, "shop", "select slot_name, (select count(*) from pg_namespace where nspname = 'pgcutover') from pg_replication_slots"))
	require.NoFileExists(t, filepath.Join(s.dir, "state.json"))
	s.must(t, folder+"58-delete.sh", "--all", "--yes")
}

// By a stack a task is there as long as its parameter says so: an update never brings one back that has run. The local server has stacks, and nothing of what is in them.
func TestFullLoadByCloudFormation(t *testing.T) {
	s := newFullSite(t, "create table public.a (id int primary key, v text not null); insert into public.a values (1, 'x')", func(o *planner.Options) { o.CDC.Format = planner.FormatCloudFormation })
	s.aws(t)
	l := &lab{env: s.env, dir: s.dir}
	const deploy, remove = "50-cdc/dms/53-deploy.sh", "50-cdc/dms/58-delete.sh"
	made := func() string {
		return l.aws(t, "cloudformation", "describe-stacks", "--stack-name", "shop-dms", "--query", "Stacks[0].Parameters[?ParameterKey=='MakeTask01'].ParameterValue")
	}
	for _, step := range []string{"10-source/13-role.sql", "10-source/14-markers.sql", "30-target/31-roles.sql", "30-target/32-schema.sh", "30-target/33-relax.sql", "30-target/34-keys.sql", "40-load/41-ledger.sql", "50-cdc/dms/51-control.sql"} {
		s.must(t, step)
	}
	require.Contains(t, s.must(t, deploy), "everything is there")
	require.Equal(t, "yes", made())
	s.must(t, deploy, "--dry-run")
	for range 2 {
		s.must(t, remove, "--slot", "dms_full_01", "--yes")
		require.Empty(t, made())
	}
	s.must(t, deploy)
	require.Equal(t, "yes", made(), "it has never run")
	s.must(t, remove, "--slot", "dms_full_01", "--yes")
	l.editState(t, func(state map[string]any) {
		state["tasks"] = map[string]any{"dms_full_01": map[string]any{"made_at": "2026-01-01T00:00:00Z", "started_at": "2026-01-01T00:00:00Z"}}
	})
	s.refused(t, []string{"the task of dms_full_01 has run and is gone"}, deploy)
	require.Empty(t, made())
	s.must(t, "80-recovery/83-full-restart.sh", "--yes")
	s.must(t, deploy)
	require.Equal(t, "yes", made())
	require.Contains(t, s.must(t, remove, "--all", "--yes"), "stack shop-dms is deleted")
}

// replicaOptions are those of a full load into a read replica of the local AWS's instance, which is promoted and emptied.
func replicaOptions(version string) planner.Options {
	o, aurora := planner.DefaultsFor(planner.EngineDMSFull), planner.DefaultAurora()
	aurora.Source, aurora.Cluster, aurora.InstanceClass, aurora.EngineVersion = "shop-db", "shop", "db.r6g.large", version
	o.Full.Schema, o.Aurora, o.CDC.Name, o.CDC.Format = planner.SchemaReplica, &aurora, "shop", planner.FormatCLI
	return o
}

// A promoted read replica has all that the source has, rows too, and its system identifier: it is proven to be the copy, taken apart, emptied, and loaded like any other.
func TestPromotedReplicaIsEmptied(t *testing.T) {
	l := newReplicaLab(t, fullSQL+`;
		create table public.aside (id int primary key, node int constraint from_outside references public.node);
		create procedure public.many() language plpgsql as 'begin for i in 1..2500 loop execute format(''create table public.many_%s (id int primary key, v text unique)'', i); if i % 500 = 0 then commit; end if; end loop; end';
		call public.many(); drop procedure public.many()`, func(version string) planner.Options {
		o := replicaOptions(version)
		o.Tables.Exclude = []string{"public.aside"}
		return o
	}, "wal_level=logical")
	const promote, take, empty = "20-aurora/23-promote.sh", "30-target/32-schema.sh", "30-target/33-empty.sql"
	gate := func(g verify.Gate) []string { return l.asked(t, g, "servers") }
	l.must(t, "10-source/13-role.sql")
	l.must(t, "20-aurora/21-deploy.sh")
	require.True(t, l.aurora(t).Emptied)
	l.refused(t, []string{"the markers are not on the source", "14-markers.sql"}, promote, "--yes")
	l.must(t, "10-source/14-markers.sql")
	l.must(t, "20-aurora/22-catch-up.sh")
	require.Empty(t, shut(gate(verify.Preflight)), "nobody looks for a target that is yet to be promoted")
	l.refused(t, []string{"this is a standby"}, empty)
	l.refused(t, []string{"is a standby"}, take, "--existing")
	l.refused(t, []string{"nothing was done", "add --yes"}, promote)
	// What would work on both sides, and take from a publisher what is the source's. Nobody publishes; the table stands for pg_cron's.
	l.src.CreateDatabase(t, "a=b")
	l.src.MustPsql(t, "a=b", "create subscription feed connection 'dbname=nowhere' publication p with (connect = false); alter subscription feed set (slot_name = 'feed'); alter subscription feed enable")
	l.src.MustPsql(t, "postgres", "create schema cron; create table cron.job (jobid bigint); insert into cron.job values (7)")
	l.refused(t, []string{`subscription feed of database a=b is enabled`, "job 7 of pg_cron in database postgres is active", "--subscriptions-disabled"}, promote, "--yes")
	l.src.MustCatchUp(t, l.dst)
	l.dst.MustPsql(t, "shop", "select pg_wal_replay_pause()")
	l.src.MustPsql(t, "postgres", "drop schema cron cascade")
	l.src.MustPsql(t, "a=b", "alter subscription feed disable")
	l.refused(t, []string{"subscription feed of database a=b is enabled", "that is what the replica has", "22-catch-up.sh"}, promote, "--yes")
	l.dst.MustPsql(t, "shop", "select pg_wal_replay_resume()")
	l.src.MustCatchUp(t, l.dst)
	l.must(t, promote, "--yes")
	require.Contains(t, l.must(t, promote, "--yes"), "nothing to do")
	require.Equal(t, l.src.MustPsql(t, "shop", "select system_identifier from pg_control_system()"), l.dst.MustPsql(t, "shop", "select system_identifier from pg_control_system()"))
	require.Empty(t, shut(gate(verify.Preflight)))

	// Servers that are mixed up.
	services, err := os.ReadFile(filepath.Join(l.dir, "services"))
	require.NoError(t, err)
	for from, to := range map[*cluster.Cluster]*cluster.Cluster{l.dst: l.src, l.src: l.dst} {
		of := func(c *cluster.Cluster) string { return fmt.Sprintf("host=%s\nport=%d", c.SocketDir(), c.Port()) }
		require.NoError(t, os.WriteFile(filepath.Join(l.dir, "services"), []byte(strings.ReplaceAll(string(services), of(from), of(to))), 0o600))
		if to == l.src {
			for _, sql := range []string{empty, "30-target/33-relax.sql", "80-recovery/empty-target.sql"} {
				l.refused(t, []string{"this is not the replica that was promoted"}, sql)
			}
			l.refused(t, []string{"is not the replica that was promoted: it may be the source"}, take, "--existing")
		} else {
			l.refused(t, []string{"this is the promoted replica; the file is for the source"}, "10-source/14-markers.sql")
			l.refused(t, []string{"the source (service pgcutover_source) is the promoted replica"}, take, "--existing")
		}
	}
	require.NoError(t, os.WriteFile(filepath.Join(l.dir, "services"), services, 0o600))
	require.Equal(t, "50", l.src.MustPsql(t, "shop", "select count(*) from public.node"))
	l.dst, l.src = l.src, l.dst
	require.Equal(t, []string{"G0-TOPO"}, failing(gate(verify.Preflight)))
	l.dst, l.src = l.src, l.dst

	l.must(t, "30-target/31-roles.sql")
	l.refused(t, []string{"foreign key from_outside of public.aside refers to public.node", "ALTER TABLE public.aside DROP CONSTRAINT from_outside", "nothing was taken away"}, take, "--existing")
	require.Equal(t, "50", l.dst.MustPsql(t, "shop", "select count(*) from public.node"))
	l.dst.MustPsql(t, "shop", "alter table public.aside drop constraint from_outside")
	for range 2 {
		l.must(t, take, "--existing")
		l.must(t, "30-target/33-relax.sql")
		l.must(t, empty)
	}
	require.Equal(t, "0", l.dst.MustPsql(t, "shop", "select count(*) from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace and relname <> 'aside' and pg_relation_size(oid) > 0"))
	require.Equal(t, "0", l.dst.MustPsql(t, "shop", "select count(*) from pg_index i join pg_class c on c.oid = i.indrelid where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and c.relname <> 'aside'"))
	require.Equal(t, "0", l.dst.MustPsql(t, "shop", "select count(*) from pg_class where relkind = 'm' and relispopulated"))
	l.must(t, "30-target/34-keys.sql")
	require.Equal(t, strconv.Itoa(2500+8), l.dst.MustPsql(t, "shop", "select count(*) from pg_index i join pg_class c on c.oid = i.indrelid where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and c.relname <> 'aside' and i.indisprimary"))
	l.must(t, "40-load/41-ledger.sql")
	for _, g := range l.plan.Groups {
		require.Equal(t, "0", l.dst.MustPsql(t, "shop", "select count(*) from "+g.Marker.String()))
		require.Equal(t, "2", l.src.MustPsql(t, "shop", "select count(*) from "+g.Marker.String()))
	}
	l.dst.MustPsql(t, "shop", "create role rds_superuser") // which Aurora has
	l.must(t, "50-cdc/dms/51-control.sql")
	l.refused(t, []string{"the target has a ledger", "83-full-restart.sh"}, empty)
	// Beginning anew: emptied, without keys, and loaded from there like the first time.
	l.dst.MustPsql(t, "shop", "insert into public.node values (1, null, null, 'half of a load')")
	require.Contains(t, l.must(t, "80-recovery/83-full-restart.sh", "--yes"), "go on with 30-target/34-keys.sql")
	require.Equal(t, "0|f", l.dst.MustPsql(t, "shop", "select (select count(*) from public.node), to_regclass('public.node_pkey') is not null"))
	require.Equal(t, "50", l.src.MustPsql(t, "shop", "select count(*) from public.node"))
	for _, step := range []string{"30-target/34-keys.sql", "40-load/41-ledger.sql", "50-cdc/dms/51-control.sql"} {
		l.must(t, step)
	}
	require.Empty(t, shut(gate(verify.CDCReady)))
	require.Empty(t, shut(l.asked(t, verify.CDCReady, "drift")))

	// The application may be on it.
	l.dst.MustPsql(t, "shop", "create table pgcutover.restored ()")
	l.refused(t, []string{"74-constraints.sh has run on the target"}, "20-aurora/24-delete.sh", "--yes")
	l.dst.MustPsql(t, "shop", "drop table pgcutover.restored")
	require.Contains(t, l.must(t, "20-aurora/24-delete.sh", "--yes"), "no Aurora replica of this migration any more")
}
