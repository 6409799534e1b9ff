set search_path = app, public;
alter table gen add c int generated always as (a * 3) virtual;
