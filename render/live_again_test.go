package render_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/pgcutover/pgcutover/planner"
)

// From the constraints on the target may be what the application writes to: nothing empties it by mistake. Who means it gets
// everything back with the next cutover, what comes from the schema's dump included.
func TestRestartAfterCutover(t *testing.T) {
	s := newSite(t, cutoverSQL, func(o *planner.Options) { o.Unique = planner.UniqueDefer })
	s.must(t, "40-load/42-load.sh")
	s.must(t, "70-cutover/74-constraints.sh", "--not-frozen")
	rows := s.target(t, "select count(*) from public.customer")
	require.NotEqual(t, "0", rows)
	s.refused(t, []string{"it may be in use", "--after-cutover"}, "80-recovery/83-full-restart.sh", "--yes", "--only-target")
	s.refused(t, []string{"it may be in use"}, "80-recovery/82-restart-slot.sh", s.plan.Groups[0].Slot, "--yes")
	require.Equal(t, rows, s.target(t, "select count(*) from public.customer"))

	s.must(t, "80-recovery/83-full-restart.sh", "--yes", "--only-target", "--after-cutover")
	require.Equal(t, "0", s.target(t, "select count(*) from public.customer"))
	require.Equal(t, "0", s.target(t, "select count(*) from pg_trigger where not tgisinternal"))
	s.must(t, "40-load/41-ledger.sql")
	s.must(t, "40-load/42-load.sh")
	s.must(t, "70-cutover/74-constraints.sh", "--not-frozen")
	require.ElementsMatch(t, strings.Split(s.rep.MustPsql(t, "shop", structure), "\n"), strings.Split(s.target(t, structure), "\n"))
}
