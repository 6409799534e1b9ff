package synthetic

import (
	"context"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5"

	"github.com/pgcutover/pgcutover/analyze"
)

// A schema is what the catalog says of the tables to fill.
type schema struct {
	tables  []*table          // by schema and name; partitioned tables among them
	byOID   map[uint32]*table // the same
	types   map[uint32]*datatype
	version int // server_version_num
	// deferred: some constraint or constraint trigger is initially deferred.
	deferred bool
}

// A table is an ordinary one, a leaf partition or a partitioned one, which holds no rows itself.
type table struct {
	oid         uint32
	name        analyze.Name
	partitioned bool
	parent      uint32 // of partitions: the partitioned table; else 0
	bound       string // of partitions: what every row of it fulfils, as SQL with bare columns; empty: anything
	rows        bool   // has some already
	rules       []string
	columns     []*column
	checks      []check
	foreign     []*foreignKey
	uniques     []unique
	referenced  bool // by a foreign key
	chosen      map[string]*generator
	wanted      int64
	width       map[string]int // of values, in bytes, where it is known
}

func (t *table) column(number int16) *column {
	i := slices.IndexFunc(t.columns, func(c *column) bool { return c.number == number })
	if i < 0 {
		return nil
	}
	return t.columns[i]
}

// A column is one that is there.
type column struct {
	number    int16
	name      string
	sql       string // quoted
	typ       uint32
	typmod    int32
	typeSQL   string // with its modifier, qualified
	notNull   bool
	identity  string // "", "a" (always) or "d"
	generated bool
	byDefault string // the default's expression; empty: none
	sequence  uint32 // what its default or identity takes its values from; 0: none
}

// given tells whether the server makes the value of a row that an application inserts.
func (c *column) given() bool { return c.sequence != 0 }

// A check is a condition on the rows of a table.
type check struct {
	sql     string
	columns []string // their names
	kind    string   // "CHECK constraint \"x\"", "the bound of the partition"
}

// A foreignKey of a table.
type foreignKey struct {
	name    string
	to      uint32
	columns []*column
	keys    []int16 // numbers of the referred columns, in the same order
}

// A unique is a key, a unique index or an exclusion constraint.
type unique struct {
	primary     bool
	deferrable  bool
	expressions []string // SQL of each key column
	columns     []string // names of the plain ones
	partial     bool
	identifies  bool // the replica identity
}

// A datatype is a row of pg_type.
type datatype struct {
	oid       uint32
	sql       string // qualified, without a modifier
	name      string
	system    bool
	kind      string // typtype: b, c, d, e, r, m, p
	category  string // typcategory
	element   uint32 // of arrays
	base      uint32 // of domains
	modifier  int32  // of domains
	subtype   uint32 // of ranges, and of multiranges: their range
	attribute []attribute
	checks    []string // of domains, their definitions
	labels    int64    // of enums
}

type attribute struct {
	typ      uint32
	modifier int32
	sql      string
}

// own leaves out what belongs to the server, to extensions and to the migration itself.
const own = `n.nspname !~ '^pg_' and n.nspname not in ('information_schema', 'pglogical', 'pgcutover')
	and not exists (select from pg_catalog.pg_depend d where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e')`

func read(ctx context.Context, conn *pgx.Conn) (*schema, error) {
	s := &schema{byOID: map[uint32]*table{}, types: map[uint32]*datatype{}}
	for _, part := range []struct {
		what string
		do   func(context.Context, *pgx.Conn) error
	}{
		{"tables", s.readTables}, {"columns", s.readColumns}, {"types", s.readTypes}, {"constraints", s.readConstraints}, {"indexes", s.readIndexes},
	} {
		if err := part.do(ctx, conn); err != nil {
			return nil, fmt.Errorf("reading the %s to make rows for: %w", part.what, err)
		}
	}
	return s, nil
}

// each runs a query and scans every row into the destinations before it calls do.
func each(ctx context.Context, conn *pgx.Conn, sql string, into []any, do func() error) error {
	rows, err := conn.Query(ctx, sql)
	if err != nil {
		return err
	}
	_, err = pgx.ForEachRow(rows, into, do)
	return err
}

