package rehearse

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/pgcutover/pgcutover/verify"
	"github.com/pgcutover/pgcutover/verify/rehearse/cluster"
)

// canary is the password of every server. It may show nowhere.
const canary = "canary-7d1f-in-a-coal-mine"

// migration is a rehearsal with the real program.
type migration struct {
	program, out string
	servers      Servers
	said         strings.Builder
	families     []string // arguments of verify that leave some families of checks out
}

// TestMigration is the whole way with the real program, under writes: every gate passes, the target holds what the replica holds, the
// password shows nowhere, and what is broken afterwards fails the check whose business it is, and no other.
func TestMigration(t *testing.T) {
	if testing.Short() {
		t.Skip("takes a minute")
	}
	cluster.NeedPGLogical(t)
	m := &migration{program: filepath.Join(t.TempDir(), "pgcutover"), out: filepath.Join(t.TempDir(), "demo")}
	build, err := exec.CommandContext(t.Context(), "go", "build", "-o", m.program, "github.com/pgcutover/pgcutover/cmd/pgcutover").CombinedOutput()
	require.NoError(t, err, string(build))
	temporary := t.TempDir()
	require.NoError(t, os.Chmod(temporary, 0o755))
	t.Setenv("TMPDIR", temporary)

	stop := watchProcesses(t, canary)
	err = Run(t.Context(), Options{
		Program: m.program, Out: m.out, Stdout: &m.said, Password: canary,
		AfterSetup: func(s Servers) { m.servers = s },
		AfterEach: func(s Step) {
			switch s.Name {
			case "render":
				t.Run("wrong password", m.wrongPassword)
			case "gate loaded": // the replica still stands where the load read it
				t.Run("breakage", m.breakage)
			}
		},
		BeforeFinish: func(Servers) { t.Run("replica restarted", m.replicaRestarted) },
	})
	stop()
	if err != nil || t.Failed() {
		t.Log(m.said.String())
	}
	require.NoError(t, err)

	// Run looks for the password in all that is left in its directory.
	require.NotContains(t, m.said.String(), canary)
	left, err := os.ReadDir(temporary)
	require.NoError(t, err)
	require.Empty(t, left, "scripts and rehearsal clear up behind themselves")
	require.Equal(t, []string{`public."5"" screen \ share"`, "public.\"line one\nline two\"", "public.device_tokens"}, m.behind(t))
}

// behind are the tables that the target does not have; the others were compared.
func (m *migration) behind(t *testing.T) []string {
	b, err := os.ReadFile(filepath.Join(m.out, "rehearsal.json"))
	require.NoError(t, err)
	var line timeline
	require.NoError(t, json.Unmarshal(b, &line))
	require.Equal(t, 38, line.Proof.Tables)
	require.Greater(t, line.Proof.Rows, int64(690_000))
	slices.Sort(line.Proof.Behind)
	return line.Proof.Behind
}

// watchProcesses looks at every process of the machine, again and again, until it is told to stop; an argument or a variable that
// holds the secret fails the test.
func watchProcesses(t *testing.T, secret string) (stop func()) {
	t.Helper()
	done := make(chan struct{})
	var wg sync.WaitGroup
	seen := 0
	wg.Go(func() {
		for {
			for _, kind := range []string{"cmdline", "environ"} {
				files, _ := filepath.Glob("/proc/[0-9]*/" + kind)
				for _, f := range files {
					b, err := os.ReadFile(f)
					if err == nil {
						seen++
					}
					if bytes.Contains(b, []byte(secret)) {
						t.Errorf("the password stands in a process's %s: %q", kind, b)
						return
					}
				}
			}
			select {
			case <-done:
				return
			case <-time.After(40 * time.Millisecond):
			}
		}
	})
	return func() {
		close(done)
		wg.Wait()
		require.Positive(t, seen)
	}
}

// run runs a command of the migration and returns all that it says.
func (m *migration) run(t *testing.T, change []string, words ...string) (code int, said string) {
	t.Helper()
	if !filepath.IsAbs(words[0]) {
		words[0] = filepath.Join(m.out, bundleDir, words[0])
	}
	cmd := exec.CommandContext(t.Context(), words[0], words[1:]...)
	cmd.Dir, cmd.Env = m.out, append(m.servers.environment(), change...)
	out, err := cmd.CombinedOutput()
	require.NotContains(t, string(out), canary)
	var exit *exec.ExitError
	if !errors.As(err, &exit) {
		require.NoError(t, err)
	}
	return cmd.ProcessState.ExitCode(), string(out)
}

// wrongPassword lets the servers refuse: no error shows what was tried.
func (m *migration) wrongPassword(t *testing.T) {
	const wrong = "canary-that-flew-away"
	file := filepath.Join(t.TempDir(), "pgpass")
	require.NoError(t, os.WriteFile(file, []byte("*:*:*:*:"+wrong+"\n"), 0o600))
	for _, words := range [][]string{
		{preflight},
		{m.program, "analyze", "-o", "other.json"},
		{m.program, "verify", "preflight", "--plan", planFile, "--format", "json", "-o", "other.json"},
		{m.program, "analyze", "--source", "host=127.0.0.1 user=postgres password=" + wrong, "-o", "other.json"},
	} {
		code, said := m.run(t, []string{"PGPASSFILE=" + file}, words...)
		require.Contains(t, []int{2, 80}, code, said)
		require.NotContains(t, said, wrong)
		b, err := os.ReadFile(filepath.Join(m.out, "other.json"))
		require.NotContains(t, string(b), wrong, err)
	}
	require.NoError(t, os.RemoveAll(filepath.Join(m.out, "other.json")))
}

