package verify

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/pgcutover/pgcutover/analyze"
	"github.com/pgcutover/pgcutover/planner"
)

// structures are source and target side by side, with what the plan makes different on purpose.
type structures struct {
	Plan           planner.Plan
	Source, Target analyze.Inventory
	// Same decides whether two printings mean the same on the target; nil compares them as text.
	Same func(kind expressionKind, table analyze.Name, a, b string) bool

	Final bool // the cutover is done: nothing waits any more
	Early bool // AWS DMS has not loaded the tables yet: what is built afterwards may be missing
	// Replicas says that subscriptions apply the changes, as a replica does: foreign keys and ordinary triggers do not act, rules are not asked. A cutover
	// that was called off leaves them there, and so does 74-constraints.sh --ahead.
	Replicas bool
	// After says that rows of foreign keys and NOT NULLs are looked at after the switch: until then those are not validated, and these are CHECKs.
	After bool

	lost     error                           // why the target could not be asked
	tables   map[analyze.Name]*analyze.Table // of the target
	deferred map[deferredKey]bool
	later    map[deferredKey]bool // what is built after the load of AWS DMS, by DeferIndex and DeferConstraint
	relaxed  map[analyze.ColumnRef]bool
	checked  map[analyze.ColumnRef][]string // CHECKs that stand in for the NOT NULL of the column: its own, and those that it has from above
	looked   map[deferredKey]bool           // foreign keys whose rows are looked at after the switch
	copied   map[analyze.Name]bool
	identity map[analyze.ColumnRef]string // of the column, or of the nearest partitioned table above that has one; "" for none
}

type deferredKey struct {
	Kind  planner.DeferredKind
	Table analyze.Name
	Name  string
}

// expressionKind is what a printing is of.
type expressionKind int

const (
	scalar    expressionKind = iota // an expression over one row of the table
	statement                       // a SELECT
)

func (s *structures) prepare() {
	if s.tables != nil {
		return
	}
	checks := map[analyze.ColumnRef]string{}
	s.looked, s.checked = map[deferredKey]bool{}, map[analyze.ColumnRef][]string{}
	if s.After {
		for _, d := range s.Plan.Deferred {
			if s.Plan.ValidatedAfter(d) {
				s.looked[deferredKey{d.Kind, d.Table, d.Name}] = true
			}
		}
		for i, n := range s.Plan.Relaxed {
			if s.Plan.NotNullAfter() {
				checks[analyze.ColumnRef{Table: n.Table, Column: n.Column}] = planner.NotNullCheck(i)
			}
		}
	}
	if s.Final {
		s.Plan.Deferred, s.Plan.Relaxed = nil, nil
	}
	s.tables, s.deferred, s.relaxed = map[analyze.Name]*analyze.Table{}, map[deferredKey]bool{}, map[analyze.ColumnRef]bool{}
	s.copied, s.identity = map[analyze.Name]bool{}, map[analyze.ColumnRef]string{}
	for _, t := range s.Plan.Tables {
		s.copied[t.Name] = t.Handling.Copied()
	}
	for i := range s.Target.Tables {
		s.tables[s.Target.Tables[i].Name] = &s.Target.Tables[i]
	}
	for _, d := range s.Plan.Deferred {
		s.deferred[deferredKey{d.Kind, d.Table, d.Name}] = true
	}
	s.later = map[deferredKey]bool{}
	for _, b := range s.Plan.Builds {
		if s.Early && !b.BeforeLoad {
			s.later[deferredKey{planner.DeferIndex, b.Table, b.Name}] = true
			s.later[deferredKey{planner.DeferConstraint, b.Table, b.Name}] = true
		}
	}
	relaxed := map[analyze.ColumnRef]bool{}
	for _, n := range s.Plan.Relaxed {
		relaxed[analyze.ColumnRef{Table: n.Table, Column: n.Column}] = true
	}
	// A partition takes its NOT NULL from above, and loses it with it.
	source := map[analyze.Name]*analyze.Table{}
	for i := range s.Source.Tables {
		source[s.Source.Tables[i].Name] = &s.Source.Tables[i]
	}
	for name, t := range source {
		for _, c := range t.Columns {
			ref := analyze.ColumnRef{Table: name, Column: c.Name}
			for at, steps := t, 0; at != nil && steps < 64; steps++ {
				if relaxed[analyze.ColumnRef{Table: at.Name, Column: c.Name}] {
					s.relaxed[ref] = true
				}
				if i := slices.IndexFunc(at.Columns, func(d analyze.Column) bool { return d.Name == c.Name }); i >= 0 && s.identity[ref] == "" {
					s.identity[ref] = at.Columns[i].Identity
				}
				if !at.IsPartition || len(at.Parents) == 0 {
					break
				}
				at = source[at.Parents[0]]
			}
			if len(checks) > 0 {
				s.checked[ref] = inheritedChecks(source, checks, name, c.Name, map[analyze.Name]bool{})
			}
		}
	}
}

