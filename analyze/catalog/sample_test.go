package catalog_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/pgcutover/pgcutover/analyze"
	"github.com/pgcutover/pgcutover/analyze/catalog"
	"github.com/pgcutover/pgcutover/verify/rehearse/cluster"
)

func TestSample(t *testing.T) {
	eachServer(t, func(t *testing.T, in cluster.Install) {
		src := cluster.StartWith(t, cluster.Options{Role: cluster.Source, Major: in.Major})
		dsn := src.CreateDatabase(t, "shop")
		src.MustPsql(t, "shop", "create table busy (id int primary key, v int); create table idle (id int); create table replaced (id int)")
		read := func() analyze.Inventory {
			inv, err := catalog.Read(t.Context(), connect(t, dsn), catalog.Options{})
			require.NoError(t, err)
			return inv
		}
		// A session publishes its counters at the latest when it ends; the ticks of a long sample start the writing.
		during := func(sql string) analyze.Inventory {
			inv := read()
			wrote := false
			rates, err := catalog.Sample(t.Context(), connect(t, dsn), 4*time.Second, func(time.Duration) {
				if !wrote {
					wrote = true
					src.MustPsql(t, "shop", sql)
				}
			})
			require.NoError(t, err)
			require.True(t, wrote)
			rates.AddTo(&inv)
			return inv
		}

		inv := during(`insert into busy select g, g from generate_series(1, 1000) g; update busy set v = 0 where id <= 100; delete from busy where id > 950;
			drop table replaced; create table replaced (id int); insert into replaced values (1)`)
		require.Empty(t, inv.Unknown)
		require.False(t, inv.Sample.StatsResetBetween)
		require.GreaterOrEqual(t, inv.Sample.Seconds, 4.0)
		require.Greater(t, inv.Sample.WALBytes, int64(50_000))
		busy := table(t, inv, "public", "busy").Rates
		require.InDelta(t, 1000, busy.Inserts*inv.Sample.Seconds, 0.01)
		require.InDelta(t, 100, busy.Updates*inv.Sample.Seconds, 0.01)
		require.InDelta(t, 50, busy.Deletes*inv.Sample.Seconds, 0.01)
		require.Equal(t, &analyze.Rates{}, table(t, inv, "public", "idle").Rates)
		require.Nil(t, table(t, inv, "public", "replaced").Rates, "another table of the same name")

		inv = during("select pg_stat_reset()")
		require.True(t, inv.Sample.StatsResetBetween)
		require.Nil(t, table(t, inv, "public", "busy").Rates)
		require.Equal(t, []string{"write rates"}, unknowns(inv))

		src.MustPsql(t, "shop", "update busy set v = 1; alter database shop set track_counts = off")
		inv = read()
		rates, err := catalog.Sample(t.Context(), connect(t, dsn), time.Hour, nil)
		require.NoError(t, err)
		rates.AddTo(&inv)
		require.Nil(t, inv.Sample)
		require.Equal(t, []string{"row counters", "write rates"}, unknowns(inv))
	})
}

func TestSampleEndsWithItsContextAndItsServer(t *testing.T) {
	cluster.Need(t)
	src := cluster.StartSource(t)
	ctx, cancel := context.WithCancel(t.Context())
	_, err := catalog.Sample(ctx, connect(t, src.DSN("postgres")), time.Hour, func(time.Duration) { cancel() })
	require.ErrorIs(t, err, context.Canceled)
	_, err = catalog.Sample(t.Context(), connect(t, src.DSN("postgres")), 2*time.Second, func(time.Duration) { src.Kill() })
	require.ErrorContains(t, err, "reading the second sample")
}
