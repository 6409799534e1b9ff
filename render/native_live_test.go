package render_test

import (
	"context"
	"fmt"
	"os/exec"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/pgcutover/pgcutover/planner"
	"github.com/pgcutover/pgcutover/verify/rehearse/cluster"
)

// nativeSQL has what PostgreSQL's own replication treats in a way of its own.
const nativeSQL = `
create role owner_one;
create table public.customer (id int primary key, email text not null unique, note text not null default 'x', slot_of_time int unique deferrable initially deferred);
create table public."Order's $1 ""x""" (id bigint generated always as identity primary key, customer int not null references public.customer on delete cascade,
  "bo\dy" text not null, twice bigint generated always as (customer * 2) stored);
alter table public."Order's $1 ""x""" owner to owner_one;
create table public.event (id int, day date not null, code text, primary key (id, day)) partition by range (day);
create table public.event_1 partition of public.event for values from ('2020-01-01') to ('2025-01-01');
create table public.event_2 partition of public.event for values from ('2025-01-01') to ('2035-01-01') partition by range (day);
create table public.event_2a partition of public.event_2 for values from ('2025-01-01') to ('2035-01-01');
create table public.journal (line text, at timestamptz default clock_timestamp());
create table public.whole (a int, b text);
alter table public.whole replica identity full;
create table public.keyed (a int not null, doc jsonb);
create unique index keyed_key on public.keyed (a);
alter table public.keyed replica identity using index keyed_key;
create table public.wiped (id int primary key);
create table public.applied_twice (n int primary key, times int not null default 0);
insert into public.customer select n, n || '@example.org', repeat(md5(n::text), n % 300), n from generate_series(1, 400) n;
alter table public.customer alter column note set storage external;
insert into public."Order's $1 ""x""" (customer, "bo\dy") select n, repeat('b', n) from generate_series(1, 400) n;
insert into public.event select n, '2023-01-01'::date + n * 4, 'c' || n from generate_series(1, 400) n;
insert into public.journal select 'line ' || n from generate_series(1, 100) n;
insert into public.whole select n % 50, 'w' || n % 10 from generate_series(1, 200) n;
insert into public.keyed select n, '{}' from generate_series(1, 100) n;
insert into public.wiped select n from generate_series(1, 50) n;
insert into public.applied_twice values (1, 0);
create function public.count_it() returns trigger language plpgsql as 'begin update public.applied_twice set times = times + 1 where n = 1; return null; end';
create trigger count_it after insert on public.journal for each row execute function public.count_it();
alter table public.journal enable always trigger count_it;
create sequence public.loose; select setval('public.loose', 500);
`

// nativeSite is a migration by the engine native up to a schema on the target: the source is prepared by the rendered scripts, with
// somebody writing all the time.
func nativeSite(t *testing.T, source, target int, sql string, configure func(*planner.Options)) (s *site, write *writer) {
	t.Helper()
	s = nativeSiteOf(t, cluster.Options{Major: source}, target, sql, true, configure)
	write = s.writer(t)
	s.published(t)
	s.must(t, "10-source/17-slots.sh")
	return s, write
}

// nativeSiteOf is the bundle of a migration by the engine native, of which nothing has run yet; without a standby rows come from the source.
func nativeSiteOf(t *testing.T, source cluster.Options, target int, sql string, standby bool, configure func(*planner.Options)) *site {
	t.Helper()
	source.Role, source.Settings = cluster.Source, append([]string{"shared_preload_libraries="}, source.Settings...)
	s := &site{
		src: cluster.StartWith(t, source),
		dst: cluster.StartWith(t, cluster.Options{Role: cluster.Target, Major: target, Settings: []string{"wal_level=logical"}}),
	}
	s.dir = t.TempDir()
	s.src.CreateDatabase(t, "shop")
	s.dst.CreateDatabase(t, "shop")
	s.src.MustPsql(t, "shop", sql+"\n;vacuum analyze")
	if standby {
		s.rep = s.src.StartStandby(t)
	}
	s.makePlan(t, func(o *planner.Options) {
		slots := o.Load
		*o = planner.DefaultsFor(planner.EngineNative)
		o.Load, o.Slots.Count = slots, 2
		o.Native.Connection = map[string]string{"host": s.src.SocketDir(), "port": fmt.Sprint(s.src.Port())}
		o.Native.WayBack = map[string]string{"host": s.dst.SocketDir(), "port": fmt.Sprint(s.dst.Port())}
		if configure != nil {
			configure(o)
		}
	})
	s.bundle(t, "postgres")
	return s
}

