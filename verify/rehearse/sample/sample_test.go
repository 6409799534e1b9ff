package sample_test

import (
	"context"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/pgcutover/pgcutover/verify/rehearse/cluster"
	"github.com/pgcutover/pgcutover/verify/rehearse/sample"
	"github.com/pgcutover/pgcutover/verify/rehearse/workload"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func connect(t *testing.T, c *cluster.Cluster, db string) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), c.CreateDatabase(t, db))
	require.NoError(t, err)
	t.Cleanup(func() { conn.Close(context.Background()) })
	return conn
}

// tables is the condition on pg_class c that leaves the sample's own relations.
const own = ` c.relnamespace::regnamespace::text in ('public', 'billing', '"Reporting"') `

// TestSample loads the sample once, checks that it is what its package says, and lets the application work on it.
func TestSample(t *testing.T) {
	src := cluster.StartSource(t)
	require.NoError(t, sample.Load(t.Context(), connect(t, src, "calltrack")))
	one := func(t *testing.T, sql string) string { return src.MustPsql(t, "calltrack", sql) }

	traits := map[string]string{
		"a few dozen tables":             `select count(*) between 36 and 60 from pg_class c where relkind in ('r', 'p') and` + own,
		"120 to 200 MB":                  `select sum(pg_total_relation_size(oid)) between 120e6 and 200e6 from pg_class c where relkind = 'r' and` + own,
		"calls is 60 to 70 % of it":      `select pg_total_relation_size('calls') / sum(pg_total_relation_size(oid)) between 0.6 and 0.7 from pg_class c where relkind = 'r' and` + own,
		"tables without primary key":     `select count(*) = 2 from pg_class c where relkind = 'r' and not exists (select from pg_index i where i.indrelid = c.oid and i.indisprimary) and` + own,
		"native partitions":              `select count(*) = 7 from pg_inherits where inhparent = 'call_events'::regclass`,
		"every partition has rows":       `select count(distinct tableoid) = 7 from call_events`,
		"inherited tree, rows in each":   `select count(distinct tableoid) = 3 from audit_log`,
		"unlogged":                       `select count(*) = 1 from pg_class c where relpersistence = 'u' and relkind = 'r' and` + own,
		"partial unique index":           `select count(*) >= 1 from pg_index where indisunique and indpred is not null`,
		"expression unique index":        `select count(*) >= 1 from pg_index i join pg_class c on c.oid = i.indrelid where indisunique and indexprs is not null and` + own,
		"INCLUDE":                        `select count(*) = 1 from pg_index i join pg_class c on c.oid = i.indrelid where indnatts > indnkeyatts and` + own,
		"deferrable unique constraints":  `select count(*) = 2 from pg_constraint where contype = 'u' and condeferrable`,
		"exclusion constraints":          `select count(*) = 2 from pg_constraint where contype = 'x'`,
		"constraint not validated":       `select count(*) = 1 from pg_constraint where not convalidated`,
		"replica identity by index":      `select count(*) = 1 from pg_class where relreplident = 'i'`,
		"NOT NULL LOBs of three kinds":   `select count(distinct atttypid) = 3 from pg_attribute a join pg_class c on c.oid = attrelid where attnotnull and relname in ('recordings', 'transcripts') and atttypid in ('text'::regtype, 'jsonb'::regtype, 'bytea'::regtype)`,
		"a LOB over 64 KB":               `select max(octet_length(body)) > 65536 from transcripts`,
		"generated columns":              `select count(*) = 2 from pg_attribute where attgenerated = 's' and attnum > 0 and attrelid in (select oid from pg_class where relkind = 'r')`,
		"identity of both kinds":         `select count(distinct attidentity) = 2 from pg_attribute a join pg_class c on c.oid = a.attrelid where attidentity <> '' and` + own,
		"descending sequence in use":     `select last_value < -1 from billing.credit_note_number`,
		"cycled sequence":                `select seqcycle and seqtypid = 'smallint'::regtype from pg_sequence where seqrelid = 'rotation'::regclass`,
		"sequence never used":            `select not is_called from "Reporting"."Ticket No."`,
		"sequences that nobody owns":     `select count(*) = 4 from pg_class c where relkind = 'S' and not exists (select from pg_depend d where d.objid = c.oid and d.deptype in ('a', 'i')) and` + own,
		"enum, domain, composite":        `select count(distinct typtype) = 3 from pg_type t where typnamespace = 'public'::regnamespace and (typtype in ('e', 'd') or typname = 'postal_address')`,
		"views and a materialized one":   `select count(*) filter (where relkind = 'v') = 2 and count(*) filter (where relkind = 'm') = 1 from pg_class c where` + own,
		"row level security":             `select relrowsecurity from pg_class where relname = 'support_tickets'`,
		"triggers":                       `select count(*) = 2 from pg_trigger where not tgisinternal`,
		"a circle of foreign keys":       `select count(*) = 2 from pg_constraint where contype = 'f' and (conrelid, confrelid) in (('accounts'::regclass, 'users'::regclass), ('users'::regclass, 'accounts'::regclass))`,
		"a newline in a name":            `select count(*) = 1 from pg_class where relkind = 'r' and relname ~ E'\n'`,
		"a name of 63 bytes":             `select count(*) = 1 from pg_class where relkind = 'r' and octet_length(relname) = 63`,
		"a name that DMS cannot carry":   `select count(*) = 1 from pg_class where relkind = 'r' and relname = E'5" screen \\ share'`,
		"the same row twice without key": `select count(*) > count(distinct (i.*)::text) from import_rows i`,
		"roles with odd names":           `select count(*) = 4 from pg_roles where rolname like 'calltrack%' or rolname = 'Auditor $1 o''Neill'`,
	}
	for trait, sql := range traits {
		t.Run(trait, func(t *testing.T) { require.Equal(t, "t", one(t, sql)) })
	}
	require.Equal(t, sample.Unportable[1], one(t, `select relname from pg_class where relname ~ 'screen' and relkind = 'r'`))

	t.Run("workload", func(t *testing.T) {
		one(t, `select pg_stat_reset()`)
		before := one(t, `select pg_current_xact_id()::text::bigint`)
		w, err := sample.StartWorkload(t.Context(), src.DSN("calltrack"), workload.Options{
			Rate: 400, LargeEvery: 500 * time.Millisecond, LongEvery: 400 * time.Millisecond, LongFor: 100 * time.Millisecond, Seed: 1,
		})
		require.NoError(t, err)
		deadline := time.After(time.Minute)
		for s := w.Stats(); s.Committed < 600 || s.Large < 2 || s.Long < 2 || s.Savepoints < 10; s = w.Stats() {
			select {
			case <-time.After(10 * time.Millisecond):
			case <-deadline:
				t.Fatalf("after a minute only %+v", s)
			case <-w.Failed():
				_, err := w.Stop()
				t.Fatal(err)
			}
		}
		// Every kind of transaction leaves its mark sooner or later.
		const untouched = `select string_agg(format('%s %s', kind, name), ', ') from (values
			('ins', 'calls'), ('ins', 'call_events_June 2026'), ('ins', 'webhook_deliveries'), ('del', 'webhook_deliveries'), ('ins', 'call_tags'), ('del', 'call_tags'),
			('upd', 'agent_status'), ('upd', 'calls'), ('upd', 'accounts'), ('upd', 'transcripts'), ('ins', 'recordings'), ('ins', 'import_rows'),
			('ins', 'payments'), ('upd', 'invoices'), ('upd', 'teams'), ('upd', 'select'), ('ins', E'line one\nline two'), ('upd', E'5" screen \\ share')) w (kind, name)
			where not exists (select from pg_stat_user_tables t where t.relname = w.name
				and case w.kind when 'ins' then n_tup_ins when 'upd' then n_tup_upd else n_tup_del end > 0)`
		require.Eventually(t, func() bool { return one(t, untouched) == "" }, time.Minute, 200*time.Millisecond, "nobody wrote to some")
		require.Equal(t, "4", one(t, `select count(*) from pg_stat_activity where application_name = 'calltrack'`))
		stats, err := w.Stop()
		require.NoError(t, err)
		again, err := w.Stop()
		require.NoError(t, err)
		require.Equal(t, stats, again)
		require.Equal(t, "0", one(t, `select count(*) from pg_stat_activity where application_name = 'calltrack'`), "connections are closed")
		require.Equal(t, "0", one(t, `select count(*) from import_rows where batch = -1`), "rolled back savepoints leave nothing")
		require.Equal(t, "t", one(t, `select pg_current_xact_id()::text::bigint - `+before+` >= 600`))
	})

	t.Run("workload meets an error", func(t *testing.T) {
		one(t, `alter table agent_status rename to agent_state`)
		w, err := sample.StartWorkload(t.Context(), src.DSN("calltrack"), workload.Options{})
		require.NoError(t, err)
		<-w.Failed()
		_, err = w.Stop()
		require.ErrorContains(t, err, `relation "agent_status" does not exist`)
	})
}

func TestLoadSchemaLeavesTablesEmpty(t *testing.T) {
	c := cluster.StartTarget(t)
	conn := connect(t, c, "empty")
	require.NoError(t, sample.LoadSchema(t.Context(), conn))
	require.Equal(t, "0|0", c.MustPsql(t, "empty", `select (select count(*) from calls), (select count(*) from accounts)`))
	require.ErrorContains(t, sample.LoadSchema(t.Context(), conn), "already exists")
}
