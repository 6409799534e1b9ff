package render

import (
	"cmp"
	"slices"
	"strings"

	"github.com/pgcutover/pgcutover/analyze"
	"github.com/pgcutover/pgcutover/planner"
)

// dmsView is what the templates of 50-cdc/dms see.
type dmsView struct {
	Guard                               guard
	Rights                              rights
	Head                                head
	Format                              string
	Name, Instance, SubnetGroup, Target string
	Account                             awsAccount
	Tags                                []AWSTag
	Assessments                         []DMSAssessment
	Stacks                              []stackView
	Tasks                               []taskView // by group
	Calls                               bool       // a task that no stack makes
	Order                               []string   // slots, the one that catches up slowest, or loads longest, first
	Interval                            int64      // seconds
	Verified                            bool       // SSL with a certificate
	Trim                                bool
	Full                                bool // the tasks load the rows, too
	Plugin                              string
	Advance                             bool // pg_replication_slot_advance is there
	Xlog                                bool

	Loads  []loaded     // of a full load: the tables of each task
	Counts []tableCount // and how many they are
	Timed  []timed      // those whose time tells a rate
	Timing string       // kind of what is noted of them

	Role, ControlSchema string
	Managed             bool // the target
	Major               int64
	Schemas             []string
	Tables              []analyze.Name
}

// loaded is a table that a task loads.
type loaded struct {
	Slot  string
	Table analyze.Name
}

// timed is a table of which it is noted how long AWS DMS has loaded it.
type timed struct {
	Table analyze.Name
	Label string
	Bytes int64 // for one reader: of a table that is read in ranges, all at a time, its share
}

// timedBytes is how large a table is whose time is noted: of a smaller one most of the time is not the loading.
const timedBytes = 1 << 20

func timedTables(p planner.Plan) []timed {
	pieces := map[analyze.Name]int64{}
	for _, it := range p.Items {
		for _, n := range it.Tables {
			pieces[n]++
		}
	}
	var out []timed
	for _, t := range p.Tables {
		if bytes := t.Bytes / max(pieces[t.Name], 1); t.Handling.Copied() && bytes >= timedBytes {
			out = append(out, timed{t.Name, t.Name.String(), bytes})
		}
	}
	return out
}

// tableCount is how many tables a task has, its marker among them.
type tableCount struct {
	Slot   string
	Tables int64
}

type stackView struct {
	Name, File, Bucket string
	Slots              []string // whose tasks it makes
}

type taskView struct {
	Slot, Identifier, Endpoint string
	Parameter                  string // of the template, by which the task is made
	Stack                      string // that makes it; empty: a call of its own
}

const dmsFolder = "50-cdc/dms/"

