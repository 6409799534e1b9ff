-- The local node. Its connection string stays on the server: only whether it holds a password is asked.
select n.node_name,
       coalesce(bool_or(i.if_dsn ~* '(^|\s)(ssl)?password\s*=\s*\S' or i.if_dsn ~* '://[^/?#]*:[^/?#]+@' or i.if_dsn ~* '[?&](ssl)?password=.'), false)
  from pglogical.local_node l
       join pglogical.node n on n.node_id = l.node_id
       left join pglogical.node_interface i on i.if_nodeid = n.node_id
 group by n.node_name
