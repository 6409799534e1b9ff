package render_test

import (
	"context"
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/pgcutover/pgcutover/analyze"
	"github.com/pgcutover/pgcutover/planner"
	"github.com/pgcutover/pgcutover/verify"
	"github.com/pgcutover/pgcutover/verify/rehearse/cluster"
)

const cutoverSQL = `
create role app login;
create role cron login superuser;
create table public.customer (id int primary key, email text not null unique deferrable initially deferred, note text not null default 'x',
  period int4range, exclude using gist (period with &&) deferrable);
create table public."Order's" (id bigint generated always as identity primary key, customer int not null references public.customer on delete cascade,
  body text not null, parent bigint references public."Order's" deferrable initially deferred, constraint "a'b\c" check (id > 0) not valid);
alter table public.customer add column last_order bigint references public."Order's";
alter table public.customer add constraint never foreign key (id) references public.customer (id) not valid;
create table public.event (id int, day date not null, customer int references public.customer, code text, primary key (id, day), unique (code, day) deferrable) partition by range (day);
create table public.event_1 partition of public.event for values from ('2020-01-01') to ('2025-01-01');
create table public.event_2 partition of public.event for values from ('2025-01-01') to ('2035-01-01') partition by range (day);
create table public.event_2a partition of public.event_2 for values from ('2025-01-01') to ('2026-01-01');
create index on public.event (day);
insert into public.customer select n, n || '@example.org', 'n', int4range(n * 10, n * 10 + 5) from generate_series(1, 500) n;
insert into public."Order's" (customer, body) select n, repeat('b', n) from generate_series(1, 500) n;
insert into public.event select n, '2024-01-01'::date + n, n, 'c' || n from generate_series(1, 500) n;
create function public.touch() returns trigger language plpgsql as 'begin return new; end';
create trigger "tou'ch" before update on public.customer for each row execute function public.touch();
create trigger off before update on public.customer for each row execute function public.touch();
alter table public.customer disable trigger off;
create rule keep as on delete to public."Order's" do instead nothing;
alter table public.customer enable row level security;
create policy mine on public.customer using (true);
create materialized view public.per_day as select day, count(*) from public.event group by 1;
create unique index per_day_key on public.per_day (day);
create materialized view public.a_first as select max(day) from public.per_day;
grant select on public.customer to app;
create materialized view public.of_app as select count(*) from public.customer;
alter materialized view public.of_app owner to app;
create function public.tell() returns event_trigger language plpgsql as 'begin end';
create event trigger tell on ddl_command_start execute function public.tell();
create sequence public.up maxvalue 100; select setval('public.up', 97);
create sequence public.down increment -5 minvalue -1000000 start -10; select nextval('public.down'), nextval('public.down');
create sequence public.round maxvalue 10 cycle; select setval('public.round', 9);
create sequence public."q""u'ote\d
line" as int;
comment on constraint customer_pkey on public.customer is 'the key';
`

// structure is everything a cutover restores, as text.
const structure = `
select 'c', conrelid::regclass, conname, pg_get_constraintdef(oid), convalidated from pg_constraint where connamespace = 'public'::regnamespace and contype <> 'n'
union all select 'i', indrelid::regclass, indexrelid::regclass::text, pg_get_indexdef(indexrelid), indisvalid from pg_index where indrelid in (select oid from pg_class where relnamespace = 'public'::regnamespace)
union all select 'n', attrelid::regclass, attname, attidentity::text || attnotnull::text, null from pg_attribute where attnum > 0 and attrelid in (select oid from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p'))
union all select 't', tgrelid::regclass, tgname, pg_get_triggerdef(oid), tgenabled = 'O' from pg_trigger where not tgisinternal
union all select 'r', format('%I.%I', schemaname, tablename)::regclass, rulename, definition, null from pg_rules where schemaname = 'public'
union all select 'p', format('%I.%I', schemaname, tablename)::regclass, policyname, qual, null from pg_policies where schemaname = 'public'
union all select 's', oid::regclass, relname, null, relrowsecurity from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r'
union all select 'e', 0::regclass, evtname, evtfoid::regproc::text, null from pg_event_trigger where evtname <> 'pglogical_truncate_trigger_add'
union all select 'd', 0::regclass, classoid::regclass::text, description, null from pg_description where objsubid = 0 and classoid in ('pg_constraint'::regclass, 'pg_class'::regclass) and objoid > 16383 and description like 'the %'
union all select 'm', 0::regclass, matviewname, null, ispopulated from pg_matviews`

