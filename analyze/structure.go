package analyze

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
	"strings"
)

// Kinds of [Object]. A table has one object of each of the first five, as far as it has such things.
const (
	ObjectTable       = "table" // kind, persistence, partitioning, inheritance, replica identity, row security, policies, rules
	ObjectColumns     = "columns"
	ObjectIndexes     = "indexes"
	ObjectConstraints = "constraints"
	ObjectTriggers    = "triggers"
	ObjectSequence    = "sequence" // the definition; values are not structure
	ObjectEnum        = "enum"
	ObjectView        = "view"
	ObjectStatistics  = "statistics"
)

// Object is a piece of a database's structure, small enough to name in a report and with a digest to compare.
type Object struct {
	Kind string `json:"kind"`
	Name Name   `json:"name"`
	// Digest is the first 16 hex digits of the SHA-256 over the structural facts. It is empty where the reading role saw too
	// little to have one; such an object is never reported as changed.
	Digest string `json:"digest"`
}

// Compare orders objects by name, then kind.
func (o Object) Compare(p Object) int {
	return cmp.Or(o.Name.Compare(p.Name), cmp.Compare(o.Kind, p.Kind))
}

// Ways an object can differ between two readings.
const (
	Added   = "added"
	Removed = "removed"
	Changed = "changed"
)

// Change is one difference between two structures.
type Change struct {
	Kind string `json:"kind"`
	Name Name   `json:"name"`
	What string `json:"what"` // added, removed or changed
}

// Structure is what the database is made of, by name and kind, without anything that differs between a primary and
// its standby, before and after a restart, or from one minute to the next: sizes, statistics, file nodes, sequence values.
// What pglogical and pgcutover create for the migration is left out, so preparing the source is not a change of it.
func (inv Inventory) Structure() []Object {
	out := []Object{}
	add := func(kind string, name Name, facts any) {
		out = append(out, Object{Kind: kind, Name: name, Digest: digest(facts)})
	}
	policies, rules := map[Name][]string{}, map[Name][]string{}
	for _, p := range inv.Objects.Policies {
		policies[p.Table] = append(policies[p.Table], p.Name)
	}
	for _, r := range inv.Objects.Rules {
		rules[r.Table] = append(rules[r.Table], r.Column)
	}
	for _, t := range inv.Tables {
		if ofMigration(t.Name.Schema) {
			continue
		}
		add(ObjectTable, t.Name, struct {
			Kind          TableKind
			Unlogged      bool
			OfType        string
			Parents       []Name
			Key, Bound    string
			Identity      string
			Security      bool
			ForceSecurity bool
			Policies      []string
			Rules         []string
			IdentityIndex string
			OIDs          bool   `json:",omitempty"` // what few tables have must not change the digests of all others
			AccessMethod  string `json:",omitempty"`
		}{
			t.Kind, t.Unlogged, t.OfType, keep(t.Parents), t.PartitionKey, t.PartitionBound, t.ReplicaIdentity, t.RowSecurity, t.ForceRowSecurity,
			sorted(policies[t.Name], cmp.Compare[string]), sorted(rules[t.Name], cmp.Compare[string]), replicaIdentityIndex(t),
			t.OIDs, otherThanHeap(t.AccessMethod),
		})
		addIfAny(add, ObjectColumns, t.Name, columnFacts(t))
		addIfAny(add, ObjectIndexes, t.Name, indexFacts(t))
		addIfAny(add, ObjectConstraints, t.Name, constraintFacts(t))
		addIfAny(add, ObjectTriggers, t.Name, triggerFacts(t))
	}
	for _, s := range inv.Sequences {
		if ofMigration(s.Name.Schema) {
			continue
		}
		if s.Increment == 0 { // no sequence has that: its definition was not readable (before 10 it lies in the sequence itself)
			out = append(out, Object{Kind: ObjectSequence, Name: s.Name})
			continue
		}
		add(ObjectSequence, s.Name, struct {
			Type                                      string
			Start, Minimum, Maximum, Increment, Cache int64
			Cycle, Identity                           bool
			OwnedBy                                   *ColumnRef
		}{s.Type, s.Start, s.Minimum, s.Maximum, s.Increment, s.Cache, s.Cycle, s.Identity, s.OwnedBy})
	}
	for _, v := range inv.Views {
		if !ofMigration(v.Name.Schema) {
			add(ObjectView, v.Name, struct {
				Materialized bool
				Definition   string
			}{v.Materialized, v.Definition})
		}
	}
	for _, s := range inv.Objects.Statistics {
		if !ofMigration(s.Name.Schema) {
			add(ObjectStatistics, s.Name, s.Definition)
		}
	}
	for _, e := range inv.Enums {
		if !ofMigration(e.Name.Schema) {
			add(ObjectEnum, e.Name, keep(e.Labels))
		}
	}
	slices.SortFunc(out, Object.Compare)
	return out
}

