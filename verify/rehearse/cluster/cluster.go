package cluster

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
)

// A Role says what a cluster is for. Clusters of different roles have different system identifiers, those of one role may
// share theirs.
type Role string

const (
	Source Role = "source" // logical WAL, pglogical preloaded where the machine has it
	Target Role = "target" // plain settings
)

// Options describe a cluster. The zero value of everything but Role is good.
type Options struct {
	Role     Role
	Major    int      // 15, or 906 for 9.6; 0: PGCUTOVER_PG_BIN, else the newest with pglogical, else the newest
	Settings []string // name=value, raw value; they win over the defaults
	// Password, where not empty, makes the cluster listen on 127.0.0.1 as well and ask there for SCRAM authentication; it is
	// the password of user postgres. The socket goes on trusting.
	Password string
}

// A Cluster is one running, or stopped, throwaway server. Its methods may be called from one goroutine at a time.
type Cluster struct {
	install Install
	dir     string // socket and log directly in it, data directory in "data"
	account *account
	port    int // names the socket; also TCP's where a password is set
	tcp     bool
	cmd     *exec.Cmd     // nil while stopped
	done    chan struct{} // closed when the server's process is gone
}

// startTimeout bounds the wait for a server that was told to start; a crash recovery is the slowest of them.
const startTimeout = 60 * time.Second

// Start initialises and starts a cluster and returns once it takes connections. The context bounds the start, not the life:
// the cluster runs until Stop, or until this process ends. Errors carry the end of the server's log; one that wraps
// ErrNoServer means that the machine lacks the software.
func Start(ctx context.Context, o Options) (*Cluster, error) {
	in, err := pick(ctx, o.Major)
	if err != nil {
		return nil, err
	}
	settings, err := defaultSettings(ctx, in, o.Role)
	if err != nil {
		return nil, err
	}
	dir, acct, err := newDataDir(ctx, in, o.Role)
	if err != nil {
		return nil, err
	}
	c := &Cluster{install: in, dir: dir, account: acct}
	if err := c.begin(ctx, append(settings, o.Settings...), o.Password != ""); err != nil {
		return nil, errors.Join(fmt.Errorf("starting a %s cluster: %w", o.Role, err), c.remove())
	}
	if o.Password != "" {
		if err := c.requirePassword(ctx, o.Password); err != nil {
			return nil, errors.Join(fmt.Errorf("starting a %s cluster: %w", o.Role, err), c.Stop())
		}
	}
	return c, nil
}

func defaultSettings(ctx context.Context, in Install, role Role) ([]string, error) {
	s := []string{
		"fsync=off", "full_page_writes=off", "synchronous_commit=off", "max_connections=200",
		"logging_collector=off", "log_line_prefix=%m [%p] %q%u@%d %a ", "timezone=UTC", "log_timezone=UTC",
		"max_wal_senders=32", "max_replication_slots=32", "max_worker_processes=32", "hot_standby=on",
	}
	if role != Source {
		return append(s, "wal_level=replica"), nil
	}
	s = append(s, "wal_level=logical")
	if in.number() >= 1300 {
		// A standby restarted in a test finds the WAL it needs without a slot.
		s = append(s, "wal_keep_size=512MB")
	} else {
		s = append(s, "wal_keep_segments=32")
	}
	if !in.PGLogical {
		return s, nil
	}
	s = append(s, "shared_preload_libraries=pglogical")
	known, err := in.knowsSetting(ctx, "output_plugin_libraries")
	if err != nil {
		return nil, err
	}
	if known {
		s = append(s, "output_plugin_libraries=pgoutput, test_decoding, pglogical, pglogical_output")
	}
	return s, nil
}

