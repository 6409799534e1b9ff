select n.nspname, c.relname, c.relkind = 'm', c.relispopulated, pg_get_userbyid(c.relowner), coalesce(e.extname, ''), pg_get_viewdef(c.oid)
  from pg_catalog.pg_class c
       join pg_catalog.pg_namespace n on n.oid = c.relnamespace
       left join pg_catalog.pg_depend d on d.classid = 'pg_catalog.pg_class'::regclass and d.objid = c.oid and d.objsubid = 0
                                       and d.refclassid = 'pg_catalog.pg_extension'::regclass and d.deptype = 'e'
       left join pg_catalog.pg_extension e on e.oid = d.refobjid
 where c.relkind in ('v', 'm')
   and c.relpersistence <> 't'
   and n.nspname !~ '^(pg_|information_schema$|pglogical$|pglogical_origin$)'
