package verify

import (
	"github.com/pgcutover/pgcutover/planner"
)

// dmsChecks are what servers tell of AWS DMS. What AWS itself tells is asked by package verify/dms. What is lost stays lost: that is asked until the target takes
// over.
func dmsChecks() []Check {
	ready, running, lasting := []Gate{CDCReady}, []Gate{CDC, CutoverReady}, []Gate{CDC, CutoverReady, Cutover}
	return []Check{
		{
			Code: "G4-TRIM", Title: "every slot stands where its task starts", Engines: planner.Engines{planner.EngineDMS}, Gates: ready, Family: Apply, Cost: Instant, Loss: true, Needs: []Side{Source}, Run: checkTrimmed,
			Why:    "A slot that was advanced to the captured position delivers nothing from before it, whatever AWS DMS makes of the position that it is given.",
			Remedy: "50-cdc/dms/52-trim.sh",
		},
		{
			Code: "G4-ROLE", Title: "the role that applies changes may do that", Engines: planner.ByDMS, Gates: ready, Family: Apply, Cost: Instant, Needs: []Side{Target}, Run: checkApplyRole,
			Why:    "A right that is missing stops the task at the first change of a table. Without session_replication_role = replica foreign keys and triggers act on changes that they have acted on already.",
			Remedy: "50-cdc/dms/51-control.sql",
		},
		{
			Code: "G4-CONTROL", Title: "no earlier task has left its place or its errors in the control tables", Engines: planner.ByDMS, Gates: ready, Family: Apply, Cost: Instant, Loss: true, Needs: []Side{Target}, Run: checkLeftovers,
			Why:    "AWS DMS keeps the checkpoint of a task under its name in awsdms_txn_state. A new task of that name must not find one, and old errors would be taken for its own.",
			Remedy: "delete the rows",
		},
		{
			Code: "G4-BATCH", Title: "tables that are applied in batches have one key on the target, and no other", Engines: planner.ByDMS, Gates: []Gate{CDCReady, CDC, CutoverReady}, Family: Apply, Cost: Instant, Loss: true, Needs: []Side{Target}, Run: checkBatches,
			Why:    "A batch makes one change of all those of a row, and applies deletes, inserts and updates apart, so that a value that moves from one row to another is there twice in between. A unique index besides the key refuses that, whether the plan knew of it or somebody has built it since, and rows go missing. A task that AWS has apply in batches where the plan does not fails G4-SET.",
			Remedy: "drop the index until the cutover",
		},
		{
			Code: "G5-READ", Title: "every slot is being read", Engines: planner.ByDMS, Gates: running, Family: Apply, Cost: Bounded, Needs: []Side{Source}, Run: checkRead,
			Why:    "The source knows whether somebody reads a slot. A task that is shown as running and does not is not worth its status.",
			Remedy: "50-cdc/dms/57-resume.sh",
		},
		{
			Code: "G5-STATUS", Title: "the tasks apply what they have read", Engines: planner.ByDMS, Gates: running, Family: Apply, Cost: Instant, Needs: []Side{Target}, Run: checkStatus,
			Why:    "awsdms_status has the source's time of what was read last and of what was applied last. Its status text stays what it was when a task dies, so it is only shown.",
			Remedy: "50-cdc/dms/57-resume.sh",
		},
		{
			Code: "G5-EXC", Title: "no change failed to apply", Engines: planner.ByDMS, Gates: lasting, Family: Apply, Cost: Bounded, Loss: true, Needs: []Side{Target}, Run: checkExceptions,
			Why:    "A start exactly where the copy ends makes no errors, not even duplicate keys. Each line in awsdms_apply_exceptions is a change that is not on the target.",
			Remedy: "verify --check rows --rows delta --differences FILE lists the rows, render --backfill FILE makes what mends them; where most of a table differs 80-recovery/82-restart-slot.sh loads the tables of its slot anew",
		},
		{
			Code: "G5-TRUNC", Title: "no table was truncated since the pause", Engines: planner.Engines{planner.EngineDMS}, Gates: lasting, Family: Apply, Cost: Instant, Loss: true, Needs: []Side{Source}, Run: checkTruncated,
			Why:    "The settings of the tasks do not apply a TRUNCATE: the target keeps the rows. A TRUNCATE gives a table a new file, which shows whoever did it, and pglogical keeps a note of it in its queue.",
			Remedy: "80-recovery/82-restart-slot.sh loads the tables of a slot anew",
		},
		{
			Code: "G5-SUSPEND", Title: "no table is suspended", Engines: planner.ByDMS, Gates: lasting, Family: Apply, Cost: Instant, Loss: true, Needs: []Side{Target}, Run: checkSuspended,
			Why:    "Every later change of a suspended table is lost, while its task goes on.",
			Remedy: "80-recovery/82-restart-slot.sh loads the tables of a slot anew",
		},
	}
}
