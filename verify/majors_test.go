package verify_test

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/pgcutover/pgcutover/verify"
	"github.com/pgcutover/pgcutover/verify/rehearse/cluster"
)

// plainSchema is understood by every version; what newer ones add is added below.
const plainSchema = `
create type mood as enum ('good', 'bad');
create domain short as text check (length(value) < 50);
create function twice(n int) returns int language sql immutable as 'select 2 * n';
create table accounts (id bigserial primary key, email varchar(80) not null unique, status varchar(10) not null default 'new' check (status in ('new', 'open', 'closed')),
	feeling mood default 'good', nick short, note text not null default '', created_at timestamptz not null default now(), born date default current_date,
	amount numeric(10,2) check (amount between 0 and 100 or amount is null), check (date_part('year', created_at) > 2000));
create index accounts_status on accounts (status) where status::text <> all (array['closed', 'gone']);
create index accounts_lower on accounts (lower(email) text_pattern_ops desc nulls last, (coalesce(nick, 'x')));
create index accounts_year on accounts (extract(year from born), created_at desc) with (fillfactor = 80);
create table orders (id serial primary key, account_id bigint references accounts, at timestamp default now(), exclude using btree (id with =));
create table parent (id int primary key, what text); create table child (check (id > 100)) inherits (parent);
create view open_accounts as select a.id, lower(a.email) as email, count(o.*) as orders from accounts a left join orders o on o.account_id = a.id
	where a.status in ('new', 'open') and extract(year from a.created_at) > 2000 group by a.id, a.email having count(o.*) >= 0 order by 1;
create materialized view totals as select status, sum(amount) filter (where amount > 0) as amount from accounts group by rollup (status);
create sequence loose increment by -5 minvalue -1000 maxvalue 1000 start 10 cycle;
insert into accounts (email, amount) select 'a' || n, n % 100 from generate_series(1, 50) n;
insert into orders (account_id) select n from generate_series(1, 50) n; insert into parent values (1, 'p'); insert into child values (101, 'c');
select nextval('loose');
`

func schemaOf(major int) string {
	s := plainSchema
	if major >= 10 && major < 900 {
		s += `create table events (id bigint not null, at date not null) partition by range (at); create table events_1 partition of events for values from ('2026-01-01') to ('2026-02-01');
			insert into events select n, '2026-01-05' from generate_series(1, 10) n; alter table orders add column n int generated always as identity;`
	}
	if major >= 12 && major < 900 {
		s += `alter table orders add column twice int generated always as (id * 2) stored; create index orders_inc on orders (account_id) include (at);
			create procedure nothing() language sql as 'select 1'; create table regions (id int, name text, primary key (id)) partition by list (id); create table regions_1 partition of regions for values in (1, 2);
			create index regions_name on regions (name);`
	}
	if major >= 15 && major < 900 {
		s += `create unique index orders_n on orders (n, account_id) nulls not distinct; create function body(n int) returns int return n + 1;`
	}
	return s
}

// TestEveryMajor asks every check's questions of every version at hand, and compares a schema that went from it to the newest.
// Where only one version is at hand, that one is asked.
func TestEveryMajor(t *testing.T) {
	cluster.Need(t)
	installs, err := cluster.Installs(t.Context())
	require.NoError(t, err)
	seen := map[int]bool{}
	for _, in := range installs {
		if seen[in.Major] {
			continue
		}
		seen[in.Major] = true
		t.Run(strconv.Itoa(in.Major), func(t *testing.T) { everyQuestion(t, in, installs[0]) })
	}
}

