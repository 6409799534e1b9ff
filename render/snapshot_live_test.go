package render_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/pgcutover/pgcutover/planner"
	"github.com/pgcutover/pgcutover/verify/rehearse/cluster"
)

// impatient are the settings of a source that ends whatever is idle.
var impatient = []string{"idle_in_transaction_session_timeout=2s", "wal_sender_timeout=2s", "idle_session_timeout=2s"}

// impatientOf are those that a major has; from 17 on no transaction may last either.
func impatientOf(major int) []string {
	switch {
	case major < 14:
		return impatient[:2]
	case major < 17:
		return impatient
	}
	return append(slices.Clone(impatient), "transaction_timeout=2s")
}

// snapshotSite is a migration whose rows come from the source itself, up to the schema and the ledger on the target: no server stands still, and
// somebody writes all the time.
func snapshotSite(t *testing.T) (s *site, write *writer) {
	t.Helper()
	s = nativeSiteOf(t, cluster.Options{Settings: impatient}, 0, nativeSQL+slowSQL, false, func(o *planner.Options) {
		o.Native.HandOff, o.Native.WayBack = planner.HandOffSnapshot, nil
		o.Load.BatchBytes = 1
		o.Slots.Pin = map[string]int{"public.slow": 2, "public.t1": 2, "public.t2": 2, "public.t3": 2, "public.customer": 1}
	})
	write = s.writer(t)
	s.published(t)
	require.Equal(t, "0", s.src.MustPsql(t, "shop", "select count(*) from pg_replication_slots"), "slots come with their snapshots")
	for _, step := range []string{"30-target/31-roles.sql", "30-target/32-schema.sh", "40-load/41-ledger.sql"} {
		s.must(t, step)
	}
	return s, write
}

// snapshotOf is what state.json says of a slot and of its snapshot.
func (s *site) snapshotOf(t *testing.T, slot string) (point, name string) {
	t.Helper()
	x, ok := s.state(t)["slots"].(map[string]any)[slot].(map[string]any)
	require.True(t, ok, slot)
	return x["consistent_point"].(string), x["snapshot"].(map[string]any)["name"].(string)
}

// sameInSnapshot compares every table of a slot on the target with the source as its snapshot sees it.
func (s *site) sameInSnapshot(t *testing.T, slot string) {
	t.Helper()
	_, name := s.snapshotOf(t, slot)
	at := slices.IndexFunc(s.plan.Groups, func(g planner.Group) bool { return g.Slot == slot })
	for _, n := range append(slices.Clone(s.plan.Groups[at].Tables), s.plan.Groups[at].Marker) {
		sql := `select count(*), coalesce(sum(('x' || substr(md5(t::text), 1, 8))::bit(32)::bigint), 0) from only ` + n.SQL() + ` t`
		there := s.src.MustPsql(t, "shop", "begin isolation level repeatable read read only; set transaction snapshot '"+name+"'; set extra_float_digits = 3; "+sql+"; commit")
		require.Equal(t, there, s.target(t, "set extra_float_digits = 3; "+sql), "table %s", n)
	}
}

func (s *site) copies(t *testing.T, slot string) string {
	t.Helper()
	return s.target(t, "select count(*) filter (where state = 'done') || ' of ' || count(*) from pgcutover.item where slot = '"+slot+"'")
}

func (s *site) changed(t *testing.T, table string) string {
	t.Helper()
	return s.target(t, "select count(*) from "+table)
}

// killHolder kills the process that holds a slot's snapshot, and waits until the source has noticed.
func (s *site) killHolder(t *testing.T, slot string) {
	t.Helper()
	killed := 0
	for _, pid := range s.processes(t) {
		line, err := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", pid))
		if err == nil && strings.Contains(string(line), "pgcutover snapshot "+slot) {
			require.NoError(t, syscall.Kill(pid, syscall.SIGKILL))
			killed++
		}
	}
	require.Equal(t, 1, killed)
	require.Eventually(t, func() bool {
		return s.src.MustPsql(t, "shop", "select count(*) from pg_stat_activity where application_name = 'pgcutover snapshot "+slot+"'") == "0"
	}, 30*time.Second, 20*time.Millisecond)
}

const one, two = "pgcutover_01", "pgcutover_02"

