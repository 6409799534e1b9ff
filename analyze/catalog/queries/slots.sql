-- to_jsonb gives NULL for a column that the version does not have.
select s.slot_name,
       coalesce(s.plugin, ''),
       s.slot_type,
       coalesce(s.database, ''),
       coalesce((to_jsonb(s)->>'temporary')::bool, false),
       s.active,
       coalesce((to_jsonb(s)->>'two_phase')::bool, false),
       coalesce((to_jsonb(s)->>'failover')::bool, false),
       coalesce(to_jsonb(s)->>'wal_status', ''),
       coalesce(s.restart_lsn::text, ''),
       coalesce(s.confirmed_flush_lsn::text, ''),
       (case when pg_is_in_recovery()
             then pg_last_wal_receive_lsn()                    -- from 1000
             else pg_current_wal_insert_lsn()                  -- from 1000
             then pg_last_xlog_receive_location()              -- before 1000
             else pg_current_xlog_insert_location()            -- before 1000
        end - s.restart_lsn)::bigint
  from pg_catalog.pg_replication_slots s
