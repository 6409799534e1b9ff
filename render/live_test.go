package render_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/pgcutover/pgcutover/analyze"
	"github.com/pgcutover/pgcutover/planner"
	"github.com/pgcutover/pgcutover/render"
	"github.com/pgcutover/pgcutover/verify"
	"github.com/pgcutover/pgcutover/verify/rehearse/cluster"
)

// lab is a primary with a standby, a target, and a bundle that knows them by service names.
type lab struct {
	src, rep, dst *cluster.Cluster
	dir           string // the bundle is in dir/migration
	env           []string
	plan          planner.Plan
}

func newLab(t *testing.T, settings ...string) *lab {
	t.Helper()
	return newLabOf(t, cluster.Options{Role: cluster.Source, Settings: settings}, sampleSQL, samplePlan())
}

func newLabOf(t *testing.T, source cluster.Options, sql string, p planner.Plan) *lab {
	t.Helper()
	cluster.NeedPGLogical(t)
	t.Parallel() // the scripts wait more than they work
	l := &lab{src: cluster.StartWith(t, source), dst: cluster.StartTarget(t), dir: t.TempDir()}
	l.src.CreateDatabase(t, "shop")
	l.dst.CreateDatabase(t, "shop")
	l.src.MustPsql(t, "shop", sql)
	l.rep = l.src.StartStandby(t)
	l.env = environment(t, l.dir, "postgres", l.src, l.rep, l.dst)
	number, err := strconv.Atoi(l.src.MustPsql(t, "shop", "show server_version_num"))
	require.NoError(t, err)
	p.Source.VersionNum = number
	l.render(t, p)
	return l
}

func (l *lab) render(t *testing.T, p planner.Plan) {
	t.Helper()
	b, err := render.Render(p)
	require.NoError(t, err)
	require.NoError(t, b.Write(filepath.Join(l.dir, "migration"), true))
	l.plan = p
}

func (l *lab) path(parts ...string) string {
	return filepath.Join(append([]string{l.dir, "migration"}, parts...)...)
}

func (l *lab) state(t *testing.T) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(l.dir, "state.json"))
	require.NoError(t, err)
	return string(b)
}

// timings are those of the timings.json in a directory.
func timings(t *testing.T, dir string) []verify.Timing {
	t.Helper()
	f, err := os.Open(filepath.Join(dir, verify.TimingsFile))
	require.NoError(t, err)
	defer f.Close()
	all, err := verify.DecodeTimings(f)
	require.NoError(t, err)
	return all.Timings
}

// run runs a script, or an SQL file against the server of its folder, and returns what it said and its exit code.
func (l *lab) run(t *testing.T, path string, args ...string) (string, int) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
	defer cancel()
	name, all := "bash", append([]string{l.path(path)}, args...)
	if strings.HasSuffix(path, ".sql") {
		service := "pgcutover_target"
		if strings.HasPrefix(path, "10-") {
			service = "pgcutover_source"
		}
		name = l.dst.Bin("psql")
		all = append([]string{"-X", "-w", "-v", "ON_ERROR_STOP=1", "-d", "service=" + service, "-f", l.path(path)}, args...)
	}
	cmd := exec.CommandContext(ctx, name, all...)
	cmd.Env, cmd.Dir = l.env, "/"
	out, err := cmd.CombinedOutput()
	code := 0
	if e, ok := errors.AsType[*exec.ExitError](err); ok {
		code = e.ExitCode()
	} else {
		require.NoError(t, err)
	}
	t.Logf("%s %s: exit %d\n%s", path, strings.Join(args, " "), code, out)
	return string(out), code
}

// must runs a step that has to succeed.
func (l *lab) must(t *testing.T, path string, args ...string) string {
	t.Helper()
	out, code := l.run(t, path, args...)
	require.Zero(t, code, out)
	return out
}

// refused runs a step that a check has to stop, and wants every one of the words in what it says.
func (l *lab) refused(t *testing.T, words []string, path string, args ...string) string {
	t.Helper()
	out, code := l.run(t, path, args...)
	if strings.HasSuffix(path, ".sql") {
		require.Equal(t, 3, code, out)
	} else {
		require.Equal(t, 1, code, out)
	}
	for _, w := range words {
		require.Contains(t, out, w)
	}
	return out
}

