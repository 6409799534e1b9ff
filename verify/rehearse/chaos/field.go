package chaos

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/pgcutover/pgcutover/verify/rehearse/cluster"
)

// Field is what a fault strikes.
type Field struct {
	Dir   string // working directory: plan.json, state.json, the bundle in migration/
	Rand  *rand.Rand
	world *world
	// link is the connection that got to the moment and waits for the fault to be done; nil before and after a step.
	link   *link
	script int // process of the step that runs; 0 between steps
	mu     sync.Mutex
	others []*other // started by faults; the round waits for them
	undo   []func() // at the end of the round
	notes  []string // what was done, for the report

	conninfo string // of the replica before a fault changed it
	// What goes on beside the steps until the round ends.
	round  context.Context
	finish context.CancelFunc
	group  sync.WaitGroup
}

// beside lets something go on beside the steps; its context ends with the round's last step.
func (f *Field) beside(do func(context.Context)) {
	f.group.Go(func() { do(f.round) })
}

// note adds to what the report says of the strike.
func (f *Field) note(format string, args ...any) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.notes = append(f.notes, fmt.Sprintf(format, args...))
}

// Server is one of the three, not behind its proxy.
func (f *Field) Server(n Server) *cluster.Cluster { return f.world.servers[n] }

// SQL runs statements on the database of a server as superuser, past the proxy, and returns what they answer.
func (f *Field) SQL(ctx context.Context, n Server, sql string) (string, error) {
	return f.Server(n).Psql(ctx, database, "set statement_timeout = 0; set lock_timeout = '20s'; set client_min_messages = warning;\n"+sql)
}

// until waits for a condition on a server.
func (f *Field) until(ctx context.Context, n Server, sql string) error {
	for {
		out, err := f.SQL(ctx, n, "select coalesce(("+sql+")::boolean, false)")
		if err == nil && out == "t" {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("waiting on the %s for %s: %w", n, sql, errors.Join(ctx.Err(), err))
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// path is a file of the working directory.
func (f *Field) path(name string) string { return filepath.Join(f.Dir, filepath.FromSlash(name)) }

// edit changes a file by hand.
func (f *Field) edit(name string, change func(string) string) error {
	b, err := os.ReadFile(f.path(name))
	if err != nil {
		return err
	}
	after := change(string(b))
	if after == string(b) {
		return fmt.Errorf("editing %s: nothing changed", name)
	}
	mode := os.FileMode(0o644)
	if info, err := os.Stat(f.path(name)); err == nil {
		mode = info.Mode()
	}
	if err := os.Chmod(f.path(name), mode|0o200); err != nil {
		return err
	}
	return os.WriteFile(f.path(name), []byte(after), mode)
}

// keepCopy saves a file, and putBack restores it: a person has it in version control.
func (f *Field) keepCopy(name string) error {
	b, err := os.ReadFile(f.path(name))
	if err != nil {
		return err
	}
	return os.WriteFile(f.path(name+".before"), b, 0o644)
}

func (f *Field) putBack(name string) error { return os.Rename(f.path(name+".before"), f.path(name)) }

func logName(s string) string {
	return strings.NewReplacer("/", "_", " ", "-", "\"", "").Replace(s)
}