// From a source without a standby, under writes from before the first slot to the freeze: the slots are held one after the other, a load is killed
// in the middle of a copy and goes on, and each row is the same at the end.
func TestSnapshots(t *testing.T) {
	s, write := snapshotSite(t)
	s.refused(t, []string{"no snapshot yet", "21-hold.sh"}, "40-load/42-load.sh")
	require.Contains(t, s.must(t, "20-snapshots/21-hold.sh", one), "1 of 2 snapshots are held")
	s.refused(t, []string{"copies of " + two + " wait for its snapshot", "21-hold.sh " + two}, "40-load/42-load.sh")
	require.Regexp(t, `^(\d+) of (\d+)$`, s.copies(t, one))
	done, of, _ := strings.Cut(s.copies(t, one), " of ")
	require.Equal(t, of, done)
	require.True(t, strings.HasPrefix(s.copies(t, two), "0 of "), s.copies(t, two))
	s.sameInSnapshot(t, one)
	require.Contains(t, s.must(t, "20-snapshots/22-release.sh", two), "is not made yet")

	held := s.must(t, "20-snapshots/21-hold.sh")
	require.Contains(t, held, "the snapshot of "+one+" is held already")
	require.Contains(t, held, "2 of 2 snapshots are held")
	s.refused(t, []string{"copies of " + two + " are left"}, "20-snapshots/22-release.sh", two)
	first, _ := s.snapshotOf(t, one)
	second, _ := s.snapshotOf(t, two)
	require.NotEqual(t, first, second)

	s.slowTarget(t, 0.01, "slow")
	load := s.start(t, "40-load/42-load.sh")
	s.untilCopying(t, "slow")
	require.NoError(t, syscall.Kill(-load.cmd.Process.Pid, syscall.SIGKILL)) // its worker would end with the item
	load.wait(t)
	s.src.MustPsql(t, "shop", "select pg_terminate_backend(pid) from pg_stat_activity where application_name like 'pgcutover load%'")
	require.Eventually(t, func() bool {
		return s.target(t, "select count(*) from pg_stat_activity where application_name like 'pgcutover load%'") == "0"
	}, time.Minute, 50*time.Millisecond)
	s.target(t, "drop trigger slow on public.slow")
	require.Equal(t, "0", s.changed(t, "public.slow"), "what was under way is rolled back")
	time.Sleep(3 * time.Second) // longer than the source lets anybody be idle
	require.Contains(t, s.must(t, "20-snapshots/21-hold.sh", "--check"), two+": held")
	s.must(t, "40-load/42-load.sh")
	s.sameInSnapshot(t, one)
	s.sameInSnapshot(t, two)
	require.Contains(t, s.must(t, "40-load/42-load.sh"), "nothing to do")

	s.must(t, "20-snapshots/22-release.sh")
	require.Equal(t, "0", s.src.MustPsql(t, "shop", "select count(*) from pg_stat_activity where application_name like 'pgcutover snapshot%'"))
	require.Contains(t, s.must(t, "20-snapshots/21-hold.sh"), "its snapshot is not needed any more")
	s.must(t, "20-snapshots/21-hold.sh", "--check")
	s.must(t, "50-cdc/native/51-subscriptions.sh")
	require.Equal(t, first+" "+second, s.target(t, `select string_agg(o.remote_lsn::text, ' ' order by s.subname) from pg_subscription s
		join pg_replication_origin_status o on o.external_id = 'pg_' || s.oid`), "each begins where its own snapshot was taken")
	s.must(t, "50-cdc/native/52-enable.sh")
	s.caughtUp(t)
	write.stop()
	require.Greater(t, write.n.Load(), int64(100))
	s.must(t, "70-cutover/71-freeze.sh")
	s.must(t, "70-cutover/72-drain.sh", "--timeout", "120")
	s.sameAsSource(t)
	s.must(t, "70-cutover/73-sequences.sh")
	s.must(t, "70-cutover/74-constraints.sh")
	require.ElementsMatch(t, strings.Split(s.src.MustPsql(t, "shop", structure), "\n"), strings.Split(s.target(t, structure), "\n"))
	s.must(t, "70-cutover/78-retire.sh", "--yes", "--all")
	s.nobodyLeft(t)
}

