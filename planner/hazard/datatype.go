package hazard

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/pgcutover/pgcutover/analyze"
)

// typeRules are about values that change or get lost on the way.
func typeRules() []Rule {
	return []Rule{
		{
			Code: "TY101", Engines: ByDMS, Title: "LOB too large for limited mode", Severity: Warning, Since: "0.1", Needs: []string{"LOB sizes"},
			Why: "A limited LOB of AWS DMS holds at most 102400 kB. Larger ones need unlimited mode: a SELECT on the source for every changed row, which reads the value of that moment, and no batches.",
			Fix: "keep the table in a group that is applied row by row; or list it in lob.truncate if losing the end of such values is acceptable",
			Copied: func(f *Facts, t *analyze.Table, _ Fate) []Finding {
				return columnsOf(t, func(c *analyze.Column) []Finding {
					need, known := LOBNeed(*c, f.margin(t.Name))
					if !c.LOB.IsLOB() || !known || need <= MaxLOBBytes || f.Truncate[t.Name] {
						return nil
					}
					return about(column(t, c.Name), "", "The largest value has %s; with margin it needs a limit of %s.", gigabytes(*c.LOBMax.Bytes), gigabytes(need))
				})
			},
		},
		{
			Code: "TY102", Engines: ByDMS, Title: "LOB of unknown size", Severity: Warning, Since: "0.1",
			Why: "Without knowing the largest value no limit is safe, so the table goes through unlimited mode: a SELECT on the source for every changed row, and no batches.",
			Fix: "measure: pgcutover analyze --lob exact, best with --replica",
			Copied: func(f *Facts, t *analyze.Table, _ Fate) []Finding {
				names := namesOf(t, func(c *analyze.Column) bool {
					return c.LOB.IsLOB() && (c.LOBMax == nil || c.LOBMax.Bytes == nil) && !f.Truncate[t.Name]
				})
				if len(names) == 0 {
					return nil
				}
				return one(t, "", "Not measured: %s.", some(names))
			},
		},
		{
			Code: "TY103", Engines: ByDMS, Title: "LOB limit from a sample", Severity: Warning, Since: "0.1",
			Why: "A sample cannot bound a maximum: a value larger than the limit is cut off by AWS DMS.",
			Fix: "measure all rows: pgcutover analyze --lob exact, on the replica; or raise lob.margin, for one table lob.margins; or list the table in lob.truncate",
			Copied: func(f *Facts, t *analyze.Table, _ Fate) []Finding {
				var names []string
				for i := range t.Columns {
					if c := &t.Columns[i]; (c.LOB.IsLOB() || c.LOB == analyze.UnboundedVarchar) && c.Generated == "" && c.LOBMax != nil && c.LOBMax.Method == "sampled" && !f.Truncate[t.Name] {
						names = append(names, fmt.Sprintf("%s (%d rows)", analyze.Display(c.Name), c.LOBMax.Rows))
					}
				}
				if len(names) == 0 {
					return nil
				}
				return one(t, "", "Sampled: %s.", some(names))
			},
		},
		{
			Code: "TY104", Engines: ByDMS, Title: "LOB in a table without a primary key", Severity: Error, Since: "0.1",
			Why: "AWS DMS moves LOBs only of tables with a primary key: it inserts the row first and fills the LOB in by the key.",
			Fix: "add a primary key, or exclude the table and move it at the cutover",
			Copied: func(f *Facts, t *analyze.Table, _ Fate) []Finding {
				i := slices.IndexFunc(t.Columns, func(c analyze.Column) bool { return c.LOB.IsLOB() && c.Generated == "" })
				if i < 0 || t.PrimaryKey() != nil {
					return nil
				}
				return one(t, "", "%s (%s) is a LOB, and there is no primary key.", analyze.Display(t.Columns[i].Name), t.Columns[i].Type)
			},
		},
		{
			Code: "TY105", Engines: ByDMS, Title: "LOB in the primary key", Severity: Error, Since: "0.1",
			Why: "AWS DMS does not support a LOB type in a primary key; text is one. It fills LOBs in by the key, which it does not have before.",
			Fix: "give the column a length: ALTER TABLE … ALTER COLUMN … TYPE varchar(n) rewrites nothing from varchar to a larger varchar, but from text it does check every row under a lock; or exclude the table and move it at the cutover",
			Copied: func(_ *Facts, t *analyze.Table, _ Fate) []Finding {
				return columnsOf(t, func(c *analyze.Column) []Finding {
					pk := t.PrimaryKey()
					if !c.LOB.IsLOB() || pk == nil || !slices.Contains(pk.KeyColumns, c.Name) {
						return nil
					}
					return about(column(t, c.Name), "", "%s is a LOB to AWS DMS and part of the primary key.", c.Type)
				})
			},
		},
		{
			Code: "TY106", Engines: ByDMS, Title: "numeric without precision", Severity: Error, Since: "0.1",
			Why: "AWS DMS makes NUMERIC(28,6) of it: digits behind the sixth decimal and values above 22 digits are lost.",
			Fix: "set MapUnboundedNumericAsString=true in cdc.source_attributes and cdc.target_attributes and rehearse (28 digits still are the limit), or declare a precision on the source; then accept",
			Copied: func(_ *Facts, t *analyze.Table, _ Fate) []Finding {
				return naming(t, "Numeric without precision: %s.", func(c *analyze.Column) bool { return c.LOB == analyze.UnboundedNumeric })
			},
		},
		{
			Code: "TY107", Engines: ByDMS, Title: "varchar without length", Severity: Warning, Since: "0.1",
			Why: "AWS DMS cuts it at unboundedVarcharMaxSize of the endpoint. The plan sets that from the largest value, which goes wrong where it is not known, or larger than the 10485760 bytes that the attribute takes.",
			Fix: "measure: pgcutover analyze --lob exact, best with --replica; or give the column a length; or exclude the table and move it at the cutover",
			Copied: func(f *Facts, t *analyze.Table, _ Fate) []Finding {
				longest := int64(-1)
				names := namesOf(t, func(c *analyze.Column) bool {
					if c.LOB != analyze.UnboundedVarchar {
						return false
					}
					need, known := LOBNeed(*c, f.margin(t.Name))
					if known {
						longest = max(longest, *c.LOBMax.Bytes)
					}
					return !known || need > MaxVarcharBytes
				})
				switch {
				case len(names) == 0:
					return nil
				case longest <= MaxVarcharBytes/2: // no value that is known is cut
					return one(t, "", "Of unknown size: %s.", some(names))
				}
				x := one(t, "", "Longer than %d bytes with margin: %s; the largest value has %d bytes.", MaxVarcharBytes, some(names), longest)
				if longest > MaxVarcharBytes {
					x[0].Severity = Error
				}
				return x
			},
		},
		{
			Code: "TY108", Engines: Logical, Title: "floating point of an old server", Severity: Note, Since: "0.1",
			Why:      "Up to version 11 a server prints float4 and float8 with 15 digits unless extra_float_digits says otherwise: 0.30000000000000004 arrives as 0.3. The load asks for all digits; the replication role has to as well.",
			Fix:      "10-source/13-role.sql sets extra_float_digits = 3 for the replication role",
			Versions: Versions{Source: Majors{To: 1100}},
			Over: func(*Facts) (func(*analyze.Table, Fate), func() []Finding) {
				return columns(func(c *analyze.Column) bool { b := base(c); return b == "float4" || b == "float8" })
			},
		},
		{
			Code: "TY109", Engines: ByDMS, Title: "type that AWS DMS carries in part or as text", Severity: Warning, Since: "0.1",
			Why:  "The documentation of AWS DMS lists the type as not supported, in part, or mapped to a string. Between PostgreSQL servers the text mostly arrives well, but that has to be seen in a rehearsal: time zones, infinities, units of money, order of keys.",
			Fix:  "rehearse a table with that type end to end and compare, then accept; or exclude the table and move it at the cutover",
			Over: partialTypes,
		},
		{
			Code: "TY110", Engines: ByDMS, Title: "numeric with more than 28 digits", Severity: Warning, Since: "0.1",
			Why: "In change data capture AWS DMS carries numbers of at most 28 digits.",
			Fix: "find out whether such values occur: SELECT max(abs(column)); rehearse",
			Copied: func(_ *Facts, t *analyze.Table, _ Fate) []Finding {
				return naming(t, "More than 28 digits: %s.", func(c *analyze.Column) bool { return base(c) == "numeric" && digits(c.Type) > 28 })
			},
		},
		{
			Code: "TY114", Engines: ByDMS, Title: "generated columns", Severity: Note, Since: "0.1",
			Why:      "pglogical sends stored generated columns, and the target refuses to insert into one. The load leaves them out, and so does the table mapping of AWS DMS.",
			Fix:      "nothing to do: the mappings in 50-cdc/dms remove them",
			Versions: Versions{Source: Majors{From: 1200}},
			Copied: func(_ *Facts, t *analyze.Table, _ Fate) []Finding {
				names := generated(t)
				if len(names) == 0 {
					return nil
				}
				return one(t, "", "Computed on the target: %s.", some(names))
			},
		},
		{
			Code: "TY115", Engines: ByDMS, Title: "identity columns GENERATED ALWAYS", Severity: Note, Since: "0.1",
			Why:      "An INSERT that names such a column fails unless it says OVERRIDING SYSTEM VALUE, which AWS DMS does not.",
			Fix:      "nothing to do: 30-target/33-relax.sql makes it BY DEFAULT, 70-cutover/74-constraints.sh makes it ALWAYS again",
			Versions: Versions{Source: Majors{From: 1000}},
			Copied: func(_ *Facts, t *analyze.Table, _ Fate) []Finding {
				return columnsOf(t, func(c *analyze.Column) []Finding {
					if c.Identity != "always" {
						return nil
					}
					return about(column(t, c.Name), "", "Its values come from the source, and the target would refuse them.")
				})
			},
		},
		{
			Code: "TY122", Engines: ByDMS, Title: "generated column whose name no mapping can tell", Severity: Error, Since: "0.1",
			Why:      "A table mapping of AWS DMS has to leave a generated column out, stored or virtual, because the target refuses to insert into it. Rules about columns do not take names with #, \\, / or - in them (AWS DMS user guide, transformation rules), so every change of the table fails.",
			Fix:      "ALTER TABLE … RENAME COLUMN … on the source, or exclude the table and move it at the cutover",
			Versions: Versions{Source: Majors{From: 1200}},
			Copied: func(_ *Facts, t *analyze.Table, _ Fate) []Finding {
				var bad []string
				for i := range t.Columns {
					if c := &t.Columns[i]; c.Generated != "" && strings.ContainsAny(c.Name, `#\/-`) {
						bad = append(bad, analyze.Display(c.Name))
					}
				}
				if len(bad) == 0 {
					return nil
				}
				return one(t, "", "Generated, and not to be named: %s.", some(bad))
			},
		},
		{
			Code: "TY123", Engines: ByDMS, Title: "truncation that is accepted for more than was meant", Severity: Warning, Since: "0.1",
			Why: "Whether a LOB that is cut stops a task (FailTasksOnLobTruncation) is said once for each source endpoint. Where lob.truncate names one table of a slot, a value that is cut in any other table of that slot stops nothing either. The same holds for varchars and strings: their truncation is then only logged, for the whole task.",
			Fix: "keep such tables apart (slots.apart), or take them out of lob.truncate",
			Find: func(f *Facts) []Finding {
				var out []Finding
				for _, g := range f.Groups {
					if len(g.Cut) > 0 && len(g.Kept) > 0 {
						out = append(out, about("slot "+g.Slot, "", "Accepted for %s; not accepted for %s.", some(g.Cut), some(g.Kept))...)
					}
				}
				return out
			},
		},
		{
			Code: "TY124", Engines: ByDMS, Title: "column that a mapping leaves out by mistake", Severity: Error, Since: "0.1",
			Why: "A table mapping of AWS DMS leaves generated columns out by rules whose names are patterns: _ is any character, % any number of them, and nothing escapes them. A column of another name that fits would be left out too, and its changes lost.",
			Fix: "put the tables into different slots (slots.apart), or rename one of them",
			Find: func(f *Facts) []Finding {
				var out []Finding
				for _, g := range f.Groups {
					if len(g.Overreached) > 0 {
						out = append(out, about("slot "+g.Slot, "", "Would be left out: %s.", some(g.Overreached))...)
					}
				}
				return out
			},
		},
		{
			Code: "TY125", Engines: ByDMS, Title: "LOBs that no mapping can leave unlimited", Severity: Warning, Since: "0.1",
			Why: "Unlimited mode is said for one table by a rule of the table mapping that takes exact names, and AWS DMS refuses such a rule, and the task with it, for a name with % in it. So the LOBs of the table are limited at the 102400 kB that a limited LOB holds at most: each of them may take that much memory of the replication instance, and a larger value stops the task.",
			Fix: "ALTER TABLE … RENAME TO … (or ALTER SCHEMA …) on the source; where the size is not known, measure: pgcutover analyze --lob exact; or list the table in lob.truncate",
			Copied: func(f *Facts, t *analyze.Table, _ Fate) []Finding {
				if !strings.Contains(t.Name.Schema+t.Name.Name, "%") || f.Truncate[t.Name] {
					return nil
				}
				large := false
				names := namesOf(t, func(c *analyze.Column) bool {
					need, known := LOBNeed(*c, f.LOBMargin)
					large = large || known && c.LOB.IsLOB() && c.Generated == "" && *c.LOBMax.Bytes > MaxLOBBytes
					return c.LOB.IsLOB() && c.Generated == "" && (!known || need > MaxLOBBytes)
				})
				if len(names) == 0 {
					return nil
				}
				x := one(t, "", "Limited although they may be larger: %s.", some(names))
				if large {
					x[0].Severity = Error
				}
				return x
			},
		},
	}
}

