package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/pgcutover/pgcutover/verify/rehearse/cluster"
)

// bare takes libpq's environment away, so that only what a test sets counts.
func bare(t *testing.T) {
	for _, e := range os.Environ() {
		if name, _, _ := strings.Cut(e, "="); strings.HasPrefix(name, "PG") {
			t.Setenv(name, "")
			os.Unsetenv(name)
		}
	}
	t.Setenv("HOME", t.TempDir())
}

func TestConninfoTakesWhatLibpqTakes(t *testing.T) {
	bare(t)
	dir := t.TempDir()
	services := filepath.Join(dir, "services")
	require.NoError(t, os.WriteFile(services, []byte("[odd 'name\\]\nhost=h\nport=1\ndbname=d\nuser=u\n[plain]\nhost=h\nport=1\ndbname=d\nuser=u\npassword=from service\n"), 0o600))
	passwords := filepath.Join(dir, "passwords")
	require.NoError(t, os.WriteFile(passwords, []byte("h:1:d:u:from file\n"), 0o600))
	t.Setenv("PGSERVICEFILE", services)
	for _, c := range []struct {
		in, password string
		env          []string
	}{
		{in: "host=h port=1 dbname=d user=u"},
		{in: "postgres://u@h:1/d"},
		{in: "postgresql://h:1/d?user=u"},
		{in: "service=plain", password: "from service"},
		{in: "plain", password: "from service"},
		{in: `odd 'name\`},
		{in: "plain", env: []string{"PGPASSWORD=from env"}, password: "from service"},
		{in: "postgres://u@h:1/d", env: []string{"PGPASSWORD=from env"}, password: "from env"},
		{in: "postgres://u@h:1/d", env: []string{"PGPASSFILE=" + passwords}, password: "from file"},
		{in: "dbname=d", env: []string{"PGHOST=h", "PGPORT=1", "PGUSER=u"}},
		{in: "", env: []string{"PGHOST=h", "PGPORT=1", "PGUSER=u", "PGDATABASE=d"}},
		{in: "", env: []string{"PGSERVICE=plain"}, password: "from service"},
		{in: "host=h port=1 user=d", env: nil}, // the database is called like the user
		{in: "host=h port=1 dbname=d user=u keepalives=1 keepalives_idle=30 gssencmode=prefer tcp_user_timeout=5 sslcompression=0 fallback_application_name=x load_balance_hosts=disable"},
	} {
		t.Run(c.in+" "+strings.Join(c.env, " "), func(t *testing.T) {
			for _, e := range c.env {
				name, value, _ := strings.Cut(e, "=")
				t.Setenv(name, value)
			}
			cfg, err := conninfo(c.in).config("source")
			require.NoError(t, err)
			require.Equal(t, "h", cfg.Host)
			require.Equal(t, uint16(1), cfg.Port)
			require.Equal(t, "d", cfg.Database)
			require.Equal(t, c.password, cfg.Password)
			require.Equal(t, "pgcutover", cfg.RuntimeParams["application_name"])
			require.Equal(t, map[string]string{"application_name": "pgcutover", "client_encoding": "UTF8"}, cfg.RuntimeParams)
			require.Equal(t, connectTimeout, cfg.ConnectTimeout)
			require.NotContains(t, at(cfg), "from")
		})
	}
}

func TestConninfoKeepsItsOwnTimeoutAndAddress(t *testing.T) {
	bare(t)
	cfg, err := conninfo("host=db.example hostaddr=10.1.2.3 connect_timeout=3 options='-c work_mem=1MB'").config("source")
	require.NoError(t, err)
	require.Equal(t, 3*time.Second, cfg.ConnectTimeout)
	require.Equal(t, "-c work_mem=1MB", cfg.RuntimeParams["options"])
	found, err := cfg.LookupFunc(t.Context(), "db.example")
	require.NoError(t, err)
	require.Equal(t, []string{"10.1.2.3"}, found)
	for _, bad := range []string{"requirepeer=x", "sslcrl=/x", "replication=database", "nonsense=1", "hostaddr=a,b", "search_path=x"} {
		_, err := conninfo("host=h " + bad).config("source")
		require.Error(t, err, bad)
	}
}

// all that an error would print
func printed(err error) string {
	var b bytes.Buffer
	streams{Stderr: &b}.report(err)
	return b.String() + err.Error()
}

func TestNoErrorRepeatsAConnectionString(t *testing.T) {
	bare(t)
	const canary = "c4nary"
	rapid.Check(t, func(t *rapid.T) {
		odd := rapid.SampledFrom([]string{"", "/", "#", "?", "@", ":", "%", "%zz", "'", `\`, " ", "=", "&", "[", "]", "\n", "ü", "://"})
		password := odd.Draw(t, "a") + canary + odd.Draw(t, "b")
		shape := rapid.SampledFrom([]string{
			"postgres://u:$@h/d", "postgres://u:$@h:x/d", "postgres://u:$@[::1/d", "postgres://$@/d", "postgres://h/d?password=$", "postgres://h:$/d", "postgresql://:$@",
			"host=h password=$", "host=h password='$'", "host=h password='$", "password=$ port=0", "host=h port=$", "pasword=$", "host=h sslmode=$", "host=h connect_timeout=$",
			"host=h target_session_attrs=$", "host=h sslrootcert=$", "host=h channel_binding=$", "postgres://u:$@h/d?sslmode=bad", "jdbc:postgresql://h/d?password=$", "host=h require_auth=$",
			"host=h hostaddr=$", "host=h sslcertmode=$ password=$", "host=h min_protocol_version=$",
		}).Draw(t, "shape")
		text := strings.ReplaceAll(shape, "$", password)
		cfg, err := conninfo(text).config("source")
		if err != nil {
			require.NotContains(t, printed(err), canary, "%q", text)
			return
		}
		if strings.Contains(at(cfg), canary) {
			return // so misplaced that it is a host, a user or a database by all rules
		}
		err = connectError("source", cfg, errors.Join(errors.New("dialing: "+cfg.Password), errors.New(text)))
		require.NotContains(t, printed(err), canary, "%q", text)
	})
}

func TestHoldsPassword(t *testing.T) {
	for arg, want := range map[string]bool{
		"postgres://u:p@h/d": true, "postgresql://u:p@h/d": true, "POSTGRES://u:p@h/d": true, " postgres://u:p@h": true, "postgres://:p@h/d": true,
		"postgres://u:p/w@h/d": true, "postgres://u:p?w@h/d": true, "postgres://u:p#w@h/d": true, "postgres://h/d?password=p": true,
		"postgres://h/d?a=b&sslpassword=p": true, "postgres://h/d?pass%77ord=p": true,
		"host=h password=p": true, "password=p": true, "host=h password = p": true, "host=h\tpassword='p w'": true, "sslpassword=p": true, "PASSWORD=p": true,
		"postgres://u@h:5432/d": false, "postgres://h:5432/d": false, "postgres://u:@h/d": false, "postgres://h/d?password=": false, "postgres://h/d?passfile=/x": false,
		"host=h passfile=/x": false, "host=h password=": false, "service": false, "service=x": false, "-o": false, "": false, "inventory.json": false, "nopassword=1": false,
	} {
		require.Equal(t, want, holdsPassword(arg), arg)
		require.Equal(t, want, refusePasswords([]string{"analyze", "--source", arg}) != nil, arg)
		require.Equal(t, want, refusePasswords([]string{"analyze", "--source=" + arg}) != nil, arg)
	}
}

func TestURIWithPasswordIsAlwaysRefused(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		password := rapid.StringN(1, 20, -1).Draw(t, "password")
		u := url.URL{Scheme: "postgres", User: url.UserPassword("u", password), Host: "h:5432", Path: "/d"}
		require.True(t, holdsPassword(u.String()))
	})
}

// TestConnectErrors: what went wrong once, in the server's words where it answered, and what to do.
func TestConnectErrors(t *testing.T) {
	cluster.Need(t)
	bare(t)
	c := cluster.StartWith(t, cluster.Options{Role: cluster.Target, Password: "right"})
	tcp := fmt.Sprintf("host=127.0.0.1 port=%d user=postgres", c.Port())
	where := fmt.Sprintf("(host 127.0.0.1 port %d database postgres user postgres): ", c.Port())
	for dsn, want := range map[string][2]string{
		tcp + " password=wrong":                   {where + `FATAL: password authentication failed for user "postgres" (SQLSTATE 28P01)`, "passwords are taken from"},
		tcp + " password=right dbname=no":         {`FATAL: database "no" does not exist (SQLSTATE 3D000)`, "name the database with dbname="},
		tcp + " password=right sslmode=require":   {where + "the server takes no TLS, and sslmode wants it", "sslmode=prefer"},
		"host=127.0.0.1 port=1 user=u dbname=d":   {"(host 127.0.0.1 port 1 database d user u): connection refused", "pg_isready -h 127.0.0.1 -p 1"},
		"host=/nowhere user=u dbname=d":           {"(host /nowhere port 5432 database d user u): no such file or directory", "pg_isready -h /nowhere -p 5432"},
		"host=127.0.0.1,/nowhere port=1,2 user=u": {"127.0.0.1:1: connection refused; /nowhere/.s.PGSQL.2: no such file or directory", "check host and port"},
		"host='/no where' user=u":                 {"no such file or directory", "check host and port, and that the server accepts connections from here"},
	} {
		_, err := conninfo(dsn).open(t.Context(), "source")
		said := printed(err)
		require.Contains(t, said, want[0]+"\n")
		require.Contains(t, said, want[1])
		require.NotContains(t, said, "tls error")
		require.NotContains(t, said, "dial")
	}
}

// A server that starts or stops answers, and lets nobody in.
func TestConnectingToAServerThatStarts(t *testing.T) {
	cfg, err := pgx.ParseConfig("host=/run user=u dbname=d")
	require.NoError(t, err)
	for _, code := range []string{"57P01", "57P02", "57P03"} {
		require.Contains(t, printed(connectError("source", cfg, &pgconn.PgError{Severity: "FATAL", Code: code, Message: "the database system is starting up"})), "hint: look into the server's log")
	}
}

func TestMidwayNamesALostServer(t *testing.T) {
	cluster.Need(t)
	c := cluster.StartTarget(t)
	conn, err := conninfo(c.DSN("postgres")).open(t.Context(), "target")
	require.NoError(t, err)
	defer conn.Close(context.WithoutCancel(t.Context()))

	_, err = conn.Exec(t.Context(), "select 1/0")
	require.ErrorContains(t, midway("target", conn, err), "division by zero")
	require.NotContains(t, midway("target", conn, err).Error(), "lost")
	require.ErrorIs(t, midway("target", conn, context.Canceled), context.Canceled)
	require.NoError(t, midway("target", conn, nil))
	for _, err := range []error{io.ErrUnexpectedEOF, &pgconn.PgError{Code: "57P01", Message: "terminating connection"}} {
		require.ErrorContains(t, midway("target", conn, err), "the connection to the target (host "+c.SocketDir()+" port ")
	}
	c.Kill()
	_, err = conn.Exec(t.Context(), "select 1")
	require.Error(t, err)
	require.ErrorContains(t, midway("target", conn, err), "was lost")
	require.Contains(t, printed(midway("target", conn, err)), "hint: look into the server's log")
}
