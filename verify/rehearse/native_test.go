package rehearse

import (
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgproto3"
	"github.com/stretchr/testify/require"

	"github.com/pgcutover/pgcutover/planner"
	"github.com/pgcutover/pgcutover/verify"
	"github.com/pgcutover/pgcutover/verify/rehearse/cluster"
)

func buildProgram(t testing.TB) string {
	t.Helper()
	program := filepath.Join(t.TempDir(), "pgcutover")
	build, err := exec.CommandContext(t.Context(), "go", "build", "-o", program, "github.com/pgcutover/pgcutover/cmd/pgcutover").CombinedOutput()
	require.NoError(t, err, string(build))
	return program
}

// breakage is something that is broken at a gate, and the checks that see it, which no other does.
type breakage struct {
	name      string
	on        string // source or target
	sql, mend string
	// do breaks what one statement cannot, and returns what mends it.
	do    func(t *testing.T) (mend func())
	after func()   // of mend; may be nil
	flags []string // of verify
	want  []string // codes of the checks that fail
	warns []string // codes of those that warn, and did not before
	says  string
}

// answer is what a gate says.
type answer struct {
	fails, warns, undecided []string // codes
	details                 string   // all that the report says about them, and about what it could not decide
}

func (m *migration) answers(t *testing.T, gate string, flags ...string) (a answer) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), m.program, append([]string{"verify", gate, "--plan", "plan.json", "--format", "json"}, append(slices.Clone(m.families), flags...)...)...)
	cmd.Dir, cmd.Env = m.out, m.servers.environment()
	out, _ := cmd.Output() // the exit code follows from what it says
	var r struct {
		Results []verify.Result `json:"results"`
	}
	require.NoError(t, json.Unmarshal(out, &r), string(out))
	require.NotEmpty(t, r.Results)
	for _, x := range r.Results {
		switch {
		case x.Status == verify.Fail && !slices.Contains(a.fails, x.Code):
			a.fails = append(a.fails, x.Code)
		case x.Status == verify.Warn && !slices.Contains(a.warns, x.Code):
			a.warns = append(a.warns, x.Code)
		}
		if x.Undecided {
			a.undecided = append(a.undecided, x.Code)
		}
		if x.Status == verify.Fail || x.Status == verify.Warn || x.Undecided {
			a.details += x.Code + " " + x.Subject + ": " + x.Detail + "\n"
		}
	}
	slices.Sort(a.fails)
	slices.Sort(a.warns)
	return a
}

// breaks breaks one thing after the other. Before and after all of it the gate finds nothing.
func (m *migration) breaks(gate string, cases []breakage) func(*testing.T) {
	return func(t *testing.T) {
		on := map[string]*cluster.Cluster{"source": m.servers.Source, "target": m.servers.Target}
		whole := m.answers(t, gate)
		require.Empty(t, whole.fails, whole.details)
		for _, c := range cases {
			t.Run(c.name, func(t *testing.T) {
				mend := func() { on[c.on].MustPsql(t, m.servers.Database, c.mend) }
				if c.do != nil {
					mend = c.do(t)
				} else {
					on[c.on].MustPsql(t, m.servers.Database, c.sql)
				}
				a := m.answers(t, gate, c.flags...)
				mend()
				if c.after != nil {
					c.after()
				}
				require.ElementsMatch(t, c.want, a.fails, a.details)
				require.ElementsMatch(t, c.warns, without(a.warns, whole.warns), a.details)
				require.Contains(t, a.details, c.says)
			})
		}
		again := m.answers(t, gate)
		require.Equal(t, whole.fails, again.fails, "mended: "+again.details)
		require.Equal(t, whole.warns, again.warns, "mended: "+again.details)
	}
}

func without(all, some []string) []string {
	return slices.DeleteFunc(slices.Clone(all), func(s string) bool { return slices.Contains(some, s) })
}

