-- One row: how far the WAL has come, on a primary by insertion, on a standby by reception.
select coalesce(case when pg_is_in_recovery()
                     then pg_last_wal_receive_lsn()          -- from 1000
                     then pg_last_xlog_receive_location()    -- before 1000
                     else pg_current_wal_insert_lsn()        -- from 1000
                     else pg_current_xlog_insert_location()  -- before 1000
                end::text, '')
