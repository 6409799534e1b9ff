package rehearse

import "strings"

// A chapter is what a reader is told before some of the steps.
type chapter struct {
	before string // name of the first step of it
	title  string
	text   string
}

var chapters = []chapter{
	{
		"analyze", "Know the source, decide, write the bundle",
		"Nothing is changed anywhere yet. The inventory, the plan and the bundle are files; a team reviews and commits them.",
	},
	{
		preflight, "Prepare the primary",
		"From the last step of this chapter on, slots keep all WAL that the primary writes. Change data capture reads it later; until then it takes disk.",
	},
	{
		pause, "Stop the replica at one position",
		"Everything before that position is copied from the replica; everything after it comes through the slots. Nothing is lost between the two, and nothing comes twice.",
	},
	{
		"30-target/31-roles.sql", "Load the target",
		"The rows are read from the replica, which stands still. The primary goes on with its work.",
	},
	{
		hold, "Hold a snapshot for each slot",
		"The creation of a slot exports a snapshot of the primary at the very position at which the slot begins. Everything before it is copied in that snapshot, from the primary itself, everything after it comes through the slot.",
	},
	{
		"60-qa/61-spot-checks.sh", "Look again, and let the replica go",
		"Only while the replica stands can both sides be compared exactly.",
	},
	{
		subscribe, "Apply what has changed since",
		"Each slot gets a subscription on the target, which begins exactly where the copy ends. The application goes on writing.",
	},
	{
		control, "Apply what has changed since",
		"There is no AWS here. In the place of each task of AWS DMS stands a process that reads the task's slot from the captured position and applies to the target, told by the files that AWS DMS would get. The application goes on writing.",
	},
	{
		"gate cutover-ready", "Cut over",
		"From the freeze on nobody writes, until the application is pointed to the target: everything that can be done before is done before.",
	},
	{
		retire, "Clear up, and keep the way back",
		"The application writes to the target. What it writes goes to the old source as well, so that going back would lose nothing.",
	},
}

// reasons say why a step is there, and why there, where its title does not.
var reasons = map[string]string{
	"analyze":                  "One read-only snapshot of the catalog; write rates from two looks; the largest values of every LOB column, read on the replica.",
	"plan":                     "The reason for every decision stands in plan.md. A hazard of the worst kind ends it here, unless the configuration accepts it and says why.",
	"render":                   "SQL, scripts and a runbook, complete: nobody edits them. The same plan gives the same bytes.",
	preflight:                  "It changes nothing. What it finds here is mended by the next step.",
	settings + " standby":      "A standby that cannot follow its primary's settings stops replaying: so standbys come first.",
	settings + " source":       "A limit for what the slots may hold, because production comes first: before the disk is full, the migration is given up.",
	"10-source/14-markers.sql": "A row that is changed on purpose: at the cutover it proves that every slot has been read to its end.",
	"10-source/16-members.sh":  "Before the slots: a set decides at the time of the change whether a row is carried.",
	"10-source/17-slots.sh":    "Sets first, slots then, the pause last: in this order no change falls between them.",
	pause:                      "It waits until the replica has replayed past the slots' creation, pauses it, and proves that it stands.",
	"30-target/32-schema.sh":   "Without indexes and constraints: rows go in faster, and indexes are built in parallel afterwards. Triggers wait for the cutover.",
	"30-target/33-relax.sql":   "AWS DMS inserts a row before its large values, and inserts values that the source has generated.",
	"40-load/41-ledger.sql":    "A row for each piece of work. It is marked as done in the transaction that does it, so that a load that was killed goes on where it stopped.",
	"40-load/42-load.sh":       "Largest first; calls in ranges, tiny tables in batches; indexes and keys as soon as their table is in.",
	"60-qa/61-spot-checks.sh":  "Months of the large tables, counted on both sides by other SQL than the gate's.",
	hold:                       "In the background a process for each slot keeps the session open that has the snapshot. Vacuum on the primary removes nothing meanwhile.",
	release:                    "The slots stay, and keep what comes from here on.",
	resume:                     "The slots keep what comes from here on, for what applies the changes.",

	"10-source/15-publications.sql": "Two for each slot: tables whose rows nothing tells apart go into one of inserts, or the application's updates would fail.",
	subscribe:                       "Disabled, without a copy, its origin set to the captured position: before anything is applied a gate looks at all of that.",
	enable:                          "All of them at once.",
	drain + " --not-frozen":         "Markers travel through each slot like any other change; how long they take is how long the drain of the cutover will.",
	wayBack:                         "What needs no freeze is made before it.",
	sequences + " ahead":            "What is done before the freeze nobody waits for. It is done once more in it, and finds little to do.",
	statistics + " --all":           "In the freeze only what has changed since is analyzed.",
	freeze:                          "CONNECT revoked, sessions ended, transactions read-only by default; then it looks whether anything still moves.",
	drain:                           "Two rounds of markers, and every slot confirmed beyond the freeze: everything has arrived.",
	sequences:                       "Sequences are not replicated.",
	"70-cutover/74-constraints.sh":  "The subscriptions are disabled first: nothing is applied any more when foreign keys and triggers come back.",
	openBack:                        "While both sides stand still and hold the same, so that slots made now miss nothing.",
	control:                         "Foreign keys and triggers are off for this role, and for no other. Its control tables have a schema of their own.",
	"50-cdc/dms/52-trim.sh":         "From here on the server itself guards the boundary: it delivers nothing that the copy has.",
	startStandIns:                   "Each is noted in state.json before it starts: a task is started once in its life.",
	stopStandIns:                    "Foreign keys and triggers come back with the next steps, and meet nothing that is still to be applied.",
	restoreRest:                     "Small tables that hardly change are better moved so than by a task.",
	retire:                          "Nobody reads the old slots any more, and they would fill the source's disk.",
}

