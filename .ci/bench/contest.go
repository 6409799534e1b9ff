package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/pgcutover/pgcutover/verify/rehearse/cluster"
)

// bench is one run of this program.
type bench struct {
	runs    int
	size    float64 // GB
	tables  []int
	ways    *regexp.Regexp // of their names; the baseline is always there
	program string         // pgcutover, built from this tree
	dir     string         // for what is needed on the way
	world   *world         // of load and verify; nil until one of them asks

	servers []*cluster.Cluster // whose work counts
	version string             // theirs; empty: none was started yet
	turn    *Turn              // that is being measured; nil: none
}

// A way is one way of doing a contest's job.
type way struct {
	name    string
	prepare func(context.Context) error // not measured; may be nil
	do      func(context.Context) error
	check   func(context.Context) error // not measured: that the job was done, and done whole; may be nil
}

func names(ways []way) (out []string) {
	for _, w := range ways {
		out = append(out, w.name)
	}
	return out
}

// A Contest is a job and how long each way of doing it took.
type Contest struct {
	Title    string `json:"title"`
	Baseline string `json:"baseline"` // the way that the others are held against
	Note     string `json:"note,omitempty"`
	Ways     []Way  `json:"ways"`
	Goals    []Goal `json:"goals,omitempty"`
}

// A Goal is what a way of a contest is to reach.
type Goal struct {
	Way    string   `json:"way"`
	Of     []string `json:"of,omitempty"` // ways: the fastest of them, by its median, is what it is held against; none: the clock
	AtMost float64  `json:"at_most"`      // as a ratio of seconds; seconds where it is held against the clock
}

// A Way is what was measured of one.
type Way struct {
	Name  string `json:"name"`
	Turns []Turn `json:"turns"` // in their order: the same position in every way is the same turn
}

// A Turn is one measurement.
type Turn struct {
	Seconds float64 `json:"seconds"`
	CPU     float64 `json:"cpu_seconds"` // of the clients and of the servers' sessions that ended meanwhile
	PeakKB  int64   `json:"peak_kb"`     // resident memory of the largest client process
}

// begin builds what is measured.
func (b *bench) begin(ctx context.Context) (err error) {
	if b.dir, err = os.MkdirTemp("", "pgcutover-bench-"); err != nil {
		return err
	}
	if err := os.Chmod(b.dir, 0o755); err != nil { // servers run by another account read what lies here
		return err
	}
	b.program = filepath.Join(b.dir, "pgcutover")
	cmd := exec.CommandContext(ctx, "go", "build", "-trimpath", "-o", b.program, "./cmd/pgcutover")
	cmd.Env, cmd.Stderr = append(os.Environ(), "CGO_ENABLED=0"), os.Stderr
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("building pgcutover: %w", err)
	}
	return nil
}

func (b *bench) end() {
	if b.world != nil {
		b.world.stop()
	}
	os.RemoveAll(b.dir)
}

// count lets the work of these servers count from here on, and no other's.
func (b *bench) count(servers ...*cluster.Cluster) {
	b.servers, b.version = servers, servers[0].Install().Version
}

// contest has every way do the job in turns, each turn beginning with another way.
func (b *bench) contest(ctx context.Context, c Contest, ways []way) (Contest, error) {
	ways = slices.DeleteFunc(ways, func(w way) bool { return w.name != c.Baseline && !b.ways.MatchString(w.name) })
	c.Ways = make([]Way, len(ways))
	for i, w := range ways {
		c.Ways[i] = Way{Name: w.name, Turns: make([]Turn, b.runs)}
	}
	for turn := range b.runs {
		for k := range ways {
			i := (turn + k) % len(ways)
			t, err := b.measure(ctx, ways[i])
			if err != nil {
				return c, fmt.Errorf("%s, %s: %w", c.Title, ways[i].name, err)
			}
			c.Ways[i].Turns[turn] = t
			fmt.Fprintf(os.Stderr, "bench: turn %d of %d: %-60s %7.1f s, %7.1f s of CPU\n", turn+1, b.runs, ways[i].name, t.Seconds, t.CPU)
		}
	}
	return c, nil
}

func (b *bench) measure(ctx context.Context, w way) (Turn, error) {
	if w.prepare != nil {
		if err := w.prepare(ctx); err != nil {
			return Turn{}, fmt.Errorf("preparing: %w", err)
		}
	}
	var t Turn
	before, err := b.serverCPU()
	if err != nil {
		return t, err
	}
	b.turn = &t
	began := time.Now()
	err = w.do(ctx)
	t.Seconds = time.Since(began).Seconds()
	b.turn = nil
	if err != nil {
		return t, err
	}
	if err := b.settle(ctx); err != nil {
		return t, err
	}
	after, err := b.serverCPU()
	if err != nil {
		return t, err
	}
	t.CPU += after - before
	if w.check != nil {
		if err := w.check(ctx); err != nil {
			return t, fmt.Errorf("the job was not done: %w", err)
		}
	}
	return t, nil
}

