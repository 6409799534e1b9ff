-- What neither a table copy nor logical decoding carries: kind, then up to three words about it.
select 'foreign server', srvname::text, '', ''
  from pg_catalog.pg_foreign_server
union all
select 'language', lanname, lanpltrusted::text, ''
  from pg_catalog.pg_language
 where lanispl and lanname <> 'plpgsql'
union all
select distinct 'tablespace', s.spcname, '', ''
  from pg_catalog.pg_class c
       join pg_catalog.pg_namespace n on n.oid = c.relnamespace
       join pg_catalog.pg_tablespace s on s.oid = c.reltablespace
 where n.nspname !~ '^(pg_|information_schema$)'
union all
select distinct 'c function', n.nspname::text, p.proname::text, ''
  from pg_catalog.pg_proc p
       join pg_catalog.pg_namespace n on n.oid = p.pronamespace
       join pg_catalog.pg_language l on l.oid = p.prolang
 where l.lanname = 'c'
   and n.nspname !~ '^(pg_|information_schema$)'
   and not exists (select from pg_catalog.pg_depend d
                    where d.classid = 'pg_catalog.pg_proc'::regclass and d.objid = p.oid
                      and d.refclassid = 'pg_catalog.pg_extension'::regclass and d.deptype = 'e')
union all
select 'rule', n.nspname, c.relname, r.rulename
  from pg_catalog.pg_rewrite r
       join pg_catalog.pg_class c on c.oid = r.ev_class
       join pg_catalog.pg_namespace n on n.oid = c.relnamespace
 where r.rulename <> '_RETURN'
   and n.nspname !~ '^(pg_|information_schema$|pglogical$|pglogical_origin$)'
union all
select 'policy', n.nspname, c.relname, p.polname
  from pg_catalog.pg_policy p
       join pg_catalog.pg_class c on c.oid = p.polrelid
       join pg_catalog.pg_namespace n on n.oid = c.relnamespace
 where n.nspname !~ '^(pg_|information_schema$|pglogical$|pglogical_origin$)'
union all
select 'default acl', '', '', ''
  from pg_catalog.pg_default_acl
