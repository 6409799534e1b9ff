package render_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/pgcutover/pgcutover/planner"
	"github.com/pgcutover/pgcutover/render"
	"github.com/pgcutover/pgcutover/verify/rehearse/cluster"
)

// A ledger of a hundred thousand items, half of them done, hands out work without looking at them all, and marks items done
// without either.
func TestLedgerIsAQueue(t *testing.T) {
	c := cluster.StartTarget(t)
	c.CreateDatabase(t, "shop")
	c.MustPsql(t, "shop", ledgerSQL(t))
	c.MustPsql(t, "shop", `
insert into pgcutover.run (plan, lsn, postmaster_start_time, source_system_identifier) values ('p', '0/1', '2026-01-01Z', '');
insert into pgcutover.item (id, kind, label, relation, bytes, tail, unfinished, statement)
select n, case when n <= 40000 then 'copy' else 'index' end, 'item ' || n, '', n % 1000 * 1000, n % 1000 * 1000 + 1, case when n <= 40000 then 0 else 1 end, 'select ' || n from generate_series(1, 100000) n;
insert into pgcutover.item_need (needs, item) select 1 + n % 40000, n from generate_series(40001, 100000) n;
update pgcutover.item set state = 'done' where id <= 20000;
update pgcutover.item i set unfinished = 0 from pgcutover.item_need n join pgcutover.item d on d.id = n.needs where n.item = i.id and d.state = 'done';
analyze pgcutover.item; analyze pgcutover.item_need;`)
	// Rows read by scanning whole tables, not times: they show the plan of every statement inside the functions.
	touched := func(sql string) string {
		t.Helper()
		return c.MustPsql(t, "shop", `
begin; do $$ begin perform `+sql+`; end $$;
select coalesce(sum(seq_tup_read), 0) from pg_stat_xact_user_tables where schemaname = 'pgcutover' and relname in ('item', 'item_need', 'item_table');
commit`)
	}
	const begin = "pgcutover.begin_item(%d, 'w', 'p', '0/1', '2026-01-01Z')"
	require.Equal(t, "0", touched("pgcutover.next_item('w')"))
	require.Equal(t, "0", touched("pgcutover.next_item('w', true)"))
	require.Equal(t, "0", touched(fmt.Sprintf(begin, 20001)+", pgcutover.finish_item(20001)"))
	require.Equal(t, "0", touched("pgcutover.fail_item(20002, 'w', 'm', 'again', 3)"))

	// Longest tail first, and what is taken is not offered to the next.
	first := c.MustPsql(t, "shop", "select pgcutover.next_item('w')")
	second := c.MustPsql(t, "shop", "select pgcutover.next_item('w')")
	require.NotEqual(t, strings.SplitN(first, "\n", 2)[0], strings.SplitN(second, "\n", 2)[0])
	tail := func(answer string) string {
		id := strings.Fields(answer)[1]
		return c.MustPsql(t, "shop", "select tail from pgcutover.item where id = "+id)
	}
	require.Equal(t, "999001", tail(first))
}

// ledgerSQL is 41-ledger.sql of a plan that knows nothing about its servers.
func ledgerSQL(t *testing.T) string {
	t.Helper()
	p := samplePlan()
	p.Source, p.Target = planner.Source{VersionNum: p.Source.VersionNum}, planner.Target{}
	b, err := render.Render(p)
	require.NoError(t, err)
	a, ok := b.Artifact("40-load/41-ledger.sql")
	require.True(t, ok)
	return string(a.Body)
}

