package chaos

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"sync"

	"golang.org/x/sync/errgroup"

	"github.com/pgcutover/pgcutover/render"
	"github.com/pgcutover/pgcutover/verify/rehearse"
)

// Options of a run.
type Options struct {
	Engine      string    // planner.EngineNative: rounds go on until changes are applied; planner.EngineDMS, or empty: up to the load
	Program     string    // path of the pgcutover whose bundle is run
	Dir         string    // where rounds work; it must exist. Those of good rounds are removed.
	Seed        uint64    // what is drawn follows from it
	Rounds      int       // how many; 0: with Each, as many as there are faults
	Faults      []Fault   // to draw from; nil: all
	Each        bool      // take the faults in turn instead of drawing them, each alone, at a drawn moment
	Progress    io.Writer // a line for each round as it ends; may be nil
	SourceMajor int       // 0: the newest with pglogical
	TargetMajor int       // 0: as the source
	Worlds      int       // sets of servers that work at the same time; 1
	Keep        bool      // keep the directories of good rounds too
}

// Run runs the rounds, each on a set of servers that is reset before it. The error tells that the harness could not do its work; rounds that
// ended badly are in the report alone.
func Run(ctx context.Context, o Options) (Report, error) {
	rep := Report{Seed: o.Seed}
	if o.Faults == nil {
		o.Faults = Faults()
	}
	faults, err := usable(o.Faults, &rep)
	if err != nil {
		return rep, err
	}
	if o.Each && o.Rounds == 0 {
		o.Rounds = len(faults)
	}
	numbers := make(chan int, o.Rounds)
	for n := range o.Rounds {
		numbers <- n
	}
	close(numbers)
	results := make([]Round, o.Rounds)
	var progress sync.Mutex
	g, gctx := errgroup.WithContext(ctx)
	for world := range max(1, o.Worlds) {
		g.Go(func() error {
			w, err := startWorld(gctx, o)
			if err != nil {
				return fmt.Errorf("starting servers: %w", err)
			}
			if world == 0 {
				rep.Source, rep.Target = w.servers[Source].Install().Version, w.servers[Target].Install().Version
			}
			prepared := filepath.Join(o.Dir, fmt.Sprintf("prepared-%d", world+1))
			return errors.Join(rounds(gctx, o, faults, w, prepared, numbers, func(r Round) {
				progress.Lock()
				defer progress.Unlock()
				results[r.Number-1] = r
				if o.Progress != nil {
					fmt.Fprintln(o.Progress, r)
				}
			}), w.stop())
		})
	}
	err = g.Wait()
	rep.Rounds = slices.DeleteFunc(results, func(r Round) bool { return r.Number == 0 })
	return rep, err
}

// usable leaves out what this machine cannot do.
func usable(faults []Fault, rep *Report) (out []Fault, err error) {
	for _, f := range faults {
		if f.Needs != nil {
			if err := f.Needs(); err != nil {
				rep.Impossible = append(rep.Impossible, fmt.Sprintf("%s: %v", f.Name, err))
				continue
			}
		}
		out = append(out, f)
	}
	if len(out) == 0 {
		return nil, errors.New("there is no fault to draw")
	}
	return out, nil
}

// rounds takes numbers until there are none.
func rounds(ctx context.Context, o Options, faults []Fault, w *world, prepared string, numbers <-chan int, done func(Round)) error {
	commands, stages, err := prepare(ctx, o, w, prepared)
	if err != nil {
		return err
	}
	if faults, err = reachable(faults, commands); err != nil {
		return err
	}
	for n := range numbers {
		if err := ctx.Err(); err != nil {
			return err
		}
		r := &round{number: n + 1, seed: o.Seed, world: w, program: o.Program, dir: filepath.Join(o.Dir, fmt.Sprintf("round-%03d", n+1))}
		r.faults = plant(o.Seed, faults, n, o.Each)
		if err := os.Mkdir(r.dir, 0o755); err != nil {
			return fmt.Errorf("making a directory for round %d: %w", n+1, err)
		}
		res := r.run(ctx, stageFor(stages, commands, r.faults), commands)
		if err := ctx.Err(); err != nil {
			return err
		}
		done(res)
		if res.Verdict != Failed && !o.Keep {
			if err := os.RemoveAll(r.dir); err != nil {
				return fmt.Errorf("removing the directory of round %d: %w", n+1, err)
			}
		}
	}
	return nil
}

// reachable leaves each fault the moments of steps that the engine's way has.
func reachable(faults []Fault, commands []rehearse.Command) ([]Fault, error) {
	out := slices.Clone(faults)
	for i, f := range out {
		out[i].Moments = slices.DeleteFunc(slices.Clone(f.Moments), func(m Moment) bool {
			return !slices.ContainsFunc(commands, func(c rehearse.Command) bool { return c.Name == m.Step })
		})
		if len(out[i].Moments) == 0 {
			return nil, fmt.Errorf("%q: it strikes at steps that are not on the way of this engine", f.Name)
		}
	}
	return out, nil
}

