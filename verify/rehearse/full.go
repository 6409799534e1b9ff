package rehearse

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/pgcutover/pgcutover/planner"
	"github.com/pgcutover/pgcutover/render"
	"github.com/pgcutover/pgcutover/verify"
	"github.com/pgcutover/pgcutover/verify/rehearse/standin"
)

// What only a rehearsal of the engine dms-full does: stand-ins for the tasks of AWS DMS load the rows from the primary, stop, and go on once the indexes are
// built. There is no standby.

// Steps of it that are treated apart.
const (
	loadStandIns   = "stand-ins load"
	resumeStandIns = "stand-ins go on"
	deleteStandIns = "stand-ins are deleted"
)

// full reports whether AWS DMS would copy the rows.
func (o Options) full() bool { return o.Engine == planner.EngineDMSFull }

// standby reports whether rows are copied from one.
func (o Options) standby() bool { return !o.snapshots() && !o.full() }

// withLoaders puts stand-ins that load in the place of what asks AWS.
func withLoaders(commands []command) []command {
	gate := func(g verify.Gate) command {
		return gateCommand(string(g), cmp.Or(ofLoaders["gate "+string(g)], gateQuestions[string(g)]), true)
	}
	var out []command
	for _, c := range commands {
		switch c.name {
		case retire:
			out = append(out, command{name: deleteStandIns, title: "Delete the tasks: each drops the slot that it made"})
			c.words = append(slices.Clone(c.words), "--tasks-deleted")
		case "gate " + string(verify.Loaded):
			out = append(out, gate(verify.Loaded), command{name: resumeStandIns, title: "In place of the tasks of AWS DMS: apply what has changed since their start, and go on"},
				command{name: drain + " --not-frozen", title: "Wait until the target has caught up", words: []string{path.Join(bundleDir, drain), "--not-frozen"}}, gate(verify.CDC))
			continue
		}
		out = append(out, c)
		switch c.name {
		case control:
			out = append(out, command{name: letStandInsIn}, gate(verify.CDCReady), command{name: loadStandIns, title: "In place of the tasks of AWS DMS: make a slot each, load the tables, and stop"})
		case drain:
			out = append(out, command{name: stopStandIns, title: "Stop the tasks: everything has arrived"})
		}
	}
	return out
}

// gatesOfFull are the gates that the bundle's own steps have to be followed by; the others come with the stand-ins.
var gatesOfFull = []verify.Gate{verify.Preflight, verify.Loaded}

// loadTasks does what 53-deploy.sh, 55-start.sh and 55-wait.sh do: each task is started once, which is noted first, and what it has loaded is noted when it stands
// still.
func (r *run) loadTasks(ctx context.Context, c command) error {
	return r.inPlace(ctx, c, func() error {
		file := filepath.Join(r.out, "state.json")
		state, err := readState(file)
		if err != nil {
			return err
		}
		now := time.Now().UTC().Truncate(time.Second)
		state.Full, state.Tasks = &verify.StateFull{StartedAt: &now}, map[string]verify.StateTask{}
		slots, err := r.groups()
		if err != nil {
			return err
		}
		for _, slot := range slots {
			state.Tasks[slot] = verify.StateTask{MadeAt: &now, StartedAt: &now}
		}
		if err := writeState(file, state); err != nil {
			return err
		}
		loaded := make([]standin.Loaded, len(slots))
		g, gctx := errgroup.WithContext(ctx)
		for i, slot := range slots {
			t, err := standin.Read(os.DirFS(filepath.Join(r.out, bundleDir)), slot)
			if err != nil {
				return err
			}
			if r.options.task != nil {
				r.options.task(slot, &t)
			}
			r.executed = append(r.executed, t.Files...)
			g.Go(func() error {
				log, err := r.taskLog(slot)
				if err != nil {
					return err
				}
				loaded[i], err = t.Load(gctx, roleDSN(r.servers.Source, r.servers.Database), roleDSN(r.servers.Target, r.servers.Database), log)
				return errors.Join(err, log.Close())
			})
		}
		err = g.Wait()
		r.loaded = map[string]standin.Task{}
		now = time.Now().UTC().Truncate(time.Second)
		for i, slot := range slots {
			l := loaded[i]
			if l.Task.Slot == "" {
				continue
			}
			r.loaded[slot] = l.Task
			t := state.Tasks[slot]
			t.Slot = l.Task.Slot
			if l.StopReason == standin.AfterFullLoad {
				t.LoadedAt, t.Rows, t.StopReason = &now, l.Rows(), l.StopReason
				r.printf("    %s has loaded %s rows of %d tables; its slot is %s\n", l.Task.Resource, thousands(l.Rows()), len(l.Tables), l.Task.Slot)
			}
			state.Tasks[slot] = t
		}
		if err == nil {
			state.Full.LoadedAt = &now
		}
		return errors.Join(err, writeState(file, state))
	})
}

// groups are the plan's names of slots, in its order.
func (r *run) groups() ([]string, error) {
	f, err := os.Open(filepath.Join(r.out, planFile))
	if err != nil {
		return nil, fmt.Errorf("reading the plan: %w", err)
	}
	defer f.Close()
	p, err := planner.Decode(f)
	if err != nil {
		return nil, fmt.Errorf("reading the plan: %w", err)
	}
	out := make([]string, len(p.Groups))
	for i, g := range p.Groups {
		out[i] = g.Slot
	}
	return out, nil
}

func (r *run) taskLog(slot string) (*os.File, error) {
	return os.OpenFile(filepath.Join(r.out, "logs", "task-"+slot+".log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
}

// resumeTasks does what 57-resume.sh does the first time.
func (r *run) resumeTasks(ctx context.Context, c command) error {
	return r.inPlace(ctx, c, func() error {
		file := filepath.Join(r.out, "state.json")
		state, err := readState(file)
		if err != nil {
			return err
		}
		if state.Load == nil || state.Load.FinishedAt == nil {
			return errors.New("the builds have not finished")
		}
		slots, err := r.groups()
		if err != nil {
			return err
		}
		for _, slot := range slots {
			now := time.Now().UTC().Truncate(time.Second)
			t := state.Tasks[slot]
			if t.ResumedAt == nil {
				t.ResumedAt = &now
			}
			state.Tasks[slot] = t
			if state.CDCStartedAt == nil {
				state.CDCStartedAt = &now
			}
			if err := writeState(file, state); err != nil {
				return err
			}
			log, err := r.taskLog(slot)
			if err != nil {
				return err
			}
			running, err := r.loaded[slot].Start(ctx, roleDSN(r.servers.Source, r.servers.Database), roleDSN(r.servers.Target, r.servers.Database), true, log)
			if err != nil {
				return errors.Join(err, log.Close())
			}
			r.tasks = append(r.tasks, task{running, slot, log})
		}
		return nil
	})
}

// deleteTasks does what 58-delete.sh has AWS DMS do with the slots.
func (r *run) deleteTasks(ctx context.Context, c command) error {
	return r.inPlace(ctx, c, func() error {
		for _, t := range r.loaded {
			if err := t.Drop(ctx, roleDSN(r.servers.Source, r.servers.Database)); err != nil {
				return err
			}
		}
		return nil
	})
}

// hasLoaders reports whether a bundle is one of the engine dms-full.
func hasLoaders(m render.Manifest) bool {
	return slices.ContainsFunc(m.Files, func(f render.ManifestFile) bool { return f.Path == "50-cdc/dms/55-wait.sh" })
}
