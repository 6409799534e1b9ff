package render_test

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/pgcutover/pgcutover/planner"
)

// slowSQL is a database whose tables take a while to load: the rows are wide enough to fill every buffer between the servers,
// and slowTarget makes the target take its time over each.
const slowSQL = `
create table public.slow (id int primary key, body text not null);
alter table public.slow alter column body set storage external;
insert into public.slow select n, repeat(md5(n::text), 100) from generate_series(1, 1000) n;
create table public.slow2 (like public.slow including all);
insert into public.slow2 select * from public.slow;
create table public.ranged (id bigint primary key, body text not null);
insert into public.ranged select n, repeat('x', 1000) from generate_series(1, 30000) n;
create index ranged_body on public.ranged (left(body, 10));
create table public.t1 as select n as a, n::text as b from generate_series(1, 5000) n;
create table public.t2 as select * from public.t1;
create unique index t2_a on public.t2 (a);
create table public.t3 (a int primary key, b text);
insert into public.t3 select * from public.t1;
`

// slowSite copies each of its tables on its own, ranged in three or more ranges.
func slowSite(t *testing.T) *site {
	t.Helper()
	s := newSite(t, slowSQL, func(o *planner.Options) {
		o.Load.SplitBytes, o.Load.BatchBytes, o.Load.Workers, o.Load.Attempts = 10<<20, 1, 3, 5
	})
	ranges := slices.DeleteFunc(slices.Clone(s.plan.Items), func(it planner.Item) bool { return it.Range == nil })
	require.GreaterOrEqual(t, len(ranges), 3)
	return s
}

func (s *site) slowTarget(t *testing.T, seconds float64, tables ...string) {
	t.Helper()
	s.target(t, fmt.Sprintf("create or replace function pg_temp_slow() returns trigger language plpgsql as 'begin perform pg_sleep(%g); return new; end'", seconds))
	for _, table := range tables {
		s.target(t, "create trigger slow before insert on public."+table+" for each row execute function pg_temp_slow()")
	}
}

// background is a step that runs while the test does something to it.
type background struct {
	cmd *exec.Cmd
	out *os.File // a pipe would keep Wait waiting for whoever outlives the script
}

func (s *site) start(t *testing.T, path string, args ...string) *background {
	t.Helper()
	out, err := os.CreateTemp(s.dir, "output")
	require.NoError(t, err)
	t.Cleanup(func() { out.Close() })
	b := &background{cmd: s.command(t, path, args...), out: out}
	b.cmd.Stdout, b.cmd.Stderr = out, out
	b.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	require.NoError(t, b.cmd.Start())
	return b
}

func (b *background) wait(t *testing.T) (string, int) {
	t.Helper()
	err := b.cmd.Wait()
	said, readErr := os.ReadFile(b.out.Name())
	require.NoError(t, readErr)
	t.Logf("%s: %v\n%s", filepath.Base(b.cmd.Args[1]), err, said)
	if e, ok := errors.AsType[*exec.ExitError](err); ok {
		return string(said), e.ExitCode()
	}
	require.NoError(t, err)
	return string(said), 0
}

// untilCopying waits until a worker copies rows into a table.
func (s *site) untilCopying(t *testing.T, table string) {
	t.Helper()
	require.Eventually(t, func() bool {
		out, err := s.dst.Psql(t.Context(), "shop", "select count(*) from pg_stat_progress_copy where relid = 'public."+table+"'::regclass and tuples_processed > 10")
		return err == nil && out == "1"
	}, time.Minute, 20*time.Millisecond)
}

// processes are those of the site's scripts: shells and psqls that know its service file.
func (s *site) processes(t *testing.T) []int {
	t.Helper()
	mark := []byte("PGSERVICEFILE=" + filepath.Join(s.dir, "services"))
	dirs, err := filepath.Glob("/proc/[0-9]*")
	require.NoError(t, err)
	var out []int
	for _, d := range dirs {
		env, err := os.ReadFile(filepath.Join(d, "environ"))
		if err != nil || !bytes.Contains(env, mark) {
			continue
		}
		comm, err := os.ReadFile(filepath.Join(d, "comm"))
		if name := strings.TrimSpace(string(comm)); err != nil || name != "bash" && name != "psql" && name != "42-load.sh" {
			continue
		}
		pid, err := strconv.Atoi(filepath.Base(d))
		require.NoError(t, err)
		out = append(out, pid)
	}
	return out
}

