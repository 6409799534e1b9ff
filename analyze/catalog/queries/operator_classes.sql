-- Operator classes of the families that a type has its own order, or whatever else it is, from.
select o.oid
  from pg_catalog.pg_opclass o
 where exists (select from pg_catalog.pg_opclass d where d.opcfamily = o.opcfamily and d.opcdefault)
