-- Parents of tables and, from 11 on, of partitioned indexes, which share this catalog.
select i.inhrelid, i.inhparent, n.nspname, p.relname
  from pg_catalog.pg_inherits i
       join pg_catalog.pg_class p on p.oid = i.inhparent
       join pg_catalog.pg_namespace n on n.oid = p.relnamespace
 order by i.inhrelid, i.inhseqno
