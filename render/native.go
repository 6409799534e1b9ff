package render

import (
	"maps"
	"slices"
	"strings"

	"github.com/pgcutover/pgcutover/planner"
)

// native reports whether PostgreSQL itself applies the changes.
func native(p planner.Plan) bool { return p.Options.Engine == planner.EngineNative }

// wayBack reports whether the target's changes are to go back to the source.
func wayBack(p planner.Plan) bool { return native(p) && len(p.Options.Native.WayBack) > 0 }

// cdc makes 50-cdc: what applies the changes. Each engine has a folder of its own in it.
func cdc(p planner.Plan) ([]Artifact, error) {
	if physical(p) {
		return nil, nil
	}
	if native(p) {
		return subscriptions(p)
	}
	return dms(p)
}

// subscribeView is what the templates of 50-cdc/native see, and those of the way back.
type subscribeView struct {
	Physical   bool // the target is a copy of the source: never here
	Guard      guard
	Rights     rights
	Head       head
	On         string // where the subscriptions are
	Publisher  string
	Back       bool // the way back
	Snapshots  bool // copies end where their slot begins
	Managed    bool // the target
	Role       string
	Schema     string // pgcutover's own
	Connection string // without a password
	Prompt     bool   // the password is asked for
	Groups     []planner.Group
	Options    []planner.SubscriptionOption // said in CREATE SUBSCRIPTION
	Publish    string
	Inserts    string
	Members    []member
	Markers    []marker
	Xlog       bool
}

func subscribeOf(p planner.Plan) subscribeView {
	v := subscribeView{
		Rights: rightsOf(p, OnTarget), On: string(OnTarget), Publisher: string(OnSource), Snapshots: p.Options.Snapshots(), Managed: p.Target.Managed != "", Role: p.Names.Role, Schema: p.Names.Schema, Prompt: p.Options.Native.Password == planner.PasswordPrompt,
		Groups: p.Groups, Publish: p.Native.Publish, Inserts: p.Native.Inserts, Members: membersOf(p),
	}
	for _, g := range p.Groups {
		v.Markers = append(v.Markers, marker{g.Slot, g.Marker})
	}
	return v
}