// dms makes 50-cdc/dms: what AWS DMS is told, and the scripts that tell it.
func dms(p planner.Plan) ([]Artifact, error) {
	if len(p.DMS.Tasks) == 0 {
		return nil, nil
	}
	d, o := p.DMS, p.Options.CDC
	v := dmsView{
		Account: awsAccount{"dms", AWSTags(p), "cdc.name", "50-cdc/dms/58-delete.sh --all --yes", "docs/dms.md"},
		Rights:  rightsOf(p, OnTarget), Tags: AWSTags(p), Assessments: DMSAssessmentsOf(p),
		Format: o.Format, Name: d.Name, Instance: d.InstanceIdentifier(), SubnetGroup: d.InstanceIdentifier(), Target: d.TargetEndpoint(),
		Interval: o.StartIntervalSeconds, Verified: o.SSL != "require", Trim: o.TrimSlots, Full: full(p), Plugin: pluginOf(p), Advance: major(p.Source.VersionNum) >= 1100, Xlog: xlog(p),
		Role: p.Names.Role, ControlSchema: o.ControlSchema, Managed: p.Target.Managed != "", Major: major(p.Target.VersionNum),
	}
	for _, t := range p.Tables {
		if t.Handling.Copied() {
			v.Tables = append(v.Tables, t.Name)
			v.Schemas = append(v.Schemas, t.Name.Schema)
		}
	}
	for _, g := range p.Groups {
		v.Tables = append(v.Tables, g.Marker)
	}
	if v.Full {
		for _, g := range p.Groups {
			for _, n := range append([]analyze.Name{g.Marker}, g.Tables...) {
				v.Loads = append(v.Loads, loaded{g.Slot, n})
			}
			v.Counts = append(v.Counts, tableCount{g.Slot, int64(len(g.Tables) + 1)})
		}
		v.Timed, v.Timing = timedTables(p), planner.TimingFullLoad
	}
	v.Schemas = append(v.Schemas, p.Names.Schema)
	v.Schemas = sortedOnce(v.Schemas)
	groups := slices.Clone(p.Groups)
	slices.SortStableFunc(groups, func(a, b planner.Group) int { return cmp.Compare(b.Load(), a.Load()) })
	if p.Full != nil {
		slices.SortStableFunc(groups, func(a, b planner.Group) int {
			return cmp.Compare(p.Full.Tasks[b.Number-1].LoadSeconds, p.Full.Tasks[a.Number-1].LoadSeconds)
		})
	}
	for _, g := range groups {
		v.Order = append(v.Order, g.Slot)
	}

	out, makers, parts, err := dmsResources(p)
	if err != nil {
		return nil, err
	}
	for i, t := range d.Tasks {
		s := makers[i]
		v.Calls = v.Calls || s.Name == "" && len(parts) > 0
		v.Tasks = append(v.Tasks, taskView{Slot: p.Groups[i].Slot, Identifier: t.Identifier, Endpoint: t.Endpoint, Parameter: taskParameter(p, i), Stack: s.Name})
	}
	for _, s := range parts {
		x := stackView{Name: s.Name, File: strings.TrimPrefix(s.File, dmsFolder), Bucket: map[bool]string{true: "bucket", false: ""}[s.Bucket]}
		for _, i := range s.Groups {
			x.Slots = append(x.Slots, p.Groups[i].Slot)
		}
		v.Stacks = append(v.Stacks, x)
	}
	scripts, err := fillAll(p, dmsSteps(p), func(a Artifact) any {
		v.Guard, v.Head = guardOf(p, a), headOf(a)
		return v
	})
	if err != nil {
		return nil, err
	}
	return append(out, scripts...), nil
}

// dmsResources makes the files that are not scripts. makers tells for each group which stack makes its task, the zero stack for a call of
// its own; parts are all stacks, in the order in which they are made.
func dmsResources(p planner.Plan) (out []Artifact, makers, parts []stack, err error) {
	d := p.DMS
	makers = make([]stack, len(d.Tasks))
	for i, g := range p.Groups {
		in, err := dmsTaskInput(p, i)
		if err != nil {
			return nil, nil, nil, err
		}
		out = append(out,
			Artifact{Path: dmsFolder + "mappings/" + g.Slot + ".json", Mode: 0o644, Body: in.Mapping, On: OnAWS, Title: "Table mapping of the task of " + g.Slot},
			Artifact{Path: dmsFolder + "settings/" + g.Slot + ".json", Mode: 0o644, Body: in.Settings, On: OnAWS, Title: "Settings of the task of " + g.Slot},
		)
	}
	all := make([]int, len(d.Tasks))
	for i := range all {
		all[i] = i
	}
	var inputs []Artifact
	switch p.Options.CDC.Format {
	case planner.FormatCLI:
		inputs, err = cliInputs(p, true, all)
	case planner.FormatTerraform:
		var main Artifact
		main, err = terraform(p)
		inputs = append(inputs, main)
	default:
		var left []int
		if parts, left, err = stacks(p); err != nil {
			return nil, nil, nil, err
		}
		for _, s := range parts {
			out = append(out, Artifact{Path: s.File, Mode: 0o644, Body: s.Body, On: OnAWS, Title: "CloudFormation template of the stack " + s.Name})
			for _, i := range s.Groups {
				makers[i] = s
			}
		}
		inputs, err = cliInputs(p, false, left)
	}
	return append(out, inputs...), makers, parts, err
}

