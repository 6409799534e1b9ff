-- One row: the database. to_jsonb gives NULL for a column that the version does not have.
select pg_encoding_to_char(d.encoding),
       d.datcollate,
       d.datctype,
       coalesce(to_jsonb(d)->>'datlocprovider', 'c'),
       coalesce(to_jsonb(d)->>'datlocale', to_jsonb(d)->>'daticulocale', ''),
       coalesce(to_jsonb(d)->>'datcollversion', ''),
       coalesce(pg_database_collation_actual_version(d.oid), ''),     -- from 1500
       '',                                                            -- before 1500
       pg_get_userbyid(d.datdba),
       case when $1 then pg_database_size(d.oid) end,
       age(d.datfrozenxid)
  from pg_catalog.pg_database d
 where d.datname = current_database()
