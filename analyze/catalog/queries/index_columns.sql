-- ALTER INDEX … ALTER COLUMN … SET STATISTICS, and parameters of operator classes.
select a.attrelid, a.attnum, coalesce(a.attstattarget, -1), a.attoptions is not null
  from pg_catalog.pg_attribute a
       join pg_catalog.pg_class c on c.oid = a.attrelid
       join pg_catalog.pg_namespace n on n.oid = c.relnamespace
 where c.relkind in ('i', 'I')
   and (a.attstattarget >= 0 or a.attoptions is not null)
   and n.nspname !~ '^(pg_|information_schema$|pglogical$|pglogical_origin$)'
