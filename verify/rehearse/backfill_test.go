package rehearse

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pglogrepl"
	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/pgcutover/pgcutover/analyze"
	"github.com/pgcutover/pgcutover/analyze/differences"
	"github.com/pgcutover/pgcutover/planner"
	"github.com/pgcutover/pgcutover/render"
	"github.com/pgcutover/pgcutover/verify/rehearse/cluster"
	"github.com/pgcutover/pgcutover/verify/rehearse/standin"
	"github.com/pgcutover/pgcutover/verify/rehearse/workload"
)

// The tables of the backfill, each for one of the ways in which changes fail to be applied, or for keys and values that are hard to carry.
const backfillSchema = `
create table docs (id integer primary key, body text);                                -- LOBs
create table strict_docs (id integer primary key, body text not null);
create table payloads (id integer primary key, body jsonb, raw bytea);
create table seats (id integer primary key, seat integer unique);                      -- another unique key
create table gone (id integer primary key, v text, doubled integer generated always as (id * 2) stored, serial bigint generated always as identity);
create table "o'dd $mend$ $guard$ :x %_" ("a 'b' :c" varchar(200), "U" uuid, at timestamptz, raw bytea, "v $1" text, f float8, n numeric, primary key ("a 'b' :c", "U", at, raw));
create table parts (id integer, day date, v text, primary key (id, day)) partition by range (day);
create table parts_1 partition of parts for values from ('2026-01-01') to ('2026-02-01');
create table parts_2 partition of parts for values from ('2026-02-01') to ('2026-03-01');
create table keyless (v text);
create table hot (id integer primary key, n integer not null default 0, body text);    -- updated all the time
create table churn (id integer primary key, n integer not null default 0, body text);  -- deleted and inserted all the time
create table moving (id integer primary key, place integer unique, n integer not null default 0);
alter table hot alter body set storage external; -- out of line, so that updates do not carry it
insert into docs select i, 'before' from generate_series(1, 10) i;
insert into strict_docs select i, 'before' from generate_series(1, 10) i;
insert into payloads select i, to_jsonb(i), '\x01' from generate_series(1, 10) i;
insert into seats select i, i from generate_series(1, 100) i;
insert into gone select i, 'before' from generate_series(1, 300) i;
insert into "o'dd $mend$ $guard$ :x %_" select 'key ' || i, md5(i::text)::uuid, '2026-01-01 00:00:00.000001+00'::timestamptz + i * interval '1 day', decode(md5(i::text), 'hex'), 'before', i / 3.0, i from generate_series(1, 20) i;
insert into "o'dd $mend$ $guard$ :x %_" values (E'it''s "\\x41" \\ a\nline\r\tand é \u2028 :x $$ $mend$', '00000000-0000-0000-0000-000000000000', '-infinity', '', 'before', 'NaN', 0.10), ('', md5('')::uuid, '0044-03-15 12:00+00 BC', '\x00275c0a', 'before', -0.0, 1e-20), ('\N', md5('n')::uuid, 'infinity', '\xff', 'before', 'Infinity', 'NaN');
insert into parts select i, '2026-01-01'::date + i, 'before' from generate_series(1, 50) i;
insert into keyless select 'before' from generate_series(1, 5);
insert into hot select i, 0, 'before' from generate_series(1, 40) i;
insert into churn select i, 0, 'before' from generate_series(1, 40) i;
insert into moving select i, i, 0 from generate_series(1, 40) i;`

const backfillConfig = `slots: {count: 1}
cdc: {on_error: log}
tables: {inserts_only: [public.keyless]}
wal: {source_free_bytes: %d, replica_free_bytes: %d}
accept:
  - {code: TY104, subject: "*", reason: it is what the test is about}
  - {code: TY105, subject: "*", reason: it is what the test is about}
  - {code: TY106, subject: "*", reason: it is what the test is about}
`

// backfillSabotage makes changes fail that come later.
const backfillSabotage = `
alter table strict_docs alter body set not null;
insert into seats values (999, 5000);
delete from gone where id between 1 and 260;
delete from "o'dd $mend$ $guard$ :x %_";
delete from parts where id in (5, 40);
insert into keyless values ('its own');
insert into docs values (700, 'its own');`

