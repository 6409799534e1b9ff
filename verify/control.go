package verify

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/pgcutover/pgcutover/analyze"
	"github.com/pgcutover/pgcutover/planner"
)

// Control tables that AWS DMS makes on a PostgreSQL target when a task first runs, with the column that names the task. Their columns differ in
// case, whatever the user guide prints (a dump of a database that AWS DMS has written to).
const (
	applyExceptions = "awsdms_apply_exceptions"
	checkpoints     = "awsdms_txn_state"
	suspendedTables = "awsdms_suspended_tables"
	taskStatus      = "awsdms_status"
)

var taskColumns = map[string]string{applyExceptions: `"TASK_NAME"`, checkpoints: `"TASK_NAME"`, suspendedTables: "task_name", taskStatus: "task_name"}

// controlTable is the SQL name of one of them.
func (e *Env) controlTable(name string) string {
	return analyze.Name{Schema: e.Plan.Options.CDC.ControlSchema, Name: name}.SQL()
}

// probeControlTables are those that are there.
func probeControlTables(ctx context.Context, e *Env) (map[string]bool, error) {
	rows, err := query[struct{ Name string }](ctx, e, Target, `select c.relname::text as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
		where n.nspname = $1 and c.relkind in ('r', 'p')`, e.Plan.Options.CDC.ControlSchema)
	out := map[string]bool{}
	for _, r := range rows {
		out[r.Name] = true
	}
	return out, err
}

// notMade is the answer where AWS DMS has not made a control table: nothing is known of what it would hold.
func (e *Env) notMade(name string) Result {
	return unasked("", "the target has no %s", e.controlTable(name)).hint("AWS DMS makes it in the schema %s when a task first runs: see G5-READ, and G4-SET for $.ControlTablesSettings", analyze.Display(e.Plan.Options.CDC.ControlSchema))
}

// taskNames are the names by which control tables know the tasks of the plan, with their slots. AWS names the last part of a task's ARN; should
// it be the identifier, that is known too.
func (e *Env) taskNames() map[string]string {
	out := map[string]string{}
	for i, t := range e.Plan.DMS.Tasks {
		out[e.Plan.DMS.ResourceID(t)], out[t.Identifier] = e.Plan.Groups[i].Slot, e.Plan.Groups[i].Slot
	}
	return out
}

// leftover is rows of one task in a control table.
type leftover struct {
	Table, Task string
	Rows        int64
}

func checkLeftovers(ctx context.Context, e *Env) ([]Result, error) {
	there, err := probeControlTables(ctx, e)
	if err != nil {
		return nil, err
	}
	var found []leftover
	for _, name := range []string{applyExceptions, checkpoints, suspendedTables} {
		if !there[name] {
			continue
		}
		rows, err := query[leftover](ctx, e, Target, fmt.Sprintf("select '%s' as table, %s::text as task, count(*)::int8 as rows from %s group by 2 order by 2", name, taskColumns[name], e.controlTable(name)))
		if err != nil {
			return nil, err
		}
		found = append(found, rows...)
	}
	if e.full() && there[loadExceptions] {
		rows, err := probeNoted(ctx, e, loadExceptions)
		if err != nil {
			return nil, err
		}
		for _, n := range rows {
			found = append(found, leftover{loadExceptions, n.Task, n.Count})
		}
	}
	return e.judgeLeftovers(found), nil
}

func (e *Env) judgeLeftovers(found []leftover) []Result {
	slots := e.taskNames()
	var out []Result
	for _, l := range found {
		slot, ours := slots[l.Task]
		if ours && e.State.Earlier(slot) { // its task runs
			continue
		}
		table := e.controlTable(l.Table)
		who := analyze.Display(l.Task)
		if ours {
			who = l.Task // as AWS spells it
		}
		r := fail(who, "%s has %s of this task, from before its start", table, analyze.Count(int(l.Rows), "row"))
		switch {
		case l.Table == loadExceptions:
			r = r.hint("80-recovery/83-full-restart.sh deletes those of its tasks; else, where no other migration uses the schema, delete from %s;", table)
		case ours:
			r = r.hint(`a restart deletes them (80-recovery/82-restart-slot.sh, 83-full-restart.sh); those of an earlier migration: delete from %s where %s = '%s';`, table, taskColumns[l.Table], l.Task)
		default:
			r = r.hint("it is no task of this plan: where no other migration uses the schema, delete from %s;", table)
		}
		out = append(out, r)
	}
	if len(out) == 0 {
		return []Result{pass("", "no rows of earlier tasks")}
	}
	return out
}

