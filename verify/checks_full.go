package verify

import (
	"github.com/pgcutover/pgcutover/planner"
)

// fullChecks are what the servers tell of a full load by AWS DMS. What AWS itself tells is asked by package verify/dms.
func fullChecks() []Check {
	only := planner.Engines{planner.EngineDMSFull}
	lasting := []Gate{CDC, CutoverReady, Cutover}
	return []Check{
		{
			Code: "G4-EMPTY", Title: "the tables that AWS DMS loads are empty", Engines: only, Gates: []Gate{CDCReady}, Family: Load, Cost: Bounded, Loss: true, Needs: []Side{Target}, Run: checkTablesEmpty,
			Why:    "TargetTablePrepMode is DO_NOTHING, so that the tables keep what pg_dump gave them: AWS DMS neither empties them nor looks. What is there is mixed with what is loaded, or stops the load by its key.",
			Remedy: "find out whose the rows are; what an earlier run has loaded is emptied by 80-recovery/83-full-restart.sh",
		},
		{
			Code: "G3-SENT", Title: "the target has the rows that each task has loaded", Engines: only, Gates: []Gate{Loaded}, Family: Rows, Cost: Full, Loss: true, Needs: []Side{Target}, Run: checkSent,
			Why:    "While the tasks stand still after the full load nothing but them has written to the target, so it has exactly what they loaded; the first change that is applied ends that. The source goes on, and cannot be compared before the cutover.",
			Remedy: "see what wrote to the target, and G3-FULL for the tables; then 80-recovery/83-full-restart.sh",
		},
		{
			Code: "G3-EXC", Title: "no row failed to load", Engines: only, Gates: []Gate{Loaded, CDC, CutoverReady, Cutover}, Family: Load, Cost: Bounded, Loss: true, Needs: []Side{Target}, Run: checkLoadExceptions,
			Why:    "Each line in awsdms_full_load_exceptions is a row, or a table, that is not on the target. No documentation tells its columns, so that any row in it is a no.",
			Remedy: "the table, and the task's log, tell why; once that is mended: 80-recovery/83-full-restart.sh",
		},
		{
			Code: "G5-VALID", Title: "AWS DMS's own comparison has found no row that differs", Engines: only, Gates: lasting, Family: Apply, Cost: Bounded, Informational: true, Needs: []Side{Target}, Run: checkValidation,
			Why:    "What it finds is written into awsdms_validation_failures_v1 (and _v2). Some of it are false alarms: rows that change while they are compared, times and floating-point numbers that are written in another way, keys too long for the table. So it only warns, and the comparison at the cutover decides.",
			Remedy: "pgcutover verify cutover --check rows --rows checksum, while the source is frozen",
		},
	}
}
