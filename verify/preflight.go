package verify

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/pgcutover/pgcutover/analyze"
	"github.com/pgcutover/pgcutover/planner"
)

// database is what of pg_database decides whether text means the same on both sides.
type database struct {
	Encoding, Collate, Ctype, Provider, Locale string
}

const databaseSQL = `select pg_encoding_to_char(d.encoding)::text as encoding, d.datcollate::text as collate, d.datctype::text as ctype,
	case coalesce(to_jsonb(d) ->> 'datlocprovider', 'c') when 'c' then 'libc' when 'i' then 'icu' else 'builtin' end as provider,
	coalesce(to_jsonb(d) ->> 'datlocale', to_jsonb(d) ->> 'daticulocale', '') as locale
	from pg_database d where datname = current_database()`

func checkEncoding(ctx context.Context, e *Env) ([]Result, error) {
	src, err := queryOne[database](ctx, e, Source, databaseSQL)
	if err != nil {
		return nil, err
	}
	dst, err := queryOne[database](ctx, e, Target, databaseSQL)
	if err != nil {
		return nil, err
	}
	return tolerate(judgeEncoding(src, dst), e.Plan.Findings, map[string]tolerated{"TY111 database": {Fail, "encoding"}}), nil
}

func judgeEncoding(src, dst database) []Result {
	var out []Result
	if src.Encoding != dst.Encoding {
		out = append(out, fail("encoding", "the source's database has %s, the target's %s", src.Encoding, dst.Encoding).
			hint("create the target's database with encoding '%s' from template0", src.Encoding))
	}
	for _, x := range []struct{ what, src, dst string }{
		{"collation", src.Collate, dst.Collate}, {"character type", src.Ctype, dst.Ctype}, {"locale provider", src.Provider, dst.Provider}, {"locale", src.Locale, dst.Locale},
	} {
		if normalLocale(x.src) != normalLocale(x.dst) {
			out = append(out, warn(x.what, "the source's database has %q, the target's %q: text sorts and compares differently", x.src, x.dst).
				hint("create the target's database like the source's, unless the change is meant"))
		}
	}
	if len(out) == 0 {
		out = append(out, pass("", "encoding %s, collation %s on both", src.Encoding, src.Collate))
	}
	return out
}

// normalLocale evens out how operating systems spell one locale: en_US.UTF-8 and en_US.utf8.
func normalLocale(s string) string {
	return strings.ReplaceAll(strings.ToLower(s), "-", "")
}

func checkEmpty(ctx context.Context, e *Env) ([]Result, error) {
	if e.State != nil && e.State.Schema != nil {
		return []Result{skip("", "the schema was loaded already; the gates that follow look at it")}, nil
	}
	if f := e.Plan.Options.Full; f != nil && f.Schema == planner.SchemaReplica {
		return []Result{skip("", "the target becomes a promoted replica of the source, which 30-target empties: see G4-EMPTY")}, nil
	}
	rows, err := query[struct{ Schema, Name string }](ctx, e, Target, `select n.nspname::text as schema, c.relname::text as name
		from pg_class c join pg_namespace n on n.oid = c.relnamespace
		where c.relkind in ('r', 'p', 'f', 'v', 'm', 'S') and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
		and not exists (select from pg_depend d where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e')
		order by 1, 2`)
	if err != nil {
		return nil, err
	}
	var names []string
	for _, r := range rows {
		names = append(names, analyze.Name{Schema: r.Schema, Name: r.Name}.String())
	}
	return judgeEmpty(names), nil
}

func judgeEmpty(names []string) []Result {
	if len(names) == 0 {
		return []Result{pass("", "the target's database has no tables, views or sequences")}
	}
	return []Result{fail("", "the target's database is not empty: it has %s, such as %s", analyze.Count(len(names), "table, view or sequence"), analyze.Some(names, 5)).
		hint("name an empty database with --target; pgcutover never removes anything from one")}
}

// inFlight is what could hold up slots or be missed by them.
type inFlight struct {
	Prepared    []string // of this database
	OldestWrite *int64   // seconds; nil: none
	OldestWho   string
	Hidden      bool // other roles' sessions are hidden
	XIDAge      int64
}