// status is the row of a task in awsdms_status. Times are in seconds before now, by the target's clock in UTC; nil where the column is NULL.
type status struct {
	Task, Text string
	Written    *float64 // since the row was written
	Current    *float64 // the source's time of what was read last
	Applied    *float64 // the source's time of what was applied last
	Pending    *int64   // changes that wait
}

func checkStatus(ctx context.Context, e *Env) ([]Result, error) {
	there, err := probeControlTables(ctx, e)
	if err != nil {
		return nil, err
	}
	if !there[taskStatus] {
		return []Result{e.notMade(taskStatus)}, nil
	}
	ago := func(column string) string {
		return fmt.Sprintf("extract(epoch from (clock_timestamp() at time zone 'UTC') - %s)::float8", column)
	}
	rows, err := query[status](ctx, e, Target, fmt.Sprintf(`select task_name::text as task, coalesce(task_status::text, '') as text, %s as written, %s as current, %s as applied, pending_changes::int8 as pending from %s`,
		ago("status_time"), ago("source_current_timestamp"), ago("source_timestamp_applied"), e.controlTable(taskStatus)))
	if err != nil {
		return nil, err
	}
	return e.judgeStatus(rows), nil
}

const (
	statusSilence = 600.0 // seconds without a word
	statusBehind  = 60.0  // seconds between what was read and what was applied
)

func (e *Env) judgeStatus(rows []status) []Result {
	slots, by := e.taskNames(), map[string]status{}
	for _, r := range rows {
		if slot, ours := slots[r.Task]; ours {
			by[slot] = r
		}
	}
	var out []Result
	for _, g := range e.Plan.Groups {
		s, known := by[g.Slot]
		var r Result
		switch {
		case !known:
			r = unasked(g.Slot, "%s has no row of its task", e.controlTable(taskStatus)).hint("AWS DMS writes it some minutes after the start: see G5-READ")
		case s.Written == nil:
			r = unknown(g.Slot, "its task has not said when it wrote its status")
		case *s.Written > statusSilence:
			r = warn(g.Slot, "its task has written no status for %s; that it is %q means nothing", planner.Span(*s.Written), s.Text).hint("see G5-READ")
		case s.Applied == nil || s.Current == nil:
			r = warn(g.Slot, "its task has applied nothing yet").hint("see G5-LAG")
		case *s.Applied-*s.Current > statusBehind:
			r = warn(g.Slot, "applied up to %s ago, by the source's clock, and read up to %s ago", planner.Span(*s.Applied), planner.Span(max(*s.Current, 0))).hint("see G5-LAG for how long that takes")
		default:
			r = pass(g.Slot, "all that was read is applied; the last of it is of %s ago", planner.Span(max(*s.Applied, 0)))
		}
		if known {
			r = r.with("status text", s.Text)
			if s.Pending != nil {
				r = r.with("changes that wait", *s.Pending)
			}
		}
		out = append(out, r)
	}
	return orNothing(out, noGroups)
}

// exception is rows of one kind in awsdms_apply_exceptions. Their statements and errors have values of rows in them, and stay on the server.
type exception struct {
	Owner, Name string
	Task        string
	Operation   string // INSERT, UPDATE, DELETE; empty: something else
	State       string // SQLSTATE; empty: none is told
	Cut         bool   // it speaks of truncation
	Nothing     bool   // it found no row
	Count       int64
	Last        string // when, in UTC
}