func everyQuestion(t *testing.T, in, newest cluster.Install) {
	w := &world{t: t, db: "shop", targetDB: "shop", unreachable: map[verify.Side]bool{}, free: 1 << 40}
	w.source = cluster.StartWith(t, cluster.Options{Role: cluster.Source, Major: in.Major})
	w.source.CreateDatabase(t, w.db)
	w.source.MustPsql(t, w.db, schemaOf(in.Major))
	w.replica = w.source.StartStandby(t)
	w.target = cluster.StartWith(t, cluster.Options{Role: cluster.Target, Major: newest.Major})
	w.target.CreateDatabase(t, w.targetDB)
	w.source.MustCatchUp(t, w.replica)
	w.makePlan()
	old := in.Major >= 900
	wal := func(sql string) string {
		if !old {
			return sql
		}
		return strings.NewReplacer("pg_wal_replay", "pg_xlog_replay", "pg_last_wal_replay_lsn", "pg_last_xlog_replay_location", "pg_current_wal_insert_lsn", "pg_current_xlog_insert_location").Replace(sql)
	}
	answered := func(r verify.Report) {
		t.Helper()
		for _, res := range r.Results {
			if res.Status == verify.Unknown {
				require.NotContains(t, res.Detail, "SQLSTATE", "%s\n%s", res.Code, show(r))
				require.NotContains(t, res.Detail, "scan", "%s\n%s", res.Code, show(r))
			}
		}
	}

	r := w.run(verify.Preflight)
	answered(r)
	allowed := []string{}
	if !in.PGLogical { // what a server without pglogical has to fail, and nothing else
		allowed = []string{"G0-CONF shared_preload_libraries", "G0-CONF output_plugin_libraries", "G0-EXT pglogical", "G0-CONF max_worker_processes", "G0-STANDBY max_worker_processes"}
	}
	for _, f := range failed(r) {
		require.Contains(t, allowed, f, show(r))
	}

	// A slot of another plugin stands in for those of pglogical, and a pause that the gate has to judge by what the version tells.
	w.state = verify.State{Format: 1, Slots: map[string]verify.StateSlot{}}
	w.state.Source = &verify.StateSource{Database: w.db, Timeline: 1, SystemIdentifier: w.source.MustPsql(t, w.db, "select system_identifier from pg_control_system()")}
	w.source.MustPsql(t, w.db, w.markers())
	for _, g := range w.plan.Groups {
		w.createSlot(g.Slot, "test_decoding")
		w.recordSlot(g.Slot)
	}
	w.state.SetsCompleteLSN = w.lsn(w.source, wal("select pg_current_wal_insert_lsn()"))
	w.source.MustPsql(t, w.db, "insert into parent values (2, 'q')")
	w.source.MustCatchUp(t, w.replica)
	answered(w.run(verify.ReadyToPause))
	w.state.Pause = &verify.StatePause{LSN: w.state.SetsCompleteLSN, Timeline: 1, PostmasterStartTime: time.Now().Truncate(time.Microsecond)}
	w.notes(answered)
	w.pauseStandby(wal, answered)
	if !dumps(w.replica.Bin("pg_dump"), in) {
		t.Logf("no pg_dump at hand that dumps %s: only its catalog was asked", in.Version)
		return
	}
	w.load()
	r = w.run(verify.Loaded)
	answered(r)
	e := w.env(verify.Loaded)
	e.Rows = verify.RowsChecksum
	sums := w.runEnv(e, "rows")
	answered(sums)
	require.Empty(t, failed(sums), show(sums))
	standIns := []string{"G1-SETS pglogical"} // there is none, and the slots are of test_decoding, as made above
	for _, g := range w.plan.Groups {
		standIns = append(standIns, "G1-SLOT "+g.Slot)
	}
	require.ElementsMatch(t, standIns, failed(r), show(r))
}

// TestServersAndClientsOfOtherVersions: a target older than the source, and clients older than the target, as the servers and the programs themselves say.
func TestServersAndClientsOfOtherVersions(t *testing.T) {
	cluster.Need(t)
	installs, err := cluster.Installs(t.Context())
	require.NoError(t, err)
	newest, oldest := installs[0], installs[len(installs)-1]
	withPsql := slices.IndexFunc(installs, func(in cluster.Install) bool {
		_, err := exec.LookPath(filepath.Join(in.Bin, "psql"))
		return err == nil && in.Major != newest.Major
	})
	if newest.Major == oldest.Major || withPsql < 0 {
		cluster.Refuse(t, errors.New("servers of two majors, with clients of the older, are needed"))
	}
	w := &world{t: t, db: "shop", targetDB: "shop", unreachable: map[verify.Side]bool{}}
	between := func(source, target cluster.Install) {
		w.source = cluster.StartWith(t, cluster.Options{Role: cluster.Source, Major: source.Major})
		w.replica = w.source
		w.target = cluster.StartWith(t, cluster.Options{Role: cluster.Target, Major: target.Major})
		for _, c := range []*cluster.Cluster{w.source, w.target} {
			c.CreateDatabase(t, "shop")
		}
		w.makePlan()
	}
	says := func(bin, want, text string) {
		t.Helper()
		e := w.env(verify.Preflight)
		e.ClientVersion = func(ctx context.Context, program string) (string, error) {
			out, err := exec.CommandContext(ctx, filepath.Join(bin, program), "--version").Output()
			return strings.TrimSpace(string(out)), err
		}
		r := w.runEnv(e, "G0-VER")
		if want == "" {
			require.Empty(t, failed(r), show(r))
			require.Equal(t, 0, r.ExitCode(), show(r))
		} else {
			require.Equal(t, strings.Split(want, ", "), failed(r), show(r))
			require.Equal(t, 1, r.ExitCode())
		}
		require.Contains(t, show(r), text)
	}
	between(oldest, newest)
	says(cluster.Clients(t.Context(), w.source, w.target), "", "from PostgreSQL "+release(oldest)+" to "+release(newest))
	says(installs[withPsql].Bin, "G0-VER pg_dump, G0-VER psql", "is too old: "+release(newest)+" or newer is needed")
	says(t.TempDir(), "G0-VER pg_dump, G0-VER psql", "install the client of PostgreSQL "+release(newest)+"; PGCUTOVER_PG_BIN names its directory")
	between(newest, oldest)
	says(cluster.Clients(t.Context(), w.source), "G0-VER target", "PostgreSQL "+release(oldest)+" is older than the source's "+release(newest))
}

