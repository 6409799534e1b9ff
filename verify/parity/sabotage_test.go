package parity

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/pgcutover/pgcutover/verify/rehearse/cluster"
)

// twins are two databases of one server with the same rows.
type twins struct {
	t        *testing.T
	c        *cluster.Cluster
	from, to *live
}

func newTwins(t *testing.T, sql string) twins {
	t.Helper()
	c := cluster.StartTarget(t)
	for _, db := range []string{"a", "b"} {
		c.CreateDatabase(t, db)
		c.MustPsql(t, db, sql)
	}
	return twins{t, c, connect(t, c.DSN("a")), connect(t, c.DSN("b"))}
}

func (w twins) compare(o Options, tables ...Table) map[string]Outcome {
	w.t.Helper()
	return compared(w.t, w.from, w.to, o, tables...)
}

// says is an outcome's rows as text.
func says(o Outcome) (out []string) {
	for _, r := range o.Found {
		var key []string
		for _, v := range r.Key {
			key = append(key, v.Column+"="+v.Text)
		}
		out = append(out, strings.TrimSpace(strings.Join([]string{string(r.Kind), strings.Join(key, ","), strings.Join(r.Columns, ",")}, " ")))
	}
	return out
}

const big = `create table big (id int primary key, n bigint not null, t text, b bytea, g bigint generated always as (n * 2) stored);
insert into big select i, i, 'row ' || i, decode(md5((i % 2)::text), 'hex') from generate_series(1, 200000) as i;
analyze;`

// TestSabotageIsFound changes single bits and rows among 200,000 and sees that each is named, and nothing else.
func TestSabotageIsFound(t *testing.T) {
	w := newTwins(t, big)
	what := Table{Name: name("big"), Columns: []string{"id", "n", "t", "b"}}
	o := w.compare(Options{Jobs: 2, PieceBytes: 4 << 20}, what)["big"]
	require.True(t, o.Equal(), "%+v", o)
	require.Equal(t, [2]int64{200000, 200000}, o.Rows)
	require.Greater(t, o.Pieces, 3)

	sabotage := func(sql string) Outcome {
		t.Helper()
		w.c.MustPsql(t, "b", sql)
		o := w.compare(Options{Jobs: 2, PieceBytes: 4 << 20, Show: 20}, what)["big"]
		require.NoError(t, o.Err)
		require.False(t, o.Equal())
		require.False(t, o.AtLeast)
		for _, r := range o.Found {
			require.Equal(t, r.Kind != Extra, r.CTID[0] != "")
			require.Equal(t, r.Kind != Missing, r.CTID[1] != "")
		}
		return o
	}
	o = sabotage("update big set b = set_bit(b, 77, 1 - get_bit(b, 77)) where id = 123456")
	require.Equal(t, []string{"different id=123456 b"}, says(o))

	o = sabotage(`
		delete from big where id = 1;
		insert into big values (0, 0, '', ''), (2000000000, 0, '', '');
		update big set t = case id when 10 then 'row 11' else 'row 10' end where id in (10, 11); -- values exchanged
		update big set n = case id when 20 then 199998 else 20 end, t = case id when 20 then 'row 199998' else 'row 20' end where id in (20, 199998); -- all but the key exchanged
		update big set n = n + case id when 100 then 1 else -1 end where id in (100, 101); -- the sum of the values stays
		update big set t = null where id = 5;
		update big set b = '' where id = 6;
		update big set id = 300000 where id = 7;
		alter table big alter column g drop expression;
		update big set g = 1 where id = 8;`)
	require.ElementsMatch(t, []string{
		"different id=123456 b", "missing id=1", "extra id=0", "extra id=2000000000", "different id=10 t", "different id=11 t",
		"different id=20 n,t,g", "different id=199998 n,t,g", "different id=100 n,g", "different id=101 n,g", "different id=5 t", "different id=6 b",
		"missing id=7", "extra id=300000", "different id=8 g",
	}, says(o))

	o = sabotage("update big set t = t || 'x' where id between 1001 and 6000; delete from big where id between 150001 and 151000")
	require.Equal(t, [3]int64{1002, 3, 5010}, [3]int64{o.Missing, o.Extra, o.Different})
	require.Len(t, o.Found, 20)

	o = w.compare(Options{PieceBytes: 4 << 20, Show: 2, List: 10_000}, what)["big"]
	require.False(t, o.Unlisted)
	require.Equal(t, []string{"id"}, o.Key)
	kinds, ids := map[Kind]int{}, map[string]bool{}
	for _, k := range o.Listed {
		kinds[k.Kind]++
		ids[k.Texts[0]] = true
	}
	require.Equal(t, map[Kind]int{Missing: 1002, Extra: 3, Different: 5010}, kinds)
	require.Len(t, ids, 1002+3+5010, "each once")
	require.Subset(t, ids, map[string]bool{"300000": true, "6000": true, "150001": true})
	o = w.compare(Options{PieceBytes: 4 << 20, Show: 2, List: 100}, what)["big"]
	require.True(t, o.Unlisted)
	require.Len(t, o.Listed, 100)
	o = w.compare(Options{Show: 2, List: 10_000, fetch: 300, lists: 2}, what)["big"]
	require.True(t, o.Unlisted, "not all were looked at")

	o = w.compare(Options{Show: 2, fetch: 300, lists: 2}, what)["big"]
	require.True(t, o.AtLeast)
	require.Greater(t, o.Missing+o.Extra+o.Different, int64(2000), "one row at least in each bucket")
	require.Len(t, o.Found, 2)
}

