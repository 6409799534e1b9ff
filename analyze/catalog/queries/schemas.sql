select n.nspname,
       pg_get_userbyid(n.nspowner),
       coalesce(e.extname, ''),
       coalesce(has_schema_privilege(n.oid, 'USAGE'), false)
  from pg_catalog.pg_namespace n
       left join pg_catalog.pg_depend d on d.classid = 'pg_catalog.pg_namespace'::regclass and d.objid = n.oid
                                       and d.refclassid = 'pg_catalog.pg_extension'::regclass and d.deptype = 'e'
       left join pg_catalog.pg_extension e on e.oid = d.refobjid
 where n.nspname !~ '^(pg_|information_schema$)'
