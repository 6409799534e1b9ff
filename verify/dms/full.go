package dms

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/databasemigrationservice/types"

	"github.com/pgcutover/pgcutover/analyze"
	"github.com/pgcutover/pgcutover/planner"
	"github.com/pgcutover/pgcutover/verify"
)

// Why a task has stopped by itself when it had loaded its tables (API reference, ReplicationTask.StopReason).
const (
	beforeChanges = "STOPPED_AFTER_FULL_LOAD"     // the changes that it has read meanwhile are not applied yet
	afterChanges  = "STOPPED_AFTER_CACHED_EVENTS" // they are
)

func (a *account) checkLoaded(ctx context.Context, e *verify.Env) ([]verify.Result, error) {
	s, none := a.scene(ctx, e)
	if none != nil {
		return none, nil
	}
	var out []verify.Result
	all := true // tasks stand still with nothing applied, so that rows can be compared
	statistics := map[string][]types.TableStatistics{}
	s.eachMade(&out, func(t task, have types.ReplicationTask) {
		rows, err := a.statistics(ctx, aws.ToString(have.ReplicationTaskArn))
		if err != nil {
			out = append(out, unheard(ctx, t.group.Slot, err))
			all = false
			return
		}
		statistics[t.group.Slot] = rows
		results := judgeLoaded(t, have, rows)
		all = all && results[0].Status == verify.Pass
		out = append(out, results...)
	})
	if !all || len(statistics) < len(s.plan.Groups) {
		return out, nil
	}
	counted, refused, err := verify.CountTarget(e)
	if err != nil {
		return out, err
	}
	s.eachMade(&out, func(t task, _ types.ReplicationTask) {
		if t.recorded.ResumedAt == nil {
			out = append(out, judgeArrived(t, statistics[t.group.Slot], counted, refused)...)
		}
	})
	return out, nil
}

// loadedTables are the statistics of the task's own tables, by name.
func loadedTables(t task, rows []types.TableStatistics) map[analyze.Name]types.TableStatistics {
	out := map[analyze.Name]types.TableStatistics{}
	for _, r := range rows {
		name := analyze.Name{Schema: aws.ToString(r.SchemaName), Name: aws.ToString(r.TableName)}
		if name == t.group.Marker || slices.Contains(t.group.Tables, name) {
			out[name] = r
		}
	}
	return out
}

