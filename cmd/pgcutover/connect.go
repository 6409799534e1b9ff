package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// conninfo is how a server is named: anything libpq takes (URI, key=value pairs), or the bare name of a service.
// It may hold a password when it came from the environment, so it is never printed.
type conninfo string

// String keeps a connection string out of anything that formats it.
func (c conninfo) String() string { return "(connection string)" }

// servers are the connections most commands take. A command embeds it and checks in Validate which ones it cannot do without.
type servers struct {
	Source  conninfo `env:"PGCUTOVER_SOURCE" placeholder:"DSN" help:"The database to move: a service name, URI or key=value string, without a password."`
	Replica conninfo `env:"PGCUTOVER_REPLICA" placeholder:"DSN" help:"A streaming standby of the source."`
	Target  conninfo `env:"PGCUTOVER_TARGET" placeholder:"DSN" help:"The database to move to."`
}

// connectTimeout holds for servers whose connection string sets no connect_timeout of its own.
const connectTimeout = 15 * time.Second

// open connects to the server that the user calls which ("source", "replica", "target").
// No error it returns holds the connection string or a password.
func (c conninfo) open(ctx context.Context, which string) (*pgx.Conn, error) {
	return c.openOn(ctx, which, "")
}

// openOn is open for another database of the server; empty: the one that is named.
func (c conninfo) openOn(ctx context.Context, which, database string) (*pgx.Conn, error) {
	cfg, err := c.config(which)
	if err != nil {
		return nil, err
	}
	if database != "" {
		cfg.Database = database
	}
	conn, err := pgx.ConnectConfig(ctx, cfg)
	if err != nil {
		if ctx.Err() != nil {
			return nil, fmt.Errorf("connecting to the %s: %w", which, ctx.Err())
		}
		return nil, connectError(which, cfg, err)
	}
	return conn, nil
}

