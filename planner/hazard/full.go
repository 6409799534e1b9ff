package hazard

import (
	"fmt"
	"slices"

	"github.com/pgcutover/pgcutover/analyze"
)

// fullRules are about AWS DMS reading the rows itself, from the source that everybody works on.
func fullRules() []Rule {
	only := Engines{DMSFull}
	return []Rule{
		{
			Code: "FL101", Engines: only, Title: "rows that may arrive twice", Severity: Error, Since: "0.1",
			Why: "AWS DMS reads a table while it is written to, and applies what was written meanwhile afterwards. A row that it has read already it recognises by its primary key. In a table without one, rows that were inserted between the start of the task and the reading of the table are there twice, without an error.",
			Fix: "add a primary key; or see to it that nothing is inserted until the table is loaded; or exclude the table and copy it at the cutover; then accept",
			Copied: func(_ *Facts, t *analyze.Table, fate Fate) []Finding {
				pk := t.PrimaryKey()
				switch {
				case !fate.InsertsOnly || pk != nil && pk.Valid && pk.Immediate:
					return nil
				case pk == nil:
					return one(t, candidateKey(t), "No primary key.%s", writes(t))
				}
				return one(t, "", "Its primary key %s is none that the target has before the cutover.%s", analyze.Display(pk.Name), writes(t))
			},
		},
		{
			Code: "FL102", Engines: only, Title: "parent that AWS DMS reads with its children", Severity: Error, Since: "0.1",
			Why: "AWS DMS does not say ONLY: from a parent that others inherit from it reads the rows of all its children as well, and writes them into the parent's table. They are there twice.",
			Fix: "move the parent's own rows into a child, in one transaction: INSERT INTO … SELECT * FROM ONLY …, DELETE FROM ONLY …; an empty parent is created and not loaded. Or another engine",
			Tables: func(_ *Facts, t *analyze.Table, fate Fate) []Finding {
				if !t.HasChildren || t.Kind != analyze.Ordinary {
					return nil
				}
				if fate.Copied {
					return one(t, "", "Has children and holds rows of its own.")
				}
				x := one(t, "see to it that nothing is inserted into it, which a trigger mostly does; verify preflight looks again", "Has children and holds no rows of its own, so it is not loaded, and rows that it gets do not travel.")
				x[0].Severity = Warning
				return x
			},
		},
		{
			Code: "FL103", Engines: only, Title: "full load that holds back vacuum on the source", Severity: Warning, Since: "0.1",
			Why: "Each reader of AWS DMS has one transaction open for as long as its table takes. Vacuum on the source removes no row that dies meanwhile, in any table: those that are updated all the time grow. A server that ends sessions by a timeout ends the load.",
			Fix: "load in a quiet time; more readers (full.sub_tasks) and a key of whole numbers to cut the largest tables by; no statement_timeout, idle_in_transaction_session_timeout or transaction_timeout for the role",
			Find: func(f *Facts) []Finding {
				if f.Loading.LongestSeconds < 3600 {
					return nil
				}
				return about("server", "", "The longest reading, of %s, takes %s by the estimate.", f.Loading.Longest, hours(f.Loading.LongestSeconds))
			},
		},
		{
			Code: "FL104", Engines: only, Title: "more readers than the source has connections", Severity: Error, Since: "0.1", Needs: []string{"settings"},
			Why: "Each task reads as many tables at a time as full.sub_tasks says, and each reading is a session on the primary, beside those of the application. A server that is out of connections refuses the application's too.",
			Fix: "lower full.sub_tasks or slots.count; or raise max_connections, which takes a restart, standbys first",
			Find: func(f *Facts) []Finding {
				most := number(f.Inventory.Settings, "max_connections")
				if most <= 0 || f.Loading.Sessions*4 <= most {
					return nil
				}
				x := about("server", "", "Up to %s at a time, and max_connections is %d.", analyze.Count(f.Loading.Sessions, "reader"), most)
				if f.Loading.Sessions*2 <= most {
					x[0].Severity = Warning
				}
				return x
			},
		},
		{
			Code: "FL105", Engines: only, Title: "what the validation of AWS DMS does not tell", Severity: Note, Since: "0.1",
			Why: "It compares while changes go on: rows that keep changing are suspended, lag shows as a difference, times and floats that are written in another way do too. It leaves out tables without a primary key, compares only the beginning of LOBs, cuts the key of a row that it names, and ends after 10000 failures of a task. It reads both databases once more.",
			Fix: "take it for a hint: pgcutover verify compares at the cutover, when both sides stand still. Tables that it leaves out are named",
			Over: func(f *Facts) (func(*analyze.Table, Fate), func() []Finding) {
				var names []string
				n := 0
				look := func(t *analyze.Table, fate Fate) {
					if fate.Copied && t.PrimaryKey() == nil {
						if n++; n <= shown {
							names = append(names, t.Name.String())
						}
					}
				}
				return look, func() []Finding {
					switch {
					case !f.Loading.Validation:
						return nil
					case n == 0:
						return about("database", "", "It is on (full.validation).")
					}
					return about("database", "", "It is on (full.validation), and %s without a primary key are not compared: %s.", analyze.Count(n, "table"), someOf(names, n))
				}
			},
		},
		{
			Code: "FL106", Engines: only, Title: "LOBs that are read one by one", Severity: Warning, Since: "0.1",
			Why: "LOBs that cannot be limited are looked up row by row. For the full load that is many times slower than to read them with their rows: a load of two hours becomes one of days.",
			Fix: "see TY101 and TY102: measure their sizes (pgcutover analyze --lob exact); list tables whose LOBs may be cut in lob.truncate; or exclude the table and move it at the cutover",
			Copied: func(f *Facts, t *analyze.Table, fate Fate) []Finding {
				if f.Truncate[t.Name] || !slices.ContainsFunc(t.Columns, func(c analyze.Column) bool {
					need, known := LOBNeed(c, f.margin(t.Name))
					return c.LOB.IsLOB() && c.Generated == "" && (!known || need > MaxLOBBytes)
				}) {
					return nil
				}
				rows := "an unknown number of rows"
				if t.EstimatedRows != nil {
					rows = fmt.Sprintf("about %d rows", *t.EstimatedRows)
				}
				return one(t, "", "%s with %s.", gigabytes(fate.Bytes), rows)
			},
		},
		{
			Code: "FL107", Engines: only, Title: "pglogical that AWS DMS would set up", Severity: Error, Since: "0.1", Needs: []string{"pglogical"},
			Why: "A database has one pglogical node, and a task whose slot decodes through pglogical makes sets of its own in it. A node of another replication must not be disturbed, nor does the task find its way where this database is a subscriber.",
			Fix: "full.plugin: test_decoding",
			Find: func(f *Facts) []Finding {
				p := f.Inventory.Replication.Pglogical
				if !f.pglogical() || p == nil || p.Node == "" {
					return nil
				}
				return about("node "+analyze.Display(p.Node), "", "It is there already.")
			},
		},
		{
			Code: "FL108", Engines: only, Title: "test_decoding is not an allowed output plugin", Severity: Warning, Since: "0.1",
			Versions: Versions{Source: Majors{From: 1400}},
			Why:      "Since the minor releases of August 2026 output_plugin_libraries lists the libraries that may decode. Without test_decoding in it the slots of AWS DMS cannot be made, and its tasks fail.",
			Fix:      "ALTER SYSTEM SET output_plugin_libraries = 'pgoutput, test_decoding'; SELECT pg_reload_conf()",
			Find: func(f *Facts) []Finding {
				v, ok := f.setting("output_plugin_libraries")
				if !ok || f.pglogical() || listed(v, "test_decoding") {
					return nil
				}
				return about("server", "", "output_plugin_libraries is %s.", v)
			},
		},
		{
			Code: "FL109", Engines: only, Title: "LOBs that do not fit the memory of the replication instance", Severity: Error, Since: "0.1",
			Why: "AWS DMS sets LobMaxSize aside for each LOB of each row that it writes at a time, for every table or range that it reads at once. An instance that runs out of memory swaps, then stops in the middle of the load, and everything is loaded anew.",
			Fix: "a larger cdc.instance_class; fewer readers (full.sub_tasks); lower limits (lob.margin, lob.truncate); or exclude the tables and move them at the cutover",
			Find: func(f *Facts) []Finding {
				var out []Finding
				for _, task := range f.Loading.Overfull {
					out = append(out, about("task "+task, "", "Not even ten rows at a time fit.")...)
				}
				return out
			},
		},
	}
}
