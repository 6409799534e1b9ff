// Package hazard is the catalogue of what can go wrong: one coded rule each, with the reason and the remedy. Rules judge
// facts and decide nothing. A code is never reused and never changes its meaning.
package hazard

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"sync"

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

// rank orders severities, gravest first; -1 is none of them.
func (s Severity) rank() int {
	switch s {
	case Error:
		return 0
	case Warning:
		return 1
	case Note:
		return 2
	}
	return -1
}

// Finding is one hazard found.
type Finding struct {
	Code     string   `json:"code"`
	Severity Severity `json:"severity"`
	Subject  string   `json:"subject"`  // the object, as analyze.Name.String shows it; "database" or "server" otherwise
	Detail   string   `json:"detail"`   // what was seen, with the figures
	Remedy   string   `json:"remedy"`   // what to do, as SQL or configuration where there is one
	Accepted string   `json:"accepted"` // reason given in the configuration; empty: not accepted
}

// Rule is one hazard. It has exactly one of Find, Tables, Copied and Over, whose findings may leave Code, Severity and Remedy empty: they
// are then the rule's own. Rules about tables do not go through them on their own: with 100,000 of them that would take longer
// than planning.
type Rule struct {
	Code     string
	Title    string // the hazard in a few words
	Severity Severity
	Why      string // what happens, and why
	Fix      string // what to do about it
	Since    string // release that first had the rule
	// Engines are those that can have the hazard. With others nobody asks the rule.
	Engines Engines
	// HandOff is what rows are copied from where the hazard is about that; empty: whatever it is. With the other nobody asks the rule.
	HandOff HandOff
	// Versions are those of source and target that can have the hazard. On others nobody asks the rule.
	Versions Versions
	// Needs are the facts without which the rule cannot decide, as analyze.Unknown names them. When one of them is unknown,
	// that is a finding: a rule that saw nothing has not said that all is well.
	Needs []string

	Find   func(f *Facts) []Finding                                                      // looks at the whole
	Tables func(f *Facts, t *analyze.Table, fate Fate) []Finding                         // is asked about every planned table that will exist on the target
	Copied func(f *Facts, t *analyze.Table, fate Fate) []Finding                         // is asked about those whose rows are loaded
	Over   func(f *Facts) (look func(t *analyze.Table, fate Fate), sum func() []Finding) // looks at every table like Tables, and sums up
}

// catalogue is made once: it does not depend on anything.
var catalogue = sync.OnceValue(func() []Rule {
	return slices.Concat(judging(), factRules(), configurationRules())
})

// Rules is the whole catalogue by families.
func Rules() []Rule { return slices.Clone(catalogue()) }

// Lookup finds a rule by its code.
func Lookup(code string) (Rule, bool) {
	i := slices.IndexFunc(catalogue(), func(r Rule) bool { return r.Code == code })
	if i < 0 {
		return Rule{}, false
	}
	return catalogue()[i], true
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
	byCode := map[string][]int{}
	for i, a := range accept {
		byCode[a.Code] = append(byCode[a.Code], i)
	}
	used := make([]bool, len(accept))
	var out []Finding
	add := func(r *Rule, x Finding) {
		for _, i := range byCode[r.Code] {
			if a := accept[i]; a.Subject == x.Subject || a.Subject == "*" {
				used[i] = true
				x.Accepted = cmp.Or(x.Accepted, a.Reason)
			}
		}
		out = append(out, complete(r, x))
	}
	ask(catalogue(), &f, add)
	unused := configurationRules()[0] // only here is it known what was accepted in vain
	for i, a := range accept {
		if !used[i] {
			add(&unused, Finding{Subject: a.Code + " " + a.Subject, Detail: fmt.Sprintf("%s is accepted for %s, and there is no such finding.", a.Code, a.Subject)})
		}
	}
	slices.SortFunc(out, func(x, y Finding) int {
		if c := cmp.Compare(x.Severity.rank(), y.Severity.rank()); c != 0 {
			return c
		}
		if c := strings.Compare(x.Code, y.Code); c != 0 {
			return c
		}
		return cmp.Or(strings.Compare(x.Subject, y.Subject), strings.Compare(x.Detail, y.Detail))
	})
	return out
}

// HandOff is what rows are copied from.
type HandOff string

// The hand-offs.
const (
	FromReplica  HandOff = "replica"  // which is paused
	FromSnapshot HandOff = "snapshot" // of the source, one for each slot
)

// of reports whether the rule is asked for the engine and the hand-off of the facts; no engine is DMS.
func (r *Rule) of(f *Facts) bool {
	engine, handOff := cmp.Or(f.Engine, DMS), FromReplica
	switch {
	case !BySlots.Have(engine):
		handOff = "" // rows are copied from no position
	case f.Subscribing.Snapshots:
		handOff = FromSnapshot
	}
	return r.Engines.Have(engine) && (r.HandOff == "" || r.HandOff == handOff)
}

// complete fills in what a finding has from its rule.
func complete(r *Rule, x Finding) Finding {
	x.Code = r.Code
	x.Severity = cmp.Or(x.Severity, r.Severity)
	x.Remedy = cmp.Or(x.Remedy, r.Fix)
	return x
}

// ask puts the facts before the rules and calls add for each finding. Tables are gone through once for all rules.
func ask(rules []Rule, f *Facts, add func(*Rule, Finding)) {
	type asked struct {
		rule  *Rule
		look  func(t *analyze.Table, fate Fate)
		sum   func() []Finding
		table func(f *Facts, t *analyze.Table, fate Fate) []Finding
	}
	var all, copied []asked // tables that exist, and those of them whose rows are loaded
	report := func(r *Rule, found []Finding) {
		for _, x := range found {
			add(r, x)
		}
	}
	for i := range rules {
		r := &rules[i]
		if !r.of(f) || !r.Versions.Cover(f.Inventory.Server.Major(), f.Target.VersionNum/100) {
			continue
		}
		switch {
		case r.Find != nil:
			report(r, r.Find(f))
		case r.Tables != nil:
			all = append(all, asked{rule: r, table: r.Tables})
		case r.Copied != nil:
			copied = append(copied, asked{rule: r, table: r.Copied})
		case r.Over != nil:
			a := asked{rule: r}
			a.look, a.sum = r.Over(f)
			all = append(all, a)
		}
	}
	if len(all)+len(copied) == 0 {
		return
	}
	for i := range f.Inventory.Tables {
		t := &f.Inventory.Tables[i]
		fate, _ := f.fateAt(i)
		if !fate.Present {
			continue
		}
		for _, a := range all {
			if a.look != nil {
				a.look(t, fate)
				continue
			}
			report(a.rule, a.table(f, t, fate))
		}
		if fate.Copied {
			for _, a := range copied {
				report(a.rule, a.table(f, t, fate))
			}
		}
	}
	for _, a := range all {
		if a.sum != nil {
			report(a.rule, a.sum())
		}
	}
}