// chance is the source of what is drawn for a round. Seeds that differ in a bit give sequences that differ from the first number on.
func chance(seed uint64, round int, use byte) *rand.Rand {
	var b [17]byte
	binary.LittleEndian.PutUint64(b[:], seed)
	binary.LittleEndian.PutUint64(b[8:], uint64(round))
	b[16] = use
	return rand.New(rand.NewChaCha8(sha256.Sum256(b[:])))
}

// plant draws the faults of a round: mostly one, else up to three of those that go together. The first is dealt from all of them, shuffled, so that as many
// rounds as there are faults have each one.
func plant(seed uint64, faults []Fault, number int, each bool) []*planted {
	r := chance(seed, number, 0)
	f := faults[number%len(faults)]
	if !each {
		f = faults[chance(seed, number/len(faults), 2).Perm(len(faults))[number%len(faults)]]
	}
	chosen := []Fault{f}
	if f.Combines && !each {
		for range r.IntN(3) {
			other := faults[r.IntN(len(faults))]
			if other.Combines && !slices.ContainsFunc(chosen, func(c Fault) bool { return c.Name == other.Name }) {
				chosen = append(chosen, other)
			}
		}
	}
	out := make([]*planted, len(chosen))
	for i, c := range chosen {
		out[i] = &planted{Fault: c, at: c.Moments[r.IntN(len(c.Moments))].draw(r)}
	}
	return out
}

// stageFor is the latest stage from which all moments are still to come.
func stageFor(stages []stage, commands []rehearse.Command, faults []*planted) stage {
	index := func(step string) int {
		return slices.IndexFunc(commands, func(c rehearse.Command) bool { return c.Name == step })
	}
	for _, s := range slices.Backward(stages) {
		if !slices.ContainsFunc(faults, func(f *planted) bool { return index(f.at.Step) < index(s.next) }) {
			return s
		}
	}
	return stages[0]
}

// Where rounds begin: with the plan made, the bundle rendered and the settings applied; and with sets and slots made.
const (
	planned = "gate preflight"
	slotted = pauseStep
)

// prepare walks undisturbed as far as the stages.
func prepare(ctx context.Context, o Options, w *world, dir string) ([]rehearse.Command, []stage, error) {
	for _, d := range []string{"logs", "reports", "tmp"} {
		if err := os.MkdirAll(filepath.Join(dir, d), 0o755); err != nil {
			return nil, nil, fmt.Errorf("making %s: %w", dir, err)
		}
	}
	log, err := os.Create(filepath.Join(dir, "logs", "prepare.log"))
	if err != nil {
		return nil, nil, err
	}
	defer log.Close()
	if err := os.WriteFile(filepath.Join(dir, "pgcutover.yaml"), []byte(w.config(500<<30)), 0o644); err != nil {
		return nil, nil, err
	}
	r := &round{world: w, dir: dir, program: o.Program, log: log}
	r.field = &Field{Dir: dir, world: w}
	r.walker = &walker{round: r}
	app := startApplication(ctx, w.servers[Source].DSN(database), o.Seed)
	defer app.end()
	do := func(c rehearse.Command, mayRefuse bool) error {
		s, err := r.walker.run(ctx, c)
		if err == nil && s.exit != 0 && !(mayRefuse && s.exit == 1) {
			err = fmt.Errorf("%s ended with %d: %s", c.Name, s.exit, s.text)
		}
		if err != nil {
			return fmt.Errorf("preparing the rounds: %w", err)
		}
		return nil
	}
	for _, c := range []rehearse.Command{
		{Name: "analyze", Words: []string{"pgcutover", "analyze", "--sample", "2s", "-o", "inventory.json"}},
		{Name: "plan", Words: []string{"pgcutover", "plan", "inventory.json", "-c", "pgcutover.yaml", "-o", "plan.json"}},
		{Name: "render", Words: []string{"pgcutover", "render", "plan.json", "-o", "migration"}},
	} {
		if err := do(c, false); err != nil {
			return nil, nil, err
		}
	}
	b, err := os.ReadFile(filepath.Join(dir, "migration", render.ManifestPath))
	if err != nil {
		return nil, nil, fmt.Errorf("reading the bundle: %w", err)
	}
	m, err := render.DecodeManifest(bytes.NewReader(b))
	if err != nil {
		return nil, nil, fmt.Errorf("reading the bundle: %w", err)
	}
	commands, err := rehearse.Commands(m)
	if err != nil {
		return nil, nil, err
	}
	// The rounds end at the last gate.
	commands = commands[:1+slices.IndexFunc(commands, func(c rehearse.Command) bool { return c.Name == w.last() })]
	var stages []stage
	for _, c := range commands {
		if c.Name == planned || c.Name == slotted {
			s, err := w.keep(ctx, dir, c.Name)
			if err != nil {
				return nil, nil, fmt.Errorf("keeping what the rounds begin with: %w", err)
			}
			stages = append(stages, s)
			if c.Name == slotted {
				break
			}
		}
		if err := do(c, true); err != nil {
			return nil, nil, err
		}
	}
	if len(stages) != 2 {
		return nil, nil, errors.New("the bundle lacks the steps that rounds begin with")
	}
	return commands, stages, nil
}
