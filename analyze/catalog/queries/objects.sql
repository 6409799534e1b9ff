-- What neither a table copy nor logical decoding carries, and what else is kept beside the tables: kind, then up to four words about it.
select 'foreign server', srvname::text, '', '', ''
  from pg_catalog.pg_foreign_server
union all
select 'language', lanname, lanpltrusted::text, '', ''
  from pg_catalog.pg_language
 where lanispl and lanname <> 'plpgsql'
union all
select distinct 'tablespace', s.spcname, '', '', ''
  from pg_catalog.pg_class c
       join pg_catalog.pg_namespace n on n.oid = c.relnamespace
       join pg_catalog.pg_tablespace s on s.oid = c.reltablespace
 where n.nspname !~ '^(pg_|information_schema$)'
union all
select distinct 'c function', n.nspname::text, p.proname::text, '', ''
  from pg_catalog.pg_proc p
       join pg_catalog.pg_namespace n on n.oid = p.pronamespace
       join pg_catalog.pg_language l on l.oid = p.prolang
 where l.lanname = 'c'
   and n.nspname !~ '^(pg_|information_schema$)'
   and not exists (select from pg_catalog.pg_depend d
                    where d.classid = 'pg_catalog.pg_proc'::regclass and d.objid = p.oid
                      and d.refclassid = 'pg_catalog.pg_extension'::regclass and d.deptype = 'e')
union all
select 'rule', n.nspname, c.relname, r.rulename, ''
  from pg_catalog.pg_rewrite r
       join pg_catalog.pg_class c on c.oid = r.ev_class
       join pg_catalog.pg_namespace n on n.oid = c.relnamespace
 where r.rulename <> '_RETURN'
   and n.nspname !~ '^(pg_|information_schema$|pglogical$|pglogical_origin$)'
union all
select 'policy', n.nspname, c.relname, p.polname, ''
  from pg_catalog.pg_policy p
       join pg_catalog.pg_class c on c.oid = p.polrelid
       join pg_catalog.pg_namespace n on n.oid = c.relnamespace
 where n.nspname !~ '^(pg_|information_schema$|pglogical$|pglogical_origin$)'
union all
select 'default acl', '', '', '', ''
  from pg_catalog.pg_default_acl
union all
-- Constraints of domains that were never validated: a dump has them apart from their domain.
select 'domain constraint', n.nspname, t.typname, k.conname, pg_get_constraintdef(k.oid)
  from pg_catalog.pg_constraint k
       join pg_catalog.pg_type t on t.oid = k.contypid
       join pg_catalog.pg_namespace n on n.oid = t.typnamespace
 where k.contype = 'c' and not k.convalidated
   and n.nspname !~ '^(pg_|information_schema$|pglogical$|pglogical_origin$)'
union all
select 'statistics', n.nspname, x.stxname, '', pg_get_statisticsobjdef(x.oid)                                      -- from 1000
  from pg_catalog.pg_statistic_ext x                                                                              -- from 1000
       join pg_catalog.pg_namespace n on n.oid = x.stxnamespace                                                   -- from 1000
 where n.nspname !~ '^(pg_|information_schema$|pglogical$|pglogical_origin$)'                                     -- from 1000
union all                                                                                                         -- from 1000
select 'stale collation', n.nspname, o.collname, o.collversion, pg_collation_actual_version(o.oid)                -- from 1000
  from (select distinct a.attcollation from pg_catalog.pg_attribute a where a.attrelid >= 16384 offset 0) used    -- from 1000
       join pg_catalog.pg_collation o on o.oid = used.attcollation and o.collversion is not null                  -- from 1000
       join pg_catalog.pg_namespace n on n.oid = o.collnamespace                                                  -- from 1000
 where o.collversion <> pg_collation_actual_version(o.oid)                                                        -- from 1000
union all                                                                                                         -- from 1000
select 'truncating', n.nspname, p.proname, '', ''
  from pg_catalog.pg_proc p
       join pg_catalog.pg_namespace n on n.oid = p.pronamespace
       join pg_catalog.pg_language l on l.oid = p.prolang
 where l.lanname not in ('c', 'internal')
   and p.prosrc ~* '\mtruncate\M'
   and n.nspname !~ '^(pg_|information_schema$|pglogical$|pglogical_origin$)'
   and not exists (select from pg_catalog.pg_depend d
                    where d.classid = 'pg_catalog.pg_proc'::regclass and d.objid = p.oid
                      and d.refclassid = 'pg_catalog.pg_extension'::regclass and d.deptype = 'e')
union all
select 'creating', n.nspname, p.proname, '', ''
  from pg_catalog.pg_proc p
       join pg_catalog.pg_namespace n on n.oid = p.pronamespace
       join pg_catalog.pg_language l on l.oid = p.prolang
 where l.lanname not in ('c', 'internal')
   and p.prosrc ~* '\mcreate\s+(unlogged\s+|foreign\s+)?table\M'
   and n.nspname !~ '^(pg_|information_schema$|pglogical$|pglogical_origin$)'
   and not exists (select from pg_catalog.pg_depend d
                    where d.classid = 'pg_catalog.pg_proc'::regclass and d.objid = p.oid
                      and d.refclassid = 'pg_catalog.pg_extension'::regclass and d.deptype = 'e')
union all
select distinct 'security label', s.provider, '', '', ''
  from (select provider from pg_catalog.pg_seclabel union all select provider from pg_catalog.pg_shseclabel) s
union all
select 'shared comment', '', '', '', ''
  from pg_catalog.pg_shdescription s
       join pg_catalog.pg_database d on d.datname = current_database()
 where s.classoid = 'pg_catalog.pg_authid'::regclass and s.objoid >= 16384
    or s.classoid = 'pg_catalog.pg_database'::regclass and s.objoid = d.oid
union all
select 'parameter privilege', a.parname, '', '', ''            -- from 1500
  from pg_catalog.pg_parameter_acl a                           -- from 1500
union all                                                      -- from 1500
select 'database privilege', coalesce(r.rolname, ''), a.privilege_type, a.is_grantable::text, ''
  from pg_catalog.pg_database d
       cross join lateral aclexplode(d.datacl) a
       left join pg_catalog.pg_roles r on r.oid = a.grantee
 where d.datname = current_database()
   and a.grantee <> d.datdba
