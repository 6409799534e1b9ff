package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"runtime/debug"

	"github.com/alecthomas/kong"
)

// cli is the root. Each command is a struct in a file of its own with Run(ctx context.Context, s streams) error.
type cli struct {
	Analyze analyzeCmd `cmd:"" help:"Take the inventory of a source: everything a plan is made from."`
	Plan    planCmd    `cmd:"" help:"Decide how to move a database: slots, load, settings, what can go wrong."`
	Render  renderCmd  `cmd:"" help:"Write a plan's bundle: the SQL, scripts and runbook to review, commit and run."`
	Verify  verifyCmd  `cmd:"" help:"Say whether it is safe to go on: run a gate's checks against the servers."`

	Rehearse rehearseCmd `cmd:"" help:"Run a whole migration on throwaway servers of this machine."`

	Explain explainCmd `cmd:"" help:"Say what stands behind the code of a hazard or a check."`

	Version kong.VersionFlag `help:"Print the version and exit."`
}

// streams are the three standard streams of a run. Data goes to Stdout, everything said to people to Stderr.
type streams struct {
	Stdin          io.Reader
	Stdout, Stderr io.Writer
}

// Exit codes beside 0. Any error without a code of its own is codeFailed.
const (
	codeRefused   = 1  // a gate said no: a failed check, an unaccepted hazard, drift
	codeFailed    = 2  // the command could not do its work
	codeUndecided = 3  // nothing failed, but something could not be decided
	codeUsage     = 80 // the command line itself is wrong (kong's own code)
)

// verdictError gives an error its exit code.
type verdictError struct {
	code int
	err  error
}

func (e *verdictError) Error() string { return e.err.Error() }
func (e *verdictError) Unwrap() error { return e.err }

// ExitCode is the code the process ends with.
func (e *verdictError) ExitCode() int { return e.code }

// refused marks an error as a gate's no: exit code 1.
func refused(err error) error { return &verdictError{codeRefused, err} }

// undecided marks an error as a question that stayed open: exit code 3.
func undecided(err error) error { return &verdictError{codeUndecided, err} }

// misused marks an error as one of the command line: exit code 80.
func misused(err error) error { return &verdictError{codeUsage, err} }

// hintedError carries what the user can do about an error.
type hintedError struct {
	err  error
	hint string
}

func (e *hintedError) Error() string { return e.err.Error() }
func (e *hintedError) Unwrap() error { return e.err }

// Hint is what the user can do; package verify puts it below what came of a server that does not answer.
func (e *hintedError) Hint() string { return e.hint }

// hinted adds a hint, which is printed on a line of its own below the error.
func hinted(err error, hint string) error { return &hintedError{err, hint} }

// exitRequest is how kong's --help and --version leave: as a panic that run catches, so that no test loses its process.
type exitRequest int

// run is the whole program but for the process: it parses args, runs the command and returns the exit code.
func run(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) (code int) {
	s := streams{stdin, stdout, stderr}
	defer func() {
		switch r := recover().(type) {
		case nil:
		case exitRequest:
			code = int(r)
		default:
			panic(r)
		}
	}()
	if err := refusePasswords(args); err != nil {
		return s.report(err)
	}
	parser, err := kong.New(&cli{},
		kong.Name("pgcutover"),
		kong.Description("Plans, renders and verifies the near-zero-downtime move of a live PostgreSQL database."),
		kong.Writers(stdout, stderr),
		kong.Exit(func(code int) { panic(exitRequest(code)) }),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, Tree: false}),
		kong.Vars{"version": "pgcutover " + version()},
		kong.BindTo(ctx, (*context.Context)(nil)),
		kong.Bind(s),
	)
	if err != nil {
		return s.report(fmt.Errorf("building the command line: %w", err))
	}
	command, err := parser.Parse(args)
	if err != nil {
		return s.report(usage(err))
	}
	err = command.Run()
	if err != nil && ctx.Err() != nil && errors.Is(err, context.Canceled) {
		err = errors.New("interrupted")
	}
	if err != nil {
		return s.report(err)
	}
	return 0
}

// usage is a parse error in the program's voice. Anything that kong reports before a command runs is the command line's fault.
func usage(err error) error {
	hint := "run \"pgcutover --help\""
	if e, ok := errors.AsType[*kong.ParseError](err); ok && e.Context != nil && e.Context.Selected() != nil {
		hint = fmt.Sprintf("run \"pgcutover %s --help\"", e.Context.Selected().Name)
	}
	return misused(hinted(err, hint))
}

// released is set by the release build with -ldflags "-X main.released=1.2.3".
var released string

// version is the released version, else what the Go toolchain recorded about the sources.
func version() string {
	if released != "" {
		return released
	}
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" && info.Main.Version != "(devel)" {
		return info.Main.Version
	}
	return "unreleased"
}
