package catalog

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/pgcutover/pgcutover/analyze"
)

// Options say what beside the source is read, and how patient the reader is. The zero value reads the source alone.
type Options struct {
	Replica *pgx.Conn // a streaming standby of the source, which then gives the sizes; nil: none
	Target  *pgx.Conn // the server to move to; nil: none

	// Open makes another connection to the source, with the rights of the first: further sessions on the same snapshot then read what takes the
	// server long. They are closed when Read returns. nil, an error, a source before 10 and one that exports no snapshot: one session reads everything.
	Open func(context.Context) (*pgx.Conn, error)

	StatementTimeout time.Duration // of each catalog query; 0: two minutes
	LockTimeout      time.Duration // for a relation that somebody holds an exclusive lock on; 0: two seconds

	// TextBounds asks for the values that text keys can be cut by, shortened: without it no text that a row holds is in the inventory.
	TextBounds bool

	Say func(string) // told what is being read, for progress; nil: nobody
}

const (
	defaultStatementTimeout = 2 * time.Minute
	defaultLockTimeout      = 2 * time.Second
	// attempts: a table dropped between two queries, an exclusive lock or a conflict with recovery voids a reading, not a second one.
	attempts = 3
)

// Errors of [Read] that are about which servers were given.
var (
	ErrNotStandby  = errors.New("not a standby")
	ErrOtherServer = errors.New("not a standby of the source")
	ErrSameServer  = errors.New("source and target are the same database")
)

// Read takes the inventory of the database that conn is connected to. The result is normalized and free of rates and LOB maxima: see
// [Sample] and [MeasureLOBs]. The connection must not be in a transaction; it is in none afterwards.
//
// Errors name what was being read and wrap pgx's; ErrNotStandby, ErrOtherServer and ErrSameServer are wrapped where the replica or
// the target is not what it should be.
func Read(ctx context.Context, conn *pgx.Conn, o Options) (analyze.Inventory, error) {
	if o.StatementTimeout == 0 {
		o.StatementTimeout = defaultStatementTimeout
	}
	if o.LockTimeout == 0 {
		o.LockTimeout = defaultLockTimeout
	}
	if o.Say == nil {
		o.Say = func(string) {}
	}
	for try := 1; ; try++ {
		inv, err := readOnce(ctx, conn, o)
		if err == nil {
			return inv, nil
		}
		if try == attempts || !worthRetrying(err) {
			return inv, lockHolders(ctx, conn, err)
		}
		o.Say("reading again: " + err.Error())
	}
}

func readOnce(ctx context.Context, conn *pgx.Conn, o Options) (analyze.Inventory, error) {
	r := &reader{Options: o, ctx: ctx, conn: conn}
	defer func() { r.ahead.end() }()
	err := r.snapshot(func() error {
		if err := r.readAhead(); err != nil {
			return err
		}
		return r.readSource()
	})
	if err != nil {
		return analyze.Inventory{}, err
	}
	if err := r.sequenceValues(); err != nil {
		return analyze.Inventory{}, err
	}
	if o.Target != nil {
		o.Say("reading the target")
		if err := r.readTarget(); err != nil {
			return analyze.Inventory{}, err
		}
	}
	r.summarizeUnreadable()
	r.inv.Arrange()
	return r.inv, nil
}

// reader is one reading of one server.
type reader struct {
	Options
	ctx  context.Context
	conn *pgx.Conn

	ahead  *ahead      // nil: no further sessions
	values *sequencing // of the sequences read

	inv     analyze.Inventory
	session session
	tables  map[uint32]int    // by OID: place in inv.Tables
	live    [][]liveColumn    // by place in inv.Tables, beside its Columns
	types   []declared        // of columns
	indexes map[uint32]place  // by OID of the index
	quoted  map[string]string // names that the server puts into quotes, as it does
	seqs    []sequence        // in the order of inv.Sequences
	replica *standby          // nil: no replica
}

// place is a table's place in the inventory and that of a part of it.
type place struct{ table, part int }

// session is what the server said about itself and about our role.
type session struct {
	databaseOID       uint32
	started           string // pg_postmaster_start_time()
	blockSize         int64
	position          string // LSN inserted (primary) or received (standby)
	readAllStats      bool
	readAllSettings   bool
	control           bool     // may call pg_control_system()
	checkpoint        bool     // may call pg_control_checkpoint()
	functions         []string // that queries have a form with
	connect           bool
	rdsRole, rdsAdmin bool
	auroraFunction    bool
	settings          []analyze.Setting // every setting the role sees
}

func (r *reader) query(name string) string { return query(name, r.major(), r.session.functions...) }

func (r *reader) major() int { return r.inv.Server.Major() }

