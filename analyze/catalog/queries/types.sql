-- Types ($1) with their modifiers ($2): how the server writes them, and the type under all domains. The innermost domain with a modifier says which.
with recursive under as (
  select distinct w.type as declared, w.type as base, -1 as typmod
    from unnest($1::oid[]) as w(type)
  union all
  select u.declared, t.typbasetype, case when t.typtypmod = -1 then u.typmod else t.typtypmod end
    from under u
         join pg_catalog.pg_type t on t.oid = u.base and t.typtype = 'd'
)
select w.place,
       format_type(w.type, w.typmod),
       dt.typcollation,
       bt.typname,
       case when bt.typcategory = 'A' and bt.typelem <> 0 then 'A' else bt.typtype::text end,
       case when w.typmod = -1 then u.typmod else w.typmod end,
       coalesce(e.extname, '')
  from unnest($1::oid[], $2::int4[]) with ordinality as w(type, typmod, place)
       join pg_catalog.pg_type dt on dt.oid = w.type
       join under u on u.declared = w.type
       join pg_catalog.pg_type bt on bt.oid = u.base and bt.typtype <> 'd'
       left join pg_catalog.pg_depend d on d.classid = 'pg_catalog.pg_type'::regclass and d.refclassid = 'pg_catalog.pg_extension'::regclass and d.deptype = 'e'
                                       and d.objid = case when bt.typcategory = 'A' and bt.typelem <> 0 then bt.typelem else bt.oid end
       left join pg_catalog.pg_extension e on e.oid = d.refobjid
