-- Tables of this database that a session holds, or waits for, an exclusive lock on.
select n.nspname, c.relname, l.pid
  from pg_catalog.pg_locks l
       join pg_catalog.pg_class c on c.oid = l.relation
       join pg_catalog.pg_namespace n on n.oid = c.relnamespace
 where l.locktype = 'relation'
   and l.mode = 'AccessExclusiveLock'
   and l.database = (select d.oid from pg_catalog.pg_database d where d.datname = current_database())
   and c.relkind in ('r', 'p', 'v', 'm', 'S')
