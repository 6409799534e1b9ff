package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/pgcutover/pgcutover/analyze"
	"github.com/pgcutover/pgcutover/analyze/catalog"
	"github.com/pgcutover/pgcutover/planner"
	"github.com/pgcutover/pgcutover/verify/rehearse"
	"github.com/pgcutover/pgcutover/verify/rehearse/chaos"
	"github.com/pgcutover/pgcutover/verify/rehearse/cluster"
	"github.com/pgcutover/pgcutover/verify/rehearse/synthetic"
)

// rehearseCmd runs the whole migration on throwaway local servers.
type rehearseCmd struct {
	Out         string        `required:"" placeholder:"DIR" help:"Directory for the bundle, the reports and the logs; what an earlier rehearsal left there is replaced."`
	Engine      string        `enum:"native,dms,dms-full" default:"native" help:"native goes through the cutover and back; dms and dms-full through the cutover, with stand-ins for the tasks of AWS DMS and without what asks AWS."`
	HandOff     string        `name:"handoff" enum:"replica,snapshot" default:"replica" help:"With the engine native: replica pauses a standby; snapshot needs none, and copies from the primary in a snapshot of each slot."`
	Schema      string        `placeholder:"FILE" help:"Rehearse this schema, with made-up rows: what pg_dump --schema-only writes, or any SQL."`
	Source      conninfo      `placeholder:"DSN" help:"Rehearse the schema of this live database, with made-up rows in its proportions. It is only read."`
	Inventory   string        `placeholder:"FILE" help:"With --schema: an inventory whose proportions the tables get."`
	Scale       string        `placeholder:"N" help:"With --schema or --source: how much is made up. A fraction (0.01, 1%%), or a total (50000rows, 200MB)."`
	Config      string        `placeholder:"FILE" help:"With --schema or --source: the configuration to plan with. What it says of servers and disks gives way to the rehearsal's."`
	Recovery    bool          `help:"Rehearse the ways out too: a load begun anew, one slot restarted, a cutover called off."`
	Chaos       []string      `sep:"none" placeholder:"FAULT" help:"Break a migration of a small database with this fault instead, and tell what came of it; all for one of each kind. May be given more than once."`
	ChaosSeed   uint64        `default:"1" placeholder:"N" help:"With --chaos: what the moments of the faults are drawn from."`
	Sample      time.Duration `default:"3s" help:"How long analyze watches the write rates."`
	Rate        float64       `default:"150" help:"Transactions a second that the application commits on the primary. From about 1000 on the plan says that three slots do not keep up."`
	SourceMajor int           `placeholder:"N" help:"Major version of primary and standby (default: that of --source, or the next newer one here; else the newest here with pglogical)."`
	TargetMajor int           `placeholder:"N" help:"Major version of the target (default: as the source)."`
}

// Help is the long help.
func (rehearseCmd) Help() string {
	return `Starts a primary, a streaming standby and a target in a temporary directory, loads a database, keeps writing to the
primary, and types what the runbook says: analyze, plan, render, the rendered scripts in their order, and the gates, through the
cutover: the application is frozen, pointed to the target, writes there, and every row is compared on both sides. With the
engines dms and dms-full the tasks of AWS DMS are stood in for by processes that are told what to do by the rendered files; with
dms-full they load the rows too, and no standby is started. With --recovery,
or with hazards of a schema of your own that nobody answered, it ends before them. Nothing but these servers is touched, and
they are gone afterwards; the bundle stays for reading.

The database is a sample of ours, or with --schema or --source one of your own: its schema, with made-up rows that keep its
constraints, and an application that inserts, updates and deletes in it. Tables that no row can be made for are told. A plan
that would stop at a hazard goes on, and the rehearsal says at which; with --config it is your configuration that answers.

With --chaos it breaks migrations of a small database instead, one for each fault, does what the runbook says, and tells of each
whether it recovered with nothing lost, or which gate stopped it; anything else is exit code 1.

Needs PostgreSQL, psql, pg_dump and pg_basebackup on this machine, for the engine dms with pglogical ("make deps" installs
them on Debian and Ubuntu). Takes about two minutes. Exit codes: 0 every gate passed, 1 a gate or a check said no, 2 a step could not do its
work, 3 a gate could not be decided.`
}

