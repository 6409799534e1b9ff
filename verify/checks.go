package verify

import (
	"cmp"
	"slices"

	"github.com/pgcutover/pgcutover/planner"
)

// Checks is every check, with those that another package brings, in the order of the report: by family, guards first.
func Checks(more ...Check) []Check {
	all := append(catalogue(), more...)
	slices.SortStableFunc(all, func(a, b Check) int {
		return cmp.Compare(slices.Index(Families, a.Family), slices.Index(Families, b.Family))
	})
	return all
}

// ChecksOf are the checks of a plan: those of every engine and hand-off, and those of its own.
func ChecksOf(p planner.Plan, more ...Check) []Check {
	all := slices.DeleteFunc(Checks(more...), func(c Check) bool {
		return !c.Engines.Have(p.Options.Engine) || c.HandOff != "" && c.HandOff != p.Options.HandOff() || c.Aurora && p.Aurora == nil
	})
	if p.Options.FullLoad() {
		for i := range all {
			all[i] = InFullLoad(all[i])
		}
		all = slices.DeleteFunc(all, func(c Check) bool { return len(c.Gates) == 0 })
	}
	if p.Options.Snapshots() {
		for i := range all {
			if c := &all[i]; c.Code == "G1-SLOT" || c.Code == "G2-WAL" { // a slot is made together with its snapshot, after the gate
				c.Gates = slices.DeleteFunc(slices.Clone(c.Gates), func(g Gate) bool { return g == ReadyToPause })
			}
		}
	}
	return all
}