func (s *schema) readTables(ctx context.Context, conn *pgx.Conn) error {
	if err := conn.QueryRow(ctx, "select current_setting('server_version_num')::int, exists (select from pg_catalog.pg_trigger where tginitdeferred) or exists (select from pg_catalog.pg_constraint where condeferred)").Scan(&s.version, &s.deferred); err != nil {
		return err
	}
	bound := "''"
	if s.version >= 100000 {
		bound = "coalesce(case when c.relispartition then pg_catalog.pg_get_partition_constraintdef(c.oid) end, '')"
	}
	var t table
	var kind string
	return each(ctx, conn, `select c.oid, n.nspname, c.relname, c.relkind::text, `+bound+`,
		coalesce((select i.inhparent from pg_catalog.pg_inherits i where i.inhrelid = c.oid and (to_jsonb(c) ->> 'relispartition')::boolean limit 1), 0::oid),
		array(select r.rulename::text from pg_catalog.pg_rewrite r where r.ev_class = c.oid and r.ev_type in ('2', '3') and r.ev_enabled <> 'D' order by 1)
		from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
		where c.relkind in ('r', 'p') and c.relpersistence <> 't' and `+own+` order by n.nspname, c.relname`,
		[]any{&t.oid, &t.name.Schema, &t.name.Name, &kind, &t.bound, &t.parent, &t.rules}, func() error {
			x := t
			x.partitioned = kind == "p"
			x.rules = slices.Clone(t.rules)
			x.chosen, x.width = map[string]*generator{}, map[string]int{}
			s.tables, s.byOID[x.oid] = append(s.tables, &x), &x
			return nil
		})
}

func (s *schema) readColumns(ctx context.Context, conn *pgx.Conn) error {
	var of uint32
	var c column
	err := each(ctx, conn, `select a.attrelid, a.attnum, a.attname, quote_ident(a.attname), a.atttypid, a.atttypmod, pg_catalog.format_type(a.atttypid, a.atttypmod), a.attnotnull,
		coalesce(to_jsonb(a) ->> 'attidentity', ''), coalesce(to_jsonb(a) ->> 'attgenerated', '') <> '', coalesce(pg_catalog.pg_get_expr(d.adbin, d.adrelid), ''),
		coalesce((select s.oid from pg_catalog.pg_depend x join pg_catalog.pg_class s on s.oid = x.refobjid and s.relkind = 'S'
			where x.classid = 'pg_attrdef'::regclass and x.objid = d.oid and x.refclassid = 'pg_class'::regclass limit 1),
			(select s.oid from pg_catalog.pg_depend x join pg_catalog.pg_class s on s.oid = x.objid and s.relkind = 'S'
			where x.classid = 'pg_class'::regclass and x.refclassid = 'pg_class'::regclass and x.refobjid = a.attrelid and x.refobjsubid = a.attnum and x.deptype = 'i' limit 1), 0)
		from pg_catalog.pg_attribute a join pg_catalog.pg_class c on c.oid = a.attrelid join pg_catalog.pg_namespace n on n.oid = c.relnamespace
		left join pg_catalog.pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
		where a.attnum > 0 and not a.attisdropped and c.relkind in ('r', 'p') and `+own+` order by a.attrelid, a.attnum`,
		[]any{&of, &c.number, &c.name, &c.sql, &c.typ, &c.typmod, &c.typeSQL, &c.notNull, &c.identity, &c.generated, &c.byDefault, &c.sequence}, func() error {
			if t := s.byOID[of]; t != nil {
				x := c
				if x.generated {
					x.byDefault = ""
				}
				t.columns = append(t.columns, &x)
			}
			return nil
		})
	if err != nil {
		return err
	}
	for _, t := range s.tables {
		if t.partitioned {
			continue
		}
		if err := conn.QueryRow(ctx, "select exists (select from only "+t.name.SQL()+")").Scan(&t.rows); err != nil {
			return err
		}
	}
	return nil
}

