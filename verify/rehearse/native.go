package rehearse

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/pgcutover/pgcutover/planner"
	"github.com/pgcutover/pgcutover/verify/rehearse/cluster"
	"github.com/pgcutover/pgcutover/verify/rehearse/workload"
)

// What only a rehearsal of the engine native does: it goes on after the load, through the cutover, and looks whether what is written to the
// target comes back to the source.

// Steps of it that are treated apart.
const (
	subscribe  = "50-cdc/native/51-subscriptions.sh"
	enable     = "50-cdc/native/52-enable.sh"
	hold       = "20-snapshots/21-hold.sh"
	release    = "20-snapshots/22-release.sh"
	wayBack    = "50-cdc/native/53-way-back.sql"
	freeze     = "70-cutover/71-freeze.sh"
	drain      = "70-cutover/72-drain.sh"
	sequences  = "70-cutover/73-sequences.sh"
	statistics = "70-cutover/75-analyze.sh"
	openBack   = "70-cutover/77-way-back.sh"
	retire     = "70-cutover/78-retire.sh"
)

// cdcRole is who subscriptions log in as.
const cdcRole = "pgcutover_cdc"

func (o Options) native() bool { return o.Engine == planner.EngineNative }

// snapshots reports whether rows are copied from the primary itself.
func (o Options) snapshots() bool { return o.native() && o.HandOff == planner.HandOffSnapshot }

// applicationDSN is how the application reaches a server.
func (r *run) applicationDSN(c *cluster.Cluster) string {
	return strings.Replace(c.DSN(r.servers.Database), "user=postgres", "user="+r.options.Content.Role, 1)
}

// sampleRole is who the application of the sample logs in as.
const sampleRole = "calltrack_app"

// sampleGrants give the application's role what it needs of the sample; with the schema that comes to the target, too.
const sampleGrants = `do $$
declare s name;
begin
	for s in select nspname from pg_namespace where nspname !~ '^pg_' and nspname <> 'information_schema' loop
		execute format('grant usage on schema %I to calltrack_app', s);
		execute format('grant select, insert, update, delete on all tables in schema %I to calltrack_app', s);
		execute format('grant usage on all sequences in schema %I to calltrack_app', s);
	end loop;
	create policy application on support_tickets to calltrack_app using (true) with check (true);
end $$`

// letApplicationIn gives the application's role what the bundle gives no role.
func (s *Servers) letApplicationIn(ctx context.Context, c *cluster.Cluster, content Content) error {
	return s.exec(ctx, c, "alter role "+content.Role+" "+content.RoleOptions, "alter role "+content.Role+" set deadlock_timeout = '200ms'")
}

func (s *Servers) exec(ctx context.Context, c *cluster.Cluster, statements ...string) error {
	conn, err := pgx.Connect(ctx, c.DSN(s.Database))
	if err != nil {
		return fmt.Errorf("connecting to a server of the rehearsal: %w", err)
	}
	defer conn.Close(context.WithoutCancel(ctx))
	for _, sql := range statements {
		if _, err := conn.Exec(ctx, sql); err != nil {
			return fmt.Errorf("preparing a server of the rehearsal: %w", err)
		}
	}
	return nil
}

// before does what comes between the steps of the bundle: what a person or the application's team does.
func (r *run) before(ctx context.Context, c command) error {
	switch c.name {
	case statistics:
		if r.options.standsIn() {
			return r.withoutTasks(ctx)
		}
	case subscribe:
		return r.byHand("Give the role of change data capture its password, which no file of the bundle holds", "source", func() error { return r.giveLogin(ctx, r.servers.Source) })
	case freeze, calledOff:
		if r.wayBack && c.name == freeze {
			if err := r.byHand("The same on the target, for the way back", "target", func() error { return r.giveLogin(ctx, r.servers.Target) }); err != nil {
				return err
			}
		}
		r.frozenAt, r.beforeFreeze = time.Now(), r.committed()
	case "gate cutover":
		if err := r.stopped(); err != nil {
			return err
		}
		start := time.Now()
		err := r.prove(ctx, r.servers.Source, "source", "Compare every row of both sides while both stand still, without pgcutover")
		r.compared = time.Since(start)
		return err
	case retire:
		return r.repoint(ctx)
	}
	return nil
}

