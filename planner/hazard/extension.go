package hazard

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/pgcutover/pgcutover/analyze"
)

// extensionRules are about what the target has to offer before the schema can be created.
func extensionRules() []Rule {
	return []Rule{
		{
			Code: "EX101", Engines: Logical, Title: "extension that the target does not offer", Severity: Error, Since: "0.1", Needs: []string{"target: extensions"},
			Why: "Types, functions and operators of the extension are missing, so tables and indexes that use them cannot be created.",
			Fix: "install the extension on the target's host; on RDS see the list of supported extensions; or remove what uses it",
			Find: func(f *Facts) []Finding {
				return extensions(f, func(e analyze.Extension, available string) []Finding {
					if available != "" {
						return nil
					}
					return about("extension "+analyze.Display(e.Name), "", "Version %s on the source, none on the target.", e.Version)
				})
			},
		},
		{
			Code: "EX102", Engines: Logical, Title: "extension of another version", Severity: Warning, Since: "0.1",
			Why: "The target creates its own version. Functions may have changed their results, and an index on them then differs.",
			Fix: "read the extension's release notes between the versions",
			Find: func(f *Facts) []Finding {
				return extensions(f, func(e analyze.Extension, available string) []Finding {
					if available == "" || available == e.Version {
						return nil
					}
					return about("extension "+analyze.Display(e.Name), "", "Version %s on the source, %s on the target.", e.Version, available)
				})
			},
		},
		{
			Code: "EX103", Engines: ByDMS, Title: "no pglogical in the source database", Severity: Warning, Since: "0.1", Needs: []string{"pglogical"},
			Why: "The slots decode through pglogical's output plugin, and its replication sets say what goes where.",
			Fix: "where the server does not have it, install the package of the source's version (postgresql-NN-pglogical) from a signed repository; preload it and restart (10-source/12-settings.sh); 10-source/15-node.sql creates the extension",
			Find: func(f *Facts) []Finding {
				if !f.pglogical() || f.Inventory.Replication.Pglogical != nil || len(f.Groups) == 0 || slices.ContainsFunc(f.Inventory.Extensions, func(e analyze.Extension) bool { return e.Name == "pglogical" }) {
					return nil
				}
				return about("server", "", "The extension is not in this database.")
			},
		},
		{
			Code: "EX104", Engines: Logical, Title: "pglogical preloaded on the target", Severity: Warning, Since: "0.1",
			Why: "The target does not need it. From version 15 on its supervisor can hang DROP DATABASE and everything else that waits for all processes.",
			Fix: "take pglogical out of the target's shared_preload_libraries, unless the way back needs it",
			Find: func(f *Facts) []Finding {
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
			Code: "EX105", Engines: Logical, Title: "functions in C outside extensions", Severity: Error, Since: "0.1",
			Why: "A C function needs its library on the server's disk. A managed server has no place for one, elsewhere somebody has to put it there; the schema cannot be created before.",
			Fix: "replace the functions, or install their library on a target that allows it and accept",
			Find: func(f *Facts) []Finding {
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
			Code: "EX106", Engines: Logical, Title: "untrusted languages on a managed target", Severity: Error, Since: "0.1",
			Why: "RDS and Aurora offer no untrusted procedural language; functions in one cannot be created.",
			Fix: "rewrite the functions in a trusted language",
			Find: func(f *Facts) []Finding {
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
			Code: "EX107", Engines: Logical, Title: "rows in an extension's tables", Severity: Warning, Since: "0.1",
			Why: "Tables of an extension come with CREATE EXTENSION and are neither copied nor replicated. Rows that somebody added to them (jobs, settings, own reference systems) stay behind.",
			Fix: "compare them by hand after CREATE EXTENSION and copy what is yours",
			Find: func(f *Facts) []Finding {
				byExtension := map[string][]string{}
				for i := range f.Inventory.Tables {
					t := &f.Inventory.Tables[i]
					if t.Extension == "" || strings.HasPrefix(t.Extension, "pglogical") {
						continue
					}
					bytes, known := t.Bytes()
					switch {
					case t.EstimatedRows != nil && *t.EstimatedRows > 0:
						byExtension[t.Extension] = append(byExtension[t.Extension], fmt.Sprintf("%s (about %d rows)", t.Name, *t.EstimatedRows))
					case t.EstimatedRows == nil && t.Kind == analyze.Ordinary && (bytes > 0 || !known): // never analyzed
						byExtension[t.Extension] = append(byExtension[t.Extension], fmt.Sprintf("%s (rows not counted)", t.Name))
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
			Code: "EX108", Engines: Logical, Title: "foreign servers", Severity: Warning, Since: "0.1",
			Why: "Definitions of foreign servers travel with the schema; their passwords do not, and the target may not reach their addresses.",
			Fix: "create the user mappings on the target by hand, and check the network from there",
			Find: func(f *Facts) []Finding {
				if len(f.Inventory.Objects.ForeignServers) == 0 {
					return nil
				}
				return about("database", "", "%s.", some(f.Inventory.Objects.ForeignServers))
			},
		},
		{
			Code: "EX109", Engines: Logical, Title: "extension that keeps data behind its own catalog", Severity: Error, Since: "0.1",
			Why: "The extension spreads rows over tables that its own catalog manages. Copying tables one by one does not give a working whole.",
			Fix: "move such tables by the extension's own means, and exclude them here",
			Find: func(f *Facts) []Finding {
				var out []Finding
				for _, e := range f.Inventory.Extensions {
					if slices.Contains([]string{"timescaledb", "citus", "pipelinedb", "age"}, e.Name) {
						out = append(out, about("extension "+e.Name, "", "Version %s is installed.", e.Version)...)
					}
				}
				return out
			},
		},
		{
			Code: "EX110", Engines: Logical, Title: "jobs inside the database", Severity: Warning, Since: "0.1",
			Why: "A scheduler in the database goes on during the migration: what it creates (partitions above all) or truncates does not reach the target. Its jobs do not travel with its extension; once somebody has set them up on the target, they must not run on both sides.",
			Fix: "stop the jobs that do DDL or TRUNCATE from the creation of the slots to the cutover; set the jobs up on the target at the cutover",
			Find: func(f *Facts) []Finding {
				var out []Finding
				for _, e := range f.Inventory.Extensions {
					if slices.Contains([]string{"pg_cron", "pg_partman", "pgagent", "pg_timetable", "pg_task", "jobmon", "pg_jobmon"}, e.Name) {
						out = append(out, about("extension "+e.Name, "", "Version %s is installed.", e.Version)...)
					}
				}
				for _, name := range []string{"timetable", "pgagent"} { // neither is an extension everywhere
					installed := slices.ContainsFunc(f.Inventory.Extensions, func(e analyze.Extension) bool { return strings.HasSuffix(e.Name, name) })
					if !installed && slices.ContainsFunc(f.Inventory.Schemas, func(s analyze.Schema) bool { return s.Name == name }) {
						out = append(out, about("schema "+name, "", "It looks like a scheduler's.")...)
					}
				}
				return out
			},
		},
		{
			Code: "EX111", Engines: Logical, Title: "extension in another schema on the target", Severity: Error, Since: "0.1", Needs: []string{"target: extensions"},
			Why: "Types, functions and operators are written with their schema in a dump. On a target that has the extension elsewhere, tables and indexes that use them cannot be created.",
			Fix: "on the target: ALTER EXTENSION … SET SCHEMA …, or DROP EXTENSION and let 30-target/32-schema.sh create it",
			Find: func(f *Facts) []Finding {
				if f.Inventory.Target == nil {
					return nil
				}
				var out []Finding
				for _, e := range f.Inventory.Extensions {
					if e.Name == "plpgsql" || strings.HasPrefix(e.Name, "pglogical") {
						continue
					}
					for _, x := range f.Inventory.Target.Extensions {
						if x.Name == e.Name && x.Schema != e.Schema {
							out = append(out, about("extension "+analyze.Display(e.Name), fmt.Sprintf("on the target: ALTER EXTENSION %s SET SCHEMA %s", analyze.Ident(e.Name), analyze.Ident(e.Schema)),
								"In schema %s on the source, %s on the target.", analyze.Display(e.Schema), analyze.Display(x.Schema))...)
						}
					}
				}
				return out
			},
		},
		{
			Code: "EX112", Engines: Logical, Title: "table of another access method", Severity: Error, Since: "0.1",
			Why:      "The dump creates the table with its access method, which the target has to offer; RDS and Aurora have heap alone. What is not stored as a heap may not be decoded row by row either.",
			Fix:      "move the rows into a table USING heap (15 and newer: ALTER TABLE … SET ACCESS METHOD heap), or exclude the table and move it by the extension's own means",
			Versions: Versions{Source: Majors{From: 1200}},
			Tables: func(_ *Facts, t *analyze.Table, _ Fate) []Finding {
				if t.AccessMethod == "" || t.AccessMethod == "heap" {
					return nil
				}
				return one(t, "", "Stored by %s.", analyze.Display(t.AccessMethod))
			},
		},
	}
}

// extensions calls fn for every extension that the target has to have, with the version that it offers; not without a target.
func extensions(f *Facts, fn func(e analyze.Extension, available string) []Finding) []Finding {
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
