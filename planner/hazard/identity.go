package hazard

import (
	"fmt"
	"slices"
	"strings"

	"github.com/pgcutover/pgcutover/analyze"
)

// identityRules are about keys, and about names that cannot travel.
func identityRules() []Rule {
	return []Rule{
		{
			Code: "ID101", Engines: ByDMS, Title: "table without a primary key", Severity: Error, Since: "0.1",
			Why: "Logical decoding names a changed row by its key. Without one pglogical refuses the table in a set that replicates updates and deletes, and AWS DMS ignores them whatever the plugin; they are lost without an error on either side, and only inserts arrive.",
			Fix: "add a primary key: CREATE UNIQUE INDEX CONCURRENTLY on NOT NULL columns, then ALTER TABLE … ADD PRIMARY KEY USING INDEX; for a table that is only ever appended to, list it in tables.inserts_only",
			Copied: func(f *Facts, t *analyze.Table, fate Fate) []Finding {
				if !fate.InsertsOnly || f.AppendOnly[t.Name] || t.PrimaryKey() != nil || t.ReplicaIdentity != "default" && (t.ReplicaIdentity != "full" || f.pglogical()) {
					return nil
				}
				return one(t, candidateKey(t), "No primary key; updates and deletes after the copy are lost.%s", writes(t))
			},
		},
		{
			Code: "ID102", Engines: Logical, Title: "append-only table that is updated or deleted from", Severity: Error, Since: "0.1",
			Why:   "The configuration says that rows of the table are only ever inserted, but the statistics have counted updates or deletes. They do not reach the target.",
			Fix:   "give the table a primary key and take it off tables.inserts_only, or make sure that nothing updates it from the pause to the cutover",
			Needs: []string{"row counters"},
			Copied: func(f *Facts, t *analyze.Table, fate Fate) []Finding {
				if !fate.InsertsOnly || !f.AppendOnly[t.Name] || !updated(t) {
					return nil
				}
				return one(t, "", "Listed in tables.inserts_only.%s", writes(t))
			},
		},
		{
			Code: "ID103", Engines: ByDMS, Title: "replica identity FULL", Severity: Error, Since: "0.1",
			Why: "pglogical does not take REPLICA IDENTITY FULL in a set that replicates updates and deletes, even where the table has a primary key.",
			Fix: "ALTER TABLE … REPLICA IDENTITY DEFAULT where there is a primary key",
			Copied: func(f *Facts, t *analyze.Table, fate Fate) []Finding {
				if !f.pglogical() { // test_decoding takes it: a key is looked for all the same, see ID101 and ID105
					return nil
				}
				return replicaIdentity(f, t, fate, "full", "FULL")
			},
		},
		{
			Code: "ID104", Engines: ByDMS, Title: "replica identity NOTHING", Severity: Error, Since: "0.1",
			Why: "The WAL of the table does not say which row was updated or deleted.",
			Fix: "ALTER TABLE … REPLICA IDENTITY DEFAULT where there is a primary key",
			Copied: func(f *Facts, t *analyze.Table, fate Fate) []Finding {
				return replicaIdentity(f, t, fate, "nothing", "NOTHING")
			},
		},
		{
			Code: "ID105", Engines: ByDMS, Title: "deferrable primary key", Severity: Error, Since: "0.1",
			Why: "A deferrable primary key cannot be a replica identity: for a moment two rows may have the same key. pglogical refuses the table like one without a key.",
			Fix: "make it immediate: CREATE UNIQUE INDEX CONCURRENTLY, then in one transaction drop the constraint and ADD PRIMARY KEY USING INDEX",
			Copied: func(f *Facts, t *analyze.Table, fate Fate) []Finding {
				if pk := t.PrimaryKey(); fate.InsertsOnly && (t.ReplicaIdentity == "default" || t.ReplicaIdentity == "full" && !f.pglogical()) && !f.AppendOnly[t.Name] && pk != nil && !pk.Immediate {
					return one(t, "", "Primary key %s is deferrable; updates and deletes after the copy are lost.", analyze.Display(pk.Name))
				}
				return nil
			},
		},
		{
			Code: "ID106", Engines: ByDMS, Title: "rows identified by an index that is no primary key", Severity: Error, Since: "0.1",
			Why: "pglogical can use REPLICA IDENTITY USING INDEX, but AWS DMS applies updates and deletes by primary key only (AWS DMS user guide, PostgreSQL as a source: captured tables need a primary key).",
			Fix: "make the index the primary key: ALTER TABLE … ADD PRIMARY KEY USING INDEX, then REPLICA IDENTITY DEFAULT",
			Copied: func(f *Facts, t *analyze.Table, _ Fate) []Finding {
				if t.PrimaryKey() != nil || t.ReplicaIdentity != "index" || !t.CarriesUpdates() {
					return nil
				}
				i := slices.IndexFunc(t.Indexes, func(x analyze.Index) bool { return x.ReplicaIdentity })
				return one(t, fmt.Sprintf("ALTER TABLE %s ADD PRIMARY KEY USING INDEX %s, REPLICA IDENTITY DEFAULT", t.Name.SQL(), analyze.Ident(t.Indexes[i].Name)),
					"Rows are identified by %s, and there is no primary key.", analyze.Display(t.Indexes[i].Name))
			},
		},
		{
			Code: "ID107", Engines: ByDMS, Title: "name that pglogical's JSON cannot carry", Severity: Error, Since: "0.1",
			Why: "pglogical writes names into its JSON without escaping them. A quotation mark, a backslash or a control character in one makes the message unreadable for AWS DMS.",
			Fix: "rename the object on the source, or exclude the table and move it by other means",
			Copied: func(f *Facts, t *analyze.Table, _ Fate) []Finding {
				if !f.pglogical() {
					return nil
				}
				var bad []string
				for _, s := range []string{t.Name.Schema, t.Name.Name} {
					if unspeakable(s) {
						bad = append(bad, analyze.Display(s))
					}
				}
				for _, c := range t.Columns {
					if unspeakable(c.Name) {
						bad = append(bad, "column "+analyze.Display(c.Name))
					}
				}
				if len(bad) == 0 {
					return nil
				}
				return one(t, "", "Cannot be written: %s.", some(bad))
			},
		},
		{
			Code: "ID108", Engines: ByDMS, Title: "names that differ only by case", Severity: Error, Since: "0.1",
			Why:  "AWS DMS does not tell tables of a schema, or columns of a table, apart by the case of their letters.",
			Fix:  "rename one of them on the source, or exclude one of the tables",
			Over: caseTwins,
		},
		{
			Code: "ID109", Engines: ByDMS, Title: "unique key beside the primary key", Severity: Note, Since: "0.1",
			Why: "Batched apply nets changes by primary key and does not keep the order between rows: a value that moves from one row to another collides in the other unique key, and rows go missing. Groups with such tables are applied row by row, unless unique: defer keeps those keys off until the cutover.",
			Fix: "nothing, if the group keeps up row by row; else set unique: defer",
			Copied: func(f *Facts, t *analyze.Table, _ Fate) []Finding {
				if f.DeferUnique {
					return nil
				}
				var names []string
				for _, x := range t.ExtraUnique() {
					if x.Valid && x.Immediate && !x.ReplicaIdentity {
						names = append(names, analyze.Display(x.Name))
					}
				}
				if len(names) == 0 {
					return nil
				}
				return one(t, "", "Unique beside the key: %s; its group is applied row by row.", some(names))
			},
		},
		{
			Code: "ID110", Engines: ByDMS, Title: "unique keys checked only at the cutover", Severity: Warning, Since: "0.1",
			Why: "Kept off the target while changes are applied, a unique key proves nothing in that time: a duplicate that a fault let in shows when the key is built at the cutover, inside the downtime.",
			Fix: "unique: keep builds them after the copy, at the price of applying those groups row by row; else rehearse the time it takes to build them",
			Tables: func(f *Facts, t *analyze.Table, _ Fate) []Finding {
				var names []string
				bytes := int64(0)
				for _, x := range t.ExtraUnique() {
					if f.DeferUnique && x.Valid && x.Immediate && !x.ReplicaIdentity && x.Parent == nil {
						names = append(names, analyze.Display(x.Name))
						if x.Bytes != nil {
							bytes += *x.Bytes
						}
					}
				}
				if len(names) == 0 {
					return nil
				}
				return one(t, "", "Built at the cutover: %s (%s).", some(names), gigabytes(bytes))
			},
		},
		{
			Code: "ID111", Engines: Logical, Title: "deferrable unique key", Severity: Warning, Since: "0.1",
			Why: "Within a transaction of the source such a key may be violated for a moment; an apply that sends the changes one after the other fails on it. It is kept off the target until the cutover.",
			Fix: "nothing to do; allow for the time to build it at the cutover",
			Tables: func(f *Facts, t *analyze.Table, _ Fate) []Finding {
				var names []string
				for _, x := range t.ExtraUnique() {
					if x.Valid && !x.Immediate && x.Parent == nil {
						names = append(names, analyze.Display(x.Name))
					}
				}
				if len(names) == 0 {
					return nil
				}
				return one(t, "", "Kept off until the cutover: %s.", some(names))
			},
		},
		{
			Code: "ID112", Engines: ByDMS, Title: "semicolon in the database's name", Severity: Error, Since: "0.1",
			Why: "AWS DMS does not connect to a database with a semicolon in its name.",
			Fix: "rename the database, in a moment without connections: ALTER DATABASE … RENAME TO …",
			Find: func(f *Facts) []Finding {
				if !strings.Contains(f.Inventory.Database.Name, ";") {
					return nil
				}
				return about("database", "", "It is called %s.", analyze.Display(f.Inventory.Database.Name))
			},
		},
		{
			Code: "ID119", Title: "database's name that a service file cannot hold", Severity: Error, Since: "0.1",
			Why: "Every script connects by a service of libpq. A service file is read line by line, and blanks at the end of a line are taken off (libpq, fe-connect.c, parseServiceFile): a name with a line break, or with a blank, a tab or the like at its end, cannot be written there, and without its end it may be the name of another database.",
			Fix: "rename the database, in a moment without connections: ALTER DATABASE … RENAME TO …; or leave dbname out of all three services, export PGDATABASE with the name wherever a script or pgcutover runs, and accept",
			Find: func(f *Facts) []Finding {
				n := f.Inventory.Database.Name
				if !strings.Contains(n, "\n") && strings.TrimRight(n, " \t\v\f\r") == n {
					return nil
				}
				return about("database", "", "It is called %s.", analyze.Display(n))
			},
		},
		{
			Code: "ID113", Engines: ByDMS, Title: "updates of primary key columns", Severity: Note, Since: "0.1",
			Why: "AWS DMS ignores an update that changes the primary key, without an entry in its exceptions table. Nothing in the catalog tells whether an application does that.",
			Fix: "ask the developers; search the application and pg_stat_statements for UPDATE … SET of key columns; keep such statements away from the pause to the cutover",
			Over: func(*Facts) (func(*analyze.Table, Fate), func() []Finding) {
				n := 0
				look := func(_ *analyze.Table, fate Fate) {
					if fate.Copied && !fate.InsertsOnly {
						n++
					}
				}
				return look, func() []Finding {
					if n == 0 {
						return nil
					}
					return about("database", "", "Holds for %s with a primary key.", analyze.Count(n, "table"))
				}
			},
		},
		{
			Code: "ID114", Engines: ByDMS, Title: "key that is there but cannot identify rows", Severity: Error, Since: "0.1",
			Why: "An index that is not valid, or not immediate, is no replica identity: updates and deletes of the table are lost like those of a table without a key.",
			Fix: "rebuild it: REINDEX INDEX CONCURRENTLY (12 and newer), or create another and ALTER TABLE … REPLICA IDENTITY USING INDEX",
			Copied: func(f *Facts, t *analyze.Table, fate Fate) []Finding {
				pk := t.PrimaryKey()
				broken := t.ReplicaIdentity == "index" || t.ReplicaIdentity == "default" && pk != nil && pk.Immediate
				if !fate.InsertsOnly || f.AppendOnly[t.Name] || !broken {
					return nil
				}
				return one(t, "", "The index that should identify its rows is not usable.")
			},
		},
		{
			Code: "ID115", Engines: Logical, Title: "invalid index on the source", Severity: Warning, Since: "0.1",
			Why: "An index that a failed CREATE INDEX CONCURRENTLY or REINDEX left behind is not used by any query. The target does not get it. Where it was meant to be unique, the rows may break the rule.",
			Fix: "drop it, or rebuild it: REINDEX INDEX CONCURRENTLY (12 and newer)",
			Tables: func(f *Facts, t *analyze.Table, _ Fate) []Finding {
				var names []string
				for _, x := range t.Indexes {
					if !x.Valid || !x.Ready {
						names = append(names, analyze.Display(x.Name))
					}
				}
				if len(names) == 0 {
					return nil
				}
				return one(t, "", "Not built on the target: %s.", some(names))
			},
		},
		{
			Code: "ID116", Engines: ByDMS, Title: "table that AWS DMS makes for itself", Severity: Warning, Since: "0.1",
			Why: "Tables of these names are what AWS DMS keeps its own books in, left over from an earlier migration. On the target they would be taken for those of this one, with the exceptions and checkpoints of the old.",
			Fix: "drop them on the source, with the event trigger awsdms_intercept_ddl and its function; or list them in tables.exclude",
			Tables: func(_ *Facts, t *analyze.Table, _ Fate) []Finding {
				if !strings.HasPrefix(t.Name.Name, "awsdms_") {
					return nil
				}
				return one(t, "DROP TABLE "+t.Name.SQL()+" (before it: DROP EVENT TRIGGER IF EXISTS awsdms_intercept_ddl); or list it in tables.exclude", "It would travel like any other table.")
			},
		},
		{
			Code: "ID117", Engines: ByDMS, Title: "unique index over coalesce()", Severity: Error, Since: "0.1",
			Why: "AWS DMS does not replicate a table with a unique index over coalesce(), neither from nor to PostgreSQL (AWS DMS user guide, limitations of both).",
			Fix: "from 15 on: replace it by a unique index with NULLS NOT DISTINCT; else by a unique index on a stored column; or exclude the table and move it at the cutover",
			Copied: func(_ *Facts, t *analyze.Table, _ Fate) []Finding {
				for i := range t.Indexes {
					if x := &t.Indexes[i]; x.Unique && x.Expression && strings.Contains(x.Definition, "COALESCE(") {
						return one(t, "", "%s.", analyze.Display(x.Name))
					}
				}
				return nil
			},
		},
		{
			Code: "ID118", Engines: ByDMS, Title: "foreign key that follows updates of the key", Severity: Warning, Since: "0.1",
			Why: "ON UPDATE CASCADE, SET NULL or SET DEFAULT is written where somebody expects the referenced key to change. AWS DMS ignores an update that changes a primary key, without a word: the row keeps its old key on the target, and so do the rows that refer to it.",
			Fix: "make sure that nobody updates the referenced key from the pause to the cutover; a column that an application changes is better not the primary key",
			Tables: func(f *Facts, t *analyze.Table, _ Fate) []Finding {
				var names []string
				for i := range t.Constraints {
					c := &t.Constraints[i]
					if c.Kind == analyze.ForeignKey && !c.Inherited && strings.Contains(c.Definition, " ON UPDATE ") && c.References != nil && f.present(*c.References) {
						names = append(names, fmt.Sprintf("%s (of %s)", analyze.Display(c.Name), *c.References))
					}
				}
				if len(names) == 0 {
					return nil
				}
				return one(t, "", "%s.", some(names))
			},
		},
	}
}

