package planner

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/pgcutover/pgcutover/analyze"
)

// schemas are those whose contents are dumped and compared.
func (b *builder) schemas() []string {
	var out []string
	for _, s := range b.inv.Schemas {
		if NeverPlanned(s.Name) || s.Extension != "" || slices.Contains(b.opt.Tables.ExcludeSchemas, s.Name) {
			continue
		}
		out = append(out, s.Name)
	}
	return out
}

func (b *builder) sequences() []Sequence {
	var out []Sequence
	for _, s := range b.inv.Sequences {
		if NeverPlanned(s.Name.Schema) || s.Extension != "" || slices.Contains(b.opt.Tables.ExcludeSchemas, s.Name.Schema) {
			continue
		}
		if s.OwnedBy != nil && !b.present(s.OwnedBy.Table) {
			continue
		}
		out = append(out, Sequence{
			Name: s.Name, OwnedBy: s.OwnedBy, Increment: s.Increment, Minimum: s.Minimum, Maximum: s.Maximum, Cycle: s.Cycle,
			Margin: b.opt.Cutover.SequenceMargin,
		})
	}
	return out
}

// ofReplication names the extensions that serve the move itself or that every database has.
func ofReplication(extension string) bool {
	return extension == "pglogical" || extension == "pglogical_origin"
}

func (b *builder) extensions() []Extension {
	var out []Extension
	for _, e := range b.inv.Extensions {
		if e.Name == "plpgsql" {
			continue
		}
		x := Extension{Name: e.Name, Version: e.Version, Schema: e.Schema, Create: true}
		switch {
		case b.isPhysical():
			x.Create = false
			x.Reason = "Comes along as it is. Whether Aurora has its library, in a version that fits, is looked at on the replica."
		case ofReplication(e.Name):
			x.Create = false
			x.Reason = "Serves replication on the source; the target does not need it."
		case b.inv.Target == nil:
			x.Reason = "Used on the source; whether the target has it was not looked at."
		default:
			same := func(o analyze.Extension) bool { return o.Name == e.Name }
			if i := slices.IndexFunc(b.inv.Target.Available, same); i >= 0 {
				x.Target = b.inv.Target.Available[i].Version
			}
			x.Reason = "Used on the source."
			if x.Target == "" {
				x.Reason = "Used on the source, and the target does not offer it."
			} else if x.Target != e.Version {
				x.Reason = fmt.Sprintf("Used on the source; the target has version %s.", x.Target)
			}
			if i := slices.IndexFunc(b.inv.Target.Extensions, same); i >= 0 {
				x.Create = false
				x.Target = b.inv.Target.Extensions[i].Version
				x.Reason = "Installed on the target already."
			}
		}
		out = append(out, x)
	}
	return out
}

// predefined reports roles that a server brings with it.
func predefined(name string) bool {
	switch name {
	case "postgres", "rdsadmin", "rdsproxyadmin", "rdsrepladmin", "rdstopmgr", "rdswriteforwarduser":
		return true
	}
	return strings.HasPrefix(name, "pg_") || strings.HasPrefix(name, "rds_")
}

// roleSettings are what holds for a role in this database: what is set for both comes before what is set for the role
// everywhere. Sorted.
func (b *builder) roleSettings(role string) []string {
	value := map[string]string{}
	for _, database := range []string{"", b.inv.Database.Name} {
		for _, s := range b.inv.Database.RoleSettings {
			if s.Role != role || s.Database != database {
				continue
			}
			for _, pair := range s.Settings {
				name, _, _ := strings.Cut(pair, "=")
				value[strings.ToLower(name)] = pair
			}
		}
	}
	return slices.Sorted(maps.Values(value))
}

// memberOptions are the options of a membership where they are not the defaults. From 16 on each membership says whether rights are
// inherited and the role may be set; the default of the former is the member's own INHERIT.
func memberOptions(r analyze.Role, m analyze.Membership) []string {
	word := func(name string, on bool) string { return name + " " + strings.ToUpper(fmt.Sprint(on)) }
	switch {
	case m.Inherit == nil || m.Set == nil:
		if m.Admin {
			return []string{"ADMIN OPTION"}
		}
		return nil
	case !m.Admin && *m.Inherit == r.Inherit && *m.Set:
		return nil
	}
	return []string{word("ADMIN", m.Admin), word("INHERIT", *m.Inherit), word("SET", *m.Set)}
}

func (b *builder) roles() []Role {
	if b.isPhysical() {
		return nil
	}
	target := b.target()
	var out []Role
	for _, r := range b.inv.Roles {
		if predefined(r.Name) || r.Name == "pgcutover_cdc" {
			continue
		}
		p := Role{Name: r.Name, Login: r.Login}
		give := func(have bool, word string) {
			if have {
				p.Attributes = append(p.Attributes, word)
			}
		}
		// Only a superuser can hand these out, and managed servers have none to offer.
		withheld := func(have bool, word string, superuserOnly bool) {
			switch {
			case !have:
			case superuserOnly || target.Managed != "":
				p.Dropped = append(p.Dropped, word)
			default:
				p.Attributes = append(p.Attributes, word)
			}
		}
		give(r.CreateDB, "CREATEDB")
		give(r.CreateRole, "CREATEROLE")
		give(r.Inherit, "INHERIT")
		give(!r.Inherit, "NOINHERIT")
		if r.ConnLimit >= 0 {
			give(true, fmt.Sprintf("CONNECTION LIMIT %d", r.ConnLimit))
		}
		withheld(r.Superuser, "SUPERUSER", true)
		withheld(r.Replication, "REPLICATION", false)
		withheld(r.BypassRLS, "BYPASSRLS", false)
		if r.ValidUntil != "" {
			p.Dropped = append(p.Dropped, "VALID UNTIL "+r.ValidUntil) // goes with the password, which does not travel
		}
		for _, m := range r.MemberOf {
			if !strings.HasPrefix(m.Role, "pg_") && predefined(m.Role) {
				p.Dropped = append(p.Dropped, "member of "+m.Role)
				continue
			}
			p.MemberOf = append(p.MemberOf, m.Role)
			if options := memberOptions(r, m); options != nil {
				if p.MemberOptions == nil {
					p.MemberOptions = map[string][]string{}
				}
				p.MemberOptions[m.Role] = options
			}
		}
		p.Settings = b.roleSettings(r.Name)
		var why []string
		for _, c := range []struct {
			holds bool
			text  string
		}{{r.Owner, "owns objects"}, {r.Grantee, "has privileges"}, {r.Login, "may log in"}} {
			if c.holds {
				why = append(why, c.text)
			}
		}
		p.Reason = cmp.Or(strings.Join(why, ", "), "another role is a member of it")
		if b.inv.Target != nil && slices.Contains(b.inv.Target.Roles, r.Name) {
			p.Reason += "; exists on the target"
		}
		p.Reason = analyze.Capital(p.Reason) + "."
		out = append(out, p)
	}
	return out
}