// digits is the precision of a numeric type as format_type shows it, 0 for one without.
func digits(typ string) int {
	rest, ok := strings.CutPrefix(typ, "numeric(")
	if !ok {
		return 0
	}
	n := 0
	for i := 0; i < len(rest) && '0' <= rest[i] && rest[i] <= '9' && n < 10_000; i++ {
		n = n*10 + int(rest[i]-'0')
	}
	return n
}

// base is the type under an array.
func base(c *analyze.Column) string {
	if c.TypeKind == "array" {
		return strings.TrimPrefix(c.BaseType, "_")
	}
	return c.BaseType
}

func generated(t *analyze.Table) []string {
	var names []string
	for i := range t.Columns {
		if c := &t.Columns[i]; c.Generated != "" {
			names = append(names, analyze.Display(c.Name))
		}
	}
	return names
}

// naming is one finding about the loaded columns of a table that answer a question with yes.
func naming(t *analyze.Table, detail string, is func(*analyze.Column) bool) []Finding {
	names := namesOf(t, is)
	if len(names) == 0 {
		return nil
	}
	return one(t, "", detail, some(names))
}

// columns is one finding about all loaded columns of the database that answer a question with yes.
func columns(is func(*analyze.Column) bool) (look func(*analyze.Table, Fate), sum func() []Finding) {
	var names []string
	n := 0
	look = func(t *analyze.Table, fate Fate) {
		if !fate.Copied {
			return
		}
		for i := range t.Columns {
			if c := &t.Columns[i]; c.Generated == "" && is(c) {
				if n++; n <= shown {
					names = append(names, column(t, c.Name))
				}
			}
		}
	}
	sum = func() []Finding {
		if n == 0 {
			return nil
		}
		return about("database", "", "%s: %s.", analyze.Count(n, "column"), someOf(names, n))
	}
	return look, sum
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

// partialReason says what is to be known about a column's type; empty: AWS DMS carries it.
func partialReason(c *analyze.Column) string {
	switch c.TypeKind {
	case "enum":
		return "an enum, not listed; its labels have to exist on the target"
	case "range", "multirange":
		return "a range, carried as text"
	case "composite":
		return "a composite type, carried as text"
	case "array":
		return "an array, carried as text; needs a primary key"
	case "pseudo":
		return "a pseudo type"
	}
	if reason := partial[c.BaseType]; reason != "" || c.TypeExtension == "" {
		return reason
	}
	return "a type of the extension " + analyze.Display(c.TypeExtension)
}

func partialTypes(*Facts) (look func(*analyze.Table, Fate), sum func() []Finding) {
	type use struct {
		why   string
		names []string // the first few
		n     int
	}
	found := map[string]*use{}
	look = func(t *analyze.Table, fate Fate) {
		if !fate.Copied {
			return
		}
		for i := range t.Columns {
			c := &t.Columns[i]
			reason := partialReason(c)
			if reason == "" || c.Generated != "" {
				continue
			}
			key := cmp.Or(c.BaseType, c.Type)
			u := found[key]
			if u == nil {
				u = &use{}
				found[key] = u
			}
			u.why = reason
			if u.n++; u.n <= shown {
				u.names = append(u.names, column(t, c.Name))
			}
		}
	}
	sum = func() []Finding {
		var out []Finding
		for _, key := range slices.Sorted(maps.Keys(found)) {
			u := found[key]
			out = append(out, about("type "+analyze.Display(key), "", "%s: %s in %s.", analyze.Capital(u.why), analyze.Count(u.n, "column"), someOf(u.names, u.n))...)
		}
		return out
	}
	return look, sum
}