// inheritedChecks are those of a column in its table and in all tables above it, whose CHECKs come down to it.
func inheritedChecks(source map[analyze.Name]*analyze.Table, checks map[analyze.ColumnRef]string, table analyze.Name, column string, seen map[analyze.Name]bool) (out []string) {
	t := source[table]
	if t == nil || seen[table] {
		return nil
	}
	seen[table] = true
	if check := checks[analyze.ColumnRef{Table: table, Column: column}]; check != "" {
		out = append(out, check)
	}
	for _, parent := range t.Parents {
		out = append(out, inheritedChecks(source, checks, parent, column, seen)...)
	}
	return out
}

// same compares two expressions as printed by two servers.
func (s *structures) same(kind expressionKind, table analyze.Name, a, b string) bool {
	if a == b || normalExpression(a) == normalExpression(b) {
		return true
	}
	return a != "" && b != "" && s.Same != nil && s.Same(kind, table, a, b)
}

// present lists the source's tables that the plan puts on the target.
func (s *structures) present() []analyze.Table {
	left := map[analyze.Name]bool{}
	for _, t := range s.Plan.Tables {
		left[t.Name] = t.Handling == planner.LeftOut
	}
	var out []analyze.Table
	for _, t := range s.Source.Tables {
		if out1, known := left[t.Name]; known && !out1 {
			out = append(out, t)
		}
	}
	return out
}

// loadStructures reads both sides and lets the target itself decide about expressions that print differently.
func loadStructures(ctx context.Context, e *Env) (*structures, error) {
	src, dst, err := e.inventories(Source, Target)
	if err != nil {
		return nil, err
	}
	s := &structures{Plan: e.Plan, Source: src, Target: dst, Final: e.Gate == Cutover || e.Gate == After, Replicas: e.native() && e.Gate == CutoverReady, Early: e.full() && e.Gate == CDCReady, After: e.Gate == Cutover}
	s.Same = func(kind expressionKind, table analyze.Name, a, b string) bool {
		planA, err := explain(ctx, e, kind, table, a)
		planB := ""
		if err == nil {
			planB, err = explain(ctx, e, kind, table, b)
		}
		if _, answered := errors.AsType[*pgconn.PgError](err); err != nil && !answered {
			s.lost = err
		}
		return err == nil && planA == planB // what the target cannot read is not what it has
	}
	s.prepare()
	return s, nil
}

// answers are what a judge found, unless the target could not be asked about something on the way: then differences may be none.
func (s *structures) answers(results []Result) ([]Result, error) {
	if s.lost == nil {
		return results, nil
	}
	return slices.DeleteFunc(results, func(r Result) bool { return r.Status == Fail }), s.lost
}

// explain lets the target read an expression and print it again: EXPLAIN (VERBOSE) shows what it made of it, and runs nothing.
// Two printings that end as the same text, over the same table of the same server, mean the same.
func explain(ctx context.Context, e *Env, kind expressionKind, table analyze.Name, text string) (string, error) {
	sql := "explain (verbose, costs off, format json) " + strings.TrimSuffix(strings.TrimSpace(text), ";")
	if kind == scalar {
		sql = "explain (verbose, costs off, format json) select (" + text + ") from only " + table.SQL()
	}
	r, err := queryOne[struct {
		Plan json.RawMessage `db:"QUERY PLAN"`
	}](ctx, e, Target, sql)
	if err != nil {
		return "", err
	}
	return string(r.Plan), nil
}

func checkColumns(ctx context.Context, e *Env) ([]Result, error) {
	s, err := loadStructures(ctx, e)
	if err != nil {
		return nil, err
	}
	out := s.judgeColumns()
	return s.answers(out)
}

// checkPreData is checkColumns at a time when the target may not have its tables yet.
func checkPreData(ctx context.Context, e *Env) ([]Result, error) {
	if r, ok := e.missing("", Target); !ok {
		return []Result{r}, nil
	}
	if e.State == nil || e.State.Schema == nil {
		return []Result{skip("", "the target has no schema yet: 30-target comes later")}, nil
	}
	return checkColumns(ctx, e)
}

