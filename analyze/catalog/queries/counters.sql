-- Row counters since the last reset, straight from the functions under pg_stat_user_tables: the view would sum up the indexes too.
select c.oid,
       n.nspname,
       c.relname,
       pg_stat_get_tuples_inserted(c.oid),
       pg_stat_get_tuples_updated(c.oid),
       pg_stat_get_tuples_hot_updated(c.oid),
       pg_stat_get_tuples_deleted(c.oid),
       pg_stat_get_live_tuples(c.oid),
       pg_stat_get_dead_tuples(c.oid)
  from pg_catalog.pg_class c
       join pg_catalog.pg_namespace n on n.oid = c.relnamespace
 where c.relkind = 'r'
   and c.relpersistence <> 't'
   and n.nspname !~ '^(pg_|information_schema$|pglogical$|pglogical_origin$)'
