// Command pgcutover plans, renders and verifies the near-zero-downtime move of a live PostgreSQL database.
// It writes files for people to review and run; it changes nothing on any server.
package main

import (
	"context"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"
)

// collectAt lets the heap grow by so many percent of what is in use before garbage is looked for, unless GOGC says how much.
func collectAt(percent int) (restore func()) {
	if os.Getenv("GOGC") != "" {
		return func() {}
	}
	was := debug.SetGCPercent(percent)
	return func() { debug.SetGCPercent(was) }
}

func main() {
	// Nearly all of the memory is an inventory, a plan or a bundle, and stays. That the heap may not grow to twice their size before garbage is looked for saves
	// a third of it, for a tenth more work at most.
	collectAt(30)
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second signal ends the process at once
	os.Exit(run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}
