package render

import "github.com/pgcutover/pgcutover/planner"

// auroraReport is what a reviewer reads about an Aurora read replica.
type auroraReport struct {
	Decisions  []settledView
	Parameters []settingView
}

// auroraReportOf is nil where none is made.
func auroraReportOf(p planner.Plan) *auroraReport {
	if p.Aurora == nil {
		return nil
	}
	v := &auroraReport{}
	for _, r := range p.Aurora.Reasons {
		v.Decisions = append(v.Decisions, settledView{r.What, r.Value, r.Why})
	}
	for _, x := range p.Aurora.Parameters {
		v.Parameters = append(v.Parameters, settingView{On: x.Group, Name: x.Name, To: x.Value})
	}
	return v
}