func (s *site) nobodyLeft(t *testing.T) {
	t.Helper()
	require.Eventually(t, func() bool { return len(s.processes(t)) == 0 }, time.Minute, 50*time.Millisecond)
	require.Eventually(t, func() bool {
		return s.target(t, "select count(*) from pg_stat_activity where application_name like 'pgcutover load%'") == "0"
	}, time.Minute, 50*time.Millisecond)
}

func TestLoadSurvivesKills(t *testing.T) {
	s := slowSite(t)
	s.slowTarget(t, 0.006, "slow", "slow2")
	const seed = 20261121
	r := rand.New(rand.NewPCG(seed, 1))
	var load *background
	for kills := 0; kills < 10; {
		if load == nil {
			load = s.start(t, "40-load/42-load.sh")
		}
		time.Sleep(time.Duration(100+r.IntN(500)) * time.Millisecond)
		if pids := s.processes(t); len(pids) > 0 {
			pid := pids[r.IntN(len(pids))]
			args, _ := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", pid))
			if syscall.Kill(pid, syscall.SIGKILL) == nil {
				t.Logf("killed %d: %.60s", pid, bytes.ReplaceAll(args, []byte{0}, []byte{' '}))
				kills++
			}
		}
		if s.ended(load) {
			load.wait(t)
			load = nil
		}
	}
	if load != nil {
		require.NoError(t, syscall.Kill(-load.cmd.Process.Pid, syscall.SIGKILL))
		load.wait(t)
	}
	s.target(t, "drop trigger slow on public.slow; drop trigger slow on public.slow2")
	t.Logf("after the kills %s", s.target(t, "select items_done || ' of ' || items || ' items are done' from pgcutover.progress"))
	s.must(t, "40-load/42-load.sh")
	s.nobodyLeft(t)
	s.sameRows(t)
	require.Equal(t, "0", s.target(t, "select count(*) from pgcutover.item where state <> 'done' or unfinished <> 0"))
	indexes := "select count(*) from pg_indexes where schemaname = 'public'"
	require.Equal(t, s.rep.MustPsql(t, "shop", indexes), s.target(t, indexes))
}

// ended tells whether the script is a zombie, which only waits to be waited for.
func (s *site) ended(b *background) bool {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", b.cmd.Process.Pid))
	return err != nil || strings.Contains(string(stat), ") Z ")
}

func TestLoadWhileReplicaMoves(t *testing.T) {
	for name, move := range map[string]func(*testing.T, *site){
		"resumed": func(t *testing.T, s *site) {
			s.src.MustPsql(t, "shop", "insert into public.slow values (0, 'late')")
			s.rep.MustPsql(t, "shop", "select pg_wal_replay_resume()")
		},
		"resumed and paused again": func(t *testing.T, s *site) {
			s.src.MustPsql(t, "shop", "insert into public.slow values (0, 'late')")
			s.rep.MustPsql(t, "shop", "select pg_wal_replay_resume()")
			s.src.MustCatchUp(t, s.rep)
			s.rep.MustPsql(t, "shop", "select pg_wal_replay_pause()")
		},
		"restarted": func(t *testing.T, s *site) { require.NoError(t, s.rep.Restart()) },
		"promoted":  func(t *testing.T, s *site) { require.NoError(t, s.rep.Promote(t.Context())) },
	} {
		t.Run(name, func(t *testing.T) {
			s := slowSite(t)
			s.slowTarget(t, 0.003, "slow")
			load := s.start(t, "40-load/42-load.sh")
			s.untilCopying(t, "slow")
			move(t, s)
			out, code := load.wait(t)
			require.Equal(t, 1, code)
			require.Contains(t, out, "the load cannot go on")
			// A promotion ends the pause first and the recovery some moments later: a look in between finds a replica that is not paused.
			require.Regexp(t, map[string]string{
				"resumed": "not paused any more", "resumed and paused again": "has moved from|not paused any more", "restarted": "was restarted",
				"promoted": "was promoted|not paused any more",
			}[name], out)
			require.Equal(t, "0", s.target(t, "select count(*) from public.slow"))
			require.Equal(t, "waiting", s.target(t, "select min(state) from pgcutover.item where relation = 'public.slow' and kind = 'copy'"))
			s.refused(t, []string{map[bool]string{false: "80-recovery/83-full-restart.sh --yes", true: "is not a standby"}[name == "promoted"]}, "40-load/42-load.sh")
			require.Equal(t, "0", s.target(t, "select count(*) from public.slow"))
			if name == "resumed" {
				// While one slot is restarted nothing of the others is void.
				mark := filepath.Join(s.dir, ".pgcutover", "restarting-"+s.plan.Groups[0].Slot)
				require.NoError(t, os.WriteFile(mark, []byte("dropped\n"), 0o644))
				require.NotContains(t, s.refused(t, []string{"82-restart-slot.sh " + s.plan.Groups[0].Slot + " --yes"}, "40-load/42-load.sh"), "83-full-restart")
			}
			s.nobodyLeft(t)
		})
	}
}

