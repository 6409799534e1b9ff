package rehearse

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/pgcutover/pgcutover/render"
	"github.com/pgcutover/pgcutover/verify"
	"github.com/pgcutover/pgcutover/verify/rehearse/cluster"
	"github.com/pgcutover/pgcutover/verify/rehearse/standin"
	"github.com/pgcutover/pgcutover/verify/rehearse/workload"
)

// Tables of two slots; a table of the second refers to one of the first.
const archiveSchema = `
create table docs (id bigint primary key, body text not null, n integer not null default 0);
create table customers (id bigint primary key, name varchar(40), note text);
create table orders (id bigint primary key, customer bigint not null references customers, doc bigint not null references docs);
insert into docs select i, repeat(md5(i::text), 300) from generate_series(1, 200) i;
insert into customers select i, 'customer ' || i, repeat('n', 5000) from generate_series(1, 200) i;
insert into orders select i, i % 200 + 1, i % 200 + 1 from generate_series(1, 2000) i;`

const archiveConfig = `slots: {count: 2, pin: {public.docs: 1, public.customers: 2, public.orders: 2}}
wal: {source_free_bytes: %d, replica_free_bytes: %d}
`

// clerk is an application that files documents and takes orders.
type clerk struct{ rand *rand.Rand }

func (c clerk) Pick() workload.Transaction {
	return func(ctx context.Context, tx pgx.Tx) (int64, error) {
		doc, known := 1000+c.rand.Int64N(1<<40), 1+c.rand.IntN(200)
		_, err := tx.Exec(ctx, fmt.Sprintf(`insert into docs values (%[1]d, repeat('d', 100)) on conflict do nothing; insert into orders values (%[1]d, %[2]d, %[1]d) on conflict do nothing;
			update docs set n = n + 1 where id = %[2]d; update customers set name = 'since ' || %[1]d where id = %[2]d; delete from orders where id = %[3]d`, doc, known, 1+c.rand.IntN(2000)))
		return 0, err
	}
}

func (c clerk) Large(ctx context.Context, tx pgx.Tx) (int64, error) {
	_, err := tx.Exec(ctx, "update docs set n = n + 1 where id <= 200")
	return 0, err
}

func (c clerk) Long(ctx context.Context, tx pgx.Tx, wait workload.Wait) (int64, error) {
	_, err := tx.Exec(ctx, fmt.Sprintf("insert into docs values (%d, 'long')", 1<<41+c.rand.Int64N(1<<40)))
	wait()
	return 0, err
}

// TestDMSRestart lets the task of one slot stop over a value that is larger than its limit, and restarts that slot alone under writes, through the very
// commands of its rendered restart, with a plan that has a larger limit for the table. The other task goes on all the while; nothing of its tables is
// touched. The rest of the migration, to the cutover and every gate, rests on the new plan.
func TestDMSRestart(t *testing.T) {
	if testing.Short() {
		t.Skip("takes a minute and a half")
	}
	cluster.NeedPGLogical(t)
	m := &migration{program: buildProgram(t), out: filepath.Join(t.TempDir(), "demo")}
	restarted := false
	err := Run(t.Context(), Options{
		Program: m.program, Out: m.out, Stdout: &m.said, Engine: "dms", Sample: time.Second,
		Content: Content{
			Database: "archive", About: "documents, and orders that refer to them",
			Fill: func(ctx context.Context, c *cluster.Cluster, database string) error {
				_, err := c.Psql(ctx, database, archiveSchema)
				return err
			},
			Config: func(source, replica int64) string { return fmt.Sprintf(archiveConfig, source, replica) },
			Write: func(ctx context.Context, dsn string) (Application, error) {
				return workload.Start(ctx, dsn, workload.Options{Rate: 60, Seed: 1}, func(r *rand.Rand) workload.Hand { return clerk{r} })
			},
			Role: schemaRole, RoleOptions: "login bypassrls", Grants: schemaGrants,
		},
		AfterSetup: func(s Servers) { m.servers = s },
		between: func(ctx context.Context, r *run, s Step) error {
			if s.Name == drain+" --not-frozen" && !restarted {
				restarted = true
				m.restart(t, r)
			}
			return nil
		},
	})
	if err != nil || t.Failed() {
		t.Log(m.said.String())
	}
	require.NoError(t, err)
	require.True(t, restarted)
}

