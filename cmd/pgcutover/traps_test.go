package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/pgcutover/pgcutover/golden"
	"github.com/pgcutover/pgcutover/planner/hazard"
)

// trap is something that goes wrong in migrations of this kind, and what catches it.
type trap struct {
	what   string
	codes  string // hazards and checks that see it
	guards string // files of the bundle that are made so that it does not happen
	blind  string // why nothing can see it, or why it is none
}

// traps by subject. docs/traps.md is made from them.
var traps = []struct {
	title string
	list  []trap
}{
	{"The hand-off", []trap{
		{what: "A slot starts after the pause LSN; what lies between is in neither copy nor stream, and no server says so", codes: "G1-REPLAY G2-LSN"},
		{what: "A table joins its set after the pause, so earlier changes of it are never delivered", codes: "G2-MEMBER G1-MEMBER", guards: "10-source/16-members.sh"},
		{what: "The pause is only a request, and replay goes on behind it", codes: "G2-PAUSED", guards: "20-replica/21-pause.sh"},
		{what: "The replica restarts, is resumed or promoted during the load", codes: "G3-LSN G2-LSN", guards: "40-load/42-load.sh"},
		{what: "Change data capture starts at a later LSN that looks better, and loses what was in flight", codes: "G2-LSN G2-STRADDLE G5-STRADDLER", guards: "20-replica/21-pause.sh"},
		{what: "Looking into a slot without bounds decodes all its WAL on production", codes: "G2-STRADDLE", guards: "10-source/17-slots.sh"},
		{what: "Somebody reads from a slot, and what was read is gone", codes: "G1-SLOT"},
		{what: "A slot is created within a transaction that wrote", guards: "10-source/17-slots.sh"},
		{what: "Two replicas look alike, or a primary like its replica", codes: "G0-TOPO RP101 RP201 RP203", guards: "session.sh"},
		{what: "The primary fails over: logical slots and LSNs are void", codes: "RP113 G0-TOPO G2-LSN"},
		{what: "The replica is far behind, so the pause waits", codes: "RP202 G1-REPLAY"},
		{what: "A transaction spans the pause", codes: "G2-STRADDLE", blind: "it is delivered whole; the check lists it"},
		{what: "A prepared transaction blocks slots, and AWS DMS does not know it", codes: "RP205 RP118 G0-XACT"},
		{what: "Aurora's readers replay no WAL, and a managed replica may refuse the pause", codes: "RP115 RP116"},
		{what: "A snapshot of the source is gone before everything is copied in it, or another one has its name", codes: "G2-SNAPSHOT G3-SNAPSHOT NT111", guards: "20-snapshots/21-hold.sh 40-load/42-load.sh"},
		{what: "Somebody reads from a slot before its subscription does, or publications were completed after it", codes: "G2-POINT G1-MEMBER", guards: "20-snapshots/21-hold.sh"},
		{what: "A table is truncated or rewritten while an older snapshot is still to be copied", codes: "NT112", guards: "40-load/42-load.sh"},
		{what: "A snapshot that is held for hours keeps every dead row on the source", codes: "NT110", guards: "20-snapshots/22-release.sh"},
		{what: "Slots without an event for long do not move", codes: "G1-MARKER", guards: "10-source/14-markers.sql"},
		{what: "A state file of another plan or run", codes: "G0-PLAN"},
	}},
	{"The full load by AWS DMS", []trap{
		{what: "A row that is inserted while its table is read is there twice where nothing identifies it", codes: "FL101"},
		{what: "A parent of inheritance is read with the rows of its children", codes: "FL102"},
		{what: "Transactions that read for hours hold back vacuum on the source", codes: "FL103"},
		{what: "Readers take the connections of the application", codes: "FL104"},
		{what: "LOBs without a limit are looked up one by one, and two hours become days", codes: "FL106 TY101 TY102"},
		{what: "What is called a difference by AWS DMS is lag, and what is not called one was not compared", codes: "FL105 G5-VALID G5-VALIDATED"},
		{what: "AWS DMS loads into a table that has rows: they are mixed, or the key stops the load", codes: "G4-EMPTY"},
		{what: "A task that stands still has not loaded everything: a table is in error, rows were given up, somebody stopped it", codes: "G3-FULL G3-EXC"},
		{what: "Rows are lost on the target between the load and the first change", codes: "G3-SENT G3-FULL"},
		{what: "pglogical is in use by another replication, or test_decoding is not allowed", codes: "FL107 FL108"},
		{what: "A full load runs out of the replication instance's memory", codes: "FL109"},
		{what: "The server that is emptied is the source, or another copy of it, and not the promoted replica", codes: "G0-TOPO", guards: "20-aurora/23-promote.sh 30-target/33-empty.sql"},
		{what: "TRUNCATE of a promoted replica takes tables along that do not move", codes: "G4-EMPTY", guards: "30-target/32-schema.sh 30-target/33-empty.sql"},
		{what: "What a promoted replica brings along is in the way of the load or of what the cutover restores: triggers and rules, also of views, event triggers, views that group by a key", codes: "G3-FIRE G3-OBJ", guards: "30-target/32-schema.sh"},
		{what: "Readers of a promoted replica replay the whole load", guards: "20-aurora/21-deploy.sh", blind: "`aurora.readers` is refused with `full.schema: replica`"},
	}},
	{"The promotion of an Aurora read replica", []trap{
		{what: "A replica of another major version, of an older minor one, or of a server that RDS does not manage: AWS refuses it on the day it is wanted", codes: "PR101 PR102 PR103 G0-RDS", guards: "20-aurora/21-deploy.sh"},
		{what: "The Region does not offer the version or the class; the instance has an Aurora replica already, or no backups", codes: "PR104 G0-OFFER G0-RDS"},
		{what: "The replica is promoted before everything has arrived", codes: "G6-REPLICA G6-LAG G7-PROMOTED", guards: "70-cutover/72-drain.sh 70-cutover/73-promote.sh"},
		{what: "What is promoted is a replica of another server, or the cluster of another migration", codes: "G6-REPLICA G6-CLUSTER G7-PROMOTED", guards: "20-aurora/aurora.sh 10-source/14-marker.sql"},
		{what: "A cluster that was promoted on trial is taken for the replica", codes: "G6-REPLICA G6-CLUSTER", guards: "20-aurora/23-dry-run.sh"},
		{what: "The freeze of the source comes along, and nobody may write to the target; or it is taken off both", codes: "G8-OPEN", guards: "70-cutover/75-open.sh"},
		{what: "The freeze shuts out who reads on the source's read replicas", codes: "PR115", guards: "70-cutover/71-freeze.sh"},
		{what: "Other databases of the instance are promoted too, and are written to until the last moment", codes: "PR116 G0-INSTANCE G7-OTHERS", guards: "10-source/11-preflight.sh"},
		{what: "The promotion takes longer than anybody thought", blind: "nobody can know before the dry run", guards: "20-aurora/23-dry-run.sh"},
		{what: "The application comes back before there is a reader", codes: "PR115 G8-READERS", guards: "70-cutover/77-readers.sh"},
		{what: "The writer is not the one that AWS calls so, or the endpoint leads to a reader", codes: "G7-CLUSTER G7-PROMOTED"},
		{what: "Parameter groups stay behind, and the application meets other timeouts, time zones or libraries", codes: "PR111 G6-SETTINGS"},
		{what: "An extension has no library on Aurora", codes: "PR110 G7-SORT", guards: "70-cutover/74-look-over.sh"},
		{what: "Text is sorted otherwise, and indexes miss rows", codes: "PR118 G7-SORT", guards: "70-cutover/74-look-over.sh"},
		{what: "Slots stay behind; subscriptions, jobs, foreign servers and prepared transactions come along", codes: "PR106 PR107 PR108 PR109 PR112 G0-INSTANCE"},
		{what: "A long job is cut by the freeze", codes: "PR113"},
		{what: "The source keeps WAL for the replica until its storage is full", codes: "PR114 PR120"},
		{what: "More data than a volume of Aurora holds", codes: "PR105"},
		{what: "What was broken on the source is broken on the target", codes: "PR119"},
		{what: "Going back loses what was written since", codes: "PR117", guards: "80-recovery/84-rollback.md"},
		{what: "The old instance is forgotten, or deleted while it is a source still", codes: "G8-SOURCE", guards: "70-cutover/78-retire.sh"},
	}},
	{"The source", []trap{
		{what: "The primary has to restart once for its settings", codes: "RP102 G0-CONF", guards: "10-source/12-settings.sh"},
		{what: "A setting is raised on the primary first, and its standbys stop", codes: "G0-STANDBY RP102", guards: "10-source/12-settings.sh"},
		{what: "No free slot, walsender, worker or connection", codes: "G0-CAP RP102"},
		{what: "The output plugin is not installed, not loaded or not allowed", codes: "EX103 RP103 G0-CONF G0-EXT"},
		{what: "Package repositories without signatures", blind: "it happens on the host's package manager, which a database does not show; EX103 says so"},
		{what: "The creation of slots waits for every open write transaction", codes: "RP206 G0-XACT", guards: "10-source/17-slots.sh"},
		{what: "Adding a table to a set queues all its writers behind one lock", codes: "RP206", guards: "10-source/16-members.sh"},
		{what: "Each slot decodes all WAL in one thread", codes: "CP109 RP105"},
		{what: "Slots fill the primary's disk", codes: "CP101 CP103 RP112 RP120 G0-WALCAP G5-WALCAP", guards: "80-recovery/81-abort.sh"},
		{what: "The target's disk or memory does not do for the load", codes: "CP116 CP117"},
		{what: "The paused replica's own disk fills", codes: "CP102 CP103 G0-WALCAP"},
		{what: "A paused replica loses its connection and then its WAL", codes: "RP215"},
		{what: "Commits wait for the replica that stands still", codes: "RP214"},
		{what: "A lost slot looks healthy by its positions", codes: "RP108 G2-WAL"},
		{what: "Idle slots are thrown away", codes: "RP111 G0-CONF"},
		{what: "Feedback of the frozen replica stops vacuum on the primary", codes: "RP204 G2-FEEDBACK"},
		{what: "Transaction ids run out during the migration", codes: "CP110 G0-XACT"},
		{what: "Dead connections keep a slot, because senders never time out", codes: "RP114 RP121 G0-CONF"},
		{what: "Commit timestamps are switched on for nothing", blind: "it does no harm; the settings here do not ask for it"},
		{what: "Somebody else's node, sets, slots or subscriptions are in the way", codes: "RP104 RP105 RP106 RP107 RP109 NT103 G0-FOREIGN G1-SETS"},
		{what: "Subscribers of the source lose their feed at the cutover", codes: "RP117 RP109"},
		{what: "A password in pglogical's tables, in a file or on a command line", codes: "RP110 NT104 G0-SECRET", guards: "10-source/15-node.sql env.example"},
		{what: "The source is a version that AWS DMS does not take", codes: "RP119 G0-VER"},
		{what: "AWS DMS left tables and triggers of an earlier migration behind", codes: "ID116"},
		{what: "pglogical puts its TRUNCATE trigger on a table twice", blind: "it is internal and does no harm", guards: "80-recovery/81-abort.sh"},
		{what: "Functions and columns are called otherwise before 10", blind: "every query is written for its version and tested on it", guards: "session.sh"},
	}},
	{"Keys and names", []trap{
		{what: "No primary key: updates and deletes are lost", codes: "ID101 NT101"},
		{what: "A table believed to be append-only is not", codes: "ID102 G5-NOPK"},
		{what: "A replica identity that pglogical does not take", codes: "ID103 ID104"},
		{what: "Rows that only all of their columns tell apart are looked for one by one", codes: "NT102"},
		{what: "A key that is deferrable, invalid, or not the primary one", codes: "ID105 ID106 ID114"},
		{what: "Updates of the primary key are ignored without a word", codes: "ID113 ID118"},
		{what: "A second unique key collides in batches", codes: "ID109 ID110 ID111 G4-BATCH"},
		{what: "A unique index over coalesce()", codes: "ID117"},
		{what: "An invalid index, unique only by its name", codes: "ID115 G3-IDX"},
		{what: "Names with quotes, backslashes or control characters", codes: "ID107", guards: "10-source/16-members.sh"},
		{what: "Names that differ by case alone", codes: "ID108"},
		{what: "A database's name with a semicolon", codes: "ID112"},
		{what: "A database's name that no service file can hold", codes: "ID119"},
		{what: "Names with _ or % match other tables in a table mapping", codes: "TY124", guards: "50-cdc/dms/mappings/dms_slot_01.json"},
		{what: "A table mapping larger than AWS DMS takes", codes: "CP115"},
	}},
	{"Values", []trap{
		{what: "A large value is cut off, since its stored size is not its size", codes: "TY101 TY102 TY103 TY123 TY125"},
		{what: "A LOB without a key, or in the key", codes: "TY104 TY105"},
		{what: "NOT NULL on a LOB column refuses a row that comes in two steps", codes: "G1-SCHEMA G3-COLS", guards: "30-target/33-relax.sql 70-cutover/74-constraints.sh"},
		{what: "Floats with 15 digits from an old server", codes: "TY108 G1-ROLE", guards: "10-source/13-role.sql"},
		{what: "Numbers of any precision are rounded or cut", codes: "TY106 TY110"},
		{what: "NaN and infinite numbers", codes: "TY119"},
		{what: "Infinite dates and years outside of 1 to 9999 are clamped", codes: "TY118"},
		{what: "A varchar without length is cut at a limit of the endpoint", codes: "TY107"},
		{what: "Types that travel as text or in part", codes: "TY109"},
		{what: "Money under another lc_monetary", codes: "TY117 TY109"},
		{what: "Trailing blanks of char(n)", blind: "they come back with the type"},
		{what: "Booleans travel as text", blind: "they land in boolean columns, which read it"},
		{what: "JSON with duplicate keys or \\u0000", blind: "the text is never parsed on the way; a check of values compares it as text"},
		{what: "Generated columns are sent, and refused", codes: "TY114 TY122"},
		{what: "Identity columns refuse values", codes: "TY115", guards: "30-target/33-relax.sql 70-cutover/74-constraints.sh"},
		{what: "Unchanged large values are left out of an update", blind: "the reader keeps what it has; a check of values finds where it did not"},
		{what: "A large value is looked up later than it was changed", codes: "TY101 TY102"},
		{what: "Encodings differ, or are none", codes: "TY111 TY112 G0-COLL"},
		{what: "Texts sort otherwise on the target", codes: "TY113 CV111 G0-COLL"},
		{what: "The collation library changed below the source's indexes", codes: "TY116 TY120"},
		{what: "A collation that the target does not have", codes: "TY121"},
	}},
	{"The schema and what does not travel", []trap{
		{what: "DDL, a new table or partition, after the plan", codes: "CV105 CV108 CV115 NT106 EX110 G0-DRIFT"},
		{what: "TRUNCATE is not applied", codes: "CV108 CV114 NT107 G5-TRUNC"},
		{what: "A partitioned parent, or a parent with children, is taken for its rows", codes: "CV106 G1-MEMBER"},
		{what: "Sequences are not replicated, and a standby's run ahead", codes: "SQ101 SQ102 SQ105 G3-SEQ", guards: "70-cutover/73-sequences.sh"},
		{what: "Sequences near their end, or past their column's", codes: "SQ103 SQ104"},
		{what: "Unlogged tables arrive empty", codes: "CV102"},
		{what: "Foreign tables and servers, with passwords", codes: "CV103 EX108", guards: "30-target/32-schema.sh"},
		{what: "Materialized views have to be refreshed", codes: "CV107", guards: "70-cutover/74-constraints.sh"},
		{what: "Large objects are not decoded", codes: "CV101 TY109"},
		{what: "Hidden oid columns", codes: "CV113"},
		{what: "Tablespaces", codes: "CV104"},
		{what: "Extensions missing, of another version or in another schema", codes: "EX101 EX102 EX111 G0-EXT"},
		{what: "Rows in extensions' tables, and extensions that spread rows over their own", codes: "EX107 EX109 EX112"},
		{what: "C functions and untrusted languages", codes: "EX105 EX106"},
		{what: "Jobs of a scheduler in the database", codes: "EX110 EX107"},
		{what: "Event triggers", codes: "TR104 G3-FIRE"},
		{what: "Triggers and rules act on applied changes", codes: "TR106 G3-FIRE", guards: "30-target/32-schema.sh"},
		{what: "Constraints NOT VALID, of tables and of domains", codes: "TR101 TR107 G3-CON"},
		{what: "Foreign keys refuse rows of a parallel load", codes: "G3-CON TR102 TR103", guards: "30-target/32-schema.sh 70-cutover/74-constraints.sh"},
		{what: "A constraint that builds its index under a lock", codes: "TR105"},
		{what: "Extended statistics", codes: "G3-OBJ", guards: "30-target/32-schema.sh"},
		{what: "What is left out is used by what is not", codes: "CV110 CV112 CV116 TR102"},
		{what: "Settings of the database, of roles, of the server", codes: "CV109", guards: "30-target/31-roles.sql"},
		{what: "Default privileges", guards: "30-target/32-schema.sh"},
		{what: "A dump of all databases with roles and passwords", guards: "30-target/31-roles.sql"},
		{what: "Comments on roles and on the database", codes: "CV117"},
		{what: "Rows in the tool's own schema", codes: "CV118"},
		{what: "The target's schema differs after the restore", codes: "G1-SCHEMA G3-COLS G3-CON G3-OBJ G3-IDX"},
	}},
	{"Roles and rights", []trap{
		{what: "Superuser, replication, BYPASSRLS are not to be had on a managed server", codes: "RL101"},
		{what: "Row-level security hides rows from whoever copies or compares", codes: "RL102 RL103 RL107 G0-RIGHTS"},
		{what: "Rights that are missing show up in the middle", codes: "RL104 RL105 NT105 G0-RIGHTS UN101 UN102"},
		{what: "Privileges on the database and on settings", codes: "RL106 RL108"},
		{what: "ADMIN, INHERIT and SET options of memberships", guards: "30-target/31-roles.sql"},
		{what: "Security labels", codes: "RL109"},
		{what: "Timeouts end the sessions that read or apply", codes: "G1-ROLE RP213", guards: "10-source/13-role.sql"},
		{what: "pg_hba.conf does not let the reader in", blind: "no ordinary role sees the file; 10-source/13-role.sql says what it needs"},
		{what: "Characters that AWS DMS does not take in a password", blind: "no password comes near this program"},
	}},
	{"The load", []trap{
		{what: "A stream that is cut commits what came", codes: "G3-COVER G3-ROWS", guards: "40-load/42-load.sh"},
		{what: "An error on the way does not stop the pipeline", guards: "40-load/42-load.sh"},
		{what: "A table is forgotten, or loaded twice", codes: "G3-COVER"},
		{what: "Values are written by the session's settings", guards: "40-load/42-load.sh"},
		{what: "One large table decides how long it takes", codes: "CP108 CP111"},
		{what: "Indexes are there during the copy, or missing after it", codes: "G3-IDX", guards: "30-target/32-schema.sh"},
		{what: "A unique index does not build, because the rows are not unique", codes: "TY116 TY120 G3-IDX"},
		{what: "No statistics, no visibility map at the cutover", codes: "G3-STATS", guards: "70-cutover/75-analyze.sh"},
		{what: "A parallel dump of an old standby is refused", guards: "40-load/42-load.sh"},
		{what: "More tables than the lock table holds", codes: "CP114"},
		{what: "The client programs are older than a server", codes: "G0-VER RP209", guards: "30-target/32-schema.sh"},
		{what: "The target is not empty, a standby, or the source itself", codes: "RP207 RP208 RP210 RP211 G0-EMPTY G0-TOPO"},
		{what: "A spot check by dates that depend on the session", guards: "60-qa/61-spot-checks.sh"},
		{what: "Counts are equal and rows are not", codes: "G3-ROWS"},
		{what: "pglogical on the target hangs what waits for all processes", codes: "EX104"},
		{what: "A server is out of reach, and that passes for a yes", codes: "G0-CONNECT"},
	}},
	{"Change data capture and the cutover", []trap{
		{what: "A group that never catches up, or hardly", codes: "CP104 CP105 CP106 CP107 CP112 CP113"},
		{what: "Foreign keys and triggers stay off for everybody", codes: "RP212 G3-FIRE G7-SRR"},
		{what: "A subscription starts where the slot was made, and repeats what the copy holds, or past the copy, and loses what lies between", codes: "G4-ORIGIN G4-LSN", guards: "50-cdc/native/51-subscriptions.sh 50-cdc/native/52-enable.sh"},
		{what: "A subscription of other publications, or one that is enabled too early", codes: "G4-SUB"},
		{what: "A subscription finds no free worker and waits without an error", codes: "G4-WORKERS G5-SUB"},
		{what: "A subscription that meets an error tries again for ever, and nothing shows it", codes: "G5-SUB G5-ERRORS"},
		{what: "A group's backlog grows", codes: "G5-LAG G6-MARKER"},
		{what: "A table joins its publication after an open transaction has written to it: the rest of that transaction comes without its beginning", guards: "10-source/17-slots.sh"},
		{what: "A table without an identity in a publication of updates makes every UPDATE of the application fail", codes: "NT101 G1-MEMBER", guards: "10-source/15-publications.sql"},
		{what: "Errors of the apply are logged and forgotten", codes: "G5-EXC G5-APPLIED", guards: "50-cdc/dms/settings/dms_slot_01.json"},
		{what: "A reader leaves out a transaction because it began before the position, although it ended behind it", codes: "G5-STRADDLER", guards: "20-replica/21-pause.sh"},
		{what: "A task that is started anew has a gap", codes: "G5-TASK", guards: "50-cdc/dms/55-start.sh 50-cdc/dms/57-resume.sh"},
		{what: "A task's status lies; its own validation gives up", codes: "G5-READ G5-STATUS G5-TASK G5-TABLES"},
		{what: "A task is not what was reviewed: other settings, other tables, another position, an endpoint of another slot", codes: "G4-INST G4-EP G4-SET G4-MAP G4-START G4-TASK"},
		{what: "A task of an earlier run is taken for a new one, with its checkpoint", codes: "G4-TASK G4-CONTROL", guards: "80-recovery/82-restart-slot.sh 80-recovery/83-full-restart.sh"},
		{what: "Another migration of the account has made instance, endpoints or tasks of the same names", codes: "G4-INST G4-EP G4-TASK", guards: "50-cdc/dms/aws.sh"},
		{what: "A resumed task goes on behind what its slot still delivers", codes: "G5-TASK", guards: "50-cdc/dms/57-resume.sh"},
		{what: "A task does not start, or stops at its first change: no test of its endpoints, no rights", codes: "G4-CONN G4-ROLE G4-ASSESS", guards: "50-cdc/dms/51-control.sql 50-cdc/dms/54-assess.sh 50-cdc/dms/54-test-connections.sh"},
		{what: "A table is suspended, and its task runs on", codes: "G5-SUSPEND G5-TABLES"},
		{what: "Truncated values and batches that fell back to single rows are lines in a log", codes: "G5-LOGS"},
		{what: "A task falls behind faster than it applies, and cannot be divided any more", codes: "G5-LATENCY G5-LAG"},
		{what: "A task writes on after the cutover, or its instance is paid for", codes: "G7-TASKS G8-TASKS", guards: "50-cdc/dms/58-delete.sh"},
		{what: "AWS DMS creates tables and triggers on the source by default", codes: "ID116", guards: "50-cdc/dms/cloudformation/01-stack.json"},
		{what: "The reader's start position alone decides where it starts", codes: "G2-LSN G4-START G4-TRIM", guards: "50-cdc/dms/52-trim.sh"},
		{what: "One group is restarted and takes others along", guards: "80-recovery/82-restart-slot.sh"},
		{what: "The last transactions are behind the flushed LSN", codes: "G7-DRAIN", guards: "70-cutover/71-freeze.sh 70-cutover/72-drain.sh"},
		{what: "Something still writes after the freeze", codes: "G7-FENCE G7-STOP", guards: "70-cutover/71-freeze.sh"},
		{what: "A trigger acts on what comes back", codes: "NT109"},
		{what: "No way back once the application writes", codes: "NT108 G7-REVERSE", guards: "80-recovery/84-rollback.md 70-cutover/77-way-back.sh"},
		{what: "Rows differ at the cutover, and nobody looks once more", codes: "G7-PARITY G5-PARITY"},
		{what: "What was taken off for the load does not come back", codes: "G7-COLS G7-CON G7-IDX G7-TRG G7-OBJ G8-VALID", guards: "70-cutover/74-constraints.sh 70-cutover/79-validate.sh"},
		{what: "The application meets a right that is missing, a sequence that is behind, or no statistics", codes: "G7-ACL G7-SEQ G7-STATS"},
		{what: "Slots that nobody reads any more fill the old source's disk", codes: "G8-SLOTS G8-SUB", guards: "70-cutover/78-retire.sh"},
		{what: "Groups commit apart, so a reader sees mixed times", blind: "it holds until the drain; foreign keys wait for that"},
		{what: "An accepted hazard is gone", codes: "CF101 G0-HAZARD"},
	}},
}

