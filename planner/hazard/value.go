package hazard

import (
	"fmt"
	"slices"
	"strings"

	"github.com/pgcutover/pgcutover/analyze"
)

// valueRules are about what is in the columns, and about how both sides write and sort it.
func valueRules() []Rule {
	return []Rule{
		{
			Code: "TY111", Engines: Logical, Title: "encodings of source and target differ", Severity: Error, Since: "0.1",
			Why: "Characters that one encoding has and the other lacks stop the load; in pglogical different encodings are refused outright.",
			Fix: "create the target's database with the source's encoding",
			Find: func(f *Facts) []Finding {
				t := f.Inventory.Target
				if t == nil || t.Database.Encoding == "" || t.Database.Encoding == f.Inventory.Database.Encoding {
					return nil
				}
				return about("database", fmt.Sprintf("CREATE DATABASE … ENCODING '%s' TEMPLATE template0", f.Inventory.Database.Encoding),
					"Source: %s, target: %s.", f.Inventory.Database.Encoding, t.Database.Encoding)
			},
		},
		{
			Code: "TY112", Engines: Logical, Title: "encoding SQL_ASCII", Severity: Error, Since: "0.1",
			Why: "A database in SQL_ASCII takes any bytes. JSON does not, nor does a target with a real encoding: rows with stray bytes stop the apply.",
			Fix: "find out what the bytes are, and convert the database to UTF8 before the migration",
			Find: func(f *Facts) []Finding {
				if f.Inventory.Database.Encoding != "SQL_ASCII" {
					return nil
				}
				return about("database", "", "The source's encoding is SQL_ASCII.")
			},
		},
		{
			Code: "TY113", Engines: Logical, Title: "collations of source and target differ", Severity: Warning, Since: "0.1",
			Why: "Text sorts differently on the target: ORDER BY, ranges, and partitions by text. Indexes are rebuilt and sound.",
			Fix: "create the target's database with the source's locale where it has it; tell the application's owners otherwise",
			Find: func(f *Facts) []Finding {
				t := f.Inventory.Target
				if t == nil {
					return nil
				}
				was, is := locale(f.Inventory.Database), locale(t.Database)
				if was == is {
					return nil
				}
				return about("database", "", "Source: %s; target: %s.", was, is)
			},
		},
		{
			Code: "TY116", Engines: Logical, Title: "unique text keys under a changed collation library", Severity: Note, Since: "0.1",
			Why: "An upgrade of the operating system's glibc below a running database leaves text indexes in the wrong order. A unique one may then have let duplicates in, which stops the build of that index on the target.",
			Fix: "on the replica, with index scans off, look for duplicates in each; from 10 on amcheck finds damage sooner",
			Over: func(f *Facts) (func(*analyze.Table, Fate), func() []Finding) {
				var names []string
				n := 0
				look := func(t *analyze.Table, fate Fate) {
					if !fate.Copied {
						return
					}
					for i := range t.Indexes {
						if x := &t.Indexes[i]; x.Unique && slices.ContainsFunc(x.KeyColumns, func(k string) bool { return collated(&f.Inventory.Database, t, k) }) {
							if n++; n <= shown {
								names = append(names, analyze.Display(x.Name))
							}
						}
					}
				}
				return look, func() []Finding {
					if p := f.Inventory.Database.LocaleProvider; n == 0 || p != "libc" && p != "" {
						return nil
					}
					return about("database", "", "%s: %s.", analyze.Count(n, "unique key"), someOf(names, n))
				}
			},
		},
		{
			Code: "TY117", Engines: Logical, Title: "money under another lc_monetary", Severity: Error, Since: "0.1",
			Why: "A money value is a whole number of the smallest unit, and lc_monetary says how many digits that unit has and how it is written. Where it differs, a value that travels as text is refused or misread, and one that travels as it is stored shows another amount.",
			Fix: "give the target's database the source's setting: ALTER DATABASE … SET lc_monetary = '…'; or turn the columns into numeric(…, 2) on the source",
			Over: func(f *Facts) (func(*analyze.Table, Fate), func() []Finding) {
				was, is := "", ""
				if f.Inventory.Target != nil {
					was, _ = f.setting("lc_monetary")
					is, _ = valueOf(f.Inventory.Target.Settings, "lc_monetary")
				}
				look, sum := columns(func(c *analyze.Column) bool { return base(c) == "money" })
				return look, func() []Finding {
					x := sum()
					if was == "" || is == "" || was == is || len(x) == 0 {
						return nil
					}
					x[0].Detail = fmt.Sprintf("%s on the source, %s on the target; %s", was, is, x[0].Detail)
					x[0].Remedy = "on the target: ALTER DATABASE … SET lc_monetary = " + analyze.Literal(was)
					return x
				}
			},
		},
		{
			Code: "TY118", Engines: ByDMS, Title: "dates that AWS DMS changes", Severity: Error, Since: "0.1", Needs: []string{"column statistics"},
			Why: "AWS DMS has no infinite dates and no years outside of 1 to 9999: infinity becomes 9999-12-31 23:59:59, -infinity 4713-01-01 BC (AWS DMS user guide, PostgreSQL as a source). The copy has them right; every later change of such a row does not. Statistics show them only where a sample met them, so their silence proves nothing.",
			Fix: "look for all of them: SELECT count(*) FROM … WHERE NOT isfinite(…) OR … < '0001-01-01' OR … >= '10000-01-01'; store NULL or a far date in their place, or exclude the table and move it at the cutover",
			Copied: func(_ *Facts, t *analyze.Table, _ Fate) []Finding {
				return special(t, "Seen in the statistics: %s.", func(c *analyze.Column) bool { return !numeric(c) })
			},
		},
		{
			Code: "TY119", Engines: ByDMS, Title: "numbers that are not", Severity: Warning, Since: "0.1", Needs: []string{"column statistics"},
			Why: "NaN and infinite values are legal in float and numeric columns (infinite numerics from 14 on). Nothing says what AWS DMS makes of them between its own number types.",
			Fix: "rehearse a row with such a value through change data capture and compare, then accept; or store NULL in its place",
			Copied: func(_ *Facts, t *analyze.Table, _ Fate) []Finding {
				return special(t, "Seen in the statistics: %s.", numeric)
			},
		},
		{
			Code: "TY120", Engines: Logical, Title: "collation library newer than the indexes", Severity: Warning, Since: "0.1",
			Why:      "The server itself notes that a collation has another version than when it was created: the library was upgraded below the database. Text indexes built before are in the old order; they miss rows, and a unique one may have let duplicates in, which stops its build on the target.",
			Fix:      "REINDEX what sorts by it on the source, and look for duplicates; then ALTER DATABASE … REFRESH COLLATION VERSION (15 and newer), ALTER COLLATION … REFRESH VERSION",
			Versions: Versions{Source: Majors{From: 1000}},
			Find: func(f *Facts) []Finding {
				var out []Finding
				d := f.Inventory.Database
				if d.CollationVersion != "" && d.ActualCollationVersion != "" && d.CollationVersion != d.ActualCollationVersion {
					out = append(out, about("database", "REINDEX DATABASE "+analyze.Ident(d.Name)+" on the source, then ALTER DATABASE "+analyze.Ident(d.Name)+" REFRESH COLLATION VERSION",
						"Version %s when it was created, %s now.", d.CollationVersion, d.ActualCollationVersion)...)
				}
				for _, c := range f.Inventory.Objects.StaleCollations {
					out = append(out, about("collation "+c.Name.String(), "REINDEX what sorts by it, then ALTER COLLATION "+c.Name.SQL()+" REFRESH VERSION",
						"Version %s when it was created, %s now.", c.Was, c.Is)...)
				}
				return out
			},
		},
		{
			Code: "TY121", Engines: Logical, Title: "collation that the target does not have", Severity: Error, Since: "0.1",
			Why: "A column names a collation that initdb made of the host's locales, which no dump carries. Without it the table cannot be created on the target.",
			Fix: "on a target of your own: install the locale and SELECT pg_import_system_collations('pg_catalog'); else give the column another collation on the source: ALTER TABLE … ALTER COLUMN … TYPE … COLLATE …",
			Find: func(f *Facts) []Finding {
				if f.Inventory.Target == nil {
					return nil
				}
				var out []Finding
				for _, c := range f.Inventory.Target.MissingCollations {
					ofDump := slices.ContainsFunc(f.Inventory.Schemas, func(s analyze.Schema) bool { // its own CREATE COLLATION comes along
						return strings.HasPrefix(c, analyze.Display(s.Name)+".") || strings.HasPrefix(c, analyze.Ident(s.Name)+".")
					})
					if !ofDump {
						out = append(out, about("collation "+c, "", "Columns of the source have it.")...)
					}
				}
				return out
			},
		},
	}
}