func replicaIdentity(f *Facts, t *analyze.Table, fate Fate, kind, word string) []Finding {
	if t.ReplicaIdentity != kind || !fate.InsertsOnly || f.AppendOnly[t.Name] {
		return nil
	}
	remedy := "add a primary key, then ALTER TABLE " + t.Name.SQL() + " REPLICA IDENTITY DEFAULT"
	if pk := t.PrimaryKey(); pk != nil && pk.Valid && pk.Immediate {
		remedy = "ALTER TABLE " + t.Name.SQL() + " REPLICA IDENTITY DEFAULT"
	}
	return one(t, remedy, "Replica identity is %s; updates and deletes after the copy are lost.%s", word, writes(t))
}

// candidateKey names a unique index that could become the primary key.
func candidateKey(t *analyze.Table) string {
	for _, x := range t.Indexes {
		if !x.Unique || !x.Valid || !x.Immediate || x.Partial || x.Expression || x.Method != "btree" || x.Constraint != "" {
			continue
		}
		nullable := slices.ContainsFunc(x.KeyColumns, func(k string) bool {
			return !slices.ContainsFunc(t.Columns, func(c analyze.Column) bool { return c.Name == k && c.NotNull })
		})
		if !nullable {
			return fmt.Sprintf("ALTER TABLE %s ADD PRIMARY KEY USING INDEX %s", t.Name.SQL(), analyze.Ident(x.Name))
		}
	}
	return ""
}

