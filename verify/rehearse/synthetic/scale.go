package synthetic

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/pgcutover/pgcutover/analyze"
)

// Scale says how much is made: a fraction of what the inventory counts, or so many rows or bytes in all tables together. The zero value: as
// much as the inventory counts, but no more than 64 MB; without an inventory a thousand rows for each table.
type Scale struct {
	Fraction    float64
	Rows, Bytes int64
}

// ParseScale reads "0.01", "1%", "50000 rows" and "200MB".
func ParseScale(text string) (Scale, error) {
	wrong := fmt.Errorf("%q is neither a fraction (0.01, 1%%), nor a number of rows (50000rows), nor of bytes (200MB)", text)
	t := strings.ToLower(strings.ReplaceAll(text, " ", ""))
	for _, unit := range []struct {
		suffix string
		make   func(float64) Scale
	}{
		{"%", func(x float64) Scale { return Scale{Fraction: x / 100} }},
		{"rows", func(x float64) Scale { return Scale{Rows: int64(x)} }},
		{"kb", func(x float64) Scale { return Scale{Bytes: int64(x * (1 << 10))} }},
		{"mb", func(x float64) Scale { return Scale{Bytes: int64(x * (1 << 20))} }},
		{"gb", func(x float64) Scale { return Scale{Bytes: int64(x * (1 << 30))} }},
		{"", func(x float64) Scale { return Scale{Fraction: x} }},
	} {
		number, ok := strings.CutSuffix(t, unit.suffix)
		if !ok {
			continue
		}
		x, err := strconv.ParseFloat(number, 64)
		if err != nil || !(x > 0) || x > 1e15 {
			return Scale{}, wrong
		}
		s := unit.make(x)
		if s == (Scale{}) {
			return Scale{}, wrong
		}
		return s, nil
	}
	return Scale{}, wrong
}

// What is made where nothing says how much.
const (
	defaultRows  = 1000     // of a table
	defaultBytes = 64 << 20 // at most, of all tables
)

// size sets how many rows each table is to get, and how wide its texts are. Tables that the inventory does not have, or has not counted, are
// taken for tables of the usual number of rows; those that it counts no rows in stay empty.
func (s *schema) size(like *analyze.Inventory, scale Scale) {
	counted := map[analyze.Name]*analyze.Table{}
	if like != nil {
		for i := range like.Tables {
			t := &like.Tables[i]
			counted[t.Name] = t
		}
	}
	type amount struct{ rows, width float64 }
	amounts := make([]amount, len(s.tables))
	var rows, bytes float64
	for i, t := range s.tables {
		if t.partitioned {
			continue
		}
		a := amount{rows: defaultRows}
		if like != nil {
			if known := counted[t.name]; known != nil {
				if n, ok := rowsOf(known); ok {
					a.rows = float64(n)
				}
				s.widths(t, known, a.rows)
			}
		}
		a.width = t.rowWidth()
		amounts[i] = a
		rows, bytes = rows+a.rows, bytes+a.rows*a.width
	}
	factor := 1.0
	switch {
	case scale.Fraction > 0:
		factor = scale.Fraction
	case scale.Rows > 0:
		factor = float64(scale.Rows) / math.Max(rows, 1)
	case scale.Bytes > 0:
		factor = float64(scale.Bytes) / math.Max(bytes, 1)
	case like != nil:
		factor = math.Min(1, defaultBytes/math.Max(bytes, 1))
	}
	for i, t := range s.tables {
		if amounts[i].rows > 0 {
			t.wanted = int64(math.Max(1, math.Round(amounts[i].rows*factor)))
		}
	}
}

// rowsOf is how many rows an inventory counts in a table; where it was never analysed, what its pages may hold.
func rowsOf(t *analyze.Table) (int64, bool) {
	switch {
	case t.EstimatedRows != nil && *t.EstimatedRows >= 0:
		if *t.EstimatedRows == 0 && t.Pages > 0 && t.Counters != nil {
			return t.Counters.LiveRows, true
		}
		return *t.EstimatedRows, true
	case t.Pages == 0 && t.HeapBytes != nil:
		return 0, true
	case t.HeapBytes != nil:
		return *t.HeapBytes / 100, true
	}
	return 0, false
}

// widths takes the widths of columns from the statistics. What a table has beyond them lies in TOAST, and goes to the columns that can.
func (s *schema) widths(t *table, known *analyze.Table, rows float64) {
	total := 0
	var open []string
	for _, k := range known.Columns {
		if k.AvgWidth != nil {
			t.width[k.Name] = *k.AvgWidth
			total += *k.AvgWidth
		}
		for _, c := range t.columns {
			if base := s.baseOf(c.typ); c.name == k.Name && base != nil && (c.typmod < 4 && base.category == "S" || base.name == "bytea" || base.name == "json" || base.name == "jsonb") {
				open = append(open, k.Name)
			}
		}
	}
	bytes, ok := known.Bytes()
	if !ok || rows < 1 || len(open) == 0 {
		return
	}
	if missing := float64(bytes)/rows - float64(total) - 32; missing > float64(total)/2+64 {
		for _, name := range open {
			t.width[name] += int(math.Min(missing/float64(len(open)), 1<<20))
		}
	}
}

// rowWidth is about how many bytes a row takes.
func (t *table) rowWidth() float64 {
	w := 32.0
	for _, c := range t.columns {
		switch known := t.width[c.name]; {
		case known > 0:
			w += float64(known)
		case c.typmod >= 4:
			w += math.Min(float64(c.typmod), textWidth)
		default:
			w += 12
		}
	}
	return w
}
