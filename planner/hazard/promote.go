package hazard

import (
	"fmt"
	"slices"
	"strings"

	"github.com/pgcutover/pgcutover/analyze"
)

// Aurora is an Aurora cluster that begins as a read replica of the source.
type Aurora struct {
	EngineVersion string            // in full, such as 13.12
	VersionNum    int               // of the same, as server_version_num
	Encrypted     bool              // its storage
	Readers       int               // made after the promotion
	Carried       map[string]string // parameters of its groups
	WALBytes      *int64            // that the source keeps while the replica is made; nil: not known
}

// mostAurora is the largest volume of an Aurora cluster whatever its version; newer ones take 256 TiB (Aurora user guide, size limits).
const mostAurora = int64(128) << 40

// replicating are the engines that may make an Aurora read replica; rules about it are silent where none is made.
var replicating = Engines{Promote, DMSFull}

// tellingParameters are settings by which an application notices that a parameter group is missing, with PostgreSQL's default. What RDS sets by itself
// for every instance is not among them.
var tellingParameters = map[string]string{
	"bytea_output": "hex", "datestyle": "ISO, MDY", "default_text_search_config": "pg_catalog.simple", "default_toast_compression": "pglz", "default_transaction_isolation": "read committed",
	"default_transaction_read_only": "off", "escape_string_warning": "on", "extra_float_digits": "1", "idle_in_transaction_session_timeout": "86400000", "intervalstyle": "postgres",
	"jit": "on", "lock_timeout": "0", "pgaudit.log": "none", "rds.force_ssl": "", "rds.logical_replication": "off", "row_security": "on", "search_path": `"$user", public`,
	"session_replication_role": "origin", "standard_conforming_strings": "on", "statement_timeout": "0", "temp_file_limit": "-1", "timezone": "UTC",
	"track_commit_timestamp": "off", "transform_null_equals": "off", "xmlbinary": "base64", "xmloption": "content",
}

// preloadedByRDS are libraries that RDS and Aurora load by themselves.
var preloadedByRDS = []string{"rdsutils", "aurora_stat_utils", "aurora_wal", "pg_stat_statements"}

