package hazard

import (
	"math"

	"github.com/pgcutover/pgcutover/analyze"
)

// sequenceRules are about what sequences hand out after the cutover.
func sequenceRules() []Rule {
	return []Rule{
		{
			Code: "SQ101", Engines: Logical, Title: "sequence without room for the margin", Severity: Error, Since: "0.1", Needs: []string{"sequence value", "sequence values"},
			Why: "At the cutover each sequence is set some steps beyond the source's last value. One that is so close to its end cannot be, and would soon refuse to give values anyway.",
			Fix: "make the sequence larger (ALTER SEQUENCE … AS bigint MAXVALUE …, and the column with it), or lower cutover.sequence_margin",
			Find: func(f *Facts) []Finding {
				return sequences(f, func(s *analyze.Sequence) []Finding {
					if s.LastValue == nil || s.Cycle {
						return nil
					}
					left, margin := stepsLeft(s), f.Figures.SequenceMargin
					if left >= float64(margin) {
						return nil
					}
					return about(s.Name.String(), "", "Last value %d of %d: %.0f steps are left, the margin is %d.", *s.LastValue, end(s), left, margin)
				})
			},
		},
		{
			Code: "SQ102", Title: "sequence whose value cannot be read", Severity: Warning, Since: "0.1",
			Why: "Nobody can say how far the sequence is from its end, and the role that reads it at the cutover may not be able to either.",
			Fix: "GRANT SELECT ON SEQUENCE … to the reading role",
			Find: func(f *Facts) []Finding {
				return sequences(f, func(s *analyze.Sequence) []Finding {
					if s.LastValue != nil {
						return nil
					}
					return about(s.Name.String(), "GRANT SELECT ON SEQUENCE "+s.Name.SQL()+" TO "+analyze.Ident(f.Inventory.Server.User), "Its last value is not known.")
				})
			},
		},
		{
			Code: "SQ103", Title: "sequence near its end", Severity: Warning, Since: "0.1",
			Why: "A sequence that has used more than four fifths of its values will end in the new database. The migration is a good moment to widen it, or the worst to find out.",
			Fix: "ALTER SEQUENCE … AS bigint, with its column; before the migration begins, because it is DDL",
			Find: func(f *Facts) []Finding {
				return sequences(f, func(s *analyze.Sequence) []Finding {
					if s.LastValue == nil || s.Cycle {
						return nil
					}
					used := usedShare(s)
					if used < 0.8 || stepsLeft(s) < float64(f.Figures.SequenceMargin) { // the latter is SQ101
						return nil
					}
					return about(s.Name.String(), "", "%.0f %% of its values are used: last value %d of %d.", used*100, *s.LastValue, end(s))
				})
			},
		},
		{
			Code: "SQ104", Title: "sequence that outgrows its column", Severity: Warning, Since: "0.1",
			Why: "The sequence still has values, but the column that takes them is an integer or a smallint, and will be full first.",
			Fix: "widen the column to bigint before the migration",
			Find: func(f *Facts) []Finding {
				return sequences(f, func(s *analyze.Sequence) []Finding {
					if s.LastValue == nil || s.OwnedBy == nil || *s.LastValue < math.MaxInt16/10*8 {
						return nil
					}
					limit := map[string]int64{"int2": math.MaxInt16, "int4": math.MaxInt32}[columnType(f, *s.OwnedBy)]
					if limit == 0 || s.Maximum <= limit || float64(*s.LastValue) < 0.8*float64(limit) {
						return nil
					}
					return about(s.Name.String(), "", "Last value %d; %s.%s holds up to %d.", *s.LastValue, s.OwnedBy.Table, analyze.Display(s.OwnedBy.Column), limit)
				})
			},
		},
		{
			Code: "SQ105", Engines: Logical, Title: "sequence that cycles", Severity: Note, Since: "0.1",
			Why: "After its end the sequence begins anew, so \"the target's value is beyond the source's\" means little, and the margin may wrap around.",
			Fix: "look at the value by hand at the cutover",
			Find: func(f *Facts) []Finding {
				return sequences(f, func(s *analyze.Sequence) []Finding {
					if !s.Cycle {
						return nil
					}
					return about(s.Name.String(), "", "CYCLE is set.")
				})
			},
		},
	}
}

func sequences(f *Facts, fn func(*analyze.Sequence) []Finding) []Finding {
	var out []Finding
	for i := range f.Inventory.Sequences {
		s := &f.Inventory.Sequences[i]
		if s.Extension != "" || s.Name.Schema == "pgcutover" || s.Name.Schema == "pglogical" || s.OwnedBy != nil && !f.present(s.OwnedBy.Table) {
			continue
		}
		out = append(out, fn(s)...)
	}
	return out
}

func end(s *analyze.Sequence) int64 {
	if s.Increment < 0 {
		return s.Minimum
	}
	return s.Maximum
}

// stepsLeft counts in floating point: the distance of two bigints may not fit one.
func stepsLeft(s *analyze.Sequence) float64 {
	if s.Increment == 0 {
		return math.Inf(1)
	}
	return math.Floor((float64(end(s)) - float64(*s.LastValue)) / float64(s.Increment))
}

func usedShare(s *analyze.Sequence) float64 {
	all := math.Abs(float64(s.Maximum) - float64(s.Minimum))
	if all == 0 {
		return 1
	}
	return 1 - math.Abs(float64(end(s))-float64(*s.LastValue))/all
}

func columnType(f *Facts, ref analyze.ColumnRef) string {
	if t := f.table(ref.Table); t != nil {
		if c := columnNamed(t, ref.Column); c != nil {
			return c.BaseType
		}
	}
	return ""
}
