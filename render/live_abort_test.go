package render_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// Without state.json nothing says whose the slots are. They may be another run's, of the same names, and whoever reads from them
// needs its sets, its node and its markers.
func TestAbortLeavesSetsToTheSlotsOfAnotherRun(t *testing.T) {
	l := newLab(t)
	l.ready(t)
	const made = `select (select count(*) from pg_replication_slots where slot_type = 'logical'), (select count(*) from pglogical.replication_set_table),
		(select count(*) from pglogical.local_node), to_regclass('pgcutover.marker_dms_slot_01'), (select count(*) from pg_trigger where tgname like 'queue_truncate%')`
	before := l.src.MustPsql(t, "shop", made)
	own := filepath.Join(l.dir, "state.json")
	require.NoError(t, os.Rename(own, own+".away"))
	out, status := l.run(t, "80-recovery/81-abort.sh", "--yes")
	require.Equal(t, 2, status, out)
	require.Contains(t, out, "state.json does not know it: left alone")
	require.Equal(t, before, l.src.MustPsql(t, "shop", made))
	require.NoError(t, os.Rename(own+".away", own))

	// Frozen, the source gives back its slots, which is what fills its disk, and nothing else.
	l.must(t, "70-cutover/71-freeze.sh")
	out, status = l.run(t, "80-recovery/81-abort.sh", "--yes")
	require.Equal(t, 2, status, out)
	require.Contains(t, out, "run 70-cutover/76-unfreeze.sh first")
	require.Equal(t, "0", l.src.MustPsql(t, "shop", "select count(*) from pg_replication_slots where slot_type = 'logical'"))
	require.Equal(t, "pgcutover.frozen", l.src.MustPsql(t, "shop", "select to_regclass('pgcutover.frozen')"))
	l.must(t, "70-cutover/76-unfreeze.sh")
	l.must(t, "80-recovery/81-abort.sh", "--yes")
	require.NotEqual(t, before, l.src.MustPsql(t, "shop", made))
	require.Empty(t, l.src.MustPsql(t, "shop", "select to_regnamespace('pgcutover')"))
}
