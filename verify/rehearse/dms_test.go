package rehearse

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pglogrepl"
	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/pgcutover/pgcutover/planner"
	"github.com/pgcutover/pgcutover/verify"
	"github.com/pgcutover/pgcutover/verify/rehearse/cluster"
	"github.com/pgcutover/pgcutover/verify/rehearse/standin"
	"github.com/pgcutover/pgcutover/verify/rehearse/workload"
)

// The tables of the losses, each for one of the ways in which AWS DMS can lose what is in it.
const lossesSchema = `
create table items (id bigint primary key, name varchar(40), n integer not null default 0, note text);
create table left_set (id integer primary key, v text);                           -- leaves its set for a while
create table keyed (id integer primary key, v varchar(10));                       -- its key is updated
create table docs (id integer primary key, body text not null);                   -- LOBs
create table payloads (id integer primary key, body jsonb);                       -- LOBs that make no sense when they are cut
create table seats (id integer primary key, seat integer unique);                 -- unique keys besides the primary key
create table imported (batch integer, raw text);                                  -- no key
create table emptied (id integer primary key);                                    -- is truncated
create table doomed (id integer primary key);                                     -- a row is missing on the target and deleted on the source
create table memos (id integer primary key, memo varchar);                         -- a varchar without a length
create table prices (id integer primary key, price numeric);                      -- a numeric without a precision
insert into items select i, 'item ' || i, 0, repeat('x', i % 50) from generate_series(1, 2000) i;
insert into left_set select i, 'before' from generate_series(1, 10) i;
insert into keyed select i, 'v' from generate_series(1, 10) i;
insert into docs select i, repeat(md5(i::text), 600) from generate_series(1, 10) i;
insert into payloads select i, to_jsonb(repeat(md5(i::text), 600)) from generate_series(1, 10) i;
insert into seats select i, i from generate_series(1, 100) i;
insert into imported select i, 'before' from generate_series(1, 10) i;
insert into emptied select generate_series(1, 10);
insert into doomed select generate_series(1, 10);
insert into memos select i, repeat('m', 9000) from generate_series(1, 10) i;
insert into prices select i, 1.5 from generate_series(1, 10) i;`

const lossesConfig = `slots: {count: 1}
tables: {inserts_only: [public.imported]}
wal: {source_free_bytes: %d, replica_free_bytes: %d}
accept:
  - {code: TY104, subject: "*", reason: it is what the test is about}
  - {code: TY106, subject: "*", reason: it is what the test is about}
`

// writes is what happens after the pause to the tables of the losses.
const lossesWrites = `
insert into left_set values (12, 'back in the set');
update keyed set id = 100 where id = 1;
update keyed set v = 'after' where id = 2;
insert into docs values (11, repeat('é', 10000)), (12, repeat('a', 20000));
update docs set body = repeat('b', 20000) where id = 1;
insert into payloads values (11, to_jsonb(repeat('c', 20000)));
begin; update seats set seat = 1000 where id = 1; insert into seats values (101, 1); commit;
insert into imported values (11, 'after');
truncate emptied;
delete from doomed where id = 5;
insert into memos values (11, repeat('m', 10000));
insert into prices values (11, 0.123456789);
insert into items values (-2, 'the last');
update pgcutover.marker_dms_slot_01 set token = 'the last', source_lsn = pg_current_wal_insert_lsn() where id = 1;`

// hand is an application that writes items.
type hand struct{ rand *rand.Rand }

func (h hand) Pick() workload.Transaction {
	return func(ctx context.Context, tx pgx.Tx) (int64, error) {
		id := 1 + h.rand.IntN(2000)
		_, err := tx.Exec(ctx, fmt.Sprintf(`update items set n = n + 1 where id = %[1]d; savepoint a; update items set n = -1 where id = %[1]d; rollback to a;
			insert into items values (%[2]d, 'new', 0, 'of its own') on conflict do nothing; delete from items where id = %[3]d`, id, 10_000+h.rand.IntN(100_000), 10_000+h.rand.IntN(100_000)))
		return 1, err
	}
}