// olderSQL is what 9.6 and 10 know of sampleSQL.
const olderSQL = `
create role app login password 'canary-of-the-source';
create role reader nologin;
create role "we""ird role" nologin;
create schema "we""ird $x";
create extension hstore;
create table public.calls (id bigserial primary key, at timestamptz not null, body text not null, note text, tags hstore, code text unique);
create table public."Mixed Case" (id int primary key, call_id bigint references public.calls, "C 1" text);
create table "we""ird $x"."a
b 'c' %d $(touch /tmp/x) ` + "`" + `" ("k""1" int primary key, v text not null);
create table public.nokey (a int, b text);
create unlogged table public.scratch (id int primary key);
create table public.left_out (id int primary key);
alter table public.calls owner to "we""ird role";
insert into public.calls (at, body, code) select now(), 'b' || n, 'c' || n from generate_series(1, 1000) n;
`

// TestEveryMajor walks from the preflight to the target's schema on every major of the machine that has pglogical, and back.
func TestEveryMajor(t *testing.T) {
	cluster.NeedPGLogical(t)
	installs, err := cluster.Installs(t.Context())
	require.NoError(t, err)
	for _, in := range installs {
		if !in.PGLogical {
			continue
		}
		t.Run(in.Version, func(t *testing.T) {
			sql, p := sampleSQL, samplePlan()
			if in.Major >= 900 || in.Major < 11 {
				sql = olderSQL
				partition := func(n analyze.Name) bool { return strings.HasPrefix(n.Name, "events") }
				p.Tables = slices.DeleteFunc(p.Tables, func(t planner.Table) bool { return partition(t.Name) })
				p.Groups[1].Tables = slices.DeleteFunc(p.Groups[1].Tables, partition)
			}
			l := newLabOf(t, cluster.Options{Role: cluster.Source, Major: in.Major}, sql, p)
			for range 2 { // everything can be run again
				l.must(t, "10-source/11-preflight.sh")
				l.must(t, "10-source/12-settings.sh", "--check", "source", "standby")
				l.must(t, "10-source/13-role.sql")
				l.must(t, "10-source/14-markers.sql")
				l.must(t, "10-source/15-node.sql")
				l.must(t, "10-source/16-members.sh")
				l.must(t, "10-source/17-slots.sh")
			}
			l.must(t, "20-replica/21-pause.sh")
			state := l.state(t)
			l.must(t, "20-replica/21-pause.sh")
			require.Equal(t, state, l.state(t))
			proof := map[bool]string{true: "stable_lsn", false: "pause_state"}[in.Major >= 900 || in.Major < 13]
			if in.Major == 13 {
				proof = "wait_event"
			}
			require.Contains(t, state, `"proof": "`+proof+`"`)
			decoded, err := verify.DecodeState(strings.NewReader(state))
			require.NoError(t, err)
			require.Len(t, decoded.Slots, 2)
			for name, s := range decoded.Slots {
				require.LessOrEqual(t, s.ConfirmedFlushLSN, decoded.Pause.LSN, name)
			}
			require.LessOrEqual(t, decoded.SetsCompleteLSN, decoded.Pause.LSN)

			// What happens on the source now does not reach the replica, and the row of the marker is the first of it.
			l.src.MustPsql(t, "shop", "insert into public.nokey values (77, 'after')")
			require.Equal(t, "0", l.rep.MustPsql(t, "shop", "select count(*) from public.nokey where a = 77"))
			for range 2 {
				l.must(t, "30-target/31-roles.sql")
				l.must(t, "30-target/32-schema.sh")
				l.must(t, "30-target/33-relax.sql")
			}
			l.refused(t, []string{"the load has not finished"}, "20-replica/22-resume.sh")
			for range 2 {
				l.must(t, "20-replica/22-resume.sh", "--force")
			}
			l.src.MustCatchUp(t, l.rep)
			require.Equal(t, "1", l.rep.MustPsql(t, "shop", "select count(*) from public.nokey where a = 77"))
			l.must(t, "20-replica/21-pause.sh")
			l.must(t, "80-recovery/81-abort.sh", "--yes")
			require.Equal(t, "0", l.src.MustPsql(t, "shop", "select count(*) from pg_replication_slots"))
		})
	}
}

