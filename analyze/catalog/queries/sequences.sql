select c.oid,
       n.nspname,
       c.relname,
       pg_get_userbyid(c.relowner),
       coalesce(e.extname, ''),
       coalesce(has_schema_privilege(n.oid, 'USAGE'), false) and coalesce(has_table_privilege(c.oid, 'SELECT'), false),
       tn.nspname, t.relname, a.attname, coalesce(own.deptype = 'i', false),
       format_type(q.seqtypid, null), q.seqstart, q.seqmin, q.seqmax, q.seqincrement, q.seqcache, q.seqcycle    -- from 1000
       'bigint', 0, 0, 0, 0, 0, false                                                                          -- before 1000
  from pg_catalog.pg_class c
       join pg_catalog.pg_namespace n on n.oid = c.relnamespace
       join pg_catalog.pg_sequence q on q.seqrelid = c.oid                                                      -- from 1000
       left join pg_catalog.pg_depend d on d.classid = 'pg_catalog.pg_class'::regclass and d.objid = c.oid and d.objsubid = 0
                                       and d.refclassid = 'pg_catalog.pg_extension'::regclass and d.deptype = 'e'
       left join pg_catalog.pg_extension e on e.oid = d.refobjid
       left join pg_catalog.pg_depend own on own.classid = 'pg_catalog.pg_class'::regclass and own.objid = c.oid and own.objsubid = 0
                                         and own.refclassid = 'pg_catalog.pg_class'::regclass and own.refobjsubid > 0
                                         and own.deptype in ('a', 'i')
       left join pg_catalog.pg_class t on t.oid = own.refobjid
       left join pg_catalog.pg_namespace tn on tn.oid = t.relnamespace
       left join pg_catalog.pg_attribute a on a.attrelid = own.refobjid and a.attnum = own.refobjsubid
 where c.relkind = 'S'
   and c.relpersistence <> 't'
   and n.nspname !~ '^(pg_|information_schema$|pglogical$|pglogical_origin$)'