func (h hand) Large(ctx context.Context, tx pgx.Tx) (int64, error) {
	_, err := tx.Exec(ctx, "update items set n = n + 1 where id < 1000")
	return 0, err
}

func (h hand) Long(ctx context.Context, tx pgx.Tx, wait workload.Wait) (int64, error) {
	_, err := tx.Exec(ctx, fmt.Sprintf("insert into items values (%d, 'long')", h.rand.Int64N(1<<40)+1_000_000))
	wait()
	return 0, err
}

// losses is a migration whose slot is read again and again, each time into a copy of the loaded target.
type losses struct {
	*migration
	later, earlier pglogrepl.LSN // wrong positions
	n              int
}

// TestDMSLosses lets stand-ins for AWS DMS lose rows: by a position that is not the captured one, by sets that were not whole, by settings that the
// planner did not choose. Each loss is seen to be real. Where a gate can see it coming it does, before anything is applied.
func TestDMSLosses(t *testing.T) {
	if testing.Short() {
		t.Skip("takes a minute")
	}
	cluster.NeedPGLogical(t)
	l := &losses{migration: &migration{program: buildProgram(t), out: filepath.Join(t.TempDir(), "demo")}}
	var app *workload.Workload
	var straddler *pgx.Conn
	err := Run(t.Context(), Options{
		Program: l.program, Out: l.out, Stdout: &l.said,
		Content: Content{
			Database: "shop", About: "tables to lose rows of",
			Fill: func(ctx context.Context, c *cluster.Cluster, database string) error {
				_, err := c.Psql(ctx, database, lossesSchema)
				return err
			},
			Config: func(source, replica int64) string { return fmt.Sprintf(lossesConfig, source, replica) },
			Write: func(ctx context.Context, dsn string) (w Application, err error) {
				app, err = workload.Start(ctx, dsn, workload.Options{Rate: 100, Seed: 1}, func(r *rand.Rand) workload.Hand { return hand{r} })
				return app, err
			},
		},
		AfterSetup: func(s Servers) { l.servers = s },
		AfterEach: func(s Step) {
			ctx := t.Context()
			switch s.Name {
			case "gate ready-to-pause": // a transaction that the pause cuts in two
				var err error
				straddler, err = pgx.Connect(ctx, l.servers.Source.DSN("shop"))
				require.NoError(t, err)
				_, err = straddler.Exec(ctx, "begin; insert into items values (-1, 'in flight')")
				require.NoError(t, err)
			case pause:
				_, err := straddler.Exec(ctx, "commit")
				require.NoError(t, err)
				require.NoError(t, straddler.Close(ctx))
				l.later = l.lsn(t, "select pg_current_wal_insert_lsn()")
				l.earlier = l.lsn(t, "select confirmed_flush_lsn from pg_replication_slots where slot_name = 'dms_slot_01'")
			case "plan":
				b, err := os.ReadFile(filepath.Join(l.out, "plan.md"))
				require.NoError(t, err)
				for _, code := range []string{"CV108", "ID113", "TY104", "TY106"} { // TRUNCATE, updates of keys, LOBs without a key, numerics
					require.Contains(t, string(b), code)
				}
			case "gate paused":
				t.Run(s.Name, func(t *testing.T) { l.positions(t, "paused", "G2-LSN") })
			case "gate loaded":
				t.Run(s.Name, func(t *testing.T) {
					l.positions(t, "loaded", "G3-LSN")
					l.caught(t)
				})
				l.servers.Source.MustPsql(t, "shop", "select pg_copy_logical_replication_slot('dms_slot_01', 'untrimmed')")
			}
		},
		BeforeFinish: func(Servers) {
			_, err := app.Stop()
			require.NoError(t, err)
			l.servers.Source.MustPsql(t, "shop", lossesWrites)
			l.lose(t)
		},
	})
	if err != nil || t.Failed() {
		t.Log(l.said.String())
	}
	require.NoError(t, err)
}

