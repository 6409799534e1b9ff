package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/pgcutover/pgcutover/analyze"
	"github.com/pgcutover/pgcutover/analyze/catalog"
	"github.com/pgcutover/pgcutover/planner"
	"github.com/pgcutover/pgcutover/verify"
	"github.com/pgcutover/pgcutover/verify/dms"
)

// verifyCmd runs the checks of a gate, or of some families.
type verifyCmd struct {
	Gate string `arg:"" optional:"" help:"preflight, ready-to-pause, paused, loaded, cdc-ready, cdc, cutover-ready, cutover or after; without one, --check decides by how far state.json says the work is."`
	Plan string `required:"" placeholder:"FILE" help:"The plan that the bundle was rendered from; - is standard input."`
	servers
	State   string        `env:"PGCUTOVER_STATE" placeholder:"FILE" help:"state.json as the rendered scripts wrote it (default: the one beside the plan, where there is one)."`
	Check   []string      `placeholder:"FAMILY,..." help:"Only these families of checks, or checks by code: servers, settings, roles, hazards, drift, sets, lsn, disk, activity, load, rows, schema, indexes, sequences, apply, aws, freeze."`
	Rows    string        `enum:"exact,checksum,sample,delta" default:"exact" help:"How to compare rows: count all (exact), compare all values and name the rows that differ (checksum), count of large tables some months only (sample), or, while changes are applied, compare source and target by what changed since the pause (delta)."`
	Show    int           `default:"20" placeholder:"N" help:"Differing rows of a table that are named; the others are counted."`
	Keys    string        `name:"show-keys" enum:"none,plain,all" default:"plain" help:"Keys of differing rows to show: none, plain (numbers, UUIDs, dates and times) or all. A row is named by its place in the table, too."`
	Tables  []string      `name:"table" sep:"none" placeholder:"NAME" help:"Compare rows of this table only, as reports name it; a partitioned table stands for its partitions. May be given again."`
	List    string        `name:"differences" placeholder:"FILE" help:"With checksum and delta: write every row that differs to this file, by its key, for render --backfill. Keys are data: the file is for its owner's eyes alone."`
	Most    int           `name:"most-differences" default:"100000" placeholder:"N" help:"Rows of a table that --differences lists at most."`
	Budget  time.Duration `placeholder:"TIME" help:"With checksum and delta: how long to compare, such as 30m; what is not reached is undecided."`
	Resume  string        `placeholder:"FILE" help:"With checksum: remember in this file what is equal, and go on from there the next time."`
	Since   time.Time     `name:"logs-since" placeholder:"TIME" help:"What the tasks of AWS DMS logged before this time (such as 2026-11-27T12:00:00Z) was looked at and dealt with: G5-LOGS tells it, and decides by what came later."`
	Jobs    int           `default:"4" help:"Checks at a time, and sessions on each server."`
	Peek    bool          `help:"Also list transactions in flight at the hand-off, by a bounded look into each slot."`
	Format  string        `enum:"text,json,junit,github" default:"text" help:"Form of the report: text, json, junit or github."`
	Output  string        `short:"o" placeholder:"FILE" help:"Write the report to this file; standard output then gets the text form."`
	Verbose bool          `short:"v" help:"Show every object and the evidence in the text form."`

	SourceFreeBytes  number `env:"PGCUTOVER_SOURCE_FREE_BYTES" placeholder:"N" help:"Free bytes where the source keeps its WAL (default: what the plan's configuration says)."`
	ReplicaFreeBytes number `env:"PGCUTOVER_REPLICA_FREE_BYTES" placeholder:"N" help:"Free bytes where the replica keeps its WAL."`
	PGBin            string `name:"pg-bin" env:"PGCUTOVER_PG_BIN" placeholder:"DIR" help:"Directory of psql and pg_dump as the scripts use them (default: PATH)."`
}

// number is a number that an environment variable may leave empty.
type number int64

// UnmarshalText reads a number that is not negative; nothing is 0.
func (n *number) UnmarshalText(text []byte) error {
	if len(text) == 0 {
		*n = 0
		return nil
	}
	v, err := strconv.ParseInt(string(text), 10, 64)
	if err != nil || v < 0 {
		return fmt.Errorf("%q is not a number of bytes", text)
	}
	*n = number(v)
	return nil
}