func TestTarget(t *testing.T) {
	l := newLab(t)
	for range 2 {
		l.must(t, "30-target/31-roles.sql")
		l.must(t, "30-target/32-schema.sh")
		l.must(t, "30-target/33-relax.sql")
	}
	require.Equal(t, "f|t", l.dst.MustPsql(t, "postgres", "select rolcanlogin, rolpassword is null from pg_authid where rolname = 'app'"))
	require.Equal(t, `{"search_path=\"$user\", public",statement_timeout=1min}`, l.dst.MustPsql(t, "postgres", "select rolconfig from pg_roles where rolname = 'app'"))
	require.Equal(t, "t", l.dst.MustPsql(t, "postgres", "select pg_has_role('app', 'reader', 'member')"))
	require.Equal(t, "0", l.dst.MustPsql(t, "shop", `select (select count(*) from pg_index i join pg_class c on c.oid = i.indrelid where c.relnamespace in ('public'::regnamespace, '"we""ird $x"'::regnamespace))
		+ (select count(*) from pg_constraint where contype <> 'c' and connamespace = 'public'::regnamespace) + (select count(*) from pg_trigger where not tgisinternal)`))
	require.Equal(t, "8|1", l.dst.MustPsql(t, "shop", "select (select count(*) from pg_class where relkind in ('r','p') and relnamespace <> 'pgcutover'::regnamespace and oid > 16384), (select count(*) from pg_statistic_ext)"))
	require.Equal(t, `we"ird role`, l.dst.MustPsql(t, "shop", "select tableowner from pg_tables where tablename = 'calls'"))
	require.Equal(t, "f|d", l.dst.MustPsql(t, "shop", "select (select attnotnull from pg_attribute where attrelid = 'calls'::regclass and attname = 'body'), (select attidentity from pg_attribute where attrelid = 'calls'::regclass and attname = 'id')"))
	require.Equal(t, "public|calls|id", l.dst.MustPsql(t, "shop", "select * from pgcutover.identity_always"))
	list, err := os.ReadFile(filepath.Join(l.dir, "postdata.list"))
	require.NoError(t, err)
	for _, want := range []string{" TRIGGER public calls touch ", " RULE public nokey no_delete ", " POLICY public Mixed Case everybody ", " INDEX public per_day_key "} {
		require.Contains(t, string(list), want)
	}
	require.NotContains(t, string(list), "CONSTRAINT")
	require.NotContains(t, string(list), "INDEX public calls_at")
	for _, f := range []string{"predata.sql", "schema.dump", "state.json"} {
		b, err := os.ReadFile(filepath.Join(l.dir, f))
		require.NoError(t, err)
		require.NotContains(t, string(b), "canary", f)
	}
	// A second run on the machine of somebody who lacks the archive must not go on without it.
	require.NoError(t, os.Rename(filepath.Join(l.dir, "schema.dump"), filepath.Join(l.dir, "elsewhere")))
	l.refused(t, []string{"schema.dump"}, "30-target/32-schema.sh")
}

func TestTargetThatIsNotEmpty(t *testing.T) {
	l := newLab(t)
	l.dst.MustPsql(t, "shop", sampleSQL+"truncate public.calls cascade; truncate public.nokey, public.events")
	l.refused(t, []string{"tables already"}, "30-target/32-schema.sh")
	// A comment ends at a carriage return as well. And what the dump does not bring back is not taken away.
	l.dst.MustPsql(t, "shop", `create index "return`+"\r"+`drop table public.nokey; --" on public.calls ((replace(body, E'\r', '')), (replace(body, '`+"\r"+`', '')));
		create function public.own() returns event_trigger language plpgsql as 'begin end'; create event trigger own on ddl_command_end execute function public.own()`)
	l.refused(t, []string{"--strip-only belongs to 80-recovery/83-full-restart.sh"}, "30-target/32-schema.sh", "--strip-only")
	for range 2 {
		l.must(t, "30-target/32-schema.sh", "--existing")
	}
	require.Equal(t, "t|own", l.dst.MustPsql(t, "shop", "select to_regclass('public.nokey') is not null, (select string_agg(evtname, ',') from pg_event_trigger)"))
	require.Equal(t, "1", l.dst.MustPsql(t, "shop", `select (select count(*) from pg_index i join pg_class c on c.oid = i.indrelid where c.relkind <> 'm' and c.relnamespace in ('public'::regnamespace, '"we""ird $x"'::regnamespace))
		+ (select count(*) from pg_constraint where contype <> 'c' and connamespace = 'public'::regnamespace and conrelid <> 'public.left_out'::regclass) + (select count(*) from pg_trigger where not tgisinternal)
		+ (select count(*) from pg_policy)`), "only the index of the table that is left out")
	b, err := os.ReadFile(filepath.Join(l.dir, "stripped.sql"))
	require.NoError(t, err)
	require.Contains(t, string(b), "-- CREATE INDEX calls_at ON public.calls")
	require.Contains(t, string(b), "FOREIGN KEY (call_id) REFERENCES public.calls(id)")
	// What the load builds, and the cutover brings back, stays.
	l.must(t, "40-load/41-ledger.sql")
	l.dst.MustPsql(t, "shop", "create index built on public.calls (at)")
	l.must(t, "30-target/32-schema.sh", "--existing")
	require.Equal(t, "t", l.dst.MustPsql(t, "shop", "select to_regclass('public.built') is not null"))
}

