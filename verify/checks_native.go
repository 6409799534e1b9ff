package verify

import (
	"github.com/pgcutover/pgcutover/planner"
)

// nativeChecks are about subscriptions of PostgreSQL itself, and about slots, whoever reads them.
func nativeChecks() []Check {
	ready, running, lasting := []Gate{CDCReady}, []Gate{CDC, CutoverReady}, []Gate{CDC, CutoverReady, Cutover}
	return []Check{
		{
			Code: "G4-SUB", Title: "each group has its subscription, as planned and disabled", Engines: planner.Engines{planner.EngineNative}, Gates: ready, Family: Apply, Cost: Instant, Loss: true, Needs: []Side{Target}, Run: checkSubscriptions,
			Why:    "A subscription of other publications, or to another slot, applies other changes or none. One that is enabled before everything was looked at may have begun at the wrong position already.",
			Remedy: "50-cdc/native/51-subscriptions.sh",
		},
		{
			Code: "G4-ORIGIN", Title: "each subscription starts exactly where the copy ends", Engines: planner.Engines{planner.EngineNative}, Gates: ready, Family: Apply, Cost: Instant, Loss: true, Needs: []Side{Target}, Run: checkOrigins,
			Why:    "The replication origin says where the source begins to send. Without one it begins where the slot was made, and what the copy holds comes again; set too far, what lies between is missing without an error.",
			Remedy: "50-cdc/native/51-subscriptions.sh sets it",
		},
		{
			Code: "G4-LSN", Title: "nobody has read the slots past the captured position", Engines: planner.BySlots, Gates: ready, Family: Apply, Cost: Instant, Loss: true, Needs: []Side{Source}, Run: checkSlotsUnmoved,
			Why:    "A slot never goes back: asked for an earlier position it silently starts at its own.",
			Remedy: "80-recovery/82-restart-slot.sh",
		},
		{
			Code: "G4-WORKERS", Title: "the target has a worker for each subscription", Engines: planner.Engines{planner.EngineNative}, Gates: ready, Family: Apply, Cost: Instant, Needs: []Side{Target}, Run: checkWorkers,
			Why:    "Workers come out of max_logical_replication_workers and max_worker_processes. A subscription that gets none waits without an error.",
			Remedy: "10-source/12-settings.sh --apply target, then restart the target",
		},
		{
			Code: "G5-SUB", Title: "the subscriptions are enabled and being applied", Engines: planner.Engines{planner.EngineNative}, Gates: running, Family: Apply, Cost: Bounded, Needs: []Side{Source, Target}, Run: checkApplying,
			Why:    "A subscription that meets an error ends its worker and tries again every few seconds, for ever; its view then shows nothing.",
			Remedy: "the target's log says why",
		},
		{
			Code: "G5-ERRORS", Title: "no change failed to apply", Engines: planner.Engines{planner.EngineNative}, Gates: running, Family: Apply, Cost: Bounded, Loss: true, Needs: []Side{Target}, Run: checkApplyErrors,
			Why:    "From version 15 on the target counts the errors of each subscription. One that grows means that a change cannot be applied, and everything after it waits.",
			Remedy: "mend the cause on the target; never skip a transaction",
		},
		{
			Code: "G5-STRADDLER", Title: "a transaction that the pause cut in two has arrived whole", HandOff: planner.HandOffReplica, Gates: running, Family: Apply, Cost: Bounded, Loss: true, Needs: []Side{Source, Target}, Run: checkStraddlersArrived,
			Why:    "A transaction that wrote before the pause and committed after it is not in the copy, so it has to come through its slot whole. A reader that starts behind it, or leaves out what began before its start, loses it without an error. 21-pause.sh leaves one in every slot's marker table on purpose; what others wrote is compared by --rows delta.",
			Remedy: "80-recovery/82-restart-slot.sh, after G4-START and G4-TRIM were looked at",
		},
		{
			Code: "G5-NOPK", Title: "tables of which only inserts are carried had no updates and deletes", Engines: planner.BySlots, Gates: lasting, Family: Apply, Cost: Instant, Loss: true, Needs: []Side{Source}, Run: checkInsertsOnly,
			Why:    "Without a key that identifies rows, their updates and deletes never reach the target, and no server says so. The source counts them: right before the copy's position was fixed the scripts noted how many there had been.",
			Remedy: "copy the table again while the source is frozen",
		},
		{
			Code: "G5-WALCAP", Title: "what the slots keep does not fill the source's disk", Engines: planner.Logical, Gates: running, Family: Apply, Cost: Instant, Needs: []Side{Source}, Run: checkHeld,
			Why:    "A slot keeps all WAL from what its reader has confirmed on, and dead rows of the system catalogs. The disk of the source fills, or, with max_slot_wal_keep_size, the slot is given up, and its tables have to be loaded anew.",
			Remedy: "see G5-LAG; make room on the source",
		},
		{
			Code: "G5-PARITY", Title: "what the source changed since the pause is the same on the target", Engines: planner.BySlots, Gates: running, Family: Apply, Cost: Full, Loss: true, Needs: []Side{Source, Target}, Run: checkMoving,
			Why:    "Every row that a transaction wrote which had not ended at the pause, so those of all that were in flight too, and every key. Asked for with --rows delta only, because it reads the tables on the source.",
			Remedy: "see what wrote to the target besides change data capture, and G5-EXC; 80-recovery/82-restart-slot.sh",
		},
		{
			Code: "G5-LAG", Title: "what applies the changes keeps up, or catches up", Engines: planner.Logical, Gates: running, Family: Apply, Cost: Bounded, Needs: []Side{Source, Target}, Run: checkLag,
			Why:    "A group whose backlog grows is never ready for the cutover, and its slot fills the source's disk meanwhile.",
			Remedy: "a quieter time; a faster target, or replication instance; fewer indexes on what changes most; else more slots (slots.count) from a new pause on: 80-recovery/83-full-restart.sh",
		},
	}
}
