package catalog_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/stretchr/testify/require"

	"github.com/pgcutover/pgcutover/analyze"
	"github.com/pgcutover/pgcutover/analyze/catalog"
	"github.com/pgcutover/pgcutover/verify/rehearse/cluster"
)

func install(t *testing.T) cluster.Install {
	t.Helper()
	cluster.Need(t)
	installs, err := cluster.Installs(t.Context())
	require.NoError(t, err)
	for _, in := range installs {
		if in.PGLogical {
			return in // the one whose client programs can make a standby, too
		}
	}
	return installs[0]
}

func TestReadWithReplica(t *testing.T) {
	src := shop(t, install(t))
	standby := src.StartStandby(t)
	src.MustCatchUp(t, standby)
	alone, err := catalog.Read(t.Context(), connect(t, src.DSN("shop")), catalog.Options{})
	require.NoError(t, err)

	t.Run("gives the sizes", func(t *testing.T) {
		var onSource counter
		inv, err := catalog.Read(t.Context(), connect(t, src.DSN("shop"), traced(&onSource)), catalog.Options{Replica: connect(t, standby.DSN("shop"))})
		require.NoError(t, err)
		r := inv.Replica
		require.True(t, r.SizesFrom && r.Server.InRecovery && !r.Paused)
		require.Equal(t, inv.Server.SystemIdentifier, r.Server.SystemIdentifier)
		require.Regexp(t, `^[0-9A-F]+/[0-9A-F]+$`, r.ReplayLSN)
		require.Less(t, *r.LagBytes, int64(1<<20), "what the source has not flushed yet counts too")
		require.Equal(t, int64(0), *r.LagSeconds)
		require.Contains(t, r.Settings, analyze.Setting{Name: "hot_standby_feedback", Value: "off", Source: "default", Context: "sighup"})
		// The same sizes, those of the unlogged table included, which has no files on a standby.
		require.Empty(t, cmp.Diff(alone.Tables, inv.Tables, cmpopts.IgnoreFields(analyze.Table{}, "Counters")))
		require.Positive(t, *table(t, inv, "app", "scratch").HeapBytes)
		require.Len(t, inv.Replication.Standbys, 1)
		require.Equal(t, "streaming", inv.Replication.Standbys[0].State)
		require.NotContains(t, encoded(t, inv), "primary_conninfo\",\n      \"value")
	})

	t.Run("paused and behind", func(t *testing.T) {
		standby.MustPsql(t, "shop", "select pg_wal_replay_pause()")
		src.MustPsql(t, "shop", "create table app.later as select g from generate_series(1, 1000) g")
		require.Eventually(t, func() bool {
			return standby.MustPsql(t, "shop", "select pg_get_wal_replay_pause_state()") == "paused"
		}, 30*time.Second, 50*time.Millisecond)
		inv, err := catalog.Read(t.Context(), connect(t, src.DSN("shop")), catalog.Options{Replica: connect(t, standby.DSN("shop"))})
		require.NoError(t, err)
		require.True(t, inv.Replica.Paused)
		require.Positive(t, *inv.Replica.LagBytes)
		require.Nil(t, table(t, inv, "app", "later").HeapBytes, "the replica does not have it yet")
		require.Contains(t, unknowns(inv), "sizes: app.later")
		standby.MustPsql(t, "shop", "select pg_wal_replay_resume()")
		src.MustPsql(t, "shop", "drop table app.later")
		src.MustCatchUp(t, standby)
	})

	t.Run("as the source itself", func(t *testing.T) {
		inv, err := catalog.Read(t.Context(), connect(t, standby.DSN("shop")), catalog.Options{})
		require.NoError(t, err)
		require.True(t, inv.Server.InRecovery)
		require.Equal(t, int64(30000), *table(t, inv, "app", "customers").EstimatedRows)
		require.Nil(t, table(t, inv, "app", "customers").Counters)
		require.Contains(t, unknowns(inv), "row counters")
		require.Contains(t, unknowns(inv), "sizes: app.scratch", "unlogged")
		require.Equal(t, int64(23), *sequence(t, inv, "app", "set_back").LastValue)
		require.Empty(t, analyze.Drift(alone.Structure(), inv.Structure()))
		rates, err := catalog.Sample(t.Context(), connect(t, standby.DSN("shop")), time.Hour, nil)
		require.NoError(t, err, "nothing to wait for")
		rates.AddTo(&inv)
		require.Nil(t, inv.Sample)
		require.Contains(t, unknowns(inv), "write rates")
	})

	t.Run("refused", func(t *testing.T) {
		other := cluster.StartTarget(t)
		dsn := other.CreateDatabase(t, "shop")
		otherStandby := other.StartStandby(t)
		other.MustCatchUp(t, otherStandby)
		src.CreateDatabase(t, "another")
		src.MustCatchUp(t, standby)
		for dsn, want := range map[string]error{
			src.DSN("shop"):          catalog.ErrNotStandby,
			dsn:                      catalog.ErrNotStandby,
			otherStandby.DSN("shop"): catalog.ErrOtherServer,
			standby.DSN("another"):   catalog.ErrOtherServer,
		} {
			_, err := catalog.Read(t.Context(), connect(t, src.DSN("shop")), catalog.Options{Replica: connect(t, dsn)})
			require.ErrorIs(t, err, want)
		}
	})

	t.Run("whose identity is hidden", func(t *testing.T) {
		src.MustPsql(t, "shop", "create role weak login; revoke execute on function pg_control_system() from public")
		src.MustCatchUp(t, standby)
		inv, err := catalog.Read(t.Context(), connect(t, src.DSN("shop"), as("weak")), catalog.Options{Replica: connect(t, standby.DSN("shop"), as("weak"))})
		require.NoError(t, err)
		require.Contains(t, unknowns(inv), "replica identity")
	})
}