// settle waits until every session of the job has ended: only then its work is counted.
func (b *bench) settle(ctx context.Context) error {
	for _, c := range b.servers {
		for range 100 {
			left, err := c.Psql(ctx, "postgres", "select count(*) from pg_stat_activity where backend_type = 'client backend' and pid <> pg_backend_pid()")
			if err != nil {
				return err
			}
			if left == "0" && sessions(c.Pid()) == 0 {
				break
			}
			time.Sleep(50 * time.Millisecond)
		}
	}
	return nil
}

// sessions counts the processes of clients that a server's first process has not collected yet: it has their times only then, which is a
// moment after they are gone from pg_stat_activity.
func sessions(pid int) (n int) {
	children, err := os.ReadFile(fmt.Sprintf("/proc/%d/task/%d/children", pid, pid))
	if err != nil {
		return 0
	}
	for child := range strings.FieldsSeq(string(children)) {
		title, err := os.ReadFile("/proc/" + child + "/cmdline")
		if err != nil {
			continue // collected meanwhile
		}
		if t := string(title); t == "" || strings.Contains(t, "[local]") || strings.Contains(t, "127.0.0.1") { // empty: it has ended
			n++
		}
	}
	return n
}

// serverCPU is the time that all sessions which have ended so far have worked, in seconds: a server's first process collects it
// (proc(5), fields 14 to 17 of stat).
func (b *bench) serverCPU() (seconds float64, err error) {
	const ticks = 100 // USER_HZ of every Linux that Go runs on
	for _, c := range b.servers {
		text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", c.Pid()))
		if err != nil {
			return 0, err
		}
		fields := strings.Fields(string(text[bytes.LastIndexByte(text, ')')+1:]))
		for _, f := range fields[11:15] {
			n, err := strconv.ParseInt(f, 10, 64)
			if err != nil {
				return 0, fmt.Errorf("reading the times of a server: %w", err)
			}
			seconds += float64(n) / ticks
		}
	}
	return seconds, nil
}

// run runs a client, and counts its work where a turn is being measured. What it said comes with the error.
func (b *bench) run(ctx context.Context, env []string, name string, args ...string) error {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Env, cmd.Dir = append(os.Environ(), env...), b.dir
	var said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &said, &said
	err := cmd.Start()
	if err == nil {
		ended := make(chan struct{})
		peak := peakOf(cmd.Process.Pid, ended)
		err = cmd.Wait()
		close(ended)
		if kB := <-peak; b.turn != nil {
			b.turn.PeakKB = max(b.turn.PeakKB, kB)
		}
	}
	if b.turn != nil && cmd.ProcessState != nil {
		b.turn.CPU += (cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()).Seconds()
	}
	if err != nil {
		text := said.String()
		return fmt.Errorf("%s: %w\n%s", filepath.Base(name), err, text[max(0, len(text)-4000):])
	}
	return nil
}

// peakOf follows the most memory that a process has had, in kB, until it has ended. What wait4(2) tells has in it what this program had when it
// started the process.
func peakOf(pid int, ended <-chan struct{}) <-chan int64 {
	peak := make(chan int64, 1)
	go func() {
		most := int64(0)
		for {
			if status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid)); err == nil {
				if _, rest, ok := strings.Cut(string(status), "VmHWM:"); ok {
					if n, err := strconv.ParseInt(strings.Fields(rest)[0], 10, 64); err == nil {
						most = max(most, n)
					}
				}
			}
			select {
			case <-ended:
				peak <- most
				return
			case <-time.After(10 * time.Millisecond):
			}
		}
	}()
	return peak
}

// bash runs a script with pipes and jobs in it.
func (b *bench) bash(ctx context.Context, env []string, script string) error {
	return b.run(ctx, env, "bash", "-Eeuo", "pipefail", "-c", script)
}

// about says what was measured on.
func (b *bench) about() Subject {
	s := Subject{
		At: time.Now().UTC().Format("2006-01-02"), Runs: b.runs, Machine: fmt.Sprintf("%d CPUs (%s), %s of memory", runtime.NumCPU(), processor(), memory()),
		Versions: map[string]string{},
	}
	if text, err := exec.Command("git", "describe", "--always").Output(); err == nil {
		s.Versions["pgcutover"] = strings.TrimSpace(string(text))
		// The page and the figures are what an earlier part of this run wrote.
		if exec.Command("git", "diff", "--quiet", "HEAD", "--", ":/", ":(top,exclude)docs/benchmarks").Run() != nil {
			s.Versions["pgcutover"] += "-dirty"
		}
	}
	if text, err := exec.Command("pgcopydb", "--version").Output(); err == nil {
		if words := strings.Fields(string(text)); len(words) > 2 {
			s.Versions["pgcopydb"] = words[2]
		}
	}
	if b.version != "" {
		s.Versions["PostgreSQL"] = b.version
	}
	return s
}

func processor() string {
	text, _ := os.ReadFile("/proc/cpuinfo")
	for line := range strings.Lines(string(text)) {
		if name, value, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(name) == "model name" {
			return strings.TrimSpace(value)
		}
	}
	return runtime.GOARCH
}

func memory() string {
	text, _ := os.ReadFile("/proc/meminfo")
	var kb int64
	if _, err := fmt.Sscanf(string(text), "MemTotal: %d kB", &kb); err != nil {
		return "unknown size"
	}
	return fmt.Sprintf("%d GB", (kb+1<<19)>>20)
}