// dmsSteps are the scripts. They stand after the resume of the replica: the load is proven by then, and what it proves is where the tasks begin.
func dmsSteps(p planner.Plan) []Artifact {
	if full(p) {
		return fullSteps(p)
	}
	d := p.DMS
	interval := float64(p.Options.CDC.StartIntervalSeconds) * float64(len(d.Tasks)-1)
	before := "20-replica/22-resume.sh"
	var out []Artifact
	add := func(a Artifact) {
		a.Path, a.Mode = dmsFolder+a.Path, 0o755
		if strings.HasSuffix(a.Path, ".sql") {
			a.Mode = 0o644
		}
		if a.Step && a.After == "" {
			a.After = before
			before = a.Path
		}
		out = append(out, a)
	}
	add(Artifact{
		Path: "51-control.sql", On: OnTarget, Step: true,
		Title: "Create the role that applies changes, without a password and without the right to log in, and the schema of the control tables",
		Rerun: "changes nothing that is right already", Undo: "DROP OWNED BY the role, then DROP ROLE and the schema", Fails: "it is one transaction: nothing is left of it",
	})
	if p.Options.CDC.TrimSlots {
		add(Artifact{
			Path: "52-trim.sh", On: OnSource, Step: true,
			Title:   "Advance every slot to the position it starts at, so that the server itself guards the boundary",
			Needs:   "the load finished and the gate \"loaded\" passed: a slot never goes back",
			Rerun:   "says which slots stand there already",
			Undo:    "none: 80-recovery/82-restart-slot.sh makes a new slot and loads its tables anew",
			Fails:   "a slot that is read or stands beyond its position is not touched; find out who reads it",
			Minutes: "as long as decoding takes from the slots' creation to the pause",
		})
	}
	add(Artifact{
		Path: "53-deploy.sh", On: OnAWS, Step: true,
		Title:   "Create the replication instance, the endpoints and, stopped, the tasks in AWS DMS",
		Needs:   "both secrets, subnets and security groups in env (see env.example). Before the pause it makes everything but the tasks, which saves the wait now: run it then, too",
		Rerun:   "creates what is missing and changes what differs; a task that has run is left alone",
		Undo:    "50-cdc/dms/58-delete.sh",
		Fails:   "AWS says why; nothing reads or writes either database before 55-start.sh",
		Minutes: "up to half an hour for the replication instance",
	})
	add(Artifact{
		Path: "54-test-connections.sh", On: OnAWS, Step: true, Gate: "cdc-ready",
		Title: "Have AWS DMS test every endpoint from the replication instance", Needs: "53-deploy.sh, and the roles on both servers with LOGIN and the passwords that are in the secrets",
		Rerun: "tests again", Minutes: "minutes",
		Fails: "what AWS DMS says is shown: look at the security groups, pg_hba.conf, the secrets and SSL",
	})
	add(Artifact{
		Path: "54-assess.sh", On: OnAWS, Title: "Have AWS DMS assess every task before its start: optional", Needs: "54-test-connections.sh, and a bucket and a role for the reports (see env.example)",
		Rerun: "assesses again", Minutes: "minutes",
	})
	add(Artifact{
		Path: "55-start.sh", On: OnAWS, Step: true, Gate: "cdc",
		Title:   "Start the tasks at their positions, one by one",
		Needs:   "54-test-connections.sh, the gate \"cdc-ready\", and a look at mappings and settings: from here on the target is written to",
		Rerun:   "starts those that were never started; a task that has run is only ever resumed",
		Undo:    "50-cdc/dms/56-stop.sh; what has been applied stays applied",
		Fails:   "the log of the task says why; once it has run, 57-resume.sh",
		Minutes: minutes(max(interval, 60)),
	})
	add(Artifact{
		Path: "56-stop.sh", On: OnAWS, Step: true, After: "70-cutover/72-drain.sh",
		Title: "Stop the tasks, so that nothing but the application writes to the target from here on",
		Needs: "at the cutover: the source is drained (72-drain.sh); at any other time their slots keep what follows",
		Rerun: "stops what runs", Undo: "50-cdc/dms/57-resume.sh", Minutes: "minutes",
	})
	add(Artifact{
		Path: "57-resume.sh", On: OnAWS, Title: "Resume tasks that have run, from where they stopped", Needs: "the cause of the stop mended",
		Rerun: "resumes what stands still", Undo: "50-cdc/dms/56-stop.sh",
	})
	last := "after"
	if validatesAfter(p) {
		last = "" // 79-validate.sh follows
	}
	add(Artifact{
		Path: "58-delete.sh", On: OnAWS, Step: true, After: "70-cutover/78-retire.sh", Gate: last, Usage: []string{"--all --yes"},
		Title: "Delete all that 53-deploy.sh made, or the task of one slot", Needs: "the tasks stopped; with --all the cutover done, or called off for good",
		Rerun: "deletes what is left", Undo: "53-deploy.sh makes it anew; a task that has run cannot go on: its slot is restarted", Minutes: "up to half an hour",
	})
	add(Artifact{Path: "aws.sh", On: OnOperator, Title: "What the scripts of this folder ask AWS DMS; sourced by them"})
	return out
}
