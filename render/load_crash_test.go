package render_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/pgcutover/pgcutover/planner"
	"github.com/pgcutover/pgcutover/verify/rehearse/cluster"
)

// forgetful are the settings of a server that tells nobody for ten seconds what it would not know after a crash.
var forgetful = []string{"synchronous_commit=off", "wal_writer_delay=10s"}

// A server that does not wait for its disk may lose in a crash what it has confirmed. What a script says is done, it must not lose.
func TestWhatIsDoneOutlivesACrashOfTheTarget(t *testing.T) {
	s := &site{src: cluster.StartSource(t), dst: cluster.StartTarget(t, forgetful...)}
	s.prepare(t, "create role lost_reader; create table public.a (id int primary key, b text); insert into public.a select n, n from generate_series(1, 500) n; create table public.b as table public.a; grant select on public.a to lost_reader;", nil)
	crash := func() {
		s.dst.Kill()
		require.NoError(t, s.dst.Restart())
	}
	for _, step := range []string{"30-target/31-roles.sql", "30-target/32-schema.sh", "30-target/33-relax.sql", "40-load/41-ledger.sql"} {
		s.must(t, step)
		crash()
	}
	s.must(t, "40-load/42-load.sh", "--only-copies")
	crash()
	copies := s.target(t, "select count(*) filter (where state = 'done') || ' of ' || count(*) from pgcutover.item where kind = 'copy'")
	require.Regexp(t, `^(\d+) of (\d+)$`, copies)
	require.Equal(t, "t", s.target(t, "select bool_and(state = 'done') from pgcutover.item where kind = 'copy'"), copies)
	s.sameRows(t)
	s.must(t, "40-load/42-load.sh")
	crash()
	require.Equal(t, "t", s.target(t, "select bool_and(state = 'done') from pgcutover.item"))
	require.Equal(t, "1", s.target(t, "select count(*) from pg_index where indrelid = 'public.a'::regclass and indisprimary and indisvalid"))
}

func TestWhatIsDoneOutlivesACrashOfTheSource(t *testing.T) {
	l := newLab(t, forgetful...)
	for _, step := range []string{"10-source/13-role.sql", "10-source/14-markers.sql", "10-source/15-node.sql", "10-source/16-members.sh"} {
		l.must(t, step)
		l.src.Kill()
		require.NoError(t, l.src.Restart())
	}
	l.must(t, "10-source/16-members.sh", "--check")
	l.must(t, "10-source/17-slots.sh")
}

// An empty ledger has nothing left to do, which is not the same as done.
func TestLoadWhoseLedgerIsEmptied(t *testing.T) {
	s := newSite(t, slowSQL, func(o *planner.Options) { o.Load.Workers, o.Load.BatchBytes = 2, 1 })
	s.slowTarget(t, 0.002, "slow")
	load := s.start(t, "40-load/42-load.sh")
	s.untilCopying(t, "slow")
	s.target(t, "truncate pgcutover.item, pgcutover.item_table, pgcutover.item_need")
	said, code := load.wait(t)
	require.Equal(t, 1, code)
	require.Contains(t, said, "the ledger on the target has lost items: it has 0 of")
	require.Contains(t, said, "83-full-restart.sh")
	require.NotContains(t, said, "42-load: loaded:")
	s.nobodyLeft(t)
	s.refused(t, []string{"has lost items"}, "40-load/42-load.sh")
}