func (l *losses) lsn(t *testing.T, sql string) pglogrepl.LSN {
	lsn, err := pglogrepl.ParseLSN(l.servers.Source.MustPsql(t, "shop", sql))
	require.NoError(t, err)
	return lsn
}

// positions writes wrong ones into state.json, and looks whether a gate says so by a check.
func (l *losses) positions(t *testing.T, gate, code string) {
	file := filepath.Join(l.out, "state.json")
	state, err := readState(file)
	require.NoError(t, err)
	for _, c := range []struct {
		name string
		at   pglogrepl.LSN
	}{{"a later position", l.later}, {"an earlier position", l.earlier}} {
		t.Run(c.name, func(t *testing.T) {
			wrong, pause := state, *state.Pause
			pause.LSN = verify.LSN(c.at)
			wrong.Pause = &pause
			require.NotEqual(t, state.Pause.LSN, pause.LSN)
			require.NoError(t, writeState(file, wrong))
			a := l.answers(t, gate)
			require.NoError(t, writeState(file, state))
			require.Contains(t, a.fails, code, a.details)
		})
	}
}

// caught makes what will lose rows, and looks whether the gate says so.
func (l *losses) caught(t *testing.T) {
	t.Run("a member that left its set", func(t *testing.T) {
		l.servers.Source.MustPsql(t, "shop", "select pglogical.replication_set_remove_table('idms_slot_01', 'left_set')")
		a := l.answers(t, "loaded")
		require.Equal(t, []string{"G1-MEMBER"}, a.fails, a.details)
		l.servers.Source.MustPsql(t, "shop", "insert into left_set values (11, 'while it was out')")
		l.servers.Source.MustPsql(t, "shop", "select pglogical.replication_set_add_table('idms_slot_01', 'left_set', false)")
		a = l.answers(t, "loaded")
		require.Equal(t, []string{"G1-MEMBER"}, a.fails, "it is back, and what was written in between is lost: "+a.details)
	})
	t.Run("a table that came late", func(t *testing.T) {
		l.servers.Source.MustPsql(t, "shop", `create table late (id integer primary key); insert into late values (1);
			select pglogical.replication_set_add_table('dms_slot_01', 'late', false), pglogical.replication_set_add_table('idms_slot_01', 'late', false); insert into late values (2)`)
		a := l.answers(t, "loaded")
		require.Contains(t, a.fails, "G0-DRIFT", a.details)
		require.Contains(t, a.details, "late")
	})
}

// An attempt is one try to apply what the slot has.
type attempt struct {
	name   string
	change func(*standin.Task)
	before string   // SQL on the copy of the target
	want   []string // tables that differ, besides those that differ whatever is done
	stops  string   // why the task stops; empty: it does not
	slot   string   // that is read; empty: one that was not trimmed
	resume bool     // it is stopped in between, and its slot has forgotten what was confirmed
	misses bool     // the gate "cdc" misses the transaction that spans the pause
	caught []string // checks of that gate that fail besides those that fail whatever is done, the one for exceptions where there are any, and that one
	check  func(t *testing.T, database string, s standin.Stats)
}

// always are the tables that no setting saves: one was out of its set, one has no key, one's key was changed, one was truncated, and one has
// numbers with more than six digits after the point. The plan has
// said so of all of them but the first, which a gate has.
var always = []string{"public.emptied", "public.imported", "public.keyed", "public.left_set", "public.prices"}

