package chaos

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/pgcutover/pgcutover/verify/rehearse/cluster"
)

// database is the one that moves, on every server.
const database = "chaos"

// world is the servers of all rounds, with the proxies that the scripts reach them through, and what they are put back to before a round.
type world struct {
	servers  map[Server]*cluster.Cluster
	proxies  map[Server]*proxy
	dir      string // libpq's files
	password string
}

// names in the order in which servers are started; they are stopped in the same one, so that a standby gets all that its primary wrote.
var names = []Server{Source, Replica, Target}

// stage is what the servers and the working directory were like at one point of the way.
type stage struct {
	copies map[Server]cluster.Copy
	files  string // directory
	next   string // name of the command that follows
}

func startWorld(ctx context.Context, sourceMajor, targetMajor int) (w *world, err error) {
	w = &world{servers: map[Server]*cluster.Cluster{}, proxies: map[Server]*proxy{}, password: rand.Text()}
	defer func() {
		if err != nil {
			err = errors.Join(err, w.stop())
		}
	}()
	source, err := cluster.Start(ctx, cluster.Options{Role: cluster.Source, Major: sourceMajor, Password: w.password, Settings: []string{"wal_keep_size=0"}})
	if err != nil {
		return w, err
	}
	w.servers[Source] = source
	if err := source.AddDatabase(ctx, database); err != nil {
		return w, err
	}
	password := strings.ReplaceAll(w.password, "'", "''")
	if _, err := source.Psql(ctx, database, strings.ReplaceAll(contentSQL, ":password", "'"+password+"'")); err != nil {
		return w, fmt.Errorf("filling the primary: %w", err)
	}
	if w.servers[Replica], err = source.Standby(ctx); err != nil {
		return w, err
	}
	if targetMajor == 0 {
		targetMajor = source.Install().Major
	}
	target, err := cluster.Start(ctx, cluster.Options{Role: cluster.Target, Major: targetMajor, Password: w.password, Settings: []string{"client_connection_check_interval=0"}})
	if err != nil {
		return w, err
	}
	w.servers[Target] = target
	if _, err := target.Psql(ctx, "postgres", strings.ReplaceAll(targetRolesSQL, ":password", "'"+password+"'")); err != nil {
		return w, fmt.Errorf("preparing the target: %w", err)
	}
	for _, n := range names {
		if w.proxies[n], err = startProxy(ctx, fmt.Sprintf("127.0.0.1:%d", w.servers[n].Port())); err != nil {
			return w, err
		}
	}
	if w.dir, err = os.MkdirTemp(filepath.Dir(source.SocketDir()), "clients"); err != nil {
		return w, fmt.Errorf("making a directory for the service file: %w", err)
	}
	return w, w.writeServices(nil)
}

// writeServices writes libpq's service and password files for these roles; superuser where none is named.
func (w *world) writeServices(roles map[Server]string) error {
	var services, passwords strings.Builder
	for _, n := range names {
		user := "postgres"
		if roles[n] != "" {
			user = roles[n]
		}
		port := w.proxies[n].port()
		fmt.Fprintf(&services, "[pgcutover_%s]\nhost=127.0.0.1\nport=%d\ndbname=%s\nuser=%s\nsslmode=disable\ngssencmode=disable\n\n", n, port, database, user)
		fmt.Fprintf(&passwords, "127.0.0.1:%d:*:*:%s\n", port, w.password)
	}
	return errors.Join(
		os.WriteFile(w.serviceFile(), []byte(services.String()), 0o600),
		os.WriteFile(filepath.Join(w.dir, "pgpass"), []byte(passwords.String()), 0o600),
	)
}

func (w *world) serviceFile() string { return filepath.Join(w.dir, "pg_service.conf") }

// environment is ours without anything that says PG, and the services.
func (w *world) environment() []string {
	env := slices.DeleteFunc(os.Environ(), func(v string) bool { return strings.HasPrefix(v, "PG") || strings.HasPrefix(v, "TMPDIR=") })
	return append(env,
		"PGSERVICEFILE="+w.serviceFile(), "PGPASSFILE="+filepath.Join(w.dir, "pgpass"),
		"PGCUTOVER_SOURCE=pgcutover_source", "PGCUTOVER_REPLICA=pgcutover_replica", "PGCUTOVER_TARGET=pgcutover_target",
		"PGCUTOVER_PG_BIN="+filepath.Dir(w.servers[Target].Bin("psql")),
	)
}

// keep stops the servers, copies them and the files of dir, and starts them again.
func (w *world) keep(ctx context.Context, dir, next string) (stage, error) {
	s := stage{copies: map[Server]cluster.Copy{}, files: dir + ".kept-" + logName(next), next: next}
	if err := w.servers[Source].CaughtUp(ctx, w.servers[Replica]); err != nil {
		return s, err
	}
	for _, n := range names {
		w.servers[n].Pause()
	}
	for _, n := range names {
		var err error
		if s.copies[n], err = w.servers[n].Keep(ctx); err != nil {
			return s, err
		}
	}
	for _, n := range names {
		if err := w.servers[n].Restart(); err != nil {
			return s, err
		}
	}
	return s, os.CopyFS(s.files, os.DirFS(dir))
}

// reset puts servers back to a stage and its files into an empty directory.
func (w *world) reset(ctx context.Context, s stage, dir string) error {
	for _, n := range names {
		w.proxies[n].set(nil)
		w.proxies[n].open()
		w.proxies[n].cutAll()
		w.servers[n].Kill()
	}
	for _, n := range names {
		if err := w.servers[n].Reset(ctx, s.copies[n]); err != nil {
			return err
		}
	}
	return os.CopyFS(dir, os.DirFS(s.files))
}

func (w *world) stop() error {
	var errs []error
	for _, p := range w.proxies {
		if p != nil {
			p.close()
		}
	}
	for _, n := range names {
		if c := w.servers[n]; c != nil {
			errs = append(errs, c.Stop())
		}
	}
	if w.dir != "" {
		errs = append(errs, os.RemoveAll(w.dir))
	}
	return errors.Join(errs...)
}

// connections are how many each proxy has taken so far.
func (w *world) connections() []int64 {
	out := make([]int64, len(names))
	for i, n := range names {
		p := w.proxies[n]
		p.mu.Lock()
		out[i] = p.total.connections
		p.mu.Unlock()
	}
	return out
}

// connect opens a superuser's session past the proxy.
func (w *world) connect(ctx context.Context, n Server) (*pgx.Conn, error) {
	conn, err := pgx.Connect(ctx, w.servers[n].DSN(database))
	if err != nil {
		return nil, fmt.Errorf("connecting to the %s: %w", n, err)
	}
	// A fault may have set one for everybody.
	if _, err := conn.Exec(ctx, "set statement_timeout = 0; set idle_in_transaction_session_timeout = 0", pgx.QueryExecModeSimpleProtocol); err != nil {
		return nil, errors.Join(fmt.Errorf("connecting to the %s: %w", n, err), conn.Close(context.WithoutCancel(ctx)))
	}
	return conn, nil
}
