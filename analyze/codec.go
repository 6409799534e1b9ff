package analyze

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"
	"slices"
	"strings"
	"unicode/utf8"
)

// Normalize returns the inventory in its documented order, with empty slices in place of nil ones, so that equal facts
// encode to equal bytes. It does not change its receiver's own slices, and shares its tables where they are in that order already.
func (inv Inventory) Normalize() Inventory {
	inv.Settings = sorted(inv.Settings, bySetting)
	inv.Extensions = sorted(inv.Extensions, byExtension)
	inv.Roles = sorted(inv.Roles, func(a, b Role) int { return cmp.Compare(a.Name, b.Name) })
	for i := range inv.Roles {
		inv.Roles[i].MemberOf = sorted(inv.Roles[i].MemberOf, func(a, b Membership) int { return cmp.Compare(a.Role, b.Role) })
	}
	inv.Schemas = sorted(inv.Schemas, func(a, b Schema) int { return cmp.Compare(a.Name, b.Name) })
	inv.Tables = normalTables(inv.Tables)
	inv.Sequences = sorted(inv.Sequences, func(a, b Sequence) int { return a.Name.Compare(b.Name) })
	inv.Views = sorted(inv.Views, func(a, b View) int { return a.Name.Compare(b.Name) })
	inv.Enums = sorted(inv.Enums, func(a, b Enum) int { return a.Name.Compare(b.Name) })
	inv.EventTriggers = sorted(inv.EventTriggers, func(a, b EventTrigger) int { return cmp.Compare(a.Name, b.Name) })
	inv.Database.RoleSettings = sorted(inv.Database.RoleSettings, func(a, b RoleSetting) int {
		return cmp.Or(cmp.Compare(a.Database, b.Database), cmp.Compare(a.Role, b.Role))
	})
	inv.Database.Privileges = sorted(inv.Database.Privileges, byPrivilege)
	inv.Replication.Slots = sorted(inv.Replication.Slots, func(a, b Slot) int { return cmp.Compare(a.Name, b.Name) })
	inv.Replication.Standbys = sorted(inv.Replication.Standbys, func(a, b Standby) int {
		return cmp.Or(cmp.Compare(a.ApplicationName, b.ApplicationName), cmp.Compare(a.Address, b.Address))
	})
	inv.Replication.Publications = sorted(inv.Replication.Publications, func(a, b Publication) int { return cmp.Compare(a.Name, b.Name) })
	inv.Replication.Subscriptions = sorted(inv.Replication.Subscriptions, cmp.Compare[string])
	if p := inv.Replication.Pglogical; p != nil {
		q := *p
		q.Sets = sorted(q.Sets, func(a, b ReplicationSet) int { return cmp.Compare(a.Name, b.Name) })
		for i := range q.Sets {
			q.Sets[i].Tables = sorted(q.Sets[i].Tables, Name.Compare)
		}
		inv.Replication.Pglogical = &q
	}
	inv.Objects.ForeignServers = sorted(inv.Objects.ForeignServers, cmp.Compare[string])
	inv.Objects.Languages = sorted(inv.Objects.Languages, func(a, b Language) int { return cmp.Compare(a.Name, b.Name) })
	inv.Objects.Tablespaces = sorted(inv.Objects.Tablespaces, cmp.Compare[string])
	inv.Objects.CFunctions = sorted(inv.Objects.CFunctions, Name.Compare)
	inv.Objects.Rules = sorted(inv.Objects.Rules, func(a, b ColumnRef) int {
		return cmp.Or(a.Table.Compare(b.Table), cmp.Compare(a.Column, b.Column))
	})
	inv.Objects.Policies = sorted(inv.Objects.Policies, func(a, b Policy) int {
		return cmp.Or(a.Table.Compare(b.Table), cmp.Compare(a.Name, b.Name))
	})
	inv.Objects.Statistics = sorted(inv.Objects.Statistics, func(a, b Statistics) int { return a.Name.Compare(b.Name) })
	inv.Objects.StaleCollations = sorted(inv.Objects.StaleCollations, func(a, b StaleCollation) int { return a.Name.Compare(b.Name) })
	inv.Objects.DomainConstraints = sorted(inv.Objects.DomainConstraints, func(a, b DomainConstraint) int {
		return cmp.Or(a.Domain.Compare(b.Domain), cmp.Compare(a.Name, b.Name))
	})
	inv.Objects.Truncating = sorted(inv.Objects.Truncating, Name.Compare)
	inv.Objects.Creating = sorted(inv.Objects.Creating, Name.Compare)
	inv.Objects.SecurityLabels = sorted(inv.Objects.SecurityLabels, cmp.Compare[string])
	if r := inv.Replica; r != nil {
		q := *r
		q.Settings = sorted(q.Settings, bySetting)
		inv.Replica = &q
	}
	if t := inv.Target; t != nil {
		q := *t
		q.Settings = sorted(q.Settings, bySetting)
		q.Extensions = sorted(q.Extensions, byExtension)
		q.Available = sorted(q.Available, byExtension)
		q.Roles = sorted(q.Roles, cmp.Compare[string])
		q.MissingCollations = sorted(q.MissingCollations, cmp.Compare[string])
		q.Database.Privileges = sorted(q.Database.Privileges, byPrivilege)
		q.Database.RoleSettings = sorted(q.Database.RoleSettings, func(a, b RoleSetting) int {
			return cmp.Or(cmp.Compare(a.Database, b.Database), cmp.Compare(a.Role, b.Role))
		})
		inv.Target = &q
	}
	inv.Unknown = sorted(inv.Unknown, func(a, b Unknown) int {
		return cmp.Or(cmp.Compare(a.Fact, b.Fact), cmp.Compare(a.Subject, b.Subject))
	})
	return inv
}

