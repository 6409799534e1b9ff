package standin

import (
	"context"
	"fmt"
	"os"
	"time"

	"github.com/jackc/pglogrepl"
	"github.com/jackc/pgx/v5"
)

// control are the control tables of a task on the target, with the columns that AWS DMS makes on PostgreSQL.
type control struct {
	schema string // quoted
	server string
	task   string
	s      Settings
}

func newControl(t Task) control {
	schema := t.Settings.ControlTablesSettings.ControlSchema
	if schema == "" {
		schema = "public"
	}
	host, err := os.Hostname()
	if err != nil {
		host = "localhost"
	}
	return control{quoted(schema), host, t.Resource, t.Settings}
}

// create makes those that the settings ask for. Tasks start at the same time, so one waits for the other.
func (c control) create(ctx context.Context, target *pgx.Conn) error {
	tables := `create table if not exists %[1]s.awsdms_apply_exceptions ("TASK_NAME" varchar(128) not null, "TABLE_OWNER" varchar(128) not null, "TABLE_NAME" varchar(128) not null,
		"ERROR_TIME" timestamp not null, "STATEMENT" text not null, "ERROR" text not null);`
	if c.s.TargetMetadata.TaskRecoveryTableEnabled {
		tables += `create table if not exists %[1]s.awsdms_txn_state ("SERVER_NAME" varchar(128) not null, "TASK_NAME" varchar(128) not null, "STATE_TIME" timestamp, "CHECKPOINT" varchar(1024),
			unique ("SERVER_NAME", "TASK_NAME"));`
	}
	if c.s.ControlTablesSettings.StatusTableEnabled {
		tables += `create table if not exists %[1]s.awsdms_status (server_name varchar(128) not null, task_name varchar(128) not null, task_status varchar(32), status_time timestamp,
			pending_changes bigint, disk_swap_size bigint, task_memory bigint, source_current_position varchar(128), source_current_timestamp timestamp,
			source_tail_position varchar(128), source_tail_timestamp timestamp, source_timestamp_applied timestamp, unique (server_name, task_name));`
	}
	if c.s.ControlTablesSettings.SuspendedTablesTableEnabled {
		tables += `create table if not exists %[1]s.awsdms_suspended_tables (server_name varchar(128) not null, task_name varchar(128) not null, table_owner varchar(128) not null,
			table_name varchar(128) not null, suspend_reason varchar(32), suspend_timestamp timestamp, unique (server_name, task_name, table_owner, table_name));`
	}
	if c.s.ControlTablesSettings.HistoryTableEnabled {
		tables += `create table if not exists %[1]s.awsdms_history (server_name varchar(128) not null, task_name varchar(128) not null, timeslot_type varchar(32) not null, timeslot timestamp not null,
			timeslot_duration bigint, timeslot_latency bigint, timeslot_records bigint, timeslot_volume bigint, unique (server_name, task_name, timeslot_type, timeslot));`
	}
	if c.s.ControlTablesSettings.FullLoadExceptionTableEnabled { // whose columns no documentation tells
		tables += `create table if not exists %[1]s.awsdms_full_load_exceptions ("TASK_NAME" varchar(128) not null, "TABLE_OWNER" varchar(128) not null, "TABLE_NAME" varchar(128) not null,
			"ERROR_TIME" timestamp not null, "ERROR" text not null);`
	}
	err := pgx.BeginFunc(ctx, target, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, "select pg_advisory_xact_lock(hashtext('awsdms'))"); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, "set local client_min_messages = warning; "+fmt.Sprintf(tables, c.schema))
		return err
	})
	if err != nil {
		return fmt.Errorf("making the control tables in %s: %w", c.schema, err)
	}
	return nil
}

// checkpoint is where the task has got to, zero where nothing tells.
func (c control) checkpoint(ctx context.Context, target *pgx.Conn) (pglogrepl.LSN, error) {
	if !c.s.TargetMetadata.TaskRecoveryTableEnabled {
		return 0, nil
	}
	var at *string
	err := target.QueryRow(ctx, `select max(substring("CHECKPOINT" from '^checkpoint:V1#[0-9]+#([0-9A-F]+/[0-9A-F]+)#')) from `+c.schema+`.awsdms_txn_state where "TASK_NAME" = $1`, c.task).Scan(&at)
	if err != nil {
		return 0, fmt.Errorf("reading the task's checkpoint: %w", err)
	}
	if at == nil {
		return 0, nil
	}
	return pglogrepl.ParseLSN(*at)
}

// reached is the statement that remembers a position, in the transaction that gets there.
func (c control) reached(at pglogrepl.LSN) (sql string, args []any) {
	return `insert into ` + c.schema + `.awsdms_txn_state values ($1, $2, now() at time zone 'utc', $3) on conflict ("SERVER_NAME", "TASK_NAME") do update set "STATE_TIME" = excluded."STATE_TIME", "CHECKPOINT" = excluded."CHECKPOINT"`,
		[]any{c.server, c.task, fmt.Sprintf("checkpoint:V1#1#%08X/%08X#0#0#*#0#0", uint32(at>>32), uint32(at))}
}

