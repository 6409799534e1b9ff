-- Physical walsenders; a logical one holds a logical slot, and pg_basebackup is in state backup.
select coalesce(r.application_name, ''),
       coalesce(host(r.client_addr), ''),
       coalesce(r.state, ''),
       coalesce(r.sync_state, ''),
       (case when pg_is_in_recovery()
             then pg_last_wal_receive_lsn()                    -- from 1000
             else pg_current_wal_insert_lsn()                  -- from 1000
        end - r.replay_lsn)::bigint                            -- from 1000
             then pg_last_xlog_receive_location()              -- before 1000
             else pg_current_xlog_insert_location()            -- before 1000
        end - r.replay_location)::bigint                       -- before 1000
  from pg_catalog.pg_stat_replication r
 where r.state is distinct from 'backup'
   and not exists (select from pg_catalog.pg_replication_slots s where s.active_pid = r.pid and s.slot_type = 'logical')