// snapshot runs read in a READ ONLY, REPEATABLE READ transaction whose surroundings are fixed: what a role or a database
// sets for its sessions must change neither a definition's text nor how long we wait.
func (r *reader) snapshot(read func() error) error {
	if err := r.begin(); err != nil {
		return err
	}
	err := read()
	if err == nil {
		_, err = r.conn.Exec(r.ctx, "commit")
		return err
	}
	if !r.conn.IsClosed() {
		// The rollback must happen although the command may have been interrupted; a dead server ends it by the deadline.
		ctx, cancel := context.WithTimeout(context.WithoutCancel(r.ctx), 5*time.Second)
		defer cancel()
		_, _ = r.conn.Exec(ctx, "rollback")
	}
	return err
}

const begin = "begin isolation level repeatable read, read only"

func (r *reader) begin() error {
	if _, err := r.conn.Exec(r.ctx, begin); err != nil {
		return fmt.Errorf("beginning a read-only transaction: %w", err)
	}
	return nil
}

// settle fixes the surroundings of the transaction.
func (r *reader) settle() error {
	_, err := r.conn.Exec(r.ctx, surroundings(r.conn, r.StatementTimeout, r.LockTimeout), pgx.QueryExecModeSimpleProtocol)
	if err != nil {
		return fmt.Errorf("setting up the session: %w", err)
	}
	return nil
}

// surroundings is the SQL that makes the rest of a transaction independent of what the role, the database and the
// connection set. A statementTimeout of 0 means none.
func surroundings(conn *pgx.Conn, statementTimeout, lockTimeout time.Duration) string {
	lines := []string{
		"set local search_path = ''",
		fmt.Sprintf("set local statement_timeout = %d", statementTimeout.Milliseconds()),
		fmt.Sprintf("set local lock_timeout = %d", lockTimeout.Milliseconds()),
		"set local idle_in_transaction_session_timeout = 0",
		"set local application_name = 'pgcutover'",
		"set local client_encoding = 'UTF8'",
		"set local datestyle = 'ISO, YMD'",
		"set local intervalstyle = 'postgres'",
		"set local timezone = 'UTC'",
		"set local bytea_output = 'hex'",
		"set local quote_all_identifiers = off",
		"set local standard_conforming_strings = on",
	}
	if major := serverMajor(conn); major >= 1100 {
		lines = append(lines, "set local jit = off")
		if major >= 1700 {
			lines = append(lines, "set local transaction_timeout = 0")
		}
	}
	return strings.Join(lines, "; ")
}

// serverMajor is taken from what the server reported when the connection was made: "9.6.24", "15.20 (Debian …)", "18beta1".
func serverMajor(conn *pgx.Conn) int {
	var first, second int
	v := conn.PgConn().ParameterStatus("server_version")
	n, _ := fmt.Sscanf(v, "%d.%d", &first, &second)
	if n >= 1 && first >= 10 {
		return first * 100
	}
	return first*100 + second
}

func (r *reader) readSource() error {
	steps := []struct {
		say      string
		read     func() error
		optional bool // an inventory without it is one; the others are what every decision rests on
	}{
		{"settings", r.readSettings, false},
		{"", r.settle, false},
		{"server", r.readServer, false},
		{"", r.askAhead, false},
		{"replica", r.readReplica, false},
		{"roles", r.readRoles, true},
		{"tables", r.readTables, false},
		{"sequences", r.readSequences, false},
		{"columns", r.readColumns, false},
		{"column statistics", r.readColumnStatistics, true},
		{"indexes", r.readIndexes, false},
		{"constraints", r.readConstraints, false},
		{"triggers", r.readTriggers, false},
		{"inheritance", r.readInheritance, false},
		{"sizes", r.readSizes, false},
		{"database", r.readDatabase, false},
		{"key ranges", r.readKeyRanges, false},
		{"row counters", r.readCounters, true},
		{"views", r.readViews, true},
		{"extensions", r.readExtensions, false},
		{"other objects", r.readObjects, true},
		{"replication", r.readReplication, true},
		{"activity", r.readActivity, true},
	}
	for _, s := range steps {
		if s.say != "" {
			r.Say("reading " + s.say)
		}
		read := s.read
		if s.optional {
			read = func() error { return r.optional(s.say, "", s.read) }
		}
		if err := read(); err != nil {
			if r.ctx.Err() != nil {
				return r.ctx.Err()
			}
			if s.say == "" || s.say == "replica" {
				return err
			}
			return fmt.Errorf("reading %s: %w", s.say, explained(err))
		}
	}
	return nil
}

// each runs a query of the queries folder, or takes what was read of it ahead, and calls fn for every row, scanned into the given pointers.
func (r *reader) each(name string, args []any, into []any, fn func() error) error {
	rows, err := r.ahead.rows(name)
	if err != nil {
		return err
	}
	if rows != nil {
		return rows.each(r.conn.TypeMap(), into, fn)
	}
	return each(r.ctx, r.conn, r.query(name), args, into, fn)
}

