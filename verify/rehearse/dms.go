package rehearse

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pglogrepl"
	"github.com/jackc/pgx/v5"

	"github.com/pgcutover/pgcutover/planner"
	"github.com/pgcutover/pgcutover/render"
	"github.com/pgcutover/pgcutover/verify"
	"github.com/pgcutover/pgcutover/verify/rehearse/cluster"
	"github.com/pgcutover/pgcutover/verify/rehearse/standin"
)

// What only a rehearsal of the engine dms does. There is no AWS here, so in place of the tasks of AWS DMS stand-ins read the slots and apply
// to the target, told by the files that AWS DMS would get; what asks AWS is left out, and said to be.

// Steps of it that are treated apart.
const (
	control = "50-cdc/dms/51-control.sql"

	letStandInsIn = "stand-ins may log in"
	startStandIns = "stand-ins start"
	stopStandIns  = "stand-ins stop"
	dumpRest      = "by hand: dump"
	restoreRest   = "by hand: restore"
	restFile      = "left-out.dump"
)

// standsIn reports whether a rehearsal goes on with stand-ins for the tasks of AWS DMS.
func (o Options) standsIn() bool {
	return planner.ByDMS.Have(o.Engine) && !o.Recovery && !o.Content.Answer
}

// cutsOver reports whether it goes through the cutover.
func (o Options) cutsOver() bool { return o.native() || o.standsIn() }

// task is one that runs.
type task struct {
	*standin.Running
	slot string
	log  *os.File
}

// withStandIns puts the stand-ins in the place of what asks AWS.
func withStandIns(commands []command) []command {
	var out []command
	for i, c := range commands {
		out = append(out, c)
		switch {
		case c.name == drain: // nothing is applied any more when constraints and triggers come back
			out = append(out, command{name: stopStandIns, title: "Stop the tasks: everything has arrived"})
		case strings.HasPrefix(c.name, "50-cdc/") && (i+1 == len(commands) || !strings.HasPrefix(commands[i+1].name, "50-cdc/")):
			out = append(out,
				command{name: letStandInsIn},
				gateCommand(string(verify.CDCReady), gateQuestions[string(verify.CDCReady)], true),
				command{name: startStandIns, title: "In place of the tasks of AWS DMS: read every slot from its position, and apply to the target"},
				command{name: drain + " --not-frozen", title: "Wait until the target has caught up", words: []string{path.Join(bundleDir, drain), "--not-frozen"}},
				gateCommand(string(verify.CDC), gateQuestions[string(verify.CDC)], true))
		}
	}
	return out
}

// asksAWS reports whether a step is left out.
func asksAWS(f render.ManifestFile) bool { return f.On == render.OnAWS }

// leftOut names what a rehearsal of the engine dms does not do.
func leftOut(m render.Manifest) []string {
	var out []string
	files := slices.Clone(m.Files)
	slices.SortStableFunc(files, func(a, b render.ManifestFile) int { return a.Order - b.Order })
	for _, f := range files {
		if f.Step && asksAWS(f) {
			out = append(out, f.Path)
		}
	}
	return append(out, "and of the gates what AWS alone can tell")
}

// letTasksIn does what 51-control.sql leaves to people.
func (r *run) letTasksIn(ctx context.Context) error {
	for _, where := range []struct {
		name string
		on   *cluster.Cluster
	}{{"source", r.servers.Source}, {"target", r.servers.Target}} {
		err := r.byHand("Give the role of change data capture its password, which no file of the bundle holds", where.name, func() error { return r.giveLogin(ctx, where.on) })
		if err != nil {
			return err
		}
	}
	return nil
}

// startTasks does what 55-start.sh does: each task is started once, at the position that state.json has for it, which is noted first.
func (r *run) startTasks(ctx context.Context, c command) error {
	return r.inPlace(ctx, c, func() error {
		state, err := readState(filepath.Join(r.out, "state.json"))
		if err != nil {
			return err
		}
		if state.Pause == nil || state.Load == nil || state.Load.FinishedAt == nil {
			return errors.New("the load has not finished, so no position is final")
		}
		for _, slot := range slices.Sorted(maps.Keys(state.Slots)) {
			if err := r.startTask(ctx, slot); err != nil {
				return err
			}
		}
		return nil
	})
}

