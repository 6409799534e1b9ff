package render_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/pgcutover/pgcutover/planner"
	"github.com/pgcutover/pgcutover/verify/rehearse/cluster"
)

const loadSQL = `
create table public.big (id bigint generated always as identity primary key, at timestamptz not null default now(), body text not null);
insert into public.big (at, body) select '2024-01-01'::timestamptz + n * interval '1 hour', repeat(md5(n::text), 20) from generate_series(1, 20000) n;
create index big_at on public.big (at);
create table public.small (id int primary key, big_id bigint references public.big);
insert into public.small select n, n from generate_series(1, 100) n;
create table public.empty (a int);
create sequence public.loose start 100;
select nextval('public.loose');
`

func TestLoad(t *testing.T) {
	s := newSite(t, loadSQL, nil)
	s.refused(t, []string{"has not begun"}, "40-load/42-load.sh", "--status")
	s.must(t, "40-load/42-load.sh")
	s.sameRows(t)
	require.Contains(t, s.must(t, "40-load/42-load.sh"), "the load is done")
	load, ok := s.state(t)["load"].(map[string]any)
	require.True(t, ok)
	require.Equal(t, float64(20100+2*len(s.plan.Groups)), load["rows"])
	require.Len(t, timings(t, s.dir), len(s.plan.Items)+len(s.plan.Builds)+1)
	require.Contains(t, s.must(t, "40-load/42-load.sh", "--status"), "11 of 11 items")
	require.Contains(t, s.must(t, "40-load/42-load.sh", "--list"), "index public.big_at")
	require.Equal(t, "101", s.target(t, "select nextval('public.loose')"), "sequences have the replica's values")
	require.Equal(t, "0", s.target(t, "select count(*) from pg_stat_user_tables where schemaname = 'public' and last_analyze is null"))
	require.Empty(t, s.target(t, "select string_agg(proname, ',') from pg_proc where pronamespace = 'pgcutover'::regnamespace and (proacl is null or proacl::text ~ '[{,]=X')"),
		"the ledger is not for everybody")
}

// What the load uses of the servers has to be there in every version that can be a source or a target.
func TestLoadBetweenVersions(t *testing.T) {
	cluster.Need(t)
	installs, err := cluster.Installs(t.Context())
	require.NoError(t, err)
	const ddl = `
create table public.a (id int not null, at timestamptz, f float8, body text);
create table public.b (a int);
`
	const rows = `
insert into public.a select n, '2024-01-01'::timestamptz + n * interval '1 day', n * 0.1::float8, repeat(md5(n::text), 20) from generate_series(1, 3000) n;
alter table public.a add primary key (id);
create index a_at on public.a (at, (lower(body)));
alter table public.a add constraint never unique (id, f) deferrable;
create sequence public.s;
select setval('public.s', 42);
`
	for i, in := range installs {
		if i > 0 && installs[i-1].Major == in.Major {
			continue
		}
		for _, as := range []string{"source", "target"} {
			source, target := in.Major, 0
			if as == "target" {
				source, target = 0, in.Major
			}
			if target == 906 { // never a target
				continue
			}
			t.Run(fmt.Sprintf("%s %s", as, in.Version), func(t *testing.T) {
				s := newSiteBetween(t, source, target, ddl+rows, ddl+"create sequence public.s;", func(o *planner.Options) { o.Load.BatchBytes = 1 })
				s.must(t, "40-load/42-load.sh")
				sum := `set extra_float_digits = 3; select count(*), sum(('x' || substr(md5(id || ' ' || at || ' ' || f || ' ' || body), 1, 8))::bit(32)::bigint) from public.a`
				if major := in.Major; major >= 12 && major < 100 {
					s.sameRows(t)
				} else {
					require.Contains(t, s.target(t, sum), "3000|")
				}
				require.Equal(t, "43", s.target(t, "select nextval('public.s')"))
				s.must(t, "40-load/42-load.sh", "--status")
				s.must(t, "60-qa/61-spot-checks.sh")
				s.must(t, "70-cutover/71-freeze.sh")
				s.must(t, "70-cutover/73-sequences.sh")
				s.must(t, "70-cutover/74-constraints.sh")
				s.must(t, "70-cutover/75-analyze.sh", "--vacuum")
				s.must(t, "70-cutover/76-unfreeze.sh")
				constraints := "select string_agg(conname, ' ' order by conname) from pg_constraint where conrelid = 'public.a'::regclass and contype in ('p', 'u')"
				require.Equal(t, "a_pkey never", s.target(t, constraints))
			})
		}
	}
}

