package render

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/pgcutover/pgcutover/analyze"
	"github.com/pgcutover/pgcutover/analyze/differences"
	"github.com/pgcutover/pgcutover/planner"
)

// Why a backfill does right under changes that are applied at the same time. What applies them (a task of AWS DMS, a subscription) brings the
// changes of a row to the target one after the other, in the order in which the source committed them; some of them are on their way. For
// some rows at a time the script
//
//  1. reads on the source which version of each row there is (its xmin; none where there is no row),
//  2. writes the source's position into the marker of the table's slot, and waits until the target has it (where changes are applied in batches
//     twice): every change up to the position has then been applied, or was tried,
//  3. locks the table on the target against writers: what is applied to it waits, and whatever had begun has been committed,
//  4. reads the rows on the source, which now may be newer, but not older than anything that was applied,
//  5. writes them, or deletes those that are gone, and commits, which lets go of the table.
//
// Changes that are on their way then come to a row that is as new as the source's was, or newer than they are. By what 1 and 4 found:
//
//   - The same version: nothing of this row is on its way, for what was before the position is applied, and after it there was nothing. It
//     is written, whether the target has the row or not. That holds for other unique keys as well: what the row holds it has held since
//     before the position, so no other row's change that is on its way can want the same.
//   - No row either time: what the target has, and had before all that in the same version, is deleted. (Where the source had inserted and deleted
//     the key in between, the insert is refused as a duplicate with or without us, and the deletion finds no row.)
//   - Another version, and the target has the row: what is on its way begins with an update or a deletion of it. Each update sets the whole
//     row, except for large values that it did not change, which the row has from us as they are on the source; a deletion
//     takes it away, and an insert after that finds no row. All of them end where the source does. But a row of another version may hold a
//     value of another unique key that a row had before, whose changes are on their way still: with such keys it has to stand still first.
//   - Another version, and the target does not have the row: an insert may be on its way, which would be refused as a duplicate. It is left
//     for the next round.
//   - A row that was there at first and is not any more, and the target has it: its deletion is on its way, and would complain that it finds
//     no row. It is left to it.
//   - A row that was not there at first: its insert is on its way. It is left to it.
//
// The lock is one on the table, not on rows: a row that is missing cannot be locked, and an update of it that is applied between 4 and 5
// would find no row and be lost; and who locks one row after the other can get into a deadlock with a task, which is what loses then. It is held
// for one reading by key.
//
// Rows are deleted and inserted, not updated: an update cannot set a column GENERATED ALWAYS AS IDENTITY, and rows that exchange a value of
// another unique key cannot be updated one after the other. Those that are refused all the same, by a row that is not right yet, are tried again
// when the others are.

type backfillView struct {
	Head          head
	Plan, List    string
	Rows          string // how rows were compared
	Xlog, Native  bool
	Full          bool // AWS DMS loads the rows too
	ControlSchema string
	TaskList      string // names of AWS DMS's tasks as control tables have them, apart by blanks
	Parts         []backfillPart
	Left          []backfillLeft
	Total         int64
	Exceptions    bool // some can be cleared away
}

// backfillPart is a table to be backfilled, or one whose exceptions are dealt with.
type backfillPart struct {
	Guard          guard
	Number         string // of its folder: 001
	Table          analyze.Name
	Label          string
	Slot           string // whose changes are waited for; empty: nothing is applied to it
	Marker         analyze.Name
	Batches        bool // its changes are applied in batches
	List           string
	Keys, Columns  []backfillColumn
	Missing, Extra int64
	Different      int64
	Total          int64
	RowsSum        string
	SessionSum     string
	BatchSum       string
	Since          string // exceptions up to this time are dealt with once the rows are right; empty: there are none
	Exceptions     int64
	Unclear        string    // why they are not
	Stands         [2]string // statements for the source: in front of the condition and behind it, to see versions
	Reads          [2]string // to read rows
	Lookup         string    // the beginning of a condition for a key of one column
	Function       string    // body of the function that mends a batch
}

// backfillColumn is a column, which temporary tables call by its place, so that no name is in the way of another.
type backfillColumn struct {
	Name   string
	At     int64
	Equals string // the beginning of a condition for it
}

// backfillLeft is what cannot be backfilled.
type backfillLeft struct {
	Label, Why, Instead string
}