// begin completes the configuration and starts the server. With tcp it also listens on a free port of 127.0.0.1, and tries
// others should someone take it first.
func (c *Cluster) begin(ctx context.Context, settings []string, tcp bool) error {
	c.port, c.tcp = 5432, tcp
	settings = append(settings, "unix_socket_directories="+c.dir, "listen_addresses=")
	if err := c.configure(settings); err != nil {
		return err
	}
	if !tcp {
		return c.launch(ctx)
	}
	var err error
	for range 5 {
		if c.port, err = freePort(ctx); err != nil {
			return err
		}
		if err := c.configure([]string{"listen_addresses=127.0.0.1", "port=" + strconv.Itoa(c.port)}); err != nil {
			return err
		}
		if err = c.launch(ctx); err == nil || !strings.Contains(err.Error(), "Address already in use") {
			return err
		}
	}
	return err
}

func freePort(ctx context.Context) (int, error) {
	l, err := new(net.ListenConfig).Listen(ctx, "tcp4", "127.0.0.1:0")
	if err != nil {
		return 0, fmt.Errorf("looking for a free port: %w", err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port, nil
}

// configure appends settings to postgresql.conf, where the last one wins and ALTER SYSTEM wins over all.
func (c *Cluster) configure(settings []string) error {
	var b strings.Builder
	for _, s := range settings {
		name, value, ok := strings.Cut(s, "=")
		if !ok {
			return fmt.Errorf("setting %q: want name=value", s)
		}
		fmt.Fprintf(&b, "%s = %s\n", strings.TrimSpace(name), confValue(strings.TrimSpace(value)))
	}
	return c.writeData("postgresql.conf", os.O_APPEND, b.String())
}

func confValue(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }

// requirePassword sets the password and turns host connections from refusing to SCRAM.
func (c *Cluster) requirePassword(ctx context.Context, password string) error {
	hba := "local all all trust\nlocal replication all trust\n" +
		"host all all 127.0.0.1/32 scram-sha-256\nhost replication all 127.0.0.1/32 scram-sha-256\n"
	if c.install.number() < 1000 {
		hba = strings.ReplaceAll(hba, "scram-sha-256", "md5")
	} else if _, err := c.Psql(ctx, "postgres", "alter system set password_encryption = 'scram-sha-256'"); err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(c.dir, "data", "pg_hba.conf"), []byte(hba), 0o600); err != nil {
		return fmt.Errorf("writing pg_hba.conf: %w", err)
	}
	if _, err := c.Psql(ctx, "postgres", "select pg_reload_conf()"); err != nil {
		return err
	}
	// The reload is asynchronous and the new session reads what the postmaster knows, so the encryption is set here too.
	set := "set log_statement = 'none'; set log_min_duration_statement = -1;"
	if c.install.number() >= 1000 {
		set += "set password_encryption = 'scram-sha-256';"
	}
	_, err := c.Psql(ctx, "postgres", set+"alter role postgres password '"+strings.ReplaceAll(password, "'", "''")+"'")
	return err
}

// launch starts the server and waits until it takes connections.
func (c *Cluster) launch(ctx context.Context) error {
	log, err := os.OpenFile(c.logFile(), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("opening the server's log: %w", err)
	}
	defer log.Close()
	cmd := exec.Command(filepath.Join(c.install.Bin, "postgres"), "-D", filepath.Join(c.dir, "data"))
	cmd.Dir, cmd.Env = "/", serverEnv()
	cmd.Stdout, cmd.Stderr = log, log
	cmd.SysProcAttr = c.account.sysProcAttr(syscall.SIGQUIT)
	c.done = make(chan struct{})
	started := make(chan error)
	go func() {
		// The kernel ties the death signal to the thread that forks, not to the process (golang.org/issue/27505).
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		defer close(c.done)
		err := cmd.Start()
		started <- err
		if err == nil {
			_ = cmd.Wait() // how it ended is in the log, and waitReady looks there
		}
	}()
	if err := <-started; err != nil {
		return err
	}
	c.cmd = cmd
	if err := c.waitReady(ctx); err != nil {
		err = fmt.Errorf("%w; the server's log ends with:\n%s", err, c.LogTail(15))
		c.halt(syscall.SIGQUIT)
		return err
	}
	return nil
}

func (c *Cluster) waitReady(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, startTimeout)
	defer cancel()
	for {
		conn, err := pgx.Connect(ctx, c.DSN("postgres"))
		if err == nil {
			return conn.Close(ctx)
		}
		select {
		case <-c.done:
			return errors.New("the server ended at once")
		case <-ctx.Done():
			return fmt.Errorf("waiting for the server to take connections: %w", ctx.Err())
		case <-time.After(10 * time.Millisecond):
		}
	}
}