// byHand is a step that no file does.
func (r *run) byHand(title, where string, do func() error) error {
	r.printf("\n# %s\n$ psql service=pgcutover_%s   # \\password %s, then: alter role %s login;\n", title, where, cdcRole, cdcRole)
	start, before := time.Now(), r.committed()
	err := do()
	r.steps = append(r.steps, Step{Name: "by hand: " + where, Title: title, Seconds: time.Since(start).Seconds(), Commits: r.committed() - before, Exit: exitOf(err)})
	return err
}

func (r *run) giveLogin(ctx context.Context, c *cluster.Cluster) error {
	return r.servers.exec(ctx, c, "set log_statement = 'none'", "set log_min_error_statement = 'panic'",
		"alter role "+cdcRole+" login password '"+strings.ReplaceAll(r.servers.password, "'", "''")+"'")
}

// stopped looks whether the freeze has stopped the application: it did not stop by itself.
func (r *run) stopped() error {
	if r.workload == nil {
		return nil
	}
	select {
	case <-r.workload.Failed():
	case <-time.After(5 * time.Second):
		return errors.New("the application still writes to the frozen source")
	}
	stats, _ := r.workload.Stop() // the error is the freeze
	r.stats = add(r.stats, stats)
	r.workload = nil
	return nil
}

func add(a, b workload.Stats) workload.Stats {
	return workload.Stats{
		Committed: a.Committed + b.Committed, Savepoints: a.Savepoints + b.Savepoints, Retried: a.Retried + b.Retried,
		Large: a.Large + b.Large, Long: a.Long + b.Long, Elapsed: a.Elapsed + b.Elapsed,
	}
}

// repoint sets the application to work on the target.
func (r *run) repoint(ctx context.Context) error {
	r.printf("\n# Point the application to the target: its role may log in there, its connection string is the new one\n")
	if r.options.Content.Write == nil {
		r.frozen = time.Since(r.frozenAt)
		return nil
	}
	if err := r.servers.letApplicationIn(ctx, r.servers.Target, r.options.Content); err != nil {
		return err
	}
	start := time.Now()
	w, err := r.options.Content.Write(ctx, r.applicationDSN(r.servers.Target))
	if err != nil {
		return fmt.Errorf("pointing the application to the target: %w", err)
	}
	r.frozen = time.Since(r.frozenAt)
	r.workload = w
	for r.workload.Stats().Committed < 20 && time.Since(start) < 10*time.Second {
		if err := ctx.Err(); err != nil {
			return err
		}
		time.Sleep(20 * time.Millisecond)
	}
	r.printf("    writes were frozen for %.1f s, %.1f s of that for the rehearsal's own comparison; %d transactions on the target since\n", r.frozen.Seconds(), r.compared.Seconds(), r.workload.Stats().Committed)
	r.steps = append(r.steps, Step{Name: "repoint", Title: "Point the application to the target", Seconds: time.Since(start).Seconds(), Commits: r.workload.Stats().Committed})
	return nil
}

// comeBack lets the application end, and looks whether the source has what it wrote to the target.
func (r *run) comeBack(ctx context.Context) error {
	if r.workload != nil {
		stats, err := r.workload.Stop()
		if err != nil {
			return fmt.Errorf("on the target: %w", err)
		}
		r.onTarget, r.workload = stats, nil
	}
	if !r.wayBack {
		return nil
	}
	again := command{name: openBack + " again", title: "Has everything that was written to the target come back to the source?", words: []string{filepath.Join(bundleDir, openBack)}}
	if err := r.do(ctx, again); err != nil {
		return err
	}
	return r.prove(ctx, r.servers.Source, "old source", "Compare every row once more: the old source has what the application wrote to the target")
}
