select n.nspname, t.typname, coalesce(max(x.extname), ''), array_agg(v.enumlabel::text order by v.enumsortorder)
  from pg_catalog.pg_type t
       join pg_catalog.pg_namespace n on n.oid = t.typnamespace
       join pg_catalog.pg_enum v on v.enumtypid = t.oid
       left join pg_catalog.pg_depend d on d.classid = 'pg_catalog.pg_type'::regclass and d.objid = t.oid
                                       and d.refclassid = 'pg_catalog.pg_extension'::regclass and d.deptype = 'e'
       left join pg_catalog.pg_extension x on x.oid = d.refobjid
 where n.nspname !~ '^(pg_|information_schema$|pglogical$|pglogical_origin$)'
 group by t.oid, n.nspname, t.typname
