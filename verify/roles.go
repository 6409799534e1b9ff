package verify

import (
	"context"
	"strconv"
	"strings"

	"github.com/pgcutover/pgcutover/analyze"
)

// unreadable lists copied tables that a role may not read, with what is missing.
type unreadable struct {
	Schema, Name string
	NoUsage      bool // on the schema
	Hidden       bool // row-level security may hide rows from the role
	Owner        string
	Forced       bool // row-level security holds for the owner too
}

// unreadableSQL takes the role's name and the copied tables as two arrays, schemas and names.
const unreadableSQL = `select n.nspname::text as schema, c.relname::text as name, not has_schema_privilege(r.oid, n.oid, 'usage') as no_usage,
	c.relrowsecurity and not (r.rolsuper or r.rolbypassrls or (pg_has_role(r.oid, c.relowner, 'usage') and not c.relforcerowsecurity)) as hidden,
	pg_get_userbyid(c.relowner)::text as owner, c.relforcerowsecurity as forced
	from unnest($2::text[], $3::text[]) as t (schema, name)
	join pg_namespace n on n.nspname = t.schema join pg_class c on c.relnamespace = n.oid and c.relname = t.name
	cross join pg_roles r
	where r.rolname = $1 and (not has_schema_privilege(r.oid, n.oid, 'usage') or not has_table_privilege(r.oid, c.oid, 'select')
		or c.relrowsecurity and not (r.rolsuper or r.rolbypassrls or (pg_has_role(r.oid, c.relowner, 'usage') and not c.relforcerowsecurity)))
	order by 1, 2`

func probeUnreadable(ctx context.Context, e *Env, side Side, role string) ([]unreadable, error) {
	var schemas, names []string
	for _, t := range e.Plan.Tables {
		if t.Handling.Copied() {
			schemas, names = append(schemas, t.Name.Schema), append(names, t.Name.Name)
		}
	}
	return query[unreadable](ctx, e, side, unreadableSQL, role, schemas, names)
}

// judgeUnreadable reports the tables. managed is the service that runs the server, empty for none: no role of RDS or Aurora can be given
// BYPASSRLS, but one may be made a member of the tables' owner.
func judgeUnreadable(role, managed string, tables []unreadable) (out []Result) {
	for _, t := range tables {
		name := analyze.Name{Schema: t.Schema, Name: t.Name}
		switch {
		case t.NoUsage:
			out = append(out, fail(name.String(), "%s may not use its schema", analyze.Display(role)).hint("grant usage on schema %s to %s;", analyze.Ident(t.Schema), analyze.Ident(role)))
		case t.Hidden:
			r := fail(name.String(), "row-level security may hide rows from %s", analyze.Display(role))
			switch member := "grant " + analyze.Ident(t.Owner) + " to " + analyze.Ident(role) + ";"; {
			case managed == "":
				r = r.hint("alter role %s bypassrls;", analyze.Ident(role))
			case t.Forced:
				r = r.hint("%s and, until the load has ended: alter table %s no force row level security;", member, name.SQL())
			default:
				r = r.hint("%s", member)
			}
			out = append(out, r)
		default:
			out = append(out, fail(name.String(), "%s may not read it", analyze.Display(role)).hint("grant select on table %s to %s;", name.SQL(), analyze.Ident(role)))
		}
	}
	return out
}

func checkRights(ctx context.Context, e *Env) ([]Result, error) {
	var out []Result
	src, err := e.server(Source)
	if err != nil {
		return nil, err
	}
	managed, err := queryOne[struct{ Member bool }](ctx, e, Source, `select coalesce((select bool_or(pg_has_role(oid, 'member'))
		from pg_roles where rolname in ('rds_superuser', 'rds_replication')), false) as member`)
	if err != nil {
		return nil, err
	}
	if src.Superuser || src.Replication || managed.Member {
		out = append(out, pass("source", "%s may create slots", analyze.Display(src.User)))
	} else {
		out = append(out, warn("source", "%s may not create slots: it is no superuser and has no REPLICATION", analyze.Display(src.User)).
			hint("run the scripts of 10-source as a role that may; for verify alone it is enough"))
	}
	from := Replica
	if !e.standby() {
		from = Source
	}
	if r, ok := e.missing(string(from), from); !ok {
		out = append(out, r)
	} else {
		rep, err := e.server(from)
		if err != nil {
			return out, err
		}
		tables, err := probeUnreadable(ctx, e, from, rep.User)
		if err != nil {
			return out, err
		}
		if len(tables) == 0 {
			out = append(out, pass(string(from), "%s may read every table that is copied", analyze.Display(rep.User)))
		}
		out = append(out, judgeUnreadable(rep.User, e.Plan.Source.Managed, tables)...)
	}
	if r, ok := e.missing("target", Target); !ok {
		return append(out, r), nil
	}
	dst, err := e.server(Target)
	if err != nil {
		return out, err
	}
	may, err := queryOne[struct{ Creates bool }](ctx, e, Target, "select has_database_privilege(current_database(), 'create') as creates")
	if err != nil {
		return out, err
	}
	if !may.Creates {
		return append(out, fail("target", "%s may not create schemas in %s", analyze.Display(dst.User), analyze.Display(dst.Database)).
			hint("grant create on database %s to %s;", analyze.Ident(dst.Database), analyze.Ident(dst.User))), nil
	}
	return append(out, pass("target", "%s may create schemas", analyze.Display(dst.User))), nil
}

