package dms

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/service/databasemigrationservice/types"

	"github.com/pgcutover/pgcutover/planner"
	"github.com/pgcutover/pgcutover/render"
	"github.com/pgcutover/pgcutover/verify"
	"github.com/pgcutover/pgcutover/verify/cloud"
)

// Logs is the code of the check that verify.Env's LogsSince is about.
const Logs = "G5-LOGS"

// Checks are those that ask AWS, in the order of the gates. What they find out about AWS DMS they share, so a slice of them is for one run.
// Nothing is asked, and no configuration read, before the first of them runs.
func Checks(configure cloud.Configuration) []verify.Check {
	a := &account{configure: configure}
	ready, running, both := []verify.Gate{verify.CDCReady}, []verify.Gate{verify.CDC, verify.CutoverReady}, []verify.Gate{verify.CDCReady, verify.CDC, verify.CutoverReady}
	lasting := []verify.Gate{verify.CDC, verify.CutoverReady, verify.Cutover} // a task that is stopped still tells what it lost
	out := []verify.Check{
		{
			Code: "G4-INST", Title: "the replication instance is there, as planned", Gates: both, Cost: verify.Instant, Run: a.looks(judgeInstance),
			Why:    "Tasks run on it. One that is too small swaps, one of another version reads the source otherwise, one without room stops reading.",
			Remedy: "50-cdc/dms/53-deploy.sh",
		},
		{
			Code: "G4-EP", Title: "the endpoints are what the bundle makes them", Gates: both, Cost: verify.Instant, Loss: true, Run: a.looks(judgeEndpoints),
			Why:    "The source endpoint names the slot and the plug-in; one with another slot delivers the changes of other tables. Without its settings AWS DMS makes tables and triggers on the source, cuts LOBs without a word, or applies changes with foreign keys and triggers on.",
			Remedy: "50-cdc/dms/53-deploy.sh",
		},
		{
			Code: "G4-CONN", Title: "AWS DMS has reached every endpoint from its instance", Gates: ready, Cost: verify.Instant, Run: a.looks(judgeConnections),
			Why:    "AWS DMS starts no task whose endpoints have not been tested from its replication instance.",
			Remedy: "50-cdc/dms/54-test-connections.sh",
		},
		{
			Code: "G4-TASK", Title: "each slot has its task, of this run, and it has never been started", Gates: ready, Cost: verify.Instant, Loss: true, Run: a.looks(judgeReady),
			Why:    "A task of an earlier run has another position and its own checkpoint. One that has been started has read its slot; started once more it would make the slot anew, and what was written in between would be lost.",
			Remedy: "50-cdc/dms/58-delete.sh --slot SLOT --yes, then 53-deploy.sh",
		},
		{
			Code: "G4-START", Title: "each task starts exactly where the copy ends", Engines: planner.Engines{planner.EngineDMS}, Gates: ready, Cost: verify.Instant, Loss: true, Run: a.looks(judgeStarts),
			Why:    "AWS DMS fixes the position when a task is made. An earlier one applies again what the copy holds, a later one loses what lies between, and nothing says so.",
			Remedy: "50-cdc/dms/58-delete.sh --slot SLOT --yes, then 53-deploy.sh",
		},
		{
			Code: "G3-FULL", Title: "every table of every task is loaded, and the tasks stand still", Engines: planner.Engines{planner.EngineDMSFull}, Gates: []verify.Gate{verify.Loaded}, Cost: verify.Full, Loss: true, Run: a.checkLoaded,
			Why:    "A task that runs may have given up a table, or rows of one, and says so in its statistics only. One that stopped by an error, or by hand, in the middle of its load looks stopped like one that is done. While nothing has been applied, each table on the target has as many rows as AWS DMS says that it loaded.",
			Remedy: "50-cdc/dms/55-wait.sh tells how far the load is; a table in error: mend the cause, which the log of the task tells, then 80-recovery/83-full-restart.sh",
		},
		{
			Code: "G5-VALIDATED", Title: "AWS DMS's own comparison is done, and found nothing", Engines: planner.Engines{planner.EngineDMSFull}, Gates: running, Cost: verify.Bounded, Informational: true, Run: a.checkValidated,
			Why:    "AWS DMS compares the rows of tables with a primary key while changes go on. It gives up after many differences, skips rows that keep changing, and has false alarms: so it only warns, and the comparison at the cutover decides.",
			Remedy: "pgcutover verify cutover --check rows --rows checksum, while the source is frozen",
		},
		{
			Code: "G4-SET", Title: "the settings of each task are the bundle's", Gates: both, Cost: verify.Instant, Loss: true, Run: a.looks(judgeSettings),
			Why:    "By its defaults AWS DMS drops a delete that fails without a word, goes on after every other error, cuts LOBs at 32 kB, and may drop the tables it finds. What AWS fills in besides is no difference.",
			Remedy: "modify the stopped task with 50-cdc/dms/settings, or 50-cdc/dms/58-delete.sh --slot SLOT --yes, then 53-deploy.sh",
		},
		{
			Code: "G4-MAP", Title: "each task has the plan's tables, by their names, and no others", Gates: both, Cost: verify.Instant, Loss: true, Run: a.looks(judgeMappings),
			Why:    "A table without a rule is not applied. A pattern takes tables of other tasks with it: in one, _ is any character.",
			Remedy: "50-cdc/dms/58-delete.sh --slot SLOT --yes, then 53-deploy.sh: a mapping that changes needs a new task",
		},
		{
			Code: "G4-ASSESS", Title: "AWS DMS has assessed the tasks, and found nothing that was not expected", Gates: ready, Cost: verify.Bounded, Informational: true, Run: a.checkAssessments,
			Why:    "A premigration assessment sees what only AWS's side does: rights that the roles lack there, settings that AWS DMS takes badly. Some of its warnings are about what is meant to be so; the bundle knows which.",
			Remedy: "50-cdc/dms/54-assess.sh, which is optional",
		},
		{
			Code: "G5-TASK", Title: "the tasks run, from their first start on", Gates: running, Cost: verify.Instant, Loss: true, Run: a.checkRunning,
			Why:    "A task that has stopped applies nothing, and its slot fills the source's disk. One that was started a second time instead of being resumed has a gap; and so has one that goes on at a checkpoint before what its slot still delivers.",
			Remedy: "50-cdc/dms/57-resume.sh",
		},
		{
			Code: "G5-TABLES", Title: "no table of a task is in error, suspended or left out", Gates: lasting, Cost: verify.Bounded, Loss: true, Run: a.checkTables,
			Why:    "A task that runs may have given up some of its tables: their changes are lost from then on.",
			Remedy: "80-recovery/82-restart-slot.sh loads the tables of a slot anew",
		},
		{
			Code: "G5-APPLIED", Title: "every change that was read of a table has been applied", Gates: running, Cost: verify.Bounded, Run: a.checkApplied,
			Why:    "For each table AWS DMS counts the inserts, updates and deletes that it has read, and those that it has applied. Where they differ and no longer move, changes were given up: by an error policy that only logs, or in a suspended table.",
			Remedy: "pgcutover verify --check rows --rows delta names the rows that differ",
		},
		{
			Code: "G5-LATENCY", Title: "the tasks keep up, or catch up, by AWS's metrics", Gates: running, Cost: verify.Instant, Run: a.checkLatency,
			Why:    "A task that falls behind faster than it applies is never ready for the cutover, and its slot fills the source's disk meanwhile. A slot that runs cannot be divided: it takes a larger instance or target, or more slots from a new pause on.",
			Remedy: "a larger replication instance or target, a quieter time; else more slots (slots.count) and 80-recovery/83-full-restart.sh",
		},
		{
			Code: Logs, Title: "the logs of the tasks tell of no trouble", Gates: lasting, Cost: verify.Bounded, Loss: true, Run: a.checkLogs,
			Why:    "Truncated values, batches that fell back to single rows and errors that were only logged show up in the log of the task, and sometimes nowhere else.",
			Remedy: "pgcutover verify --check rows --rows delta --differences FILE lists the rows that differ, render --backfill FILE makes what mends them; 80-recovery/82-restart-slot.sh loads the tables of a slot anew; then verify --logs-since TIME acknowledges what was logged before TIME",
		},
		{
			Code: "G7-TASKS", Title: "no task runs any more", Gates: []verify.Gate{verify.Cutover}, Cost: verify.Instant, Loss: true, Run: a.looks(judgeStopped),
			Why:    "The application and a task that both write would overwrite each other.",
			Remedy: "50-cdc/dms/56-stop.sh",
		},
		{
			Code: "G8-TASKS", Title: "nothing of AWS DMS is left that costs money", Gates: []verify.Gate{verify.After}, Cost: verify.Instant, Run: a.looks(judgeDeleted),
			Why:    "A replication instance that is forgotten is paid for by the hour.",
			Remedy: "50-cdc/dms/58-delete.sh --all --yes",
		},
	}
	for i := range out {
		out[i].Family = verify.AWS
		if out[i].Engines == nil {
			out[i].Engines = planner.ByDMS
		}
	}
	return out
}

