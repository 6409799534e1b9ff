package hazard

import (
	"fmt"
	"strings"

	"github.com/pgcutover/pgcutover/analyze"
)

// nativeRules are about publications and subscriptions of PostgreSQL itself.
func nativeRules() []Rule {
	return []Rule{
		{
			Code: "NT101", Engines: Engines{Native}, Title: "table whose updates and deletes cannot be carried", Severity: Error, Since: "0.1",
			Why: "Logical decoding names a changed row by its replica identity. This table has none, so it goes into a publication of inserts: one that publishes updates would make every UPDATE and DELETE of the application fail at once. Its updates and deletes after the pause are lost.",
			Fix: "add a primary key: CREATE UNIQUE INDEX CONCURRENTLY on NOT NULL columns, then ALTER TABLE … ADD PRIMARY KEY USING INDEX; or ALTER TABLE … REPLICA IDENTITY FULL, where all columns can be compared (see NT102); for a table that is only ever appended to, list it in tables.inserts_only",
			Copied: func(f *Facts, t *analyze.Table, fate Fate) []Finding {
				if !fate.InsertsOnly || f.AppendOnly[t.Name] {
					return nil
				}
				what := "No primary key"
				switch pk := t.PrimaryKey(); {
				case t.ReplicaIdentity == "full":
					what = "Replica identity is FULL, but a column is of a type whose values cannot be compared, and there is no primary key"
				case t.ReplicaIdentity == "nothing":
					what = "Replica identity is NOTHING"
				case t.ReplicaIdentity == "index":
					what = "The index of the replica identity is not usable"
				case pk != nil && !pk.Immediate:
					what = fmt.Sprintf("Primary key %s is deferrable", analyze.Display(pk.Name))
				case pk != nil:
					what = fmt.Sprintf("The index of primary key %s is not valid", analyze.Display(pk.Name))
				}
				remedy := ""
				if t.ReplicaIdentity == "default" && t.PrimaryKey() == nil {
					remedy = candidateKey(t)
				}
				return one(t, remedy, "%s; updates and deletes after the copy are lost.%s", what, writes(t))
			},
		},
		{
			Code: "NT102", Engines: Engines{Native}, Title: "rows identified by all of their columns", Severity: Warning, Since: "0.1",
			Why: "With REPLICA IDENTITY FULL and no primary key each update and delete sends the whole old row, and the target looks for it: through the whole table, or from version 16 on through an index if there is one that fits. A large table that is updated often does not keep up.",
			Fix: "add a primary key, then ALTER TABLE … REPLICA IDENTITY DEFAULT",
			Copied: func(_ *Facts, t *analyze.Table, fate Fate) []Finding {
				if fate.InsertsOnly || t.ReplicaIdentity != "full" || t.PrimaryKey() != nil {
					return nil
				}
				return one(t, candidateKey(t), "%s.%s", gigabytes(fate.Bytes), writes(t))
			},
		},
		{
			Code: "NT103", Engines: Engines{Native}, Title: "publication with a planned name and other flags", Severity: Error, Since: "0.1",
			Why: "A publication of that name is there, and publishes other kinds of changes than the plan's. It belongs to somebody, or would make the application's updates fail.",
			Fix: "drop it if nobody subscribes to it, or choose another slots.prefix",
			Find: func(f *Facts) []Finding {
				var out []Finding
				for _, p := range f.Inventory.Replication.Publications {
					for _, g := range f.Groups {
						whole := p.Name == g.UpdateSet && (p.AllTables || !p.Insert || !p.Update || !p.Delete)
						inserts := p.Name == g.InsertSet && (p.AllTables || !p.Insert || p.Update || p.Delete)
						if whole || inserts {
							out = append(out, about("publication "+analyze.Display(p.Name), "", "Publishes insert %t, update %t, delete %t, truncate %t, of all tables %t.", p.Insert, p.Update, p.Delete, p.Truncate, p.AllTables)...)
						}
					}
				}
				return out
			},
		},
		{
			Code: "NT104", Engines: Engines{Native}, Title: "password that stays on the target", Severity: Note, Since: "0.1",
			Why: "With native.password: prompt the password becomes part of the subscription's connection string, in pg_subscription.subconninfo: readable for superusers of the target, and in its backups. It is in no file of the bundle.",
			Fix: "use a role for nothing else, and change its password when the subscriptions are dropped; a passfile that the server's account alone may read keeps it out of the database",
			Find: func(f *Facts) []Finding {
				if !f.Subscribing.Prompt || len(f.Groups) == 0 {
					return nil
				}
				return about("target", "", "%s.", analyze.Count(len(f.Groups), "subscription"))
			},
		},
		{
			Code: "NT105", Engines: Engines{Native}, Title: "role that may not create subscriptions", Severity: Warning, Since: "0.1",
			Why: "Up to version 15 only a superuser creates a subscription; from 16 on a member of pg_create_subscription may, whose connection string then has to hold a password. On RDS and Aurora it takes rds_superuser.",
			Fix: "run 50-cdc/native as a superuser of the target; from 16 on GRANT pg_create_subscription and set native.password: prompt",
			Find: func(f *Facts) []Finding {
				t := f.Inventory.Target
				if t == nil || len(f.Groups) == 0 || t.Server.Superuser || f.Target.Managed != "" || f.Target.VersionNum >= 160000 && f.Subscribing.Prompt {
					return nil
				}
				return about("target", "", "The inventory was taken there as %s, which is no superuser.", analyze.Display(t.Server.User))
			},
		},
		{
			Code: "NT106", Engines: Engines{Native}, Title: "DDL from now on", Severity: Note, Since: "0.1",
			Why: "DDL is not replicated: a new table or partition is in no publication, and a row with a new column stops the subscription. The plan holds digests of the structure; verify compares them at every gate.",
			Fix: "freeze DDL from the creation of the schema on the target to the cutover, scheduled jobs included",
			Find: func(f *Facts) []Finding {
				if len(f.Groups) == 0 {
					return nil
				}
				return about("database", "", "From the schema dump to the cutover.")
			},
		},
		{
			Code: "NT107", Engines: Engines{Native}, Title: "TRUNCATE that is not replicated", Severity: Warning, Since: "0.1",
			Why: "A TRUNCATE is published from version 11 on and applied from 11 on. With an older server the rows stay on the target. Statements of the application do not show in the catalog, those of its functions do.",
			Fix: "let nobody truncate from the creation of the slots to the cutover, or let it DELETE; REVOKE TRUNCATE shows who does it",
			Find: func(f *Facts) []Finding {
				if len(f.Groups) == 0 || f.Inventory.Server.VersionNum >= 110000 && (f.Target.VersionNum == 0 || f.Target.VersionNum >= 110000) {
					return nil
				}
				text := "No routine of the database truncates."
				if x := routines(f, f.Inventory.Objects.Truncating); len(x) > 0 {
					text = x[0].Detail
				}
				return about("database", "", "%s", text)
			},
		},
		{
			Code: "NT108", Engines: Engines{Native}, Title: "no way back is prepared", Severity: Note, Since: "0.1",
			Why: "Once the application writes to the target, going back to the source loses these writes, unless they are replicated back from the first one on.",
			Fix: "set native.way_back to how the source's server reaches the target",
			Find: func(f *Facts) []Finding {
				if f.Subscribing.WayBack || len(f.Groups) == 0 {
					return nil
				}
				return about("database", "", "native.way_back is not set.")
			},
		},
		{
			Code: "NT109", Engines: Engines{Native}, Title: "trigger that fires for what comes back", Severity: Error, Since: "0.1",
			Why: "The way back applies the target's changes on the source, where a trigger that is ENABLE ALWAYS or ENABLE REPLICA fires for them: it does again what the target's trigger has done, and what it writes the frozen source refuses, so that the way back stands still. 70-cutover/77-way-back.sh does not open it over one.",
			Fix: "ALTER TABLE … ENABLE TRIGGER (origin) on the source before 70-cutover/77-way-back.sh",
			Tables: func(f *Facts, t *analyze.Table, _ Fate) []Finding {
				var names []string
				for _, g := range t.Triggers {
					if g.Enabled == "always" || g.Enabled == "replica" {
						names = append(names, fmt.Sprintf("%s (%s)", analyze.Display(g.Name), strings.ToUpper(g.Enabled)))
					}
				}
				if !f.Subscribing.WayBack || len(names) == 0 {
					return nil
				}
				return one(t, "", "%s.", some(names))
			},
		},
		{
			Code: "NT110", Engines: Engines{Native}, HandOff: FromSnapshot, Title: "snapshots that hold back vacuum on the source", Severity: Warning, Since: "0.1",
			Why: "With native.handoff: snapshot a session on the source keeps each slot's snapshot open for as long as the slot's tables are copied. Until then vacuum removes no row that was deleted or updated meanwhile, in any table of the database, and what is updated often grows and slows down. Each slot keeps the WAL besides.",
			Fix: "load in the quietest hours, with more workers; hold and load one slot after the other (20-snapshots/21-hold.sh SLOT); release each snapshot as soon as its tables are copied and counted",
			Find: func(f *Facts) []Finding {
				if len(f.Groups) == 0 {
					return nil
				}
				wal := ""
				if n := f.Figures.SourceWALBytes; n != nil {
					wal = fmt.Sprintf("; until change data capture has caught up the slots keep about %s of WAL", gigabytes(*n))
				}
				return about("server", "", "For about %s by the plan's estimate%s.", hours(f.Figures.PauseSeconds), wal)
			},
		},
		{
			Code: "NT111", Engines: Engines{Native}, HandOff: FromSnapshot, Title: "snapshots that the source ends by itself", Severity: Error, Since: "0.1",
			Versions: Versions{Source: Majors{To: 1600}},
			Why:      "With old_snapshot_threshold the server removes rows that an old snapshot still needs. A copy that meets one fails (snapshot too old), and nothing else can be copied in that snapshot then.",
			Fix:      "set old_snapshot_threshold to -1 on the source, which takes a restart, before 20-snapshots/21-hold.sh",
			Find: func(f *Facts) []Finding {
				v, ok := f.setting("old_snapshot_threshold")
				if len(f.Groups) == 0 || !ok || v == "-1" {
					return nil
				}
				return about("server", "", "old_snapshot_threshold is %s.", v)
			},
		},
		{
			Code: "NT112", Engines: Engines{Native}, HandOff: FromSnapshot, Title: "TRUNCATE, CLUSTER and VACUUM FULL under a snapshot", Severity: Warning, Since: "0.1",
			Why: "A table that is truncated or rewritten after the snapshot was taken shows no rows in it, or might: the rows as of the snapshot are gone. The load looks at each table that it has read and refuses one that was; all tables of its slot then have to be copied anew, in a new snapshot. Statements of the application do not show in the catalog, those of its functions do.",
			Fix: "let nobody truncate or rewrite a table from 20-snapshots/21-hold.sh until its slot's tables are copied: no CLUSTER, no VACUUM FULL, no pg_repack; let jobs DELETE",
			Find: func(f *Facts) []Finding {
				if len(f.Groups) == 0 {
					return nil
				}
				text := "No routine of the database truncates."
				if x := routines(f, f.Inventory.Objects.Truncating); len(x) > 0 {
					text = x[0].Detail
				}
				return about("database", "", "%s", text)
			},
		},
	}
}
