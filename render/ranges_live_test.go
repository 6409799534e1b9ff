package render_test

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/pgcutover/pgcutover/analyze"
	"github.com/pgcutover/pgcutover/analyze/catalog"
	"github.com/pgcutover/pgcutover/planner"
	"github.com/pgcutover/pgcutover/verify/rehearse/cluster"
)

// cutCase is a table to be cut by a key, before version 14.
type cutCase struct {
	name   string
	create string // the table's columns and keys
	rows   string // SELECT that fills it; n runs from 1 to the number of rows
	key    string // what it is cut by; empty: it stays whole
	whole  string // then the reason
	even   bool   // the largest range is at most twice the average
	later  string // changes after the statistics were taken
	ranges int    // at least; 0: 4
	from   int    // oldest major; 0: all
	n      int    // rows; 0: 7000
}

// Values that are not like the others: quotes, backslashes, line ends, several bytes a character.
const hostileText = `case n % 7 when 0 then E'a''b\\' || n when 1 then 'Z' || n when 2 then 'é' || md5(n::text) when 3 then E'\n:LSN' || n when 4 then '😀' || n when 5 then E'\t%_' || n else md5(n::text) end`

var cutCases = []cutCase{
	{name: "bigints", create: "k bigint primary key", rows: "n * 3", key: "k", even: true, later: "insert into %[1]s select n, repeat('x', 200) from generate_series(100000, 101000) n; delete from %[1]s where k % 9 = 0"},
	{name: "integers at the ends", create: "k int primary key", rows: "case n when 1 then -2147483648 when 2 then 2147483647 else (n - 3500) end", key: "k", even: true},
	{name: "bigints at the ends", create: "k bigint primary key", rows: "case n when 1 then -9223372036854775808 when 2 then 9223372036854775807 else (n - 3500) * 2600000000000000::bigint end", key: "k", even: true},
	{name: "smallints, few", create: "k smallint, id int, primary key (k, id)", rows: "n % 5, n", key: "k, id", even: true, later: "update %[1]s set k = 7 where id % 11 = 0"},
	{name: "numerics", create: "k numeric primary key", rows: "case n when 1 then 'NaN' when 2 then -1e30 else n / 7.0 end", key: "k", even: true, later: "insert into %[1]s values (1e100), (-1e100), (0.00000000000001)"},
	{name: "floats", create: "k float8 primary key", rows: "case n when 1 then 'NaN' when 2 then 'Infinity' when 3 then '-Infinity' when 4 then 0 else n / 7.0::float8 end", key: "k", even: true, later: "delete from %[1]s where k = 0; insert into %[1]s values ('-0')"},
	{name: "uuids", create: "k uuid primary key", rows: "md5(n::text)::uuid", key: "k", even: true, later: "insert into %[1]s values ('00000000-0000-0000-0000-000000000000'), ('ffffffff-ffff-ffff-ffff-ffffffffffff')"},
	{name: "dates", create: "k date, id int, primary key (k, id)", rows: "case n when 1 then 'infinity' when 2 then '-infinity' when 3 then '4000-01-01 BC' when 4 then '0044-03-15 BC' when 5 then '50000-01-01' else '2000-01-01'::date + n / 10 end, n", key: "k", even: true,
		later: "insert into %[1]s values ('0001-12-31 BC', 1), ('0001-01-01', 1), ('infinity', 100000)"},
	{name: "timestamps", create: "k timestamp primary key", rows: "case n when 1 then 'infinity' when 2 then '-infinity' when 3 then '0044-03-15 12:00:00 BC' when 4 then '12000-01-01' else '2024-03-31'::timestamp + n * interval '100 milliseconds' end", key: "k", even: true},
	{name: "timestamptzs", create: "k timestamptz primary key", rows: "case n when 1 then 'infinity' when 2 then '-infinity' when 3 then '0044-03-15 12:00:00+00 BC' when 4 then '12000-01-01 00:00:00+00' else '2024-03-31 00:00:00+00'::timestamptz + n * interval '1.5 minutes' end", key: "k", even: true},
	{name: "texts in C", create: `k text collate "C" primary key`, rows: hostileText, key: "k", even: true, later: `insert into %[1]s values (''), (E'\x7f'), ('ÿ'), (repeat('é', 500))`},
	{name: "texts", create: "k text primary key", rows: hostileText, key: "k", even: true, later: "insert into %[1]s values (''), ('A'), ('a'), ('z')"},
	{name: "texts with a long common beginning", create: "k varchar(200) primary key", rows: "'https://www.example.com/a/b/c/' || md5(n::text)", key: "k", even: true},
	{name: "padded texts", create: "k char(40) primary key", rows: "md5(n::text)", key: "k", even: true, later: "insert into %[1]s values (''), ('a'), ('f ')"},
	{name: "texts in ICU's German", create: `k text collate "de-x-icu" primary key`, rows: hostileText, key: "k", even: true, from: 10, later: "insert into %[1]s values ('A'), ('a'), ('ä'), ('Ä'), ('z'), ('-a')"},
	{name: "texts without case", create: "k text collate public.nocase primary key", rows: hostileText, key: "k", even: true, from: 12, later: "insert into %[1]s values ('AA'), ('ab'), ('É')"},
	{name: "a domain", create: "k public.odd primary key", rows: "n * 2 + 1", key: "k", even: true},
	{name: "a domain of text with a check", create: "k public.code primary key", rows: "md5(n::text)", key: "k", even: true},
	{name: `hostile "names" \ '%s`, create: `"k'"" \" bigint primary key`, rows: "n", key: analyze.Display(`k'" \`), even: true},
	{name: "tenants", create: "tenant int, id bigint, primary key (tenant, id)", rows: "case when n % 10 < 6 then 1 when n % 10 < 9 then 2 else n % 1000 end, n", key: "tenant, id", even: true,
		later: "insert into %[1]s select 1, n from generate_series(100000, 103000) n; insert into %[1]s select 0, n from generate_series(1, 50) n"},
	{name: "kinds of text by time", create: `kind text collate "C", at timestamptz, id int, primary key (kind, at, id)`, rows: `case when n % 10 < 8 then E'it''s\\' else 'k' || n % 100 end, '2024-01-01 00:00:00+00'::timestamptz + n * interval '1 second', n`, key: "kind, at", even: true},
	{name: "nearly all NULL", create: "k int unique, id int", rows: "case when n % 10 = 0 then n end, n", key: "k", ranges: 2, later: "update %[1]s set k = null where id % 100 = 0; insert into %[1]s select n, n from generate_series(100000, 100500) n"},
	{name: "NULLs in both", create: "a int, b int, unique (a, b)", rows: "case n % 4 when 0 then null when 1 then n else 5 end, case when n % 3 > 0 then n end", key: "a, b", later: "insert into %[1]s select null, null from generate_series(1, 50); insert into %[1]s values (5, null), (null, 5), (6, null)"},
	{name: "NULLs first, descending", create: "a int, id int", rows: "case when n % 5 > 0 then n end, n", key: "a", n: 20000, later: "insert into %[1]s values (null, 1), (0, 1)"},
	{name: "not unique", create: "id int, at timestamp", rows: "n, '2024-01-01'::timestamp + n / 10 * interval '1 minute'", key: "at", even: true, n: 20000},
	{name: "hot uuid, cold time", create: "k uuid primary key, at timestamp", rows: "md5(n::text)::uuid, '2024-01-01'::timestamp + n * interval '1 minute'", key: "at", even: true, n: 20000},
	{name: "one value", create: "k int, id int", rows: "7, n", n: 20000, whole: "too few values"},
	{name: "a partial index", create: "k int, id int", rows: "n, n", n: 20000, whole: "only an index of columns"},
	{name: "an index of patterns", create: "k text", rows: "md5(n::text)", n: 20000, whole: "not in the order of its first column"},
	{name: "a broken index", create: "k int", rows: "n % 7000", n: 20000, whole: "is not valid"},
	{name: "no index", create: "k int", rows: "n", n: 20000, whole: "it has none"},
	{name: "booleans", create: "k boolean, id int, primary key (k, id)", rows: "n % 2 = 0, n", whole: "not safe to cut by"},
}

// cutTypes are what the cases' columns are made of.
func cutTypes(major int) string {
	sql := "create domain public.odd as int check (value % 2 = 1);\ncreate domain public.code as text check (length(value) = 32);\n"
	if major >= 12 && major < 900 {
		sql += "create collation public.nocase (provider = icu, locale = 'und-u-ks-level2', deterministic = false);\n"
	}
	return sql
}

func (c cutCase) table() string {
	return fmt.Sprintf("create table public.%s (%s, filler text);\n", analyze.Ident(c.name), c.create)
}

func (c cutCase) sql() string {
	return c.table() + fmt.Sprintf("insert into public.%s select %s, repeat('x', 900 + n %% 200) from generate_series(1, %d) n;\n", analyze.Ident(c.name), c.rows, cmp.Or(c.n, 7000))
}

func cutSQL(major int) string {
	var b strings.Builder
	b.WriteString(cutTypes(major))
	for _, c := range cutCases {
		if c.on(major) {
			b.WriteString(c.sql())
		}
	}
	b.WriteString(`create index on public."NULLs first, descending" (a desc);
create index on public."not unique" (at);
create index on public."hot uuid, cold time" (at);
create index on public."one value" (k);
create index on public."a partial index" (k) where id > 0;
create index on public."an index of patterns" (k text_pattern_ops);
`)
	return b.String()
}

func (c cutCase) on(major int) bool { return c.from == 0 || major >= c.from && major < 900 }

// cutInstalls are the servers of the majors that are wanted, as far as the machine has them.
func cutInstalls(t *testing.T, want func(major int) bool) []cluster.Install {
	t.Helper()
	cluster.Need(t)
	all, err := cluster.Installs(t.Context())
	require.NoError(t, err)
	var out []cluster.Install
	for _, in := range all {
		if want(in.Major) && !slices.ContainsFunc(out, func(o cluster.Install) bool { return o.Major == in.Major }) {
			out = append(out, in)
		}
	}
	return out
}

func inventoryOf(t *testing.T, src *cluster.Cluster, database string, text bool) (analyze.Inventory, *pgx.Conn) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), src.DSN(database))
	require.NoError(t, err)
	t.Cleanup(func() { _ = conn.Close(context.WithoutCancel(t.Context())) })
	inv, err := catalog.Read(t.Context(), conn, catalog.Options{TextBounds: text})
	require.NoError(t, err)
	return inv, conn
}

func planOf(t *testing.T, inv analyze.Inventory, split int64) planner.Plan {
	t.Helper()
	o := planner.Defaults()
	o.Load.SplitBytes, o.Load.Workers = split, 12
	p, err := planner.Make(inv, o, nil)
	require.NoError(t, err)
	require.NoError(t, p.Validate())
	return p
}

func itemsOf(p planner.Plan, name analyze.Name) []planner.Item {
	var out []planner.Item
	for _, it := range p.Items {
		if slices.Contains(it.Tables, name) {
			out = append(out, it)
		}
	}
	slices.SortFunc(out, func(a, b planner.Item) int {
		if a.Range == nil || b.Range == nil {
			return 0
		}
		return a.Range.Part - b.Range.Part
	})
	return out
}

// counted returns the rows of each range, after having seen that every row of the table is in exactly one.
func counted(t *testing.T, conn *pgx.Conn, name analyze.Name, items []planner.Item) []int64 {
	t.Helper()
	var sum, counts []string
	for _, it := range items {
		where, err := it.Range.Predicate()
		require.NoError(t, err)
		sum = append(sum, "(case when "+where+" then 1 else 0 end)")
		counts = append(counts, "count(case when "+where+" then 1 end)")
		condition, err := it.Range.Ordered()
		require.NoError(t, err)
		if condition != "" {
			var ordered bool
			require.NoError(t, conn.QueryRow(t.Context(), "select "+condition+" from (select) as one left join only "+name.SQL()+" on false").Scan(&ordered), condition)
			require.True(t, ordered, condition)
		}
	}
	var all, least, most int64
	var each []int64
	require.NoError(t, conn.QueryRow(t.Context(), "select count(*), coalesce(min("+strings.Join(sum, " + ")+"), 1), coalesce(max("+strings.Join(sum, " + ")+"), 1), array["+strings.Join(counts, ", ")+"] from only "+name.SQL()).Scan(&all, &least, &most, &each))
	require.Equal(t, []int64{1, 1}, []int64{least, most}, "%s: each row is in one range", name)
	total := int64(0)
	for _, n := range each {
		total += n
	}
	require.Equal(t, all, total)
	return each
}

// nodes lists the plan nodes that read the table or an index.
func nodes(t *testing.T, conn *pgx.Conn, name analyze.Name, r planner.Range) []string {
	t.Helper()
	where, err := r.Predicate()
	require.NoError(t, err)
	var text []byte
	require.NoError(t, conn.QueryRow(t.Context(), "explain (format json) select * from only "+name.SQL()+" where "+where).Scan(&text))
	type node struct {
		Type  string `json:"Node Type"`
		Plans []node
	}
	var tops []struct{ Plan node }
	require.NoError(t, json.Unmarshal(text, &tops))
	var out []string
	var walk func(node)
	walk = func(n node) {
		out = append(out, n.Type)
		for _, p := range n.Plans {
			walk(p)
		}
	}
	walk(tops[0].Plan)
	return out
}

func TestRangesByKeyHoldEachRowOnce(t *testing.T) {
	for _, in := range cutInstalls(t, func(major int) bool { return major == 906 || major == 13 }) {
		t.Run(in.Version, func(t *testing.T) {
			src := cluster.StartWith(t, cluster.Options{Role: cluster.Source, Major: in.Major})
			src.CreateDatabase(t, "shop")
			src.MustPsql(t, "shop", cutSQL(in.Major))
			if _, err := src.Psql(t.Context(), "shop", `create unique index concurrently on public."a broken index" (k)`); err == nil {
				t.Fatal("the index should be broken")
			}
			src.MustPsql(t, "shop", "vacuum analyze")
			inv, conn := inventoryOf(t, src, "shop", true)
			p := planOf(t, inv, 1<<20)
			_, err := conn.Exec(t.Context(), "set search_path = ''")
			require.NoError(t, err)
			for _, c := range cutCases {
				if !c.on(in.Major) {
					continue
				}
				t.Run(c.name, func(t *testing.T) {
					name := public(c.name)
					items := itemsOf(p, name)
					if c.key == "" {
						require.Len(t, items, 1)
						require.Nil(t, items[0].Range)
						require.Contains(t, items[0].Reason, c.whole)
						return
					}
					require.GreaterOrEqual(t, len(items), cmp.Or(c.ranges, 4), "%v", items[0].Reason)
					require.Contains(t, items[0].Reason, " by "+c.key)
					rows := counted(t, conn, name, items)
					if c.even {
						total := int64(0)
						for _, n := range rows {
							total += n
						}
						require.LessOrEqual(t, slices.Max(rows), 2*total/int64(len(rows)), "%v", rows)
					}
					for _, it := range items[1 : len(items)-1] {
						if !strings.Contains(it.Reason, "all over the table") {
							require.NotContains(t, nodes(t, conn, name, *it.Range), "Seq Scan", "%v", it.Range)
						}
					}
					if c.later != "" {
						for s := range strings.SplitSeq(strings.ReplaceAll(c.later, "%[1]s", name.SQL()), "; ") {
							_, err := conn.Exec(t.Context(), s)
							require.NoError(t, err)
						}
						counted(t, conn, name, items)
					}
				})
			}
		})
	}
}

// Tables that nobody has analysed: their keys are cut in equal widths between the ends that the index has.
func TestRangesWithoutStatisticsHoldEachRowOnce(t *testing.T) {
	cases := []cutCase{
		{name: "dense", create: "k bigint primary key", rows: "n * 7 - 50000", key: "k", even: true,
			later: "insert into %[1]s select n from generate_series(1000000, 1002000) n; insert into %[1]s select -n from generate_series(1000000, 1002000) n; delete from %[1]s where k % 9 = 0"},
		{name: "from end to end", create: "k bigint primary key", rows: "case n when 1 then -9223372036854775808 when 2 then 9223372036854775807 else (n - 10000) * 900000000000000::bigint end", key: "k", even: true},
		{name: "small, composite", create: "k smallint, id int, primary key (k, id)", rows: "n % 200 - 100, n", key: "k", even: true, later: "update %[1]s set k = 32767 where id % 11 = 0; update %[1]s set k = -32768 where id % 13 = 0"},
		{name: "far apart", create: "k int primary key", rows: "case when n < 20000 then n else 2000000000 end", key: "k", later: "delete from %[1]s where k = 2000000000"},
		{name: `hostile "names" \ '%s $1`, create: `"k'"" \" int unique`, rows: "nullif(n, 77)", key: analyze.Display(`k'" \`), even: true, later: "insert into %[1]s select null from generate_series(1, 50)"},
		{name: "one key", create: "k int, id int unique", rows: "7, n", key: "id", even: true},
		{name: "texts without statistics", create: "k text primary key", rows: "md5(n::text)", whole: "text-bounds"},
	}
	for _, in := range cutInstalls(t, func(major int) bool { return major == 906 || major == 13 }) {
		t.Run(in.Version, func(t *testing.T) {
			src := cluster.StartWith(t, cluster.Options{Role: cluster.Source, Major: in.Major})
			src.CreateDatabase(t, "shop")
			for _, c := range cases {
				name := public(c.name)
				src.MustPsql(t, "shop", "create table "+name.SQL()+" ("+c.create+", filler text) with (autovacuum_enabled = false);\n"+
					"insert into "+name.SQL()+" select "+c.rows+", repeat('x', 900 + n % 200) from generate_series(1, 20000) n;\n")
			}
			inv, conn := inventoryOf(t, src, "shop", false)
			p := planOf(t, inv, 2<<20)
			for _, c := range cases {
				t.Run(c.name, func(t *testing.T) {
					name := public(c.name)
					items := itemsOf(p, name)
					if c.key == "" {
						require.Len(t, items, 1)
						require.Contains(t, items[0].Reason, c.whole)
						return
					}
					require.GreaterOrEqual(t, len(items), 8, "%v", items[0].Reason)
					require.Contains(t, items[0].Reason, " by "+c.key)
					require.Contains(t, items[0].Reason, "there are no statistics of "+c.key)
					rows := counted(t, conn, name, items)
					if c.even {
						require.LessOrEqual(t, slices.Max(rows), 2*20000/int64(len(rows)), "%v", rows)
					}
					for _, it := range items[1 : len(items)-1] {
						require.NotContains(t, nodes(t, conn, name, *it.Range), "Seq Scan", "%v", it.Range)
					}
					if c.later != "" {
						for s := range strings.SplitSeq(strings.ReplaceAll(c.later, "%[1]s", name.SQL()), "; ") {
							_, err := conn.Exec(t.Context(), s)
							require.NoError(t, err)
						}
						counted(t, conn, name, items)
					}
				})
			}
		})
	}
}