// backfillWrites are the changes that fail, and some beside them.
const backfillWrites = `
insert into docs values (11, repeat('é', 10000)), (12, E'a''\\\n' || repeat('a', 20000));
update docs set body = repeat('b', 20000) where id = 1;
insert into strict_docs values (11, E'quote '' and \\ and \n');
insert into payloads values (11, to_jsonb(repeat('c', 20000)), decode(repeat('00ff27', 9000), 'hex'));
update payloads set raw = decode(repeat('5c0a', 9000), 'hex') where id = 1;
insert into seats values (101, 5000);
update gone set v = 'after' where id <= 250;
delete from gone where id between 251 and 260;
update "o'dd $mend$ $guard$ :x %_" set "v $1" = E'after '' \\ \n';
update parts set v = 'after' where id in (5, 40);
update hot set body = repeat('h', 20000);`

// busy is an application that leaves no row alone for long.
type busy struct{ rand *rand.Rand }

func (h busy) Pick() workload.Transaction {
	return func(ctx context.Context, tx pgx.Tx) (int64, error) {
		a, b := 1+h.rand.IntN(40), 1+h.rand.IntN(40)
		sql := fmt.Sprintf("update hot set n = n + 1 where id = %d", a)
		switch h.rand.IntN(4) {
		case 0:
			sql = fmt.Sprintf("delete from churn where id = %[1]d; insert into churn values (%[1]d, %[2]d, repeat('c', %[2]d * 100)) on conflict do nothing", a, b)
		case 1:
			sql = fmt.Sprintf("update churn set n = n + 1 where id in (%d, %d)", min(a, b), max(a, b))
		case 2: // a place goes from one row to another
			sql = fmt.Sprintf(`select from moving where id in (%[1]d, %[2]d) order by id for update; create temp table was on commit drop as select id, place from moving where id in (%[1]d, %[2]d);
				update moving set place = null where id in (%[1]d, %[2]d); update moving m set n = n + 1, place = w.place from was w where w.id = %[1]d + %[2]d - m.id and m.id in (%[1]d, %[2]d)`, min(a, b), max(a, b))
		}
		_, err := tx.Exec(ctx, sql)
		return 0, err
	}
}

func (h busy) Large(ctx context.Context, tx pgx.Tx) (int64, error) {
	_, err := tx.Exec(ctx, "update hot set n = n + 1")
	return 0, err
}

func (h busy) Long(ctx context.Context, tx pgx.Tx, wait workload.Wait) (int64, error) {
	_, err := tx.Exec(ctx, fmt.Sprintf("delete from churn where id = %d", 1+h.rand.IntN(40)))
	wait()
	return 0, err
}

// TestBackfill lets changes fail while a stand-in for AWS DMS applies them under writes, and mends what came of it from the list that verify writes, with what
// render makes of it: killed in between, with rows that are written all the time, and without the task having anything to complain of.
func TestBackfill(t *testing.T) {
	if testing.Short() {
		t.Skip("takes a minute")
	}
	cluster.NeedPGLogical(t)
	m := &migration{program: buildProgram(t), out: filepath.Join(t.TempDir(), "demo")}
	var app *workload.Workload
	err := Run(t.Context(), Options{
		Program: m.program, Out: m.out, Stdout: &m.said,
		Content: Content{
			Database: "shop", About: "tables to lose rows of",
			Fill: func(ctx context.Context, c *cluster.Cluster, database string) error {
				_, err := c.Psql(ctx, database, backfillSchema)
				return err
			},
			Config: func(source, replica int64) string { return fmt.Sprintf(backfillConfig, source, replica) },
			Write: func(ctx context.Context, dsn string) (w Application, err error) {
				app, err = workload.Start(ctx, dsn, workload.Options{Rate: 150, LargeEvery: time.Second, LongEvery: 2 * time.Second, LongFor: 300 * time.Millisecond, Seed: 1}, func(r *rand.Rand) workload.Hand { return busy{r} })
				return app, err
			},
		},
		AfterSetup:   func(s Servers) { m.servers = s },
		BeforeFinish: func(Servers) { m.backfill(t, app) },
	})
	if err != nil || t.Failed() {
		t.Log(m.said.String())
	}
	require.NoError(t, err)
}

// rowsOf compares rows while changes are applied.
func (m *migration) rowsOf(t *testing.T, more ...string) (code int, said string) {
	t.Helper()
	return m.run(t, nil, append([]string{m.program, "verify", "--check", "rows", "--rows", "delta", "--plan", planFile}, more...)...)
}

