-- Where the text keys of one collation can be cut, in its order: the histogram's bounds and the most common values, each cut down to the
-- shortest beginning that is still behind the value before it. A common value keeps its whole length where the key goes on behind it,
-- because only rows that are equal to it can be cut by the next column. The collation's name stands in for pg_catalog."default".
with keys as (
  select i.indrelid, a.attname, bool_or(place < i.indnatts - 1) as followed
    from pg_catalog.pg_index i
         join pg_catalog.pg_class t on t.oid = i.indrelid
         left join pg_catalog.pg_class o on o.oid = t.reltoastrelid
         join pg_catalog.pg_class x on x.oid = i.indexrelid
         join pg_catalog.pg_am m on m.oid = x.relam and m.amname = 'btree'
         cross join generate_series(0, 2) as place
         join pg_catalog.pg_attribute a on a.attrelid = i.indrelid and a.attnum = i.indkey[place]
         join pg_catalog.pg_type y on y.oid = a.atttypid
         left join pg_catalog.pg_type b on b.oid = y.typbasetype
   where i.indisvalid and i.indpred is null and a.attnum > 0 and a.attcollation = $1::oid
     and t.relpages + coalesce(o.relpages, 0) >= 128
     and (i.indisunique or t.relpages + coalesce(o.relpages, 0) >= 2048 and place = 0)
     and coalesce(b.typnamespace, y.typnamespace) = 'pg_catalog'::regnamespace
     and coalesce(b.typname, y.typname) in ('text', 'varchar', 'bpchar')
   group by i.indrelid, a.attname
), statistics as (
  select k.indrelid, k.attname, k.followed, s.inherited, s.histogram_bounds::text::text[] as bounds,
         s.most_common_vals::text::text[] as common, s.most_common_freqs::float8[] as fractions, s.correlation::float8 as correlation
    from keys k
         join pg_catalog.pg_class c on c.oid = k.indrelid
         join pg_catalog.pg_namespace n on n.oid = c.relnamespace
         join pg_catalog.pg_stats s on s.schemaname = n.nspname and s.tablename = c.relname and s.attname = k.attname
   where n.nspname !~ '^(pg_|information_schema$|pglogical$|pglogical_origin$)'
), marks as (
  select s.indrelid, s.attname, s.followed, s.inherited, s.correlation, v as value, null::float8 as fraction
    from statistics s cross join unnest(s.bounds) as v
  union all
  select s.indrelid, s.attname, s.followed, s.inherited, s.correlation, s.common[i], s.fractions[i]
    from statistics s cross join generate_series(1, array_length(s.common, 1)) as i
), placed as (
  select *, lag(value) over w as previous, row_number() over w as place
    from marks
  window w as (partition by indrelid, attname, inherited order by value collate pg_catalog."default", fraction)
)
select n.nspname,
       c.relname,
       p.attname,
       p.inherited,
       array_agg(case when p.fraction >= 0.02 and p.followed and char_length(p.value) <= 64 then p.value
                      when p.previous is null then ''
                      else (select left(p.value, l)
                              from generate_series(1, least(char_length(p.value), 64)) as l
                             where left(p.value, l) > p.previous collate pg_catalog."default" and left(p.value, l) <= p.value collate pg_catalog."default"
                             limit 1) end order by p.place),
       array_agg(p.fraction order by p.place),
       array_agg(p.fraction >= 0.02 and p.followed and char_length(p.value) <= 64 order by p.place),
       p.correlation
  from placed p
       join pg_catalog.pg_class c on c.oid = p.indrelid
       join pg_catalog.pg_namespace n on n.oid = c.relnamespace
 group by 1, 2, 3, 4, 8