// libpq is the connection string as libpq takes it, which knows no bare names of services.
func (c conninfo) libpq() string {
	text := string(c)
	if !strings.Contains(text, "=") && !strings.Contains(text, "://") && text != "" {
		text = "service='" + strings.NewReplacer(`\`, `\\`, `'`, `\'`).Replace(text) + "'"
	}
	return text
}

// config is the parsed connection, the environment and the service and password files taken into account.
func (c conninfo) config(which string) (*pgx.ConnConfig, error) {
	text := c.libpq()
	cfg, err := pgx.ParseConfig(text)
	if err != nil {
		return nil, parseError(which, text, err)
	}
	if err := keepLibpqOptions(cfg); err != nil {
		return nil, fmt.Errorf("connection string of the %s: %w", which, err)
	}
	cfg.RuntimeParams["application_name"] = "pgcutover"
	cfg.RuntimeParams["client_encoding"] = "UTF8"
	if cfg.ConnectTimeout == 0 {
		cfg.ConnectTimeout = connectTimeout
	}
	if cfg.Database == "" {
		cfg.Database = cfg.User // libpq's default
	}
	return cfg, nil
}

// ignoredOptions are options of libpq that pgx does not know and that change neither what is reached nor how safely.
// pgx would send them to the server, which would refuse the connection.
var ignoredOptions = []string{
	"fallback_application_name", "gssdelegation", "gssencmode", "gsslib", "keepalives", "keepalives_count", "keepalives_idle",
	"keepalives_interval", "load_balance_hosts", "sslcompression", "sslkeylogfile", "tcp_user_timeout",
}

// refusedOptions are options of libpq that pgx cannot honour. They are not dropped, because most are there for safety.
var refusedOptions = []string{
	"replication", "requirepeer", "scram_client_key", "scram_server_key", "ssl_max_protocol_version", "ssl_min_protocol_version",
	"sslcrl", "sslcrldir", "oauth_client_id", "oauth_client_secret", "oauth_issuer", "oauth_scope",
}

// keepLibpqOptions leaves in the startup message only what libpq would send.
func keepLibpqOptions(cfg *pgx.ConnConfig) error {
	for name, value := range cfg.RuntimeParams {
		switch {
		case name == "options" || name == "timezone" || name == "application_name" || name == "client_encoding":
		case slices.Contains(ignoredOptions, name):
			delete(cfg.RuntimeParams, name)
		case name == "hostaddr":
			delete(cfg.RuntimeParams, name)
			if net.ParseIP(value) == nil {
				return errors.New("hostaddr takes a single IP address")
			}
			cfg.LookupFunc = func(context.Context, string) ([]string, error) { return []string{value}, nil }
		case slices.Contains(refusedOptions, name):
			return fmt.Errorf("the option %s is not supported, and it may be there for safety", name)
		default: // the name is not printed: behind an unbalanced quote, it can be a piece of a password
			return hinted(errors.New("it has an option that libpq does not know"), "check the spelling of its keys; settings of the server go into options='-c name=value'")
		}
	}
	return nil
}

// at says where a connection goes, which is all that is ever printed about it.
func at(cfg *pgx.ConnConfig) string {
	host := cfg.Host
	if host == "" {
		host = "(default)"
	}
	return fmt.Sprintf("host %s port %d database %s user %s", host, cfg.Port, cfg.Database, cfg.User)
}

// parseError replaces pgx's error, which quotes the connection string and can only guess where the password is in a broken one.
func parseError(which, text string, err error) error {
	where := "connection string of the " + which
	inner := err.Error()
	for _, known := range []struct{ has, say, hint string }{
		{"unable to find service", "the service is not in the service file", "look into " + serviceFile() + " or set PGSERVICEFILE"},
		{"failed to read service file", "the service file cannot be read", "look for " + serviceFile() + " or set PGSERVICEFILE"},
		{"invalid port", "the port is not a number from 1 to 65535", "in a URI, percent-encode special characters of every part"},
		{"target_session_attrs", "target_session_attrs has a value that does not exist", ""},
		{"connect_timeout", "connect_timeout is not a number of seconds", ""},
		{"failed to configure TLS", "the TLS options cannot be used (sslmode, sslrootcert, sslcert, sslkey)", "check that the files exist and fit together"},
		{"require_auth", "require_auth has a value that does not exist", ""},
		{"channel_binding", "channel_binding has a value that does not exist", ""},
		{"sslcertmode", "sslcertmode has a value that does not exist", ""},
	} {
		if !strings.Contains(inner, known.has) {
			continue
		}
		say := known.say
		if name, ok := strings.CutPrefix(text, "service='"); ok && strings.Contains(known.has, "service") {
			say = fmt.Sprintf("%s (service %q)", say, strings.TrimSuffix(name, "'"))
		}
		err := fmt.Errorf("%s: %s", where, say)
		if known.hint == "" {
			return err
		}
		return hinted(err, known.hint)
	}
	return hinted(fmt.Errorf("%s: not understood", where), "give a service name, key=value pairs or a URI such as postgres://user@host:5432/database")
}

func serviceFile() string {
	if f := os.Getenv("PGSERVICEFILE"); f != "" {
		return f
	}
	return "~/.pg_service.conf"
}

// connectError says where the connection went and why it did not work.
func connectError(which string, cfg *pgx.ConnConfig, err error) error {
	cause := err
	if e, ok := errors.AsType[*pgconn.ConnectError](err); ok {
		cause = e.Unwrap() // leaves out user and database, which at() says already
	}
	text := cause.Error()
	for _, secret := range []string{cfg.ConnString(), cfg.Password} {
		if len(secret) > 3 { // no error is known to hold one; this keeps it so
			text = strings.ReplaceAll(text, secret, "…")
		}
	}
	out := fmt.Errorf("connecting to the %s (%s): %s", which, at(cfg), attempts(text))
	if pe, ok := errors.AsType[*pgconn.PgError](err); ok {
		switch pe.Code {
		case "28P01", "28000":
			return hinted(out, "passwords are taken from PGPASSFILE, PGPASSWORD or the service file; who may connect is in the server's pg_hba.conf")
		case "3D000":
			return hinted(out, "name the database with dbname=, or as the path of a URI")
		case "53300":
			return hinted(out, "the server is out of connections; one is enough for pgcutover")
		case "57P01", "57P02", "57P03": // admin_shutdown, crash_shutdown, cannot_connect_now
			return hinted(out, logThenAgain)
		}
		return out
	}
	if strings.HasSuffix(out.Error(), noTLS) {
		return hinted(out, "turn TLS on at the server (ssl = on); or, where nobody else can listen, sslmode=prefer")
	}
	if _, ok := errors.AsType[net.Error](err); ok {
		elsewhere := func(f *pgconn.FallbackConfig) bool { return f.Host != cfg.Host || f.Port != cfg.Port }
		hint := "check host and port, and that the server accepts connections from here"
		if plainHost.MatchString(cfg.Host) && !slices.ContainsFunc(cfg.Fallbacks, elsewhere) {
			hint += fmt.Sprintf(": pg_isready -h %s -p %d", cfg.Host, cfg.Port)
		}
		return hinted(out, hint)
	}
	return hinted(out, "check that a PostgreSQL server listens at this host and port, and sslmode")
}

// noTLS is said where only a connection with TLS will do.
const noTLS = "the server takes no TLS, and sslmode wants it"

var (
	// attempt is a line of pgx's error: address, host, what went wrong.
	attempt = regexp.MustCompile(`^(.*?) \(.*?\): (.*)$`)
	// layers are the words of those who hand an error on.
	layers    = regexp.MustCompile(`^(hostname resolving error: |server error: |failed SASL auth: |dial error: |dial (tcp|unix) .*?: |connect: )+`)
	plainHost = regexp.MustCompile(`^[A-Za-z0-9/][A-Za-z0-9._:/-]*$`)
)

// attempts makes one line of pgx's error, which has one for each address, with TLS and without. What was tried with TLS
// first and did without does not matter; where it went is said only where it went to several addresses.
func attempts(text string) string {
	type one struct{ address, what string }
	var all []one
	addresses := map[string]bool{}
	for line := range strings.SplitSeq(text, "\n") {
		a := one{what: strings.TrimSpace(line)}
		if m := attempt.FindStringSubmatch(a.what); m != nil {
			a = one{m[1], m[2]}
		}
		a.what = layers.ReplaceAllString(a.what, "")
		if a.what != "" && !slices.Contains(all, a) {
			all = append(all, a)
			addresses[a.address] = true
		}
	}
	refused := func(a one) bool { return a.what == "tls error: server refused TLS connection" }
	if !slices.ContainsFunc(all, func(a one) bool { return !refused(a) }) && len(all) > 0 {
		return noTLS
	}
	var said []string
	for _, a := range slices.DeleteFunc(all, refused) {
		if len(addresses) > 1 && a.address != "" {
			a.what = a.address + ": " + a.what
		}
		said = append(said, a.what)
	}
	return strings.Join(said, "; ")
}

// midway explains an error of a session that had been established: a lost server is named as such.
func midway(which string, conn *pgx.Conn, err error) error {
	if err == nil || errors.Is(err, context.Canceled) {
		return err
	}
	pe, fromServer := errors.AsType[*pgconn.PgError](err)
	_, network := errors.AsType[net.Error](err)
	switch {
	case fromServer && strings.HasPrefix(pe.Code, "57P"): // admin_shutdown, crash_shutdown, cannot_connect_now, database_dropped
	case errors.Is(err, context.DeadlineExceeded):
		return err
	case !fromServer && (network || conn.IsClosed() || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF)):
	default:
		return err
	}
	return lost(which, conn.Config(), err)
}

