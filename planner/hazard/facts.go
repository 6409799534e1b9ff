package hazard

import (
	"cmp"
	"slices"
	"strings"
	"sync"

	"github.com/pgcutover/pgcutover/analyze"
)

// factRules report what is not known. Silence about it would read as an all-clear.
func factRules() []Rule {
	return []Rule{
		{
			Code: "UN101", Title: "fact that a hazard needs is not known", Severity: Error, Since: "0.1",
			Why: "Something could not be read, and hazards that depend on it were not found because nobody could look. It is as grave as the gravest of them.",
			Fix: "grant the right and analyze again; or find out by other means, and accept",
			Find: func(f *Facts) []Finding {
				return unknowns(f, func(u analyze.Unknown, codes []string, worst Severity) []Finding {
					if len(codes) == 0 {
						return nil
					}
					x := about(subjectOf(u), grantOf(u), "%s: not known, because %s. Not decided: %s.", analyze.Capital(u.Fact), u.Reason, strings.Join(codes, ", "))
					x[0].Severity = worst
					return x
				})
			},
		},
		{
			Code: "UN102", Title: "fact not known", Severity: Note, Since: "0.1",
			Why: "Something could not be read. No hazard depends on it.",
			Fix: "grant the right and analyze again if it matters",
			Find: func(f *Facts) []Finding {
				return unknowns(f, func(u analyze.Unknown, codes []string, _ Severity) []Finding {
					if len(codes) > 0 {
						return nil
					}
					return about(subjectOf(u), grantOf(u), "%s: not known, because %s.", analyze.Capital(u.Fact), u.Reason)
				})
			},
		},
	}
}

// judging are the rules that decide about something other than facts and the configuration.
var judging = sync.OnceValue(func() []Rule {
	return slices.Concat(identityRules(), typeRules(), valueRules(), sequenceRules(), constraintRules(), extensionRules(), roleRules(),
		replicationRules(), nativeRules(), promoteRules(), fullRules(), serverRules(), capacityRules(), cutoverRules(), leftOutRules())
})

func unknowns(f *Facts, fn func(u analyze.Unknown, codes []string, worst Severity) []Finding) []Finding {
	needs := map[string][]*Rule{}
	for i := range judging() {
		r := &judging()[i]
		if !r.of(f) {
			continue
		}
		for _, fact := range r.Needs {
			needs[fact] = append(needs[fact], r)
		}
	}
	var out []Finding
	for _, u := range slices.Concat(f.Inventory.Unknown, unsaid(f)) {
		var codes []string
		worst := Note
		for _, r := range needs[u.Fact] {
			codes = append(codes, r.Code)
			if r.Severity.rank() < worst.rank() {
				worst = r.Severity
			}
		}
		out = append(out, fn(u, codes, worst)...)
	}
	return out
}

// unsaid are facts that are missing from the inventory without a word about why.
func unsaid(f *Facts) []analyze.Unknown {
	var out []analyze.Unknown
	for _, x := range []struct {
		fact    string
		missing bool
	}{
		{"large objects", f.Inventory.Objects.LargeObjects == nil},
		{"prepared transactions", f.Inventory.Activity.PreparedTransactions == nil},
		{"activity", f.Inventory.Activity.OldestWriteSeconds == nil},
	} {
		said := slices.ContainsFunc(f.Inventory.Unknown, func(u analyze.Unknown) bool { return u.Fact == x.fact })
		if x.missing && !said {
			out = append(out, analyze.Unknown{Fact: x.fact, Reason: "the inventory does not say"})
		}
	}
	return out
}

// subjectOf begins with the fact, so that an acceptance is of one fact and not of everything unknown about the object.
func subjectOf(u analyze.Unknown) string {
	return strings.TrimSpace(u.Fact + " " + u.Subject)
}

func grantOf(u analyze.Unknown) string {
	return cmp.Or(u.Grant, "no grant shows it; find out by other means, and accept")
}

// configurationRules are decided by Find itself, which alone knows what was accepted in vain.
func configurationRules() []Rule {
	nothing := func(*Facts) []Finding { return nil }
	return []Rule{
		{
			Code: "CF101", Title: "acceptance that matches nothing", Severity: Warning, Since: "0.1",
			Why:  "What somebody decided to live with is not there any more, or has another name. An acceptance that stays behind may one day hide something else.",
			Fix:  "take it out of the configuration",
			Find: nothing,
		},
	}
}
