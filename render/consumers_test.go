package render

import (
	"bufio"
	"context"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/pgcutover/pgcutover/verify/rehearse/cluster"
)

// The programs that read what we quote, each started once for the whole process: a fuzz target asks them thousands of times.

// consumer is a program that reads a question and a mark, and answers with fields that end in a NUL, the mark's last. A
// question that breaks out of its quotes swallows the mark or leaves fields of its own: both are seen.
type consumer struct {
	in    io.Writer
	out   *bufio.Reader
	limit func(time.Time) error
	mark  func(n int) string // text that makes the program print "mark n" and a NUL
	n     int
}

func startConsumer(cmd *exec.Cmd, errors bool, mark func(n int) string) (*consumer, error) {
	in, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	r, w, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	cmd.Stdout = w
	if errors {
		cmd.Stderr = w
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	w.Close()
	go func() { _ = cmd.Wait() }()
	return &consumer{in: in, out: bufio.NewReader(r), limit: r.SetReadDeadline, mark: mark}, nil
}

// ask returns the fields that come before the mark.
func (c *consumer) ask(t require.TestingT, question string) []string {
	c.n++
	_, err := io.WriteString(c.in, question+c.mark(c.n))
	require.NoError(t, err, question)
	require.NoError(t, c.limit(time.Now().Add(time.Minute)))
	var fields []string
	for {
		f, err := c.out.ReadString(0)
		require.NoError(t, err, "the answer ends with %q and %q, to the question:\n%s", fields, f, question)
		if f = f[:len(f)-1]; f == fmt.Sprintf("mark %d", c.n) {
			return fields
		}
		fields = append(fields, f)
	}
}

// bash evaluates each question as a script of its own; fields are what it prints with '%s\0'. It stands in an empty directory,
// so that a word taken for a pattern or a redirection shows.
var bash = sync.OnceValues(func() (*consumer, error) {
	dir, err := os.MkdirTemp("", "pgcutover-fuzz-")
	if err != nil {
		return nil, err
	}
	cmd := exec.Command("bash", "-c", `cd -- "$1" || exit; rmdir -- "$1"; while IFS= read -r -d '' script; do eval "$script"; done`, "bash", dir)
	cmd.Env = []string{"PATH=/usr/bin:/bin", "LC_ALL=C"}
	return startConsumer(cmd, false, func(n int) string { return fmt.Sprintf("\x00printf 'mark %d\\0'\x00", n) })
})

// psql reads each question as the scripts have it read theirs: unaligned tuples, from standard input. Every statement of a
// question ends in \g /dev/fd/1, which prints at once, and answers one column of hex: fields are its text.
var (
	psql       = sync.OnceValues(func() (*consumer, error) { return startPsql(false) })
	psqlErrors = sync.OnceValues(func() (*consumer, error) { return startPsql(true) }) // with what it says of errors
)

func startPsql(errors bool) (*consumer, error) {
	c, err := startedServer()
	if err != nil {
		return nil, err
	}
	// LSN, todo and x are there to be taken for variables.
	cmd := exec.Command(c.Bin("psql"), "-XAtqw", "--record-separator-zero", "-v", "LSN=replaced", "-v", "todo=replaced", "-v", "x=replaced", "-d", c.DSN("postgres"), "-f", "-")
	cmd.Env = []string{"PATH=/usr/bin:/bin", "LC_ALL=C", "PGCLIENTENCODING=UTF8"}
	return startConsumer(cmd, errors, func(n int) string { return fmt.Sprintf("\nSELECT 'mark %d' \\g /dev/fd/1\n", n) })
}

// consumerOf starts a consumer that the test needs.
func consumerOf(t require.TestingT, start func() (*consumer, error)) *consumer {
	c, err := start()
	require.NoError(t, err)
	return c
}

// asked is the one answer to a question whose answer is the hex of a UTF-8 text.
func asked(t require.TestingT, c *consumer, question string) string {
	fields := c.ask(t, question)
	require.Len(t, fields, 1, question)
	b, err := hex.DecodeString(fields[0])
	require.NoError(t, err, question)
	return string(b)
}

var startedServer = sync.OnceValues(func() (*cluster.Cluster, error) {
	return cluster.Start(context.Background(), cluster.Options{Role: cluster.Target})
})

// server is a connection that lives as long as the test process.
var server = sync.OnceValues(func() (*pgx.Conn, error) {
	c, err := startedServer()
	if err != nil {
		return nil, err
	}
	return pgx.Connect(context.Background(), c.DSN("postgres"))
})

// served is the answer of the server, asked by pgx with the simple protocol, to a query of one text.
func served(t *testing.T, conn *pgx.Conn, sql string) string {
	t.Helper()
	rows, err := conn.PgConn().Exec(t.Context(), sql).ReadAll()
	require.NoError(t, err, sql)
	last := rows[len(rows)-1]
	require.NoError(t, last.Err, sql)
	require.Len(t, last.Rows, 1, sql)
	return string(last.Rows[0][0])
}

// hexed is an SQL expression of the hex of a text expression.
func hexed(expression string) string {
	return "pg_catalog.encode(pg_catalog.convert_to((" + expression + ")::text, 'UTF8'), 'hex')"
}

// toFD sends a statement's answer out of psql at once.
func toFD(sql string) string { return strings.TrimRight(sql, ";\n") + " \\g /dev/fd/1\n" }

// AskBash, AskPsql and the rest are the consumers for the tests outside of the package.
func AskBash(t require.TestingT, script string) []string { return consumerOf(t, bash).ask(t, script) }

// AskPsql returns the texts that a script of SELECTs of hex ends in.
func AskPsql(t require.TestingT, script string) []string {
	fields := consumerOf(t, psql).ask(t, script)
	for i, f := range fields {
		b, err := hex.DecodeString(f)
		require.NoError(t, err, "%q, to the question:\n%s", f, script)
		fields[i] = string(b)
	}
	return fields
}

// Names of the package for its tests outside.
var (
	ShellWord, Literal, Conninfo = shellWord, literal, conninfo
	Hexed, ToFD                  = hexed, toFD
	Nasty                        = nasty
	StartedServer                = startedServer
)
