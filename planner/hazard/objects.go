package hazard

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"github.com/pgcutover/pgcutover/analyze"
)

func sequenceRules() []Rule {
	return []Rule{
		{
			Code: "SQ101", Title: "sequence without room for the margin", Severity: Error, Since: "0.1", Needs: []string{"sequence value", "sequence values"},
			Why: "At the cutover each sequence is set some steps beyond the source's last value. One that is so close to its end cannot be, and would soon refuse to give values anyway.",
			Fix: "make the sequence larger (ALTER SEQUENCE … AS bigint MAXVALUE …, and the column with it), or lower cutover.sequence_margin",
			Find: func(f Facts) []Finding {
				return sequences(f, func(s analyze.Sequence) []Finding {
					if s.LastValue == nil || s.Cycle {
						return nil
					}
					left, margin := stepsLeft(s), f.Figures.SequenceMargin
					if left >= float64(margin) {
						return nil
					}
					return about(s.Name.String(), "", "Last value %d of %d: %.0f steps are left, the margin is %d.", *s.LastValue, end(s), left, margin)
				})
			},
		},
		{
			Code: "SQ102", Title: "sequence whose value cannot be read", Severity: Warning, Since: "0.1",
			Why: "Nobody can say how far the sequence is from its end, and the role that reads it at the cutover may not be able to either.",
			Fix: "GRANT SELECT ON SEQUENCE … to the reading role",
			Find: func(f Facts) []Finding {
				return sequences(f, func(s analyze.Sequence) []Finding {
					if s.LastValue != nil {
						return nil
					}
					return about(s.Name.String(), "GRANT SELECT ON SEQUENCE "+s.Name.SQL()+" TO "+analyze.Ident(f.Inventory.Server.User), "Its last value is not known.")
				})
			},
		},
		{
			Code: "SQ103", Title: "sequence near its end", Severity: Warning, Since: "0.1",
			Why: "A sequence that has used more than four fifths of its values will end in the new database. The migration is a good moment to widen it, or the worst to find out.",
			Fix: "ALTER SEQUENCE … AS bigint, with its column; before the migration begins, because it is DDL",
			Find: func(f Facts) []Finding {
				return sequences(f, func(s analyze.Sequence) []Finding {
					if s.LastValue == nil || s.Cycle {
						return nil
					}
					used := usedShare(s)
					if used < 0.8 || stepsLeft(s) < float64(f.Figures.SequenceMargin) { // the latter is SQ101
						return nil
					}
					return about(s.Name.String(), "", "%.0f %% of its values are used: last value %d of %d.", used*100, *s.LastValue, end(s))
				})
			},
		},
		{
			Code: "SQ104", Title: "sequence that outgrows its column", Severity: Warning, Since: "0.1",
			Why: "The sequence still has values, but the column that takes them is an integer or a smallint, and will be full first.",
			Fix: "widen the column to bigint before the migration",
			Find: func(f Facts) []Finding {
				return sequences(f, func(s analyze.Sequence) []Finding {
					if s.LastValue == nil || s.OwnedBy == nil {
						return nil
					}
					limit := map[string]int64{"int2": math.MaxInt16, "int4": math.MaxInt32}[columnType(f, *s.OwnedBy)]
					if limit == 0 || s.Maximum <= limit || float64(*s.LastValue) < 0.8*float64(limit) {
						return nil
					}
					return about(s.Name.String(), "", "Last value %d; %s.%s holds up to %d.", *s.LastValue, s.OwnedBy.Table, analyze.Display(s.OwnedBy.Column), limit)
				})
			},
		},
		{
			Code: "SQ105", Title: "sequence that cycles", Severity: Note, Since: "0.1",
			Why: "After its end the sequence begins anew, so \"the target's value is beyond the source's\" means little, and the margin may wrap around.",
			Fix: "look at the value by hand at the cutover",
			Find: func(f Facts) []Finding {
				return sequences(f, func(s analyze.Sequence) []Finding {
					if !s.Cycle {
						return nil
					}
					return about(s.Name.String(), "", "CYCLE is set.")
				})
			},
		},
	}
}

