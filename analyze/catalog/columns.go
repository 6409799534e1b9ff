package catalog

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"sort"
	"strings"

	"github.com/pgcutover/pgcutover/analyze"
)

// declared is a type as columns declare it.
type declared struct {
	oid    uint32
	typmod int32
}

// liveColumn is what the catalog's own numbers say about a column.
type liveColumn struct {
	is        int32  // position in reader.types
	collation uint32 // OID; 0: none
}

func (r *reader) readColumns() error {
	r.live = make([][]liveColumn, len(r.inv.Tables))
	var (
		c                   analyze.Column
		table               uint32
		number              int16
		is                  declared
		identity, generated string
		quoted, expression  *string
		collation           uint32
	)
	positions := map[declared]int32{}
	err := r.each("columns", nil, []any{&table, &number, &c.Name, &quoted, &is.oid, &is.typmod, &c.NotNull, &identity, &generated, &expression, &collation, &c.StatisticsTarget}, func() error {
		i, ok := r.tables[table]
		if !ok {
			return nil
		}
		c := c
		c.Number = int(number)
		c.Identity, c.Generated = identities[identity], generations[generated]
		c.Default = expression
		position, known := positions[is]
		if !known {
			position = int32(len(r.types))
			positions[is] = position
			r.types = append(r.types, is)
		}
		r.quotes(c.Name, quoted)
		t := &r.inv.Tables[i]
		if r.live[i] == nil {
			r.live[i] = make([]liveColumn, 0, cap(t.Columns))
		}
		r.live[i] = append(r.live[i], liveColumn{position, collation})
		t.Columns = append(t.Columns, c)
		return nil
	})
	if err != nil {
		return err
	}
	for i := range r.live {
		if by := (byNumber{r.inv.Tables[i].Columns, r.live[i]}); !sort.IsSorted(by) {
			sort.Sort(by)
		}
	}
	return r.nameTypes()
}

// byNumber sorts the columns of a table.
type byNumber struct {
	columns []analyze.Column
	live    []liveColumn
}

func (b byNumber) Len() int           { return len(b.columns) }
func (b byNumber) Less(i, j int) bool { return b.columns[i].Number < b.columns[j].Number }
func (b byNumber) Swap(i, j int) {
	b.columns[i], b.columns[j] = b.columns[j], b.columns[i]
	b.live[i], b.live[j] = b.live[j], b.live[i]
}

// column finds a live column of a table by the table's place and the column's number; -1: there is none.
func (r *reader) column(table int, number int16) int {
	columns := r.inv.Tables[table].Columns
	if i := int(number) - 1; i >= 0 && i < len(columns) && columns[i].Number == int(number) { // none before it was dropped
		return i
	}
	i, ok := slices.BinarySearchFunc(columns, int(number), func(c analyze.Column, n int) int { return cmp.Compare(c.Number, n) })
	if !ok {
		return -1
	}
	return i
}

// nameTypes gives columns their types and the collations that are not their types' own.
func (r *reader) nameTypes() error {
	if len(r.types) == 0 {
		return nil
	}
	type named struct {
		column    analyze.Column // what a type says about one
		collation uint32
	}
	var (
		names    = make([]named, len(r.types))
		oids     = make([]uint32, len(r.types))
		typmods  = make([]int32, len(r.types))
		one      named
		kind     string
		position int
		typmod   int32
	)
	for i, t := range r.types {
		oids[i], typmods[i] = t.oid, t.typmod
	}
	err := r.each("types", []any{oids, typmods}, []any{&position, &one.column.Type, &one.collation, &one.column.BaseType, &kind, &typmod, &one.column.TypeExtension}, func() error {
		one.column.TypeKind = typeKinds[kind]
		one.column.LOB = lobClass(one.column.BaseType, one.column.TypeKind, typmod)
		names[position-1] = one
		return nil
	})
	if err != nil {
		return err
	}
	collations := map[uint32]string{}
	for i := range r.live {
		for j, l := range r.live[i] {
			n, c := &names[l.is], &r.inv.Tables[i].Columns[j]
			if n.column.Type == "" {
				return fmt.Errorf("column %s of %s: its type %d does not exist", analyze.Display(c.Name), r.inv.Tables[i].Name, oids[l.is])
			}
			c.Type, c.BaseType, c.TypeKind, c.TypeExtension, c.LOB = n.column.Type, n.column.BaseType, n.column.TypeKind, n.column.TypeExtension, n.column.LOB
			if l.collation != n.collation && l.collation != 0 {
				collations[l.collation] = ""
			}
		}
	}
	if len(collations) == 0 {
		return nil
	}
	var oid uint32
	var name string
	if err := r.each("column_collations", []any{slices.Sorted(maps.Keys(collations))}, []any{&oid, &name}, func() error { collations[oid] = name; return nil }); err != nil {
		return err
	}
	for i := range r.live {
		for j, l := range r.live[i] {
			if l.collation != names[l.is].collation {
				r.inv.Tables[i].Columns[j].Collation = collations[l.collation]
			}
		}
	}
	return nil
}

// What pg_attribute's letters stand for.
var (
	identities  = map[string]string{"a": "always", "d": "by default"}
	generations = map[string]string{"s": "stored", "v": "virtual"}
)

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
	places := make(map[analyze.Name]int, len(r.inv.Tables))
	for i := range r.inv.Tables {
		places[r.inv.Tables[i].Name] = i
	}
	var (
		table     analyze.Name
		name      string
		inherited bool
	)
	// The column that a row of the statistics is about; nil: one that is not in the inventory, or statistics of the other kind.
	column := func() *analyze.Column {
		i, ok := places[table]
		if !ok || inherited != (r.inv.Tables[i].Kind == analyze.Partitioned) {
			return nil
		}
		columns := r.inv.Tables[i].Columns
		for j := range columns {
			if columns[j].Name == name {
				return &columns[j]
			}
		}
		return nil
	}
	var (
		width              *int
		nulls, correlation *float64
		bounds, common     []string
		fractions          []float64
		special            string
	)
	err := r.each("column_statistics", nil, []any{&table.Schema, &table.Name, &name, &inherited, &width, &nulls, &bounds, &common, &fractions, &correlation, &special}, func() error {
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
		err := each(r.ctx, r.conn, sql, []any{one.oid}, []any{&table.Schema, &table.Name, &name, &inherited, &cuts, &rows, &full, &correlation}, func() error {
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
