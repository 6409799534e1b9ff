package verify

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/pgcutover/pgcutover/analyze"
	"github.com/pgcutover/pgcutover/planner"
	"github.com/pgcutover/pgcutover/planner/hazard"
)

// notedTable is what the source has counted of a table since the scripts noted it, right before the copy's position was fixed.
type notedTable struct {
	Slot, Schema, Name         string // schema and name empty: the table is gone
	Inserted, Updated, Deleted int64  // rows, by transactions that were rolled back too
	Reset                      bool   // counters of the database were reset since
	Rewritten                  bool   // it is in another file: TRUNCATE, VACUUM FULL, CLUSTER, some ALTER TABLE
	At                         time.Time
}

// notes are those of all tables, by name. A slot that was restarted alone has noted its tables again.
type notes struct {
	Tables map[analyze.Name]notedTable
	// Lost says why the counters say nothing; empty: they do. A crash, a failover and a reset set all of them to zero, those of the table counting too: its
	// one row is written when the notes begin and when all of them are made anew, and never when some are.
	Lost string
}

const nothingNoted = "what the source had counted at the pause was not noted"

// probeNotes reads what was noted, and what has become of it; nil where there is nothing.
func probeNotes(ctx context.Context, e *Env) (*notes, error) {
	at := analyze.Name{Schema: e.Plan.Names.Schema, Name: "noted"}
	there, err := queryOne[struct{ There bool }](ctx, e, Source, "select to_regclass($1) is not null as there", at.SQL())
	if err != nil || !there.There {
		return nil, err
	}
	own, err := queryOne[struct {
		Counted  int64 // as long as nothing is lost: one or more
		Counting bool
	}](ctx, e, Source, `select coalesce(pg_stat_get_tuples_inserted(to_regclass($1)) + pg_stat_get_tuples_updated(to_regclass($1)), 0) as counted,
		current_setting('track_counts')::bool as counting`, e.counting())
	if err != nil {
		return nil, err
	}
	rows, err := query[notedTable](ctx, e, Source, `select n.slot, coalesce(s.nspname, '')::text as schema, coalesce(c.relname, '')::text as name,
		coalesce(pg_stat_get_tuples_inserted(c.oid), 0) - n.inserted as inserted, coalesce(pg_stat_get_tuples_updated(c.oid), 0) - n.updated as updated,
		coalesce(pg_stat_get_tuples_deleted(c.oid), 0) - n.deleted as deleted,
		pg_stat_get_db_stat_reset_time(d.oid) is distinct from n.stats_reset as reset, pg_relation_filenode(c.oid) is distinct from n.filenode as rewritten, n.at
		from pg_database d, `+at.SQL()+` n left join pg_class c on c.oid = n.relid left join pg_namespace s on s.oid = c.relnamespace where d.datname = current_database()`)
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	out := &notes{Tables: map[analyze.Name]notedTable{}}
	for _, r := range rows {
		out.Tables[analyze.Name{Schema: r.Schema, Name: r.Name}] = r
	}
	switch {
	case !own.Counting:
		out.Lost = "track_counts is off, so nothing is counted"
	case own.Counted == 0:
		out.Lost = "the server has lost its counters since the pause, in a crash, by a failover or a reset"
	}
	return out, nil
}

// counting is the SQL name of the table whose counters tell whether the others were lost.
func (e *Env) counting() string {
	return analyze.Name{Schema: e.Plan.Names.Schema, Name: "counting"}.SQL()
}

// noteAnew is the statement that notes a table anew, no table given: all. At the gate cutover the source is frozen.
func (e *Env) noteAnew(table analyze.Name) string {
	sql := fmt.Sprintf(`update %s set filenode = pg_relation_filenode(relid), inserted = pg_stat_get_tuples_inserted(relid), updated = pg_stat_get_tuples_updated(relid), deleted = pg_stat_get_tuples_deleted(relid), stats_reset = (select stats_reset from pg_stat_database where datname = current_database()), at = clock_timestamp()`,
		analyze.Name{Schema: e.Plan.Names.Schema, Name: "noted"}.SQL())
	if table.IsZero() {
		sql = "with counted as (update " + e.counting() + " set at = clock_timestamp()) " + sql
	} else {
		sql += " where relid = " + analyze.Literal(table.SQL()) + "::regclass"
	}
	return map[bool]string{true: "set default_transaction_read_only = off; "}[e.Gate == Cutover] + sql + ";"
}

func checkInsertsOnly(ctx context.Context, e *Env) ([]Result, error) {
	if !slices.ContainsFunc(e.Plan.Tables, insertsOnly) {
		return []Result{skip("", "every table of the plan carries its updates and deletes")}, nil
	}
	n, err := probeNotes(ctx, e)
	if err != nil {
		return nil, err
	}
	return e.judgeInsertsOnly(n), nil
}

func insertsOnly(t planner.Table) bool { return t.Handling == planner.InsertsOnly && t.Group > 0 }

// Sessions report what they count now and then, an idle one before version 15 no sooner than its next statement or its end. The freeze ends them.
const asReported = ", as far as sessions have reported"