// startTask starts that of one slot, as 55-start.sh does.
func (r *run) startTask(ctx context.Context, slot string) error {
	file := filepath.Join(r.out, "state.json")
	state, err := readState(file)
	if err != nil {
		return err
	}
	t, err := standin.Read(os.DirFS(filepath.Join(r.out, bundleDir)), slot)
	if err != nil {
		return err
	}
	at := state.Start(slot)
	if was := state.Tasks[slot]; was.StartedAt != nil && was.StartLSN == at {
		return fmt.Errorf("the task of slot %s has run before", slot)
	}
	now := time.Now().UTC().Truncate(time.Second)
	if state.Tasks == nil {
		state.Tasks = map[string]verify.StateTask{}
	}
	state.Tasks[slot] = verify.StateTask{StartLSN: at, MadeAt: &now, StartedAt: &now}
	if state.CDCStartedAt == nil {
		state.CDCStartedAt = &now
	}
	if err := writeState(file, state); err != nil {
		return err
	}
	t.Position = pglogrepl.LSN(at)
	r.executed = append(r.executed, t.Files...)
	log, err := os.OpenFile(filepath.Join(r.out, "logs", "task-"+slot+".log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	running, err := t.Start(ctx, roleDSN(r.servers.Source, r.servers.Database), roleDSN(r.servers.Target, r.servers.Database), false, log)
	if err != nil {
		return errors.Join(err, log.Close())
	}
	r.tasks = append(r.tasks, task{running, slot, log})
	mode := "transaction by transaction"
	if t.Settings.TargetMetadata.BatchApplyEnabled {
		mode = "in batches"
	}
	r.printf("    %s reads %s from %s and applies %s\n", t.Resource, slot, at, mode)
	return nil
}

// inPlace is a step that this program does itself.
func (r *run) inPlace(ctx context.Context, c command, do func() error) error {
	r.announce(c)
	start, before := time.Now(), r.committed()
	err := do()
	r.steps = append(r.steps, Step{Name: c.name, Title: c.title, Seconds: time.Since(start).Seconds(), Commits: r.committed() - before, Exit: exitOf(err)})
	if err == nil {
		err = r.after(ctx, r.steps[len(r.steps)-1])
	}
	return err
}

// failedTask is why a task has ended by itself, nil where none has.
func (r *run) failedTask(ctx context.Context) error {
	for i, t := range r.tasks {
		select {
		case <-t.Ended():
			r.tasks = slices.Delete(r.tasks, i, i+1)
			return fmt.Errorf("the task of slot %s: %w", t.slot, errors.Join(t.Stop(ctx), t.log.Close()))
		default:
		}
	}
	return nil
}

// stopTasks ends what was started. Nothing may be left to say.
func (r *run) stopTasks(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	var errs []error
	for _, t := range r.tasks {
		errs = append(errs, t.Stop(ctx), t.log.Close())
		s := t.Stats()
		r.applied.Transactions += s.Transactions
		r.applied.Changes += s.Changes
		r.applied.KeyUpdates += s.KeyUpdates
		r.applied.Truncated += s.Truncated
		r.applied.Exceptions += s.Exceptions
		r.applied.Fallbacks += s.Fallbacks
		r.printf("    %s: %s changes of rows applied, %d exceptions, %d values cut, %d updates of keys ignored\n", t.slot, thousands(s.Changes), s.Exceptions, s.Truncated, s.KeyUpdates)
	}
	r.tasks = nil
	return errors.Join(errs...)
}

// withoutTasks moves what no task carries, while nobody writes: tables that the plan leaves out, and those that the application fills again.
func (r *run) withoutTasks(ctx context.Context) error {
	p, err := r.servers.missing(ctx)
	if err != nil {
		return err
	}
	if len(p) > 0 {
		dump := command{name: dumpRest, title: "What the configuration leaves out of the migration: pg_dump moves it while nobody writes", words: []string{"pg_dump", "-Fc", "-f", restFile}}
		for _, t := range p {
			dump.words = append(dump.words, "-t", t)
		}
		dump.words = append(dump.words, "service=pgcutover_source")
		restore := command{name: restoreRest, title: "And restores it on the target", words: []string{"pg_restore", "-1", "--clean", "--if-exists", "-d", "service=pgcutover_target", restFile}}
		for _, c := range []command{dump, restore} {
			if err := r.do(ctx, c); err != nil {
				return err
			}
		}
	}
	for _, x := range r.options.Content.Again {
		c := command{name: "by hand: " + x.Table, title: "The application writes its last rows of " + x.Table + " again, as the configuration says: AWS DMS leaves LOBs of a table without a primary key empty"}
		if err := r.inPlace(ctx, c, func() error { return r.servers.again(ctx, x) }); err != nil {
			return fmt.Errorf("writing rows of %s again: %w", x.Table, err)
		}
	}
	return nil
}

// missing are the source's tables that the target does not have.
func (s *Servers) missing(ctx context.Context) ([]string, error) {
	source, err := s.names(ctx, s.Source.DSN(s.Database))
	if err != nil {
		return nil, err
	}
	target, err := s.names(ctx, s.Target.DSN(s.Database))
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(source, func(name string) bool { return slices.Contains(target, name) }), nil
}

// again brings rows of a table to the target as the source has them.
func (s *Servers) again(ctx context.Context, rows Rows) error {
	source, err := pgx.Connect(ctx, s.Source.DSN(s.Database))
	if err != nil {
		return fmt.Errorf("connecting to the source: %w", err)
	}
	defer source.Close(context.WithoutCancel(ctx))
	target, err := pgx.Connect(ctx, s.Target.DSN(s.Database))
	if err != nil {
		return fmt.Errorf("connecting to the target: %w", err)
	}
	defer target.Close(context.WithoutCancel(ctx))
	return pgx.BeginFunc(ctx, target, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, "delete from "+rows.Table+" where "+rows.Where); err != nil {
			return err
		}
		r, w := io.Pipe()
		go func() {
			_, err := source.PgConn().CopyTo(ctx, w, "copy (select * from "+rows.Table+" where "+rows.Where+") to stdout")
			_ = w.CloseWithError(err)
		}()
		_, err := tx.Conn().PgConn().CopyFrom(ctx, r, "copy "+rows.Table+" from stdin")
		return errors.Join(err, r.CloseWithError(err))
	})
}

// roleDSN is how a task reaches a server.
func roleDSN(c *cluster.Cluster, database string) string {
	return strings.Replace(c.DSN(database), "user=postgres", "user="+cdcRole, 1)
}

func readState(file string) (verify.State, error) {
	b, err := os.ReadFile(file)
	if err != nil {
		return verify.State{}, fmt.Errorf("reading the positions: %w", err)
	}
	return verify.DecodeState(bytes.NewReader(b))
}

func writeState(file string, s verify.State) error {
	var b bytes.Buffer
	if err := s.Encode(&b); err != nil {
		return fmt.Errorf("noting a start: %w", err)
	}
	if err := os.WriteFile(file, b.Bytes(), 0o644); err != nil {
		return fmt.Errorf("noting a start: %w", err)
	}
	return nil
}

// tellOfStandIns tells what was applied, and what was not shown.
func (r *run) tellOfStandIns() {
	s := r.applied
	r.printf("  applied   %s changes of rows, by stand-ins for AWS DMS; %d exceptions, %d values cut, %d updates of keys ignored\n",
		thousands(s.Changes), s.Exceptions, s.Truncated, s.KeyUpdates)
	r.printf("  left out  %s\n", strings.Join(r.leftOut, ", "))
}
