package standin

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"
)

// A table is one that a task selects, as its source has it.
type table struct {
	schema, name string
	ident        string // schema and name, quoted
	columns      map[string]column
	key          []string // columns of the primary key; empty: there is none
	unlimited    bool     // LOBs are looked up on the source
}

// A column is one of a table, removed ones left out.
type column struct {
	name  string
	typ   string // what values are read as on the way to the target
	plain string // its own type
	lob   lobKind
	key   bool // of the primary key
	open  bool // varchar without a length
}

// lobKind is how AWS DMS takes a type (user guide, source data types for PostgreSQL).
type lobKind string

const (
	noLOB lobKind = ""
	blob  lobKind = "BLOB"
	clob  lobKind = "CLOB"
	nclob lobKind = "NCLOB" // two bytes for each character
)

// tablesSQL lists every column of every ordinary table; of domains the type below. An array is an NCLOB, a composite type too.
const tablesSQL = `
with recursive base (oid, typ, typmod) as (
	select t.oid, t.oid, -1 from pg_catalog.pg_type t where t.typtype <> 'd'
	union all
	select d.oid, b.typ, case when d.typtypmod >= 0 then d.typtypmod else b.typmod end from base b join pg_catalog.pg_type d on d.typtype = 'd' and d.typbasetype = b.oid
)
select n.nspname, c.relname, a.attname, pg_catalog.format_type(a.atttypid, a.atttypmod), t.typname, t.typcategory = 'A' or t.typtype = 'c',
	greatest(a.atttypmod, base.typmod) < 0, coalesce(a.attnum = any (i.indkey), false), format('%I.%I', n.nspname, c.relname)
from pg_catalog.pg_attribute a
join pg_catalog.pg_class c on c.oid = a.attrelid and c.relkind = 'r' and c.relpersistence = 'p'
join pg_catalog.pg_namespace n on n.oid = c.relnamespace and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
join base on base.oid = a.atttypid
join pg_catalog.pg_type t on t.oid = base.typ
left join pg_catalog.pg_index i on i.indrelid = c.oid and i.indisprimary
where a.attnum > 0 and not a.attisdropped
order by 1, 2, a.attnum`

// lobTypes are those by their names.
var lobTypes = map[string]lobKind{
	"text": nclob, "citext": nclob, "json": nclob, "jsonb": nclob, "hstore": nclob, "bytea": blob,
	"tsvector": clob, "tsquery": clob, "xml": clob, "path": clob, "polygon": clob,
}

// tables are those of the source that the mapping selects, by schema and name.
func (m Mapping) tables(ctx context.Context, source *pgx.Conn) (map[[2]string]*table, error) {
	rows, err := source.Query(ctx, tablesSQL)
	if err != nil {
		return nil, fmt.Errorf("reading the source's tables: %w", err)
	}
	found := map[[2]string]*table{}
	var schema, name, attribute, typ, base, ident string
	var many, unbounded, key bool
	_, err = pgx.ForEachRow(rows, []any{&schema, &name, &attribute, &typ, &base, &many, &unbounded, &key, &ident}, func() error {
		if !m.selects(schema, name) {
			return nil
		}
		t := found[[2]string{schema, name}]
		if t == nil {
			t = &table{schema: schema, name: name, ident: ident, columns: map[string]column{}, unlimited: m.unlimited(schema, name)}
			found[[2]string{schema, name}] = t
		}
		if m.removes(schema, name, attribute) {
			return nil
		}
		c := column{name: attribute, typ: typ, plain: typ, lob: lobTypes[base], key: key, open: base == "varchar" && unbounded}
		if many {
			c.lob = nclob
		}
		if base == "numeric" && unbounded {
			c.typ = "numeric(28,6)"
		}
		if key {
			t.key = append(t.key, attribute)
		}
		t.columns[attribute] = c
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("reading the source's tables: %w", err)
	}
	return found, nil
}

func (t *table) String() string { return t.schema + "." + t.name }

// keyOf is the key of a row as text, to tell rows apart by; empty where there is no key.
func (t *table) keyOf(values tuple) string {
	var b strings.Builder
	for _, k := range t.key {
		b.Write(values[k])
		b.WriteByte(0)
	}
	return b.String()
}

// known are the columns that a tuple has, the removed ones left out, by name.
func (t *table) known(values tuple) []column {
	var out []column
	for name := range values {
		if c, ok := t.columns[name]; ok {
			out = append(out, c)
		}
	}
	slices.SortFunc(out, func(a, b column) int { return strings.Compare(a.name, b.name) })
	return out
}

func quoted(name string) string { return pgx.Identifier{name}.Sanitize() }
