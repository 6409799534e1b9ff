-- Tables on the target that are neither an extension's nor pgcutover's own.
select count(*)
  from pg_catalog.pg_class c
       join pg_catalog.pg_namespace n on n.oid = c.relnamespace
 where c.relkind in ('r', 'p', 'f')
   and c.relpersistence <> 't'
   and n.nspname !~ '^(pg_|information_schema$|pglogical$|pglogical_origin$|pgcutover$)'
   and not exists (select from pg_catalog.pg_depend d
                    where d.classid = 'pg_catalog.pg_class'::regclass and d.objid = c.oid and d.objsubid = 0
                      and d.refclassid = 'pg_catalog.pg_extension'::regclass and d.deptype = 'e')