// full reports whether the tasks load the rows themselves.
func (s scene) full() bool { return s.plan.Options.FullLoad() }

// scene is what the judges see: the plan, state.json, what the bundle gives AWS DMS, and what AWS DMS has.
type scene struct {
	*found
	plan  planner.Plan
	state *verify.State
	input render.DMSInput

	confirmed    map[string]verify.LSN // by slot, what its reader has confirmed; only where a task stands still
	confirmedErr error                 // why that is not known
}

// task is the task of one group.
type task struct {
	planner.DMSTask
	group    planner.Group
	input    render.DMSTaskInput
	recorded verify.StateTask // of state.json
	known    bool             // state.json knows it
}

func (s scene) each(do func(task)) {
	for i, t := range s.plan.DMS.Tasks {
		x := task{DMSTask: t, group: s.plan.Groups[i], input: s.input.Tasks[i]}
		if s.state != nil {
			x.recorded, x.known = s.state.Tasks[x.group.Slot]
		}
		do(x)
	}
}

// eachMade does something with each task that AWS DMS has; of one that is not there out gets the answer that it would have told.
func (s scene) eachMade(out *[]verify.Result, do func(task, types.ReplicationTask)) {
	s.each(func(t task) {
		have, there := s.tasks[t.Identifier]
		if !there {
			*out = append(*out, noTask(t))
			return
		}
		do(t, have)
	})
}

