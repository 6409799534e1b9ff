package hostile_test

import (
	"context"
	"errors"
	"testing"

	"github.com/pgcutover/pgcutover/verify/rehearse"
	"github.com/pgcutover/pgcutover/verify/rehearse/cluster"
	"github.com/pgcutover/pgcutover/verify/rehearse/hostile"
)

// TestHostile takes the database through a whole migration.
func TestHostile(t *testing.T) {
	if testing.Short() {
		t.Skip("takes a minute")
	}
	cluster.NeedPGLogical(t)
	m := of(hostile.Generate(hostile.Options{Source: 15, Target: 15}))
	m.finish = cutover
	m.run(t)
}

// of is the migration of a generated database.
func of(db hostile.Database) migration {
	return migration{content: rehearse.Content{
		Database: db.Name,
		Fill: func(ctx context.Context, primary *cluster.Cluster, database string) error {
			if _, err := primary.Psql(ctx, database, db.SQL); err != nil {
				return err
			}
			missing, err := primary.Psql(ctx, database, unusedCharacters)
			if err == nil && missing != "" {
				err = errors.New("characters that no name of a kind has: " + missing)
			}
			return err
		},
		Config: db.Config,
	}}
}

// unusedCharacters are the kinds of objects and the bytes 1 to 127 that none of their names has.
const unusedCharacters = `
select kind, n from (
  select 'relation ' || relkind::text, string_agg(relname, '') from pg_class where relkind in ('r', 'i', 'S', 'v', 'm', 'c') group by relkind
  union all select 'column', string_agg(attname, '') from pg_attribute
  union all select 'constraint ' || contype::text, string_agg(conname, '') from pg_constraint where contype in ('p', 'u', 'c', 'f') group by contype
  union all select 'type ' || typtype::text, string_agg(typname, '') from pg_type where typtype in ('e', 'd', 'c', 'r', 'm') group by typtype
  union all select 'label', string_agg(enumlabel, '') from pg_enum
  union all select 'schema', string_agg(nspname, '') from pg_namespace
  union all select 'role', string_agg(rolname, '') from pg_roles
  union all select 'function', string_agg(proname, '') from pg_proc
  union all select 'trigger', string_agg(tgname, '') from pg_trigger where not tgisinternal
  union all select 'event trigger', string_agg(evtname, '') from pg_event_trigger
  union all select 'policy', string_agg(polname, '') from pg_policy
  union all select 'rule', string_agg(rulename, '') from pg_rewrite
  union all select 'statistics', string_agg(stxname, '') from pg_statistic_ext
  union all select 'collation', string_agg(collname, '') from pg_collation
  union all select 'operator class', string_agg(opcname, '') from pg_opclass
  union all select 'operator family', string_agg(opfname, '') from pg_opfamily
  union all select 'text search', string_agg(cfgname, '') from pg_ts_config
  union all select 'dictionary', string_agg(dictname, '') from pg_ts_dict
  union all select 'conversion', string_agg(conname, '') from pg_conversion
  union all select 'wrapper', string_agg(fdwname, '') from pg_foreign_data_wrapper
  union all select 'server', string_agg(srvname, '') from pg_foreign_server
  union all select 'language', string_agg(lanname, '') from pg_language
) as k (kind, names), generate_series(1, 127) as n
where strpos(names, chr(n)) = 0 order by 1, 2`