func (s *schema) readTypes(ctx context.Context, conn *pgx.Conn) error {
	multirange := "0::oid"
	if s.version >= 140000 {
		multirange = "(select r.rngtypid from pg_catalog.pg_range r where r.rngmultitypid = t.oid)"
	}
	var d datatype
	err := each(ctx, conn, `select t.oid, pg_catalog.format_type(t.oid, null), t.typname, n.nspname = 'pg_catalog', t.typtype::text, t.typcategory::text,
		case when t.typcategory = 'A' then t.typelem else 0 end, t.typbasetype, t.typtypmod,
		coalesce((select r.rngsubtype from pg_catalog.pg_range r where r.rngtypid = t.oid), `+multirange+`, 0::oid),
		array(select pg_catalog.pg_get_constraintdef(k.oid) from pg_catalog.pg_constraint k where k.contypid = t.oid and k.contype = 'c' order by k.conname),
		(select count(*) from pg_catalog.pg_enum e where e.enumtypid = t.oid)
		from pg_catalog.pg_type t join pg_catalog.pg_namespace n on n.oid = t.typnamespace`,
		[]any{&d.oid, &d.sql, &d.name, &d.system, &d.kind, &d.category, &d.element, &d.base, &d.modifier, &d.subtype, &d.checks, &d.labels}, func() error {
			x := d
			x.checks = slices.Clone(d.checks)
			s.types[x.oid] = &x
			return nil
		})
	if err != nil {
		return err
	}
	var of uint32
	var a attribute
	return each(ctx, conn, `select t.oid, a.atttypid, a.atttypmod, pg_catalog.format_type(a.atttypid, a.atttypmod)
		from pg_catalog.pg_type t join pg_catalog.pg_attribute a on a.attrelid = t.typrelid join pg_catalog.pg_namespace n on n.oid = t.typnamespace
		where t.typtype = 'c' and a.attnum > 0 and not a.attisdropped and n.nspname !~ '^pg_' order by t.oid, a.attnum`,
		[]any{&of, &a.typ, &a.modifier, &a.sql}, func() error {
			s.types[of].attribute = append(s.types[of].attribute, a)
			return nil
		})
}

func (s *schema) readConstraints(ctx context.Context, conn *pgx.Conn) error {
	var of, to uint32
	var name, kind, text string
	var columns, keys []int16
	// A foreign key that refers to a partitioned table has a row of its own for each of the partitions: the one row counts.
	return each(ctx, conn, `select k.conrelid, k.confrelid, k.conname, k.contype::text, coalesce(k.conkey, '{}'), coalesce(k.confkey, '{}'),
		coalesce(case when k.contype = 'c' then pg_catalog.pg_get_expr(k.conbin, k.conrelid) end, '')
		from pg_catalog.pg_constraint k join pg_catalog.pg_class c on c.oid = k.conrelid join pg_catalog.pg_namespace n on n.oid = c.relnamespace
		where k.contype in ('c', 'f') and `+own+` and not exists (select from pg_catalog.pg_constraint p
			where p.oid = coalesce((to_jsonb(k) ->> 'conparentid')::oid, 0) and p.conrelid = k.conrelid)
		order by k.conrelid, k.conname`,
		[]any{&of, &to, &name, &kind, &columns, &keys, &text}, func() error {
			t := s.byOID[of]
			if t == nil {
				return nil
			}
			if kind == "c" {
				c := check{sql: text, kind: "CHECK constraint " + name}
				for _, n := range columns {
					if x := t.column(n); x != nil {
						c.columns = append(c.columns, x.name)
					}
				}
				t.checks = append(t.checks, c)
				return nil
			}
			f := &foreignKey{name: name, to: to, keys: slices.Clone(keys)}
			for _, n := range columns {
				f.columns = append(f.columns, t.column(n))
			}
			t.foreign = append(t.foreign, f)
			if p := s.byOID[to]; p != nil {
				for _, leaf := range s.tables {
					leaf.referenced = leaf.referenced || s.holds(p.oid, leaf)
				}
			}
			return nil
		})
}

func (s *schema) readIndexes(ctx context.Context, conn *pgx.Conn) error {
	var of uint32
	var u unique
	var numbers []int16
	return each(ctx, conn, `select i.indrelid, i.indisprimary, not i.indimmediate, i.indpred is not null, i.indisreplident or i.indisprimary and c.relreplident = 'd',
		array(select pg_catalog.pg_get_indexdef(i.indexrelid, k, false) from generate_series(1, coalesce((to_jsonb(i) ->> 'indnkeyatts')::int, i.indnatts)) as k order by k),
		array(select i.indkey[k - 1] from generate_series(1, coalesce((to_jsonb(i) ->> 'indnkeyatts')::int, i.indnatts)) as k order by k)
		from pg_catalog.pg_index i join pg_catalog.pg_class c on c.oid = i.indrelid join pg_catalog.pg_namespace n on n.oid = c.relnamespace
		where (i.indisunique or i.indisexclusion) and `+own+` order by i.indrelid, i.indexrelid`,
		[]any{&of, &u.primary, &u.deferrable, &u.partial, &u.identifies, &u.expressions, &numbers}, func() error {
			t := s.byOID[of]
			if t == nil {
				return nil
			}
			x := u
			x.expressions, x.columns = slices.Clone(u.expressions), nil
			for _, n := range numbers {
				if c := t.column(n); c != nil {
					x.columns = append(x.columns, c.name)
				}
			}
			t.uniques = append(t.uniques, x)
			return nil
		})
}