func checkTransactions(ctx context.Context, e *Env) ([]Result, error) {
	var f inFlight
	prepared, err := query[struct{ Gid, Database string }](ctx, e, Source, "select gid, database::text from pg_prepared_xacts order by gid")
	if err != nil {
		return nil, err
	}
	for _, p := range prepared {
		f.Prepared = append(f.Prepared, fmt.Sprintf("%s in %s", analyze.Display(p.Gid), analyze.Display(p.Database)))
	}
	row, err := queryOne[struct {
		Oldest *int64
		Who    *string
		Hidden bool
		Age    int64
	}](ctx, e, Source, `select (select floor(max(extract(epoch from clock_timestamp() - xact_start)))::int8 from pg_stat_activity where backend_xid is not null) as oldest,
		(select format('%s, application %s', usename, application_name) from pg_stat_activity where backend_xid is not null order by xact_start limit 1) as who,
		exists (select from pg_stat_activity where query = '<insufficient privilege>') as hidden,
		(select age(datfrozenxid)::int8 from pg_database where datname = current_database()) as age`)
	if err != nil {
		return nil, err
	}
	f.OldestWrite, f.Hidden, f.XIDAge = row.Oldest, row.Hidden, row.Age
	if row.Who != nil {
		f.OldestWho = *row.Who
	}
	return f.judge(), nil
}

// longWrite is the age in seconds at which an open write transaction is worth a word: creating a slot waits for all of them.
const longWrite = 60

func (f inFlight) judge() []Result {
	var out []Result
	if len(f.Prepared) > 0 {
		out = append(out, fail("prepared transactions", "%s: %s", analyze.Count(len(f.Prepared), "prepared transaction"), analyze.Some(f.Prepared, 5)).
			hint("have their owner commit or roll them back: creating a slot waits for them, and AWS DMS does not know two-phase commit"))
	} else {
		out = append(out, pass("prepared transactions", "none"))
	}
	switch {
	case f.OldestWrite != nil && *f.OldestWrite > longWrite:
		out = append(out, warn("open transactions", "the oldest that wrote is open for %d s (%s)", *f.OldestWrite, f.OldestWho).
			hint("creating a slot and adding a table to a set wait for it"))
	case f.Hidden:
		out = append(out, warn("open transactions", "the sessions of other roles are hidden").hint("grant pg_read_all_stats to the role (10 and newer), or use a superuser"))
	default:
		out = append(out, pass("open transactions", "none that wrote is older than %d s", longWrite))
	}
	if f.XIDAge > 1_500_000_000 {
		out = append(out, fail("wraparound", "the database's oldest transaction id is %d transactions old; slots hold back what vacuum needs to mend that", f.XIDAge).hint("vacuum (freeze) the oldest tables first"))
	} else if f.XIDAge > 1_000_000_000 {
		out = append(out, warn("wraparound", "the database's oldest transaction id is %d transactions old", f.XIDAge).hint("vacuum (freeze) the oldest tables first"))
	}
	return out
}

// foreign is replication on the source that the plan did not make.
type foreign struct {
	Extension     bool
	Node          string // name of the local pglogical node; empty: none
	NodePassword  bool
	Sets          []string
	Subscriptions []string // pglogical's and native
	Slots         []foreignSlot
	NoRight       bool
}

type foreignSlot struct {
	Name, Plugin, Database string
	Logical, Active        bool
	Retained               *int64
}

func probeForeign(ctx context.Context, e *Env) (foreign, error) {
	var f foreign
	who, err := e.server(Source)
	if err != nil {
		return f, err
	}
	f.Slots, err = query[foreignSlot](ctx, e, Source, walNames(who.VersionNum, `select slot_name::text as name, coalesce(plugin::text, '') as plugin,
		coalesce(database::text, '') as database, slot_type = 'logical' as logical, active,
		(pg_current_wal_insert_lsn() - restart_lsn)::int8 as retained from pg_replication_slots order by slot_name`))
	if err != nil {
		return f, err
	}
	if who.VersionNum >= 100000 {
		subs, err := query[struct{ Name string }](ctx, e, Source, `select subname::text as name from pg_subscription
			where subdbid = (select oid from pg_database where datname = current_database()) order by 1`)
		switch {
		case denied(err): // 10 to 13 keep the table from ordinary roles, connection strings are in it
			f.NoRight = true
		case err != nil:
			return f, err
		}
		for _, s := range subs {
			f.Subscriptions = append(f.Subscriptions, s.Name)
		}
	}
	n, err := probeNode(ctx, e)
	switch {
	case denied(err):
		f.NoRight = true
	case err != nil:
		return f, err
	}
	f.Extension, f.Node, f.NodePassword, f.Sets = n.Extension, n.Node, n.Password, n.Sets
	f.Subscriptions = append(f.Subscriptions, n.Subscriptions...)
	return f, nil
}

