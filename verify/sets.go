package verify

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/pgcutover/pgcutover/analyze"
	"github.com/pgcutover/pgcutover/planner"
)

// replicationSet is a pglogical set with what it carries.
type replicationSet struct {
	Name                           string
	Insertions, Updates, Deletions bool
	Truncations                    bool
	Version                        string // differs once the set was changed or made anew
	Members                        map[analyze.Name]member
	Other                          string // what else is wrong with it; publications only
}

// member is a table of a set.
type member struct {
	Columns bool   // only some columns
	Rows    bool   // only rows that pass a filter
	Version string // differs once the table left the set and joined again
}

// probeSets reads the plan's sets of the local node, with the transactions that wrote the rows as their versions; there is false
// where pglogical or the node is missing. On a paused replica it reads them as of the pause: a standby is a physical copy.
func probeSets(ctx context.Context, e *Env, side Side) (sets map[string]replicationSet, there bool, err error) {
	if e.native() {
		sets, err := probePublications(ctx, e, side)
		return sets, true, err
	}
	ext, err := queryOne[struct{ There bool }](ctx, e, side, "select exists (select from pg_extension where extname = 'pglogical') as there")
	if err != nil || !ext.There {
		return nil, false, err
	}
	var names []string
	for _, g := range e.Plan.Groups {
		names = append(names, g.UpdateSet, g.InsertSet)
	}
	rows, err := query[struct {
		Name, Version                               string
		Insertions, Updates, Deletions, Truncations bool
	}](ctx, e, side, `select s.set_name::text as name, s.replicate_insert as insertions, s.replicate_update as updates,
		s.replicate_delete as deletions, s.replicate_truncate as truncations, s.xmin::text as version
		from pglogical.replication_set s join pglogical.local_node n on n.node_id = s.set_nodeid where s.set_name = any($1)`, names)
	if err != nil {
		return nil, true, err
	}
	sets = map[string]replicationSet{}
	for _, r := range rows {
		sets[r.Name] = replicationSet{r.Name, r.Insertions, r.Updates, r.Deletions, r.Truncations, r.Version, map[analyze.Name]member{}, ""}
	}
	tables, err := query[struct {
		Set, Schema, Name, Version string
		Columns, Rows              bool
	}](ctx, e, side, `select s.set_name::text as set, ns.nspname::text as schema, c.relname::text as name,
		to_jsonb(t) ->> 'set_att_list' is not null as columns, to_jsonb(t) ->> 'set_row_filter' is not null as rows,
		t.xmin::text as version
		from pglogical.replication_set_table t join pglogical.replication_set s using (set_id)
		join pglogical.local_node n on n.node_id = s.set_nodeid
		join pg_class c on c.oid = t.set_reloid join pg_namespace ns on ns.oid = c.relnamespace where s.set_name = any($1)`, names)
	if err != nil {
		return nil, true, err
	}
	for _, t := range tables {
		sets[t.Set].Members[analyze.Name{Schema: t.Schema, Name: t.Name}] = member{t.Columns, t.Rows, t.Version}
	}
	return sets, true, nil
}

func checkSets(ctx context.Context, e *Env) ([]Result, error) {
	sets, there, err := probeSets(ctx, e, Source)
	if err != nil {
		return nil, err
	}
	if !there && len(e.Plan.Groups) > 0 {
		return []Result{fail("pglogical", "the extension is not installed in the source's database").hint("10-source/15-node.sql creates it")}, nil
	}
	if e.native() {
		return orNothing(e.judgePublications(sets), noGroups), nil
	}
	return orNothing(judgeSets(e.Plan.Groups, sets), noGroups), nil
}

