-- One row. What other sessions do is hidden from a role without pg_read_all_stats; how many there are is not. Further sessions of this reading ($1) are nobody's.
select (select count(*) from pg_catalog.pg_prepared_xacts),
       (select coalesce(max(extract(epoch from clock_timestamp() - a.xact_start)), 0)::bigint
          from pg_catalog.pg_stat_activity a where a.backend_xid is not null and a.pid <> pg_backend_pid()),
       (select count(*) from pg_catalog.pg_stat_activity a where a.state like 'idle in transaction%' and a.pid <> all ($1::int4[])),
       (select coalesce(sum(pg_stat_get_db_numbackends(d.oid)), 0) from pg_catalog.pg_database d)
         - (select count(*) from pg_catalog.pg_stat_activity a where a.pid = any ($1::int4[]))
