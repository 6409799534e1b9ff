package render

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"github.com/pgcutover/pgcutover/analyze"
	"github.com/pgcutover/pgcutover/planner"
)

// A table mapping of AWS DMS (user guide, "Using table mapping to specify task settings"). Keys are written in this order.
type mappingRule struct {
	Type     string           `json:"rule-type"`
	ID       string           `json:"rule-id"`
	Name     string           `json:"rule-name"`
	Target   string           `json:"rule-target,omitempty"`
	Locator  mappingLocator   `json:"object-locator"`
	Action   string           `json:"rule-action,omitempty"`
	Filters  *[]struct{}      `json:"filters,omitempty"`
	Settings *mappingSettings `json:"lob-settings,omitempty"`
}

type mappingLocator struct {
	Schema string `json:"schema-name"`
	Table  string `json:"table-name"`
	Column string `json:"column-name,omitempty"`
}

type mappingSettings struct {
	Mode string `json:"mode"`
	Bulk string `json:"bulk-max-size"`
}

// mostMappingBytes is how large a mapping AWS DMS takes.
const mostMappingBytes = 2_000_000

// mappingOf lists one rule for each table of a group, its marker first.
//
// Tables are selected by "explicit", which takes one table by its very name. "include" takes patterns, in which _ is any character;
// brackets that once escaped it may not work any more, by the user guide itself. Ids are decimal numbers without leading zeros
// and unique over all types of rules; names are the same, because "alphanumeric" is all that is said about them.
func mappingOf(p planner.Plan, group int) []mappingRule {
	g, t := p.Groups[group], p.DMS.Tasks[group]
	var rules []mappingRule
	add := func(r mappingRule) {
		r.ID = strconv.Itoa(len(rules) + 1)
		r.Name = r.ID
		rules = append(rules, r)
	}
	none := []struct{}{}
	for _, n := range append([]analyze.Name{g.Marker}, g.Tables...) {
		add(mappingRule{Type: "selection", Locator: mappingLocator{Schema: n.Schema, Table: n.Name}, Action: "explicit", Filters: &none})
	}
	for _, c := range t.Removed {
		add(mappingRule{Type: "transformation", Target: "column", Locator: mappingLocator{c.Table.Schema, c.Table.Name, c.Column}, Action: "remove-column"})
	}
	for _, n := range t.Unlimited {
		// A size above 0 would be the combination of both modes, which the user guide knows for Db2 and SAP ASE only.
		add(mappingRule{Type: "table-settings", Locator: mappingLocator{Schema: n.Name.Schema, Table: n.Name.Name}, Settings: &mappingSettings{"unlimited", "0"}})
	}
	return rules
}

// mappingFile is the mapping with one rule in a line, for people who read it.
func mappingFile(rules []mappingRule) ([]byte, error) {
	var b bytes.Buffer
	b.WriteString("{\n  \"rules\": [")
	for i, r := range rules {
		line, err := compactJSON(r)
		if err != nil {
			return nil, err
		}
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString("\n    " + line)
	}
	b.WriteString("\n  ]\n}\n")
	if b.Len() > mostMappingBytes {
		return nil, fmt.Errorf("a table mapping has %d bytes, and AWS DMS takes %d: lower slots.max_tables", b.Len(), mostMappingBytes)
	}
	return b.Bytes(), nil
}

// mappingText is the mapping as the string that a template or a call carries.
func mappingText(rules []mappingRule) (string, error) {
	return compactJSON(struct {
		Rules []mappingRule `json:"rules"`
	}{rules})
}

// compactJSON is JSON on one line. Two braces in a row, which can only stand in a string, are written as escapes: CloudFormation looks for
// {{resolve:…}} in every string of a template, and a table may be called so.
func compactJSON(v any) (string, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return "", fmt.Errorf("encoding JSON: %w", err)
	}
	return strings.ReplaceAll(strings.TrimSuffix(b.String(), "\n"), "{{", `\u007b\u007b`), nil
}