// numeric reports whether a column holds numbers that may be NaN.
func numeric(c *analyze.Column) bool {
	switch base(c) {
	case "float4", "float8", "numeric":
		return true
	}
	return false
}

// special is one finding about the columns of a table in which ANALYZE met values out of the ordinary.
func special(t *analyze.Table, detail string, of func(*analyze.Column) bool) []Finding {
	var names []string
	for i := range t.Columns {
		if c := &t.Columns[i]; c.SpecialValues != "" && c.Generated == "" && of(c) {
			names = append(names, analyze.Display(c.Name)+" ("+c.SpecialValues+")")
		}
	}
	if len(names) == 0 {
		return nil
	}
	return one(t, "", detail, some(names))
}

// textual reports whether values of a column sort by a collation.
func textual(c *analyze.Column) bool {
	switch c.BaseType {
	case "text", "varchar", "bpchar", "citext":
		return true
	}
	return false
}

// collated reports whether a column sorts by the rules of a language.
func collated(d *analyze.Database, t *analyze.Table, name string) bool {
	c := columnNamed(t, name)
	return c != nil && textual(c) && !d.Bytewise(c.Collation)
}

// locale is what decides how a database sorts its texts.
func locale(d analyze.Database) string {
	return strings.TrimSpace(d.LocaleProvider + " " + d.Collate + "/" + d.Ctype + " " + d.Locale)
}