func (m *migration) source(t *testing.T, sql string) string {
	t.Helper()
	return m.servers.Source.MustPsql(t, m.servers.Database, sql)
}

func (m *migration) target(t *testing.T, sql string) string {
	t.Helper()
	return m.servers.Target.MustPsql(t, m.servers.Database, sql)
}

func (m *migration) pgcutover(t *testing.T, code int, words ...string) string {
	t.Helper()
	got, said := m.run(t, nil, append([]string{m.program}, words...)...)
	require.Equal(t, code, got, said)
	return said
}

// restart is what happens between two steps of the migration.
func (m *migration) restart(t *testing.T, r *run) {
	const slot, other = "dms_slot_01", "dms_slot_02"
	ctx := t.Context()
	file := func(name string) string { return filepath.Join(m.out, name) }

	// A value beyond the limit: the task stops, because no truncation is accepted, and it stops again at the same value whenever it is resumed.
	m.source(t, "insert into docs values (999, repeat('x', 20000))")
	ours := slices.IndexFunc(r.tasks, func(x task) bool { return x.slot == slot })
	require.GreaterOrEqual(t, ours, 0)
	failed := r.tasks[ours]
	select {
	case <-failed.Ended():
	case <-time.After(time.Minute):
		t.Fatal("the task goes on")
	}
	require.ErrorContains(t, r.failedTask(ctx), "was truncated to 32768 bytes, actual length: 40000 bytes")
	require.ErrorIs(t, failed.Stop(ctx), standin.ErrStopped)
	require.Len(t, r.tasks, 1)
	going, before := r.tasks[0], r.tasks[0].Stats().Changes
	require.Equal(t, other, going.slot)
	require.NotEqual(t, "0", m.target(t, "select count(*) from awsdms_control.awsdms_txn_state where \"TASK_NAME\" like '%-task-01'"))
	was, err := readState(file("state.json"))
	require.NoError(t, err)

	// A margin for all tables would change the task that goes on.
	config, err := os.ReadFile(file(configFile))
	require.NoError(t, err)
	plan := func(lob, name string) {
		require.NoError(t, os.WriteFile(file(name+".yaml"), append(slices.Clone(config), lob...), 0o644))
		m.pgcutover(t, 0, "plan", inventoryFile, "-c", name+".yaml", "--previous", planFile, "-o", name+".json")
	}
	plan("lob: {margin: 6}\n", "all")
	require.Contains(t, m.pgcutover(t, 1, "render", "all.json", "--restart", "slot=01", "--running", planFile, "-o", "restart"), `("archive-dms-slot-02").lob_max_kb: 32 in the running plan, 64 in the new one`)
	require.NoDirExists(t, file("restart"))
	plan("lob: {margins: {public.docs: 6}}\n", "next")
	m.pgcutover(t, 0, "render", "next.json", "--restart", "slot=01", "--running", planFile, "-o", "restart")
	page, err := os.ReadFile(file("restart/RESTART.md"))
	require.NoError(t, err)
	require.Contains(t, string(page), "| limit of LOBs | 32 kB | 120 kB |")
	require.Contains(t, string(page), "| orders\\_doc\\_fkey | public.orders | public.docs | dms\\_slot\\_02 |")
	require.NoError(t, os.Rename(file(planFile), file("running-plan.json")))
	require.NoError(t, os.Rename(file("next.json"), file(planFile)))

	b, err := os.Open(file("restart/" + render.ManifestPath))
	require.NoError(t, err)
	manifest, err := render.DecodeManifest(b)
	require.NoError(t, b.Close())
	require.NoError(t, err)
	require.Equal(t, slot, manifest.Restart)
	var done []string
	for _, c := range manifest.Commands {
		done = append(done, path.Base(c.Words[0]))
		words := slices.Clone(c.Words)
		switch {
		case c.On == render.OnAWS:
			if done[len(done)-1] == "55-start.sh" {
				require.Equal(t, slot, words[1])
				require.NoError(t, r.startTask(ctx, slot))
			}
		case c.Here:
			// Before the new bundle is there nothing passes; cut in its middle it is done by a second run.
			words[0] = filepath.Join(m.out, "restart", words[0])
			m.pgcutover(t, 0, "render", "running-plan.json", "-o", bundleDir)
			m.types(t, 1, "is the bundle of plan", append(slices.Clone(words), bundleDir)...)
			m.pgcutover(t, 0, "render", planFile, "-o", bundleDir)
			m.types(t, 1, "nothing was done", words[0], bundleDir)
			m.types(t, 1, "belongs to another plan", restartSlot, slot, "--yes", "--task-deleted")
			m.target(t, "update pgcutover.run set plan = '"+manifest.Plan+"'")
			m.types(t, 0, "are those of plan "+manifest.Plan+" now", append(slices.Clone(words), bundleDir)...)
			m.types(t, 0, "already", append(slices.Clone(words), bundleDir)...)
			require.Equal(t, manifest.Plan, m.target(t, "select plan from pgcutover.run"))
			require.Equal(t, "t", m.target(t, "select obj_description('pgcutover'::regnamespace) like '%plan "+manifest.Plan+" schema %'"))
		case words[0] == "pgcutover":
			m.pgcutover(t, 0, "render", planFile, "-o", bundleDir) // in the directory above
		case words[0] == restartSlot:
			// A foreign key that another slot's table has on the target would ask for CASCADE, which would empty that table.
			m.target(t, "alter table orders add constraint too_early foreign key (doc) references docs not valid")
			m.types(t, 1, "foreign key too_early of public.orders refers to public.docs", append(slices.Clone(words), "--task-deleted")...)
			m.target(t, "alter table orders drop constraint too_early")
			m.types(t, 1, "whether the task of dms_slot_01 is gone cannot be told", words[0], slot, "--yes")
			orders := m.target(t, "select count(*) from orders")
			require.NotEqual(t, "0", orders)
			m.types(t, 0, "are loaded at", append(slices.Clone(words), "--task-deleted")...)
			require.NotEqual(t, "0", m.target(t, "select count(*) from orders"))
			require.Equal(t, "20000", m.target(t, "select length(body) from docs where id = 999"), "the copy has it whole")
			require.Equal(t, "0", m.target(t, "select count(*) from awsdms_control.awsdms_txn_state where \"TASK_NAME\" like '%-task-01'"))
			require.Equal(t, "1", m.target(t, "select count(*) from awsdms_control.awsdms_txn_state where \"TASK_NAME\" like '%-task-02'"))
		default:
			m.types(t, 0, "", words...)
		}
		if c.Gate == string(verify.CDC) { // what the new task reads has to arrive
			m.types(t, 0, "", drain, "--not-frozen")
		}
		if c.Gate != "" {
			m.pgcutover(t, 0, append([]string{"verify", c.Gate, "--plan", planFile}, withoutAWS()...)...)
		}
	}
	require.Equal(t, []string{"56-stop.sh", "58-delete.sh", "pgcutover", "adopt.sh", "82-restart-slot.sh", "22-resume.sh", "52-trim.sh", "53-deploy.sh", "54-test-connections.sh", "55-start.sh"}, done)

	// The other task is the same, has gone on, and stands by the position that it was started at.
	select {
	case <-going.Ended():
		t.Fatal("the other task has ended")
	default:
	}
	require.Greater(t, going.Stats().Changes, before)
	is, err := readState(file("state.json"))
	require.NoError(t, err)
	require.Equal(t, was.Tasks[other], is.Tasks[other])
	require.Equal(t, was.Start(other), is.Start(other))
	require.Greater(t, is.Start(slot), was.Start(slot))
	require.Equal(t, is.Start(slot), is.Tasks[slot].StartLSN)
	require.Equal(t, manifest.Plan, is.Plan)
	kept, err := filepath.Glob(file("evidence/before-restart-*.jsonl"))
	require.NoError(t, err)
	require.Len(t, kept, 1)
	asides, err := filepath.Glob(file("state.before-*.json"))
	require.NoError(t, err)
	require.Len(t, asides, 2)

	// The value that stopped it, and larger ones, come through now.
	m.source(t, "insert into docs values (998, repeat('y', 60000)); update docs set n = -1 where id = 999")
	require.Eventually(t, func() bool {
		return m.target(t, "select coalesce(string_agg(length(body) || ' ' || n, ',' order by id), '') from docs where id in (998, 999)") == "60000 0,20000 -1"
	}, time.Minute, 200*time.Millisecond)
}

// types runs a command in the directory of the rehearsal, and looks at its exit code and at what it says.
func (m *migration) types(t *testing.T, code int, says string, words ...string) {
	t.Helper()
	got, said := m.run(t, nil, words...)
	require.Equal(t, code, got, said)
	require.Contains(t, said, says)
}
