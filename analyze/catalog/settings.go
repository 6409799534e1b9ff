package catalog

import (
	"regexp"
	"slices"
	"strings"

	"github.com/pgcutover/pgcutover/analyze"
)

// telling are the settings that say something about a migration even where they have their default.
var telling = map[string]bool{}

func init() {
	for _, name := range []string{
		// logical decoding and its cost
		"wal_level", "max_replication_slots", "max_wal_senders", "max_worker_processes", "max_logical_replication_workers",
		"max_sync_workers_per_subscription", "max_parallel_apply_workers_per_subscription", "max_active_replication_origins",
		"logical_decoding_work_mem", "output_plugin_libraries", "wal_sender_timeout", "wal_receiver_timeout",
		"track_commit_timestamp", "shared_preload_libraries", "session_preload_libraries", "local_preload_libraries",
		// WAL that a slot or a paused standby holds back
		"max_slot_wal_keep_size", "idle_replication_slot_timeout", "wal_keep_segments", "wal_keep_size", "min_wal_size", "max_wal_size",
		"wal_segment_size", "archive_mode", "full_page_writes", "wal_compression", "checkpoint_timeout", "fsync", "synchronous_commit",
		"synchronous_standby_names", "synchronized_standby_slots", "sync_replication_slots",
		// what a standby must follow its primary in, and how it resolves conflicts
		"max_connections", "max_prepared_transactions", "max_locks_per_transaction", "hot_standby", "hot_standby_feedback",
		"max_standby_streaming_delay", "max_standby_archive_delay", "recovery_min_apply_delay", "recovery_target_action", "primary_slot_name",
		"wal_receiver_status_interval", "wal_receiver_create_temp_slot", "vacuum_defer_cleanup_age",
		// how values are written and read
		"server_encoding", "client_encoding", "lc_collate", "lc_ctype", "lc_monetary", "lc_numeric", "lc_time", "TimeZone", "timezone_abbreviations",
		"DateStyle", "IntervalStyle", "extra_float_digits", "bytea_output", "integer_datetimes", "xmlbinary", "xmloption",
		"standard_conforming_strings", "default_with_oids", "default_toast_compression", "default_text_search_config", "array_nulls",
		// what a load and a session run into
		"statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout", "idle_session_timeout", "transaction_timeout",
		"session_replication_role", "row_security", "default_transaction_read_only", "superuser_reserved_connections", "reserved_connections",
		"maintenance_work_mem", "work_mem", "shared_buffers", "effective_io_concurrency", "max_parallel_maintenance_workers",
		"max_parallel_workers", "max_parallel_workers_per_gather", "autovacuum", "autovacuum_max_workers", "autovacuum_freeze_max_age",
		"vacuum_freeze_min_age", "track_counts", "default_statistics_target", "default_table_access_method", "default_tablespace",
		"password_encryption", "search_path", "block_size", "data_checksums", "event_triggers", "jit", "cluster_name",
	} {
		telling[strings.ToLower(name)] = true
	}
}

// secretName matches settings whose value can hold a password or a key: commands and connection strings among them.
var secretName = regexp.MustCompile(`(?i)(conninfo|_command$|cleanup_command|passphrase|passw(or)?d|secret|token|credential|api_?key|private|dsn|license)`)

// notSecret are names that only look as if they held one.
var notSecret = map[string]bool{"password_encryption": true, "ssl_passphrase_command_supports_reload": true}

// knownPrefixes are the extensions whose settings are about the server; any other name with a dot may be an application's own
// (ALTER DATABASE … SET app.key = …), and may hold anything.
var knownPrefixes = []string{"apg_", "aurora", "auto_explain", "autoprewarm", "cron", "pg_stat_statements", "pg_hint_plan", "pg_partman_bgw",
	"pg_prewarm", "pgaudit", "pglogical", "plpgsql", "rds", "timescaledb", "citus"}

// secret reports whether a setting's value has to stay on the server.
func secret(name string) bool {
	if notSecret[strings.ToLower(name)] {
		return false
	}
	if secretName.MatchString(name) {
		return true
	}
	prefix, _, custom := strings.Cut(strings.ToLower(name), ".")
	return custom && !slices.ContainsFunc(knownPrefixes, func(p string) bool { return prefix == p || strings.HasSuffix(p, "_") && strings.HasPrefix(prefix, p) })
}

// keptSetting reports whether a setting belongs into the inventory: it tells about a migration, or somebody changed it.
func keptSetting(s analyze.Setting) bool {
	if telling[strings.ToLower(s.Name)] {
		return s.Source != "client" && s.Source != "session" || s.Name == "server_encoding"
	}
	switch s.Source {
	case "default", "override", "client", "session":
		return strings.HasPrefix(s.Name, "rds.")
	}
	return true
}

// readSettings has to come first in its transaction: once our own settings are made, the defaults of the database and of
// the role no longer show.
func (r *reader) readSettings() error {
	r.inv.Server.VersionNum = serverMajor(r.conn) * 100 // until readServer knows better
	var s analyze.Setting
	var unit *string
	return r.each("settings", nil, []any{&s.Name, &s.Value, &unit, &s.Source, &s.Context, &s.PendingRestart}, func() error {
		s.Unit = ""
		if unit != nil {
			s.Unit = *unit
		}
		r.session.settings = append(r.session.settings, s)
		return nil
	})
}

// keepSettings puts the settings that matter into the inventory, without the values that could be secrets.
func (r *reader) keepSettings() {
	for _, s := range r.session.settings {
		if !keptSetting(s) {
			continue
		}
		if secret(s.Name) {
			if s.Value != "" && s.Value != "(disabled)" { // archive_command says so when archive_mode is off
				r.unknown("setting", s.Name, "left out, because its value can hold a password", "")
			}
			continue
		}
		r.inv.Settings = append(r.inv.Settings, s)
	}
	if !r.session.readAllSettings {
		grant := ""
		if r.major() >= 1000 {
			grant = "GRANT pg_read_all_settings TO " + r.me()
		}
		r.unknown("settings", "", "the server hides some settings from this role, shared_preload_libraries among them", grant)
	}
}

// keepRoleSettings filters the settings of one row of pg_db_role_setting, each of the form name=value.
func (r *reader) keepRoleSettings(row analyze.RoleSetting) analyze.RoleSetting {
	var kept []string
	for _, pair := range row.Settings {
		name, _, _ := strings.Cut(pair, "=")
		if secret(name) {
			r.unknown("role setting", strings.Join(slices.DeleteFunc([]string{row.Database, row.Role, name}, func(s string) bool { return s == "" }), "/"), "left out, because its value can hold a password", "")
			continue
		}
		kept = append(kept, pair)
	}
	slices.Sort(kept)
	row.Settings = kept
	return row
}
