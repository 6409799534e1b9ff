package verify_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/pgcutover/pgcutover/analyze"
	"github.com/pgcutover/pgcutover/verify"
)

// controlTables are as AWS DMS makes them on PostgreSQL (a dump of a database that it has written to).
const controlTables = `
create table awsdms_control.awsdms_apply_exceptions ("TASK_NAME" varchar(128) not null, "TABLE_OWNER" varchar(128) not null, "TABLE_NAME" varchar(128) not null,
	"ERROR_TIME" timestamp not null, "STATEMENT" text not null, "ERROR" text not null);
create table awsdms_control.awsdms_txn_state ("SERVER_NAME" varchar(128), "TASK_NAME" varchar(128), "STATE_TIME" timestamp, "CHECKPOINT" varchar(1024), unique ("SERVER_NAME", "TASK_NAME"));
create table awsdms_control.awsdms_status (server_name varchar(128), task_name varchar(128), task_status varchar(32), status_time timestamp, pending_changes int8, disk_swap_size int8, task_memory int8,
	source_current_position varchar(128), source_current_timestamp timestamp, source_tail_position varchar(128), source_tail_timestamp timestamp, source_timestamp_applied timestamp,
	unique (server_name, task_name));
create table awsdms_control.awsdms_suspended_tables (server_name varchar(128), task_name varchar(128), table_owner varchar(128), table_name varchar(128), suspend_reason varchar(32),
	suspend_timestamp timestamp, unique (server_name, task_name, table_owner, table_name));
`

const controlSchema = `create table accounts (id bigint primary key, note text); create table "Odd ""Name" (id int primary key, v text); insert into accounts select i, 'x' from generate_series(1, 100) i;`

