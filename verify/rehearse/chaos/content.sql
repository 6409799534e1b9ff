create role reader login password :password;
create role owner_of_all nologin;
grant pg_monitor to reader;
grant execute on function pg_control_system(), pg_control_checkpoint(), pg_wal_replay_pause(), pg_wal_replay_resume() to reader;

-- The largest: copied in ranges.
create table public.calls (id bigint generated always as identity primary key, at timestamptz not null, caller text, body text not null);
alter table public.calls alter column body set storage external;
insert into public.calls (at, caller, body)
select '2024-01-01'::timestamptz + n * interval '1 hour', 'caller ' || n % 97, repeat(md5(n::text), 40) from generate_series(1, 20000) as n;
create index calls_at on public.calls (at);
create index calls_caller on public.calls (caller, id);

-- Copied as a whole.
create table public.notes (id integer primary key, call_id bigint not null, body text not null default '');
insert into public.notes select n, n, repeat(md5(n::text), 8) from generate_series(1, 3000) as n;
create index notes_call on public.notes (call_id);

create table public.accounts (id integer primary key, name text not null, balance numeric(12,2) not null default 0, changed_at timestamptz not null default now());
insert into public.accounts (id, name) select n, 'account ' || n from generate_series(1, 2000) as n;
create unique index accounts_name on public.accounts (name);
alter table public.notes add constraint notes_positive check (id > 0);

create table public.orders (id integer not null, at date not null, total numeric(14,6) not null) partition by range (at);
create table public.orders_2024 partition of public.orders for values from ('2024-01-01') to ('2025-01-01');
create table public.orders_2025 partition of public.orders for values from ('2025-01-01') to ('2026-01-01');
alter table public.orders add primary key (id, at);
insert into public.orders select n, '2024-01-01'::date + n % 700, n / 7.0 from generate_series(1, 4000) as n;

create table public.log_lines (at timestamptz not null default now(), line varchar(200));
insert into public.log_lines select '2024-01-01'::timestamptz + n * interval '1 minute', 'line ' || n from generate_series(1, 2000) as n;

-- What the application only inserts into, one in the slot of calls and others elsewhere: the numbers tell whether one is lost or there twice.
create table public.events (id bigserial primary key, what text not null);
insert into public.events (what) select 'event ' || n from generate_series(1, 500) as n;

-- Tiny ones, copied in batches.
create table public.colors (id integer primary key, name text);
insert into public.colors select n, 'color ' || n from generate_series(1, 12) as n;
create table public.sizes (like public.colors including all);
insert into public.sizes select * from public.colors;
create table public.shapes (like public.colors including all);
create table public.spare (like public.colors including all);
insert into public.spare select * from public.colors;
create sequence public.tickets start 1000;
select nextval('public.tickets') from generate_series(1, 50);

create view public.big_accounts as select id, balance from public.accounts where balance > 100;

grant usage on schema public to reader;
grant select on all tables in schema public to reader;
grant select on all sequences in schema public to reader;
analyze;