func updated(t *analyze.Table) bool {
	return t.Counters != nil && t.Counters.Updates+t.Counters.Deletes > 0 || t.Rates != nil && t.Rates.Updates+t.Rates.Deletes > 0
}

func writes(t *analyze.Table) string {
	switch {
	case t.Rates != nil && t.Rates.Updates+t.Rates.Deletes > 0:
		return fmt.Sprintf(" Sampled: %.1f updates and %.1f deletes a second.", t.Rates.Updates, t.Rates.Deletes)
	case t.Counters != nil && t.Counters.Updates+t.Counters.Deletes > 0:
		return fmt.Sprintf(" Since the last reset of the statistics: %d updates, %d deletes.", t.Counters.Updates, t.Counters.Deletes)
	case t.Counters != nil:
		return " The statistics have counted no update and no delete."
	}
	return ""
}

func unspeakable(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool { return r == '"' || r == '\\' || r < 0x20 || r == 0x7f })
}

// caseTwins looks for names that are equal but for the case of their letters. Of two such names one at least has a letter that is
// not lower case, so databases without such letters, which is most of them, are through at once.
func caseTwins(f *Facts) (look func(*analyze.Table, Fate), sum func() []Finding) {
	key := func(n analyze.Name) analyze.Name {
		return analyze.Name{Schema: strings.ToLower(n.Schema), Name: strings.ToLower(n.Name)}
	}
	mixed := map[analyze.Name][]analyze.Name{} // by name in lower case: the tables of that name, once one of them is written otherwise
	var out []Finding
	look = func(t *analyze.Table, fate Fate) {
		if !fate.Copied {
			return
		}
		if low := key(t.Name); low != t.Name {
			mixed[low] = nil
		}
		if a, b := twinColumns(t); a != "" {
			out = append(out, one(t, "", "Columns %s and %s differ by case only.", analyze.Display(a), analyze.Display(b))...)
		}
	}
	sum = func() []Finding {
		if len(mixed) == 0 {
			return out
		}
		for i := range f.Inventory.Tables {
			n := f.Inventory.Tables[i].Name
			if _, ok := mixed[key(n)]; ok && f.Fates[n].Copied {
				mixed[key(n)] = append(mixed[key(n)], n)
			}
		}
		for i := range f.Inventory.Tables {
			t := &f.Inventory.Tables[i]
			if twins := mixed[key(t.Name)]; len(twins) > 1 && twins[0] == t.Name {
				out = append(out, one(t, "", "Differs from %s by case only.", twins[1])...)
			}
		}
		return out
	}
	return look, sum
}

// twinColumns are the first two columns whose names differ by case only; empty: there are none.
func twinColumns(t *analyze.Table) (a, b string) {
	if !slices.ContainsFunc(t.Columns, func(c analyze.Column) bool { return strings.ToLower(c.Name) != c.Name }) {
		return "", ""
	}
	seen := map[string]string{}
	for i := range t.Columns {
		name := t.Columns[i].Name
		low := strings.ToLower(name)
		if other, twice := seen[low]; twice {
			return other, name
		}
		seen[low] = name
	}
	return "", ""
}