// catalogue is every check, roughly in the order of the gates.
func catalogue() []Check {
	before := []Gate{Preflight}
	ready := []Gate{ReadyToPause}
	paused := []Gate{Paused}
	loaded := []Gate{Loaded}
	fromReady := []Gate{ReadyToPause, Paused, Loaded}
	fromPaused := []Gate{Paused, Loaded}
	untilCutover := []Gate{Loaded, CDCReady, CutoverReady}
	return slices.Concat([]Check{
		{
			Code: codeConnect, Title: "the servers answer", Gates: Gates, Family: Servers, Cost: Instant, Guard: true, Run: checkConnect,
			Why:    "What is not reached cannot be judged.",
			Remedy: "check host, port, service file and rights",
		},
		{
			Code: "G0-PLAN", Title: "the plan holds together and state.json belongs to it", Gates: Gates, Family: Servers, Cost: Instant, Guard: true, Loss: true, Run: checkPlan,
			Why:    "Judging servers by another plan, or by a plan edited into nonsense, would pass what loses data.",
			Remedy: "use the plan that the bundle was rendered from",
		},
		{
			Code: "G0-TOPO", Title: "source is the planned primary, replica its standby, target neither", Gates: Gates, Family: Servers, Cost: Instant, Guard: true, Loss: true, Run: checkTopology,
			Why:    "Every LSN of the hand-off is a position in the log of one server, on one timeline. A copy from a server that is not a physical standby of the source, or after a failover, has nothing to do with what the slots deliver.",
			Remedy: "connect to the servers that the plan was made for",
		},
		{
			Code: "G0-VER", Title: "servers and clients have versions that work together", Engines: planner.Logical, Gates: before, Family: Settings, Cost: Instant, Needs: []Side{Source}, Run: checkVersions,
			Why:    "pg_dump never dumps a server newer than itself, and a target older than the source does not understand its schema.",
			Remedy: "install the clients of the target's major version",
		},
		{
			Code: "G0-CONF", Title: "the source's settings allow logical decoding", Engines: planner.Logical, Gates: []Gate{Preflight, ReadyToPause}, Family: Settings, Cost: Instant, Needs: []Side{Source}, Run: checkSettings,
			Why:    "Without wal_level = logical, and pglogical loaded where AWS DMS applies the changes, no slot can be created; minor releases of 2026 refuse output plugins that output_plugin_libraries does not list.",
			Remedy: "10-source/12-settings.sh shows and sets what is missing, standbys first",
		},
		{
			Code: "G0-STANDBY", Title: "the replica can follow the source's settings", HandOff: planner.HandOffReplica, Gates: []Gate{Preflight, ReadyToPause}, Family: Settings, Cost: Instant, Needs: []Side{Source, Replica}, Run: checkStandbySettings,
			Why:    "A standby with a lower max_connections, max_worker_processes, max_prepared_transactions, max_locks_per_transaction or (12 and newer) max_wal_senders than its primary stops replaying; before 14 it shuts down.",
			Remedy: "raise it on every standby first, then on the source",
		},
		{
			Code: "G0-CAP", Title: "there is room for slots, walsenders and connections", Engines: planner.Logical, Gates: before, Family: Settings, Cost: Instant, Needs: []Side{Source}, Run: checkCapacity,
			Why:    "Each group takes a slot and a walsender on the source; the load takes connections on the target.",
			Remedy: "raise the limit, on the standbys first",
		},
		{
			Code: "G0-EXT", Title: "extensions are to be had where they are needed", Engines: planner.Logical, Gates: before, Family: Settings, Cost: Instant, Needs: []Side{Source}, Run: checkExtensions,
			Why:    "A schema that uses an extension cannot be created without it. pglogical is needed on the source only.",
			Remedy: "install the extension's package",
		},
		{
			Code: "G0-COLL", Title: "text means the same on both sides", Engines: planner.Logical, Gates: before, Family: Settings, Cost: Instant, Needs: []Side{Source, Target}, Run: checkEncoding,
			Why:    "Another encoding refuses or changes text; another collation changes the order of text and what a unique index takes for equal.",
			Remedy: "create the target's database with the source's encoding and collation",
		},
		{
			Code: "G0-RIGHTS", Title: "the roles in use may read, load and replicate", Engines: planner.Logical, Gates: before, Family: Roles, Cost: Instant, Needs: []Side{Source}, Run: checkRights,
			Why:    "A right that is missing shows up in the middle of the load, or, with row-level security, as rows that are silently left out.",
			Remedy: "grant what is missing",
		},
		{
			Code: "G0-SECRET", Title: "no password lies in pglogical's tables", Engines: planner.Engines{planner.EngineDMS}, Gates: []Gate{Preflight, ReadyToPause}, Family: Roles, Cost: Instant, Needs: []Side{Source}, Run: checkSecrets,
			Why:    "Connection strings of pglogical nodes are readable in the database and travel with every dump and every standby.",
			Remedy: "use a node without a password in its connection string",
		},
		{
			Code: "G1-ROLE", Title: "the role of change data capture has its rights and settings", Engines: planner.Logical, Gates: ready, Family: Roles, Cost: Instant, Needs: []Side{Source}, Run: checkCDCRole,
			Why:    "Without extra_float_digits = 3 floating-point numbers leave a source before 12 rounded; timeouts meant for an application end sessions that read a slot for days.",
			Remedy: "10-source/13-role.sql creates the role and sets all of it",
		},
		{
			Code: "G0-HAZARD", Title: "no hazard of the planner's rules is open", Gates: before, Family: Hazards, Cost: Instant, Loss: true, Needs: []Side{Source}, Run: checkHazards,
			Why:    "What the rules found when the plan was made, and what has come since. Each finding has a code of its own: pgcutover explain tells about it.",
			Remedy: "mend it, or accept it with a reason in the configuration",
		},
		{
			Code: "G0-DRIFT", Title: "the source's structure is what the plan was made for", Engines: planner.Logical, Gates: Gates, Family: Drift, Cost: Instant, Loss: true, Needs: []Side{Source}, Run: checkDrift,
			Why:    "Neither slots nor the load carry DDL: a table, partition or column that came later is missing on the target or breaks the apply.",
			Remedy: "analyze, plan and render again; let nobody change the schema until the cutover",
		},
		{
			Code: "G1-SCHEMA", Title: "the target's tables are the source's, relaxed as planned", Engines: planner.BySlots, Gates: []Gate{ReadyToPause, Paused}, Family: Schema, Cost: Instant, Needs: []Side{Source}, Run: checkPreData,
			Why:    "The load copies columns by name; NOT NULLs that AWS DMS cannot live with must be off before changes are applied.",
			Remedy: "30-target/32-schema.sh and 33-relax.sql",
		},
		{
			Code: "G0-FOREIGN", Title: "nobody else's replication is in the way", Engines: planner.BySlots, Gates: before, Family: Sets, Cost: Instant, Needs: []Side{Source}, Run: checkForeign,
			Why:    "A database is one pglogical node at most, and a slot read by two readers gives each of them half.",
			Remedy: "choose other names in the configuration, or remove what nobody uses",
		},
		{
			Code: "G1-SETS", Title: "each group has its sets or publications, and they carry what they should", Engines: planner.BySlots, Gates: fromReady, Family: Sets, Cost: Instant, Loss: true, Needs: []Side{Source}, Run: checkSets,
			Why:    "AWS DMS reads updates and deletes from the replication set named like the slot, inserts and truncates from the one with an i in front. PostgreSQL's own replication reads publications in their place.",
			Remedy: "10-source/15-node.sql creates the sets, 15-publications.sql the publications",
		},
		{
			Code: "G1-MEMBER", Title: "the sets have the planned tables, whole, and no others", Engines: planner.BySlots, Gates: []Gate{ReadyToPause, Paused, Loaded, CDCReady, CDC, CutoverReady}, Family: Sets, Cost: Instant, Loss: true, Needs: []Side{Source}, Run: checkMembers,
			Why:    "Changes of a table that is in no set, or in part, are never delivered, and nothing says so. While the replica stands, its copy of the sets tells besides whether a table left its set since the pause and came back: what was written in between is lost.",
			Remedy: "10-source/16-members.sh",
		},
		{
			Code: "G1-MARKER", Title: "each group has its marker table", Engines: planner.Logical, Gates: []Gate{ReadyToPause, Paused}, Family: Sets, Cost: Instant, Needs: []Side{Source}, Run: checkMarkers,
			Why:    "The marker gives every slot an event right after the pause LSN, and proves at the cutover that everything has arrived.",
			Remedy: "10-source/14-markers.sql",
		},
		{
			Code: "G1-SLOT", Title: "the slots are the plan's own and nobody reads from them", Engines: planner.BySlots, Gates: fromReady, Family: Positions, Cost: Instant, Loss: true, Needs: []Side{Source}, Run: checkSlots,
			Why:    "A slot of another plugin, of another database or made by somebody else delivers other changes or none; what somebody else consumes is gone.",
			Remedy: "10-source/17-slots.sh",
		},
		{
			Code: "G1-REPLAY", Title: "the replica has replayed past sets and slots", HandOff: planner.HandOffReplica, Gates: ready, Family: Positions, Cost: Instant, Loss: true, Needs: []Side{Source, Replica}, Run: checkReplay,
			Why:    "Paused before a slot's confirmed_flush_lsn, the copy and the stream leave a gap that no server reports.",
			Remedy: "wait until the replica has caught up",
		},
		{
			Code: "G2-PAUSED", Title: "replay of the replica stands still", HandOff: planner.HandOffReplica, Gates: paused, Family: Positions, Cost: Instant, Loss: true, Needs: []Side{Replica}, Run: checkPaused,
			Why:    "The pause is a request: a record that waits for a conflicting query is replayed later, and the copy is then of no single moment.",
			Remedy: "20-replica/21-pause.sh waits until replay really stands",
		},
		{
			Code: "G2-LSN", Title: "starting every slot at the pause LSN loses and repeats nothing", HandOff: planner.HandOffReplica, Gates: fromPaused, Family: Positions, Cost: Instant, Loss: true, Needs: []Side{Source}, Run: checkHandOff,
			Why:    "Decoding from an LSN before a slot's confirmed_flush_lsn is silently moved forward to it; what lies between is in neither copy nor stream. Another timeline, a restarted replica or an edited state.json break the same condition.",
			Remedy: "resume the replica, let it catch up, pause it again",
		},
		{
			Code: "G2-MEMBER", Title: "the sets were complete at the pause", HandOff: planner.HandOffReplica, Gates: paused, Family: Positions, Cost: Instant, Loss: true, Needs: []Side{Replica}, Run: checkMembersAtPause,
			Why:    "Changes of a table before it joined its set are never delivered, however old the slot. The paused replica is a copy of the sets as of the pause, so it is asked.",
			Remedy: "resume, complete the sets, catch up, pause again",
		},
		{
			Code: "G2-WAL", Title: "the WAL that the slots need is there", Engines: planner.Logical, Gates: []Gate{ReadyToPause, Paused, Loaded, CDCReady, CDC, CutoverReady}, Family: Positions, Cost: Instant, Loss: true, Needs: []Side{Source}, Run: checkSlotWAL,
			Why:    "With max_slot_wal_keep_size a server gives up slots that hold too much; a lost slot keeps its confirmed_flush_lsn and looks healthy at first sight.",
			Remedy: "80-recovery/82-restart-slot.sh",
		},
		{
			Code: "G2-STRADDLE", Title: "transactions in flight at the pause are known", Engines: planner.Engines{planner.EngineDMS}, Gates: paused, Family: Positions, Cost: Bounded, Informational: true, Needs: []Side{Source}, Run: checkStraddlers,
			Why:    "A transaction that wrote before the pause LSN and committed after it is delivered whole. Their list is what to look for on the target afterwards. Asked for with --peek only, because looking decodes WAL on the source.",
			Remedy: "run it right after the pause, before change data capture starts",
		},
		{
			Code: "G0-WALCAP", Title: "the disks hold the WAL until change data capture has caught up", Engines: planner.Logical, Gates: []Gate{Preflight, ReadyToPause, Paused}, Family: Disk, Cost: Instant, Needs: []Side{Source}, Run: checkDisk,
			Why:    "Slots keep WAL on the source, the pause keeps it on the replica. A full disk on the source is an outage.",
			Remedy: "make room, or shorten the load",
		},
		{
			Code: "G2-FEEDBACK", Title: "the replica does not hold up cleaning on the source", HandOff: planner.HandOffReplica, Gates: paused, Family: Activity, Cost: Instant, Needs: []Side{Replica}, Run: checkFeedback,
			Why:    "With hot_standby_feedback a replica that stands still keeps the source from cleaning up any row that dies after the pause, until replay goes on.",
			Remedy: "turn hot_standby_feedback off for the time of the load",
		},
		{
			Code: "G0-XACT", Title: "no prepared or long transaction is in the way", Engines: planner.Logical, Gates: []Gate{Preflight, ReadyToPause, Paused}, Family: Activity, Cost: Instant, Needs: []Side{Source}, Run: checkTransactions,
			Why:    "Creating a slot waits for every open transaction that wrote; AWS DMS does not know two-phase commit.",
			Remedy: "end them",
		},
		{
			Code: "G0-EMPTY", Title: "the target's database is empty", Engines: planner.Logical, Gates: before, Family: Load, Cost: Instant, Needs: []Side{Target}, Run: checkEmpty,
			Why:    "What is there already would be mixed with what is loaded.",
			Remedy: "name an empty database",
		},
		{
			Code: "G3-COVER", Title: "every item of the plan is loaded, once", Engines: planner.Logical, Gates: loaded, Family: Load, Cost: Instant, Loss: true, Needs: []Side{Target}, Run: checkLoad,
			Why:    "An item that is missing is a table, a range or an index that is missing. The ledger and the data commit together, so the ledger is to be trusted as long as nobody edits it.",
			Remedy: "run 40-load/42-load.sh again: it goes on where it stopped",
		},
		{
			Code: "G3-LSN", Title: "everything was read at the pause LSN", Engines: planner.BySlots, HandOff: planner.HandOffReplica, Gates: loaded, Family: Positions, Cost: Instant, Loss: true, Needs: []Side{Target}, Run: checkLoadPosition,
			Why:    "Rows read at any other position are missing changes or have them twice once change data capture starts.",
			Remedy: "80-recovery/83-full-restart.sh",
		},
		{
			Code: "G3-ROWS", Title: "both sides have the same number of rows", Engines: planner.BySlots, Gates: loaded, Family: Rows, Cost: Full, Loss: true, Needs: []Side{Target}, Run: checkRows,
			Why:    "Counted on replica and target at once, both frozen, table by table. After the replica moved on, the target is compared with what the load sent. A count does not see a row that was changed on the target, or removed while another was added: --rows checksum compares the values and names the rows that differ.",
			Remedy: "load the table again",
		},
		{
			Code: "G3-COLS", Title: "tables and columns are the source's, relaxed as planned", Engines: planner.Logical, Gates: untilCutover, Family: Schema, Cost: Instant, Loss: true, Needs: []Side{Source, Target}, Run: checkColumns,
			Why:    "A default, a NOT NULL, a type or a partition that differs lets the application write what it could not before, or the other way round.",
			Remedy: "bring the target's schema back in line with the source's",
		},
		{
			Code: "G3-CON", Title: "constraints are the source's but for those that wait for the cutover", Engines: planner.Logical, Gates: untilCutover, Family: Schema, Cost: Instant, Needs: []Side{Source, Target}, Run: checkConstraints,
			Why:    "A constraint that is missing lets in what the source refuses; a foreign key that is there too early refuses changes that arrive out of order.",
			Remedy: "add or drop the constraint by its definition",
		},
		{
			Code: "G3-OBJ", Title: "routines, types, views and sequences are the source's", Engines: planner.Logical, Gates: loaded, Family: Schema, Cost: Instant, Needs: []Side{Source, Target}, Run: checkObjects,
			Why:    "The application uses them from the first second after the cutover.",
			Remedy: "create them as the source has them",
		},
		{
			Code: "G3-FIRE", Title: "nothing acts on changes as they are applied", Engines: planner.Logical, Gates: untilCutover, Family: Schema, Cost: Instant, Loss: true, Needs: []Side{Target}, Run: checkDeferred,
			Why:    "A trigger or rule on the target does again what it did on the source; a policy hides rows.",
			Remedy: "drop them until the cutover",
		},
		{
			Code: "G3-STATS", Title: "the loaded tables are analyzed", Engines: planner.Logical, Gates: loaded, Family: Schema, Cost: Instant, Needs: []Side{Target}, Run: checkAnalyzed,
			Why:    "Without statistics the apply of changes and the application get bad plans.",
			Remedy: "analyze",
		},
		{
			Code: "G3-IDX", Title: "indexes are the source's but for those that wait for the cutover", Engines: planner.Logical, Gates: untilCutover, Family: Indexes, Cost: Instant, Loss: true, Needs: []Side{Source, Target}, Run: checkIndexes,
			Why:    "A unique index that is missing lets duplicates in; a primary key that is missing makes every applied change a scan; an invalid index enforces nothing.",
			Remedy: "build the index by its definition",
		},
		{
			Code: "G3-SEQ", Title: "sequences are not behind where they stood at the pause", Engines: planner.BySlots, Gates: loaded, Family: Sequences, Cost: Instant, Needs: []Side{Target}, Run: checkSequences,
			Why:    "Sequences are never replicated. One that is behind hands out keys that are taken.",
			Remedy: "70-cutover/73-sequences.sh --replica",
		},
	}, snapshotChecks(), nativeChecks(), dmsChecks(), fullChecks(), promoteChecks(), cutoverChecks())
}
