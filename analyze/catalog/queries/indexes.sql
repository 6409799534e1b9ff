-- Every index of a table. Key columns come as attribute numbers, which the reader turns into names.
select i.indrelid,
       i.indexrelid,
       x.relname,
       pg_get_indexdef(i.indexrelid),
       m.amname,
       i.indisunique, i.indisprimary, i.indisexclusion, i.indimmediate, i.indisvalid, i.indisready, i.indisreplident, i.indisclustered,
       i.indnullsnotdistinct,           -- from 1500
       false,                           -- before 1500
       i.indpred is not null,
       i.indexprs is not null,
       i.indkey::text,
       i.indnkeyatts,                   -- from 1100
       i.indnatts,                      -- before 1100
       coalesce(k.conname, ''),
       coalesce(s.spcname, ''),
       case when m.amname = 'btree' then coalesce(
         (select min(place)
            from generate_series(0, i.indnatts - 1) as place
                 left join pg_catalog.pg_attribute a on a.attrelid = i.indrelid and a.attnum = i.indkey[place] and a.attnum > 0
           where a.attnum is null
              or place >= i.indnkeyatts                       -- from 1100
              or i.indcollation[place] <> a.attcollation
              or (i.indoption[place] & 1) <> (i.indoption[0] & 1)
              or not exists (select from pg_catalog.pg_opclass o join pg_catalog.pg_opclass d on d.opcfamily = o.opcfamily and d.opcdefault
                              where o.oid = i.indclass[place])), i.indnatts) else 0 end
  from pg_catalog.pg_index i
       join pg_catalog.pg_class x on x.oid = i.indexrelid
       join pg_catalog.pg_class t on t.oid = i.indrelid
       join pg_catalog.pg_namespace n on n.oid = t.relnamespace
       join pg_catalog.pg_am m on m.oid = x.relam
       left join pg_catalog.pg_constraint k on k.conindid = i.indexrelid and k.conrelid = i.indrelid and k.contype in ('p', 'u', 'x')
       left join pg_catalog.pg_tablespace s on s.oid = x.reltablespace
 where t.relkind in ('r', 'p')
   and t.relpersistence <> 't'
   and n.nspname !~ '^(pg_|information_schema$|pglogical$|pglogical_origin$)'
