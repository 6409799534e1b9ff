package main

import (
	"context"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/pgcutover/pgcutover/verify/rehearse/cluster"
)

// scripted are the servers of the running scripts, by script and by the name that the script gives them.
var scripted sync.Map

type scriptedKey struct {
	script *testscript.TestScript
	name   string
}

// scriptTB lets the cluster package work for a script.
type scriptTB struct{ ts *testscript.TestScript }

func (b scriptTB) Cleanup(f func())                  { b.ts.Defer(f) }
func (b scriptTB) Context() context.Context          { return context.Background() }
func (b scriptTB) Failed() bool                      { return false }
func (b scriptTB) Fatalf(format string, args ...any) { b.ts.Fatalf(format, args...) }
func (b scriptTB) Helper()                           {}
func (b scriptTB) Logf(format string, args ...any)   { b.ts.Logf(format, args...) }
func (b scriptTB) Skipf(format string, args ...any)  { b.ts.Fatalf(format, args...) }

// live is the condition [live]: this machine has a server. Where live tests are required it always holds, so that a script cannot be
// skipped there.
func live() bool {
	if os.Getenv("CI") == "true" || os.Getenv("PGCUTOVER_REQUIRE_LIVE") == "1" {
		return true
	}
	installs, err := cluster.Installs(context.Background())
	return err == nil && len(installs) > 0
}

// server starts a server for the script and sets an environment variable of its name to the DSN of its database shop.
//
//	server NAME source|target [setting=value…]
//	server NAME standby OF
//	server NAME password SECRET     a target that listens on TCP, where it asks for the secret
func server(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: server NAME source|target|standby|password …")
	}
	var c *cluster.Cluster
	tb, name := scriptTB{ts}, args[0]
	switch args[1] {
	case "source":
		c = cluster.StartSource(tb, args[2:]...)
	case "target":
		c = cluster.StartTarget(tb, args[2:]...)
	case "password":
		c = cluster.StartWith(tb, cluster.Options{Role: cluster.Target, Password: args[2]})
	case "standby":
		primary := named(ts, args[2])
		c = primary.StartStandby(tb)
		primary.MustCatchUp(tb, c)
	default:
		ts.Fatalf("no such kind of server: %s", args[1])
	}
	if args[1] != "standby" {
		c.CreateDatabase(tb, "shop")
	}
	scripted.Store(scriptedKey{ts, name}, c)
	ts.Defer(func() { scripted.Delete(scriptedKey{ts, name}) })
	ts.Setenv(name, c.DSN("shop"))
	if args[1] == "password" {
		ts.Setenv(name, c.TCPDSN("shop"))
	}
}

func named(ts *testscript.TestScript, name string) *cluster.Cluster {
	c, ok := scripted.Load(scriptedKey{ts, name})
	if !ok {
		ts.Fatalf("no server %s", name)
	}
	return c.(*cluster.Cluster)
}

// sql NAME SQL runs statements on a server's database shop.
func sql(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: sql NAME SQL")
	}
	named(ts, args[0]).MustPsql(scriptTB{ts}, "shop", args[1])
}

// await NAME SQL waits until a query says true.
func await(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: await NAME SQL")
	}
	for range 600 {
		if strings.TrimSpace(named(ts, args[0]).MustPsql(scriptTB{ts}, "shop", args[1])) == "t" {
			return
		}
		time.Sleep(100 * time.Millisecond)
	}
	ts.Fatalf("never true: %s", args[1])
}

// crash NAME kills a server.
func crash(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: crash NAME")
	}
	named(ts, args[0]).Kill()
}
