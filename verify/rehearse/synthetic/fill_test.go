package synthetic_test

import (
	"context"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/pgcutover/pgcutover/analyze"
	"github.com/pgcutover/pgcutover/verify/rehearse/cluster"
	"github.com/pgcutover/pgcutover/verify/rehearse/sample"
	"github.com/pgcutover/pgcutover/verify/rehearse/synthetic"
	"github.com/pgcutover/pgcutover/verify/rehearse/workload"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// awkward has what is hard to make rows for, and four tables that none can be made for.
const awkward = `
create type mood as enum ('good', 'bad', 'so ''so''');
create type pair as (a int, b text);
create domain even as int check (value % 2 = 0);
create domain code as text check (value ~ '^[A-Z]{3}$');
create domain email as text check (value ~ '^[^@]+@[^@]+\.[a-z]+$');
create function known(t text) returns boolean language sql immutable as $$ select t in ('a', 'b') $$;

create table "every 'type'" (id bigserial primary key, i2 smallint, i4 int, n numeric(5,2), f4 real, f8 float8, b boolean, t text, v varchar(7), c char(3), na name, ch "char", d date, ts timestamp,
	tz timestamptz, ti time, tt timetz, iv interval, u uuid, by bytea, j json, jb jsonb, x xml, ip inet, ci cidr, ma macaddr, m8 macaddr8, bi bit(5), vb varbit(9), tv tsvector, tq tsquery, l pg_lsn, o oid,
	po point, li line, ls lseg, bx box, pa path, pg polygon, cr circle, mo money, m mood, p pair, r int4range, rt tstzrange, mr int4multirange, a int[], at varchar(4)[], am mood[], e even, co code, em email, js jsonpath,
	rc regclass, g text generated always as (t || 'x') stored);
create table parent (id int generated always as identity primary key, code code not null unique, mood mood not null);
create table child (parent_id int references parent, n smallint, status text not null check (status in ('new', 'done')), done_at timestamptz, primary key (parent_id, n), check ((status = 'done') = (done_at is not null)));
create table joined (a int references parent, b int references parent, primary key (a, b));
create table one_to_one (id int primary key references parent, note text not null check (length(note) between 3 and 5));
create table tree (id int primary key, up int not null references tree, check (up <= id));
create table left_hand (id int primary key, other int not null);
create table right_hand (id int primary key, other int not null unique references left_hand);
alter table left_hand add foreign key (other) references right_hand;
create table tenants (id int primary key);
create table users (tenant int references tenants, id int, primary key (tenant, id));
create table notes (tenant int not null references tenants, id int, author int not null, primary key (tenant, id), foreign key (tenant, author) references users);
create table stays (room int, during daterange not null, exclude using gist (during with &&));
create table swaps (id int primary key, name varchar(20) not null unique deferrable initially deferred);
create table ruled (id int primary key); create rule quiet as on insert to ruled where new.id < 0 do instead nothing;
create table ranged (id bigint, at timestamptz not null, primary key (id, at)) partition by range (at);
create table ranged_a partition of ranged for values from ('2030-01-01') to ('2030-02-01');
create table ranged_b partition of ranged for values from ('2030-02-01') to ('2030-03-01') partition by list (id);
create table ranged_b_1 partition of ranged_b for values in (1, 2, 3);
create table ranged_b_else partition of ranged_b default;
create table hashed (id int primary key) partition by hash (id);
create table hashed_0 partition of hashed for values with (modulus 3, remainder 0); create table hashed_1 partition of hashed for values with (modulus 3, remainder 1); create table hashed_2 partition of hashed for values with (modulus 3, remainder 2);
create table to_hashed (id int primary key, h int not null references hashed);
create table base (id int primary key, what text); create table derived (more int, primary key (id), check (id between 10 and 900)) inherits (base);
create table no_columns ();
create table kept (id int primary key); insert into kept values (4711);
create sequence down increment -1 maxvalue 100000 start 50000; create table descending (id int primary key default nextval('down'));

create table impossible (id int primary key, check (id > 0 and id < 0));
create table needs_impossible (id int primary key, other int not null references impossible);
create table puzzle (id int primary key, t text not null check (md5(t) = 'x'));
create table pairs (id int primary key, t text not null check (known(t)), u text not null, check (t < u and known(u) and t = u));
`

func filled(t *testing.T, schema string, o synthetic.Options) (*cluster.Cluster, string, *synthetic.Content) {
	t.Helper()
	c := cluster.StartSource(t)
	dsn := c.CreateDatabase(t, "made")
	c.MustPsql(t, "made", schema)
	return c, dsn, fill(t, dsn, o)
}

func fill(t *testing.T, dsn string, o synthetic.Options) *synthetic.Content {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), dsn)
	require.NoError(t, err)
	defer conn.Close(context.WithoutCancel(t.Context()))
	content, err := synthetic.Fill(t.Context(), conn, o)
	require.NoError(t, err)
	return content
}

