select g.evtname, g.evtevent, g.evtenabled::text, n.nspname, p.proname
  from pg_catalog.pg_event_trigger g
       join pg_catalog.pg_proc p on p.oid = g.evtfoid
       join pg_catalog.pg_namespace n on n.oid = p.pronamespace
