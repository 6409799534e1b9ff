package verify

import (
	"fmt"
	"strings"
	"time"

	"github.com/pgcutover/pgcutover/analyze"
)

// Report is everything that a run found out.
type Report struct {
	Gate      Gate
	Families  []string // what --check named; empty: the whole gate
	Plan      string   // fingerprint
	StartedAt time.Time
	Took      time.Duration
	Servers   []ServerSummary
	Checks    []Check  // in the order of the results
	Results   []Result // in the order of the checks, then by subject
}

// ServerSummary says who answered on a side.
type ServerSummary struct {
	Side             Side   `json:"side"`
	Version          string `json:"version"`
	Database         string `json:"database"`
	User             string `json:"user"`
	SystemIdentifier string `json:"system_identifier"` // empty: the role may not read it
	Timeline         int    `json:"timeline"`          // 0: not known
	InRecovery       bool   `json:"in_recovery"`
	LSN              LSN    `json:"lsn"` // replayed to on a standby, inserted to on a primary, when the run began
	StartedAt        string `json:"started_at"`
}

// Count returns how many results have a status.
func (r Report) Count(s Status) (n int) {
	for _, res := range r.Results {
		if res.Status == s {
			n++
		}
	}
	return n
}

// Undecided counts the results that keep the gate from passing without having failed.
func (r Report) Undecided() (n int) {
	for _, res := range r.Results {
		if res.Undecided {
			n++
		}
	}
	return n
}

// Unreached tells whether a server that was given could not be reached at all.
func (r Report) Unreached() bool {
	for _, res := range r.Results {
		if res.Code == codeConnect && res.Status == Unknown {
			return true
		}
	}
	return false
}

// ExitCode is 0 where everything passed, 1 where a check failed, 2 where nothing failed but a server could not be reached, 3
// where nothing failed but something could not be decided. An empty report decided nothing.
func (r Report) ExitCode() int {
	switch {
	case r.Count(Fail) > 0:
		return 1
	case r.Unreached():
		return 2
	case r.Undecided() > 0 || len(r.Results) == 0:
		return 3
	}
	return 0
}

// Verdict is the report in one line.
func (r Report) Verdict() string {
	what := string(r.Gate)
	if len(r.Families) > 0 {
		what += " (" + strings.Join(r.Families, ", ") + " only)"
	}
	switch r.ExitCode() {
	case 0:
		say := fmt.Sprintf("%s passed: %s", what, analyze.Count(r.Count(Pass), "answer"))
		if n := r.Count(Warn); n > 0 {
			say += ", " + analyze.Count(n, "warning")
		}
		return say
	case 1:
		say := fmt.Sprintf("%s failed: %s", what, analyze.Count(r.Count(Fail), "failure"))
		if n := r.Undecided(); n > 0 {
			say += fmt.Sprintf(", %d undecided", n)
		}
		return say
	case 2:
		return what + " undecided: a server could not be reached"
	}
	return fmt.Sprintf("%s undecided: %s", what, analyze.Count(r.Undecided(), "open question"))
}
