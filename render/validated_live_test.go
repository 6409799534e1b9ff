package render_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/pgcutover/pgcutover/planner"
	"github.com/pgcutover/pgcutover/verify"
	"github.com/pgcutover/pgcutover/verify/rehearse/cluster"
)

// With cutover.validate: after no table is read in the freeze, and everything is proven while the application writes.
func TestValidatedAfterTheSwitch(t *testing.T) {
	s := newSite(t, `
create table public.parents (id int primary key);
insert into public.parents select n from generate_series(1, 1000) n;
create table public."Tall's" (id int primary key, parent int not null references public.parents, body text not null, "Bo""dy" text not null);
insert into public."Tall's" select n, 1 + n % 1000, repeat('w', 500), 'b' from generate_series(1, 30000) n;
create table public.short (id int primary key, parent int references public.parents, body text not null);
insert into public.short select n, n, 'b' from generate_series(1, 10) n;
create type public.place as (street text, number int);
create table public.placed (id int primary key, at public.place not null, filler text);
insert into public.placed select n, row('a', null)::public.place, repeat('f', 500) from generate_series(1, 30000) n;
create table public.log (id int primary key, body text not null);
create table public.log_1 (primary key (id)) inherits (public.log);
insert into public.log_1 select n, repeat('l', 500) from generate_series(1, 30000) n;
create table public.parts (id int, day date, body text not null, primary key (id, day)) partition by range (day);
create table public.part_1 partition of public.parts for values from ('2020-01-01') to ('2025-01-01');
insert into public.parts select n, '2024-01-01', 'b' from generate_series(1, 10) n;
`, func(o *planner.Options) { o.Cutover.Validate = planner.ValidateAfter })
	gate := func(g verify.Gate, codes ...string) []string {
		t.Helper()
		state, err := os.ReadFile(filepath.Join(s.dir, "state.json"))
		require.NoError(t, err)
		return gateSays(t, s.plan, string(state), map[verify.Side]*cluster.Cluster{verify.Source: s.src, verify.Target: s.dst}, "postgres", g, verify.ChecksOf(s.plan), codes...)
	}
	const open = `select string_agg(what, ', ' order by what collate "C") from (
		select conname::text from pg_constraint where not convalidated and connamespace = 'public'::regnamespace
		union all select attrelid::regclass || '.' || attname from pg_attribute where not attnotnull and attname in ('body', 'Bo"dy', 'at') and attrelid in (select oid from pg_class where relkind in ('r', 'p'))) as x (what)`
	s.must(t, "40-load/42-load.sh")
	s.refused(t, []string{"state.json has no freeze.at yet", "the cutover comes first"}, "70-cutover/79-validate.sh")
	s.must(t, "70-cutover/71-freeze.sh")
	s.refused(t, []string{"nothing is to be validated yet", "74-constraints.sh comes first"}, "70-cutover/79-validate.sh")
	require.Contains(t, s.must(t, "70-cutover/74-constraints.sh"), "79-validate.sh looks at rows")
	const waiting = `"Tall's".Bo"dy, "Tall's".body, Tall's_parent_fkey, log.body, log_1.body, part_1.body, parts.body, pgcutover_not_null_1, pgcutover_not_null_2, ` +
		`pgcutover_not_null_3, pgcutover_not_null_3, pgcutover_not_null_4, pgcutover_not_null_5, pgcutover_not_null_5, pgcutover_not_null_6, placed.at`
	require.Equal(t, waiting, s.target(t, open), "what takes no longer than the step is done in the freeze")
	for sql, refused := range map[string]string{
		`insert into public."Tall's" values (-1, 1, null, 'b')`: "pgcutover_not_null",
		`insert into public."Tall's" values (-1, -1, 'b', 'b')`: "Tall's_parent_fkey",
		`insert into public.parts values (-1, '2024-01-01')`:    "pgcutover_not_null",
		`update public.part_1 set body = null`:                  "pgcutover_not_null",
		`insert into public.placed values (-2, null, 'f')`:      "pgcutover_not_null",
		`insert into public.log_1 values (-1, null)`:            "pgcutover_not_null",
		`insert into public.short (id, parent) values (-1, -1)`: `null value in column "body"`,
		`insert into public.short values (-1, -1, 'an orphan')`: "short_parent_fkey",
	} {
		_, err := s.dst.Psql(t.Context(), "shop", sql)
		require.ErrorContains(t, err, refused, sql)
	}
	s.target(t, `insert into public.placed values (-1, row('no number', null)::public.place, 'f')`)
	says(t, gate(verify.Cutover, "G7-COLS", "G7-CON"), `warn G7-COLS public."Tall's"|column body refuses NULLs by a CHECK|79-validate.sh`, `warn G7-COLS public."Tall's"|"Bo""dy"`,
		"warn G7-COLS public.log: ", "warn G7-COLS public.log_1", "warn G7-COLS public.part_1", "warn G7-COLS public.parts", "warn G7-COLS public.placed", `warn G7-CON public."Tall's"|those that are there nobody has looked at|79-validate.sh`)
	unproven := []string{`fail G8-VALID public."Tall's": foreign key "Tall's_parent_fkey" is not validated|79-validate.sh`, `fail G8-VALID public."Tall's": NOT NULL of "Bo""dy"`, `fail G8-VALID public."Tall's": NOT NULL of body`,
		"fail G8-VALID public.log: NOT NULL of body", "fail G8-VALID public.log_1: NOT NULL of body", "fail G8-VALID public.parts: NOT NULL of body", "fail G8-VALID public.placed: NOT NULL of at"}
	says(t, gate(verify.After, "G8-VALID"), unproven...)

	// The cutover is called off: what is applied then may leave values empty again.
	s.must(t, "30-target/33-relax.sql")
	require.Equal(t, "0", s.target(t, "select count(*) from pg_constraint where conname like 'pgcutover%'"))
	s.must(t, "70-cutover/74-constraints.sh")
	require.Equal(t, waiting, s.target(t, open))

	// The application writes. One of its transactions keeps a table from being altered, and a copy that was not the source has an orphan.
	s.target(t, `set session_replication_role = replica; insert into public."Tall's" values (-7, -7, 'b', 'b')`)
	ctx, stop := context.WithCancel(t.Context())
	wrote := make(chan error, 1)
	go func() {
		conn, err := pgx.Connect(ctx, s.dst.DSN("shop"))
		for n := 0; err == nil && ctx.Err() == nil; n++ {
			_, err = conn.Exec(context.WithoutCancel(ctx), `insert into public."Tall's" values ($1, 1, 'new', 'new')`, 100_000+n)
		}
		wrote <- err
	}()
	reader, err := pgx.Connect(t.Context(), s.dst.DSN("shop"))
	require.NoError(t, err)
	defer reader.Close(context.Background())
	_, err = reader.Exec(t.Context(), `begin; select from public.parts limit 1`)
	require.NoError(t, err)
	out, status := s.run(t, "70-cutover/79-validate.sh", "--jobs", "2")
	require.Equal(t, 2, status, out)
	require.Contains(t, out, "Key (parent)=(-7) is not present")
	require.Contains(t, out, "lock timeout")
	require.Contains(t, out, "validation of foreign keys: 1 of 2 tables failed, see above; NOT NULL: 1 of 6 tables failed")
	require.Equal(t, `Tall's_parent_fkey, part_1.body, parts.body`, s.target(t, open), "what fails keeps the rest from nothing")
	require.Contains(t, strings.Join(gate(verify.After, "G8-VALID"), "\n"), "public.parts")
	_, err = reader.Exec(t.Context(), `commit`)
	require.NoError(t, err)
	s.target(t, `set session_replication_role = replica; delete from public."Tall's" where id = -7`)
	s.must(t, "70-cutover/79-validate.sh")
	stop()
	require.NoError(t, <-wrote, "nobody who writes waits in vain")
	require.Empty(t, s.target(t, open))
	require.NotRegexp(t, `: [1-9][0-9]* steps done`, s.must(t, "70-cutover/79-validate.sh"), "nothing is done twice")
	require.ElementsMatch(t, strings.Split(s.rep.MustPsql(t, "shop", structure), "\n"), strings.Split(s.target(t, structure), "\n"))
	require.Empty(t, gate(verify.After, "G8-VALID"))
	s.target(t, `alter table public."Tall's" drop column "Bo""dy"`)
	says(t, gate(verify.After, "G8-VALID"), "warn G8-VALID|is not on the target any more")
}
