package rehearse

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/pgcutover/pgcutover/planner"
	"github.com/pgcutover/pgcutover/verify"
	"github.com/pgcutover/pgcutover/verify/rehearse/cluster"
)

// TestFullMigration is the whole way of the engine dms-full with stand-ins for the tasks of AWS DMS, which load the rows too, under writes to the freeze and on the
// target after it: every gate that needs no AWS passes, both sides hold the same rows, and what is broken in between fails the check whose business it is, and no
// other.
func TestFullMigration(t *testing.T) {
	if testing.Short() {
		t.Skip("takes two minutes")
	}
	cluster.Need(t)
	m := &migration{program: buildProgram(t), out: filepath.Join(t.TempDir(), "demo"), families: withoutAWS()}
	var done []string
	var recorded map[string]verify.StateTask // of state.json, at the cutover
	err := Run(t.Context(), Options{
		Program: m.program, Out: m.out, Stdout: &m.said, Password: canary, Engine: planner.EngineDMSFull,
		AfterSetup: func(s Servers) { m.servers = s },
		AfterEach: func(s Step) {
			done = append(done, s.Name)
			switch s.Name {
			case "gate cdc-ready":
				t.Run(s.Name, m.beforeLoad)
			case "gate loaded":
				t.Run(s.Name, m.afterLoad)
			case "gate cdc":
				t.Run(s.Name, m.whileApplied)
			case "gate cutover":
				state, err := readState(filepath.Join(m.out, "state.json"))
				require.NoError(t, err)
				recorded = state.Tasks
				t.Run(s.Name, m.atFullCutover)
			case "gate after":
				t.Run(s.Name, m.breaks("after", []breakage{
					{name: "a slot of a task", on: "source", sql: "select pg_create_logical_replication_slot('" + recorded["dms_full_02"].Slot + "', 'test_decoding')",
						mend: "select pg_drop_replication_slot('" + recorded["dms_full_02"].Slot + "')", want: []string{"G8-SLOTS"}, says: "G8-SLOTS dms_full_02: slot " + recorded["dms_full_02"].Slot + " is still there"},
					{name: "a slot that nobody knows", on: "source", sql: "select pg_create_logical_replication_slot('left_behind', 'test_decoding')", mend: "select pg_drop_replication_slot('left_behind')",
						warns: []string{"G8-SLOTS"}, says: "G8-SLOTS slot left_behind"},
				}))
			}
		},
	})
	if err != nil || t.Failed() {
		t.Log(m.said.String())
	}
	require.NoError(t, err)
	require.NotContains(t, m.said.String(), canary)
	require.Equal(t, []string{
		"gate preflight", "10-source/13-role.sql", "10-source/14-markers.sql", "30-target/31-roles.sql", "30-target/32-schema.sh", "30-target/33-relax.sql", "30-target/34-keys.sql", "40-load/41-ledger.sql",
		control, "gate cdc-ready", loadStandIns, load, progress, "gate loaded", resumeStandIns, drain + " --not-frozen", "gate cdc", sequences + " ahead", statistics + " --all", "gate cutover-ready", freeze, drain, stopStandIns,
		sequences, "70-cutover/74-constraints.sh", dumpRest, restoreRest, statistics, "gate cutover", deleteStandIns, retire, "gate after",
	}, done[slices.Index(done, "gate preflight"):])
	require.NotContains(t, m.said.String(), "way back  ", "none is opened")
	require.Len(t, recorded, 3)
	for slot, x := range recorded {
		require.NotNil(t, x.LoadedAt, slot)
		require.NotNil(t, x.ResumedAt, slot)
		require.Positive(t, x.Rows, slot)
	}
	b, err := os.ReadFile(filepath.Join(m.out, "rehearsal.json"))
	require.NoError(t, err)
	var line timeline
	require.NoError(t, json.Unmarshal(b, &line))
	require.Equal(t, 41, line.Proof.Tables)
	require.Empty(t, line.Proof.Behind)
	require.Contains(t, line.Executed, "50-cdc/dms/cloudformation/01-stack.json")
	require.Subset(t, line.NotExecuted, []string{"50-cdc/dms/53-deploy.sh", "50-cdc/dms/55-start.sh", "50-cdc/dms/55-wait.sh", "50-cdc/dms/57-resume.sh"})
	logs, err := filepath.Glob(filepath.Join(m.out, "logs", "task-*.log"))
	require.NoError(t, err)
	require.Len(t, logs, 3)
	for _, file := range logs {
		b, err := os.ReadFile(file)
		require.NoError(t, err)
		require.NotRegexp(t, `\][EW]:`, string(b))
	}
}

func (m *migration) fullPlan(t *testing.T) planner.Plan {
	f, err := os.Open(filepath.Join(m.out, planFile))
	require.NoError(t, err)
	defer f.Close()
	p, err := planner.Decode(f)
	require.NoError(t, err)
	return p
}

