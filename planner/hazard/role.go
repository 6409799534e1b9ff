package hazard

import (
	"fmt"
	"strings"

	"github.com/pgcutover/pgcutover/analyze"
)

// roleRules are about who may do what.
func roleRules() []Rule {
	return []Rule{
		{
			Code: "RL101", Engines: Logical, Title: "role attributes that the target does not get", Severity: Warning, Since: "0.1",
			Why: "Nobody but a superuser can make one, and a managed server has no superuser for its users; neither REPLICATION nor BYPASSRLS can be given there.",
			Fix: "grant what takes their place: rds_superuser, rds_replication; see whether the application needs it at all",
			Find: func(f *Facts) []Finding {
				var out []Finding
				for _, r := range f.Inventory.Roles {
					var lost []string
					if r.Superuser {
						lost = append(lost, "SUPERUSER")
					}
					if f.Target.Managed != "" && r.Replication {
						lost = append(lost, "REPLICATION")
					}
					if f.Target.Managed != "" && r.BypassRLS {
						lost = append(lost, "BYPASSRLS")
					}
					if len(lost) > 0 && r.Name != "postgres" && !strings.HasPrefix(r.Name, "rds") {
						out = append(out, about("role "+analyze.Display(r.Name), "", "Has %s on the source.", strings.Join(lost, ", "))...)
					}
				}
				return out
			},
		},
		{
			Code: "RL102", Engines: Logical, Title: "row-level security", Severity: Warning, Since: "0.1",
			Why: "A role that a policy applies to reads fewer rows than there are. The load and the checks turn row_security off, so that this is an error and not a smaller copy; the roles that load, apply and compare must be exempt.",
			Fix: "use the tables' owner, or a role with BYPASSRLS, on the replica and on the target",
			Copied: func(f *Facts, t *analyze.Table, _ Fate) []Finding {
				if !t.RowSecurity || t.ForceRowSecurity && f.Target.Managed != "" {
					return nil
				}
				return one(t, "", "Row-level security is on.")
			},
		},
		{
			Code: "RL103", Engines: Logical, Title: "forced row-level security on a managed target", Severity: Warning, Since: "0.1",
			Why: "FORCE ROW LEVEL SECURITY applies policies to the owner too, and a managed server has no role with BYPASSRLS to give. Policies wait for the cutover, so load and apply are not touched; from then on nobody can compare the whole table.",
			Fix: "compare before the cutover is over; later: ALTER TABLE … NO FORCE ROW LEVEL SECURITY for the time of the comparison",
			Copied: func(f *Facts, t *analyze.Table, _ Fate) []Finding {
				if !t.ForceRowSecurity || f.Target.Managed == "" {
					return nil
				}
				return one(t, "later, to compare: ALTER TABLE "+t.Name.SQL()+" NO FORCE ROW LEVEL SECURITY", "Row-level security is forced.")
			},
		},
		{
			Code: "RL104", Title: "table that the role may not read", Severity: Error, Since: "0.1", Needs: []string{"rows"},
			Why: "The role that took the inventory cannot read the table. Neither statistics nor LOB sizes are known, and a load by that role would fail.",
			Fix: "GRANT SELECT on all tables to the role, or analyze with another",
			Copied: func(f *Facts, t *analyze.Table, _ Fate) []Finding {
				if t.Readable {
					return nil
				}
				return one(t, "GRANT SELECT ON "+t.Name.SQL()+" TO "+analyze.Ident(f.Inventory.Server.User), "%s may not read every column of it.", analyze.Display(f.Inventory.Server.User))
			},
		},
		{
			Code: "RL105", Engines: Logical, Title: "schema that the role may not use", Severity: Error, Since: "0.1", Needs: []string{"schema"},
			Why: "Without USAGE on a schema nothing in it can be read or dumped.",
			Fix: "GRANT USAGE ON SCHEMA … to the role; or exclude the schema",
			Find: func(f *Facts) []Finding {
				used := map[string]bool{}
				for n, fate := range f.Fates {
					used[n.Schema] = used[n.Schema] || fate.Present
				}
				var out []Finding
				for _, s := range f.Inventory.Schemas {
					if !s.Usage && used[s.Name] {
						out = append(out, about("schema "+analyze.Display(s.Name), "GRANT USAGE ON SCHEMA "+analyze.Ident(s.Name)+" TO "+analyze.Ident(f.Inventory.Server.User), "%s has no USAGE on it.", analyze.Display(f.Inventory.Server.User))...)
					}
				}
				return out
			},
		},
		{
			Code: "RL106", Engines: Logical, Title: "privileges on the database", Severity: Warning, Since: "0.1",
			Why: "GRANT and REVOKE ON DATABASE are not part of a schema dump. On the target the defaults hold: PUBLIC may connect and create temporary tables, nobody else has more.",
			Fix: "repeat them on the target: \\l shows them on the source",
			Find: func(f *Facts) []Finding {
				var sql []string
				public := map[string]bool{}
				name := analyze.Ident(f.Inventory.Database.Name)
				for _, p := range f.Inventory.Database.Privileges {
					switch {
					case p.Grantee == "" && (p.Privilege == "CONNECT" || p.Privilege == "TEMPORARY"):
						public[p.Privilege] = true
						continue
					case p.Grantee == "":
						sql = append(sql, fmt.Sprintf("GRANT %s ON DATABASE %s TO PUBLIC", p.Privilege, name))
						continue
					}
					grant := fmt.Sprintf("GRANT %s ON DATABASE %s TO %s", p.Privilege, name, analyze.Ident(p.Grantee))
					if p.Grantable {
						grant += " WITH GRANT OPTION"
					}
					sql = append(sql, grant)
				}
				if len(f.Inventory.Database.Privileges) > 0 {
					for _, p := range []string{"CONNECT", "TEMPORARY"} {
						if !public[p] {
							sql = append(sql, fmt.Sprintf("REVOKE %s ON DATABASE %s FROM PUBLIC", p, name))
						}
					}
				}
				if len(sql) == 0 {
					return nil
				}
				return about("database", "on the target: "+strings.Join(sql, "; "), "%s differ from the defaults.", analyze.Count(len(sql), "privilege"))
			},
		},
		{
			Code: "RL107", Engines: Logical, Title: "forced row-level security on a managed source", Severity: Error, Since: "0.1",
			Why: "FORCE ROW LEVEL SECURITY applies policies to the owner too, and a managed server has no role with BYPASSRLS to give: nobody can read all rows, so the load, which insists on all of them, fails.",
			Fix: "ALTER TABLE … NO FORCE ROW LEVEL SECURITY on the source until the load has ended, and read as the owner",
			Copied: func(f *Facts, t *analyze.Table, _ Fate) []Finding {
				if !t.ForceRowSecurity || !t.RowSecurity || f.Inventory.Server.Managed == "" {
					return nil
				}
				return one(t, "ALTER TABLE "+t.Name.SQL()+" NO FORCE ROW LEVEL SECURITY on the source until the load has ended, and read as the owner", "Row-level security is forced.")
			},
		},
		{
			Code: "RL108", Engines: Logical, Title: "privileges on settings", Severity: Note, Since: "0.1",
			Why:      "GRANT SET or ALTER SYSTEM ON PARAMETER belongs to the cluster, not to the database, so no schema dump has it.",
			Fix:      "repeat on the target what the application needs there: \\dconfig+ shows them",
			Versions: Versions{Source: Majors{From: 1500}},
			Find: func(f *Facts) []Finding {
				if f.Inventory.Objects.ParameterPrivileges == 0 {
					return nil
				}
				return about("server", "", "%s with privileges.", analyze.Count(f.Inventory.Objects.ParameterPrivileges, "setting"))
			},
		},
		{
			Code: "RL109", Engines: Logical, Title: "security labels", Severity: Warning, Since: "0.1",
			Why: "Labels of a security provider (SELinux, masking of columns) are left out of the schema dump, because the target would need the same provider. What they kept from a role it can see on the target.",
			Fix: "set the provider and its labels up on the target before the application moves",
			Find: func(f *Facts) []Finding {
				if len(f.Inventory.Objects.SecurityLabels) == 0 {
					return nil
				}
				return about("database", "", "Of %s.", some(f.Inventory.Objects.SecurityLabels))
			},
		},
	}
}
