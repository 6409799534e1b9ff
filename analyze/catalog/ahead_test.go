package catalog_test

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/pgcutover/pgcutover/analyze"
	"github.com/pgcutover/pgcutover/analyze/catalog"
	"github.com/pgcutover/pgcutover/verify/rehearse/cluster"
)

// further makes the connections of further sessions, and counts them.
type further struct {
	dsn    string
	change []func(*pgx.ConnConfig)
	opened atomic.Int32
}

func (f *further) open(ctx context.Context) (*pgx.Conn, error) {
	cfg, err := pgx.ParseConfig(f.dsn)
	if err != nil {
		return nil, err
	}
	for _, c := range f.change {
		c(cfg)
	}
	f.opened.Add(1)
	return pgx.ConnectConfig(ctx, cfg)
}

// slowly has the first session wait before it asks for the tables, so that the further ones begin everything that they are asked for.
func slowly(t *testing.T, then func()) *counter {
	t.Helper()
	return &counter{hook: func(sql string) {
		if strings.Contains(sql, "c.relforcerowsecurity") {
			time.Sleep(500 * time.Millisecond)
			if then != nil {
				then()
			}
		}
	}}
}

// momentary are facts of the moment.
var momentary = cmp.Options{
	cmpopts.IgnoreFields(analyze.Server{}, "TakenAt"),
	cmpopts.IgnoreFields(analyze.Activity{}, "OldestWriteSeconds", "Connections"), // a session's end takes a moment
	cmpopts.IgnoreFields(analyze.Database{}, "FrozenXIDAge", "Bytes"),
	cmpopts.IgnoreFields(analyze.Table{}, "Counters"),
}

func TestReadInFurtherSessionsIsTheSame(t *testing.T) {
	eachServer(t, func(t *testing.T, in cluster.Install) {
		src := shop(t, in)
		src.MustPsql(t, "shop", "create role weak login; grant usage on schema app to weak; grant select on app.orders, app.counter to weak")
		for _, role := range []string{"postgres", "weak"} {
			alone, err := catalog.Read(t.Context(), connect(t, src.DSN("shop"), as(role)), catalog.Options{})
			require.NoError(t, err)
			f := further{dsn: src.DSN("shop"), change: []func(*pgx.ConnConfig){as(role)}}
			c := slowly(t, nil)
			inv, err := catalog.Read(t.Context(), connect(t, src.DSN("shop"), as(role), traced(c)), catalog.Options{Open: f.open})
			require.NoError(t, err)
			require.Empty(t, cmp.Diff(alone, inv, momentary))
			sent := func(part string) bool {
				return slices.ContainsFunc(c.statements, func(sql string) bool { return strings.Contains(sql, part) })
			}
			if inv.Server.Major() < 1000 {
				require.Zero(t, f.opened.Load())
				require.False(t, sent("pg_export_snapshot"))
				continue
			}
			require.Equal(t, int32(2), f.opened.Load())
			for _, ahead := range []string{"pg_get_constraintdef(k.oid),", "pg_relation_size", "i.indkey::text", "pg_database_size", "last_value"} {
				require.False(t, sent(ahead), "the first session read %s, which should have been read ahead", ahead)
			}
		}
	})
}

func TestFurtherSessionsSeeTheSameSnapshot(t *testing.T) {
	cluster.Need(t)
	src := cluster.StartSource(t)
	dsn := src.CreateDatabase(t, "shop")
	src.MustPsql(t, "shop", "create table t (id int primary key, a int)")
	f := further{dsn: dsn}
	var began atomic.Bool
	f.change = append(f.change, func(cfg *pgx.ConnConfig) {
		cfg.Tracer = &counter{hook: func(sql string) {
			if strings.HasPrefix(sql, "begin") && !began.Swap(true) {
				_, err := src.Psql(context.Background(), "shop", "create index late on t (a); alter table t add constraint late_too check (a > 0); create table later (id int primary key)")
				require.NoError(t, err)
			}
		}}
	})
	inv, err := catalog.Read(t.Context(), connect(t, dsn, traced(slowly(t, nil))), catalog.Options{Open: f.open})
	require.NoError(t, err)
	require.True(t, began.Load())
	require.Len(t, inv.Tables, 1)
	require.Len(t, inv.Tables[0].Indexes, 1)
	require.Len(t, inv.Tables[0].Constraints, 1)
}

