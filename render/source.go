package render

import (
	"fmt"
	"slices"

	"github.com/pgcutover/pgcutover/analyze"
	"github.com/pgcutover/pgcutover/planner"
)

// sourceView is what the templates of 10-source see.
type sourceView struct {
	Guard         guard
	Rights        rights
	Head          head
	Schema        string // pgcutover's own
	Native        bool
	WayBack       bool // changes of the target go back
	Snapshots     bool
	Full          bool   // AWS DMS copies the rows
	Replica       bool   // a replica is paused
	Plugin        string // output plugin of the slots
	Publish       string // by the publication of a slot
	Inserts       string // by the one of tables without an identity
	Node, Role    string
	DSN           string // of the node: no host, user or password
	Major         int64
	Xlog          bool
	Managed       bool
	SourceManaged string
	Schemas       []string // of the tables that are replicated
	Tables        []analyze.Name
	Markers       []analyze.Name
	Groups        []planner.Group
	Members       []member
	Settings      []setting
}

// member is a table in the sets of a slot.
type member struct {
	Slot  string
	Kind  string // both: updates and deletes, and inserts; insert: only inserts
	Table analyze.Name
}

// setting is a setting of the plan and how a server's value is judged.
type setting struct {
	On, Name, To string
	Compare      string // exact, least or list
	Takes        string // restart or reload
	Reason       string
}

// listSettings take a comma-separated list to which elements are added.
var listSettings = []string{"shared_preload_libraries", "output_plugin_libraries", "session_preload_libraries"}

// limits are settings of which more than planned is good too.
var limits = []string{
	"max_connections", "max_locks_per_transaction", "max_logical_replication_workers", "max_prepared_transactions", "max_replication_slots",
	"max_active_replication_origins", "max_sync_workers_per_subscription", "max_wal_senders", "max_worker_processes",
}

func settingsOf(p planner.Plan) []setting {
	out := make([]setting, len(p.Settings))
	for i, s := range p.Settings {
		out[i] = setting{On: s.On, Name: s.Name, To: s.To, Compare: "exact", Takes: "reload", Reason: s.Reason}
		switch {
		case slices.Contains(listSettings, s.Name):
			out[i].Compare = "list"
		case slices.Contains(limits, s.Name):
			out[i].Compare = "least"
		}
		if s.Restart {
			out[i].Takes = "restart"
		}
	}
	return out
}

// membersOf lists the tables of every slot, its marker first.
func membersOf(p planner.Plan) []member {
	handling := make(map[analyze.Name]planner.Handling, len(p.Tables))
	for _, t := range p.Tables {
		handling[t.Name] = t.Handling
	}
	var out []member
	for _, g := range p.Groups {
		out = append(out, member{g.Slot, "both", g.Marker})
		for _, t := range g.Tables {
			kind := "both"
			if handling[t] == planner.InsertsOnly {
				kind = "insert"
			}
			out = append(out, member{g.Slot, kind, t})
		}
	}
	return out
}

// secondsPerMember is what one psql session and one short lock take.
const secondsPerMember = 0.1

