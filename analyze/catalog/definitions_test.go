package catalog_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/pgcutover/pgcutover/analyze"
	"github.com/pgcutover/pgcutover/analyze/catalog"
	"github.com/pgcutover/pgcutover/verify/rehearse/cluster"
)

// TestReadIndexDefinitions has indexes that differ from plain ones in one thing each, two of each, so that one is asked for and words are made for the
// other, and compares all of them with the server's own.
func TestReadIndexDefinitions(t *testing.T) {
	eachServer(t, func(t *testing.T, in cluster.Install) {
		src := cluster.StartWith(t, cluster.Options{Role: cluster.Source, Major: in.Major})
		dsn := src.CreateDatabase(t, "shop")
		src.MustPsql(t, "shop", `create schema "select"; create domain code as varchar(5); create type mood as enum ('a', 'b')`)
		kinds := []string{
			"create index on %s (i)", "create unique index on %s (i)", "create index on %s (i, v, t)", "create index on %s (v)", "create index on %s (d)", "create index on %s (m)",
			"create index on %s (i desc)", "create index on %s (i nulls first)", "create index on %s (i, v desc)", `create index on %s (t collate "C")`, `create index on %s (c)`,
			"create index on %s (t text_pattern_ops)", "create index on %s (v varchar_ops)", "create index on %s (i) with (fillfactor = 70)", "create index on %s (i) where i > 0",
			"create index on %s (lower(t))", "create index on %s ((i + 1), t)", "create index on %s using hash (i)", "create index on %s using gin (a)", "create index on %s using gin (j jsonb_path_ops)",
			"create index on %s using gist (p)", "create index on %s using brin (i)", `create index on %s ("order", "ünï ""x""")`, "create index on %s (after)", "alter table %s add exclude using gist (p with &&)",
			"alter table %s add primary key (i)", "alter table %s add unique (t) deferrable", `create index "Ta""b'le \ %%1$s $1" on %s (i)`,
		}
		major := in.Major
		if major == 906 {
			major = 9
		}
		if major >= 11 {
			kinds = append(kinds, "create index on %s (i) include (t)")
		}
		if major >= 13 {
			kinds = append(kinds, "create index on %s using gist (s tsvector_ops (siglen = 100))")
		}
		if major >= 15 {
			kinds = append(kinds, "create unique index on %s (i) nulls not distinct")
		}
		for n, name := range []string{`public.plain`, `public."User"`, `"select"."table"`, `"select"."Ta""b'le \ %1$s"`} {
			statements := []string{fmt.Sprintf(`create table %s (gone int, i int, v varchar(20), t text, d code, m mood, c text collate "C", a int[], j jsonb, p box, s tsvector, "order" int, "ünï ""x""" int, after bigint)`, name)}
			if n%2 == 0 { // so that numbers of columns are not their places
				statements = append(statements, fmt.Sprintf("alter table %s drop column gone", name))
			}
			for _, k := range kinds {
				if n%2 == 1 && strings.Contains(k, `"Ta`) {
					continue // one of that name in a schema
				}
				statements = append(statements, fmt.Sprintf(k, name))
			}
			src.MustPsql(t, "shop", strings.Join(statements, ";\n"))
		}
		if major >= 11 {
			src.MustPsql(t, "shop", `create table parted (i int, t text) partition by range (i); create table parted_1 partition of parted for values from (0) to (9); create index on parted (i); create index on parted (t)`)
		}
		conn := connect(t, dsn)
		want := map[analyze.Name]string{}
		_, err := conn.Exec(t.Context(), "set search_path = ''")
		require.NoError(t, err)
		rows, err := conn.Query(t.Context(), `select n.nspname, c.relname, pg_get_indexdef(c.oid) from pg_class c join pg_namespace n on n.oid = c.relnamespace
			where c.relkind in ('i', 'I') and n.nspname in ('public', 'select')`)
		require.NoError(t, err)
		for rows.Next() {
			var name analyze.Name
			var definition string
			require.NoError(t, rows.Scan(&name.Schema, &name.Name, &definition))
			want[name] = definition
		}
		require.NoError(t, rows.Err())
		require.Greater(t, len(want), 4*len(kinds)-5)
		inv, err := catalog.Read(t.Context(), connect(t, dsn), catalog.Options{})
		require.NoError(t, err)
		got := map[analyze.Name]string{}
		for _, x := range inv.Tables {
			for _, i := range x.Indexes {
				got[analyze.Name{Schema: x.Name.Schema, Name: i.Name}] = i.Definition
			}
		}
		require.Equal(t, want, got)
	})
}