// Backfill makes the directory that mends the rows of a list of differences on the target. The list must be of the plan.
func Backfill(p planner.Plan, l differences.List) (Bundle, error) {
	if l.Plan != p.Fingerprint() {
		return nil, fmt.Errorf("the list of differences is about plan %.12s, this is plan %.12s", l.Plan, p.Fingerprint())
	}
	var content bytes.Buffer
	if err := analyze.EncodeCanonical(&content, l); err != nil {
		return nil, fmt.Errorf("encoding the list of differences: %w", err)
	}
	script := Artifact{
		Path: "backfill.sh", Mode: 0o755, On: OnOperator, Step: true,
		Title: "Bring rows of the target to what they are on the source, while changes are applied",
		Needs: "changes are being applied (50-cdc), and the cutover has not begun", Rerun: "goes on with the rows that are left",
	}
	if full(p) {
		script.Title = "Bring rows of the target to what they are on the source, which stands still"
		script.Needs = "the source is frozen and drained (70-cutover/71-freeze.sh, 72-drain.sh), and the tasks are not stopped yet (50-cdc/dms/56-stop.sh)"
	}
	v := backfillView{
		Head: headOf(script), Plan: p.Fingerprint(), List: sum(content.Bytes()), Rows: l.Rows, Xlog: xlog(p), Native: native(p), Full: full(p), ControlSchema: p.Options.CDC.ControlSchema,
	}
	var tasks []string
	for _, t := range p.DMS.Tasks {
		tasks = append(tasks, p.DMS.ResourceID(t), t.Identifier)
	}
	v.TaskList = strings.Join(tasks, " ")
	var out Bundle
	for _, t := range l.Tables {
		part, files, left, err := backfillTable(p, v, t, len(v.Parts)+1)
		if err != nil {
			return nil, fmt.Errorf("table %s: %w", t.Name, err)
		}
		v.Left = append(v.Left, left...)
		if part == nil {
			continue
		}
		v.Parts = append(v.Parts, *part)
		v.Total += part.Total
		v.Exceptions = v.Exceptions || part.Since != "" && part.Unclear == ""
		out = append(out, files...)
	}
	if len(v.Parts) == 0 {
		if len(v.Left) > 0 {
			return nil, fmt.Errorf("%w: %s: %s: %s", ErrNothingToBackfill, v.Left[0].Label, v.Left[0].Why, v.Left[0].Instead)
		}
		return nil, ErrNothingToBackfill
	}
	script, err := script.fill("shell/backfill.sh.tmpl", v)
	if err != nil {
		return nil, err
	}
	prose, err := Artifact{Path: backfillPath, Mode: 0o644, On: OnOperator, Title: "What is mended, how, and how to check it afterwards"}.fill("runbook/BACKFILL.md.tmpl", v)
	if err != nil {
		return nil, err
	}
	out = append(out, script, prose)
	out.sort()
	seal, err := manifest(p, out)
	if err != nil {
		return nil, err
	}
	out = append(out, seal)
	out.sort()
	return out, nil
}

// backfillPath is the file of a backfill that a bundle does not have.
const backfillPath = "BACKFILL.md"

// ErrNothingToBackfill says that a list has no row that can be backfilled.
var ErrNothingToBackfill = errors.New("no row of the list can be backfilled")

