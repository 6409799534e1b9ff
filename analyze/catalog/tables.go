package catalog

import (
	"fmt"
	"slices"
	"strings"

	"github.com/pgcutover/pgcutover/analyze"
)

func (r *reader) readTables() error {
	r.tables = map[uint32]int{}
	var (
		t              analyze.Table
		oid            uint32
		kind, identity string
		rows           float64
		pages          int64
		secured        bool
		schema, name   *string // in quotes, if they need them
		attributes     int     // dropped ones too
	)
	err := r.each("tables", nil, []any{&oid, &t.Name.Schema, &t.Name.Name, &schema, &name, &attributes, &kind, &t.Unlogged, &t.Owner, &t.Extension, &t.OfType, &t.Tablespace, &t.OIDs, &t.AccessMethod,
		&t.IsPartition, &t.PartitionKey, &t.PartitionBound, &t.HasChildren, &identity, &t.RowSecurity, &t.ForceRowSecurity,
		&t.Filenode, &rows, &pages, &t.Readable, &secured}, func() error {
		t := t
		t.ReplicaIdentity = replicaIdentities[identity]
		zero := int64(0)
		switch kind {
		case "p":
			t.Kind, t.HeapBytes, t.ToastBytes, t.IndexBytes = analyze.Partitioned, &zero, &zero, &zero
		case "f":
			t.Kind, t.HeapBytes, t.ToastBytes, t.IndexBytes = analyze.Foreign, &zero, &zero, &zero
		default:
			t.Kind = analyze.Ordinary
		}
		// 14 and newer say -1 where nobody counted. Before, that is 0 rows in 0 pages, which may also be an empty table; only
		// its size, which comes later, tells the two apart.
		if rows >= 0 && (r.major() >= 1400 || rows > 0 || pages > 0) {
			n := int64(rows)
			t.EstimatedRows = &n
		}
		if secured {
			t.Readable = false
			grant := "ALTER ROLE " + r.me() + " BYPASSRLS"
			if r.inv.Server.Managed != "" { // which has no such right to give; owners are exempt unless it is forced
				grant = "GRANT " + analyze.Ident(t.Owner) + " TO " + r.me()
			}
			r.unknown("rows", t.Name.String(), "row-level security hides rows from this role", grant)
		}
		r.quotes(t.Name.Schema, schema)
		r.quotes(t.Name.Name, name)
		t.Columns = make([]analyze.Column, 0, attributes)
		r.tables[oid] = len(r.inv.Tables)
		r.inv.Tables = append(r.inv.Tables, t)
		return nil
	})
	r.inv.Tables = slices.Clone(r.inv.Tables) // it stays: what it has grown beyond its length need not
	return err
}

// replicaIdentities spells out relreplident.
var replicaIdentities = map[string]string{"d": "default", "n": "nothing", "f": "full", "i": "index"}

// size is what one relation takes on disk; nil: not known.
type size struct{ main, toast *int64 }

func (r *reader) readSizes() error {
	unloggedOnly := r.replica != nil
	sizes := map[uint32]size{}
	err := r.optional("sizes", "", func() error { return r.sizes(unloggedOnly, sizes) }, lockNotAvailable, queryCanceled)
	if err != nil {
		return err
	}
	if r.replica != nil {
		for oid, s := range r.replica.sizes {
			if _, ok := sizes[oid]; !ok { // unlogged relations have no files on a standby
				sizes[oid] = s
			}
		}
	}
	for i := range r.inv.Tables {
		if t := &r.inv.Tables[i]; t.Kind == analyze.Ordinary {
			t.IndexBytes = new(int64) // until an index of unknown size
		}
	}
	for oid, p := range r.indexes {
		t := &r.inv.Tables[p.table]
		if t.Kind != analyze.Ordinary {
			continue
		}
		bytes := sizes[oid].main
		t.Indexes[p.part].Bytes = bytes
		switch {
		case bytes == nil:
			t.IndexBytes = nil
		case t.IndexBytes != nil:
			*t.IndexBytes += *bytes
		}
	}
	var missing []string
	for oid, i := range r.tables {
		t := &r.inv.Tables[i]
		if t.Kind != analyze.Ordinary {
			continue
		}
		s := sizes[oid]
		t.HeapBytes, t.ToastBytes = s.main, s.toast
		if t.HeapBytes == nil || t.IndexBytes == nil {
			missing = append(missing, t.Name.String())
			continue
		}
		t.Pages = *t.HeapBytes / r.session.blockSize
		if t.EstimatedRows == nil && r.major() < 1400 && *t.HeapBytes == 0 {
			t.EstimatedRows = new(int64)
		}
	}
	if len(missing) > 0 && !r.has("sizes", "") {
		slices.Sort(missing)
		r.unknown("sizes", listed(missing), "locked by another session, not yet on the server that gave the sizes, or unlogged on a standby", "")
	}
	return nil
}

