package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"golang.org/x/term"

	"github.com/pgcutover/pgcutover/analyze"
)

// report prints an error and its hints and returns the exit code it stands for.
func (s streams) report(err error) int {
	if text := err.Error(); text != "" { // else a report has said it all
		s.say(red, "error", text)
	}
	said := hints(err)
	for i := len(said) - 1; i >= 0; i-- { // the innermost hint is the most specific
		s.hint("%s", said[i])
	}
	var coded interface{ ExitCode() int }
	if errors.As(err, &coded) {
		return coded.ExitCode()
	}
	return codeFailed
}

// hints are those of an error and of all that it wraps, the outermost first. errors.As would find one of them only.
func hints(err error) []string {
	var said []string
	if h, ok := err.(*hintedError); ok { //nolint:errorlint // walks the tree itself
		said = append(said, h.hint)
	}
	switch e := err.(type) { //nolint:errorlint // the same
	case interface{ Unwrap() error }:
		said = append(said, hints(e.Unwrap())...)
	case interface{ Unwrap() []error }: // kong joins what a command returns with what its hooks do
		for _, one := range e.Unwrap() {
			said = append(said, hints(one)...)
		}
	}
	return said
}

// note says something that needs no action.
func (s streams) note(format string, args ...any) { s.say("", "", fmt.Sprintf(format, args...)) }

// warn says something that somebody should look at.
func (s streams) warn(format string, args ...any) {
	s.say(yellow, "warning", fmt.Sprintf(format, args...))
}

// hint says what to do next.
func (s streams) hint(format string, args ...any) { s.say("", "hint", fmt.Sprintf(format, args...)) }

// Colours of the labels, used on a terminal only.
const (
	red    = "\x1b[31m"
	yellow = "\x1b[33m"
)

// say prints a message. What a server or a file says is in it, so nothing in it may steer the terminal.
func (s streams) say(colour, label, text string) {
	if label != "" {
		if colour != "" && terminal(s.Stderr) && os.Getenv("NO_COLOR") == "" {
			label = colour + label + "\x1b[0m"
		}
		label += ": "
	}
	fmt.Fprintf(s.Stderr, "pgcutover: %s%s\n", label, strings.ReplaceAll(analyze.Visible(text), "\n", "\n  "))
}

// terminal reports whether w is a terminal that can rewrite a line.
func terminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && os.Getenv("TERM") != "dumb" && term.IsTerminal(int(f.Fd()))
}

// progress shows how far a long piece of work is: on a terminal one line that is rewritten, elsewhere a plain line
// now and then. The zero value is of no use; see [streams.progress]. It is not safe for concurrent use.
type progress struct {
	w     io.Writer
	live  bool
	every time.Duration
	last  time.Time
	shown bool
}

// plainEvery is how often a log that nobody watches gets a line: seldom enough for CI, often enough to see life.
const plainEvery = 15 * time.Second

func (s streams) progress() *progress {
	p := &progress{w: s.Stderr, live: terminal(s.Stderr), every: plainEvery, last: time.Now()}
	if p.live {
		p.every, p.last = 100*time.Millisecond, time.Time{}
	}
	return p
}

// show replaces what was shown before. Calls that come too soon after the last are dropped.
func (p *progress) show(format string, args ...any) {
	now := time.Now()
	if now.Sub(p.last) < p.every {
		return
	}
	p.last = now
	text := strings.ReplaceAll(analyze.Visible(fmt.Sprintf(format, args...)), "\n", " ")
	if !p.live {
		fmt.Fprintf(p.w, "pgcutover: %s\n", text)
		return
	}
	text = "pgcutover: " + text
	if width, _, err := term.GetSize(int(p.w.(*os.File).Fd())); err == nil && width > 1 && utf8.RuneCountInString(text) >= width {
		text = string([]rune(text)[:width-1]) // a wrapped line could not be rewritten
	}
	fmt.Fprint(p.w, "\r\x1b[K"+text)
	p.shown = true
}

// clear removes the rewritten line, before anything else is said.
func (p *progress) clear() {
	if p.shown {
		fmt.Fprint(p.w, "\r\x1b[K")
		p.shown = false
	}
}

// serial makes a function safe to call from several goroutines.
func serial(fn func(what, text string)) func(what, text string) {
	var mutex sync.Mutex
	return func(what, text string) {
		mutex.Lock()
		defer mutex.Unlock()
		fn(what, text)
	}
}

// join puts a comma between the parts that are not empty.
func join(parts ...string) string {
	return strings.Join(slices.DeleteFunc(parts, func(s string) bool { return s == "" }), ", ")
}
