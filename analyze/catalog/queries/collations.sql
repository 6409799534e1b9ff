-- Of the collations that the source's columns name ($1), the ones that are not here for this database's encoding.
select w.name
  from unnest($1::text[]) as w(name)
 where not exists (select from pg_catalog.pg_collation c
                     join pg_catalog.pg_namespace n on n.oid = c.collnamespace
                    where c.collencoding in (-1, (select d.encoding from pg_catalog.pg_database d where d.datname = current_database()))
                      and w.name in (case when n.nspname = 'pg_catalog' then c.collname::text end, quote_ident(n.nspname) || '.' || quote_ident(c.collname)))