func TestServersThatAreNotTheRightOnes(t *testing.T) {
	l := newLab(t)
	right := [3]*cluster.Cluster{l.src, l.rep, l.dst}
	set := func(src, rep, dst *cluster.Cluster) {
		l.src, l.rep, l.dst = src, rep, dst
		l.env = environment(t, l.dir, "postgres", src, rep, dst)
	}
	set(right[1], right[1], right[2])
	l.refused(t, []string{"is a standby, not the primary"}, "10-source/16-members.sh")
	l.refused(t, []string{"this is a standby"}, "10-source/14-markers.sql")
	set(right[0], right[0], right[2])
	l.refused(t, []string{"it is not in recovery"}, "20-replica/22-resume.sh")
	set(right[0], right[1], right[0])
	l.refused(t, []string{"the target is the source itself"}, "30-target/32-schema.sh")
	set(right[0], right[1], right[1])
	l.refused(t, []string{"takes no writes"}, "30-target/32-schema.sh")
	set(right[0], right[1], right[2])
	p := samplePlan()
	p.Source.SystemIdentifier = "1234"
	l.render(t, p)
	l.refused(t, []string{"another server than the one the plan was made for"}, "10-source/17-slots.sh")
	l.refused(t, []string{"another server than the one the plan was made for"}, "10-source/15-node.sql")
	p.Source.SystemIdentifier, p.Source.Database = "", "warehouse"
	l.render(t, p)
	l.refused(t, []string{"connected to database shop, the plan is about warehouse"}, "10-source/17-slots.sh")
	l.refused(t, []string{"connected to database shop, the plan is about warehouse"}, "10-source/13-role.sql")
	p.Source.Database, p.Source.VersionNum = "shop", 140010
	l.render(t, p)
	l.refused(t, []string{"the plan was made for 14"}, "10-source/17-slots.sh")
	l.refused(t, []string{"the plan was made for 14"}, "10-source/13-role.sql")
	require.NoError(t, os.WriteFile(filepath.Join(l.dir, "state.json"), []byte(`{"format": 1, "plan": "other"}`), 0o644))
	l.render(t, samplePlan())
	l.refused(t, []string{"belongs to another plan"}, "10-source/17-slots.sh")
}

func TestPreflightNamesEveryProblem(t *testing.T) {
	l := newLab(t, "max_prepared_transactions=5")
	p := samplePlan()
	p.Settings = append(p.Settings, planner.SettingChange{On: "source", Name: "max_wal_senders", From: "32", To: "64", Restart: true, Reason: "One for each slot."})
	l.render(t, p)
	l.src.MustPsql(t, "shop", `select pg_create_logical_replication_slot('dms_slot_02', 'test_decoding');
		select pg_create_logical_replication_slot('idle_of_others', 'test_decoding');
		create extension pglogical; select pglogical.create_node('theirs', 'dbname=shop'); select pglogical.create_replication_set('dms_slot_01', true, true, true, true);
		begin; insert into nokey values (0); prepare transaction 'it''s'`)
	done := make(chan struct{})
	go func() {
		defer close(done)
		_, _ = l.src.Psql(t.Context(), "shop", "set application_name = 'batch job'; begin; insert into nokey values (1); select pg_sleep(15)")
	}()
	require.Eventually(t, func() bool {
		return l.src.MustPsql(t, "shop", "select count(*) from pg_stat_activity where application_name = 'batch job' and backend_xid is not null and xact_start < now() - interval '3s'") == "1"
	}, 20*time.Second, 100*time.Millisecond)
	l.refused(t, []string{
		"max_wal_senders is 32 on the source, the plan wants 64",
		"this database is pglogical node theirs already",
		"replication set dms_slot_01 exists and is not made the way",
		"slot dms_slot_02 exists, and state.json does not know it",
		"warning: logical slot idle_of_others",
		"prepared transaction it's",
		"application batch job) has had a writing transaction open",
		"hint: COMMIT PREPARED 'it''s'",
	}, "10-source/11-preflight.sh", "--max-age", "2")
	l.must(t, "10-source/14-markers.sql")
	l.refused(t, []string{"is pglogical node theirs already"}, "10-source/15-node.sql")
	<-done

	if l.src.MustPsql(t, "shop", "select count(*) from pg_settings where name = 'output_plugin_libraries'") == "1" {
		l.src.MustPsql(t, "shop", "alter system set output_plugin_libraries = 'pgoutput'; ")
		l.src.MustPsql(t, "shop", "select pg_reload_conf()")
		require.Eventually(t, func() bool { return l.src.MustPsql(t, "shop", "show output_plugin_libraries") == "pgoutput" }, time.Minute, 50*time.Millisecond)
		l.refused(t, []string{"output_plugin_libraries does not list pglogical"}, "10-source/11-preflight.sh")
	}
}

