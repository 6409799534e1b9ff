package render_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgproto3"
	"github.com/stretchr/testify/require"

	"github.com/pgcutover/pgcutover/analyze"
	"github.com/pgcutover/pgcutover/analyze/differences"
	"github.com/pgcutover/pgcutover/planner"
	"github.com/pgcutover/pgcutover/render"
	"github.com/pgcutover/pgcutover/verify"
	"github.com/pgcutover/pgcutover/verify/rehearse/cluster"
	"github.com/pgcutover/pgcutover/verify/rehearse/standin"
)

// loaders stand in for the tasks of AWS DMS in a lab, told by the files of the bundle: what the local AWS starts loads, stops, and applies changes.
type loaders struct {
	*lab
	mu      sync.Mutex
	loaded  map[string]standin.Loaded // by group
	running []*standin.Running
	reading []*pgconn.PgConn // nothing of what they read is confirmed
}

// newLoaders has the local AWS of a lab ask for them: it waits for what it has started.
func newLoaders(t *testing.T, l *lab) *loaders {
	t.Helper()
	x := &loaders{lab: l, loaded: map[string]standin.Loaded{}}
	calls := filepath.Join(l.dir, "calls")
	require.NoError(t, os.MkdirAll(calls, 0o755))
	require.NoError(t, os.WriteFile(filepath.Join(l.dir, "loads"), fmt.Appendf(nil, `#!/usr/bin/env bash
set -eu
cd -- '%s'
case $1 in
  start)
    echo "$3" >"$2.asked.next" && mv "$2.asked.next" "$2.asked"
    until [[ -e $2.done ]]; do sleep 0.05; done
    rm "$2.done"
    ;;
  look) cat -- "$2.json" 2>/dev/null || true ;;
esac
`, calls), 0o755))
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		for ctx.Err() == nil {
			for i, task := range l.plan.DMS.Tasks {
				asked := filepath.Join(calls, task.Identifier+".asked")
				kind, err := os.ReadFile(asked)
				if err != nil {
					continue
				}
				if err := x.start(ctx, l.plan.Groups[i].Slot, filepath.Join(calls, task.Identifier+".json"), strings.TrimSpace(string(kind))); err != nil {
					t.Errorf("%s: %v", task.Identifier, err)
				}
				_ = os.Remove(asked)
				_ = os.WriteFile(filepath.Join(calls, task.Identifier+".done"), nil, 0o600)
			}
			time.Sleep(50 * time.Millisecond)
		}
	}()
	t.Cleanup(func() {
		cancel()
		<-ended
		x.unread()
		x.mu.Lock()
		defer x.mu.Unlock()
		for _, r := range x.running {
			_ = r.Stop(context.Background()) // the test has failed before it stopped them
		}
	})
	return x
}

// as is how a task reaches a server: as the role of change data capture.
func (x *loaders) as(c *cluster.Cluster) string {
	return strings.Replace(c.DSN("shop"), "user=postgres", "user="+x.plan.Names.Role, 1)
}

