package catalog

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/pgcutover/pgcutover/analyze"
)

const (
	// No smaller table is cut, unless the configuration says so.
	leastRanged = 16 << 20
	// Each takes a lock on the table and its index, and all of them are held until the statement ends.
	mostRanged = 100
)

// readKeyRanges asks the largest tables without statistics for the least and the greatest value of an integer key: what they are cut by
// before 14, where a load cannot be cut by block. An index has both at its ends, and one statement asks all tables.
func (r *reader) readKeyRanges() error {
	if r.major() >= 1400 {
		return nil
	}
	var keys []place
	for i := range r.inv.Tables {
		t := &r.inv.Tables[i]
		if bytes, ok := t.Bytes(); !ok || bytes < leastRanged || !t.Readable || t.Unlogged || t.Kind != analyze.Ordinary {
			continue
		}
		if column := keyWithoutStatistics(t); column >= 0 {
			keys = append(keys, place{i, column})
		}
	}
	if len(keys) == 0 {
		return nil
	}
	size := func(p place) int64 { n, _ := r.inv.Tables[p.table].Bytes(); return n }
	slices.SortStableFunc(keys, func(a, b place) int { return cmp.Compare(size(b), size(a)) })
	keys = keys[:min(len(keys), mostRanged)]
	var sql strings.Builder
	for i, p := range keys {
		t := &r.inv.Tables[p.table]
		column, from := analyze.Ident(t.Columns[p.part].Name), " from only "+t.Name.SQL()+")::pg_catalog.text"
		if i > 0 {
			sql.WriteString(" union all ")
		}
		fmt.Fprintf(&sql, "select %d, (select min(%s)%s, (select max(%s)%s", i, column, from, column, from)
	}
	var i int
	var least, greatest *string
	return r.optional("key ranges", "", func() error {
		return each(r.ctx, r.conn, sql.String(), nil, []any{&i, &least, &greatest}, func() error {
			if least != nil && greatest != nil {
				p := keys[i]
				r.inv.Tables[p.table].Columns[p.part].KeyRange = &analyze.KeyRange{Least: *least, Greatest: *greatest, Method: "index"}
			}
			return nil
		})
	}, lockNotAvailable, queryCanceled, undefinedTable, undefinedColumn)
}

// keyWithoutStatistics is the position of an integer column that an index begins with and that ANALYZE knows nothing about, the
// primary key's first; -1: none.
func keyWithoutStatistics(t *analyze.Table) int {
	found := -1
	for _, x := range t.Indexes {
		if x.Method != "btree" || x.Partial || !x.Valid || !x.Ready || x.Sorted == 0 || len(x.KeyColumns) == 0 {
			continue
		}
		i := slices.IndexFunc(t.Columns, func(c analyze.Column) bool { return c.Name == x.KeyColumns[0] })
		if i < 0 {
			continue
		}
		c := &t.Columns[i]
		integer := c.BaseType == "int2" || c.BaseType == "int4" || c.BaseType == "int8"
		if !integer || len(c.Bounds) > 0 || len(c.Common) > 0 {
			continue
		}
		if found < 0 || x.Primary {
			found = i
		}
	}
	return found
}