// judgeColumns compares tables and their columns, and partitions with their parents.
func (s *structures) judgeColumns() []Result {
	s.prepare()
	var out []Result
	for _, t := range s.present() {
		who := t.Name.String()
		o, ok := s.tables[t.Name]
		if !ok {
			out = append(out, fail(who, "the table is not on the target").hint("30-target/32-schema.sh creates it"))
			continue
		}
		diffs := s.tableDifferences(t, o)
		out = append(out, diffs...)
		if len(diffs) == 0 {
			out = append(out, pass(who, "%s as on the source", analyze.Count(len(t.Columns), "column")))
		}
	}
	return orNothing(append(out, s.extraTables()...), "the plan has no tables")
}

func (s *structures) extraTables() (out []Result) {
	want := map[analyze.Name]bool{}
	for _, t := range s.Plan.Tables {
		want[t.Name] = true
	}
	for _, t := range s.Target.Tables {
		if !want[t.Name] && t.Extension == "" && t.Name.Schema != s.Plan.Names.Schema && slices.Contains(s.Plan.Schemas, t.Name.Schema) && !strings.HasPrefix(t.Name.Name, "awsdms_") {
			out = append(out, warn(t.Name.String(), "the target has a table that the plan does not know"))
		}
	}
	return out
}

func (s *structures) tableDifferences(t analyze.Table, o *analyze.Table) (out []Result) {
	who := t.Name.String()
	bad := func(format string, args ...any) { out = append(out, fail(who, format, args...)) }
	switch {
	case t.Kind != o.Kind:
		bad("it is %s on the source, %s on the target", t.Kind, o.Kind)
		return out
	case t.Unlogged != o.Unlogged:
		bad("it is %s on the source, %s on the target", persistence(t.Unlogged), persistence(o.Unlogged))
	}
	if !slices.Equal(t.Parents, o.Parents) {
		bad("on the source it is attached to %s, on the target to %s", namesText(t.Parents), namesText(o.Parents))
	} else if !s.same(scalar, t.Name, t.PartitionBound, o.PartitionBound) {
		bad("its partition bound is %s on the source, %s on the target", t.PartitionBound, o.PartitionBound)
	}
	if !s.same(scalar, t.Name, t.PartitionKey, o.PartitionKey) {
		bad("it is partitioned by %s on the source, by %s on the target", orNone(t.PartitionKey), orNone(o.PartitionKey))
	}
	theirs := map[string]analyze.Column{}
	for _, c := range o.Columns {
		theirs[c.Name] = c
	}
	ours := map[string]bool{}
	for _, c := range t.Columns {
		ours[c.Name] = true
		d, ok := theirs[c.Name]
		if !ok {
			bad("column %s is missing on the target", analyze.Display(c.Name))
			continue
		}
		out = append(out, s.columnDifferences(t, c, d)...)
	}
	for _, c := range o.Columns {
		if !ours[c.Name] {
			bad("column %s is on the target only", analyze.Display(c.Name))
		}
	}
	if len(out) == 0 && !slices.Equal(columnNames(t.Columns), columnNames(o.Columns)) {
		out = append(out, warn(who, "the columns stand in another order on the target"))
	}
	return out
}

func persistence(unlogged bool) string {
	if unlogged {
		return "unlogged"
	}
	return "logged"
}

func columnNames(columns []analyze.Column) (out []string) {
	for _, c := range columns {
		out = append(out, c.Name)
	}
	return out
}

