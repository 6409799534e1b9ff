package chaos

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/pgcutover/pgcutover/planner"
	"github.com/pgcutover/pgcutover/verify/rehearse/cluster"
)

// database is the one that moves, on every server.
const database = "chaos"

// world is the servers of all rounds, with the proxies that the scripts reach them through, and what they are put back to before a round.
type world struct {
	engine   string
	servers  map[Server]*cluster.Cluster
	proxies  map[Server]*proxy
	dir      string // libpq's files
	password string

	// Of the engine native: what subscriptions reach the source through, and the target's password file for it.
	subscriptions *proxy
	passFile      string
}

// names in the order in which servers are started; they are stopped in the same one, so that a standby gets all that its primary wrote.
var names = []Server{Source, Replica, Target}

// stage is what the servers and the working directory were like at one point of the way.
type stage struct {
	copies map[Server]cluster.Copy
	files  string // directory
	next   string // name of the command that follows
}

func (w *world) native() bool { return w.engine == planner.EngineNative }

// last is the gate that rounds end with.
func (w *world) last() string {
	if w.native() {
		return cdcGate
	}
	return lastGate
}

func startWorld(ctx context.Context, o Options) (w *world, err error) {
	w = &world{engine: o.Engine, servers: map[Server]*cluster.Cluster{}, proxies: map[Server]*proxy{}, password: rand.Text()}
	defer func() {
		if err != nil {
			err = errors.Join(err, w.stop())
		}
	}()
	settings := []string{"wal_keep_size=0"}
	if w.native() {
		settings = append(settings, "shared_preload_libraries=")
	}
	source, err := cluster.Start(ctx, cluster.Options{Role: cluster.Source, Major: o.SourceMajor, Password: w.password, Settings: settings})
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
	targetMajor := cmp.Or(o.TargetMajor, source.Install().Major)
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
	if w.native() {
		if w.subscriptions, err = startProxy(ctx, fmt.Sprintf("127.0.0.1:%d", source.Port())); err != nil {
			return w, err
		}
		if w.passFile, err = target.AddFile("subscriptions.pgpass", fmt.Sprintf("127.0.0.1:%d:*:%s:%s\n", w.subscriptions.port(), cdcRole, w.password)); err != nil {
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
	w.openAll()
	for _, n := range names {
		w.servers[n].Kill()
	}
	for _, n := range names {
		if err := w.servers[n].Reset(ctx, s.copies[n]); err != nil {
			return err
		}
	}
	return os.CopyFS(dir, os.DirFS(s.files))
}

// openAll lets new connections through everywhere, and ends those that there are.
func (w *world) openAll() {
	all := []*proxy{w.subscriptions}
	for _, n := range names {
		all = append(all, w.proxies[n])
	}
	for _, p := range all {
		if p != nil {
			p.set(nil)
			p.open()
			p.cutAll()
		}
	}
}

// cdcRole is who subscriptions log in as.
const cdcRole = "pgcutover_cdc"

// letIn gives that role its password, as a person does.
func (w *world) letIn(ctx context.Context) error {
	_, err := w.servers[Source].Psql(ctx, database, "set log_statement = 'none'; alter role "+cdcRole+" login password '"+strings.ReplaceAll(w.password, "'", "''")+"'")
	return err
}

// unequal tells how the target differs from the source once everything that was committed there has arrived. The application has to stand still.
func (w *world) unequal(ctx context.Context) ([]string, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	// A record of our own: the position of the last commit may be behind the end of a page.
	at, err := w.servers[Source].Psql(ctx, database, "insert into public.events (what) values ('the last'); select pg_current_wal_insert_lsn()")
	if err != nil {
		return nil, err
	}
	for {
		there, err := w.servers[Source].Psql(ctx, database, "select count(*) > 0 and bool_and(confirmed_flush_lsn >= '"+at+"') from pg_replication_slots where slot_type = 'logical'")
		if err == nil && there == "t" {
			break
		}
		select {
		case <-ctx.Done():
			return nil, fmt.Errorf("waiting for the subscriptions to get to %s: %w", at, errors.Join(ctx.Err(), err))
		case <-time.After(100 * time.Millisecond):
		}
	}
	source, err := w.image(ctx, Source)
	if err != nil {
		return nil, err
	}
	target, err := w.image(ctx, Target)
	if err != nil {
		return nil, err
	}
	return source.differences(target), nil
}

func (w *world) stop() error {
	var errs []error
	if w.subscriptions != nil {
		w.subscriptions.close()
	}
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
