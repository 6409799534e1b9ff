package verify

import (
	"context"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/pgcutover/pgcutover/analyze"
	"github.com/pgcutover/pgcutover/planner"
	"github.com/pgcutover/pgcutover/planner/hazard"
)

// object is something of a schema that is no table: its name for people and what it is made of.
type object struct{ Name, Text string }

// routinesSQL lists functions, procedures and aggregates of schemas ($1), with everything that makes them behave as they do
// but the text itself, of which only a hash leaves the server.
const routinesSQL = `select format('%s %s(%s)', case kind when 'a' then 'aggregate' when 'p' then 'procedure' else 'function' end,
		quote_ident(schema) || '.' || quote_ident(name), args) as name,
	format('%s returns %s, language %s, body %s, %s%s%s%s, parallel %s, %s', kind, result, language, body,
		case volatility when 'i' then 'immutable' when 's' then 'stable' else 'volatile' end,
		case when strict then ', strict' else '' end, case when definer then ', security definer' else '' end,
		case when leakproof then ', leakproof' else '' end, parallel, config) as text
	from (select n.nspname as schema, p.proname as name, pg_get_function_identity_arguments(p.oid) as args,
			coalesce(pg_get_function_result(p.oid), 'nothing') as result, l.lanname as language,
			md5(p.prosrc || coalesce(p.probin, '')) as body, p.provolatile::text as volatility, p.proisstrict as strict, p.prosecdef as definer,
			p.proleakproof as leakproof, p.proparallel::text as parallel, coalesce(array_to_string(p.proconfig, ', '), '') as config,
			coalesce(to_jsonb(p) ->> 'prokind', case when (to_jsonb(p) ->> 'proisagg')::bool then 'a' when (to_jsonb(p) ->> 'proiswindow')::bool then 'w' else 'f' end) as kind
		from pg_proc p join pg_namespace n on n.oid = p.pronamespace join pg_language l on l.oid = p.prolang
		where n.nspname = any($1) and not exists (select from pg_depend d where d.classid = 'pg_proc'::regclass and d.objid = p.oid and d.deptype = 'e')) as routine`

// typesSQL lists domains, composite types and ranges of schemas ($1). Constraints of domains that were never validated wait for the cutover.
const typesSQL = `select format('%s %s', case t.typtype when 'd' then 'domain' when 'c' then 'composite type' else 'range type' end,
		quote_ident(n.nspname) || '.' || quote_ident(t.typname)) as name,
	case t.typtype
		when 'd' then format('%s%s default %s %s', format_type(t.typbasetype, t.typtypmod), case when t.typnotnull then ' not null' else '' end, coalesce(t.typdefault, 'none'),
			coalesce((select string_agg(pg_get_constraintdef(c.oid), ', ' order by c.conname) from pg_constraint c where c.contypid = t.oid and c.contype = 'c' and c.convalidated), ''))
		when 'c' then coalesce((select string_agg(quote_ident(a.attname) || ' ' || format_type(a.atttypid, a.atttypmod), ', ' order by a.attnum)
			from pg_attribute a where a.attrelid = t.typrelid and a.attnum > 0 and not a.attisdropped), '')
		else (select format_type(r.rngsubtype, null) from pg_range r where r.rngtypid = t.oid) end as text
	from pg_type t join pg_namespace n on n.oid = t.typnamespace
	where n.nspname = any($1) and t.typtype in ('d', 'c', 'r') and (t.typtype <> 'c' or (select relkind from pg_class where oid = t.typrelid) = 'c')
	and not exists (select from pg_depend d where d.classid = 'pg_type'::regclass and d.objid = t.oid and d.deptype = 'e')`

