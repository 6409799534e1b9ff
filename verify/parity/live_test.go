package parity

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/pgcutover/pgcutover/analyze"
	"github.com/pgcutover/pgcutover/verify/rehearse/cluster"
)

// live is a Server of a test. refuse, if set, ends statements before they run.
type live struct {
	dsn    string
	mu     sync.Mutex
	idle   []*pgx.Conn
	asked  []string
	refuse func(sql string) error
}

func connect(t *testing.T, dsn string) *live {
	l := &live{dsn: dsn}
	t.Cleanup(l.close)
	return l
}

func (l *live) close() {
	for _, c := range l.idle {
		c.Close(context.Background())
	}
}

func (l *live) Rows(ctx context.Context, sql string, scan func(pgx.Rows) error) error {
	l.mu.Lock()
	l.asked = append(l.asked, sql)
	var conn *pgx.Conn
	if n := len(l.idle); n > 0 {
		conn, l.idle = l.idle[n-1], l.idle[:n-1]
	}
	refuse := l.refuse
	l.mu.Unlock()
	if conn == nil {
		var err error
		if conn, err = pgx.Connect(ctx, l.dsn); err != nil {
			return err
		}
		if _, err := conn.Exec(ctx, Settings); err != nil {
			return err
		}
	}
	defer func() {
		if conn.IsClosed() {
			return
		}
		l.mu.Lock()
		defer l.mu.Unlock()
		l.idle = append(l.idle, conn)
	}()
	if refuse != nil {
		if err := refuse(sql); err != nil {
			return err
		}
	}
	rows, err := conn.Query(ctx, sql, pgx.QueryExecModeExec)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := scan(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}

func (l *live) count(has string) (n int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, sql := range l.asked {
		if strings.Contains(sql, has) {
			n++
		}
	}
	return n
}

// compared runs Compare over tables of the schema public and returns the outcomes by name.
func compared(t *testing.T, from, to Server, o Options, tables ...Table) map[string]Outcome {
	t.Helper()
	out := map[string]Outcome{}
	require.NoError(t, Compare(t.Context(), from, to, tables, o, func(x Outcome) { out[x.Table.Name] = x }))
	require.Len(t, out, len(tables))
	return out
}

func name(s string) analyze.Name { return analyze.Name{Schema: "public", Name: s} }

// copyTable copies a table as the load does: as text, with the settings of the load.
func copyTable(t *testing.T, from, to *cluster.Cluster, db, table string) {
	t.Helper()
	a, err := pgx.Connect(t.Context(), from.DSN(db))
	require.NoError(t, err)
	defer a.Close(context.Background())
	b, err := pgx.Connect(t.Context(), to.DSN(db))
	require.NoError(t, err)
	defer b.Close(context.Background())
	for _, c := range []*pgx.Conn{a, b} {
		_, err := c.Exec(t.Context(), Settings)
		require.NoError(t, err)
		_, err = c.Exec(t.Context(), "set client_encoding = 'SQL_ASCII'") // bytes as they are
		require.NoError(t, err)
	}
	var data bytes.Buffer
	_, err = a.PgConn().CopyTo(t.Context(), &data, "copy public."+table+" to stdout")
	require.NoError(t, err)
	_, err = b.PgConn().CopyFrom(t.Context(), &data, "copy public."+table+" from stdin")
	require.NoError(t, err)
}

// kindsOfColumns are types with two values each that differ as little as can be. The first is what both sides have.
var kindsOfColumns = []struct {
	typ, value, other string
	since             int // version that has the type; 0: all
}{
	{"smallint", "-32768", "-32767", 0},
	{"int", "2147483647", "2147483646", 0},
	{"bigint", "-9223372036854775808", "-9223372036854775807", 0},
	{"numeric", "1.50", "1.5", 0},
	{"numeric", "'NaN'", "null", 0},
	{"numeric(1000,3)", "repeat('9', 900)::numeric", "repeat('9', 900)::numeric - 0.001", 0},
	{"numeric", "'Infinity'", "'-Infinity'", 14},
	{"money", "'12.34'", "'12.35'", 0},
	{"real", "0.3", "'0.30000004'", 0},
	{"double precision", "0.1::float8 + 0.2", "0.3", 0},
	{"double precision", "'-0'", "'0'", 0},
	{"double precision", "'infinity'::float8 - 'infinity'", "'infinity'", 0},
	{"double precision", "5e-324", "0", 0},
	{"boolean", "true", "false", 0},
	{"boolean", "false", "null", 0},
	{"text", "''", "null", 0},
	{"text", "'a'", "'b'", 0},
	{"text", `E'tab\t nl\n cr\r bs\\ q" q'' ,(){}[] \x0b\x01 '`, `E'tab\t nl\n cr\r bs\\ q" q'' ,(){}[] \x0b\x01  '`, 0},
	{"text", "'é\u00a0\u2028\U0001F600'", "'e\u0301\u00a0\u2028\U0001F600'", 0},
	{"text", "repeat('x', 100000) || 'a'", "repeat('x', 100000) || 'b'", 0},
	{"varchar(20)", "'NULL'", "'null'", 0},
	{"char(5)", "'ab'", "'ac'", 0},
	{"bpchar", "'ab  '", "'ab'", 0},
	{`"char"`, "'a'", "'b'", 0},
	{`"char"`, "(-1)::int::\"char\"", "(-2)::int::\"char\"", 0},
	{"name", "'n'", "'N'", 0},
	{"bytea", `'\x00ff'`, `'\x00fe'`, 0},
	{"bytea", "''", "null", 0},
	{"date", "'0044-03-15 BC'", "'0044-03-16 BC'", 0},
	{"date", "'infinity'", "'-infinity'", 0},
	{"time", "'24:00:00'", "'00:00:00'", 0},
	{"timetz", "'12:00:00.000001+05:30'", "'12:00:00.000001+05:31'", 0},
	{"timestamp", "'294276-12-31 23:59:59.999999'", "'294276-12-31 23:59:59.999998'", 0},
	{"timestamptz", "'2026-01-01 00:00:00.123456+05'", "'2026-01-01 00:00:00.123457+05'", 0},
	{"interval", "'1 mon -2 days 03:04:05.6'", "'28 days 03:04:05.6'", 0},
	{"interval", "'24 hours'", "'1 day'", 0},
	{"uuid", "'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'", "'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a12'", 0},
	{"json", `'{"a" :  1, "a": 2}'`, `'{"a" : 1, "a": 2}'`, 0},
	{"jsonb", `'{"bb": 1, "a": [1.50, null]}'`, `'{"bb": 1, "a": [1.5, null]}'`, 0},
	{"xml", `'<?xml version="1.0" encoding="UTF-8"?><a b="c"/>'`, `'<a b="d"/>'`, 0},
	{"inet", "'10.0.0.1/8'", "'10.0.0.1/9'", 0},
	{"inet", "'::1'", "'::2'", 0},
	{"cidr", "'10.0.0.0/8'", "'10.0.0.0/9'", 0},
	{"macaddr", "'08:00:2b:01:02:03'", "'08:00:2b:01:02:04'", 0},
	{"macaddr8", "'08:00:2b:01:02:03:04:05'", "'08:00:2b:01:02:03:04:06'", 10},
	{"bit(3)", "b'101'", "b'100'", 0},
	{"bit varying", "b''", "b'0'", 0},
	{"tsvector", "'fat:2 cat:1A'", "'fat:2 cat:1B'", 0},
	{"tsquery", "'fat & !cat:A'", "'fat & !cat:B'", 0},
	{"point", "point(0.1::float8 + 0.2, -0.0)", "point(0.3, -0.0)", 0},
	{"line", "'{1,2,0.1}'", "'{1,2,0.2}'", 0},
	{"lseg", "'[(0,0.1),(1,1)]'", "'[(0,0.1),(1,1.5)]'", 0},
	{"box", "'(1,1),(0,0.1)'", "'(1,1),(0,0.2)'", 0},
	{"path", "'[(0,0),(0.1,0.3)]'", "'((0,0),(0.1,0.3))'", 0},
	{"polygon", "'((0,0),(0.1,0.3),(1,1))'", "'((0,0),(0.1,0.3),(1,2))'", 0},
	{"circle", "'<(0,0.1),1>'", "'<(0,0.1),1.5>'", 0},
	{"int4range", "'[1,5)'", "'[1,6)'", 0},
	{"numrange", "'(1.50,]'", "'(1.5,]'", 0},
	{"tstzrange", "'[2026-01-01 00:00+00,infinity)'", "'[2026-01-01 00:00+00,)'", 0},
	{"int4multirange", "'{[1,2),[5,6)}'", "'{[1,2),[5,7)}'", 14},
	{"int[]", "'{1,null,3}'", "'{1,3}'", 0},
	{"int[]", "'[0:1]={1,2}'", "'{1,2}'", 0},
	{"text[]", `array['a,b', null, '"', '', 'NULL', E'\\']`, `array['a,b', 'NULL', '"', '', 'NULL', E'\\']`, 0},
	{"float8[]", "array[[0.1::float8 + 0.2, null], ['infinity'::float8 - 'infinity', '-0']]", "array[[0.1::float8 + 0.2, null], ['NaN'::float8, 0]]", 0},
	{"float4[]", "'{}'", "'{0.1}'", 0},
	{"point[]", "array[point(0.1::float8 + 0.2, 1), null]", "array[point(0.3, 1), null]", 0},
	{`"char"[]`, `array[(-1)::int::"char", 'a']`, `array[(-2)::int::"char", 'a']`, 16},
	{"oid", "4294967295", "4294967294", 0},
	{"regclass", "'pg_catalog.pg_class'", "'pg_catalog.pg_type'", 0},
	{"regclass", "'public.here'", "'public.there'", 0},
	{"regtype", "'public.mood'", "'pg_catalog.int4'", 0},
	{"regprocedure", "'pg_catalog.length(text)'", "'pg_catalog.length(bytea)'", 0},
	{"regrole", "'postgres'", "'0'", 0},
	{"pg_lsn", "'16/B374D848'", "'16/B374D849'", 0},
	{"txid_snapshot", "'10:20:10,14'", "'10:20:10,15'", 0},
	{"int2vector", "'1 2'", "'1 3'", 0},
	{"tid", "'(1,2)'", "'(1,3)'", 0},
	{"mood", "'good'", "'bad'", 0},
	{"short", "'x'", "'y'", 0},
	{"ratio", "0.1::float8 + 0.2", "0.3", 0},
	{"ratio[]", "array[0.1::float8 + 0.2]::ratio[]", "array[0.3]::ratio[]", 11},
	{"pair", "row(0.1::float8 + 0.2, 'x\u00a0y')::pair", "row(0.3, 'x\u00a0y')", 0},
	{"pair", "row(null, null)::pair", "null", 0},
	{"pair[]", "array[row(0.1::float8 + 0.2, 'a')::pair, null, row(null, null)::pair]", "array[row(0.1::float8 + 0.2, 'a')::pair, row(null, null)::pair, row(null, null)::pair]", 0},
	{"nest", "row(1, row(0.1::float8 + 0.2, null)::pair, '{0.1,0.7}')::nest", "row(1, row(0.1::float8 + 0.2, '')::pair, '{0.1,0.7}')::nest", 0},
	{"floatrange", "floatrange(0.1::float8 + 0.2, 1e300, '[]')", "floatrange(0.3, 1e300, '[]')", 0},
	{"floatrange", "'empty'", "'(,)'", 0},
	{"floatrange[]", "array[floatrange(0.1::float8 + 0.2, null)]", "array[floatrange(0.3, null)]", 0},
	{"floatmultirange", "floatmultirange(floatrange(0.1::float8 + 0.2, 1))", "floatmultirange(floatrange(0.3, 1))", 14},
	{"citext", "'Ab'", "'ab'", -1},
	{"hstore", `'a=>1,b=>NULL'`, `'a=>1,b=>"NULL"'`, -1},
}

const kindsOfTypes = `create type mood as enum ('bad', 'good'); create domain short as text check (length(value) < 5); create domain ratio as float8;
create type pair as (f float8, t text); create type nest as (i int, p pair, a float4[]); create type floatrange as range (subtype = float8);
create table here (); create table there ();`

// TestEveryTypeOnEveryVersion copies hostile values of every type from each version to the newest and from each to itself, sees
// that they are equal there, changes the least thing in each column, and sees that exactly that is found.
func TestEveryTypeOnEveryVersion(t *testing.T) {
	cluster.Need(t)
	installs, err := cluster.Installs(t.Context())
	require.NoError(t, err)
	installs = slices.CompactFunc(installs, func(a, b cluster.Install) bool { return a.Major == b.Major })
	newest := cluster.StartWith(t, cluster.Options{Role: cluster.Target, Major: installs[0].Major})
	for _, in := range installs {
		t.Run(in.Version, func(t *testing.T) {
			source := cluster.StartWith(t, cluster.Options{Role: cluster.Target, Major: in.Major})
			everyType(t, source, newest, min(order(in.Major), order(installs[0].Major)))
		})
	}
}

// order makes majors comparable: 906 is before 10.
func order(major int) int {
	if major >= 900 {
		return major / 100
	}
	return major
}

func everyType(t *testing.T, source, target *cluster.Cluster, version int) {
	db := "types_" + strconv.Itoa(version)
	contrib := true
	for _, c := range []*cluster.Cluster{source, target} {
		c.CreateDatabase(t, db)
		_, err := c.Psql(t.Context(), db, "create extension citext; create extension hstore")
		contrib = contrib && err == nil
	}
	var columns, values []string
	others := map[string]string{}
	var names []string
	for i, k := range kindsOfColumns {
		if k.since > version || k.since < 0 && !contrib {
			continue
		}
		n := fmt.Sprintf("c%d %s", i, k.typ)
		names = append(names, n)
		columns = append(columns, analyze.Ident(n)+" "+k.typ)
		values = append(values, k.value)
		others[n] = k.other
	}
	columns = append([]string{"id int primary key"}, columns...)
	for _, c := range []*cluster.Cluster{source, target} {
		c.MustPsql(t, db, kindsOfTypes+"create table public.t ("+strings.Join(columns, ", ")+")")
	}
	source.MustPsql(t, db, fmt.Sprintf("insert into t select g, %s from generate_series(1, %d) as g; insert into t (id) values (0)", strings.Join(values, ", "), len(names)))
	copyTable(t, source, target, db, "t")

	from, to := connect(t, source.DSN(db)), connect(t, target.DSN(db))
	what := Table{Name: name("t"), Columns: append([]string{"id"}, names...)}
	o := compared(t, from, to, Options{Show: 1000}, what)["t"]
	require.NoError(t, o.Err)
	require.Empty(t, o.Found)
	require.True(t, o.Equal(), "%+v", o)
	require.Equal(t, [2]int64{int64(len(names)) + 1, int64(len(names)) + 1}, o.Rows)

	var change []string
	for i, n := range names {
		change = append(change, fmt.Sprintf("update t set %s = %s where id = %d", analyze.Ident(n), others[n], i+1))
	}
	target.MustPsql(t, db, strings.Join(change, ";\n"))
	o = compared(t, from, to, Options{Show: 1000}, what)["t"]
	require.NoError(t, o.Err)
	got := map[string][]string{}
	for _, r := range o.Found {
		require.Equal(t, Different, r.Kind)
		got[r.Key[0].Text] = r.Columns
	}
	for i, n := range names {
		require.Equal(t, []string{n}, got[strconv.Itoa(i+1)], "the change of one column is found in it alone")
	}
	require.EqualValues(t, len(names), o.Different)
	require.False(t, o.AtLeast)
}
