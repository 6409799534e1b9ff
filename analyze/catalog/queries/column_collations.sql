-- How columns name these collations ($1).
select o.oid,
       case when n.nspname = 'pg_catalog' then o.collname::text else quote_ident(n.nspname) || '.' || quote_ident(o.collname) end
  from pg_catalog.pg_collation o
       join pg_catalog.pg_namespace n on n.oid = o.collnamespace
 where o.oid = any ($1::oid[])
