package chaos

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/pgcutover/pgcutover/verify/rehearse"
)

// planted is a fault of a round at its moment.
type planted struct {
	Fault
	at     drawn
	struck bool
	late   bool // the step ended before the moment came: struck after it
	after  int  // commands that had ended when it struck
}

// when tells when it struck.
func (f *planted) when() string {
	switch {
	case !f.struck:
		return "not reached: " + f.at.String()
	case f.late:
		return "after " + short(f.at.Step)
	}
	return f.at.String()
}

// round is one migration with its faults.
type round struct {
	number  int
	seed    uint64
	world   *world
	dir     string
	faults  []*planted
	field   *Field
	trapErr atomic.Pointer[error]
	pid     atomic.Int64 // of the command that runs
	program string
	log     *os.File
	walker  *walker
}

func (r *round) logf(format string, args ...any) { fmt.Fprintf(r.log, format, args...) }

func (r *round) struck() bool {
	return slices.ContainsFunc(r.faults, func(f *planted) bool { return f.struck })
}

// strike lets a fault happen.
func (r *round) strike(ctx context.Context, f *planted, l *link) error {
	f.struck, f.after = true, len(r.walker.history)
	r.field.link, r.field.script = l, int(r.pid.Load())
	r.logf("        -> %s (%s)\n", f.Name, f.at)
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	if err := f.Strike(ctx, r.field); err != nil {
		return fmt.Errorf("making %q happen: %w", f.Name, err)
	}
	for _, n := range r.field.notes {
		r.logf("           %s\n", n)
	}
	r.field.notes = nil
	return nil
}

// strikeAt lets the faults of a moment between steps happen.
func (r *round) strikeAt(ctx context.Context, step string, when When) error {
	for _, f := range r.faults {
		if !f.struck && f.at.Step == step && f.at.When == when {
			if err := r.strike(ctx, f, nil); err != nil {
				return err
			}
		}
	}
	return nil
}

// arm sets the trap for the first moment within the step; when it has gone off it sets the next.
func (r *round) arm(ctx context.Context, step string) {
	for _, n := range names {
		r.world.proxies[n].count()
	}
	r.armNext(ctx, step)
}

func (r *round) armNext(ctx context.Context, step string) {
	var next *planted
	for _, f := range r.faults {
		if !f.struck && f.at.Step == step && f.at.When == Within && (next == nil || f.at.count < next.at.count) {
			next = f
		}
	}
	if next == nil {
		return
	}
	t := &trap{fire: func(l *link) {
		if err := r.strike(ctx, next, l); err != nil {
			r.trapErr.CompareAndSwap(nil, &err)
		}
		r.armNext(ctx, step)
	}}
	if next.at.Connections[1] > 0 {
		t.connections = next.at.count
	} else {
		t.bytes = next.at.count
	}
	r.world.proxies[next.at.Server].set(t)
}

// disarm takes the traps away; a fault whose moment did not come strikes now, unless the step will be run again anyway.
func (r *round) disarm(ctx context.Context, step string) error {
	for _, n := range names {
		r.world.proxies[n].set(nil)
	}
	if err := r.trapErr.Load(); err != nil {
		return *err
	}
	for _, f := range r.faults {
		if !f.struck && f.at.Step == step && f.at.When == Within {
			f.late = true
			if err := r.strike(ctx, f, nil); err != nil {
				return err
			}
		}
	}
	return nil
}

// mend does what a person would before trying again, and tells whether there was anything.
func (r *round) mend(ctx context.Context) (bool, error) {
	any := false
	for _, f := range r.faults {
		if !f.struck || f.Mend == nil {
			continue
		}
		any = true
		r.logf("        -> mended: %s\n", f.Name)
		if err := f.Mend(ctx, r.field); err != nil {
			return true, fmt.Errorf("mending %q: %w", f.Name, err)
		}
	}
	return any, nil
}

