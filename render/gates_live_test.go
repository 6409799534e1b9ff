package render_test

import (
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/pgcutover/pgcutover/verify"
)

// mend runs on the source the statement that a line names to note a table anew.
func (l *lab) mend(t *testing.T, lines []string) {
	t.Helper()
	for _, line := range lines {
		sql := regexp.MustCompile(`on the source: (.*;)`).FindStringSubmatch(line)
		require.NotNil(t, sql, line)
		l.src.MustPsql(t, "shop", sql[1])
	}
}

// What 21-pause.sh leaves on the source tells the gate "cdc" of changes that never reach the target.
func TestWhatThePauseNotes(t *testing.T) {
	l := newLab(t)
	l.must(t, "10-source/13-role.sql")
	l.ready(t)
	source := func(sql string) { t.Helper(); l.src.MustPsql(t, "shop", sql) }
	source("drop rule no_delete on public.nokey; update public.nokey set b = 'before' where a = 1; truncate public.\"Mixed Case\"")
	free := int64(1 << 40)
	l.plan.Estimate.SourceFreeBytes = &free
	counters := []string{"G5-NOPK", "G5-TRUNC"}
	l.editState(t, func(map[string]any) {})
	says(t, l.verify(t, verify.CDC, counters...), "unknown G5-NOPK public.nokey|was not noted", "unknown G5-TRUNC|was not noted")
	l.pausedAndLoaded(t)
	says(t, l.verify(t, verify.CDC, counters...)) // what was before the pause is in the copy
	says(t, l.verify(t, verify.CDC, "G5-WALCAP"), "warn G5-WALCAP dms_slot_01|by what the plan's configuration says was free|PGCUTOVER_SOURCE_FREE_BYTES", "warn G5-WALCAP dms_slot_02")

	t.Run("updates and deletes", func(t *testing.T) {
		source("insert into public.nokey values (20, 'new')")
		says(t, l.verify(t, verify.CDC, counters...))
		source("update public.nokey set b = 'after' where a = 2; delete from public.nokey where a in (3, 4)")
		lines := l.verify(t, verify.CDC, counters...)
		says(t, lines, "fail G5-NOPK public.nokey: 1 update and 2 deletes since the pause|--rows delta")
		says(t, l.verify(t, verify.CutoverReady, "G5-NOPK"), "fail G5-NOPK public.nokey")
		l.mend(t, lines)
		says(t, l.verify(t, verify.CDC, counters...))
		source("begin; delete from public.nokey where a = 5; rollback")
		lines = l.verify(t, verify.CDC, "G5-NOPK")
		says(t, lines, "fail G5-NOPK public.nokey: 0 updates and 1 delete|those that were rolled back are counted too")
		l.mend(t, lines)
	})
	t.Run("counters that are lost", func(t *testing.T) {
		source("select pg_stat_reset_single_table_counters('public.calls'::regclass)")
		lines := l.verify(t, verify.CDC, counters...)
		says(t, lines, "unknown G5-NOPK public.nokey|were reset since the pause")
		l.mend(t, lines)
		says(t, l.verify(t, verify.CDC, counters...))
		source("select pg_stat_reset()")
		lines = l.verify(t, verify.CDC, counters...)
		says(t, lines, "unknown G5-NOPK public.nokey|has lost its counters")
		l.mend(t, lines)
		says(t, l.verify(t, verify.CDC, counters...))
		l.src.Kill() // a crash
		require.NoError(t, l.src.Restart())
		lines = l.verify(t, verify.CDC, counters...)
		says(t, lines, "unknown G5-NOPK public.nokey|has lost its counters")
		// Restarts of a slot and tables that are noted anew bring nothing back; noting all of them does.
		note := func(slots string) {
			script, err := os.ReadFile(l.dir + "/migration/20-replica/21-pause.sh")
			require.NoError(t, err)
			sql := regexp.MustCompile(`(?s)\nnote_tables\(\) \{.*?<<'SQL'\n(.*?)\nSQL\n`).FindSubmatch(script)
			require.NotNil(t, sql)
			source(strings.NewReplacer(`:"schema"`, "pgcutover", ":'slots'", "'"+slots+"'").Replace(string(sql[1])))
		}
		for range 3 {
			note("dms_slot_01")
			source("update pgcutover.noted set updated = pg_stat_get_tuples_updated(relid) where relid = 'public.nokey'::regclass")
		}
		says(t, l.verify(t, verify.CDC, counters...), "unknown G5-NOPK public.nokey|has lost its counters")
		eventually := func() {
			t.Helper()
			require.Eventually(t, func() bool { return len(l.verify(t, verify.CDC, counters...)) == 0 }, time.Minute, 200*time.Millisecond, "a session reports what it counted when it ends")
		}
		note("dms_slot_01,dms_slot_02")
		eventually()
		source("select pg_stat_reset()")
		says(t, l.verify(t, verify.CDC, counters...), "unknown G5-NOPK public.nokey|has lost its counters")
		l.mend(t, lines)
		eventually()
		require.NoError(t, l.src.Restart()) // in good order: nothing is lost
		says(t, l.verify(t, verify.CDC, counters...))
	})
	t.Run("truncated and rewritten", func(t *testing.T) {
		source("vacuum full public.calls")
		lines := l.verify(t, verify.CDC, counters...)
		says(t, lines, "unknown G5-TRUNC public.calls|rewritten since the pause|unless")
		l.mend(t, lines)
		source("set session_replication_role = replica; truncate public.nokey")
		lines = l.verify(t, verify.CDC, counters...)
		says(t, lines, "unknown G5-TRUNC public.nokey|rewritten since the pause|unless")
		l.mend(t, lines)
		source("truncate public.\"Mixed Case\", public.nokey")
		lines = l.verify(t, verify.CDC, counters...)
		says(t, lines, `fail G5-TRUNC public."Mixed Case"|82-restart-slot.sh dms_slot_01`, "fail G5-TRUNC public.nokey|82-restart-slot.sh dms_slot_02")
		source("create role onlooker login; grant usage on schema pgcutover, pglogical to onlooker; grant select on pgcutover.noted to onlooker")
		says(t, l.verifyAs(t, "onlooker", verify.CDC, counters...), `unknown G5-TRUNC public."Mixed Case"|grant select on pglogical.queue`, "unknown G5-TRUNC public.nokey")
		l.mend(t, lines)
		says(t, l.verify(t, verify.CDC, counters...))
	})
	t.Run("the disk", func(t *testing.T) {
		says(t, l.verify(t, verify.CDC, "G5-WALCAP"), "warn G5-WALCAP dms_slot_01|by what the plan's configuration says was free|PGCUTOVER_SOURCE_FREE_BYTES", "warn G5-WALCAP dms_slot_02")
		free = 1
		says(t, l.verify(t, verify.CDC, "G5-WALCAP"), "fail G5-WALCAP dms_slot_01|of WAL, and the source's disk has 0 B left", "fail G5-WALCAP dms_slot_02")
		l.plan.Estimate.SourceFreeBytes = nil
		says(t, l.verify(t, verify.CDC, "G5-WALCAP"), "unknown G5-WALCAP dms_slot_01", "unknown G5-WALCAP dms_slot_02")
	})
}

