package chaos

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
)

// Server names one of the three.
type Server string

const (
	Source  Server = "source"
	Replica Server = "replica"
	Target  Server = "target"
)

// A Fault is something that goes wrong in a migration.
type Fault struct {
	Name    string   // unique, lower case: "kill a producer"
	Does    string   // what happens, in a sentence
	Moments []Moment // when it may strike; the round's seed draws one
	Strike  func(context.Context, *Field) error
	// Mend is what a person does once something has said no, before it is run again; nil: nothing but run it again.
	Mend    func(context.Context, *Field) error
	Outcome Outcome
	// Recovery is typed where a gate or script has stopped the migration for one of Outcome.Stops, and the migration then goes on at the step Resume;
	// nil: stopped is the end.
	Recovery []Remedy
	Roles    map[Server]string // who the scripts connect as where not as superuser: one of the roles of the content
	Combines bool              // may strike beside other faults of which this is true
	Needs    func() error      // why this machine cannot have the fault; nil: every machine can
}

// A Remedy is a script of the bundle to run and where to go on after it.
type Remedy struct {
	Words  []string // "80-recovery/83-full-restart.sh", "--yes"
	Resume string   // name of the step to go on with
}

// Outcome says how a round with a fault may end.
type Outcome struct {
	Recovers bool     // loaded, and every row right
	Stops    []string // codes of checks, or scripts ("42-load"), that may stop it for good; empty: it has to recover
	// Notice is the step by which something must have said no after the fault has struck; empty: nothing has to. A fault that strikes in or
	// after that step has to be noticed by the last gate.
	Notice string
}

// A Moment is when a fault strikes: before or after a step, or within it, when a server has got so many connections or sent so many bytes. A
// step that ends without getting there is a moment too: then the fault strikes after it.
type Moment struct {
	Step        string // name of a step, as in Commands
	When        When
	Server      Server   // Within
	Connections [2]int64 // Within: drawn from this range, both ends included; zero: bytes
	Bytes       [2]int64 // Within
}

// When tells on which side of a step a moment is.
type When int

// The three sides of a step.
const (
	Before When = iota
	Within
	After
)

// drawn is a moment with its numbers.
type drawn struct {
	Moment
	count int64 // connections or bytes; 0 outside Within
}

func (m Moment) draw(r *rand.Rand) drawn {
	between := func(b [2]int64) int64 { return b[0] + r.Int64N(b[1]-b[0]+1) }
	switch {
	case m.When != Within:
		return drawn{m, 0}
	case m.Connections[1] > 0:
		return drawn{m, between(m.Connections)}
	}
	return drawn{m, between(m.Bytes)}
}

func (d drawn) String() string {
	step := short(d.Step)
	switch {
	case d.When == Before:
		return "before " + step
	case d.When == After:
		return "after " + step
	case d.Connections[1] > 0:
		return fmt.Sprintf("%s, connection %d to the %s", step, d.count, d.Server)
	}
	if d.count < 10<<10 {
		return fmt.Sprintf("%s, %d bytes from the %s", step, d.count, d.Server)
	}
	return fmt.Sprintf("%s, %d kB from the %s", step, d.count>>10, d.Server)
}

// short is a step's name without folder and suffix.
func short(step string) string {
	if _, file, ok := strings.Cut(step, "/"); ok {
		step = file
	}
	return strings.Replace(strings.Replace(step, ".sh", "", 1), ".sql", "", 1)
}

// Find returns the fault with a name.
func Find(name string) (Fault, bool) {
	all := Faults()
	i := slices.IndexFunc(all, func(f Fault) bool { return f.Name == name })
	if i < 0 {
		return Fault{}, false
	}
	return all[i], true
}

// Faults is the catalogue.
func Faults() []Fault {
	return slices.Concat(killFaults(), serverFaults(), networkFaults(), replicaFaults(), structureFaults(), sessionFaults(), replicationFaults(), handFaults(), targetFaults())
}
