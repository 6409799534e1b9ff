package render

import (
	"slices"

	"github.com/pgcutover/pgcutover/planner"
)

// A DMSAssessment is an individual premigration assessment of AWS DMS whose answer is known before it is asked (user guide, "Premigration assessments",
// those for PostgreSQL).
type DMSAssessment struct {
	Name    string
	Why     string // why it is not run, or why it may warn or fail
	LeftOut bool   // not run
}

// assessments are left out where they are about what no task here does. The others run, whatever AWS DMS offers for a task: its list grows.
var assessments = []DMSAssessment{
	{"postgres-check-target-secondary-indexes", "it is about a full load, and there is none", true},
	{"postgres-check-pk-validity", "it is about validation by AWS DMS, which is off: pgcutover verify compares the rows", true},
	{"postgres-datamasking-digits-randomize", "nothing is masked", true},
	{"postgres-datamasking-digits-mask", "nothing is masked", true},
	{"postgres-datamasking-hash-mask", "nothing is masked", true},
	{"all-to-all-validation-with-datamasking-digits-randomize", "nothing is masked", true},
	{"all-to-all-validation-with-datamasking-hash-mask", "nothing is masked", true},
	{"all-to-all-validation-with-digit-mask", "nothing is masked", true},

	{"postgres-check-idle-in-transaction-session-timeout", "0 for the roles of AWS DMS, so that nothing ends their sessions; AWS's own advice where tasks break", false},
	{"postgres-check-session-replication-role", "the target endpoint sets it in its own sessions, and nobody sets it for the whole server", false},
	{"postgres-check-ddl-event-trigger", "no DDL is captured: CaptureDdls is false", false},
	{"postgres-check-replication-slots-count", "the slots of all tasks are there already, and are counted", false},
	{"postgres-check-target-privileges", "the role makes no tables but the control tables, and truncates none: see 51-control.sql", false},
	{"postgres-check-target-generated-cols", "the mappings leave generated columns out", false},
	{"postgres-check-limited-lob-size", "the limits come from the largest values, with a margin: see plan.md", false},
	{"postgres-check-materialized-views", "70-cutover/74-constraints.sh refreshes them", false},
	{"all-check-secondary-constraints", "foreign keys, triggers and unique keys come back at the cutover", false},
}

// fullAssessments are what differs of them where the tasks load the rows.
var fullAssessments = map[string]DMSAssessment{
	"postgres-check-target-secondary-indexes": {Why: "40-load/42-load.sh builds them after the full load; the keys alone are there before", LeftOut: false},
	"postgres-check-replication-slots-count":  {Why: "each task makes one, and 10-source/12-settings.sh has left room for them", LeftOut: false},
}

// DMSAssessmentsOf are those for the tasks of a plan.
func DMSAssessmentsOf(p planner.Plan) []DMSAssessment {
	if !full(p) {
		return assessments
	}
	out := slices.Clone(assessments)
	for i := range out {
		if x, differs := fullAssessments[out[i].Name]; differs {
			out[i].Why, out[i].LeftOut = x.Why, x.LeftOut
		}
		if out[i].Name == "postgres-check-pk-validity" && p.Options.Full.Validation {
			out[i].Why, out[i].LeftOut = "tables without a primary key are not validated: see plan.md", false
		}
	}
	return out
}