// halt sends a signal to the postmaster and waits until it is gone.
func (c *Cluster) halt(sig syscall.Signal) {
	if c.cmd == nil {
		return
	}
	_ = c.cmd.Process.Signal(sig) // gone already: done is closed
	select {
	case <-c.done:
	case <-time.After(30 * time.Second):
		// A fast shutdown waits for walsenders and for replies to a barrier; nothing here is worth that wait.
		_ = c.cmd.Process.Signal(syscall.SIGQUIT)
		<-c.done
	}
	c.cmd = nil
}

// Stop shuts the server down (fast: sessions are ended) and removes its directory. Stopping twice does nothing.
func (c *Cluster) Stop() error {
	c.halt(syscall.SIGINT)
	return c.remove()
}

func (c *Cluster) remove() error {
	if err := os.RemoveAll(c.dir); err != nil {
		return fmt.Errorf("removing a cluster: %w", err)
	}
	return nil
}

// Pause shuts the server down (fast) and keeps its data for Restart.
func (c *Cluster) Pause() { c.halt(syscall.SIGINT) }

// Kill makes the server crash: all its processes end at once, without a checkpoint and without a word to clients. The data stays
// for Restart, which then goes through crash recovery.
func (c *Cluster) Kill() { c.halt(syscall.SIGQUIT) }

// Restart shuts the server down (fast) where it runs and starts it again on the same data and socket, with added settings.
func (c *Cluster) Restart(settings ...string) error {
	c.halt(syscall.SIGINT)
	if err := c.configure(settings); err != nil {
		return err
	}
	if err := c.launch(context.Background()); err != nil {
		return fmt.Errorf("restarting a cluster: %w", err)
	}
	return nil
}

// Standby makes a hot standby of c with pg_basebackup and starts it; it streams through c's socket, without a slot. Settings
// are added to those of c.
func (c *Cluster) Standby(ctx context.Context, settings ...string) (*Cluster, error) {
	base.Lock()
	dir, err := freshDir()
	base.Unlock()
	if err != nil {
		return nil, err
	}
	s := &Cluster{install: c.install, dir: dir, account: c.account}
	args := []string{"-d", c.DSN(""), "-D", s.DataDir(), "-X", "stream", "-c", "fast"}
	if c.install.number() >= 1000 {
		args = append(args, "--no-sync")
	}
	if err := runAs(ctx, c.account, c.Bin("pg_basebackup"), args...); err != nil {
		return nil, errors.Join(fmt.Errorf("making a standby: %w", err), s.remove())
	}
	if err := s.follow(c); err != nil {
		return nil, errors.Join(fmt.Errorf("making a standby: %w", err), s.remove())
	}
	if err := s.begin(ctx, settings, c.tcp); err != nil {
		return nil, errors.Join(fmt.Errorf("starting a standby: %w", err), s.remove())
	}
	return s, nil
}

// follow turns a copy of primary's data directory into a standby. pg_basebackup -R would do that too, but it may be newer than the
// server and writes every option it knows into the connection string, and an older server refuses those it does not.
func (c *Cluster) follow(primary *Cluster) error {
	file, text := "postgresql.auto.conf", "primary_conninfo = "+confValue(primary.DSN(""))+"\n"
	if c.install.number() < 1200 {
		file, text = "recovery.conf", "standby_mode = 'on'\nrecovery_target_timeline = 'latest'\n"+text
	} else if err := c.writeData("standby.signal", os.O_CREATE, ""); err != nil {
		return err
	}
	return c.writeData(file, os.O_CREATE|os.O_APPEND, text)
}

