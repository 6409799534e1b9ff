package standin

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/pgcutover/pgcutover/verify/rehearse/cluster"
)

// loadSchema has what a full load and the changes after it can get wrong.
const loadSchema = `
create type mood as enum ('good', 'it''s "odd", \ and […]: x');
create table rows (id bigint primary key, n numeric(20, 4), f float8, ok boolean, d date, at timestamptz, m mood, bits bit(3), v varchar(40));
create table docs (id integer primary key, body text, raw bytea, j jsonb, tags text[]);
create table "Odd ""Name" ("Key" integer primary key, "va: [x]:lue" varchar(40));
create table nokey (v varchar(20));`

const loadRows = `
insert into rows select i, i / 3.0, i * 1e-7, i % 2 = 0, date '2026-01-01' + i % 300, timestamptz '2026-01-01 00:00+02' + i * interval '1 hour', (enum_range(null::mood))[1 + i % 2], (i % 8)::bit(3), 'row ''' || i from generate_series(1, 1000) i;
insert into docs select i, repeat(md5(i::text), 20), decode(repeat(md5(i::text), 20), 'hex'), jsonb_build_object('k', repeat('é', 50), 'n', i), array['a', 'b "c"', null] from generate_series(1, 50) i;
insert into "Odd ""Name" select i, 'x' from generate_series(1, 10) i;
insert into nokey select 'v' || i from generate_series(1, 10) i;`

// loadChanges come after the slot was made.
const loadChanges = `
begin; update rows set v = 'it''s new-tuple: id[bigint]:1 ''x''', f = 'NaN', n = -5, ok = null where id = 1; delete from rows where id = 2; savepoint a; delete from rows; rollback to a; commit;
insert into rows values (5000, 1e10, 'Infinity', true, 'infinity', 'now', 'good', B'101', e'tab\tand\nline \\ back');
update docs set body = repeat('changed', 1000), j = '{"a": [1, "]: "]}', tags = '{}' where id = 3;
update docs set tags = array['only this'] where id = 4;
insert into docs values (100, 'new', '\xdeadbeef', '[]', '{x}');
insert into "Odd ""Name" values (11, 'y'); delete from "Odd ""Name" where "Key" = 1; update "Odd ""Name" set "va: [x]:lue" = 'old-key: z' where "Key" = 2;
insert into nokey values ('late');
do $$ begin perform pg_logical_emit_message(true, 'x', 'y'); end $$;`

// How long a test waits for what has to come.
const waits, tick = 20 * time.Second, 50 * time.Millisecond

func loading(t *testing.T, change func(*Task)) Task {
	t.Helper()
	var x Task
	x.Resource, x.Plugin, x.FullLoad = "task", "test_decoding", true
	require.NoError(t, json.Unmarshal([]byte(`{"rules": [
		{"rule-type": "selection", "object-locator": {"schema-name": "public", "table-name": "rows"}, "rule-action": "explicit", "load-order": "2"},
		{"rule-type": "selection", "object-locator": {"schema-name": "public", "table-name": "docs"}, "rule-action": "explicit"},
		{"rule-type": "selection", "object-locator": {"schema-name": "public", "table-name": "Odd \"Name"}, "rule-action": "explicit"},
		{"rule-type": "selection", "object-locator": {"schema-name": "public", "table-name": "nokey"}, "rule-action": "explicit"},
		{"rule-type": "table-settings", "object-locator": {"schema-name": "public", "table-name": "rows"}, "parallel-load": {"type": "ranges", "columns": ["id"], "boundaries": [["300"], ["700"]]}}]}`), &x.Mapping))
	require.NoError(t, json.Unmarshal([]byte(`{"TargetMetadata": {"LobMaxSize": 32, "TaskRecoveryTableEnabled": true},
		"FullLoadSettings": {"TargetTablePrepMode": "DO_NOTHING", "StopTaskCachedChangesNotApplied": true, "MaxFullLoadSubTasks": 3},
		"ControlTablesSettings": {"FullLoadExceptionTableEnabled": true, "StatusTableEnabled": true},
		"ChangeProcessingTuning": {"MinTransactionSize": 1},
		"ErrorBehavior": {"DataErrorPolicy": "STOP_TASK", "TableErrorPolicy": "STOP_TASK", "ApplyErrorDeletePolicy": "STOP_TASK", "ApplyErrorInsertPolicy": "STOP_TASK", "ApplyErrorUpdatePolicy": "STOP_TASK"}}`), &x.Settings))
	x.Source.FailTasksOnLobTruncation, x.Source.VarcharMaxBytes = true, defaultVarcharBytes
	x.Target.AfterConnectScript = "set session_replication_role = replica"
	if change != nil {
		change(&x)
	}
	return x
}

