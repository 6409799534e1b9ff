package catalog

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/pgcutover/pgcutover/analyze"
)

func (r *reader) readIndexes() error {
	r.indexes = map[uint32]place{}
	var (
		x          analyze.Index
		table, oid uint32
		definition *string
		numbers    string
		keys       int
	)
	err := r.each("indexes", nil, []any{&table, &oid, &x.Name, &definition, &x.Method, &x.Unique, &x.Primary, &x.Exclusion, &x.Immediate, &x.Valid,
		&x.Ready, &x.ReplicaIdentity, &x.Clustered, &x.NullsNotDistinct, &x.Partial, &x.Expression, &numbers, &keys, &x.Constraint, &x.Tablespace, &x.Sorted}, func() error {
		i, ok := r.tables[table]
		if !ok || definition == nil { // dropped since the snapshot
			return nil
		}
		x := x
		x.Definition = *definition
		for n, field := range strings.Fields(numbers) {
			number, err := strconv.ParseInt(field, 10, 16)
			if err != nil {
				return fmt.Errorf("index %s: key columns %q: %w", analyze.Display(x.Name), numbers, err)
			}
			name := r.columnName(table, int16(number))
			if n < keys {
				x.KeyColumns = append(x.KeyColumns, name)
			} else {
				x.Included = append(x.Included, name)
			}
		}
		r.indexes[oid] = place{i, len(r.inv.Tables[i].Indexes)}
		r.inv.Tables[i].Indexes = append(r.inv.Tables[i].Indexes, x)
		return nil
	})
	if err != nil {
		return err
	}
	var s analyze.IndexStatistics
	return r.each("index_statistics", nil, []any{&oid, &s.Column, &s.Target}, func() error {
		if p, ok := r.indexes[oid]; ok {
			x := &r.inv.Tables[p.table].Indexes[p.part]
			x.StatisticsTargets = append(x.StatisticsTargets, s)
		}
		return nil
	})
}

// columnName is a column by its number in an index key: 0 stands for an expression, and the one system column that can
// be indexed is the oid of tables WITH OIDS (until 11).
func (r *reader) columnName(table uint32, number int16) string {
	switch {
	case number == 0:
		return ""
	case number < 0:
		return "oid"
	}
	p, ok := r.columns[attribute{table, number}]
	if !ok {
		return ""
	}
	return r.inv.Tables[p.table].Columns[p.part].Name
}

func (r *reader) readConstraints() error {
	var (
		c              analyze.Constraint
		table          uint32
		kind           string
		definition     *string
		schema, target *string
		index          *string
	)
	return r.each("constraints", nil, []any{&table, &c.Name, &kind, &definition, &c.Deferrable, &c.Deferred, &c.Validated, &c.Inherited,
		&schema, &target, &index}, func() error {
		i, ok := r.tables[table]
		if !ok || definition == nil { // dropped since the snapshot
			return nil
		}
		c := c
		c.Kind = map[string]analyze.ConstraintKind{"c": analyze.Check, "f": analyze.ForeignKey, "p": analyze.PrimaryKey, "u": analyze.UniqueKey, "x": analyze.Exclusion}[kind]
		c.Definition = *definition
		if schema != nil && target != nil {
			c.References = &analyze.Name{Schema: *schema, Name: *target}
		}
		if index != nil {
			c.Index = *index
		}
		r.inv.Tables[i].Constraints = append(r.inv.Tables[i].Constraints, c)
		return nil
	})
}

// enabled spells out tgenabled and evtenabled.
var enabled = map[string]string{"O": "origin", "D": "disabled", "R": "replica", "A": "always"}

func (r *reader) readTriggers() error {
	var (
		g          analyze.Trigger
		table      uint32
		state      string
		definition *string
	)
	return r.each("triggers", nil, []any{&table, &g.Name, &state, &definition}, func() error {
		i, ok := r.tables[table]
		if !ok || definition == nil { // dropped since the snapshot
			return nil
		}
		r.inv.Tables[i].Triggers = append(r.inv.Tables[i].Triggers, analyze.Trigger{Name: g.Name, Enabled: enabled[state], Definition: *definition})
		return nil
	})
}