// session opens one of its own on a server, which goes away when the mend is called.
func (m *migration) session(t *testing.T, c *cluster.Cluster, statements ...string) (end func()) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), c.DSN(m.servers.Database))
	require.NoError(t, err)
	for _, sql := range statements {
		_, err = conn.Exec(t.Context(), sql)
		require.NoError(t, err, sql)
	}
	return func() { require.NoError(t, conn.Close(context.WithoutCancel(t.Context()))) }
}

// arrives waits until a statement on the target says true.
func (m *migration) arrives(t *testing.T, c *cluster.Cluster, sql string) {
	t.Helper()
	for range 300 {
		if c.MustPsql(t, m.servers.Database, sql) == "t" {
			return
		}
		time.Sleep(100 * time.Millisecond)
	}
	require.Fail(t, "it does not come true", sql)
}

// writes runs a statement over and over.
func (m *migration) writes(t *testing.T, sql string) (end func()) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), m.servers.Source.DSN(m.servers.Database))
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() {
		defer close(done)
		for ctx.Err() == nil {
			_, _ = conn.Exec(ctx, sql)
			time.Sleep(20 * time.Millisecond)
		}
	}()
	return func() {
		cancel()
		<-done
		_ = conn.Close(context.WithoutCancel(t.Context()))
	}
}

// state changes state.json, which nobody else does by hand.
func (m *migration) state(t *testing.T, change func(s *verify.State)) {
	t.Helper()
	path := filepath.Join(m.out, "state.json")
	f, err := os.Open(path)
	require.NoError(t, err)
	s, err := verify.DecodeState(f)
	require.NoError(t, f.Close())
	require.NoError(t, err)
	change(&s)
	var b strings.Builder
	require.NoError(t, s.Encode(&b))
	require.NoError(t, os.WriteFile(path, []byte(b.String()), 0o644))
}

// recount makes the freeze that of now, as if what a test wrote had been there before.
func (m *migration) recount(t *testing.T) {
	t.Helper()
	time.Sleep(time.Second) // so late may counters be
	n, err := strconv.ParseInt(m.servers.Source.MustPsql(t, m.servers.Database, "select sum(n_tup_ins + n_tup_upd + n_tup_del) from pg_stat_user_tables where schemaname not in ('pgcutover', 'pglogical')"), 10, 64)
	require.NoError(t, err)
	m.state(t, func(s *verify.State) { s.Freeze.Writes = n })
}

// reads holds a slot of the source the way a reader does that confirms nothing.
func (m *migration) reads(t *testing.T, slot string) (end func()) {
	t.Helper()
	config, err := pgconn.ParseConfig(m.servers.Source.DSN(m.servers.Database))
	require.NoError(t, err)
	config.RuntimeParams["replication"] = "database"
	conn, err := pgconn.ConnectConfig(t.Context(), config)
	require.NoError(t, err)
	conn.Frontend().SendQuery(&pgproto3.Query{String: "START_REPLICATION SLOT " + slot + " LOGICAL 0/0 (proto_version '1', publication_names '" + slot + "')"})
	require.NoError(t, conn.Frontend().Flush())
	said, err := conn.ReceiveMessage(t.Context())
	require.NoError(t, err)
	require.IsType(t, &pgproto3.CopyBothResponse{}, said, "%+v", said)
	return func() {
		require.NoError(t, conn.Close(context.WithoutCancel(t.Context())))
		m.arrives(t, m.servers.Source, "select not active from pg_replication_slots where slot_name = '"+slot+"'")
	}
}

// restarts restarts the target with a setting, and afterwards with another.
func (m *migration) restarts(setting, broken, whole string) func(t *testing.T) (mend func()) {
	return func(t *testing.T) func() {
		require.NoError(t, m.servers.Target.Restart(setting+"="+broken))
		return func() { require.NoError(t, m.servers.Target.Restart(setting+"="+whole)) }
	}
}

