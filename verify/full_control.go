package verify

import (
	"context"
	"fmt"

	"github.com/pgcutover/pgcutover/analyze"
)

// Control tables of a full load, and of AWS DMS's own comparison.
const (
	loadExceptions      = "awsdms_full_load_exceptions"
	validationFailures  = "awsdms_validation_failures_v1"
	validationFailures2 = "awsdms_validation_failures_v2" // AWS DMS 3.6.1 and newer
)

// noted is how many lines of a control table are about one table. Other columns have values of rows in them, and stay on the server.
type noted struct {
	Owner, Name, Task string // empty: not told
	Kind              string
	Count             int64
}

// probeNoted reads a control table without knowing its columns: those that are there under these names, in whatever case.
func probeNoted(ctx context.Context, e *Env, table string) ([]noted, error) {
	column := func(name string) string {
		return fmt.Sprintf("coalesce((select j.value from jsonb_each_text(to_jsonb(x)) j where lower(j.key) = '%s' limit 1), '')", name)
	}
	return query[noted](ctx, e, Target, fmt.Sprintf("select %s as owner, %s as name, %s as task, %s as kind, count(*)::int8 as count from %s x group by 1, 2, 3, 4 order by 1, 2, 3, 4",
		column("table_owner"), column("table_name"), column("task_name"), column("failure_type"), e.controlTable(table)))
}

// about is the table that lines are about.
func (n noted) about() string {
	if n.Name == "" {
		return ""
	}
	return analyze.Name{Schema: n.Owner, Name: n.Name}.String()
}

func checkLoadExceptions(ctx context.Context, e *Env) ([]Result, error) {
	there, err := probeControlTables(ctx, e)
	if err != nil {
		return nil, err
	}
	if !there[loadExceptions] {
		return []Result{warn("", "the target has no %s: nothing was noted there", e.controlTable(loadExceptions)).hint("whether AWS DMS makes it before it has something to note is not documented; G3-FULL has what AWS counts")}, nil
	}
	rows, err := probeNoted(ctx, e, loadExceptions)
	if err != nil {
		return nil, err
	}
	return e.judgeLoadExceptions(rows), nil
}

func (e *Env) judgeLoadExceptions(rows []noted) []Result {
	var out []Result
	for _, n := range rows {
		r := fail(n.about(), "%s has %s about it", e.controlTable(loadExceptions), analyze.Count(int(n.Count), "row")).with("task", n.Task)
		if n.about() == "" {
			r.Detail = fmt.Sprintf("%s has %s", e.controlTable(loadExceptions), analyze.Count(int(n.Count), "row"))
		}
		if _, ours := e.taskNames()[n.Task]; n.Task != "" && !ours {
			r.Detail += fmt.Sprintf(", in the task %s, which is none of this plan", analyze.Display(n.Task))
		}
		out = append(out, r)
	}
	if len(out) == 0 {
		return []Result{pass("", "none")}
	}
	return out
}

func checkValidation(ctx context.Context, e *Env) ([]Result, error) {
	if f := e.Plan.Options.Full; f == nil || !f.Validation {
		return []Result{skip("", "the plan has AWS DMS compare nothing: full.validation is off")}, nil
	}
	there, err := probeControlTables(ctx, e)
	if err != nil {
		return nil, err
	}
	if !there[validationFailures] && !there[validationFailures2] {
		return []Result{e.notMade(validationFailures)}, nil
	}
	var rows []noted
	for _, table := range []string{validationFailures, validationFailures2} {
		if there[table] {
			more, err := probeNoted(ctx, e, table)
			if err != nil {
				return nil, err
			}
			rows = append(rows, more...)
		}
	}
	return e.judgeValidation(rows), nil
}

// FalseAlarms are what AWS DMS's own comparison is known to report where nothing is wrong, and how to tell (AWS user guide, data validation).
const FalseAlarms = "known false alarms: a row that changed while it was compared, a time or a floating-point number that is written in another way, text that sorts differently on both sides, a key that the failure table has cut. pgcutover verify cutover --check rows --rows checksum, while the source is frozen, tells"

func (e *Env) judgeValidation(rows []noted) []Result {
	var out []Result
	for _, n := range rows {
		if _, ours := e.taskNames()[n.Task]; n.Task != "" && !ours {
			continue // of another migration that uses the schema
		}
		out = append(out, warn(n.about(), "AWS DMS reports %s of the kind %s", analyze.Count(int(n.Count), "difference"), orNone(analyze.Display(n.Kind))).hint(FalseAlarms).with("task", n.Task))
	}
	if len(out) == 0 {
		return []Result{pass("", "none")}
	}
	return out
}