func checkExceptions(ctx context.Context, e *Env) ([]Result, error) {
	there, err := probeControlTables(ctx, e)
	if err != nil {
		return nil, err
	}
	if !there[applyExceptions] {
		return []Result{e.notMade(applyExceptions)}, nil
	}
	rows, err := query[exception](ctx, e, Target, `select "TABLE_OWNER"::text as owner, "TABLE_NAME"::text as name, "TASK_NAME"::text as task,
		coalesce(substring(upper(left("STATEMENT", 100)) from '^\s*(INSERT|UPDATE|DELETE)'), '') as operation,
		coalesce(substring("ERROR" from 'SqlState: *([0-9A-Z]{5})'), '') as state, coalesce("ERROR" ~* 'truncat', false) as cut,
		coalesce("ERROR" ~* '\m0 rows? affected', false) as nothing, count(*)::int8 as count, coalesce(to_char(max("ERROR_TIME"), 'YYYY-MM-DD HH24:MI:SS'), '') as last
		from `+e.controlTable(applyExceptions)+` group by 1, 2, 3, 4, 5, 6, 7 order by 1, 2, 3, 4, 5, 6, 7`)
	if err != nil {
		return nil, err
	}
	return e.judgeExceptions(rows), nil
}

// largerLimit is how a task comes to a larger limit for LOBs.
const largerLimit = "a larger limit comes with lob.margins, a new plan, and pgcutover render --restart with --running"

// what tells of an exception what is wrong, and what makes it right.
func (x exception) what() (wrong, mend string) {
	rows := map[string]string{"INSERT": "rows are missing on the target", "UPDATE": "rows on the target are older than the source's", "DELETE": "rows are on the target that the source does not have any more"}[x.Operation]
	if rows == "" {
		rows = "rows may be missing or old on the target"
	}
	switch {
	case x.Cut || x.State == "22001":
		return "values were truncated, or too long", "the source has them whole: " + largerLimit
	case x.Nothing:
		return "they found no row to change: " + map[string]string{"UPDATE": "rows are missing on the target", "DELETE": "the target had lost them before"}[x.Operation], "see whether the start was right: G4-START, G2-LSN"
	case x.State == "23505":
		return "the key is there already: " + rows, "a start before the end of the copy, a second unique key in batches, or rows written by somebody else: see G4-START and hazard ID109"
	case x.State == "22P02":
		return "the text is not of its type, as a JSON text that was cut: " + rows, "see G5-LOGS for truncations; " + largerLimit
	case x.State == "23502":
		return "a column is NOT NULL: " + rows, "30-target/33-relax.sql"
	case x.State == "23503":
		return "a foreign key refused them: " + rows, "foreign keys are to be off for AWS DMS: G4-EP (AfterConnectScript), G4-ROLE"
	case x.State == "42501":
		return "a right is missing: " + rows, "50-cdc/dms/51-control.sql"
	}
	return rows, "the statement tells why"
}

func (e *Env) judgeExceptions(rows []exception) []Result {
	slots := map[analyze.Name]string{}
	for _, g := range e.Plan.Groups {
		for _, t := range append([]analyze.Name{g.Marker}, g.Tables...) {
			slots[t] = g.Slot
		}
	}
	ours := e.taskNames()
	var out []Result
	for _, x := range rows {
		name := analyze.Name{Schema: x.Owner, Name: x.Name}
		wrong, mend := x.what()
		kind := strings.ToLower(x.Operation)
		if kind == "" {
			kind = "change"
		}
		r := fail(name.String(), "%s failed: %s", analyze.Count(int(x.Count), kind), wrong)
		again := "80-recovery/83-full-restart.sh loads everything anew"
		if slot, planned := slots[name]; planned {
			again = fmt.Sprintf("80-recovery/82-restart-slot.sh %s loads the tables of its slot anew", slot)
		}
		r = r.hint(`%s. pgcutover verify --check rows --rows delta --table NAME --differences FILE lists the rows, and pgcutover render --backfill FILE makes what mends them and then clears these away (%s has the statements). Else %s`, mend, e.controlTable(applyExceptions), again)
		if slices.Contains(e.Plan.Options.LOB.Truncate, name.String()) && (x.Cut || x.State == "22001") {
			r = warn(name.String(), "%s: %s, as lob.truncate accepts", analyze.Count(int(x.Count), kind), wrong)
		}
		if _, known := ours[x.Task]; !known {
			r.Detail += fmt.Sprintf(", in the task %s, which is none of this plan", analyze.Display(x.Task))
		}
		out = append(out, r.with("operation", x.Operation, "SQLSTATE", x.State, "task", x.Task, "last", x.Last))
	}
	if len(out) == 0 {
		return []Result{pass("", "none")}
	}
	return out
}