// Validate checks what kong cannot.
func (c *rehearseCmd) Validate() error {
	if c.Rate <= 0 || c.Rate > 100_000 {
		return errors.New("--rate takes a number of transactions a second, greater than 0")
	}
	if c.HandOff == planner.HandOffSnapshot && c.Engine != planner.EngineNative {
		return errors.New("--handoff snapshot belongs to --engine native")
	}
	if c.Engine == planner.EngineDMSFull && (c.Recovery || len(c.Chaos) > 0) {
		return errors.New("--recovery and --chaos walk with a standby: they belong to the engines native and dms")
	}
	if c.HandOff == planner.HandOffSnapshot && (c.Recovery || len(c.Chaos) > 0) {
		return errors.New("--recovery and --chaos walk with a standby: leave --handoff snapshot out")
	}
	if c.Sample < time.Second {
		return errors.New("--sample takes at least 1s")
	}
	own := c.Schema != "" || c.Source != ""
	switch {
	case c.Schema != "" && c.Source != "":
		return errors.New("--schema and --source exclude each other")
	case c.Inventory != "" && c.Schema == "":
		return errors.New("--inventory goes with --schema; --source takes an inventory by itself")
	case c.Scale != "" && !own:
		return errors.New("--scale goes with --schema or --source: the sample has one size")
	case own && c.Engine == planner.EngineDMSFull && c.Config == "":
		return errors.New("--engine dms-full loads by what stands in for AWS DMS, and what a plan would stop at are losses of rows: answer them with --config")
	case c.Config != "" && !own:
		return errors.New("--config goes with --schema or --source: the sample has its own")
	}
	if len(c.Chaos) > 0 {
		if own || c.Recovery {
			return errors.New("--chaos breaks migrations of a database of its own: leave --schema, --source and --recovery out")
		}
		if _, err := c.faults(); err != nil {
			return err
		}
	}
	if c.Scale != "" {
		if _, err := synthetic.ParseScale(c.Scale); err != nil {
			return fmt.Errorf("--scale: %w", err)
		}
	}
	return nil
}

// Run rehearses.
func (c *rehearseCmd) Run(ctx context.Context, s streams) error {
	program, err := os.Executable()
	if err != nil {
		return fmt.Errorf("finding this program's file: %w", err)
	}
	if len(c.Chaos) > 0 {
		return c.chaos(ctx, program, s)
	}
	var content rehearse.Content
	if c.Schema != "" || c.Source != "" {
		schema, err := c.schema(ctx)
		if err != nil {
			return err
		}
		content = schema.Content()
	}
	err = rehearse.Run(ctx, rehearse.Options{
		Program: program, Out: c.Out, Stdout: s.Stdout, Engine: c.Engine, HandOff: c.HandOff, Content: content,
		Sample: c.Sample, Rate: c.Rate, SourceMajor: c.SourceMajor, TargetMajor: c.TargetMajor, Recovery: c.Recovery,
	})
	var step *rehearse.StepError
	switch {
	case errors.As(err, &step) && step.Step.Exit == codeRefused:
		return refused(err)
	case errors.As(err, &step) && step.Step.Exit == codeUndecided:
		return undecided(err)
	}
	return serverless(err)
}

// serverless gives the error of a machine without servers its hint.
func serverless(err error) error {
	if errors.Is(err, cluster.ErrNoServer) {
		return hinted(err, "\"make deps\" installs PostgreSQL with pglogical on Debian and Ubuntu; PGCUTOVER_PG_BIN names another installation's bin directory")
	}
	return err
}

// faults are those that --chaos names.
func (c *rehearseCmd) faults() ([]chaos.Fault, error) {
	shown := chaos.Shown(c.Engine)
	if slices.Equal(c.Chaos, []string{"all"}) {
		return shown, nil
	}
	known := shown
	if c.Engine == planner.EngineDMS {
		known = append(known, chaos.Faults()...)
	}
	var out []chaos.Fault
	for _, name := range c.Chaos {
		i := slices.IndexFunc(known, func(f chaos.Fault) bool { return f.Name == name })
		if i < 0 {
			names := make([]string, len(shown))
			for k, f := range shown {
				names[k] = strconv.Quote(f.Name)
			}
			return nil, fmt.Errorf("--chaos: there is no fault %q: take all, or one of %s (with --engine dms, any of docs/chaos.md)", name, strings.Join(names, ", "))
		}
		out = append(out, known[i])
	}
	return out, nil
}

// chaos breaks one migration with each of the faults. A round that neither recovered nor was stopped for a reason that is declared is a no.
func (c *rehearseCmd) chaos(ctx context.Context, program string, s streams) error {
	faults, _ := c.faults() // Validate has seen them
	out, err := rehearse.MakeOut(c.Out)
	if err != nil {
		return err
	}
	fmt.Fprintf(s.Stdout, "Breaking %s on servers of their own, one fault each; %s gets the logs of each.\n", analyze.Count(len(faults), "migration"), c.Out)
	report, err := chaos.Run(ctx, chaos.Options{
		Engine: c.Engine, Program: program, Dir: out, Seed: c.ChaosSeed, Faults: faults, Each: true, Keep: true,
		SourceMajor: c.SourceMajor, TargetMajor: c.TargetMajor, Progress: s.Stdout,
	})
	if err != nil {
		return serverless(err)
	}
	fmt.Fprintln(s.Stdout)
	if err := report.Print(s.Stdout); err != nil {
		return fmt.Errorf("writing the report: %w", err)
	}
	if n := len(report.Failed()); n > 0 {
		return refused(hinted(fmt.Errorf("%d of %s ended badly: neither recovered nor stopped for a reason that is known", n, analyze.Count(len(report.Rounds), "migration")), "read round.log in "+c.Out+"/round-…"))
	}
	return nil
}

