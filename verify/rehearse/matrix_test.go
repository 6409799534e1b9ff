package rehearse

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"github.com/pgcutover/pgcutover/verify"
	"github.com/pgcutover/pgcutover/verify/rehearse/cluster"
)

// A pair is a migration of the matrix.
type pair struct{ source, target int }

// matrix are the pairs: every major is a source and, but for 9.6, a target; from each to the next, from the oldest to the newest, over
// several at once, and one that stays.
var matrix = []pair{
	{906, 10}, {10, 11}, {11, 12}, {12, 13}, {13, 14}, {14, 15}, {15, 15}, {15, 16}, {16, 17}, {17, 18}, {18, 18}, {906, 18}, {13, 17},
}

func majorText(major int) string {
	if major == 906 {
		return "9.6"
	}
	return strconv.Itoa(major)
}

func (p pair) String() string { return majorText(p.source) + " to " + majorText(p.target) }

const matrixConfig = `
slots: {count: 2}
load: {workers: 2, split_bytes: 1MB, batch_bytes: 64kB, maintenance_work_mem: 64MB}
wal: {source_free_bytes: %d, replica_free_bytes: %d}
`

// TestMatrix moves a database with something of everything that the source's version knows, by the real program and the rendered
// scripts, from major to major, through the load and on to the cutover's scripts.
func TestMatrix(t *testing.T) {
	if testing.Short() {
		t.Skip("takes minutes")
	}
	cluster.Need(t)
	installs, err := cluster.Installs(t.Context())
	require.NoError(t, err)
	have := map[int]bool{}
	for _, in := range installs {
		have[in.Major] = true
	}
	program := filepath.Join(t.TempDir(), "pgcutover")
	out, err := exec.CommandContext(t.Context(), "go", "build", "-o", program, "github.com/pgcutover/pgcutover/cmd/pgcutover").CombinedOutput()
	require.NoError(t, err, string(out))
	for _, p := range matrix {
		t.Run(p.String(), func(t *testing.T) {
			if !have[p.source] || !have[p.target] {
				t.Skipf("no server of both majors; '.ci/servers' fetches them") // TestEveryMajorIsHere fails where that matters
			}
			m := &move{T: t, pair: p, program: program}
			m.run()
		})
	}
}

// move is one migration of the matrix.
type move struct {
	*testing.T
	pair
	program  string
	r        *run
	said     bytes.Buffer
	standsIn bool // pglogical is a stand-in
}

// walked are the steps after those that the rehearsal walks through, and that need no change data capture.
var walked = []string{"70-cutover/71-freeze.sh", "70-cutover/73-sequences.sh", "70-cutover/74-constraints.sh", "70-cutover/75-analyze.sh", "70-cutover/76-unfreeze.sh"}

func (m *move) run() {
	o := Options{
		Program: m.program, Out: filepath.Join(m.TempDir(), "out"), Stdout: &m.said, Sample: time.Second,
		SourceMajor: m.source, TargetMajor: m.target,
		Content: Content{
			Database: "shop", About: "a database with all that " + majorText(m.source) + " knows", Fill: m.fill,
			Config: func(source, replica int64) string { return fmt.Sprintf(matrixConfig, source, replica) },
		},
	}
	if !hasPGLogical(m.T, m.source) {
		m.standsIn = true
		o.settings = m.standInSettings()
	}
	m.r = &run{options: o.withDefaults(), began: time.Now()}
	m.Cleanup(func() {
		if m.Failed() {
			m.Log(m.said.String())
			for _, s := range m.r.servers.all() {
				m.Logf("log of the %s, its end:\n%s", s.name, s.LogTail(20))
			}
		}
		require.NoError(m, m.r.servers.stop())
	})
	require.NoError(m, m.r.openOut())
	require.NoError(m, m.r.setUp(m.Context()))
	m.migrate()
	m.cutOver()
}