func TestLoadWhileTargetRestarts(t *testing.T) {
	s := slowSite(t)
	s.slowTarget(t, 0.002, "slow", "slow2")
	load := s.start(t, "40-load/42-load.sh")
	s.untilCopying(t, "slow")
	require.NoError(t, s.dst.Restart())
	_, code := load.wait(t)
	require.Zero(t, code)
	s.sameRows(t)
}

func TestLoadProducerKilled(t *testing.T) {
	s := slowSite(t)
	s.slowTarget(t, 0.002, "slow")
	load := s.start(t, "40-load/42-load.sh")
	s.untilCopying(t, "slow")
	s.rep.MustPsql(t, "shop", "select pg_terminate_backend(pid) from pg_stat_activity where query ~ 'COPY \"public\".\"slow\"' and pid <> pg_backend_pid()")
	_, code := load.wait(t)
	require.Zero(t, code, "one attempt failed, the next did it")
	require.Regexp(t, "item [0-9]+ failed: replica: .*(terminating|closed the) connection", s.logs(t))
	s.sameRows(t)
}

// Behind binary rows the COMMIT comes from a file, and psql does not notice that it could not be written.
func TestLoadWithoutRoom(t *testing.T) {
	s := newSite(t, "create table public.t as select n as a from generate_series(1, 100) n", func(o *planner.Options) { o.Load.Attempts = 2 })
	items, err := os.ReadFile(s.path("40-load/items.tsv"))
	require.NoError(t, err)
	require.Contains(t, string(items), "-- binary")
	dir := t.TempDir()
	// A disk without room, for this one file.
	require.NoError(t, os.WriteFile(filepath.Join(dir, "cat"), []byte("#!/bin/sh\ncase $(readlink /proc/$$/fd/1) in */rest) exit 1 ;; esac\nexec /bin/cat \"$@\"\n"), 0o755))
	env := s.env
	s.env = append(slices.Clone(env), "PATH="+dir+":"+os.Getenv("PATH"))
	s.refused(t, []string{"could not write into /", "is there room?", "tried 2 times"}, "40-load/42-load.sh")
	require.Equal(t, "0", s.target(t, "select count(*) from public.t"))
	s.env = env
	s.must(t, "40-load/42-load.sh")
	s.sameRows(t)
}

func TestLoadStopped(t *testing.T) {
	for _, signal := range []syscall.Signal{syscall.SIGINT, syscall.SIGTERM} {
		t.Run(signal.String(), func(t *testing.T) {
			s := slowSite(t)
			s.slowTarget(t, 0.01, "slow", "slow2")
			load := s.start(t, "40-load/42-load.sh")
			s.untilCopying(t, "slow")
			require.NoError(t, syscall.Kill(load.cmd.Process.Pid, signal))
			_, code := load.wait(t)
			require.Equal(t, 128+int(signal), code)
			s.nobodyLeft(t)
			require.Equal(t, "0", s.target(t, "select sum(attempts) from pgcutover.item where state <> 'done'"), "stopping is no failure")
			s.target(t, "drop trigger slow on public.slow; drop trigger slow on public.slow2")
			s.must(t, "40-load/42-load.sh")
			s.sameRows(t)
		})
	}
}

func TestLoadByTwoHosts(t *testing.T) {
	s := slowSite(t)
	s.slowTarget(t, 0.001, "slow", "slow2")
	a, b := s.start(t, "40-load/42-load.sh", "--workers", "2"), s.start(t, "40-load/42-load.sh", "--workers=3")
	out, code := a.wait(t)
	require.Zero(t, code, out)
	out, code = b.wait(t)
	require.Zero(t, code, out)
	s.sameRows(t)
	require.Equal(t, "1", s.target(t, "select max(attempts) from pgcutover.item"))
}