// sizes reads into the map, by OID, which is the same on a primary and its standbys.
func (r *reader) sizes(unloggedOnly bool, into map[uint32]size) error {
	var oid uint32
	var s size
	return r.each("sizes", []any{unloggedOnly}, []any{&oid, &s.main, &s.toast}, func() error {
		into[oid] = s
		return nil
	})
}

func (r *reader) readInheritance() error {
	var child, parent uint32
	var name analyze.Name
	return r.each("inheritance", nil, []any{&child, &parent, &name.Schema, &name.Name}, func() error {
		if i, ok := r.tables[child]; ok {
			r.inv.Tables[i].Parents = append(r.inv.Tables[i].Parents, name)
		} else if p, ok := r.indexes[child]; ok {
			name := name
			r.inv.Tables[p.table].Indexes[p.part].Parent = &name
		}
		return nil
	})
}

// whyNoCounters is empty on a server that counts row changes.
func (r *reader) whyNoCounters() string {
	switch {
	case r.inv.Server.InRecovery:
		return "a standby does not count what its primary changes"
	case slices.ContainsFunc(r.session.settings, func(s analyze.Setting) bool { return s.Name == "track_counts" && s.Value == "off" }):
		return "track_counts is off"
	}
	return ""
}

func (r *reader) readCounters() error {
	if why := r.whyNoCounters(); why != "" {
		r.unknown("row counters", "", why, "")
		return nil
	}
	counters, err := readCounters(r.each)
	for k, c := range counters {
		if i, ok := r.tables[k.oid]; ok {
			c := c
			r.inv.Tables[i].Counters = &c
		}
	}
	return err
}

// counted is a table as its counters know it: one dropped and created again is another table of the same name.
type counted struct {
	oid  uint32
	name analyze.Name
}

// readCounters reads the row counters of every table that holds rows.
func readCounters(each func(string, []any, []any, func() error) error) (map[counted]analyze.Counters, error) {
	out := map[counted]analyze.Counters{}
	var k counted
	var c analyze.Counters
	err := each("counters", nil, []any{&k.oid, &k.name.Schema, &k.name.Name, &c.Inserts, &c.Updates, &c.HotUpdates, &c.Deletes, &c.LiveRows, &c.DeadRows}, func() error {
		out[k] = c
		return nil
	})
	return out, err
}

// summarizeUnreadable records what the role may not read: one Unknown for a schema, with a grant for all of it.
func (r *reader) summarizeUnreadable() {
	for _, s := range r.inv.Schemas {
		if !s.Usage && s.Extension != "pglogical" { // which has an Unknown of its own
			r.unknown("schema", analyze.Display(s.Name), "the role has no USAGE on it", "GRANT USAGE ON SCHEMA "+analyze.Ident(s.Name)+" TO "+r.me())
		}
	}
	tables, sequences := map[string][]string{}, map[string][]string{}
	for _, t := range r.inv.Tables {
		if !t.Readable && !(t.RowSecurity && r.has("rows", t.Name.String())) {
			tables[t.Name.Schema] = append(tables[t.Name.Schema], analyze.Display(t.Name.Name))
		}
	}
	for i, s := range r.inv.Sequences {
		if !r.seqs[i].readable {
			sequences[s.Name.Schema] = append(sequences[s.Name.Schema], analyze.Display(s.Name.Name))
		}
	}
	for schema, names := range tables {
		r.unknown("rows", analyze.Display(schema), fmt.Sprintf("the role may not read %d of its tables (%s): no column statistics, no LOB sizes", len(names), listed(names)),
			"GRANT SELECT ON ALL TABLES IN SCHEMA "+analyze.Ident(schema)+" TO "+r.me())
	}
	for schema, names := range sequences {
		r.unknown("sequence values", analyze.Display(schema), fmt.Sprintf("the role may not read %d of its sequences (%s)", len(names), listed(names)),
			"GRANT SELECT ON ALL SEQUENCES IN SCHEMA "+analyze.Ident(schema)+" TO "+r.me())
	}
}

func (r *reader) has(fact, subject string) bool {
	return slices.ContainsFunc(r.inv.Unknown, func(u analyze.Unknown) bool { return u.Fact == fact && u.Subject == subject })
}

// listed names the first few of many.
func listed(names []string) string {
	const few = 5
	if len(names) <= few {
		return strings.Join(names, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(names[:few], ", "), len(names)-few)
}
