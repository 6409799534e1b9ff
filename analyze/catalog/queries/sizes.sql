-- Bytes of tables and indexes. $1: unlogged relations only, whose files a standby does not have (there, they have no size). A relation that
-- somebody holds an exclusive lock on is passed over, because asking its size would wait.
-- For pg_relation_size a server opens the relation, which takes it many times as long as the look at its file that pg_stat_file is alone. That
-- one sees a file's first segment, so it speaks for relations that have no second, and for what it finds no file of, the other is asked.
select c.oid,
       case when readable.now then pg_relation_size(c.oid) end,                                                                           -- without pg_stat_file
       case when readable.now and c.relkind = 'r' then coalesce(pg_total_relation_size(nullif(c.reltoastrelid, 0)), 0) end                -- without pg_stat_file
       case when readable.now then coalesce(case when file.main < segment.bytes then file.main end, pg_relation_size(c.oid)) end,         -- with pg_stat_file
       case when readable.now and c.relkind = 'r' then coalesce(case when file.toast < segment.bytes then file.toast + file.rest end,     -- with pg_stat_file
                                                                pg_total_relation_size(nullif(c.reltoastrelid, 0)), 0) end                -- with pg_stat_file
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
       cross join (select pg_size_bytes(current_setting('segment_size')) as bytes) segment                                                -- with pg_stat_file
       left join (select i.indrelid, min(i.indexrelid) as indexrelid                                                                      -- with pg_stat_file
                    from pg_catalog.pg_index i group by 1 having count(*) = 1) sole on sole.indrelid = nullif(c.reltoastrelid, 0)         -- with pg_stat_file
       left join lateral (select pg_relation_filepath(c.oid) as main, pg_relation_filepath(c.reltoastrelid) as toast,                     -- with pg_stat_file
                                 pg_relation_filepath(sole.indexrelid) as index                                                           -- with pg_stat_file
                           where readable.now and c.relpersistence = 'p' offset 0) path on true                                           -- with pg_stat_file
       left join lateral (select (pg_stat_file(path.main, true)).size as main,                                                            -- with pg_stat_file
                                 (pg_stat_file(path.toast, true)).size as toast,                                                          -- with pg_stat_file
                                 coalesce((pg_stat_file(path.toast || '_fsm', true)).size, 0)                                             -- with pg_stat_file
                                   + coalesce((pg_stat_file(path.toast || '_vm', true)).size, 0)                                          -- with pg_stat_file
                                   + (pg_stat_file(path.index, true)).size                                                                -- with pg_stat_file
                                   + coalesce((pg_stat_file(path.index || '_fsm', true)).size, 0) as rest                                 -- with pg_stat_file
                          offset 0) file on true                                                                                          -- with pg_stat_file
 where c.relkind in ('r', 'i')
   and c.relpersistence <> 't'
   and (not $1 or c.relpersistence = 'u')
   and n.nspname !~ '^(pg_|information_schema$|pglogical$|pglogical_origin$)'