// judgeLoaded judges a full load; the first answer is about the task. While it runs it is undecided, with how far it is.
func judgeLoaded(t task, have types.ReplicationTask, rows []types.TableStatistics) (out []verify.Result) {
	slot := t.group.Slot
	stats := loadedTables(t, rows)
	var bad, rejected, undone, missing []string
	var loaded int64
	done, slowest := 0, types.TableStatistics{}
	for _, n := range append([]analyze.Name{t.group.Marker}, t.group.Tables...) {
		r, told := stats[n]
		if !told {
			missing = append(missing, n.String())
			continue
		}
		loaded += r.FullLoadRows
		switch state := aws.ToString(r.TableState); {
		case slices.Contains([]string{"Table error", "Table does not exist", "Table cancelled"}, state):
			bad = append(bad, fmt.Sprintf("%s (%s)", n, state))
		case r.FullLoadErrorRows > 0 || r.FullLoadCondtnlChkFailedRows > 0:
			rejected = append(rejected, fmt.Sprintf("%s (%d in error, %d by a condition)", n, r.FullLoadErrorRows, r.FullLoadCondtnlChkFailedRows))
		case state == "Table completed":
			done++
		default:
			undone = append(undone, fmt.Sprintf("%s (%s, %s so far)", n, cmp.Or(state, "no state"), analyze.Count(int(r.FullLoadRows), "row")))
			if state == "Full load" && (slowest.FullLoadStartTime == nil || r.FullLoadStartTime != nil && r.FullLoadStartTime.Before(*slowest.FullLoadStartTime)) {
				slowest = r
			}
		}
	}
	of := len(t.group.Tables) + 1
	progress := fmt.Sprintf("%d of %s loaded, %s", done, analyze.Count(of, "table"), analyze.Count(int(loaded), "row"))
	if x := have.ReplicationTaskStats; x != nil {
		progress += fmt.Sprintf(", %d %%", x.FullLoadProgressPercent)
	}
	status, why := aws.ToString(have.Status), said(have)
	var r verify.Result
	switch {
	case t.recorded.ResumedAt != nil:
		r = verify.Skip.Of(slot, "its task was resumed after its full load: see the gate cdc")
	case status == "ready" && have.ReplicationTaskStartDate == nil:
		r = hinted(verify.Fail.Of(slot, "its task %s has not been started", t.Identifier), "50-cdc/dms/55-start.sh %s", slot)
	case status == "running" || status == "starting" || status == "stopping" || status == "testing":
		at := ""
		if slowest.TableName != nil {
			at = fmt.Sprintf("; longest at it: %s, %s so far", analyze.Name{Schema: aws.ToString(slowest.SchemaName), Name: aws.ToString(slowest.TableName)}, analyze.Count(int(slowest.FullLoadRows), "row"))
		}
		r = hinted(verify.Unknown.Of(slot, "its task %s is %s: %s%s", t.Identifier, status, progress, at), "50-cdc/dms/55-wait.sh waits until every task has loaded its tables")
	case status == "stopped" && strings.Contains(aws.ToString(have.StopReason), beforeChanges) && done == of:
		r = verify.Pass.Of(slot, "%s; task %s stands still before it applies changes", progress, t.Identifier)
	case status == "stopped" && strings.Contains(aws.ToString(have.StopReason), beforeChanges):
		r = hinted(verify.Fail.Of(slot, "its task %s has ended its full load with %s", t.Identifier, progress), "the log of the task says why; then 80-recovery/83-full-restart.sh")
	case status == "stopped" && strings.Contains(aws.ToString(have.StopReason), afterChanges):
		r = hinted(verify.Fail.Of(slot, "its task %s has stopped after it applied the changes of the load: its settings do not stop it before", t.Identifier), "see G4-SET; build what is missing with 40-load/42-load.sh, then compare rows at the cutover")
	default:
		r = hinted(verify.Fail.Of(slot, "its task %s is %s, and not because its tables are loaded: %s; %s", t.Identifier, status, why, progress), "mend the cause, which the log of the task tells (CloudWatch), then 80-recovery/83-full-restart.sh")
	}
	out = append(out, shown(evidence(r, have), "rows loaded", loaded))
	if r.Status == verify.Skip {
		return out
	}
	add := func(status verify.Status, names []string, hint, format string) {
		if len(names) > 0 {
			slices.Sort(names)
			out = append(out, hinted(status.Of(slot, format, analyze.Some(names, 5)), "%s", hint))
		}
	}
	const anew = "mend the cause, which the log of the task and awsdms_full_load_exceptions tell, then 80-recovery/83-full-restart.sh"
	add(verify.Fail, bad, anew, "tables that were given up: %s")
	add(verify.Fail, rejected, anew, "tables of which rows were given up: %s")
	if r.Status == verify.Fail {
		add(verify.Fail, undone, anew, "tables that are not loaded: %s")
	}
	switch {
	case r.Status == verify.Unknown:
		add(verify.Unknown, missing, "a task that has just started lists its tables after a while", "AWS DMS does not list %s")
	default:
		add(verify.Fail, missing, "see G4-MAP: a table that its task does not list is not loaded", "AWS DMS does not list %s")
	}
	return out
}