// postponedSQL lists what pg_dump creates after the data, as there it can rest on a primary key, whose columns alone its query groups by: materialized views, those
// made from them, and routines with a parsed body. In schemas ($1), routines named as by routinesSQL.
const postponedSQL = `with recursive resting as (
		select d.classid, case d.classid when 'pg_rewrite'::regclass then (select r.ev_class from pg_rewrite r where r.oid = d.objid) else d.objid end as oid
		from pg_depend d where d.refclassid = 'pg_constraint'::regclass and d.deptype = 'n' and d.classid in ('pg_rewrite'::regclass, 'pg_proc'::regclass)
		union
		select d.classid, case d.classid when 'pg_rewrite'::regclass then (select r.ev_class from pg_rewrite r where r.oid = d.objid) else d.objid end
		from resting f join pg_class c on c.oid = f.oid and c.relkind = 'm' and f.classid = 'pg_rewrite'::regclass
		join pg_depend d on d.refclassid = 'pg_class'::regclass and d.refobjid = f.oid and d.deptype = 'n' and d.classid in ('pg_rewrite'::regclass, 'pg_proc'::regclass))
	select '' as routine, n.nspname::text as schema, c.relname::text as name
	from resting f join pg_class c on c.oid = f.oid and c.relkind = 'm' join pg_namespace n on n.oid = c.relnamespace where f.classid = 'pg_rewrite'::regclass and n.nspname = any($1)
	union all
	select format('%s %s(%s)', case when to_jsonb(p) ->> 'prokind' = 'p' then 'procedure' else 'function' end, quote_ident(n.nspname) || '.' || quote_ident(p.proname), pg_get_function_identity_arguments(p.oid)), '', ''
	from resting f join pg_proc p on p.oid = f.oid join pg_namespace n on n.oid = p.pronamespace where f.classid = 'pg_proc'::regclass and n.nspname = any($1)`

// viewsActsSQL lists triggers and rules of views in schemas ($1), which come after the data as those of tables do. Versions print rules differently, and call what a
// trigger executes a procedure before 11.
const viewsActsSQL = `select n.nspname::text as schema, c.relname::text as view, format('trigger %I of view %I.%I', t.tgname, n.nspname, c.relname) as name,
		format('%s, enabled as %s', replace(pg_get_triggerdef(t.oid), ' EXECUTE PROCEDURE ', ' EXECUTE FUNCTION '), t.tgenabled) as text
	from pg_trigger t join pg_class c on c.oid = t.tgrelid and c.relkind = 'v' join pg_namespace n on n.oid = c.relnamespace
	where not t.tgisinternal and n.nspname = any($1) and not exists (select from pg_depend d where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e')
	union all
	select n.nspname::text, c.relname::text, format('rule %I of view %I.%I', r.rulename, n.nspname, c.relname), format('enabled as %s', r.ev_enabled)
	from pg_rewrite r join pg_class c on c.oid = r.ev_class and c.relkind in ('v', 'm') join pg_namespace n on n.oid = c.relnamespace
	where r.rulename <> '_RETURN' and n.nspname = any($1) and not exists (select from pg_depend d where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e')`

func checkObjects(ctx context.Context, e *Env) ([]Result, error) {
	s, err := loadStructures(ctx, e)
	if err != nil {
		return nil, err
	}
	o := objects{structures: s, postponed: map[string]bool{}, postponedViews: map[analyze.Name]bool{}}
	postponed, err := query[struct{ Routine, Schema, Name string }](ctx, e, Source, postponedSQL, e.Plan.Schemas)
	if err != nil {
		return nil, err
	}
	for _, r := range postponed {
		o.postponed[r.Routine], o.postponedViews[analyze.Name{Schema: r.Schema, Name: r.Name}] = true, true
	}
	for _, side := range []Side{Source, Target} {
		list := map[string]string{}
		for _, sql := range []string{routinesSQL, typesSQL} {
			rows, err := query[object](ctx, e, side, sql, e.Plan.Schemas)
			if err != nil {
				return nil, err
			}
			for _, r := range rows {
				list[r.Name] = r.Text
			}
		}
		acts, err := query[struct{ Schema, View, Name, Text string }](ctx, e, side, viewsActsSQL, e.Plan.Schemas)
		if err != nil {
			return nil, err
		}
		for _, a := range acts {
			if slices.Contains(e.Plan.LeftOutViews, analyze.Name{Schema: a.Schema, Name: a.View}) {
				continue
			}
			list[a.Name], o.postponed[a.Name] = a.Text, true
		}
		if side == Source {
			o.Source = list
		} else {
			o.Target = list
		}
	}
	out := o.judge()
	return s.answers(out)
}

