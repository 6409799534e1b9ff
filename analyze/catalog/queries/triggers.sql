-- User triggers. Clones that a partition has from its parent (from 13 on marked by tgparentid) come with the parent's.
select g.tgrelid, g.tgname, g.tgenabled::text, pg_get_triggerdef(g.oid)
  from pg_catalog.pg_trigger g
       join pg_catalog.pg_class t on t.oid = g.tgrelid
       join pg_catalog.pg_namespace n on n.oid = t.relnamespace
 where not g.tgisinternal
   and g.tgparentid = 0                          -- from 1300
   and t.relkind in ('r', 'p', 'f')
   and t.relpersistence <> 't'
   and n.nspname !~ '^(pg_|information_schema$|pglogical$|pglogical_origin$)'
