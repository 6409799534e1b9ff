package render

import (
	"slices"

	"github.com/pgcutover/pgcutover/analyze"
	"github.com/pgcutover/pgcutover/planner"
)

// rights is what the parts of templates/sql/_rights.sql.tmpl see: they ask a server what its role lacks for the work of a file.
type rights struct {
	Managed    bool   // RDS or Aurora runs the server
	Role       string // of change data capture
	Schema     string // pgcutover's own
	Xlog       bool   // the source still speaks of xlog
	Schemas    []string
	LeftOut    []analyze.Name // tables in these schemas that do not matter
	Roles      []string       // that are made
	Given      []string       // roles that others are made members of
	Attributes []string       // handed out to them, of those that not everybody may: CREATEDB, REPLICATION, BYPASSRLS
}

// rightsOf are the rights for work on the source or the target.
func rightsOf(p planner.Plan, where Place) rights {
	r := rights{Managed: p.Source.Managed != "", Role: p.Names.Role, Schema: p.Names.Schema, Xlog: xlog(p)}
	if where == OnTarget {
		r.Managed = p.Target.Managed != ""
	}
	for _, t := range p.Tables {
		if t.Handling.Copied() {
			r.Schemas = append(r.Schemas, t.Name.Schema)
		} else {
			r.LeftOut = append(r.LeftOut, t.Name)
		}
	}
	r.Schemas = sortedOnce(r.Schemas)
	r.LeftOut = slices.DeleteFunc(r.LeftOut, func(n analyze.Name) bool {
		_, there := slices.BinarySearch(r.Schemas, n.Schema)
		return !there
	})
	for _, x := range p.Roles {
		r.Roles = append(r.Roles, x.Name)
		r.Given = append(r.Given, x.MemberOf...)
		for _, a := range x.Attributes {
			if a == "CREATEDB" || a == "REPLICATION" || a == "BYPASSRLS" {
				r.Attributes = append(r.Attributes, a)
			}
		}
	}
	r.Given, r.Attributes = sortedOnce(r.Given), sortedOnce(r.Attributes)
	return r
}

func sortedOnce(s []string) []string {
	slices.Sort(s)
	return slices.Compact(s)
}
