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
			Find: func(f *Facts) []Finding {
				if !f.Inventory.Server.InRecovery {
					return nil
				}
				return about("server", "", "It is in recovery.")
			},
		},
		{
			Code: "RP102", Engines: Logical, Title: "the primary has to restart once", Severity: Warning, Since: "0.1", Needs: []string{"settings", "standbys"},
			Why: "These settings take effect at a start only. Standbys first: one that offers less than its primary asks for shuts down (up to 13) or stops replaying (14 and newer).",
			Fix: "plan the restart as an event of its own, days before; 10-source/12-settings.sh shows and sets them in the right order",
			Find: func(f *Facts) []Finding {
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
			Code: "RP103", Engines: ByDMS, Title: "pglogical is not an allowed output plugin", Severity: Warning, Since: "0.1",
			Versions: Versions{Source: Majors{From: 1400}},
			Why:      "Since the minor releases of August 2026 output_plugin_libraries lists the libraries that may decode. Without pglogical in it slots cannot be created or read: library \"pglogical\" may not be used as an output plugin.",
			Fix:      "ALTER SYSTEM SET output_plugin_libraries = 'pgoutput, test_decoding, pglogical'; SELECT pg_reload_conf()",
			Find: func(f *Facts) []Finding {
				v, ok := f.setting("output_plugin_libraries")
				if !ok || !f.pglogical() || listed(v, "pglogical") {
					return nil
				}
				return about("server", "", "output_plugin_libraries is %s.", v)
			},
		},
		{
			Code: "RP104", Engines: BySlots, Title: "slot name taken by something else", Severity: Error, Since: "0.1",
			Why: "A slot with a planned name is there already, with another plugin or for another database. It belongs to somebody.",
			Fix: "choose another slots.prefix; drop the slot only if you know whose it is",
			Find: func(f *Facts) []Finding {
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
			Code: "RP105", Engines: Logical, Title: "somebody else's logical slots", Severity: Warning, Since: "0.1",
			Why: "Each logical slot decodes all WAL of the cluster and holds it back until its reader has confirmed it. Those here are not the plan's; they count against slots, senders, CPU and disk.",
			Fix: "find out whose they are, and drop the ones nobody reads: pg_drop_replication_slot",
			Find: func(f *Facts) []Finding {
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
			Code: "RP106", Engines: Engines{DMS}, Title: "another pglogical node in the database", Severity: Error, Since: "0.1",
			Why: "A database has one pglogical node. One that is there belongs to another replication, which must not be disturbed.",
			Fix: "find out what uses it; when nothing does: SELECT pglogical.drop_node(…)",
			Find: func(f *Facts) []Finding {
				p := f.Inventory.Replication.Pglogical
				if p == nil || p.Node == "" || p.Node == f.Node || len(f.Groups) == 0 {
					return nil
				}
				return about("node "+analyze.Display(p.Node), "", "The plan creates %s.", f.Node)
			},
		},
		{
			Code: "RP107", Engines: Engines{DMS}, Title: "replication set with the right name and the wrong flags", Severity: Error, Since: "0.1",
			Why: "A set with a planned name is there, but replicates other kinds of changes. Adding tables to it would lose or double changes.",
			Fix: "drop it (SELECT pglogical.drop_replication_set(…)) if nothing uses it, or choose another slots.prefix",
			Find: func(f *Facts) []Finding {
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
			Code: "RP108", Engines: Logical, Title: "lost slot", Severity: Warning, Since: "0.1",
			Versions: Versions{Source: Majors{From: 1300}},
			Why:      "The server has thrown away WAL that the slot still needed. Its reader has a gap that nothing closes, whatever its confirmed position says.",
			Fix:      "drop the slot; for one of this migration: 80-recovery/82-restart-slot.sh",
			Find: func(f *Facts) []Finding {
				var out []Finding
				for _, s := range f.Inventory.Replication.Slots {
					if s.WALStatus == "lost" {
						x := about("slot "+s.Name, "", "wal_status is lost.")
						if planned(f, s.Name) {
							x[0].Severity = Error // this migration's own
						}
						out = append(out, x...)
					}
				}
				return out
			},
		},
		{
			Code: "RP109", Engines: Logical, Title: "the source subscribes to another server", Severity: Warning, Since: "0.1", Needs: []string{"subscriptions"},
			Versions: Versions{Source: Majors{From: 1000}},
			Why:      "Rows come in by a subscription. Whether they are decoded again, and what feeds the target of that subscription after the cutover, has to be decided.",
			Fix:      "decide for each subscription where it goes at the cutover",
			Find: func(f *Facts) []Finding {
				if len(f.Inventory.Replication.Subscriptions) == 0 {
					return nil
				}
				return about("database", "", "%s.", some(f.Inventory.Replication.Subscriptions))
			},
		},
		{
			Code: "RP110", Engines: Engines{DMS}, Title: "node connection string with a password", Severity: Error, Since: "0.1",
			Why: "pglogical keeps a node's connection string in clear text in a table that many roles can read. The plan's node needs none.",
			Fix: "pglogical.alter_node_drop_interface and _add_interface with a string without a password, and change that password",
			Find: func(f *Facts) []Finding {
				if p := f.Inventory.Replication.Pglogical; p == nil || !p.NodePassword {
					return nil
				}
				return about("node "+analyze.Display(f.Inventory.Replication.Pglogical.Node), "", "Its interface holds a password.")
			},
		},
		{
			Code: "RP111", Engines: Logical, Title: "idle slots are invalidated", Severity: Warning, Since: "0.1",
			Versions: Versions{Source: Majors{From: 1800}},
			Why:      "A slot waits idle from its creation to the start of change data capture. With idle_replication_slot_timeout (18) the server gives it up meanwhile.",
			Fix:      "ALTER SYSTEM SET idle_replication_slot_timeout = 0; SELECT pg_reload_conf()",
			Find: func(f *Facts) []Finding {
				v, ok := f.setting("idle_replication_slot_timeout")
				if !ok || v == "0" {
					return nil
				}
				return about("server", "", "idle_replication_slot_timeout is %s.", v)
			},
		},
		{
			Code: "RP112", Engines: Logical, Title: "max_slot_wal_keep_size too small for the plan", Severity: Error, Since: "0.1",
			Versions: Versions{Source: Majors{From: 1300}},
			Why:      "The slots will hold more WAL than the setting allows. The server then invalidates them, and the migration starts anew.",
			Fix:      "raise max_slot_wal_keep_size to what the disk can bear, or shorten the load",
			Find: func(f *Facts) []Finding {
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
			Code: "RP113", Engines: Logical, Title: "logical slots do not survive a failover", Severity: Note, Since: "0.1",
			Versions: Versions{Source: Majors{To: 1600}},
			Why:      "Before version 17 a standby has no copy of the logical slots. When the primary fails over, or is restored, during the migration, it starts anew.",
			Fix:      "no planned failover, no maintenance of the primary from the creation of the slots to the cutover; pause the failover manager's automatic promotion of the maintenance replica",
			Find: func(f *Facts) []Finding {
				if len(f.Groups) == 0 {
					return nil
				}
				return about("server", "", "Version %s.", f.Inventory.Server.Version)
			},
		},
		{
			Code: "RP114", Engines: Logical, Title: "wal_sender_timeout is off for everybody", Severity: Warning, Since: "0.1",
			Versions: Versions{Source: Majors{From: 1200}},
			Why:      "0 switches off the detection of dead connections for every sender, physical standbys too. A dead reader then keeps its slot active, and its successor cannot connect.",
			Fix:      "from 12 on: ALTER ROLE of the replication role SET wal_sender_timeout, and the global setting back to its default",
			Find: func(f *Facts) []Finding {
				v, ok := f.setting("wal_sender_timeout")
				if !ok || v != "0" {
					return nil
				}
				return about("server", "", "wal_sender_timeout is 0.")
			},
		},
		{
			Code: "RP115", HandOff: FromReplica, Title: "an Aurora source cannot be paused", Severity: Error, Since: "0.1",
			Why: "Aurora's readers share the writer's storage and replay no WAL, so there is no standby that can stand still at an LSN. The whole load rests on one.",
			Fix: "engine: native with native.handoff: snapshot copies from the source itself; else another route: promote a replica, or let AWS DMS load the rows itself",
			Find: func(f *Facts) []Finding {
				if f.Inventory.Server.Managed != "aurora" || len(f.Groups) == 0 {
					return nil
				}
				return about("server", "", "The source is Aurora.")
			},
		},
		{
			Code: "RP116", HandOff: FromReplica, Title: "the replica of an RDS source has to be pausable", Severity: Warning, Since: "0.1",
			Why: "On a managed replica the right to pause replay is not the owner's to give. Without it there is no LSN to hand over.",
			Fix: "try it on the replica, in a quiet moment: SELECT pg_wal_replay_pause(), then pg_wal_replay_resume(); where it is refused, engine: native with native.handoff: snapshot needs no replica",
			Find: func(f *Facts) []Finding {
				if f.Inventory.Server.Managed != "rds" || len(f.Groups) == 0 {
					return nil
				}
				return about("replica", "", "The source is RDS.")
			},
		},
		{
			Code: "RP117", Engines: Logical, Title: "publication that does not travel", Severity: Warning, Since: "0.1",
			Why:      "Publications are left out of the schema dump, and their subscribers read from slots of the source. After the cutover they get nothing more, without an error.",
			Fix:      "decide for each subscriber how it goes on: a publication and a new slot on the target, and a subscription that starts where the old one ended",
			Versions: Versions{Source: Majors{From: 1000}},
			Find: func(f *Facts) []Finding {
				var names []string
				for _, p := range f.Inventory.Replication.Publications {
					names = append(names, analyze.Display(p.Name))
				}
				if len(names) == 0 {
					return nil
				}
				return about("database", "", "%s: %s.", analyze.Count(len(names), "publication"), some(names))
			},
		},
		{
			Code: "RP118", Engines: Logical, Title: "two-phase commit is possible", Severity: Note, Since: "0.1",
			Why: "With max_prepared_transactions above 0 an application may prepare transactions. None was there when the inventory was taken; each one stops the creation of slots, and AWS DMS does not support them.",
			Fix: "ask whether anything uses PREPARE TRANSACTION; verify looks for them at every gate up to the pause",
			Find: func(f *Facts) []Finding {
				n := number(f.Inventory.Settings, "max_prepared_transactions")
				if n <= 0 || len(f.Groups) == 0 {
					return nil
				}
				return about("server", "", "max_prepared_transactions is %d.", n)
			},
		},
		{
			Code: "RP119", Engines: ByDMS, Title: "managed server of version 10.4", Severity: Error, Since: "0.1",
			Why:      "AWS DMS does not take RDS or Aurora PostgreSQL 10.4 as a source (AWS DMS user guide, limitations).",
			Fix:      "upgrade to a later minor release of 10 first",
			Versions: Versions{Source: Majors{From: 1000, To: 1000}},
			Find: func(f *Facts) []Finding {
				if f.Inventory.Server.Managed == "" || f.Inventory.Server.VersionNum != 100004 {
					return nil
				}
				return about("server", "", "Version %s.", f.Inventory.Server.Version)
			},
		},
		{
			Code: "RP120", Engines: Logical, Title: "nothing limits what slots hold", Severity: Note, Since: "0.1",
			Why: "A slot that nobody reads keeps all WAL until the disk is full, and then production stops. From 13 on max_slot_wal_keep_size lets production win: the slot is given up, and the migration begins anew.",
			Fix: "from 13 on: set wal.source_free_bytes, and 10-source/12-settings.sh sets the limit to nine tenths of it; before 13: an alarm on free disk, and 80-recovery/81-abort.sh at hand",
			Find: func(f *Facts) []Finding {
				v, ok := f.setting("max_slot_wal_keep_size")
				limited := ok && v != "-1" || slices.ContainsFunc(f.Settings, func(s Setting) bool { return s.Name == "max_slot_wal_keep_size" })
				if limited || len(f.Groups) == 0 {
					return nil
				}
				if !ok {
					return about("server", "", "Version %s has no limit to set.", f.Inventory.Server.Version)
				}
				return about("server", "", "max_slot_wal_keep_size is -1.")
			},
		},
		{
			Code: "RP121", Engines: Engines{DMS}, Title: "wal_sender_timeout that AWS DMS does not live with", Severity: Error, Since: "0.1",
			Why:      "AWS DMS takes 0, or ten seconds to five minutes; with less its task fails. Up to 11 a role cannot have a value of its own.",
			Fix:      "ALTER SYSTEM SET wal_sender_timeout = '60s'; SELECT pg_reload_conf()",
			Versions: Versions{Source: Majors{To: 1100}},
			Find: func(f *Facts) []Finding {
				n := number(f.Inventory.Settings, "wal_sender_timeout") // ms
				if n <= 0 || n >= 10_000 && n < 300_000 || len(f.Groups) == 0 {
					return nil
				}
				x := about("server", "", "It is %d ms.", n)
				if n >= 300_000 {
					x[0].Severity = Warning // a dead connection keeps its slot for that long
				}
				return x
			},
		},
	}
}

func planned(f *Facts, slot string) bool {
	return slices.ContainsFunc(f.Groups, func(g Group) bool { return g.Slot == slot })
}

func ours(f *Facts, s analyze.Slot) bool {
	return s.Type == "logical" && strings.HasPrefix(s.Plugin, map[bool]string{false: "pglogical", true: "pgoutput"}[f.Engine == Native]) && s.Database == f.Inventory.Database.Name
}

func listed(value, name string) bool {
	for s := range strings.SplitSeq(value, ",") {
		if strings.Trim(strings.TrimSpace(s), `"'`) == name {
			return true
		}
	}
	return false
}
