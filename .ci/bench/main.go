// Command bench measures pgcutover beside its peers and writes docs/benchmarks: identical data on fresh local servers, every way of doing a job in
// turns, and ratios within each turn, because a shared machine is never the same twice. Nobody edits what it writes.
//
//	go run ./.ci/bench -only=load -runs=3 -size=4
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"regexp"
	"slices"
	"strings"
	"syscall"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		stop()
		os.Exit(1)
	}
}

// subjects are what can be measured, in the order of the page.
var subjects = []struct {
	name    string
	measure func(context.Context, *bench) (Figures, error)
}{
	{"load", measureLoad},
	{"scale", measureScale},
	{"verify", measureVerify},
	{"catalog", measureCatalog},
	{"huge", measureHuge},
	{"cutover", measureCutover},
}

func run(ctx context.Context) error {
	var names []string
	for _, s := range subjects {
		names = append(names, s.name)
	}
	var b bench
	only := flag.String("only", strings.Join(names, ","), "subjects to measure; the others keep what was measured before")
	out := flag.String("out", "docs/benchmarks", "directory of the page and its figures")
	flag.IntVar(&b.runs, "runs", 3, "turns of every contest")
	flag.Float64Var(&b.size, "size", 4, "GB of data for load and verify")
	some := flag.String("ways", "", "only the ways with names that this regular expression finds, and the baseline: for a look, not for the page")
	tables := flag.String("tables", "100,1000,10000", "numbers of tables for catalog and cutover")
	flag.Parse()
	if b.runs < 1 || b.size <= 0 || flag.NArg() > 0 {
		return fmt.Errorf("-runs and -size take something greater than 0, and there are no arguments")
	}
	for _, n := range strings.Split(*tables, ",") {
		var count int
		if _, err := fmt.Sscan(n, &count); err != nil || count < 1 {
			return fmt.Errorf("-tables: %q is not a number of tables", n)
		}
		b.tables = append(b.tables, count)
	}
	var err error
	if b.ways, err = regexp.Compile(*some); err != nil {
		return fmt.Errorf("-ways: %w", err)
	}
	if *some != "" && !flagged("out") {
		return fmt.Errorf("-ways leaves some out: name another directory with -out")
	}
	wanted := strings.Split(*only, ",")
	for _, w := range wanted {
		if !slices.Contains(names, w) {
			return fmt.Errorf("-only: there is no subject %q: %s", w, strings.Join(names, ", "))
		}
	}
	report, err := readReport(*out)
	if err != nil {
		return err
	}
	if err := b.begin(ctx); err != nil {
		return err
	}
	defer b.end()
	for _, s := range subjects {
		if !slices.Contains(wanted, s.name) {
			continue
		}
		figures, err := s.measure(ctx, &b)
		if err != nil {
			return fmt.Errorf("%s: %w", s.name, err)
		}
		measured := b.about()
		measured.Figures = figures
		report[s.name] = measured
		if err := report.write(*out); err != nil {
			return err
		}
	}
	return nil
}

// flagged tells whether a flag was given.
func flagged(name string) (given bool) {
	flag.Visit(func(f *flag.Flag) { given = given || f.Name == name })
	return given
}