// placeholder is what pg_dump creates before the data for a view that rests on a primary key (GROUP BY of the key alone, say): columns
// of the right types and nothing in them. 70-cutover replaces it with the view, as pg_restore does after the data.
var placeholder = regexp.MustCompile(`^\s*SELECT NULL::[^(),;]+(\([0-9, ]+\))?[^(),;]* AS ("([^"]|"")+"|\w+)(,\s+NULL::[^(),;]+(\([0-9, ]+\))?[^(),;]* AS ("([^"]|"")+"|\w+))*;?\s*$`)

// objects adds to the structures what inventories do not hold: routines and types by name, as text to compare.
type objects struct {
	*structures
	Source, Target map[string]string
	// What comes after the data, with the cutover: routines, triggers and rules of views, and materialized views.
	postponed      map[string]bool
	postponedViews map[analyze.Name]bool
}

func (o objects) judge() []Result {
	o.prepare()
	var out []Result
	same := 0
	from := "30-target/32-schema.sh creates it"
	if o.Final {
		from = "70-cutover/74-constraints.sh brings back what waited for the cutover, from schema.dump; 30-target/32-schema.sh created the rest"
	}
	missing := func(what string) Result {
		return fail(what, "it is not on the target").hint("%s", from)
	}
	for _, name := range slices.Sorted(maps.Keys(o.Source)) {
		there, ok := o.Target[name]
		switch ours := o.Source[name]; {
		case !ok && !o.Final && o.postponed[name]:
			same++
		case !ok:
			out = append(out, missing(name))
		case ours != there && normalExpression(ours) != normalExpression(there):
			out = append(out, fail(name, "it differs on the target").with("source", ours, "target", there).hint("30-target/32-schema.sh creates it as the source has it"))
		default:
			same++
		}
	}
	planned := func(n analyze.Name, extension string) bool {
		return extension == "" && slices.Contains(o.Plan.Schemas, n.Schema)
	}
	views := map[analyze.Name]analyze.View{}
	for _, v := range o.structures.Target.Views {
		views[v.Name] = v
	}
	for _, v := range o.structures.Source.Views {
		if !planned(v.Name, v.Extension) || slices.Contains(o.Plan.LeftOutViews, v.Name) {
			continue
		}
		who := "view " + v.Name.String()
		w, ok := views[v.Name]
		switch {
		case !ok && !o.Final && o.postponedViews[v.Name]:
			same++
		case !ok:
			out = append(out, missing(who))
		case v.Materialized != w.Materialized:
			out = append(out, fail(who, "it is materialized on one side only"))
		case !o.Final && placeholder.MatchString(w.Definition):
			same++
		case !o.same(statement, v.Name, v.Definition, w.Definition):
			out = append(out, fail(who, "its definition differs on the target").with("source", v.Definition, "target", w.Definition))
		default:
			same++
		}
	}
	enums := map[analyze.Name]analyze.Enum{}
	for _, x := range o.structures.Target.Enums {
		enums[x.Name] = x
	}
	for _, x := range o.structures.Source.Enums {
		if !planned(x.Name, x.Extension) {
			continue
		}
		who := "enum " + x.Name.String()
		y, ok := enums[x.Name]
		switch {
		case !ok:
			out = append(out, missing(who))
		case !slices.Equal(x.Labels, y.Labels):
			out = append(out, fail(who, "it has labels %s on the source, %s on the target", strings.Join(x.Labels, ", "), strings.Join(y.Labels, ", ")))
		default:
			same++
		}
	}
	statistics := map[analyze.Name]string{}
	for _, x := range o.structures.Target.Objects.Statistics {
		statistics[x.Name] = x.Definition
	}
	for _, x := range o.structures.Source.Objects.Statistics {
		if !planned(x.Name, "") || o.ofLeftOutTable(x) {
			continue
		}
		who := "statistics " + x.Name.String()
		switch def, ok := statistics[x.Name]; {
		case !ok:
			out = append(out, missing(who))
		case def != x.Definition && normalExpression(def) != normalExpression(x.Definition):
			out = append(out, fail(who, "its definition differs on the target").with("source", x.Definition, "target", def))
		default:
			same++
		}
	}
	seq, n := o.sequenceDefinitions()
	out = append(out, seq...)
	same += n
	if len(out) == 0 {
		out = append(out, pass("", "%s as on the source: routines, types, views, sequences", analyze.Count(same, "object")))
	}
	return out
}