// backfillTable makes the files of a table, and says what of it cannot be backfilled. part is nil where there is nothing to do.
func backfillTable(p planner.Plan, v backfillView, t differences.Table, number int) (part *backfillPart, files []Artifact, left []backfillLeft, err error) {
	at := slices.IndexFunc(p.Tables, func(x planner.Table) bool { return x.Name == t.Name && x.Handling.Copied() })
	if at < 0 {
		return nil, nil, nil, errors.New("the plan does not copy it")
	}
	planned := p.Tables[at]
	instead := "80-recovery/83-full-restart.sh loads everything anew"
	part = &backfillPart{
		Number: fmt.Sprintf("%03d", number), Table: t.Name, Label: t.Name.String(), List: v.List,
	}
	if planned.Group > 0 && planned.Group <= len(p.Groups) {
		g := p.Groups[planned.Group-1]
		part.Slot, part.Marker, part.Batches = g.Slot, g.Marker, g.BatchApply
		if !full(p) {
			instead = "80-recovery/82-restart-slot.sh " + g.Slot + " loads the tables of its slot anew"
		}
	}
	rows := t.Settled()
	// What is deleted makes room for what is inserted, so it comes first.
	slices.SortStableFunc(rows, func(a, b differences.Row) int { return order(a.Kind) - order(b.Kind) })
	for _, r := range rows {
		switch r.Kind {
		case differences.Missing:
			part.Missing++
		case differences.Extra:
			part.Extra++
		case differences.Different:
			part.Different++
		}
	}
	part.Total = int64(len(rows))
	if t.Incomplete != "" {
		part.Unclear = t.Incomplete
		left = append(left, backfillLeft{part.Label, t.Incomplete, instead})
	}
	if t.Undecided > 0 {
		part.Unclear = analyze.Count(int(t.Undecided), "row") + " undecided"
		left = append(left, backfillLeft{part.Label, part.Unclear, "compare it again when less is written, or the target has caught up"})
	}
	if t.Exceptions != nil {
		part.Since, part.Exceptions = t.Exceptions.Last, t.Exceptions.Rows
	}
	if len(rows) == 0 {
		if part.Since == "" || part.Unclear != "" {
			part = nil
		}
		return part, nil, left, nil
	}
	columns := make([]string, len(planned.Columns))
	for i, c := range planned.Columns {
		columns[i] = c.Name
	}
	if err := part.statements(t.Key, columns); err != nil {
		return nil, nil, nil, err
	}
	var body bytes.Buffer
	for i, r := range rows {
		fmt.Fprintf(&body, "%d", i+1)
		for _, value := range r.Key {
			text, err := copyText(value)
			if err != nil {
				return nil, nil, nil, err
			}
			body.WriteString("\t" + text)
		}
		body.WriteByte('\n')
	}
	keys := Artifact{Path: part.Number + "/rows.copy", Mode: 0o600, On: OnTarget, Body: body.Bytes(), Title: "The keys of the rows of " + part.Label + ", in the text format of COPY"}
	session := Artifact{Path: part.Number + "/session.sql", Mode: 0o644, On: OnTarget, Title: "What a session that mends rows of " + part.Label + " begins with"}
	part.Guard = guardOf(p, session)
	if session, err = session.fill("sql/backfill-session.sql.tmpl", part); err != nil {
		return nil, nil, nil, err
	}
	batch, err := Artifact{Path: part.Number + "/batch.sql", Mode: 0o644, On: OnTarget, Title: "Mend some rows of " + part.Label}.fill("sql/backfill-batch.sql.tmpl", part)
	if err != nil {
		return nil, nil, nil, err
	}
	part.RowsSum, part.SessionSum, part.BatchSum = sum(keys.Body), sum(session.Body), sum(batch.Body)
	return part, []Artifact{keys, session, batch}, left, nil
}

func order(k differences.Kind) int {
	return slices.Index([]differences.Kind{differences.Extra, differences.Different, differences.Missing}, k)
}