// exception writes a change that could not be applied.
func (c control) exception(ctx context.Context, on execer, t *table, statement, cause string) error {
	_, err := on.Exec(ctx, `insert into `+c.schema+`.awsdms_apply_exceptions values ($1, $2, $3, clock_timestamp() at time zone 'utc', $4, $5)`, c.task, t.schema, t.name, statement, cause)
	return err
}

// loadException writes a table that could not be loaded.
func (c control) loadException(ctx context.Context, on execer, t LoadedTable) error {
	if !c.s.ControlTablesSettings.FullLoadExceptionTableEnabled {
		return nil
	}
	_, err := on.Exec(ctx, `insert into `+c.schema+`.awsdms_full_load_exceptions values ($1, $2, $3, clock_timestamp() at time zone 'utc', $4)`, c.task, t.Schema, t.Name, t.err.Error())
	return err
}

// suspend writes a table that nothing is applied to any more.
func (c control) suspend(ctx context.Context, on execer, t *table) error {
	if !c.s.ControlTablesSettings.SuspendedTablesTableEnabled {
		return nil
	}
	_, err := on.Exec(ctx, `insert into `+c.schema+`.awsdms_suspended_tables values ($1, $2, $3, $4, 'Table Error', clock_timestamp() at time zone 'utc') on conflict do nothing`, c.server, c.task, t.schema, t.name)
	return err
}

// suspended are the tables that were suspended before the task was resumed.
func (c control) suspended(ctx context.Context, target *pgx.Conn) (map[[2]string]bool, error) {
	out := map[[2]string]bool{}
	if !c.s.ControlTablesSettings.SuspendedTablesTableEnabled {
		return out, nil
	}
	rows, err := target.Query(ctx, `select table_owner, table_name from `+c.schema+`.awsdms_suspended_tables where task_name = $1`, c.task)
	if err != nil {
		return nil, fmt.Errorf("reading the suspended tables: %w", err)
	}
	var owner, name string
	_, err = pgx.ForEachRow(rows, []any{&owner, &name}, func() error {
		out[[2]string{owner, name}] = true
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("reading the suspended tables: %w", err)
	}
	return out, nil
}

// standing is where a task stands.
type standing struct {
	status          string
	pending         int
	position        pglogrepl.LSN
	source, applied time.Time // of the source's clock; zero: nothing yet
	records         int64
}

// tell writes where the task stands.
func (c control) tell(ctx context.Context, target *pgx.Conn, s standing) error {
	when := func(t time.Time) *time.Time {
		if t.IsZero() {
			return nil
		}
		return &t
	}
	if c.s.ControlTablesSettings.StatusTableEnabled {
		at := fmt.Sprintf("%08X/%08X", uint32(s.position>>32), uint32(s.position))
		_, err := target.Exec(ctx, `insert into `+c.schema+`.awsdms_status values ($1, $2, $3, now() at time zone 'utc', $4, 0, 0, $5, $6::timestamp, $5, $6::timestamp, $7::timestamp)
			on conflict (server_name, task_name) do update set task_status = excluded.task_status, status_time = excluded.status_time, pending_changes = excluded.pending_changes,
			source_current_position = excluded.source_current_position, source_current_timestamp = excluded.source_current_timestamp, source_tail_position = excluded.source_tail_position,
			source_tail_timestamp = excluded.source_tail_timestamp, source_timestamp_applied = excluded.source_timestamp_applied`, c.server, c.task, s.status, s.pending, at, when(s.source), when(s.applied))
		if err != nil {
			return fmt.Errorf("writing awsdms_status: %w", err)
		}
	}
	if minutes := c.s.ControlTablesSettings.HistoryTimeslotInMinutes; c.s.ControlTablesSettings.HistoryTableEnabled && minutes > 0 {
		slot := time.Now().UTC().Truncate(time.Duration(minutes) * time.Minute)
		latency := int64(0)
		if !s.applied.IsZero() {
			latency = max(0, int64(time.Since(s.applied).Seconds()))
		}
		_, err := target.Exec(ctx, `insert into `+c.schema+`.awsdms_history values ($1, $2, 'CHANGE PROCESSING', $3::timestamp, $4, $5, $6, 0) on conflict (server_name, task_name, timeslot_type, timeslot)
			do update set timeslot_latency = excluded.timeslot_latency, timeslot_records = excluded.timeslot_records`, c.server, c.task, slot, minutes, latency, s.records)
		if err != nil {
			return fmt.Errorf("writing awsdms_history: %w", err)
		}
	}
	return nil
}
