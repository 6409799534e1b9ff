// Package hazard is the catalogue of what can go wrong: one coded rule each, with the reason and the remedy. Rules judge
// facts and decide nothing. A code is never reused and never changes its meaning.
package hazard

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/pgcutover/pgcutover/analyze"
)

// Severity says what a hazard costs.
type Severity string

// The severities, gravest first.
const (
	Error   Severity = "error"   // loses data or stops the migration
	Warning Severity = "warning" // costs time, money or attention
	Note    Severity = "note"    // worth knowing
)

// rank orders severities, gravest first.
func (s Severity) rank() int { return slices.Index([]Severity{Error, Warning, Note}, s) }

// Finding is one hazard found.
type Finding struct {
	Code     string   `json:"code"`
	Severity Severity `json:"severity"`
	Subject  string   `json:"subject"`  // the object, as analyze.Name.String shows it; "database" or "server" otherwise
	Detail   string   `json:"detail"`   // what was seen, with the figures
	Remedy   string   `json:"remedy"`   // what to do, as SQL or configuration where there is one
	Accepted string   `json:"accepted"` // reason given in the configuration; empty: not accepted
}

// Rule is one hazard. Its Find may leave Code, Severity and Remedy of a finding empty: they are then the rule's own.
type Rule struct {
	Code     string
	Title    string // the hazard in a few words
	Severity Severity
	Why      string // what happens, and why
	Fix      string // what to do about it
	Since    string // release that first had the rule
	// Needs are the facts without which the rule cannot decide, as analyze.Unknown names them. When one of them is unknown,
	// that is a finding: a rule that saw nothing has not said that all is well.
	Needs []string
	Find  func(Facts) []Finding
}

// Rules is the whole catalogue by families.
func Rules() []Rule {
	return slices.Concat(identityRules(), typeRules(), sequenceRules(), constraintRules(), extensionRules(), roleRules(),
		replicationRules(), serverRules(), capacityRules(), cutoverRules(), factRules(), configurationRules())
}

// Lookup finds a rule by its code.
func Lookup(code string) (Rule, bool) {
	for _, r := range Rules() {
		if r.Code == code {
			return r, true
		}
	}
	return Rule{}, false
}

// Acceptance is a hazard that somebody decided to live with.
type Acceptance struct {
	Code    string
	Subject string // as the finding shows it; "*" for every one
	Reason  string
}

// Find asks every rule and returns the findings by severity, code, subject. Accepted ones carry the reason; an
// acceptance that matches nothing is a finding itself, because what it was meant for may have changed its name.
func Find(f Facts, accept []Acceptance) []Finding {
	var out []Finding
	used := make([]bool, len(accept))
	add := func(r Rule, x Finding) {
		x.Code = r.Code
		x.Severity = cmp.Or(x.Severity, r.Severity)
		x.Remedy = cmp.Or(x.Remedy, r.Fix)
		for i, a := range accept {
			if a.Code == x.Code && (a.Subject == x.Subject || a.Subject == "*") {
				used[i] = true
				x.Accepted = cmp.Or(x.Accepted, a.Reason)
			}
		}
		out = append(out, x)
	}
	for _, r := range Rules() {
		for _, x := range r.Find(f) {
			add(r, x)
		}
	}
	unused, unknown := configurationRules()[0], configurationRules()[1] // only here is it known what was accepted in vain
	for i, a := range accept {
		if used[i] {
			continue
		}
		subject := a.Code + " " + a.Subject
		if _, ok := Lookup(a.Code); ok {
			add(unused, Finding{Subject: subject, Detail: fmt.Sprintf("%s is accepted for %s, and there is no such finding.", a.Code, a.Subject)})
		} else {
			add(unknown, Finding{Subject: subject, Detail: fmt.Sprintf("%s is accepted, and no hazard has that code.", a.Code)})
		}
	}
	slices.SortStableFunc(out, func(x, y Finding) int {
		return cmp.Or(cmp.Compare(x.Severity.rank(), y.Severity.rank()), strings.Compare(x.Code, y.Code), strings.Compare(x.Subject, y.Subject))
	})
	return out
}

// Facts are what the rules judge: the inventory, and of the plan and its configuration what they need.
type Facts struct {
	Inventory   analyze.Inventory
	Fates       map[analyze.Name]Fate // of every table that is planned
	Target      Target
	AppendOnly  map[analyze.Name]bool // tables without a usable identity that somebody knows to be append-only
	Truncate    map[analyze.Name]bool // tables whose LOBs may be cut
	LOBMargin   float64               // factor on measured maxima
	DeferUnique bool                  // extra unique keys are kept off while changes are applied
	Node        string                // pglogical node of the plan
	// ExcludedSchemas do not come to the target, with all that is in them.
	ExcludedSchemas []string
	Groups          []Group
	Settings        []Setting // that have to change
	Figures         Figures
}