// execute runs a command in the working directory, its process group its own.
func (r *round) execute(ctx context.Context, name string, words []string) (text string, code int, err error) {
	words = slices.Clone(words)
	switch words[0] {
	case "pgcutover":
		words[0] = r.program
	case "psql":
		words[0] = r.world.servers[Target].Bin("psql")
	default:
		words[0] = filepath.Join(r.dir, words[0])
	}
	path := filepath.Join(r.dir, "logs", fmt.Sprintf("%02d-%s.log", len(r.walker.history)+1, logName(name)))
	out, err := os.Create(path)
	if err != nil {
		return "", 0, err
	}
	defer out.Close()
	cmd := exec.Command(words[0], words[1:]...)
	cmd.Dir, cmd.Env = r.dir, r.field.environment()
	// A file, not a pipe: whoever outlives the command would keep the pipe open.
	cmd.Stdout, cmd.Stderr = out, out
	ownGroup(cmd)
	if err := cmd.Start(); err != nil {
		return "", 0, err
	}
	r.pid.Store(int64(cmd.Process.Pid))
	defer r.pid.Store(0)
	done := make(chan struct{})
	go func() {
		defer close(done)
		err = cmd.Wait()
	}()
	watch := time.NewTimer(patience)
	defer watch.Stop()
	select {
	case <-done:
	case <-ctx.Done():
		killGroup(cmd.Process.Pid)
		<-done
		return "", 0, ctx.Err()
	case <-watch.C:
		r.diagnose()
		killGroup(cmd.Process.Pid)
		<-done
		return "", 0, errHangs
	}
	b, readErr := os.ReadFile(path)
	if readErr != nil {
		return "", 0, readErr
	}
	if exit, ok := errors.AsType[*exec.ExitError](err); ok {
		code := exit.ExitCode()
		if code < 0 {
			code = 137 // killed, as a shell tells it
		}
		return string(b), code, nil
	}
	return string(b), 0, err
}

