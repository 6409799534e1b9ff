-- One row: where a standby stands.
select
       coalesce(pg_last_wal_replay_lsn()::text, ''),                  -- from 1000
       coalesce(pg_last_wal_receive_lsn()::text, ''),                 -- from 1000
       pg_is_wal_replay_paused(),                                     -- from 1000
       coalesce(pg_last_xlog_replay_location()::text, ''),            -- before 1000
       coalesce(pg_last_xlog_receive_location()::text, ''),           -- before 1000
       pg_is_xlog_replay_paused(),                                    -- before 1000
       extract(epoch from clock_timestamp() - pg_last_xact_replay_timestamp())::bigint,
       (nullif($1, '')::pg_lsn - pg_last_wal_replay_lsn())::bigint                -- from 1000
       (nullif($1, '')::pg_lsn - pg_last_xlog_replay_location())::bigint          -- before 1000