// touch writes the marker of a slot, and waits until the target has it.
func (m *migration) touch(t *testing.T, slot string) {
	t.Helper()
	m.servers.Source.MustPsql(t, m.servers.Database, "update pgcutover.marker_"+slot+" set token = gen_random_uuid(), at = now() where id = 1")
	m.marked(t, slot)
}

func (m *migration) marked(t *testing.T, slot string) {
	t.Helper()
	token := m.servers.Source.MustPsql(t, m.servers.Database, "select token from pgcutover.marker_"+slot+" where id = 1")
	m.arrives(t, m.servers.Target, "select token = '"+token+"' from pgcutover.marker_"+slot+" where id = 1")
}

// late keeps the target from applying a marker that the source wrote two minutes ago.
func (m *migration) late(t *testing.T, slot string) (mend func()) {
	t.Helper()
	unlock := m.session(t, m.servers.Target, "begin; lock table pgcutover.marker_"+slot+" in share row exclusive mode")
	m.servers.Source.MustPsql(t, m.servers.Database, "update pgcutover.marker_"+slot+" set token = gen_random_uuid(), at = now() - interval '2 minutes' where id = 1")
	return func() {
		unlock()
		m.marked(t, slot)
	}
}

// TestNativeGates breaks what the gates from the start of change data capture to after the cutover are there for: each breakage is seen by
// the check whose business it is, and by no other.
func TestNativeGates(t *testing.T) {
	if testing.Short() {
		t.Skip("takes a minute")
	}
	cluster.Need(t)
	m := &migration{program: buildProgram(t), out: filepath.Join(t.TempDir(), "demo")}
	state := func(change func(s *verify.State)) { m.state(t, change) }
	recount := func() { m.recount(t) }
	const name = "pgcutover_02"
	const marker = "pgcutover.marker_" + name
	const origin = "(select 'pg_' || oid from pg_subscription where subname = '" + name + "')"
	// A slot never goes back, so what breaks one works on it while a copy of it waits.
	const keep = "select pg_copy_logical_replication_slot('" + name + "', 'kept'); "
	const restore = "select pg_drop_replication_slot('" + name + "'); select pg_copy_logical_replication_slot('kept', '" + name + "', false, 'pgoutput'); select pg_drop_replication_slot('kept')"
	const thaw = "set default_transaction_read_only = off; "
	err := Run(t.Context(), Options{
		Program: m.program, Out: m.out, Stdout: &m.said, Engine: planner.EngineNative, bare: true, settings: []string{"max_prepared_transactions=5"},
		AfterSetup: func(s Servers) { m.servers = s },
		AfterEach: func(s Step) {
			switch s.Name {
			case "gate cdc-ready":
				var pause verify.LSN
				state(func(s *verify.State) { pause = s.Pause.LSN })
				t.Run(s.Name, m.breaks("cdc-ready", []breakage{
					{name: "no origin", on: "target", sql: "select pg_replication_origin_advance(" + origin + ", '0/0')", mend: "select pg_replication_origin_advance(" + origin + ", '" + pause.String() + "')",
						want: []string{"G4-ORIGIN"}, says: "has no position"},
					{name: "an origin before the copy", on: "target", sql: "select pg_replication_origin_advance(" + origin + ", '0/1000')", mend: "select pg_replication_origin_advance(" + origin + ", '" + pause.String() + "')",
						want: []string{"G4-ORIGIN"}, says: "would come again"},
					{name: "an origin past the copy", on: "target", sql: "select pg_replication_origin_advance(" + origin + ", 'F/0')", mend: "select pg_replication_origin_advance(" + origin + ", '" + pause.String() + "')",
						want: []string{"G4-ORIGIN"}, says: "would be missing"},
					{name: "another publication", on: "target", sql: "alter subscription " + name + " set publication " + name + " with (refresh = false)", mend: "alter subscription " + name + " set publication " + name + ", i" + name + " with (refresh = false)",
						want: []string{"G4-SUB"}, says: "subscribes to"},
					{name: "no slot", on: "target", sql: "alter subscription " + name + " set (slot_name = none)", mend: "alter subscription " + name + " set (slot_name = " + name + ")",
						want: []string{"G4-SUB"}, says: "it reads slot none"},
					{name: "another option", on: "target", sql: "alter subscription " + name + " set (binary = true)", mend: "alter subscription " + name + " set (binary = false)",
						want: []string{"G4-SUB"}, says: "its option binary is true"},
					{name: "another default", on: "target", sql: "alter table agent_status alter column state set default 'x'", mend: "alter table agent_status alter column state set default 'idle'",
						want: []string{"G3-COLS"}, says: "default"},
					{name: "a trigger on the target", on: "target", sql: "create function nothing() returns trigger language plpgsql as 'begin return new; end'; create trigger nothing before insert on calls for each row execute function nothing(); alter table calls enable always trigger nothing",
						mend: "drop trigger nothing on calls; drop function nothing()", want: []string{"G3-FIRE"}, says: "trigger nothing"},
					{name: "a foreign key on the target", on: "target", sql: "alter table calls add constraint early foreign key (id) references calls (id) not valid", mend: "alter table calls drop constraint early",
						want: []string{"G3-CON"}, says: "early"},
					{name: "a table that left its publication", on: "source", sql: "alter publication " + name + " drop table agent_status", mend: "alter publication " + name + " add table agent_status",
						want: []string{"G1-MEMBER"}, says: "agent_status"},
					{name: "a slot that was read", on: "source", sql: keep + "select pg_replication_slot_advance('" + name + "', pg_current_wal_lsn())", mend: restore,
						want: []string{"G4-LSN"}, says: "G4-LSN " + name + ": it has been read up to"},
					{name: "a slot of another plugin", on: "source", sql: keep + "select pg_drop_replication_slot('" + name + "'); select pg_copy_logical_replication_slot('kept', '" + name + "', false, 'test_decoding')",
						mend: restore, want: []string{"G4-LSN"}, says: "G4-LSN " + name + ": its output plugin is test_decoding"},
					{name: "no slot on the source", on: "source", sql: keep + "select pg_drop_replication_slot('" + name + "')", mend: "select pg_copy_logical_replication_slot('kept', '" + name + "'); select pg_drop_replication_slot('kept')",
						want: []string{"G4-LSN"}, says: "G4-LSN " + name + ": the slot does not exist"},
					{name: "a slot with a reader", do: func(t *testing.T) func() { return m.reads(t, name) }, want: []string{"G4-LSN"}, says: "G4-LSN " + name + ": somebody reads from it"},
					{name: "too few workers for subscriptions", do: m.restarts("max_logical_replication_workers", "1", "8"), want: []string{"G4-WORKERS"}, says: "G4-WORKERS max_logical_replication_workers: it is 1 on the target, 3 are needed"},
					{name: "too few processes", do: m.restarts("max_worker_processes", "2", "16"), want: []string{"G4-WORKERS"}, says: "G4-WORKERS max_worker_processes: it is 2 on the target, 4 are needed"},
				}))
			case "gate cdc":
				t.Run(s.Name, m.breaks("cdc", []breakage{
					{name: "disabled", on: "target", sql: "alter subscription " + name + " disable", mend: "alter subscription " + name + " enable; select pg_sleep(6)",
						want: []string{"G5-SUB"}, says: "disabled"},
					{name: "a table that left its publication", on: "source", sql: "alter publication " + name + " drop table agent_status", mend: "alter publication " + name + " add table agent_status",
						want: []string{"G1-MEMBER"}, says: "agent_status"},
					{name: "what spanned the pause is lost", on: "target", sql: "create table pgcutover.kept as table " + marker + "; update " + marker + " set token = 'lost' where id = 2",
						mend: "update " + marker + " m set token = kept.token from pgcutover.kept where m.id = kept.id and m.id = 2; drop table pgcutover.kept", want: []string{"G5-STRADDLER"}, says: "G5-STRADDLER " + name + ": a transaction that began before"},
					{name: "an update that is not carried", on: "source", sql: "begin; insert into import_rows (batch, line, raw) values (-1, 1, 'x'); update import_rows set raw = 'y' where batch = -1; rollback", mend: "update pgcutover.noted set updated = pg_stat_get_tuples_updated(relid) where relid = 'import_rows'::regclass",
						want: []string{"G5-NOPK"}, says: "G5-NOPK public.import_rows"},
				}))
				t.Run("lag", m.breaks("cdc", []breakage{
					// The process that applies is there and well: it waits for a lock.
					{name: "behind", do: func(t *testing.T) func() {
						unlock := m.session(t, m.servers.Target, "begin; lock table "+marker+" in share row exclusive mode")
						m.servers.Source.MustPsql(t, m.servers.Database, "update "+marker+" set token = gen_random_uuid(), at = now() where id = 1; select count(pg_logical_emit_message(false, 'pgcutover', repeat('x', 1 << 20))) from generate_series(1, 20)")
						return func() {
							unlock()
							m.arrives(t, m.servers.Source, "select bool_and(confirmed_flush_lsn > pg_current_wal_lsn() - 1048576) from pg_replication_slots")
						}
					}, want: []string{"G5-LAG"}, says: "G5-LAG " + name + ": 20"},
					{name: "a marker of long ago", do: func(t *testing.T) func() { return m.late(t, name) }, want: []string{"G5-LAG"}, says: "G5-LAG " + name + ": "},
				}))
				t.Run("conflict", func(t *testing.T) {
					m.servers.Target.MustPsql(t, m.servers.Database, "insert into sources values ('twice', 'x')")
					m.servers.Source.MustPsql(t, m.servers.Database, "insert into sources values ('twice', 'from the source')")
					var a answer
					for range 10 { // until the worker has met it
						if a = m.answers(t, "cdc"); slices.Contains(a.fails, "G5-SUB") || slices.Contains(a.fails, "G5-ERRORS") {
							break
						}
					}
					m.servers.Target.MustPsql(t, m.servers.Database, "delete from sources where code = 'twice'")
					require.NotEmpty(t, a.fails)
					require.Subset(t, []string{"G5-ERRORS", "G5-SUB"}, a.fails, a.details)
				})
			case "gate cutover-ready":
				const left = "alter table accounts add constraint accounts_owner foreign key (owner_user_id) references users deferrable initially deferred; create trigger touch before update on accounts for each row execute function touch(); "
				const again = "drop trigger touch on accounts; alter table accounts drop constraint accounts_owner"
				t.Run(s.Name, m.breaks("cutover-ready", []breakage{
					{name: "what a cutover that was called off leaves", on: "target", sql: left, mend: again},
					{name: "a trigger that fires for replicas too", on: "target", sql: left + "alter table accounts enable always trigger touch", mend: again, want: []string{"G3-FIRE"}, says: "G3-FIRE public.accounts"},
					{name: "a marker of long ago", do: func(t *testing.T) func() { return m.late(t, name) }, want: []string{"G5-LAG", "G6-MARKER"}, says: "G6-MARKER " + name + ": the marker of 1"},
					{name: "no marker on the target", do: func(t *testing.T) func() {
						m.touch(t, name)
						m.servers.Target.MustPsql(t, m.servers.Database, "create table pgcutover.kept as table "+marker+"; delete from "+marker+" where id = 1")
						return func() {
							m.servers.Target.MustPsql(t, m.servers.Database, "insert into "+marker+" select * from pgcutover.kept where id = 1; drop table pgcutover.kept")
						}
					}, want: []string{"G6-MARKER"}, says: "G6-MARKER " + name + ": its marker has no row on the target"},
					{name: "disabled", on: "target", sql: "alter subscription " + name + " disable", mend: "alter subscription " + name + " enable; select pg_sleep(6)", want: []string{"G5-SUB"}, says: "G5-SUB " + name},
				}))
			case "gate cutover":
				t.Run(s.Name, m.breaks("cutover", []breakage{
					{name: "a write to the source", on: "source", sql: thaw + "insert into sources values ('late', 'x')", mend: thaw + "delete from sources where code = 'late'", after: recount,
						want: []string{"G7-FENCE", "G7-PARITY"}, says: "G7-PARITY public.sources: the source has 3 rows, the target 2: 1 row missing"},
					{name: "a write to the source that was undone", on: "source", sql: thaw + "insert into sources values ('late', 'x'); delete from sources where code = 'late'", mend: "select 1", after: recount,
						want: []string{"G7-FENCE"}, says: "G7-FENCE counters: rows were written since the freeze: 2 in all"},
					{name: "foreign keys ahead of the freeze, rows only counted", do: func(*testing.T) func() {
						state(func(s *verify.State) { s.AheadAt = s.Drain.At })
						return func() {
							a := m.answers(t, "cutover", "--rows", "checksum")
							require.NotContains(t, a.details, "G7-PARITY", "compared, it is decided")
							state(func(s *verify.State) { s.AheadAt = nil })
						}
					}, says: "G7-PARITY : foreign keys were validated before the freeze"},
					{name: "frozen anew after the drain", do: func(*testing.T) func() {
						state(func(s *verify.State) { s.Freeze.LSN += 1 << 40 })
						return func() { state(func(s *verify.State) { s.Freeze.LSN -= 1 << 40 }) }
					}, want: []string{"G7-DRAIN"}, says: "G7-DRAIN " + name + ": the drain was of everything up to"},
					{name: "an update that is not carried", on: "source", sql: thaw + "begin; insert into import_rows (batch, line, raw) values (-1, 1, 'x'); update import_rows set raw = 'y' where batch = -1; rollback",
						mend: thaw + "update pgcutover.noted set updated = pg_stat_get_tuples_updated(relid) where relid = 'import_rows'::regclass", after: recount, want: []string{"G5-NOPK", "G7-FENCE"}, says: "G5-NOPK public.import_rows: 1 update and 0 deletes"},
					{name: "a sequence behind", on: "target", sql: "select setval('invoice_number', 1)", mend: "select setval('invoice_number', 900000)", want: []string{"G7-SEQ"}, says: "invoice_number"},
					{name: "thawed", on: "source", sql: thaw + "alter table pgcutover.frozen rename to thawed", mend: thaw + "alter table pgcutover.thawed rename to frozen",
						want: []string{"G7-FENCE"}, says: "not frozen"},
					{name: "the forward direction again", on: "target", sql: "alter subscription " + name + " enable; select pg_sleep(3)", mend: "alter subscription " + name + " disable; select pg_sleep(2)",
						want: []string{"G7-STOP"}, says: "enabled"},
					{name: "no way back", on: "source", sql: thaw + "alter subscription " + name + " disable; select pg_sleep(1)", mend: thaw + "alter subscription " + name + " enable; select pg_sleep(7)",
						want: []string{"G7-REVERSE"}, says: "disabled"},
					{name: "a foreign key missing", on: "target", sql: "alter table accounts rename constraint accounts_owner to gone", mend: "alter table accounts rename constraint gone to accounts_owner",
						want: []string{"G7-CON"}, says: "accounts_owner"},
					{name: "a NOT NULL missing", on: "target", sql: "alter table sources alter column label drop not null", mend: "alter table sources alter column label set not null",
						want: []string{"G7-COLS"}, says: "label"},
					{name: "an index missing", on: "target", sql: "alter index calls_pkey rename to gone", mend: "alter index gone rename to calls_pkey",
						want: []string{"G7-CON", "G7-IDX"}, says: "calls_pkey"},
					{name: "row-level security off", on: "target", sql: "alter table support_tickets disable row level security", mend: "alter table support_tickets enable row level security",
						want: []string{"G7-TRG"}, says: "row-level security"},
					{name: "replica for everybody", on: "target", sql: "alter role calltrack_app set session_replication_role = replica", mend: "alter role calltrack_app reset session_replication_role",
						want: []string{"G7-SRR"}, says: "calltrack_app"},
					{name: "a privilege missing", on: "target", sql: "revoke select on accounts from calltrack_app", mend: "grant select on accounts to calltrack_app", warns: []string{"G7-ACL"}, says: "G7-ACL table public.accounts"},
					{name: "a privilege too many", on: "target", sql: "grant truncate on accounts to public", mend: "revoke truncate on accounts from public", warns: []string{"G7-ACL"}, says: "G7-ACL table public.accounts: on the target only: PUBLIC has TRUNCATE"},
					{name: "a privilege on a column", on: "target", sql: "grant update (label) on sources to public", mend: "revoke update (label) on sources from public", warns: []string{"G7-ACL"}, says: "G7-ACL table public.sources: on the target only: PUBLIC has UPDATE of label"},
					{name: "default privileges missing", on: "target", sql: "alter default privileges in schema public revoke select on tables from calltrack_report", mend: "alter default privileges in schema public grant select on tables to calltrack_report",
						warns: []string{"G7-ACL"}, says: "G7-ACL default privileges of postgres in schema public"},
					{name: "another owner", on: "target", sql: "create role thief; alter table accounts owner to thief", mend: "alter table accounts owner to postgres; drop role thief", warns: []string{"G7-ACL"}, says: "owner thief"},
					{name: "a table without statistics", on: "target", sql: "delete from pg_statistic where starelid = 'sources'::regclass; select pg_stat_reset_single_table_counters('sources'::regclass)", mend: "analyze sources",
						warns: []string{"G7-STATS"}, says: "G7-STATS public.sources"},
					// On the target it would not differ for long: the way back is open.
					{name: "a value that differs", on: "source", sql: thaw + "update sources set label = 'other' where code = 'ads'", mend: thaw + "update sources set label = 'Search ads' where code = 'ads'", after: recount,
						flags: []string{"--rows", "checksum"}, want: []string{"G7-FENCE", "G7-PARITY"}, says: "G7-PARITY public.sources"},
					{name: "a prepared transaction", on: "source", sql: thaw + "begin; insert into sources values ('late', 'x'); prepare transaction 'late'", mend: "rollback prepared 'late'", after: recount, want: []string{"G7-FENCE"}, says: "G7-FENCE prepared transactions: 1"},
					{name: "a session that writes", do: func(t *testing.T) func() {
						return m.session(t, m.servers.Source, "set application_name = 'forgotten pool'", "begin read write", "insert into sources values ('late', 'x')")
					}, after: recount, want: []string{"G7-FENCE"}, says: "application forgotten pool"},
					// Each transaction is over before anybody could see it.
					{name: "rows that change", do: func(t *testing.T) func() {
						return m.writes(t, "begin read write; update sources set label = label; commit")
					}, after: recount,
						want: []string{"G7-FENCE"}, says: "G7-FENCE counters: rows were written between two looks: public.sources"},
					{name: "a trigger disabled", on: "target", sql: "alter table accounts disable trigger user", mend: "alter table accounts enable trigger user", want: []string{"G7-TRG"}, says: "G7-TRG public.accounts"},
					{name: "a policy missing", on: "target", sql: "alter policy reports_read on support_tickets rename to gone", mend: "alter policy gone on support_tickets rename to reports_read", want: []string{"G7-TRG"}, says: "policy reports_read is missing"},
					{name: "a foreign key that was not checked", on: "target", sql: "alter table accounts rename constraint accounts_owner to kept; alter table accounts add constraint accounts_owner foreign key (owner_user_id) references users deferrable initially deferred not valid",
						mend: "alter table accounts drop constraint accounts_owner; alter table accounts rename constraint kept to accounts_owner", want: []string{"G7-CON"}, says: "accounts_owner"},
					{name: "replica for the database", on: "target", sql: "alter database " + m.servers.Database + " set session_replication_role = replica", mend: "alter database " + m.servers.Database + " reset session_replication_role",
						want: []string{"G7-SRR"}, says: "G7-SRR database " + m.servers.Database},
					{name: "a marker that has not arrived", on: "source", sql: thaw + "create table pgcutover.kept as table pgcutover.marker_" + name + "; update pgcutover.marker_" + name + " set token = 'later' where id = 1",
						mend: thaw + "update pgcutover.marker_" + name + " m set token = kept.token from pgcutover.kept where m.id = kept.id; drop table pgcutover.kept", want: []string{"G7-DRAIN", "G7-REVERSE"}, says: "not the same on both sides"},
				}))
			case "70-cutover/78-retire.sh":
				t.Run("after", func(t *testing.T) {
					m.servers.Source.MustPsql(t, m.servers.Database, "select pg_create_logical_replication_slot('"+name+"', 'pgoutput')")
					a := m.answers(t, "after")
					m.servers.Source.MustPsql(t, m.servers.Database, "select pg_drop_replication_slot('"+name+"')")
					require.Equal(t, []string{"G8-SLOTS"}, a.fails, a.details)
					require.Contains(t, a.details, "G8-SLOTS "+name)
					m.servers.Target.MustPsql(t, m.servers.Database, "create subscription "+name+" connection 'dbname=nowhere' publication nothing with (connect = false, enabled = false, create_slot = false, slot_name = none)")
					a = m.answers(t, "after")
					m.servers.Target.MustPsql(t, m.servers.Database, "drop subscription "+name)
					require.Equal(t, []string{"G8-SUB"}, a.fails, a.details)
					require.Contains(t, a.details, "G8-SUB "+name)
					a = m.answers(t, "after")
					require.Empty(t, a.fails, a.details)
				})
			}
		},
	})
	if err != nil || t.Failed() {
		t.Log(m.said.String())
	}
	require.NoError(t, err)
}