func TestSettings(t *testing.T) {
	l := newLab(t)
	p := samplePlan()
	p.Settings = []planner.SettingChange{
		{On: "source", Name: "max_worker_processes", To: "40", Restart: true, Reason: "Room for the apply."},
		{On: "source", Name: "shared_preload_libraries", To: "pg_stat_statements, pglogical", Restart: true, Reason: "Slots need it."},
		{On: "standby", Name: "max_worker_processes", To: "40", Restart: true, Reason: "A standby needs what its primary has."},
		{On: "standby", Name: "hot_standby_feedback", To: "off", Reason: "A paused replica would hold vacuum back."},
		{On: "target", Name: "statement_timeout", To: "60000ms", Reason: "Shown as 1min."},
		{On: "target", Name: "work_mem", To: "8192kB", Reason: "It's enough, and shown as 8MB."},
	}
	l.render(t, p)
	l.refused(t, []string{"4 settings are not as planned"}, "10-source/12-settings.sh", "--check", "source", "target")
	l.refused(t, []string{"the replica does not have what it needs"}, "10-source/12-settings.sh", "--apply", "source")
	require.Contains(t, l.must(t, "10-source/12-settings.sh", "--apply", "standby"), "max_worker_processes waits for a restart to become 40")
	l.refused(t, []string{"the replica does not have what it needs"}, "10-source/12-settings.sh", "--apply", "source")
	require.NoError(t, l.rep.Restart())
	l.must(t, "10-source/12-settings.sh", "--apply", "source")
	l.must(t, "10-source/12-settings.sh", "--apply", "target")
	require.NoError(t, l.src.Restart())
	l.must(t, "10-source/12-settings.sh")
	require.Equal(t, "pglogical, pg_stat_statements|40", l.src.MustPsql(t, "shop", "select current_setting('shared_preload_libraries'), current_setting('max_worker_processes')"))
	require.Equal(t, "8MB", l.dst.MustPsql(t, "shop", "show work_mem"))

	p.Source.Managed = "rds"
	p.Settings = append(p.Settings[:2:2], planner.SettingChange{On: "source", Name: "max_wal_senders", To: "90", Restart: true})
	l.render(t, p)
	out := l.must(t, "10-source/12-settings.sh", "--apply", "source")
	require.Contains(t, out, "max_wal_senders | 90    | pending-reboot")
	require.Equal(t, "32", l.src.MustPsql(t, "shop", "show max_wal_senders"))
}

// A server that is told to load a library that it does not have would not come back from its restart.
func TestSettingsWithoutThePackage(t *testing.T) {
	installs, err := cluster.Installs(t.Context())
	require.NoError(t, err)
	with := map[int]bool{}
	for _, in := range installs {
		with[in.Major] = with[in.Major] || in.PGLogical
	}
	at := slices.IndexFunc(installs, func(in cluster.Install) bool { return !with[in.Major] && in.Major < 900 })
	if at < 0 {
		t.Skip("every major of this machine has pglogical")
	}
	p := samplePlan()
	p.Settings = []planner.SettingChange{{On: "source", Name: "shared_preload_libraries", To: "pglogical", Restart: true, Reason: "Slots need it."}}
	l := newLabOf(t, cluster.Options{Role: cluster.Target, Major: installs[at].Major}, olderSQL, p)
	l.refused(t, []string{"pglogical is not installed on the machine of the source", "install the package"}, "10-source/12-settings.sh", "--apply", "source")
	require.NoError(t, l.src.Restart())
	require.Empty(t, l.src.MustPsql(t, "shop", "show shared_preload_libraries"))
	out := l.refused(t, nil, "10-source/11-preflight.sh")
	require.Less(t, strings.Index(out, "is not available"), strings.Index(out, "is not loaded"), "the package comes first: %s", out)
}