// Help is the long help.
func (verifyCmd) Help() string {
	return `A gate says whether it is safe to go on:

  preflight        before anything is changed
  ready-to-pause   replication sets and slots are there; the replica may be paused
  paused           the replica stands still at the LSN of the hand-off; the load may start
  loaded           everything is copied and built; the replica may be resumed
  cdc-ready        what applies the changes is there and starts where the copy ends
  cdc              changes are applied, without errors, and catch up
  cutover-ready    the application may be cut off
  cutover          nobody writes, everything has arrived, the target is complete: it may take over
  after            the target has taken over; nothing is left on the source that does harm

With the engine dms-full the order is preflight, cdc-ready (before the tasks load), loaded (they have loaded, indexes are built,
nothing is applied), cdc, cutover-ready, cutover and after.

Sessions are read-only. Exit codes: 0 passed, 1 a check failed, 2 the command could not do its work, 3 nothing failed but
something could not be decided. "pgcutover explain CODE" tells what a check is for.`
}

// Validate checks what kong cannot.
func (c *verifyCmd) Validate() error {
	if c.Gate == "" && len(c.Check) == 0 {
		return fmt.Errorf("name a gate (%s), or families with --check", gateNames())
	}
	if c.Gate != "" && !slices.Contains(verify.Gates, verify.Gate(c.Gate)) {
		return fmt.Errorf("there is no gate %q: the gates are %s", c.Gate, gateNames())
	}
	if len(c.sides()) == 0 {
		return errors.New("name the servers with --source, --replica and --target")
	}
	if c.Rows != string(verify.RowsChecksum) && c.Resume != "" {
		return errors.New("--resume belongs to --rows checksum")
	}
	if c.Rows != string(verify.RowsChecksum) && c.Rows != string(verify.RowsDelta) && c.Budget != 0 {
		return errors.New("--budget belongs to --rows checksum and --rows delta")
	}
	if c.Budget < 0 || c.Show < 1 || c.Most < 1 {
		return errors.New("--budget, --show and --most-differences take something greater than 0")
	}
	if c.Rows != string(verify.RowsChecksum) && c.Rows != string(verify.RowsDelta) && c.List != "" {
		return errors.New("--differences belongs to --rows checksum and --rows delta")
	}
	if c.List == "-" || c.List != "" && c.List == c.Output {
		return errors.New("--differences takes a file of its own")
	}
	if len(c.Tables) > 0 && (len(c.Check) == 0 || slices.ContainsFunc(c.Check, func(f string) bool {
		return !slices.Contains([]string{string(verify.Rows), "G3-ROWS", "G5-PARITY", "G7-PARITY"}, f)
	})) {
		return errors.New("--table belongs to --check rows: a gate is about all tables")
	}
	if c.Since.After(time.Now()) {
		return fmt.Errorf("--logs-since %s lies in the future: nobody has seen what will be logged until then", c.Since.Format(time.RFC3339))
	}
	if c.Jobs < 1 || c.Jobs > 64 {
		return errors.New("--jobs takes a number from 1 to 64")
	}
	return nil
}

func (c *verifyCmd) dsn(side verify.Side) conninfo {
	return map[verify.Side]conninfo{verify.Source: c.Source, verify.Replica: c.Replica, verify.Target: c.Target}[side]
}

func (c *verifyCmd) sides() (out []verify.Side) {
	for _, side := range []verify.Side{verify.Source, verify.Replica, verify.Target} {
		if c.dsn(side) != "" {
			out = append(out, side)
		}
	}
	return out
}