func TestCutover(t *testing.T) {
	s := newSite(t, cutoverSQL, func(o *planner.Options) { o.Unique = planner.UniqueDefer; o.Cutover.SequenceMargin = 1000 })
	s.must(t, "40-load/42-load.sh")
	s.sameRows(t)
	s.must(t, "60-qa/61-spot-checks.sh")

	s.refused(t, []string{"not frozen"}, "70-cutover/72-drain.sh")
	s.refused(t, []string{"not frozen"}, "70-cutover/74-constraints.sh")

	acl := "select x.*, datconnlimit from pg_database, aclexplode(coalesce(datacl, acldefault('d', datdba))) x where datname = 'shop' order by 1, 2, 3, 4"
	before := s.src.MustPsql(t, "postgres", acl)
	require.NotContains(t, s.must(t, "70-cutover/71-freeze.sh", "--check"), "pid")
	app, err := pgx.Connect(t.Context(), strings.Replace(s.src.DSN("shop"), "user=postgres", "user=app", 1))
	require.NoError(t, err)
	defer app.Close(context.Background())
	s.src.MustPsql(t, "shop", "begin; create table public.half (a int); prepare transaction 'half''way'")
	require.Contains(t, s.must(t, "70-cutover/71-freeze.sh", "--check"), "app, pid")
	require.NoError(t, app.Ping(t.Context()), "--check changes nothing")

	s.refused(t, []string{"'half''way' of postgres"}, "70-cutover/71-freeze.sh")
	require.Error(t, app.Ping(t.Context()))
	_, err = pgx.Connect(t.Context(), strings.Replace(s.src.DSN("shop"), "user=postgres", "user=app", 1))
	require.ErrorContains(t, err, "permission denied for database")
	_, err = s.src.Psql(t.Context(), "shop", "create table public.late (a int)")
	require.ErrorContains(t, err, "read-only")
	s.src.MustPsql(t, "shop", "set default_transaction_read_only = off; rollback prepared 'half''way'")
	s.must(t, "70-cutover/71-freeze.sh")

	// Nothing carries the markers: the drain has to give up, and to say which slot.
	s.refused(t, []string{"still not dms_slot_01"}, "70-cutover/72-drain.sh", "--timeout", "2")
	stop := s.carryMarkers(t)
	s.refused(t, []string{"confirmed: after 15 s still not dms_slot_01"}, "70-cutover/72-drain.sh", "--timeout", "15") // what carries them starts psql for each
	for _, g := range s.plan.Groups {
		s.src.MustPsql(t, "shop", "select pg_create_logical_replication_slot('"+g.Slot+"', 'test_decoding')")
	}
	stop()

	// Who takes the freeze back while a drain waits has no drain.
	frozenAnewBesideDrain(t, s, s.src, s.plan.Groups[0].Marker, func() { stop = s.carryMarkers(t) })
	s.must(t, "70-cutover/72-drain.sh", "--timeout", "60")
	stop()

	s.must(t, "70-cutover/73-sequences.sh")
	s.must(t, "70-cutover/74-constraints.sh")
	took := s.steps(t)
	require.Subset(t, slices.Sorted(maps.Keys(took)), []string{"71-freeze", "72-drain", "73-sequences", "74-constraints"}, "the next plan goes by what they took")
	s.noteStep(t, "74-constraints", 4000) // as if it had been a long one
	again := s.must(t, "70-cutover/74-constraints.sh")
	require.NotRegexp(t, `: [1-9][0-9]* steps done`, strings.ReplaceAll(again, "materialized views: 3 steps", ""), "nothing is done twice")
	s.must(t, "70-cutover/75-analyze.sh")
	require.Equal(t, int64(4000), s.steps(t)["74-constraints"].Seconds, "a run that has little left to do tells nothing")
	analyzed := s.steps(t)["75-analyze"]
	require.NotNil(t, analyzed.At)
	s.must(t, "70-cutover/75-analyze.sh", "--vacuum", "--jobs", "2")
	require.Equal(t, analyzed, s.steps(t)["75-analyze"], "what is done before the freeze is no part of it")
	require.ElementsMatch(t, strings.Split(s.rep.MustPsql(t, "shop", structure), "\n"), strings.Split(s.target(t, structure), "\n"))
	require.Equal(t, "0", s.target(t, "select count(*) from pg_stat_user_tables where schemaname = 'public' and last_analyze is null and relname not in ('event', 'event_2')"))

	s.must(t, "70-cutover/76-unfreeze.sh")
	s.src.MustPsql(t, "shop", "create table public.late (a int)")
	require.Equal(t, before, s.src.MustPsql(t, "postgres", acl))
	require.Contains(t, s.must(t, "70-cutover/76-unfreeze.sh"), "nothing to do")
}