// judgeSets checks the flags: AWS DMS reads one set with updates and deletes and one with inserts and truncates.
func judgeSets(groups []planner.Group, sets map[string]replicationSet) []Result {
	var out []Result
	for _, g := range groups {
		for _, want := range []replicationSet{
			{Name: g.UpdateSet, Updates: true, Deletions: true},
			{Name: g.InsertSet, Insertions: true, Truncations: true},
		} {
			have, ok := sets[want.Name]
			switch {
			case !ok:
				out = append(out, fail(want.Name, "there is no replication set of this name").hint("10-source/15-node.sql creates it"))
			case have.carries() != want.carries():
				out = append(out, fail(want.Name, "it carries %s, it has to carry %s", have.carries(), want.carries()).
					hint("select pglogical.alter_replication_set(set_name := '%s', replicate_insert := %t, replicate_update := %t, replicate_delete := %t, replicate_truncate := %t);",
						want.Name, want.Insertions, want.Updates, want.Deletions, want.Truncations))
			default:
				out = append(out, pass(want.Name, "it carries %s", want.carries()))
			}
		}
	}
	return out
}

func (s replicationSet) carries() string {
	text := ""
	for _, x := range []struct {
		on   bool
		what string
	}{{s.Insertions, "inserts"}, {s.Updates, "updates"}, {s.Deletions, "deletes"}, {s.Truncations, "truncates"}} {
		if x.on {
			if text != "" {
				text += ", "
			}
			text += x.what
		}
	}
	return orNone(text)
}

// checkMembers looks at the sets as they are now. After the pause it looks besides whether they are the same still.
func checkMembers(ctx context.Context, e *Env) ([]Result, error) {
	now, there, err := probeSets(ctx, e, Source)
	if err != nil {
		return nil, err
	}
	if len(e.Plan.Groups) == 0 {
		return orNothing(nil, noGroups), nil
	}
	if !there {
		return []Result{unasked("", noSets)}, nil
	}
	if e.Gate == ReadyToPause {
		return judgeMembers(e.Plan, now, beforePause), nil
	}
	out := judgeMembers(e.Plan, now, sincePause)
	if e.snapshots() {
		return append(e.bySnapshots(out), judgeJoined(e.Plan.Groups, now, e.State)...), nil
	}
	moved, err := replicaAtPause(ctx, e)
	if err != nil || moved != "" { // G2-PAUSED, G3-LSN and G3-ROWS say so
		return out, err
	}
	then, there, err := probeSets(ctx, e, Replica)
	if err != nil || !there { // G2-MEMBER says so
		return out, err
	}
	return append(out, judgeRejoined(e.Plan.Groups, then, now)...), nil
}

func checkMembersAtPause(ctx context.Context, e *Env) ([]Result, error) {
	sets, there, err := probeSets(ctx, e, Replica)
	if err != nil {
		return nil, err
	}
	if !there && len(e.Plan.Groups) > 0 {
		return []Result{unasked("", noSets)}, nil
	}
	return orNothing(judgeMembers(e.Plan, sets, atPause), noGroups), nil
}

const noSets = "pglogical is not installed in the database: see G1-SETS"

// judgeRejoined compares the sets as of the pause (then) with those of now. A table that is a member at both times may have
// been none in between, and a set's flags may have been others: a slot follows the catalog as it was at each change.
func judgeRejoined(groups []planner.Group, then, now map[string]replicationSet) (out []Result) {
	for _, g := range groups {
		for _, set := range []string{g.UpdateSet, g.InsertSet} {
			a, b := then[set], now[set]
			if a.Name == "" || b.Name == "" {
				continue
			}
			if a.Version != b.Version {
				out = append(out, fail(set, "it was changed since the pause, or dropped and made anew: what it did not carry meanwhile would be missing").hint("%s", tooLate))
			}
			for _, t := range slices.SortedFunc(maps.Keys(a.Members), analyze.Name.Compare) {
				if m, ok := b.Members[t]; ok && m.Version != a.Members[t].Version {
					out = append(out, fail(t.String(), "it left %s after the pause and joined it again: what was written to it in between would be missing", set).hint("%s", tooLate))
				}
			}
		}
	}
	return out
}