func (s *structures) columnDifferences(t analyze.Table, c, d analyze.Column) (out []Result) {
	name := analyze.Display(c.Name)
	bad := func(hint, format string, args ...any) {
		r := fail(t.Name.String(), format, args...)
		if hint != "" {
			r = r.hint("%s", hint)
		}
		out = append(out, r)
	}
	if c.Type != d.Type {
		bad("", "column %s is %s on the source, %s on the target", name, c.Type, d.Type)
	}
	planned := s.relaxed[analyze.ColumnRef{Table: t.Name, Column: c.Name}]
	switch {
	case c.NotNull && !d.NotNull && slices.ContainsFunc(s.tables[t.Name].Constraints, func(k analyze.Constraint) bool { return s.standsIn(k, t.Name, c.Name) }):
		out = append(out, warn(t.Name.String(), "column %s refuses NULLs by a CHECK; whether there are any nobody has looked", name).hint("%s", lookAfter))
	case c.NotNull && !d.NotNull && !planned:
		bad(fmt.Sprintf("alter table %s alter column %s set not null;", t.Name.SQL(), analyze.Ident(c.Name)), "column %s is NOT NULL on the source, not on the target", name)
	case d.NotNull && planned:
		bad("30-target/33-relax.sql", "column %s is NOT NULL on the target, where the plan lets it be NULL until the cutover", name)
	case d.NotNull && !c.NotNull:
		bad("", "column %s is NOT NULL on the target, not on the source", name)
	}
	if s.Target.Server.Major() >= 1700 { // where partitions have the identity of their partitioned table, which they have not before
		c.Identity = s.identity[analyze.ColumnRef{Table: t.Name, Column: c.Name}]
	}
	switch {
	case c.Identity == "always" && d.Identity == "always" && (s.Final || s.Plan.Options.Engine == planner.EngineNative):
	case c.Identity == "always" && d.Identity == "always" && s.copied[t.Name]:
		bad("30-target/33-relax.sql", "column %s is GENERATED ALWAYS on the target, which refuses the values that the source generated", name)
	case c.Identity == "always" && d.Identity == "by default" && !s.Final: // until the cutover
	case c.Identity != d.Identity:
		bad("", "column %s is identity %s on the source, %s on the target", name, orNone(c.Identity), orNone(d.Identity))
	}
	if c.Generated != d.Generated {
		bad("", "column %s is generated %s on the source, %s on the target", name, orNone(c.Generated), orNone(d.Generated))
	}
	if c.Collation != d.Collation {
		bad("", "column %s has collation %s on the source, %s on the target", name, orNone(c.Collation), orNone(d.Collation))
	}
	a, b := text(c.Default), text(d.Default)
	if !s.same(scalar, t.Name, a, b) {
		bad("", "the default of column %s is %s on the source, %s on the target", name, orNone(a), orNone(b))
	}
	return out
}

const lookAfter = "as the plan says; 70-cutover/79-validate.sh does after the switch, and the gate after asks for it"

// standsIn tells whether a constraint of the target is the CHECK that refuses NULLs in place of a column's NOT NULL.
func (s *structures) standsIn(c analyze.Constraint, table analyze.Name, column string) bool {
	return slices.Contains(s.checked[analyze.ColumnRef{Table: table, Column: column}], c.Name) && notNullCheck(c, column)
}

// notNullCheck tells whether a constraint is a CHECK that a column is not NULL. The server prints IS DISTINCT FROM NULL as IS NOT NULL, but for composite types, where that is another question.
func notNullCheck(c analyze.Constraint, column string) bool {
	text, ok := strings.CutPrefix(strings.TrimSuffix(c.Definition, " NOT VALID"), "CHECK ((")
	for _, name := range []string{column, analyze.Ident(column)} {
		if rest, cut := strings.CutPrefix(text, name); cut && ok && (rest == " IS NOT NULL))" || rest == " IS DISTINCT FROM NULL))") {
			return c.Kind == analyze.Check
		}
	}
	return false
}

