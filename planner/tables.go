package planner

import (
	"fmt"
	"slices"
	"strings"

	"github.com/pgcutover/pgcutover/analyze"
	"github.com/pgcutover/pgcutover/planner/hazard"
)

// handle decides for every table whether and how it travels.
func (b *builder) handle() error {
	out, err := b.excluded()
	if err != nil {
		return err
	}
	insertsOnly, err := b.known.findAll("tables.inserts_only", b.opt.Tables.InsertsOnly)
	if err != nil {
		return err
	}
	b.tables = make([]Table, len(b.source))
	for i, t := range b.source {
		p := Table{Name: t.Name, Kind: t.Kind, Rows: t.EstimatedRows, Root: b.root(t)}
		p.Bytes, p.IndexBytes = sizes(t)
		p.Handling, p.Reason = b.handling(t, out[t.Name], slices.Contains(insertsOnly, t.Name))
		p.Columns = CopiedColumns(t)
		p.Key = identity(t)
		p.TimeColumn = timeColumn(t)
		if p.Handling.Copied() {
			p.BatchUnsafe, p.TextCopy = b.batchUnsafe(t), b.textCopy(t)
		}
		b.tables[i] = p
	}
	return nil
}

// excluded maps each table that the configuration leaves out to the reason. Partitions and inheritance children go with
// their parent, without which they could not be created.
func (b *builder) excluded() (map[analyze.Name]string, error) {
	out := map[analyze.Name]string{}
	names, err := b.excludedNames()
	if err != nil {
		return nil, err
	}
	for _, s := range b.opt.Tables.ExcludeSchemas {
		known := false
		var schemas []string
		for _, have := range b.inv.Schemas {
			known = known || have.Name == s
			schemas = append(schemas, have.Name)
		}
		for _, t := range b.source {
			if t.Name.Schema == s {
				known = true
				out[t.Name] = "its schema is excluded in the configuration"
			}
		}
		if !known {
			e := wrong("tables.exclude_schemas", "there is no schema %s in the inventory", analyze.Display(s))
			if near := Nearest(s, schemas, 3); len(near) > 0 {
				e.Remedy = "did you mean " + strings.Join(near, " or ") + "?"
			}
			return nil, e
		}
	}
	for _, n := range names {
		out[n] = "excluded in the configuration"
	}
	queue := make([]analyze.Name, 0, len(out))
	for n := range out {
		queue = append(queue, n)
	}
	slices.SortFunc(queue, analyze.Name.Compare)
	for len(queue) > 0 {
		n := queue[0]
		queue = queue[1:]
		for _, kid := range b.kids[n] {
			if out[kid] == "" {
				out[kid] = "its parent " + n.String() + " is excluded"
				queue = append(queue, kid)
			}
		}
	}
	return out, nil
}

func (b *builder) handling(t *analyze.Table, excluded string, acceptedInsertsOnly bool) (Handling, string) {
	switch {
	case b.isPhysical():
		return physicalHandling(t)
	case excluded != "":
		return LeftOut, excluded
	case t.Extension != "":
		return LeftOut, "belongs to the extension " + analyze.Display(t.Extension) + ", which creates it"
	case t.Kind == analyze.Partitioned:
		return Structure, "routes rows to its partitions and holds none itself"
	case t.Kind == analyze.Foreign:
		return Structure, "its rows are on a foreign server"
	case t.Unlogged:
		return Structure, "unlogged: a standby does not have its rows and the WAL does not carry them"
	case b.isNative():
		return nativeHandling(t, acceptedInsertsOnly)
	case b.opt.FullLoad() && t.HasChildren && empty(t):
		return Structure, "holds no rows of its own, and AWS DMS would read those of its children through it"
	case t.CarriesUpdates():
		if t.ReplicaIdentity == "index" {
			return Replicate, "rows are identified by the index named as replica identity"
		}
		return Replicate, "rows are identified by the primary key"
	case acceptedInsertsOnly:
		return InsertsOnly, noIdentity(t) + "; configured as append-only"
	}
	return InsertsOnly, noIdentity(t) + ": updates and deletes cannot be carried"
}

// empty reports whether a table is known to hold no rows of its own.
func empty(t *analyze.Table) bool {
	bytes, known := t.Bytes()
	return known && bytes == 0
}

// noIdentity says why logical decoding cannot identify the table's rows for pglogical.
func noIdentity(t *analyze.Table) string {
	pk := t.PrimaryKey()
	switch {
	case t.ReplicaIdentity == "full":
		return "replica identity is FULL, which pglogical does not take"
	case t.ReplicaIdentity == "nothing":
		return "replica identity is NOTHING"
	case t.ReplicaIdentity == "index":
		return "the index of the replica identity is not usable"
	case pk == nil:
		return "no primary key"
	case !pk.Immediate:
		return "the primary key is deferrable"
	default:
		return "the primary key's index is not valid"
	}
}