func release(in cluster.Install) string {
	if in.Major >= 900 {
		return fmt.Sprintf("%d.%d", in.Major/100, in.Major%100)
	}
	return strconv.Itoa(in.Major)
}

// pauseStandby pauses the replica and sees that the gate takes what its version tells for a pause.
func (w *world) pauseStandby(wal func(string) string, answered func(verify.Report)) {
	t := w.t
	w.replica.MustPsql(t, w.db, wal("select pg_wal_replay_pause()"))
	w.source.MustPsql(t, w.db, "insert into parent values (3, 'r')")
	time.Sleep(500 * time.Millisecond) // there is nothing to wait for that every version shows
	started, err := time.Parse("2006-01-02T15:04:05.999999Z07:00", w.replica.MustPsql(t, w.db, "select trim('\"' from to_json(pg_postmaster_start_time())::text)"))
	require.NoError(t, err)
	w.state.Pause = &verify.StatePause{LSN: w.lsn(w.replica, wal("select pg_last_wal_replay_lsn()")), Timeline: 1, SystemIdentifier: w.state.Source.SystemIdentifier, PostmasterStartTime: started}
	r := w.run(verify.Paused)
	answered(r)
	failures := failed(r)
	require.NotContains(t, failures, "G2-PAUSED replica", show(r))
	for _, f := range failures {
		require.False(t, strings.HasPrefix(f, "G2-LSN"), show(r))
	}
}

// notes has what a script of the bundle would have noted, and asks what has become of it. Servers before 15 tell what they count a moment later.
func (w *world) notes(answered func(verify.Report)) {
	t := w.t
	w.source.MustPsql(t, w.db, `create table pgcutover.noted (slot text, relid oid, filenode oid, inserted bigint, updated bigint, deleted bigint, stats_reset timestamptz, at timestamptz, primary key (slot, relid));
		create table pgcutover.counting (at timestamptz not null);
		insert into pgcutover.counting values (now());
		insert into pgcutover.noted select 's', c.oid, pg_relation_filenode(c.oid), pg_stat_get_tuples_inserted(c.oid), pg_stat_get_tuples_updated(c.oid), pg_stat_get_tuples_deleted(c.oid), pg_stat_get_db_stat_reset_time(d.oid), now()
			from pg_class c, pg_database d where d.datname = current_database() and c.relkind = 'r' and c.relnamespace = 'public'::regnamespace`)
	says := func(want string, codes ...string) {
		t.Helper()
		var r verify.Report
		require.Eventually(t, func() bool {
			r = w.run(verify.CDC, codes...)
			answered(r)
			return strings.Contains(show(r), want)
		}, 20*time.Second, 200*time.Millisecond, "%s\n%s", want, show(r))
	}
	says("G5-NOPK public.child: 0 inserts since the pause", "G5-NOPK")
	says("in the files of the pause: not truncated", "G5-TRUNC")
	w.source.MustPsql(t, w.db, "update child set what = 'changed'; vacuum full orders")
	says("G5-NOPK public.child: 1 update and 0 deletes since the pause: only inserts reach the target; accepted in the configuration: known here", "G5-NOPK")
	says("G5-TRUNC public.orders: it was truncated or rewritten since the pause, and which cannot be told: pglogical.queue is not there", "G5-TRUNC")
	w.source.MustPsql(t, w.db, "select pg_stat_reset()")
	says("G5-NOPK public.child: the server has lost its counters", "G5-NOPK")
	says("G5-WALCAP "+w.plan.Groups[0].Slot+": it keeps", "G5-WALCAP")
	says("left no transaction of its own across it", "G5-STRADDLER")
}

// dumps tells whether a pg_dump is at least as new as a server.
func dumps(pgDump string, in cluster.Install) bool {
	out, err := exec.Command(pgDump, "--version").Output()
	if err != nil {
		return false
	}
	var name, vendor, version string
	if _, err := fmt.Sscan(string(out), &name, &vendor, &version); err != nil {
		return false
	}
	major, _, _ := strings.Cut(version, ".")
	n, err := strconv.Atoi(major)
	return err == nil && (in.Major >= 900 || n >= in.Major)
}