// What next_item, begin_item and the others decide, one case after the other on one ledger.
func TestLedgerDecisions(t *testing.T) {
	c := cluster.StartTarget(t)
	c.CreateDatabase(t, "shop")
	c.MustPsql(t, "shop", ledgerSQL(t))
	do := func(sql string) string { t.Helper(); return c.MustPsql(t, "shop", sql) }
	fails := func(want, sql string) {
		t.Helper()
		_, err := c.Psql(t.Context(), "shop", "\\set VERBOSITY verbose\n"+sql)
		require.ErrorContains(t, err, want)
	}
	begin := func(id int) string {
		return fmt.Sprintf("select pgcutover.begin_item(%d, 'host/1.1', 'p', '0/1', '2026-01-01Z');", id)
	}
	do(`insert into pgcutover.run (plan, lsn, postmaster_start_time, source_system_identifier) values ('p', '0/1', '2026-01-01Z', '');
insert into pgcutover.item (id, kind, label, relation, bytes, tail, unfinished, statement) values
  (1, 'copy', 'one', 's.t', 10, 10, 0, 'copy'), (2, 'index', 'two', 's.t', 5, 5, 1, 'select 2;'), (3, 'index', 'three', 's.t', 4, 4, 1, 'select 3;'), (4, 'analyze', 'four', 's.t', 1, 1, 2, 'select 4;');
insert into pgcutover.item_table (item, seq, schema_name, table_name) values (1, 1, 'public', 't');
insert into pgcutover.item_need (needs, item) values (1, 2), (1, 3), (2, 4), (3, 4);
create table public.t (a int);`)
	fails("duplicate key", "insert into pgcutover.run (plan, lsn, postmaster_start_time, source_system_identifier) values ('q', '0/1', '2026-01-01Z', '')")
	fails("PC002", "select pgcutover.begin_item(1, 'w', 'q', '0/1', '2026-01-01Z')")
	fails("PC002", "select pgcutover.begin_item(1, 'w', 'p', '0/2', '2026-01-01Z')")
	fails("PC002", "select pgcutover.begin_item(1, 'w', 'p', '0/1', '2026-01-01 00:00:00.000001Z')")
	fails("PC001", begin(2)) // needs 1
	require.Equal(t, "copy 1\ncopy", do("select pgcutover.next_item('w')"))
	require.Equal(t, "wait", do("select pgcutover.next_item('w')"), "handed out a moment ago")
	fails("did not copy all its tables", "begin;"+begin(1)+"select pgcutover.finish_item(1)")
	do("insert into pgcutover.item (id, kind, label, relation, bytes, tail, unfinished, statement) values (5, 'analyze', 'five', 's.t', 0, 0, 0, 'select 5;')")
	for _, other := range []string{"", "begin;" + begin(1), "begin;" + begin(5) + "rollback; begin;"} {
		fails("this transaction has not begun item 5", other+"select pgcutover.finish_item(5)")
	}
	do("delete from pgcutover.item where id = 5")
	fails("XX001", "begin;"+begin(1)+"select pgcutover.begin_table(1, 1, true); select pgcutover.count_table(1, 1, 5, 4)")
	do("insert into public.t values (1)")
	fails("PC003", "begin;"+begin(1)+"select pgcutover.begin_table(1, 1, true)")
	fails("PC003", "begin;"+begin(1)+"select pgcutover.begin_table(1, 1, false)")
	do("truncate public.t")

	require.Equal(t, "waiting", do("select pgcutover.fail_item(1, 'w', 'm', 'again', 2)"))
	require.Equal(t, "waiting", do("select pgcutover.fail_item(1, 'w', 'm', 'busy', 2)"))
	require.Equal(t, "waiting", do("select pgcutover.fail_item(1, 'w', 'm', 'lost', 2)"))
	require.Equal(t, "failed", do("select pgcutover.fail_item(1, 'w', 'm', 'again', 2)"))
	require.Equal(t, "stuck", do("select pgcutover.next_item('w')"))
	require.Equal(t, "1", do("select pgcutover.requeue()"))
	require.Equal(t, "failed", do("select pgcutover.fail_item(1, 'w', 'm', 'final', 9)"))
	do("select pgcutover.requeue()")

	do("begin;" + begin(1) + "select pgcutover.begin_table(1, 1, true); insert into public.t values (1); select pgcutover.count_table(1, 1, 1, 1); select pgcutover.finish_item(1); commit")
	fails("PC001", begin(1)) // done
	require.Empty(t, do("select pgcutover.fail_item(1, 'w', 'm', 'final', 9)"), "what is done cannot fail")
	require.Equal(t, "done", do("select pgcutover.next_item('w', true)"), "no copy is left")
	builds := do("select pgcutover.next_item('w')")
	require.Equal(t, "build 2 3", strings.SplitN(builds, "\n", 2)[0], "small builds come together")
	require.Equal(t, 2, strings.Count(builds, "COMMIT;"))
	do("begin;" + begin(2) + "select pgcutover.finish_item(2); commit;begin;" + begin(3) + "select pgcutover.finish_item(3); commit")
	require.Equal(t, "build 4", strings.SplitN(do("select pgcutover.next_item('w')"), "\n", 2)[0])
	do("begin;" + begin(4) + "select pgcutover.finish_item(4); commit")
	require.Equal(t, "done", do("select pgcutover.next_item('w')"))
	require.Equal(t, "4|4|0|20|20|1", do("select items, items_done, items_failed, bytes, bytes_done, rows_done from pgcutover.progress"))
	require.Equal(t, "host/1.1", do("select distinct worker from pgcutover.item"))

	// Run again over a ledger in use, the file keeps everything.
	do(ledgerSQL(t))
	require.Equal(t, "done", do("select pgcutover.next_item('w')"))
}

// Two sessions never have the same item.
func TestLedgerClaims(t *testing.T) {
	c := cluster.StartTarget(t)
	c.CreateDatabase(t, "shop")
	c.MustPsql(t, "shop", ledgerSQL(t))
	c.MustPsql(t, "shop", `insert into pgcutover.run (plan, lsn, postmaster_start_time, source_system_identifier) values ('p', '0/1', '2026-01-01Z', '');
insert into pgcutover.item (id, kind, label, relation, bytes, tail, unfinished, statement) select n, 'index', 'i', '', 1 << 30, n, 0, 'select 1;' from generate_series(1, 2) n`)
	const claim = "select pgcutover.begin_item(2, 'w', 'p', '0/1', '2026-01-01Z')"
	one, err := pgx.Connect(t.Context(), c.DSN("shop"))
	require.NoError(t, err)
	defer one.Close(context.Background())
	tx, err := one.Begin(t.Context())
	require.NoError(t, err)
	_, err = tx.Exec(t.Context(), claim)
	require.NoError(t, err)
	_, err = c.Psql(t.Context(), "shop", "\\set VERBOSITY verbose\n"+claim)
	require.ErrorContains(t, err, "PC001")
	require.Equal(t, "build 1", strings.SplitN(c.MustPsql(t, "shop", "select pgcutover.next_item('w')"), "\n", 2)[0], "the one with the longer tail is taken")
	require.Equal(t, "1", c.MustPsql(t, "shop", "select items_running from pgcutover.progress"))
	require.Empty(t, c.MustPsql(t, "shop", "select pgcutover.fail_item(2, 'w', 'm', 'final', 1)"), "nobody can fail it for another")
	require.Equal(t, "0", c.MustPsql(t, "shop", "select pgcutover.requeue()"), "and nobody waits for it")
	require.NoError(t, tx.Rollback(t.Context()))
	require.Equal(t, "build 2", strings.SplitN(c.MustPsql(t, "shop", "select pgcutover.next_item('w')"), "\n", 2)[0], "the claim went with its transaction")
}