// Arrange is Normalize for an inventory whose tables nobody else has: they are put into their order where they are, and not copied.
func (inv *Inventory) Arrange() {
	slices.SortStableFunc(inv.Tables, func(a, b Table) int { return a.Name.Compare(b.Name) })
	for i := range inv.Tables {
		t := &inv.Tables[i]
		t.Indexes, t.Constraints = fitting(t.Indexes), fitting(t.Constraints)
		t.arrange()
	}
	*inv = inv.Normalize()
}

// normalTables is what there is most of: of 100,000 tables a copy takes longer than a look.
func normalTables(tables []Table) []Table {
	normal := tables != nil
	for i := range tables {
		if normal = normal && tables[i].normal() && (i == 0 || tables[i-1].Name.Compare(tables[i].Name) <= 0); !normal {
			break
		}
	}
	if normal {
		return tables
	}
	tables = sorted(tables, func(a, b Table) int { return a.Name.Compare(b.Name) })
	for i := range tables {
		tables[i] = tables[i].normalize()
	}
	return tables
}

// normal reports whether normalize would leave the table as it is.
func (t *Table) normal() bool {
	if t.Parents == nil || t.Columns == nil || t.Indexes == nil || t.Constraints == nil || t.Triggers == nil {
		return false
	}
	for i := range t.Columns {
		if c := &t.Columns[i]; c.Bounds == nil || c.Common == nil || i > 0 && t.Columns[i-1].Number > c.Number {
			return false
		}
	}
	for i := range t.Indexes {
		if x := &t.Indexes[i]; x.KeyColumns == nil || x.Included == nil || x.StatisticsTargets == nil || i > 0 && t.Indexes[i-1].Name > x.Name {
			return false
		}
	}
	for i := 1; i < len(t.Constraints); i++ {
		if t.Constraints[i-1].Name > t.Constraints[i].Name {
			return false
		}
	}
	for i := 1; i < len(t.Triggers); i++ {
		if t.Triggers[i-1].Name > t.Triggers[i].Name {
			return false
		}
	}
	return true
}