// What the control tables of AWS DMS on the target say.
func TestControlTables(t *testing.T) {
	w := emptyWorld(t, controlSchema)
	w.prepareSource()
	w.pause()
	w.load()
	w.replica.MustPsql(t, w.db, "select pg_wal_replay_resume()")
	slot, task := w.plan.Groups[0].Slot, w.plan.DMS.ResourceID(w.plan.DMS.Tasks[0])
	target := func(sql string) { t.Helper(); w.target.MustPsql(t, w.targetDB, sql) }
	answers := func(gate verify.Gate, code string) (out []string) {
		t.Helper()
		for _, r := range w.run(gate, code).Results {
			if r.Check == code {
				out = append(out, strings.TrimSpace(string(r.Status)+" "+r.Subject+": "+r.Detail+" -> "+r.Hint))
			}
		}
		return out
	}
	says := func(lines []string, want ...string) {
		t.Helper()
		require.Len(t, lines, len(want), "%s", strings.Join(lines, "\n"))
		for i, words := range want {
			for word := range strings.SplitSeq(words, "|") {
				require.Contains(t, lines[i], word)
			}
		}
	}
	role := analyze.Ident(w.plan.Names.Role)

	// Before the start.
	says(answers(verify.CDCReady, "G4-ROLE"), "fail "+w.plan.Names.Role+"|does not exist|51-control.sql")
	target("create role " + role + " nologin; create schema awsdms_control")
	says(answers(verify.CDCReady, "G4-ROLE"), "fail|may not set session_replication_role", "fail|its control tables in the schema awsdms_control", `fail|may not read and change pgcutover.|public.accounts|public."Odd ""Name"`, "fail|may not log in|login;")
	target("alter role " + role + " login; grant usage, create on schema awsdms_control to " + role + "; grant usage on schema public, pgcutover to " + role +
		"; grant select, insert, update, delete on all tables in schema public, pgcutover to " + role + "; grant set on parameter session_replication_role to " + role)
	says(answers(verify.CDCReady, "G4-ROLE"), "pass|may change 4 tables")
	target(`revoke delete on "Odd ""Name" from ` + role)
	says(answers(verify.CDCReady, "G4-ROLE"), `fail|may not read and change public."Odd ""Name" -> 50-cdc`)
	says(answers(verify.CDCReady, "G4-CONTROL"), "pass : no rows")
	says(answers(verify.CDC, "G5-EXC"), `skip : the target has no "awsdms_control"."awsdms_apply_exceptions"|G5-READ`)
	says(answers(verify.CDC, "G5-SUSPEND"), "skip")
	says(answers(verify.CDC, "G5-STATUS"), "skip")
	require.Equal(t, 3, w.run(verify.CDC, "G5-EXC").ExitCode(), "what is not known is no pass")
	target(controlTables)
	says(answers(verify.CDCReady, "G4-CONTROL"), "pass")
	says(answers(verify.CDC, "G5-EXC"), "pass : none")
	says(answers(verify.CDC, "G5-SUSPEND"), "pass : none")
	target("insert into awsdms_control.awsdms_txn_state values ('h', '" + task + "', now(), 'checkpoint:V1#1#00000000/01000000#0#0#*#0#0')")
	says(answers(verify.CDCReady, "G4-CONTROL"), "fail "+task+`: "awsdms_control"."awsdms_txn_state" has 1 row|delete from "awsdms_control"."awsdms_txn_state" where "TASK_NAME" = '`+task+"';")
	target(`delete from "awsdms_control"."awsdms_txn_state" where "TASK_NAME" = '` + task + "'")
	says(answers(verify.CDCReady, "G4-CONTROL"), "pass")

	// The slot: not advanced, advanced, advanced too far; read by somebody or not.
	says(answers(verify.CDCReady, "G4-TRIM")[:1], "fail "+slot+"|before "+w.state.Pause.LSN.String()+"|52-trim.sh")
	for _, g := range w.plan.Groups {
		w.source.MustPsql(t, w.db, "select pg_replication_slot_advance('"+g.Slot+"', '"+w.state.Pause.LSN.String()+"')")
	}
	says(answers(verify.CDCReady, "G4-TRIM"), "pass "+slot+"|at "+w.state.Pause.LSN.String(), "pass")
	says(answers(verify.CDCReady, "G4-LSN"), "pass", "pass")
	w.touchMarkers()
	w.source.MustPsql(t, w.db, "select pg_replication_slot_advance('"+slot+"', pg_current_wal_insert_lsn())")
	says(answers(verify.CDCReady, "G4-LSN")[:1], "fail "+slot+"|missing without an error|82-restart-slot.sh")
	require.NotContains(t, answers(verify.CDCReady, "G4-TRIM")[0], "pass")
	says(answers(verify.CDC, "G5-READ")[:1], "fail "+slot+"|nobody reads it|57-resume.sh "+slot)

	// Status: the text says that all is well, whatever happens.
	says(answers(verify.CDC, "G5-STATUS"), "skip "+slot+"|has no row of its task", "skip")
	for i, x := range w.plan.DMS.Tasks {
		id := w.plan.DMS.ResourceID(x)
		if i == 1 {
			id = x.Identifier // should AWS name it so
		}
		target("insert into awsdms_control.awsdms_status (server_name, task_name, task_status, status_time, pending_changes, source_current_timestamp, source_timestamp_applied) values ('h', '" + id +
			"', 'CHANGE PROCESSING', now() at time zone 'UTC', 7, now() at time zone 'UTC' - interval '30 min', now() at time zone 'UTC' - interval '30 min 5 s')")
	}
	says(answers(verify.CDC, "G5-STATUS"), "pass "+slot+"|all that was read is applied; the last of it is of 30 min ago", "pass")
	target("update awsdms_control.awsdms_status set source_timestamp_applied = source_timestamp_applied - interval '3 hours' where task_name = '" + task + "'")
	says(answers(verify.CDC, "G5-STATUS")[:1], "warn "+slot+"|applied up to 3 h 30 min ago|read up to 30 min ago|G5-LAG")
	target("update awsdms_control.awsdms_status set status_time = status_time - interval '2 hours' where task_name = '" + task + "'")
	says(answers(verify.CDC, "G5-STATUS")[:1], "warn "+slot+`|written no status for 2 h|that it is "CHANGE PROCESSING" means nothing`)

	// Exceptions by table and kind; no value of a row is shown.
	secret := "secret@example.test"
	exception := func(name, table, statement, reason string) {
		t.Helper()
		target("insert into awsdms_control.awsdms_apply_exceptions values (" + literal(name) + ", 'public', " + literal(table) + ", timestamp '2026-11-27 10:00:00', " + literal(statement) + ", " + literal(reason) + ")")
	}
	for range 2 {
		exception(task, "accounts", "INSERT INTO \"public\".\"accounts\" VALUES ('"+secret+"')", "RetCode: SQL_ERROR  SqlState: 23505 NativeError: 1 Message: ERROR: duplicate key value violates unique constraint; Key (note)=("+secret+")")
	}
	exception(task, "accounts", "  update \"public\".\"accounts\" set note = '"+secret+"' where id = 7", "0 rows affected")
	exception(task, `Odd "Name`, "INSERT INTO x", "RetCode: SQL_ERROR  SqlState: 22P02 NativeError: 1 Message: ERROR: invalid input syntax for type json")
	exception("somebody-else", "accounts", "DELETE FROM x", "SqlState: 40P01")
	group := w.plan.Groups[0].Slot
	for _, g := range w.plan.Groups {
		for _, n := range g.Tables {
			if n.Name == "accounts" {
				group = g.Slot
			}
		}
	}
	got := answers(verify.CDC, "G5-EXC")
	says(got, `fail public."Odd ""Name": 1 insert failed: the text is not of its type`,
		"fail public.accounts: 2 inserts failed: the key is there already: rows are missing on the target|82-restart-slot.sh "+group, "fail public.accounts: 1 update failed: they found no row to change|--rows delta", `fail public.accounts: 1 delete failed|in the task "somebody-else", which is none of this plan`)
	require.NotContains(t, strings.Join(got, ""), secret)
	w.plan.Options.LOB.Truncate = []string{"public.accounts"}
	target("delete from awsdms_control.awsdms_apply_exceptions")
	exception(task, "accounts", "INSERT INTO x", "SqlState: 22001 value too long")
	w.state.Plan = w.plan.Fingerprint()
	says(answers(verify.CDC, "G5-EXC"), "warn public.accounts|as lob.truncate accepts")
	w.plan.Options.LOB.Truncate = nil
	w.state.Plan = ""

	target("insert into awsdms_control.awsdms_suspended_tables values ('h', '" + task + "', 'public', 'accounts', 'TABLE ERROR', timestamp '2026-11-27 10:00:00')")
	says(answers(verify.CDC, "G5-SUSPEND"), "fail public.accounts: suspended since 2026-11-27 10:00:00 UTC: TABLE ERROR|82-restart-slot.sh "+slot)

	// A role that may not look does not know.
	target("create role onlooker login; grant usage on schema awsdms_control to onlooker")
	e := w.env(verify.CDC)
	open := e.Open
	e.Open = onlooking(open)
	r := w.runEnv(e, "G5-EXC")
	require.Equal(t, 3, r.ExitCode(), show(r))
	require.Contains(t, show(r), "permission denied")

	// An own start: the other tasks run, and what they wrote is theirs.
	now := time.Now().UTC()
	w.state.Slots[slot] = verify.StateSlot{ConfirmedFlushLSN: w.state.Slots[slot].ConfirmedFlushLSN, StartLSN: w.state.Pause.LSN - 1}
	w.state.Tasks = map[string]verify.StateTask{slot: {StartedAt: &now}}
	target("delete from awsdms_control.awsdms_apply_exceptions where \"TASK_NAME\" <> '" + task + "'")
	says(answers(verify.CDCReady, "G4-CONTROL"), "pass")
}

// onlooking opens sessions of an ordinary role on the target.
func onlooking(open func(context.Context, verify.Side) (verify.Session, error)) func(context.Context, verify.Side) (verify.Session, error) {
	return func(ctx context.Context, side verify.Side) (verify.Session, error) {
		s, err := open(ctx, side)
		if err == nil && side == verify.Target {
			_, err = s.Exec(ctx, "set role onlooker")
		}
		return s, err
	}
}