// schema is what --schema or --source say, read before any server is started.
func (c *rehearseCmd) schema(ctx context.Context) (rehearse.Schema, error) {
	x := rehearse.Schema{Rate: c.Rate}
	if c.Scale != "" {
		x.Scale, _ = synthetic.ParseScale(c.Scale) // Validate has seen it
	}
	if c.Config != "" {
		text, err := os.ReadFile(c.Config)
		if err != nil {
			return x, fmt.Errorf("reading the configuration: %w", err)
		}
		if _, err := readConfig(c.Config); err != nil {
			return x, err
		}
		if x.Config, err = rehearse.Fitted(text); err != nil {
			return x, fmt.Errorf("%s: %w", c.Config, err)
		}
	}
	if c.Schema != "" {
		sql, err := os.ReadFile(c.Schema)
		if err != nil {
			return x, fmt.Errorf("reading the schema: %w", err)
		}
		if bytes.HasPrefix(sql, []byte("PGDMP")) {
			return x, hinted(fmt.Errorf("%s is an archive of pg_dump", c.Schema), "pg_restore --schema-only -f schema.sql makes SQL of it")
		}
		x.SQL, x.About = string(sql), "the schema of "+filepath.Base(c.Schema)+", with made-up rows"
		if c.Inventory != "" {
			inv, err := (&planCmd{Inventory: c.Inventory}).readInventory(nil)
			if err != nil {
				return x, err
			}
			x.Like = &inv
		}
		return x, nil
	}
	inv, sql, err := c.live(ctx)
	if err != nil {
		return x, err
	}
	x.SQL, x.Like, x.Database = sql, &inv, inv.Database.Name
	if c.SourceMajor == 0 {
		if c.SourceMajor, err = c.closest(ctx, inv.Server.VersionNum/10000); err != nil {
			return x, err
		}
	}
	x.About = "the schema of database " + analyze.Display(inv.Database.Name) + ", with made-up rows"
	return x, nil
}

// closest is the major version of this machine's servers that is a live server's, or the next newer one; 0: there is none, and the newest has to do.
func (c *rehearseCmd) closest(ctx context.Context, major int) (int, error) {
	installs, err := cluster.Installs(ctx)
	if err != nil {
		return 0, err
	}
	best := 0
	for _, in := range installs {
		if in.Major < 900 && in.Major >= major && (in.PGLogical || c.Engine != planner.EngineDMS) && (best == 0 || in.Major < best) { // 9.6 is 906
			best = in.Major
		}
	}
	return best, nil
}

// live reads a database's inventory and its schema. Both sessions are read-only.
func (c *rehearseCmd) live(ctx context.Context) (analyze.Inventory, string, error) {
	conn, err := c.Source.open(ctx, "source")
	if err != nil {
		return analyze.Inventory{}, "", err
	}
	defer conn.Close(context.WithoutCancel(ctx))
	inv, err := catalog.Read(ctx, conn, catalog.Options{})
	if err != nil {
		return inv, "", readError(err, conn, catalog.Options{})
	}
	sql, err := c.dump(ctx, inv)
	return inv, sql, err
}

// dump is the schema as pg_dump writes it. The connection string holds no password, for it was an argument; libpq finds one where pgx did. What
// pg_dump writes stays in memory.
func (c *rehearseCmd) dump(ctx context.Context, inv analyze.Inventory) (string, error) {
	installs, err := cluster.Installs(ctx)
	if err != nil {
		return "", err
	}
	program := ""
	for _, in := range installs { // the newest first
		if path := filepath.Join(in.Bin, "pg_dump"); fileExists(path) {
			program = path
			break
		}
	}
	if program == "" {
		return "", hinted(errors.New("reading the schema: no pg_dump is on this machine"), "\"make deps\" installs one on Debian and Ubuntu")
	}
	cmd := exec.CommandContext(ctx, program, "--schema-only", "--no-subscriptions", "--no-password", "--lock-wait-timeout=10s", "--encoding=UTF8", "-d", c.Source.libpq())
	cmd.Env = append(os.Environ(), "PGOPTIONS="+strings.TrimSpace(os.Getenv("PGOPTIONS")+" -c default_transaction_read_only=on"), "PGAPPNAME=pgcutover")
	var out, said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &said
	if err := cmd.Run(); err != nil {
		if ctx.Err() != nil {
			return "", ctx.Err()
		}
		err := fmt.Errorf("reading the schema of database %s with %s: %s", analyze.Display(inv.Database.Name), program, strings.TrimSpace(said.String()))
		return "", hinted(err, "pg_dump has to be as new as the server, and its role may need SELECT on the tables; or run pg_dump --schema-only yourself, and use --schema")
	}
	return out.String(), nil
}

func fileExists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}
