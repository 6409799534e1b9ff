package planner

import (
	"cmp"
	"io"
	"math"
	"slices"
	"strings"

	"github.com/pgcutover/pgcutover/analyze"
	"github.com/pgcutover/pgcutover/planner/hazard"
)

// LOBsFormat is the version of the LOB report's file format.
const LOBsFormat = 1

// LOBs lists the columns whose values AWS DMS moves as large objects, or cuts at a length: how large they become, and what a plan does about that.
type LOBs struct {
	Format    int         `json:"format"`
	Inventory string      `json:"inventory"` // fingerprint
	Engine    string      `json:"engine"`
	Columns   []LOBColumn `json:"columns"` // those of unknown size first, then the largest, then by name
	Sums      LOBSums     `json:"sums"`
}

// Encode writes the canonical form: indented JSON with a final newline.
func (l LOBs) Encode(w io.Writer) error { return analyze.EncodeCanonical(w, l) }

// LOBColumn is one column of a table whose rows move.
type LOBColumn struct {
	Table        analyze.Name     `json:"table"`
	Column       string           `json:"column"`
	Type         string           `json:"type"`
	Class        analyze.LOBClass `json:"class"`         // what AWS DMS takes the type for
	LargestBytes *int64           `json:"largest_bytes"` // of the text form (bytea: raw); nil: unknown
	Method       string           `json:"method"`        // how that is known: exact, sampled or unknown
	Rows         int64            `json:"rows"`          // looked at; sampled only
	NeedBytes    *int64           `json:"need_bytes"`    // limit under which nothing is cut: twice the largest value, times the margin; nil: unknown
	Margin       float64          `json:"margin"`
	Mode         LOBMode          `json:"mode"`
	LimitBytes   *int64           `json:"limit_bytes"` // what the plan sets; nil: none
	// Accepted says that the table is in lob.truncate; Truncation what becomes of a value beyond the limit.
	Accepted   bool       `json:"truncation_accepted"`
	Truncation Truncation `json:"truncation"`
	Slot       string     `json:"slot"` // of the table's group; empty: it is in none
}

// LOBMode is how the values travel.
type LOBMode string

// The modes.
const (
	LOBWhole     LOBMode = "whole"     // nothing treats them in another way than other values
	LOBLimited   LOBMode = "limited"   // with the row, up to the limit
	LOBUnlimited LOBMode = "unlimited" // one by one, each looked up on the source
	LOBVarchar   LOBMode = "varchar"   // as a text that is cut at unboundedVarcharMaxSize
)

// Truncation is what becomes of a value beyond the limit.
type Truncation string

// The ways it goes.
const (
	TruncationNever Truncation = "none"  // there is no limit
	TruncationStops Truncation = "stops" // the task stops
	TruncationCuts  Truncation = "cuts"  // its end is lost
)

// LOBSums counts columns.
type LOBSums struct {
	Columns      int   `json:"columns"`
	Tables       int   `json:"tables"`
	Unknown      int   `json:"unknown"`
	Sampled      int   `json:"sampled"`
	Unlimited    int   `json:"unlimited"`
	Cut          int   `json:"cut"` // whose values lose their ends beyond the limit
	LargestBytes int64 `json:"largest_bytes"`
}

// LOBsOf reports on the inventory that a plan was made from.
func LOBsOf(p Plan, inv analyze.Inventory) LOBs {
	out := LOBs{Format: LOBsFormat, Inventory: p.Inventory, Engine: p.Options.Engine, Columns: []LOBColumn{}}
	tables := make(map[analyze.Name]*analyze.Table, len(inv.Tables))
	known := &directory{}
	for i := range inv.Tables {
		tables[inv.Tables[i].Name] = &inv.Tables[i]
		known.tables = append(known.tables, &inv.Tables[i])
	}
	accepted, margins := map[analyze.Name]bool{}, map[analyze.Name]float64{}
	if cut, err := known.findAll("lob.truncate", p.Options.LOB.Truncate); err == nil { // looked up before without an error
		for _, n := range cut {
			accepted[n] = true
		}
	}
	for text, m := range p.Options.LOB.Margins {
		if n, err := known.find("lob.margins", text); err == nil {
			margins[n] = m
		}
	}
	for i := range p.Tables {
		t := &p.Tables[i]
		source := tables[t.Name]
		if source == nil || t.Group == 0 && !t.Handling.Copied() {
			continue
		}
		before := len(out.Columns)
		for j := range source.Columns {
			c := &source.Columns[j]
			if !c.LOB.IsLOB() && c.LOB != analyze.UnboundedVarchar || c.Generated != "" {
				continue
			}
			out.Columns = append(out.Columns, p.lobColumn(t, c, cmp.Or(margins[t.Name], p.Options.LOB.Margin), accepted[t.Name]))
		}
		if len(out.Columns) > before {
			out.Sums.Tables++
		}
	}
	slices.SortStableFunc(out.Columns, func(a, b LOBColumn) int {
		size := func(c LOBColumn) int64 {
			if c.LargestBytes == nil {
				return math.MaxInt64
			}
			return *c.LargestBytes
		}
		return cmp.Or(cmp.Compare(size(b), size(a)), a.Table.Compare(b.Table), strings.Compare(a.Column, b.Column))
	})
	for _, c := range out.Columns {
		out.Sums.add(c)
	}
	return out
}

func (s *LOBSums) add(c LOBColumn) {
	s.Columns++
	switch {
	case c.LargestBytes == nil:
		s.Unknown++
	default:
		s.LargestBytes = max(s.LargestBytes, *c.LargestBytes)
		if c.Method == "sampled" {
			s.Sampled++
		}
	}
	if c.Mode == LOBUnlimited {
		s.Unlimited++
	}
	if c.Truncation == TruncationCuts {
		s.Cut++
	}
}

// lobColumn is what the plan does with one column.
func (p *Plan) lobColumn(t *Table, c *analyze.Column, margin float64, accepted bool) LOBColumn {
	x := LOBColumn{Table: t.Name, Column: c.Name, Type: c.Type, Class: c.LOB, Method: "unknown", Margin: margin, Accepted: accepted, Mode: LOBWhole, Truncation: TruncationNever}
	if c.LOBMax != nil && c.LOBMax.Bytes != nil {
		x.LargestBytes, x.Method, x.Rows = c.LOBMax.Bytes, c.LOBMax.Method, c.LOBMax.Rows
	}
	if need, ok := hazard.LOBNeed(*c, margin); ok {
		x.NeedBytes = &need
	}
	if t.Group > 0 && t.Group <= len(p.Groups) {
		x.Slot = p.Groups[t.Group-1].Slot
	}
	if t.Group == 0 || t.Group > len(p.DMS.Tasks) {
		return x
	}
	task := &p.DMS.Tasks[t.Group-1]
	limit := int64(task.LOBMaxKB) << 10
	switch {
	case c.LOB == analyze.UnboundedVarchar:
		limit = int64(task.VarcharMaxBytes)
		x.Mode, x.LimitBytes, x.Truncation = LOBVarchar, &limit, TruncationCuts
	case slices.ContainsFunc(task.Unlimited, func(u DMSTable) bool { return u.Name == t.Name }):
		x.Mode = LOBUnlimited
	default:
		x.Mode, x.LimitBytes, x.Truncation = LOBLimited, &limit, TruncationCuts
		if task.FailOnTruncation {
			x.Truncation = TruncationStops
		}
	}
	return x
}
