-- One row: who answers, who asks, and which rights the later queries may count on.
select current_setting('server_version_num')::int,
       current_setting('server_version'),
       current_setting('block_size')::int,
       pg_is_in_recovery(),
       pg_postmaster_start_time()::text,
       to_char(now() at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
       d.oid,
       d.datname,
       r.rolname,
       r.rolsuper,
       r.rolsuper or coalesce(pg_has_role(r.oid, stats.oid, 'USAGE'), false),
       r.rolsuper or coalesce(pg_has_role(r.oid, settings.oid, 'USAGE'), false),
       coalesce(has_function_privilege(to_regprocedure('pg_catalog.pg_control_system()')::oid, 'EXECUTE'), false),
       coalesce(has_function_privilege(to_regprocedure('pg_catalog.pg_control_checkpoint()')::oid, 'EXECUTE'), false),
       r.rolsuper
         or coalesce(has_function_privilege(to_regprocedure('pg_catalog.pg_stat_file(text,bool)')::oid, 'EXECUTE'), false)   -- from 1100
       ,
       has_database_privilege(d.oid, 'CONNECT'),
       exists (select from pg_catalog.pg_roles x where x.rolname = 'rds_superuser'),
       exists (select from pg_catalog.pg_roles x where x.rolname = 'rdsadmin'),
       exists (select from pg_catalog.pg_proc p where p.proname = 'aurora_version' and p.pronamespace = 'pg_catalog'::regnamespace)
  from pg_catalog.pg_database d
       join pg_catalog.pg_roles r on r.rolname = current_user
       left join pg_catalog.pg_roles stats on stats.rolname = 'pg_read_all_stats'
       left join pg_catalog.pg_roles settings on settings.rolname = 'pg_read_all_settings'
 where d.datname = current_database()
