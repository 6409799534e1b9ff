package parity

import (
	"context"
	"fmt"
	"slices"

	"github.com/pgcutover/pgcutover/analyze"
)

// A dataType is a type with all that it is made of.
type dataType struct {
	schema, name string
	kind         string // b base, d domain, e enum, c composite, r range, m multirange, a array, p pseudo
	extension    bool
	of           *dataType // domain: its base; array: its elements; range and multirange: its bounds
	fields       []field   // composite
}

type field struct {
	name string
	typ  *dataType
}

func (t *dataType) sql() string { return analyze.Ident(t.schema) + "." + analyze.Ident(t.name) }

// builtin tells whether t is a type of PostgreSQL's own with one of the names.
func (t *dataType) builtin(names ...string) bool {
	return t.schema == "pg_catalog" && slices.Contains(names, t.name)
}

// base is the type under all domains.
func (t *dataType) base() *dataType {
	for t.kind == "d" && t.of != nil {
		t = t.of
	}
	return t
}

type column struct {
	name      string
	typ       *dataType
	notNull   bool
	generated bool
	bytewise  bool // of a text: its collation orders by bytes
}

// relation is a table as one server has it.
type relation struct {
	columns []column
	key     []string // columns of the best unique index, all NOT NULL; empty: there is none
	bytes   int64    // heap and TOAST
	mark    string   // changes when rows of the table change: its file and what the server counted
}

func (r relation) column(name string) (column, bool) {
	i := slices.IndexFunc(r.columns, func(c column) bool { return c.name == name })
	if i < 0 {
		return column{}, false
	}
	return r.columns[i], true
}

// facts is what the whole comparison needs to know of a server.
type facts struct {
	Version  int
	Encoding string
	// Quoting is how the server writes rows with each byte that UTF-8 has: record_out in src/backend/utils/adt/rowtypes.c quotes
	// what its locale takes for a space. Empty for other encodings.
	Quoting string
	MD5     bool // the server can: one in FIPS mode refuses
	// Hash64 is what the server's 64-bit hash of a text makes of texts of every length that its rounds treat differently (hash_bytes_extended in
	// src/common/hashfn.c). Empty before 11, which has none.
	Hash64 string
}

func readFacts(ctx context.Context, s Server) (facts, error) {
	f, err := askOne[facts](ctx, s, `select pg_catalog.current_setting('server_version_num')::int, pg_catalog.getdatabaseencoding()::text,
		case when pg_catalog.getdatabaseencoding() = 'UTF8' then (select pg_catalog.string_agg(row(pg_catalog.chr(i))::text, ',' order by i) from (
			select pg_catalog.generate_series(1, 4095) union all select 4096 * pg_catalog.generate_series(1, 15) union all select 65536 * pg_catalog.generate_series(1, 16)) as g(i)) else '' end, true, ''`)
	if err != nil {
		return f, err
	}
	_, err = askOne[struct{ Hash string }](ctx, s, "select pg_catalog.md5('')")
	f.MD5 = err == nil
	if err != nil && cut(err) {
		return f, err
	}
	if f.Version < 110000 {
		return f, nil
	}
	hash, err := askOne[struct{ Hashes string }](ctx, s, `select pg_catalog.string_agg(pg_catalog.hashtextextended(pg_catalog.substr('The quick brown fox jumps over the lazy dog', i) collate pg_catalog."C", 0)::text, ' ' order by i)
		from pg_catalog.generate_series(1, 44) as i`)
	f.Hash64 = hash.Hashes
	return f, err
}

// relationSQL reads a table's columns, its key and its size.
const relationSQL = `with t as (select pg_catalog.to_regclass(%s) as oid)
select a.attname::text, a.atttypid::bigint, a.attnotnull, coalesce(pg_catalog.to_jsonb(a) ->> 'attgenerated', '') <> '',
	coalesce(case when a.attcollation = d.oid then
		case when coalesce(pg_catalog.to_jsonb(b) ->> 'datlocprovider', 'c') = 'c' then b.datcollate in ('C', 'POSIX') else coalesce(pg_catalog.to_jsonb(b) ->> 'datlocale', '') = 'C' end
		else c.collname in ('C', 'POSIX', 'ucs_basic') and c.collnamespace = 'pg_catalog'::pg_catalog.regnamespace end, false)
from t join pg_catalog.pg_attribute as a on a.attrelid = t.oid and a.attnum > 0 and not a.attisdropped
	join pg_catalog.pg_database as b on b.datname = pg_catalog.current_database()
	left join pg_catalog.pg_collation as c on c.oid = a.attcollation
	left join pg_catalog.pg_collation as d on d.collname = 'default' and d.collnamespace = 'pg_catalog'::pg_catalog.regnamespace
order by a.attnum`

