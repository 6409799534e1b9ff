-- Live columns of every table. Types and collations come as OIDs: a database has few of them, and types.sql and column_collations.sql name each once.
select a.attrelid,
       a.attnum,
       a.attname,
       nullif(quote_ident(a.attname), a.attname::text),
       a.atttypid,
       a.atttypmod,
       a.attnotnull,
       a.attidentity::text,                                    -- from 1000
       '',                                                     -- before 1000
       a.attgenerated::text,                                   -- from 1200
       '',                                                     -- before 1200
       pg_get_expr(ad.adbin, ad.adrelid),
       a.attcollation,
       coalesce(a.attstattarget, -1)
  from pg_catalog.pg_attribute a
       join pg_catalog.pg_class c on c.oid = a.attrelid
       join pg_catalog.pg_namespace n on n.oid = c.relnamespace
       left join pg_catalog.pg_attrdef ad on ad.adrelid = a.attrelid and ad.adnum = a.attnum
 where c.relkind in ('r', 'p', 'f')
   and c.relpersistence <> 't'
   and a.attnum > 0
   and not a.attisdropped
   and n.nspname !~ '^(pg_|information_schema$|pglogical$|pglogical_origin$)'
