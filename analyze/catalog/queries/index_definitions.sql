-- Definitions of these indexes ($1); NULL for one that was dropped since the snapshot.
select i.place, pg_get_indexdef(i.oid)
  from unnest($1::oid[]) with ordinality as i(oid, place)
