package hazard

import (
	"fmt"
	"slices"
	"strings"

	"github.com/pgcutover/pgcutover/analyze"
)

// serverRules are about which servers they are and what is going on there.
func serverRules() []Rule {
	return []Rule{
		{
			Code: "RP201", HandOff: FromReplica, Title: "the replica is not a standby of the source", Severity: Error, Since: "0.1", Needs: []string{"replica identity", "system identifier", "replica: system identifier"},
			Why: "The rows are copied from a paused physical standby, and the LSN it stands at is the one where the slots take over. That holds only for a standby of this very primary, on the same timeline.",
			Fix: "analyze with --replica pointing to a physical standby of the source",
			Find: func(f *Facts) []Finding {
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
			Code: "RP202", HandOff: FromReplica, Title: "the replica lags", Severity: Warning, Since: "0.1",
			Why: "The pause has to wait until the replica has replayed past the last slot and the last membership. A replica far behind delays it, and holds WAL meanwhile.",
			Fix: "find out what it waits for: a long query, a slow disk, recovery_min_apply_delay",
			Find: func(f *Facts) []Finding {
				r := f.Inventory.Replica
				if r == nil || r.Paused || r.LagSeconds == nil || *r.LagSeconds <= 60 {
					return nil
				}
				return about("replica", "", "%d seconds behind.", *r.LagSeconds)
			},
		},
		{
			Code: "RP203", HandOff: FromReplica, Title: "no replica was looked at", Severity: Note, Since: "0.1",
			Why: "Whether the maintenance replica is a standby of the source, keeps up and offers what the primary needs was not judged.",
			Fix: "analyze with --replica; verify preflight looks at it in any case",
			Find: func(f *Facts) []Finding {
				if f.Inventory.Replica != nil {
					return nil
				}
				return about("replica", "", "The inventory has none.")
			},
		},
		{
			Code: "RP204", HandOff: FromReplica, Title: "hot_standby_feedback on the replica", Severity: Warning, Since: "0.1",
			Why: "A standby that stands still goes on telling the primary the oldest transaction it knows. Vacuum on the primary keeps every dead row from then on, for the whole pause. While paused the setting has no use: nothing is replayed, so nothing conflicts.",
			Fix: "switch it off on the replica for the pause: ALTER SYSTEM SET hot_standby_feedback = off; SELECT pg_reload_conf()",
			Find: func(f *Facts) []Finding {
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
			Code: "RP205", Engines: Logical, Title: "prepared transactions", Severity: Error, Since: "0.1", Needs: []string{"prepared transactions"},
			Why: "The creation of a slot waits until every prepared transaction has ended, maybe for ever, and AWS DMS does not support two-phase commit.",
			Fix: "COMMIT PREPARED or ROLLBACK PREPARED what is in pg_prepared_xacts, and keep applications from preparing more",
			Find: func(f *Facts) []Finding {
				if n := f.Inventory.Activity.PreparedTransactions; n != nil && *n > 0 {
					return about("server", "", "%s.", analyze.Count(*n, "prepared transaction"))
				}
				return nil
			},
		},
		{
			Code: "RP206", Engines: Logical, Title: "long write transactions", Severity: Warning, Since: "0.1", Needs: []string{"activity"},
			Why: "The creation of a slot waits for every transaction of the whole cluster that was open when it began, other databases and idle sessions included.",
			Fix: "create the slots in a quiet time; find out what keeps transactions open; set idle_in_transaction_session_timeout",
			Find: func(f *Facts) []Finding {
				if s := f.Inventory.Activity.OldestWriteSeconds; s != nil && *s > 60 {
					return about("server", "", "The oldest was %d seconds old.", *s)
				}
				return nil
			},
		},
		{
			Code: "RP207", Engines: Logical, Title: "source and target are the same server", Severity: Error, Since: "0.1", Needs: []string{"target identity"},
			Why: "The target has the source's system identifier: it is the source, or one of its standbys.",
			Fix: "analyze with --target pointing to the new server",
			Find: func(f *Facts) []Finding {
				t := f.Inventory.Target
				if t == nil || f.Aurora != nil || t.Server.SystemIdentifier == "" || t.Server.SystemIdentifier != f.Inventory.Server.SystemIdentifier {
					return nil
				}
				return about("target", "", "System identifier %s.", t.Server.SystemIdentifier)
			},
		},
		{
			Code: "RP208", Engines: Logical, Title: "the target is not empty", Severity: Error, Since: "0.1",
			Why: "The schema is created and the rows are loaded into an empty database. What is there already would collide with them, or be mistaken for them.",
			Fix: "create a new database for the target",
			Find: func(f *Facts) []Finding {
				if t := f.Inventory.Target; t == nil || f.Aurora != nil || t.Tables == 0 { // a replica has all tables, and is emptied
					return nil
				}
				return about("target", "", "It has %s.", analyze.Count(f.Inventory.Target.Tables, "table"))
			},
		},
		{
			Code: "RP209", Engines: Logical, Title: "the target is older than the source", Severity: Error, Since: "0.1",
			Why: "A schema dump of a newer version uses syntax and types that an older server does not know.",
			Fix: "take a target of the source's major version or a newer one",
			Find: func(f *Facts) []Finding {
				if f.Target.VersionNum == 0 || f.Target.VersionNum/100 >= f.Inventory.Server.Major() {
					return nil
				}
				return about("target", "", "Version %d, the source has %d.", f.Target.VersionNum, f.Inventory.Server.VersionNum)
			},
		},
		{
			Code: "RP210", Engines: Logical, Title: "the target is a standby", Severity: Error, Since: "0.1",
			Why: "A standby takes no writes.",
			Fix: "analyze with --target pointing to the primary of the new cluster",
			Find: func(f *Facts) []Finding {
				if t := f.Inventory.Target; t == nil || !t.Server.InRecovery {
					return nil
				}
				return about("target", "", "It is in recovery.")
			},
		},
		{
			Code: "RP211", Engines: Logical, Title: "no target was looked at", Severity: Note, Since: "0.1",
			Why: "Whether the target has the extensions, the encoding and the version that the source needs was not judged.",
			Fix: "analyze with --target; verify preflight looks at it in any case",
			Find: func(f *Facts) []Finding {
				if f.Inventory.Target != nil {
					return nil
				}
				return about("target", "", "The inventory has none.")
			},
		},
		{
			Code: "RP212", Title: "foreign keys and triggers are off for everybody on the target", Severity: Error, Since: "0.1",
			Why: "session_replication_role = replica in a parameter group or configuration file is good for the apply and bad for the application: after the cutover its writes pass foreign keys and triggers by, and nobody notices.",
			Fix: "set it back to origin on the target; AWS DMS sets it for its own sessions (AfterConnectScript)",
			Find: func(f *Facts) []Finding {
				if f.Inventory.Target == nil {
					return nil
				}
				if v, _ := valueOf(f.Inventory.Target.Settings, "session_replication_role"); v == "" || v == "origin" {
					return nil
				}
				return about("target", "", "session_replication_role is not origin.")
			},
		},
		{
			Code: "RP213", Engines: ByDMS, Title: "timeouts that end sessions on the target", Severity: Warning, Since: "0.1",
			Why: "AWS DMS keeps transactions open without work in them and runs batches that take long. A timeout of the server, of the database or of all roles ends them; the task starts over, or fails. The load sets its own.",
			Fix: "ALTER ROLE of the apply's role SET statement_timeout = 0, idle_in_transaction_session_timeout = 0, and so on for each",
			Find: func(f *Facts) []Finding {
				if f.Inventory.Target == nil {
					return nil
				}
				var set []string
				for _, name := range []string{"statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout", "idle_session_timeout", "transaction_timeout"} {
					if n := number(f.Inventory.Target.Settings, name); n > 0 {
						set = append(set, fmt.Sprintf("%s (%d ms)", name, n))
					}
				}
				if len(set) == 0 {
					return nil
				}
				return about("target", "", "%s.", strings.Join(set, ", "))
			},
		},
		{
			Code: "RP214", HandOff: FromReplica, Title: "commits that wait for a standby", Severity: Warning, Since: "0.1",
			Why: "A paused standby receives and flushes, but applies nothing. If it is one that commits wait for with synchronous_commit = remote_apply, every commit on the primary hangs from the pause on; with other values it does once the standby stops or its disk is full.",
			Fix: "take the maintenance replica out of synchronous_standby_names, with a reload, before the pause",
			Find: func(f *Facts) []Finding {
				v, _ := f.setting("synchronous_standby_names")
				waits := slices.ContainsFunc(f.Inventory.Replication.Standbys, func(s analyze.Standby) bool { return s.SyncState == "sync" || s.SyncState == "quorum" })
				if v == "" && !waits {
					return nil
				}
				commit, _ := f.setting("synchronous_commit")
				x := about("server", "", "synchronous_standby_names is %q, synchronous_commit %s.", v, commit)
				if commit == "remote_apply" {
					x[0].Severity = Error
				}
				return x
			},
		},
		{
			Code: "RP215", HandOff: FromReplica, Title: "replica without a slot of its own", Severity: Note, Since: "0.1",
			Why:      "While it stands still the replica goes on receiving WAL. If its connection breaks for long, a primary that keeps no WAL for it has removed what it needs, and the replica has to be made anew.",
			Fix:      "create a physical slot on the primary and set primary_slot_name on the replica; or make sure that restore_command reaches an archive",
			Versions: Versions{Source: Majors{From: 1200}},
			Find: func(f *Facts) []Finding {
				if f.Inventory.Replica == nil || f.Inventory.Server.Managed != "" {
					return nil
				}
				if v, ok := valueOf(f.Inventory.Replica.Settings, "primary_slot_name"); !ok || v != "" {
					return nil
				}
				return about("replica", "", "primary_slot_name is empty.")
			},
		},
	}
}