// ofLeftOutTable reports whether extended statistics belong to a table that stays behind. Their definition ends with its name.
func (o objects) ofLeftOutTable(x analyze.Statistics) bool {
	_, of, _ := strings.Cut(x.Definition, " FROM ")
	names := slices.Collect(hazard.Qualified(of))
	return slices.ContainsFunc(o.Plan.Tables, func(t planner.Table) bool {
		return t.Handling == planner.LeftOut && slices.Contains(names, t.Name)
	})
}

// sequenceDefinitions compares what sequences are, not where they stand.
func (o objects) sequenceDefinitions() (out []Result, same int) {
	theirs := map[analyze.Name]analyze.Sequence{}
	for _, s := range o.structures.Target.Sequences {
		theirs[s.Name] = s
	}
	want := map[analyze.Name]bool{}
	for _, s := range o.Plan.Sequences {
		want[s.Name] = true
	}
	for _, s := range o.structures.Source.Sequences {
		t, ok := theirs[s.Name]
		if !want[s.Name] || !ok { // G3-SEQ says so
			continue
		}
		who := "sequence " + s.Name.String()
		switch {
		case s.Increment == 0 || t.Increment == 0:
			out = append(out, unknown(who, "its definition could not be read").hint("grant select on sequence %s to the role", s.Name.SQL()))
		case s.Increment != t.Increment || s.Minimum != t.Minimum || s.Maximum != t.Maximum || s.Cycle != t.Cycle:
			out = append(out, fail(who, "its definition differs: increment %d from %d to %d, cycle %t on the source; increment %d from %d to %d, cycle %t on the target",
				s.Increment, s.Minimum, s.Maximum, s.Cycle, t.Increment, t.Minimum, t.Maximum, t.Cycle))
		case !sameColumn(s.OwnedBy, t.OwnedBy):
			out = append(out, fail(who, "it is owned by %s on the source, by %s on the target", columnText(s.OwnedBy), columnText(t.OwnedBy)))
		default:
			same++
		}
	}
	return out, same
}

func sameColumn(a, b *analyze.ColumnRef) bool {
	if a == nil || b == nil {
		return a == b
	}
	return *a == *b
}

func columnText(c *analyze.ColumnRef) string {
	if c == nil {
		return "nothing"
	}
	return c.Table.String() + "." + analyze.Display(c.Column)
}

func checkDeferred(ctx context.Context, e *Env) ([]Result, error) {
	dst, err := e.inventory(Target)
	if err != nil {
		return nil, err
	}
	s := &structures{Plan: e.Plan, Target: dst, Replicas: e.native() && e.Gate == CutoverReady}
	s.prepare()
	out := s.judgeDeferred()
	if !e.Plan.Options.Emptied() || dst.Server.Major() < 1000 {
		return out, nil
	}
	brought, err := query[struct{ Name string }](ctx, e, Target, "select s.subname::text as name from pg_subscription s join pg_database d on d.oid = s.subdbid where d.datname = current_database() and s.subenabled order by 1")
	if err != nil {
		return nil, err
	}
	for _, b := range brought {
		out = append(out, fail("subscription "+analyze.Display(b.Name), "it came along with the copy and is enabled: it writes to the target, and takes from its publisher what the source waits for").
			hint("on the target: alter subscription %[1]s disable; alter subscription %[1]s set (slot_name = none); drop subscription %[1]s;", analyze.Ident(b.Name)))
	}
	return out, nil
}