// judgeInsertsOnly looks for updates and deletes of tables of which only inserts are carried. Where the plan's hazard was accepted, whoever did knows of
// them; where the configuration lists the table as append-only, it is not.
func (e *Env) judgeInsertsOnly(n *notes) []Result {
	var out []Result
	for _, t := range e.Plan.Tables {
		if !insertsOnly(t) {
			continue
		}
		who := t.Name.String()
		var x notedTable
		there := false
		if n != nil {
			x, there = n.Tables[t.Name]
		}
		const compare = "verify --check rows --rows delta compares the table as a whole; when it is equal, on the source: %s"
		switch {
		case !there:
			out = append(out, unknown(who, "%s, so whether its rows were updated or deleted since cannot be told", nothingNoted).hint("verify --check rows --rows delta compares the table as a whole"))
		case n.Lost != "":
			out = append(out, unknown(who, "%s: whether its rows were updated or deleted cannot be told", n.Lost).hint(compare, e.noteAnew(analyze.Name{})))
		case x.Reset || x.Inserted < 0 || x.Updated < 0 || x.Deleted < 0:
			out = append(out, unknown(who, "its counters, or others of the database, were reset since the pause: whether its rows were updated or deleted cannot be told").hint(compare, e.noteAnew(t.Name)))
		case x.Updated > 0 || x.Deleted > 0:
			r := fail(who, "%s and %s since the pause: only inserts reach the target", analyze.Count(int(x.Updated), "update"), analyze.Count(int(x.Deleted), "delete"))
			if reason := acceptedLoss(e.Plan.Findings, who); reason != "" {
				r = warn(who, "%s; accepted in the configuration: %s", r.Detail, reason)
			}
			out = append(out, r.with("since", x.At.UTC().Format(time.RFC3339)).
				hint("those that were rolled back are counted too: verify --check rows --rows delta compares the table. What differs is copied again while the source is frozen; what is equal is noted anew on the source: %s", e.noteAnew(t.Name)))
		default:
			out = append(out, pass(who, "%s since the pause, no update, no delete%s", analyze.Count(int(x.Inserted), "insert"), map[bool]string{true: asReported}[e.Gate != Cutover]))
		}
	}
	return out
}

// acceptedLoss is why somebody accepts that updates and deletes of a table are not carried; empty: nobody does.
func acceptedLoss(findings []hazard.Finding, table string) string {
	for _, f := range findings {
		if f.Subject == table && f.Accepted != "" && slices.Contains([]string{"ID101", "ID102", "ID103", "ID104", "ID105", "ID114", "NT101"}, f.Code) {
			return f.Accepted
		}
	}
	return ""
}

func checkTruncated(ctx context.Context, e *Env) ([]Result, error) {
	n, err := probeNotes(ctx, e)
	if err != nil {
		return nil, err
	}
	truncated, err := probeTruncated(ctx, e)
	if err != nil && !denied(err) && !absent(err) {
		return nil, err
	}
	return e.judgeTruncated(n, truncated, err), nil
}

// probeTruncated are the tables that pglogical has queued a TRUNCATE of, with the begin of the last transaction that did.
func probeTruncated(ctx context.Context, e *Env) (map[analyze.Name]time.Time, error) {
	rows, err := query[struct {
		Schema, Name string
		At           time.Time
	}](ctx, e, Source, `select coalesce(q.message ->> 'schema_name', '') as schema, coalesce(q.message ->> 'table_name', '') as name, max(q.queued_at) as at
		from pglogical.queue q where q.message_type = 'T' group by 1, 2`)
	out := map[analyze.Name]time.Time{}
	for _, r := range rows {
		out[analyze.Name{Schema: r.Schema, Name: r.Name}] = r.At
	}
	return out, err
}

// truncating is how long before a table was noted a transaction may have begun that truncated it and committed afterwards.
const truncating = time.Hour

// judgeTruncated looks for tables that are in another file than at the pause: a TRUNCATE gives a table a new one, and a trigger of pglogical keeps a note
// of it. That does not fire everywhere (session_replication_role, ALTER TABLE … DISABLE TRIGGER), so no note is no proof of another reason.
func (e *Env) judgeTruncated(n *notes, truncated map[analyze.Name]time.Time, hidden error) []Result {
	if n == nil {
		return []Result{unknown("", "which files the tables were in at the pause was not noted, so whether one was truncated since cannot be told").hint("verify --check rows --rows delta finds rows that are too many on the target")}
	}
	var out []Result
	kept := 0
	for _, t := range e.Plan.Tables {
		if !t.Handling.Copied() || t.Group == 0 {
			continue
		}
		who := t.Name.String()
		x, there := n.Tables[t.Name]
		queued, told := truncated[t.Name]
		mend := fmt.Sprintf("verify --check rows --rows delta tells whether rows are too many on the target; when they are equal, on the source: %s", e.noteAnew(t.Name))
		switch {
		case !there:
			out = append(out, unknown(who, "which file it was in at the pause was not noted, so whether it was truncated since cannot be told").hint("verify --check rows --rows delta finds rows that are too many on the target"))
		case !x.Rewritten:
			kept++
		case told && !queued.Before(x.At.Add(-truncating)):
			out = append(out, fail(who, "it was truncated since the pause: the target keeps the rows").
				hint("80-recovery/82-restart-slot.sh %s loads it anew; or empty it by hand, where nothing was inserted since. %s", x.Slot, mend))
		case hidden != nil:
			why := fmt.Sprint(hidden)
			if absent(hidden) {
				why = "pglogical.queue is not there"
			}
			out = append(out, unknown(who, "it was truncated or rewritten since the pause, and which cannot be told: %s", why).hint("%s%s", map[bool]string{true: "grant select on pglogical.queue, or: "}[denied(hidden)], mend))
		default:
			out = append(out, unknown(who, "it was rewritten since the pause: pglogical.queue has no message of a TRUNCATE, so by VACUUM FULL, CLUSTER or ALTER TABLE, unless the session that truncated it had its triggers off").hint("%s", mend))
		}
	}
	if kept > 0 {
		out = append(out, pass("", "%s in the files of the pause: not truncated", analyze.Count(kept, "table")))
	}
	return orNothing(out, "the plan copies no tables")
}