// cdcRole is the role that change data capture connects with.
type cdcRole struct {
	Login       bool
	Replication bool // by attribute, as a superuser or by membership in rds_replication
	Super       bool // a superuser, or a member of rds_superuser
	Settings    []string
}

func checkCDCRole(ctx context.Context, e *Env) ([]Result, error) {
	src, err := e.server(Source)
	if err != nil {
		return nil, err
	}
	name := e.Plan.Names.Role
	rows, err := query[cdcRole](ctx, e, Source, `select r.rolcanlogin as login,
		r.rolsuper or r.rolreplication or coalesce((select bool_or(pg_has_role(r.oid, g.oid, 'member')) from pg_roles g where g.rolname = 'rds_replication'), false) as replication,
		r.rolsuper or coalesce((select bool_or(pg_has_role(r.oid, g.oid, 'member')) from pg_roles g where g.rolname = 'rds_superuser'), false) as super,
		array(select unnest(s.setconfig) from pg_db_role_setting s where s.setrole = r.oid
			and s.setdatabase in (0, (select oid from pg_database where datname = current_database()))) as settings
		from pg_roles r where r.rolname = $1`, name)
	if err != nil {
		return nil, err
	}
	if len(rows) == 0 {
		return []Result{fail(name, "the role does not exist on the source").hint("10-source/13-role.sql creates it")}, nil
	}
	if e.native() { // no row is read with it
		return rows[0].judge(name, src.VersionNum), nil
	}
	tables, err := probeUnreadable(ctx, e, Source, name)
	if err != nil {
		return nil, err
	}
	return append(e.judgeCDCRole(rows[0], src.VersionNum), judgeUnreadable(name, e.Plan.Source.Managed, tables)...), nil
}

// judgeCDCRole is for AWS DMS: where it makes a node and sets of pglogical itself the role has to be more than a reader.
func (e *Env) judgeCDCRole(r cdcRole, versionNum int) []Result {
	name := e.Plan.Names.Role
	out := r.judge(name, versionNum)
	if e.full() && e.plugin() == "pglogical" && !r.Super {
		out = append(out, fail(name, "it is neither a superuser nor a member of rds_superuser, and AWS DMS makes a node and sets of pglogical with it").hint("run 10-source/13-role.sql with -v superuser=1"))
	}
	return out
}

func (r cdcRole) judge(name string, versionNum int) []Result {
	var out []Result
	const again = "10-source/13-role.sql sets it"
	if !r.Replication {
		out = append(out, fail(name, "it may not read from slots: it has no REPLICATION").hint("%s", again))
	}
	set := map[string]string{}
	for _, s := range r.Settings {
		k, v, _ := strings.Cut(s, "=")
		set[strings.ToLower(k)] = v
	}
	if versionNum < 120000 && set["extra_float_digits"] != "3" {
		out = append(out, fail(name, "extra_float_digits is not 3 for it: floating-point numbers would arrive rounded").hint("%s", again))
	}
	for _, k := range []string{"statement_timeout", "idle_in_transaction_session_timeout", "lock_timeout", "transaction_timeout", "idle_session_timeout"} {
		if v, ok := set[k]; ok && v != "0" {
			if n, err := strconv.Atoi(strings.TrimRight(v, "msinhd ")); err != nil || n != 0 {
				out = append(out, fail(name, "%s is %s for it: it would end sessions of change data capture", k, v).hint("%s", again))
			}
		}
	}
	if len(out) == 0 {
		out = append(out, pass(name, "it may read from slots, and no timeout of its own ends its sessions"))
	}
	if !r.Login {
		out = append(out, warn(name, "it may not log in yet").hint("\\password %s, then: alter role %s login;", analyze.Ident(name), analyze.Ident(name)))
	}
	return out
}