func (l *losses) lose(t *testing.T) {
	target := func(t *testing.T, database, sql, want string) {
		require.Equal(t, want, l.servers.Target.MustPsql(t, database, sql))
	}
	log := func(x *standin.Task) {
		e := &x.Settings.ErrorBehavior
		e.DataErrorPolicy, e.ApplyErrorInsertPolicy, e.ApplyErrorUpdatePolicy, e.ApplyErrorDeletePolicy = standin.LogError, standin.LogError, standin.LogError, standin.LogError
	}
	for _, a := range []attempt{
		{
			name: "as planned",
			check: func(t *testing.T, database string, s standin.Stats) {
				require.Zero(t, s.Exceptions)
				require.Zero(t, s.Truncated)
				require.Equal(t, int64(1), s.KeyUpdates)
				target(t, database, "select string_agg(id::text, ' ' order by id) from left_set", "1 2 3 4 5 6 7 8 9 10 12")
				target(t, database, "select string_agg(id::text, ' ' order by id) from keyed where id in (1, 100)", "1")
				target(t, database, "select count(*) from imported where raw is null", "1")
				target(t, database, "select count(*) from emptied", "10")
				target(t, database, "select count(*) from items where id = -1", "1")
				target(t, database, "select price from prices where id = 11", "0.123457")
				target(t, database, "select to_regclass('late') is null", "t")
				target(t, database, `select task_status, source_timestamp_applied is not null from awsdms_control.awsdms_status`, "NOT RUNNING|t")
				target(t, database, `select count(*) from awsdms_control.awsdms_txn_state where "CHECKPOINT" like 'checkpoint:V1#%'`, "1")
			},
		},
		{
			name: "a later position", change: func(x *standin.Task) {
				log(x) // as planned, the first change of a row that was lost stops the task
				x.Position = l.later
			}, want: []string{"public.items"}, misses: true,
			check: func(t *testing.T, database string, _ standin.Stats) {
				target(t, database, "select count(*) from items where id = -1", "0")
			},
		},
		{
			name: "what began before the position is left out", change: func(x *standin.Task) {
				log(x)
				x.BegunLater = true
			}, want: []string{"public.items"}, misses: true,
			check: func(t *testing.T, database string, _ standin.Stats) {
				target(t, database, "select count(*) from items where id = -1", "0")
				target(t, database, "select count(*) from items where id = -2", "1")
			},
		},
		{name: "an earlier position", change: func(x *standin.Task) { x.Position = l.earlier }, stops: "duplicate key value violates unique constraint"},
		{name: "an earlier position, and a slot that was trimmed", slot: "dms_slot_01", change: func(x *standin.Task) { x.Position = l.earlier }},
		{
			name: "LOBs cut", change: func(x *standin.Task) {
				log(x)
				x.Settings.TargetMetadata.LobMaxSize, x.Source.FailTasksOnLobTruncation = 16, false
			}, want: []string{"public.docs", "public.payloads"},
			check: func(t *testing.T, database string, s standin.Stats) {
				require.Equal(t, int64(4), s.Truncated)
				target(t, database, "select string_agg(length(body)::text, ' ' order by id) from docs where id in (1, 11, 12)", "8192 8192 8192")
				target(t, database, `select count(*) from awsdms_control.awsdms_apply_exceptions where "TABLE_NAME" = 'payloads' and "ERROR" like '%invalid input syntax for type json%'`, "1")
			},
		},
		{name: "LOBs that are not to be cut", change: func(x *standin.Task) { x.Settings.TargetMetadata.LobMaxSize = 16 }, stops: "was truncated to 16384 bytes, actual length: 20000 bytes"},
		{
			name: "LOBs looked up", change: func(x *standin.Task) {
				x.Settings.TargetMetadata.LobMaxSize = 16
				for _, table := range []string{"docs", "payloads"} {
					r := standin.Rule{Type: "table-settings"}
					r.Locator.Schema, r.Locator.Table, r.LOB.Mode = "public", table, "unlimited"
					x.Mapping.Rules = append(x.Mapping.Rules, r)
				}
			},
		},
		{
			name: "varchars cut", change: func(x *standin.Task) { x.Source.VarcharMaxBytes = 8000 }, want: []string{"public.memos"},
			check: func(t *testing.T, database string, s standin.Stats) {
				require.Equal(t, int64(1), s.Truncated)
				target(t, database, "select length(memo) from memos where id = 11", "8000")
			},
		},
		{name: "NOT NULL on a LOB", before: "alter table docs alter body set not null", stops: "null value in column \"body\""},
		{
			name: "a batch with another unique key", change: func(x *standin.Task) {
				log(x)
				x.Settings.TargetMetadata.BatchApplyEnabled, x.Settings.ChangeProcessingTuning.BatchApplyTimeoutMin = true, 2
			}, want: []string{"public.seats"},
			check: func(t *testing.T, database string, s standin.Stats) {
				require.Equal(t, int64(1), s.Fallbacks)
				target(t, database, "select count(*) from seats where id = 101", "0")
			},
		},
		{name: "a row that is not there", before: "delete from doomed where id = 5", stops: "public.doomed: 0 rows affected"},
		{
			name: "a row that is not there, and AWS's default", before: "delete from doomed where id = 5",
			change: func(x *standin.Task) { x.Settings.ErrorBehavior.ApplyErrorDeletePolicy = standin.IgnoreRecord },
			check:  func(t *testing.T, _ string, s standin.Stats) { require.Zero(t, s.Exceptions, "nothing says so") },
		},
		{
			name: "a table suspended", before: "insert into seats values (101, 5000)", want: []string{"public.seats"},
			change: func(x *standin.Task) { x.Settings.ErrorBehavior.ApplyErrorInsertPolicy = standin.SuspendTable },
			caught: []string{"G5-SUSPEND"},
			check: func(t *testing.T, database string, _ standin.Stats) {
				target(t, database, "select table_name from awsdms_control.awsdms_suspended_tables", "seats")
			},
		},
		{
			name: "stopped, and resumed by its checkpoint", resume: true, change: func(x *standin.Task) { x.Settings.ChangeProcessingTuning.MinTransactionSize = 1 },
		},
		{
			name: "a trigger on the target", before: doubling, change: func(x *standin.Task) { x.Target.AfterConnectScript = "" }, want: []string{"public.items"},
		},
		{name: "a trigger that does not act on replicas", before: doubling},
	} {
		t.Run(a.name, func(t *testing.T) { l.attempt(t, a) })
	}
}

