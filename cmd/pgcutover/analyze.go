package main

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"golang.org/x/sync/errgroup"

	"github.com/pgcutover/pgcutover/analyze"
	"github.com/pgcutover/pgcutover/analyze/catalog"
)

// analyzeCmd takes the inventory of a source.
type analyzeCmd struct {
	servers
	Sample     time.Duration   `default:"0s" placeholder:"10m" help:"Read the statistics twice, so much time apart, for write and WAL rates."`
	LOB        catalog.LOBMode `name:"lob" enum:"exact,sample,skip" default:"sample" help:"How to look for the largest value of a LOB column: exact, sample or skip (${default})."`
	TextBounds bool            `help:"Keep beginnings of values of large tables' text keys, by which a source before version 14 can load them in pieces. They are data: see docs/analyze.md."`
	Output     string          `short:"o" default:"inventory.json" placeholder:"FILE" help:"Where the inventory goes, - for standard output (${default})."`
	Timeout    time.Duration   `default:"0s" placeholder:"2h" help:"Give up after so much time."`
}

// Help is shown below the flags.
func (analyzeCmd) Help() string {
	return `Reads the catalogs of the source on one snapshot, in read-only sessions, and nothing else unless --lob asks for data. With a
replica, sizes and LOBs are read there. A connection is a service name or whatever libpq takes, without a password.
What the role may not see is listed with the grant that would show it.`
}

// Validate refuses what no server has to be asked about.
func (c *analyzeCmd) Validate() error {
	switch {
	case c.Source == "" && os.Getenv("PGHOST") == "" && os.Getenv("PGSERVICE") == "" && os.Getenv("PGDATABASE") == "":
		return errors.New("no source: use --source, PGCUTOVER_SOURCE or libpq's PG* variables")
	case c.Sample < 0 || c.Timeout < 0:
		return errors.New("a time cannot be negative")
	case c.Sample > 0 && c.Sample < time.Second:
		return errors.New("--sample has to be a second or more: servers publish their counters about once a second")
	case c.Timeout > 0 && c.Sample >= c.Timeout:
		return errors.New("--timeout has to be longer than --sample")
	}
	return nil
}

// Run takes the inventory and writes it whole or not at all.
func (c *analyzeCmd) Run(ctx context.Context, s streams) error {
	defer collectAt(20)() // it waits for the server more than it works, and a twentieth of the memory costs it no time
	if c.Output != "-" {
		if _, err := writable(c.Output); err != nil {
			return err
		}
	}
	if c.Timeout > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, c.Timeout)
		defer cancel()
	}
	inv, err := c.analyze(ctx, s)
	if err != nil {
		if errors.Is(ctx.Err(), context.DeadlineExceeded) {
			return hinted(fmt.Errorf("the time limit of %s has passed; nothing was written", c.Timeout), "raise --timeout, or shorten --sample")
		}
		if ctx.Err() != nil {
			return errors.New("interrupted; nothing was written")
		}
		return err
	}
	var fingerprint string
	encode := func(w io.Writer) (err error) {
		if fingerprint, err = inv.EncodeFingerprint(w); err != nil {
			return fmt.Errorf("encoding the inventory: %w", err)
		}
		return nil
	}
	if c.Output == "-" {
		var file bytes.Buffer
		if err := encode(&file); err != nil {
			return err
		}
		if _, err := s.Stdout.Write(file.Bytes()); err != nil {
			return fmt.Errorf("writing the inventory: %w", err)
		}
	} else if err := writeWhole(outFile{c.Output, encode}); err != nil {
		return err
	}
	c.summarize(s, inv, fingerprint)
	return nil
}

func (c *analyzeCmd) analyze(ctx context.Context, s streams) (analyze.Inventory, error) {
	source, err := c.Source.open(ctx, "source")
	if err != nil {
		return analyze.Inventory{}, err
	}
	defer source.Close(context.WithoutCancel(ctx))
	o := catalog.Options{TextBounds: c.TextBounds, Open: func(ctx context.Context) (*pgx.Conn, error) { return c.Source.open(ctx, "source") }}
	for _, other := range []struct {
		which string
		at    conninfo
		conn  **pgx.Conn
	}{{"replica", c.Replica, &o.Replica}, {"target", c.Target, &o.Target}} {
		if other.at == "" {
			continue
		}
		conn, err := other.at.open(ctx, other.which)
		if err != nil {
			return analyze.Inventory{}, err
		}
		defer conn.Close(context.WithoutCancel(ctx))
		*other.conn = conn
	}
	if c.LOB == catalog.LOBExact && c.Replica == "" {
		s.warn("--lob exact reads every table that has LOBs on the source; with --replica, it would be spared")
	}
	progress := s.progress()
	defer progress.clear()
	o.Say = func(what string) { progress.show("%s", what) }
	inv, err := catalog.Read(ctx, source, o)
	if err != nil {
		return inv, readError(err, source, o)
	}
	if inv.Server.InRecovery { // said before the time of a sample is spent
		progress.clear()
		s.warn("the source is a standby: what is written, slots and the primary's other standbys show on the primary only, and nothing can be migrated from this inventory")
		s.hint("give the primary with --source and this standby with --replica")
	}
	return inv, c.measure(ctx, source, &inv, progress)
}

