package catalog_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/pgcutover/pgcutover/analyze"
	"github.com/pgcutover/pgcutover/analyze/catalog"
	"github.com/pgcutover/pgcutover/verify/rehearse/cluster"
)

func TestReadFindsTheEndsOfKeysWithoutStatistics(t *testing.T) {
	eachServer(t, func(t *testing.T, in cluster.Install) {
		src := cluster.StartWith(t, cluster.Options{Role: cluster.Source, Major: in.Major})
		dsn := src.CreateDatabase(t, "shop")
		fill := func(name, columns, values string, rows string) string {
			return "create table " + name + " (" + columns + ", filler text) with (autovacuum_enabled = false); insert into " + name + " select " + values + ", repeat('x', 1500) from generate_series(1, " + rows + ") n;\n"
		}
		src.MustPsql(t, "shop", fill("never", "id bigint primary key, a int unique", "n * 3 - 7, n", "15000")+fill("once", "id int primary key", "n", "15000")+"analyze once;\n"+
			fill("small", "id int primary key", "n", "100")+fill("texts", "id text primary key", "n::text", "15000")+fill("nulls", "id int unique", "null::int", "15000")+
			fill("hidden", "id int primary key", "n", "15000")+"create role reader login; grant select on never, once, small, texts, nulls to reader;")
		read := func(c *counter, role string) (analyze.Inventory, map[string]analyze.KeyRange) {
			inv, err := catalog.Read(t.Context(), connect(t, dsn, traced(c), as(role)), catalog.Options{})
			require.NoError(t, err)
			found := map[string]analyze.KeyRange{}
			for _, x := range inv.Tables {
				for _, c := range x.Columns {
					if c.KeyRange != nil {
						found[x.Name.Name+"."+c.Name] = *c.KeyRange
					}
				}
			}
			return inv, found
		}
		asks := func(c counter) int {
			return len(slices.DeleteFunc(c.statements, func(s string) bool { return !strings.HasPrefix(s, "select 0, (select min(") }))
		}
		var c counter
		_, found := read(&c, "reader")
		if in.Major >= 14 && in.Major < 900 {
			require.Empty(t, found)
			require.Zero(t, asks(c))
			return
		}
		require.Equal(t, map[string]analyze.KeyRange{"never.id": {Least: "-4", Greatest: "44993", Method: "index"}}, found)
		require.Equal(t, 1, asks(c), "one statement for all")

		_, found = read(&counter{}, "postgres")
		require.Len(t, found, 2, "and the one that only this role may read")

		dropped := false
		inv, found := read(&counter{hook: func(sql string) {
			if strings.HasPrefix(sql, "select 0, (select min(") && !dropped {
				dropped = true
				src.MustPsql(t, "shop", "drop table hidden")
			}
		}}, "postgres")
		require.True(t, dropped)
		require.Empty(t, found)
		require.True(t, slices.ContainsFunc(inv.Unknown, func(u analyze.Unknown) bool { return u.Fact == "key ranges" }), "%v", inv.Unknown)
	})
}
