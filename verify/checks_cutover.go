package verify

import (
	"github.com/pgcutover/pgcutover/planner"
)

// cutoverChecks are about the freeze and what comes after it, whatever applies the changes.
func cutoverChecks() []Check {
	before, at, after := []Gate{CutoverReady}, []Gate{Cutover}, []Gate{After}
	return []Check{
		{
			Code: "G6-MARKER", Title: "the last marker of every slot has arrived", Engines: planner.Logical, Gates: before, Family: Freeze, Cost: Instant, Needs: []Side{Source, Target}, Run: checkMarkersArrived,
			Why:    "The drain waits for a marker of each slot while the application is down. Where one of long ago has not arrived, the drain would not end.",
			Remedy: "wait until change data capture has caught up; 70-cutover/72-drain.sh --not-frozen measures how long a drain takes",
		},
		{
			Code: "G7-FENCE", Title: "nobody writes to the source", Gates: at, Family: Freeze, Cost: Bounded, Loss: true, Needs: []Side{Source}, Around: watchFence,
			Why:    "What is written to the source after the drain is on no other server.",
			Remedy: "70-cutover/71-freeze.sh, then 72-drain.sh again",
		},
		{
			Code: "G7-DRAIN", Title: "everything up to the freeze has arrived", Engines: planner.Logical, Gates: at, Family: Freeze, Cost: Instant, Loss: true, Needs: []Side{Source, Target}, Run: checkDrained,
			Why:    "The second of two markers, written when nobody else wrote any more, has come through every slot: everything before the first is on the target.",
			Remedy: "70-cutover/72-drain.sh",
		},
		{
			Code: "G7-STOP", Title: "nothing is applied to the target any more", Engines: planner.Engines{planner.EngineNative}, Gates: at, Family: Freeze, Cost: Instant, Loss: true, Needs: []Side{Target}, Run: checkStopped,
			Why:    "The application and a subscription that both write would overwrite each other.",
			Remedy: "70-cutover/74-constraints.sh disables the subscriptions",
		},
		{
			Code: "G7-REVERSE", Title: "the way back is open", Engines: planner.Engines{planner.EngineNative}, Gates: at, Family: Freeze, Cost: Instant, Loss: true, Needs: []Side{Source, Target}, Run: checkWayBack,
			Why:    "What the application writes to the target before the way back is open can never be brought back.",
			Remedy: "70-cutover/77-way-back.sh, before anybody writes to the target",
		},
		{
			Code: "G7-PARITY", Title: "both sides have the same rows", Gates: at, Family: Rows, Cost: Full, Loss: true, Needs: []Side{Source, Target}, Run: checkParity,
			Why:    "The source is frozen and the target is drained, so they can be compared exactly for the last time. Rows are counted; --rows checksum compares every value, --rows delta those that changed since the pause.",
			Remedy: "70-cutover/76-unfreeze.sh gives the source back; then find out why before anything else",
		},
		{
			Code: "G7-COLS", Title: "columns are the source's, NOT NULL and identity included", Gates: at, Family: Schema, Cost: Instant, Loss: true, Needs: []Side{Source, Target}, Run: checkColumns,
			Why:    "A NOT NULL or an identity that was taken off for the load and is not back lets the application write what the source refused.",
			Remedy: "70-cutover/74-constraints.sh",
		},
		{
			Code: "G7-CON", Title: "constraints are the source's, foreign keys included", Gates: at, Family: Schema, Cost: Instant, Loss: true, Needs: []Side{Source, Target}, Run: checkConstraints,
			Why:    "A foreign key that is missing, or not validated, lets in what nobody finds again.",
			Remedy: "70-cutover/74-constraints.sh",
		},
		{
			Code: "G7-IDX", Title: "indexes are the source's, those that waited included", Gates: at, Family: Indexes, Cost: Instant, Loss: true, Needs: []Side{Source, Target}, Run: checkIndexes,
			Why:    "A unique index that is missing lets duplicates in, any other makes the first minutes slow.",
			Remedy: "70-cutover/74-constraints.sh",
		},
		{
			Code: "G7-TRG", Title: "triggers, rules and policies are the source's", Gates: at, Family: Schema, Cost: Instant, Loss: true, Needs: []Side{Source, Target}, Run: checkRestored,
			Why:    "They were kept off while changes were applied. The application relies on them from its first write on.",
			Remedy: "70-cutover/74-constraints.sh",
		},
		{
			Code: "G7-OBJ", Title: "routines, types, views and what acts on views are the source's", Engines: planner.Logical, Gates: at, Family: Schema, Cost: Instant, Loss: true, Needs: []Side{Source, Target}, Run: checkObjects,
			Why:    "Views that group by a key, triggers of views, and routines that rest on them are not there, or are empty, until the cutover brings them back; the application finds no rows in them, or writes past what they do.",
			Remedy: "70-cutover/74-constraints.sh",
		},
		{
			Code: "G7-SRR", Title: "foreign keys and triggers act for everybody on the target", Gates: at, Family: Settings, Cost: Instant, Loss: true, Needs: []Side{Target}, Run: checkReplicationRole,
			Why:    "session_replication_role = replica, left over from the apply, switches off foreign keys and triggers without a word.",
			Remedy: "set it back to origin: in the parameter group, for the database, for the role",
		},
		{
			Code: "G7-ACL", Title: "owners and privileges are the source's", Gates: at, Family: Roles, Cost: Instant, Needs: []Side{Source, Target}, Run: checkPrivileges,
			Why:    "A privilege that is missing shows up as an error of the application, one too many never.",
			Remedy: "grant or revoke what differs, or accept that it does",
		},
		{
			Code: "G7-SEQ", Title: "sequences are past those of the source", Gates: at, Family: Sequences, Cost: Instant, Loss: true, Needs: []Side{Source, Target}, Run: checkSequencesPassed,
			Why:    "A sequence that is behind hands out keys that are taken.",
			Remedy: "70-cutover/73-sequences.sh",
		},
		{
			Code: "G7-STATS", Title: "the tables are analyzed", Engines: planner.Logical, Gates: at, Family: Schema, Cost: Instant, Needs: []Side{Target}, Run: checkAnalyzed,
			Why:    "Without statistics the first minutes of the application are full table scans.",
			Remedy: "70-cutover/75-analyze.sh",
		},
		{
			Code: "G8-SLOTS", Title: "no slot of the migration holds WAL on the source", Engines: planner.Logical, Gates: after, Family: Positions, Cost: Instant, Needs: []Side{Source}, Run: checkRetired,
			Why:    "Nobody reads the slots after the cutover. They keep all WAL until the source's disk is full.",
			Remedy: "70-cutover/78-retire.sh --yes",
		},
		{
			Code: "G8-SUB", Title: "the target subscribes to the source no more", Engines: planner.Engines{planner.EngineNative}, Gates: after, Family: Apply, Cost: Instant, Needs: []Side{Target}, Run: checkUnsubscribed,
			Why:    "A subscription without its slot asks for it for ever; one with it would apply what is written to the old source.",
			Remedy: "70-cutover/78-retire.sh --yes",
		},
		{
			Code: "G8-VALID", Title: "no row is left that foreign keys and NOT NULLs have not looked at", Engines: planner.Logical, Gates: after, Family: Schema, Cost: Instant, Needs: []Side{Target}, Run: checkValidated,
			Why:    "With cutover.validate: after they are in force from the switch on, for what is written. A row of before that breaks one shows that the copy is not the source.",
			Remedy: "70-cutover/79-validate.sh",
		},
	}
}
