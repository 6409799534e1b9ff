// Command versions runs the tests that run once per major version and writes docs/versions.md from what they answered: nobody
// edits that page. It ends with 1 where a test failed, and writes nothing then.
package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"time"
)

// The tests: what runs per major says so in the name of a subtest.
const (
	tests = "^(TestRead.*|TestMeasureLOBs|TestEveryMajor|TestLoadBetweenVersions|TestChecksumsAgreeAcrossVersions|TestMatrix)$"
	page  = "docs/versions.md"
)

var (
	packages = []string{"./analyze/catalog", "./render", "./verify", "./verify/rehearse"}
	majors   = []string{"9.6", "10", "11", "12", "13", "14", "15", "16", "17", "18"}
	columns  = []string{"analyze", "render", "load", "verify"}
)

// An event is a line of go test -json.
type event struct{ Action, Package, Test, Output string }

// A cell is a place in the table.
type cell struct{ role, major, column string }

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "versions:", err)
		os.Exit(1)
	}
}

func run() error {
	servers, err := exec.Command(".ci/servers", "--list").Output()
	if err != nil {
		return fmt.Errorf("listing the servers: %w", err)
	}
	passed, skipped, err := test()
	if err != nil {
		return err
	}
	return os.WriteFile(page, write(passed, skipped, string(servers)), 0o644)
}

// test runs the tests and returns the names, with their package, of the innermost ones that passed and that were skipped.
func test() (passed, skipped []event, err error) {
	args := append([]string{"test", "-count=1", "-json", "-timeout=60m", "-p=1", "-run=" + tests}, packages...)
	cmd := exec.Command("go", args...)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, nil, fmt.Errorf("running the tests: %w", err)
	}
	said := map[string]*bytes.Buffer{}
	lines := bufio.NewScanner(out)
	lines.Buffer(nil, 1<<26)
	for lines.Scan() {
		var e event
		if err := json.Unmarshal(lines.Bytes(), &e); err != nil {
			continue // what a build says
		}
		key := e.Package + " " + e.Test
		switch e.Action {
		case "output":
			if said[key] == nil {
				said[key] = new(bytes.Buffer)
			}
			said[key].WriteString(e.Output)
		case "pass", "skip", "fail":
			if e.Test == "" {
				continue
			}
			fmt.Fprintf(os.Stderr, "%s %s\n", e.Action, key)
			switch e.Action {
			case "pass":
				passed = append(passed, e)
			case "skip":
				skipped = append(skipped, e)
			case "fail":
				fmt.Fprint(os.Stderr, said[key])
			}
			delete(said, key)
		}
	}
	if err := cmd.Wait(); err != nil {
		return nil, nil, fmt.Errorf("the tests: %w", err)
	}
	return innermost(passed), innermost(skipped), nil
}

func innermost(all []event) []event {
	return slices.DeleteFunc(slices.Clone(all), func(e event) bool {
		return slices.ContainsFunc(all, func(o event) bool { return o.Package == e.Package && strings.HasPrefix(o.Test, e.Test+"/") })
	})
}

var (
	between = regexp.MustCompile(`/([0-9.]+)_to_([0-9.]+)`)
	single  = regexp.MustCompile(`/(source_|target_)?([0-9]+)(\.[0-9]+)*(/|$)`)
)

// major shortens what a subtest is called: 906 and 9.6.24 are 9.6, 15.20 is 15.
func major(s string) string {
	if s == "906" || s == "9.6" || strings.HasPrefix(s, "9.6.") {
		return "9.6"
	}
	s, _, _ = strings.Cut(s, ".")
	return s
}

// cells are the places in which a test counts.
func cells(e event) []cell {
	if m := between.FindStringSubmatch(e.Test); m != nil {
		var out []cell
		for _, c := range columns {
			out = append(out, cell{"source", major(m[1]), c}, cell{"target", major(m[2]), c})
		}
		return out
	}
	m := single.FindStringSubmatch(e.Test)
	if m == nil {
		return nil
	}
	column := "render"
	switch {
	case strings.HasSuffix(e.Package, "/catalog"):
		column = "analyze"
	case strings.HasPrefix(e.Test, "TestLoad"):
		column = "load"
	case strings.HasSuffix(e.Package, "/verify"):
		column = "verify"
	}
	role := "source"
	if m[1] == "target_" || strings.HasPrefix(e.Test, "TestChecksums") {
		role = "target"
	}
	number := strings.TrimPrefix(strings.TrimSuffix(m[0], "/"), "/"+m[1])
	return []cell{{role, major(number), column}}
}