func TestReadWithTarget(t *testing.T) {
	src := shop(t, install(t))
	dst := cluster.StartTarget(t)
	dsn := dst.CreateDatabase(t, "shop")
	dst.MustPsql(t, "shop", `create role waiting; create extension hstore; create schema pgcutover; create table pgcutover.item (id int); create table "left over" (id int);
		alter system set primary_conninfo = 'host=/nowhere password=canary'; select pg_reload_conf()`)

	inv, err := catalog.Read(t.Context(), connect(t, src.DSN("shop")), catalog.Options{Target: connect(t, dsn)})
	require.NoError(t, err)
	require.NotEqual(t, inv.Server.SystemIdentifier, inv.Target.Server.SystemIdentifier)
	require.Equal(t, "shop", inv.Target.Database.Name)
	require.Equal(t, 1, inv.Target.Tables)
	require.Contains(t, inv.Target.Roles, "waiting")
	require.Equal(t, "hstore", inv.Target.Extensions[0].Name)
	var available []string
	for _, e := range inv.Target.Available {
		available = append(available, e.Name)
		require.NotEmpty(t, e.Version)
	}
	require.Contains(t, available, "citext")
	require.NotEmpty(t, inv.Target.Settings)
	require.NotContains(t, encoded(t, inv), "canary")

	t.Run("that is the source", func(t *testing.T) {
		_, err := catalog.Read(t.Context(), connect(t, src.DSN("shop")), catalog.Options{Target: connect(t, src.DSN("shop"))})
		require.ErrorIs(t, err, catalog.ErrSameServer)
		standby := src.StartStandby(t)
		src.MustCatchUp(t, standby)
		_, err = catalog.Read(t.Context(), connect(t, src.DSN("shop")), catalog.Options{Target: connect(t, standby.DSN("shop"))})
		require.ErrorIs(t, err, catalog.ErrSameServer)
		require.ErrorContains(t, err, "physical copy")
	})

	t.Run("whose identity is hidden", func(t *testing.T) {
		for _, c := range []*cluster.Cluster{src, dst} {
			c.MustPsql(t, "shop", "create role weak login; revoke execute on function pg_control_system() from public")
		}
		weak := func(c *cluster.Cluster) catalog.Options {
			return catalog.Options{Target: connect(t, c.DSN("shop"), as("weak"))}
		}
		_, err := catalog.Read(t.Context(), connect(t, src.DSN("shop"), as("weak")), weak(src))
		require.ErrorIs(t, err, catalog.ErrSameServer, "the moment of the start gives it away")
		inv, err := catalog.Read(t.Context(), connect(t, src.DSN("shop"), as("weak")), weak(dst))
		require.NoError(t, err)
		require.Contains(t, unknowns(inv), "target identity")
		require.True(t, strings.HasPrefix(strings.Join(unknowns(inv), "\n"), "activity"))
	})
}
