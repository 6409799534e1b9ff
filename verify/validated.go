package verify

import (
	"context"

	"github.com/pgcutover/pgcutover/analyze"
	"github.com/pgcutover/pgcutover/planner"
)

// part is a foreign key or a column of a table of the target.
type part struct {
	Schema, Name, Part string
	Done               *bool // its rows were looked at, and no CHECK stands in for it any more; nil: it is not there
}

// The parts of each kind that are asked about, in their order (pg_constraint.convalidated, pg_attribute.attnotnull). Of a column $4 is the CHECK that stands in for its
// NOT NULL.
const (
	foreignKeyParts = `select a.schema, a.name, a.part, x.convalidated as done
		from unnest($1::text[], $2::text[], $3::text[], $4::text[]) with ordinality as a(schema, name, part, stands_in, place)
		left join (pg_constraint x join pg_class c on c.oid = x.conrelid join pg_namespace n on n.oid = c.relnamespace)
			on n.nspname = a.schema and c.relname = a.name and x.conname = a.part and x.contype = 'f'
		order by a.place`
	notNullParts = `select a.schema, a.name, a.part, x.attnotnull and not exists (select from pg_constraint k where k.conrelid = c.oid and k.conname = a.stands_in) as done
		from unnest($1::text[], $2::text[], $3::text[], $4::text[]) with ordinality as a(schema, name, part, stands_in, place)
		left join (pg_attribute x join pg_class c on c.oid = x.attrelid join pg_namespace n on n.oid = c.relnamespace)
			on n.nspname = a.schema and c.relname = a.name and x.attname = a.part and not x.attisdropped
		order by a.place`
)

// partsOf are parts of one kind.
type partsOf struct {
	what, sql                         string
	schemas, tables, parts, standsIns []string
}

func (a *partsOf) add(table analyze.Name, part, standsIn string) {
	a.schemas, a.tables, a.parts, a.standsIns = append(a.schemas, table.Schema), append(a.tables, table.Name), append(a.parts, part), append(a.standsIns, standsIn)
}

// checkValidated asks about the foreign keys and NOT NULLs whose rows are looked at after the switch. What is not there any more the application has dropped since: the
// gate cutover has seen it.
func checkValidated(ctx context.Context, e *Env) ([]Result, error) {
	keys, columns := partsOf{what: "foreign key", sql: foreignKeyParts}, partsOf{what: "NOT NULL of", sql: notNullParts}
	for _, d := range e.Plan.Deferred {
		if e.Plan.ValidatedAfter(d) {
			keys.add(d.Table, d.Name, "")
		}
	}
	if e.Plan.NotNullAfter() {
		for i, n := range e.Plan.Relaxed {
			columns.add(n.Table, n.Column, planner.NotNullCheck(i))
		}
	}
	var out []Result
	for _, a := range []partsOf{keys, columns} {
		if len(a.parts) == 0 {
			continue
		}
		parts, err := query[part](ctx, e, Target, a.sql, a.schemas, a.tables, a.parts, a.standsIns)
		if err != nil {
			return nil, err
		}
		for _, p := range parts {
			who, name := analyze.Name{Schema: p.Schema, Name: p.Name}.String(), analyze.Display(p.Part)
			switch {
			case p.Done == nil:
				out = append(out, warn(who, "%s %s is not on the target any more", a.what, name))
			case !*p.Done:
				out = append(out, fail(who, "%s %s is not validated", a.what, name))
			default:
				out = append(out, pass(who, "%s %s is validated", a.what, name))
			}
		}
	}
	return orNothing(out, "cutover.validate is "+planner.ValidateFrozen+", or the plan has nothing to validate"), nil
}