// doubling is a trigger that does again what it did on the source.
const doubling = `create function again() returns trigger language plpgsql as 'begin new.n := new.n + 1; return new; end';
	create trigger again before update on items for each row execute function again()`

func (l *losses) attempt(t *testing.T, a attempt) {
	ctx, s := t.Context(), l.servers
	l.n++
	database, slot := fmt.Sprintf("attempt_%d", l.n), fmt.Sprintf("attempt_%d", l.n)
	s.Target.MustPsql(t, "postgres", "create database "+database+" template shop")
	s.Source.MustPsql(t, "shop", "select pg_copy_logical_replication_slot('"+cmp.Or(a.slot, "untrimmed")+"', '"+slot+"')")
	if a.before != "" {
		s.Target.MustPsql(t, database, a.before)
	}
	state, err := readState(filepath.Join(l.out, "state.json"))
	require.NoError(t, err)
	x, err := standin.Read(os.DirFS(filepath.Join(l.out, bundleDir)), "dms_slot_01")
	require.NoError(t, err)
	x.Position, x.Slot = pglogrepl.LSN(state.Pause.LSN), slot
	if a.change != nil {
		a.change(&x)
	}
	var log strings.Builder
	end := l.lsn(t, "select pg_current_wal_insert_lsn()")
	running, err := x.Start(ctx, s.Source.DSN("shop"), s.Target.DSN(database), false, &log)
	require.NoError(t, err)
	if a.resume {
		require.Eventually(t, func() bool { return running.Stats().Changes > 0 }, time.Minute, time.Millisecond)
		require.NoError(t, running.Stop(ctx), log.String())
		require.Less(t, running.Confirmed(), end, "it is stopped in between")
		s.Source.MustPsql(t, "shop", "select pg_drop_replication_slot('"+slot+"'), pg_copy_logical_replication_slot('untrimmed', '"+slot+"')")
		running, err = x.Start(ctx, s.Source.DSN("shop"), s.Target.DSN(database), true, &log)
		require.NoError(t, err)
	}
	require.Eventually(t, func() bool {
		select {
		case <-running.Ended():
			return true
		default:
			return running.Confirmed() >= end
		}
	}, 2*time.Minute, 20*time.Millisecond)
	err = running.Stop(ctx)
	s.Source.MustPsql(t, "shop", "select pg_drop_replication_slot('"+slot+"')")
	if a.stops != "" {
		require.ErrorIs(t, err, standin.ErrStopped, log.String())
		require.ErrorContains(t, err, a.stops)
		require.Contains(t, log.String(), "]E:")
		return
	}
	require.NoError(t, err, log.String())
	different := l.different(t, database)
	want := slices.Concat(always, a.want)
	slices.Sort(want)
	require.Equal(t, want, slices.Sorted(maps.Keys(different)), "%v\n%s", different, log.String())
	if a.check != nil {
		a.check(t, database, running.Stats())
	}
	l.gate(t, database, state, a, running.Stats().Exceptions, slices.Sorted(maps.Keys(different)))
}

