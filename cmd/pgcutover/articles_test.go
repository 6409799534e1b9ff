package main

import (
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/pgcutover/pgcutover/golden"
	"github.com/pgcutover/pgcutover/planner"
	"github.com/pgcutover/pgcutover/planner/hazard"
)

// articleStep is something that an article has its reader do by hand, and what does it here.
type articleStep struct {
	step  string // in our words
	files string // of the bundle that do it
	codes string // hazards and checks that ask whether it is done
	by    string // commands, options and pages; a path in backquotes is one of the configuration, a link one of docs
	why   string // where it is done otherwise, or not at all: the reason
}

// articles are the four that describe the way by hand. docs/articles.md is made from them.
var articles = []struct {
	title, about string
	cases        []string // golden cases, one of which has each file
	chapters     []articleChapter
}{
	{
		title: "AWS Partner Network: CallRail paves the way",
		about: "4.5 TB of PostgreSQL 9.6 on EC2 to Amazon RDS for PostgreSQL 12: the design, and what was learnt. Engine `dms`.",
		cases: []string{"pg96", "small"},
		chapters: []articleChapter{
			{"Design", []articleStep{
				{step: "Leave primary and production replica alone; copy from a maintenance replica of its own", codes: "RP101 RP203 G0-TOPO", by: "`analyze --replica`"},
				{step: "Take a major version that native replication does not span (9.6 to 12)", codes: "G0-VER", by: "`engine`", why: "only 9.6 itself lacks publications: from 10 on the engine `native` goes to any newer version ([native.md](native.md))"},
				{step: "Know sizes, rows, write rates", by: "[analyze.md](analyze.md), [plan.md](plan.md)"},
				{step: "Two phases: the load outside of AWS DMS, then change data capture from the primary", files: "40-load/42-load.sh 50-cdc/dms/55-start.sh"},
				{step: "A picture of the split and of the timeline", by: "[plan.md](plan.md)", why: "`plan` writes both beside plan.json, for people and as a page"},
				{step: "Cut over when the latency is zero and the data is validated", files: "70-cutover/71-freeze.sh 70-cutover/72-drain.sh", codes: "G6-MARKER G7-DRAIN G7-PARITY"},
			}},
			{"Full load", []articleStep{
				{step: "Pause the replica, capture the position", files: "20-replica/21-pause.sh", codes: "G2-PAUSED G2-LSN"},
				{step: "Watch the disk of the paused replica", codes: "CP102 G0-WALCAP", by: "`wal.replica_free_bytes`"},
				{step: "Load in parallel: the five largest tables apart, the rest together", files: "40-load/items.tsv 40-load/42-load.sh", codes: "CP108 CP111", why: "pieces of about one size, largest first, pulled by workers: the largest table alone would take as long as it takes in one session"},
				{step: "Build indexes after the bulk load", files: "40-load/41-ledger.sql 40-load/42-load.sh", codes: "G3-IDX"},
				{step: "Use the same split for sets, slots and tasks", files: "10-source/16-members.sh", why: "sets, slots and tasks share one split, by change rate; the load has another, by bytes: a large table need not change much"},
				{step: "Performance Insights on the target", by: "[dms.md](dms.md)", why: "the target is made by others; `40-load/progress.sql` tells how far the load is"},
			}},
			{"Change data capture", []articleStep{
				{step: "pglogical rather than test_decoding", files: "10-source/15-node.sql", codes: "EX103 G0-EXT", why: "what is sent is selected by table; decoding is not: each slot reads all WAL, and the number of slots is weighed against that (CP109)"},
				{step: "Verify that change data capture may start at the position", codes: "G2-LSN G4-START", files: "50-cdc/dms/52-trim.sh", why: "the next higher position that a slot shows is never taken: it loses what was in flight. The position itself is exact, and is proven by comparing it with each slot's confirmed_flush_lsn"},
				{step: "List the tables with LOBs and their largest values; limited mode where possible", codes: "TY101 TY102 TY103", by: "`plan --lobs`, `analyze --lob exact`, `lob.margin`"},
				{step: "Say for each table whether truncation is acceptable", codes: "TY123", by: "`lob.truncate`"},
				{step: "A setting of its own for tables that must not be cut", files: "50-cdc/dms/mappings/dms_slot_01.json", codes: "TY125"},
				{step: "LOBs only in tables with a key", codes: "TY104 TY105"},
				{step: "Batch apply but for tables with a primary key and another unique key", codes: "ID109 ID110 G4-BATCH", files: "50-cdc/dms/settings/dms_slot_01.json", by: "`unique`"},
			}},
			{"Watching and recovering", []articleStep{
				{step: "Search the logs for errors and warnings", codes: "G5-LOGS"},
				{step: "Watch latencies, CPU, memory, swap, storage", codes: "G5-LATENCY G5-LAG", files: "50-cdc/dms/cloudformation/01-stack.json", why: "the stack has the alarms"},
				{step: "Watch awsdms_status and awsdms_apply_exceptions", codes: "G5-STATUS G5-EXC"},
				{step: "Fill in by hand what failed to apply", by: "`verify --differences`, `render --backfill` ([backfill.md](backfill.md))"},
				{step: "Resume a failed task while its WAL is there", files: "50-cdc/dms/57-resume.sh", codes: "G2-WAL G5-TASK"},
				{step: "Restart a part: one slot and its tables", files: "80-recovery/82-restart-slot.sh", by: "`render --restart` ([restart.md](restart.md))"},
				{step: "Restart the whole; keep the failed state for the analysis", files: "80-recovery/83-full-restart.sh"},
				{step: "A dry run before the real one", by: "`rehearse` ([rehearse.md](rehearse.md))"},
			}},
		},
	},
	{
		title: "Ippon: hands-on guide, part 1",
		about: "From the prerequisites to the loaded target. Engine `dms`.",
		cases: []string{"pg96", "small"},
		chapters: []articleChapter{
			{"Prerequisites", []articleStep{
				{step: "Make a maintenance replica of its own", codes: "RP101 RP202", why: "the servers are yours; the plan and gate `preflight` say whether the replica will do"},
				{step: "Install pglogical's package on the source", codes: "EX103 G0-EXT", files: "10-source/11-preflight.sh", why: "no repository without signatures is named: the packages of the PostgreSQL project have pglogical"},
				{step: "Set shared_preload_libraries, wal_level, slots, senders, workers, wal_sender_timeout; restart the primary", files: "10-source/12-settings.sh", codes: "RP102 RP121 G0-CONF G0-STANDBY G0-CAP", why: "numbers follow from the plan, standbys first; track_commit_timestamp is not needed"},
				{step: "CREATE EXTENSION pglogical, on the source and on the target", files: "10-source/15-node.sql", codes: "EX104", why: "the target needs none, and it hangs what waits for all processes there"},
				{step: "Install the client of the target's version on the replica's host", codes: "G0-VER RP209", files: "env.example"},
				{step: "Set up RDS", why: "made by others, or by your own templates; what it needs is in plan.md under Settings"},
				{step: "Dump the schema close to the start of the load, roles too", files: "30-target/31-roles.sql 30-target/32-schema.sh", codes: "G1-SCHEMA G0-DRIFT", why: "roles come without passwords, and the schema of this database alone; what changes afterwards is found"},
				{step: "Restore it on the target, with its extensions", files: "30-target/32-schema.sh", codes: "EX101 EX102 G1-SCHEMA"},
				{step: "List the tables with a primary key and another unique key; write the script that drops these", codes: "ID109 ID110", files: "30-target/32-schema.sh 70-cutover/74-constraints.sh", by: "`unique`", why: "the schema is restored without them; each comes back by its definition"},
			}},
			{"Steps 1 to 4: slots and sets", []articleStep{
				{step: "Group tables: huge and busy ones apart, those with unique keys together, related ones together", by: "`slots` ([plan.md](plan.md))", codes: "CP104 CP106"},
				{step: "Create the slots", files: "10-source/17-slots.sh", codes: "G1-SLOT"},
				{step: "Test what several slots cost the primary", codes: "CP109", by: "[plan.md](plan.md)"},
				{step: "Note restart_lsn and confirmed_flush_lsn", files: "10-source/17-slots.sh", why: "kept in state.json: they are the proof of the hand-off"},
				{step: "Look for slots that others use", codes: "RP105 G0-FOREIGN"},
				{step: "Create the node, dropping one that is there", files: "10-source/15-node.sql", codes: "RP106 RP110 G0-SECRET", why: "without a password, and a node of others is never dropped"},
				{step: "Create two sets for each slot, named like it", files: "10-source/15-node.sql", codes: "G1-SETS RP107"},
				{step: "Add every table to both sets", files: "10-source/16-members.sh", codes: "G1-MEMBER"},
				{step: "Expect errors for tables without a primary key", codes: "ID101 ID102 G5-NOPK", by: "`tables.inserts_only`", why: "their updates and deletes would be lost: somebody has to accept that, or give them a key"},
			}},
			{"Steps 5 to 7: the pause", []articleStep{
				{step: "Pause the replica", files: "20-replica/21-pause.sh", codes: "G2-PAUSED"},
				{step: "Make room when its disk fills", files: "80-recovery/81-abort.sh 20-replica/22-resume.sh", codes: "CP102"},
				{step: "Capture the position, write it down", files: "20-replica/21-pause.sh", codes: "G2-LSN", why: "the script writes state.json; nobody copies it"},
				{step: "Peek into each slot for the position", codes: "G2-LSN G2-STRADDLE", why: "a row, or none, proves nothing: positions of slots, sets and replica are compared instead; `verify paused --peek` lists what was in flight"},
			}},
			{"Steps 8 to 11: the load", []articleStep{
				{step: "Drop the unique indexes on the target", files: "30-target/32-schema.sh"},
				{step: "A screen session for each large table, one for the rest", files: "40-load/42-load.sh", by: "[load.md](load.md)", why: "the ledger is the queue: workers may be killed and started again, on several hosts"},
				{step: "pg_dump piped into psql", files: "40-load/42-load.sh", why: "a pipe that is cut commits what came; here rows and the note that they came commit together"},
				{step: "Write down start and end", files: "40-load/progress.sql", by: "`plan --timings`"},
				{step: "Use the client's full path, mind its version", files: "env.example session.sh", codes: "G0-VER"},
				{step: "Type passwords", files: "env.example", why: "service and password files: no secret in a command or a file of the bundle"},
				{step: "Verify that the indexes are back", codes: "G3-IDX G7-IDX"},
				{step: "Count rows by month on both sides", files: "60-qa/61-spot-checks.sh", codes: "G3-ROWS", why: "whole tables are counted, or compared by value with `--rows checksum`, while both sides stand still"},
				{step: "Resume the replica when all has ended, and keep it", files: "20-replica/22-resume.sh", codes: "G3-LSN"},
			}},
		},
	},
	{
		title: "Ippon: hands-on guide, part 2",
		about: "Change data capture with AWS DMS. Engine `dms`.",
		cases: []string{"pg96", "small"},
		chapters: []articleChapter{
			{"LOBs", []articleStep{
				{step: "List tables with LOBs, guess the largest value", codes: "TY101 TY102 TY103", by: "`plan --lobs`, `analyze --lob exact`", why: "measured, by the length of the value and not of what is stored of it"},
				{step: "The table of sizes and truncations", by: "`plan --lobs`, `lob.truncate`", why: "as text, CSV and JSON"},
			}},
			{"Steps 1 to 3: AWS DMS", []articleStep{
				{step: "Create the replication instance, sized by the volume", files: "50-cdc/dms/cloudformation/01-stack.json", codes: "G4-INST", by: "`cdc.instance_class`, `cdc.storage_gb`"},
				{step: "A source endpoint for each slot, with PluginName and slotName; one target endpoint", files: "50-cdc/dms/cloudformation/01-stack.json", codes: "G4-EP"},
				{step: "Test the connections", files: "50-cdc/dms/54-test-connections.sh", codes: "G4-CONN"},
				{step: "Tasks that replicate data changes only, from the position", files: "50-cdc/dms/53-deploy.sh", codes: "G4-TASK G4-START"},
				{step: "Recovery table, no preparation of the target, logs, control tables", files: "50-cdc/dms/settings/dms_slot_01.json 50-cdc/dms/51-control.sql", codes: "G4-SET", by: "`cdc.control_schema`", why: "the control tables have a schema of their own; and the error policies are set, whose defaults lose rows"},
				{step: "Batch apply off where there are other unique keys", codes: "G4-BATCH", files: "50-cdc/dms/settings/dms_slot_01.json"},
				{step: "Limited LOB mode with a limit from the list", files: "50-cdc/dms/settings/dms_slot_01.json", by: "`lob.margin`"},
				{step: "Mapping rules: exactly the tables of the slot", files: "50-cdc/dms/mappings/dms_slot_01.json", codes: "G4-MAP TY124", why: "`explicit`, not `include`, in whose names _ is any character"},
				{step: "Unlimited mode for tables that must not be cut", files: "50-cdc/dms/mappings/dms_slot_01.json", codes: "TY125", why: "with a bulk size of 0: the combination of both modes is documented for other engines only"},
				{step: "Check every setting before the start", codes: "G4-SET G4-MAP G4-EP G4-ASSESS"},
			}},
			{"Steps 4 and 5: start and catch up", []articleStep{
				{step: "Start the tasks one by one, minutes apart", files: "50-cdc/dms/55-start.sh", by: "`cdc.start_interval_seconds`"},
				{step: "Read the logs", codes: "G5-LOGS"},
				{step: "Watch memory, storage and latency", codes: "G5-LATENCY", files: "50-cdc/dms/cloudformation/01-stack.json"},
				{step: "Ask awsdms_status; do not believe its status", codes: "G5-STATUS G5-READ G5-TASK"},
				{step: "See whether a task catches up faster than time passes", codes: "G5-LAG CP104 CP105"},
				{step: "Split a task that cannot catch up", codes: "CP106", by: "`slots.count` ([restart.md](restart.md))", why: "a slot that runs cannot be divided without loss: more slots from a new pause on"},
				{step: "Compare tables of a task that has caught up", codes: "G5-PARITY", by: "`verify cdc --rows delta`"},
			}},
			{"Errors and restarts", []articleStep{
				{step: "Truncations: note the length, set another limit", codes: "G5-LOGS", by: "`lob.margins`, `render --restart` ([restart.md](restart.md))"},
				{step: "Batches that fall back: compare the tables, switch it off", codes: "G5-LOGS G4-BATCH G5-PARITY"},
				{step: "Read awsdms_apply_exceptions, fill in what is missing", codes: "G5-EXC", by: "[backfill.md](backfill.md)", why: "none is normal: the start is exact, so an error says that something is wrong"},
				{step: "Open a case with AWS for failures without a reason", codes: "G5-TASK", why: "the check shows what AWS DMS says of the stop"},
				{step: "Partial restart", files: "80-recovery/82-restart-slot.sh", by: "`render --restart` ([restart.md](restart.md))", why: "the tables are emptied without CASCADE, which would empty tables of other slots"},
				{step: "Full restart", files: "80-recovery/83-full-restart.sh"},
				{step: "Do not stay in this state for long", codes: "G5-WALCAP G5-LAG"},
				{step: "Cut over", files: "70-cutover/71-freeze.sh 70-cutover/72-drain.sh 70-cutover/73-sequences.sh 70-cutover/74-constraints.sh 70-cutover/75-analyze.sh", codes: "G7-FENCE G7-PARITY G7-SEQ G7-CON", by: "[cutover.md](cutover.md)"},
			}},
		},
	},
	{
		title: "Migrating PostgreSQL to Aurora with near Zero-Downtime",
		about: "RDS to Aurora: by promotion of a read replica, engine `promote`; and by AWS DMS alone, full load and changes, engine `dms-full`. `plan --compare` sets both, and the other ways, side by side.",
		cases: []string{"rds11-aurora11-promote", "rds11-aurora11-full", "rds11-aurora11-full-replica", "full-lobs"},
		chapters: []articleChapter{
			{"Read replica promotion", []articleStep{
				{step: "Create an Aurora read replica of the master", files: "20-aurora/21-deploy.sh", codes: "G0-RDS G0-OFFER PR101 PR102 PR103"},
				{step: "Name instance and cluster after service and environment, further instances by number", by: "`aurora.cluster`"},
				{step: "The same subnet group and security groups as the source's", files: "20-aurora/21-deploy.sh env.example", why: "the subnet group is the source's where nothing else is said"},
				{step: "No Multi-AZ: a reader makes failover fast", by: "`aurora.readers`"},
				{step: "One Aurora replica is all that an instance can have", codes: "G0-RDS PR104"},
				{step: "A dry run of the promotion, thrown away afterwards, to know how long it takes", files: "20-aurora/23-dry-run.sh", by: "`plan --timings`"},
				{step: "A quiet time; background jobs are stopped, and those that run have ended", files: "RUNBOOK.md", codes: "PR113 G0-INSTANCE"},
				{step: "Pause the master: no writes from here", files: "70-cutover/71-freeze.sh", codes: "G7-FENCE"},
				{step: "What is written during the promotion is not on the replica", files: "70-cutover/72-drain.sh 70-cutover/73-promote.sh", codes: "G6-REPLICA G6-LAG G7-PROMOTED", why: "a marker behind everything has to be read on the replica before it is promoted, and on the cluster afterwards"},
				{step: "Old read replicas and caches go on serving reads", files: "70-cutover/71-freeze.sh RUNBOOK.md", codes: "PR115", why: "with `--readers`: the freeze travels to the replicas by replication, and shuts out who logs in anew"},
				{step: "Promote: 10 to 20 minutes", files: "70-cutover/73-promote.sh", codes: "G7-CLUSTER", by: "`aurora.promotion_seconds`"},
				{step: "Deploy the application's configuration: writer endpoint, reader endpoint, Makara", files: "70-cutover/75-open.sh RUNBOOK.md", codes: "G8-OPEN"},
				{step: "Build readers at once, as many as before: 5 to 10 minutes each", files: "70-cutover/77-readers.sh 20-aurora/cloudformation/02-readers.json", codes: "G8-READERS PR115", by: "`aurora.readers`", why: "all at once; the reads move when they are there"},
				{step: "Delete the old databases when all is well", files: "70-cutover/78-retire.sh", codes: "G8-SOURCE", why: "with a final snapshot"},
				{step: "Going back loses what was written since", files: "80-recovery/84-rollback.md", codes: "PR117"},
			}},
			{"Full load and ongoing replication: before", []articleStep{
				{step: "Weigh the two ways: downtime of the promotion, effort of the other", by: "`plan --compare` ([compare.md](compare.md))"},
				{step: "An Aurora replica, promoted and emptied, to have the schema", files: "30-target/31-roles.sql 30-target/32-schema.sh 30-target/34-keys.sql", codes: "G1-SCHEMA G4-EMPTY", by: "`full.schema`", why: "as the article does it with `replica`, the rows below; by default pg_dump brings the schema to an empty cluster, of a newer major version too, and nothing has to be promoted or truncated"},
				{step: "Create the replica: named after service and environment, in the subnet group and the security groups of the source, without Multi-AZ; further replicas later, by number", files: "20-aurora/21-deploy.sh 20-aurora/22-catch-up.sh env.example", codes: "G0-RDS G0-OFFER PR101 PR102 PR103", by: "`aurora.cluster`", why: "security groups are named by the site: nothing is taken over from the source that lets its application in; readers are made before the cutover, for they would replay the load"},
				{step: "Promote it: it takes writes, and replication from the source ends", files: "20-aurora/23-promote.sh", codes: "G0-TOPO PR104", by: "`aurora.promotion_seconds`", why: "the source works on; it is proven that the cluster is a copy of this source, and no other server that it could be taken for, and a mark is left on it"},
				{step: "Roles, extensions, indexes and constraints come along", files: "30-target/32-schema.sh", codes: "G3-FIRE G3-CON PR107 PR108 PR112", why: "with `--existing` what would stop the load goes, and comes back with the cutover: foreign keys, triggers, rules, policies, event triggers, indexes, and what rests on a key; so do subscriptions, jobs and prepared transactions come along, which the article does not name"},
				{step: "Truncate its tables", files: "30-target/33-empty.sql 80-recovery/empty-target.sql", codes: "G4-EMPTY", why: "in batches, never with CASCADE, which would empty tables that do not move; a foreign key of such a table is refused by name"},
				{step: "rds.logical_replication = 1, wal_sender_timeout = 0 on the source", files: "10-source/12-settings.sh", codes: "RP121 G0-CONF"},
				{step: "session_replication_role = replica on the target", files: "50-cdc/dms/51-control.sql 50-cdc/dms/cloudformation/01-stack.json", codes: "G4-ROLE G7-SRR", why: "for the role and the sessions of AWS DMS alone: in the parameter group it switches off foreign keys and triggers for the application too"},
				{step: "A replication instance: named by its purpose, sized by tests, same VPC, Multi-AZ, not public", files: "50-cdc/dms/cloudformation/01-stack.json", codes: "G4-INST", by: "`cdc.instance_class`, `cdc.multi_az`"},
				{step: "Endpoints of both databases; no read replica as source; the master account; no : ; + % in its password", files: "50-cdc/dms/53-deploy.sh 10-source/13-role.sql", codes: "G4-EP G0-TOPO", why: "roles of their own with the rights that it takes, and secrets in AWS Secrets Manager"},
				{step: "Test the endpoints; refresh their schemas", files: "50-cdc/dms/54-test-connections.sh", codes: "G4-CONN", why: "the list of schemas is for the console, which offers tables by it: mappings here name each table"},
				{step: "A task that migrates existing data and replicates changes, for all tables of public", files: "50-cdc/dms/mappings/dms_full_01.json 50-cdc/dms/settings/dms_full_01.json", codes: "G4-TASK G4-MAP", by: "`slots`", why: "a task for each group, each table by its exact name; huge tables are read in ranges"},
				{step: "Do nothing about the target's tables, which are truncated by hand", files: "50-cdc/dms/settings/dms_full_01.json 50-cdc/dms/55-start.sh", codes: "G4-SET G4-EMPTY", why: "no task is started where one of its tables has a row"},
				{step: "Do not stop after the full load", files: "50-cdc/dms/settings/dms_full_01.json 50-cdc/dms/57-resume.sh", why: "tasks stop before they apply what came meanwhile: indexes are built then, at once, and not row by row"},
				{step: "Logging and validation on", files: "50-cdc/dms/settings/dms_full_01.json", codes: "G5-LOGS", by: "`full.validation`", why: "validation costs both sides as much reading as the load, and its failures are no verdict; `verify --check rows` compares both sides"},
				{step: "Full or limited LOB mode; the largest value measured, times two", codes: "TY101 TY102 TY103", by: "`analyze --lob exact`, `plan --lobs`, `lob.margin`", why: "measured by octet_length: pg_column_size, which the article takes, tells what is stored, compressed"},
				{step: "Drop NOT NULL of columns with LOBs on the target", files: "30-target/33-relax.sql", codes: "G1-SCHEMA"},
				{step: "Assess the task; float8 rounds", files: "50-cdc/dms/54-assess.sh 10-source/13-role.sql", codes: "G4-ASSESS TY108"},
				{step: "Endpoints, task and instance are there and configured, the target is empty and without NOT NULL of LOBs", codes: "G4-INST G4-EP G4-TASK G4-SET G4-EMPTY G3-COLS", by: "`verify cdc-ready`"},
				{step: "A quiet time; stop background jobs and wait for those that run", files: "RUNBOOK.md 50-cdc/dms/55-start.sh", codes: "G0-XACT", why: "no task is started while a transaction that has written has been open for long"},
			}},
			{"Full load and ongoing replication: during and after", []articleStep{
				{step: "Watch the source; load fewer tables at a time", by: "`full.sub_tasks`, `slots.count`"},
				{step: "Watch the table statistics", files: "50-cdc/dms/55-wait.sh", codes: "G3-FULL G3-SENT G3-EXC"},
				{step: "Watch CDCIncomingChanges, free storage and memory of the instance", files: "50-cdc/dms/cloudformation/01-stack.json", codes: "G5-LATENCY G5-LAG", why: "the stack has the alarms"},
				{step: "Put NOT NULL back when all tables are loaded", files: "70-cutover/74-constraints.sh", codes: "G7-COLS", why: "at the cutover: changes come in two steps just as the load does"},
				{step: "Look into awsdms_validation_failures_v1, whose failures are often none, and whose keys are cut", codes: "G5-VALID G5-VALIDATED", by: "`full.validation`"},
				{step: "Compare by spot checks", codes: "G7-PARITY", why: "at the cutover, when both sides stand still: every table is counted, every value compared with `--rows checksum`"},
				{step: "Create readers of the cluster; from then on there are two endpoints, the writer's and the readers'", files: "RUNBOOK.md"},
				{step: "Wait until CDCIncomingChanges is empty, point the application to Aurora, recycle its connections", files: "70-cutover/71-freeze.sh 70-cutover/72-drain.sh 50-cdc/dms/56-stop.sh", codes: "G7-FENCE G7-DRAIN G7-TASKS", by: "[cutover.md](cutover.md)", why: "without a freeze, what is written to the old database in between is lost"},
				{step: "Sequences, which the article does not name", files: "70-cutover/73-sequences.sh", codes: "G7-SEQ SQ101"},
				{step: "Resume background jobs", files: "RUNBOOK.md"},
				{step: "Delete instance, endpoints and task, and the old database after sufficient time", files: "50-cdc/dms/58-delete.sh 70-cutover/78-retire.sh", codes: "G8-TASKS G8-SLOTS"},
				{step: "Going back loses what was written since", files: "80-recovery/84-rollback.md"},
			}},
		},
	},
}

