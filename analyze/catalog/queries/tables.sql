-- Every relation that can hold or route rows.
select c.oid,
       n.nspname,
       c.relname,
       nullif(quote_ident(n.nspname), n.nspname::text),
       nullif(quote_ident(c.relname), c.relname::text),
       c.relnatts,
       c.relkind::text,
       c.relpersistence = 'u',
       pg_get_userbyid(c.relowner),
       coalesce(e.extname, ''),
       case when c.reloftype <> 0 then format_type(c.reloftype, null) else '' end,
       coalesce(s.spcname, ''),
       c.relhasoids, '',                                                       -- before 1200
       false, coalesce(am.amname, ''),                                         -- from 1200
       c.relispartition,                                                       -- from 1000
       coalesce(pg_get_partkeydef(c.oid), ''),                                 -- from 1000
       coalesce(pg_get_expr(c.relpartbound, c.oid), ''),                       -- from 1000
       false, '', '',                                                          -- before 1000
       kids.inhparent is not null,
       c.relreplident::text,
       c.relrowsecurity,
       c.relforcerowsecurity,
       coalesce(pg_relation_filenode(c.oid), 0),
       c.reltuples::float8,
       c.relpages,
       coalesce(has_schema_privilege(n.oid, 'USAGE'), false)
         and coalesce(has_table_privilege(c.oid, 'SELECT')
                      or not exists (select from pg_catalog.pg_attribute a
                                      where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
                                        and not coalesce(has_column_privilege(c.oid, a.attnum, 'SELECT'), false)), false),
       c.relrowsecurity and row_security_active(c.oid)
  from pg_catalog.pg_class c
       join pg_catalog.pg_namespace n on n.oid = c.relnamespace
       left join pg_catalog.pg_depend d on d.classid = 'pg_catalog.pg_class'::regclass and d.objid = c.oid and d.objsubid = 0
                                       and d.refclassid = 'pg_catalog.pg_extension'::regclass and d.deptype = 'e'
       left join pg_catalog.pg_extension e on e.oid = d.refobjid
       left join pg_catalog.pg_tablespace s on s.oid = c.reltablespace
       left join pg_catalog.pg_am am on am.oid = c.relam                       -- from 1200
       left join (select distinct i.inhparent from pg_catalog.pg_inherits i) kids on kids.inhparent = c.oid
 where c.relkind in ('r', 'p', 'f')
   and c.relpersistence <> 't'
   and n.nspname !~ '^(pg_|information_schema$|pglogical$|pglogical_origin$)'
