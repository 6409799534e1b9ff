package render

import (
	"fmt"
	"strconv"

	"github.com/pgcutover/pgcutover/planner"
)

// dmsReport is what a reviewer reads about change data capture by AWS DMS.
type dmsReport struct {
	Decisions []settledView
	Tasks     []dmsTaskView
}

type settledView struct{ What, Value, Reason string }

type dmsTaskView struct {
	Slot, Identifier, LOB, Cut, Varchar string
	Reasons                             []string
	Unlimited                           []textView
	More                                string
}

// dmsReportOf is nil where AWS DMS has nothing to do.
func dmsReportOf(p planner.Plan) *dmsReport {
	if len(p.DMS.Tasks) == 0 {
		return nil
	}
	o, d := p.Options.CDC, p.DMS
	v := &dmsReport{Decisions: []settledView{
		{"Instance class", d.Instance.Class, d.Instance.ClassReason},
		{"Storage", fmt.Sprintf("%d GB", d.Instance.StorageGB), d.Instance.StorageReason},
		{"Multi-AZ", yesNo(d.Instance.MultiAZ), d.Instance.AvailabilityReason},
		{"Engine version", d.Instance.EngineVersion, d.Instance.EngineReason},
		{"A change that cannot be applied", o.OnError, d.ErrorReason},
		{"Control tables", o.ControlSchema, d.ControlReason},
		{"Slots trimmed", yesNo(o.TrimSlots), d.TrimReason},
		{"Between two starts", planner.Span(float64(o.StartIntervalSeconds)), d.StartReason},
	}}
	for i, t := range d.Tasks {
		x := dmsTaskView{Slot: p.Groups[i].Slot, Identifier: t.Identifier, LOB: fmt.Sprintf("%d kB", t.LOBMaxKB), Cut: "goes on", Varchar: "none",
			Reasons: []string{t.LOBReason, t.TruncationReason}}
		if t.FailOnTruncation {
			x.Cut = "stops"
		}
		if t.VarcharMaxBytes > 0 {
			x.Varchar = strconv.Itoa(t.VarcharMaxBytes) + " bytes"
			x.Reasons = append(x.Reasons, t.VarcharReason)
		}
		for _, n := range t.Unlimited[:min(len(t.Unlimited), mostMembers)] {
			x.Unlimited = append(x.Unlimited, textView{n.Name.String(), n.Reason})
		}
		if n := len(t.Unlimited) - len(x.Unlimited); n > 0 {
			x.More = fmt.Sprintf("and %d more", n)
		}
		v.Tasks = append(v.Tasks, x)
	}
	return v
}