// TestNativeRehearsal is the whole way by PostgreSQL's own replication, under writes, to another major version where the machine has one: every
// gate passes, every row is compared at the cutover and after it, and the password shows nowhere.
func TestNativeRehearsal(t *testing.T) {
	if testing.Short() {
		t.Skip("takes two minutes")
	}
	cluster.NeedPGLogical(t)
	m := &migration{program: buildProgram(t), out: filepath.Join(t.TempDir(), "demo")}
	target := 0
	if in, err := cluster.Installs(t.Context()); err == nil {
		for _, i := range in {
			if i.PGLogical && i.Major > target { // with clients of its own
				target = i.Major
			}
		}
	}
	stop := watchProcesses(t, canary)
	err := Run(t.Context(), Options{Program: m.program, Out: m.out, Stdout: &m.said, Password: canary, Engine: planner.EngineNative, TargetMajor: target})
	stop()
	if err != nil {
		t.Log(m.said.String())
	}
	require.NoError(t, err)
	require.NotContains(t, m.said.String(), canary)
	b, err := os.ReadFile(filepath.Join(m.out, "rehearsal.json"))
	require.NoError(t, err)
	var line timeline
	require.NoError(t, json.Unmarshal(b, &line))
	require.Empty(t, line.Proof.Behind, "every table is carried")
	require.Greater(t, line.Proof.Rows, int64(690_000))
	require.Positive(t, line.Frozen)
	for _, name := range []string{"gate cdc-ready", "gate cdc", "gate cutover-ready", "gate cutover", "gate after", "compare rows", "compare rows: source", "compare rows: old source"} {
		require.True(t, slices.ContainsFunc(line.Steps, func(s Step) bool { return s.Name == name && s.Exit == 0 }), name)
	}
}