func (m *migration) backfill(t *testing.T, app *workload.Workload) {
	ctx, s := t.Context(), m.servers
	source := func(sql string) string { return s.Source.MustPsql(t, "shop", sql) }
	target := func(sql string) string { return s.Target.MustPsql(t, "shop", sql) }
	state, err := readState(filepath.Join(m.out, "state.json"))
	require.NoError(t, err)
	x, err := standin.Read(os.DirFS(filepath.Join(m.out, bundleDir)), "dms_slot_01")
	require.NoError(t, err)
	require.Equal(t, standin.LogError, x.Settings.ErrorBehavior.ApplyErrorInsertPolicy)
	x.Position = pglogrepl.LSN(state.Pause.LSN)
	x.Settings.TargetMetadata.LobMaxSize, x.Source.FailTasksOnLobTruncation = 16, false
	x.Settings.ChangeProcessingTuning.MinTransactionSize, x.Settings.ChangeProcessingTuning.CommitTimeout = 1, 1
	target(backfillSabotage)
	var log strings.Builder
	task, err := x.Start(ctx, s.Source.DSN("shop"), s.Target.DSN("shop"), false, &log)
	require.NoError(t, err)
	t.Cleanup(func() {
		if err := task.Stop(context.WithoutCancel(ctx)); err != nil || t.Failed() {
			t.Log(err, log.String())
		}
	})
	caughtUp := func() {
		t.Helper()
		end, err := pglogrepl.ParseLSN(source("select pg_current_wal_insert_lsn()"))
		require.NoError(t, err)
		require.Eventually(t, func() bool { return task.Confirmed() >= end }, time.Minute, 20*time.Millisecond, log.String())
	}
	source(backfillWrites)
	caughtUp()
	failed := task.Stats()
	require.Positive(t, failed.Truncated)
	kinds := target(`select string_agg(distinct "TABLE_NAME" || ' ' || upper(left("STATEMENT", 6)), ', ' order by "TABLE_NAME" || ' ' || upper(left("STATEMENT", 6))) from awsdms_control.awsdms_apply_exceptions`)
	require.Equal(t, "gone DELETE, gone UPDATE, o'dd $mend$ $guard$ :x %_ UPDATE, parts_1 UPDATE, parts_2 UPDATE, payloads UPDATE, seats INSERT, strict_docs INSERT", kinds)

	// Nothing else moves the markers.
	stop, touched := make(chan struct{}), sync.WaitGroup{}
	touched.Go(func() {
		for {
			select {
			case <-stop:
				return
			case <-time.After(200 * time.Millisecond):
				if _, err := s.Source.Psql(ctx, "shop", "update pgcutover.marker_dms_slot_01 set token = 'delta', source_lsn = pg_current_wal_insert_lsn(), at = now() where id = 1"); err != nil {
					t.Error(err)
					return
				}
			}
		}
	})
	defer touched.Wait()
	defer close(stop)

	list := filepath.Join(m.out, "differences.json")
	code, said := m.rowsOf(t, "--differences", list)
	require.Equal(t, 1, code, said)
	require.Contains(t, said, "render --backfill")
	info, err := os.Stat(list)
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o600), info.Mode().Perm())
	f, err := os.Open(list)
	require.NoError(t, err)
	defer f.Close()
	l, err := differences.Decode(f)
	require.NoError(t, err)
	found := map[string]differences.Table{}
	for _, x := range l.Tables {
		found[x.Name.Name] = x
	}
	require.Equal(t, []int64{0, 1, 3}, []int64{found["docs"].Missing, found["docs"].Extra, found["docs"].Different}, said)
	require.Equal(t, int64(250), found["gone"].Missing)
	require.Equal(t, int64(23), found["o'dd $mend$ $guard$ :x %_"].Missing)
	require.Equal(t, []int64{1, 1}, []int64{found["seats"].Missing, found["seats"].Extra})
	require.NotEmpty(t, found["keyless"].Incomplete)
	require.Equal(t, int64(260), found["gone"].Exceptions.Rows)
	for _, name := range []string{"churn", "moving"} {
		require.Empty(t, found[name].Settled(), said)
	}

	code, said = m.run(t, nil, m.program, "render", planFile, "--backfill", list, "-o", "mend")
	require.Zero(t, code, said)
	info, err = os.Stat(filepath.Join(m.out, "mend", "001", "rows.copy"))
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o600), info.Mode().Perm())
	script := filepath.Join("..", "mend", "backfill.sh")
	code, said = m.run(t, nil, script)
	require.Equal(t, 1, code, said)
	require.Contains(t, said, "add --yes")
	m.killed(t, target)
	code, said = m.run(t, nil, script, "--yes")
	require.NotContains(t, said, "5000", "no value is shown")
	require.Contains(t, said, "public.gone: 250 inserted, 0 replaced, 0 deleted")
	require.Contains(t, said, "public.seats: 1 inserted, 0 replaced, 1 deleted")
	require.Contains(t, said, "still in awsdms_apply_exceptions")
	caughtUp()
	require.NotEqual(t, 2, code, said)
	before := task.Stats()
	require.Equal(t, "0", target("select count(*) from (select id from gone where id <= 250 and v <> 'after') x"))

	var quiet []string
	for _, name := range []string{"docs", "strict_docs", "payloads", "seats", "gone", `"o'dd $mend$ $guard$ :x %_"`, "parts"} {
		quiet = append(quiet, "--table", "public."+name)
	}
	code, said = m.rowsOf(t, quiet...)
	require.Zero(t, code, said)
	require.Contains(t, said, "not chosen by --table")

	t.Run("rows that do not stand still", func(t *testing.T) {
		m.backfillMoving(t)
		caughtUp()
		require.Equal(t, before.Exceptions, task.Stats().Exceptions, log.String())
		require.Equal(t, "40|20000", target("select count(*), min(length(body)) from hot"), "updates do not carry the body: it is from the backfill, and no update took it away")
	})

	_, err = app.Stop()
	require.NoError(t, err)
	code, said = m.run(t, nil, script, "--yes") // what moved stands still now
	require.Zero(t, code, said)
	caughtUp()
	code, said = m.rowsOf(t, "--table", "public.hot", "--table", "public.churn", "--table", "public.moving")
	require.Zero(t, code, said)
	code, said = m.run(t, nil, script, "--exceptions")
	require.Zero(t, code, said)
	require.Contains(t, said, "public.gone: 260 failed changes moved")
	require.Equal(t, "0", target(`select count(*) from awsdms_control.awsdms_apply_exceptions`), said)
	require.Equal(t, fmt.Sprint(failed.Exceptions), target(`select count(*) from pgcutover.mended_exceptions`))
	code, said = m.run(t, nil, m.program, "verify", "--check", "G5-EXC", "--plan", planFile)
	require.Zero(t, code, said)
	require.Equal(t, failed.Exceptions, task.Stats().Exceptions, "the task had nothing to complain of: %s", log.String())
	select {
	case <-task.Ended():
		t.Error("the task ended: " + log.String())
	default:
	}
	conns := make([]*pgx.Conn, 2)
	for i, c := range []*cluster.Cluster{s.Source, s.Target} {
		conns[i], err = pgx.Connect(ctx, c.DSN("shop"))
		require.NoError(t, err)
		defer conns[i].Close(ctx)
	}
	names, err := s.names(ctx, s.Target.DSN("shop"))
	require.NoError(t, err)
	for _, name := range names {
		if name != "public.keyless" { // which nothing mends
			_, err := same(ctx, conns[0], conns[1], "source", name)
			require.NoError(t, err)
		}
	}
}

