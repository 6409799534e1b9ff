package verify

import (
	"context"
	"maps"
	"slices"
	"strings"

	"github.com/pgcutover/pgcutover/analyze"
)

// privileges are those of an object, in lines: the owner, and each privilege that somebody else has.
type privileges struct {
	Name  string
	Rule  bool // it is nothing but privileges: default privileges, which a server has or not
	Lines []string
}

// privilegesSQL lists owners and privileges of what is in schemas ($1), one row for each object; those of a table's columns are the table's. Grants of an
// object's owner to itself are left out: servers write them down or not.
const privilegesSQL = `with object as (
	select 'schema ' || quote_ident(n.nspname) as name, '' as part, n.nspowner as owner, n.nspacl as acl, 'n'::"char" as class, false as rule from pg_namespace n where n.nspname = any($1)
	union all select case c.relkind when 'S' then 'sequence ' when 'v' then 'view ' when 'm' then 'materialized view ' else 'table ' end
		|| quote_ident(n.nspname) || '.' || quote_ident(c.relname), coalesce(' of ' || quote_ident(a.attname), ''), c.relowner, case when a.attname is null then c.relacl else a.attacl end,
		case when a.attname is not null then 'c' when c.relkind = 'S' then 's' else 'r' end::"char", false
		from pg_class c join pg_namespace n on n.oid = c.relnamespace
		cross join lateral (select null::name as attname, null::aclitem[] as attacl union all select attname, attacl from pg_attribute where attrelid = c.oid and attacl is not null and not attisdropped) a
		where n.nspname = any($1) and c.relkind in ('r', 'p', 'v', 'm', 'S', 'f')
		and not exists (select from pg_depend d where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e')
	union all select 'routine ' || quote_ident(n.nspname) || '.' || quote_ident(p.proname) || '(' || pg_get_function_identity_arguments(p.oid) || ')', '', p.proowner, p.proacl, 'f', false
		from pg_proc p join pg_namespace n on n.oid = p.pronamespace where n.nspname = any($1)
		and not exists (select from pg_depend d where d.classid = 'pg_proc'::regclass and d.objid = p.oid and d.deptype = 'e')
	union all select 'type ' || quote_ident(n.nspname) || '.' || quote_ident(t.typname), '', t.typowner, t.typacl, 'T', false
		from pg_type t join pg_namespace n on n.oid = t.typnamespace where n.nspname = any($1)
		and (t.typtype in ('d', 'e', 'r') or t.typtype = 'c' and exists (select from pg_class c where c.oid = t.typrelid and c.relkind = 'c'))
		and not exists (select from pg_depend d where d.classid = 'pg_type'::regclass and d.objid = t.oid and d.deptype = 'e')
	union all select 'default privileges of ' || pg_get_userbyid(d.defaclrole) || coalesce(' in schema ' || quote_ident(n.nspname), ''), case d.defaclobjtype when 'r' then ' on tables'
			when 'S' then ' on sequences' when 'f' then ' on routines' when 'T' then ' on types' else ' on ' || d.defaclobjtype::text end, d.defaclrole, d.defaclacl, 'r', true
		from pg_default_acl d left join pg_namespace n on n.oid = d.defaclnamespace where n.nspname is null or n.nspname = any($1)
), line as (
	select name, rule, 'owner ' || pg_get_userbyid(owner) as text from object where part = ''
	union all select o.name, o.rule, coalesce(nullif(g.grantee, 0)::regrole::text, 'PUBLIC') || ' has ' || g.privilege_type || o.part || case when g.is_grantable then ' with grant option' else '' end
	from object o cross join lateral aclexplode(coalesce(o.acl, acldefault(o.class, o.owner))) g
	where g.grantee <> o.owner and g.privilege_type <> 'MAINTAIN')
select name, rule, array_agg(text order by text collate "C") as lines from line group by name, rule`

func checkPrivileges(ctx context.Context, e *Env) ([]Result, error) {
	sides := map[Side]map[string]privileges{}
	for _, side := range []Side{Source, Target} {
		rows, err := query[privileges](ctx, e, side, privilegesSQL, e.Plan.Schemas)
		if err != nil {
			return nil, err
		}
		sides[side] = map[string]privileges{}
		for _, r := range rows {
			sides[side][r.Name] = r
		}
	}
	return judgePrivileges(sides[Source], sides[Target], e.Plan.Names.Role), nil
}

// judgePrivileges warns only: a target whose roles differ on purpose is no fault of the migration.
func judgePrivileges(source, target map[string]privileges, role string) []Result {
	// What 10-source/13-role.sql granted is no part of the database.
	ours := func(line string) bool { return strings.HasPrefix(line, role+" has ") }
	only := func(a, b privileges) []string {
		return slices.DeleteFunc(slices.Clone(a.Lines), func(line string) bool { return ours(line) || slices.Contains(b.Lines, line) })
	}
	var out []Result
	n := 0
	all := maps.Clone(source)
	maps.Copy(all, target)
	for _, name := range slices.Sorted(maps.Keys(all)) {
		here, onSource := source[name]
		there, onTarget := target[name]
		if !all[name].Rule && !(onSource && onTarget) {
			continue // other checks say so
		}
		n++
		var differ []string
		for _, side := range []struct {
			name  string
			lines []string
		}{{"source", only(here, there)}, {"target", only(there, here)}} {
			if len(side.lines) > 0 {
				differ = append(differ, "on the "+side.name+" only: "+analyze.Some(side.lines, 5))
			}
		}
		if len(differ) > 0 {
			out = append(out, warn(name, "%s", strings.Join(differ, "; ")))
		}
	}
	if len(out) == 0 {
		out = append(out, pass("", "owners and privileges of %s", analyze.Count(n, "object")))
	}
	return out
}
