-- What is quicker to build, or only possible, with the rows in place.
alter table calls add primary key (id);
create unique index calls_provider_call_id_key on calls (provider_call_id);
create index calls_account_started on calls (account_id, started_at);
create index calls_missed on calls (number_id) where outcome = 'missed';

alter table accounts add foreign key (parent_id) references accounts;
alter table accounts add constraint accounts_owner foreign key (owner_user_id) references users deferrable initially deferred;
alter table users add foreign key (account_id) references accounts on delete cascade;
alter table users add foreign key (team_id) references teams on delete set null;
alter table teams add foreign key (account_id) references accounts;
alter table teams add foreign key (lead_user_id) references users deferrable;
alter table tracking_numbers add foreign key (pool_id) references number_pools;
alter table campaigns add foreign key (account_id) references accounts;
alter table number_assignments add foreign key (number_id) references tracking_numbers, add foreign key (campaign_id) references campaigns;
alter table calls
  add foreign key (account_id) references accounts,
  add foreign key (number_id) references tracking_numbers,
  add foreign key (campaign_id) references campaigns,
  add foreign key (source_code) references sources;
alter table tags add foreign key (account_id) references accounts;
alter table call_tags add foreign key (call_id) references calls on delete cascade, add foreign key (tag_id) references tags;
alter table recordings add foreign key (call_id) references calls on delete cascade;
alter table transcripts add foreign key (call_id) references calls on delete cascade;
alter table agent_status add foreign key (user_id) references users;
alter table webhook_deliveries add foreign key (account_id) references accounts;
alter table support_tickets add foreign key (account_id) references accounts;
alter table call_routes add foreign key (account_id) references accounts;
alter table api_keys add foreign key (account_id) references accounts;
alter table billing.invoices add foreign key (account_id) references accounts;
alter table billing.invoice_lines add foreign key (invoice_id) references billing.invoices on delete cascade;
alter table billing.payments add foreign key (invoice_id) references billing.invoices;
-- Added after the fact: old rows break it, new ones may not.
alter table import_rows add constraint import_rows_line_positive check (line > 0) not valid;

create statistics calls_outcome_source (dependencies) on outcome, source_code from calls;

create view calls_by_day as
  select account_id, started_at::date as day, count(*) as calls, sum(minutes) as minutes from calls group by 1, 2;
create view "Reporting"."Open Tickets" with (security_barrier) as select id, subject from public.support_tickets where open;
create materialized view "Reporting".campaign_months as
  select campaign_id, date_trunc('month', started_at at time zone 'UTC') as month, count(*) as calls from calls where campaign_id is not null group by 1, 2;
create unique index campaign_months_key on "Reporting".campaign_months (campaign_id, month);

grant usage on schema public, billing, "Reporting" to calltrack_app, calltrack_report;
grant select, insert, update, delete on all tables in schema public, billing to calltrack_app;
grant usage on all sequences in schema public, billing to calltrack_app;
grant select on all tables in schema public, billing, "Reporting" to calltrack_report;
alter default privileges in schema public grant select on tables to calltrack_report;
alter table support_tickets owner to calltrack_owner;
alter schema billing owner to calltrack_owner;
comment on table calls is 'One row per call; the only table that grows without bound';
comment on column "select"."it's $1 and $$ and %s {{ . }}" is 'It''s quoted';

analyze;