// A snapshot that is gone is not replaced by another: its slot's tables begin anew, and the other slot goes on. Later, while changes are applied,
// the other is started over in the same way.
func TestSnapshotThatIsLost(t *testing.T) {
	s, write := snapshotSite(t)
	s.must(t, "20-snapshots/21-hold.sh")
	_, old := s.snapshotOf(t, two)
	s.slowTarget(t, 0.01, "slow")
	load := s.start(t, "40-load/42-load.sh", "--workers", "1")
	s.untilCopying(t, "slow")
	s.killHolder(t, two)
	said, code := load.wait(t)
	require.Equal(t, 1, code, said)
	require.Contains(t, said, "the snapshot of "+two+" is gone")
	require.Contains(t, said, "82-restart-slot.sh "+two)
	s.target(t, "drop trigger slow on public.slow")
	require.Equal(t, "1000", s.changed(t, "public.slow"), "a copy that has begun needs the session no more")
	s.sameInSnapshot(t, one)
	before := s.copies(t, two)
	require.NotContains(t, before, "0 of", before)
	s.refused(t, []string{"the snapshot of " + two + " is gone", "82-restart-slot.sh " + two}, "20-snapshots/21-hold.sh")
	s.refused(t, []string{two + ": "}, "20-snapshots/21-hold.sh", "--check")
	s.refused(t, []string{"the snapshot of " + two + " is gone"}, "40-load/42-load.sh") // the next day
	require.Equal(t, before, s.copies(t, two))

	s.refused(t, []string{"nothing was done"}, "80-recovery/82-restart-slot.sh", two)
	s.must(t, "80-recovery/82-restart-slot.sh", two, "--yes")
	_, now := s.snapshotOf(t, two)
	require.NotEqual(t, old, now)
	s.sameInSnapshot(t, one)
	s.sameInSnapshot(t, two)
	require.Equal(t, "0", s.target(t, "select count(*) from pgcutover.item where state <> 'done' or unfinished <> 0"))
	s.must(t, "50-cdc/native/51-subscriptions.sh")
	s.must(t, "50-cdc/native/52-enable.sh")
	s.must(t, "20-snapshots/22-release.sh")
	s.caughtUp(t)

	s.must(t, "80-recovery/82-restart-slot.sh", one, "--yes")
	require.Equal(t, two, s.target(t, "select string_agg(subname, ',') from pg_subscription"), "the other goes on")
	s.sameInSnapshot(t, one)
	s.must(t, "50-cdc/native/51-subscriptions.sh")
	s.must(t, "50-cdc/native/52-enable.sh")
	s.must(t, "20-snapshots/22-release.sh")
	s.caughtUp(t)
	write.stop()
	s.must(t, "70-cutover/71-freeze.sh")
	s.must(t, "70-cutover/72-drain.sh", "--timeout", "120")
	s.sameAsSource(t)
	s.must(t, "70-cutover/76-unfreeze.sh")

	s.must(t, "80-recovery/83-full-restart.sh", "--yes")
	require.Equal(t, "0", s.changed(t, "public.customer"))
	for _, step := range []string{"20-snapshots/21-hold.sh", "40-load/41-ledger.sql", "40-load/42-load.sh"} {
		s.must(t, step)
	}
	s.sameInSnapshot(t, one)
	s.sameInSnapshot(t, two)
	s.must(t, "80-recovery/81-abort.sh", "--yes")
	require.Equal(t, "0", s.src.MustPsql(t, "shop", `select (select count(*) from pg_replication_slots) + (select count(*) from pg_publication) + (select count(*) from pg_namespace where nspname = 'pgcutover')
		+ (select count(*) from pg_stat_activity where application_name like 'pgcutover snapshot%')`))
	s.nobodyLeft(t)
}

