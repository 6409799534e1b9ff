package verify

import (
	"context"
	"maps"
	"slices"
	"strings"

	"github.com/pgcutover/pgcutover/analyze"
)

// privilegesSQL lists owners and privileges of what is in schemas ($1), one line each. Grants of an object's owner to itself are left out: servers
// write them down or not.
const privilegesSQL = `with object as (
	select 'schema' as kind, quote_ident(n.nspname) as name, n.nspowner as owner, n.nspacl as acl, 'n'::"char" as class from pg_namespace n where n.nspname = any($1)
	union all select case c.relkind when 'S' then 'sequence' when 'v' then 'view' when 'm' then 'materialized view' else 'table' end,
		quote_ident(n.nspname) || '.' || quote_ident(c.relname), c.relowner, c.relacl, case c.relkind when 'S' then 's' else 'r' end::"char"
		from pg_class c join pg_namespace n on n.oid = c.relnamespace where n.nspname = any($1) and c.relkind in ('r', 'p', 'v', 'm', 'S', 'f')
		and not exists (select from pg_depend d where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e')
	union all select 'routine', quote_ident(n.nspname) || '.' || quote_ident(p.proname) || '(' || pg_get_function_identity_arguments(p.oid) || ')', p.proowner, p.proacl, 'f'
		from pg_proc p join pg_namespace n on n.oid = p.pronamespace where n.nspname = any($1)
		and not exists (select from pg_depend d where d.classid = 'pg_proc'::regclass and d.objid = p.oid and d.deptype = 'e')
), line as (
	select kind || ' ' || name as name, 'owner ' || pg_get_userbyid(owner) as text from object
	union all select o.kind || ' ' || o.name, coalesce(nullif(g.grantee, 0)::regrole::text, 'PUBLIC') || ' has ' || g.privilege_type || case when g.is_grantable then ' with grant option' else '' end
	from object o cross join lateral aclexplode(coalesce(o.acl, acldefault(o.class, o.owner))) g
	where g.grantee <> o.owner and g.privilege_type <> 'MAINTAIN')
select name, string_agg(text, ', ' order by text collate "C") as text from line group by name`

func checkPrivileges(ctx context.Context, e *Env) ([]Result, error) {
	sides := map[Side]map[string]string{}
	for _, side := range []Side{Source, Target} {
		rows, err := query[object](ctx, e, side, privilegesSQL, e.Plan.Schemas)
		if err != nil {
			return nil, err
		}
		sides[side] = map[string]string{}
		for _, r := range rows {
			sides[side][r.Name] = r.Text
		}
	}
	return judgePrivileges(sides[Source], sides[Target], e.Plan.Names.Role), nil
}

// judgePrivileges warns only: a target whose roles differ on purpose is no fault of the migration.
func judgePrivileges(source, target map[string]string, role string) []Result {
	ours := func(text string) string { // what 10-source/13-role.sql granted is no part of the database
		return strings.Join(slices.DeleteFunc(strings.Split(text, ", "), func(s string) bool { return strings.HasPrefix(s, role+" has ") }), ", ")
	}
	var out []Result
	n := 0
	for _, name := range slices.Sorted(maps.Keys(source)) {
		there, ok := target[name]
		if !ok {
			continue // other checks say so
		}
		n++
		if a, b := ours(source[name]), ours(there); a != b {
			out = append(out, warn(name, "%s on the source; %s on the target", a, b))
		}
	}
	if len(out) == 0 {
		out = append(out, pass("", "owners and privileges of %s", analyze.Count(n, "object")))
	}
	return out
}
