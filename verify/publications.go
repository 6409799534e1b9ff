package verify

import (
	"context"
	"slices"
	"strings"

	"github.com/pgcutover/pgcutover/analyze"
	"github.com/pgcutover/pgcutover/planner"
)

func (e *Env) native() bool { return e.Plan.Options.Engine == planner.EngineNative }

// plugin is the output plugin of the plan's slots.
func (e *Env) plugin() string {
	if e.native() {
		return "pgoutput"
	}
	if e.Plan.Full != nil {
		return e.Plan.Full.Plugin
	}
	return "pglogical"
}

// probePublications reads the plan's publications the way sets of pglogical are read: with their tables, and with the transactions that wrote
// the rows as their versions.
func probePublications(ctx context.Context, e *Env, side Side) (map[string]replicationSet, error) {
	var names []string
	for _, g := range e.Plan.Groups {
		names = append(names, g.UpdateSet, g.InsertSet)
	}
	rows, err := query[struct {
		Name, Version                               string
		Insertions, Updates, Deletions, Truncations bool
		All, Root                                   bool
	}](ctx, e, side, `select p.pubname::text as name, p.xmin::text as version, p.pubinsert as insertions, p.pubupdate as updates, p.pubdelete as deletions,
		coalesce((to_jsonb(p) ->> 'pubtruncate')::bool, false) as truncations, p.puballtables as all, coalesce((to_jsonb(p) ->> 'pubviaroot')::bool, false) as root
		from pg_publication p where p.pubname = any($1)`, names)
	if err != nil {
		return nil, err
	}
	sets := map[string]replicationSet{}
	for _, r := range rows {
		s := replicationSet{r.Name, r.Insertions, r.Updates, r.Deletions, r.Truncations, r.Version, map[analyze.Name]member{}, ""}
		if r.All || r.Root {
			s.Other = map[bool]string{true: "it publishes all tables", false: "it publishes rows of partitions under the name of their root"}[r.All]
		}
		sets[r.Name] = s
	}
	tables, err := query[struct {
		Set, Schema, Name, Version string
		Columns, Rows              bool
	}](ctx, e, side, `select p.pubname::text as set, n.nspname::text as schema, c.relname::text as name, r.xmin::text as version,
		to_jsonb(r) ->> 'prattrs' is not null as columns, to_jsonb(r) ->> 'prqual' is not null as rows
		from pg_publication_rel r join pg_publication p on p.oid = r.prpubid
		join pg_class c on c.oid = r.prrelid join pg_namespace n on n.oid = c.relnamespace where p.pubname = any($1)`, names)
	if err != nil {
		return nil, err
	}
	for _, t := range tables {
		sets[t.Set].Members[analyze.Name{Schema: t.Schema, Name: t.Name}] = member{t.Columns, t.Rows, t.Version}
	}
	return sets, nil
}

// judgePublications checks what the publications publish.
func (e *Env) judgePublications(sets map[string]replicationSet) []Result {
	truncate := strings.Contains(e.Plan.Native.Publish, "truncate")
	var out []Result
	for _, g := range e.Plan.Groups {
		for _, want := range []replicationSet{
			{Name: g.UpdateSet, Insertions: true, Updates: true, Deletions: true, Truncations: truncate},
			{Name: g.InsertSet, Insertions: true, Truncations: truncate},
		} {
			have, ok := sets[want.Name]
			switch {
			case !ok:
				out = append(out, fail(want.Name, "there is no publication of this name").hint("10-source/15-publications.sql creates it"))
			case have.Other != "":
				out = append(out, fail(want.Name, "%s", have.Other).hint("drop it if nobody else subscribes to it, then 10-source/15-publications.sql and 16-members.sh"))
			case have.carries() != want.carries():
				out = append(out, fail(want.Name, "it publishes %s, it has to publish %s", have.carries(), want.carries()).
					hint("alter publication %s set (publish = '%s');", analyze.Ident(want.Name), map[bool]string{true: e.Plan.Native.Publish, false: e.Plan.Native.Inserts}[want.Updates]))
			default:
				out = append(out, pass(want.Name, "it publishes %s", want.carries()))
			}
		}
	}
	return out
}

// judgeForeignNative is [foreign.judge] where publications take the place of sets, and no node is needed.
func (e *Env) judgeForeignNative(ctx context.Context, f foreign, slots, sets []string, started bool) ([]Result, error) {
	f.Node, f.NoRight = "", false
	there, err := query[struct{ Name string }](ctx, e, Source, "select pubname::text as name from pg_publication order by 1")
	if err != nil {
		return nil, err
	}
	f.Sets = nil
	var out []Result
	for _, p := range there {
		if !started && slices.Contains(sets, p.Name) {
			out = append(out, fail("publication "+analyze.Display(p.Name), "a publication of a name the plan wants exists already").
				hint("find out whose it is; drop it, or choose another slots.prefix in the configuration"))
		}
	}
	results := slices.DeleteFunc(f.judge("", slots, sets, started), func(r Result) bool { return r.Subject == "node" })
	return orNothing(append(out, results...), "nobody else replicates from the source, or into it"), nil
}
