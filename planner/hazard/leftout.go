package hazard

import (
	"slices"
	"strings"

	"github.com/pgcutover/pgcutover/analyze"
)

// leftOutRules are about what the configuration leaves behind, and what leans on it.
func leftOutRules() []Rule {
	return []Rule{
		{
			Code: "CV110", Title: "table left out", Severity: Note, Since: "0.1",
			Why: "The configuration excludes it, so neither the table nor its rows reach the target.",
			Fix: "take it off tables.exclude or tables.exclude_schemas if that was not meant",
			Find: func(f *Facts) []Finding {
				var out []Finding
				for i := range f.Inventory.Tables {
					t := &f.Inventory.Tables[i]
					if fate, planned := f.fateAt(i); planned && !fate.Present && t.Extension == "" {
						out = append(out, one(t, "", "%s are left behind.", gigabytes(fate.Bytes))...)
					}
				}
				return out
			},
		},
		{
			Code: "CV112", Engines: Logical, Title: "view of a table that is left out", Severity: Error, Since: "0.1",
			Why: "The view comes with the schema, its table does not: restoring the schema on the target fails, and nothing of it is there.",
			Fix: "leave the view out as well: list it in tables.exclude, and create it on the target once its tables are there; or take the table in",
			Find: func(f *Facts) []Finding {
				gone := map[analyze.Name]bool{}
				for i := range f.Inventory.Tables {
					t := &f.Inventory.Tables[i]
					if fate, planned := f.fateAt(i); planned && !fate.Present && t.Extension == "" { // an extension brings its tables along
						gone[t.Name] = true
					}
				}
				for n := range f.LeftOutViews {
					gone[n] = true
				}
				if len(gone) == 0 {
					return nil
				}
				var out []Finding
				for i := range f.Inventory.Views {
					v := &f.Inventory.Views[i]
					if v.Extension != "" || f.excluded(v.Name.Schema) || f.LeftOutViews[v.Name] {
						continue
					}
					var of []string
					for n := range Qualified(v.Definition) {
						if gone[n] && !slices.Contains(of, n.String()) {
							of = append(of, n.String())
						}
					}
					if len(of) > 0 {
						slices.Sort(of)
						out = append(out, about(v.Name.String(), "tables.exclude: ["+yamlText(v.Name.String())+"], and create it on the target once its tables are there; or take the table in", "It reads %s, left out.", some(of))...)
					}
				}
				return out
			},
		},
		{
			Code: "CV116", Engines: Logical, Title: "use of a schema that is left out", Severity: Error, Since: "0.1",
			Why: "A type, function or sequence of an excluded schema is used by what comes to the target. Creating the latter fails there: tables and views with the schema, triggers at the cutover.",
			Fix: "take the schema in, and exclude its tables one by one; or move what is used to another schema on the source: ALTER … SET SCHEMA",
			Find: func(f *Facts) []Finding {
				if len(f.ExcludedSchemas) == 0 {
					return nil
				}
				var out []Finding
				report := func(who analyze.Name, texts ...string) {
					var uses []string
					for _, text := range texts {
						for n := range Qualified(text) {
							if _, isTable := f.Fates[n]; !isTable && f.excluded(n.Schema) && !slices.Contains(uses, n.String()) { // of tables TR102 and CV112 speak
								uses = append(uses, n.String())
							}
						}
					}
					if len(uses) > 0 {
						slices.Sort(uses)
						out = append(out, about(who.String(), "", "It uses %s.", some(uses))...)
					}
				}
				for i := range f.Inventory.Tables {
					if fate, _ := f.fateAt(i); fate.Present {
						t := &f.Inventory.Tables[i]
						report(t.Name, definitions(t)...)
					}
				}
				for i := range f.Inventory.Views {
					if v := &f.Inventory.Views[i]; v.Extension == "" && !f.excluded(v.Name.Schema) && !f.LeftOutViews[v.Name] {
						report(v.Name, v.Definition)
					}
				}
				return out
			},
		},
		{
			Code: "CV118", Engines: Logical, Title: "table in a schema of the tool's own", Severity: Error, Since: "0.1",
			Why: "The schema pgcutover holds markers and the load's ledger. Other tables in it are neither copied nor replicated, and dropped with the schema at the end.",
			Fix: "move it to another schema: ALTER TABLE … SET SCHEMA …",
			Find: func(f *Facts) []Finding {
				var out []Finding
				for i := range f.Inventory.Tables {
					t := &f.Inventory.Tables[i]
					if t.Name.Schema == "pgcutover" && !strings.HasPrefix(t.Name.Name, "marker_") && !slices.Contains([]string{"run", "item", "item_table", "item_need", "identity_always", "noted", "counting"}, t.Name.Name) {
						out = append(out, one(t, "ALTER TABLE "+t.Name.SQL()+" SET SCHEMA …", "It stays behind.")...)
					}
				}
				return out
			},
		},
	}
}

// excluded reports whether a schema does not come to the target.
func (f *Facts) excluded(schema string) bool { return slices.Contains(f.ExcludedSchemas, schema) }

// definitions are the texts of a table that name other objects: types, defaults, checks, index expressions, triggers. Foreign keys
// are left out: they name tables.
func definitions(t *analyze.Table) []string {
	var out []string
	for i := range t.Columns {
		c := &t.Columns[i]
		if strings.Contains(c.Type, ".") {
			out = append(out, c.Type)
		}
		if c.Default != nil {
			out = append(out, *c.Default)
		}
	}
	for i := range t.Constraints {
		if c := &t.Constraints[i]; c.Kind != analyze.ForeignKey {
			out = append(out, c.Definition)
		}
	}
	for i := range t.Indexes {
		if x := &t.Indexes[i]; x.Expression || x.Partial {
			out = append(out, x.Definition)
		}
	}
	for i := range t.Triggers {
		out = append(out, t.Triggers[i].Definition)
	}
	return out
}

// yamlText is a text as a YAML scalar in double quotes.
func yamlText(s string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`).Replace(s) + `"`
}