// ready brings the lab to where the replica can be paused.
func (l *lab) ready(t *testing.T) {
	t.Helper()
	for _, f := range []string{"14-markers.sql", "15-node.sql", "16-members.sh", "17-slots.sh"} {
		l.must(t, "10-source/"+f)
	}
}

func TestOutOfOrder(t *testing.T) {
	l := newLab(t)
	l.refused(t, []string{"the marker tables are missing"}, "10-source/15-node.sql")
	l.refused(t, []string{"replication sets of dms_slot_01 are missing"}, "10-source/16-members.sh")
	l.refused(t, []string{"replication sets of dms_slot_01 are missing"}, "10-source/17-slots.sh")
	l.refused(t, []string{"state.json has no sets_complete_lsn yet"}, "20-replica/21-pause.sh")
	l.must(t, "10-source/14-markers.sql")
	l.must(t, "10-source/15-node.sql")
	l.refused(t, []string{"missing in the sets of dms_slot_02", "the sets come before the slots"}, "10-source/17-slots.sh")
	require.Equal(t, "0", l.src.MustPsql(t, "shop", "select count(*) from pg_replication_slots"))
}

func TestMembersWaitForWritersAndGiveUp(t *testing.T) {
	l := newLab(t)
	l.must(t, "10-source/14-markers.sql")
	l.must(t, "10-source/15-node.sql")
	done := make(chan struct{})
	go func() {
		defer close(done)
		_, _ = l.src.Psql(t.Context(), "shop", "set application_name = 'writer'; begin; insert into nokey values (1); select pg_sleep(6)")
	}()
	require.Eventually(t, func() bool {
		return l.src.MustPsql(t, "shop", "select count(*) from pg_stat_activity where application_name = 'writer' and backend_xid is not null") == "1"
	}, time.Minute, 50*time.Millisecond)
	l.refused(t, []string{"not added: public.nokey", "1 table could not be added; the others are in"}, "10-source/16-members.sh", "--lock-timeout", "100ms", "--attempts", "2")
	l.refused(t, []string{"missing in the sets of dms_slot_02: public.nokey"}, "10-source/16-members.sh", "--check")
	out := l.must(t, "10-source/16-members.sh", "--lock-timeout", "500ms")
	<-done
	require.Contains(t, out, "1 table added")
	require.Equal(t, "idms_slot_02", l.src.MustPsql(t, "shop", "select string_agg(set_name, ',') from pglogical.replication_set_table join pglogical.replication_set using (set_id) where set_reloid = 'nokey'::regclass"),
		"a table without an identity is in no set that carries updates")

	l.src.MustPsql(t, "shop", "select pglogical.replication_set_add_table('idms_slot_01', 'left_out')")
	l.refused(t, []string{"set idms_slot_01 has a table that is not planned for it: public.left_out"}, "10-source/16-members.sh")
}

// Where a schema's name ends and a table's begins no character tells, for each may be part of both.
func TestMembersWhoseNamesRunTogether(t *testing.T) {
	for _, separator := range []string{"\x1f", "/", "."} {
		in, out := analyze.Name{Schema: "a" + separator + "b", Name: "c"}, analyze.Name{Schema: "a", Name: "b" + separator + "c"}
		t.Run(fmt.Sprintf("%q", separator), func(t *testing.T) {
			p := samplePlan()
			p.Tables = append(slices.Clone(p.Tables), planner.Table{Name: in, Handling: planner.Replicate, Group: 1})
			p.Groups = slices.Clone(p.Groups)
			p.Groups[0].Tables = append(slices.Clone(p.Groups[0].Tables), in)
			sql := sampleSQL
			for _, n := range []analyze.Name{in, out} {
				sql += fmt.Sprintf(";\ncreate schema if not exists %s; create table %s (id int primary key)", analyze.Ident(n.Schema), n.SQL())
			}
			l := newLabOf(t, cluster.Options{Role: cluster.Source}, sql, p)
			for _, f := range []string{"14-markers.sql", "15-node.sql", "16-members.sh"} {
				l.must(t, "10-source/"+f)
			}
			l.must(t, "10-source/16-members.sh", "--check")
			for _, set := range []string{"dms_slot_01", "idms_slot_01"} {
				l.src.MustPsql(t, "shop", fmt.Sprintf("select pglogical.replication_set_remove_table('%s', $$%s$$), pglogical.replication_set_add_table('%s', $$%s$$)", set, in.SQL(), set, out.SQL()))
			}
			said := l.refused(t, []string{"missing in the sets of dms_slot_01: ", "has a table that is not planned for it: "}, "10-source/16-members.sh", "--check")
			require.NotContains(t, said, "memberships are as planned")
		})
	}
}