// published does what comes before the slots.
func (s *site) published(t *testing.T) {
	t.Helper()
	s.must(t, "10-source/11-preflight.sh")
	for _, step := range []string{"13-role.sql", "14-markers.sql", "15-publications.sql", "16-members.sh"} {
		s.must(t, "10-source/"+step)
	}
	s.src.MustPsql(t, "shop", "alter role pgcutover_cdc login")
}

// writer is an application on the source that touches every table in every way.
type writer struct {
	stop func() // returns when it has ended
	n    atomic.Int64
}

func (s *site) writer(t *testing.T) *writer {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	w := &writer{}
	done := make(chan error, 2)
	begin := func(f func(conn *pgx.Conn, i int) error) {
		conn, err := pgx.Connect(ctx, s.src.DSN("shop"))
		require.NoError(t, err)
		go func() {
			defer conn.Close(context.Background())
			for i := 1; ctx.Err() == nil; i++ {
				if err := f(conn, i); err != nil && ctx.Err() == nil {
					done <- err
					return
				}
				w.n.Add(1)
			}
			done <- nil
		}()
	}
	begin(func(conn *pgx.Conn, i int) error {
		_, err := conn.Exec(ctx, fmt.Sprintf(`
			insert into public.customer values (1000 + %[1]d, 'n' || %[1]d, repeat('x', %[1]d %% 5000), 1000 + %[1]d);
			update public.customer set email = email || '.', slot_of_time = -slot_of_time where id = 1 + %[1]d %% 400;
			update public.customer set id = 100000 + %[1]d where id = 1000 + %[1]d - 1 and %[1]d %% 3 = 0;
			delete from public.customer where id = 1000 + %[1]d - 5 and %[1]d %% 2 = 0;
			insert into public."Order's $1 ""x""" (customer, "bo\dy") values (1 + %[1]d %% 400, 'o');
			update public.event set day = case when day < '2025-01-01' then day + 1200 else day - 1200 end where id = 1 + %[1]d %% 400;
			insert into public.journal (line) values ('w' || %[1]d);
			update public.whole set b = b || 'u' where a = %[1]d %% 50 and length(b) < 30 and %[1]d %% 5 = 0;
			delete from public.whole where ctid in (select ctid from public.whole where a = (%[1]d * 7) %% 50 limit 1) and %[1]d %% 5 = 0;
			insert into public.whole select %[1]d %% 50, 'n' where %[1]d %% 5 = 0;
			update public.keyed set doc = doc || jsonb_build_object('k%[1]d', 1) where a = 1 + %[1]d %% 100 and pg_column_size(doc) < 3000`, i))
		if err == nil {
			time.Sleep(15 * time.Millisecond) // rows identified by all of their columns take the target time
		}
		return err
	})
	// Transactions that last, with what is rolled back in them.
	begin(func(conn *pgx.Conn, i int) error {
		_, err := conn.Exec(ctx, fmt.Sprintf(`begin; insert into public.wiped values (10000 + %[1]d * 10); savepoint s; insert into public.wiped values (1);
			`, i))
		if err != nil && !strings.Contains(err.Error(), "duplicate key") {
			return err
		}
		_, err = conn.Exec(ctx, fmt.Sprintf(`rollback to s; insert into public.wiped values (10001 + %[1]d * 10); select pg_sleep(0.15);
			insert into public.wiped select 1000000 + %[1]d * 1000 + g from generate_series(1, 300) g; commit`, i))
		return err
	})
	stopped := false
	w.stop = func() {
		if stopped {
			return
		}
		stopped = true
		cancel()
		require.NoError(t, <-done)
		require.NoError(t, <-done)
	}
	t.Cleanup(w.stop)
	return w
}

