-- Live columns of every table, with the type under all domains.
with recursive base as (
  select t.oid as declared, t.oid as base, -1 as typmod
    from pg_catalog.pg_type t
   where t.typtype <> 'd'
  union all
  select t.oid, b.base, case when b.typmod = -1 then t.typtypmod else b.typmod end
    from pg_catalog.pg_type t
         join base b on b.declared = t.typbasetype
   where t.typtype = 'd'
), ofextension as (
  select d.objid as type, e.extname
    from pg_catalog.pg_depend d
         join pg_catalog.pg_extension e on e.oid = d.refobjid
   where d.classid = 'pg_catalog.pg_type'::regclass and d.refclassid = 'pg_catalog.pg_extension'::regclass and d.deptype = 'e'
)
select a.attrelid,
       a.attnum,
       a.attname,
       format_type(a.atttypid, a.atttypmod),
       bt.typname,
       case when bt.typcategory = 'A' and bt.typelem <> 0 then 'A' else bt.typtype::text end,
       case when a.atttypmod = -1 then b.typmod else a.atttypmod end,
       coalesce(x.extname, ''),
       a.attnotnull,
       a.attidentity::text,                                    -- from 1000
       '',                                                     -- before 1000
       a.attgenerated::text,                                   -- from 1200
       '',                                                     -- before 1200
       pg_get_expr(ad.adbin, ad.adrelid),
       case when a.attcollation = dt.typcollation or co.oid is null then ''
            when cn.nspname = 'pg_catalog' then co.collname
            else quote_ident(cn.nspname) || '.' || quote_ident(co.collname) end,
       coalesce(a.attstattarget, -1)
  from pg_catalog.pg_attribute a
       join pg_catalog.pg_class c on c.oid = a.attrelid
       join pg_catalog.pg_namespace n on n.oid = c.relnamespace
       join pg_catalog.pg_type dt on dt.oid = a.atttypid
       join base b on b.declared = a.atttypid
       join pg_catalog.pg_type bt on bt.oid = b.base
       left join ofextension x on x.type = case when bt.typcategory = 'A' and bt.typelem <> 0 then bt.typelem else bt.oid end
       left join pg_catalog.pg_attrdef ad on ad.adrelid = a.attrelid and ad.adnum = a.attnum
       left join pg_catalog.pg_collation co on co.oid = a.attcollation
       left join pg_catalog.pg_namespace cn on cn.oid = co.collnamespace
 where c.relkind in ('r', 'p', 'f')
   and c.relpersistence <> 't'
   and a.attnum > 0
   and not a.attisdropped
   and n.nspname !~ '^(pg_|information_schema$|pglogical$|pglogical_origin$)'
 order by a.attrelid, a.attnum
