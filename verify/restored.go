package verify

import (
	"context"
	"maps"
	"slices"
	"strings"

	"github.com/pgcutover/pgcutover/analyze"
)

func checkRestored(_ context.Context, e *Env) ([]Result, error) {
	src, dst, err := e.inventories(Source, Target)
	if err != nil {
		return nil, err
	}
	s := &structures{Plan: e.Plan, Source: src, Target: dst, Final: true}
	s.prepare()
	return s.judgeRestored(), nil
}

// judgeRestored compares what acts on rows by itself: triggers with their state, rules, policies, row-level security, event triggers.
func (s *structures) judgeRestored() []Result {
	s.prepare()
	var out []Result
	n := 0
	type key struct {
		table analyze.Name
		name  string
	}
	for _, t := range s.present() {
		o, ok := s.tables[t.Name]
		if !ok {
			continue // checkColumns says so
		}
		who := t.Name.String()
		theirs := map[string]analyze.Trigger{}
		for _, g := range o.Triggers {
			theirs[g.Name] = g
		}
		for _, g := range t.Triggers {
			n++
			switch d, there := theirs[g.Name]; {
			case !there:
				out = append(out, fail(who, "trigger %s is missing on the target", analyze.Display(g.Name)))
			case d.Enabled != g.Enabled:
				out = append(out, fail(who, "trigger %s is enabled as %s on the source, as %s on the target", analyze.Display(g.Name), g.Enabled, d.Enabled).
					hint("where the source's state was changed for the way back, the target's is right: accept it"))
			case d.Definition != g.Definition && normalExpression(d.Definition) != normalExpression(g.Definition):
				out = append(out, fail(who, "trigger %s differs: %s on the source, %s on the target", analyze.Display(g.Name), g.Definition, d.Definition))
			}
			delete(theirs, g.Name)
		}
		for _, name := range slices.Sorted(maps.Keys(theirs)) {
			out = append(out, fail(who, "trigger %s is on the target only", analyze.Display(name)))
		}
		if t.RowSecurity != o.RowSecurity || t.ForceRowSecurity != o.ForceRowSecurity {
			out = append(out, fail(who, "row-level security is not as on the source"))
		}
	}
	rules, policies := map[key]bool{}, map[key]bool{}
	for _, r := range s.Target.Objects.Rules {
		rules[key{r.Table, r.Column}] = true
	}
	for _, p := range s.Target.Objects.Policies {
		policies[key{p.Table, p.Name}] = true
	}
	for _, r := range s.Source.Objects.Rules {
		if s.onTarget(r.Table) && !rules[key{r.Table, r.Column}] {
			out = append(out, fail(r.Table.String(), "rule %s is missing on the target", analyze.Display(r.Column)))
		}
	}
	for _, p := range s.Source.Objects.Policies {
		if s.onTarget(p.Table) && !policies[key{p.Table, p.Name}] {
			out = append(out, fail(p.Table.String(), "policy %s is missing on the target", analyze.Display(p.Name)))
		}
	}
	there := map[string]bool{}
	for _, g := range s.Target.EventTriggers {
		there[g.Name] = true
	}
	for _, g := range s.Source.EventTriggers {
		if !there[g.Name] && !strings.HasPrefix(g.Name, "awsdms_") && g.Function.Schema != "pglogical" {
			out = append(out, warn("event trigger "+analyze.Display(g.Name), "it is missing on the target").hint("managed servers take few of them; see TR104"))
		}
	}
	if len(out) == 0 {
		out = append(out, pass("", "%s, all rules and policies as on the source", analyze.Count(n, "trigger")))
	}
	return out
}

// replicationRole is session_replication_role as it is set somewhere.
type replicationRole struct {
	Scope, Value string
	Hidden       bool // something else is in the way of seeing it
}

func checkReplicationRole(ctx context.Context, e *Env) ([]Result, error) {
	// A setting of the database or of our own role hides the server's from our session.
	rows, err := query[replicationRole](ctx, e, Target, `select 'server' as scope, reset_val as value, source in ('database', 'user', 'database user', 'client', 'session') as hidden from pg_settings where name = 'session_replication_role'
		union all select case when s.setrole = 0 then format('database %s', d.datname) when s.setdatabase = 0 then format('role %s', r.rolname)
			else format('role %s in database %s', r.rolname, d.datname) end, substring(c from '=(.*)$'), false
		from pg_db_role_setting s cross join unnest(s.setconfig) c left join pg_roles r on r.oid = s.setrole left join pg_database d on d.oid = s.setdatabase
		where c like 'session_replication_role=%' and (s.setdatabase = 0 or d.datname = current_database())`)
	if err != nil {
		return nil, err
	}
	return judgeReplicationRole(rows), nil
}

func judgeReplicationRole(settings []replicationRole) []Result {
	var out []Result
	hidden := ""
	for _, s := range settings {
		switch {
		case s.Hidden:
			hidden = s.Scope
		case s.Value != "origin":
			out = append(out, fail(s.Scope, "session_replication_role is %s: foreign keys and triggers are off", s.Value))
		}
	}
	switch {
	case len(out) > 0:
	case hidden != "":
		out = append(out, unknown(hidden, "the database, or the role that asks, has a setting of session_replication_role of its own, which hides it").hint("reset it there, or ask as another role"))
	default:
		out = append(out, pass("", "origin, for the server, the database and every role"))
	}
	return out
}
