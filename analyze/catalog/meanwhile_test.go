package catalog_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/pgcutover/pgcutover/analyze/catalog"
	"github.com/pgcutover/pgcutover/verify/rehearse/cluster"
)

func TestReadSurvivesAHardenedCatalog(t *testing.T) {
	src := shop(t, install(t))
	src.MustPsql(t, "shop", `create role weak login bypassrls in role pg_monitor; grant usage on schema app to weak; grant select on all tables in schema app to weak; grant select on all sequences in schema app to weak;
		revoke select on pg_catalog.pg_auth_members, pg_catalog.pg_stats, pg_catalog.pg_prepared_xacts, pg_catalog.pg_foreign_server, pg_catalog.pg_publication from public;
		revoke execute on function pg_stat_get_tuples_inserted(oid), pg_relation_size(regclass), pg_relation_size(regclass, text), pg_get_viewdef(oid) from public`)
	inv, err := catalog.Read(t.Context(), connect(t, src.DSN("shop"), as("weak")), catalog.Options{})
	require.NoError(t, err)
	require.Subset(t, unknowns(inv), []string{"roles", "column statistics", "sizes", "row counters", "views", "other objects", "replication", "activity"})
	require.Empty(t, inv.Roles)
	require.Empty(t, inv.Views)
	x := table(t, inv, "app", "customers")
	require.Nil(t, x.HeapBytes)
	require.Nil(t, x.IndexBytes)
	require.Nil(t, x.Counters)
	require.NotContains(t, strings.Join(unknowns(inv), "\n"), "sizes: ", "said once")
	require.Nil(t, column(t, x, "id").AvgWidth)
	require.NotEmpty(t, x.Indexes)
	require.NotEmpty(t, x.Constraints)
	require.Equal(t, int64(23), *sequence(t, inv, "app", "set_back").LastValue)
}

func TestReadSurvivesWhatHappensMeanwhile(t *testing.T) {
	cluster.Need(t)
	src := cluster.StartSource(t)
	dsn := src.CreateDatabase(t, "shop")
	src.MustPsql(t, "shop", "create table stays (id serial primary key); create table goes (id serial primary key, a int check (a > 0)); create view v as select * from goes; create view w as select * from stays; create table plain (id int primary key)")

	t.Run("a table is dropped in between", func(t *testing.T) {
		other := connect(t, dsn)
		c := counter{}
		c.hook = func(sql string) {
			if strings.Contains(sql, "pg_get_indexdef") && other != nil {
				_, err := other.Exec(t.Context(), "drop table goes cascade")
				require.NoError(t, err)
				other = nil
			}
		}
		inv, err := catalog.Read(t.Context(), connect(t, dsn, traced(&c)), catalog.Options{})
		require.NoError(t, err)
		require.NotNil(t, sequence(t, inv, "public", "stays_id_seq").LastValue)
		require.Nil(t, other)
	})

	t.Run("a table is locked", func(t *testing.T) {
		other := connect(t, dsn)
		tx, err := other.Begin(t.Context())
		require.NoError(t, err)
		// Its definition can be read before; its size cannot.
		c := counter{hook: func(sql string) {
			if strings.Contains(sql, "pg_relation_size") {
				_, err := tx.Exec(t.Context(), "lock table plain in access exclusive mode")
				require.NoError(t, err)
			}
		}}
		inv, err := catalog.Read(t.Context(), connect(t, dsn, traced(&c)), catalog.Options{LockTimeout: 100 * time.Millisecond})
		require.NoError(t, err)
		require.Nil(t, table(t, inv, "public", "plain").HeapBytes)
		require.Nil(t, table(t, inv, "public", "plain").IndexBytes)
		require.NotNil(t, table(t, inv, "public", "stays").HeapBytes)
		require.Equal(t, []string{"sizes: public.plain"}, unknowns(inv))

		_, err = tx.Exec(t.Context(), "lock table stays in access exclusive mode")
		require.NoError(t, err)
		_, err = catalog.Read(t.Context(), connect(t, dsn), catalog.Options{LockTimeout: 100 * time.Millisecond})
		require.ErrorContains(t, err, fmt.Sprintf("public.stays (process %d)", other.PgConn().PID()))
		require.NoError(t, tx.Rollback(t.Context()))
	})

	t.Run("the command is interrupted", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		c := counter{hook: func(sql string) {
			if strings.Contains(sql, "pg_get_constraintdef") {
				cancel()
			}
		}}
		_, err := catalog.Read(ctx, connect(t, dsn, traced(&c)), catalog.Options{})
		require.ErrorIs(t, err, context.Canceled)
	})

	t.Run("the server goes away", func(t *testing.T) {
		c := counter{hook: func(sql string) {
			if strings.Contains(sql, "pg_get_constraintdef") {
				src.Kill()
			}
		}}
		_, err := catalog.Read(t.Context(), connect(t, dsn, traced(&c)), catalog.Options{})
		require.ErrorContains(t, err, "reading constraints: ")
		require.NoError(t, src.Restart())
	})
}

func TestReadTakesNoStrongLock(t *testing.T) {
	cluster.Need(t)
	in, err := cluster.Installs(t.Context())
	require.NoError(t, err)
	src := shop(t, in[0])
	watcher := connect(t, src.DSN("shop"))
	c := counter{hook: func(sql string) {
		if sql != "commit" {
			return
		}
		var modes []string
		err := watcher.QueryRow(t.Context(), `select array_agg(distinct mode) from pg_locks l join pg_stat_activity a using (pid)
			where a.application_name = 'pgcutover' and l.locktype = 'relation'`).Scan(&modes)
		require.NoError(t, err)
		require.Equal(t, []string{"AccessShareLock"}, modes)
		var xids int
		require.NoError(t, watcher.QueryRow(t.Context(), "select count(backend_xid) from pg_stat_activity where application_name = 'pgcutover'").Scan(&xids))
		require.Zero(t, xids)
	}}
	_, err = catalog.Read(t.Context(), connect(t, src.DSN("shop"), traced(&c)), catalog.Options{})
	require.NoError(t, err)
	require.Contains(t, c.statements, "commit")
}