func sequences(f Facts, fn func(analyze.Sequence) []Finding) []Finding {
	var out []Finding
	for _, s := range f.Inventory.Sequences {
		if s.Extension != "" || s.Name.Schema == "pgcutover" || s.Name.Schema == "pglogical" || s.OwnedBy != nil && !f.present(s.OwnedBy.Table) {
			continue
		}
		out = append(out, fn(s)...)
	}
	return out
}

func end(s analyze.Sequence) int64 {
	if s.Increment < 0 {
		return s.Minimum
	}
	return s.Maximum
}

// stepsLeft counts in floating point: the distance of two bigints may not fit one.
func stepsLeft(s analyze.Sequence) float64 {
	if s.Increment == 0 {
		return math.Inf(1)
	}
	return math.Floor((float64(end(s)) - float64(*s.LastValue)) / float64(s.Increment))
}

func usedShare(s analyze.Sequence) float64 {
	all := math.Abs(float64(s.Maximum) - float64(s.Minimum))
	if all == 0 {
		return 1
	}
	return 1 - math.Abs(float64(end(s))-float64(*s.LastValue))/all
}

func columnType(f Facts, ref analyze.ColumnRef) string {
	for i := range f.Inventory.Tables {
		t := &f.Inventory.Tables[i]
		if t.Name != ref.Table {
			continue
		}
		for _, c := range t.Columns {
			if c.Name == ref.Column {
				return c.BaseType
			}
		}
	}
	return ""
}

func constraintRules() []Rule {
	return []Rule{
		{
			Code: "TR101", Title: "constraint that was never validated", Severity: Note, Since: "0.1",
			Why: "NOT VALID means that rows may break the rule. The target gets the constraint as it is, NOT VALID too.",
			Fix: "find the rows, and ALTER TABLE … VALIDATE CONSTRAINT on the source, before or after",
			Find: func(f Facts) []Finding {
				return f.tables(func(t *analyze.Table, _ Fate) []Finding {
					var names []string
					for _, c := range t.Constraints {
						if !c.Validated && !c.Inherited {
							names = append(names, analyze.Display(c.Name))
						}
					}
					if len(names) == 0 {
						return nil
					}
					return one(t, "", "Not validated: %s.", some(names))
				})
			},
		},
		{
			Code: "TR102", Title: "foreign key to a table that is left out", Severity: Warning, Since: "0.1",
			Why: "The referenced table will not be on the target, so the foreign key cannot be.",
			Fix: "take the referenced table in, or live without the foreign key",
			Find: func(f Facts) []Finding {
				return f.tables(func(t *analyze.Table, _ Fate) []Finding {
					var out []Finding
					for _, c := range t.Constraints {
						if c.Kind == analyze.ForeignKey && !c.Inherited && c.References != nil && !f.present(*c.References) {
							out = append(out, one(t, "", "%s refers to %s, which is left out.", analyze.Display(c.Name), *c.References)...)
						}
					}
					return out[:min(len(out), 1)]
				})
			},
		},
		{
			Code: "TR103", Title: "foreign key of a partitioned table", Severity: Warning, Since: "0.1",
			Why: "Before version 18 it cannot be added NOT VALID and validated afterwards: one statement adds it and reads every partition, inside the downtime, under a lock that stops writes to both tables.",
			Fix: "rehearse how long it takes, or move to version 18",
			Find: func(f Facts) []Finding {
				if f.Target.VersionNum >= 180000 {
					return nil
				}
				return f.tables(func(t *analyze.Table, _ Fate) []Finding {
					var names []string
					for _, c := range t.Constraints {
						if t.Kind == analyze.Partitioned && c.Kind == analyze.ForeignKey && !c.Inherited {
							names = append(names, analyze.Display(c.Name))
						}
					}
					if len(names) == 0 {
						return nil
					}
					return one(t, "", "Checked at the cutover in one go: %s.", some(names))
				})
			},
		},
		{
			Code: "TR104", Title: "event triggers", Severity: Warning, Since: "0.1",
			Why: "Event triggers belong to no schema and need a superuser (on RDS a member of rds_superuser, for some events). They would also fire for the migration's own statements.",
			Fix: "create them on the target after the cutover, as the runbook says",
			Find: func(f Facts) []Finding {
				var names []string
				for _, e := range f.Inventory.EventTriggers {
					if !strings.HasPrefix(e.Name, "awsdms_") && e.Function.Schema != "pglogical" {
						names = append(names, analyze.Display(e.Name))
					}
				}
				if len(names) == 0 {
					return nil
				}
				return about("database", "", "%s: %s.", analyze.Count(len(names), "event trigger"), some(names))
			},
		},
		{
			Code: "TR105", Title: "constraint built under an exclusive lock", Severity: Note, Since: "0.1",
			Why: "An exclusion constraint, or a key WITHOUT OVERLAPS, cannot take over an index built before; the statement that adds it builds the index itself and locks the table for that time. On the target nobody is there to wait, but other work on that table does.",
			Fix: "nothing to do",
			Find: func(f Facts) []Finding {
				return f.tables(func(t *analyze.Table, _ Fate) []Finding {
					var names []string
					for _, c := range t.Constraints {
						if c.Kind == analyze.Exclusion || strings.Contains(c.Definition, "WITHOUT OVERLAPS") {
							names = append(names, analyze.Display(c.Name))
						}
					}
					if len(names) == 0 {
						return nil
					}
					return one(t, "", "Added by definition: %s.", some(names))
				})
			},
		},
		{
			Code: "TR106", Title: "trigger that fires for replicated changes", Severity: Warning, Since: "0.1",
			Why: "A trigger enabled ALWAYS or REPLICA fires even where session_replication_role keeps the others quiet: on the target it would do a second time what it did on the source. It is kept off the target until the cutover.",
			Fix: "make sure that nobody creates it before; it comes back from the schema dump",
			Find: func(f Facts) []Finding {
				return f.tables(func(t *analyze.Table, _ Fate) []Finding {
					var names []string
					for _, g := range t.Triggers {
						if g.Enabled == "always" || g.Enabled == "replica" {
							names = append(names, analyze.Display(g.Name))
						}
					}
					if len(names) == 0 {
						return nil
					}
					return one(t, "", "Enabled beyond origin: %s.", some(names))
				})
			},
		},
	}
}