// A managed service gives nobody a superuser: the load needs to read on the replica, and to own the tables on the target.
func TestLoadWithoutSuperuser(t *testing.T) {
	const ddl = `
create table public.a (id int not null, body text not null);
create table public.b (id int);
create sequence public.s;
`
	s := &site{src: cluster.StartSource(t), dst: cluster.StartTarget(t)}
	s.prepare(t, ddl+`
insert into public.a select n, repeat('x', 1000) from generate_series(1, 20000) n;
alter table public.a add primary key (id);
create index a_body on public.a (left(body, 3));
select setval('public.s', 5);
create role reader login;
grant pg_read_all_data to reader;
`, func(o *planner.Options) { o.Load.BatchBytes, o.Load.SplitBytes = 1, 10<<20 })
	s.target(t, ddl+`
create role owner; create role loader login in role owner;
alter table public.a owner to owner; alter table public.b owner to owner; alter sequence public.s owner to owner;
grant all on schema public to owner;
grant create on database shop to loader;`)
	file := filepath.Join(s.dir, "services")
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	services := strings.Replace(string(text), fmt.Sprintf("host=%s\nport=%d\nuser=postgres", s.dst.SocketDir(), s.dst.Port()), fmt.Sprintf("host=%s\nport=%d\nuser=loader", s.dst.SocketDir(), s.dst.Port()), 1)
	services = strings.Replace(services, fmt.Sprintf("host=%s\nport=%d\nuser=postgres", s.rep.SocketDir(), s.rep.Port()), fmt.Sprintf("host=%s\nport=%d\nuser=reader", s.rep.SocketDir(), s.rep.Port()), 1)
	require.NoError(t, os.WriteFile(file, []byte(services), 0o600))

	s.must(t, "40-load/41-ledger.sql")
	s.must(t, "40-load/42-load.sh")
	s.sameRows(t)
	require.Equal(t, "6", s.target(t, "select nextval('public.s')"))
	s.must(t, "40-load/42-load.sh", "--status")
	s.must(t, "60-qa/61-spot-checks.sh")
	s.must(t, "70-cutover/74-constraints.sh", "--not-frozen")
	s.must(t, "70-cutover/75-analyze.sh")
	require.Equal(t, "loader", s.target(t, "select pg_get_userbyid(nspowner) from pg_namespace where nspname = 'pgcutover'"))
}

// Who reads the first lines of a report and goes has got what they wanted.
func TestLoadReportsToHead(t *testing.T) {
	s := newSite(t, loadSQL, nil)
	s.must(t, "40-load/42-load.sh")
	for _, report := range []string{"--status", "--list"} {
		r, w, err := os.Pipe()
		require.NoError(t, err)
		require.NoError(t, r.Close())
		cmd := s.command(t, "40-load/42-load.sh", report)
		var said strings.Builder
		cmd.Stdout, cmd.Stderr = w, &said
		require.NoError(t, cmd.Run(), said.String())
		require.NoError(t, w.Close())
		require.Empty(t, said.String())
	}
	s.target(t, "drop view pgcutover.progress cascade")
	out, code := s.run(t, "40-load/42-load.sh", "--status")
	require.Equal(t, 2, code, out)
}

// What a killed script leaves behind goes when nobody uses it any more.
func TestLeftoversOfKilledScripts(t *testing.T) {
	if _, err := exec.LookPath("flock"); err != nil {
		t.Skip("without flock nobody can tell who still uses a directory")
	}
	s := newSite(t, loadSQL, nil)
	left := func(name string) string {
		dir := filepath.Join(s.dir, name)
		require.NoError(t, os.Mkdir(dir, 0o700))
		require.NoError(t, os.WriteFile(filepath.Join(dir, "lock"), nil, 0o600))
		return dir
	}
	dead, used := left("pgcutover.deadAA"), left("pgcutover.usedAA")
	foreign := filepath.Join(s.dir, "pgcutover.others")
	require.NoError(t, os.Mkdir(foreign, 0o700))
	lock, err := os.Open(filepath.Join(used, "lock"))
	require.NoError(t, err)
	require.NoError(t, syscall.Flock(int(lock.Fd()), syscall.LOCK_SH))
	s.must(t, "40-load/42-load.sh")
	require.NoDirExists(t, dead)
	require.DirExists(t, used)
	require.DirExists(t, foreign)
	require.NoError(t, lock.Close())
	s.must(t, "40-load/42-load.sh")
	require.NoDirExists(t, used)
	found, err := filepath.Glob(filepath.Join(s.dir, "pgcutover.??????"))
	require.NoError(t, err)
	require.Equal(t, []string{foreign}, found)
}
