package verify_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/pgcutover/pgcutover/analyze"
	"github.com/pgcutover/pgcutover/planner"
	"github.com/pgcutover/pgcutover/verify"
	"github.com/pgcutover/pgcutover/verify/rehearse/cluster"
)

// counter is a session that notes what is counted in it.
type counter struct {
	verify.Session
	note func(sql string)
}

func (c counter) Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error) {
	if strings.Contains(sql, "count(*)") {
		c.note(sql)
	}
	return c.Session.Query(ctx, sql, args...)
}

// Small tables are counted many at a time, and the answers are those that each would have got alone, whatever is wrong with some of them.
func TestCountsOfManyTables(t *testing.T) {
	cluster.Need(t)
	c := cluster.StartSource(t)
	name := func(n string) analyze.Name { return analyze.Name{Schema: `s"1; --`, Name: n} }
	sound := []analyze.Name{name(`we"ird`), name("new\nline"), name("$1"), name("100%s"), name("a;b"), name("größe"), name(strings.Repeat("n", 63)), name("select"), name("'")}
	for i := range 30 {
		sound = append(sound, name(fmt.Sprint("plain ", i)))
	}
	missing, nowhere, denied, secured, fewer, more := name("missing"), analyze.Name{Schema: "no schema", Name: "t"}, name("denied"), name("secured"), name("fewer"), name("more")
	broken := name("broken") // the server cannot read it, whoever asks
	faulty := []analyze.Name{missing, denied, secured, fewer, more, broken}
	schema := "create schema " + analyze.Ident(name("").Schema) + ";\n"
	for i, n := range slices.Concat(sound, faulty) { // no two have as many rows
		schema += fmt.Sprintf("create table %s as select n from generate_series(1, %d) n;\n", n.SQL(), i)
	}
	schema += fmt.Sprintf("create table heir () inherits (%s); insert into heir select 1; grant usage on schema %s to looker; grant select on all tables in schema %[2]s to looker;\n", sound[3].SQL(), analyze.Ident(name("").Schema))
	c.MustPsql(t, "postgres", "create role looker login")
	for _, db := range []string{"here", "there"} {
		c.CreateDatabase(t, db)
		c.MustPsql(t, db, schema)
	}
	c.MustPsql(t, "there", fmt.Sprintf("drop table %s; revoke select on %s from looker; alter table %s enable row level security; delete from %s where n = 1; insert into %s values (0), (0)",
		missing.SQL(), denied.SQL(), secured.SQL(), fewer.SQL(), more.SQL()))
	c.MustPsql(t, "here", "revoke select on "+missing.SQL()+" from looker")
	c.MustPsql(t, "there", fmt.Sprintf("drop table %s; create foreign data wrapper hollow; create server hollow foreign data wrapper hollow; create foreign table %[1]s (n int) server hollow; grant select on %[1]s to looker", broken.SQL()))

	parity := verify.Checks()[slices.IndexFunc(verify.Checks(), func(c verify.Check) bool { return c.Code == "G7-PARITY" })]
	count := func(names []analyze.Name, bytes int64, jobs int) (answers []verify.Result, statements []string) {
		var mu sync.Mutex
		note := func(sql string) {
			mu.Lock()
			defer mu.Unlock()
			statements = append(statements, sql)
		}
		env := verify.Env{Gate: verify.Cutover, Plan: planner.Plan{Options: planner.Defaults()}, Sides: []verify.Side{verify.Source, verify.Target}, Jobs: jobs,
			Open: func(ctx context.Context, side verify.Side) (verify.Session, error) {
				conn, err := pgx.Connect(ctx, c.DSN(map[verify.Side]string{verify.Source: "here", verify.Target: "there"}[side])+" user=looker")
				if err != nil {
					return nil, err
				}
				return counter{conn, note}, nil
			}}
		done := 0
		env.Progress = func(_ string, n, total int) {
			require.Equal(t, len(names), total)
			done = max(done, n)
		}
		for _, n := range names {
			env.Plan.Tables = append(env.Plan.Tables, planner.Table{Name: n, Handling: planner.Replicate, Bytes: bytes})
		}
		r := verify.Run(t.Context(), env, []verify.Check{parity}, nil)
		require.Equal(t, len(names), done)
		for i := range r.Results {
			r.Results[i].Took = 0
		}
		return r.Results, statements
	}
	const small, large = 1 << 20, 1<<20 + 1

	together, few := count(sound, small, 4)
	alone, many := count(sound, large, 4)
	require.Len(t, many, 2*len(sound))
	require.Len(t, few, 2*2, "%d tables on both sides", len(sound))
	require.Equal(t, alone, together)
	for _, r := range together {
		i := slices.IndexFunc(sound, func(n analyze.Name) bool { return n.String() == r.Subject })
		require.Equal(t, verify.Pass, r.Status)
		require.Equal(t, analyze.Count(i, "row"), r.Detail, "rows of %s, those of its heirs left out", r.Subject)
	}
	_, few = count(sound, small, 64)
	require.Len(t, few, 2*len(sound), "so many sessions lock no more tables at a time")

	all := slices.Concat(sound[:20], faulty, []analyze.Name{nowhere}, sound[20:])
	together, few = count(all, small, 4)
	alone, many = count(all, large, 4)
	require.Len(t, many, 2*len(all))
	require.Greater(t, len(few), 4)
	require.Equal(t, alone, together)
	want := map[string]string{
		missing.String(): "fail the table is missing: asking the target: ERROR: relation", nowhere.String(): "fail the table is missing: asking the ",
		denied.String(): "unknown asking the target: ERROR: permission denied for", secured.String(): "unknown asking the target: ERROR: query would be affected by row-level security",
		broken.String(): "unknown asking the target: ERROR: foreign-data wrapper \"hollow\" has no handler",
		fewer.String():  "fail the source has 42 rows, the target 41: 1 row missing", more.String(): "fail the source has 43 rows, the target 45: 2 rows too many",
	}
	for _, r := range together {
		if says, ok := want[r.Subject]; ok {
			require.True(t, strings.HasPrefix(string(r.Status)+" "+r.Detail, says), "%s: %s %s", r.Subject, r.Status, r.Detail)
			require.Equal(t, r.Subject == denied.String() || r.Subject == secured.String(), strings.Contains(r.Hint, "grant select"), "%s: %s", r.Subject, r.Hint)
		} else {
			require.Equal(t, verify.Pass, r.Status, r.Subject)
		}
	}

	// The planner tells that large tables are counted in an index once they are vacuumed.
	wide := name("wide")
	for _, db := range []string{"here", "there"} {
		c.MustPsql(t, db, fmt.Sprintf("create table %s as select n as id, repeat('w', 1000) as body from generate_series(1, 20000) n; create unique index on %[1]s (id); grant select on %[1]s to looker", wide.SQL()))
		require.Eventually(t, func() bool { // autovacuum's own snapshot may keep rows from being visible to all
			return c.MustPsql(t, db, fmt.Sprintf("vacuum analyze %s;\nselect relallvisible = relpages from pg_class where oid = %s::regclass", wide.SQL(), analyze.Literal(wide.SQL()))) == "t"
		}, time.Minute, 100*time.Millisecond)
	}
	_, many = count([]analyze.Name{wide}, large, 1)
	require.Contains(t, c.MustPsql(t, "here", "explain "+many[0]), "Index Only Scan")
}
