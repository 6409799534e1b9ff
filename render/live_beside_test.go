package render_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/pgcutover/pgcutover/analyze/catalog"
	"github.com/pgcutover/pgcutover/planner"
)

// What is neither a table nor of one: checks of domains, extended statistics, options of memberships, views that stay behind.
func TestWhatIsBesideTheTables(t *testing.T) {
	l := newLab(t)
	l.src.MustPsql(t, "shop", `create domain public.above as int; alter domain public.above add constraint zero check (value > 0) not valid;
		create domain public.below as int constraint top check (value < 0);
		alter table public.left_out add column n int; create statistics public.of_left_out on id, n from public.left_out;
		create view public.reads_left_out as select id from public.left_out; create materialized view public.reads_that as select id from public.reads_left_out;
		create role helper; grant helper to app with admin option`)
	conn, err := pgx.Connect(t.Context(), l.src.DSN("shop"))
	require.NoError(t, err)
	inv, err := catalog.Read(t.Context(), conn, catalog.Options{})
	require.NoError(t, err)
	require.NoError(t, conn.Close(t.Context()))
	o := planner.Defaults()
	o.Tables.Exclude = []string{"public.left_out", "public.reads_left_out", "public.reads_that"}
	p, err := planner.Make(inv, o, nil)
	require.NoError(t, err)
	for _, f := range p.Findings {
		require.NotEqual(t, "CV112", f.Code, f.Detail)
	}
	l.render(t, p)
	l.must(t, "30-target/31-roles.sql")
	l.must(t, "30-target/32-schema.sh", "--from", "source")

	require.Equal(t, "t", l.dst.MustPsql(t, "shop", "select admin_option from pg_auth_members where roleid = 'helper'::regrole and member = 'app'::regrole"))
	require.Equal(t, "||", l.dst.MustPsql(t, "shop", "select to_regclass('left_out'), to_regclass('reads_left_out'), to_regclass('reads_that')"))
	require.Equal(t, "top", l.dst.MustPsql(t, "shop", "select string_agg(conname, ' ') from pg_constraint where contypid <> 0 and connamespace = 'public'::regnamespace"), "a check that was never validated waits")
	require.Equal(t, "0", l.dst.MustPsql(t, "shop", "select count(*) from pg_statistic_ext where stxname = 'of_left_out'"))
	list, err := os.ReadFile(filepath.Join(l.dir, "postdata.list"))
	require.NoError(t, err)
	require.Contains(t, string(list), " CHECK CONSTRAINT public above zero ")
}