type articleChapter struct {
	title string
	steps []articleStep
}

var (
	docLink  = regexp.MustCompile(`\]\(([a-z]+\.md)\)`)
	inQuotes = regexp.MustCompile("`([^`]+)`")
	flagUse  = regexp.MustCompile(`^([a-z]+) .*?(--[a-z-]+)`)
)

// isOption reports whether a configuration has the key.
func isOption(section reflect.Type, path string) bool {
	if section.Kind() == reflect.Pointer {
		section = section.Elem()
	}
	if section.Kind() != reflect.Struct {
		return false
	}
	first, rest, deeper := strings.Cut(path, ".")
	_, fields := optionKeys(section)
	i, ok := fields[first]
	return ok && (!deeper || isOption(section.Field(i).Type, rest))
}

// Every step of the articles is done by something that there is.
func TestArticlesAreDocumented(t *testing.T) {
	known := map[string]bool{}
	for _, r := range hazard.Rules() {
		known[r.Code] = true
	}
	for _, c := range checks() {
		known[c.Code] = true
	}
	var b strings.Builder
	b.WriteString(`# The articles, step by step

pgcutover comes from four articles about such migrations, done by hand. This is each step of them, and what does it here: a file of the
bundle, a hazard or check that asks whether it is done, a command or an option. Where it is done otherwise, the reason stands beside it.
` + "`pgcutover explain CODE`" + ` tells about a code.
`)
	for _, a := range articles {
		fmt.Fprintf(&b, "\n## %s\n\n%s\n", a.title, a.about)
		for _, c := range a.chapters {
			fmt.Fprintf(&b, "\n### %s\n\n| the article | here |\n| --- | --- |\n", c.title)
			for _, s := range c.steps {
				var by []string
				for _, file := range strings.Fields(s.files) {
					err := os.ErrNotExist
					for _, name := range a.cases {
						if err != nil {
							_, err = os.Stat(filepath.Join("../../golden/cases", name, "migration", file))
						}
					}
					require.NoError(t, err, "%s: the bundle has no %s", s.step, file)
					by = append(by, "`"+file+"`")
				}
				for _, code := range strings.Fields(s.codes) {
					require.True(t, known[code], "%s: there is no code %s", s.step, code)
					by = append(by, code)
				}
				for _, m := range docLink.FindAllStringSubmatch(s.by+s.why, -1) {
					require.FileExists(t, filepath.Join("../../docs", m[1]), s.step)
				}
				for _, m := range inQuotes.FindAllStringSubmatch(s.by+s.why, -1) {
					if f := flagUse.FindStringSubmatch(m[1]); f != nil {
						var help strings.Builder
						require.Zero(t, run(t.Context(), []string{f[1], "--help"}, nil, &help, &help), s.step)
						require.Contains(t, help.String(), f[2], "%s: %s has no such flag", s.step, f[1])
					}
				}
				for _, m := range inQuotes.FindAllStringSubmatch(s.by, -1) {
					require.True(t, strings.Contains(m[1], " ") || m[1] == "rehearse" || isOption(reflect.TypeFor[planner.Options](), m[1]), "%s: no option is called %s", s.step, m[1])
				}
				if s.by != "" {
					by = append(by, s.by)
				}
				require.NotEmpty(t, append(by, s.why), "%s: nothing does it, and nothing says why", s.step)
				cell := strings.Join(by, ", ")
				if s.why != "" && cell != "" {
					cell += ": "
				}
				fmt.Fprintf(&b, "| %s | %s |\n", strings.NewReplacer("_", `\_`, "|", `\|`).Replace(s.step), cell+s.why)
			}
		}
	}
	golden.Equal(t, "../../docs/articles.md", []byte(b.String()))
}