// promoteRules are about an Aurora read replica of an RDS instance and its promotion.
func promoteRules() []Rule {
	return []Rule{
		{
			Code: "PR101", Engines: replicating, Title: "source that is no RDS for PostgreSQL instance", Severity: Error, Since: "0.1",
			Why: "AWS makes Aurora read replicas of RDS for PostgreSQL instances alone, of the same account and Region. A server of one's own has to come to RDS or Aurora by another way, and an Aurora cluster is there already.",
			Fix: `another engine: "dms", "dms-full" or "native"`,
			Find: func(f *Facts) []Finding {
				if f.Aurora == nil || f.Inventory.Server.Managed == "rds" {
					return nil
				}
				if f.Inventory.Server.Managed == "aurora" {
					return about("server", "", "It is Aurora already.")
				}
				return about("server", "", "Nothing shows that RDS manages it.")
			},
		},
		{
			Code: "PR102", Engines: replicating, Title: "Aurora of another major version", Severity: Error, Since: "0.1",
			Why: "A physical replica reads the source's WAL and data files, which every major version writes in its own way. AWS refuses to make it, and no acceptance changes that.",
			Fix: `aurora.engine_version of the source's major version, and an upgrade of the cluster in place after the promotion; or another engine, which changes the version on the way: "dms", "dms-full" or "native"`,
			Find: func(f *Facts) []Finding {
				if f.Aurora == nil || f.Aurora.VersionNum/100 == f.Inventory.Server.Major() {
					return nil
				}
				return about("target", "", "Aurora PostgreSQL %s, the source has %s.", f.Aurora.EngineVersion, f.Inventory.Server.Version)
			},
		},
		{
			Code: "PR103", Engines: replicating, Title: "Aurora of an older minor version", Severity: Error, Since: "0.1",
			Why: "The replica takes the source's version or a higher minor one. AWS refuses an older one.",
			Fix: "aurora.engine_version of the source's minor version or a newer one, of those that the Region offers",
			Find: func(f *Facts) []Finding {
				if f.Aurora == nil || f.Aurora.VersionNum/100 != f.Inventory.Server.Major() || f.Aurora.VersionNum >= f.Inventory.Server.VersionNum {
					return nil
				}
				return about("target", "", "Aurora PostgreSQL %s, the source has %s.", f.Aurora.EngineVersion, f.Inventory.Server.Version)
			},
		},
		{
			Code: "PR104", Engines: replicating, Title: "what only AWS tells", Severity: Note, Since: "0.1",
			Why: "Whether the Region offers this version and class, whether the source has automated backups, an Aurora replica already (it can have one) or a replica in another Region (then it can have none), and whether it is encrypted, is in no inventory.",
			Fix: "pgcutover verify preflight asks AWS; so does 20-aurora/21-deploy.sh --dry-run",
			Find: func(f *Facts) []Finding {
				if f.Aurora == nil {
					return nil
				}
				return about("database", "", "Aurora PostgreSQL %s was not looked for.", f.Aurora.EngineVersion)
			},
		},
		{
			Code: "PR105", Engines: replicating, Title: "more data than an Aurora volume holds", Severity: Error, Since: "0.1",
			Why: "The volume of an Aurora cluster grows by itself up to 128 TiB, with newer versions to 256 TiB. It holds the whole instance, other databases and WAL included.",
			Fix: "look up the limit of the version; else move to RDS, or divide the database",
			Find: func(f *Facts) []Finding {
				if n := f.Inventory.Database.Bytes; f.Aurora == nil || n == nil || *n <= mostAurora {
					return nil
				}
				return about("database", "", "%s in this database alone.", gigabytes(*f.Inventory.Database.Bytes))
			},
		},
		{
			Code: "PR106", Engines: Engines{Promote}, Title: "logical slot that does not come along", Severity: Warning, Since: "0.1",
			Why: "Slots are files of the source's own, and no part of WAL. Whoever reads one finds none on the target, and has to begin anew with a copy, or at a moment when nothing is written.",
			Fix: "with its owner: while both servers are frozen, let the reader come to the end of the source's slot, and create one on the target before 70-cutover/75-open.sh; rds.logical_replication has to be in aurora.cluster_parameters",
			Find: func(f *Facts) []Finding {
				var out []Finding
				for _, s := range f.Inventory.Replication.Slots {
					if s.Type != "logical" {
						continue
					}
					x := about("slot "+s.Name, "", "Plugin %s, database %s, read by somebody.", s.Plugin, analyze.Display(s.Database))
					if s.Active {
						x[0].Severity = Error
					} else {
						x[0].Detail = fmt.Sprintf("Plugin %s, database %s, read by nobody now.", s.Plugin, analyze.Display(s.Database))
					}
					out = append(out, x...)
				}
				return out
			},
		},
		{
			Code: "PR107", Engines: replicating, Title: "subscription that comes along", Severity: Error, Since: "0.1", Needs: []string{"subscriptions"},
			Why: "It is in the catalogs, and so on the promoted cluster, enabled: there it asks the publisher for the same slot that the source reads. Whichever gets it, the other one misses the changes.",
			Fix: "ALTER SUBSCRIPTION … DISABLE on the source, which travels: before 20-aurora/23-dry-run.sh (ENABLE there again once the copy is deleted), and before the freeze; ALTER SUBSCRIPTION … ENABLE on the target once it is open, and never again on the source; then accept. Of a replica that is emptied (full.schema: replica): DISABLE before the promotion, ENABLE on the source after it, DROP on the target with slot_name = NONE; or full.schema: dump",
			Find: func(f *Facts) []Finding {
				if f.Aurora == nil {
					return nil
				}
				var out []Finding
				for _, s := range f.Inventory.Replication.Subscriptions {
					out = append(out, about("subscription "+analyze.Display(s), "", "The source subscribes to another server.")...)
				}
				return out
			},
		},
		{
			Code: "PR108", Engines: replicating, Title: "jobs that would run on both sides", Severity: Warning, Since: "0.1",
			Why: "Jobs of a scheduler are rows, and come along. On the promoted cluster they run where its library is loaded, which is a matter of the parameter group; on the source they go on, frozen or not.",
			Fix: "make them inactive on the source before 20-aurora/23-dry-run.sh (active again once the copy is deleted) and before the freeze, and active on the target once it is open; shared_preload_libraries and cron.database_name belong into aurora's parameters. Of a replica that is emptied: leave the library out of these until the cutover",
			Find: func(f *Facts) []Finding {
				if f.Aurora == nil {
					return nil
				}
				var out []Finding
				for _, e := range f.Inventory.Extensions {
					if slices.Contains([]string{"pg_cron", "pg_partman"}, e.Name) {
						out = append(out, about("extension "+e.Name, "", "Version %s is installed.", e.Version)...)
					}
				}
				return out
			},
		},
		{
			Code: "PR109", Engines: Engines{Promote}, Title: "foreign servers seen from another place", Severity: Warning, Since: "0.1",
			Why: "Foreign servers and their user mappings come along. The promoted cluster has another address and other security groups: what the source reaches, it may not.",
			Fix: "let the cluster's security groups through to them; the dry run shows whether they answer: 20-aurora/23-dry-run.sh",
			Find: func(f *Facts) []Finding {
				if len(f.Inventory.Objects.ForeignServers) == 0 {
					return nil
				}
				return about("database", "", "%s.", some(f.Inventory.Objects.ForeignServers))
			},
		},
		{
			Code: "PR110", Engines: replicating, Title: "extension whose library Aurora may lack", Severity: Note, Since: "0.1",
			Why: "Extensions come along as catalogs have them; their libraries are Aurora's own. Where one is missing, or older than the installed version, its functions fail. The lists of RDS and Aurora differ, and change with every version.",
			Fix: "look the version up in AWS's list of extensions for Aurora PostgreSQL; with the engine promote 70-cutover/74-look-over.sh and the dry run see it on the replica",
			Find: func(f *Facts) []Finding {
				if f.Aurora == nil {
					return nil
				}
				var out []Finding
				var unknown []string
				looked := f.Inventory.Target // another server than Aurora of this major version has other extensions
				if looked != nil && (looked.Server.Managed != "aurora" || looked.Server.Major() != f.Inventory.Server.Major()) {
					looked = nil
				}
				for _, e := range f.Inventory.Extensions {
					if e.Name == "plpgsql" {
						continue
					}
					if looked == nil {
						unknown = append(unknown, e.Name+" "+e.Version)
						continue
					}
					if !slices.ContainsFunc(looked.Available, func(x analyze.Extension) bool { return x.Name == e.Name }) {
						x := about("extension "+analyze.Display(e.Name), "drop what uses it before the replica is made, or keep to RDS", "Version %s is installed, and the replica does not have it.", e.Version)
						x[0].Severity = Error
						out = append(out, x...)
					}
				}
				if len(unknown) > 0 {
					out = append(out, about("database", "", "Not looked at: %s.", some(unknown))...)
				}
				return out
			},
		},
		{
			Code: "PR111", Engines: Engines{Promote}, Title: "setting that no parameter group carries", Severity: Warning, Since: "0.1", Needs: []string{"settings"},
			Why: "Parameter groups of RDS are not for Aurora, and none comes along. What was set in the source's group, and is in neither of the cluster's, has Aurora's default from the promotion on.",
			Fix: "aurora.cluster_parameters or aurora.instance_parameters; or accept Aurora's default",
			Find: func(f *Facts) []Finding {
				if f.Aurora == nil {
					return nil
				}
				var out []Finding
				for _, s := range f.Inventory.Settings {
					name := strings.ToLower(s.Name)
					if _, carried := f.Aurora.Carried[name]; carried || s.Source != "configuration file" && s.Source != "command line" && s.Source != "" {
						continue
					}
					if name == "shared_preload_libraries" {
						var own []string
						for lib := range strings.SplitSeq(s.Value, ",") {
							if lib = strings.Trim(strings.TrimSpace(lib), `"`); lib != "" && !slices.Contains(preloadedByRDS, lib) {
								own = append(own, lib)
							}
						}
						if len(own) > 0 {
							out = append(out, about("setting "+name, "", "%s.", strings.Join(own, ", "))...)
						}
						continue
					}
					if usual, tells := tellingParameters[name]; tells && !strings.EqualFold(s.Value, usual) && s.Value != "" {
						out = append(out, about("setting "+name, fmt.Sprintf("aurora.instance_parameters or cluster_parameters: {%s: …} as RDS writes it; or accept Aurora's default", name), "%q on the source.", s.Value)...)
					}
				}
				return out
			},
		},
		{
			Code: "PR112", Engines: replicating, Title: "prepared transactions come along", Severity: Error, Since: "0.1", Needs: []string{"prepared transactions"},
			Why: "What is prepared on the source is prepared on the promoted cluster, with its locks. Committed on one side alone it is on that side alone; no freeze ends it.",
			Fix: "COMMIT PREPARED or ROLLBACK PREPARED what is in pg_prepared_xacts, and keep applications from preparing more",
			Find: func(f *Facts) []Finding {
				if n := f.Inventory.Activity.PreparedTransactions; f.Aurora != nil && n != nil && *n > 0 {
					return about("server", "", "%s.", analyze.Count(*n, "prepared transaction"))
				}
				return nil
			},
		},
		{
			Code: "PR113", Engines: Engines{Promote}, Title: "transactions that the freeze has to end", Severity: Warning, Since: "0.1", Needs: []string{"activity"},
			Why: "The freeze ends every session. What a long transaction did is rolled back then, and done again by whoever does it; and the replica has to replay what it wrote.",
			Fix: "keep long jobs away from the cutover; find out what keeps transactions open",
			Find: func(f *Facts) []Finding {
				if s := f.Inventory.Activity.OldestWriteSeconds; s != nil && *s > 600 {
					return about("server", "", "The oldest that wrote was %d seconds old.", *s)
				}
				return nil
			},
		},
		{
			Code: "PR114", Engines: replicating, Title: "WAL that the source keeps for the replica", Severity: Error, Since: "0.1",
			Why: "From the snapshot until the replica has read it the source keeps its WAL. A full disk stops production.",
			Fix: "more storage before 20-aurora/21-deploy.sh, a quieter time; the alarms of the stack watch it, and 20-aurora/24-delete.sh frees it",
			Find: func(f *Facts) []Finding {
				if f.Aurora == nil {
					return nil
				}
				if f.Aurora.WALBytes == nil || f.Figures.SourceFreeBytes == nil {
					x := about("server", "set wal.source_free_bytes in the configuration, and analyze with --sample", "How much that is, or how much storage is free, is not known.")
					x[0].Severity = Note
					return x
				}
				return disk("server", f.Aurora.WALBytes, f.Figures.SourceFreeBytes)
			},
		},
		{
			Code: "PR115", Engines: Engines{Promote}, Title: "no reader before the promotion", Severity: Warning, Since: "0.1",
			Why: "A replica cluster has one instance. From the promotion until its readers are there the writer has every read; where there are fewer of them than the source has replicas, it keeps some.",
			Fix: "aurora.readers; move the reads of the application last, when 70-cutover/77-readers.sh is done. The read replicas of the source go on serving meanwhile, where logins are left alone: 71-freeze.sh --readers",
			Find: func(f *Facts) []Finding {
				if f.Aurora == nil || len(f.Inventory.Replication.Standbys) == 0 && f.Aurora.Readers > 0 {
					return nil
				}
				standbys := analyze.Count(len(f.Inventory.Replication.Standbys), "standby that streams from the source")
				if n := len(f.Inventory.Replication.Standbys); n != 1 {
					standbys = fmt.Sprintf("%d standbys that stream from the source", n)
				}
				return about("target", "", "%s, %s planned.", standbys, analyze.Count(f.Aurora.Readers, "reader"))
			},
		},
		{
			Code: "PR116", Engines: Engines{Promote}, Title: "the whole instance moves", Severity: Note, Since: "0.1",
			Why: "Physical replication knows no databases. Each one of the instance is on the promoted cluster, as it was at that moment; the freeze is of the plan's alone.",
			Fix: "10-source/11-preflight.sh lists the others; whoever uses one stops its writers at the cutover",
			Find: func(f *Facts) []Finding {
				if f.Aurora == nil {
					return nil
				}
				return about("server", "", "With %s moves what else there is.", analyze.Display(f.Inventory.Database.Name))
			},
		},
		{
			Code: "PR117", Engines: Engines{Promote}, Title: "no way back without loss", Severity: Note, Since: "0.1",
			Why: "Once the target is open, the source lacks what is written there, and nothing carries it back. Before, the source is given back as it was.",
			Fix: "decide before the cutover how long such a loss may be; where there must be none, the engine native has native.way_back",
			Find: func(f *Facts) []Finding {
				if f.Aurora == nil {
					return nil
				}
				return about("database", "", "From 70-cutover/75-open.sh on.")
			},
		},
		{
			Code: "PR118", Engines: Engines{Promote}, Title: "text sorted by another machine's library", Severity: Warning, Since: "0.1",
			Why: "Indexes come along as they are, sorted by the C library of the source. Aurora brings its own; where the two sort otherwise, an index misses rows, and a unique one lets duplicates in.",
			Fix: "the dry run, then 70-cutover/74-look-over.sh: it compares the versions that the server has noted (of databases from 15 on); amcheck's bt_index_check on the promoted copy proves the order of an index. REINDEX what differs, before 75-open.sh",
			Find: func(f *Facts) []Finding {
				d := f.Inventory.Database
				if d.LocaleProvider == "builtin" || d.Collate == "C" || d.Collate == "POSIX" {
					return nil
				}
				x := about("database", "", "It sorts by %s (%s).", d.Collate, d.LocaleProvider)
				if stale := len(f.Inventory.Objects.StaleCollations); stale > 0 {
					x[0].Detail += fmt.Sprintf(" On the source %s of another version than the library's already.", analyze.Count(stale, "collation"))
				}
				return x
			},
		},
		{
			Code: "PR119", Engines: Engines{Promote}, Title: "invalid index that comes along", Severity: Warning, Since: "0.1",
			Why: "An index that a failed CREATE INDEX CONCURRENTLY or REINDEX left behind is on the target as well: no query uses it, and every write maintains it.",
			Fix: "drop it, or rebuild it on the source: REINDEX INDEX CONCURRENTLY (12 and newer)",
			Tables: func(_ *Facts, t *analyze.Table, _ Fate) []Finding {
				var bad []string
				for _, x := range t.Indexes {
					if !x.Valid {
						bad = append(bad, analyze.Display(x.Name))
					}
				}
				if len(bad) == 0 {
					return nil
				}
				return one(t, "", "%s.", some(bad))
			},
		},
		{
			Code: "PR120", Engines: Engines{Promote}, Title: "transaction ids running out", Severity: Warning, Since: "0.1",
			Why: "The replica's slot and its feedback hold back vacuum on the source for as long as the replica is being made. The age of the database comes along.",
			Fix: "VACUUM (FREEZE) the oldest tables before the replica is made",
			Find: func(f *Facts) []Finding {
				if f.Inventory.Database.FrozenXIDAge < 1_000_000_000 {
					return nil
				}
				return about("database", "", "Its oldest transaction id is %d transactions old.", f.Inventory.Database.FrozenXIDAge)
			},
		},
	}
}
