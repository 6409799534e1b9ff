-- A database with one of everything that 9.6 knows already. Names are meant to hurt.
create extension hstore;
create extension citext;
create extension btree_gist;
create role shop_owner;
create role shop_group;
create role shop_login login in role shop_group connection limit 7 valid until '2031-05-06 07:08:09+00';
create role unused_nologin;
create schema "Sch""ema % $1" authorization shop_owner;
create schema app;
grant usage on schema app to shop_login;
set search_path = app, public;

create type mood as enum ('sad', 'ok', 'o''k "fine"');
create type pair as (a int, b text);
create domain short as varchar(12);
create domain shorter as short check (length(value) < 10);
create domain doc as jsonb;

create table "Sch""ema % $1"."Ta""b'le
x%s$1 ünï" ("i d" serial primary key, "Ünïcode ""q"" $$" text);
alter table "Sch""ema % $1"."Ta""b'le
x%s$1 ünï" owner to shop_owner;

create table customers (
  id bigserial primary key,
  name text not null,
  email citext unique,
  nick varchar,
  code short,
  tiny shorter,
  tags text[],
  attrs hstore,
  extra doc,
  raw bytea,
  feeling mood default 'ok',
  p pair,
  amount numeric,
  price numeric(10, 2),
  shape polygon,
  during tstzrange,
  dropped int,
  created_at timestamptz not null default now(),
  cc text collate "C"
);
alter table customers add constraint positive check (amount > 0) not valid;
alter table customers drop column dropped;
alter table customers alter column name set statistics 500;
create index on customers (lower(name), id desc) where nick is not null;
create index customers_gin on customers using gin (tags);
comment on table customers is 'not structure';
insert into customers (name, email, nick, tags, extra, raw, created_at)
  select repeat('n', g % 50 + 1), g || '@x', repeat('é', g % 7), array[repeat('t', 10)], jsonb_build_object('k', repeat('v', g % 90)), decode(repeat('ab', g % 33), 'hex'),
         timestamptz '2024-01-01 00:00:00+00' + g * interval '1 hour'
    from generate_series(1, 30000) g;

create table orders (
  id int constraint orders_key primary key deferrable initially deferred,
  number int unique,
  customer bigint references customers on delete cascade deferrable,
  parent int,
  room int,
  during tsrange,
  exclude using gist (room with =, during with &&),
  foreign key (parent) references orders (number) initially deferred
);
alter table orders disable trigger user;

create table by_index (a int not null, b int not null, c text);
create unique index by_index_ab on by_index (b, a);
alter table by_index replica identity using index by_index_ab;
alter table by_index cluster on by_index_ab;

create table no_key (x text, y text);
alter table no_key replica identity full;
create table nothing (x int primary key);
alter table nothing replica identity nothing;
create unlogged table scratch (id int primary key, t text);
insert into scratch select g, repeat('u', 100) from generate_series(1, 1000) g;
create table typed of pair;

create table animals (id int primary key, name text);
create table cats (lives int) inherits (animals);
insert into cats select g, 'cat' || g, 9 from generate_series(1, 1000) g;

create function touch() returns trigger language plpgsql as 'begin return new; end';
create trigger "tr""ig" before update on customers for each row execute procedure touch();
create trigger always_on after insert on orders for each row execute procedure touch();
alter table orders enable always trigger always_on;
create rule "ru""le" as on delete to nothing do instead nothing;
alter table by_index enable row level security;
create policy mine on by_index using (a = 1);

create table half (v int);
insert into half values (1), (1);

create view "vi""ew" as select id, name from customers;
create materialized view mat as select count(*) from orders with no data;
create sequence counter;
select nextval('counter'), nextval('counter');
create sequence untouched;
create sequence set_back start 10 increment -3 minvalue -100 maxvalue 50 cache 5 cycle;
select setval('set_back', 23, false);

create function ddl() returns event_trigger language plpgsql as 'begin end';
create event trigger watch on ddl_command_end execute procedure ddl();
alter event trigger watch disable;
alter default privileges in schema app grant select on tables to shop_group;
alter role shop_login set work_mem = '7MB';
alter database shop set app.secret_key = 'canary';
alter database shop set lock_timeout = '1h';
alter database shop set quote_all_identifiers = on;
select lo_create(0), lo_create(0);

create domain above as int;
alter domain above add constraint zero check (value > 0) not valid;
create function empties() returns void language plpgsql as 'begin truncate app.nothing; end';
create function grows() returns void language plpgsql as 'begin create table app.more (); end';
create function scratches() returns void language plpgsql as 'begin create temp table more (); end';
comment on role shop_owner is 'not of the database';
comment on database shop is 'nor this';
revoke temporary on database shop from public;
grant create on database shop to shop_group with grant option;
create table ends (d date, x float8, n int);
insert into ends select case when g % 2 = 0 then 'infinity' else '0044-03-15 BC' end::date, 'NaN', g from generate_series(1, 100) g;
analyze;
