-- What ANALYZE found, as far as the role may read the columns. Values only where ranges of a key can cut a table into pieces: the
-- leading columns of indexes on a table of a megabyte or more, of types whose values say little about people. From 14 on tables are
-- cut by block, and only unique keys' first columns are of use.
-- Of dates and numbers besides whether values out of the ordinary were met; which rows have them stays on the server.
select s.schemaname,
       s.tablename,
       s.attname,
       s.inherited,
       s.avg_width,
       s.null_frac::float8,
       case when k.indrelid is not null then s.histogram_bounds::text::text[] end,
       case when k.indrelid is not null then s.most_common_vals::text::text[] end,
       case when k.indrelid is not null then s.most_common_freqs::float8[] end,
       case when k.indrelid is not null then s.correlation::float8 end,
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
                         join pg_catalog.pg_class t on t.oid = i.indrelid
                         left join pg_catalog.pg_class o on o.oid = t.reltoastrelid
                         join pg_catalog.pg_class x on x.oid = i.indexrelid
                         join pg_catalog.pg_am m on m.oid = x.relam and m.amname = 'btree'
                         cross join generate_series(0, 2) as place
                         join pg_catalog.pg_attribute a on a.attrelid = i.indrelid and a.attnum = i.indkey[place]
                         join pg_catalog.pg_type y on y.oid = a.atttypid
                         left join pg_catalog.pg_type b on b.oid = y.typbasetype
                   where i.indisvalid and i.indpred is null and a.attnum > 0
                     and t.relpages + coalesce(o.relpages, 0) >= 128
                     and i.indisunique and place = 0             -- from 1400
                     and (i.indisunique or t.relpages + coalesce(o.relpages, 0) >= 2048 and place = 0)     -- before 1400
                     and coalesce(b.typnamespace, y.typnamespace) = 'pg_catalog'::regnamespace
                     and coalesce(b.typname, y.typname) in ('int2', 'int4', 'int8', 'oid', 'numeric', 'float4', 'float8', 'date', 'timestamp', 'timestamptz', 'uuid')
                 ) k on k.indrelid = c.oid and k.attname = s.attname
       left join pg_catalog.pg_attribute u on u.attrelid = c.oid and u.attname = s.attname
       left join pg_catalog.pg_type y on y.oid = u.atttypid
       cross join lateral (select y.typcategory = 'D' as dates,
                                  case when y.typcategory = 'D'
                                         or y.typcategory = 'N' and y.typname not in ('int2', 'int4', 'int8', 'oid', 'money')
                                       then concat(s.most_common_vals::text, s.histogram_bounds::text) end as text) v
 where c.relkind in ('r', 'p', 'f')
   and s.schemaname !~ '^(pg_|information_schema$|pglogical$|pglogical_origin$)'