// source makes 10-source: everything that is done on the primary, in the order that leaves no gap.
func source(p planner.Plan) ([]Artifact, error) {
	if physical(p) {
		return promoteSource(p)
	}
	dsn, err := conninfo("dbname", p.Source.Database)
	if err != nil {
		return nil, fmt.Errorf("database: %w", err)
	}
	v := sourceView{
		Rights: rightsOf(p, OnSource), Schema: p.Names.Schema, Native: native(p), Snapshots: p.Options.Snapshots(), Full: full(p), Replica: paused(p), Plugin: pluginOf(p), WayBack: wayBack(p), Node: nodeOf(p), Role: p.Names.Role,
		DSN:   dsn,
		Major: major(p.Source.VersionNum), Xlog: xlog(p), Managed: p.Source.Managed != "", SourceManaged: p.Source.Managed,
		Groups: p.Groups, Members: membersOf(p), Settings: settingsOf(p),
	}
	if p.Native != nil {
		v.Publish, v.Inserts = p.Native.Publish, p.Native.Inserts
	}
	for _, t := range p.Tables {
		if t.Handling.Copied() {
			v.Tables = append(v.Tables, t.Name)
		}
	}
	v.Schemas = v.Rights.Schemas
	for _, g := range p.Groups {
		v.Markers = append(v.Markers, g.Marker)
	}
	out := []Artifact{
		{
			Path: "10-source/11-preflight.sh", Mode: 0o755, On: OnSource, Step: true,
			Title: "Look for whatever would stop the migration on the source and the replica",
			Rerun: "as often as you like: it only reads",
			Fails: "it lists everything at once, each with its remedy; the next step sets the settings, then run this again",
		},
		{
			Path: "10-source/12-settings.sh", Mode: 0o755, On: OnSource, Step: true,
			Title: "Show and set what the servers have to be configured with, standbys first",
			Needs: "a maintenance window for the restarts, where any are needed",
			Usage: []string{"--check", "--apply standby", "--apply source", "--apply target"}, Minutes: "minutes, and the restarts",
			Fails: "what was set before it failed stays set and can be set again; restart nothing before the standbys have it",
			Gate:  "preflight",
			Rerun: "sets only what is still missing", Undo: "ALTER SYSTEM RESET name, then restart the source before the standbys",
		},
		{
			Path: "10-source/13-role.sql", Mode: 0o644, On: OnSource, Step: true,
			Title: "Create the role of change data capture, without a password and without the right to log in",
			Fails: "it is one transaction: nothing is left of it",
			Rerun: "changes nothing that is right already", Undo: "DROP OWNED BY the role, then DROP ROLE",
		},
		{
			Path: "10-source/14-markers.sql", Mode: 0o644, On: OnSource, Step: true,
			Fails: "it is one transaction: nothing is left of it",
			Title: "Create a marker table for each slot", Rerun: "keeps the tables and rows that are there",
			Undo: "80-recovery/81-abort.sh",
		},
		{
			Path: "10-source/15-node.sql", Mode: 0o644, On: OnSource, Step: true,
			Title: "Create the pglogical node and two replication sets for each slot", Needs: "14-markers.sql, and pglogical loaded",
			Fails: "node or sets of somebody else stand in the way: find out whose they are before you drop anything",
			Rerun: "keeps what is there, refuses what was made for something else", Undo: "80-recovery/81-abort.sh",
		},
		{
			Path: "10-source/16-members.sh", Mode: 0o755, On: OnSource, Step: true,
			Title: "Put every table into its replication sets", Needs: "15-node.sql; from here on no DDL, no new partitions and no TRUNCATE on the source",
			Minutes: minutes(float64(len(v.Members)) * secondsPerMember),
			Fails:   "tables that are written to all the time may need a quieter hour or a longer --lock-timeout; those that are in stay in",
			Rerun:   "adds what is missing", Undo: "80-recovery/81-abort.sh",
		},
		{
			Path: "10-source/17-slots.sh", Mode: 0o755, On: OnSource, Step: true,
			Title: "Create the replication slots", Needs: "16-members.sh, and no transaction that has been writing for long",
			Minutes: "as long as the longest writing transaction",
			Fails:   "end the transactions that it names, in whatever database they are, and run it again; a wait given up leaves no slot",
			Rerun:   "creates what is missing; refuses slots that it did not make", Undo: "80-recovery/81-abort.sh", Gate: "ready-to-pause",
		},
	}
	if v.Native {
		publications(out)
	}
	if !v.Replica {
		out[0].Title = "Look for whatever would stop the migration on the source"
		out[1].Usage = slices.DeleteFunc(out[1].Usage, func(s string) bool { return s == "--apply standby" })
	}
	if v.Snapshots {
		out = slices.DeleteFunc(out, func(a Artifact) bool { return a.Path == "10-source/17-slots.sh" }) // slots come with their snapshots, when the load begins
	}
	if v.Full { // AWS DMS makes its slots, and what they decode with
		out = out[:4]
		if v.Plugin == "pglogical" {
			out[2].Usage, out[2].Needs = []string{"-v superuser=1"}, "a superuser, or a member of rds_superuser: with pglogical AWS DMS makes a node and sets of its own, which takes as much"
		}
		out[2].Title, out[3].Title = "Create the role that AWS DMS reads with, without a password and without the right to log in", "Create a marker table for each task"
	}
	return fillAll(p, out, func(a Artifact) any {
		v.Guard, v.Head = guardOf(p, a), headOf(a)
		return v
	})
}
