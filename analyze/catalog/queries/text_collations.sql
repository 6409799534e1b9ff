-- The collations of the text columns that key ranges can cut by.
select distinct a.attcollation, quote_ident(n.nspname) || '.' || quote_ident(l.collname)
  from pg_catalog.pg_index i
       join pg_catalog.pg_class t on t.oid = i.indrelid
       left join pg_catalog.pg_class o on o.oid = t.reltoastrelid
       join pg_catalog.pg_class x on x.oid = i.indexrelid
       join pg_catalog.pg_am m on m.oid = x.relam and m.amname = 'btree'
       cross join generate_series(0, 2) as place
       join pg_catalog.pg_attribute a on a.attrelid = i.indrelid and a.attnum = i.indkey[place]
       join pg_catalog.pg_type y on y.oid = a.atttypid
       left join pg_catalog.pg_type b on b.oid = y.typbasetype
       join pg_catalog.pg_collation l on l.oid = a.attcollation
       join pg_catalog.pg_namespace n on n.oid = l.collnamespace
 where i.indisvalid and i.indpred is null and a.attnum > 0
   and t.relpages + coalesce(o.relpages, 0) >= 128
   and (i.indisunique or t.relpages + coalesce(o.relpages, 0) >= 2048 and place = 0)
   and coalesce(b.typnamespace, y.typnamespace) = 'pg_catalog'::regnamespace
   and coalesce(b.typname, y.typname) in ('text', 'varchar', 'bpchar')
 order by 1
