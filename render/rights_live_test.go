package render_test

import (
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/pgcutover/pgcutover/planner"
	"github.com/pgcutover/pgcutover/render"
	"github.com/pgcutover/pgcutover/verify/rehearse/cluster"
)

// ownedByApp gives what a superuser has made to a role that is none.
const ownedByApp = `do $$
declare statement text;
begin
  for statement in
    select format('alter table %I.%I owner to app', n.nspname, c.relname) from pg_class c join pg_namespace n on n.oid = c.relnamespace
      where c.relkind in ('r', 'p') and n.nspname !~ '^pg_|^information_schema$' and c.relowner = current_user::regrole
    union all select format('alter schema %I owner to app', nspname) from pg_namespace where nspname = 'we"ird $x'
  loop
    execute statement;
  end loop;
end $$`

var (
	hintLine     = regexp.MustCompile(`(?m)^HINT:  (.*)$`)
	hintOfScript = regexp.MustCompile(`(?m)^[^ ]*: hint: (.*)$`)
)

// Somebody who may do next to nothing is told by every SQL file what he lacks, and what gives it to him is enough: with exactly that
// granted the file does its work. Files that only a superuser can run say so.
func TestRightsOfSQLFiles(t *testing.T) {
	native := func(o *planner.Options) {
		*o = planner.DefaultsFor(planner.EngineNative)
		o.Native.Connection, o.Native.WayBack = map[string]string{"host": "src"}, map[string]string{"host": "dst"}
	}
	for _, c := range []struct {
		name       string
		engine     func(*planner.Options)
		major      int
		sql        string
		superusers bool     // own the tables
		superuser  []string // files that say that only a superuser can run them
	}{
		{name: "9.6, dms", major: 906, sql: olderSQL, superusers: true, superuser: []string{"10-source/13-role.sql", "30-target/33-relax.sql", "40-load/41-ledger.sql", "50-cdc/dms/51-control.sql"}},
		{name: "10, native", major: 10, engine: native, sql: olderSQL, superuser: []string{"10-source/13-role.sql", "50-cdc/native/53-way-back.sql"}},
		{name: "15, dms", major: 15, sql: sampleSQL, superuser: []string{"10-source/13-role.sql", "10-source/15-node.sql", "50-cdc/dms/51-control.sql"}},
		{name: "15, native", major: 15, engine: native, sql: sampleSQL, superuser: []string{"10-source/13-role.sql", "50-cdc/native/53-way-back.sql"}},
		{name: "17, native", major: 17, engine: native, sql: sampleSQL},
		{name: "18, native", major: 18, engine: native, sql: sampleSQL},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			target := c.major
			if target == 906 { // 9.6 is no target
				target = 10
			}
			preload := "shared_preload_libraries="
			if c.engine == nil && c.major == 15 {
				cluster.NeedPGLogical(t)
				preload += "pglogical"
			}
			s := &site{
				src: cluster.StartWith(t, cluster.Options{Role: cluster.Source, Major: c.major, Settings: []string{preload}}),
				dst: cluster.StartWith(t, cluster.Options{Role: cluster.Target, Major: target, Settings: []string{"wal_level=logical"}}),
				dir: t.TempDir(),
			}
			s.src.CreateDatabase(t, "shop")
			s.dst.CreateDatabase(t, "shop")
			sql := strings.ReplaceAll(c.sql, "create extension hstore;", "create domain hstore as text;") // plain servers have no extensions
			s.src.MustPsql(t, "shop", sql)
			s.makePlan(t, c.engine)
			b := s.bundle(t, "clerk")
			s.dst.MustPsql(t, "shop", sql) // as 32-schema.sh leaves it: each table with its owner
			if !c.superusers {
				for _, server := range []*cluster.Cluster{s.src, s.dst} {
					server.MustPsql(t, "shop", ownedByApp)
				}
			}
			for _, server := range []*cluster.Cluster{s.src, s.dst} {
				server.MustPsql(t, "postgres", "create role clerk login")
			}
			clerk, postgres := s.as(t, "clerk"), s.as(t, "postgres")

			var superuser []string
			lacking := map[string]int{}
			for _, a := range b.Steps() {
				if !strings.HasSuffix(a.Path, ".sql") || a.Path == "10-source/15-node.sql" && c.major != 15 {
					continue
				}
				server := s.dst
				if a.On == render.OnSource {
					server = s.src
				}
				s.env = clerk
				out, code := s.run(t, a.Path)
				if code != 0 {
					require.Equal(t, 3, code, out)
					require.Contains(t, out, "role clerk ", a.Path)
					found := hintLine.FindStringSubmatch(out)
					require.NotNil(t, found, "%s: %s", a.Path, out)
					needsSuperuser := false
					for _, remedy := range strings.Split(found[1], "; ") {
						if strings.HasPrefix(remedy, "let a superuser") {
							needsSuperuser = true
							continue
						}
						require.Regexp(t, "^(GRANT|ALTER ROLE) ", remedy)
						server.MustPsql(t, "shop", remedy)
						lacking[a.Path]++
					}
					if needsSuperuser {
						superuser = append(superuser, a.Path)
						s.env = postgres
					}
					s.must(t, a.Path)
				}
				s.env = clerk
			}
			require.Equal(t, c.superuser, superuser)
			if c.engine == nil {
				return
			}
			scripts := []string{"10-source/16-members.sh", "10-source/17-slots.sh"}
			if c.major >= 16 {
				scripts = scripts[:1] // REPLICATION was among what 13-role.sql needed
			}
			for _, script := range scripts {
				out := s.refused(t, []string{"the role of service pgcutover_source "}, script)
				for _, found := range hintOfScript.FindAllStringSubmatch(out, -1) {
					s.src.MustPsql(t, "shop", found[1])
				}
				s.must(t, script)
			}
			require.NotEmpty(t, lacking["10-source/14-markers.sql"])
			require.NotEmpty(t, lacking["30-target/31-roles.sql"])
		})
	}
}