func text(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

func checkConstraints(ctx context.Context, e *Env) ([]Result, error) {
	s, err := loadStructures(ctx, e)
	if err != nil {
		return nil, err
	}
	out := s.judgeConstraints()
	return s.answers(out)
}

// judgeConstraints compares CHECK, key and exclusion constraints; foreign keys, and what else the plan defers, must not be
// there while changes are applied.
func (s *structures) judgeConstraints() []Result {
	s.prepare()
	var out []Result
	n := 0
	for _, t := range s.present() {
		o, ok := s.tables[t.Name]
		if !ok {
			continue // checkColumns says so
		}
		theirs := map[string]analyze.Constraint{}
		for _, c := range o.Constraints {
			theirs[c.Name] = c
		}
		ours := map[string]bool{}
		before := len(out)
		for _, c := range t.Constraints {
			ours[c.Name] = true
			d, ok := theirs[c.Name]
			out = append(out, s.constraintDifferences(t, c, d, ok)...)
			n++
		}
		for _, c := range o.Constraints {
			if !ours[c.Name] && !slices.ContainsFunc(t.Columns, func(x analyze.Column) bool { return s.standsIn(c, t.Name, x.Name) }) {
				r := fail(t.Name.String(), "constraint %s (%s) is on the target only", analyze.Display(c.Name), c.Definition)
				if planner.IsNotNullCheck(c.Name) {
					r = r.hint("a cutover that was called off has left it, or was interrupted: 30-target/33-relax.sql takes it away, 70-cutover/74-constraints.sh puts NOT NULL in its place")
				}
				out = append(out, r)
			}
		}
		if len(out) == before && len(t.Constraints) > 0 {
			out = append(out, pass(t.Name.String(), "%s as planned", analyze.Count(len(t.Constraints), "constraint")))
		}
	}
	if n == 0 && len(out) == 0 {
		out = append(out, pass("", "the source has no constraints"))
	}
	return out
}

// onTarget tells whether the plan puts a table on the target.
func (s *structures) onTarget(n analyze.Name) bool {
	return slices.ContainsFunc(s.Plan.Tables, func(t planner.Table) bool { return t.Name == n && t.Handling != planner.LeftOut })
}

// waits tells whether the plan keeps a constraint off the target until the cutover. Partitions have theirs from above.
func (s *structures) waits(t analyze.Table, c analyze.Constraint) bool {
	if c.Kind == analyze.ForeignKey {
		return !s.Final || c.References != nil && !s.onTarget(*c.References)
	}
	return s.deferred[deferredKey{planner.DeferConstraint, t.Name, c.Name}]
}

func (s *structures) constraintDifferences(t analyze.Table, c, d analyze.Constraint, there bool) (out []Result) {
	who, name := t.Name.String(), analyze.Display(c.Name)
	bad := func(format string, args ...any) { out = append(out, fail(who, format, args...)) }
	if s.waits(t, c) {
		if there && !(c.Kind == analyze.ForeignKey && s.Replicas) {
			out = append(out, fail(who, "constraint %s (%s) is on the target already, where the plan keeps it off until the cutover", name, c.Definition).
				hint("alter table %s drop constraint %s; changes that arrive out of order would fail on it", t.Name.SQL(), analyze.Ident(c.Name)))
		}
		return out
	}
	if unusable(t, c) || !there && s.later[deferredKey{planner.DeferConstraint, t.Name, c.Name}] {
		return nil
	}
	switch {
	case !there:
		return append(out, fail(who, "constraint %s (%s) is missing on the target", name, c.Definition).
			hint("alter table %s add constraint %s %s;", t.Name.SQL(), analyze.Ident(c.Name), c.Definition))
	case c.Kind != d.Kind:
		bad("constraint %s is a %s constraint on the source, a %s constraint on the target", name, c.Kind, d.Kind)
		return out
	case c.Validated && !d.Validated && s.looked[deferredKey{planner.DeferForeignKey, t.Name, c.Name}]:
		out = append(out, warn(who, "constraint %s asks rows that are written; those that are there nobody has looked at", name).hint("%s", lookAfter))
	// A foreign key to a partitioned table has one for each partition below it, which VALIDATE leaves as NOT VALID made them (15).
	case c.Validated && !d.Validated && !(c.Kind == analyze.ForeignKey && c.Inherited):
		bad("constraint %s is not validated on the target", name)
	case c.Deferrable != d.Deferrable || c.Deferred != d.Deferred:
		bad("constraint %s is %s on the source, %s on the target", name, deferrability(c.Deferrable, c.Deferred), deferrability(d.Deferrable, d.Deferred))
	}
	if !s.sameConstraint(t.Name, c, d) {
		bad("constraint %s is %s on the source, %s on the target", name, c.Definition, d.Definition)
	}
	return out
}

// unusable tells whether the index behind a key is not valid on the source, which no dump carries over.
func unusable(t analyze.Table, c analyze.Constraint) bool {
	for _, x := range t.Indexes {
		if x.Constraint == c.Name && (!x.Valid || !x.Ready) {
			return true
		}
	}
	return false
}

func deferrability(deferrable, deferred bool) string {
	switch {
	case deferred:
		return "deferrable initially deferred"
	case deferrable:
		return "deferrable"
	}
	return "not deferrable"
}

func (s *structures) sameConstraint(table analyze.Name, c, d analyze.Constraint) bool {
	a, b := strings.TrimSuffix(c.Definition, " NOT VALID"), strings.TrimSuffix(d.Definition, " NOT VALID")
	if c.Kind != analyze.Check {
		return a == b || normalExpression(a) == normalExpression(b)
	}
	inherit := func(def string) (string, bool) {
		cut, no := strings.CutSuffix(def, " NO INHERIT")
		return strings.TrimPrefix(cut, "CHECK "), no
	}
	x, noX := inherit(a)
	y, noY := inherit(b)
	return noX == noY && s.same(scalar, table, x, y)
}