func (t Table) normalize() Table {
	t.Parents, t.Columns, t.Indexes, t.Constraints, t.Triggers = keep(t.Parents), keep(t.Columns), keep(t.Indexes), keep(t.Constraints), keep(t.Triggers)
	for i := range t.Columns {
		t.Columns[i].Bounds, t.Columns[i].Common = keep(t.Columns[i].Bounds), keep(t.Columns[i].Common)
	}
	for i := range t.Indexes {
		x := &t.Indexes[i]
		x.KeyColumns, x.Included, x.StatisticsTargets = keep(x.KeyColumns), keep(x.Included), keep(x.StatisticsTargets)
	}
	t.arrange()
	return t
}

// arrange makes a table normal where it is.
func (t *Table) arrange() {
	t.Parents, t.Columns, t.Indexes, t.Constraints, t.Triggers = present(t.Parents), present(t.Columns), present(t.Indexes), present(t.Constraints), present(t.Triggers)
	for i := range t.Columns {
		t.Columns[i].Bounds, t.Columns[i].Common = present(t.Columns[i].Bounds), present(t.Columns[i].Common)
	}
	for i := range t.Indexes {
		x := &t.Indexes[i]
		x.KeyColumns, x.Included, x.StatisticsTargets = present(x.KeyColumns), present(x.Included), present(x.StatisticsTargets)
	}
	slices.SortStableFunc(t.Columns, func(a, b Column) int { return cmp.Compare(a.Number, b.Number) })
	slices.SortStableFunc(t.Indexes, func(a, b Index) int { return cmp.Compare(a.Name, b.Name) })
	slices.SortStableFunc(t.Constraints, func(a, b Constraint) int { return cmp.Compare(a.Name, b.Name) })
	slices.SortStableFunc(t.Triggers, func(a, b Trigger) int { return cmp.Compare(a.Name, b.Name) })
}

func byPrivilege(a, b DatabasePrivilege) int {
	return cmp.Or(cmp.Compare(a.Grantee, b.Grantee), cmp.Compare(a.Privilege, b.Privilege))
}
func bySetting(a, b Setting) int     { return cmp.Compare(a.Name, b.Name) }
func byExtension(a, b Extension) int { return cmp.Compare(a.Name, b.Name) }

func sorted[T any](s []T, order func(a, b T) int) []T {
	s = keep(s)
	slices.SortStableFunc(s, order)
	return s
}

// keep copies a slice and turns nil into empty, which JSON shows as [] rather than null.
func keep[T any](s []T) []T { return append(make([]T, 0, len(s)), s...) }

// fitting gives back what a slice has grown too large by.
func fitting[T any](s []T) []T {
	if len(s) == cap(s) {
		return s
	}
	return keep(s)
}

// present turns nil into empty.
func present[T any](s []T) []T {
	if s == nil {
		return []T{}
	}
	return s
}

// Encode writes the canonical form: normalized, two-space indented JSON with a final newline.
func (inv Inventory) Encode(w io.Writer) error {
	inv.Format = Format
	return EncodeCanonical(w, inv.Normalize())
}

// EncodeFingerprint is Encode that also returns the Fingerprint of what it wrote.
func (inv Inventory) EncodeFingerprint(w io.Writer) (string, error) {
	h := sha256.New()
	err := inv.Encode(io.MultiWriter(w, h))
	return hex.EncodeToString(h.Sum(nil)), err
}

// Fingerprint is the SHA-256 of the canonical form in hex.
func (inv Inventory) Fingerprint() string {
	f, err := inv.EncodeFingerprint(io.Discard)
	if err != nil { // a hash never refuses a write, and every field has a JSON form
		panic("encoding an inventory: " + err.Error())
	}
	return f
}

