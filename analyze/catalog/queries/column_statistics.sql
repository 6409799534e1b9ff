-- What ANALYZE found, as far as the role may read the columns. Bounds only where ranges of a key can cut a table into pieces:
-- the leading column of a valid unique index, of a type whose values say nothing about people, on a table of a megabyte or more.
-- Of dates and numbers besides whether values out of the ordinary were met; which rows have them stays on the server.
select s.schemaname,
       s.tablename,
       s.attname,
       s.inherited,
       s.avg_width,
       s.null_frac::float8,
       case when k.indrelid is not null then s.histogram_bounds::text::text[] end,
       concat_ws(', ', case when v.text ~ '-infinity' then '-infinity' end,
                       case when v.text ~ '(^|[^-])infinity' or v.text ~ 'Infinity' then 'infinity' end,
                       case when v.text ~ 'NaN' then 'NaN' end,
                       case when v.text ~ ' BC' then 'years before 1' end,
                       case when v.dates and v.text ~ '(^|[{,"])[0-9]{5,}-' then 'years beyond 9999' end)
  from pg_catalog.pg_stats s
       join pg_catalog.pg_namespace n on n.nspname = s.schemaname
       join pg_catalog.pg_class c on c.relnamespace = n.oid and c.relname = s.tablename
       left join (select distinct i.indrelid, a.attname
                    from pg_catalog.pg_index i
                         join pg_catalog.pg_class t on t.oid = i.indrelid and t.relpages >= 128
                         join pg_catalog.pg_attribute a on a.attrelid = i.indrelid and a.attnum = i.indkey[0]
                         join pg_catalog.pg_type y on y.oid = a.atttypid
                   where i.indisunique and i.indisvalid and i.indpred is null
                     and y.typnamespace = 'pg_catalog'::regnamespace
                     and y.typname in ('int2', 'int4', 'int8', 'oid', 'numeric', 'date', 'timestamp', 'timestamptz', 'uuid')
                 ) k on k.indrelid = c.oid and k.attname = s.attname
       left join pg_catalog.pg_attribute u on u.attrelid = c.oid and u.attname = s.attname
       left join pg_catalog.pg_type y on y.oid = u.atttypid
       cross join lateral (select y.typcategory = 'D' as dates,
                                  case when y.typcategory = 'D'
                                         or y.typcategory = 'N' and y.typname not in ('int2', 'int4', 'int8', 'oid', 'money')
                                       then concat(s.most_common_vals::text, s.histogram_bounds::text) end as text) v
 where c.relkind in ('r', 'p', 'f')
   and s.schemaname !~ '^(pg_|information_schema$|pglogical$|pglogical_origin$)'