func TestReadDoesWithoutFurtherSessions(t *testing.T) {
	src := shop(t, install(t))
	src.MustPsql(t, "shop", "create role weak login; grant usage on schema app to weak")
	alone, err := catalog.Read(t.Context(), connect(t, src.DSN("shop")), catalog.Options{})
	require.NoError(t, err)
	other := cluster.StartSource(t)
	other.CreateDatabase(t, "shop")

	t.Run("that nobody lets in", func(t *testing.T) {
		defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
		inv, err := catalog.Read(t.Context(), connect(t, src.DSN("shop")), catalog.Options{Open: func(context.Context) (*pgx.Conn, error) { return nil, errors.New("too many") }})
		require.NoError(t, err)
		require.Empty(t, cmp.Diff(alone, inv, momentary))
	})
	t.Run("that are another server's", func(t *testing.T) {
		f := further{dsn: other.DSN("shop")}
		inv, err := catalog.Read(t.Context(), connect(t, src.DSN("shop")), catalog.Options{Open: f.open})
		require.NoError(t, err)
		require.Empty(t, cmp.Diff(alone, inv, momentary))
	})
	t.Run("that are another server's, which has a snapshot of that name", func(t *testing.T) {
		holder := connect(t, other.DSN("shop"))
		var its string
		_, err := holder.Exec(t.Context(), "begin isolation level repeatable read")
		require.NoError(t, err)
		require.NoError(t, holder.QueryRow(t.Context(), "select pg_export_snapshot()").Scan(&its))
		snapshots := func(c *cluster.Cluster) string { return filepath.Join(c.DataDir(), "pg_snapshots") }
		f := further{dsn: other.DSN("shop")}
		var copied sync.Once // the sessions are opened side by side
		f.change = append(f.change, func(*pgx.ConnConfig) {
			copied.Do(func() {
				names, err := os.ReadDir(snapshots(src))
				require.NoError(t, err)
				require.Len(t, names, 1)
				said, err := exec.Command("cp", "-p", filepath.Join(snapshots(other), its), filepath.Join(snapshots(other), names[0].Name())).CombinedOutput()
				require.NoError(t, err, string(said))
			})
		})
		inv, err := catalog.Read(t.Context(), connect(t, src.DSN("shop"), traced(slowly(t, nil))), catalog.Options{Open: f.open})
		require.NoError(t, err)
		require.Equal(t, int32(2), f.opened.Load())
		require.Empty(t, cmp.Diff(alone, inv, momentary))
		require.NotContains(t, other.Log(), "invalid snapshot identifier: \""+its)
	})
	t.Run("on a server that exports nothing", func(t *testing.T) {
		src.MustPsql(t, "shop", "revoke execute on function pg_export_snapshot() from public")
		f := further{dsn: src.DSN("shop"), change: []func(*pgx.ConnConfig){as("weak")}}
		want, err := catalog.Read(t.Context(), connect(t, src.DSN("shop"), as("weak")), catalog.Options{})
		require.NoError(t, err)
		inv, err := catalog.Read(t.Context(), connect(t, src.DSN("shop"), as("weak")), catalog.Options{Open: f.open})
		require.NoError(t, err)
		require.Zero(t, f.opened.Load())
		require.Empty(t, cmp.Diff(want, inv, momentary))
		src.MustPsql(t, "shop", "grant execute on function pg_export_snapshot() to public")
	})
	t.Run("that are cut", func(t *testing.T) {
		defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
		watcher := connect(t, src.DSN("postgres"))
		conn := connect(t, src.DSN("shop"), traced(slowly(t, func() {
			_, err := watcher.Exec(context.Background(), "select pg_terminate_backend(a.pid) from pg_stat_activity a where a.datname = 'shop' and a.pid <> $1", cutAround.Load())
			require.NoError(t, err)
		})))
		cutAround.Store(int32(conn.PgConn().PID()))
		f := further{dsn: src.DSN("shop")}
		inv, err := catalog.Read(t.Context(), conn, catalog.Options{Open: f.open})
		require.NoError(t, err)
		require.Equal(t, int32(2), f.opened.Load())
		require.Empty(t, cmp.Diff(alone, inv, momentary))
	})
	t.Run("that are cut while they read sequences", func(t *testing.T) {
		defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
		watcher := connect(t, src.DSN("postgres"))
		conn := connect(t, src.DSN("shop"), traced(&counter{hook: func(sql string) {
			if strings.Contains(sql, "c.relforcerowsecurity") || strings.Contains(sql, "pg_get_triggerdef") { // before the sequences are known, and after
				time.Sleep(500 * time.Millisecond)
			}
		}}))
		var cut atomic.Int32
		f := further{dsn: src.DSN("shop")}
		f.change = append(f.change, func(cfg *pgx.ConnConfig) {
			cfg.Tracer = &counter{hook: func(sql string) {
				if strings.Contains(sql, "last_value") {
					cut.Add(1)
					_, err := watcher.Exec(context.Background(), "select pg_terminate_backend(a.pid) from pg_stat_activity a where a.datname = 'shop' and a.pid <> $1", conn.PgConn().PID())
					require.NoError(t, err)
				}
			}}
		})
		inv, err := catalog.Read(t.Context(), conn, catalog.Options{Open: f.open})
		require.NoError(t, err)
		require.Equal(t, int32(1), cut.Load())
		require.Empty(t, cmp.Diff(alone, inv, momentary))
	})
	t.Run("of which one is refused something", func(t *testing.T) {
		src.MustPsql(t, "shop", "revoke execute on function pg_relation_size(regclass), pg_relation_size(regclass, text) from public; revoke select on pg_catalog.pg_foreign_server from public")
		want, err := catalog.Read(t.Context(), connect(t, src.DSN("shop"), as("weak")), catalog.Options{})
		require.NoError(t, err)
		require.Subset(t, unknowns(want), []string{"sizes", "other objects"})
		f := further{dsn: src.DSN("shop"), change: []func(*pgx.ConnConfig){as("weak")}}
		inv, err := catalog.Read(t.Context(), connect(t, src.DSN("shop"), as("weak"), traced(slowly(t, nil))), catalog.Options{Open: f.open})
		require.NoError(t, err)
		require.Empty(t, cmp.Diff(want, inv, momentary))
		src.MustPsql(t, "shop", "grant execute on function pg_relation_size(regclass), pg_relation_size(regclass, text) to public; grant select on pg_catalog.pg_foreign_server to public")
	})
	t.Run("when all are interrupted", func(t *testing.T) {
		defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
		ctx, cancel := context.WithCancel(t.Context())
		f := further{dsn: src.DSN("shop")}
		_, err := catalog.Read(ctx, connect(t, src.DSN("shop"), traced(slowly(t, cancel))), catalog.Options{Open: f.open})
		require.ErrorIs(t, err, context.Canceled)
	})
	t.Run("while somebody holds a lock", func(t *testing.T) {
		holder := connect(t, src.DSN("shop"))
		tx, err := holder.Begin(t.Context())
		require.NoError(t, err)
		_, err = tx.Exec(t.Context(), "lock table app.customers in access exclusive mode")
		require.NoError(t, err)
		f := further{dsn: src.DSN("shop")}
		_, err = catalog.Read(t.Context(), connect(t, src.DSN("shop")), catalog.Options{Open: f.open, LockTimeout: 100 * time.Millisecond})
		require.ErrorContains(t, err, "app.customers (process ")
		require.NoError(t, tx.Rollback(t.Context()))
	})
	t.Run("when the server goes away", func(t *testing.T) {
		defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
		f := further{dsn: src.DSN("shop")}
		_, err := catalog.Read(t.Context(), connect(t, src.DSN("shop"), traced(slowly(t, src.Kill))), catalog.Options{Open: f.open})
		require.ErrorContains(t, err, "reading tables: ")
	})
}

// cutAround is the process that a test leaves alone.
var cutAround atomic.Int32

// Whatever the further sessions take, it is what the first would.
func TestFurtherSessionsTakeNoStrongLock(t *testing.T) {
	src := shop(t, install(t))
	watcher := connect(t, src.DSN("shop"))
	f := further{dsn: src.DSN("shop")}
	seen := 0
	c := slowly(t, func() {
		var strong, xids int
		err := watcher.QueryRow(context.Background(), `select count(*), count(*) filter (where l.mode is distinct from 'AccessShareLock' and l.locktype = 'relation'), count(a.backend_xid)
			from pg_stat_activity a left join pg_locks l using (pid) where a.application_name = 'pgcutover'`).Scan(&seen, &strong, &xids)
		require.NoError(t, err)
		require.Zero(t, strong)
		require.Zero(t, xids)
	})
	inv, err := catalog.Read(t.Context(), connect(t, src.DSN("shop"), traced(c)), catalog.Options{Open: f.open})
	require.NoError(t, err)
	require.Positive(t, seen)
	require.Equal(t, 2, inv.Activity.Connections, "the watcher and the first session")
}
