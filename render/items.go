package render

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/pgcutover/pgcutover/analyze"
	"github.com/pgcutover/pgcutover/planner"
)

// ledgerSchema is where 41-ledger.sql puts the ledger. The SQL spells it out, so that it can be read.
const ledgerSchema = "pgcutover"

// ledgerItem is one row of items.tsv: a piece of work of the load.
type ledgerItem struct {
	ID        int
	Kind      string // copy, index, constraint, attach or analyze
	Label     string // for people
	Relation  string // its table, for people; empty for a batch
	Bytes     int64
	Tail      int64 // milliseconds from its start to the end of everything that waits for it, as the plan reckons
	Needs     []int
	Tables    []analyze.Name // copy only
	Statement string
	Slot      string // copy only: whose snapshot its rows are read in; empty: they come from a paused replica
}

// ledgerItems are the plan's items and builds under their ids, and one more copy under the next id: the marker tables, which
// are pgcutover's own and so in no plan.
func ledgerItems(p planner.Plan) ([]ledgerItem, error) {
	columns, binary := make(map[analyze.Name][]string, len(p.Tables)), make(map[analyze.Name]bool, len(p.Tables))
	for _, t := range p.Tables {
		names := make([]string, len(t.Columns))
		for i, c := range t.Columns {
			names[i] = c.Name
		}
		columns[t.Name], binary[t.Name] = names, t.TextCopy == ""
	}
	out := make([]ledgerItem, 0, len(p.Items)+len(p.Builds)+1)
	last := 0
	for _, it := range p.Items {
		// The rows of several tables follow one another in one stream, which in binary form would have to end after each.
		l, err := copyItem(it, columns, len(it.Tables) == 1 && binary[it.Tables[0]])
		if err != nil {
			return nil, fmt.Errorf("item %d: %w", it.ID, err)
		}
		out = append(out, l)
		last = max(last, it.ID)
	}
	for _, b := range p.Builds {
		l, err := buildItem(b)
		if err != nil {
			return nil, fmt.Errorf("build %d: %w", b.ID, err)
		}
		out = append(out, l)
		last = max(last, b.ID)
	}
	for _, tables := range markersOf(p) {
		last++
		for _, n := range tables {
			columns[n] = []string{"id", "token", "source_lsn", "at"}
		}
		l, err := copyItem(planner.Item{ID: last, Tables: tables}, columns, false)
		if err != nil {
			return nil, fmt.Errorf("markers: %w", err)
		}
		l.Label = "markers of " + analyze.Count(len(tables), "slot")
		out = append(out, l)
	}
	if p.Options.Snapshots() {
		setSlots(p, out)
	}
	slices.SortFunc(out, func(a, b ledgerItem) int { return a.ID - b.ID })
	return out, tails(out, p.Options.Load)
}

// markersOf are the marker tables by the item that copies them: all in one, or, where each slot has a snapshot of its own, one for each.
func markersOf(p planner.Plan) [][]analyze.Name {
	var out [][]analyze.Name
	for _, g := range p.Groups {
		if len(out) == 0 || p.Options.Snapshots() {
			out = append(out, nil)
		}
		out[len(out)-1] = append(out[len(out)-1], g.Marker)
	}
	return out
}

// setSlots says of each copy which slot its tables belong to; a plan with snapshots has none of two.
func setSlots(p planner.Plan, items []ledgerItem) {
	slot := map[analyze.Name]string{}
	for _, g := range p.Groups {
		slot[g.Marker] = g.Slot
		for _, n := range g.Tables {
			slot[n] = g.Slot
		}
	}
	for i := range items {
		if items[i].Kind == kindCopy {
			items[i].Slot = slot[items[i].Tables[0]]
		}
	}
}