// Nothing is copied in another snapshot than the slot's, and no table whose rows as of then are gone.
func TestRowsOfAnotherMoment(t *testing.T) {
	s, write := snapshotSite(t)
	write.stop()

	// A transaction that writes keeps a slot from beginning. A wait that is given up leaves nothing; one that is killed is cleared away by the next.
	writing, err := pgx.Connect(t.Context(), s.src.DSN("shop"))
	require.NoError(t, err)
	_, err = writing.Exec(t.Context(), "set idle_in_transaction_session_timeout = 0; begin; insert into public.wiped values (77)")
	require.NoError(t, err)
	left := func() string {
		return s.src.MustPsql(t, "shop", "select (select count(*) from pg_replication_slots) + (select count(*) from pg_stat_activity where application_name like 'pgcutover snapshot%')")
	}
	s.refused(t, []string{"did not become consistent within 6 seconds", "waiting for process"}, "20-snapshots/21-hold.sh", "--wait", "6")
	require.Equal(t, "0", left())
	killed := s.start(t, "20-snapshots/21-hold.sh")
	require.Eventually(t, func() bool { return left() == "2" }, time.Minute, 50*time.Millisecond)
	require.NoError(t, syscall.Kill(-killed.cmd.Process.Pid, syscall.SIGKILL))
	killed.wait(t)
	require.NoError(t, writing.Close(t.Context()))
	require.Eventually(t, func() bool {
		return strings.HasPrefix(s.src.MustPsql(t, "shop", "select count(*) || ' ' || bool_or(active) from pg_replication_slots"), "1 false")
	}, time.Minute, 50*time.Millisecond)
	require.Contains(t, s.must(t, "20-snapshots/21-hold.sh"), "slot "+one+" dropped")
	require.Equal(t, "4", left(), "two slots, and the two sessions that hold their snapshots")

	// As after a restart of the source, when a name comes again.
	good := s.state(t)
	edit := func(change func(snapshot map[string]any)) {
		b, err := json.Marshal(good)
		require.NoError(t, err)
		var state map[string]any
		require.NoError(t, json.Unmarshal(b, &state))
		if change != nil {
			change(state["slots"].(map[string]any)[two].(map[string]any)["snapshot"].(map[string]any))
		}
		b, err = json.Marshal(state)
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(filepath.Join(s.dir, "state.json"), b, 0o600))
	}
	edit(func(snapshot map[string]any) { snapshot["transactions"] = "3:3:" })
	s.refused(t, []string{"the snapshot of " + two + " is gone"}, "40-load/42-load.sh")
	require.True(t, strings.HasPrefix(s.copies(t, two), "0 of "))
	s.refused(t, []string{"another snapshot has its name"}, "20-snapshots/21-hold.sh")
	// The ledger lets no copy begin in another one either.
	_, err = s.dst.Psql(t.Context(), "shop", `select pgcutover.begin_item(i.id, 'somebody', r.plan, x.name || 'x', x.lsn)
		from pgcutover.item i join pgcutover.snapshot x using (slot), pgcutover.run r where i.state = 'waiting' and i.kind = 'copy' limit 1`)
	require.ErrorContains(t, err, "has another snapshot by now")
	edit(nil)
	s.refused(t, []string{"does not fit what would follow"}, "40-load/42-load.sh")
	s.must(t, "80-recovery/82-restart-slot.sh", two, "--yes")
	s.sameInSnapshot(t, two)

	// Of a table that is rewritten, a snapshot from before shows nothing, or might.
	for _, slot := range []string{one, two} {
		s.must(t, "20-snapshots/22-release.sh", slot, "--force")
	}
	s.must(t, "80-recovery/83-full-restart.sh", "--yes")
	s.must(t, "40-load/41-ledger.sql")
	s.must(t, "20-snapshots/21-hold.sh")
	s.src.MustPsql(t, "shop", "vacuum full public.t1")
	s.src.MustPsql(t, "shop", "truncate public.t2; insert into public.t2 values (1, 'new')")
	s.src.MustPsql(t, "shop", "alter table public.t3 alter column a type integer using a + 0")
	s.refused(t, []string{"table public.t1 was truncated, rewritten", "table public.t2 was", "table public.t3 was", "82-restart-slot.sh"}, "40-load/42-load.sh")
	for _, table := range []string{"t1", "t2", "t3"} {
		require.Equal(t, "0", s.changed(t, "public."+table))
	}
	require.Equal(t, "3", s.target(t, "select count(*) from pgcutover.item where state = 'failed'"))
	s.refused(t, []string{"the tables of " + one + " are copied at", "the load is not done"}, "80-recovery/82-restart-slot.sh", one, "--yes")
	s.sameInSnapshot(t, one)
	s.must(t, "80-recovery/82-restart-slot.sh", two, "--yes")
	s.sameInSnapshot(t, one)
	s.sameInSnapshot(t, two)
}

// Every major that has publications exports snapshots, each by its own words, and lets sessions read them in.
func TestSnapshotsOfEveryMajor(t *testing.T) {
	if testing.Short() {
		t.Skip("takes minutes")
	}
	cluster.Need(t)
	const sql = `create table public.a (id int primary key, b text); create table public.b (id bigint primary key, c numeric);
		insert into public.a select n, n from generate_series(1, 500) n; insert into public.b select n, n from generate_series(1, 500) n`
	installs, err := cluster.Installs(t.Context())
	require.NoError(t, err)
	done := map[int]bool{}
	for _, in := range installs {
		if in.Major < 10 || in.Major > 99 || done[in.Major] {
			continue
		}
		done[in.Major] = true
		t.Run(strconv.Itoa(in.Major), func(t *testing.T) {
			s := nativeSiteOf(t, cluster.Options{Major: in.Major, Settings: impatientOf(in.Major)}, 0, sql, false, func(o *planner.Options) {
				o.Native.HandOff, o.Native.WayBack = planner.HandOffSnapshot, nil
				o.Slots.Pin = map[string]int{"public.a": 1, "public.b": 2}
			})
			s.published(t)
			s.target(t, "create table public.a (id int not null, b text); create table public.b (id bigint not null, c numeric)") // not every pair has a pg_dump here
			s.must(t, "40-load/41-ledger.sql")
			s.must(t, "20-snapshots/21-hold.sh")
			s.src.MustPsql(t, "shop", "insert into public.a values (1001, 'later'); delete from public.b where id = 7; update public.a set b = 'new' where id = 9")
			time.Sleep(3 * time.Second) // longer than the source lets anybody be idle
			s.must(t, "40-load/42-load.sh")
			require.Equal(t, "500 500", s.target(t, "select (select count(*) from public.a) || ' ' || (select count(*) from public.b)"))
			s.sameInSnapshot(t, one)
			s.sameInSnapshot(t, two)
			s.must(t, "20-snapshots/22-release.sh")
			s.must(t, "50-cdc/native/51-subscriptions.sh")
			s.must(t, "50-cdc/native/52-enable.sh")
			s.caughtUp(t)
			s.sameAsSource(t)
		})
	}
}
