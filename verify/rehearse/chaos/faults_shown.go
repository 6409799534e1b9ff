package chaos

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/pgcutover/pgcutover/planner"
)

// Shown are the faults that a rehearsal injects where it is asked for all: one of each kind that a migration has to live with. Some of them only the
// engine native can have, whose rounds go on until changes are applied.
func Shown(engine string) []Fault {
	var out []Fault
	for _, name := range []string{"kill a worker", "fill the target's disk", "lose a slot"} {
		f, _ := Find(name)
		out = append(out, f)
	}
	f, _ := Find("crash the target")
	f.Name, f.Does = "restart the target", "a shutdown in order, as by a package upgrade, and a start"
	f.Moments = []Moment{inLoad}
	f.Strike = func(_ context.Context, f *Field) error { return f.Server(Target).Restart() }
	if engine == planner.EngineNative {
		f.Moments = append(f.Moments, before(catchUpStep), before(cdcGate))
	}
	out = append(out, f, Fault{
		Name: "break the standby's link", Does: "the replica cannot reach its primary; a person mends it when the pause waits for it, or when something says no",
		Moments: []Moment{before(slotsStep), before(pauseStep)}, Outcome: must,
		Strike: func(ctx context.Context, f *Field) (err error) {
			if f.conninfo, err = f.SQL(ctx, Replica, "show primary_conninfo"); err != nil {
				return err
			}
			// From 13 on a reload is enough: it ends the receiver, which then tries a directory that has no socket.
			if err := connectReplica(ctx, f, "host=/nowhere"); err != nil {
				return err
			}
			f.beside(func(ctx context.Context) {
				if f.pauseWaits(ctx) {
					_ = connectReplica(ctx, f, f.conninfo) // where it fails, the pause goes on waiting, and the round fails by that
				}
			})
			return f.until(ctx, Source, "select not exists (select from pg_stat_replication where application_name = 'walreceiver')")
		},
		Mend: func(ctx context.Context, f *Field) error { return connectReplica(ctx, f, f.conninfo) },
	})
	if engine == planner.EngineNative {
		out = append(out, Fault{
			Name: "cut the subscription's connection", Does: "every connection of the subscriptions breaks, and the next ones are refused",
			Moments: []Moment{before(catchUpStep), after(catchUpStep)}, Outcome: must,
			Strike: func(_ context.Context, f *Field) error {
				p := f.world.subscriptions
				p.refuse(3)
				f.note("%d connections", p.cutAll())
				return nil
			},
		})
	}
	slices.SortFunc(out, func(a, b Fault) int { return strings.Compare(a.Name, b.Name) })
	return out
}

// connectReplica says where the replica finds its primary.
func connectReplica(ctx context.Context, f *Field, conninfo string) error {
	_, err := f.SQL(ctx, Replica, "alter system set primary_conninfo = '"+strings.ReplaceAll(conninfo, "'", "''")+"'; select pg_reload_conf() \\g /dev/null")
	return err
}

// pauseWaits waits until the script that pauses the replica says that it waits for the replica; false: the context has ended first.
func (f *Field) pauseWaits(ctx context.Context) bool {
	for {
		logs, _ := filepath.Glob(f.path("logs/*21-pause*.log"))
		for _, log := range logs {
			if b, err := os.ReadFile(log); err == nil && strings.Contains(string(b), "waiting for") {
				return true
			}
		}
		select {
		case <-ctx.Done():
			return false
		case <-time.After(50 * time.Millisecond):
		}
	}
}