// statements makes the SQL that names the table's columns.
func (b *backfillPart) statements(keyed, copied []string) error {
	table, err := name(b.Table)
	if err != nil {
		return err
	}
	named := func(names []string) (out []backfillColumn, quoted []string, err error) {
		for i, n := range names {
			q, err := ident(n)
			if err != nil {
				return nil, nil, err
			}
			out, quoted = append(out, backfillColumn{n, int64(i), "t." + q + " = "}), append(quoted, q)
		}
		return out, quoted, nil
	}
	var keys, columns []string
	if b.Keys, keys, err = named(keyed); err != nil {
		return err
	}
	if b.Columns, columns, err = named(copied); err != nil {
		return err
	}
	if len(keys) == 1 {
		b.Lookup = "t." + keys[0] + " IN ("
	}
	list := func(prefix string, names []string) string { return prefix + strings.Join(names, ", "+prefix) }
	places := make([]string, len(columns))
	for i := range columns {
		places[i] = strconv.Itoa(i)
	}
	from := " FROM ONLY " + table + " AS t WHERE "
	b.Stands = [2]string{"COPY (SELECT " + list("t.", keys) + ", t.xmin::pg_catalog.text" + from, ") TO STDOUT;"}
	b.Reads = [2]string{"COPY (SELECT " + list("t.", keys) + ", t.xmin::pg_catalog.text, " + list("t.", columns) + from, ") TO STDOUT;"}
	// By the type's operator, as in the index: 1.0 and 1.00 are one key, which source and target may write differently.
	var same, listed []string // the table and todo; todo and found
	for i, k := range keys {
		same = append(same, fmt.Sprintf("t.%s = w.k%d", k, i))
		listed = append(listed, fmt.Sprintf("w.k%[1]d = x.k%[1]d", i))
	}
	todo := " JOIN pg_temp.todo AS w ON w.number = p.number"
	quoted := func(sql string) string {
		q, failed := literal(sql)
		err = cmp.Or(err, failed)
		return strings.TrimSpace(q)
	}
	b.Function = fmt.Sprintf(`
DECLARE
  keys integer := (SELECT pg_catalog.count(*) FROM pg_catalog.pg_index AS i WHERE i.indrelid = %[1]s::pg_catalog.regclass AND (i.indisunique OR i.indisexclusion));
  -- An identity GENERATED ALWAYS takes values only so, and before version 10 there is none.
  identity text := CASE WHEN pg_catalog.current_setting('server_version_num')::integer >= 100000 THEN ' OVERRIDING SYSTEM VALUE' ELSE '' END;
  remove text := %[2]s;
  bring text := %[3]s || identity || %[4]s;
  one record;
  state text;
  rule text;
  col text;
BEGIN
  DELETE FROM pg_temp.pick;
  INSERT INTO pg_temp.pick (number, act)
  SELECT w.number, CASE
      WHEN x.version IS NULL AND h.version IS NULL THEN 'nothing'
      WHEN x.version IS NULL AND s.version IS NULL AND h.version = b.version THEN 'deleted'
      WHEN x.version = s.version THEN CASE WHEN h.version IS NULL THEN 'inserted' ELSE 'replaced' END
      WHEN x.version <> s.version AND h.version IS NOT NULL AND keys < 2 THEN 'replaced'
    END
  FROM pg_temp.todo AS w
  LEFT JOIN pg_temp.seen AS s ON s.number = w.number
  LEFT JOIN pg_temp.found AS x ON %[5]s
  LEFT JOIN pg_temp.before AS b ON b.number = w.number
  CROSS JOIN LATERAL (SELECT pg_catalog.min(t.xmin::pg_catalog.text) AS version FROM ONLY %[6]s AS t WHERE %[7]s) AS h
  WHERE w.batch = which;
  DELETE FROM pg_temp.pick WHERE act IS NULL; -- it moves
  BEGIN
    EXECUTE remove;
    EXECUTE bring;
  EXCEPTION WHEN OTHERS THEN
    -- One by one then, those that only make room first. What is wrong with a row is told by code and constraint, never by its values.
    FOR one IN SELECT p.number FROM pg_temp.pick AS p WHERE p.act <> 'nothing' ORDER BY p.act <> 'deleted', p.number LOOP
      BEGIN
        EXECUTE remove || ' AND p.number = $1' USING one.number;
        EXECUTE bring || ' AND p.number = $1' USING one.number;
      EXCEPTION WHEN OTHERS THEN
        GET STACKED DIAGNOSTICS state = RETURNED_SQLSTATE, rule = CONSTRAINT_NAME, col = COLUMN_NAME;
        UPDATE pg_temp.pick AS p SET act = 'refused', why = pg_catalog.concat_ws(' ', state, nullif(rule, ''), nullif(col, '')) WHERE p.number = one.number;
      END;
    END LOOP;
  END;
  INSERT INTO pgcutover.backfill AS b (list, part, number, act, why)
  SELECT pg_catalog.current_setting('pgcutover.list'), pg_catalog.current_setting('pgcutover.part')::integer, p.number, p.act, p.why FROM pg_temp.pick AS p
  ON CONFLICT (list, part, number) DO UPDATE SET act = excluded.act, why = excluded.why, at = excluded.at;
END`, quoted(table),
		quoted("DELETE FROM ONLY "+table+" AS t USING pg_temp.pick AS p"+todo+" WHERE p.act IN ('replaced', 'deleted') AND "+strings.Join(same, " AND ")),
		quoted("INSERT INTO "+table+" ("+list("", columns)+")"),
		quoted(" SELECT "+list("x.c", places)+" FROM pg_temp.pick AS p"+todo+" JOIN pg_temp.found AS x ON "+strings.Join(listed, " AND ")+" WHERE p.act IN ('replaced', 'inserted')"),
		strings.Join(listed, " AND "), table, strings.Join(same, " AND "))
	return err
}