// TestRowsWithoutAKey: rows that nothing names are known by their place, and how often they are there counts.
func TestRowsWithoutAKey(t *testing.T) {
	w := newTwins(t, `create table log (line text, at int); insert into log select 'line ' || i % 1000, i % 10 from generate_series(1, 20000) as i; create table none (); insert into none default values; insert into none default values`)
	log, none := Table{Name: name("log"), Columns: []string{"line", "at"}}, Table{Name: name("none")}
	for _, o := range w.compare(Options{}, log, none) {
		require.True(t, o.Equal(), "%+v", o)
	}
	w.c.MustPsql(t, "b", `delete from log where ctid = (select min(ctid) from log where line = 'line 5'); insert into log select * from log where line = 'line 6' limit 1; insert into none default values`)
	o := w.compare(Options{Show: 9, List: 9}, log, none)
	require.Empty(t, o["log"].Listed, "nothing names its rows")
	require.True(t, o["log"].Unlisted)
	require.Equal(t, [3]int64{1, 1, 0}, [3]int64{o["log"].Missing, o["log"].Extra, o["log"].Different})
	require.ElementsMatch(t, []string{"missing", "extra"}, says(o["log"]))
	require.Equal(t, [2]int64{20000, 20000}, o["log"].Rows, "a count does not see it")
	require.Equal(t, []string{"extra"}, says(o["none"]))
}

// TestPieces cuts tables by every kind of key, and sees that each row is in one piece.
func TestPieces(t *testing.T) {
	w := newTwins(t, `set client_min_messages = error;
create table uuids (k uuid primary key, v text); insert into uuids select md5(i::text)::uuid, repeat('x', 100) from generate_series(1, 30000) as i;
create table texts (k text primary key, v text); insert into texts select chr(60 + i % 60) || i, repeat('x', 100) from generate_series(1, 30000) as i;
create table bytewise (k text collate "C" primary key, v text); insert into bytewise select lpad(i::text, 10, '0'), repeat('x', 100) from generate_series(1, 30000) as i;
create table pairs (a int, b timestamptz, c text, v text, primary key (a, b, c)); insert into pairs select i / 10000, '2026-01-01'::timestamptz + i * interval '1 s', 'k', repeat('x', 100) from generate_series(1, 30000) as i;
create table loose (a int, v text); insert into loose select i, repeat('x', 100) from generate_series(1, 30000) as i;
create table one (a bool primary key, v text); insert into one values (true, 'x'), (false, 'y');
analyze`)
	all := []Table{}
	for _, n := range []string{"uuids", "texts", "bytewise", "pairs", "loose", "one"} {
		table := Table{Name: name(n), Columns: []string{"k", "v"}}
		switch n {
		case "pairs":
			table.Columns = []string{"a", "b", "c", "v"}
		case "loose", "one":
			table.Columns = []string{"a", "v"}
		}
		if n == "loose" {
			table.Key = []string{"a"} // which nothing enforces
		}
		all = append(all, table)
	}
	o := w.compare(Options{Jobs: 3, PieceBytes: 512 << 10}, all...)
	for n, x := range o {
		require.True(t, x.Equal(), "%s: %+v", n, x)
		if n != "one" {
			require.Equal(t, [2]int64{30000, 30000}, x.Rows, n)
		}
	}
	require.Equal(t, 3, o["uuids"].Pieces, "each reads the whole table")
	require.Equal(t, 3, o["texts"].Pieces, "the same")
	require.Greater(t, o["bytewise"].Pieces, 5)
	require.Greater(t, o["pairs"].Pieces, 5, "also where the first column has few values")
	require.Greater(t, o["loose"].Pieces, 5)
	require.Equal(t, 1, o["one"].Pieces)

	w.c.MustPsql(t, "b", `insert into loose values (null, 'x'); update uuids set v = 'y' where k = md5('77')::uuid; update texts set v = 'y' where k like '%77' and length(k) = 3;
		update pairs set c = 'l' where a = 2 and b = '2026-01-01'::timestamptz + 20001 * interval '1 s'`)
	o = w.compare(Options{Jobs: 3, PieceBytes: 512 << 10, Show: 3}, all...)
	require.EqualValues(t, 1, o["loose"].Extra, "a row without a key is in no range")
	require.EqualValues(t, 1, o["uuids"].Different)
	require.EqualValues(t, 1, o["texts"].Different)
	require.False(t, o["texts"].Found[0].Key[0].Plain)
	require.True(t, o["uuids"].Found[0].Key[0].Plain)
	require.Equal(t, [2]int64{1, 1}, [2]int64{o["pairs"].Missing, o["pairs"].Extra})
	require.True(t, o["bytewise"].Equal())
}

