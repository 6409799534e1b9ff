-- One row: the timeline of the last checkpoint, which is the server's own outside of a promotion.
select timeline_id from pg_catalog.pg_control_checkpoint()