// each runs a query without preparing it first, which saves a round trip and works through connection poolers.
func each(ctx context.Context, conn *pgx.Conn, sql string, args []any, into []any, fn func() error) error {
	rows, err := conn.Query(ctx, sql, append([]any{pgx.QueryExecModeExec}, args...)...)
	if err != nil {
		return err
	}
	_, err = pgx.ForEachRow(rows, into, fn)
	return err
}

// one is each for queries of exactly one row.
func (r *reader) one(name string, args []any, into ...any) error {
	n := 0
	err := r.each(name, args, into, func() error { n++; return nil })
	if err == nil && n != 1 {
		return fmt.Errorf("query %s: %d rows in place of one", name, n)
	}
	return err
}

// optional reads something the inventory can do without. A server that refuses it leaves an Unknown behind and the
// transaction usable: insufficient_privilege, feature_not_supported and undefined_function are such refusals, and what is named in also.
func (r *reader) optional(fact, grant string, read func() error, also ...string) error {
	if _, err := r.conn.Exec(r.ctx, "savepoint optional"); err != nil {
		return err
	}
	before := r.inv
	err := read()
	if err == nil {
		_, err := r.conn.Exec(r.ctx, "release savepoint optional")
		return err
	}
	pe, ok := errors.AsType[*pgconn.PgError](err)
	if !ok || r.ctx.Err() != nil || !slices.Contains(append(also, "42501", "0A000", "42883"), pe.Code) {
		return err
	}
	if _, err := r.conn.Exec(r.ctx, "rollback to savepoint optional"); err != nil {
		return err
	}
	r.inv = before // no list is half of what it should be
	if pe.Code != "42501" {
		grant = "" // the right was not what was missing
	}
	r.unknown(fact, "", pe.Message, grant)
	return nil
}

// Refusals that are tolerated where they say something about the object and not about the reading.
const (
	lockNotAvailable = "55P03"
	queryCanceled    = "57014" // by statement_timeout
	undefinedTable   = "42P01"
	undefinedColumn  = "42703"
)

// lockHolders adds to a lock_timeout which tables are locked, and by whom.
func lockHolders(ctx context.Context, conn *pgx.Conn, err error) error {
	pe, ok := errors.AsType[*pgconn.PgError](err)
	if !ok || pe.Code != "55P03" || conn.IsClosed() {
		return err
	}
	var name analyze.Name
	var pid int
	var held []string
	r := &reader{Options: Options{StatementTimeout: defaultStatementTimeout, LockTimeout: defaultLockTimeout}, ctx: ctx, conn: conn}
	_ = r.snapshot(func() error { // the first error is the one to report
		if err := r.settle(); err != nil {
			return err
		}
		return r.each("locked", nil, []any{&name.Schema, &name.Name, &pid}, func() error {
			held = append(held, fmt.Sprintf("%s (process %d)", name, pid))
			return nil
		})
	})
	if len(held) == 0 {
		return err
	}
	slices.Sort(held)
	return fmt.Errorf("%w; locked now: %s", err, listed(held))
}

// worthRetrying tells errors that a second reading will hardly meet again.
func worthRetrying(err error) bool {
	pe, ok := errors.AsType[*pgconn.PgError](err)
	if !ok {
		return false
	}
	switch pe.Code {
	case "40001", "42P01", "55P03": // conflict with recovery, a table gone meanwhile, an exclusive lock
		return true
	case "XX000":
		return strings.Contains(pe.Message, "cache lookup failed") || strings.Contains(pe.Message, "could not open relation")
	}
	return false
}

// explained adds what a bare server error leaves out.
func explained(err error) error {
	pe, ok := errors.AsType[*pgconn.PgError](err)
	if !ok {
		return err
	}
	switch pe.Code {
	case "55P03":
		return fmt.Errorf("another session holds an exclusive lock on a table: %w", err)
	case "22021":
		return fmt.Errorf("a name or definition holds bytes that are not UTF-8, which only a SQL_ASCII database lets happen: %w", err)
	case "57014":
		return fmt.Errorf("the query took longer than its limit: %w", err)
	}
	return err
}

func (r *reader) unknown(fact, subject, reason, grant string) {
	r.inv.Unknown = append(r.inv.Unknown, analyze.Unknown{Fact: fact, Subject: subject, Reason: reason, Grant: grant})
}

// me is our role as an SQL identifier, for grants to be pasted.
func (r *reader) me() string { return analyze.Ident(r.inv.Server.User) }

// monitorGrant is what lets the role see other sessions: a predefined role since 10, nothing but superuser before.
func (r *reader) monitorGrant() string {
	if r.major() < 1000 {
		return ""
	}
	return "GRANT pg_monitor TO " + r.me()
}