func extensionRules() []Rule {
	return []Rule{
		{
			Code: "EX101", Title: "extension that the target does not offer", Severity: Error, Since: "0.1", Needs: []string{"target: extensions"},
			Why: "Types, functions and operators of the extension are missing, so tables and indexes that use them cannot be created.",
			Fix: "install the extension on the target's host; on RDS see the list of supported extensions; or remove what uses it",
			Find: func(f Facts) []Finding {
				return extensions(f, func(e analyze.Extension, available string) []Finding {
					if available != "" {
						return nil
					}
					return about("extension "+analyze.Display(e.Name), "", "Version %s on the source, none on the target.", e.Version)
				})
			},
		},
		{
			Code: "EX102", Title: "extension of another version", Severity: Warning, Since: "0.1",
			Why: "The target creates its own version. Functions may have changed their results, and an index on them then differs.",
			Fix: "read the extension's release notes between the versions",
			Find: func(f Facts) []Finding {
				return extensions(f, func(e analyze.Extension, available string) []Finding {
					if available == "" || available == e.Version {
						return nil
					}
					return about("extension "+analyze.Display(e.Name), "", "Version %s on the source, %s on the target.", e.Version, available)
				})
			},
		},
		{
			Code: "EX103", Title: "pglogical is not installed on the source", Severity: Warning, Since: "0.1", Needs: []string{"pglogical"},
			Why: "The slots decode through pglogical's output plugin, and its replication sets say what goes where.",
			Fix: "install the package of the source's version (postgresql-NN-pglogical) from a signed repository, preload it, and restart; 10-source/15-node.sql creates the extension",
			Find: func(f Facts) []Finding {
				if f.Inventory.Replication.Pglogical != nil || len(f.Groups) == 0 || slices.ContainsFunc(f.Inventory.Extensions, func(e analyze.Extension) bool { return e.Name == "pglogical" }) {
					return nil
				}
				return about("server", "", "The extension is not in this database.")
			},
		},
		{
			Code: "EX104", Title: "pglogical preloaded on the target", Severity: Warning, Since: "0.1",
			Why: "The target does not need it. From version 15 on its supervisor can hang DROP DATABASE and everything else that waits for all processes.",
			Fix: "take pglogical out of the target's shared_preload_libraries, unless the way back needs it",
			Find: func(f Facts) []Finding {
				if f.Inventory.Target == nil {
					return nil
				}
				v, _ := valueOf(f.Inventory.Target.Settings, "shared_preload_libraries")
				if !strings.Contains(v, "pglogical") {
					return nil
				}
				return about("target", "", "shared_preload_libraries is %s.", v)
			},
		},
		{
			Code: "EX105", Title: "functions in C outside extensions", Severity: Error, Since: "0.1",
			Why: "A C function needs its library on the server's disk. A managed server has no place for one, elsewhere somebody has to put it there; the schema cannot be created before.",
			Fix: "replace the functions, or install their library on a target that allows it and accept",
			Find: func(f Facts) []Finding {
				var names []string
				for _, n := range f.Inventory.Objects.CFunctions {
					if n.Schema != "pglogical" && n.Schema != "pgcutover" {
						names = append(names, n.String())
					}
				}
				if len(names) == 0 {
					return nil
				}
				return about("database", "", "%s: %s.", analyze.Count(len(names), "function"), some(names))
			},
		},
		{
			Code: "EX106", Title: "untrusted languages on a managed target", Severity: Error, Since: "0.1",
			Why: "RDS and Aurora offer no untrusted procedural language; functions in one cannot be created.",
			Fix: "rewrite the functions in a trusted language",
			Find: func(f Facts) []Finding {
				if f.Target.Managed == "" {
					return nil
				}
				var names []string
				for _, l := range f.Inventory.Objects.Languages {
					if !l.Trusted {
						names = append(names, analyze.Display(l.Name))
					}
				}
				if len(names) == 0 {
					return nil
				}
				return about("database", "", "Untrusted: %s.", some(names))
			},
		},
		{
			Code: "EX107", Title: "rows in an extension's tables", Severity: Warning, Since: "0.1",
			Why: "Tables of an extension come with CREATE EXTENSION and are neither copied nor replicated. Rows that somebody added to them (jobs, settings, own reference systems) stay behind.",
			Fix: "compare them by hand after CREATE EXTENSION and copy what is yours",
			Find: func(f Facts) []Finding {
				byExtension := map[string][]string{}
				for _, t := range f.Inventory.Tables {
					if t.Extension != "" && !strings.HasPrefix(t.Extension, "pglogical") && t.EstimatedRows != nil && *t.EstimatedRows > 0 {
						byExtension[t.Extension] = append(byExtension[t.Extension], fmt.Sprintf("%s (about %d rows)", t.Name, *t.EstimatedRows))
					}
				}
				var out []Finding
				for _, e := range slices.Sorted(maps.Keys(byExtension)) {
					out = append(out, about("extension "+analyze.Display(e), "", "%s.", some(byExtension[e]))...)
				}
				return out
			},
		},
		{
			Code: "EX108", Title: "foreign servers", Severity: Warning, Since: "0.1",
			Why: "Definitions of foreign servers travel with the schema; their passwords do not, and the target may not reach their addresses.",
			Fix: "create the user mappings on the target by hand, and check the network from there",
			Find: func(f Facts) []Finding {
				if len(f.Inventory.Objects.ForeignServers) == 0 {
					return nil
				}
				return about("database", "", "%s.", some(f.Inventory.Objects.ForeignServers))
			},
		},
		{
			Code: "EX109", Title: "extension that keeps data behind its own catalog", Severity: Error, Since: "0.1",
			Why: "The extension spreads rows over tables that its own catalog manages. Copying tables one by one does not give a working whole.",
			Fix: "move such tables by the extension's own means, and exclude them here",
			Find: func(f Facts) []Finding {
				var out []Finding
				for _, e := range f.Inventory.Extensions {
					if slices.Contains([]string{"timescaledb", "citus", "pipelinedb", "age"}, e.Name) {
						out = append(out, about("extension "+e.Name, "", "Version %s is installed.", e.Version)...)
					}
				}
				return out
			},
		},
	}
}