// Run asks, prints the report and turns the verdict into the exit code.
func (c *verifyCmd) Run(ctx context.Context, s streams) error {
	if c.Output != "" && c.Output != "-" {
		if err := spare([]string{c.Output}, c.Plan, c.statePath(), c.Resume, c.List); err != nil {
			return err
		}
		if _, err := writable(c.Output); err != nil {
			return err
		}
	}
	plan, err := readPlan(c.Plan, s.Stdin)
	if err != nil {
		return err
	}
	state, err := c.readState()
	if err != nil {
		return err
	}
	checks, gate, err := verify.Select(verify.ChecksOf(plan, awsChecks()...), verify.Gate(c.Gate), c.Check, state)
	if err != nil {
		return misused(hinted(err, "families: "+families()))
	}
	if !c.Since.IsZero() && !slices.ContainsFunc(checks, func(x verify.Check) bool { return x.Code == dms.Logs }) {
		return misused(hinted(fmt.Errorf("--logs-since belongs to %s, and nothing of what is asked for at the gate %s is that check", dms.Logs, gate), "it is one of the gates cdc, cutover-ready and cutover, of plans for AWS DMS"))
	}
	env := c.env(gate, plan, state)
	env.Whole = verify.AsksForServers(checks, c.Check)
	if state == nil && gate != verify.Preflight {
		return hinted(fmt.Errorf("the gate %s needs state.json, and there is none%s", gate, c.besidePlan()),
			"the rendered scripts write it beside the bundle; name it with --state or PGCUTOVER_STATE")
	}
	if state != nil && state.Plan != env.Fingerprint {
		return refused(hinted(fmt.Errorf("state.json was written by the scripts of plan %.12s, this is plan %.12s", state.Plan, env.Fingerprint),
			"verify with the plan that the bundle in use was rendered from"))
	}
	if env.Only, err = c.only(plan); err != nil {
		return misused(err)
	}
	list, err := c.newList(plan)
	if err != nil {
		return err
	}
	defer list.discard()
	env.Differences, env.List = list.writer, c.Most
	report := c.run(ctx, s, env, checks)
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := list.keep(); err != nil {
		return errors.Join(err, c.print(report, s)) // what took hours is not lost with the file
	}
	report.Families = c.Check
	if err := c.print(report, s); err != nil {
		return err
	}
	switch report.ExitCode() {
	case codeRefused:
		return refused(silent{})
	case codeUndecided:
		return undecided(silent{})
	case codeFailed:
		return silent{}
	}
	return nil
}

// silent is an error about which the report has said everything.
type silent struct{}

func (silent) Error() string { return "" }

func (c *verifyCmd) env(gate verify.Gate, plan planner.Plan, state *verify.State) verify.Env {
	open := func(ctx context.Context, side verify.Side, database string) (verify.Session, error) {
		conn, err := c.dsn(side).openOn(ctx, string(side), database)
		if err != nil {
			return nil, err // not conn: a nil pointer in an interface is not nil
		}
		return conn, nil
	}
	env := verify.Env{
		Gate: gate, Plan: plan, Fingerprint: plan.Fingerprint(), State: state, Sides: c.sides(),
		Open:          func(ctx context.Context, side verify.Side) (verify.Session, error) { return open(ctx, side, "") },
		Elsewhere:     open,
		Inventory:     func(ctx context.Context, side verify.Side) (analyze.Inventory, error) { return c.inventory(ctx, side) },
		ClientVersion: c.clientVersion,
		Rows:          verify.RowsMode(c.Rows), Jobs: c.Jobs, Peek: c.Peek, FreeBytes: map[verify.Side]int64{},
		Show: c.Show, Keys: verify.KeysMode(c.Keys), Budget: c.Budget, Resume: c.Resume, LogsSince: c.Since,
	}
	if c.SourceFreeBytes > 0 {
		env.FreeBytes[verify.Source] = int64(c.SourceFreeBytes)
	}
	if c.ReplicaFreeBytes > 0 {
		env.FreeBytes[verify.Replica] = int64(c.ReplicaFreeBytes)
	}
	return env
}

// inventory reads a side as the command analyze would, without samples and without looking into values. With the source comes
// what replica and target say about themselves, which some of the planner's rules ask for.
func (c *verifyCmd) inventory(ctx context.Context, side verify.Side) (analyze.Inventory, error) {
	conn, err := c.dsn(side).open(ctx, string(side))
	if err != nil {
		return analyze.Inventory{}, err
	}
	defer conn.Close(context.WithoutCancel(ctx))
	o := catalog.Options{}
	if side == verify.Source {
		for _, other := range []struct {
			side verify.Side
			conn **pgx.Conn
		}{{verify.Replica, &o.Replica}, {verify.Target, &o.Target}} {
			if c.dsn(other.side) == "" {
				continue
			}
			oc, err := c.dsn(other.side).open(ctx, string(other.side))
			if err != nil {
				continue // whether it can be reached is another check's question
			}
			defer oc.Close(context.WithoutCancel(ctx))
			*other.conn = oc
		}
	}
	inv, err := catalog.Read(ctx, conn, o)
	if errors.Is(err, catalog.ErrNotStandby) || errors.Is(err, catalog.ErrOtherServer) || errors.Is(err, catalog.ErrSameServer) {
		inv, err = catalog.Read(ctx, conn, catalog.Options{}) // which servers were given is another check's question
	}
	return inv, err
}

