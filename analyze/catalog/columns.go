package catalog

import (
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

// readColumnStatistics adds what ANALYZE knows. A parent in an inheritance tree has its statistics twice: its own, which the
// copy of its own rows needs, and those of the whole tree, which only a partitioned table is described by.
func (r *reader) readColumnStatistics() error {
	type key struct {
		name   analyze.Name
		column string
	}
	places := make(map[key]place, len(r.columns))
	for _, p := range r.columns {
		t := &r.inv.Tables[p.table]
		places[key{t.Name, t.Columns[p.part].Name}] = p
	}
	var (
		k         key
		inherited bool
		width     *int
		nulls     *float64
		bounds    []string
		special   string
	)
	return r.each("column_statistics", nil, []any{&k.name.Schema, &k.name.Name, &k.column, &inherited, &width, &nulls, &bounds, &special}, func() error {
		p, ok := places[k]
		if !ok {
			return nil
		}
		t := &r.inv.Tables[p.table]
		if inherited != (t.Kind == analyze.Partitioned) {
			return nil
		}
		c := &t.Columns[p.part]
		c.AvgWidth, c.NullFraction, c.Bounds, c.SpecialValues = width, nulls, bounds, special
		bounds = nil
		return nil
	})
}