// Drift lists what differs between the structure a plan was made for and the present one, by name and kind.
// A table that came or went is one change, not one for each of its parts.
func Drift(planned, now []Object) []Change {
	type key struct {
		kind string
		name Name
	}
	index := func(objects []Object) map[key]string {
		m := make(map[key]string, len(objects))
		for _, o := range objects {
			m[key{o.Kind, o.Name}] = o.Digest
		}
		return m
	}
	before, after := index(planned), index(now)
	// partOf tells whether the object belongs to a table that the other side does not have at all.
	partOf := func(k key, other map[key]string) bool {
		switch k.kind {
		case ObjectColumns, ObjectIndexes, ObjectConstraints, ObjectTriggers:
			_, ok := other[key{ObjectTable, k.name}]
			return !ok
		}
		return false
	}
	out := []Change{}
	for k, was := range before {
		is, ok := after[k]
		switch {
		case !ok && !partOf(k, after):
			out = append(out, Change{k.kind, k.name, Removed})
		case ok && is != was && is != "" && was != "":
			out = append(out, Change{k.kind, k.name, Changed})
		}
	}
	for k := range after {
		if _, ok := before[k]; !ok && !partOf(k, before) {
			out = append(out, Change{k.kind, k.name, Added})
		}
	}
	slices.SortFunc(out, func(a, b Change) int {
		return cmp.Or(a.Name.Compare(b.Name), cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.What, b.What))
	})
	return out
}

// ofMigration tells the schemas that exist only because of a migration.
func ofMigration(schema string) bool {
	return schema == "pgcutover" || schema == "pglogical" || schema == "pglogical_origin"
}

func addIfAny[T any](add func(string, Name, any), kind string, name Name, facts []T) {
	if len(facts) > 0 {
		add(kind, name, facts)
	}
}

// digest hashes the JSON of facts, whose types fix the order of their fields.
func digest(facts any) string {
	data, err := json.Marshal(facts)
	if err != nil { // facts are strings, numbers and booleans
		panic("encoding structural facts: " + err.Error())
	}
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:8])
}

func otherThanHeap(method string) string {
	if method == "heap" {
		return ""
	}
	return method
}

func replicaIdentityIndex(t Table) string {
	for _, x := range t.Indexes {
		if x.ReplicaIdentity {
			return x.Name
		}
	}
	return ""
}

type columnFact struct {
	Name, Type, Identity, Generated, Collation string
	NotNull                                    bool
	Default                                    *string
}

// columnFacts are in the order of the columns; attribute numbers are left out, since a restored table has no gaps in them.
func columnFacts(t Table) []columnFact {
	columns := sorted(t.Columns, func(a, b Column) int { return cmp.Compare(a.Number, b.Number) })
	out := make([]columnFact, len(columns))
	for i, c := range columns {
		out[i] = columnFact{c.Name, c.Type, c.Identity, c.Generated, c.Collation, c.NotNull, c.Default}
	}
	return out
}

type indexFact struct {
	Name, Definition, Constraint string
	Unique, Primary, Exclusion   bool
	Immediate, Valid             bool
}

func indexFacts(t Table) []indexFact {
	indexes := sorted(t.Indexes, func(a, b Index) int { return cmp.Compare(a.Name, b.Name) })
	out := make([]indexFact, len(indexes))
	for i, x := range indexes {
		out[i] = indexFact{x.Name, x.Definition, x.Constraint, x.Unique, x.Primary, x.Exclusion, x.Immediate, x.Valid && x.Ready}
	}
	return out
}

type constraintFact struct {
	Name                            string
	Kind                            ConstraintKind
	Definition                      string
	Deferrable, Deferred, Validated bool
}

func constraintFacts(t Table) []constraintFact {
	constraints := sorted(t.Constraints, func(a, b Constraint) int { return cmp.Compare(a.Name, b.Name) })
	out := make([]constraintFact, len(constraints))
	for i, c := range constraints {
		out[i] = constraintFact{c.Name, c.Kind, c.Definition, c.Deferrable, c.Deferred, c.Validated}
	}
	return out
}

// triggerFacts leaves out the triggers that pglogical puts on a table when it joins a replication set.
func triggerFacts(t Table) []Trigger {
	var out []Trigger
	for _, g := range sorted(t.Triggers, func(a, b Trigger) int { return cmp.Compare(a.Name, b.Name) }) {
		if strings.HasPrefix(g.Name, "queue_truncate_trigger") && strings.Contains(g.Definition, "queue_truncate") {
			continue
		}
		out = append(out, g)
	}
	return out
}