// AddFile writes a file that the server's account alone may read beside its data, and returns its path.
func (c *Cluster) AddFile(name, text string) (string, error) {
	return filepath.Join(c.DataDir(), name), c.writeData(name, os.O_CREATE|os.O_TRUNC, text)
}

// writeData writes a file of the data directory and hands it to the account that runs the server.
func (c *Cluster) writeData(name string, flags int, text string) error {
	path := filepath.Join(c.DataDir(), name)
	f, err := os.OpenFile(path, os.O_WRONLY|flags, 0o600)
	if err != nil {
		return fmt.Errorf("writing %s: %w", name, err)
	}
	_, err = f.WriteString(text)
	if err = errors.Join(err, f.Close()); err != nil {
		return fmt.Errorf("writing %s: %w", name, err)
	}
	if err := c.account.own(path); err != nil {
		return fmt.Errorf("writing %s: %w", name, err)
	}
	return nil
}

// Promote ends recovery of a standby and returns once it takes writes.
func (c *Cluster) Promote(ctx context.Context) error {
	if err := runAs(ctx, c.account, c.Bin("pg_ctl"), "promote", "-D", filepath.Join(c.dir, "data")); err != nil {
		return fmt.Errorf("promoting a standby: %w", err)
	}
	for {
		out, err := c.Psql(ctx, "postgres", "select pg_is_in_recovery()")
		if err != nil {
			return fmt.Errorf("promoting a standby: %w", err)
		}
		if out == "f" {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("promoting a standby: %w", ctx.Err())
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// CaughtUp waits until standby s has replayed everything that c has written by now.
func (c *Cluster) CaughtUp(ctx context.Context, s *Cluster) error {
	replay := "pg_last_wal_replay_lsn"
	if c.install.number() < 1000 {
		replay = "pg_last_xlog_replay_location"
	}
	// Not the insert LSN: at the start of a page it is already past the page's header, and no standby gets there before the next
	// record, which on an idle server comes after fifteen seconds. So a record of our own it is.
	lsn, err := c.Psql(ctx, "postgres", "select pg_create_restore_point('caught up')")
	if err != nil {
		return fmt.Errorf("waiting for a standby: %w", err)
	}
	for {
		out, err := s.Psql(ctx, "postgres", "select "+replay+"() >= '"+lsn+"'")
		if err != nil {
			return fmt.Errorf("waiting for a standby: %w", err)
		}
		if out == "t" {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("waiting for a standby: %w", ctx.Err())
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// DSN returns a libpq connection string through the socket, as superuser postgres, without a password; without a database
// where db is empty.
func (c *Cluster) DSN(db string) string {
	s := fmt.Sprintf("host=%s port=%d user=postgres", c.dir, c.port)
	if db != "" {
		s += " dbname=" + conninfoValue(db)
	}
	return s
}

// TCPDSN is DSN for 127.0.0.1, where the cluster asks for the password of Options; it does not contain it. It is meaningless
// without a password.
func (c *Cluster) TCPDSN(db string) string {
	return fmt.Sprintf("host=127.0.0.1 port=%d user=postgres dbname=%s", c.port, conninfoValue(db))
}

func conninfoValue(s string) string {
	return "'" + strings.NewReplacer(`\`, `\\`, `'`, `\'`).Replace(s) + "'"
}

// SocketDir is the directory of the server's socket: libpq's host.
func (c *Cluster) SocketDir() string { return c.dir }

// Port is libpq's port, of the socket and of 127.0.0.1 alike.
func (c *Cluster) Port() int { return c.port }

// DataDir is the server's data directory.
func (c *Cluster) DataDir() string { return filepath.Join(c.dir, "data") }

// Install is the installation that the cluster runs on.
func (c *Cluster) Install() Install { return c.install }

// Pid is the postmaster's process, 0 while the server is stopped.
func (c *Cluster) Pid() int {
	if c.cmd == nil {
		return 0
	}
	return c.cmd.Process.Pid
}

// Bin returns the path of a client or server program of the cluster's own installation, or, where that lacks it, of the newest
// installation that has it; the bare name where none has.
func (c *Cluster) Bin(tool string) string {
	dirs := []string{c.install.Bin}
	if all, err := Installs(context.Background()); err == nil {
		for _, in := range all {
			dirs = append(dirs, in.Bin)
		}
	}
	i := slices.IndexFunc(dirs, func(d string) bool {
		_, err := os.Stat(filepath.Join(d, tool))
		return err == nil
	})
	if i < 0 {
		return tool
	}
	return filepath.Join(dirs[i], tool)
}

// Psql runs SQL (any number of statements, backslash commands too) through psql, stopping at the first error, and returns
// what it printed: unaligned, tuples only, without the last newline. The error carries psql's words.
func (c *Cluster) Psql(ctx context.Context, db, sql string) (string, error) {
	cmd := exec.CommandContext(ctx, c.Bin("psql"), "-XAtq", "-v", "ON_ERROR_STOP=1", "-d", c.DSN(db), "-f", "-")
	cmd.Env, cmd.Stdin = append(serverEnv(), "PGCLIENTENCODING=UTF8"), strings.NewReader(sql)
	var out, errs strings.Builder
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Run(); err != nil {
		if ctx.Err() != nil {
			return "", ctx.Err()
		}
		return "", fmt.Errorf("psql: %w: %s", err, strings.TrimSpace(errs.String()))
	}
	return strings.TrimSuffix(out.String(), "\n"), nil
}

// PsqlThrough runs SQL as Psql does, but goes on behind errors, and returns what psql said of them: each with its SQLSTATE. The error tells that
// psql could not be run to its end.
func (c *Cluster) PsqlThrough(ctx context.Context, db, sql string) (said string, err error) {
	cmd := exec.CommandContext(ctx, c.Bin("psql"), "-XAtq", "-v", "VERBOSITY=verbose", "-d", c.DSN(db), "-f", "-")
	cmd.Env, cmd.Stdin = append(serverEnv(), "PGCLIENTENCODING=UTF8"), strings.NewReader(sql)
	var errs strings.Builder
	cmd.Stderr = &errs
	if err := cmd.Run(); err != nil {
		if ctx.Err() != nil {
			return "", ctx.Err()
		}
		return "", fmt.Errorf("psql: %w: %s", err, tail(errs.String(), 5))
	}
	return errs.String(), nil
}

// AddDatabase creates a database, whatever its name.
func (c *Cluster) AddDatabase(ctx context.Context, name string) error {
	if _, err := c.Psql(ctx, "postgres", "create database "+pgx.Identifier{name}.Sanitize()); err != nil {
		return fmt.Errorf("creating database %q: %w", name, err)
	}
	return nil
}

// LogTail returns the last lines of the server's log, at most n.
func (c *Cluster) LogTail(n int) string {
	b, err := os.ReadFile(c.logFile())
	if err != nil {
		return err.Error()
	}
	return tail(string(b), n)
}

// Log returns the whole log of the server.
func (c *Cluster) Log() string {
	b, err := os.ReadFile(c.logFile())
	if err != nil {
		return err.Error()
	}
	return string(b)
}

func (c *Cluster) logFile() string { return filepath.Join(c.dir, "log") }

func tail(s string, n int) string {
	lines := strings.Split(strings.TrimRight(s, "\n"), "\n")
	return strings.Join(lines[max(0, len(lines)-n):], "\n")
}
