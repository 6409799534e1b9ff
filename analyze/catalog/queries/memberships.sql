-- 16 and newer have one row for each grantor.
select m.member, r.rolname, bool_or(m.admin_option),
       bool_or(m.inherit_option), bool_or(m.set_option)        -- from 1600
       null::bool, null::bool                                  -- before 1600
  from pg_catalog.pg_auth_members m
       join pg_catalog.pg_roles r on r.oid = m.roleid
 group by 1, 2