// sameAsSource compares every copied table of source and target.
func (s *site) sameAsSource(t *testing.T) {
	t.Helper()
	for _, table := range s.plan.Tables {
		if !table.Handling.Copied() {
			continue
		}
		sql := `set extra_float_digits = 3; select count(*), coalesce(sum(('x' || substr(md5(t::text), 1, 8))::bit(32)::bigint), 0) from only ` + table.Name.SQL() + ` t`
		require.Equal(t, s.src.MustPsql(t, "shop", sql), s.target(t, sql), "table %s", table.Name)
	}
}

// loaded takes a site to the resume of its replica.
func (s *site) loaded(t *testing.T) {
	t.Helper()
	s.must(t, "20-replica/21-pause.sh")
	for _, step := range []string{"30-target/31-roles.sql", "30-target/32-schema.sh", "40-load/41-ledger.sql", "40-load/42-load.sh"} {
		s.must(t, step)
	}
	s.sameRows(t)
	s.must(t, "60-qa/61-spot-checks.sh")
	s.must(t, "20-replica/22-resume.sh")
}

func (s *site) caughtUp(t *testing.T) {
	t.Helper()
	require.Contains(t, s.must(t, "70-cutover/72-drain.sh", "--not-frozen", "--timeout", "120"), "confirmed")
}