func TestSlots(t *testing.T) {
	l := newLab(t)
	for _, f := range []string{"14-markers.sql", "15-node.sql", "16-members.sh"} {
		l.must(t, "10-source/"+f)
	}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() {
		defer close(done)
		_, _ = l.src.Psql(ctx, "postgres", "set application_name = 'idler'; begin; create table x (); select pg_sleep(600)")
	}()
	require.Eventually(t, func() bool {
		return l.src.MustPsql(t, "shop", "select count(*) from pg_stat_activity where application_name = 'idler' and backend_xid is not null") == "1"
	}, time.Minute, 50*time.Millisecond)
	l.refused(t, []string{"waiting for process", "application idler", "did not become consistent within 7 seconds"}, "10-source/17-slots.sh", "--wait", "7")
	require.Equal(t, "0", l.src.MustPsql(t, "shop", "select count(*) from pg_replication_slots"), "a wait that was given up leaves no slot")
	cancel()
	<-done
	l.src.MustPsql(t, "shop", "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'idler'")

	l.src.MustPsql(t, "shop", "select pg_create_logical_replication_slot('dms_slot_02', 'pglogical')")
	l.refused(t, []string{"dms_slot_02 exists, and this run did not make it"}, "10-source/17-slots.sh")
	l.src.MustPsql(t, "shop", "select pg_drop_replication_slot('dms_slot_02')")
	l.must(t, "10-source/17-slots.sh")
	l.src.MustPsql(t, "shop", "select pg_drop_replication_slot('dms_slot_01')")
	l.refused(t, []string{"dms_slot_01 is in state.json but not on the source any more"}, "10-source/17-slots.sh")
	l.refused(t, []string{"slot dms_slot_01 does not exist"}, "20-replica/21-pause.sh")
}

func TestPauseWaitsForTheReplica(t *testing.T) {
	l := newLab(t)
	l.ready(t)
	// A replica that does not replay is behind everything.
	l.rep.MustPsql(t, "postgres", "select pg_wal_replay_pause()")
	l.refused(t, []string{"paused already, and not by this run"}, "20-replica/21-pause.sh")
	l.rep.MustPsql(t, "postgres", "select pg_wal_replay_resume()")

	// A replica that lags is waited for, and not paused too early.
	reload := func(setting string) {
		l.rep.MustPsql(t, "postgres", "alter system set "+setting)
		l.rep.MustPsql(t, "postgres", "select pg_reload_conf()")
	}
	l.src.MustCatchUp(t, l.rep)
	reload("recovery_min_apply_delay = '1h'")
	l.src.MustPsql(t, "shop", "select pglogical.replication_set_remove_table('idms_slot_02', 'nokey')")
	l.must(t, "10-source/16-members.sh")
	l.must(t, "10-source/17-slots.sh")
	l.refused(t, []string{"after 4 seconds the replica has replayed to", "waiting for"}, "20-replica/21-pause.sh", "--wait", "4")
	reload("recovery_min_apply_delay = 0")
	reload("max_standby_streaming_delay = -1")
	l.src.MustCatchUp(t, l.rep)

	// A record that a query on the replica holds up would be applied after a pause that was only requested.
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() {
		defer close(done)
		_, _ = l.rep.Psql(ctx, "shop", "set application_name = 'report'; begin isolation level repeatable read; select count(*) from nokey; select pg_sleep(600)")
	}()
	require.Eventually(t, func() bool {
		return l.rep.MustPsql(t, "shop", "select count(*) from pg_stat_activity where application_name = 'report' and wait_event = 'PgSleep'") == "1"
	}, time.Minute, 50*time.Millisecond)
	l.src.MustPsql(t, "shop", "delete from events; vacuum events_1; vacuum events_2; drop table left_out; insert into nokey values (7)")
	l.refused(t, []string{"replay does not stand still within 6 seconds", "on the replica: process", "application report", "replay of the replica was resumed"}, "20-replica/21-pause.sh", "--prove-within", "6")
	require.Equal(t, "f", l.rep.MustPsql(t, "postgres", "select pg_is_wal_replay_paused()"))
	cancel()
	<-done
	l.rep.MustPsql(t, "postgres", "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'report'")
	l.must(t, "20-replica/21-pause.sh")
	paused := l.rep.MustPsql(t, "postgres", "select pg_last_wal_replay_lsn()")
	require.Contains(t, l.state(t), paused)
	require.Equal(t, "2", l.src.MustPsql(t, "shop", "select count(*) from (select token from pgcutover.marker_dms_slot_01 union all select token from pgcutover.marker_dms_slot_02) m where token = 'paused at "+paused+"'"))
	require.Equal(t, "spanning", l.rep.MustPsql(t, "shop", "select token from pgcutover.marker_dms_slot_01 where id = 1"), "the event comes after the position")
	require.Regexp(t, "^2\\|spans the pause of ", l.src.MustPsql(t, "shop", "select id, token from pgcutover.marker_dms_slot_01 where id > 1"))
	require.Equal(t, "created", l.rep.MustPsql(t, "shop", "select token from pgcutover.marker_dms_slot_01 where id > 1"), "what spans the pause is not in the copy")
	require.Contains(t, l.state(t), `"straddled_lsn": "`)
	l.src.MustPsql(t, "shop", "create table public.added (id int primary key)")
	require.NoError(t, l.rep.Restart())
	l.must(t, "20-replica/21-pause.sh") // nothing was loaded: a new pause at a new position is right
	require.NotContains(t, l.state(t), paused)
}