// run runs the checks and shows how far they are.
func (c *verifyCmd) run(ctx context.Context, s streams, env verify.Env, checks []verify.Check) verify.Report {
	p := s.progress()
	var mu sync.Mutex
	done := map[string]bool{}
	env.Progress = func(code string, n, total int) {
		mu.Lock()
		defer mu.Unlock()
		p.show("%d of %d checks; %s: %d of %d", len(done), len(checks), code, n, total)
	}
	pace := pace{}
	env.Compared = func(code string, n, total int64) {
		mu.Lock()
		defer mu.Unlock()
		p.show("%d of %d checks; %s: %s of %s%s", len(done), len(checks), code, analyze.Bytes(n), analyze.Bytes(total), pace.left(n, total, time.Now()))
	}
	report := verify.Run(ctx, env, checks, func(r verify.Result) {
		mu.Lock()
		defer mu.Unlock()
		done[r.Check] = true
		p.show("%d of %d checks", len(done), len(checks))
	})
	p.clear()
	return report
}

// pace tells how much time a long piece of work has left, from the first report on.
type pace struct {
	start time.Time
	first int64
}

// left is ", about 5m left", empty while there is nothing to go by.
func (p *pace) left(done, total int64, now time.Time) string {
	if p.start.IsZero() {
		p.start, p.first = now, done
	}
	if done <= p.first || done >= total || now.Sub(p.start) < 2*time.Second {
		return ""
	}
	left := time.Duration(float64(now.Sub(p.start)) / float64(done-p.first) * float64(total-done))
	unit := time.Second
	if left > 10*time.Minute {
		unit = time.Minute
	}
	text := left.Round(unit).String()
	if minutes, whole := strings.CutSuffix(text, "m0s"); whole {
		text = minutes + "m"
	}
	return ", about " + text + " left"
}

func (c *verifyCmd) print(r verify.Report, s streams) error {
	f, style := verify.Format(c.Format), verify.Style{Unicode: utf8Locale(), All: c.Verbose, Colour: terminalOut(s.Stdout)}
	if c.Output == "" || c.Output == "-" {
		return r.Print(s.Stdout, f, style)
	}
	var b strings.Builder
	if err := r.Print(&b, f, verify.Style{All: c.Verbose}); err != nil {
		return err
	}
	if err := writeWhole(text(c.Output, []byte(b.String()))); err != nil {
		return errors.Join(err, r.Print(s.Stdout, verify.Text, style)) // what took hours is not lost with the file
	}
	return r.Print(s.Stdout, verify.Text, style)
}

func terminalOut(w io.Writer) bool { return terminal(w) && os.Getenv("NO_COLOR") == "" }

// utf8Locale tells whether the environment shows UTF-8, by the variables that the C library looks at.
func utf8Locale() bool {
	for _, name := range []string{"LC_ALL", "LC_CTYPE", "LANG"} {
		if v := os.Getenv(name); v != "" {
			v = strings.ToLower(v)
			return strings.Contains(v, "utf-8") || strings.Contains(v, "utf8")
		}
	}
	return false
}

// statePath is where state.json is looked for; empty: nowhere.
func (c *verifyCmd) statePath() string {
	switch {
	case c.State != "":
		return c.State
	case c.Plan == "-":
		return ""
	}
	return filepath.Join(filepath.Dir(c.Plan), "state.json")
}

// readState reads state.json: the one named, else the one beside the plan. Nil: there is none.
func (c *verifyCmd) readState() (*verify.State, error) {
	path, named := c.statePath(), c.State != ""
	if path == "" {
		return nil, nil
	}
	f, err := os.Open(path)
	if err != nil {
		// A name in the environment is where the scripts are going to put it; preflight runs before they do.
		if errors.Is(err, fs.ErrNotExist) && (!named || c.Gate == string(verify.Preflight)) {
			return nil, nil
		}
		return nil, hinted(fmt.Errorf("reading state: %w", err), "--state, or PGCUTOVER_STATE, names the state.json that the rendered scripts wrote")
	}
	defer f.Close()
	state, err := verify.DecodeState(f)
	if err != nil {
		return nil, hinted(fmt.Errorf("%s: %w", path, err), "the rendered scripts write this file and nobody else; restore it from a copy, or start over")
	}
	return &state, nil
}

func (c *verifyCmd) besidePlan() string {
	if c.Plan == "-" {
		return ""
	}
	return " beside " + c.Plan
}

func gateNames() string {
	names := make([]string, len(verify.Gates))
	for i, g := range verify.Gates {
		names[i] = string(g)
	}
	return strings.Join(names, ", ")
}

func families() string {
	names := make([]string, len(verify.Families))
	for i, f := range verify.Families {
		names[i] = string(f)
	}
	return strings.Join(names, ", ")
}