// judgeDeferred looks for what would act on changes as they are applied: triggers, rules, policies, event triggers. Foreign
// keys and indexes have checks of their own.
func (s *structures) judgeDeferred() []Result {
	s.prepare()
	var out []Result
	const wait = "drop it: 70-cutover brings it back"
	hint := func(kind planner.DeferredKind, table analyze.Name, name string) string {
		if s.deferred[deferredKey{kind, table, name}] {
			return wait
		}
		return "drop it: it is not the plan's, so that 70-cutover does not bring it back"
	}
	ours := map[analyze.Name]bool{}
	for _, t := range s.Plan.Tables {
		ours[t.Name] = t.Handling != planner.LeftOut
	}
	for _, t := range s.Target.Tables {
		if !ours[t.Name] {
			continue
		}
		for _, g := range t.Triggers {
			if g.Enabled != "disabled" && !(s.Replicas && g.Enabled == "origin") {
				out = append(out, fail(t.Name.String(), "trigger %s is on the target: it would fire for rows that already carry what it did on the source", analyze.Display(g.Name)).hint("%s", hint(planner.DeferTrigger, t.Name, g.Name)))
			}
		}
		if t.RowSecurity {
			r := fail(t.Name.String(), "row-level security is on: it could hide rows from whoever applies or compares them").hint("alter table %s disable row level security; 70-cutover turns it on", t.Name.SQL())
			if s.Replicas { // it stops a subscription whose owner it is on for, which G5-SUB sees
				r.Status = Warn
			}
			out = append(out, r)
		}
	}
	for _, r := range s.Target.Objects.Rules {
		if ours[r.Table] && !s.Replicas {
			out = append(out, fail(r.Table.String(), "rule %s is on the target: it would rewrite changes that the source has rewritten already", analyze.Display(r.Column)).hint("%s", hint(planner.DeferRule, r.Table, r.Column)))
		}
	}
	for _, g := range s.Target.EventTriggers {
		if g.Enabled != "disabled" && !strings.HasPrefix(g.Name, "awsdms_") {
			r := warn("event trigger "+analyze.Display(g.Name), "it fires for statements of the migration too")
			if s.deferred[deferredKey{planner.DeferEventTrigger, analyze.Name{}, g.Name}] && !s.Replicas {
				r = fail("event trigger "+analyze.Display(g.Name), "it is on the target already, where the plan keeps it off until the cutover").hint(wait)
			}
			out = append(out, r)
		}
	}
	if len(out) == 0 {
		out = append(out, pass("", "no trigger, rule or policy would act on changes as they are applied"))
	}
	return out
}

// analyzedSQL tells of each table of the named schemas whether the planner knows what is in it. The time of the last ANALYZE is lost with the
// counters, in a crash or a failover, and ordinary roles see only statistics of what they may read, so that either will do. That
// pg_class has a number of rows says nothing: building an index leaves one. A partitioned table has one from ANALYZE only, from 14 on.
const analyzedSQL = `select n.nspname::text as schema, c.relname::text as name,
	coalesce(pg_stat_get_last_analyze_time(c.oid), pg_stat_get_last_autoanalyze_time(c.oid)) is not null
	or (n.nspname, c.relname) in (select s.schemaname, s.tablename from pg_stats s)
	or case c.relkind when 'p' then c.reltuples > 0 or not exists (select from pg_inherits i join pg_class k on k.oid = i.inhrelid
			where i.inhparent = c.oid and (k.relkind = 'p' or pg_relation_size(k.oid) > 0))
		else pg_relation_size(c.oid) = 0 end as analyzed
	from pg_class c join pg_namespace n on n.oid = c.relnamespace where c.relkind in ('r', 'p') and n.nspname = any($1)`

func checkAnalyzed(ctx context.Context, e *Env) ([]Result, error) {
	rows, err := query[struct {
		Schema, Name string
		Analyzed     bool
	}](ctx, e, Target, analyzedSQL, e.Plan.Schemas)
	if err != nil {
		return nil, err
	}
	analyzed := map[analyze.Name]bool{}
	for _, r := range rows {
		analyzed[analyze.Name{Schema: r.Schema, Name: r.Name}] = r.Analyzed
	}
	return judgeAnalyzed(e.Plan.Builds, analyzed), nil
}

// judgeAnalyzed looks at what the plan has analyzed: tables that are copied, and partitioned ones, which autovacuum passes over.
func judgeAnalyzed(builds []planner.Build, analyzed map[analyze.Name]bool) []Result {
	var out []Result
	n := 0
	for _, b := range builds {
		if b.Kind != planner.BuildAnalyze {
			continue
		}
		n++
		if done, there := analyzed[b.Table]; there && !done {
			out = append(out, warn(b.Table.String(), "it has no statistics: the target plans queries on it blindly").hint("analyze %s;", b.Table.SQL()))
		}
	}
	if len(out) == 0 {
		out = append(out, pass("", "%s analyzed", analyze.Count(n, "table")))
	}
	return out
}
