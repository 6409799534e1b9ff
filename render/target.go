package render

import (
	"slices"
	"strings"

	"github.com/pgcutover/pgcutover/analyze"
	"github.com/pgcutover/pgcutover/planner"
)

// targetView is what the templates of 30-target see.
type targetView struct {
	Guard          guard
	Rights         rights
	Head           head
	Schema         string // pgcutover's own
	Replica        bool   // one is paused, and has the schema
	Schemas        []string
	LeftOutSchemas []string
	LeftOut        []analyze.Name
	Tables         []analyze.Name // into which changes are applied
	Extensions     []planner.Extension
	Roles          []planner.Role
	Logins         []string
	Members        []membership
	Settings       []string // ALTER ROLE statements
	Relaxed        []relaxed
}

// relaxed is a column that may be NULL until the cutover, and the CHECK by which 74-constraints.sh begins to take that back: after a cutover that was called off it is there.
type relaxed struct {
	planner.NotNull
	Check string
}

type membership struct {
	Role, Of string
	Grant    string // the statement
}

func membershipOf(role, of string, options []string) (membership, error) {
	m, err := ident(role)
	if err != nil {
		return membership{}, err
	}
	o, err := ident(of)
	if err != nil {
		return membership{}, err
	}
	words := make([]string, len(options))
	for i, option := range options {
		if words[i], err = keywords(option); err != nil {
			return membership{}, err
		}
	}
	grant := "GRANT " + o + " TO " + m
	if len(words) > 0 {
		grant += " WITH " + strings.Join(words, ", ")
	}
	return membership{role, of, grant}, nil
}

// listValued are the settings whose value is a list of quoted names: each element has to be a literal of its own
// (variable_is_guc_list_quote in PostgreSQL's src/fe_utils/string_utils or src/bin/pg_dump/dumputils.c).
var listValued = []string{
	"local_preload_libraries", "search_path", "session_preload_libraries", "shared_preload_libraries", "temp_tablespaces", "unix_socket_directories",
}

// roleSetting makes ALTER ROLE … SET of a name=value of pg_db_role_setting.
func roleSetting(role, pair string) (string, error) {
	key, value, _ := strings.Cut(pair, "=")
	values := []string{value}
	if slices.Contains(listValued, strings.ToLower(key)) {
		values = identifierList(value)
	}
	r, err := ident(role)
	if err != nil {
		return "", err
	}
	k, err := ident(key)
	if err != nil {
		return "", err
	}
	quoted := make([]string, len(values))
	for i, v := range values {
		if quoted[i], err = literal(v); err != nil {
			return "", err
		}
	}
	return "ALTER ROLE " + r + " SET " + k + " TO " + strings.Join(quoted, ", "), nil
}

// identifierList splits a list of names as the server keeps it: separated by commas, in double quotes where needed. An empty
// list is one empty name, which is how SET spells it.
func identifierList(s string) []string {
	var out []string
	rest := strings.TrimSpace(s)
	for rest != "" {
		var name string
		if strings.HasPrefix(rest, `"`) {
			end := 1
			for end < len(rest) {
				if rest[end] == '"' {
					if end+1 < len(rest) && rest[end+1] == '"' {
						end++
					} else {
						break
					}
				}
				end++
			}
			name = strings.ReplaceAll(rest[1:min(end, len(rest))], `""`, `"`)
			rest = rest[min(end+1, len(rest)):]
		} else {
			name, rest, _ = strings.Cut(rest, ",")
			name, rest = strings.TrimSpace(name), ","+rest
		}
		out = append(out, name)
		_, rest, _ = strings.Cut(rest, ",")
		rest = strings.TrimSpace(rest)
	}
	if out == nil {
		return []string{""}
	}
	return out
}

