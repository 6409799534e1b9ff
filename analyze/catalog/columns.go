package catalog

import (
	"strings"

	"github.com/pgcutover/pgcutover/analyze"
)

func (r *reader) readColumns() error {
	r.columns = map[attribute]place{}
	var (
		c                         analyze.Column
		table                     uint32
		number                    int16
		kind, identity, generated string
		typmod                    int32
		expression                *string
	)
	return r.each("columns", nil, []any{&table, &number, &c.Name, &c.Type, &c.BaseType, &kind, &typmod, &c.TypeExtension, &c.NotNull,
		&identity, &generated, &expression, &c.Collation, &c.StatisticsTarget}, func() error {
		i, ok := r.tables[table]
		if !ok {
			return nil
		}
		c := c
		c.Number = int(number)
		c.TypeKind = typeKinds[kind]
		c.Identity = map[string]string{"a": "always", "d": "by default"}[identity]
		c.Generated = map[string]string{"s": "stored", "v": "virtual"}[generated]
		c.Default = expression
		c.LOB = lobClass(c.BaseType, c.TypeKind, typmod)
		r.columns[attribute{table, number}] = place{i, len(r.inv.Tables[i].Columns)}
		r.inv.Tables[i].Columns = append(r.inv.Tables[i].Columns, c)
		return nil
	})
}

// typeKinds spells out pg_type.typtype, with A for an array, which the catalog counts among the base types.
var typeKinds = map[string]string{"A": "array", "b": "base", "c": "composite", "d": "domain", "e": "enum", "r": "range", "m": "multirange", "p": "pseudo"}

// lobClass is what AWS DMS makes of a type (AWS DMS user guide, "Source data types for PostgreSQL"). The names are those of the
// base types under all domains; citext and hstore come from extensions of that name.
func lobClass(base, kind string, typmod int32) analyze.LOBClass {
	switch kind {
	case "array", "composite":
		return analyze.NCLOB
	}
	switch base {
	case "text", "citext", "json", "jsonb", "hstore":
		return analyze.NCLOB
	case "bytea":
		return analyze.BLOB
	case "xml", "tsvector", "tsquery", "path", "polygon":
		return analyze.CLOB
	case "varchar":
		if typmod == -1 {
			return analyze.UnboundedVarchar
		}
	case "numeric":
		if typmod == -1 {
			return analyze.UnboundedNumeric
		}
	}
	return analyze.NotLOB
}

// statisticsKey names a column as pg_stats does.
type statisticsKey struct {
	name   analyze.Name
	column string
}

// readColumnStatistics adds what ANALYZE knows. A parent in an inheritance tree has its statistics twice: its own, which the
// copy of its own rows needs, and those of the whole tree, which only a partitioned table is described by.
func (r *reader) readColumnStatistics() error {
	places := make(map[statisticsKey]place, len(r.columns))
	for _, p := range r.columns {
		t := &r.inv.Tables[p.table]
		places[statisticsKey{t.Name, t.Columns[p.part].Name}] = p
	}
	var (
		k         statisticsKey
		inherited bool
	)
	// The column that a row of the statistics is about; nil: one that is not in the inventory, or statistics of the other kind.
	column := func() *analyze.Column {
		p, ok := places[k]
		if !ok || inherited != (r.inv.Tables[p.table].Kind == analyze.Partitioned) {
			return nil
		}
		return &r.inv.Tables[p.table].Columns[p.part]
	}
	var (
		width              *int
		nulls, correlation *float64
		bounds, common     []string
		fractions          []float64
		special            string
	)
	err := r.each("column_statistics", nil, []any{&k.name.Schema, &k.name.Name, &k.column, &inherited, &width, &nulls, &bounds, &common, &fractions, &correlation, &special}, func() error {
		if c := column(); c != nil {
			c.AvgWidth, c.NullFraction, c.Bounds, c.Correlation, c.SpecialValues = width, nulls, bounds, correlation, special
			for i, v := range common {
				c.Common = append(c.Common, analyze.CommonValue{Value: v, Fraction: fractions[i]})
			}
		}
		bounds, common, fractions = nil, nil, nil
		return nil
	})
	if err != nil || !r.TextBounds {
		return err
	}
	type collation struct {
		oid  uint32
		name string
	}
	var (
		one  collation
		all  []collation
		cuts []*string
		rows []*float64
		full []*bool
	)
	if err := r.each("text_collations", nil, []any{&one.oid, &one.name}, func() error { all = append(all, one); return nil }); err != nil {
		return err
	}
	for _, one := range all {
		// A collation can only be spelled out. The catalog gives its name quoted.
		sql := strings.ReplaceAll(query("text_bounds", r.major()), `pg_catalog."default"`, one.name)
		err := each(r.ctx, r.conn, sql, []any{one.oid}, []any{&k.name.Schema, &k.name.Name, &k.column, &inherited, &cuts, &rows, &full, &correlation}, func() error {
			if c := column(); c != nil {
				c.Bounds, c.Common = textMarks(cuts, rows, full)
				c.Correlation = correlation
			}
			cuts, rows, full = nil, nil, nil
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// textMarks sorts out the marks of a text column: those with a fraction are common values, the others bounds. A mark without a text
// cannot be told from the one before it.
func textMarks(cuts []*string, fractions []*float64, full []*bool) (bounds []string, common []analyze.CommonValue) {
	last := ""
	for i, cut := range cuts {
		if cut != nil {
			last = *cut
		}
		if fractions[i] == nil {
			bounds = append(bounds, last)
			continue
		}
		common = append(common, analyze.CommonValue{Value: last, Fraction: *fractions[i], Behind: len(bounds), Cut: full[i] == nil || !*full[i]})
	}
	return bounds, common
}
