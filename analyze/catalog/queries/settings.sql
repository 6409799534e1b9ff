-- Every setting the role sees; no function and no operator, because this runs before the search_path is emptied.
select name, setting, unit, source, context, pending_restart
  from pg_catalog.pg_settings