func hasPGLogical(t *testing.T, major int) bool {
	t.Helper()
	all, err := cluster.Installs(t.Context())
	require.NoError(t, err)
	i := slices.IndexFunc(all, func(in cluster.Install) bool { return in.Major == major })
	return i >= 0 && all[i].PGLogical
}

// standInSettings let the server load its own test_decoding where it is asked for pglogical.
func (m *move) standInSettings() []string {
	all, err := cluster.Installs(m.Context())
	require.NoError(m, err)
	in := all[slices.IndexFunc(all, func(in cluster.Install) bool { return in.Major == m.source })]
	found, err := filepath.Glob(filepath.Join(in.Bin, "../lib/postgresql/test_decoding.so"))
	require.NoError(m, err)
	require.Len(m, found, 1)
	dir, err := os.MkdirTemp("/tmp", "pgcutover-lib")
	require.NoError(m, err)
	m.Cleanup(func() { os.RemoveAll(dir) })
	require.NoError(m, errors.Join(os.Chmod(dir, 0o755), os.Symlink(found[0], filepath.Join(dir, "pglogical.so"))))
	settings := []string{"dynamic_library_path=" + dir + ":$libdir", "shared_preload_libraries=pglogical"}
	out, err := exec.CommandContext(m.Context(), filepath.Join(in.Bin, "postgres"), "--describe-config").Output()
	require.NoError(m, err)
	if bytes.Contains(out, []byte("output_plugin_libraries\t")) {
		settings = append(settings, "output_plugin_libraries=pgoutput, test_decoding, pglogical")
	}
	return settings
}

func (m *move) fill(ctx context.Context, primary *cluster.Cluster, database string) error {
	sql := matrixSchema(m.source)
	if m.standsIn {
		sql += standIn
	}
	_, err := primary.Psql(ctx, database, sql+"refresh materialized view totals; analyze;")
	return err
}

// do runs a command and returns its exit code.
func (m *move) do(c command) int {
	m.Helper()
	m.r.announce(c)
	log := filepath.Join(m.r.out, "logs", logName(c.name)+".log")
	_, code, err := m.r.execute(m.Context(), c, log)
	require.NoError(m, err)
	return code
}

func (m *move) must(c command) {
	m.Helper()
	require.Zero(m, m.do(c), "%s: %s", m.pair, c)
}

func (m *move) migrate() {
	for _, c := range []command{
		{name: "analyze", words: []string{"pgcutover", "analyze", "--sample", "1s", "-o", inventoryFile}},
		{name: "plan", words: []string{"pgcutover", "plan", inventoryFile, "-c", configFile, "-o", planFile}},
		{name: "render", words: []string{"pgcutover", "render", planFile, "-o", bundleDir}},
	} {
		m.must(c)
	}
	manifest, err := m.r.manifest()
	require.NoError(m, err)
	commands, err := script(manifest, false)
	require.NoError(m, err)
	for _, c := range commands {
		switch {
		case c.name == resume:
			require.NoError(m, m.r.prove(m.Context(), m.r.servers.Replica, "replica", "Compare every row on both sides, without pgcutover"))
			m.must(c)
		case strings.HasPrefix(c.name, "gate "):
			m.gate(c)
		case m.standsIn && c.name == preflight+" again":
			require.Equal(m, 1, m.do(c))
			log, err := os.ReadFile(filepath.Join(m.r.out, "logs", logName(c.name)+".log"))
			require.NoError(m, err)
			require.Contains(m, string(log), "the extension pglogical is not available on this server")
			require.Equal(m, 1, strings.Count(string(log), "problem:"), string(log))
		case m.standsIn && c.name == "50-cdc/dms/52-trim.sh" && (m.source == 906 || m.source == 10):
			// Before 11 slots are advanced by reading them, with options that only the real plugin knows.
		case c.mayDeny:
			m.do(c)
		default:
			m.must(c)
		}
	}
}

