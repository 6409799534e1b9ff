package rehearse

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/pgcutover/pgcutover/verify/rehearse/cluster"
)

// Of what a step says, the first and the last lines are shown, so many unless the step says otherwise; all of it is in its log.
const (
	shownFirst = 12
	shownLast  = 18
)

// execute runs a command in Out, with its output shown and written to the file. It returns the end of the output and the exit
// code; an error only where the command could not be run at all or the rehearsal was interrupted.
func (r *run) execute(ctx context.Context, c command, log string) (tail string, code int, err error) {
	words := append([]string(nil), c.words...)
	switch words[0] {
	case "pgcutover":
		words[0] = r.options.Program
	case "psql", "pg_dump", "pg_restore":
		words[0] = filepath.Join(cluster.Clients(ctx, r.servers.Source, r.servers.Target), words[0])
	default:
		words[0] = filepath.Join(r.out, words[0])
	}
	f, err := os.Create(log)
	if err != nil {
		return "", 0, err
	}
	defer f.Close()
	show := &excerpt{log: f, say: r.printf, first: shownFirst, keep: shownLast}
	if c.shown != [2]int{} {
		show.first, show.keep = c.shown[0], c.shown[1]
	}
	cmd := exec.CommandContext(ctx, words[0], words[1:]...)
	cmd.Dir, cmd.Env = r.out, r.servers.environment()
	cmd.Stdout, cmd.Stderr = show, show // one writer: exec then writes from one goroutine only
	interruptible(cmd)
	cmd.WaitDelay = 15 * time.Second
	err = cmd.Run()
	show.end()
	if ctx.Err() != nil {
		return show.tail(), -1, ctx.Err()
	}
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		return show.tail(), exit.ExitCode(), nil
	}
	return show.tail(), 0, err
}

// excerpt writes all that it is given to a log, shows the first lines as they come, and the last ones at the end.
type excerpt struct {
	log   *os.File
	say   func(string, ...any)
	first int      // lines to show as they come
	keep  int      // of the others, lines to show at the end
	part  []byte   // of a line
	lines int      // complete ones
	last  []string // at most keep of those not shown yet
}

func (e *excerpt) Write(p []byte) (int, error) {
	if _, err := e.log.Write(p); err != nil {
		return 0, err
	}
	e.part = append(e.part, p...)
	for {
		line, rest, ok := bytes.Cut(e.part, []byte("\n"))
		if !ok {
			return len(p), nil
		}
		e.line(string(line))
		e.part = rest
	}
}

func (e *excerpt) line(s string) {
	// Of a line that a progress display rewrote, the last form counts.
	if i := strings.LastIndexByte(strings.TrimRight(s, "\r"), '\r'); i >= 0 {
		s = s[i+1:]
	}
	e.lines++
	if e.lines <= e.first {
		e.say("    %s\n", s)
		return
	}
	e.last = append(e.last, s)
	if len(e.last) > e.keep {
		e.last = e.last[1:]
	}
}

// end shows what was held back.
func (e *excerpt) end() {
	if len(e.part) > 0 {
		e.line(string(e.part))
		e.part = nil
	}
	if skipped := e.lines - e.first - len(e.last); skipped > 0 {
		e.say("    … %d lines more in %s …\n", skipped, fmt.Sprintf("logs/%s", filepath.Base(e.log.Name())))
	}
	for _, s := range e.last {
		e.say("    %s\n", s)
	}
}

// tail is the end of the output, for an error.
func (e *excerpt) tail() string {
	b, err := os.ReadFile(e.log.Name())
	if err != nil {
		return strings.Join(e.last, "\n")
	}
	lines := strings.Split(strings.TrimRight(string(b), "\n"), "\n")
	return strings.Join(lines[max(0, len(lines)-25):], "\n")
}
