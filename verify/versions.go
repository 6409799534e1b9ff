package verify

import (
	"errors"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"
)

// oldNames are the functions and columns that PostgreSQL 10 renamed, new name first.
var oldNames = strings.NewReplacer(
	"pg_current_wal_insert_lsn", "pg_current_xlog_insert_location",
	"pg_current_wal_flush_lsn", "pg_current_xlog_flush_location",
	"pg_last_wal_replay_lsn", "pg_last_xlog_replay_location",
	"pg_last_wal_receive_lsn", "pg_last_xlog_receive_location",
	"pg_is_wal_replay_paused", "pg_is_xlog_replay_paused",
	"pg_walfile_name", "pg_xlogfile_name",
)

// walNames writes a statement in the words of a version: before 10 the log was called xlog and its positions locations.
func walNames(versionNum int, sql string) string {
	if versionNum < 100000 {
		return oldNames.Replace(sql)
	}
	return sql
}

// denied tells whether a server refused for want of rights.
func denied(err error) bool {
	pe, ok := errors.AsType[*pgconn.PgError](err)
	return ok && pe.Code == "42501"
}

// absent tells whether a statement named a relation, column, function or schema that is not there.
func absent(err error) bool {
	pe, ok := errors.AsType[*pgconn.PgError](err)
	return ok && (pe.Code == "42P01" || pe.Code == "42703" || pe.Code == "42883" || pe.Code == "3F000")
}
