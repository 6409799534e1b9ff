select s.set_name, s.replicate_insert, s.replicate_update, s.replicate_delete, s.replicate_truncate
  from pglogical.replication_set s
       join pglogical.local_node l on l.node_id = s.set_nodeid