// A spared role that writes is found, in the middle of a transaction too; what the server does by itself is nobody's writing.
func TestFreezeFindsWhoWrites(t *testing.T) {
	s := newSite(t, cutoverSQL+"; create role spared login; create table public.spared (id int primary key); alter table public.spared owner to spared; alter role spared set default_transaction_read_only = off", nil)
	freeze := []string{"70-cutover/71-freeze.sh", "--spare", "spared"}
	spared, err := pgx.Connect(t.Context(), strings.Replace(s.src.DSN("shop"), "user=postgres", "user=spared", 1))
	require.NoError(t, err)
	defer spared.Close(context.Background())
	write := func() error {
		_, err := spared.Exec(t.Context(), "insert into public.spared values (1); delete from public.spared")
		return err
	}

	tx, err := spared.Begin(t.Context())
	require.NoError(t, err)
	require.NoError(t, write())
	s.refused(t, []string{"a transaction that has written is open: spared, pid "}, freeze[0], freeze[1:]...)
	require.NoError(t, tx.Rollback(t.Context()))

	stop, ended := make(chan struct{}), make(chan error)
	go func() {
		for {
			select {
			case <-stop:
				ended <- nil
				return
			case <-time.After(200 * time.Millisecond):
				if err := write(); err != nil {
					ended <- err
					return
				}
			}
		}
	}()
	s.refused(t, []string{"something still writes"}, freeze[0], freeze[1:]...)
	close(stop)
	require.NoError(t, <-ended)

	// The position of the WAL moves all the time.
	s.src.MustPsql(t, "postgres", "alter system set log_min_duration_statement = 900; select pg_reload_conf()")
	was := len(s.src.Log())
	stop = make(chan struct{})
	go func() {
		for {
			select {
			case <-stop:
				ended <- nil
				return
			default:
				if _, err := s.src.Psql(t.Context(), "postgres", "checkpoint; select pg_sleep(0.1)"); err != nil {
					ended <- err
					return
				}
			}
		}
	}()
	s.must(t, freeze[0], freeze[1:]...)
	close(stop)
	require.NoError(t, <-ended)
	require.Equal(t, 1, strings.Count(s.src.Log()[was:], "pg_catalog.pg_sleep(1)"), "one look is enough")
}