// diagnose writes down who waits for what.
func (r *round) diagnose() {
	r.logf("it does not end; processes:\n")
	for _, p := range r.field.processes() {
		r.logf("  %d (of %d) %s %.150s\n", p.pid, p.parent, p.name, p.line)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	for _, n := range names {
		out, err := r.field.SQL(ctx, n, `select format('  %s %s %s, %s %s: %s', pid, application_name, state, wait_event_type, wait_event, left(query, 100))
			from pg_stat_activity where backend_type = 'client backend' and pid <> pg_backend_pid()`)
		r.logf("sessions on the %s: %v\n%s\n", n, err, out)
	}
}

// run walks and judges.
func (r *round) run(ctx context.Context, s stage, commands []rehearse.Command) (res Round) {
	began := time.Now()
	res = Round{Number: r.number, Seed: r.seed}
	defer func() {
		for _, f := range r.faults {
			res.Faults = append(res.Faults, Struck{f.Name, f.when()})
		}
		res.Seconds = time.Since(began).Seconds()
	}()
	fail := func(format string, args ...any) Round {
		res.Verdict, res.Text = Failed, fmt.Sprintf(format, args...)
		if r.log != nil {
			r.logf("%s: %s\n", res.Verdict, res.Text)
		}
		return res
	}
	if err := r.world.reset(ctx, s, r.dir); err != nil {
		return fail("setting up: %v", err)
	}
	log, err := os.Create(filepath.Join(r.dir, "round.log"))
	if err != nil {
		return fail("setting up: %v", err)
	}
	defer log.Close()
	r.log = log
	logs := filepath.Join(r.dir, "logs") // those of the way to the stage are kept once, in prepared
	if err := errors.Join(os.RemoveAll(logs), os.Mkdir(logs, 0o755)); err != nil {
		return fail("setting up: %v", err)
	}
	roles := map[Server]string{}
	for _, f := range r.faults {
		for n, role := range f.Roles {
			roles[n] = role
		}
	}
	if err := r.world.writeServices(roles); err != nil {
		return fail("setting up: %v", err)
	}
	r.field = &Field{Dir: r.dir, Rand: chance(r.seed, r.number, 1), world: r.world}
	r.field.round, r.field.finish = context.WithCancel(ctx)
	r.walker = &walker{round: r, commands: commands, skip: map[string]bool{}, tried: map[string]int{}}
	r.walker.next = slices.IndexFunc(commands, func(c rehearse.Command) bool { return c.Name == s.next })
	app := startApplication(ctx, r.world.servers[Source].DSN(database), r.seed)
	defer r.tidy()
	stopped, err := r.walker.walk(ctx)
	app.end()
	if err := r.settle(ctx); err != nil {
		return fail("%v", err)
	}
	res.Steps = len(r.walker.history)
	if err != nil {
		return fail("%v", err)
	}
	if app.committed.Load() == 0 {
		return fail("the application has not written anything")
	}
	r.judge(ctx, &res, stopped)
	r.logf("%s: %s\n", res.Verdict, res.Text)
	return res
}

// settle waits for what faults have started beside the steps.
func (r *round) settle(ctx context.Context) error {
	r.field.finish()
	r.field.group.Wait()
	r.field.mu.Lock()
	others := r.field.others
	r.field.mu.Unlock()
	for _, o := range others {
		select {
		case <-o.done:
		case <-ctx.Done():
			killGroup(o.pid)
			return ctx.Err()
		case <-time.After(patience):
			r.diagnose()
			killGroup(o.pid)
			return fmt.Errorf("%s beside the steps: %w", o.name, errHangs)
		}
	}
	return nil
}

// tidy ends what is left of the round.
func (r *round) tidy() {
	r.world.openAll()
	for _, p := range r.field.processes() {
		_ = killProcess(p.pid) // gone already: nothing to do
	}
	for _, undo := range slices.Backward(r.field.undo) {
		undo()
	}
	if b, err := r.leftovers(); err == nil && b != "" {
		r.logf("%s", b)
	}
	for _, n := range names {
		_ = os.WriteFile(filepath.Join(r.dir, "logs", string(n)+".server.log"), []byte(r.world.servers[n].Log()), 0o644) // what is missing there is not worth a round
	}
}

// leftovers lists what scripts have left in the directory for temporary files.
func (r *round) leftovers() (string, error) {
	found, err := filepath.Glob(filepath.Join(r.dir, "tmp", "*"))
	if err != nil || len(found) == 0 {
		return "", err
	}
	return "left in tmp: " + strings.Join(found, " ") + "\n", nil
}

// judge compares how the round ended with how it may end.
func (r *round) judge(ctx context.Context, res *Round, stopped *said) {
	fail := func(format string, args ...any) {
		res.Verdict, res.Text = Failed, fmt.Sprintf(format, args...)
	}
	for _, f := range r.faults {
		if !f.struck {
			// Something before it has stopped the migration, which only another fault may do.
			if stopped == nil {
				fail("%q was never struck", f.Name)
				return
			}
			continue
		}
		if why := r.overlooked(f); why != "" {
			fail("%s", why)
			return
		}
	}
	if stopped != nil {
		res.By = short(stopped.step)
		res.Codes = stopped.codes
		res.Text = "stopped by " + stopped.by()
		for _, f := range r.faults {
			if f.struck && stopsOf(*stopped, f.Outcome.Stops) {
				res.Verdict = Stopped
				return
			}
		}
		fail("stopped by %s (exit code %d), which is not among the outcomes declared", stopped.by(), stopped.exit)
		return
	}
	target, err := r.world.image(ctx, Target)
	if err != nil {
		fail("%v", err)
		return
	}
	var wrong []string
	if r.world.native() {
		wrong, err = r.world.unequal(ctx)
	} else {
		wrong, err = r.world.handOff(ctx, r.dir)
		wrong = append(r.walker.image.differences(target), wrong...)
	}
	if err != nil {
		wrong = append(wrong, err.Error())
	}
	if len(wrong) > 0 {
		fail("every gate is green, but %s", strings.Join(wrong, "; "))
		return
	}
	res.Rows = target.rows()
	for _, f := range r.faults {
		if !f.Outcome.Recovers {
			fail("every gate is green after %q, which has to be stopped", f.Name)
			return
		}
	}
	res.Verdict, res.Text = Recovered, "recovered, nothing lost"
	if no := r.walker.refusals(); no != "" {
		res.Text += " (after " + no + ")"
	}
}

// overlooked tells of a fault that nothing has noticed in time.
func (r *round) overlooked(f *planted) string {
	if f.Outcome.Notice == "" {
		return ""
	}
	index := func(step string) int {
		return slices.IndexFunc(r.walker.commands, func(c rehearse.Command) bool { return c.Name == step })
	}
	by := f.Outcome.Notice
	if at := index(f.at.Step); at > index(by) || at == index(by) && f.at.When == After {
		by = lastGate
	}
	for _, s := range r.walker.history[f.after:] {
		if s.exit != 0 {
			return ""
		}
		if s.step == by {
			return fmt.Sprintf("%s ended with 0 after %q, which it had to notice", short(by), f.Name)
		}
	}
	return ""
}

// by names what said no and why.
func (s said) by() string {
	if len(s.codes) > 0 {
		return short(s.step) + " " + strings.Join(s.codes, ", ")
	}
	return short(s.step) + ": " + s.reason()
}

// refusals names what said no on the way.
func (w *walker) refusals() string {
	var out []string
	for _, s := range w.history {
		if s.exit != 0 {
			out = append(out, fmt.Sprintf("%s %d", short(s.step), s.exit))
		}
	}
	return strings.Join(slices.Compact(out), ", ")
}
