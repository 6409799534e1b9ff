package hazard

import (
	"fmt"
	"strings"

	"github.com/pgcutover/pgcutover/analyze"
)

// constraintRules are about what guards rows or acts on them.
func constraintRules() []Rule {
	return []Rule{
		{
			Code: "TR101", Engines: Logical, Title: "constraint that was never validated", Severity: Note, Since: "0.1",
			Why: "NOT VALID means that rows may break the rule. The target gets the constraint as it is, NOT VALID too.",
			Fix: "find the rows, and ALTER TABLE … VALIDATE CONSTRAINT on the source, before or after",
			Tables: func(f *Facts, t *analyze.Table, _ Fate) []Finding {
				var names []string
				for _, c := range t.Constraints {
					if !c.Validated && !c.Inherited {
						names = append(names, analyze.Display(c.Name))
					}
				}
				if len(names) == 0 {
					return nil
				}
				return one(t, "", "Not validated: %s.", some(names))
			},
		},
		{
			Code: "TR102", Engines: Logical, Title: "foreign key to a table that is left out", Severity: Warning, Since: "0.1",
			Why: "The referenced table will not be on the target, so the foreign key cannot be.",
			Fix: "take the referenced table in, or live without the foreign key",
			Tables: func(f *Facts, t *analyze.Table, _ Fate) []Finding {
				var out []Finding
				for _, c := range t.Constraints {
					if c.Kind == analyze.ForeignKey && !c.Inherited && c.References != nil && !f.present(*c.References) {
						out = append(out, one(t, "", "%s refers to %s, which is left out.", analyze.Display(c.Name), *c.References)...)
					}
				}
				return out[:min(len(out), 1)]
			},
		},
		{
			Code: "TR103", Engines: Logical, Title: "foreign key of a partitioned table", Severity: Warning, Since: "0.1",
			Versions: Versions{Source: Majors{From: 1100}, Target: Majors{To: 1700}},
			Why:      "Before version 18 it cannot be added NOT VALID and validated afterwards: one statement adds it and reads every partition, inside the downtime, under a lock that stops writes to both tables.",
			Fix:      "rehearse how long it takes, or move to version 18",
			Tables: func(f *Facts, t *analyze.Table, _ Fate) []Finding {
				var names []string
				for _, c := range t.Constraints {
					if t.Kind == analyze.Partitioned && c.Kind == analyze.ForeignKey && !c.Inherited {
						names = append(names, analyze.Display(c.Name))
					}
				}
				if len(names) == 0 {
					return nil
				}
				return one(t, "", "Checked at the cutover in one go: %s.", some(names))
			},
		},
		{
			Code: "TR104", Engines: Logical, Title: "event triggers", Severity: Warning, Since: "0.1",
			Why: "Event triggers belong to no schema and need a superuser (on RDS a member of rds_superuser, for some events). They would also fire for the migration's own statements.",
			Fix: "create them on the target after the cutover, as the runbook says",
			Find: func(f *Facts) []Finding {
				var names []string
				for _, e := range f.Inventory.EventTriggers {
					if !strings.HasPrefix(e.Name, "awsdms_") && e.Function.Schema != "pglogical" {
						names = append(names, analyze.Display(e.Name))
					}
				}
				if len(names) == 0 {
					return nil
				}
				return about("database", "", "%s: %s.", analyze.Count(len(names), "event trigger"), some(names))
			},
		},
		{
			Code: "TR105", Engines: Logical, Title: "constraint built under an exclusive lock", Severity: Note, Since: "0.1",
			Why: "An exclusion constraint, or a key WITHOUT OVERLAPS, cannot take over an index built before; the statement that adds it builds the index itself and locks the table for that time. On the target nobody is there to wait, but other work on that table does.",
			Fix: "nothing to do",
			Tables: func(f *Facts, t *analyze.Table, _ Fate) []Finding {
				var names []string
				for _, c := range t.Constraints {
					if c.Kind == analyze.Exclusion || strings.Contains(c.Definition, "WITHOUT OVERLAPS") {
						names = append(names, analyze.Display(c.Name))
					}
				}
				if len(names) == 0 {
					return nil
				}
				return one(t, "", "Added by definition: %s.", some(names))
			},
		},
		{
			Code: "TR106", Engines: Logical, Title: "trigger that fires for replicated changes", Severity: Note, Since: "0.1",
			Why: "A trigger enabled ALWAYS or REPLICA fires even where session_replication_role keeps the others quiet: on the target it would do a second time what it did on the source. It is kept off the target until the cutover.",
			Fix: "nothing to do: it comes back from the schema dump; make sure that nobody creates it before",
			Tables: func(f *Facts, t *analyze.Table, _ Fate) []Finding {
				var names []string
				for _, g := range t.Triggers {
					if g.Enabled == "always" || g.Enabled == "replica" {
						names = append(names, analyze.Display(g.Name))
					}
				}
				if len(names) == 0 {
					return nil
				}
				return one(t, "", "Enabled beyond origin: %s.", some(names))
			},
		},
		{
			Code: "TR107", Engines: Logical, Title: "domain constraint that was never validated", Severity: Note, Since: "0.1",
			Why: "NOT VALID means that values may break the rule. The constraint is kept off the target until the cutover, or the load would refuse such values; then it comes as it is, NOT VALID too.",
			Fix: "find the values, and ALTER DOMAIN … VALIDATE CONSTRAINT on the source, before or after",
			Find: func(f *Facts) []Finding {
				var out []Finding
				for _, c := range f.Inventory.Objects.DomainConstraints {
					if !f.excluded(c.Domain.Schema) {
						out = append(out, about("domain "+c.Domain.String(), fmt.Sprintf("ALTER DOMAIN %s VALIDATE CONSTRAINT %s", c.Domain.SQL(), analyze.Ident(c.Name)), "Not validated: %s.", analyze.Display(c.Name))...)
					}
				}
				return out
			},
		},
	}
}