// Fate is what the plan does with a table.
type Fate struct {
	Present     bool   // created on the target
	Copied      bool   // its rows are loaded
	InsertsOnly bool   // only inserts reach the target
	Bytes       int64  // heap and TOAST
	Whole       string // why it is loaded in one piece although it is large; empty: it is not large, or cut
}

// Target is where the data goes. VersionNum is 0 when nobody said.
type Target struct {
	VersionNum int
	Managed    string
}

// Group is a slot group.
type Group struct {
	Slot, UpdateSet, InsertSet string
	Load                       float64 // share of one apply stream that it needs; 0 when rates were not sampled
}

// Setting is a change that the plan asks for.
type Setting struct {
	On, Name, From, To string
	Restart            bool
}

// Figures are the plan's estimates, nil where it has none.
type Figures struct {
	Weights           string // sampled, counters or bytes
	TargetLoad        float64
	GroupMax          float64
	GroupBound        float64
	LoadSeconds       float64
	LoadBound         float64
	PauseSeconds      float64
	ReadySeconds      float64 // from the pause to the start of change data capture
	WALBytesPerSecond *float64
	SourceWALBytes    *int64
	ReplicaWALBytes   *int64
	SourceFreeBytes   *int64
	ReplicaFreeBytes  *int64
	SequenceMargin    int64
}

// MaxLOBBytes is the largest limited LOB of AWS DMS: LobMaxSize goes up to 102400 kB.
const MaxLOBBytes = 102400 << 10

// LOBNeed is the limit in bytes that a LOB column needs: twice the largest value, because AWS DMS counts characters of two
// bytes, times the margin. known is false when the largest value is not.
func LOBNeed(c analyze.Column, margin float64) (bytes int64, known bool) {
	if c.LOBMax == nil || c.LOBMax.Bytes == nil {
		return 0, false
	}
	return int64(float64(*c.LOBMax.Bytes) * 2 * margin), true
}

// tables calls fn for the planned tables that will exist on the target.
func (f Facts) tables(fn func(t *analyze.Table, fate Fate) []Finding) []Finding {
	var out []Finding
	for i := range f.Inventory.Tables {
		t := &f.Inventory.Tables[i]
		if fate, ok := f.Fates[t.Name]; ok && fate.Present {
			out = append(out, fn(t, fate)...)
		}
	}
	return out
}

// copied calls fn for the tables whose rows are loaded.
func (f Facts) copied(fn func(t *analyze.Table, fate Fate) []Finding) []Finding {
	return f.tables(func(t *analyze.Table, fate Fate) []Finding {
		if !fate.Copied {
			return nil
		}
		return fn(t, fate)
	})
}

// copiedColumns calls fn for the columns that are loaded.
func (f Facts) copiedColumns(fn func(t *analyze.Table, c analyze.Column) []Finding) []Finding {
	return f.copied(func(t *analyze.Table, _ Fate) []Finding {
		var out []Finding
		for _, c := range t.Columns {
			if c.Generated == "" {
				out = append(out, fn(t, c)...)
			}
		}
		return out
	})
}

func (f Facts) present(n analyze.Name) bool { return f.Fates[n].Present }

func (f Facts) setting(name string) (string, bool) { return valueOf(f.Inventory.Settings, name) }

func valueOf(settings []analyze.Setting, name string) (string, bool) {
	for _, s := range settings {
		if s.Name == name {
			return s.Value, true
		}
	}
	return "", false
}

// one is a single finding about the table.
func one(t *analyze.Table, remedy, detail string, args ...any) []Finding {
	return []Finding{{Subject: t.Name.String(), Detail: fmt.Sprintf(detail, args...), Remedy: remedy}}
}

// about is a single finding about something else.
func about(subject, remedy, detail string, args ...any) []Finding {
	return []Finding{{Subject: subject, Detail: fmt.Sprintf(detail, args...), Remedy: remedy}}
}

// column shows a column for people.
func column(t *analyze.Table, name string) string {
	return t.Name.String() + "." + analyze.Display(name)
}

// some lists up to five texts.
// some lists as many names as fit a finding.
func some(texts []string) string { return analyze.Some(texts, 5) }

// gigabytes shows a size.
func gigabytes(n int64) string {
	switch {
	case n < 100_000:
		return fmt.Sprintf("%.1f kB", float64(n)/1e3)
	case n < 10_000_000:
		return fmt.Sprintf("%.1f MB", float64(n)/1e6)
	case n < 1_000_000_000:
		return fmt.Sprintf("%.0f MB", float64(n)/1e6)
	case n < 1_000_000_000_000:
		return fmt.Sprintf("%.1f GB", float64(n)/1e9)
	}
	return fmt.Sprintf("%.2f TB", float64(n)/1e12)
}