// subscriptions makes 50-cdc/native: the target's part of PostgreSQL's own replication.
func subscriptions(p planner.Plan) ([]Artifact, error) {
	v := subscribeOf(p)
	var err error
	if v.Connection, err = connection(p.Options.Native.Connection, p.Source.Database, p.Names.Role); err != nil {
		return nil, err
	}
	v.Options = said(p.Native.Options)
	out := []Artifact{
		{
			Path: "50-cdc/native/51-subscriptions.sh", Mode: 0o755, On: OnTarget, Step: true,
			Title: "Create a disabled subscription for each slot, to start at the captured position",
			Needs: "the load is done and the gate \"loaded\" passed; the role of change data capture has its password and LOGIN on the source (see 10-source/13-role.sql)",
			Fails: "what is created stays, disabled; the server says whether it could not reach the source or lacks a right",
			Rerun: "creates what is missing, and sets the position of those that never ran", Undo: "80-recovery/81-abort.sh", Gate: "cdc-ready",
		},
		{
			Path: "50-cdc/native/52-enable.sh", Mode: 0o755, On: OnTarget, Step: true,
			Title: "Enable the subscriptions: changes are applied from here on",
			Needs: "51-subscriptions.sh and the gate \"cdc-ready\"; from the first change on the target cannot be compared with the replica any more",
			Fails: "the reason is in the target's log; a subscription that cannot apply a change tries it again and again",
			Rerun: "enables what is not", Undo: "ALTER SUBSCRIPTION … DISABLE", Gate: "cdc", Minutes: catchUp(p),
		},
	}
	if wayBack(p) {
		out = append(out, Artifact{
			Path: "50-cdc/native/53-way-back.sql", Mode: 0o644, On: OnTarget, Step: true,
			Title: "Prepare the way back: its role and its publications on the target",
			Fails: "what is made stays and can be made again",
			Rerun: "adds what is missing", Undo: "70-cutover/78-retire.sh --yes --all, or DROP PUBLICATION",
		})
	}
	// 60-qa compares with the replica while it stands, so all of this comes after its resume.
	after := "20-replica/22-resume.sh"
	if p.Options.Snapshots() {
		after = "20-snapshots/22-release.sh"
	}
	for i := range out {
		out[i].After, after = after, out[i].Path
		v.Guard, v.Head = guardOf(p, out[i]), headOf(out[i])
		name := strings.TrimPrefix(out[i].Path, "50-cdc/native/")
		template := "shell/" + name + ".tmpl"
		if strings.HasSuffix(name, ".sql") {
			template = "sql/" + name + ".tmpl"
		}
		if out[i], err = out[i].fill(template, v); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// wayBackStep makes the step of the cutover that opens the way back.
func wayBackStep(p planner.Plan) (Artifact, error) {
	a := Artifact{
		Path: "70-cutover/77-way-back.sh", Mode: 0o755, On: OnOperator, Step: true,
		Title: "Open the way back: the source applies what is written to the target from now on",
		Needs: "74-constraints.sh; nobody has written to the target yet, and the role of 50-cdc/native/53-way-back.sql has its password and LOGIN there",
		Fails: "the reason is in the source's log; without it there is no way back without loss",
		Rerun: "goes on with what is missing, and proves it once more", Undo: "70-cutover/78-retire.sh --yes --all", Gate: "cutover",
	}
	v := subscribeOf(p)
	var err error
	if v.Connection, err = connection(p.Options.Native.WayBack, p.Target.Database, p.Names.Role); err != nil {
		return a, err
	}
	v.Rights, v.On, v.Publisher, v.Back = rightsOf(p, OnSource), string(OnSource), string(OnTarget), true
	v.Head, v.Options = headOf(a), said(p.Native.Back)
	return a.fill("shell/77-way-back.sh.tmpl", v)
}

// catchUp is how long it takes until the changes since the pause are applied, for people.
func catchUp(p planner.Plan) string {
	if s := p.Estimate.CatchUpSeconds; s != nil {
		return "seconds; " + planner.Span(*s) + " to catch up by the plan's estimate"
	}
	return "seconds, and as long as catching up takes"
}

// said are the options that the statement says.
func said(options []planner.SubscriptionOption) []planner.SubscriptionOption {
	return slices.DeleteFunc(slices.Clone(options), func(o planner.SubscriptionOption) bool { return o.Value == "" })
}

// connection puts a connection string together from libpq's keywords, in the order of the alphabet. Without a service it is as the role of
// change data capture.
func connection(of map[string]string, database, role string) (string, error) {
	all := map[string]string{"dbname": database}
	if of["service"] == "" {
		all["user"] = role
	}
	maps.Copy(all, of)
	parts := make([]string, 0, len(all))
	for _, k := range slices.Sorted(maps.Keys(all)) {
		part, err := conninfo(k, all[k])
		if err != nil {
			return "", err
		}
		parts = append(parts, part)
	}
	return strings.Join(parts, " "), nil
}

// publications turns the steps of 10-source that are about pglogical into those about publications.
func publications(as []Artifact) {
	for i := range as {
		a := &as[i]
		switch a.Path {
		case "10-source/13-role.sql":
			a.Title = "Create the role that the subscriptions log in with, without a password and without the right to log in"
		case "10-source/15-node.sql":
			a.Path, a.Title, a.Needs = "10-source/15-publications.sql", "Create two publications for each slot", "14-markers.sql"
			a.Fails = "publications of somebody else stand in the way: find out whose they are before you drop anything"
		case "10-source/16-members.sh":
			a.Title = "Put every table into its publication"
			a.Needs = "15-publications.sql; from here on no DDL and no new partitions on the source"
			a.Fails = "tables that are being vacuumed or indexed may need a longer --lock-timeout; those that are in stay in"
		}
	}
}