// anew makes every foreign key and CHECK constraint anew, which lets the server look whether all rows fulfil it.
const anew = `do $$ declare r record; begin
	for r in select conrelid::regclass as t, quote_ident(conname) as name, pg_get_constraintdef(oid) as definition from pg_constraint
		where contype in ('f', 'c') and conrelid <> 0 and conparentid = 0 and convalidated and coninhcount = 0 loop
		execute format('alter table %s drop constraint %s', r.t, r.name);
		execute format('alter table %s add constraint %s %s', r.t, r.name, r.definition);
	end loop;
end $$`

func TestFillKeepsEveryConstraint(t *testing.T) {
	c, _, content := filled(t, awkward, synthetic.Options{Scale: synthetic.Scale{Fraction: 0.2}})
	psql := func(sql string) string { return c.MustPsql(t, "made", sql) }
	psql(anew)
	reasons := map[string]string{}
	for _, e := range content.Empty {
		reasons[e.Table.String()] = e.Reason
	}
	require.Equal(t, map[string]string{
		"public.impossible":       "no value was found for its column id of type integer, which has to fulfil CHECK constraint impossible_id_check (((id > 0) AND (id < 0)))",
		"public.needs_impossible": "its foreign key needs_impossible_other_fkey needs rows of public.impossible, which has none",
		"public.puzzle":           "no value was found for its column t of type text, which has to fulfil CHECK constraint puzzle_t_check ((md5(t) = 'x'::text))",
		"public.pairs":            "no row was found that fulfils CHECK constraint pairs_check (((t < u) AND public.known(u) AND (t = u))) and CHECK constraint pairs_t_check (public.known(t))",
	}, reasons)
	require.Equal(t, int64(1), content.Rows-atoi(t, psql(`select sum((xpath('/row/n/text()', query_to_xml(format('select count(*) as n from only %s', oid::regclass), false, true, '')))[1]::text::bigint)
		from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace and relname <> 'kept'`)))
	for sql, want := range map[string]string{
		`select count(*) from "every 'type'"`: "200",
		`select count(*) from "every 'type'" where num_nulls(i2, t, m, p, r, mr, a, e, co, em, rc) > 8`:                "0",
		`select count(distinct tableoid) from ranged`:                                                                  "3",
		`select count(distinct tableoid), count(*) from hashed`:                                                        "3|600",
		`select count(*) from kept`:                                                                                    "1",
		`select count(*) from only base`:                                                                               "200",
		`select count(*) from no_columns`:                                                                              "200",
		`select count(distinct status), count(*) from child`:                                                           "2|200",
		`select count(*) = count(distinct (a, b)) and count(*) = 200 from joined`:                                      "t",
		`select count(*) from one_to_one`:                                                                              "200",
		`select count(*) > 150 from tree`:                                                                              "t",
		`select count(*) from left_hand join right_hand on right_hand.id = left_hand.other`:                            "200",
		`select count(*) > 100 from notes`:                                                                             "t",
		`select count(distinct during), count(*) from stays`:                                                           "200|200",
		`select count(distinct mood) from parent`:                                                                      "3",
		`select count(*) from pg_trigger where tgenabled <> 'O'`:                                                       "0",
		`select string_agg(rulename::text || ev_enabled::text, '') from pg_rewrite where ev_class = 'ruled'::regclass`: "quietO",
	} {
		require.Equal(t, want, psql(sql), sql)
	}
	// Sequences go on past what was made of them.
	require.Equal(t, "t", psql(`insert into "every 'type'" (t) values ('next') returning id > 200`))
	require.Equal(t, "0", psql(`insert into descending default values returning id`))
}

func atoi(t *testing.T, s string) (n int64) {
	t.Helper()
	for _, c := range s {
		require.True(t, c >= '0' && c <= '9', s)
		n = 10*n + int64(c-'0')
	}
	return n
}

func TestSameRowsEachTime(t *testing.T) {
	c := cluster.StartSource(t)
	sums := map[string]bool{}
	for _, name := range []string{"one", "two"} {
		dsn := c.CreateDatabase(t, name)
		c.MustPsql(t, name, awkward)
		fill(t, dsn, synthetic.Options{Scale: synthetic.Scale{Rows: 1000}})
		sums[c.MustPsql(t, name, `select md5(string_agg(query_to_xml(format('select md5(x::text) from only %s as x order by 1', oid::regclass), true, true, '')::text, '' order by relname))
			from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace and not exists (select from pg_attribute where attrelid = pg_class.oid and attname = 'rc')`)] = true
	}
	require.Len(t, sums, 1)
}