// tails sets the tail of each item: list scheduling by the longest tail ends at most twice as late as any schedule
// (R. L. Graham, "Bounds on Multiprocessing Timing Anomalies", 1969), and in practice close to the best.
func tails(items []ledgerItem, o planner.LoadOptions) error {
	at := make(map[int]int, len(items))
	for i := range items {
		at[items[i].ID] = i
	}
	if len(at) != len(items) {
		return errors.New("two items have the same id")
	}
	dependents := make([][]int, len(items))
	open := make([]int, len(items)) // needs that are not placed yet
	for i := range items {
		for _, id := range items[i].Needs {
			j, ok := at[id]
			if !ok {
				return fmt.Errorf("item %d needs item %d, which does not exist", items[i].ID, id)
			}
			dependents[j] = append(dependents[j], i)
			open[i]++
		}
	}
	var order []int
	for i := range items {
		if open[i] == 0 {
			order = append(order, i)
		}
	}
	for n := 0; n < len(order); n++ {
		for _, d := range dependents[order[n]] {
			if open[d]--; open[d] == 0 {
				order = append(order, d)
			}
		}
	}
	if len(order) != len(items) {
		return errors.New("items need each other in a circle")
	}
	for _, i := range slices.Backward(order) {
		rate := o.IndexBytesPerSecond
		if items[i].Kind == string(planner.BuildAnalyze) || items[i].Kind == kindCopy {
			rate = o.BytesPerSecond
		}
		if items[i].Kind == string(planner.BuildAnalyze) { // reads a sample, whatever the size
			items[i].Tail = min(items[i].Bytes, 256<<20) * 1000 / max(rate, 1)
		} else {
			items[i].Tail = int64(float64(items[i].Bytes) / float64(max(rate, 1)) * 1000)
		}
		longest := int64(0)
		for _, d := range dependents[i] {
			longest = max(longest, items[d].Tail)
		}
		items[i].Tail += longest
	}
	return nil
}

const kindCopy = "copy"

// toFrame is where the replica's session writes what the target's session reads. With \g and a file psql counts the rows of a
// COPY to the client, flushes after each statement, and takes several lines of text as they are; its plain output does none
// of the three.
const toFrame = ` \g /dev/fd/1`

// toEnd is where it writes what is to be done after binary rows. Those end with their stream, so this goes through a file, which the target's
// session reads next. Through cat: to open it by its number would empty it.
const toEnd = ` \g |cat >&8`

// binaryMark is the first line of the script of a copy in binary form; 42-load.sh looks for it.
const binaryMark = "-- binary\n"

func copyItem(it planner.Item, columns map[analyze.Name][]string, binary bool) (ledgerItem, error) {
	l := ledgerItem{ID: it.ID, Kind: kindCopy, Bytes: it.Bytes, Tables: it.Tables, Needs: []int{}}
	switch {
	case len(it.Tables) == 0:
		return l, errors.New("copies no table")
	case it.Range != nil && len(it.Tables) > 1:
		return l, errors.New("is a range of more than one table")
	case it.Range != nil:
		l.Label = fmt.Sprintf("%s [range %d of %d]", it.Tables[0], it.Range.Part, it.Range.Of)
	case len(it.Tables) == 1:
		l.Label = it.Tables[0].String()
	default:
		l.Label = fmt.Sprintf("batch of %d tables, %s to %s", len(it.Tables), it.Tables[0], it.Tables[len(it.Tables)-1])
	}
	if len(it.Tables) == 1 {
		l.Relation = it.Tables[0].String()
	}
	var b strings.Builder
	if binary {
		b.WriteString(binaryMark)
	}
	for i, n := range it.Tables {
		cs, ok := columns[n]
		if !ok {
			return l, fmt.Errorf("table %s is not in the plan", n)
		}
		if err := copyTable(&b, it, i+1, n, cs, binary); err != nil {
			return l, fmt.Errorf("table %s: %w", n, err)
		}
	}
	l.Statement = b.String()
	return l, nil
}

