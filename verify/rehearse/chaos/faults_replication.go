package chaos

import (
	"context"
	"fmt"
)

const aSlot = "dms_slot_01"

// anew is what the runbook has for slots that are gone or lost.
var anew = []Remedy{{[]string{"80-recovery/83-full-restart.sh", "--yes", "--new-slots"}, slotsStep}}

func replicationFaults() []Fault {
	onSource := func(sql string) func(context.Context, *Field) error {
		return func(ctx context.Context, f *Field) error {
			_, err := f.SQL(ctx, Source, sql)
			return err
		}
	}
	fromPause := []Moment{after(pauseStep), inLoad, after(loadStep)}
	all := append([]Moment{before(pauseStep)}, fromPause...)
	leave := fmt.Sprintf("select count(pglogical.replication_set_remove_table(s, 'public.accounts')) from (select set_name from pglogical.replication_set where set_name in ('%s', 'i%s', 'dms_slot_02', 'idms_slot_02')) x(s) where exists (select from pglogical.tables t where t.set_name = x.s and t.relname = 'accounts')", aSlot, aSlot)
	slot := []string{"G1-SLOT", "G2-LSN", "G2-WAL", "21-pause", "17-slots"}
	return []Fault{
		{
			Name: "drop a slot", Does: "somebody drops a slot that nobody reads, as it seems to them",
			Moments: fromPause, Outcome: Outcome{Recovers: true, Notice: "gate paused", Stops: slot}, Recovery: anew,
			Strike: onSource("select pg_drop_replication_slot('" + aSlot + "')"),
		},
		{
			Name: "drop a slot before the pause", Does: "somebody drops a slot that nobody reads, as it seems to them",
			Moments: []Moment{before(pauseStep)}, Outcome: Outcome{Stops: slot, Notice: pauseStep},
			Strike: onSource("select pg_drop_replication_slot('" + aSlot + "')"),
		},
		{
			Name: "drop a slot and make it anew", Does: "a slot of the same name that begins later",
			Moments: fromPause, Outcome: Outcome{Recovers: true, Notice: "gate paused", Stops: slot}, Recovery: anew,
			Strike: onSource("select pg_drop_replication_slot('" + aSlot + "'); select pg_create_logical_replication_slot('" + aSlot + "', 'pglogical')"),
		},
		{
			Name: "advance a slot", Does: "somebody consumes from a slot, beyond the pause",
			Moments: fromPause, Outcome: Outcome{Recovers: true, Notice: "gate paused", Stops: slot}, Recovery: anew,
			Strike: onSource("insert into public.events (what) values ('skipped'); select pg_replication_slot_advance('" + aSlot + "', pg_current_wal_insert_lsn())"),
		},
		{
			Name: "advance a slot before the pause", Does: "somebody consumes from a slot; the pause comes later, so that nothing is missing",
			Moments: []Moment{before(pauseStep)}, Outcome: Outcome{Recovers: true, Stops: slot},
			Strike: onSource("select pg_replication_slot_advance('" + aSlot + "', pg_current_wal_insert_lsn())"),
		},
		{
			Name: "lose a slot", Does: "the source writes more WAL than max_slot_wal_keep_size lets slots keep",
			Moments: all, Outcome: Outcome{Recovers: true, Notice: "gate paused", Stops: slot}, Recovery: anew,
			Strike: func(ctx context.Context, f *Field) error {
				planned, err := f.SQL(ctx, Source, "show max_slot_wal_keep_size")
				if err != nil {
					return err
				}
				if _, err := f.SQL(ctx, Source, "alter system set max_slot_wal_keep_size = '1MB'; select pg_reload_conf()"); err != nil {
					return err
				}
				if err := f.until(ctx, Source, "select current_setting('max_slot_wal_keep_size') = '1MB'"); err != nil {
					return err
				}
				for range 3 {
					// The replica is to lose nothing: it has no slot. It needs the segment until it has got the first record of the next one.
					at, err := f.SQL(ctx, Source, `insert into public.events (what) values ('more'); select pg_switch_wal() \g /dev/null
insert into public.events (what) values ('more still'); select pg_current_wal_insert_lsn()`)
					if err != nil {
						return err
					}
					if err := f.until(ctx, Replica, "select pg_last_wal_receive_lsn() >= '"+at+"'"); err != nil {
						return err
					}
					if _, err := f.SQL(ctx, Source, "checkpoint"); err != nil {
						return err
					}
				}
				if err := f.until(ctx, Source, "select bool_and(wal_status = 'lost') from pg_replication_slots"); err != nil {
					return err
				}
				_, err = f.SQL(ctx, Source, "alter system set max_slot_wal_keep_size = '"+planned+"'; select pg_reload_conf()")
				return err
			},
		},
		{
			Name: "a table leaves its sets", Does: "somebody takes a table out of its replication sets",
			Moments: all, Outcome: Outcome{Stops: []string{"G1-MEMBER", "21-pause"}, Notice: "gate paused"},
			Strike: onSource(leave),
		},
		{
			Name: "a table leaves its sets and comes back", Does: "somebody takes a table out of its replication sets, rows change, and puts it back",
			Moments: fromPause, Outcome: Outcome{Stops: []string{"G1-MEMBER"}, Notice: "gate paused"},
			Strike: onSource(`create temporary table member as select t.set_name, t.relid from pglogical.tables t where t.relname = 'accounts' and t.set_name is not null;
select count(pglogical.replication_set_remove_table(set_name, relid)) from member;
update public.accounts set balance = balance + 1 where id = 5;
select count(pglogical.replication_set_add_table(set_name, relid)) from member`),
		},
		{
			Name: "drop the node", Does: "somebody removes pglogical's node with all its sets",
			Moments: all, Outcome: Outcome{Stops: []string{"G1-SETS", "G1-MEMBER", "21-pause"}, Notice: "gate paused"},
			Strike: onSource("select pglogical.drop_node('pgcutover_provider')"),
		},
	}
}