// killed kills a backfill, and all of its processes, when it has mended some rows.
func (m *migration) killed(t *testing.T, target func(string) string) {
	cmd := exec.CommandContext(t.Context(), filepath.Join(m.out, "mend", "backfill.sh"), "--yes", "--batch", "7")
	cmd.Dir, cmd.Env = m.out, m.servers.environment()
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	var said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &said, &said
	require.NoError(t, cmd.Start())
	require.Eventually(t, func() bool {
		return target("select to_regclass('pgcutover.backfill') is not null") == "t" && target("select count(*) > 30 from pgcutover.backfill") == "t"
	}, time.Minute, 5*time.Millisecond)
	require.NoError(t, syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL))
	require.Error(t, cmd.Wait(), said.String())
	require.Eventually(t, func() bool {
		return target("select count(*) from pg_stat_activity where application_name like '%backfill%' or application_name like '%session.sql'") == "0"
	}, time.Minute, 20*time.Millisecond)
	require.Equal(t, "t", target("select count(*) < 280 from pgcutover.backfill"), "it was killed in between")
}

// backfillMoving backfills every row of tables whose rows are updated, deleted and inserted all the time, some of which lack rows.
func (m *migration) backfillMoving(t *testing.T) {
	f, err := os.Open(filepath.Join(m.out, planFile))
	require.NoError(t, err)
	defer f.Close()
	plan, err := planner.Decode(f)
	require.NoError(t, err)
	l := differences.List{Format: differences.Format, Plan: plan.Fingerprint(), Rows: "delta"}
	for _, name := range []string{"hot", "churn", "moving"} {
		x := differences.Table{Name: analyze.Name{Schema: "public", Name: name}, Key: []string{"id"}}
		for id := 1; id <= 45; id++ { // of which five are not there
			x.Listed = append(x.Listed, differences.Row{Kind: differences.Different, Key: []string{fmt.Sprint(id)}})
		}
		l.Tables = append(l.Tables, x)
	}
	for try := range 2 {
		l.Rows = fmt.Sprintf("try %d", try) // another list: nothing of it is done
		bundle, err := render.Backfill(plan, l)
		require.NoError(t, err)
		require.NoError(t, bundle.Write(filepath.Join(m.out, "moving"), true))
		code, said := m.run(t, nil, filepath.Join("..", "moving", "backfill.sh"), "--yes", "--batch", "15")
		require.NotEqual(t, 2, code, said)
		require.Regexp(t, `public.hot: 0 inserted, [1-9][0-9]* replaced`, said)
		require.NotContains(t, said, "refused by the target")
	}
}