func TestNative(t *testing.T) {
	s, write := nativeSite(t, 0, 0, nativeSQL, nil)
	require.Equal(t, "event event_1 event_2 event_2a", strings.Join(strings.Fields(s.src.MustPsql(t, "shop", "select relname from pg_class where relname like 'event%' and relkind in ('r', 'p') order by 1")), " "))
	members := "select pubname, string_agg(tablename, ' ' order by tablename collate \"C\") from pg_publication_tables group by 1 order by 1"
	all := s.src.MustPsql(t, "shop", members)
	require.Regexp(t, `(?m)^ipgcutover_0[12]\|journal$`, all)
	require.NotRegexp(t, `event[ \n]|event$|event_2[ \n]`, all, "leaves, not parents")
	// The application goes on updating what has no identity.
	s.src.MustPsql(t, "shop", "update public.journal set line = line || '!' where line = 'line 1'; update public.journal set line = 'line 1' where line = 'line 1!'")
	s.must(t, "10-source/16-members.sh", "--check")
	s.refused(t, []string{"the target has no ledger"}, "50-cdc/native/51-subscriptions.sh")

	s.loaded(t)
	s.refused(t, []string{"subscription pgcutover_01 does not exist", "51-subscriptions"}, "50-cdc/native/52-enable.sh")
	s.must(t, "50-cdc/native/51-subscriptions.sh")
	start := s.state(t)["pause"].(map[string]any)["lsn"].(string)
	positions := "select string_agg(distinct remote_lsn::text, ',') || ' ' || count(*) from pg_replication_origin_status"
	require.Equal(t, start+" 2", s.target(t, positions))
	require.Contains(t, s.must(t, "50-cdc/native/51-subscriptions.sh"), "there already, to start at "+start)
	require.Equal(t, "0", s.target(t, "select count(*) from pg_stat_subscription where pid is not null"), "nothing is applied before somebody says so")
	require.Equal(t, "f", s.target(t, "select bool_or(subconninfo ~ 'password') from pg_subscription"))

	// Positions that would lose or repeat are refused.
	origin := s.target(t, "select 'pg_' || oid from pg_subscription where subname = 'pgcutover_01'")
	s.target(t, "select pg_replication_origin_advance('"+origin+"', '0/1000')")
	s.refused(t, []string{"stands at 0/1000, before " + start}, "50-cdc/native/52-enable.sh")
	require.Contains(t, s.must(t, "50-cdc/native/51-subscriptions.sh"), "pgcutover_01 starts at "+start)
	s.must(t, "50-cdc/native/52-enable.sh")
	s.must(t, "50-cdc/native/52-enable.sh")
	s.caughtUp(t)
	s.src.MustPsql(t, "shop", "truncate public.keyed; insert into public.keyed values (1, '[]'), (7, '{}')")
	s.must(t, "50-cdc/native/53-way-back.sql")
	s.must(t, "50-cdc/native/53-way-back.sql")
	s.target(t, "alter role pgcutover_cdc login")
	time.Sleep(time.Second)
	s.refused(t, []string{"no drain.lsn yet"}, "70-cutover/77-way-back.sh")

	// Foreign keys ahead of the freeze, under writes: what one slot has brought may wait for another.
	for range 20 {
		if _, code := s.run(t, "70-cutover/74-constraints.sh", "--ahead"); code == 0 {
			break
		}
	}
	validated := "select string_agg(conname || ' ' || convalidated, ',' order by conname) from pg_constraint where contype = 'f' and connamespace = 'public'::regnamespace"
	require.Equal(t, s.src.MustPsql(t, "shop", validated), s.target(t, validated))
	require.Contains(t, s.must(t, "70-cutover/74-constraints.sh", "--ahead"), "foreign keys: 0 steps done")
	require.Equal(t, "2", s.target(t, "select count(*) from pg_stat_subscription where pid is not null and relid is null"), "changes are applied all the while")
	s.caughtUp(t)

	write.stop()
	require.Greater(t, write.n.Load(), int64(100))
	s.must(t, "70-cutover/71-freeze.sh")
	s.refused(t, []string{"no drain.lsn yet"}, "70-cutover/74-constraints.sh")
	s.must(t, "70-cutover/72-drain.sh", "--timeout", "120")
	s.sameAsSource(t)
	s.must(t, "70-cutover/73-sequences.sh")
	s.refused(t, []string{"would go round in a circle"}, "70-cutover/77-way-back.sh")
	require.Contains(t, s.must(t, "70-cutover/74-constraints.sh"), "subscription pgcutover_01 is disabled")
	s.must(t, "70-cutover/75-analyze.sh")

	// Called off and taken up again: the subscriptions go on where they stopped.
	s.must(t, "70-cutover/76-unfreeze.sh")
	s.src.MustPsql(t, "shop", "insert into public.customer values (900001, 'late', 'late', 900001); update public.whole set b = 'late' where a = 3")
	require.Contains(t, s.must(t, "50-cdc/native/51-subscriptions.sh"), "has been applied up to")
	s.must(t, "50-cdc/native/52-enable.sh")
	s.must(t, "70-cutover/71-freeze.sh")
	s.must(t, "70-cutover/72-drain.sh", "--timeout", "60")
	s.sameAsSource(t)
	s.must(t, "70-cutover/73-sequences.sh")
	s.must(t, "70-cutover/74-constraints.sh")
	s.must(t, "70-cutover/75-analyze.sh")
	require.ElementsMatch(t, strings.Split(s.src.MustPsql(t, "shop", structure), "\n"), strings.Split(s.target(t, structure), "\n"))

	s.refused(t, []string{"count_it of journal"}, "70-cutover/77-way-back.sh")
	s.src.MustPsql(t, "shop", "set default_transaction_read_only = off; alter table public.journal enable trigger count_it")
	s.must(t, "70-cutover/77-way-back.sh")
	s.must(t, "70-cutover/77-way-back.sh")
	s.must(t, "70-cutover/71-freeze.sh") // does not take the way back for an application
	s.target(t, `update public.customer set note = 'from the target' where id < 50; delete from public.customer where id = 399;
		insert into public."Order's $1 ""x""" (customer, "bo\dy") values (1, 'new'); insert into public.event values (9999, '2030-01-01', 'new');
		insert into public.journal (line) values ('from the target'); update public.whole set b = 'back' where a = 9; delete from public.keyed where a = 7`)
	s.refused(t, []string{"nothing was done"}, "70-cutover/78-retire.sh")
	s.must(t, "70-cutover/78-retire.sh", "--yes")
	require.Equal(t, "0", s.src.MustPsql(t, "shop", "select count(*) from pg_replication_slots"))
	require.Equal(t, "0", s.target(t, "select count(*) from pg_subscription"))
	s.target(t, "insert into public.customer values (900002, 'after', 'after', 900002); truncate public.wiped; insert into public.wiped values (42)")
	s.must(t, "70-cutover/77-way-back.sh") // its markers come after all of that
	require.Equal(t, "after", s.src.MustPsql(t, "shop", "select note from public.customer where id = 900002"))
	s.sameAsSource(t)

	s.must(t, "70-cutover/78-retire.sh", "--yes", "--all")
	for _, side := range []string{s.src.MustPsql(t, "shop", "select (select count(*) from pg_subscription) + (select count(*) from pg_publication)"),
		s.target(t, "select (select count(*) from pg_replication_slots) + (select count(*) from pg_publication)")} {
		require.Equal(t, "0", side)
	}
	s.must(t, "70-cutover/78-retire.sh", "--yes", "--all")
}