// looks is the run of a check that needs no more than what AWS DMS says of its resources.
func (a *account) looks(judge func(scene) []verify.Result) func(context.Context, *verify.Env) ([]verify.Result, error) {
	return func(ctx context.Context, e *verify.Env) ([]verify.Result, error) {
		s, none := a.scene(ctx, e)
		if none != nil {
			return none, nil
		}
		return judge(s), nil
	}
}

// checkRunning asks the source too, about the slots of tasks that could be resumed.
func (a *account) checkRunning(ctx context.Context, e *verify.Env) ([]verify.Result, error) {
	s, none := a.scene(ctx, e)
	if none != nil {
		return none, nil
	}
	for _, t := range s.tasks {
		if stands(t) {
			s.confirmed, s.confirmedErr = verify.Confirmed(ctx, e)
			break
		}
	}
	return judgeRunning(s), nil
}

// scene asks AWS DMS. Where there is nothing to ask about, or no answer, none says so.
func (a *account) scene(ctx context.Context, e *verify.Env) (s scene, none []verify.Result) {
	if len(e.Plan.DMS.Tasks) == 0 {
		return s, []verify.Result{verify.Skip.Of("", "the plan has no tasks")}
	}
	input, err := render.DMSInputOf(e.Plan)
	if err != nil {
		return s, []verify.Result{verify.Unknown.Of("", "what the bundle would give AWS DMS is not known: %v", err)}
	}
	f, err := a.look(ctx, e.Plan.DMS)
	if err != nil {
		return s, []verify.Result{unheard(ctx, "", err)}
	}
	return scene{found: f, plan: e.Plan, state: e.State, input: input}, nil
}
