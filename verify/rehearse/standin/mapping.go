package standin

import (
	"regexp"
	"strconv"
	"strings"
)

// A Mapping is a table mapping as AWS DMS gets it.
type Mapping struct {
	Rules []Rule `json:"rules"`
}

// A Rule selects tables, removes columns or sets how a table's LOBs travel.
type Rule struct {
	Type    string `json:"rule-type"`
	Target  string `json:"rule-target"`
	Action  string `json:"rule-action"`
	Locator struct {
		Schema string `json:"schema-name"`
		Table  string `json:"table-name"`
		Column string `json:"column-name"`
	} `json:"object-locator"`
	LOB struct {
		Mode string `json:"mode"`
	} `json:"lob-settings"`
	Order    string `json:"load-order"` // of a selection: what is greater is loaded before
	Parallel struct {
		Type       string     `json:"type"`
		Columns    []string   `json:"columns"`
		Boundaries [][]string `json:"boundaries"` // upper bounds, which belong to what they end
	} `json:"parallel-load"`
}

// order is how early a table is loaded: greater is earlier.
func (m Mapping) order(schema, table string) int {
	for _, r := range m.Rules {
		if n, err := strconv.Atoi(r.Order); err == nil && r.Type == "selection" && r.Locator.Schema == schema && r.Locator.Table == table {
			return n
		}
	}
	return 0
}

// ranges are the conditions by which a table is loaded side by side; one, without a condition, for a table that is loaded whole. Rows with a NULL in one of the
// columns are in none of them, as the user guide says.
func (m Mapping) ranges(schema, table string) []string {
	for _, r := range m.Rules {
		if r.Type != "table-settings" || r.Locator.Schema != schema || r.Locator.Table != table || r.Parallel.Type != "ranges" {
			continue
		}
		columns := make([]string, len(r.Parallel.Columns))
		for i, c := range r.Parallel.Columns {
			columns[i] = quoted(c)
		}
		row := "(" + strings.Join(columns, ", ") + ")"
		bound := func(values []string) string {
			texts := make([]string, len(values))
			for i, v := range values {
				texts[i] = "'" + strings.ReplaceAll(v, "'", "''") + "'"
			}
			return "(" + strings.Join(texts, ", ") + ")"
		}
		var out []string
		for i, b := range r.Parallel.Boundaries {
			where := row + " <= " + bound(b)
			if i > 0 {
				where += " and " + row + " > " + bound(r.Parallel.Boundaries[i-1])
			}
			out = append(out, where)
		}
		if n := len(r.Parallel.Boundaries); n > 0 {
			return append(out, row+" > "+bound(r.Parallel.Boundaries[n-1]))
		}
	}
	return []string{""}
}

// fits reports whether a name fits a pattern, in which _ is any character and % any number of them.
func fits(pattern, name string) bool {
	var b strings.Builder
	b.WriteString("(?s)^")
	for _, r := range pattern {
		switch r {
		case '%':
			b.WriteString(".*")
		case '_':
			b.WriteByte('.')
		default:
			b.WriteString(regexp.QuoteMeta(string(r)))
		}
	}
	return regexp.MustCompile(b.String() + "$").MatchString(name)
}

// selects reports whether a table is one of the task's. explicit names one table, include and exclude are patterns.
func (m Mapping) selects(schema, table string) bool {
	selected := false
	for _, r := range m.Rules {
		if r.Type != "selection" {
			continue
		}
		switch r.Action {
		case "explicit":
			if r.Locator.Schema == schema && r.Locator.Table == table {
				return true
			}
		case "include":
			selected = selected || fits(r.Locator.Schema, schema) && fits(r.Locator.Table, table)
		case "exclude":
			if fits(r.Locator.Schema, schema) && fits(r.Locator.Table, table) {
				return false
			}
		}
	}
	return selected
}

// removes reports whether a column is left out. Rules of columns know no exact names.
func (m Mapping) removes(schema, table, column string) bool {
	for _, r := range m.Rules {
		if r.Type == "transformation" && r.Action == "remove-column" && fits(r.Locator.Schema, schema) && fits(r.Locator.Table, table) && fits(r.Locator.Column, column) {
			return true
		}
	}
	return false
}

// unlimited reports whether a table's LOBs are looked up on the source.
func (m Mapping) unlimited(schema, table string) bool {
	for _, r := range m.Rules {
		if r.Type == "table-settings" && r.Locator.Schema == schema && r.Locator.Table == table {
			return r.LOB.Mode == "unlimited"
		}
	}
	return false
}
