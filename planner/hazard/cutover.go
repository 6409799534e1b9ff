package hazard

import (
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/pgcutover/pgcutover/analyze"
)

// cutoverRules are about what neither a copy nor logical decoding carries, and about work inside the downtime.
func cutoverRules() []Rule {
	return []Rule{
		{
			Code: "CV101", Title: "large objects", Severity: Error, Since: "0.1", Needs: []string{"large objects"},
			Why: "Large objects (pg_largeobject) are not decoded. A dump has them as of the pause only; what changes later is lost.",
			Fix: "move them into bytea columns; or stop writing them before the pause, and copy them with pg_dump --large-objects at the cutover, then accept",
			Find: func(f Facts) []Finding {
				if n := f.Inventory.Objects.LargeObjects; n != nil && *n > 0 {
					return about("database", "", "%d large objects.", *n)
				}
				return nil
			},
		},
		{
			Code: "CV102", Title: "unlogged table", Severity: Warning, Since: "0.1",
			Why: "The rows of an unlogged table are neither in the WAL nor on any standby. The target gets the table empty.",
			Fix: "if the rows matter: ALTER TABLE … SET LOGGED before the pause (it rewrites the table), or copy them from the source at the cutover",
			Find: func(f Facts) []Finding {
				return f.tables(func(t *analyze.Table, _ Fate) []Finding {
					if !t.Unlogged {
						return nil
					}
					return one(t, "ALTER TABLE "+t.Name.SQL()+" SET LOGGED before the pause, if its rows matter", "Created empty.")
				})
			},
		},
		{
			Code: "CV103", Title: "foreign table", Severity: Note, Since: "0.1",
			Why: "Only the definition travels; rows stay on the foreign server, which the target has to reach.",
			Fix: "see EX108 for its server",
			Find: func(f Facts) []Finding {
				return f.tables(func(t *analyze.Table, _ Fate) []Finding {
					if t.Kind != analyze.Foreign {
						return nil
					}
					return one(t, "", "Created by definition.")
				})
			},
		},
		{
			Code: "CV104", Title: "tablespaces", Severity: Note, Since: "0.1",
			Why: "Tablespaces are directories of a host. The dump leaves them out, so everything goes to the target's default.",
			Fix: "nothing on a managed target; elsewhere move tables after the cutover if their disks matter",
			Find: func(f Facts) []Finding {
				if len(f.Inventory.Objects.Tablespaces) == 0 {
					return nil
				}
				return about("database", "", "%s.", some(f.Inventory.Objects.Tablespaces))
			},
		},
		{
			Code: "CV105", Title: "partitions run out", Severity: Error, Since: "0.1",
			Why:  "A partition created after the plan is in no replication set and in no table mapping: all its rows are lost. Every partition that will be needed until the cutover has to exist before the slots do.",
			Fix:  "create the partitions for the whole time of the migration and a month more, stop the job that creates them, and analyze again",
			Find: partitionsRunOut,
		},
		{
			Code: "CV106", Title: "inheritance", Severity: Warning, Since: "0.1",
			Why: "A parent with rows and children looks larger from outside than it is: AWS DMS does not say ONLY, neither does its validation. The load copies each table's own rows.",
			Fix: "no reload of such a parent by AWS DMS, and no validation of it",
			Find: func(f Facts) []Finding {
				return f.copied(func(t *analyze.Table, _ Fate) []Finding {
					if !t.HasChildren {
						return nil
					}
					return one(t, "", "Has children and holds rows of its own.")
				})
			},
		},
		{
			Code: "CV107", Title: "materialized views", Severity: Note, Since: "0.1",
			Why: "They are refreshed at the cutover, one after the other, which is downtime for what reads them.",
			Fix: "rehearse how long each takes; refresh the ones that may be stale after the cutover",
			Find: func(f Facts) []Finding {
				var names []string
				for _, v := range f.Inventory.Views {
					if v.Materialized && v.Populated && v.Extension == "" {
						names = append(names, v.Name.String())
					}
				}
				if len(names) == 0 {
					return nil
				}
				return about("database", "", "%s: %s.", analyze.Count(len(names), "materialized view"), some(names))
			},
		},
		{
			Code: "CV108", Title: "DDL and TRUNCATE from now on", Severity: Note, Since: "0.1",
			Why: "Neither is applied on the target. A new table or partition has no slot, a new column arrives nowhere, a TRUNCATE leaves the rows. The plan holds digests of the structure; verify compares them at every gate.",
			Fix: "freeze DDL and TRUNCATE from the creation of the schema on the target to the cutover, scheduled jobs included",
			Find: func(f Facts) []Finding {
				if len(f.Groups) == 0 {
					return nil
				}
				return about("database", "", "From the schema dump to the cutover.")
			},
		},
		{
			Code: "CV109", Title: "settings of the database or of roles", Severity: Note, Since: "0.1",
			Why: "ALTER DATABASE … SET is not part of a schema dump, nor is postgresql.conf.",
			Fix: "set on the target what still makes sense there",
			Find: func(f Facts) []Finding {
				var names []string
				for _, s := range f.Inventory.Database.RoleSettings {
					if s.Role == "" && (s.Database == "" || s.Database == f.Inventory.Database.Name) {
						names = append(names, s.Settings...)
					}
				}
				if len(names) == 0 {
					return nil
				}
				return about("database", "", "%s.", some(names))
			},
		},
		{
			Code: "CV110", Title: "table left out", Severity: Note, Since: "0.1",
			Why: "The configuration excludes it, so neither the table nor its rows reach the target.",
			Fix: "take it off tables.exclude or tables.exclude_schemas if that was not meant",
			Find: func(f Facts) []Finding {
				var out []Finding
				for i := range f.Inventory.Tables {
					t := &f.Inventory.Tables[i]
					if fate, ok := f.Fates[t.Name]; ok && !fate.Present && t.Extension == "" {
						out = append(out, one(t, "", "%s are left behind.", gigabytes(fate.Bytes))...)
					}
				}
				return out
			},
		},
		{
			Code: "CV112", Title: "view of a table that is left out", Severity: Error, Since: "0.1",
			Why: "The view comes with the schema, its table does not: restoring the schema on the target fails, and nothing of it is there.",
			Fix: "take the table in; or drop the view on the source, or exclude its schema, and create it on the target once its tables are there",
			Find: func(f Facts) []Finding {
				var gone []analyze.Name
				for _, t := range f.Inventory.Tables {
					if fate, planned := f.Fates[t.Name]; planned && !fate.Present && t.Extension == "" { // an extension brings its tables along
						gone = append(gone, t.Name)
					}
				}
				var out []Finding
				for _, v := range f.Inventory.Views {
					if v.Extension != "" || slices.Contains(f.ExcludedSchemas, v.Name.Schema) {
						continue
					}
					var of []string
					for _, n := range gone {
						if Mentions(v.Definition, n) {
							of = append(of, n.String())
						}
					}
					if len(of) > 0 {
						out = append(out, about(v.Name.String(), "", "It reads %s, left out.", some(of))...)
					}
				}
				return out
			},
		},
		{
			Code: "CV111", Title: "partitions by text under another collation", Severity: Warning, Since: "0.1",
			Why: "Which partition a text belongs to depends on how texts sort. Where the target sorts otherwise, a row may not fit the partition that it comes from, and the load refuses it.",
			Fix: "create the target's database with the source's locale, or rehearse the load",
			Find: func(f Facts) []Finding {
				target := f.Inventory.Target
				if target == nil || locale(target.Database) == locale(f.Inventory.Database) {
					return nil
				}
				return f.tables(func(t *analyze.Table, _ Fate) []Finding {
					if !strings.HasPrefix(t.PartitionKey, "RANGE") {
						return nil
					}
					for _, c := range t.Columns {
						bytewise := f.Inventory.Database.Bytewise(c.Collation) && target.Database.Bytewise(c.Collation)
						if strings.Contains(t.PartitionKey, analyze.Display(c.Name)) && textual(c) && !bytewise {
							return one(t, "", "Partitioned by %s.", t.PartitionKey)
						}
					}
					return nil
				})
			},
		},
	}
}

