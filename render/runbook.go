package render

import "github.com/pgcutover/pgcutover/planner"

type runbookView struct{ Steps []Artifact }

func runbook(_ planner.Plan, b Bundle) (Artifact, error) {
	a := Artifact{Path: "RUNBOOK.md", Mode: 0o644, On: OnOperator, Title: "What to do, in which order"}
	var v runbookView
	for _, x := range b {
		if x.Step {
			v.Steps = append(v.Steps, x)
		}
	}
	return a.fill("runbook/RUNBOOK.md.tmpl", v)
}
