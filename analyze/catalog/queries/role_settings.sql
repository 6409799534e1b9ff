select coalesce(r.rolname, ''), coalesce(d.datname, ''), s.setconfig
  from pg_catalog.pg_db_role_setting s
       left join pg_catalog.pg_roles r on r.oid = s.setrole
       left join pg_catalog.pg_database d on d.oid = s.setdatabase
 where s.setdatabase = 0 or d.datname = current_database()
