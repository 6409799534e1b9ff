package verify

import (
	"context"

	"github.com/pgcutover/pgcutover/planner"
	"github.com/pgcutover/pgcutover/planner/hazard"
)

func checkHazards(_ context.Context, e *Env) ([]Result, error) {
	inv, err := e.inventory(Source)
	if err != nil {
		return nil, err
	}
	fresh, err := planner.Make(inv, e.Plan.Options, nil)
	if err != nil {
		// The configuration names what is not there any more, or the like: a new plan could not even be made.
		return []Result{fail("", "a plan for what is there now cannot be made: %v", err).hint("analyze and plan again")}, nil
	}
	return judgeHazards(e.Plan.Findings, fresh.Findings), nil
}

// judgeHazards reports what the planner's rules say: what they said about the plan, and graver things that they say about the
// source as it is now. The fresh inventory is read without samples and without a look at values, so what it does not
// know is no news.
func judgeHazards(planned, fresh []hazard.Finding) []Result {
	type key struct{ code, subject string }
	known := map[key]bool{}
	var out []Result
	for _, f := range planned {
		known[key{f.Code, f.Subject}] = true
		switch {
		case f.Accepted != "":
			out = append(out, finding(f, skip(f.Subject, "accepted (%s): %s", f.Accepted, f.Detail)))
		case f.Severity == hazard.Error:
			out = append(out, finding(f, fail(f.Subject, "%s", f.Detail)))
		case f.Severity == hazard.Warning:
			out = append(out, finding(f, warn(f.Subject, "%s", f.Detail)))
		}
	}
	for _, f := range fresh {
		if known[key{f.Code, f.Subject}] || f.Accepted != "" || f.Severity != hazard.Error {
			continue
		}
		out = append(out, finding(f, fail(f.Subject, "new since the plan was made: %s", f.Detail)))
	}
	if len(out) == 0 {
		out = append(out, pass("", "none found, neither for the plan nor on what is there now"))
	}
	return out
}

func finding(f hazard.Finding, r Result) Result {
	r.Code = f.Code
	return r.hint("%s", f.Remedy)
}
