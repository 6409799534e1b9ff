package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/pgcutover/pgcutover/verify/rehearse"
	"github.com/pgcutover/pgcutover/verify/rehearse/cluster"
)

// rehearseCmd runs the whole migration on throwaway local servers.
type rehearseCmd struct {
	Out         string        `required:"" placeholder:"DIR" help:"Directory for the bundle, the reports and the logs; what an earlier rehearsal left there is replaced."`
	Engine      string        `enum:"native,dms" default:"native" help:"native goes through the cutover and back; dms, whose tasks need AWS, up to the start of change data capture."`
	Sample      time.Duration `default:"3s" help:"How long analyze watches the write rates."`
	Rate        float64       `default:"150" help:"Transactions a second that the application commits on the primary. From about 1000 on the plan says that three slots do not keep up."`
	SourceMajor int           `placeholder:"N" help:"Major version of primary and standby (default: the newest here with pglogical)."`
	TargetMajor int           `placeholder:"N" help:"Major version of the target (default: as the source)."`
}

// Help is the long help.
func (rehearseCmd) Help() string {
	return `Starts a primary, a streaming standby and a target in a temporary directory, loads a sample database, keeps writing to the
primary, and types what the runbook says: analyze, plan, render, the rendered scripts in their order, and the gates. With
the engine native it goes on through the cutover: the application is frozen, pointed to the target, writes there, and every
row is compared on both sides. Nothing but these servers is touched, and they are gone afterwards; the bundle stays for
reading.

Needs PostgreSQL, psql, pg_dump and pg_basebackup on this machine, for the engine dms with pglogical ("make deps" installs
them on Debian and Ubuntu). Takes about two minutes. Exit codes: 0 every gate passed, 1 a gate or a check said no, 2 a step could not do its
work, 3 a gate could not be decided.`
}

// Validate checks what kong cannot.
func (c *rehearseCmd) Validate() error {
	if c.Rate <= 0 || c.Rate > 100_000 {
		return errors.New("--rate takes a number of transactions a second, greater than 0")
	}
	if c.Sample < time.Second {
		return errors.New("--sample takes at least 1s")
	}
	return nil
}

// Run rehearses.
func (c *rehearseCmd) Run(ctx context.Context, s streams) error {
	program, err := os.Executable()
	if err != nil {
		return fmt.Errorf("finding this program's file: %w", err)
	}
	err = rehearse.Run(ctx, rehearse.Options{
		Program: program, Out: c.Out, Stdout: s.Stdout, Engine: c.Engine,
		Sample: c.Sample, Rate: c.Rate, SourceMajor: c.SourceMajor, TargetMajor: c.TargetMajor,
	})
	var step *rehearse.StepError
	switch {
	case errors.As(err, &step) && step.Step.Exit == codeRefused:
		return refused(err)
	case errors.As(err, &step) && step.Step.Exit == codeUndecided:
		return undecided(err)
	case errors.Is(err, cluster.ErrNoServer):
		return hinted(err, "\"make deps\" installs PostgreSQL with pglogical on Debian and Ubuntu; PGCUTOVER_PG_BIN names another installation's bin directory")
	}
	return err
}