// copyTable writes the psql script that copies one table: what the target is to do before the rows, the rows, what it is to do
// after them.
func copyTable(b *strings.Builder, it planner.Item, seq int, n analyze.Name, columns []string, binary bool) error {
	table, err := name(n)
	if err != nil {
		return err
	}
	list, err := idents(columns)
	if err != nil {
		return err
	}
	inParentheses := ""
	if len(columns) > 0 { // without a list COPY leaves generated columns out by itself, and a table may have no others
		inParentheses = " (" + list + ")"
	}
	ordered := ""
	from := "COPY " + table + inParentheses + " TO STDOUT" // the named table alone, without what inherits from it
	options := []string{"FREEZE"}
	if it.Range != nil {
		options = nil // frozen rows need a table that the same transaction truncated
		where, err := it.Range.Predicate()
		if err != nil {
			return err
		}
		from = "COPY (SELECT " + list + " FROM ONLY " + table + " WHERE " + where + ") TO STDOUT"
		if ordered, err = assertOrdered(it, table); err != nil {
			return err
		}
	}
	end, to := "\\.\n", toFrame // the end of the rows, and where it is said
	if binary {
		end, to, from, options = "", toEnd, from+" WITH (FORMAT binary)", append(options, "FORMAT binary")
	}
	with := ""
	if len(options) > 0 {
		with = " WITH (" + strings.Join(options, ", ") + ")"
	}
	before, err := literal(fmt.Sprintf("SELECT pgcutover.begin_table(%d, %d, %t);\nCOPY %s%s FROM stdin%s;", it.ID, seq, it.Range == nil, table, inParentheses, with))
	if err != nil {
		return err
	}
	after, err := literal(fmt.Sprintf("%sSELECT pgcutover.count_table(%d, %d, ", end, it.ID, seq))
	if err != nil {
		return err
	}
	// The first ROW_COUNT is what the replica's session sent; the second goes out as text and is the target's.
	fmt.Fprintf(b, "%sSELECT %s%s\n%s%s\nSELECT %s || :ROW_COUNT || ', :ROW_COUNT);'%s\n", ordered,
		strings.TrimSpace(before), toFrame, from, toFrame, strings.TrimSpace(after), to)
	return nil
}

// assertOrdered is a statement that fails where the replica does not sort the range's bounds as the plan has them: then rows could be
// in two ranges. It is empty where the plan's own reader could tell.
func assertOrdered(it planner.Item, table string) (string, error) {
	condition, err := it.Range.Ordered()
	if err != nil || condition == "" {
		return "", err
	}
	message, err := literal(fmt.Sprintf("range %d of %d of %s begins at %s and ends at %s, which the replica sorts the other way round: its collation is not the one that the source had when it was analysed",
		it.Range.Part, it.Range.Of, it.Tables[0], it.Range.From, it.Range.To))
	if err != nil {
		return "", err
	}
	body, err := literal(fmt.Sprintf("BEGIN\n  IF NOT (SELECT %s FROM (SELECT) AS one LEFT JOIN ONLY %s ON false) THEN\n    RAISE EXCEPTION USING ERRCODE = 'PC003', MESSAGE = %s;\n  END IF;\nEND",
		condition, table, message))
	return "DO " + strings.TrimSpace(body) + ";\n", err
}

func buildItem(b planner.Build) (ledgerItem, error) {
	l := ledgerItem{ID: b.ID, Kind: string(b.Kind), Relation: b.Table.String(), Bytes: b.Bytes, Needs: b.Needs}
	object := analyze.Name{Schema: b.Table.Schema, Name: b.Name}
	switch b.Kind {
	case planner.BuildIndex, planner.BuildAttach:
		l.Label = string(b.Kind) + " " + object.String()
		if b.Kind == planner.BuildAttach {
			l.Label = fmt.Sprintf("partitioned index %s with %d partitions", object, len(b.Attach))
		}
	case planner.BuildConstraint:
		l.Label = fmt.Sprintf("constraint %s of %s", analyze.Display(b.Name), b.Table)
	case planner.BuildAnalyze:
		l.Label = "analyze " + b.Table.String()
	}
	var err error
	l.Statement, err = buildStatement(b)
	return l, err
}

