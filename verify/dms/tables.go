package dms

import (
	"context"
	"fmt"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/databasemigrationservice/types"

	"github.com/pgcutover/pgcutover/analyze"
	"github.com/pgcutover/pgcutover/verify"
)

func (a *account) checkTables(ctx context.Context, e *verify.Env) ([]verify.Result, error) {
	return a.judgeStatistics(ctx, e, func(s scene, t task, rows []types.TableStatistics) []verify.Result {
		return judgeTables(t, rows, s.full())
	})
}

// judgeStatistics judges what AWS DMS tells of the tables of each task that it has.
func (a *account) judgeStatistics(ctx context.Context, e *verify.Env, judge func(scene, task, []types.TableStatistics) []verify.Result) ([]verify.Result, error) {
	s, none := a.scene(ctx, e)
	if none != nil {
		return none, nil
	}
	var out []verify.Result
	s.eachMade(&out, func(t task, have types.ReplicationTask) {
		rows, err := a.statistics(ctx, aws.ToString(have.ReplicationTaskArn))
		if err != nil {
			out = append(out, unheard(ctx, t.group.Slot, err))
			return
		}
		out = append(out, judge(s, t, rows)...)
	})
	return out, nil
}

// noTask is the answer about what a task would tell.
func noTask(t task) verify.Result {
	return unasked(t.group.Slot, "there is no task %s: see G4-TASK and G5-TASK", t.Identifier)
}

// What AWS DMS calls the states of a table (API reference, TableStatistics). A task of type cdc copies nothing: for it a table is completed from
// the start on.
var (
	applied = []string{"Table completed"}
	waiting = []string{"Before load"}
	broken  = []string{"Table error", "Table does not exist", "Table cancelled", "Full load", "Table is being reloaded"}
)

// judgeTables judges the tables of a task that applies changes. full: it has loaded them itself; what it has compared is then another check's question.
func judgeTables(t task, rows []types.TableStatistics, full bool) []verify.Result {
	slot := t.group.Slot
	wanted := map[analyze.Name]bool{t.group.Marker: true}
	for _, n := range t.group.Tables {
		wanted[n] = true
	}
	var bad, foreign, late, odd, mismatched, unsure, ddl []string
	seen := map[analyze.Name]bool{}
	var read, done int64
	counted := true
	for _, r := range rows {
		name := analyze.Name{Schema: aws.ToString(r.SchemaName), Name: aws.ToString(r.TableName)}
		seen[name] = true
		if !wanted[name] {
			foreign = append(foreign, name.String())
			continue
		}
		switch state := aws.ToString(r.TableState); {
		case slices.Contains(applied, state):
		case slices.Contains(waiting, state):
			late = append(late, name.String())
		case slices.Contains(broken, state):
			bad = append(bad, fmt.Sprintf("%s (%s)", name, state))
		default:
			odd = append(odd, fmt.Sprintf("%s (%q)", name, state))
		}
		switch state := aws.ToString(r.ValidationState); {
		case full:
		case r.ValidationFailedRecords > 0 || state == "Mismatched records":
			mismatched = append(mismatched, fmt.Sprintf("%s (%d)", name, r.ValidationFailedRecords))
		case r.ValidationSuspendedRecords > 0 || slices.Contains([]string{"Suspended records", "Table error", "Error", "No primary key"}, state):
			unsure = append(unsure, fmt.Sprintf("%s (%s)", name, state))
		}
		if r.Ddls > 0 {
			ddl = append(ddl, name.String())
		}
		read += r.Inserts + r.Updates + r.Deletes
		if r.AppliedInserts == nil || r.AppliedUpdates == nil || r.AppliedDeletes == nil {
			counted = false
			continue
		}
		done += *r.AppliedInserts + *r.AppliedUpdates + *r.AppliedDeletes
	}
	var missing []string
	for _, n := range append([]analyze.Name{t.group.Marker}, t.group.Tables...) {
		if !seen[n] {
			missing = append(missing, n.String())
		}
	}
	var out []verify.Result
	add := func(status verify.Status, names []string, hint, format string) {
		if len(names) > 0 {
			slices.Sort(names)
			out = append(out, hinted(status.Of(slot, format, analyze.Some(names, 5)), "%s", hint))
		}
	}
	anew := fmt.Sprintf("the log of the task says why; every later change of them is lost: 80-recovery/82-restart-slot.sh %s loads them anew", slot)
	add(verify.Fail, bad, anew, "its task has given up tables: %s")
	add(verify.Fail, foreign, "see G4-MAP: two tasks must not apply the same table", "its task applies tables that the plan does not give it: %s")
	add(verify.Fail, mismatched, "pgcutover verify --check rows --rows delta names the rows", "AWS DMS's own comparison finds rows that differ: %s")
	add(verify.Unknown, missing, "a task that has just started lists its tables after a while; one that it does not list then is not applied: see G4-MAP", "AWS DMS does not list %s")
	add(verify.Unknown, late, "a task that has just started takes its tables one after the other: look again in some minutes", "AWS DMS does not apply these yet: %s")
	add(verify.Unknown, odd, "look at the table statistics of the task in the console", "what the states of these tables mean is not known: %s")
	add(verify.Warn, unsure, "pgcutover verify --check rows compares the rows whatever AWS DMS makes of them", "AWS DMS's own comparison cannot tell: %s")
	add(verify.Warn, ddl, "see G0-DRIFT", "AWS DMS has seen DDL: %s")
	if len(out) == 0 {
		out = append(out, verify.Pass.Of(slot, "%s, %d changes read", analyze.Count(len(wanted), "table"), read))
	}
	if counted {
		out[0] = shown(out[0], "changes read", read, "applied", done)
	} else {
		out[0] = shown(out[0], "changes read", read)
	}
	return out
}
