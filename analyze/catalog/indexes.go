package catalog

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/pgcutover/pgcutover/analyze"
)

func (r *reader) readIndexes() error {
	marks, err := r.readIndexColumns()
	if err != nil {
		return err
	}
	families := map[uint32]bool{} // operator classes whose family is a type's own
	var class uint32
	if err := r.each("operator_classes", nil, []any{&class}, func() error { families[class] = true; return nil }); err != nil {
		return err
	}
	var (
		x                                   analyze.Index
		table, oid                          uint32
		quoted                              *string
		kind                                string
		parameters                          bool // WITH (…)
		keys                                int
		numbers, classes, collated, options string
		key                                 indexKey
		all                                 []defined
		shapes                              []shape
		known                               = map[shape]int32{}
	)
	err = r.each("indexes", nil, []any{&table, &oid, &x.Name, &quoted, &kind, &x.Method, &x.Unique, &x.Primary, &x.Exclusion, &x.Immediate, &x.Valid,
		&x.Ready, &x.ReplicaIdentity, &x.Clustered, &x.NullsNotDistinct, &x.Partial, &x.Expression, &parameters, &numbers, &keys, &classes, &collated, &options,
		&x.Constraint, &x.Tablespace}, func() error {
		i, ok := r.tables[table]
		if !ok {
			return nil
		}
		if err := key.read(numbers, classes, collated, options); err != nil {
			return fmt.Errorf("index %s: %w", analyze.Display(x.Name), err)
		}
		r.quotes(x.Name, quoted)
		t, x := &r.inv.Tables[i], x
		names := make([]string, len(key.numbers))
		for n, number := range key.numbers {
			names[n] = r.columnName(i, int16(number))
		}
		x.KeyColumns, x.Included = names[:keys:keys], names[keys:]
		if x.Method == "btree" {
			x.Sorted = r.sorted(i, keys, &key, families)
		}
		d := defined{place{i, len(t.Indexes)}, oid, shapeless}
		if types, plain := r.keyTypes(i, &key); plain && len(names) == keys && !x.Partial && !x.Expression && !parameters && !marks[oid].parameters {
			s := shape{x.Method, x.Unique, x.NullsNotDistinct, kind == "I", types, classes, options}
			if d.shape, ok = known[s]; !ok {
				d.shape = int32(len(shapes))
				known[s] = d.shape
				shapes = append(shapes, s)
			}
		}
		x.StatisticsTargets = marks[oid].targets
		all = append(all, d)
		t.Indexes = append(t.Indexes, x)
		return nil
	})
	if err != nil {
		return err
	}
	if err := r.define(all, shapes); err != nil {
		return err
	}
	r.placeIndexes(all)
	return nil
}

// marked is what some indexes have beside their key.
type marked struct {
	parameters bool // of operator classes (13 and newer)
	targets    []analyze.IndexStatistics
}

func (r *reader) readIndexColumns() (map[uint32]marked, error) {
	marks := map[uint32]marked{}
	var oid uint32
	var s analyze.IndexStatistics
	var parameters bool
	return marks, r.each("index_columns", nil, []any{&oid, &s.Column, &s.Target, &parameters}, func() error {
		m := marks[oid]
		m.parameters = m.parameters || parameters
		if s.Target >= 0 {
			m.targets = append(m.targets, s)
		}
		marks[oid] = m
		return nil
	})
}

// placeIndexes leaves out the indexes that have no definition, which were dropped since the snapshot, and notes where the others are.
func (r *reader) placeIndexes(all []defined) {
	r.indexes = make(map[uint32]place, len(all))
	kept := make([]int, len(r.inv.Tables))
	for _, d := range all { // in each table's order
		indexes := r.inv.Tables[d.table].Indexes
		if indexes[d.part].Definition == "" {
			continue
		}
		indexes[kept[d.table]] = indexes[d.part]
		r.indexes[d.oid] = place{d.table, kept[d.table]}
		kept[d.table]++
	}
	for i := range r.inv.Tables {
		r.inv.Tables[i].Indexes = r.inv.Tables[i].Indexes[:kept[i]]
	}
}

// indexKey are the vectors of a row of pg_index. All but the first have no entry for an included column.
type indexKey struct{ numbers, classes, collations, options []int64 }

func (k *indexKey) read(numbers, classes, collations, options string) error {
	for _, v := range []struct {
		text string
		into *[]int64
	}{{numbers, &k.numbers}, {classes, &k.classes}, {collations, &k.collations}, {options, &k.options}} {
		*v.into = (*v.into)[:0]
		for field := range strings.FieldsSeq(v.text) {
			n, err := strconv.ParseInt(field, 10, 64)
			if err != nil {
				return fmt.Errorf("key %q: %w", v.text, err)
			}
			*v.into = append(*v.into, n)
		}
	}
	if n := len(k.classes); n > len(k.numbers) || n != len(k.collations) || n != len(k.options) {
		return fmt.Errorf("key %q: operator classes %q, collations %q, options %q", numbers, classes, collations, options)
	}
	return nil
}

// sorted is how many leading columns of a key have plain columns in the order of their type and collation, all in one direction.
func (r *reader) sorted(table, keys int, k *indexKey, families map[uint32]bool) int {
	for n, number := range k.numbers {
		c := r.column(table, int16(number))
		if c < 0 || n >= keys || uint32(k.collations[n]) != r.live[table][c].collation || k.options[n]&1 != k.options[0]&1 || !families[uint32(k.classes[n])] {
			return n
		}
	}
	return len(k.numbers)
}

// keyTypes are the types of the columns of a key. plain is false where one is an expression or a system column, or is not in its own collation.
func (r *reader) keyTypes(table int, k *indexKey) (types string, plain bool) {
	var b strings.Builder
	for n, number := range k.numbers {
		c := r.column(table, int16(number))
		if c < 0 || n >= len(k.collations) || uint32(k.collations[n]) != r.live[table][c].collation {
			return "", false
		}
		b.WriteString(strconv.FormatUint(uint64(r.types[r.live[table][c].is].oid), 10))
		b.WriteByte(' ')
	}
	return b.String(), true
}

// columnName is a column by its number in an index key: 0 stands for an expression, and the one system column that can
// be indexed is the oid of tables WITH OIDS (until 11).
func (r *reader) columnName(table int, number int16) string {
	switch {
	case number == 0:
		return ""
	case number < 0:
		return "oid"
	}
	c := r.column(table, number)
	if c < 0 {
		return ""
	}
	return r.inv.Tables[table].Columns[c].Name
}

// constraintKinds spells out contype.
var constraintKinds = map[string]analyze.ConstraintKind{"c": analyze.Check, "f": analyze.ForeignKey, "p": analyze.PrimaryKey, "u": analyze.UniqueKey, "x": analyze.Exclusion}

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
		c.Kind = constraintKinds[kind]
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