// extensions calls fn for every extension that the target has to have, with the version that it offers; not without a target.
func extensions(f Facts, fn func(e analyze.Extension, available string) []Finding) []Finding {
	t := f.Inventory.Target
	if t == nil {
		return nil
	}
	var out []Finding
	for _, e := range f.Inventory.Extensions {
		if e.Name == "plpgsql" || e.Name == "pglogical" || e.Name == "pglogical_origin" {
			continue
		}
		version := ""
		for _, list := range [][]analyze.Extension{t.Available, t.Extensions} { // an installed one counts more
			for _, x := range list {
				if x.Name == e.Name {
					version = x.Version
				}
			}
		}
		out = append(out, fn(e, version)...)
	}
	return out
}

func roleRules() []Rule {
	return []Rule{
		{
			Code: "RL101", Title: "role attributes that the target does not get", Severity: Warning, Since: "0.1",
			Why: "Nobody but a superuser can make one, and a managed server has no superuser for its users; neither REPLICATION nor BYPASSRLS can be given there.",
			Fix: "grant what takes their place: rds_superuser, rds_replication; see whether the application needs it at all",
			Find: func(f Facts) []Finding {
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
			Code: "RL102", Title: "row-level security", Severity: Warning, Since: "0.1",
			Why: "A role that a policy applies to reads fewer rows than there are. The load and the checks turn row_security off, so that this is an error and not a smaller copy; the roles that load, apply and compare must be exempt.",
			Fix: "use the tables' owner, or a role with BYPASSRLS, on the replica and on the target",
			Find: func(f Facts) []Finding {
				return f.copied(func(t *analyze.Table, _ Fate) []Finding {
					if !t.RowSecurity || t.ForceRowSecurity && f.Target.Managed != "" {
						return nil
					}
					return one(t, "", "Row-level security is on.")
				})
			},
		},
		{
			Code: "RL103", Title: "forced row-level security on a managed target", Severity: Error, Since: "0.1",
			Why: "FORCE ROW LEVEL SECURITY applies policies to the owner too, and a managed server has no role with BYPASSRLS to give: nobody could load or compare the table.",
			Fix: "on the target, until the cutover: ALTER TABLE … NO FORCE ROW LEVEL SECURITY; then accept",
			Find: func(f Facts) []Finding {
				return f.copied(func(t *analyze.Table, _ Fate) []Finding {
					if !t.ForceRowSecurity || f.Target.Managed == "" {
						return nil
					}
					return one(t, "on the target, until the cutover: ALTER TABLE "+t.Name.SQL()+" NO FORCE ROW LEVEL SECURITY; then accept", "Row-level security is forced.")
				})
			},
		},
		{
			Code: "RL104", Title: "table that the role may not read", Severity: Error, Since: "0.1", Needs: []string{"rows"},
			Why: "The role that took the inventory cannot read the table. Neither statistics nor LOB sizes are known, and a load by that role would fail.",
			Fix: "GRANT SELECT on all tables to the role, or analyze with another",
			Find: func(f Facts) []Finding {
				return f.copied(func(t *analyze.Table, _ Fate) []Finding {
					if t.Readable {
						return nil
					}
					return one(t, "GRANT SELECT ON "+t.Name.SQL()+" TO "+analyze.Ident(f.Inventory.Server.User), "%s may not read every column of it.", analyze.Display(f.Inventory.Server.User))
				})
			},
		},
		{
			Code: "RL105", Title: "schema that the role may not use", Severity: Error, Since: "0.1", Needs: []string{"schema"},
			Why: "Without USAGE on a schema nothing in it can be read or dumped.",
			Fix: "GRANT USAGE ON SCHEMA … to the role; or exclude the schema",
			Find: func(f Facts) []Finding {
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
	}
}