// buildStatement is the SQL of a build, run in one transaction with its row in the ledger.
func buildStatement(b planner.Build) (string, error) {
	table, err := name(b.Table)
	if err != nil {
		return "", err
	}
	if b.Kind == planner.BuildAnalyze {
		return "ANALYZE " + table + ";", nil
	}
	object, err := ident(b.Name)
	if err != nil {
		return "", err
	}
	index, err := name(analyze.Name{Schema: b.Table.Schema, Name: b.Name})
	if err != nil {
		return "", err
	}
	var out []string
	switch {
	case b.Kind == planner.BuildIndex, b.Kind == planner.BuildAttach && b.Constraint == nil:
		out = append(out, definition(b.Definition)+";")
	case b.Constraint == nil:
		return "", errors.New("says nothing about the constraint")
	default:
		only := ""
		if b.Constraint.Only || b.Kind == planner.BuildAttach {
			only = "ONLY "
		}
		what := definition(b.Definition)
		if b.Constraint.UsingIndex {
			if what, err = usingIndex(*b.Constraint, object); err != nil {
				return "", err
			}
		}
		out = append(out, fmt.Sprintf("ALTER TABLE %s%s ADD CONSTRAINT %s %s;", only, table, object, what))
	}
	for _, child := range b.Attach {
		q, err := name(child)
		if err != nil {
			return "", err
		}
		out = append(out, fmt.Sprintf("ALTER INDEX %s ATTACH PARTITION %s;", index, q))
	}
	for _, s := range b.StatisticsTargets {
		out = append(out, fmt.Sprintf("ALTER INDEX %s ALTER COLUMN %d SET STATISTICS %d;", index, s.Column, s.Target))
	}
	if b.ReplicaIdentity {
		out = append(out, fmt.Sprintf("ALTER TABLE ONLY %s REPLICA IDENTITY USING INDEX %s;", table, object))
	}
	if b.Clustered {
		out = append(out, fmt.Sprintf("ALTER TABLE %s CLUSTER ON %s;", table, object))
	}
	return strings.Join(out, "\n"), nil
}

// usingIndex is the definition of a constraint over an index that exists.
func usingIndex(c planner.ConstraintSpec, index string) (string, error) {
	var what string
	switch c.Kind {
	case analyze.PrimaryKey:
		what = "PRIMARY KEY"
	case analyze.UniqueKey:
		what = "UNIQUE"
	default:
		return "", fmt.Errorf("a constraint of kind %q cannot be added over an index", c.Kind)
	}
	what += " USING INDEX " + index
	if c.Deferrable {
		what += " DEFERRABLE"
	}
	if c.Deferred {
		what += " INITIALLY DEFERRED"
	}
	return what, nil
}

// itemsHeader names the columns of items.tsv.
const itemsHeader = "id\tkind\tlabel\trelation\tbytes\ttail\tneeds\ttables\tstatement"

// itemsTSV is the ledger's content in the text format of COPY: needs as an array, tables as JSON; with slots, a last column has the copies'.
func itemsTSV(items []ledgerItem, slots bool) ([]byte, error) {
	var b strings.Builder
	b.WriteString(itemsHeader)
	if slots {
		b.WriteString("\tslot")
	}
	b.WriteByte('\n')
	for _, it := range items {
		tables := make([][2]string, len(it.Tables))
		for i, n := range it.Tables {
			tables[i] = [2]string{n.Schema, n.Name}
		}
		list, err := jsonString(tables)
		if err != nil {
			return nil, err
		}
		needs := make([]string, len(it.Needs))
		for i, id := range it.Needs {
			needs[i] = strconv.Itoa(id)
		}
		fields := []string{
			strconv.Itoa(it.ID), it.Kind, it.Label, it.Relation, strconv.FormatInt(it.Bytes, 10), strconv.FormatInt(it.Tail, 10),
			"{" + strings.Join(needs, ",") + "}", list, it.Statement,
		}
		if slots {
			fields = append(fields, it.Slot)
		}
		for i, f := range fields {
			q, err := copyText(f)
			if err != nil {
				return nil, fmt.Errorf("item %d: %w", it.ID, err)
			}
			if i > 0 {
				b.WriteByte('\t')
			}
			b.WriteString(q)
		}
		b.WriteByte('\n')
	}
	return []byte(b.String()), nil
}
