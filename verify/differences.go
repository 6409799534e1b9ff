package verify

import (
	"context"
	"fmt"
	"slices"

	"github.com/pgcutover/pgcutover/analyze"
	"github.com/pgcutover/pgcutover/analyze/differences"
	"github.com/pgcutover/pgcutover/planner"
	"github.com/pgcutover/pgcutover/verify/parity"
)

// chosen are the tables whose rows are compared, where some were chosen.
func (e *Env) chosen(tables []planner.Table) []planner.Table {
	if len(e.Only) == 0 {
		return tables
	}
	return slices.DeleteFunc(slices.Clone(tables), func(t planner.Table) bool { return !slices.Contains(e.Only, t.Name) })
}

// unchosen says that tables were not looked at, so that nobody takes equal rows of some for equal rows of all.
func (e *Env) unchosen() []Result {
	if len(e.Only) == 0 {
		return nil
	}
	n := 0
	for _, t := range e.Plan.Tables {
		if t.Handling.Arrives() && !slices.Contains(e.Only, t.Name) {
			n++
		}
	}
	if n == 0 {
		return nil
	}
	return []Result{skip("", "%s not chosen by --table were not compared", analyze.Count(n, "table"))}
}

// failedChanges are the changes in awsdms_apply_exceptions by table, as they are before rows are compared: what has failed by then shows in the rows.
func failedChanges(ctx context.Context, e *Env) (map[analyze.Name]differences.Exceptions, error) {
	if e.Differences == nil || len(e.Plan.DMS.Tasks) == 0 {
		return nil, nil
	}
	there, err := probeControlTables(ctx, e)
	if err != nil || !there[applyExceptions] {
		return nil, err
	}
	var tasks []string
	for name := range e.taskNames() {
		tasks = append(tasks, name)
	}
	rows, err := query[struct {
		Owner, Name, Last string
		Count             int64
	}](ctx, e, Target, `select "TABLE_OWNER"::text as owner, "TABLE_NAME"::text as name, to_char(max("ERROR_TIME"), 'YYYY-MM-DD HH24:MI:SS.US') as last, count(*)::int8 as count
		from `+e.controlTable(applyExceptions)+` where "TASK_NAME" = any ($1) group by 1, 2`, tasks)
	if denied(err) { // G5-EXC says so
		return nil, nil
	}
	out := map[analyze.Name]differences.Exceptions{}
	for _, r := range rows {
		out[analyze.Name{Schema: r.Owner, Name: r.Name}] = differences.Exceptions{Rows: r.Count, Last: r.Last}
	}
	return out, err
}

// list enters a table into the list of differences, where one is written and there is something to enter.
func (e *Env) list(o parity.Outcome, failed map[analyze.Name]differences.Exceptions) {
	if e.Differences == nil {
		return
	}
	if _, tried := failed[o.Table]; o.Equal() && !tried {
		return
	}
	t := differences.Table{Name: o.Table, Key: o.Key, Missing: o.Missing, Extra: o.Extra, Different: o.Different, Undecided: o.Undecided, Incomplete: e.incomplete(o)}
	for _, k := range o.Listed {
		t.Listed = append(t.Listed, differences.Row{Kind: differences.Kind(k.Kind), Key: k.Texts})
	}
	e.enter(t, failed)
}

// listIncomplete enters a table of which nothing could be compared, so that nobody takes it for one without differences.
func (e *Env) listIncomplete(table analyze.Name, why string, failed map[analyze.Name]differences.Exceptions) {
	if e.Differences != nil {
		e.enter(differences.Table{Name: table, Incomplete: why}, failed)
	}
}

func (e *Env) enter(t differences.Table, failed map[analyze.Name]differences.Exceptions) {
	if x, ok := failed[t.Name]; ok {
		t.Exceptions = &x
	}
	_ = e.Differences.Add(t) // closing it returns the error
}

// incomplete says why rows of a table that differ may not be in the list.
func (e *Env) incomplete(o parity.Outcome) string {
	switch {
	case o.Equal():
		return ""
	case o.Err != nil || o.Done < o.Pieces && !o.Restless && !o.Behind:
		return "it was not compared to the end"
	case len(o.Key) == 0:
		return "nothing names its rows: it has no unique key on columns that are NOT NULL"
	case len(o.Doubtful) > 0:
		return "values of " + displayed(o.Doubtful) + " may differ, or only be written differently by the two versions"
	case o.Unlisted:
		return fmt.Sprintf("more rows differ than can be listed: %d are", len(o.Listed))
	}
	return ""
}

// mending is what to do about rows that differ while changes are applied.
func (e *Env) mending() string {
	if e.Differences != nil {
		return "pgcutover render --backfill makes what mends the rows of the list"
	}
	return "--differences FILE lists the rows, and pgcutover render --backfill FILE makes what mends them"
}