// keySQL is the unique index that names rows best: the primary key, else the narrowest whose columns are all NOT NULL.
const keySQL = `select coalesce(k.columns, '{}'), pg_catalog.pg_table_size(t.oid), pg_catalog.concat_ws(' ', pg_catalog.pg_relation_filenode(t.oid), s.n_tup_ins, s.n_tup_upd, s.n_tup_del)
from (select pg_catalog.to_regclass(%s)::pg_catalog.oid as oid) as t left join pg_catalog.pg_stat_all_tables as s on s.relid = t.oid
	left join lateral (
		select k.columns from pg_catalog.pg_index as x, lateral (
			select pg_catalog.array_agg(a.attname::text order by c.i) as columns, pg_catalog.bool_and(a.attnotnull) as fit
			from pg_catalog.unnest(x.indkey::int2[]) with ordinality as c(number, i) left join pg_catalog.pg_attribute as a on a.attrelid = x.indrelid and a.attnum = c.number
			where c.i <= coalesce((pg_catalog.to_jsonb(x) ->> 'indnkeyatts')::int, x.indnatts)) as k
		where x.indrelid = t.oid and x.indisunique and x.indisvalid and x.indpred is null and x.indexprs is null and k.fit
		order by x.indisprimary desc, pg_catalog.array_length(k.columns, 1), x.indexrelid::pg_catalog.regclass::text limit 1) as k on true
where t.oid is not null`

// typesSQL reads the types of a table's columns and all that they are made of.
const typesSQL = `with recursive t(oid) as (
	select a.atttypid from pg_catalog.pg_attribute as a where a.attrelid = pg_catalog.to_regclass(%s) and a.attnum > 0 and not a.attisdropped
	union select n.oid from t join pg_catalog.pg_type as y on y.oid = t.oid cross join lateral (
		select y.typbasetype where y.typtype = 'd'
		union all select y.typelem where y.typcategory = 'A'
		union all select r.rngsubtype from pg_catalog.pg_range as r where r.rngtypid = y.oid or (pg_catalog.to_jsonb(r) ->> 'rngmultitypid')::pg_catalog.oid = y.oid
		union all select r.rngtypid from pg_catalog.pg_range as r where (pg_catalog.to_jsonb(r) ->> 'rngmultitypid')::pg_catalog.oid = y.oid
		union all select a.atttypid from pg_catalog.pg_attribute as a where y.typtype = 'c' and a.attrelid = y.typrelid and a.attnum > 0 and not a.attisdropped
	) as n(oid) where n.oid <> 0)
select y.oid::bigint, n.nspname::text, y.typname::text, case when y.typcategory = 'A' and y.typelem <> 0 then 'a' else y.typtype::text end,
	exists (select from pg_catalog.pg_depend as d where d.classid = 'pg_catalog.pg_type'::pg_catalog.regclass and d.objid = y.oid and d.deptype = 'e'),
	coalesce(nullif(y.typbasetype, 0), case when y.typcategory = 'A' then nullif(y.typelem, 0) end, r.rngsubtype, m.rngtypid, 0)::bigint,
	array(select a.attname::text from pg_catalog.pg_attribute as a where y.typtype = 'c' and a.attrelid = y.typrelid and a.attnum > 0 and not a.attisdropped order by a.attnum),
	array(select a.atttypid::bigint from pg_catalog.pg_attribute as a where y.typtype = 'c' and a.attrelid = y.typrelid and a.attnum > 0 and not a.attisdropped order by a.attnum)
from t join pg_catalog.pg_type as y on y.oid = t.oid join pg_catalog.pg_namespace as n on n.oid = y.typnamespace
	left join pg_catalog.pg_range as r on r.rngtypid = y.oid left join pg_catalog.pg_range as m on (pg_catalog.to_jsonb(m) ->> 'rngmultitypid')::pg_catalog.oid = y.oid`

// errNoTable says that a server does not have a table.
type errNoTable struct{ table analyze.Name }

func (e errNoTable) Error() string { return fmt.Sprintf("there is no table %s", e.table) }

func readRelation(ctx context.Context, s Server, name analyze.Name) (relation, error) {
	at := literal(name.SQL())
	var r relation
	about, err := ask[struct {
		Key   []string
		Bytes int64
		Mark  string
	}](ctx, s, fmt.Sprintf(keySQL, at))
	if err != nil {
		return r, err
	}
	if len(about) == 0 {
		return r, errNoTable{name}
	}
	r.key, r.bytes, r.mark = about[0].Key, about[0].Bytes, about[0].Mark
	kinds, err := ask[struct {
		OID                int64
		Schema, Name, Kind string
		Extension          bool
		Of                 int64
		Fields             []string
		FieldTypes         []int64
	}](ctx, s, fmt.Sprintf(typesSQL, at))
	if err != nil {
		return r, err
	}
	types := map[int64]*dataType{}
	for _, k := range kinds {
		types[k.OID] = &dataType{schema: k.Schema, name: k.Name, kind: k.Kind, extension: k.Extension}
	}
	for _, k := range kinds {
		t := types[k.OID]
		t.of = types[k.Of]
		for i, f := range k.Fields {
			t.fields = append(t.fields, field{f, types[k.FieldTypes[i]]})
		}
	}
	columns, err := ask[struct {
		Name                         string
		Type                         int64
		NotNull, Generated, Bytewise bool
	}](ctx, s, fmt.Sprintf(relationSQL, at))
	if err != nil {
		return r, err
	}
	for _, c := range columns {
		t := types[c.Type]
		if t == nil {
			return r, fmt.Errorf("reading the columns of %s: the type of %s is not in the catalog", name, analyze.Display(c.Name))
		}
		r.columns = append(r.columns, column{c.Name, t, c.NotNull, c.Generated, c.Bytewise})
	}
	return r, nil
}