// suspended is a row of awsdms_suspended_tables.
type suspended struct{ Owner, Name, Task, Reason, At string }

func checkSuspended(ctx context.Context, e *Env) ([]Result, error) {
	there, err := probeControlTables(ctx, e)
	if err != nil {
		return nil, err
	}
	if !there[suspendedTables] {
		return []Result{e.notMade(suspendedTables)}, nil
	}
	rows, err := query[suspended](ctx, e, Target, `select table_owner::text as owner, table_name::text as name, task_name::text as task, coalesce(suspend_reason::text, '') as reason,
		coalesce(to_char(suspend_timestamp, 'YYYY-MM-DD HH24:MI:SS'), '') as at from `+e.controlTable(suspendedTables)+` order by 1, 2`)
	if err != nil {
		return nil, err
	}
	if len(rows) == 0 {
		return []Result{pass("", "none")}, nil
	}
	slots := e.taskNames()
	out := make([]Result, 0, len(rows))
	for _, x := range rows {
		r := fail(analyze.Name{Schema: x.Owner, Name: x.Name}.String(), "suspended since %s UTC: %s", x.At, x.Reason).with("task", x.Task)
		if slot, ours := slots[x.Task]; ours {
			r = r.hint("every later change of it is lost: 80-recovery/82-restart-slot.sh %s loads the tables of its slot anew", slot)
		}
		out = append(out, r)
	}
	return out, nil
}

// applyRole is the role that AWS DMS applies changes with, as the target has it.
type applyRole struct {
	Login    bool
	Bypass   bool // may set session_replication_role
	Control  bool // may use the schema of the control tables and create tables in it
	Lacking  []string
	Existing int64 // of the tables that it applies to
}

func checkApplyRole(ctx context.Context, e *Env) ([]Result, error) {
	who, err := e.server(Target)
	if err != nil {
		return nil, err
	}
	grantable := ""
	if who.VersionNum >= 150000 {
		grantable = " or has_parameter_privilege(r.oid, 'session_replication_role', 'set')"
	}
	var schemas, names []string
	for _, g := range e.Plan.Groups {
		for _, t := range append([]analyze.Name{g.Marker}, g.Tables...) {
			schemas, names = append(schemas, t.Schema), append(names, t.Name)
		}
	}
	rows, err := query[applyRole](ctx, e, Target, `with wanted as (select c.oid, n.oid as schema, quote_ident(n.nspname) || '.' || quote_ident(c.relname) as name
			from unnest($3::text[], $4::text[]) w (schema, name) join pg_namespace n on n.nspname = w.schema join pg_class c on c.relnamespace = n.oid and c.relname = w.name)
		select r.rolcanlogin as login,
		r.rolsuper or coalesce((select pg_has_role(r.oid, g.oid, 'member') from pg_roles g where g.rolname = 'rds_superuser'), false)`+grantable+` as bypass,
		coalesce((select has_schema_privilege(r.oid, n.oid, 'usage') and has_schema_privilege(r.oid, n.oid, 'create') from pg_namespace n where n.nspname = $2), false) as control,
		array(select name from wanted where not (has_schema_privilege(r.oid, schema, 'usage') and has_table_privilege(r.oid, oid, 'select') and has_table_privilege(r.oid, oid, 'insert')
			and has_table_privilege(r.oid, oid, 'update') and has_table_privilege(r.oid, oid, 'delete')) order by 1) as lacking,
		(select count(*) from wanted) as existing
		from pg_roles r where r.rolname = $1`, e.Plan.Names.Role, e.Plan.Options.CDC.ControlSchema, schemas, names)
	if err != nil {
		return nil, err
	}
	name := analyze.Display(e.Plan.Names.Role)
	if len(rows) == 0 {
		return []Result{fail(name, "the role does not exist on the target")}, nil
	}
	return rows[0].judge(name, len(names), e.Plan.Options.CDC.ControlSchema), nil
}