// gate asks of a copy of the target what the gate "cdc" has to say of what was applied to it, and looks whether it sees every table that differs.
func (l *losses) gate(t *testing.T, database string, state verify.State, a attempt, exceptions int64, different []string) {
	f, err := os.Open(filepath.Join(l.out, planFile))
	require.NoError(t, err)
	plan, err := planner.Decode(f)
	require.NoError(t, f.Close())
	require.NoError(t, err)
	codes := []string{"G5-EXC", "G5-NOPK", "G5-PARITY", "G5-STRADDLER", "G5-SUSPEND", "G5-TRUNC"}
	checks := slices.DeleteFunc(verify.ChecksOf(plan), func(c verify.Check) bool { return !slices.Contains(codes, c.Code) })
	require.Len(t, checks, len(codes))
	// What is looked at is a copy, to which nothing is applied any more: it has all that it will ever have, as a marker that came later would say.
	l.servers.Target.MustPsql(t, database, "update "+plan.Groups[0].Marker.SQL()+" set source_lsn = '7FFFFFFF/0' where id = 1")
	r := verify.Run(t.Context(), verify.Env{
		Gate: verify.CDC, Plan: plan, State: &state, Sides: []verify.Side{verify.Source, verify.Target}, Settle: time.Millisecond, Patience: time.Millisecond, Rows: verify.RowsDelta,
		Open: func(ctx context.Context, side verify.Side) (verify.Session, error) {
			conn, err := pgx.Connect(ctx, map[verify.Side]string{verify.Source: l.servers.Source.DSN("shop"), verify.Target: l.servers.Target.DSN(database)}[side])
			if err != nil {
				return nil, err
			}
			return conn, nil
		},
	}, checks, nil)
	failed, unequal, details := map[string]bool{}, []string{}, ""
	for _, x := range r.Results {
		if x.Status == verify.Fail {
			failed[x.Code] = true
			if x.Code == "G5-PARITY" {
				unequal = append(unequal, x.Subject)
			}
		}
		details += fmt.Sprintf("%s %s %s: %s\n", x.Status, x.Code, x.Subject, x.Detail)
	}
	want := map[string]bool{"G5-PARITY": true, "G5-TRUNC": true} // of the tables that no setting saves
	for _, code := range a.caught {
		want[code] = true
	}
	if exceptions > 0 {
		want["G5-EXC"] = true
	}
	if a.misses {
		want["G5-STRADDLER"] = true
	}
	require.Equal(t, want, failed, details)
	slices.Sort(unequal)
	require.Equal(t, different, unequal, details)
}

// different are the tables of a copy of the target that are not as on the source, and how.
func (l *losses) different(t *testing.T, database string) map[string]string {
	ctx := t.Context()
	source, err := pgx.Connect(ctx, l.servers.Source.DSN("shop"))
	require.NoError(t, err)
	defer source.Close(ctx)
	target, err := pgx.Connect(ctx, l.servers.Target.DSN(database))
	require.NoError(t, err)
	defer target.Close(ctx)
	names, err := l.servers.names(ctx, l.servers.Target.DSN(database))
	require.NoError(t, err)
	require.Len(t, names, 11)
	out := map[string]string{}
	for _, name := range names {
		if _, err := same(ctx, source, target, "source", name); err != nil {
			out[name] = err.Error()
		}
	}
	return out
}