// node is what pglogical has in the source's database.
type node struct {
	Extension     bool
	Node          string
	Password      bool
	Sets          []string
	Subscriptions []string
}

// passwordInDSN matches a connection string that holds a password; the server answers yes or no, the string stays there.
const passwordInDSN = `if_dsn ~* '(password\s*=|://[^/@]*:[^/@]*@|[?&]password=)'`

func probeNode(ctx context.Context, e *Env) (node, error) {
	ext, err := queryOne[struct{ There bool }](ctx, e, Source, "select exists (select from pg_extension where extname = 'pglogical') as there")
	if err != nil || !ext.There {
		return node{}, err
	}
	row, err := queryOne[struct {
		Node          *string
		Password      bool
		Sets          []string
		Subscriptions []string
	}](ctx, e, Source, `select (select n.node_name::text from pglogical.node n join pglogical.local_node l using (node_id)) as node,
		exists (select from pglogical.node_interface where `+passwordInDSN+`) as password,
		array(select set_name::text from pglogical.replication_set order by 1) as sets,
		array(select sub_name::text from pglogical.subscription order by 1) as subscriptions`)
	if err != nil {
		return node{Extension: true}, err
	}
	n := node{Extension: true, Password: row.Password, Sets: row.Sets, Subscriptions: row.Subscriptions}
	if row.Node != nil {
		n.Node = *row.Node
	}
	return n, nil
}

func checkForeign(ctx context.Context, e *Env) ([]Result, error) {
	f, err := probeForeign(ctx, e)
	if err != nil {
		return nil, err
	}
	var slots, sets []string
	for _, g := range e.Plan.Groups {
		slots, sets = append(slots, g.Slot), append(sets, g.UpdateSet, g.InsertSet)
	}
	started := e.State != nil && len(e.State.Slots) > 0
	if e.native() {
		return e.judgeForeignNative(ctx, f, slots, sets, started)
	}
	return f.judge(e.Plan.Names.Node, slots, sets, started), nil
}

// judge looks for what the migration would disturb, and for names it wants that are taken. started: the slots that the plan
// names are its own.
func (f foreign) judge(node string, slots, sets []string, started bool) []Result {
	var out []Result
	switch {
	case f.NoRight:
		out = append(out, unknown("pglogical", "nodes and subscriptions are hidden from the role").hint("use a superuser, or grant usage on schema pglogical and select on its tables"))
	case f.Node != "" && f.Node != node:
		out = append(out, fail("node", "the database is the pglogical node %s already; the plan would make it %s", analyze.Display(f.Node), analyze.Display(node)).
			hint("a database is one node at most: set names.node to it in the plan's configuration only if you know who uses it"))
	case f.Node != "":
		out = append(out, pass("node", "it is the plan's own"))
	default:
		out = append(out, pass("node", "the database is no pglogical node yet"))
	}
	if len(f.Subscriptions) > 0 {
		out = append(out, warn("subscriptions", "the database receives changes through %s", analyze.Some(f.Subscriptions, 5)).
			hint("what arrives that way is replicated on like any other write; see that it is meant"))
	}
	for _, s := range f.Slots {
		who := "slot " + analyze.Display(s.Name)
		ours := slices.Contains(slots, s.Name)
		switch {
		case ours && started, !s.Logical:
		case ours:
			out = append(out, fail(who, "a slot of a name the plan wants exists already (plugin %s, database %s)", orNone(s.Plugin), orNone(analyze.Display(s.Database))).
				hint("find out whose it is; drop it, or choose another slots.prefix in the configuration"))
		case s.Active:
			out = append(out, warn(who, "somebody else's logical replication (plugin %s, database %s): it is left alone", orNone(s.Plugin), orNone(analyze.Display(s.Database))))
		default:
			held := "an unknown amount"
			if s.Retained != nil {
				held = analyze.Bytes(*s.Retained)
			}
			out = append(out, warn(who, "somebody else's slot that nobody reads from holds %s of WAL", held).hint("find out whether it is still needed"))
		}
	}
	if !started {
		for _, name := range f.Sets {
			if slices.Contains(sets, name) {
				out = append(out, fail("replication set "+analyze.Display(name), "a replication set of a name the plan wants exists already").
					hint("find out whose it is; drop it, or choose another slots.prefix in the configuration"))
			}
		}
	}
	return out
}

