package cluster_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/pgcutover/pgcutover/verify/rehearse/cluster"
)

// crashDir, where set, makes this binary start a cluster, say where it is, and wait to be killed.
const crashDir = "PGCUTOVER_TEST_CRASH"

func TestMain(m *testing.M) {
	if os.Getenv(crashDir) != "" {
		c, err := cluster.Start(context.Background(), cluster.Options{Role: cluster.Target})
		if err != nil {
			fmt.Println("error:", err)
			os.Exit(1)
		}
		fmt.Println(c.SocketDir(), c.Pid())
		select {}
	}
	goleak.VerifyTestMain(m)
}

func TestSourceStandbyTarget(t *testing.T) {
	cluster.NeedPGLogical(t)
	src := cluster.StartSource(t, "wal_sender_timeout=0", "cluster_name=it's")
	dst := cluster.StartTarget(t)
	src.CreateDatabase(t, "shop")
	src.MustPsql(t, "shop", "create table t (id int primary key); insert into t select generate_series(1, 1000)")
	replica := src.StartStandby(t)

	ident := "select system_identifier from pg_control_system()"
	require.Equal(t, src.MustPsql(t, "shop", ident), replica.MustPsql(t, "shop", ident))
	require.NotEqual(t, src.MustPsql(t, "shop", ident), dst.MustPsql(t, "postgres", ident), "one role, one system identifier")

	require.Equal(t, "0|it's", src.MustPsql(t, "shop", "select current_setting('wal_sender_timeout'), current_setting('cluster_name')"))
	src.MustPsql(t, "shop", `create extension pglogical;
		select pglogical.create_node('n', 'dbname=shop');
		select slot_name from pg_create_logical_replication_slot('s1', 'pglogical_output');`)
	require.Empty(t, dst.MustPsql(t, "postgres", "show shared_preload_libraries"))

	src.MustPsql(t, "shop", "insert into t values (1001)")
	src.MustCatchUp(t, replica)
	require.Equal(t, "t|1001", replica.MustPsql(t, "shop", "select pg_is_in_recovery(), count(*) from t"))
	require.Equal(t, "streaming", src.MustPsql(t, "postgres", "select state from pg_stat_replication"))

	require.NoError(t, replica.Promote(t.Context()))
	replica.MustPsql(t, "shop", "insert into t values (1002)")
	require.Equal(t, "1002|1001", replica.MustPsql(t, "shop", "select count(*) from t")+"|"+src.MustPsql(t, "shop", "select count(*) from t"))
}

func TestRestartAndKillKeepTheData(t *testing.T) {
	c := cluster.StartTarget(t)
	c.MustPsql(t, "postgres", "create table t as select 1 as a")
	pid, started := c.Pid(), c.MustPsql(t, "postgres", "select pg_postmaster_start_time()")

	require.NoError(t, c.Restart("work_mem=7MB"))
	require.Equal(t, "1|7MB", c.MustPsql(t, "postgres", "select a, current_setting('work_mem') from t"))
	require.NotEqual(t, pid, c.Pid())
	require.NotEqual(t, started, c.MustPsql(t, "postgres", "select pg_postmaster_start_time()"))

	c.Kill()
	require.Zero(t, c.Pid())
	_, err := c.Psql(t.Context(), "postgres", "select 1")
	require.ErrorContains(t, err, "psql")
	require.NoError(t, c.Restart())
	require.Contains(t, c.Log(), "was not properly shut down")
	require.Equal(t, "1", c.MustPsql(t, "postgres", "select a from t"))

	c.Pause()
	require.NoError(t, c.Restart())
	require.Equal(t, "1", c.MustPsql(t, "postgres", "select a from t"))

	require.NoError(t, c.Stop())
	require.NoDirExists(t, c.SocketDir())
	require.NoError(t, c.Stop(), "stopping twice is no error")
}