// withoutStandby are the texts that take the place of others where rows are copied from the primary: reasons and chapters by the step, questions by
// the gate.
var withoutStandby = map[string]string{
	"analyze":                        "One read-only snapshot of the catalog; write rates from two looks.",
	preflight + " chapter":           "No slot is made yet: that comes when the load begins, so that the primary keeps WAL for as short as it can.",
	"30-target/31-roles.sql chapter": "The schema comes first, so that nothing holds up the load once the snapshots are held.",
	"10-source/16-members.sh":        "Before the slots: a publication decides at the time of the change whether a row is carried, and the creation of a slot waits for all who wrote before.",
	"gate ready-to-pause":            "are publications and schema complete, so that the snapshots may be taken?",
	"gate paused":                    "is the snapshot of each slot held, exactly where the slot begins?",
}

// ofLoaders are the texts that take the place of others where AWS DMS copies the rows: reasons, chapters and their titles by the step.
var ofLoaders = map[string]string{
	"analyze":                        "One read-only snapshot of the catalog; write rates from two looks; the largest values of every LOB column.",
	preflight + " chapter":           "No slot is made yet: AWS DMS makes its own when its tasks start.",
	"30-target/31-roles.sql title":   "Make the target, with tables and keys and nothing in them",
	"30-target/31-roles.sql chapter": "The structure comes from the primary by pg_dump. AWS DMS would make bare tables only.",
	"40-load/41-ledger.sql":          "A row for each index and constraint that is built after the load: one that was killed goes on where it stopped.",
	"40-load/42-load.sh":             "The rows are there and the tasks stand still: now everything that costs less at once than row by row, in parallel.",
	control + " title":               "Load the rows, build, and apply what has changed since",
	control + " chapter":             "There is no AWS here. In the place of each task of AWS DMS stands a process that makes a slot of its own, loads the task's tables from the primary, stops, and applies what has changed meanwhile once it is resumed, told by the files that AWS DMS would get. The application goes on writing.",
	retire:                           "A slot that a task leaves behind would fill the source's disk.",
	retire + " title":                "Clear up",
	retire + " chapter":              "The application writes to the target. What it writes does not go back to the old source: this engine has no way back (80-recovery/84-rollback.md).",
	"70-cutover/74-constraints.sh":   "The tasks are stopped: nothing is applied any more when foreign keys and triggers come back.",
	restoreRest:                      "Small tables that AWS DMS would lose rows of are better moved so than by a task.",
	"gate cdc-ready":                 "is everything there that the tasks need, with nothing in it, and has none of them run?",
	"gate loaded":                    "is everything loaded and built, and nothing applied yet?",
	loadStandIns:                     "Each is noted in state.json before it starts: a task is started once in its life.",
}

// gateQuestions are what the gates ask.
var gateQuestions = map[string]string{
	"preflight":      "may anything be changed at all?",
	"ready-to-pause": "are sets and slots complete, so that the replica may be paused?",
	"paused":         "does the replica stand where every slot can take over?",
	"loaded":         "is everything on the target, and right?",
	"cdc-ready":      "does everything begin where the copy ends?",
	"cdc":            "are changes applied, without errors, and do they catch up?",
	"cutover-ready":  "may the application be cut off?",
	"cutover":        "may the target take over?",
	"after":          "is nothing left that does harm?",
}

// wrapped breaks text into lines of at most width runes, each with a prefix.
func wrapped(text, prefix string, width int) string {
	var b strings.Builder
	line := ""
	flush := func() {
		if line != "" {
			b.WriteString(prefix + line + "\n")
		}
	}
	for word := range strings.FieldsSeq(text) {
		if line != "" && len([]rune(line))+1+len([]rune(word)) > width {
			flush()
			line = ""
		}
		if line != "" {
			line += " "
		}
		line += word
	}
	flush()
	return b.String()
}