func TestLoadFailures(t *testing.T) {
	s := newSite(t, slowSQL+`
create table public.dup (a int, b text);
insert into public.dup select n, 'x' from generate_series(1, 100) n;
create unique index dup_a on public.dup (a);
create index dup_b on public.dup (b);
create table public.taken (a int primary key);
insert into public.taken values (1);`, func(o *planner.Options) { o.Load.BatchBytes, o.Load.Attempts = 1, 2 })
	s.target(t, "insert into public.taken values (77)")
	// Whatever the reason, the target has a value twice.
	s.target(t, `create function pg_temp_twice() returns trigger language plpgsql as 'begin new.a = greatest(new.a, 2); return new; end';
create trigger twice before insert on public.dup for each row execute function pg_temp_twice()`)
	out := s.refused(t, []string{"could not create unique index", "Key (a)=(2) is duplicated", "holds rows that this load has not put there", "TRUNCATE the table", "load-logs"}, "40-load/42-load.sh")
	require.NotContains(t, out, "dup_b")
	require.Equal(t, "77", s.target(t, "select string_agg(a::text, ',') from public.taken"), "somebody's rows are not touched")
	require.Equal(t, "100", s.target(t, "select count(*) from public.dup"))
	require.Equal(t, "1", s.target(t, "select count(*) from pg_indexes where indexname = 'dup_b'"), "the others go on")
	require.Equal(t, "1", s.target(t, "select max(attempts) from pgcutover.item where state = 'failed'"), "what cannot get better is not tried again")
	require.Equal(t, "failed", s.target(t, "select state from pgcutover.item where label = 'index public.dup_a'"))
	require.Equal(t, "waiting", s.target(t, "select state from pgcutover.item where label = 'analyze public.dup'"))
	require.Nil(t, s.state(t)["load"])
	status := s.must(t, "40-load/42-load.sh", "--status")
	require.Contains(t, status, "2 failed")

	s.target(t, "truncate public.taken; delete from public.dup; drop trigger twice on public.dup; insert into public.dup select n, 'x' from generate_series(1, 100) n")
	s.must(t, "40-load/42-load.sh")
	s.sameRows(t)
}

func TestLoadOfAnother(t *testing.T) {
	s := newSite(t, loadSQL, nil)
	s.must(t, "40-load/42-load.sh", "--only-copies")
	set := func(column, value string) string { return "update pgcutover.run set " + column + " = " + value }
	plan, lsn := s.target(t, "select plan from pgcutover.run"), s.target(t, "select lsn from pgcutover.run")
	s.target(t, set("plan", "'another'"))
	s.refused(t, []string{"belongs to another plan (another)", "83-full-restart"}, "40-load/42-load.sh")
	s.target(t, set("plan", "'"+plan+"'")+";"+set("lsn", "'0/42'"))
	s.refused(t, []string{"begun at LSN 0/42", "83-full-restart"}, "40-load/42-load.sh")
	s.target(t, set("lsn", "'"+lsn+"'"))
	s.must(t, "40-load/41-ledger.sql")
	s.must(t, "40-load/42-load.sh")
	s.sameRows(t)
	_, code := s.run(t, "40-load/42-load.sh", "--workers", "many")
	require.Equal(t, 2, code)
	require.Contains(t, s.must(t, "40-load/42-load.sh", "--help"), "--only-copies")
}

// What the paused replica refuses cannot be mended while it stands.
func TestLoadWithoutRightOnReplica(t *testing.T) {
	s := newSite(t, loadSQL+"create role reader login; grant select on public.big, public.empty to reader;", func(o *planner.Options) { o.Load.BatchBytes = 1 })
	services := filepath.Join(s.dir, "services")
	b, err := os.ReadFile(services)
	require.NoError(t, err)
	head, tail, ok := strings.Cut(string(b), "[pgcutover_replica]\n")
	require.True(t, ok)
	require.NoError(t, os.WriteFile(services, []byte(head+"[pgcutover_replica]\n"+strings.Replace(tail, "user=postgres", "user=reader", 1)), 0o600))
	s.refused(t, []string{"replica: permission denied for table small", "does not reach the replica while it stands", "83-full-restart.sh --yes"}, "40-load/42-load.sh")
	require.Equal(t, "20000", s.target(t, "select count(*) from public.big"), "the others go on")
}