// TestNativeBackfill mends rows that somebody has removed and added on the target while subscriptions apply changes to it: keys of two columns, another unique
// key, an identity, an enumeration, a domain, a composite value, bytea out of line.
func TestNativeBackfill(t *testing.T) {
	if testing.Short() {
		t.Skip("takes a minute")
	}
	cluster.Need(t)
	m := &migration{program: buildProgram(t), out: filepath.Join(t.TempDir(), "demo")}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	done := false
	err := Run(ctx, Options{
		Program: m.program, Out: m.out, Stdout: &m.said, Engine: planner.EngineNative,
		AfterSetup: func(s Servers) { m.servers = s },
		AfterEach: func(s Step) {
			if s.Name != enable || done {
				return
			}
			t.Run("backfill", m.backfillNative)
			done = true
			cancel() // what comes after it is another test's
		},
	})
	if !done || t.Failed() {
		t.Log(err, m.said.String())
	}
	require.True(t, done)
}

func (m *migration) backfillNative(t *testing.T) {
	m.servers.Target.MustPsql(t, m.servers.Database, `set session_replication_role = replica;
		delete from accounts where id between 3 and 12;
		delete from recordings where call_id in (select call_id from recordings order by 1 limit 7);
		create temp table was as select * from tags order by id limit 3; delete from tags where id in (select id from was);
		insert into tags (id, account_id, name) overriding system value select -id, account_id, name from was; -- which are in their way
		insert into call_tags values (-1, -1), (-2, -2)`)
	tables := []string{"--table", "public.accounts", "--table", "public.recordings", "--table", "public.tags", "--table", "public.call_tags"}
	code, said := m.rowsOf(t, append(tables, "--differences", "list.json")...)
	require.Equal(t, 1, code, said)
	for try := 0; code != 0; try++ { // the application writes to these tables
		require.Less(t, try, 8, said)
		code, said = m.run(t, nil, m.program, "render", planFile, "--backfill", "list.json", "-o", "mend", "--force")
		if code == 1 && strings.Contains(said, "no row of the list can be backfilled") {
			code, said = m.rowsOf(t, append(tables, "--differences", "list.json")...)
			continue
		}
		require.Zero(t, code, said)
		code, said = m.run(t, nil, filepath.Join("..", "mend", "backfill.sh"), "--yes", "--batch", "5")
		require.NotEqual(t, 2, code, said)
		if try == 0 {
			require.Regexp(t, `public.tags: [0-9]+ inserted, 0 replaced, 3 deleted`, said)
			require.Contains(t, said, "public.call_tags: 0 inserted, 0 replaced, 2 deleted")
		}
		code, said = m.rowsOf(t, append(tables, "--differences", "list.json")...)
	}
	require.Equal(t, "0", m.servers.Target.MustPsql(t, m.servers.Database, "select count(*) from tags where id < 0"))
	require.Equal(t, "f", m.servers.Target.MustPsql(t, m.servers.Database, "select bool_or(pid is null) from pg_stat_subscription where relid is null"), "every subscription applies")
}
