-- Every index of a table, but for its definition. Key columns come as attribute numbers, operator classes and collations as OIDs, which the reader knows.
select i.indrelid,
       i.indexrelid,
       x.relname,
       nullif(quote_ident(x.relname), x.relname::text),
       x.relkind::text,
       m.amname,
       i.indisunique, i.indisprimary, i.indisexclusion, i.indimmediate, i.indisvalid, i.indisready, i.indisreplident, i.indisclustered,
       i.indnullsnotdistinct,           -- from 1500
       false,                           -- before 1500
       i.indpred is not null,
       i.indexprs is not null,
       x.reloptions is not null,
       i.indkey::text,
       i.indnkeyatts,                   -- from 1100
       i.indnatts,                      -- before 1100
       i.indclass::text,
       i.indcollation::text,
       i.indoption::text,
       coalesce(k.conname, ''),
       coalesce(s.spcname, '')
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
