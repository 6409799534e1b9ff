package hazard

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/pgcutover/pgcutover/analyze"
)

// replicationRules are about slots, sets and what the source has to be set to.
func replicationRules() []Rule {
	return []Rule{
		{
			Code: "RP101", Title: "the source is a standby", Severity: Error, Since: "0.1",
			Why: "Slots, sets and markers are made on the primary; a standby takes no writes.",
			Fix: "analyze with --source pointing to the primary and --replica to the standby",
			Find: func(f Facts) []Finding {
				if !f.Inventory.Server.InRecovery {
					return nil
				}
				return about("server", "", "It is in recovery.")
			},
		},
		{
			Code: "RP102", Title: "the primary has to restart once", Severity: Warning, Since: "0.1", Needs: []string{"settings", "standbys"},
			Why: "These settings take effect at a start only. Standbys first: one that offers less than its primary asks for shuts down (up to 13) or stops replaying (14 and newer).",
			Fix: "plan the restart as an event of its own, days before; 10-source/12-settings.sh shows and sets them in the right order",
			Find: func(f Facts) []Finding {
				byServer := map[string][]string{}
				for _, s := range f.Settings {
					if s.Restart {
						byServer[s.On] = append(byServer[s.On], s.Name+" = "+s.To)
					}
				}
				var out []Finding
				for _, on := range slices.Sorted(maps.Keys(byServer)) {
					out = append(out, about(on, "", "%s.", strings.Join(byServer[on], "; "))...)
				}
				return out
			},
		},
		{
			Code: "RP103", Title: "pglogical is not an allowed output plugin", Severity: Warning, Since: "0.1",
			Why: "Since the minor releases of August 2026 output_plugin_libraries lists the libraries that may decode. Without pglogical in it slots cannot be created or read: library \"pglogical\" may not be used as an output plugin.",
			Fix: "ALTER SYSTEM SET output_plugin_libraries = 'pgoutput, test_decoding, pglogical'; SELECT pg_reload_conf()",
			Find: func(f Facts) []Finding {
				v, ok := f.setting("output_plugin_libraries")
				if !ok || listed(v, "pglogical") {
					return nil
				}
				return about("server", "", "output_plugin_libraries is %s.", v)
			},
		},
		{
			Code: "RP104", Title: "slot name taken by something else", Severity: Error, Since: "0.1",
			Why: "A slot with a planned name is there already, with another plugin or for another database. It belongs to somebody.",
			Fix: "choose another slots.prefix; drop the slot only if you know whose it is",
			Find: func(f Facts) []Finding {
				var out []Finding
				for _, s := range f.Inventory.Replication.Slots {
					for _, g := range f.Groups {
						if s.Name == g.Slot && !ours(f, s) {
							out = append(out, about("slot "+s.Name, "", "Type %s, plugin %q, database %q.", s.Type, s.Plugin, s.Database)...)
						}
					}
				}
				return out
			},
		},
		{
			Code: "RP105", Title: "somebody else's logical slots", Severity: Warning, Since: "0.1",
			Why: "Each logical slot decodes all WAL of the cluster and holds it back until its reader has confirmed it. Those here are not the plan's; they count against slots, senders, CPU and disk.",
			Fix: "find out whose they are, and drop the ones nobody reads: pg_drop_replication_slot",
			Find: func(f Facts) []Finding {
				var out []Finding
				for _, s := range f.Inventory.Replication.Slots {
					if s.Type != "logical" || planned(f, s.Name) {
						continue
					}
					detail := fmt.Sprintf("Plugin %s, database %s", s.Plugin, analyze.Display(s.Database))
					if !s.Active {
						detail += ", nobody reads it"
					}
					if s.RetainedBytes != nil {
						detail += ", holds " + gigabytes(*s.RetainedBytes) + " of WAL"
					}
					out = append(out, about("slot "+s.Name, "", "%s.", detail)...)
				}
				return out
			},
		},
		{
			Code: "RP106", Title: "another pglogical node in the database", Severity: Error, Since: "0.1",
			Why: "A database has one pglogical node. One that is there belongs to another replication, which must not be disturbed.",
			Fix: "find out what uses it; when nothing does: SELECT pglogical.drop_node(…)",
			Find: func(f Facts) []Finding {
				p := f.Inventory.Replication.Pglogical
				if p == nil || p.Node == "" || p.Node == f.Node || len(f.Groups) == 0 {
					return nil
				}
				return about("node "+analyze.Display(p.Node), "", "The plan creates %s.", f.Node)
			},
		},
		{
			Code: "RP107", Title: "replication set with the right name and the wrong flags", Severity: Error, Since: "0.1",
			Why: "A set with a planned name is there, but replicates other kinds of changes. Adding tables to it would lose or double changes.",
			Fix: "drop it (SELECT pglogical.drop_replication_set(…)) if nothing uses it, or choose another slots.prefix",
			Find: func(f Facts) []Finding {
				p := f.Inventory.Replication.Pglogical
				if p == nil {
					return nil
				}
				var out []Finding
				for _, s := range p.Sets {
					for _, g := range f.Groups {
						updates := s.Name == g.UpdateSet && (s.Insert || s.Truncate || !s.Update || !s.Delete)
						inserts := s.Name == g.InsertSet && (!s.Insert || !s.Truncate || s.Update || s.Delete)
						if updates || inserts {
							out = append(out, about("set "+analyze.Display(s.Name), "", "Replicates insert %t, update %t, delete %t, truncate %t.", s.Insert, s.Update, s.Delete, s.Truncate)...)
						}
					}
				}
				return out
			},
		},
		{
			Code: "RP108", Title: "lost slot", Severity: Warning, Since: "0.1",
			Why: "The server has thrown away WAL that the slot still needed. Its reader has a gap that nothing closes, whatever its confirmed position says.",
			Fix: "drop the slot; for one of this migration: 80-recovery/82-restart-slot.sh",
			Find: func(f Facts) []Finding {
				var out []Finding
				for _, s := range f.Inventory.Replication.Slots {
					if s.WALStatus == "lost" {
						out = append(out, about("slot "+s.Name, "", "wal_status is lost.")...)
					}
				}
				return out
			},
		},
		{
			Code: "RP109", Title: "the source subscribes to another server", Severity: Warning, Since: "0.1", Needs: []string{"subscriptions"},
			Why: "Rows come in by a subscription. Whether they are decoded again, and what feeds the target of that subscription after the cutover, has to be decided.",
			Fix: "decide for each subscription where it goes at the cutover",
			Find: func(f Facts) []Finding {
				if len(f.Inventory.Replication.Subscriptions) == 0 {
					return nil
				}
				return about("database", "", "%s.", some(f.Inventory.Replication.Subscriptions))
			},
		},
		{
			Code: "RP110", Title: "node connection string with a password", Severity: Error, Since: "0.1",
			Why: "pglogical keeps a node's connection string in clear text in a table that many roles can read. The plan's node needs none.",
			Fix: "pglogical.alter_node_drop_interface and _add_interface with a string without a password, and change that password",
			Find: func(f Facts) []Finding {
				if p := f.Inventory.Replication.Pglogical; p == nil || !p.NodePassword {
					return nil
				}
				return about("node "+analyze.Display(f.Inventory.Replication.Pglogical.Node), "", "Its interface holds a password.")
			},
		},
		{
			Code: "RP111", Title: "idle slots are invalidated", Severity: Warning, Since: "0.1",
			Why: "A slot waits idle from its creation to the start of change data capture. With idle_replication_slot_timeout (18) the server gives it up meanwhile.",
			Fix: "ALTER SYSTEM SET idle_replication_slot_timeout = 0; SELECT pg_reload_conf()",
			Find: func(f Facts) []Finding {
				v, ok := f.setting("idle_replication_slot_timeout")
				if !ok || v == "0" {
					return nil
				}
				return about("server", "", "idle_replication_slot_timeout is %s.", v)
			},
		},
		{
			Code: "RP112", Title: "max_slot_wal_keep_size too small for the plan", Severity: Error, Since: "0.1",
			Why: "The slots will hold more WAL than the setting allows. The server then invalidates them, and the migration starts anew.",
			Fix: "raise max_slot_wal_keep_size to what the disk can bear, or shorten the load",
			Find: func(f Facts) []Finding {
				v, ok := f.setting("max_slot_wal_keep_size")
				mb, err := strconv.ParseInt(v, 10, 64)
				need := f.Figures.SourceWALBytes
				if !ok || err != nil || mb < 0 || need == nil || mb<<20 >= *need {
					return nil
				}
				return about("server", "", "It is %s, the plan estimates %s.", gigabytes(mb<<20), gigabytes(*need))
			},
		},
		{
			Code: "RP113", Title: "logical slots do not survive a failover", Severity: Note, Since: "0.1",
			Why: "Before version 17 a standby has no copy of the logical slots. When the primary fails over, or is restored, during the migration, it starts anew.",
			Fix: "no planned failover, no maintenance of the primary from the creation of the slots to the cutover; pause the failover manager's automatic promotion of the maintenance replica",
			Find: func(f Facts) []Finding {
				if len(f.Groups) == 0 || f.Inventory.Server.VersionNum >= 170000 {
					return nil
				}
				return about("server", "", "Version %s.", f.Inventory.Server.Version)
			},
		},
		{
			Code: "RP114", Title: "wal_sender_timeout is off for everybody", Severity: Warning, Since: "0.1",
			Why: "0 switches off the detection of dead connections for every sender, physical standbys too. A dead reader then keeps its slot active, and its successor cannot connect.",
			Fix: "from 12 on: ALTER ROLE of the replication role SET wal_sender_timeout, and the global setting back to its default",
			Find: func(f Facts) []Finding {
				v, ok := f.setting("wal_sender_timeout")
				if !ok || v != "0" || f.Inventory.Server.Major() < 1200 {
					return nil
				}
				return about("server", "", "wal_sender_timeout is 0.")
			},
		},
		{
			Code: "RP115", Title: "an Aurora source cannot be paused", Severity: Error, Since: "0.1",
			Why: "Aurora's readers share the writer's storage and replay no WAL, so there is no standby that can stand still at an LSN. The whole load rests on one.",
			Fix: "use another route: promote a replica, or let AWS DMS load the rows itself",
			Find: func(f Facts) []Finding {
				if f.Inventory.Server.Managed != "aurora" || len(f.Groups) == 0 {
					return nil
				}
				return about("server", "", "The source is Aurora.")
			},
		},
		{
			Code: "RP116", Title: "the replica of an RDS source has to be pausable", Severity: Warning, Since: "0.1",
			Why: "On a managed replica the right to pause replay is not the owner's to give. Without it there is no LSN to hand over.",
			Fix: "try it on the replica, in a quiet moment: SELECT pg_wal_replay_pause(), then pg_wal_replay_resume(); where it is refused, take another route",
			Find: func(f Facts) []Finding {
				if f.Inventory.Server.Managed != "rds" || len(f.Groups) == 0 {
					return nil
				}
				return about("replica", "", "The source is RDS.")
			},
		},
	}
}

