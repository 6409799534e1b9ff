package analyze

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
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
	out := make([]Object, 0, 4*len(inv.Tables)+len(inv.Sequences)+len(inv.Views)+len(inv.Enums)+len(inv.Objects.Statistics))
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
	var facts factWriter
	for i := range inv.Tables {
		t := &inv.Tables[i]
		if ofMigration(t.Name.Schema) {
			continue
		}
		have := func(kind string) {
			out = append(out, Object{Kind: kind, Name: t.Name, Digest: facts.digest()})
		}
		if facts.columns(t) {
			have(ObjectColumns)
		}
		if facts.constraints(t) {
			have(ObjectConstraints)
		}
		if facts.indexes(t) {
			have(ObjectIndexes)
		}
		facts.table(t, sorted(policies[t.Name], cmp.Compare[string]), sorted(rules[t.Name], cmp.Compare[string]))
		have(ObjectTable)
		if facts := triggerFacts(t); len(facts) > 0 {
			add(ObjectTriggers, t.Name, facts)
		}
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

// digest hashes the JSON of facts, whose types fix the order of their fields.
func digest(facts any) string {
	data, err := json.Marshal(facts)
	if err != nil { // facts are strings, numbers and booleans
		panic("encoding structural facts: " + err.Error())
	}
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:8])
}

// factWriter writes the facts about a table, of which there are many, as encoding/json would write structs with these fields.
type factWriter struct {
	text []byte
	at   []int // see order
}

// digest is what [digest] makes of what was written since the last one.
func (w *factWriter) digest() string {
	sum := sha256.Sum256(bytes.TrimSuffix(w.text, []byte(",")))
	w.text = w.text[:0]
	var digits [16]byte
	hex.Encode(digits[:], sum[:8])
	return string(digits[:])
}

func (w *factWriter) open(bracket byte) { w.text = append(w.text, bracket) }

func (w *factWriter) end(bracket byte) {
	w.text = append(bytes.TrimSuffix(w.text, []byte(",")), bracket, ',')
}

func (w *factWriter) key(name string) {
	w.text = append(append(append(w.text, '"'), name...), `":`...)
}

func (w *factWriter) str(key, s string) {
	w.key(key)
	w.value(s)
}

func (w *factWriter) value(s string) {
	for i := range len(s) {
		if c := s[i]; c < 0x20 || c == '"' || c == '\\' || c == '<' || c == '>' || c == '&' || c >= utf8.RuneSelf {
			data, err := json.Marshal(s)
			if err != nil {
				panic("encoding a structural fact: " + err.Error())
			}
			w.text = append(append(w.text, data...), ',')
			return
		}
	}
	w.text = append(append(append(w.text, '"'), s...), `",`...)
}

func (w *factWriter) is(key string, b bool) {
	w.key(key)
	w.text = append(strconv.AppendBool(w.text, b), ',')
}

func (w *factWriter) list(key string, values []string) {
	w.key(key)
	w.open('[')
	for _, v := range values {
		w.value(v)
	}
	w.end(']')
}

func (w *factWriter) table(t *Table, policies, rules []string) {
	w.open('{')
	w.str("Kind", string(t.Kind))
	w.is("Unlogged", t.Unlogged)
	w.str("OfType", t.OfType)
	w.key("Parents")
	w.open('[')
	for _, p := range t.Parents {
		w.open('{')
		w.str("schema", p.Schema)
		w.str("name", p.Name)
		w.end('}')
	}
	w.end(']')
	w.str("Key", t.PartitionKey)
	w.str("Bound", t.PartitionBound)
	w.str("Identity", t.ReplicaIdentity)
	w.is("Security", t.RowSecurity)
	w.is("ForceSecurity", t.ForceRowSecurity)
	w.list("Policies", policies)
	w.list("Rules", rules)
	w.str("IdentityIndex", replicaIdentityIndex(t))
	if t.OIDs { // what few tables have must not change the digests of all others
		w.is("OIDs", true)
	}
	if t.AccessMethod != "" && t.AccessMethod != "heap" {
		w.str("AccessMethod", t.AccessMethod)
	}
	w.end('}')
}

func replicaIdentityIndex(t *Table) string {
	for i := range t.Indexes {
		if t.Indexes[i].ReplicaIdentity {
			return t.Indexes[i].Name
		}
	}
	return ""
}

// columns writes in the order of the columns; attribute numbers are left out, since a restored table has no gaps in them.
func (w *factWriter) columns(t *Table) bool {
	w.open('[')
	for _, i := range order(w, t.Columns, func(a, b *Column) int { return cmp.Compare(a.Number, b.Number) }) {
		c := &t.Columns[i]
		w.open('{')
		w.str("Name", c.Name)
		w.str("Type", c.Type)
		w.str("Identity", c.Identity)
		w.str("Generated", c.Generated)
		w.str("Collation", c.Collation)
		w.is("NotNull", c.NotNull)
		if c.Default == nil {
			w.key("Default")
			w.text = append(w.text, "null"...)
		} else {
			w.str("Default", *c.Default)
		}
		w.end('}')
	}
	return w.any(len(t.Columns))
}

// any ends a list and reports whether it has anything; of an empty one nothing is left.
func (w *factWriter) any(n int) bool {
	if w.end(']'); n == 0 {
		w.text = w.text[:0]
	}
	return n > 0
}

func (w *factWriter) indexes(t *Table) bool {
	w.open('[')
	for _, i := range order(w, t.Indexes, func(a, b *Index) int { return cmp.Compare(a.Name, b.Name) }) {
		x := &t.Indexes[i]
		w.open('{')
		w.str("Name", x.Name)
		w.str("Definition", x.Definition)
		w.str("Constraint", x.Constraint)
		w.is("Unique", x.Unique)
		w.is("Primary", x.Primary)
		w.is("Exclusion", x.Exclusion)
		w.is("Immediate", x.Immediate)
		w.is("Valid", x.Valid && x.Ready)
		w.end('}')
	}
	return w.any(len(t.Indexes))
}

func (w *factWriter) constraints(t *Table) bool {
	w.open('[')
	for _, i := range order(w, t.Constraints, func(a, b *Constraint) int { return cmp.Compare(a.Name, b.Name) }) {
		c := &t.Constraints[i]
		w.open('{')
		w.str("Name", c.Name)
		w.str("Kind", string(c.Kind))
		w.str("Definition", c.Definition)
		w.is("Deferrable", c.Deferrable)
		w.is("Deferred", c.Deferred)
		w.is("Validated", c.Validated)
		w.end('}')
	}
	return w.any(len(t.Constraints))
}

// order is positions in an order, of what mostly is in that order already. They stand until the next call.
func order[T any](w *factWriter, s []T, compare func(a, b *T) int) []int {
	w.at = w.at[:0]
	for i := range s {
		w.at = append(w.at, i)
	}
	slices.SortStableFunc(w.at, func(i, j int) int { return compare(&s[i], &s[j]) })
	return w.at
}

// triggerFacts leaves out the triggers that pglogical puts on a table when it joins a replication set.
func triggerFacts(t *Table) []Trigger {
	var out []Trigger
	for _, g := range sorted(t.Triggers, func(a, b Trigger) int { return cmp.Compare(a.Name, b.Name) }) {
		if strings.HasPrefix(g.Name, "queue_truncate_trigger") && strings.Contains(g.Definition, "queue_truncate") {
			continue
		}
		out = append(out, g)
	}
	return out
}
