package main

import (
	"fmt"
	"strconv"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/pgcutover/pgcutover/golden"
)

// TestMain lets the scripts run pgcutover as a command of its own: the test binary is it.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"pgcutover": main,
	})
}

// TestScripts runs the command line as a user does: one script for each matter in testdata/script.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		RequireExplicitExec: true,
		UpdateScripts:       golden.Updating(),
		Cmds: map[string]func(ts *testscript.TestScript, neg bool, args []string){
			"exit": exit, "server": server, "sql": sql, "await": await, "crash": crash,
		},
		Condition: func(cond string) (bool, error) {
			if cond != "live" {
				return false, fmt.Errorf("no such condition: %s", cond)
			}
			return live(), nil
		},
	})
}

// exit N command… runs a command that has to end with exactly that code.
func exit(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exit code command [argument…]")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	got := 0
	if err := ts.Exec(args[1], args[2:]...); err != nil {
		coded, ok := err.(interface{ ExitCode() int })
		if !ok {
			ts.Fatalf("running %s: %v", args[1], err)
		}
		got = coded.ExitCode()
	}
	if got != want {
		ts.Fatalf("%s ended with %d, not with %d", args[1], got, want)
	}
}