func TestHostileDatabaseName(t *testing.T) {
	c := cluster.StartTarget(t)
	const name = `a "b' \c $d` + "\n" + `%e é 🐘`
	dsn := c.CreateDatabase(t, name)
	require.Equal(t, name, c.MustPsql(t, name, "select current_database()"))
	conn, err := pgx.Connect(t.Context(), dsn)
	require.NoError(t, err)
	defer conn.Close(context.Background())
	var got string
	require.NoError(t, conn.QueryRow(t.Context(), "select current_database()").Scan(&got))
	require.Equal(t, name, got)
}

func TestPasswordIsAskedForOverTCP(t *testing.T) {
	const password = `can'ary\ 7`
	c := cluster.StartWith(t, cluster.Options{Role: cluster.Source, Password: password})
	replica := c.StartStandby(t)
	require.NotEqual(t, c.Port(), replica.Port())
	for _, server := range []*cluster.Cluster{c, replica} {
		_, err := pgx.Connect(t.Context(), server.TCPDSN("postgres"))
		require.Error(t, err, "no password")
		cfg, err := pgx.ParseConfig(server.TCPDSN("postgres"))
		require.NoError(t, err)
		cfg.Password = password + "x"
		_, err = pgx.ConnectConfig(t.Context(), cfg)
		require.ErrorContains(t, err, "password authentication failed")
		cfg.Password = password
		conn, err := pgx.ConnectConfig(t.Context(), cfg)
		require.NoError(t, err)
		require.NoError(t, conn.Close(t.Context()))
		require.NotContains(t, server.Log(), password)
	}
	require.Equal(t, "t", c.MustPsql(t, "postgres", "select rolpassword like 'SCRAM%' from pg_authid where rolname = 'postgres'"))
}

func TestErrorsCarryTheServersWords(t *testing.T) {
	cluster.Need(t)
	_, err := cluster.Start(t.Context(), cluster.Options{Role: cluster.Source, Settings: []string{"wal_level=sideways"}})
	require.ErrorContains(t, err, `invalid value for parameter "wal_level"`)
	_, err = cluster.Start(t.Context(), cluster.Options{Role: cluster.Source, Settings: []string{"nonsense"}})
	require.ErrorContains(t, err, "want name=value")
	_, err = cluster.Start(t.Context(), cluster.Options{Role: cluster.Source, Major: 3})
	require.ErrorIs(t, err, cluster.ErrNoServer)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = cluster.Start(ctx, cluster.Options{Role: cluster.Source})
	require.ErrorIs(t, err, context.Canceled)

	c := cluster.StartTarget(t)
	_, err = c.Psql(t.Context(), "postgres", "select 1; select nope; select 2")
	require.ErrorContains(t, err, `column "nope" does not exist`)
}

// TestNothingOutlivesAKilledProcess kills a process that runs a cluster: the server and the directory have to go.
func TestNothingOutlivesAKilledProcess(t *testing.T) {
	cluster.Need(t)
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), crashDir+"=1")
	out, err := cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	var dir string
	var pid int
	_, err = fmt.Fscan(out, &dir, &pid)
	require.NoError(t, err)
	require.DirExists(t, dir)
	require.NoError(t, syscall.Kill(pid, 0))
	require.NoError(t, cmd.Process.Kill())
	_ = cmd.Wait()
	require.Eventually(t, func() bool {
		_, err := os.Stat(filepath.Dir(dir))
		return os.IsNotExist(err) && dead(pid)
	}, 30*time.Second, 50*time.Millisecond)
}

// dead tells whether a process is gone; one that waits for its parent to take note counts as gone.
func dead(pid int) bool {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	return err != nil || bytes.Contains(status, []byte("State:\tZ"))
}

