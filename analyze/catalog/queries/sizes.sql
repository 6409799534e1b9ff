-- Bytes of tables and indexes; one call for each relation, which is a stat() of its files. $1: unlogged relations only, whose
-- files a standby does not have (there, they have no size). A relation that somebody holds an exclusive lock on is passed over,
-- because asking its size would wait.
select c.oid,
       case when readable.now then pg_relation_size(c.oid) end,
       case when readable.now and c.relkind = 'r' then coalesce(pg_total_relation_size(nullif(c.reltoastrelid, 0)), 0) end
  from pg_catalog.pg_class c
       join pg_catalog.pg_namespace n on n.oid = c.relnamespace
       left join (select distinct coalesce(i.indexrelid, l.relation) as relation
                    from pg_catalog.pg_locks l
                         left join lateral (select i.indexrelid from pg_catalog.pg_index i where i.indrelid = l.relation
                                            union all select l.relation) i on true
                   where l.locktype = 'relation' and l.mode = 'AccessExclusiveLock'
                     and l.database = (select b.oid from pg_catalog.pg_database b where b.datname = current_database())
                 ) locked on locked.relation = c.oid
       cross join lateral (select locked.relation is null and not (c.relpersistence = 'u' and pg_is_in_recovery()) as now) readable
 where c.relkind in ('r', 'i')
   and c.relpersistence <> 't'
   and (not $1 or c.relpersistence = 'u')
   and n.nspname !~ '^(pg_|information_schema$|pglogical$|pglogical_origin$)'