// target makes 30-target: everything the target needs before rows come.
func target(p planner.Plan) ([]Artifact, error) {
	if physical(p) {
		return nil, nil
	}
	v := targetView{Rights: rightsOf(p, OnTarget), Schema: p.Names.Schema, Replica: paused(p), Schemas: p.Schemas, LeftOutSchemas: p.Options.Tables.ExcludeSchemas, Roles: p.Roles}
	root := make(map[analyze.Name]*analyze.Name, len(p.Tables))
	for _, t := range p.Tables {
		root[t.Name] = t.Root
		switch {
		case t.Handling == planner.LeftOut:
			v.LeftOut = append(v.LeftOut, t.Name)
		case t.Handling.Copied():
			v.Tables = append(v.Tables, t.Name)
		}
	}
	v.LeftOut = append(v.LeftOut, p.LeftOutViews...) // pg_dump's --exclude-table takes views as well
	for _, e := range p.Extensions {
		if e.Create {
			v.Extensions = append(v.Extensions, e)
		}
	}
	for _, r := range p.Roles {
		if r.Login {
			v.Logins = append(v.Logins, r.Name)
		}
		for _, of := range r.MemberOf {
			m, err := membershipOf(r.Name, of, r.MemberOptions[of])
			if err != nil {
				return nil, err
			}
			v.Members = append(v.Members, m)
		}
		for _, pair := range r.Settings {
			s, err := roleSetting(r.Name, pair)
			if err != nil {
				return nil, err
			}
			v.Settings = append(v.Settings, s)
		}
	}
	// A parent's NOT NULL goes before its children's: it takes theirs with it, and theirs alone would be refused.
	for i, n := range p.Relaxed {
		v.Relaxed = append(v.Relaxed, relaxed{n, planner.NotNullCheck(i)})
	}
	slices.SortStableFunc(v.Relaxed, func(x, y relaxed) int {
		below := func(n relaxed) int {
			if root[n.Table] != nil {
				return 1
			}
			return 0
		}
		return below(x) - below(y)
	})
	out := []Artifact{
		{
			Path: "30-target/31-roles.sql", Mode: 0o644, On: OnTarget, Step: true,
			Title: "Create the roles of the source, without passwords and without the right to log in",
			Fails: "it is one transaction: nothing is left of it",
			Rerun: "changes no role that is there, grants what is missing", Undo: "DROP ROLE, before the schema is restored",
		},
		{
			Path: "30-target/32-schema.sh", Mode: 0o755, On: OnTarget, Step: true,
			Title:   "Restore the schema before data: tables without indexes, constraints and triggers",
			Needs:   "an empty database on the target, and 31-roles.sql",
			Rerun:   "says that the target has the schema already; one that failed has left nothing",
			Undo:    "drop the database and create it again",
			Minutes: "seconds to minutes",
			Fails:   "nothing is on the target; predata.sql beside state.json has the statement, often one that needs an extension, a role or a right",
		},
		{
			Path: "30-target/33-relax.sql", Mode: 0o644, On: OnTarget, Step: true,
			Title: "Drop the NOT NULLs that changes with large values would violate",
			Fails: "it is one transaction: nothing is left of it",
			Needs: "32-schema.sh", Rerun: "does nothing", Undo: "70-cutover/74-constraints.sh",
		},
	}
	if full(p) {
		if p.Options.Emptied() {
			out[1].Title, out[1].Usage = "Take away from the promoted replica what would stop the load, after writing down how to put it back", []string{"--existing"}
			out[1].Needs = "20-aurora/23-promote.sh"
		}
		own, err := fullTarget(p)
		if err != nil {
			return nil, err
		}
		filled, err := fillAll(p, out, func(a Artifact) any {
			v.Guard, v.Head = guardOf(p, a), headOf(a)
			return v
		})
		return append(filled, own...), err
	}
	if native(p) { // rows come whole, and an apply worker inserts what it is sent
		out = out[:2]
	}
	return fillAll(p, out, func(a Artifact) any {
		v.Guard, v.Head = guardOf(p, a), headOf(a)
		return v
	})
}