func TestInstallsAreNewestFirst(t *testing.T) {
	cluster.Need(t)
	all, err := cluster.Installs(t.Context())
	require.NoError(t, err)
	require.NotEmpty(t, all)
	for i, in := range all {
		require.True(t, strings.HasPrefix(in.Version, fmt.Sprint(in.Major)) || in.Major >= 900, "%+v", in)
		if i > 0 && in.Major < 900 {
			require.GreaterOrEqual(t, all[i-1].Major, in.Major)
		}
	}
}

// supported are the majors that a migration may start from or lead to; 906 is 9.6.
var supported = []int{906, 10, 11, 12, 13, 14, 15, 16, 17, 18}

// TestEveryMajorIsHere fails where live tests are required and a major is missing: what ran on the others proves nothing for it.
func TestEveryMajorIsHere(t *testing.T) {
	cluster.Need(t)
	all, err := cluster.Installs(t.Context())
	require.NoError(t, err)
	var missing []string
	for _, major := range supported {
		if !slices.ContainsFunc(all, func(in cluster.Install) bool { return in.Major == major }) {
			missing = append(missing, fmt.Sprintf("PostgreSQL %d", major))
		}
	}
	logical, dumps := map[int]bool{}, false
	for _, in := range all {
		if in.PGLogical {
			logical[in.Major] = true
		}
		_, err := os.Stat(filepath.Join(in.Bin, "pg_dump"))
		dumps = dumps || (err == nil && in.Major == 18)
	}
	if len(logical) < 2 {
		missing = append(missing, "a second major with pglogical")
	}
	if !dumps {
		missing = append(missing, "a pg_dump for the newest")
	}
	if missing == nil {
		return
	}
	said := fmt.Sprintf("missing: %s; '.ci/servers' fetches them", strings.Join(missing, ", "))
	if os.Getenv("CI") == "true" || os.Getenv("PGCUTOVER_REQUIRE_LIVE") == "1" {
		t.Fatal(said)
	}
	t.Skip(said)
}

// TestMajors starts what the machine has, every major of it, with a standby.
func TestMajors(t *testing.T) {
	cluster.Need(t)
	all, err := cluster.Installs(t.Context())
	require.NoError(t, err)
	for i, in := range all {
		if i > 0 && all[i-1].Major == in.Major {
			continue
		}
		t.Run(in.Version, func(t *testing.T) {
			c := cluster.StartWith(t, cluster.Options{Role: cluster.Source, Major: in.Major})
			require.Equal(t, in.Major, c.Install().Major)
			require.Equal(t, "logical", c.MustPsql(t, "postgres", "show wal_level"))
			require.Equal(t, c.Install().Version, strings.Fields(c.MustPsql(t, "postgres", "show server_version"))[0])
			require.Equal(t, "t", c.MustPsql(t, "postgres", "select count(*) > 20 from pg_available_extensions"))
			standby := c.StartStandby(t)
			c.MustPsql(t, "postgres", "create table t as select 7 as a")
			c.MustCatchUp(t, standby)
			require.Equal(t, "7|t", standby.MustPsql(t, "postgres", "select a, pg_is_in_recovery() from t"))
			require.NoError(t, standby.Restart("work_mem=7MB"))
			require.Equal(t, "7MB|t", standby.MustPsql(t, "postgres", "select current_setting('work_mem'), pg_is_in_recovery()"))
			require.NoError(t, standby.Promote(t.Context()))
			standby.MustPsql(t, "postgres", "insert into t values (8)")
		})
	}
}

// TestFetchedServersComeLast: a test that asks for no major runs on what is installed.
func TestFetchedServersComeLast(t *testing.T) {
	cluster.Need(t)
	t.Setenv("PGCUTOVER_PG_BIN", "")
	all, err := cluster.Installs(t.Context())
	require.NoError(t, err)
	if !slices.ContainsFunc(all, func(in cluster.Install) bool { return !in.Fetched && in.PGLogical }) {
		t.Skip("no pglogical is installed here")
	}
	require.False(t, cluster.StartTarget(t).Install().Fetched)
}
