package catalog_test

import (
	"context"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/pgcutover/pgcutover/analyze"
	"github.com/pgcutover/pgcutover/analyze/catalog"
	"github.com/pgcutover/pgcutover/verify/rehearse/cluster"
)

func TestMeasureLOBs(t *testing.T) {
	eachServer(t, func(t *testing.T, in cluster.Install) {
		src := shop(t, in)
		src.MustPsql(t, "shop", `insert into app.customers (name, raw, extra) values (repeat('é', 1000000), decode(repeat('00', 300000), 'hex'), jsonb_build_object('k', repeat('"', 500000)))`)
		inv, err := catalog.Read(t.Context(), connect(t, src.DSN("shop")), catalog.Options{})
		require.NoError(t, err)
		var last, total int64
		measure := func(mode catalog.LOBMode, role string) analyze.Inventory {
			inv := inv
			lobs, err := catalog.MeasureLOBs(t.Context(), inv, catalog.LOBOptions{
				Mode: mode, Workers: 3, LockTimeout: 100 * time.Millisecond,
				Open: func(context.Context) (*pgx.Conn, error) { return connect(t, src.DSN("shop"), as(role)), nil },
				Say:  func(done, of int64) { last, total = done, of },
			})
			require.NoError(t, err)
			inv = inv.Normalize()
			lobs.AddTo(&inv)
			return inv
		}
		max := func(inv analyze.Inventory) map[string]analyze.LOBMax {
			out := map[string]analyze.LOBMax{}
			for _, c := range table(t, inv, "app", "customers").Columns {
				if c.LOBMax != nil {
					out[c.Name] = *c.LOBMax
				}
			}
			return out
		}
		exact := func(n int64) analyze.LOBMax { return analyze.LOBMax{Bytes: &n, Method: "exact"} }
		want := map[string]analyze.LOBMax{
			"name": exact(2_000_000), "raw": exact(300_000), "extra": exact(1_000_009), // {"k": "…"} with every quote escaped
			"email": exact(int64(len("30000@x"))), "nick": exact(12), "tags": exact(12), "attrs": exact(0), "p": exact(0), "shape": exact(0), "cc": exact(0),
		}
		require.Empty(t, cmp.Diff(want, max(measure(catalog.LOBExact, "postgres"))))
		require.Equal(t, total, last)
		require.Positive(t, total)
		require.Empty(t, cmp.Diff(want, max(measure(catalog.LOBSample, "postgres"))), "a small table is read whole")

		skipped := measure(catalog.LOBSkip, "postgres")
		require.Equal(t, analyze.LOBMax{Method: "skipped"}, max(skipped)["name"])
		require.Contains(t, unknowns(skipped), "LOB sizes")

		// A role that row-level security applies to must not measure only what it may see.
		src.MustPsql(t, "shop", `create role weak login; grant usage on schema app, public, "Sch""ema % $1" to weak; grant select on all tables in schema app, "Sch""ema % $1" to weak`)
		require.Contains(t, unknowns(measure(catalog.LOBExact, "weak")), "LOB sizes: app.by_index")

		// Locked and dropped tables are skipped and named; the others are measured.
		other := connect(t, src.DSN("shop"))
		_, err = other.Exec(t.Context(), "drop table app.no_key; begin; lock table app.customers")
		require.NoError(t, err)
		inv2 := measure(catalog.LOBExact, "postgres")
		require.Equal(t, analyze.LOBMax{Method: "skipped"}, max(inv2)["name"])
		require.Contains(t, unknowns(inv2), "LOB sizes: app.customers")
		require.Contains(t, unknowns(inv2), "LOB sizes: app.no_key")
		require.NotContains(t, unknowns(inv2), "LOB sizes: app.scratch", "an unlogged table is not asked")
		require.Equal(t, "skipped", column(t, table(t, inv2, "app", "scratch"), "t").LOBMax.Method)
		require.Equal(t, int64(len("cat1000")), *column(t, table(t, inv2, "app", "cats"), "name").LOBMax.Bytes)
	})
}

func TestMeasureLOBsSamplesLargeTables(t *testing.T) {
	cluster.Need(t)
	src := cluster.StartSource(t)
	dsn := src.CreateDatabase(t, "big")
	src.MustPsql(t, "big", `create table heap (id int, t text); alter table heap alter t set storage plain;
		insert into heap select g, repeat('x', 1000 + g % 7) from generate_series(1, 60000) g; analyze`)
	inv, err := catalog.Read(t.Context(), connect(t, dsn), catalog.Options{})
	require.NoError(t, err)
	require.Greater(t, *table(t, inv, "public", "heap").HeapBytes, int64(60<<20))
	lobs, err := catalog.MeasureLOBs(t.Context(), inv, catalog.LOBOptions{
		Mode: catalog.LOBSample, Open: func(context.Context) (*pgx.Conn, error) { return connect(t, dsn), nil },
	})
	require.NoError(t, err)
	lobs.AddTo(&inv)
	m := column(t, table(t, inv, "public", "heap"), "t").LOBMax
	require.Equal(t, "sampled", m.Method)
	require.Equal(t, int64(1006), *m.Bytes)
	require.Greater(t, m.Rows, int64(1000))
	require.Less(t, m.Rows, int64(59000))
}