// verdicts runs the gate loaded and returns the exit code, the answers that are no and those that stayed open, as "CODE subject".
func (m *migration) verdicts(t *testing.T) (code int, failed, open []string, text string) {
	t.Helper()
	report := filepath.Join(t.TempDir(), "report.json")
	code, text = m.run(t, nil, m.program, "verify", string(verify.Loaded), "--plan", planFile, "--format", "json", "-o", report)
	b, err := os.ReadFile(report)
	require.NoError(t, err, text)
	var r struct {
		Results []verify.Result `json:"results"`
	}
	require.NoError(t, json.Unmarshal(b, &r))
	for _, res := range r.Results {
		if res.Status == verify.Fail {
			failed = append(failed, res.Code+" "+res.Subject)
		}
		if res.Undecided {
			open = append(open, res.Code+" "+res.Subject)
		}
	}
	slices.Sort(failed)
	return code, failed, open, text
}

// breakage breaks the loaded target in one way after the other and mends it again.
func (m *migration) breakage(t *testing.T) {
	for _, c := range []struct {
		name, do, undo string
		want           string
		says           string
	}{
		{
			"a row is gone", `create table pgcutover.kept as select * from call_tags limit 1; delete from call_tags where (call_id, tag_id) in (select call_id, tag_id from pgcutover.kept)`,
			`insert into call_tags select * from pgcutover.kept; drop table pgcutover.kept`, "G3-ROWS public.call_tags", "1 row missing",
		},
		{"a row is there twice", `insert into import_rows (batch, line, raw) values (-7, 7, 'twice')`, `delete from import_rows where batch = -7`, "G3-ROWS public.import_rows", "1 row too many"},
		{"an index is gone", `drop index calls_missed`, `create index calls_missed on calls (number_id) where outcome = 'missed'`, "G3-IDX public.calls", "calls_missed"},
		{
			"an index is not valid", `update pg_index set indisvalid = false where indexrelid = 'calls_account_started'::regclass`,
			`update pg_index set indisvalid = true where indexrelid = 'calls_account_started'::regclass`, "G3-IDX public.calls", "calls_account_started",
		},
		{"a NOT NULL is gone", `alter table users alter name drop not null`, `alter table users alter name set not null`, "G3-COLS public.users", "name"},
		{"identity refuses values", `alter table tags alter id set generated always`, `alter table tags alter id set generated by default`, "G3-COLS public.tags", "33-relax.sql"},
		{
			"a constraint is gone", `alter table accounts drop constraint accounts_balance_check`, `alter table accounts add constraint accounts_balance_check check (balance > -100000)`,
			"G3-CON public.accounts", "accounts_balance_check",
		},
		{"a trigger fires", `create trigger late before update on accounts for each row execute function touch()`, `drop trigger late on accounts`, "G3-FIRE public.accounts", "late"},
		{"a sequence lags", `select setval('invoice_number', 100000)`, "", "G3-SEQ public.invoice_number", "behind"},
	} {
		t.Run(c.name, func(t *testing.T) {
			undo := c.undo
			if undo == "" {
				undo = "select setval('invoice_number', " + m.servers.Target.MustPsql(t, m.servers.Database, "select last_value from invoice_number") + ")"
			}
			m.servers.Target.MustPsql(t, m.servers.Database, c.do)
			code, failed, open, text := m.verdicts(t)
			m.servers.Target.MustPsql(t, m.servers.Database, undo)
			require.Equal(t, 1, code, text)
			if diff := cmp.Diff([]string{c.want}, slices.Compact(failed)); diff != "" {
				t.Error("(-want +got)\n" + diff + text)
			}
			require.Empty(t, open, text)
			require.Contains(t, text, c.says)
		})
	}
	code, failed, open, text := m.verdicts(t)
	require.Zero(t, code, text, failed, open)
}

// replicaRestarted begins again and restarts the replica in the middle of the load: the load stops, and the gate says why.
func (m *migration) replicaRestarted(t *testing.T) {
	for _, words := range [][]string{{"80-recovery/83-full-restart.sh", "--yes"}, {"10-source/17-slots.sh"}, {pause}} {
		code, said := m.run(t, nil, words...)
		require.Zero(t, code, said)
	}
	psql := exec.CommandContext(t.Context(), m.servers.Target.Bin("psql"), "-X", "-w", "-v", "ON_ERROR_STOP=1", "-d", "service=pgcutover_target", "-f", bundleDir+"/40-load/41-ledger.sql")
	psql.Dir, psql.Env = m.out, m.servers.environment()
	out, err := psql.CombinedOutput()
	require.NoError(t, err, string(out))

	var load sync.WaitGroup
	var code int
	var said string
	load.Go(func() { code, said = m.run(t, nil, "40-load/42-load.sh") })
	conn, err := pgx.Connect(t.Context(), m.servers.Target.DSN(m.servers.Database))
	require.NoError(t, err)
	defer conn.Close(context.WithoutCancel(t.Context()))
	done := 0
	require.Eventually(t, func() bool {
		err := conn.QueryRow(t.Context(), "select count(*) from pgcutover.item where state = 'done'").Scan(&done)
		return err == nil && done > 0
	}, time.Minute, 10*time.Millisecond)
	require.NoError(t, m.servers.Replica.Restart())
	load.Wait()
	require.Equal(t, 1, code, said)
	require.Contains(t, said, "restarted")

	gate, failed, _, text := m.verdicts(t)
	require.Equal(t, 1, gate, text)
	require.Contains(t, failed, "G3-LSN replica", text)
	require.Contains(t, failed, "G3-COVER state", text)
	require.Contains(t, text, "restarted")
}