// onTerminal runs a script that asks for a password, on a terminal, and gives it.
func (s *site) onTerminal(t *testing.T, path, question, secret string) {
	t.Helper()
	if _, err := exec.LookPath("script"); err != nil {
		cluster.Refuse(t, fmt.Errorf("nothing here makes a terminal: %w", err))
	}
	cmd := exec.CommandContext(t.Context(), "script", "-qefc", s.path(path), "/dev/null")
	cmd.Env, cmd.Dir = s.env, s.dir
	in, err := cmd.StdinPipe()
	require.NoError(t, err)
	out, err := cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	said := ""
	for buffer := make([]byte, 4096); ; {
		n, err := out.Read(buffer)
		asked := strings.Contains(said, question)
		said += string(buffer[:n])
		if !asked && strings.Contains(said, question) { // a terminal shows what is typed before
			time.Sleep(200 * time.Millisecond)
			_, err = in.Write([]byte(secret + "\n"))
			require.NoError(t, err)
		}
		if err != nil {
			break
		}
	}
	require.NoError(t, cmd.Wait(), said)
	require.NotContains(t, said, secret)
}

// One slot is started over while the other goes on; then all of it is called off. The password is asked for, and shows nowhere but where
// the server keeps it.
func TestNativeRecovery(t *testing.T) {
	s, write := nativeSite(t, 0, 0, nativeSQL, func(o *planner.Options) { o.Native.Password, o.Native.WayBack = planner.PasswordPrompt, nil })
	s.loaded(t)
	s.refused(t, []string{"has to be asked for, and this is no terminal"}, "50-cdc/native/51-subscriptions.sh")
	const secret = `se'cr\et "$x`
	subscribe := func() {
		s.onTerminal(t, "50-cdc/native/51-subscriptions.sh", "password of the subscriptions on the source: ", secret)
	}
	subscribe()
	require.Equal(t, 2, strings.Count(s.target(t, "select subconninfo from pg_subscription"), `password='se\'cr\\et "$x'`))
	require.NotContains(t, s.dst.Log(), `cr\et`)
	s.must(t, "50-cdc/native/52-enable.sh")
	s.caughtUp(t)

	s.refused(t, []string{"nothing was done"}, "80-recovery/82-restart-slot.sh", "pgcutover_01")
	s.must(t, "80-recovery/82-restart-slot.sh", "pgcutover_01", "--yes")
	require.Equal(t, "pgcutover_02", s.target(t, "select string_agg(subname, ',') from pg_subscription"))
	s.must(t, "20-replica/22-resume.sh")
	subscribe()
	s.must(t, "50-cdc/native/52-enable.sh")
	s.caughtUp(t)
	write.stop()
	s.must(t, "70-cutover/71-freeze.sh")
	s.must(t, "70-cutover/72-drain.sh", "--timeout", "60")
	s.sameAsSource(t)
	s.must(t, "70-cutover/76-unfreeze.sh")

	s.must(t, "80-recovery/83-full-restart.sh", "--yes")
	require.Equal(t, "0", s.target(t, "select count(*) from pg_subscription"))
	require.Equal(t, "0", s.target(t, "select count(*) from public.customer"))
	for _, step := range []string{"20-replica/21-pause.sh", "40-load/41-ledger.sql", "40-load/42-load.sh"} {
		s.must(t, step)
	}
	s.sameRows(t)
	subscribe()
	s.must(t, "50-cdc/native/52-enable.sh")
	s.must(t, "80-recovery/81-abort.sh", "--yes")
	require.Equal(t, "0", s.target(t, "select count(*) from pg_subscription"))
	require.Equal(t, "0", s.src.MustPsql(t, "shop", "select (select count(*) from pg_replication_slots) + (select count(*) from pg_publication) + (select count(*) from pg_namespace where nspname = 'pgcutover')"))
}
