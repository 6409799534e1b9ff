package render

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
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
	Order    string           `json:"load-order,omitempty"` // of a full load: higher comes first
	Filters  *[]struct{}      `json:"filters,omitempty"`
	Parallel *mappingParallel `json:"parallel-load,omitempty"`
	Settings *mappingSettings `json:"lob-settings,omitempty"`
}

// mappingParallel has a table read in ranges: up to the first boundary, from there up to the next, and what is beyond the last.
type mappingParallel struct {
	Type       string     `json:"type"`
	Columns    []string   `json:"columns"`
	Boundaries [][]string `json:"boundaries"`
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
	order, parallel := map[analyze.Name]string{}, map[analyze.Name]*mappingParallel{}
	if full(p) {
		order, parallel = loadOrder(p, group), parallelLoad(p, group)
	}
	for _, n := range append([]analyze.Name{g.Marker}, g.Tables...) {
		add(mappingRule{Type: "selection", Locator: mappingLocator{Schema: n.Schema, Table: n.Name}, Action: "explicit", Order: order[n], Filters: &none})
	}
	for _, c := range t.Removed {
		add(mappingRule{Type: "transformation", Target: "column", Locator: mappingLocator{c.Table.Schema, c.Table.Name, c.Column}, Action: "remove-column"})
	}
	for _, n := range t.Unlimited {
		// A size above 0 would be the combination of both modes, which the user guide knows for Db2 and SAP ASE only. Both settings of a table are in one
		// rule: of several the guide does not say which counts.
		add(mappingRule{Type: "table-settings", Locator: mappingLocator{Schema: n.Name.Schema, Table: n.Name.Name}, Parallel: parallel[n.Name], Settings: &mappingSettings{"unlimited", "0"}})
		delete(parallel, n.Name)
	}
	for _, n := range slices.SortedFunc(maps.Keys(parallel), analyze.Name.Compare) {
		add(mappingRule{Type: "table-settings", Locator: mappingLocator{Schema: n.Schema, Table: n.Name}, Parallel: parallel[n]})
	}
	return rules
}

// parallelLoad are the tables of a group that are read in ranges. A range of the plan begins at a bound and ends before the next; one of AWS DMS
// ends at it: the row in between is in one of both either way.
func parallelLoad(p planner.Plan, group int) map[analyze.Name]*mappingParallel {
	ours := map[analyze.Name]bool{}
	for _, n := range p.Groups[group].Tables {
		ours[n] = true
	}
	type bound struct {
		part  int
		value string
	}
	ends, by := map[analyze.Name][]bound{}, map[analyze.Name]string{}
	for _, it := range p.Items {
		if n := it.Tables[0]; it.Range != nil && ours[n] && len(it.Range.To) > 0 {
			ends[n], by[n] = append(ends[n], bound{it.Range.Part, *it.Range.To[0]}), it.Range.Key[0].Name
		}
	}
	out := make(map[analyze.Name]*mappingParallel, len(ends))
	for n, list := range ends {
		slices.SortFunc(list, func(a, b bound) int { return cmp.Compare(a.part, b.part) })
		m := &mappingParallel{Type: "ranges", Columns: []string{by[n]}}
		for _, b := range list {
			m.Boundaries = append(m.Boundaries, []string{b.value})
		}
		out[n] = m
	}
	return out
}

// leastOrdered is the size from which on it matters when a table's turn comes.
const leastOrdered = 128 << 20

// loadOrder has the tables come that take longest, so that none of them begins when the others are done. The others follow in whatever order.
func loadOrder(p planner.Plan, group int) map[analyze.Name]string {
	var large []analyze.Name
	bytes := map[analyze.Name]int64{}
	for _, t := range p.Tables {
		if t.Group == group+1 && t.Bytes > leastOrdered {
			large, bytes[t.Name] = append(large, t.Name), t.Bytes
		}
	}
	slices.SortStableFunc(large, func(a, b analyze.Name) int { return cmp.Compare(bytes[b], bytes[a]) })
	out := make(map[analyze.Name]string, len(large))
	for i, n := range large {
		out[n] = strconv.Itoa(len(large) - i)
	}
	return out
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