// tooLate is what to do about a set that was not whole all the time since the pause.
const tooLate = "what was written meanwhile is in no slot: before the load, resume, complete the sets with 10-source/16-members.sh and pause again; after it, 80-recovery/82-restart-slot.sh starts the group over once the sets are complete"

// moment is when the members of the sets were read, seen from the pause.
type moment int

const (
	beforePause moment = iota
	atPause            // on the replica, which stands there
	sincePause
)

// judgeMembers compares the members of the sets with the plan: each table of a group in the insert set, those whose rows can be
// identified in the update set, the group's marker in both, nothing else, and no table in part.
//
// A table that joins a set after the pause is silently without the changes made before it joined, so the replica's
// own copy of the sets decides (atPause). One that leaves it later is without the changes made since. One that is in a set too many
// loses nothing, so that it is taken out of it at any time.
func judgeMembers(p planner.Plan, sets map[string]replicationSet, when moment) []Result {
	lacking, inPart := "10-source/16-members.sh adds what is missing", "take it out of the set and add it whole"
	switch when {
	case atPause:
		lacking = "after the pause it is too late: resume with 20-replica/22-resume.sh, complete the sets, let the replica catch up and pause again"
	case sincePause:
		lacking, inPart = tooLate, tooLate
	}
	kind := "replication set"
	if p.Options.Engine == planner.EngineNative {
		kind, inPart = "publication", strings.Replace(inPart, "the set", "the publication", 1)
	}
	handling := map[analyze.Name]planner.Handling{}
	for _, t := range p.Tables {
		handling[t.Name] = t.Handling
	}
	var out []Result
	for _, g := range p.Groups {
		for _, set := range []string{g.UpdateSet, g.InsertSet} {
			s, ok := sets[set]
			if !ok {
				if when == atPause {
					out = append(out, fail(set, "the %s did not exist at the pause", kind).hint("%s", lacking))
				} else {
					out = append(out, unasked(set, "the %s does not exist: see G1-SETS", kind))
				}
				continue
			}
			want := map[analyze.Name]bool{g.Marker: true}
			for _, t := range g.Tables {
				if set == g.InsertSet && p.Options.Engine != planner.EngineNative || (set == g.UpdateSet) == (handling[t] == planner.Replicate) {
					want[t] = true
				}
			}
			if set == g.InsertSet && p.Options.Engine == planner.EngineNative {
				delete(want, g.Marker)
			}
			bad := len(out)
			for _, t := range slices.SortedFunc(maps.Keys(want), analyze.Name.Compare) {
				m, ok := s.Members[t]
				switch {
				case !ok && when == atPause:
					out = append(out, fail(t.String(), "at the pause it was not in %s: what was written to it before it joined would be missing", set).hint("%s", lacking))
				case !ok:
					out = append(out, fail(t.String(), "it is not in %s", set).hint("%s", lacking))
				case m.Columns:
					out = append(out, fail(t.String(), "in %s it has a list of columns: the others would be missing", set).hint("%s", inPart))
				case m.Rows:
					out = append(out, fail(t.String(), "in %s it has a row filter: other rows would be missing", set).hint("%s", inPart))
				}
			}
			for _, t := range slices.SortedFunc(maps.Keys(s.Members), analyze.Name.Compare) {
				if !want[t] {
					out = append(out, fail(t.String(), "it is in %s, where the plan does not have it", set).
						hint("%s", removeMember(p, set, t)))
				}
			}
			if len(out) == bad {
				out = append(out, pass(set, "%s as planned", analyze.Count(len(want), "table")))
			}
		}
	}
	return out
}

func removeMember(p planner.Plan, set string, t analyze.Name) string {
	if p.Options.Engine == planner.EngineNative {
		return fmt.Sprintf("alter publication %s drop table %s;", analyze.Ident(set), t.SQL())
	}
	return fmt.Sprintf("select pglogical.replication_set_remove_table('%s', '%s');", set, t.SQL())
}