// gate runs one and wants it to pass; where pglogical is a stand-in, what only the real one can answer may be open.
func (m *move) gate(c command) {
	code := m.do(c)
	if code == 0 {
		return
	}
	name := strings.TrimPrefix(c.name, "gate ")
	b, err := os.ReadFile(filepath.Join(m.r.out, "reports", name+".json"))
	require.NoError(m, err)
	var report verify.Report
	require.NoError(m, json.Unmarshal(b, &report))
	var open []string
	for _, r := range report.Results {
		if r.Status == verify.Fail || r.Status == verify.Unknown {
			open = append(open, fmt.Sprintf("%s %s: %s", r.Code, r.Subject, r.Detail))
		}
	}
	require.True(m, m.standsIn, "gate %s: exit %d\n%s", name, code, strings.Join(open, "\n"))
	open = slices.DeleteFunc(open, func(s string) bool {
		return slices.ContainsFunc([]string{"G0-EXT pglogical", "G1-PEEK"}, func(of string) bool { return strings.HasPrefix(s, of) })
	})
	require.Empty(m, open, "gate %s", name)
}

// cutOver runs what puts back what the load did without, and compares what the two servers then have.
func (m *move) cutOver() {
	for _, path := range walked {
		m.must(command{name: path, words: []string{filepath.Join(bundleDir, path)}})
	}
	source, target := m.facts(m.r.servers.Source), m.facts(m.r.servers.Target)
	if diff := cmp.Diff(source, target); diff != "" {
		m.Errorf("what the servers have after the cutover differs (-source +target):\n%s", diff)
	}
	m.r.servers.Target.MustPsql(m, "shop", "insert into accounts (email, nick, amount) values ('after', 'after', 1)")
}

// facts are what every major tells in the same words.
func (m *move) facts(c *cluster.Cluster) []string {
	const mine = "n.nspname in ('public', 'sales')"
	sql := []string{
		`select 'relation', n.nspname, c.relname, c.relkind, c.relpersistence from pg_class c join pg_namespace n on n.oid = c.relnamespace where ` + mine + ` and c.relkind <> 'S' or ` + mine + ` and c.relname = 'loose'`,
		`select 'constraint', c.conrelid::regclass, c.conname, c.contype, c.convalidated, c.condeferrable from pg_constraint c join pg_namespace n on n.oid = c.connamespace where ` + mine + ` and c.contype in ('c', 'p', 'u', 'x') or ` + mine + ` and c.contype = 'f' and c.conparentid = 0`,
		`select 'trigger', g.tgrelid::regclass, g.tgname, g.tgenabled from pg_trigger g join pg_class c on c.oid = g.tgrelid where not g.tgisinternal RELATION`,
		`select 'policy', polrelid::regclass, polname from pg_policy`,
		`select 'rule', ev_class::regclass, rulename from pg_rewrite where rulename <> '_RETURN' and ev_class >= 16384`,
		`select 'column', a.attrelid::regclass, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull IDENTITY from pg_attribute a join pg_class c on c.oid = a.attrelid join pg_namespace n on n.oid = c.relnamespace
			where ` + mine + ` and a.attnum > 0 and not a.attisdropped and c.relkind in ('r', 'p')`,
		`select 'comment', obj_description('accounts'::regclass)`, `select 'rows of totals', count(*) from totals`, `select 'rows of open_accounts', count(*), sum(orders) from open_accounts`,
	}
	var out []string
	for _, q := range sql {
		// So has it the triggers, which are internal before 15.
		identity, parent, whole := "", "true", ""
		if m.source != 906 {
			// From 17 on a partition has the identity of its partitioned table.
			identity, parent = ", case when not c.relispartition then a.attidentity end, a.attidentity is not null", "c.conparentid = 0"
			whole = "and not c.relispartition"
			if m.source == 10 {
				parent = "true"
			}
		}
		q = strings.NewReplacer(" IDENTITY", identity, "c.conparentid = 0", parent, "RELATION", whole).Replace(q)
		for line := range strings.Lines(c.MustPsql(m, "shop", q)) {
			out = append(out, strings.TrimSpace(line))
		}
	}
	slices.Sort(out)
	return out
}
