package hazard

import (
	"cmp"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/pgcutover/pgcutover/analyze"
)

// typeRules are about values that change or get lost on the way.
func typeRules() []Rule {
	return []Rule{
		{
			Code: "TY101", Title: "LOB too large for limited mode", Severity: Warning, Since: "0.1", Needs: []string{"LOB sizes"},
			Why: "A limited LOB of AWS DMS holds at most 102400 kB. Larger ones need unlimited mode: a SELECT on the source for every changed row, which reads the value of that moment, and no batches.",
			Fix: "keep the table in a group that is applied row by row; or list it in lob.truncate if losing the end of such values is acceptable",
			Find: func(f Facts) []Finding {
				return f.copiedColumns(func(t *analyze.Table, c analyze.Column) []Finding {
					need, known := LOBNeed(c, f.LOBMargin)
					if !c.LOB.IsLOB() || !known || need <= MaxLOBBytes || f.Truncate[t.Name] {
						return nil
					}
					return about(column(t, c.Name), "", "The largest value has %s; with margin it needs a limit of %s.", gigabytes(*c.LOBMax.Bytes), gigabytes(need))
				})
			},
		},
		{
			Code: "TY102", Title: "LOB of unknown size", Severity: Warning, Since: "0.1",
			Why: "Without knowing the largest value no limit is safe, so the table goes through unlimited mode: a SELECT on the source for every changed row, and no batches.",
			Fix: "measure: pgcutover analyze --lob exact, best with --replica",
			Find: func(f Facts) []Finding {
				return f.copied(func(t *analyze.Table, _ Fate) []Finding {
					var names []string
					for _, c := range t.Columns {
						if _, known := LOBNeed(c, f.LOBMargin); c.LOB.IsLOB() && c.Generated == "" && !known && !f.Truncate[t.Name] {
							names = append(names, analyze.Display(c.Name))
						}
					}
					if len(names) == 0 {
						return nil
					}
					return one(t, "", "Not measured: %s.", some(names))
				})
			},
		},
		{
			Code: "TY103", Title: "LOB limit from a sample", Severity: Warning, Since: "0.1",
			Why: "A sample cannot bound a maximum: a value larger than the limit is cut off by AWS DMS.",
			Fix: "measure all rows: pgcutover analyze --lob exact, on the replica; or raise lob.margin; or list the table in lob.truncate",
			Find: func(f Facts) []Finding {
				return f.copied(func(t *analyze.Table, _ Fate) []Finding {
					var names []string
					for _, c := range t.Columns {
						if c.LOB.IsLOB() && c.Generated == "" && c.LOBMax != nil && c.LOBMax.Method == "sampled" && !f.Truncate[t.Name] {
							names = append(names, fmt.Sprintf("%s (%d rows)", analyze.Display(c.Name), c.LOBMax.Rows))
						}
					}
					if len(names) == 0 {
						return nil
					}
					return one(t, "", "Sampled: %s.", some(names))
				})
			},
		},
		{
			Code: "TY104", Title: "LOB in a table without a primary key", Severity: Error, Since: "0.1",
			Why: "AWS DMS moves LOBs only of tables with a primary key: it inserts the row first and fills the LOB in by the key.",
			Fix: "add a primary key, or exclude the table and move it at the cutover",
			Find: func(f Facts) []Finding {
				return f.copied(func(t *analyze.Table, _ Fate) []Finding {
					i := slices.IndexFunc(t.Columns, func(c analyze.Column) bool { return c.LOB.IsLOB() && c.Generated == "" })
					if i < 0 || t.PrimaryKey() != nil {
						return nil
					}
					return one(t, "", "%s (%s) is a LOB, and there is no primary key.", analyze.Display(t.Columns[i].Name), t.Columns[i].Type)
				})
			},
		},
		{
			Code: "TY105", Title: "LOB in the primary key", Severity: Error, Since: "0.1",
			Why: "AWS DMS does not support a LOB type in a primary key; text is one. It fills LOBs in by the key, which it does not have before.",
			Fix: "give the column a length: ALTER TABLE … ALTER COLUMN … TYPE varchar(n) rewrites nothing from varchar to a larger varchar, but from text it does check every row under a lock; or exclude the table and move it at the cutover",
			Find: func(f Facts) []Finding {
				return f.copiedColumns(func(t *analyze.Table, c analyze.Column) []Finding {
					pk := t.PrimaryKey()
					if !c.LOB.IsLOB() || pk == nil || !slices.Contains(pk.KeyColumns, c.Name) {
						return nil
					}
					return about(column(t, c.Name), "", "%s is a LOB to AWS DMS and part of the primary key.", c.Type)
				})
			},
		},
		{
			Code: "TY106", Title: "numeric without precision", Severity: Error, Since: "0.1",
			Why: "AWS DMS makes NUMERIC(28,6) of it: digits behind the sixth decimal and values above 22 digits are lost.",
			Fix: "set MapUnboundedNumericAsString on both endpoints and rehearse (28 digits still are the limit), or declare a precision on the source; then accept",
			Find: func(f Facts) []Finding {
				return perTable(f, func(c analyze.Column) bool { return c.LOB == analyze.UnboundedNumeric }, "Numeric without precision: %s.")
			},
		},
		{
			Code: "TY107", Title: "varchar without length", Severity: Warning, Since: "0.1",
			Why: "AWS DMS cuts it at unboundedVarcharMaxSize of the endpoint, 8000 bytes where nobody set it.",
			Fix: "set unboundedVarcharMaxSize to at least the largest value",
			Find: func(f Facts) []Finding {
				return f.copied(func(t *analyze.Table, _ Fate) []Finding {
					var names []string
					longest := int64(-1)
					for _, c := range t.Columns {
						if c.LOB != analyze.UnboundedVarchar || c.Generated != "" {
							continue
						}
						need, known := LOBNeed(c, f.LOBMargin)
						if known && need <= 8000 {
							continue
						}
						if known {
							longest = max(longest, *c.LOBMax.Bytes)
						}
						names = append(names, analyze.Display(c.Name))
					}
					switch {
					case len(names) == 0:
						return nil
					case longest < 0:
						return one(t, "", "Of unknown size: %s.", some(names))
					}
					return one(t, "", "Longer than 8000 bytes with margin: %s; the largest value has %d bytes.", some(names), longest)
				})
			},
		},
		{
			Code: "TY108", Title: "floating point of an old server", Severity: Note, Since: "0.1",
			Why: "Up to version 11 a server prints float4 and float8 with 15 digits unless extra_float_digits says otherwise: 0.30000000000000004 arrives as 0.3. The load asks for all digits; the replication role has to as well.",
			Fix: "10-source/13-role.sql sets extra_float_digits = 3 for the replication role",
			Find: func(f Facts) []Finding {
				if f.Inventory.Server.Major() >= 1200 {
					return nil
				}
				n := columns(f, func(c analyze.Column) bool { return base(c) == "float4" || base(c) == "float8" })
				if len(n) == 0 {
					return nil
				}
				return about("database", "", "%s: %s.", analyze.Count(len(n), "column"), some(n))
			},
		},
		{
			Code: "TY109", Title: "type that AWS DMS carries in part or as text", Severity: Warning, Since: "0.1",
			Why:  "The documentation of AWS DMS lists the type as not supported, in part, or mapped to a string. Between PostgreSQL servers the text mostly arrives well, but that has to be seen in a rehearsal: time zones, infinities, units of money, order of keys.",
			Fix:  "rehearse a table with that type end to end and compare, then accept; or exclude the table and move it at the cutover",
			Find: partialTypes,
		},
		{
			Code: "TY110", Title: "numeric with more than 28 digits", Severity: Warning, Since: "0.1",
			Why: "In change data capture AWS DMS carries numbers of at most 28 digits.",
			Fix: "find out whether such values occur: SELECT max(abs(column)); rehearse",
			Find: func(f Facts) []Finding {
				return perTable(f, func(c analyze.Column) bool {
					m := precision.FindStringSubmatch(c.Type)
					if base(c) != "numeric" || m == nil {
						return false
					}
					n, err := strconv.Atoi(m[1])
					return err == nil && n > 28
				}, "More than 28 digits: %s.")
			},
		},
		{
			Code: "TY111", Title: "encodings of source and target differ", Severity: Error, Since: "0.1",
			Why: "Characters that one encoding has and the other lacks stop the load; in pglogical different encodings are refused outright.",
			Fix: "create the target's database with the source's encoding",
			Find: func(f Facts) []Finding {
				t := f.Inventory.Target
				if t == nil || t.Database.Encoding == "" || t.Database.Encoding == f.Inventory.Database.Encoding {
					return nil
				}
				return about("database", fmt.Sprintf("CREATE DATABASE … ENCODING '%s' TEMPLATE template0", f.Inventory.Database.Encoding),
					"Source: %s, target: %s.", f.Inventory.Database.Encoding, t.Database.Encoding)
			},
		},
		{
			Code: "TY112", Title: "encoding SQL_ASCII", Severity: Error, Since: "0.1",
			Why: "A database in SQL_ASCII takes any bytes. JSON does not, nor does a target with a real encoding: rows with stray bytes stop the apply.",
			Fix: "find out what the bytes are, and convert the database to UTF8 before the migration",
			Find: func(f Facts) []Finding {
				if f.Inventory.Database.Encoding != "SQL_ASCII" {
					return nil
				}
				return about("database", "", "The source's encoding is SQL_ASCII.")
			},
		},
		{
			Code: "TY113", Title: "collations of source and target differ", Severity: Warning, Since: "0.1",
			Why: "Text sorts differently on the target: ORDER BY, ranges, and partitions by text. Indexes are rebuilt and sound.",
			Fix: "create the target's database with the source's locale where it has it; tell the application's owners otherwise",
			Find: func(f Facts) []Finding {
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
			Code: "TY114", Title: "generated columns", Severity: Note, Since: "0.1",
			Why: "pglogical sends stored generated columns, and the target refuses to insert into one. The load leaves them out; the table mapping of AWS DMS has to as well.",
			Fix: "remove them in the mapping (rule-action remove-column)",
			Find: func(f Facts) []Finding {
				return f.copied(func(t *analyze.Table, _ Fate) []Finding {
					var names []string
					for _, c := range t.Columns {
						if c.Generated != "" {
							names = append(names, analyze.Display(c.Name))
						}
					}
					if len(names) == 0 {
						return nil
					}
					return one(t, "", "Computed on the target: %s.", some(names))
				})
			},
		},
		{
			Code: "TY115", Title: "identity columns GENERATED ALWAYS", Severity: Warning, Since: "0.1",
			Why: "An INSERT that names such a column fails unless it says OVERRIDING SYSTEM VALUE, which AWS DMS does not.",
			Fix: "on the target, until the cutover: ALTER TABLE … ALTER COLUMN … SET GENERATED BY DEFAULT",
			Find: func(f Facts) []Finding {
				return f.copiedColumns(func(t *analyze.Table, c analyze.Column) []Finding {
					if c.Identity != "always" {
						return nil
					}
					return about(column(t, c.Name), fmt.Sprintf("on the target, until the cutover: ALTER TABLE %s ALTER COLUMN %s SET GENERATED BY DEFAULT", t.Name.SQL(), analyze.Ident(c.Name)),
						"Its values come from the source, and the target would refuse them.")
				})
			},
		},
		{
			Code: "TY116", Title: "unique text keys under a changed collation library", Severity: Note, Since: "0.1",
			Why: "An upgrade of the operating system's glibc below a running database leaves text indexes in the wrong order. A unique one may then have let duplicates in, which stops the build of that index on the target.",
			Fix: "on the replica, with index scans off, look for duplicates in each; from 10 on amcheck finds damage sooner",
			Find: func(f Facts) []Finding {
				if p := f.Inventory.Database.LocaleProvider; p != "libc" && p != "" {
					return nil
				}
				var names []string
				f.copied(func(t *analyze.Table, _ Fate) []Finding {
					for _, x := range t.Indexes {
						if x.Unique && slices.ContainsFunc(x.KeyColumns, func(k string) bool { return collated(f.Inventory.Database, t, k) }) {
							names = append(names, analyze.Display(x.Name))
						}
					}
					return nil
				})
				if len(names) == 0 {
					return nil
				}
				return about("database", "", "%s: %s.", analyze.Count(len(names), "unique key"), some(names))
			},
		},
	}
}

var precision = regexp.MustCompile(`^numeric\(([0-9]+)`)

// base is the type under an array.
func base(c analyze.Column) string {
	if c.TypeKind == "array" {
		return strings.TrimPrefix(c.BaseType, "_")
	}
	return c.BaseType
}

// perTable makes one finding for each table with such columns.
func perTable(f Facts, is func(analyze.Column) bool, detail string) []Finding {
	return f.copied(func(t *analyze.Table, _ Fate) []Finding {
		var names []string
		for _, c := range t.Columns {
			if c.Generated == "" && is(c) {
				names = append(names, analyze.Display(c.Name))
			}
		}
		if len(names) == 0 {
			return nil
		}
		return one(t, "", detail, some(names))
	})
}

func columns(f Facts, is func(analyze.Column) bool) []string {
	var names []string
	f.copiedColumns(func(t *analyze.Table, c analyze.Column) []Finding {
		if is(c) {
			names = append(names, column(t, c.Name))
		}
		return nil
	})
	return names
}

// partial are base types that the AWS DMS user guide does not list as fully supported for PostgreSQL.
var partial = map[string]string{
	"money": "its text depends on lc_monetary", "interval": "carried in part", "timetz": "carried in part", "xml": "carried as a LOB",
	"inet": "carried as text", "cidr": "carried as text", "macaddr": "carried as text", "macaddr8": "not listed",
	"tsvector": "carried as a LOB", "tsquery": "carried as a LOB", "bit": "carried as text", "varbit": "carried as text",
	"point": "carried as text", "line": "carried as text", "lseg": "carried as text", "box": "carried as text", "path": "carried as a LOB",
	"polygon": "carried as a LOB", "circle": "carried as text", "citext": "carried as a LOB", "hstore": "carried as a LOB",
	"geometry": "carried as a LOB", "geography": "not listed", "pg_lsn": "not listed", "txid_snapshot": "not listed", "oid": "may point to a large object, which does not travel",
	"lo": "points to a large object, which does not travel",
}

func partialTypes(f Facts) []Finding {
	found := map[string][]string{}
	why := map[string]string{}
	f.copiedColumns(func(t *analyze.Table, c analyze.Column) []Finding {
		reason := partial[base(c)]
		switch c.TypeKind {
		case "enum":
			reason = "an enum, not listed; its labels have to exist on the target"
		case "range", "multirange":
			reason = "a range, carried as text"
		case "composite":
			reason = "a composite type, carried as text"
		case "array":
			reason = "an array, carried as text; needs a primary key"
		case "pseudo":
			reason = "a pseudo type"
		}
		if reason == "" && c.TypeExtension != "" {
			reason = "a type of the extension " + analyze.Display(c.TypeExtension)
		}
		if reason != "" {
			key := cmp.Or(c.BaseType, c.Type)
			found[key] = append(found[key], column(t, c.Name))
			why[key] = reason
		}
		return nil
	})
	var out []Finding
	for _, key := range slices.Sorted(maps.Keys(found)) {
		out = append(out, about("type "+analyze.Display(key), "", "%s: %s in %s.", strings.ToUpper(why[key][:1])+why[key][1:], analyze.Count(len(found[key]), "column"), some(found[key]))...)
	}
	return out
}

// textual reports whether values of a column sort by a collation.
func textual(c analyze.Column) bool {
	switch c.BaseType {
	case "text", "varchar", "bpchar", "citext":
		return true
	}
	return false
}

// collated reports whether a column sorts by the rules of a language.
func collated(d analyze.Database, t *analyze.Table, name string) bool {
	i := slices.IndexFunc(t.Columns, func(c analyze.Column) bool { return c.Name == name })
	return i >= 0 && textual(t.Columns[i]) && !d.Bytewise(t.Columns[i].Collation)
}

// locale is what decides how a database sorts its texts.
func locale(d analyze.Database) string {
	return strings.TrimSpace(d.LocaleProvider + " " + d.Collate + "/" + d.Ctype + " " + d.Locale)
}
