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

// script runs a script of the bundle and returns what it said and its exit code.
func (m *migration) script(t *testing.T, words ...string) (string, int) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), filepath.Join(m.out, bundleDir, words[0]), words[1:]...)
	cmd.Dir, cmd.Env = m.out, m.servers.environment()
	out, _ := cmd.CombinedOutput() // the exit code says how it went
	return string(out), cmd.ProcessState.ExitCode()
}

// TestSnapshotGates breaks what the gates of a hand-off by snapshots are there for: each breakage is seen by the check whose business it is, and by
// no other.
func TestSnapshotGates(t *testing.T) {
	if testing.Short() {
		t.Skip("takes a minute")
	}
	cluster.Need(t)
	m := &migration{program: buildProgram(t), out: filepath.Join(t.TempDir(), "demo")}
	const name = "pgcutover_02" // of agent_status
	// edited runs do with a state.json that somebody edited.
	edited := func(t *testing.T, change func(slot *verify.StateSlot), do func()) {
		t.Helper()
		path := filepath.Join(m.out, "state.json")
		was, err := os.ReadFile(path)
		require.NoError(t, err)
		s, err := verify.DecodeState(strings.NewReader(string(was)))
		require.NoError(t, err)
		slot := s.Slots[name]
		change(&slot)
		s.Slots[name] = slot
		var b strings.Builder
		require.NoError(t, s.Encode(&b))
		require.NoError(t, os.WriteFile(path, []byte(b.String()), 0o644))
		do()
		require.NoError(t, os.WriteFile(path, was, 0o644))
	}
	fails := func(t *testing.T, gate, code, says string, args ...string) {
		t.Helper()
		a := m.answers(t, gate, args...)
		require.Equal(t, []string{code}, a.fails, a.details)
		require.Contains(t, a.details, says)
	}
	passes := func(t *testing.T, gate string, args ...string) {
		t.Helper()
		a := m.answers(t, gate, args...)
		require.Empty(t, a.fails, a.details)
		require.Empty(t, a.undecided, a.details)
	}
	err := Run(t.Context(), Options{
		Program: m.program, Out: m.out, Stdout: &m.said, Engine: planner.EngineNative, HandOff: planner.HandOffSnapshot, bare: true,
		AfterSetup: func(s Servers) { m.servers = s },
		AfterEach: func(s Step) {
			switch s.Name {
			case "gate paused":
				t.Run(s.Name, func(t *testing.T) {
					edited(t, func(s *verify.StateSlot) { s.Snapshot.Transactions = "3:3:" }, func() {
						a := m.answers(t, "paused")
						require.Contains(t, a.fails, "G2-SNAPSHOT", a.details)
						require.Contains(t, a.details, "another one has its name")
					})
					edited(t, func(s *verify.StateSlot) { s.Snapshot.Name = "00000099-00000001-1" }, func() { fails(t, "paused", "G2-SNAPSHOT", "gone before all tables") })
					edited(t, func(s *verify.StateSlot) { s.ConsistentPoint-- }, func() { fails(t, "paused", "G2-POINT", "past") })
					passes(t, "paused")
				})
			case "gate loaded":
				t.Run(s.Name, func(t *testing.T) {
					m.breaks("loaded", []breakage{
						{name: "a row too many", on: "target", sql: "insert into sources values ('x', 'x')", mend: "delete from sources where code = 'x'", want: []string{"G3-ROWS"}, says: "the source in the snapshot has 1 row"},
						{name: "read in another snapshot", on: "target", sql: "update pgcutover.snapshot set name = name || 'x' where slot = '" + name + "'", mend: "update pgcutover.snapshot set name = left(name, -1) where slot = '" + name + "'", want: []string{"G3-SNAPSHOT"}, says: "its tables were read at"},
					})(t)
					// What has come to the source since is not in the snapshot, and no difference.
					m.servers.Source.MustPsql(t, m.servers.Database, "insert into sources values ('late', 'late')")
					passes(t, "loaded")
					passes(t, "loaded", "--check", "rows", "--rows", "checksum")
					m.servers.Target.MustPsql(t, m.servers.Database, "update sources set label = label || '!'")
					passes(t, "loaded", "--check", "rows")
					fails(t, "loaded", "G3-ROWS", "1 row differs", "--check", "rows", "--rows", "checksum")
					m.servers.Target.MustPsql(t, m.servers.Database, "update sources set label = left(label, -1)")

					// A table that left its publication and came back is seen by the transactions that did it; a new snapshot mends it.
					m.servers.Source.MustPsql(t, m.servers.Database, "alter publication "+name+" drop table agent_status; alter publication "+name+" add table only agent_status")
					fails(t, "loaded", "G1-MEMBER", "joined "+name+" after the snapshot")
					said, code := m.script(t, "80-recovery/82-restart-slot.sh", name, "--yes")
					require.Zero(t, code, said)
					passes(t, "loaded")

					// Somebody has read from the slot.
					m.servers.Source.MustPsql(t, m.servers.Database, "update agent_status set state = state; select count(*) from pg_logical_slot_get_binary_changes('"+name+"', null, null, 'proto_version', '1', 'publication_names', '"+name+"')")
					a := m.answers(t, "loaded")
					require.Equal(t, []string{"G2-POINT"}, a.fails, a.details)
					said, code = m.script(t, "80-recovery/82-restart-slot.sh", name, "--yes")
					require.Zero(t, code, said)
					passes(t, "loaded")
				})
			case release:
				t.Run(s.Name, func(t *testing.T) {
					a := m.answers(t, "loaded")
					require.Empty(t, a.fails, a.details)
					require.Equal(t, 3, strings.Count(a.details, "compared with what the load counted in the snapshot, not with the source"), a.details)
				})
			case "gate cutover":
				t.Run(s.Name, func(t *testing.T) {
					for _, rows := range []string{"checksum", "delta"} {
						a := m.answers(t, "cutover", "--check", "rows", "--rows", rows)
						require.Empty(t, a.fails, a.details)
						require.Empty(t, a.undecided, a.details)
					}
				})
			}
		},
	})
	if err != nil || t.Failed() {
		t.Log(m.said.String())
	}
	require.NoError(t, err)
}

// TestSnapshotRehearsal is the whole way from a primary without a standby, under writes from before the first slot to the freeze.
func TestSnapshotRehearsal(t *testing.T) {
	if testing.Short() {
		t.Skip("takes two minutes")
	}
	cluster.Need(t)
	m := &migration{program: buildProgram(t), out: filepath.Join(t.TempDir(), "demo")}
	err := Run(t.Context(), Options{Program: m.program, Out: m.out, Stdout: &m.said, Engine: planner.EngineNative, HandOff: planner.HandOffSnapshot})
	if err != nil {
		t.Log(m.said.String())
	}
	require.NoError(t, err)
	b, err := os.ReadFile(filepath.Join(m.out, "rehearsal.json"))
	require.NoError(t, err)
	var line timeline
	require.NoError(t, json.Unmarshal(b, &line))
	require.Empty(t, line.Proof.Behind, "every table is carried")
	require.Greater(t, line.Proof.Rows, int64(690_000))
	for _, name := range []string{hold, release, "gate ready-to-pause", "gate paused", "gate loaded", "gate cutover", "compare rows: source", "compare rows: old source"} {
		require.True(t, slices.ContainsFunc(line.Steps, func(s Step) bool { return s.Name == name && s.Exit == 0 }), name)
	}
	require.False(t, slices.ContainsFunc(line.Steps, func(s Step) bool { return strings.HasPrefix(s.Name, "20-replica") }))
}