// lost is the error of a server that went away in the middle of the work.
func lost(which string, cfg *pgx.ConnConfig, err error) error {
	return hinted(fmt.Errorf("the connection to the %s (%s) was lost: %w", which, at(cfg), err),
		logThenAgain)
}

// logThenAgain is what to do about a server that comes and goes.
const logThenAgain = "look into the server's log, then run the command again"

// refusePasswords looks for a connection string with a password among the arguments: every user of the machine can read them.
func refusePasswords(args []string) error {
	for _, arg := range args {
		if strings.HasPrefix(arg, "--") {
			if _, value, ok := strings.Cut(arg, "="); ok {
				arg = value
			}
		}
		if holdsPassword(arg) {
			return misused(hinted(errors.New("a connection string on the command line holds a password, which every user of this machine could read"),
				"leave it out and use PGPASSFILE, a service, or the environment (PGPASSWORD, PGCUTOVER_SOURCE)"))
		}
	}
	return nil
}

var (
	passwordPair = regexp.MustCompile(`(?i)(^|\s)(ssl)?password\s*=\s*\S`)
	uriScheme    = regexp.MustCompile(`(?i)^\s*postgres(ql)?://`)
)

// holdsPassword errs on the side of yes: in a URI everything up to the last @ can be user information.
func holdsPassword(arg string) bool {
	scheme := uriScheme.FindString(arg)
	if scheme == "" {
		return passwordPair.MatchString(arg)
	}
	rest := arg[len(scheme):]
	if i := strings.LastIndexByte(rest, '@'); i >= 0 {
		if _, password, ok := strings.Cut(rest[:i], ":"); ok && password != "" {
			return true
		}
	}
	_, query, _ := strings.Cut(rest, "?")
	for pair := range strings.SplitSeq(query, "&") {
		key, value, _ := strings.Cut(pair, "=")
		if k, err := url.QueryUnescape(key); err == nil {
			key = k
		}
		if value != "" && strings.HasSuffix(strings.ToLower(key), "password") {
			return true
		}
	}
	return false
}
