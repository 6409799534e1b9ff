select s.subname
  from pg_catalog.pg_subscription s
       join pg_catalog.pg_database d on d.oid = s.subdbid
 where d.datname = current_database()
