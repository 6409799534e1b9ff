select p.pubname, p.puballtables, p.pubinsert, p.pubupdate, p.pubdelete,
       p.pubtruncate                             -- from 1100
       false                                     -- before 1100
  from pg_catalog.pg_publication p