// TestDMSMigration is the whole way with stand-ins for the tasks of AWS DMS, under writes to the freeze and on the target after it: every gate that
// needs no AWS passes, both sides hold the same rows, and no task had anything to complain of.
func TestDMSMigration(t *testing.T) {
	if testing.Short() {
		t.Skip("takes two minutes")
	}
	cluster.NeedPGLogical(t)
	m := &migration{program: buildProgram(t), out: filepath.Join(t.TempDir(), "demo")}
	var done []string
	stop := watchProcesses(t, canary)
	err := Run(t.Context(), Options{
		Program: m.program, Out: m.out, Stdout: &m.said, Password: canary, Engine: planner.EngineDMS,
		AfterSetup: func(s Servers) { m.servers = s },
		AfterEach: func(s Step) {
			done = append(done, s.Name)
			if s.Name == stopStandIns {
				state, err := readState(filepath.Join(m.out, "state.json"))
				require.NoError(t, err)
				for slot, x := range state.Tasks {
					require.Equal(t, state.Pause.LSN, x.StartLSN, slot)
					require.NotNil(t, x.StartedAt)
				}
				require.Len(t, state.Tasks, 3)
				require.NotNil(t, state.CDCStartedAt)
				require.Equal(t, "3", m.servers.Target.MustPsql(t, "calltrack", "select count(*) from awsdms_control.awsdms_status"))
				require.Equal(t, "0", m.servers.Target.MustPsql(t, "calltrack", "select count(*) from awsdms_control.awsdms_apply_exceptions"))
				require.Equal(t, "0", m.servers.Source.MustPsql(t, "calltrack", "select count(*) from pg_replication_slots where active and slot_type = 'logical'"))
			}
		},
	})
	stop()
	if err != nil || t.Failed() {
		t.Log(m.said.String())
	}
	require.NoError(t, err)
	require.NotContains(t, m.said.String(), canary)
	require.Equal(t, []string{
		"50-cdc/dms/51-control.sql", "50-cdc/dms/52-trim.sh", "gate cdc-ready", startStandIns, drain + " --not-frozen", "gate cdc", sequences + " ahead", statistics + " --all", "gate cutover-ready", freeze, drain, stopStandIns,
		sequences, "70-cutover/74-constraints.sh", dumpRest, restoreRest, "by hand: import_rows", statistics, "gate cutover", retire, "70-cutover/79-validate.sh", "gate after",
	}, done[slices.Index(done, resume)+1:])
	require.Contains(t, m.said.String(), "left out  50-cdc/dms/53-deploy.sh, 50-cdc/dms/54-test-connections.sh, 50-cdc/dms/55-start.sh, 50-cdc/dms/56-stop.sh, 50-cdc/dms/58-delete.sh, and of the gates what AWS alone can tell")
	b, err := os.ReadFile(filepath.Join(m.out, "rehearsal.json"))
	require.NoError(t, err)
	var line timeline
	require.NoError(t, json.Unmarshal(b, &line))
	require.Equal(t, 41, line.Proof.Tables)
	require.Empty(t, line.Proof.Behind)
	require.Contains(t, line.Executed, "50-cdc/dms/cloudformation/01-stack.json")
	require.Subset(t, line.NotExecuted, []string{"50-cdc/dms/53-deploy.sh", "50-cdc/dms/54-test-connections.sh", "50-cdc/dms/55-start.sh"})
	logs, err := filepath.Glob(filepath.Join(m.out, "logs", "task-*.log"))
	require.NoError(t, err)
	require.Len(t, logs, 3)
	for _, file := range logs {
		b, err := os.ReadFile(file)
		require.NoError(t, err)
		require.NotRegexp(t, `\][EW]:`, string(b))
	}
}