// steps is how long the scripts took, by state.json.
func (s *site) steps(t *testing.T) map[string]verify.StateStep {
	t.Helper()
	f, err := os.Open(filepath.Join(s.dir, "state.json"))
	require.NoError(t, err)
	defer f.Close()
	state, err := verify.DecodeState(f)
	require.NoError(t, err)
	return state.Steps
}

// noteStep changes what state.json says of a step.
func (s *site) noteStep(t *testing.T, step string, seconds int64) {
	t.Helper()
	path := filepath.Join(s.dir, "state.json")
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	var state map[string]any
	require.NoError(t, json.Unmarshal(text, &state))
	state["steps"].(map[string]any)[step] = map[string]any{"seconds": strconv.FormatInt(seconds, 10)}
	text, err = json.Marshal(state)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(path, text, 0o600))
}

// frozenAnewBesideDrain takes the freeze back and freezes again while a drain waits, then lets its markers arrive: it has to refuse. The source is frozen before and after.
func frozenAnewBesideDrain(t *testing.T, bundle interface {
	run(t *testing.T, path string, args ...string) (string, int)
	must(t *testing.T, path string, args ...string) string
}, src *cluster.Cluster, marker analyze.Name, arrive func(),
) {
	t.Helper()
	token := func() string { return src.MustPsql(t, "shop", "select token from "+marker.SQL()+" where id = 1") }
	said, status, last := "", 0, token()
	var drain sync.WaitGroup
	t.Cleanup(drain.Wait)
	drain.Go(func() { said, status = bundle.run(t, "70-cutover/72-drain.sh", "--timeout", "60") })
	require.Eventually(t, func() bool { return token() != last }, time.Minute, 20*time.Millisecond)
	bundle.must(t, "70-cutover/76-unfreeze.sh")
	bundle.must(t, "70-cutover/71-freeze.sh")
	arrive()
	drain.Wait()
	require.Equal(t, 1, status, said)
	require.Contains(t, said, "the freeze was taken back meanwhile")
}

// carryMarkers does what change data capture does for the markers: it carries them to the target, and confirms.
func (s *site) carryMarkers(t *testing.T) (stop func()) {
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() {
		defer close(done)
		for ctx.Err() == nil {
			for _, g := range s.plan.Groups {
				row, err := s.src.Psql(ctx, "shop", "select format('update "+g.Marker.SQL()+" set token = %L, source_lsn = %L where id = 1', token, source_lsn) from "+g.Marker.SQL()+" where id = 1")
				if err == nil {
					_, _ = s.dst.Psql(ctx, "shop", row)
					_, _ = s.src.Psql(ctx, "shop", "select count(*) from pg_logical_slot_get_changes('"+g.Slot+"', null, null)")
				}
			}
			select {
			case <-ctx.Done():
			case <-time.After(300 * time.Millisecond):
			}
		}
	}()
	return func() { cancel(); <-done }
}

func TestSequences(t *testing.T) {
	s := newSite(t, cutoverSQL, func(o *planner.Options) { o.Cutover.SequenceMargin = 1000 })
	s.must(t, "40-load/42-load.sh", "--only-copies")
	next := func(name string) string {
		return s.target(t, "begin; select nextval('"+name+"'); rollback")
	}
	s.must(t, "70-cutover/73-sequences.sh", "--replica")
	require.Equal(t, "98", next("public.up"))
	s.must(t, "70-cutover/73-sequences.sh")
	out := s.must(t, "70-cutover/73-sequences.sh")
	require.Contains(t, out, "only 3 values left")
	require.Contains(t, out, "which 0 set", "a second run moves nothing")
	for name, want := range map[string]string{
		"public.up":                "99",    // 97 and half of the three that were left
		"public.down":              "-5020", // -15, 1000 steps of -5 further, and the next
		"public.round":             "10",    // 9, a thousand steps around ten values, and the next
		`public."Order''s_id_seq"`: "",      // 500 or up to 32 further
	} {
		got := next(name)
		if want != "" {
			require.Equal(t, want, got, name)
		}
	}
	s.target(t, "select setval('public.up', 99), setval('public.down', -900000)")
	s.must(t, "70-cutover/73-sequences.sh")
	require.Equal(t, "100", next("public.up"))
	require.Equal(t, "-900005", next("public.down"), "never back")
	s.target(t, "drop sequence public.up")
	s.refused(t, []string{`"public"."up"`, "target missing"}, "70-cutover/73-sequences.sh")
}

