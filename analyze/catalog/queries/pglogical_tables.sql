select s.set_name, n.nspname, c.relname
  from pglogical.replication_set_table t
       join pglogical.replication_set s on s.set_id = t.set_id
       join pglogical.local_node l on l.node_id = s.set_nodeid
       join pg_catalog.pg_class c on c.oid = t.set_reloid
       join pg_catalog.pg_namespace n on n.oid = c.relnamespace