// beforeLoad breaks the empty target.
func (m *migration) beforeLoad(t *testing.T) {
	p := m.fullPlan(t)
	require.NotEmpty(t, p.Relaxed)
	lob := p.Relaxed[0]
	column := lob.Table.SQL() + ` alter column "` + strings.ReplaceAll(lob.Column, `"`, `""`) + `"`
	later := slices.IndexFunc(p.Builds, func(b planner.Build) bool { return b.Kind == planner.BuildIndex && !b.BeforeLoad })
	require.GreaterOrEqual(t, later, 0, "an index that is built after the load is no failure before it")
	m.breaks("cdc-ready", []breakage{
		{name: "a table that is not empty", on: "target", sql: "insert into sources values ('own', 'x')", mend: "delete from sources", want: []string{"G4-EMPTY"}, says: "G4-EMPTY public.sources: it has rows"},
		{name: "a marker that is there", on: "target", sql: "insert into pgcutover.marker_dms_full_01 values (1, 'x', '0/1', now())", mend: "delete from pgcutover.marker_dms_full_01", want: []string{"G4-EMPTY"}, says: "marker_dms_full_01"},
		{name: "a NOT NULL of a LOB left on", on: "target", sql: "alter table " + column + " set not null", mend: "alter table " + column + " drop not null", want: []string{"G3-COLS"}, says: "NOT NULL on the target, where the plan lets it be NULL"},
		{name: "a key that is missing", on: "target", sql: "alter table sources drop constraint sources_pkey", mend: "alter table sources add primary key (code)", want: []string{"G3-CON", "G3-IDX"}, says: "sources_pkey"},
		{name: "errors of an earlier load", on: "target", sql: `create table awsdms_control.awsdms_full_load_exceptions ("TASK_NAME" text); insert into awsdms_control.awsdms_full_load_exceptions values ('calltrack-task-01')`,
			mend: "drop table awsdms_control.awsdms_full_load_exceptions", want: []string{"G4-CONTROL"}, says: "has 1 row of this task, from before its start"},
		{name: "a trigger", on: "target", sql: "create trigger touch before update on accounts for each row execute function touch()", mend: "drop trigger touch on accounts", want: []string{"G3-FIRE"}, says: "G3-FIRE public.accounts"},
		{name: "a foreign key", on: "target", sql: "alter table accounts add constraint accounts_owner foreign key (owner_user_id) references users deferrable initially deferred", mend: "alter table accounts drop constraint accounts_owner",
			want: []string{"G3-CON"}, says: "G3-CON public.accounts"},
		{name: "no marker on the source", on: "source", sql: "alter table pgcutover.marker_dms_full_02 rename to gone", mend: "alter table pgcutover.gone rename to marker_dms_full_02", want: []string{"G1-MARKER"}, says: "marker_dms_full_02"},
		{name: "a right that is missing on the target", on: "target", sql: "revoke insert on sources from " + cdcRole, mend: "grant insert on sources to " + cdcRole, want: []string{"G4-ROLE"}, says: "public.sources"},
		{name: "a right that is missing on the source", on: "source", sql: "revoke select on sources from " + cdcRole, mend: "grant select on sources to " + cdcRole, want: []string{"G1-ROLE"}, says: "public.sources"},
	})(t)
}

// afterLoad breaks what the tasks, which stand still, have loaded.
func (m *migration) afterLoad(t *testing.T) {
	const kept = "create table pgcutover.kept as table sources; "
	m.breaks("loaded", []breakage{
		{name: "a row that was deleted", on: "target", sql: kept + "delete from sources where code = (select min(code) from sources)", mend: "insert into sources select * from pgcutover.kept on conflict do nothing; drop table pgcutover.kept",
			want: []string{"G3-SENT"}, says: "1 row missing"},
		{name: "a row too many", on: "target", sql: "insert into sources values ('own', 'x')", mend: "delete from sources where code = 'own'", want: []string{"G3-SENT"}, says: "1 row too many"},
		{name: "a row that failed to load", on: "target", sql: "insert into awsdms_control.awsdms_full_load_exceptions values ('t', 'public', 'sources', now(), 'x')", mend: "delete from awsdms_control.awsdms_full_load_exceptions",
			want: []string{"G3-EXC"}, says: "G3-EXC public.sources"},
		{name: "no table of failed rows", on: "target", sql: "alter table awsdms_control.awsdms_full_load_exceptions rename to gone", mend: "alter table awsdms_control.gone rename to awsdms_full_load_exceptions", warns: []string{"G3-EXC"}, says: "nothing was noted there"},
		{name: "an index that is missing", on: "target", sql: "alter index sources_pkey rename to gone", mend: "alter index gone rename to sources_pkey", want: []string{"G3-CON", "G3-IDX"}, says: "sources_pkey"},
		{name: "a build that is not done", on: "target", sql: "update pgcutover.item set state = 'waiting' where id = (select max(id) from pgcutover.item)", mend: "update pgcutover.item set state = 'done' where state = 'waiting'", want: []string{"G3-COVER"}, says: "is not done"},
	})(t)
	// A task that is not known to have loaded its tables.
	m.editedTask(t, "dms_full_01", func(x *verify.StateTask) { x.LoadedAt = nil }, func() {
		a := m.answers(t, "loaded")
		require.Empty(t, a.fails, a.details)
		require.Equal(t, []string{"G3-SENT"}, a.undecided, a.details)
	})
	m.editedTask(t, "dms_full_01", func(x *verify.StateTask) { x.Slot = "nobody_made_it" }, func() {
		a := m.answers(t, "loaded")
		require.Empty(t, a.fails, a.details)
		require.ElementsMatch(t, []string{"G2-WAL", "G5-WALCAP"}, a.undecided, a.details)
	})
	// Gates of another order of work are none of this engine's.
	code, said := m.run(t, nil, m.program, "verify", "paused", "--plan", filepath.Join(m.out, planFile), "--source", "service=pgcutover_source", "--target", "service=pgcutover_target")
	require.NotZero(t, code)
	require.Contains(t, said, "no gate paused: its gates are preflight, cdc-ready, loaded")
}