var upperDate = regexp.MustCompile(`TO \('([0-9]{4}-[0-9]{2}-[0-9]{2})`)

// partitionsRunOut looks at tables partitioned by time: the last partition has to reach beyond the migration.
func partitionsRunOut(f Facts) []Finding {
	taken, err := time.Parse(time.RFC3339, f.Inventory.Server.TakenAt)
	if err != nil {
		return nil
	}
	const month = 31 * 24 * time.Hour
	until := taken.Add(month + time.Duration(f.Figures.ReadySeconds)*time.Second)
	last := map[analyze.Name]string{}
	open := map[analyze.Name]bool{}
	for _, t := range f.Inventory.Tables {
		if !t.IsPartition || len(t.Parents) == 0 {
			continue
		}
		parent := t.Parents[0]
		if m := upperDate.FindStringSubmatch(t.PartitionBound); m != nil {
			last[parent] = max(last[parent], m[1])
		} else if t.PartitionBound == "DEFAULT" || strings.Contains(t.PartitionBound, "TO (MAXVALUE") {
			open[parent] = true
		}
	}
	return f.tables(func(t *analyze.Table, _ Fate) []Finding {
		end, err := time.Parse(time.DateOnly, last[t.Name])
		if err != nil || open[t.Name] || !end.Before(until) || end.Before(taken.Add(-month)) { // a tree that ended long ago is history
			return nil
		}
		return one(t, "", "The last partition ends on %s, %d days after the inventory.", last[t.Name], int(end.Sub(taken).Hours()/24))
	})
}