// measure adds rates and LOB sizes. They are taken at the same time: reading LOBs writes nothing.
func (c *analyzeCmd) measure(ctx context.Context, source *pgx.Conn, inv *analyze.Inventory, progress *progress) error {
	var rates catalog.Rates
	var lobs catalog.LOBs
	var left, read string
	say := serial(func(what, text string) {
		if what == "sample" {
			left = text
		} else {
			read = text
		}
		progress.show("measuring: %s", join(read, left))
	})
	group, ctx := errgroup.WithContext(ctx)
	if c.Sample > 0 {
		group.Go(func() (err error) {
			rates, err = catalog.Sample(ctx, source, c.Sample, func(passed time.Duration) {
				say("sample", fmt.Sprintf("%s of %s between the samples", passed.Round(time.Second), c.Sample))
			})
			return midway("source", source, err)
		})
	}
	group.Go(func() (err error) {
		where, from, workers := "source", c.Source, 2
		if c.Replica != "" {
			where, from, workers = "replica", c.Replica, 4
		}
		lobs, err = catalog.MeasureLOBs(ctx, *inv, catalog.LOBOptions{
			Mode: c.LOB, Workers: workers,
			Open: func(ctx context.Context) (*pgx.Conn, error) { return from.open(ctx, where) },
			Say: func(done, total int64) {
				say("lob", fmt.Sprintf("LOBs of %s of %s", analyze.Bytes(done), analyze.Bytes(total)))
			},
		})
		if _, explained := errors.AsType[*hintedError](err); err == nil || explained || ctx.Err() != nil {
			return err // among the explained are connections that could not be made
		}
		cfg, configError := from.config(where)
		return cmp.Or(configError, lost(where, cfg, err)) // a server that answers is never an error of this step
	})
	if err := group.Wait(); err != nil {
		return err
	}
	lobs.AddTo(inv)
	if c.Sample > 0 {
		rates.AddTo(inv)
	} else {
		inv.Unknown = append(inv.Unknown, analyze.Unknown{Fact: "write rates", Reason: "not sampled (--sample)"})
		*inv = inv.Normalize()
	}
	return nil
}

// readError gives the errors about which server was given their hints.
func readError(err error, source *pgx.Conn, o catalog.Options) error {
	switch {
	case errors.Is(err, catalog.ErrNotStandby):
		return hinted(err, "--replica takes a streaming standby of the source; leave it out when there is none")
	case errors.Is(err, catalog.ErrOtherServer):
		return hinted(err, "--replica takes a streaming standby of the source, connected to the same database")
	case errors.Is(err, catalog.ErrSameServer):
		return hinted(err, "--target takes the server to move to, an empty one of its own")
	}
	if pe, ok := errors.AsType[*pgconn.PgError](err); ok && pe.Code == "57014" && strings.Contains(pe.Message, "statement timeout") {
		return hinted(err, "the role, the database or PGOPTIONS sets a statement_timeout that is too short: connect with PGOPTIONS='-c statement_timeout=0', or ALTER ROLE … SET statement_timeout = 0")
	}
	for _, other := range []struct {
		which string
		conn  *pgx.Conn
	}{{"replica", o.Replica}, {"target", o.Target}} {
		if other.conn != nil && other.conn.IsClosed() {
			return midway(other.which, other.conn, err)
		}
	}
	return midway("source", source, err)
}

// summarize tells what the inventory holds and, with the grants to paste, what it does not.
func (c *analyzeCmd) summarize(s streams, inv analyze.Inventory, fingerprint string) {
	var rows, bytes, indexes int64
	var writes float64
	tables := 0
	for _, t := range inv.Tables {
		if t.HoldsRows() {
			tables++
		}
		if n, ok := t.Bytes(); ok {
			bytes += n
		}
		if t.IndexBytes != nil {
			indexes += *t.IndexBytes
		}
		if t.EstimatedRows != nil && t.HoldsRows() {
			rows += *t.EstimatedRows
		}
		if t.Rates != nil {
			writes += t.Rates.Inserts + t.Rates.Updates + t.Rates.Deletes
		}
	}
	managed := ""
	if inv.Server.Managed != "" {
		managed = " (" + inv.Server.Managed + ")"
	}
	plural := "s"
	if tables == 1 {
		plural = ""
	}
	s.note("database %s on PostgreSQL %s%s: %d table%s, about %d rows, %s, and %s of indexes", analyze.Display(inv.Database.Name),
		inv.Server.Version, managed, tables, plural, rows, analyze.Bytes(bytes), analyze.Bytes(indexes))
	if m := inv.Sample; m != nil && !m.StatsResetBetween {
		s.note("writes within %s: %.1f rows/s, WAL %s/s", time.Duration(m.Seconds*float64(time.Second)).Round(time.Second), writes,
			analyze.Bytes(int64(float64(m.WALBytes)/m.Seconds)))
	}
	var grants []string
	for _, u := range inv.Unknown {
		subject := ""
		if u.Subject != "" {
			subject = " (" + u.Subject + ")"
		}
		s.warn("unknown: %s%s: %s", u.Fact, subject, u.Reason)
		if u.Grant != "" && !slices.Contains(grants, u.Grant) {
			grants = append(grants, u.Grant)
		}
	}
	if len(grants) > 0 {
		s.hint("these grants would show more:")
		for _, g := range grants {
			fmt.Fprintf(s.Stderr, "  %s;\n", analyze.Visible(g))
		}
	}
	if c.Output != "-" {
		s.note("wrote %s, fingerprint %s", c.Output, fingerprint[:16])
	}
}
