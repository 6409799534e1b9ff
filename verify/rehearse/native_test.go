package rehearse

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/pgcutover/pgcutover/planner"
	"github.com/pgcutover/pgcutover/verify"
	"github.com/pgcutover/pgcutover/verify/rehearse/cluster"
)

func buildProgram(t *testing.T) string {
	t.Helper()
	program := filepath.Join(t.TempDir(), "pgcutover")
	build, err := exec.CommandContext(t.Context(), "go", "build", "-o", program, "github.com/pgcutover/pgcutover/cmd/pgcutover").CombinedOutput()
	require.NoError(t, err, string(build))
	return program
}

// nativeBreakage is something that is broken at a gate, and the checks that see it, which no other does.
type nativeBreakage struct {
	name      string
	on        string // source or target
	sql, mend string
	want      []string // codes
	says      string
}

// answers are the codes that fail at a gate, and all that the report says of them.
func (m *migration) answers(t *testing.T, gate string) (codes []string, details string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), m.program, "verify", gate, "--plan", "plan.json", "--format", "json")
	cmd.Dir, cmd.Env = m.out, m.servers.environment()
	out, _ := cmd.Output() // the exit code follows from what it says
	var r struct {
		Results []verify.Result `json:"results"`
	}
	require.NoError(t, json.Unmarshal(out, &r), string(out))
	require.NotEmpty(t, r.Results)
	for _, x := range r.Results {
		if x.Status == verify.Fail && !slices.Contains(codes, x.Code) {
			codes = append(codes, x.Code)
		}
		if x.Status == verify.Fail || x.Undecided {
			details += x.Code + " " + x.Subject + ": " + x.Detail + "\n"
		}
	}
	slices.Sort(codes)
	return codes, details
}

func (m *migration) breaks(gate string, cases []nativeBreakage) func(*testing.T) {
	return func(t *testing.T) {
		on := map[string]*cluster.Cluster{"source": m.servers.Source, "target": m.servers.Target}
		for _, c := range cases {
			t.Run(c.name, func(t *testing.T) {
				on[c.on].MustPsql(t, m.servers.Database, c.sql)
				codes, said := m.answers(t, gate)
				on[c.on].MustPsql(t, m.servers.Database, c.mend)
				require.Equal(t, c.want, codes, said)
				require.Contains(t, said, c.says)
			})
		}
		codes, said := m.answers(t, gate)
		require.Empty(t, codes, "mended: "+said)
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
	state := func(change func(s *verify.State)) {
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
	const name = "pgcutover_02"
	const origin = "(select 'pg_' || oid from pg_subscription where subname = '" + name + "')"
	const thaw = "set default_transaction_read_only = off; "
	err := Run(t.Context(), Options{
		Program: m.program, Out: m.out, Stdout: &m.said, Engine: planner.EngineNative, bare: true,
		AfterSetup: func(s Servers) { m.servers = s },
		AfterEach: func(s Step) {
			switch s.Name {
			case "gate cdc-ready":
				var pause verify.LSN
				state(func(s *verify.State) { pause = s.Pause.LSN })
				t.Run(s.Name, m.breaks("cdc-ready", []nativeBreakage{
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
				}))
			case "gate cdc":
				t.Run(s.Name, m.breaks("cdc", []nativeBreakage{
					{name: "disabled", on: "target", sql: "alter subscription " + name + " disable", mend: "alter subscription " + name + " enable; select pg_sleep(6)",
						want: []string{"G5-SUB"}, says: "disabled"},
					{name: "a table that left its publication", on: "source", sql: "alter publication " + name + " drop table agent_status", mend: "alter publication " + name + " add table agent_status",
						want: []string{"G1-MEMBER"}, says: "agent_status"},
				}))
				t.Run("conflict", func(t *testing.T) {
					m.servers.Target.MustPsql(t, m.servers.Database, "insert into sources values ('twice', 'x')")
					m.servers.Source.MustPsql(t, m.servers.Database, "insert into sources values ('twice', 'from the source')")
					var codes []string
					var said string
					for range 10 { // until the worker has met it
						if codes, said = m.answers(t, "cdc"); slices.Contains(codes, "G5-SUB") || slices.Contains(codes, "G5-ERRORS") {
							break
						}
					}
					m.servers.Target.MustPsql(t, m.servers.Database, "delete from sources where code = 'twice'")
					require.NotEmpty(t, codes)
					require.Subset(t, []string{"G5-ERRORS", "G5-SUB"}, codes, said)
				})
			case "gate cutover":
				t.Run(s.Name, m.breaks("cutover", []nativeBreakage{
					{name: "a write to the source", on: "source", sql: thaw + "insert into sources values ('late', 'x')", mend: thaw + "delete from sources where code = 'late'",
						want: []string{"G7-PARITY"}, says: "1 row missing"},
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
					{name: "a marker that has not arrived", on: "source", sql: thaw + "create table pgcutover.kept as table pgcutover.marker_" + name + "; update pgcutover.marker_" + name + " set token = 'later'",
						mend: thaw + "update pgcutover.marker_" + name + " set token = kept.token from pgcutover.kept; drop table pgcutover.kept", want: []string{"G7-DRAIN", "G7-REVERSE"}, says: "not the same on both sides"},
				}))
			case "70-cutover/78-retire.sh":
				t.Run("after", func(t *testing.T) {
					m.servers.Source.MustPsql(t, m.servers.Database, "select pg_create_logical_replication_slot('"+name+"', 'pgoutput')")
					codes, said := m.answers(t, "after")
					m.servers.Source.MustPsql(t, m.servers.Database, "select pg_drop_replication_slot('"+name+"')")
					require.Equal(t, []string{"G8-SLOTS"}, codes, said)
					m.servers.Target.MustPsql(t, m.servers.Database, "create subscription "+name+" connection 'dbname=nowhere' publication nothing with (connect = false, enabled = false, create_slot = false, slot_name = none)")
					codes, said = m.answers(t, "after")
					m.servers.Target.MustPsql(t, m.servers.Database, "drop subscription "+name)
					require.Equal(t, []string{"G8-SUB"}, codes, said)
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