func planned(f Facts, slot string) bool {
	return slices.ContainsFunc(f.Groups, func(g Group) bool { return g.Slot == slot })
}

func ours(f Facts, s analyze.Slot) bool {
	return s.Type == "logical" && strings.HasPrefix(s.Plugin, "pglogical") && s.Database == f.Inventory.Database.Name
}

func listed(value, name string) bool {
	for s := range strings.SplitSeq(value, ",") {
		if strings.Trim(strings.TrimSpace(s), `"'`) == name {
			return true
		}
	}
	return false
}

// serverRules are about which servers they are and what is going on there.
func serverRules() []Rule {
	return []Rule{
		{
			Code: "RP201", Title: "the replica is not a standby of the source", Severity: Error, Since: "0.1", Needs: []string{"replica identity", "system identifier", "replica: system identifier"},
			Why: "The rows are copied from a paused physical standby, and the LSN it stands at is the one where the slots take over. That holds only for a standby of this very primary, on the same timeline.",
			Fix: "analyze with --replica pointing to a physical standby of the source",
			Find: func(f Facts) []Finding {
				r := f.Inventory.Replica
				if r == nil {
					return nil
				}
				s := f.Inventory.Server
				switch {
				case !r.Server.InRecovery:
					return about("replica", "", "It is not in recovery.")
				case s.SystemIdentifier != "" && r.Server.SystemIdentifier != "" && s.SystemIdentifier != r.Server.SystemIdentifier:
					return about("replica", "", "System identifier %s, the source has %s.", r.Server.SystemIdentifier, s.SystemIdentifier)
				case s.Timeline != 0 && r.Server.Timeline != 0 && s.Timeline != r.Server.Timeline:
					return about("replica", "", "Timeline %d, the source is on %d.", r.Server.Timeline, s.Timeline)
				}
				return nil
			},
		},
		{
			Code: "RP202", Title: "the replica lags", Severity: Warning, Since: "0.1",
			Why: "The pause has to wait until the replica has replayed past the last slot and the last membership. A replica far behind delays it, and holds WAL meanwhile.",
			Fix: "find out what it waits for: a long query, a slow disk, recovery_min_apply_delay",
			Find: func(f Facts) []Finding {
				r := f.Inventory.Replica
				if r == nil || r.Paused || r.LagSeconds == nil || *r.LagSeconds <= 60 {
					return nil
				}
				return about("replica", "", "%d seconds behind.", *r.LagSeconds)
			},
		},
		{
			Code: "RP203", Title: "no replica was looked at", Severity: Note, Since: "0.1",
			Why: "Whether the maintenance replica is a standby of the source, keeps up and offers what the primary needs was not judged.",
			Fix: "analyze with --replica; verify preflight looks at it in any case",
			Find: func(f Facts) []Finding {
				if f.Inventory.Replica != nil {
					return nil
				}
				return about("replica", "", "The inventory has none.")
			},
		},
		{
			Code: "RP204", Title: "hot_standby_feedback on the replica", Severity: Warning, Since: "0.1",
			Why: "A standby that stands still goes on telling the primary the oldest transaction it knows. Vacuum on the primary keeps every dead row from then on, for the whole pause. While paused the setting has no use: nothing is replayed, so nothing conflicts.",
			Fix: "switch it off on the replica for the pause: ALTER SYSTEM SET hot_standby_feedback = off; SELECT pg_reload_conf()",
			Find: func(f Facts) []Finding {
				if f.Inventory.Replica == nil {
					return nil
				}
				if v, _ := valueOf(f.Inventory.Replica.Settings, "hot_standby_feedback"); v != "on" {
					return nil
				}
				return about("replica", "", "hot_standby_feedback is on.")
			},
		},
		{
			Code: "RP205", Title: "prepared transactions", Severity: Error, Since: "0.1", Needs: []string{"prepared transactions"},
			Why: "The creation of a slot waits until every prepared transaction has ended, maybe for ever, and AWS DMS does not support two-phase commit.",
			Fix: "COMMIT PREPARED or ROLLBACK PREPARED what is in pg_prepared_xacts, and keep applications from preparing more",
			Find: func(f Facts) []Finding {
				if n := f.Inventory.Activity.PreparedTransactions; n != nil && *n > 0 {
					return about("server", "", "%s.", analyze.Count(*n, "prepared transaction"))
				}
				return nil
			},
		},
		{
			Code: "RP206", Title: "long write transactions", Severity: Warning, Since: "0.1", Needs: []string{"activity"},
			Why: "The creation of a slot waits for every transaction of the whole cluster that was open when it began, other databases and idle sessions included.",
			Fix: "create the slots in a quiet time; find out what keeps transactions open; set idle_in_transaction_session_timeout",
			Find: func(f Facts) []Finding {
				if s := f.Inventory.Activity.OldestWriteSeconds; s != nil && *s > 60 {
					return about("server", "", "The oldest was %d seconds old.", *s)
				}
				return nil
			},
		},
		{
			Code: "RP207", Title: "source and target are the same server", Severity: Error, Since: "0.1", Needs: []string{"target identity"},
			Why: "The target has the source's system identifier: it is the source, or one of its standbys.",
			Fix: "analyze with --target pointing to the new server",
			Find: func(f Facts) []Finding {
				t := f.Inventory.Target
				if t == nil || t.Server.SystemIdentifier == "" || t.Server.SystemIdentifier != f.Inventory.Server.SystemIdentifier {
					return nil
				}
				return about("target", "", "System identifier %s.", t.Server.SystemIdentifier)
			},
		},
		{
			Code: "RP208", Title: "the target is not empty", Severity: Error, Since: "0.1",
			Why: "The schema is created and the rows are loaded into an empty database. What is there already would collide with them, or be mistaken for them.",
			Fix: "create a new database for the target",
			Find: func(f Facts) []Finding {
				if t := f.Inventory.Target; t == nil || t.Tables == 0 {
					return nil
				}
				return about("target", "", "It has %s.", analyze.Count(f.Inventory.Target.Tables, "table"))
			},
		},
		{
			Code: "RP209", Title: "the target is older than the source", Severity: Error, Since: "0.1",
			Why: "A schema dump of a newer version uses syntax and types that an older server does not know.",
			Fix: "take a target of the source's major version or a newer one",
			Find: func(f Facts) []Finding {
				if f.Target.VersionNum == 0 || f.Target.VersionNum/100 >= f.Inventory.Server.Major() {
					return nil
				}
				return about("target", "", "Version %d, the source has %d.", f.Target.VersionNum, f.Inventory.Server.VersionNum)
			},
		},
		{
			Code: "RP210", Title: "the target is a standby", Severity: Error, Since: "0.1",
			Why: "A standby takes no writes.",
			Fix: "analyze with --target pointing to the primary of the new cluster",
			Find: func(f Facts) []Finding {
				if t := f.Inventory.Target; t == nil || !t.Server.InRecovery {
					return nil
				}
				return about("target", "", "It is in recovery.")
			},
		},
		{
			Code: "RP211", Title: "no target was looked at", Severity: Note, Since: "0.1",
			Why: "Whether the target has the extensions, the encoding and the version that the source needs was not judged.",
			Fix: "analyze with --target; verify preflight looks at it in any case",
			Find: func(f Facts) []Finding {
				if f.Inventory.Target != nil {
					return nil
				}
				return about("target", "", "The inventory has none.")
			},
		},
	}
}
