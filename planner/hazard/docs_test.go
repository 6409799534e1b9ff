package hazard

import (
	"fmt"
	"strings"
	"testing"

	"github.com/pgcutover/pgcutover/golden"
)

// families are the headings of docs/hazards.md, in its order.
var families = []struct{ prefix, title string }{
	{"ID", "Keys and names"}, {"TY", "Types and large values"}, {"SQ", "Sequences"}, {"TR", "Constraints and triggers"},
	{"EX", "Extensions"}, {"RL", "Roles and rights"}, {"RP", "Replication and servers"}, {"NT", "PostgreSQL's own replication"}, {"FL", "Full load by AWS DMS"}, {"PR", "Aurora read replicas and their promotion"}, {"CP", "Capacity"},
	{"CV", "What does not travel, and the cutover"}, {"UN", "What is not known"}, {"CF", "Configuration"},
}

// docs/hazards.md is made from the rules.
func TestHazardsAreDocumented(t *testing.T) {
	var b strings.Builder
	b.WriteString(`# Hazards

What ` + "`pgcutover plan`" + ` looks for in an inventory. An error loses data or stops the migration, a warning costs time, money or
attention, a note is worth knowing. ` + "`pgcutover explain CODE`" + ` prints the same. How to accept one: [config.md](config.md).

A code is never reused and never changes its meaning. Where an engine or versions are named, the rule is asked with that engine and of such
servers only. A finding may be graver or milder than its rule where the figures say so: a varchar that is too long for certain is an error,
an unlogged table that is empty a note.
`)
	documented := 0
	for _, f := range families {
		fmt.Fprintf(&b, "\n## %s\n", f.title)
		for _, r := range Rules() {
			if !strings.HasPrefix(r.Code, f.prefix) {
				continue
			}
			documented++
			fmt.Fprintf(&b, "\n### %s: %s\n\n*%s, since %s*\n\n%s\n\n**Remedy:** %s\n", r.Code, r.Title, r.Severity, r.Since, escape(r.Why), escape(r.Fix))
			if len(r.Engines) > 0 {
				fmt.Fprintf(&b, "\n**Engine:** %s\n", r.Engines)
			}
			if r.HandOff != "" {
				fmt.Fprintf(&b, "\n**Hand-off:** %s\n", r.HandOff)
			}
			if v := r.Versions.String(); v != "" {
				fmt.Fprintf(&b, "\n**Versions:** %s\n", v)
			}
			if len(r.Needs) > 0 {
				fmt.Fprintf(&b, "\nUndecided, and reported as UN101, when the inventory lacks: %s.\n", strings.Join(r.Needs, ", "))
			}
		}
	}
	if documented != len(Rules()) {
		t.Errorf("%d rules belong to a family, there are %d", documented, len(Rules()))
	}
	golden.Equal(t, "../../docs/hazards.md", []byte(b.String()))
}

// escape keeps Markdown from reading names with underscores as emphasis.
func escape(s string) string {
	return strings.NewReplacer(`\`, `\\`, "_", `\_`, "*", `\*`, "<", `\<`, "|", `\|`).Replace(s)
}