// Decode reads an inventory strictly: one JSON value, no unknown field, a known format, valid UTF-8, no NUL in any string.
// The result is normalized.
func Decode(r io.Reader) (Inventory, error) {
	var inv Inventory
	if err := DecodeStrict(r, "inventory", Format, &inv); err != nil {
		return Inventory{}, err
	}
	if inv.Tables == nil { // a database without tables has an empty list; a plan of nothing would look sound
		return Inventory{}, errors.New("reading inventory: it has no \"tables\"")
	}
	return inv.Normalize(), nil
}

// DecodeStrict decodes one of pgcutover's own files into v: one JSON object in UTF-8, every key known, spelled as it is and given
// once. what names the file in errors, which also say the line; format is the newest format this program reads. A file of another
// format is refused before anything else in it is looked at.
func DecodeStrict(r io.Reader, what string, format int, v any) error {
	data, err := ReadFile(r, what)
	if err != nil {
		return err
	}
	if len(bytes.TrimSpace(data)) == 0 {
		return fmt.Errorf("reading %s: the file is empty", what)
	}
	if !utf8.Valid(data) {
		return notUTF8(what, data)
	}
	var head struct { // Unmarshal also makes sure that nothing follows the value, which a Decoder does not
		Format *int `json:"format"`
	}
	if err := json.Unmarshal(data, &head); err != nil {
		return fmt.Errorf("reading %s: %w", what, position(data, err))
	}
	switch {
	case head.Format == nil:
		return fmt.Errorf("reading %s: no \"format\": is this a pgcutover %s?", what, what)
	case *head.Format > format:
		return fmt.Errorf("reading %s: format %d is newer than this program, which reads up to %d", what, *head.Format, format)
	case *head.Format < 1:
		return fmt.Errorf("reading %s: format %d does not exist", what, *head.Format)
	}
	if err := checkKeys(data, reflect.TypeOf(v)); err != nil {
		return fmt.Errorf("reading %s: %w", what, err)
	}
	if err := json.Unmarshal(data, v); err != nil {
		return fmt.Errorf("reading %s: %w", what, position(data, err))
	}
	if !bytes.Contains(data, []byte(`\u0000`)) {
		return nil // a NUL that is not escaped is a syntax error
	}
	if path := findNUL(reflect.ValueOf(v), what); path != "" {
		return fmt.Errorf("reading %s: %s holds a NUL character, which no PostgreSQL name can", what, path)
	}
	return nil
}

// position turns the byte offset of a JSON error into a line, which is what an editor wants.
func position(data []byte, err error) error {
	offset := int64(-1)
	if e, ok := errors.AsType[*json.SyntaxError](err); ok {
		offset = e.Offset
	} else if e, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		offset = e.Offset
	} else if errors.Is(err, io.ErrUnexpectedEOF) {
		offset = int64(len(data))
	}
	if offset < 0 || offset > int64(len(data)) {
		return err
	}
	line := 1 + bytes.Count(data[:offset], []byte("\n"))
	if offset >= int64(len(bytes.TrimSpace(data))) && !strings.Contains(err.Error(), "after top-level value") {
		return fmt.Errorf("line %d: the file ends too early: %w", line, err)
	}
	return fmt.Errorf("line %d: %w", line, err)
}

// findNUL walks every string that v reaches and returns the path of the first that holds a NUL.
func findNUL(v reflect.Value, path string) string {
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		if !v.IsNil() {
			return findNUL(v.Elem(), path)
		}
	case reflect.String:
		for i := range v.Len() {
			if v.Index(i).Uint() == 0 {
				return path
			}
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if p := findNUL(v.Field(i), path+"."+v.Type().Field(i).Name); p != "" {
				return p
			}
		}
	case reflect.Slice, reflect.Array:
		for i := range v.Len() {
			if p := findNUL(v.Index(i), fmt.Sprintf("%s[%d]", path, i)); p != "" {
				return p
			}
		}
	case reflect.Map:
		for _, k := range v.MapKeys() {
			if p := findNUL(k, path+" key"); p != "" {
				return p
			}
			if p := findNUL(v.MapIndex(k), path+"["+k.String()+"]"); p != "" {
				return p
			}
		}
	}
	return ""
}