func TestPauseRefusesAPositionBeforeASlot(t *testing.T) {
	l := newLab(t)
	l.ready(t)
	// Somebody reads from a slot: what is confirmed lies after the position that the replica reaches.
	l.must(t, "20-replica/21-pause.sh")
	l.must(t, "20-replica/22-resume.sh", "--force")
	l.src.MustPsql(t, "shop", "insert into nokey values (8)")
	l.src.MustPsql(t, "shop", "select pg_replication_slot_advance('dms_slot_01', pg_current_wal_insert_lsn())")
	l.must(t, "20-replica/21-pause.sh")
	require.Equal(t, "t", l.rep.MustPsql(t, "postgres", "select pg_last_wal_replay_lsn() >= '"+l.src.MustPsql(t, "shop", "select confirmed_flush_lsn from pg_replication_slots where slot_name = 'dms_slot_01'")+"'"))
}

// TestPauseWithoutTheServersWord runs what is rendered for 12 and older, which cannot say that replay stands still, on a server that can.
func TestPauseWithoutTheServersWord(t *testing.T) {
	l := newLab(t)
	l.ready(t)
	major := l.src.Install().Major
	p := samplePlan()
	p.Source.VersionNum = 120022
	planned := l.plan.Fingerprint()
	l.render(t, p)
	session, err := os.ReadFile(l.path("session.sh"))
	require.NoError(t, err)
	text := strings.Replace(string(session), "SOURCE_MAJOR=1200 ", fmt.Sprintf("SOURCE_MAJOR=%d00 ", major), 1)
	require.NotEqual(t, string(session), text)
	require.NoError(t, os.WriteFile(l.path("session.sh"), []byte(text), 0o644))
	l.env = append(l.env, "PGCUTOVER_EDITED=yes")
	require.NoError(t, os.WriteFile(filepath.Join(l.dir, "state.json"), []byte(strings.Replace(l.state(t), planned, p.Fingerprint(), 1)), 0o644))

	_, stop := l.hold(t, l.rep, "shop", "begin isolation level repeatable read; select count(*) from nokey; select pg_sleep(600)")
	l.refused(t, []string{"1 sessions are at work on the replica"}, "20-replica/21-pause.sh")
	require.Equal(t, "f", l.rep.MustPsql(t, "postgres", "select pg_is_wal_replay_paused()"))
	l.must(t, "20-replica/21-pause.sh", "--despite-sessions")
	stop()
	require.Contains(t, l.state(t), `"proof": "stable_lsn"`)
	require.Contains(t, l.state(t), l.rep.MustPsql(t, "postgres", "select pg_last_wal_replay_lsn()"))
	if major >= 14 {
		require.Equal(t, "paused", l.rep.MustPsql(t, "postgres", "select pg_get_wal_replay_pause_state()"))
	}
	l.must(t, "20-replica/22-resume.sh", "--force")
}