// A row that violates something stops its own step, not those of other tables, and nothing but its removal is needed to go on.
func TestConstraintsViolated(t *testing.T) {
	s := newSite(t, hostileSQL()+`
create table public.parents (id int primary key);
insert into public.parents select n from generate_series(1, 10) n;
create table public.orphans (id int primary key, parent int, body text not null, constraint "`+"`touch /tmp/pwned`"+`
\q $(id) 'x'" foreign key (parent) references public.parents);
insert into public.orphans select n, n, 'b' from generate_series(1, 10) n;
create table public.others (id int primary key, parent int references public.parents);
insert into public.others select n, n from generate_series(1, 10) n;
create table public.tall (id int primary key, parent int references public.parents, body text);
insert into public.tall select n, 1 + n % 10, repeat('w', 1000) from generate_series(1, 10000) n;
do $$ begin for n in 1..100 loop execute format('create table public.many_%s (id int primary key, parent int references public.parents)', n); end loop; end $$;
`, func(o *planner.Options) { o.Unique = planner.UniqueDefer })
	require.NoError(t, os.WriteFile(filepath.Join(s.dir, verify.TimingsFile), []byte(`{"format": 1, "timi`), 0o600))
	require.Contains(t, s.must(t, "40-load/42-load.sh"), "timings.json does not have what this took", "no work waits for a file that nothing depends on")
	s.target(t, "insert into public.orphans values (11, 77, null)")
	sessions := func() int {
		n, err := strconv.Atoi(s.target(t, "select sessions from pg_stat_database where datname = current_database()"))
		require.NoError(t, err)
		return n
	}
	before := sessions()
	out, code := s.run(t, "70-cutover/74-constraints.sh", "--not-frozen")
	require.Equal(t, 2, code)
	require.Contains(t, out, "Key (parent)=(77) is not present")
	require.Contains(t, out, "1 of 103 tables failed")
	require.Less(t, sessions()-before, 50, "there are 103 tables: none has a session of its own")
	require.Equal(t, "t", s.target(t, "select convalidated from pg_constraint where conname = 'others_parent_fkey'"))
	require.Contains(t, out, "validate foreign key tall_parent_fkey", "of a table that is not small")
	require.Equal(t, "t", s.target(t, "select convalidated from pg_constraint where conname = 'tall_parent_fkey'"), "what fails among the small ones keeps it from nothing")
	s.target(t, "update public.orphans set parent = 1 where id = 11")
	out, code = s.run(t, "70-cutover/74-constraints.sh", "--not-frozen")
	require.Equal(t, 2, code)
	require.Contains(t, out, "is violated by some row")
	s.target(t, "delete from public.orphans where id = 11")
	s.must(t, "70-cutover/74-constraints.sh", "--not-frozen")
	constraints := "select string_agg(format('%s %s %s', conrelid::regclass, conname, convalidated), E'\n' order by conrelid::regclass::text collate \"C\", conname) from pg_constraint where connamespace = 'public'::regnamespace and contype in ('f', 'p', 'u', 'x', 'c')"
	require.Equal(t, s.rep.MustPsql(t, "shop", constraints), s.target(t, constraints))
	indexes := "select count(*) from pg_indexes where schemaname = 'public'"
	require.Equal(t, s.rep.MustPsql(t, "shop", indexes), s.target(t, indexes))
	s.must(t, "70-cutover/75-analyze.sh")
	require.NoFileExists(t, "/tmp/pwned")
	require.NoFileExists(t, "/tmp/x")
}