// TestGoingOn: what was equal is not read again, unless something says that it may not be any more.
func TestGoingOn(t *testing.T) {
	w := newTwins(t, big)
	what := Table{Name: name("big"), Columns: []string{"id", "n", "t", "b"}}
	path := filepath.Join(t.TempDir(), "progress")
	about := Binding{Plan: "p", PauseLSN: "0/1", TargetDatabase: "b"}
	run := func(ctx context.Context, about Binding) (o Outcome, p *Progress) {
		t.Helper()
		p, err := OpenProgress(path, about)
		require.NoError(t, err)
		require.NoError(t, Compare(ctx, w.from, w.to, []Table{what}, Options{PieceBytes: 4 << 20, Progress: p, Show: 3}, func(x Outcome) { o = x }))
		require.NoError(t, p.Close())
		return o, p
	}
	ctx, cancel := context.WithCancel(t.Context())
	var sums atomic.Int32
	w.to.refuse = func(sql string) error {
		if strings.HasPrefix(sql, "select pg_catalog.count(*), coalesce(pg_catalog.sum") && sums.Add(1) == 3 {
			cancel()
		}
		return ctx.Err()
	}
	o, _ := run(ctx, about)
	require.False(t, o.Equal())
	require.NoError(t, o.Err)
	require.Equal(t, 2, o.Done)
	w.to.refuse = nil

	f, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
	require.NoError(t, err)
	_, err = f.WriteString(`{"piece":{"table":{"schema":"pub`) // the program ended in the middle of a line
	require.NoError(t, err)
	require.NoError(t, f.Close())
	o, p := run(t.Context(), about)
	require.True(t, o.Equal(), "%+v", o)
	require.Equal(t, 2, o.Before)
	require.Empty(t, p.Stale)
	require.Equal(t, [2]int64{200000, 200000}, o.Rows)

	before := w.to.count("sum(")
	o, _ = run(t.Context(), about)
	require.True(t, o.Equal())
	require.Equal(t, o.Pieces, o.Before)
	require.Equal(t, before, w.to.count("sum("), "nothing is summed again")

	other := about
	other.PauseLSN = "0/2"
	o, p = run(t.Context(), other)
	require.Equal(t, "it is about another pause LSN", p.Stale)
	require.Zero(t, o.Before)
	require.True(t, o.Equal())

	w.c.MustPsql(t, "b", "update big set n = 0 where id = 77")
	require.Eventually(t, func() bool {
		return w.c.MustPsql(t, "b", "select n_tup_upd from pg_stat_all_tables where relname = 'big'") == "1"
	}, time.Minute, 50*time.Millisecond)
	o, _ = run(t.Context(), other)
	require.Zero(t, o.Before, "the table was written to")
	require.Equal(t, []string{"different id=77 n,g"}, says(o))

	damaged, err := os.ReadFile(path)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(path, []byte(strings.Replace(string(damaged), `"piece":{`, `"peace":{`, 1)), 0o600))
	o, p = run(t.Context(), other)
	require.Contains(t, p.Stale, "is damaged")
	require.Zero(t, o.Before)

	require.NoError(t, os.WriteFile(path, []byte("my diary\n"), 0o600))
	_, err = OpenProgress(path, about)
	require.ErrorIs(t, err, ErrNotProgress)
	kept, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, "my diary\n", string(kept))
}

