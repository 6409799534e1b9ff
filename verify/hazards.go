package verify

import (
	"context"
	"fmt"
	"maps"

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
	asked := askedElsewhere
	if e.full() { // where nobody asks about other replication
		asked = maps.Clone(askedElsewhere)
		maps.DeleteFunc(asked, func(_, check string) bool { return check == "G0-FOREIGN" })
	}
	return judgeHazards(e.Plan.Findings, fresh.Findings, inv.Replica != nil, inv.Target != nil, asked), nil
}

// ofThePlan are the codes of rules that need samples or a look at values, which only analyze takes: what they said about the plan stands.
var ofThePlan = map[string]bool{
	"TY101": true, "TY102": true, "TY103": true, "TY110": true, "CF101": true,
	"CP104": true, "CP105": true, "CP106": true, "CP107": true, "CP108": true, "CP109": true, "CP112": true, "CP113": true, "FL106": true,
}

// ofAnother are the codes of rules that look at another server than the source: where it was not looked at now, what they said about the
// plan stands.
var ofAnother = map[string]Side{
	"TY117": Target, "TY121": Target, "EX104": Target, "EX111": Target, "CV111": Target, "RP212": Target, "RP213": Target, "RP204": Replica, "RP215": Replica,
}

// askedElsewhere are the codes of rules whose question another check of the gate asks the servers themselves.
var askedElsewhere = map[string]string{
	"RP101": "G0-TOPO", "RP102": "G0-CONF", "RP103": "G0-CONF", "RP104": "G0-FOREIGN", "RP105": "G0-FOREIGN", "RP106": "G0-FOREIGN", "RP107": "G0-FOREIGN",
	"RP109": "G0-FOREIGN", "RP110": "G0-SECRET", "RP111": "G0-CONF", "RP112": "G0-WALCAP", "RP114": "G0-CONF",
	"RP201": "G0-TOPO", "RP202": "G0-TOPO", "RP203": "G0-TOPO", "RP205": "G0-XACT", "RP206": "G0-XACT", "RP207": "G0-TOPO", "RP208": "G0-EMPTY",
	"RP209": "G0-VER", "RP210": "G0-TOPO", "RP211": "G0-TOPO", "EX101": "G0-EXT", "EX102": "G0-EXT", "EX103": "G0-EXT", "TY111": "G0-COLL", "TY113": "G0-COLL",
	"RL104": "G0-RIGHTS", "RL105": "G0-RIGHTS", "CP101": "G0-WALCAP", "CP102": "G0-WALCAP", "CP103": "G0-WALCAP", "CP110": "G0-XACT",
	"RP121": "G0-CONF", "NT103": "G0-FOREIGN",
}

// tolerated is an answer of a check.
type tolerated struct {
	Status  Status
	Subject string
}

// tolerate turns answers that stop into warnings where the plan's configuration accepts the hazard that they are about. It is for
// checks that take over a question of the planner's rules, and never for those that guard against loss. accepted has, for
// a hazard's code and subject, the answer that it stands for: to accept that something is not known is not to accept what
// comes out.
func tolerate(results []Result, planned []hazard.Finding, accepted map[string]tolerated) []Result {
	for i, r := range results {
		for _, f := range planned {
			if f.Accepted != "" && accepted[f.Code+" "+f.Subject] == (tolerated{r.Status, r.Subject}) {
				results[i].Status, results[i].Undecided = Warn, false
				results[i].Detail = fmt.Sprintf("%s; accepted in the configuration: %s", r.Detail, f.Accepted)
				break
			}
		}
	}
	return results
}

// judgeHazards reports what the planner's rules say: about the servers as they are now, and, where that needs samples, a look at
// values or a server that was not looked at, what they said about the plan. What was mended since does not appear.
func judgeHazards(planned, fresh []hazard.Finding, replica, target bool, elsewhere map[string]string) []Result {
	stands := func(code string) bool {
		side, of := ofAnother[code]
		return ofThePlan[code] || of && !map[Side]bool{Replica: replica, Target: target}[side]
	}
	type key struct{ code, subject string }
	known := map[key]bool{}
	var out []Result
	report := func(f hazard.Finding, news string) {
		switch {
		case f.Accepted != "":
			out = append(out, finding(f, skip(f.Subject, "accepted (%s): %s", f.Accepted, f.Detail)))
		case f.Severity == hazard.Error:
			out = append(out, finding(f, fail(f.Subject, "%s%s", news, f.Detail)))
		case f.Severity == hazard.Warning:
			out = append(out, finding(f, warn(f.Subject, "%s%s", news, f.Detail)))
		}
	}
	for _, f := range planned {
		known[key{f.Code, f.Subject}] = true
		if stands(f.Code) {
			report(f, "")
		}
	}
	for _, f := range fresh {
		if stands(f.Code) || elsewhere[f.Code] != "" {
			continue
		}
		news := "new since the plan was made: "
		if known[key{f.Code, f.Subject}] {
			news = ""
		}
		report(f, news)
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
