set search_path = app, public;
alter table calls add primary key (id, at);
create unique index covering on by_index (a) include (c);
create index stats on customers ((amount + 1));
alter index stats alter column 1 set statistics 77;
