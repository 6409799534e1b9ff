select name, coalesce(default_version, '') from pg_catalog.pg_available_extensions