func TestTrapsAreDocumented(t *testing.T) {
	known, used := map[string]bool{}, map[string]bool{}
	for _, r := range hazard.Rules() {
		known[r.Code] = true
	}
	for _, c := range checks() {
		known[c.Code] = true
	}
	var b strings.Builder
	b.WriteString(`# Traps

What goes wrong in migrations of this kind, and what catches it: a hazard (` + "`pgcutover plan`" + `, [hazards.md](hazards.md)), a check
(` + "`pgcutover verify`" + `, [verify.md](verify.md)), or a file of the bundle that is made so that it cannot happen. ` + "`pgcutover explain CODE`" + `
tells about a code.
`)
	number := 0
	for _, s := range traps {
		fmt.Fprintf(&b, "\n## %s\n\n| trap | what catches it |\n| --- | --- |\n", s.title)
		for _, x := range s.list {
			number++
			var by []string
			for _, code := range strings.Fields(x.codes) {
				require.True(t, known[code], "%s: there is no code %s", x.what, code)
				used[code] = true
				by = append(by, code)
			}
			for _, file := range strings.Fields(x.guards) {
				_, err := os.Stat(filepath.Join("../../golden/cases/small/migration", file))
				for _, other := range []string{"native-small", "native-snapshot", "rds11-aurora11-promote", "rds11-aurora11-full-replica"} {
					if err != nil {
						_, err = os.Stat(filepath.Join("../../golden/cases", other, "migration", file))
					}
				}
				require.NoError(t, err, "%s: the bundle has no %s", x.what, file)
				by = append(by, "`"+file+"`")
			}
			if x.blind != "" {
				by = append(by, x.blind)
			}
			require.NotEmpty(t, by, "%s: nothing catches it, and nothing says why", x.what)
			fmt.Fprintf(&b, "| %s | %s |\n", strings.NewReplacer("_", `\_`, "|", `\|`).Replace(x.what), strings.Join(by, ", "))
		}
	}
	for code := range known {
		require.True(t, used[code], "%s catches none of the traps: name the one that it is there for", code)
	}
	require.Greater(t, number, 100)
	golden.Equal(t, "../../docs/traps.md", []byte(b.String()))
}
