package chaos

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// inLoad is a moment while rows are copied: when the replica has sent so much of them. One worker's stream stands still for the time of the fault.
var inLoad = Moment{Step: loadStep, When: Within, Server: Replica, Bytes: [2]int64{64 << 10, loadBytes}}

func inScript(step string, server Server, connections int64) Moment {
	return Moment{Step: step, When: Within, Server: server, Connections: [2]int64{1, connections}}
}

// inAnswer is a moment while a server answers one of a script's first dozen questions: a session is open, and has said hundreds of bytes about itself.
func inAnswer(step string, server Server) Moment {
	return Moment{Step: step, When: Within, Server: server, Bytes: [2]int64{500, 5000}}
}

func before(step string) Moment { return Moment{Step: step, When: Before} }
func after(step string) Moment  { return Moment{Step: step, When: After} }

// inScripts are moments in the scripts that ask one thing after the other: each of their questions may be the last one they ask.
var inScripts = []Moment{
	inScript(membersStep, Source, 16), inScript(slotsStep, Source, 22), inScript(pauseStep, Replica, 12), inScript(pauseStep, Source, 28),
	inScript(schemaStep, Target, 8), inScript(schemaStep, Replica, 8), inScript(loadStep, Target, 40), inScript(loadStep, Replica, 8),
}

// must is an outcome without a way out but success.
var must = Outcome{Recovers: true}

func killFaults() []Fault {
	kill := func(which func(*Field, process) bool) func(context.Context, *Field) error {
		return func(_ context.Context, f *Field) error {
			var found []process
			for _, p := range f.processes() {
				if which(f, p) {
					found = append(found, p)
				}
			}
			if len(found) == 0 {
				f.note("there is none just now")
				return nil
			}
			p := found[f.Rand.IntN(len(found))]
			_ = killProcess(p.pid) // gone already: nothing to do
			f.note("killed %d of %d: %.80s", p.pid, len(found), p.line)
			return nil
		}
	}
	clients := func(n Server) func(*Field, process) bool {
		return func(f *Field, p process) bool {
			return p.name == "psql" && strings.Contains(p.line, "service=pgcutover_"+string(n))
		}
	}
	return []Fault{
		{
			Name: "kill a producer", Does: "kill -9 of a psql that reads rows from the replica",
			Moments: []Moment{inLoad}, Strike: kill(clients(Replica)), Outcome: must, Combines: true,
		},
		{
			Name: "kill a consumer", Does: "kill -9 of a psql that writes to the target",
			Moments: []Moment{inLoad}, Strike: kill(clients(Target)), Outcome: must, Combines: true,
		},
		{
			Name: "kill a worker", Does: "kill -9 of a shell that pulls items",
			Moments: []Moment{inLoad}, Outcome: must, Combines: true,
			Strike: kill(func(f *Field, p process) bool { return p.name != "psql" && p.pid != f.script && p.parent == f.script }),
		},
		{
			Name: "kill the load", Does: "kill -9 of 42-load.sh, not of its workers",
			Moments: []Moment{inLoad}, Outcome: must, Combines: true,
			Strike: kill(func(f *Field, p process) bool { return p.pid == f.script }),
		},
		{
			Name: "kill the load host", Does: "kill -9 of 42-load.sh with all that it has started",
			Moments: []Moment{inLoad}, Outcome: must, Combines: true,
			Strike: func(_ context.Context, f *Field) error {
				for _, p := range f.processes() {
					_ = killProcess(p.pid) // gone already: nothing to do
				}
				return nil
			},
		},
		{
			Name: "kill a script", Does: "kill -9 of a script in the middle of its questions, with all that it has started",
			Moments: inScripts, Outcome: must,
			Strike: func(_ context.Context, f *Field) error {
				for _, p := range f.processes() {
					_ = killProcess(p.pid) // gone already: nothing to do
				}
				return nil
			},
		},
		{
			Name: "two load hosts, one killed", Does: "a second 42-load.sh joins, then the first is killed with all that it has started",
			Moments: []Moment{inLoad}, Outcome: must,
			Strike: func(ctx context.Context, f *Field) error {
				mine := f.processes()
				o, err := f.start("42-load.sh", filepath.Join(f.Dir, "migration", filepath.FromSlash(loadStep)), "--workers", "2")
				if err != nil {
					return err
				}
				if err := o.says(ctx, "workers, logs in"); err != nil {
					return err
				}
				for _, p := range mine {
					_ = killProcess(p.pid) // gone already: nothing to do
				}
				return nil
			},
		},
	}
}

// other is a command that a fault has started beside the steps.
type other struct {
	name   string
	pid    int
	output string        // file
	done   chan struct{} // closed at its end
}

// says waits until the command has printed a text, or has ended.
func (o *other) says(ctx context.Context, text string) error {
	for {
		b, err := os.ReadFile(o.output)
		if err != nil {
			return err
		}
		if strings.Contains(string(b), text) {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("waiting for %s to say %q: %w", o.name, text, ctx.Err())
		case <-o.done:
			return fmt.Errorf("waiting for %s to say %q: it ended: %s", o.name, text, b)
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// start runs a program beside the steps, in the working directory; the round waits for its end.
func (f *Field) start(name, program string, args ...string) (*other, error) {
	out, err := os.Create(f.path("logs/beside-" + logName(name) + ".log"))
	if err != nil {
		return nil, err
	}
	defer out.Close()
	cmd := exec.Command(program, args...)
	cmd.Dir, cmd.Env = f.Dir, f.environment()
	cmd.Stdout, cmd.Stderr = out, out
	ownGroup(cmd)
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("starting %s: %w", name, err)
	}
	o := &other{name: name, pid: cmd.Process.Pid, output: out.Name(), done: make(chan struct{})}
	go func() {
		defer close(o.done)
		_ = cmd.Wait() // how it ends is in its output, and decides nothing
	}()
	f.mu.Lock()
	f.others = append(f.others, o)
	f.mu.Unlock()
	return o, nil
}

// environment is what commands run in.
func (f *Field) environment() []string {
	return append(slices.Clone(f.world.environment()), "TMPDIR="+f.path("tmp"))
}
