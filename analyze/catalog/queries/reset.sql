-- One row: when the counters of this database were last reset; empty for never.
select coalesce(pg_stat_get_db_stat_reset_time(d.oid)::text, ''), pg_postmaster_start_time()::text
  from pg_catalog.pg_database d
 where d.datname = current_database()
