-- ALTER INDEX … ALTER COLUMN … SET STATISTICS.
select a.attrelid, a.attnum, a.attstattarget
  from pg_catalog.pg_attribute a
       join pg_catalog.pg_class c on c.oid = a.attrelid
       join pg_catalog.pg_namespace n on n.oid = c.relnamespace
 where c.relkind in ('i', 'I')
   and a.attstattarget >= 0
   and n.nspname !~ '^(pg_|information_schema$|pglogical$|pglogical_origin$)'
