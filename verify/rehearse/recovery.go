package rehearse

import (
	"context"
	"fmt"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/pgcutover/pgcutover/render"
)

// The ways out of a migration are rehearsed beside the way through it, where that is asked for: a load that is begun anew, one slot that is, a
// cutover that is called off, and with the engine dms, which ends before the cutover anyhow, the end of everything.

// Scripts of the ways out.
const (
	abort       = "80-recovery/81-abort.sh"
	restartSlot = "80-recovery/82-restart-slot.sh"
	fullRestart = "80-recovery/83-full-restart.sh"
	unfreeze    = "70-cutover/76-unfreeze.sh"
	progress    = "40-load/progress.sql"
	ledger      = "40-load/41-ledger.sql"
	load        = "40-load/42-load.sh"
)

// calledOff is the name of the freeze that is taken back.
const calledOff = freeze + " called off"

// withRecoveries puts the ways out where they belong among the commands of a bundle.
func withRecoveries(commands []command, m render.Manifest) ([]command, error) {
	slot := ""
	for _, f := range m.Files {
		if name, ok := strings.CutPrefix(f.Path, "80-recovery/restart-"); ok && slot == "" {
			slot = strings.TrimSuffix(name, ".sql")
		}
	}
	if slot == "" {
		return nil, fmt.Errorf("the bundle has no slot to restart")
	}
	again := func(names ...string) (out []command, err error) {
		for _, name := range names {
			i := slices.IndexFunc(commands, func(c command) bool { return c.name == name })
			if i < 0 {
				return nil, fmt.Errorf("the bundle has no step %s", name)
			}
			c := commands[i]
			c.name += " again"
			out = append(out, c)
		}
		return out, nil
	}
	typed := func(name, title string, words ...string) command {
		return command{name: name, title: title, words: append([]string{path.Join(bundleDir, strings.Fields(name)[0])}, words...)}
	}
	native := slices.ContainsFunc(commands, func(c command) bool { return c.name == subscribe })
	after := map[string][]command{} // by the name of the command before
	reload, err := again(pause, "gate paused", ledger, load, "gate loaded")
	if err != nil {
		return nil, err
	}
	after["gate loaded"] = append([]command{typed(fullRestart, "The replica has moved, say: empty the target and begin again at the pause", "--yes")}, reload...)
	afterSlot, names := resume, []string{"gate loaded", resume}
	if native {
		afterSlot, names = "gate cdc", append(names, subscribe, "gate cdc-ready", enable, "gate cdc")
		after["gate cutover-ready"] = []command{
			typed(calledOff, "Freeze, and think better of it"),
			typed(unfreeze, "Give the source back to the application"),
		}
	}
	slotAgain, err := again(names...)
	if err != nil {
		return nil, err
	}
	if native { // what the target lacks has to arrive before the gate looks at it
		i := len(slotAgain) - 1
		slotAgain = slices.Insert(slotAgain, i, command{name: drain + " --not-frozen again", title: "Wait until the target has caught up", words: []string{path.Join(bundleDir, drain), "--not-frozen"}})
	}
	after[afterSlot] = append([]command{typed(restartSlot, "One slot is lost, say: load its tables anew while the others go on", slot, "--yes")}, slotAgain...)
	var out []command
	for _, c := range commands {
		out = append(append(out, c), after[c.name]...)
	}
	if !native {
		out = append(out, typed(abort, "Give the migration up", "--yes", "--target"))
	}
	return out, nil
}

// giveBack sets the application to work again on a source that was frozen and is not any more.
func (r *run) giveBack(ctx context.Context) error {
	if err := r.stopped(); err != nil {
		return err
	}
	r.frozenAt = time.Time{}
	if r.options.Content.Write == nil {
		return nil
	}
	w, err := r.options.Content.Write(ctx, r.applicationDSN(r.servers.Source))
	if err != nil {
		return fmt.Errorf("letting the application back: %w", err)
	}
	r.workload = w
	return nil
}

// executed are the files of the bundle that a command of this name has run: what it names, and what that runs or reads.
func (c command) executed() (out []string) {
	for i, w := range c.words {
		file, ok := strings.CutPrefix(w, bundleDir+"/")
		if !ok {
			continue
		}
		out = append(out, file)
		if path.Ext(file) == ".sh" {
			out = append(out, "session.sh")
		}
		switch file {
		case load:
			out = append(out, "40-load/items.tsv")
		case restartSlot:
			out = append(out, "80-recovery/restart-"+c.words[i+1]+".sql")
		case fullRestart:
			out = append(out, "80-recovery/empty-target.sql")
		}
	}
	return out
}
