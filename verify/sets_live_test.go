package verify_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/pgcutover/pgcutover/verify"
)

// TestSetsChangedAfterThePause: a slot follows the catalog as it was at each change, so a set that is not whole at any time after the
// pause loses what was written meanwhile, also once it is whole again.
func TestSetsChangedAfterThePause(t *testing.T) {
	w := emptyWorld(t, "create table orders (id int primary key, total int)")
	w.prepareSource()
	set := w.setOf("orders")
	do := func(sql string) {
		w.source.MustPsql(t, w.db, fmt.Sprintf(sql, set))
	}
	says := func(gate verify.Gate, text string, want ...string) {
		t.Helper()
		r := w.run(gate)
		require.ElementsMatch(t, want, failed(r), show(r))
		require.Equal(t, 1, r.ExitCode())
		require.Contains(t, show(r), text)
		require.Contains(t, show(r), "82-restart-slot.sh")
	}
	const leave, join = "select pglogical.replication_set_remove_table('%s', 'orders')", "select pglogical.replication_set_add_table('%s', 'orders', false)"
	w.pause()
	w.passes(verify.Paused)
	do(leave)
	says(verify.Paused, "it is not in "+set, "G1-MEMBER public.orders")
	do(join)
	says(verify.Paused, "joined it again", "G1-MEMBER public.orders")
	repaused(w)
	w.passes(verify.Paused)

	w.load()
	w.passes(verify.Loaded)
	do("select pglogical.alter_replication_set('%s', replicate_delete := false)")
	says(verify.Loaded, "it carries updates, it has to carry updates, deletes", "G1-MEMBER "+set, "G1-SETS "+set)
	do("select pglogical.alter_replication_set('%s', replicate_delete := true)")
	says(verify.Loaded, "changed since the pause", "G1-MEMBER "+set)
	do(leave)
	says(verify.Loaded, "it is not in "+set, "G1-MEMBER "+set, "G1-MEMBER public.orders")
}
