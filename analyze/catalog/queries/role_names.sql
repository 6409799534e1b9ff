select rolname from pg_catalog.pg_roles where rolname !~ '^pg_'