func orNone(s string) string {
	if s == "" || s == `""` {
		return "none"
	}
	return s
}

func checkSecrets(ctx context.Context, e *Env) ([]Result, error) {
	n, err := probeNode(ctx, e)
	if err != nil {
		return nil, err
	}
	return judgeSecrets(n), nil
}

func judgeSecrets(n node) []Result {
	if n.Password {
		return []Result{fail("pglogical node", "the connection string of a pglogical node interface holds a password, which everybody with a dump of the database can read").
			hint("replace the interface by one without: the migration never connects through it")}
	}
	if n.Node == "" {
		return []Result{pass("pglogical node", "there is none yet")}
	}
	return []Result{pass("pglogical node", "its connection strings hold no password")}
}

func checkDrift(_ context.Context, e *Env) ([]Result, error) {
	inv, err := e.inventory(Source)
	if err != nil {
		return nil, err
	}
	out := judgeDrift(e.Plan.Structure, inv.Structure())
	if edited := judgeEdited(e.Plan.Tables, inv.Tables, out); len(edited) > 0 {
		out = append(slices.DeleteFunc(out, func(r Result) bool { return r.Status == Pass }), edited...)
	}
	return out, nil
}

// judgeEdited compares the tables and columns that the plan copies with those of the source. One that somebody took out of the plan would be
// missing or empty on the target, and neither a count nor a checksum of what is planned sees that. What has drifted is passed over: drift
// tells of it.
func judgeEdited(planned []planner.Table, now []analyze.Table, drift []Result) []Result {
	drifted := map[string]bool{}
	for _, r := range drift {
		drifted[r.Subject] = true
	}
	plan := map[analyze.Name]*planner.Table{}
	for i := range planned {
		plan[planned[i].Name] = &planned[i]
	}
	var out []Result
	for i := range now {
		t := &now[i]
		what := ""
		switch p := plan[t.Name]; {
		case drifted[t.Name.String()] || planner.NeverPlanned(t.Name.Schema):
		case p == nil:
			what = "the plan does not have the table"
		case p.Handling.Copied() && !slices.Equal(p.Columns, planner.CopiedColumns(t)):
			what = "the plan does not copy the columns that the table has"
		}
		if what != "" {
			out = append(out, fail(t.Name.String(), "%s, although nothing changed on the source", what).hint("the plan was edited: make it again with pgcutover plan, and render it"))
		}
	}
	return out
}

// judgeDrift names what changed on the source since the plan.
func judgeDrift(planned, now []analyze.Object) []Result {
	if len(planned) == 0 && len(now) > 0 {
		return []Result{unknown("", "the plan holds no structure to compare with").hint("make it again with pgcutover plan")}
	}
	var out []Result
	for _, c := range analyze.Drift(planned, now) {
		out = append(out, fail(c.Name.String(), "%s %s since the plan was made", c.Kind, c.What).
			hint("put it back, or analyze, plan and render again; during a migration nobody changes the schema"))
	}
	blind := map[string]bool{}
	for _, o := range append(slices.Clone(planned), now...) {
		if o.Digest == "" {
			blind[o.Kind+" "+o.Name.SQL()] = true
		}
	}
	if len(blind) > 0 {
		out = append(out, unknown("", "%s could not be read whole, now or for the plan", analyze.Count(len(blind), "object")).hint("read the source as a role that sees everything"))
	}
	if len(out) == 0 {
		out = append(out, pass("", "%s as they were when the plan was made", analyze.Count(len(now), "object")))
	}
	return out
}

var errNoPause = errors.New("state.json has no pause: 20-replica/21-pause.sh has not been run to its end")