func (x *loaders) start(ctx context.Context, slot, tells, kind string) error {
	log, err := os.OpenFile(filepath.Join(x.dir, "task-"+slot+".log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	if kind != "start-replication" {
		running, err := x.loaded[slot].Task.Start(ctx, x.as(x.src), x.as(x.dst), true, log)
		if err != nil {
			return err
		}
		x.running = append(x.running, running)
		return os.WriteFile(tells, []byte("{}"), 0o600)
	}
	task, err := standin.Read(os.DirFS(x.path()), slot)
	if err != nil {
		return err
	}
	loaded, err := task.Load(ctx, x.as(x.src), x.as(x.dst), log)
	if err != nil {
		return err
	}
	x.loaded[slot] = loaded
	var tables []map[string]any
	for _, table := range loaded.Tables {
		tables = append(tables, map[string]any{"SchemaName": table.Schema, "TableName": table.Name, "TableState": table.State, "FullLoadRows": table.Rows, "FullLoadErrorRows": 0, "FullLoadCondtnlChkFailedRows": 0,
			"FullLoadStartTime": table.Started.UnixMilli() / 1000, "FullLoadEndTime": table.Ended.UnixMilli()/1000 + 1})
	}
	b, err := json.Marshal(map[string]any{"Tables": tables})
	if err != nil {
		return err
	}
	if err := os.WriteFile(tells, b, 0o600); err != nil {
		return err
	}
	config, err := pgconn.ParseConfig(x.as(x.src))
	if err != nil {
		return err
	}
	config.RuntimeParams["replication"] = "database"
	reader, err := pgconn.ConnectConfig(ctx, config)
	if err != nil {
		return err
	}
	x.reading = append(x.reading, reader)
	reader.Frontend().SendQuery(&pgproto3.Query{String: "START_REPLICATION SLOT " + loaded.Task.Slot + " LOGICAL 0/0"})
	if err := reader.Frontend().Flush(); err != nil {
		return err
	}
	_, err = reader.ReceiveMessage(ctx) // CopyBoth: it reads
	return err
}

// unread has nobody read the slots any more, as after a task has stopped.
func (x *loaders) unread() {
	x.mu.Lock()
	defer x.mu.Unlock()
	for _, c := range x.reading {
		_ = c.Close(context.Background())
	}
	x.reading = nil
}

// stop stops those that apply.
func (x *loaders) stop(t *testing.T) {
	t.Helper()
	x.mu.Lock()
	defer x.mu.Unlock()
	for _, r := range x.running {
		if err := r.Stop(t.Context()); err != nil {
			t.Errorf("a task: %v", err)
		}
	}
	x.running = nil
}

// writes has the application write to the source until the freeze ends it; n is how often it has.
func (x *loaders) writes(t *testing.T) (n *atomic.Int64) {
	t.Helper()
	n = &atomic.Int64{}
	conn, err := pgx.Connect(t.Context(), strings.Replace(x.src.DSN("shop"), "user=postgres", "user=app", 1))
	require.NoError(t, err)
	go func() {
		defer conn.Close(context.Background())
		for i := 1; ; i++ {
			_, err := conn.Exec(t.Context(), fmt.Sprintf(`
				insert into public.customer (id, email, note) values (10000 + %[1]d, 'n%[1]d', repeat('x', %[1]d %% 3000));
				update public.customer set note = note || '.' where id = 1 + %[1]d %% 400;
				insert into public."Order's" (customer, body) values (1 + %[1]d %% 400, 'o');
				update public.event set code = 'w%[1]d' where id = 1 + %[1]d %% 400;
				insert into public.node values (1000 + %[1]d, 50, null, 'w');
				insert into public.edge values (1000 + %[1]d, 1000 + %[1]d);
				delete from public.edge where id = 1000 + %[1]d - 3 and %[1]d %% 2 = 0;
				update public.doc set body = body || jsonb_build_object('k' || %[1]d %% 50, %[1]d) where id = 1 + %[1]d %% 20;
				select nextval('public.round'), nextval('public.down')`, i))
			if err != nil {
				return
			}
			n.Add(1)
			time.Sleep(30 * time.Millisecond)
		}
	}()
	return n
}

// What a database has that a copy of it brings along, and that stands in the way of a load.
const comesAlongSQL = fullSQL + `
create table public.doc (id int primary key, body jsonb not null default '{}', mark int not null unique);
alter table public.doc replica identity using index doc_mark_key;
cluster public.doc using doc_pkey;
insert into public.doc select n, '{"a": 1}', n from generate_series(1, 20) n;
create table public.bulk (id int primary key, v text not null);
insert into public.bulk select n, repeat('b', 400) from generate_series(1, 4000) n;
create index bulk_v on public.bulk (v, id);
create statistics public.of_doc on id, mark from public.doc;
-- What hangs on a primary key that goes: views, and whatever is made of them.
create view public.grouped as select n.id, n.label, count(e.*) as edges from public.node n left join public.edge e on e.node = n.id group by n.id;
create view public.above as select * from public.grouped where edges > 0;
create materialized view public.stored as select d.id, d.body, count(*) from public.doc d group by d.id;
create unique index stored_key on public.stored (id);
do $$ begin if current_setting('server_version_num')::int >= 140000 then
	execute 'create function public.parsed() returns setof text begin atomic select n.label from public.node n group by n.id; end';
end if; end $$;
-- What waits for the cutover, and is not on a table.
create function public.instead() returns trigger language plpgsql as 'begin insert into public.node values (new.id, null, null, new.label); return new; end';
create trigger through instead of insert on public.above for each row execute function public.instead();
create view public.plain as select id, label from public.node;
create rule silent as on delete to public.plain do instead nothing;
create domain public.short as text; alter domain public.short add constraint is_short check (length(value) < 3) not valid;
-- What the plan leaves out.
create table public.aside (id serial primary key, node int, note text not null);
create index aside_note on public.aside (note);
insert into public.aside (node, note) select n, 'a' from generate_series(1, 10) n;
create trigger beside before update on public.aside for each row execute function public.touch();
create materialized view public.of_aside as select count(*) from public.aside;
create unique index of_aside_key on public.of_aside (count);
alter table public.edge add column aside int constraint to_aside references public.aside;
create schema other;
create table other.kept (id int primary key, v text);
insert into other.kept values (1, 'k');
create view other.outside as select n.id, n.label, count(*) from public.node n group by n.id;
create table other.pointing (id int primary key, node int constraint from_other references public.node);
-- What is in the catalogs of both from the promotion on.
create publication feed for table public.node, public.doc;
grant usage on schema public to app;
grant select, insert, update, delete on all tables in schema public to app;
grant usage on all sequences in schema public to app;
alter default privileges in schema public grant select on tables to app;
create policy everything on public.customer to app using (true) with check (true);
`

// A promoted replica, emptied, goes the whole way: loaded, resumed, cut over and retired under writes, with everything that the copy has brought along.
func TestPromotedReplicaToTheEnd(t *testing.T) {
	l := newReplicaLab(t, comesAlongSQL, func(version string) planner.Options {
		o := replicaOptions(version)
		o.Slots.Count, o.CDC.StartIntervalSeconds, o.Load.Workers, o.Load.MaintenanceWorkMem = 2, 0, 2, "64MB"
		o.Tables.Exclude, o.Tables.ExcludeSchemas = []string{"public.aside", "public.of_aside"}, []string{"other"}
		free, rate := int64(1<<40), int64(1<<20)
		o.WAL.SourceFreeBytes, o.WAL.BytesPerSecond = &free, &rate
		return o
	}, "wal_level=logical")
	x := newLoaders(t, l)
	l.site(t)
	const folder = "50-cdc/dms/"
	passes := func(gate verify.Gate) {
		t.Helper()
		answers := l.gate(t, gate)
		require.Empty(t, failing(answers))
		require.Subset(t, []string{"G5-APPLIED", "G5-LATENCY", "G5-LOGS"}, answered(answers, "undecided"), "metrics, logs and counts of changes are not to be had of the local AWS")
	}
	structureOf := func(c *cluster.Cluster) []string {
		return strings.Split(c.MustPsql(t, "shop", structure+comesAlong), "\n")
	}
	ofOutside := func(line string) bool { return strings.Contains(line, "|to_aside|") } // the plan leaves out what it refers to

	l.must(t, "10-source/12-settings.sh", "--apply", "source")
	l.must(t, "10-source/13-role.sql")
	l.must(t, "10-source/14-markers.sql")
	l.src.MustPsql(t, "shop", "alter role "+l.plan.Names.Role+" login") // which travels
	written := x.writes(t)
	for _, step := range [][]string{{"20-aurora/21-deploy.sh"}, {"20-aurora/22-catch-up.sh"}, {"20-aurora/23-promote.sh", "--yes"}} {
		l.must(t, step[0], step[1:]...)
	}
	l.dst.MustPsql(t, "shop", "create role rds_superuser; grant set on parameter session_replication_role to rds_superuser") // which Aurora has
	require.Empty(t, shut(l.asked(t, verify.Preflight, "servers")))
	l.must(t, "30-target/31-roles.sql")
	l.refused(t, []string{"foreign key from_other of other.pointing refers to public.node", "view other.outside groups by a key of a table that moves", "DROP VIEW other.outside"}, "30-target/32-schema.sh", "--existing")
	l.dst.MustPsql(t, "shop", "alter table other.pointing drop constraint from_other; drop view other.outside")
	if l.plan.Source.VersionNum >= 140000 {
		l.refused(t, []string{"function public.parsed() rests on constraint node_pkey on table public.node", "DROP ROUTINE public.parsed()"}, "30-target/32-schema.sh", "--existing")
		l.dst.MustPsql(t, "shop", "drop routine public.parsed()")
	}
	for range 2 {
		for _, step := range [][]string{{"30-target/32-schema.sh", "--existing"}, {"30-target/33-relax.sql"}, {"30-target/33-empty.sql"}} {
			l.must(t, step[0], step[1:]...)
		}
	}
	// What came along enabled, and would write to the target.
	l.dst.MustPsql(t, "shop", "create subscription brought connection 'dbname=nowhere' publication p with (connect = false); alter subscription brought enable")
	l.refused(t, []string{"subscriptions came along with the copy and are enabled: brought"}, "30-target/33-empty.sql")
	require.Contains(t, strings.Join(l.asked(t, verify.CDCReady, "schema"), "\n"), "fail G3-FIRE subscription brought: it came along with the copy and is enabled")
	l.dst.MustPsql(t, "shop", "alter subscription brought disable; alter subscription brought set (slot_name = none); drop subscription brought")
	l.must(t, "30-target/34-keys.sql")
	l.must(t, "40-load/41-ledger.sql")
	l.must(t, folder+"51-control.sql")
	l.must(t, folder+"53-deploy.sh")
	l.must(t, folder+"54-test-connections.sh")
	passes(verify.CDCReady)

	l.must(t, folder+"55-start.sh", "--look", "5")
	x.unread()
	require.Contains(t, l.must(t, folder+"55-wait.sh"), "every table is loaded, and every task stands still")
	l.must(t, "40-load/42-load.sh")
	passes(verify.Loaded)
	early := differences.List{Format: differences.Format, Plan: l.plan.Fingerprint(), Rows: "checksum", Tables: []differences.Table{
		{Name: analyze.Name{Schema: "public", Name: "doc"}, Key: []string{"id"}, Missing: 1, Listed: []differences.Row{{Kind: differences.Missing, Key: []string{"1"}}}}}}
	l.backfill(t, early)
	l.refused(t, []string{"57-resume.sh"}, "backfill/backfill.sh", "--yes")
	l.must(t, folder+"57-resume.sh")
	l.must(t, "70-cutover/72-drain.sh", "--not-frozen", "--timeout", "60")
	passes(verify.CDC)
	l.must(t, "70-cutover/73-sequences.sh")
	passes(verify.CutoverReady)

	l.must(t, "70-cutover/71-freeze.sh")
	l.must(t, "70-cutover/72-drain.sh", "--timeout", "60")
	// Rows that differ: nothing tells which have changed since a moment that there was not, but all of them can be compared now, and mended while the tasks run.
	copied := 0
	for _, table := range l.plan.Tables {
		if table.Handling.Copied() {
			copied++
		}
	}
	unknown := l.differing(t, verify.RowsDelta)
	require.Len(t, unknown.Tables, copied, "no table is taken for one without differences")
	require.NotEmpty(t, unknown.Tables[0].Incomplete)
	require.Empty(t, l.differing(t, verify.RowsChecksum).Tables)
	l.dst.MustPsql(t, "shop", "delete from public.edge where id = 1; update public.doc set body = '{}' where id = 5; insert into public.node values (-9, null, null, 'stray')")
	list := l.differing(t, verify.RowsChecksum)
	require.Len(t, list.Tables, 3)
	l.backfill(t, list)
	said := l.must(t, "backfill/backfill.sh", "--yes")
	for _, w := range []string{"public.edge: 1 inserted", "public.doc: 0 inserted, 1 replaced", "public.node: 0 inserted, 0 replaced, 1 deleted"} {
		require.Contains(t, said, w)
	}
	require.Contains(t, said, "70-cutover/72-drain.sh")
	require.Empty(t, l.differing(t, verify.RowsChecksum).Tables)
	l.must(t, "70-cutover/72-drain.sh", "--timeout", "60")

	l.must(t, folder+"56-stop.sh")
	x.stop(t)
	l.must(t, "70-cutover/73-sequences.sh")
	l.must(t, "70-cutover/74-constraints.sh")
	l.must(t, "70-cutover/74-constraints.sh")
	l.must(t, "70-cutover/75-analyze.sh")
	passes(verify.Cutover)
	require.Greater(t, written.Load(), int64(100))
	rows, err := strconv.ParseInt(l.src.MustPsql(t, "shop", "select count(*) from public.node where id > 1000"), 10, 64)
	require.NoError(t, err)
	require.InDelta(t, written.Load(), rows, 1, "until the freeze, whose moment the application does not see")
	require.ElementsMatch(t, slices.DeleteFunc(structureOf(l.src), ofOutside), structureOf(l.dst))
	for _, table := range l.plan.Tables {
		if table.Handling.Copied() {
			rows := "select count(*), coalesce(sum(hashtext(t::text)::bigint), 0) from only " + table.Name.SQL() + " t"
			require.Equal(t, l.src.MustPsql(t, "shop", rows), l.dst.MustPsql(t, "shop", rows), table.Name)
		}
	}
	// What the plan leaves out is as it came.
	require.Equal(t, "10|1|10|t", l.dst.MustPsql(t, "shop", "select (select count(*) from public.aside), (select count(*) from other.kept), (select count from public.of_aside), to_regclass('public.of_aside_key') is not null"))

	l.must(t, folder+"58-delete.sh", "--all", "--yes")
	for _, loaded := range x.loaded {
		require.NoError(t, loaded.Task.Drop(t.Context(), x.as(l.src)))
	}
	l.must(t, "70-cutover/78-retire.sh", "--yes")
	passes(verify.After)
	// What the next plan goes by: the ledger has left alone what was noted before it.
	noted := map[string]int64{}
	for _, timing := range timings(t, l.dir) {
		noted[timing.Kind+" "+timing.Table] += timing.Bytes
		require.True(t, timing.EndedAt.After(*timing.StartedAt) || timing.Item > 0)
	}
	require.Contains(t, noted, planner.TimingReplica+" ")
	require.Contains(t, noted, planner.TimingPromotion+" ")
	require.Greater(t, noted[planner.TimingFullLoad+" public.bulk"], int64(1<<20))
	require.Positive(t, noted["index public.bulk"])
	l.dst.MustPsql(t, "shop", "set role app; insert into public.node values (-1, null, null, 'new'); insert into public.above (id, label) values (-2, 'through'); delete from public.plain; insert into public.\"Order's\" (customer, body) values (1, 'mine')")
	l.must(t, "70-cutover/78-retire.sh", "--yes", "--all")
	l.refused(t, []string{"74-constraints.sh has run on the target"}, "20-aurora/24-delete.sh", "--yes")
}

// differing is what a comparison of rows at the gate cutover lists.
func (l *lab) differing(t *testing.T, rows verify.RowsMode) differences.List {
	t.Helper()
	var b bytes.Buffer
	w := differences.NewWriter(&b, differences.List{Plan: l.plan.Fingerprint(), Rows: string(rows)})
	l.askedBy(t, func(e *verify.Env) { e.Rows, e.Differences = rows, w }, verify.Cutover, "rows")
	require.NoError(t, w.Close())
	list, err := differences.Decode(&b)
	require.NoError(t, err)
	return list
}

// backfill makes the directory that mends the rows of a list, in the bundle.
func (l *lab) backfill(t *testing.T, list differences.List) {
	t.Helper()
	b, err := render.Backfill(l.plan, list)
	require.NoError(t, err)
	require.NoError(t, b.Write(l.path("backfill"), true))
}

// comesAlong adds to structure what is not on tables.
const comesAlong = `
union all select 'v', c.oid::regclass, null, pg_get_viewdef(c.oid), null from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind in ('v', 'm')
union all select 'a', c.oid::regclass, null, regexp_replace(c.relacl::text, ',pgcutover_cdc=[^,}]*', ''), c.relrowsecurity from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p', 'v', 'm', 'S')
union all select 'i', c.oid::regclass, null, c.relreplident::text, null from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')
union all select 'I', i.indrelid::regclass, i.indexrelid::regclass::text, i.indisclustered::text, i.indisreplident from pg_index i join pg_class c on c.oid = i.indrelid where c.relnamespace = 'public'::regnamespace
union all select 'f', null, oid::regprocedure::text, prosrc, proisstrict from pg_proc where pronamespace = 'public'::regnamespace
union all select 'x', null, stxname::text, pg_get_statisticsobjdef(oid), null from pg_statistic_ext
union all select 'D', null, conname::text, pg_get_constraintdef(oid), convalidated from pg_constraint where contypid <> 0
union all select 'S', s.seqrelid::regclass, null, row(s.seqincrement, s.seqmax, s.seqmin, s.seqcycle)::text || coalesce((select refobjid::regclass::text from pg_depend where objid = s.seqrelid and deptype in ('a', 'i') limit 1), ''), null
	from pg_sequence s where s.seqrelid::regclass::text !~ '^(pgcutover|pglogical)'`