var server = regexp.MustCompile(`PostgreSQL ([0-9.]+)(.*)`)

func write(passed, skipped []event, servers string) []byte {
	count, missed := map[cell]int{}, map[cell]int{}
	pairs := map[string]bool{}
	for _, e := range passed {
		for _, c := range cells(e) {
			count[c]++
		}
		if m := between.FindStringSubmatch(e.Test); m != nil {
			pairs[m[1]+" to "+m[2]] = true
		}
	}
	for _, e := range skipped {
		for _, c := range cells(e) {
			missed[c]++
		}
	}
	minors, logical := map[string]string{}, map[string]bool{}
	for _, m := range server.FindAllStringSubmatch(servers, -1) {
		v := major(m[1])
		if minors[v] == "" || strings.Contains(m[2], "pglogical") { // of two of one major tests run on that one
			minors[v] = m[1]
		}
		logical[v] = logical[v] || strings.Contains(m[2], "pglogical")
	}
	var b bytes.Buffer
	fmt.Fprintf(&b, head, time.Now().UTC().Format("2 January 2006"))
	fmt.Fprintf(&b, "| version | server | pglogical | role | %s |\n| --- | --- | --- | --- |%s\n", strings.Join(columns, " | "), strings.Repeat(" ---: |", len(columns)))
	for _, v := range majors {
		for _, role := range []string{"source", "target"} {
			if v == "9.6" && role == "target" {
				continue
			}
			with := "stand-in"
			if logical[v] {
				with = "yes"
			}
			if role == "target" {
				with = "not needed"
			}
			fmt.Fprintf(&b, "| %s | %s | %s | %s |", v, minors[v], with, role)
			for _, column := range columns {
				c := cell{role, v, column}
				fmt.Fprintf(&b, " %d", count[c])
				if missed[c] > 0 {
					fmt.Fprintf(&b, " (%d skipped)", missed[c])
				}
				b.WriteString(" |")
			}
			b.WriteString("\n")
		}
	}
	var walked []string
	for p := range pairs {
		walked = append(walked, p)
	}
	slices.SortFunc(walked, func(x, y string) int { return slices.Compare(places(x), places(y)) })
	fmt.Fprintf(&b, tail, strings.Join(walked, ", "))
	return b.Bytes()
}

// places orders pairs by source, then target.
func places(pair string) []int {
	source, target, _ := strings.Cut(pair, " to ")
	return []int{slices.Index(majors, source), slices.Index(majors, target)}
}

const head = `# Versions

<!-- written by "make versions"; do not edit -->

What was tested on live servers of which major version, in which role. A number is how many tests ran and passed on %s; each of them ran
on its own servers, and a migration of the matrix counts once in every column, for its source and for its target.

`

const tail = `
* **analyze**: the inventory, read by the real program and by tests of every query of the reader.
* **render**: the rendered SQL and scripts, run on the servers: settings, markers, replication sets, slots, the pause, the
  target's schema, NOT NULLs and identity, and at the end the scripts of the cutover that need no change data capture (freeze, sequences,
  constraints, triggers and views, statistics, unfreeze).
* **load**: the ledger and the load from the paused standby, with every row compared by checksum.
* **verify**: the gates preflight, ready-to-pause, paused and loaded, and the checks one by one.

The matrix: %s.

The database that moves has something of everything that the source's version brought: identity, partitions of several levels, hash and default partitions, generated columns, multiranges, NULLS NOT DISTINCT, virtual columns, temporal keys, and so on
(` + "`verify/rehearse/matrix_schema_test.go`" + `).

**pglogical**: yes means that sets and slots were pglogical's own. Where there is no package of it a stand-in keeps nodes and sets in tables
and lets test_decoding play the output plugin, so that every script runs and every gate asks its questions; there the preflight has to
say, and says, that pglogical is missing, and nothing is replicated.

## Not covered

* Change data capture itself: AWS DMS, its tasks and what it does to the target. Draining (72-drain.sh) needs it.
* Managed services: RDS and Aurora differ from these servers in their rights and settings, not in their SQL.
* pglogical on 9.6 to 12, 14 and 16, see above.
* 9.6 as a target, and targets older than their source.
* Minor versions other than those listed. Minors from November 2026 on keep the version of each column in the catalog, and pg_dump of
  an older minor passes it on as a setting; 32-schema.sh takes it out.
`
