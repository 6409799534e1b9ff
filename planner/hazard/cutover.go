package hazard

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/pgcutover/pgcutover/analyze"
)

// cutoverRules are about what neither a copy nor logical decoding carries, and about work inside the downtime.
func cutoverRules() []Rule {
	return []Rule{
		{
			Code: "CV101", Engines: Logical, Title: "large objects", Severity: Error, Since: "0.1", Needs: []string{"large objects"},
			Why: "Large objects (pg_largeobject) are not decoded. A dump has them as of the pause only; what changes later is lost.",
			Fix: "move them into bytea columns; or stop writing them before the pause, and copy them with pg_dump --large-objects at the cutover, then accept",
			Find: func(f *Facts) []Finding {
				if n := f.Inventory.Objects.LargeObjects; n != nil && *n > 0 {
					return about("database", "", "%d large objects.", *n)
				}
				return nil
			},
		},
		{
			Code: "CV102", Title: "unlogged table", Severity: Error, Since: "0.1",
			Why: "The rows of an unlogged table are neither in the WAL nor on any standby. The target gets the table empty.",
			Fix: "if the rows matter: ALTER TABLE … SET LOGGED before the pause (it rewrites the table), or copy them from the source at the cutover; if they do not, as in a cache: accept",
			Tables: func(_ *Facts, t *analyze.Table, _ Fate) []Finding {
				if !t.Unlogged || t.Kind != analyze.Ordinary {
					return nil
				}
				if bytes, known := t.Bytes(); known && bytes == 0 {
					x := one(t, "nothing to do, unless rows come until the cutover", "Created empty, as it is now.")
					x[0].Severity = Note
					return x
				}
				return one(t, "ALTER TABLE "+t.Name.SQL()+" SET LOGGED before the pause, if its rows matter; else accept", "Created empty.")
			},
		},
		{
			Code: "CV103", Engines: Logical, Title: "foreign table", Severity: Note, Since: "0.1",
			Why: "Only the definition travels; rows stay on the foreign server, which the target has to reach.",
			Fix: "see EX108 for its server",
			Tables: func(f *Facts, t *analyze.Table, _ Fate) []Finding {
				if t.Kind != analyze.Foreign {
					return nil
				}
				return one(t, "", "Created by definition.")
			},
		},
		{
			Code: "CV104", Engines: Logical, Title: "tablespaces", Severity: Note, Since: "0.1",
			Why: "Tablespaces are directories of a host. The dump leaves them out, so everything goes to the target's default.",
			Fix: "nothing on a managed target; elsewhere move tables after the cutover if their disks matter",
			Find: func(f *Facts) []Finding {
				if len(f.Inventory.Objects.Tablespaces) == 0 {
					return nil
				}
				return about("database", "", "%s.", some(f.Inventory.Objects.Tablespaces))
			},
		},
		{
			Code: "CV105", Engines: Logical, Title: "partitions run out", Severity: Error, Since: "0.1",
			Why:      "A partition created after the plan is in no replication set and in no table mapping: all its rows are lost. Every partition that will be needed until the cutover has to exist before the slots do.",
			Fix:      "create the partitions for the whole time of the migration and a month more, stop the job that creates them, and analyze again",
			Versions: Versions{Source: Majors{From: 1000}},
			Find:     partitionsRunOut,
		},
		{
			Code: "CV106", Engines: Engines{DMS}, Title: "inheritance", Severity: Warning, Since: "0.1",
			Why: "A parent with rows and children looks larger from outside than it is: AWS DMS does not say ONLY, neither does its validation. The load copies each table's own rows.",
			Fix: "no reload of such a parent by AWS DMS, and no validation of it",
			Copied: func(f *Facts, t *analyze.Table, _ Fate) []Finding {
				if !t.HasChildren {
					return nil
				}
				return one(t, "", "Has children and holds rows of its own.")
			},
		},
		{
			Code: "CV107", Engines: Logical, Title: "materialized views", Severity: Note, Since: "0.1",
			Why: "They are refreshed at the cutover, one after the other, which is downtime for what reads them.",
			Fix: "rehearse how long each takes; refresh the ones that may be stale after the cutover",
			Find: func(f *Facts) []Finding {
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
			Code: "CV108", Engines: ByDMS, Title: "DDL and TRUNCATE from now on", Severity: Note, Since: "0.1",
			Why: "Neither is applied on the target. A new table or partition has no slot, a new column arrives nowhere, a TRUNCATE leaves the rows. The plan holds digests of the structure; verify compares them at every gate.",
			Fix: "freeze DDL and TRUNCATE from the creation of the schema on the target to the cutover, scheduled jobs included",
			Find: func(f *Facts) []Finding {
				if len(f.Groups) == 0 {
					return nil
				}
				return about("database", "", "From the schema dump to the cutover.")
			},
		},
		{
			Code: "CV109", Engines: Logical, Title: "settings of the database or of roles", Severity: Note, Since: "0.1",
			Why: "ALTER DATABASE … SET is not part of a schema dump, nor is postgresql.conf.",
			Fix: "set on the target what still makes sense there",
			Find: func(f *Facts) []Finding {
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
			Code: "CV111", Engines: Logical, Title: "partitions by text under another collation", Severity: Error, Since: "0.1",
			Why:      "Which partition a text belongs to depends on how texts sort. Where the target sorts otherwise, a row may not fit the partition that it comes from, and the load refuses it.",
			Fix:      "create the target's database with the source's locale; or rehearse the load with all rows, and accept",
			Versions: Versions{Source: Majors{From: 1000}},
			Tables: func(f *Facts, t *analyze.Table, _ Fate) []Finding {
				target := f.Inventory.Target
				if target == nil || !strings.HasPrefix(t.PartitionKey, "RANGE") || locale(target.Database) == locale(f.Inventory.Database) {
					return nil
				}
				for i := range t.Columns {
					c := &t.Columns[i]
					bytewise := f.Inventory.Database.Bytewise(c.Collation) && target.Database.Bytewise(c.Collation)
					if textual(c) && !bytewise && strings.Contains(t.PartitionKey, analyze.Display(c.Name)) {
						return one(t, "", "Partitioned by %s.", t.PartitionKey)
					}
				}
				return nil
			},
		},
		{
			Code: "CV113", Engines: Logical, Title: "table WITH OIDS", Severity: Error, Since: "0.1",
			Why:      "Its rows have a hidden column oid, which from 12 on no table can have. Neither the load nor change data capture carries it, so what refers to rows by their oid refers to nothing on the target.",
			Fix:      "if something uses it: ALTER TABLE … ADD COLUMN … bigint, fill it with oid, and let the application use that; then ALTER TABLE … SET WITHOUT OIDS (it rewrites the table before version 12); if nothing does: accept",
			Versions: Versions{Source: Majors{To: 1100}},
			Tables: func(_ *Facts, t *analyze.Table, _ Fate) []Finding {
				if !t.OIDs {
					return nil
				}
				x := one(t, "ALTER TABLE "+t.Name.SQL()+" SET WITHOUT OIDS, once nothing uses them; if nothing does: accept", "The target gets it without.")
				for i := range t.Indexes {
					if slices.Contains(t.Indexes[i].KeyColumns, "oid") && columnNamed(t, "oid") == nil {
						x[0].Detail = fmt.Sprintf("The target gets it without, and without the index %s, which is on it.", analyze.Display(t.Indexes[i].Name))
					}
				}
				return x
			},
		},
		{
			Code: "CV114", Engines: ByDMS, Title: "routine that truncates", Severity: Warning, Since: "0.1",
			Why:  "AWS DMS does not apply a TRUNCATE reliably (never before 11): the rows stay on the target. Statements of the application do not show in the catalog, those of its functions do.",
			Fix:  "see what it truncates; let nobody call it from the creation of the slots to the cutover, or let it DELETE; REVOKE TRUNCATE shows who does it elsewhere",
			Find: func(f *Facts) []Finding { return routines(f, f.Inventory.Objects.Truncating) },
		},
		{
			Code: "CV115", Engines: Logical, Title: "routine that creates tables", Severity: Warning, Since: "0.1",
			Why:  "A table or partition that is created after the plan is in no replication set: its rows do not reach the target. Functions that create tables are mostly called by a scheduler or a trigger.",
			Fix:  "let nobody call it from the plan to the cutover; create what it would create before, and analyze again",
			Find: func(f *Facts) []Finding { return routines(f, f.Inventory.Objects.Creating) },
		},
		{
			Code: "CV117", Engines: Logical, Title: "comments on the database or on roles", Severity: Note, Since: "0.1",
			Why: "They belong to the cluster, not to the database, so no schema dump has them.",
			Fix: "repeat them on the target if somebody reads them: \\l+ and \\du+ show them",
			Find: func(f *Facts) []Finding {
				if f.Inventory.Objects.SharedComments == 0 {
					return nil
				}
				return about("database", "", "%s.", analyze.Count(f.Inventory.Objects.SharedComments, "comment"))
			},
		},
	}
}

// routines are those that would come to the target.
func routines(f *Facts, list []analyze.Name) []Finding {
	var names []string
	for _, n := range list {
		if n.Schema != "pgcutover" && !f.excluded(n.Schema) {
			names = append(names, n.String())
		}
	}
	if len(names) == 0 {
		return nil
	}
	return about("database", "", "%s: %s.", analyze.Count(len(names), "routine"), some(names))
}

// upperDate is the day at the upper end of a partition's bound, FOR VALUES FROM (…) TO ('2026-12-01 …').
func upperDate(bound string) string {
	_, rest, ok := strings.Cut(bound, "TO ('")
	if !ok || len(rest) < len(time.DateOnly) {
		return ""
	}
	return rest[:len(time.DateOnly)]
}

// partitionsRunOut looks at tables partitioned by time: the last partition has to reach beyond the migration.
func partitionsRunOut(f *Facts) []Finding {
	taken, err := time.Parse(time.RFC3339, f.Inventory.Server.TakenAt)
	if err != nil {
		return nil
	}
	const month = 31 * 24 * time.Hour
	until := taken.Add(month + time.Duration(f.Figures.ReadySeconds)*time.Second)
	last := map[analyze.Name]string{}
	open := map[analyze.Name]bool{}
	for i := range f.Inventory.Tables {
		t := &f.Inventory.Tables[i]
		if !t.IsPartition || len(t.Parents) == 0 {
			continue
		}
		parent := t.Parents[0]
		if day := upperDate(t.PartitionBound); day != "" {
			if _, err := time.Parse(time.DateOnly, day); err == nil {
				last[parent] = max(last[parent], day)
			}
		} else if t.PartitionBound == "DEFAULT" || strings.Contains(t.PartitionBound, "TO (MAXVALUE") {
			open[parent] = true
		}
	}
	var out []Finding
	for i := range f.Inventory.Tables {
		t := &f.Inventory.Tables[i]
		day := last[t.Name]
		end, err := time.Parse(time.DateOnly, day)
		if day == "" || err != nil || open[t.Name] || !f.present(t.Name) || !end.Before(until) || end.Before(taken.Add(-month)) { // a tree that ended long ago is history
			continue
		}
		out = append(out, one(t, "", "The last partition ends on %s, %d days after the inventory.", day, int(end.Sub(taken).Hours()/24))...)
	}
	return out
}