// judgeArrived compares, table by table, what AWS DMS says that it has loaded with what the target has.
func judgeArrived(t task, rows []types.TableStatistics, counted map[analyze.Name]int64, refused map[analyze.Name]string) (out []verify.Result) {
	n := 0
	for name, r := range loadedTables(t, rows) {
		have, there := counted[name]
		switch {
		case !there:
			out = append(out, hinted(verify.Unknown.Of(name.String(), "it cannot be counted on the target: %s", refused[name]), verify.UncountedRemedy))
		case have < r.FullLoadRows:
			out = append(out, hinted(verify.Fail.Of(name.String(), "AWS DMS has loaded %d rows, the target has %d: %s missing", r.FullLoadRows, have, analyze.Count(int(r.FullLoadRows-have), "row")), "see what removed rows on the target; then 80-recovery/83-full-restart.sh"))
		case have > r.FullLoadRows:
			out = append(out, hinted(verify.Fail.Of(name.String(), "AWS DMS has loaded %d rows, the target has %d: %s too many", r.FullLoadRows, have, analyze.Count(int(have-r.FullLoadRows), "row")), "see what else wrote to the target; then 80-recovery/83-full-restart.sh"))
		default:
			n++
		}
	}
	slices.SortFunc(out, func(a, b verify.Result) int { return strings.Compare(a.Subject, b.Subject) })
	if len(out) == 0 {
		out = append(out, verify.Pass.Of(t.group.Slot, "%s on the target with as many rows as were loaded", analyze.Count(n, "table")))
	}
	return out
}

func (a *account) checkValidated(ctx context.Context, e *verify.Env) ([]verify.Result, error) {
	if f := e.Plan.Options.Full; f == nil || !f.Validation {
		return []verify.Result{verify.Skip.Of("", "the plan has AWS DMS compare nothing: full.validation is off")}, nil
	}
	return a.judgeStatistics(ctx, e, func(s scene, t task, rows []types.TableStatistics) []verify.Result {
		return judgeValidated(t, rows, keyless(s.plan))
	})
}

// keyless are the tables of a plan without a key, which AWS DMS does not compare.
func keyless(p planner.Plan) map[analyze.Name]bool {
	out := map[analyze.Name]bool{}
	for _, t := range p.Tables {
		out[t.Name] = len(t.Key) == 0
	}
	return out
}

func judgeValidated(t task, rows []types.TableStatistics, keyless map[analyze.Name]bool) (out []verify.Result) {
	slot := t.group.Slot
	var differ, given, waiting, none, off []string
	n := 0
	for name, r := range loadedTables(t, rows) {
		text := fmt.Sprintf("%s (%s)", name, cmp.Or(aws.ToString(r.ValidationState), "no state"))
		switch state := aws.ToString(r.ValidationState); {
		case r.ValidationFailedRecords > 0 || state == "Mismatched records":
			differ = append(differ, fmt.Sprintf("%s (%d)", name, r.ValidationFailedRecords))
		case state == "No primary key" || keyless[name]:
			none = append(none, name.String())
		case r.ValidationSuspendedRecords > 0 || slices.Contains([]string{"Suspended records", "Table error", "Error"}, state):
			given = append(given, text)
		case state == "Validated":
			n++
		case state == "Not enabled" || state == "":
			off = append(off, name.String())
		default: // Pending records, Pending validation, Preparing table, Pending revalidation
			waiting = append(waiting, text)
		}
	}
	add := func(status verify.Status, names []string, hint, format string) {
		if len(names) > 0 {
			slices.Sort(names)
			out = append(out, hinted(status.Of(slot, format, analyze.Some(names, 5)), "%s", hint))
		}
	}
	const decide = "pgcutover verify cutover --check rows --rows checksum, while the source is frozen, compares them"
	add(verify.Warn, differ, "awsdms_validation_failures_v1 on the target names the rows (G5-VALID). "+verify.FalseAlarms, "AWS DMS's own comparison finds rows that differ: %s")
	add(verify.Warn, given, decide, "AWS DMS's own comparison cannot tell: %s")
	add(verify.Warn, none, decide, "AWS DMS compares no tables without a primary key: %s")
	add(verify.Warn, off, "see G4-SET: the plan has them compared", "AWS DMS does not compare %s")
	add(verify.Unknown, waiting, "look again later; rows that keep changing are put off again and again", "AWS DMS's own comparison is not done with %s")
	if len(out) == 0 {
		out = append(out, verify.Pass.Of(slot, "%s compared by AWS DMS", analyze.Count(n, "table")))
	}
	return out
}
