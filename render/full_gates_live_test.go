package render_test

import (
	"fmt"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/pgcutover/pgcutover/analyze"
	"github.com/pgcutover/pgcutover/planner"
	"github.com/pgcutover/pgcutover/verify"
)

// statistics are what AWS tells of the tables of a group: each is loaded, with the rows that the target has.
func (s fullSite) statistics(t *testing.T, group int) []map[string]any {
	t.Helper()
	var out []map[string]any
	for _, n := range append([]analyze.Name{s.plan.Groups[group].Marker}, s.plan.Groups[group].Tables...) {
		rows, err := strconv.Atoi(s.target(t, "select count(*) from only "+n.SQL()))
		require.NoError(t, err)
		out = append(out, map[string]any{"SchemaName": n.Schema, "TableName": n.Name, "TableState": "Table completed", "FullLoadRows": rows, "FullLoadErrorRows": 0, "FullLoadCondtnlChkFailedRows": 0})
	}
	return out
}

// The gates see what the scripts of a full load make, and what AWS tells of it.
func TestFullGates(t *testing.T) {
	s := newFullSite(t, fullSQL, func(o *planner.Options) { o.Slots.Count = 2 })
	s.aws(t)
	const folder = "50-cdc/dms/"
	l := &lab{src: s.src, dst: s.dst, dir: s.dir, env: s.env, plan: s.plan}
	aws := []string{"G4-INST", "G4-EP", "G4-CONN", "G4-TASK", "G4-SET", "G4-MAP"}
	s.must(t, "10-source/12-settings.sh", "--apply", "source")
	for _, step := range []string{"10-source/13-role.sql", "10-source/14-markers.sql", "30-target/31-roles.sql", "30-target/32-schema.sh", "30-target/33-relax.sql", "30-target/34-keys.sql", "40-load/41-ledger.sql", folder + "51-control.sql"} {
		s.must(t, step)
	}
	says(t, l.verify(t, verify.CDCReady, "G4-TASK"), "fail G4-TASK dms_full_01|there is no task|53-deploy.sh", "fail G4-TASK dms_full_02")
	s.must(t, folder+"53-deploy.sh")
	s.must(t, folder+"54-test-connections.sh")
	says(t, l.verify(t, verify.CDCReady, aws...))
	says(t, l.verify(t, verify.Loaded, "G3-FULL"), "fail G3-FULL dms_full_01|has not been started|55-start.sh dms_full_01", "fail G3-FULL dms_full_02")

	// What is planned otherwise is not what is there.
	was := l.plan.Options
	full := *was.Full
	full.SubTasks, l.plan.Options.Full = 3, &full
	says(t, l.verify(t, verify.CDCReady, "G4-SET"), "fail G4-SET dms_full_01|$.FullLoadSettings.MaxFullLoadSubTasks is 8, and should be 3|modify-replication-task", "fail G4-SET dms_full_02")
	l.plan.Options = was

	s.starts(t)
	says(t, l.verify(t, verify.CDCReady, "G4-TASK"), "fail G4-TASK dms_full_01|it has been started already", "fail G4-TASK dms_full_02")
	for i := range s.plan.Groups {
		s.loads(t, i)
	}

	// While it loads: never a pass, and no failure either, but for a table in error.
	tables := [2][]map[string]any{s.statistics(t, 0), s.statistics(t, 1)}
	s.tell(t, 1, map[string]any{"Tables": tables[1]})
	tables[0][1]["TableState"], tables[0][1]["FullLoadRows"] = "Full load", 7
	s.tell(t, 0, map[string]any{"Status": "running", "StopReason": nil, "ReplicationTaskStats": map[string]any{"FullLoadProgressPercent": 40}, "Tables": tables[0]})
	says(t, l.verify(t, verify.Loaded, "G3-FULL"), fmt.Sprintf("unknown G3-FULL dms_full_01|is running: %d of %d tables loaded|40 %%|7 rows so far|55-wait.sh", len(tables[0])-1, len(tables[0])))
	tables[0][1]["TableState"], tables[0][1]["FullLoadErrorRows"] = "Table error", 2
	s.tell(t, 0, map[string]any{"Tables": tables[0]})
	says(t, l.verify(t, verify.Loaded, "G3-FULL"), "fail G3-FULL dms_full_01|has ended its full load with", "fail G3-FULL dms_full_01|given up: |(Table error)|83-full-restart.sh")
	s.tell(t, 0, map[string]any{"Status": "stopped", "StopReason": "Stop Reason STOPPED_DUE_TO_LOW_DISK", "Tables": s.statistics(t, 0)})
	says(t, l.verify(t, verify.Loaded, "G3-FULL"), "fail G3-FULL dms_full_01|not because its tables are loaded: Stop Reason STOPPED_DUE_TO_LOW_DISK")
	says(t, l.verify(t, verify.Loaded, "G3-SENT"), "skip G3-SENT dms_full_01|does not say|55-wait.sh", "skip G3-SENT dms_full_02")

	s.tell(t, 0, map[string]any{"Tables": s.statistics(t, 0)})
	s.must(t, folder+"55-wait.sh")
	s.must(t, "40-load/42-load.sh")
	says(t, l.verify(t, verify.Loaded, "G3-FULL", "G3-SENT", "G3-COVER", "G2-WAL"))

	// A row that is lost: which task, and which table.
	s.target(t, "delete from public.edge where id = 1")
	group := 1
	for i, g := range s.plan.Groups {
		for _, n := range g.Tables {
			if n.Name == "edge" {
				group = i + 1
			}
		}
	}
	says(t, l.verify(t, verify.Loaded, "G3-FULL", "G3-SENT"), fmt.Sprintf("fail G3-SENT dms_full_%02d|1 row missing", group), "fail G3-FULL public.edge|has loaded 50 rows, the target has 49: 1 row missing|83-full-restart.sh")
	s.target(t, "insert into public.edge values (1, 1)")

	s.must(t, folder+"57-resume.sh")
	says(t, l.verify(t, verify.CDC, "G5-TASK", "G5-TABLES", "G5-VALIDATED"), "skip G5-VALIDATED")
	says(t, l.verify(t, verify.Loaded, "G3-FULL", "G3-SENT"), "skip G3-SENT dms_full_01|has applied changes", "skip G3-SENT dms_full_02", "skip G3-FULL dms_full_01|was resumed", "skip G3-FULL dms_full_02")
	says(t, l.verify(t, verify.CDC, "G5-READ"), "fail G5-READ dms_full_01|nobody reads slot made_shop_dms_full_01|57-resume.sh dms_full_01", "fail G5-READ dms_full_02") // the local tasks do nothing
	s.must(t, folder+"56-stop.sh")
	says(t, l.verify(t, verify.CDC, "G5-TASK"), "fail G5-TASK dms_full_01|stopped", "fail G5-TASK dms_full_02")
	says(t, l.verify(t, verify.Cutover, "G7-TASKS"))
	s.must(t, folder+"58-delete.sh", "--all", "--yes")
	says(t, l.verify(t, verify.After, "G8-TASKS", "G8-SLOTS"), "fail G8-SLOTS dms_full_01|slot made_shop_dms_full_01 is still there", "fail G8-SLOTS dms_full_02")
	s.src.MustPsql(t, "shop", "select pg_drop_replication_slot(slot_name) from pg_replication_slots")
	says(t, l.verify(t, verify.After, "G8-TASKS", "G8-SLOTS"))
}