// The transaction that 21-pause.sh leaves across the pause is missed when it does not arrive, and only then.
func TestWhatSpansThePause(t *testing.T) {
	l := newLab(t)
	l.must(t, "10-source/13-role.sql")
	l.ready(t)
	l.pausedAndLoaded(t)
	carry := func(marker string, id int) {
		t.Helper()
		row := l.src.MustPsql(t, "shop", fmt.Sprintf("select format('(%%s, %%L, %%L, %%L)', id, token, source_lsn, at) from pgcutover.%s where id = %d", marker, id))
		l.dst.MustPsql(t, "shop", fmt.Sprintf("insert into pgcutover.%s values %s on conflict (id) do update set token = excluded.token, source_lsn = excluded.source_lsn", marker, row))
	}
	said := func() []string { t.Helper(); return l.verify(t, verify.CDC, "G5-STRADDLER") }
	const one, two = "marker_dms_slot_01", "marker_dms_slot_02"
	lines := said()
	says(t, lines, "unknown G5-STRADDLER dms_slot_01|is not known to have", "unknown G5-STRADDLER dms_slot_02")
	touch := regexp.MustCompile(`on the source: (update .*;)`).FindStringSubmatch(lines[0])
	require.NotNil(t, touch, lines[0])
	l.src.MustPsql(t, "shop", touch[1])
	carry(one, 1)
	carry(two, 2)
	says(t, said(), "fail G5-STRADDLER dms_slot_01|committed after it is missing|82-restart-slot.sh dms_slot_01")
	says(t, l.verify(t, verify.CutoverReady, "G5-STRADDLER"), "fail G5-STRADDLER dms_slot_01")
	carry(one, 2)
	says(t, said())
	l.dst.MustPsql(t, "shop", "update pgcutover."+one+" set token = 'of another pause' where id = 2")
	says(t, said(), "fail G5-STRADDLER dms_slot_01")
	l.editState(t, func(state map[string]any) { delete(state["pause"].(map[string]any), "straddled_lsn") })
	says(t, said(), "unknown G5-STRADDLER dms_slot_01|left no transaction of its own", "unknown G5-STRADDLER dms_slot_02")
}