func TestProportionsOfTheInventory(t *testing.T) {
	count := func(n int64) *int64 { return &n }
	width := 300
	like := &analyze.Inventory{Tables: []analyze.Table{
		{Name: analyze.Name{Schema: "public", Name: "large"}, EstimatedRows: count(1_000_000), Columns: []analyze.Column{{Name: "t", AvgWidth: &width}}},
		{Name: analyze.Name{Schema: "public", Name: "small"}, EstimatedRows: count(20_000)},
		{Name: analyze.Name{Schema: "public", Name: "tiny"}, EstimatedRows: count(3)},
		{Name: analyze.Name{Schema: "public", Name: "none"}, EstimatedRows: count(0)},
	}}
	c, _, content := filled(t, `create table large (id int primary key, t text not null); create table small (id int primary key); create table tiny (id int primary key);
		create table none (id int primary key); create table unknown (id int primary key)`, synthetic.Options{Like: like, Scale: synthetic.Scale{Fraction: 0.01}})
	require.Equal(t, "10000|200|1|0|10", c.MustPsql(t, "made", `select (select count(*) from large), (select count(*) from small), (select count(*) from tiny), (select count(*) from none), (select count(*) from unknown)`))
	require.Equal(t, "300", c.MustPsql(t, "made", `select avg(length(t))::int from large`))
	require.Empty(t, content.Empty, "a table that is empty on the source is no table without rows")
}

func TestParseScale(t *testing.T) {
	for text, want := range map[string]synthetic.Scale{
		"0.01": {Fraction: 0.01}, "1%": {Fraction: 0.01}, "2": {Fraction: 2}, "50000 rows": {Rows: 50000}, "200MB": {Bytes: 200 << 20}, "1.5 gb": {Bytes: 3 << 29}, "10kB": {Bytes: 10 << 10},
	} {
		got, err := synthetic.ParseScale(text)
		require.NoError(t, err, text)
		require.Equal(t, want, got, text)
	}
	for _, text := range []string{"", "0", "-1", "x", "0%", "0.2rows", "1e99", "NaN", "infGB", "10 TB"} {
		_, err := synthetic.ParseScale(text)
		require.ErrorContains(t, err, "is neither a fraction", text)
	}
}

// TestApplicationWritesToEveryTable lets the application work on the sample's tables: each kind of statement gets through somewhere, no constraint
// is broken, and a table without a key is only ever inserted into.
func TestApplicationWritesToEveryTable(t *testing.T) {
	c := cluster.StartSource(t)
	dsn := c.CreateDatabase(t, "made")
	conn, err := pgx.Connect(t.Context(), dsn)
	require.NoError(t, err)
	require.NoError(t, sample.LoadSchema(t.Context(), conn))
	require.NoError(t, conn.Close(t.Context()))
	content := fill(t, dsn, synthetic.Options{Scale: synthetic.Scale{Rows: 10_000}})
	require.Empty(t, content.Empty)
	psql := func(sql string) string { return c.MustPsql(t, "made", sql) }
	psql("select pg_stat_reset()")
	a := content.Application()
	for range 2 { // the second goes on where the first ended
		w, err := a.Start(t.Context(), dsn, workload.Options{Rate: 400, LargeEvery: 300 * time.Millisecond, LongEvery: 400 * time.Millisecond, LongFor: 50 * time.Millisecond, Seed: 7})
		require.NoError(t, err)
		require.Eventually(t, func() bool {
			s := w.Stats()
			return s.Committed > 800 && s.Large > 2 && s.Long > 2 && s.Savepoints > 10
		}, time.Minute, 20*time.Millisecond)
		_, err = w.Stop()
		require.NoError(t, err)
	}
	require.Empty(t, a.GivenUp())
	const untouched = `select string_agg(s.relname, ', ') from pg_stat_user_tables s join pg_class c on c.oid = s.relid where c.relkind = 'r' and n_tup_ins + n_tup_upd + n_tup_del = 0 and schemaname not like 'pg_temp%'`
	require.Eventually(t, func() bool { return psql(untouched) == "" }, time.Minute, 200*time.Millisecond, "nobody wrote to some")
	require.Equal(t, "t|t|t", psql(`select sum(n_tup_ins) > 200, sum(n_tup_upd) > 200, sum(n_tup_del) > 20 from pg_stat_user_tables`))
	require.Equal(t, "0", psql(`select n_tup_upd + n_tup_del from pg_stat_user_tables where relname = 'import_rows'`))
	psql(anew)
}

func TestApplicationTellsWhatIsRefused(t *testing.T) {
	_, dsn, content := filled(t, `create table guarded (id serial primary key, t text);
		create function no() returns trigger language plpgsql as 'begin raise exception ''never''; end'; create trigger no before update on guarded for each row execute function no()`, synthetic.Options{})
	a := content.Application()
	w, err := a.Start(t.Context(), dsn, workload.Options{Rate: 1000})
	require.NoError(t, err)
	require.Eventually(t, func() bool { return len(a.GivenUp()) == 1 }, time.Minute, 20*time.Millisecond)
	stats, err := w.Stop()
	require.NoError(t, err)
	require.Positive(t, stats.Committed)
	require.Equal(t, []synthetic.Empty{{Table: analyze.Name{Schema: "public", Name: "guarded"}, Reason: "update: never"}}, a.GivenUp())
}
