package render

import (
	"fmt"
	"strconv"

	"github.com/pgcutover/pgcutover/analyze"
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
	}}
	if p.Full == nil {
		v.Decisions = append(v.Decisions, settledView{"Slots trimmed", yesNo(o.TrimSlots), d.TrimReason})
	}
	v.Decisions = append(v.Decisions, settledView{"Between two starts", planner.Span(float64(o.StartIntervalSeconds)), d.StartReason})
	if f := p.Full; f != nil {
		o := p.Options.Full
		v.Decisions = append(v.Decisions,
			settledView{"Structure", o.Schema, f.SchemaReason},
			settledView{"Output plugin", f.Plugin, f.PluginReason},
			settledView{"Readers", fmt.Sprintf("up to %d", f.Sessions), f.SessionsReason},
			settledView{"After the full load", "stop", f.StopReason},
			settledView{"Open transactions", "up to " + planner.Span(float64(o.ConsistencySeconds)), f.ConsistencyReason},
			settledView{"Limits of LOBs", "octet_length", f.LOBReason},
			settledView{"Validation by AWS DMS", yesNo(o.Validation), f.ValidationReason},
		)
	}
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
		if p.Full != nil {
			l := p.Full.Tasks[i]
			x.Reasons = append(x.Reasons, fmt.Sprintf("Its full load takes %s by the estimate, with %s read in ranges.", planner.Span(l.LoadSeconds), analyze.Count(l.Parallel, "table")),
				fmt.Sprintf("Rows written at a time: %d. %s", l.CommitRate, l.CommitReason))
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
