package verify

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/pgcutover/pgcutover/planner"
)

// Side is one of the three servers of a migration.
type Side string

// The sides.
const (
	Source  Side = "source"  // the primary that is moved away from
	Replica Side = "replica" // its streaming standby, which is paused and copied from
	Target  Side = "target"  // where the database goes
)

// Gate is a point in the order of work at which somebody decides whether to go on.
type Gate string

// The gates in the order of work.
const (
	Preflight    Gate = "preflight"      // before anything is changed
	ReadyToPause Gate = "ready-to-pause" // sets and slots are there, the replica may be paused
	Paused       Gate = "paused"         // the replica stands still, the load may start
	Loaded       Gate = "loaded"         // everything is copied and built
	CDCReady     Gate = "cdc-ready"      // what applies the changes is there, and nothing is applied yet
	CDC          Gate = "cdc"            // changes are applied
	CutoverReady Gate = "cutover-ready"  // the application may be cut off
	Cutover      Gate = "cutover"        // the target may take over
	After        Gate = "after"          // the target has taken over, and nothing is left that does harm
)

// Gates is every gate in the order of work.
var Gates = []Gate{Preflight, ReadyToPause, Paused, Loaded, CDCReady, CDC, CutoverReady, Cutover, After}

// sides are the servers that the gate is about: when everything is loaded the replica has done its work.
func (g Gate) sides() []Side {
	if slices.Index(Gates, g) > slices.Index(Gates, Loaded) {
		return []Side{Source, Target}
	}
	return []Side{Source, Replica, Target}
}

// Family groups checks that answer one question.
type Family string

// The families.
const (
	Servers   Family = "servers"   // who answers, and is it who it should be
	Settings  Family = "settings"  // settings, versions, capacity, extensions
	Roles     Family = "roles"     // rights and secrets
	Hazards   Family = "hazards"   // the planner's rules on what is there now
	Drift     Family = "drift"     // the structure since the plan
	Sets      Family = "sets"      // node, replication sets, markers
	Positions Family = "lsn"       // slots, pause and the hand-off
	Disk      Family = "disk"      // WAL held against free disk
	Activity  Family = "activity"  // transactions in flight
	Load      Family = "load"      // the ledger against the plan
	Rows      Family = "rows"      // row counts
	Schema    Family = "schema"    // tables, columns, constraints and other objects
	Indexes   Family = "indexes"   // indexes and what they carry
	Sequences Family = "sequences" // sequence values
	Apply     Family = "apply"     // what applies the changes, and how far it is
	AWS       Family = "aws"       // what AWS DMS has and says
	Freeze    Family = "freeze"    // nobody writes, and everything has arrived
)

// Families is every family, in the order of the report.
var Families = []Family{Servers, Settings, Roles, Hazards, Drift, Sets, Positions, Disk, Activity, Load, Rows, Schema, Indexes, Sequences, Apply, AWS, Freeze}

// Cost says what a check asks of the servers.
type Cost string

// The costs, lightest first.
const (
	Instant Cost = "instant" // catalog look-ups
	Bounded Cost = "bounded" // seconds to a minute, whatever the size of the database
	Full    Cost = "full"    // reads the tables: on replica and target only
)

// timeout bounds one run of a check of that cost; zero is no limit.
func (c Cost) timeout() time.Duration {
	switch c {
	case Instant:
		return 2 * time.Minute
	case Bounded:
		return 5 * time.Minute
	}
	return 0
}

// Status is the answer of a check about one subject.
type Status string

// The answers.
const (
	Pass    Status = "pass"
	Warn    Status = "warn"    // good enough to go on, somebody should look
	Fail    Status = "fail"    // stop
	Skip    Status = "skip"    // not asked: see [Result.Undecided] for whether that matters
	Unknown Status = "unknown" // asked, and no answer to be had
)

// Check is one question with a stable code. Codes are never reused and never change their meaning.
type Check struct {
	Code   string
	Title  string // what holds when it passes
	Why    string // what goes wrong when it does not
	Remedy string
	Gates  []Gate
	Family Family
	Cost   Cost
	// Engines are those that the check is about.
	Engines planner.Engines
	// HandOff is what holds the rows still while they are copied where the check is about that (planner.HandOffReplica, HandOffSnapshot); empty: it is
	// about each.
	HandOff string
	// Aurora marks a check that is about plans which make an Aurora read replica.
	Aurora bool
	// Loss marks a check that guards against silent loss of data.
	Loss bool
	// Guard marks a check that runs before the others. Where it does not pass, what depends on its subject is skipped: the
	// checks that need the side it names, or everything.
	Guard bool
	// Informational marks a check whose open question does not keep a gate from passing.
	Informational bool
	Needs         []Side
	Run           func(context.Context, *Env) ([]Result, error)
	// Around, in place of Run, is a check that looks twice: once before the others begin, guards apart, and by what it returns once they have ended. Each
	// look has the time of Cost, whatever the others take, and both are beside the limit of [Env.Jobs].
	Around func(context.Context, *Env) (again func(context.Context) ([]Result, error), err error)
}

// Result is one answer.
type Result struct {
	Check     string        `json:"check"`   // code of the check
	Code      string        `json:"code"`    // the same, but where a check answers with the codes of the planner's rules
	Subject   string        `json:"subject"` // the object, as analyze.Name.String shows it; empty for the check as a whole
	Status    Status        `json:"status"`
	Undecided bool          `json:"undecided"` // the gate cannot pass because of it: unknown, or skipped although it matters
	Detail    string        `json:"detail"`
	Evidence  []Fact        `json:"evidence"`
	Hint      string        `json:"hint"`
	Took      time.Duration `json:"-"` // of the whole check
}

// Fact is one value that was looked at.
type Fact struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// Of is an answer of this status about a subject, empty for the check as a whole. What is unknown is undecided.
func (s Status) Of(subject, format string, args ...any) Result {
	return Result{Subject: subject, Status: s, Undecided: s == Unknown, Detail: fmt.Sprintf(format, args...)}
}

func pass(subject, format string, args ...any) Result { return Pass.Of(subject, format, args...) }

func warn(subject, format string, args ...any) Result { return Warn.Of(subject, format, args...) }

func fail(subject, format string, args ...any) Result { return Fail.Of(subject, format, args...) }

func unknown(subject, format string, args ...any) Result { return Unknown.Of(subject, format, args...) }

// skip says that the question does not arise.
func skip(subject, format string, args ...any) Result { return Skip.Of(subject, format, args...) }

// unasked says that the question could not even be asked, although its answer matters.
func unasked(subject, format string, args ...any) Result {
	return Result{Subject: subject, Status: Skip, Undecided: true, Detail: fmt.Sprintf(format, args...)}
}

// orNothing is what a judge found, or, where it had nothing to look at, that the question does not arise.
func orNothing(results []Result, what string) []Result {
	if len(results) == 0 {
		return []Result{skip("", "nothing to look at: %s", what)}
	}
	return results
}

const noGroups = "the plan has no slot groups"

func (r Result) hint(format string, args ...any) Result {
	r.Hint = fmt.Sprintf(format, args...)
	return r
}

// with adds evidence: names and values in turn.
func (r Result) with(pairs ...any) Result {
	for i := 0; i+1 < len(pairs); i += 2 {
		r.Evidence = append(r.Evidence, Fact{fmt.Sprint(pairs[i]), fmt.Sprint(pairs[i+1])})
	}
	return r
}