// whileApplied breaks what reads the slots.
func (m *migration) whileApplied(t *testing.T) {
	m.editedTask(t, "dms_full_01", func(x *verify.StateTask) { x.Slot = "dropped" }, func() {
		a := m.answers(t, "cdc")
		require.Equal(t, []string{"G5-READ"}, a.fails, a.details)
		require.Contains(t, a.details, "slot dropped, which AWS DMS made for its task, is gone")
	})
	m.editedTask(t, "dms_full_01", func(x *verify.StateTask) { x.Slot = "" }, func() {
		a := m.answers(t, "cdc", "--check", "G5-READ,G5-LAG")
		require.Empty(t, a.fails, a.details)
		require.Contains(t, a.details, "G5-READ dms_full_01: which slot is its task's is not noted; "+cdcRole+" reads")
	})
	a := m.answers(t, "cdc", "--check", "G2-WAL,G5-READ,G5-LAG,G5-STATUS,G5-EXC,G5-SUSPEND")
	require.Empty(t, a.fails, a.details)
	require.Empty(t, a.undecided, a.details)
}

// atFullCutover breaks the drained target.
func (m *migration) atFullCutover(t *testing.T) {
	a := m.answers(t, "cutover", "--check", "rows", "--rows", "checksum")
	require.Empty(t, a.fails, a.details)
	require.Empty(t, a.undecided, a.details)
	a = m.answers(t, "cutover", "--check", "rows", "--rows", "delta")
	require.NotEmpty(t, a.undecided, "there is no moment from which on changes could be told")
	m.breaks("cutover", []breakage{
		{name: "a row that was lost", on: "target", sql: "create table pgcutover.kept as select * from webhook_deliveries order by id limit 1; delete from webhook_deliveries where id = (select min(id) from webhook_deliveries)",
			mend: "insert into webhook_deliveries select * from pgcutover.kept; drop table pgcutover.kept", want: []string{"G7-PARITY"}, says: "1 row missing"},
		{name: "a LOB that was cut", on: "target", sql: "create table pgcutover.kept as select id, payload from webhook_deliveries order by id limit 1; update webhook_deliveries w set payload = '{}' from pgcutover.kept k where w.id = k.id",
			mend: "update webhook_deliveries w set payload = k.payload from pgcutover.kept k where w.id = k.id; drop table pgcutover.kept", flags: []string{"--rows", "checksum"}, want: []string{"G7-PARITY"}, says: "G7-PARITY public.webhook_deliveries"},
		{name: "a NOT NULL missing", on: "target", sql: "alter table sources alter column label drop not null", mend: "alter table sources alter column label set not null", want: []string{"G7-COLS"}, says: "G7-COLS public.sources"},
		{name: "an index missing", on: "target", sql: "alter index calls_pkey rename to gone", mend: "alter index gone rename to calls_pkey", want: []string{"G7-CON", "G7-IDX"}, says: "calls_pkey"},
	})(t)
}

// editedTask runs do with a state.json that somebody edited.
func (m *migration) editedTask(t *testing.T, slot string, change func(*verify.StateTask), do func()) {
	t.Helper()
	file := filepath.Join(m.out, "state.json")
	was, err := os.ReadFile(file)
	require.NoError(t, err)
	state, err := readState(file)
	require.NoError(t, err)
	x := state.Tasks[slot]
	change(&x)
	state.Tasks[slot] = x
	require.NoError(t, writeState(file, state))
	do()
	require.NoError(t, os.WriteFile(file, was, 0o644))
}
