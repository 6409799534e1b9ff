package dms

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/pgcutover/pgcutover/analyze"
)

// rule is one of a table mapping, without what does not matter.
type rule struct {
	key  string // all that it says, in one form
	text string // what it does
	at   int
}

// compareMappings compares two table mappings. Ids and names of rules, their order, and what is written that holds anyway do not matter: no
// two rules of the bundle are about the same thing.
func compareMappings(want, have []byte) ([]difference, error) {
	w, err := rules(want)
	if err != nil {
		return nil, err
	}
	h, err := rules(have)
	if err != nil {
		return nil, fmt.Errorf("the table mapping that AWS DMS has: %w", err)
	}
	there, wanted := map[string]int{}, map[string]int{}
	for _, r := range h {
		there[r.key]++
	}
	var out []difference
	for _, r := range w {
		wanted[r.key]++
		if there[r.key] < wanted[r.key] {
			out = append(out, difference{Path: "$.rules", Text: "$.rules lacks the rule that " + r.text})
		}
	}
	seen := map[string]int{}
	for _, r := range h {
		if seen[r.key]++; seen[r.key] > wanted[r.key] {
			path := fmt.Sprintf("$.rules[%d]", r.at)
			out = append(out, difference{Path: path, Text: fmt.Sprintf("%s %s, which the plan does not", path, r.text)})
		}
	}
	return out, nil
}

func rules(text []byte) ([]rule, error) {
	v, err := decode(text)
	if err != nil {
		return nil, err
	}
	m, _ := v.(map[string]any)
	list, ok := m["rules"].([]any)
	if !ok {
		return nil, fmt.Errorf("it has no rules")
	}
	out := make([]rule, 0, len(list))
	for i, x := range list {
		r, ok := x.(map[string]any)
		if !ok {
			return nil, fmt.Errorf("$.rules[%d] is no rule", i)
		}
		delete(r, "rule-id")
		delete(r, "rule-name")
		for key, value := range r {
			if empty(value) {
				delete(r, key)
			}
		}
		if locator, ok := r["object-locator"].(map[string]any); ok && locator["table-type"] == "table" {
			delete(locator, "table-type")
		}
		if lob, ok := r["lob-settings"].(map[string]any); ok {
			if n, ok := lob["bulk-max-size"].(json.Number); ok {
				lob["bulk-max-size"] = n.String()
			}
		}
		out = append(out, rule{show(r), describe(r), i})
	}
	return out, nil
}

func describe(r map[string]any) string {
	text := func(key string, from map[string]any) string { s, _ := from[key].(string); return s }
	locator, _ := r["object-locator"].(map[string]any)
	name := analyze.Name{Schema: text("schema-name", locator), Name: text("table-name", locator)}.String()
	switch text("rule-type", r) {
	case "selection":
		action := map[string]string{"explicit": "selects the table", "include": "selects by the pattern", "exclude": "leaves out by the pattern"}[text("rule-action", r)]
		if filters, some := r["filters"]; some {
			return fmt.Sprintf("%s %s where %s", action, name, show(filters))
		}
		return strings.TrimSpace(action + " " + name)
	case "transformation":
		if column := text("column-name", locator); column != "" {
			name += "." + analyze.Display(column)
		}
		return fmt.Sprintf("does %s to %s", text("rule-action", r), name)
	case "table-settings":
		var parts []string
		for _, key := range []string{"lob-settings", "parallel-load"} {
			if x, has := r[key]; has {
				parts = append(parts, show(x))
			}
		}
		return fmt.Sprintf("has settings of its own for %s: %s", name, strings.Join(parts, ", "))
	}
	return "is " + show(r)
}