func (r applyRole) judge(name string, tables int, schema string) []Result {
	var out []Result
	if !r.Bypass {
		out = append(out, fail(name, "it may not set session_replication_role: foreign keys and triggers would act on what is applied"))
	}
	if !r.Control {
		out = append(out, fail(name, "it may not create its control tables in the schema %s", analyze.Display(schema)))
	}
	if len(r.Lacking) > 0 {
		out = append(out, fail(name, "it may not read and change %s", analyze.Some(r.Lacking, 5)))
	}
	if int(r.Existing) < tables {
		out = append(out, fail(name, "the target lacks %s", analyze.Count(tables-int(r.Existing), "table")+" of the plan's "+fmt.Sprint(tables)).hint("see G3-COLS"))
	}
	if !r.Login {
		out = append(out, fail(name, "it may not log in").hint("\\password %s, then: alter role %[1]s login;", name))
	}
	if len(out) == 0 {
		out = append(out, pass(name, "it may change %s and make its control tables", analyze.Count(tables, "table")))
	}
	return out
}

func checkTrimmed(ctx context.Context, e *Env) ([]Result, error) {
	if !e.Plan.Options.CDC.TrimSlots {
		return []Result{skip("", "the plan advances no slots: cdc.trim_slots is off")}, nil
	}
	slots, err := probeSlots(ctx, e, Source)
	if err != nil {
		return nil, err
	}
	at := map[string]LSN{}
	for name, s := range slots {
		at[name] = s.Confirmed
	}
	gone := func(slot string) Result { return unasked(slot, slotGone) }
	return e.judgeStarts("confirmed_flush_lsn", at, gone, func(slot string, at, start LSN) Result {
		switch {
		case at < start:
			return fail(slot, "it stands at %s, before %s where its task starts", at, start)
		case at > start:
			return unasked(slot, "it stands past %s where the copy ends: see G4-LSN", start)
		}
		return pass(slot, "at %s, where its task starts", start)
	}), nil
}

// checkRead waits a little: a task that lost its connection comes back by itself.
func checkRead(ctx context.Context, e *Env) ([]Result, error) {
	if e.full() {
		return checkFullRead(ctx, e)
	}
	var out []Result
	err := patiently(ctx, func() (bool, error) {
		slots, err := probeSlots(ctx, e, Source)
		if err != nil {
			return false, err
		}
		out = nil
		for _, g := range e.Plan.Groups {
			switch s, there := slots[g.Slot]; {
			case !there:
				out = append(out, fail(g.Slot, "the slot is gone").hint("80-recovery/82-restart-slot.sh %s", g.Slot))
			case !s.Active:
				out = append(out, fail(g.Slot, "nobody reads it, so its task does not run, whatever its status says").hint("mend the cause, which the log of the task tells, then 50-cdc/dms/57-resume.sh %s; one that was never started: 55-start.sh %[1]s", g.Slot))
			default:
				out = append(out, pass(g.Slot, "it is being read").with("confirmed_flush_lsn", s.Confirmed))
			}
		}
		return !slices.ContainsFunc(out, func(r Result) bool { return r.Status == Fail && slots[r.Subject].Name != "" }), nil
	})
	return orNothing(out, noGroups), err
}