// TestCutConnections: a statement that a cut connection ended is run again, one that the server refused is not.
func TestCutConnections(t *testing.T) {
	w := newTwins(t, "create table t (id int primary key); insert into t values (1); create table u (id int primary key)")
	what := []Table{{Name: name("t"), Columns: []string{"id"}}, {Name: name("u"), Columns: []string{"id"}}, {Name: name("gone"), Columns: []string{"id"}}}
	w.c.MustPsql(t, "a", "create table gone (id int)")
	var n atomic.Int32
	w.to.refuse = func(sql string) error {
		if strings.Contains(sql, `sum(`) && n.Add(1) == 1 {
			return fmt.Errorf("reading: %w", io.ErrUnexpectedEOF)
		}
		return nil
	}
	o := w.compare(Options{}, what...)
	require.True(t, o["t"].Equal(), "%+v", o["t"])
	require.True(t, o["u"].Equal(), "%+v", o["u"])
	require.ErrorIs(t, o["gone"].Err, ErrNoTable)
	require.EqualValues(t, 3, n.Load())

	w.c.MustPsql(t, "b", "alter table t rename id to other")
	o = w.compare(Options{}, what[0])
	require.ErrorIs(t, o["t"].Err, ErrNoColumn)
}

// TestEncodings: the same text in databases of different encodings, and rows whose quoting depends on the locale.
func TestEncodings(t *testing.T) {
	c := cluster.StartTarget(t)
	c.MustPsql(t, "postgres", "create database a template template0 encoding 'LATIN1' locale 'C'; create database b template template0 encoding 'UTF8' locale 'C'")
	sql := `create type pair as (x text, y int); create table t (id text primary key, p pair, b bytea); insert into t values (U&'\00e9\00a0', row(U&'\00fc\00a0', 1), '\xff'), ('x', null, null)`
	for _, db := range []string{"a", "b"} {
		c.MustPsql(t, db, sql)
	}
	what := Table{Name: name("t"), Columns: []string{"id", "p", "b"}}
	o := compared(t, connect(t, c.DSN("a")), connect(t, c.DSN("b")), Options{}, what)["t"]
	require.True(t, o.Equal(), "%+v", o)
	c.MustPsql(t, "b", `update t set p.x = U&'\00fd\00a0'`)
	o = compared(t, connect(t, c.DSN("a")), connect(t, c.DSN("b")), Options{Show: 5}, what)["t"]
	require.Len(t, o.Found, 2)
	require.Contains(t, says(o), "different id=é\u00a0 p")
}

// TestExtensionsThatHoldFloats: where two versions print a type of an extension differently, a difference is no proof of one.
func TestExtensionsThatHoldFloats(t *testing.T) {
	cluster.Need(t)
	installs, err := cluster.Installs(t.Context())
	require.NoError(t, err)
	old := installs[len(installs)-1]
	if order(old.Major) >= 12 || order(installs[0].Major) < 12 {
		t.Skip("needs a version before 12 and one after")
	}
	var servers [2]*live
	var clusters [2]*cluster.Cluster
	for i, in := range []cluster.Install{old, installs[0]} {
		c := cluster.StartWith(t, cluster.Options{Role: cluster.Target, Major: in.Major})
		if _, err := c.Psql(t.Context(), "postgres", "create extension cube"); err != nil {
			t.Skipf("without contrib: %v", err)
		}
		c.MustPsql(t, "postgres", "create table t (id int primary key, c cube, v text); insert into t values (1, cube(array[0.1::float8 + 0.2]), 'a'), (2, null, 'b')")
		servers[i], clusters[i] = connect(t, c.DSN("postgres")), c
	}
	what := Table{Name: name("t"), Columns: []string{"id", "c", "v"}}
	o := compared(t, servers[0], servers[1], Options{Show: 5}, what)["t"]
	require.False(t, o.Equal())
	require.False(t, o.Differs())
	require.Equal(t, []string{"c"}, o.Doubtful)
	clusters[1].MustPsql(t, "postgres", "update t set v = 'c' where id = 2")
	o = compared(t, servers[0], servers[1], Options{Show: 5}, what)["t"]
	require.True(t, o.Differs())
	require.Contains(t, says(o), "different id=2 v")
}
