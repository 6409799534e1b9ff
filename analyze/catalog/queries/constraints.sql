-- Constraints of tables. NOT NULL ('n', from 18 on) is a property of the column here; constraint triggers ('t') are triggers.
select k.conrelid,
       k.conname,
       k.contype::text,
       pg_get_constraintdef(k.oid),
       k.condeferrable,
       k.condeferred,
       k.convalidated,
       (k.coninhcount > 0 and not k.conislocal)
         or k.conparentid <> 0                   -- from 1100
       ,
       fn.nspname,
       f.relname,
       case when k.contype in ('p', 'u', 'x') then x.relname end
  from pg_catalog.pg_constraint k
       join pg_catalog.pg_class t on t.oid = k.conrelid
       join pg_catalog.pg_namespace n on n.oid = t.relnamespace
       left join pg_catalog.pg_class f on f.oid = nullif(k.confrelid, 0)
       left join pg_catalog.pg_namespace fn on fn.oid = f.relnamespace
       left join pg_catalog.pg_class x on x.oid = nullif(k.conindid, 0)
 where k.contype in ('c', 'f', 'p', 'u', 'x')
   and t.relkind in ('r', 'p', 'f')
   and t.relpersistence <> 't'
   and n.nspname !~ '^(pg_|information_schema$|pglogical$|pglogical_origin$)'
