package render

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/pgcutover/pgcutover/analyze"
	"github.com/pgcutover/pgcutover/planner"
)

// cutoverView is what the templates of 70-cutover see.
type cutoverView struct {
	Head               head
	Role               string
	Native, WayBack    bool
	Physical           bool // the target is a copy of the source: never here
	Full, Replica      bool
	After              bool   // rows are left that are looked at after the switch
	Plugin             string // of the slots
	Slots              []string
	Xlog               bool // the source's functions say xlog, not wal
	Jobs               int64
	MaintenanceWorkMem string
	Schemas            []string
	Markers            []marker
	Margin             int64
	ReadSequences      []string // lines of SQL that prints number, last_value and is_called of each
	PlannedSequences   []string // the same sequences as rows of SQL, for the table that 73-sequences.sh makes of them
	restoration
}

// sequencesPerQuery is how many sequences one query reads: each on its own would be a round trip, and of many together the parser takes longer.
const sequencesPerQuery = 25

// restoration is what 74-constraints.sh does, by phase.
type restoration struct {
	Unique, UniqueParents []step
	// Foreign keys that lock for a moment only, which are validated later, and those of partitioned tables that are added and validated in one go.
	ForeignKeys, Validations, WholeForeignKeys []step // 79-validate.sh has the validations, where they come after the switch
	NotNulls, Matviews                         []step
	LaterNotNulls                              []step // of 79-validate.sh, after the switch
	// Lanes of large tables, which come first.
	LargeUnique, LargeValidations, LargeNotNulls, LargeLaterNotNulls int64
	FromDump                                                         int64 // triggers, rules, policies, event triggers: restored from the schema's dump
}

// largeTable is the size of a table from which looking through it takes longer than it takes to begin a session.
const largeTable = 256 << 20

// step is SQL that is run on the target where its condition holds. Steps of a lane follow each other.
type step struct {
	Lane      string
	Label     string
	Condition string // SQL expression
	SQL       string
	Tail      string // SQL expression: text that :tail stands for in SQL; empty: nothing does
}