// root is the topmost table above t, nil when it has no parent that is planned.
func (b *builder) root(t *analyze.Table) *analyze.Name {
	var root *analyze.Name
	seen := map[analyze.Name]bool{t.Name: true}
	for len(t.Parents) > 0 && !seen[t.Parents[0]] {
		up := b.sourceOf(t.Parents[0])
		if up == nil {
			break
		}
		root = &up.Name
		seen[up.Name] = true
		t = up
	}
	if root == nil {
		return nil
	}
	n := *root
	return &n
}

// sizes are what a copy reads and what the indexes weigh; the heap's pages stand in for sizes that could not be read.
func sizes(t *analyze.Table) (bytes, index int64) {
	bytes, ok := t.Bytes()
	if !ok {
		bytes = t.Pages * blockSize
		if t.HeapBytes != nil {
			bytes = *t.HeapBytes
		}
	}
	if t.IndexBytes != nil {
		index = *t.IndexBytes
	}
	return max(bytes, 0), max(index, 0)
}

const blockSize = 8192 // of every build of PostgreSQL that anybody runs a fleet on; only a stand-in for unreadable sizes

// CopiedColumns are the columns of a table whose values are copied, in attnum order: all but those that the target generates.
func CopiedColumns(t *analyze.Table) []Column {
	out := make([]Column, 0, len(t.Columns))
	for i := range t.Columns {
		if c := &t.Columns[i]; c.Generated == "" {
			out = append(out, Column{Name: c.Name, Type: c.Type})
		}
	}
	return out
}

// identityIndex is the index that identifies rows, nil when none can.
func identityIndex(t *analyze.Table) *analyze.Index {
	if !t.CarriesUpdates() {
		return nil
	}
	for i := range t.Indexes {
		x := &t.Indexes[i]
		if t.ReplicaIdentity == "index" && x.ReplicaIdentity || t.ReplicaIdentity == "default" && x.Primary {
			return x
		}
	}
	return nil
}

func identity(t *analyze.Table) []string {
	if x := identityIndex(t); x != nil {
		return slices.Clone(x.KeyColumns)
	}
	return nil
}

// extraUnique are the indexes besides the one that identifies rows whose uniqueness the target would enforce.
// The primary key is one of them where another index identifies rows.
func extraUnique(t *analyze.Table) []*analyze.Index {
	id := identityIndex(t)
	var extra []*analyze.Index
	for i := range t.Indexes {
		x := &t.Indexes[i]
		if (x.Unique || x.Exclusion) && (id != nil || !x.Primary) && (id == nil || x.Name != id.Name) {
			extra = append(extra, x)
		}
	}
	return extra
}

// wholeTransactions is why the engine native applies nothing in batches.
const wholeTransactions = "PostgreSQL's apply worker takes one transaction after the other, whole"

// batchUnsafe says why changes of the table must be applied one by one and in order; empty: they need not be.
func (b *builder) batchUnsafe(t *analyze.Table) string {
	if b.isNative() {
		return wholeTransactions
	}
	for _, x := range extraUnique(t) {
		if x.Valid && !b.isDeferred(t, x) {
			return fmt.Sprintf("unique index %s beside the key: batches apply changes out of their order and would collide in it", analyze.Display(x.Name))
		}
	}
	if identityIndex(t) == nil {
		return "no key that identifies rows, which batches are made by"
	}
	for i := range t.Columns {
		c := &t.Columns[i]
		if !c.LOB.IsLOB() || c.Generated != "" || b.cut[t.Name] {
			continue
		}
		switch need, known := hazard.LOBNeed(*c, b.margin(t.Name)); {
		case !known:
			return fmt.Sprintf("the largest value of %s (%s) is not known, and batches take limited LOBs only", analyze.Display(c.Name), c.Type)
		case need > hazard.MaxLOBBytes:
			return fmt.Sprintf("values of %s (%s) are larger than a limited LOB can be", analyze.Display(c.Name), c.Type)
		}
	}
	return ""
}

// timeColumn is the column by which spot checks cut the rows into months: the one that looks like the time of creation,
// else the first timestamp without a chance of NULL, else the first.
func timeColumn(t *analyze.Table) string {
	best, rank := "", 0
	for i := range t.Columns {
		c := &t.Columns[i]
		if c.Generated != "" || c.BaseType != "timestamptz" && c.BaseType != "timestamp" && c.BaseType != "date" {
			continue
		}
		r := 1
		if c.NotNull {
			r += 2
		}
		switch strings.ToLower(c.Name) {
		case "created_at", "created", "created_on", "inserted_at", "creation_date", "create_date":
			r += 8
		case "date_created", "occurred_at", "started_at", "timestamp", "ts", "time", "logged_at", "at":
			r += 4
		case "updated_at", "modified_at", "deleted_at", "last_modified":
			r -= 1 // moves with every update, and so does the month
		}
		if c.BaseType == "date" {
			r--
		}
		if best == "" || r > rank {
			best, rank = c.Name, r
		}
	}
	return best
}