// TestFullLoad loads from a source that is written to, stops, goes on, and holds what the source holds; and does the harm that AWS DMS does where it is set to.
func TestFullLoad(t *testing.T) {
	cluster.Need(t)
	source, target := cluster.StartSource(t), cluster.StartTarget(t)
	source.CreateDatabase(t, "shop")
	source.MustPsql(t, "shop", loadSchema+loadRows)
	n := 0
	empty := func(t *testing.T, sql string) string {
		n++
		name := fmt.Sprintf("shop_%d", n)
		target.CreateDatabase(t, name)
		target.MustPsql(t, name, loadSchema+sql)
		return name
	}
	load := func(t *testing.T, x Task, database string) (Loaded, string, error) {
		var log bytes.Buffer
		l, err := x.Load(t.Context(), source.DSN("shop"), target.DSN(database), &log)
		t.Cleanup(func() {
			if l.Task.Slot != "" {
				_, _ = source.Psql(context.WithoutCancel(t.Context()), "postgres", "select pg_drop_replication_slot(slot_name) from pg_replication_slots where slot_name = '"+l.Task.Slot+"'")
			}
		})
		return l, log.String(), err
	}
	all := func(c *cluster.Cluster, database string) string {
		var out []string
		for _, q := range []string{`select * from rows order by id`, `select * from docs order by id`, `select * from "Odd ""Name" order by 1`} {
			out = append(out, c.MustPsql(t, database, q))
		}
		return strings.Join(out, "\n--\n")
	}

	t.Run("a NOT NULL on a LOB", func(t *testing.T) {
		l, _, err := load(t, loading(t, nil), empty(t, "alter table docs alter body set not null"))
		require.ErrorIs(t, err, ErrStopped)
		require.ErrorContains(t, err, `null value in column "body"`)
		require.Equal(t, FatalError, l.StopReason)
	})
	t.Run("a table in error", func(t *testing.T) {
		database := empty(t, "alter table docs add check (id < 40)")
		l, log, err := load(t, loading(t, func(x *Task) { x.Settings.ErrorBehavior.TableErrorPolicy = SuspendTable }), database)
		require.NoError(t, err)
		states := map[string]string{}
		for _, x := range l.Tables {
			states[x.Name] = x.State
		}
		require.Equal(t, map[string]string{"rows": TableCompleted, "docs": TableError, `Odd "Name`: TableCompleted, "nokey": TableCompleted}, states)
		require.Equal(t, "docs", target.MustPsql(t, database, `select "TABLE_NAME" from awsdms_full_load_exceptions`))
		require.Contains(t, log, "]E:")
	})
	t.Run("rows that are there", func(t *testing.T) {
		_, _, err := load(t, loading(t, nil), empty(t, "insert into rows (id) values (500)"))
		require.ErrorContains(t, err, "duplicate key")
	})
	t.Run("LOBs that are not to be cut", func(t *testing.T) {
		source.MustPsql(t, "shop", "insert into docs values (200, repeat('x', 20000))")
		defer source.MustPsql(t, "shop", "delete from docs where id = 200")
		_, _, err := load(t, loading(t, nil), empty(t, ""))
		require.ErrorContains(t, err, "longer than 32768 bytes", "two bytes for each character")
	})
	t.Run("LOBs cut", func(t *testing.T) {
		source.MustPsql(t, "shop", "insert into docs values (200, repeat('x', 20000))")
		defer source.MustPsql(t, "shop", "delete from docs where id = 200")
		database := empty(t, "")
		l, log, err := load(t, loading(t, func(x *Task) { x.Source.FailTasksOnLobTruncation = false }), database)
		require.NoError(t, err)
		require.Equal(t, "16384", target.MustPsql(t, database, "select length(body) from docs where id = 200"))
		require.Contains(t, log, "The value of column 'body' in table 'public.docs' was truncated")
		require.Equal(t, int64(1071), l.Rows())
	})
	t.Run("as planned", func(t *testing.T) {
		database := empty(t, "")
		before := all(source, "shop")
		l, _, err := load(t, loading(t, nil), database)
		require.NoError(t, err)
		require.Equal(t, AfterFullLoad, l.StopReason)
		require.Equal(t, int64(1070), l.Rows())
		source.MustPsql(t, "shop", loadChanges)
		require.Equal(t, before, all(target, database), "the changes wait in the slot")
		require.Equal(t, "f|test_decoding", source.MustPsql(t, "shop", "select active, plugin from pg_replication_slots where slot_name = '"+l.Task.Slot+"'"))

		var log bytes.Buffer
		r, err := l.Task.Start(t.Context(), source.DSN("shop"), target.DSN(database), true, &log)
		require.NoError(t, err)
		arrives := func() {
			t.Helper()
			deadline := time.Now().Add(waits)
			for all(source, "shop") != all(target, database) && time.Now().Before(deadline) {
				time.Sleep(tick)
			}
			require.Equal(t, strings.Split(all(source, "shop"), "\n"), strings.Split(all(target, database), "\n"))
		}
		arrives()
		require.NoError(t, r.Stop(t.Context()), log.String())
		require.Equal(t, source.MustPsql(t, "shop", "select count(*), max(v) from nokey"), target.MustPsql(t, database, "select count(*), max(v) from nokey"))

		source.MustPsql(t, "shop", "truncate nokey; update rows set n = 7 where id = 3")
		r, err = l.Task.Start(t.Context(), source.DSN("shop"), target.DSN(database), true, &log)
		require.NoError(t, err)
		arrives()
		require.NoError(t, r.Stop(t.Context()), log.String())
		require.Equal(t, "11", target.MustPsql(t, database, "select count(*) from nokey"), "the settings have no TRUNCATE applied")

		require.NoError(t, l.Task.Drop(t.Context(), source.DSN("shop")))
		require.NoError(t, l.Task.Drop(t.Context(), source.DSN("shop")), "one that is gone")
		require.Equal(t, "0", source.MustPsql(t, "shop", "select count(*) from pg_replication_slots where slot_name = '"+l.Task.Slot+"'"))
	})
}

func TestRanges(t *testing.T) {
	m := loading(t, nil).Mapping
	require.Equal(t, []string{`("id") <= ('300')`, `("id") <= ('700') and ("id") > ('300')`, `("id") > ('700')`}, m.ranges("public", "rows"))
	require.Equal(t, []string{""}, m.ranges("public", "docs"))
	require.Equal(t, 2, m.order("public", "rows"))
	require.Zero(t, m.order("public", "docs"))
}
