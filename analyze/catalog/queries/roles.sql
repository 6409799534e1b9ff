-- Roles this database needs elsewhere: owners and grantees (pg_shdepend), everybody who may log in, and whatever those are
-- members of. The bootstrap superuser (oid 10) has no rows in pg_shdepend, so what it owns is looked for directly.
with recursive used as (
  select d.refobjid as role, bool_or(d.deptype = 'o') as owner, bool_or(d.deptype in ('a', 'r')) as grantee
    from pg_catalog.pg_shdepend d
         join pg_catalog.pg_database b on b.datname = current_database()
   where d.refclassid = 'pg_catalog.pg_authid'::regclass
     and (d.dbid = b.oid or (d.classid = 'pg_catalog.pg_database'::regclass and d.objid = b.oid))
   group by 1
), wanted as (
  select role from used
  union
  select r.oid from pg_catalog.pg_roles r where r.rolcanlogin
  union
  select m.roleid from pg_catalog.pg_auth_members m join wanted w on w.role = m.member
)
select r.oid, r.rolname, r.rolsuper, r.rolinherit, r.rolcreaterole, r.rolcreatedb, r.rolcanlogin, r.rolreplication, r.rolbypassrls,
       r.rolconnlimit, coalesce(r.rolvaliduntil::text, ''),
       coalesce(u.owner, false)
         or exists (select from pg_catalog.pg_database b where b.datname = current_database() and b.datdba = r.oid)
         or (r.oid = 10 and (exists (select from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
                                      where c.relowner = 10 and n.nspname !~ '^(pg_|information_schema$)')
                             or exists (select from pg_catalog.pg_proc p join pg_catalog.pg_namespace n on n.oid = p.pronamespace
                                         where p.proowner = 10 and n.nspname !~ '^(pg_|information_schema$)')
                             or exists (select from pg_catalog.pg_namespace n
                                         where n.nspowner = 10 and n.nspname !~ '^(pg_|information_schema$|public$)'))),
       coalesce(u.grantee, false)
  from pg_catalog.pg_roles r
       left join used u on u.role = r.oid
 where r.oid in (select role from wanted)
   and r.rolname !~ '^pg_'