// cutover makes the folder 70-cutover.
func cutover(p planner.Plan) ([]Artifact, error) {
	if physical(p) {
		return promoteCutover(p)
	}
	v := cutoverView{
		Role: p.Names.Role, Native: native(p), WayBack: wayBack(p), Full: full(p), Plugin: pluginOf(p), Replica: paused(p), After: validatesAfter(p), Xlog: xlog(p),
		Jobs: int64(max(p.Options.Load.Workers, 1)), MaintenanceWorkMem: p.Options.Load.MaintenanceWorkMem,
		Schemas: p.Schemas, Margin: p.Options.Cutover.SequenceMargin,
	}
	for _, g := range p.Groups {
		v.Markers = append(v.Markers, marker{g.Slot, g.Marker})
		v.Slots = append(v.Slots, g.Slot)
	}
	var err error
	if v.ReadSequences, v.PlannedSequences, err = sequenceSQL(p.Sequences); err != nil {
		return nil, err
	}
	if v.restoration, err = restorationOf(p); err != nil {
		return nil, err
	}
	out := []Artifact{
		{
			Path: "70-cutover/71-freeze.sh", Mode: 0o755, On: OnSource, Step: true,
			Title:  "Cut the application off from the source and prove that nothing writes any more",
			Before: "cutover-ready",
			Needs:  "change data capture has caught up, jobs and connection pools are stopped; the downtime begins here",
			Rerun:  "cuts off what came back, and looks again", Undo: "76-unfreeze.sh",
		},
		{
			Path: "70-cutover/72-drain.sh", Mode: 0o755, On: OnOperator, Step: true,
			Title: "Wait until the last change of the source is on the target",
			Needs: "the source is frozen (71-freeze.sh)",
			Rerun: "proves it once more", Minutes: "until the slowest slot has caught up",
			Fails: "what applies the changes stands or is too slow: look at its log; 76-unfreeze.sh calls the cutover off",
		},
		{
			Path: "70-cutover/73-sequences.sh", Mode: 0o755, On: OnOperator, Step: true,
			Title: "Set the sequences of the target past those of the source",
			Needs: "the source is frozen (71-freeze.sh) and drained (72-drain.sh); useful at any time before, too",
			Rerun: "moves what is behind; no sequence goes back",
		},
		{
			Path: "70-cutover/74-constraints.sh", Mode: 0o755, On: OnTarget, Step: true,
			Title: "Give the target the keys, triggers, policies and NOT NULLs that it went without",
			Needs: "the source is drained (72-drain.sh), and whatever applied the changes is stopped",
			Rerun: "does what is not done yet", Minutes: "as long as checking the foreign keys and building deferred keys",
			Fails: "the statement and the rows that violate it are named: mend the rows, or call the cutover off with 76-unfreeze.sh",
		},
		{
			Path: "70-cutover/75-analyze.sh", Mode: 0o755, On: OnTarget, Step: true,
			Title: "Gather statistics of every table of the target",
			Needs: "74-constraints.sh", Rerun: "gathers them again", Minutes: "minutes", Gate: "cutover",
		},
		{
			Path: "70-cutover/76-unfreeze.sh", Mode: 0o755, On: OnSource,
			Title: "Give the source back to the application: the way back from a cutover that was called off",
			Needs: "nothing has been written to the target by anybody but change data capture", Rerun: "does nothing once the source is back",
			Undo: "71-freeze.sh",
		},
		{
			Path: "70-cutover/78-retire.sh", Mode: 0o755, On: OnOperator, Step: true,
			Title: "Drop the slots on the source, which nobody reads any more",
			Needs: "the application works on the target, and nobody wants the old direction back",
			Usage: []string{"--yes"}, Rerun: "does what is left", Gate: "after",
			Fails: "whatever still reads a slot is named",
		},
	}
	if v.Native {
		for i := range out {
			switch out[i].Path {
			case "70-cutover/74-constraints.sh":
				out[i].Title = "Disable the subscriptions, and give the target the keys, triggers and policies that it went without"
				out[i].Needs = "the source is drained (72-drain.sh)"
			case "70-cutover/78-retire.sh":
				out[i].Title = "Drop the subscriptions on the target and the slots on the source, which nobody needs any more"
			}
		}
	}
	if v.Full {
		last := &out[len(out)-1]
		last.Title = "Prove that the slots of AWS DMS are gone from the source"
		last.Needs = "the application works on the target, and 50-cdc/dms/58-delete.sh has deleted the tasks"
	} else if len(p.DMS.Tasks) > 0 {
		out[len(out)-1].Gate = "" // 58-delete.sh follows
	}
	if v.After {
		out[len(out)-1].Gate = ""
		out = append(out, Artifact{
			Path: "70-cutover/79-validate.sh", Mode: 0o755, On: OnTarget, Step: true,
			Title: "Look at the rows of foreign keys and NOT NULLs, while the application writes",
			Needs: "the application works on the target", Rerun: "does what is not done yet", Minutes: "as long as reading the tables", Gate: "after",
			Fails: "the statement is named. Rows that violate it were on the source too, or the copy is wrong: mend them. A lock that was not to be had: run it again. An event trigger that refuses it: disable it for the time",
		})
	}
	if v.WayBack {
		back, err := wayBackStep(p)
		if err != nil {
			return nil, err
		}
		out[4].Gate = ""
		out = slices.Insert(out, 6, back)
	}
	for i := range out {
		if out[i].Body != nil {
			continue
		}
		v.Head = headOf(out[i])
		if out[i], err = out[i].fill(templateOf(p, out[i]), v); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// sequenceSQL is what cutoverView has about the sequences, by their numbers from 0 on.
func sequenceSQL(sequences []planner.Sequence) (read, planned []string, err error) {
	var q quoted
	for some := range slices.Chunk(sequences, sequencesPerQuery) {
		read = append(read, "COPY (")
		for i, s := range some {
			n, comma, union := len(planned), "", ""
			if i > 0 {
				union = "UNION ALL "
			}
			if n < len(sequences)-1 {
				comma = ","
			}
			read = append(read, fmt.Sprintf("%sSELECT %d, last_value, is_called FROM %s", union, n, q.name(s.Name)))
			planned = append(planned, fmt.Sprintf("(%d, %s, %d, %d, %d, %t, %d)%s", n, q.regclass(s.Name), s.Increment, s.Minimum, s.Maximum, s.Cycle, s.Margin, comma))
		}
		read = append(read, ") TO STDOUT;")
	}
	if q.err != nil {
		return nil, nil, fmt.Errorf("sequences: %w", q.err)
	}
	return read, planned, nil
}

// validatesAfter tells whether rows are left that are looked at after the switch.
func validatesAfter(p planner.Plan) bool {
	return p.NotNullAfter() && len(p.Relaxed) > 0 || slices.ContainsFunc(p.Deferred, p.ValidatedAfter)
}

// restorationOf turns what the plan keeps off the target until the cutover into steps.
func restorationOf(p planner.Plan) (restoration, error) {
	var r restoration
	lane := foreignKeyLanes(p)
	for _, d := range p.Deferred {
		var err error
		switch d.Kind {
		case planner.DeferIndex, planner.DeferConstraint:
			err = r.unique(d)
		case planner.DeferForeignKey:
			err = r.foreignKey(d, lane(d))
		case planner.DeferTrigger, planner.DeferRule, planner.DeferPolicy, planner.DeferEventTrigger:
			r.FromDump++
		case planner.DeferMatview:
			err = r.matview(d)
		default:
			err = fmt.Errorf("unknown kind %q", d.Kind)
		}
		if err != nil {
			return r, fmt.Errorf("deferred %s %s of %s: %w", d.Kind, analyze.Display(d.Name), d.Table, err)
		}
	}
	for i, n := range p.Relaxed {
		if err := r.notNull(n, planner.NotNullCheck(i), p.NotNullAfter()); err != nil {
			return r, fmt.Errorf("NOT NULL of %s of %s: %w", analyze.Display(n.Column), n.Table, err)
		}
	}
	// The lanes of large tables begin first: what ends last is then small.
	bytes := map[string]int64{}
	for _, t := range p.Tables {
		bytes[t.Name.String()] = t.Bytes
	}
	for _, phase := range []struct {
		steps []step
		large *int64
	}{
		{r.Unique, &r.LargeUnique}, {r.Validations, &r.LargeValidations}, {r.NotNulls, &r.LargeNotNulls}, {r.LaterNotNulls, &r.LargeLaterNotNulls},
	} {
		slices.SortStableFunc(phase.steps, func(a, b step) int { return cmp.Compare(bytes[b.Lane], bytes[a.Lane]) })
		large := map[string]bool{}
		for _, s := range phase.steps {
			if bytes[s.Lane] >= largeTable {
				large[s.Lane] = true
			}
		}
		*phase.large = int64(len(large))
	}
	return r, nil
}

// quoted collects quoted values and the first error among them, so that a statement can be put together in one go.
type quoted struct{ err error }

func (q *quoted) keep(s string, err error) string {
	if q.err == nil {
		q.err = err
	}
	return strings.TrimSpace(s)
}

func (q *quoted) ident(s string) string          { return q.keep(ident(s)) }
func (q *quoted) name(n analyze.Name) string     { return q.keep(name(n)) }
func (q *quoted) literal(s string) string        { return q.keep(literal(s)) }
func (q *quoted) regclass(n analyze.Name) string { return q.keep(regclass(n)) }

// The conditions are functions that 74-constraints.sh defines in its sessions.

func (q *quoted) has(constraint string, of analyze.Name) string {
	return fmt.Sprintf("pg_temp.has_constraint(%s, %s)", q.regclass(of), q.literal(constraint))
}

func (q *quoted) unvalidated(constraint string, of analyze.Name) string {
	return fmt.Sprintf("pg_temp.not_validated(%s, %s)", q.regclass(of), q.literal(constraint))
}

// unique restores a unique index, or a constraint with the index behind it.
func (r *restoration) unique(d planner.Deferred) error {
	var q quoted
	lane := d.Table.String()
	index := analyze.Name{Schema: d.Table.Schema, Name: d.Name}
	noIndex := "pg_temp.no_index(" + q.regclass(index) + ")"
	var steps []step
	add := func(label, condition, sql string) {
		steps = append(steps, step{Lane: lane, Label: label, Condition: condition, SQL: sql})
	}
	switch c := d.Constraint; {
	case d.Kind == planner.DeferIndex:
		add("unique index "+index.String(), noIndex, definition(d.Definition)+";")
	case c == nil:
		return fmt.Errorf("the plan does not say how it is added")
	default:
		label := fmt.Sprintf("constraint %s of %s", analyze.Display(d.Name), d.Table)
		what, only := definition(d.Definition), ""
		if c.Only {
			only = "ONLY "
		}
		if c.UsingIndex {
			add("index of "+label, noIndex, definition(d.Index)+";")
			what = q.keep(usingIndex(*c, q.ident(d.Name)))
		}
		add(label, "NOT "+q.has(d.Name, d.Table), fmt.Sprintf("ALTER TABLE %s%s ADD CONSTRAINT %s %s;", only, q.name(d.Table), q.ident(d.Name), what))
	}
	for _, child := range d.Attach {
		add(fmt.Sprintf("attach %s to %s", child, index),
			"pg_temp.not_attached("+q.regclass(child)+")",
			fmt.Sprintf("ALTER INDEX %s ATTACH PARTITION %s;", q.name(index), q.name(child)))
	}
	if len(d.Attach) > 0 || d.Constraint != nil && d.Constraint.Only || strings.Contains(d.Definition, " ON ONLY ") {
		for i := range steps {
			steps[i].Lane = "all" // in the order of the plan: partitions of partitions first
		}
		r.UniqueParents = append(r.UniqueParents, steps...)
	} else {
		r.Unique = append(r.Unique, steps...)
	}
	return q.err
}

// foreignKey adds one in its lane: without a look at the rows, which is a step of its own for one that is validated. Where both tables are small on the target, looking takes
// no longer than the step.
func (r *restoration) foreignKey(d planner.Deferred, lane string) error {
	var q quoted
	label := fmt.Sprintf("foreign key %s of %s", analyze.Display(d.Name), d.Table)
	text, tail := definition(d.Definition), ""
	into := &r.ForeignKeys
	switch {
	case !d.TwoSteps:
		into, lane = &r.WholeForeignKeys, mixedLane
	case d.Validated && d.References != nil:
		text += " :tail"
		tail = fmt.Sprintf("CASE WHEN pg_temp.small(%s, %s) THEN '' ELSE 'NOT VALID' END", q.regclass(d.Table), q.regclass(*d.References))
	case d.Validated:
		text += " NOT VALID"
	}
	*into = append(*into, step{
		Lane: lane, Label: label, Condition: "NOT " + q.has(d.Name, d.Table), Tail: tail,
		SQL: fmt.Sprintf("ALTER TABLE %s ADD CONSTRAINT %s %s;", q.name(d.Table), q.ident(d.Name), text),
	})
	if d.TwoSteps && d.Validated {
		r.Validations = append(r.Validations, step{
			Lane: d.Table.String(), Label: "validate " + label, Condition: q.unvalidated(d.Name, d.Table),
			SQL: fmt.Sprintf("ALTER TABLE %s VALIDATE CONSTRAINT %s;", q.name(d.Table), q.ident(d.Name)),
		})
	}
	return q.err
}

func (r *restoration) matview(d planner.Deferred) error {
	var q quoted
	r.Matviews = append(r.Matviews, step{
		Lane: "all", Label: "refresh " + d.Table.String(), Condition: "pg_catalog.to_regclass(" + q.regclass(d.Table) + ") IS NOT NULL",
		SQL: `RESET row_security \; REFRESH MATERIALIZED VIEW ` + q.name(d.Table) + ";", // which has what its owner sees, as on the source
	})
	return q.err
}

// notNull is the inverse of what 33-relax.sql did to a column: by way of a CHECK, which is there at once, and once it is validated spares SET NOT NULL a scan under a
// lock (from 12 on). Where rows are looked at after the switch, those of small tables still are at once.
//
// The CHECK says IS DISTINCT FROM NULL, which is what NOT NULL means: IS NOT NULL asks every field of a composite value. The server makes the same of both for all other types.
func (r *restoration) notNull(n planner.NotNull, check string, later bool) error {
	var q quoted
	table, column := q.name(n.Table), q.ident(n.Column)
	label := fmt.Sprintf("NOT NULL of %s of %s", analyze.Display(n.Column), n.Table)
	nullable := fmt.Sprintf("pg_temp.nullable(%s, %s)", q.regclass(n.Table), q.literal(n.Column))
	set := fmt.Sprintf("ALTER TABLE %s ALTER COLUMN %s SET NOT NULL", table, column)
	drop := fmt.Sprintf("ALTER TABLE %s DROP CONSTRAINT IF EXISTS %s", table, q.ident(check))
	add := func(to *[]step, what, condition, sql string) {
		*to = append(*to, step{Lane: n.Table.String(), Label: label + what, Condition: condition, SQL: sql})
	}
	// all are the steps; locking is how those that lock the table are done, in one transaction, and only what else the last two are asked.
	all := func(to *[]step, locking func(...string) string, only string) {
		add(to, ": check", "pg_temp.version() >= 120000 AND "+nullable+" AND NOT "+q.has(check, n.Table),
			locking(fmt.Sprintf("ALTER TABLE %s ADD CONSTRAINT %s CHECK (%s IS DISTINCT FROM NULL) NOT VALID", table, q.ident(check), column)))
		add(to, ": look for NULLs", q.unvalidated(check, n.Table)+only, fmt.Sprintf("ALTER TABLE %s VALIDATE CONSTRAINT %s;", table, q.ident(check)))
		validated := fmt.Sprintf("%s AND NOT %s", q.has(check, n.Table), q.unvalidated(check, n.Table))
		add(to, "", fmt.Sprintf("(%s AND pg_temp.version() < 120000 OR %s)", nullable, validated)+only, locking(set, drop))
	}
	plainly := func(statements ...string) string { return strings.Join(statements, ` \; `) + ";" }
	briefly := func(statements ...string) string {
		for i, s := range statements {
			statements[i] = q.literal(s)
		}
		return "SELECT pg_temp.briefly(" + strings.Join(statements, ", ") + `) \g /dev/null`
	}
	if !later {
		all(&r.NotNulls, plainly, "")
		return q.err
	}
	all(&r.NotNulls, plainly, fmt.Sprintf(" AND (pg_temp.version() < 120000 OR pg_temp.small(%[1]s, %[1]s))", q.regclass(n.Table)))
	all(&r.LaterNotNulls, briefly, "")
	return q.err
}
