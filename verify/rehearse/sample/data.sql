-- Rows, the same ones each time: a fixed seed and no clock.
select setseed(0.4711);

insert into number_pools (name, area_codes, weight)
select 'pool ' || n, array[200 + n, 300 + n]::smallint[], n / 3.0 from generate_series(1, 8) n;

insert into sources (code, label) values
  ('ads', 'Search ads'), ('organic', 'Organic search'), ('radio', 'Radio spot'), ('print', 'Print'),
  ('mail', 'Direct mail'), ('referral', 'Word of mouth, "friends" & family');

insert into accounts (parent_id, owner_user_id, name, email, external_ref, status, address, settings, balance, deleted_at, created_at)
select case when n % 9 = 0 then n / 9 end, n,
  'Account ' || n || case n % 7 when 0 then ' O''Reilly & Söhne' when 1 then E' \\ back\tslash' else '' end,
  'owner' || n || '@example' || n % 13 || '.test',
  case when n % 3 > 0 then 'crm-' || n end,
  (array['trial', 'active', 'active', 'active', 'suspended', 'closed'])[1 + n % 6]::account_status,
  row (n || ' Main St', 'City ' || n % 50, lpad((n % 99999)::text, 5, '0'), 'US')::postal_address,
  jsonb_build_object('tz', 'UTC', 'recording', n % 2 = 0, 'limits', jsonb_build_array(n, n * 2), 'note', repeat('x', n % 200)),
  round((random() * 1000)::numeric, 4),
  case when n % 40 = 0 then timestamptz '2026-03-01 12:00:00+00' end,
  timestamptz '2024-01-01 00:00:00+00' + n * interval '7 hours'
from generate_series(1, 2000) n;

insert into users (account_id, team_id, email, name, avatar)
select 1 + (n - 1) % 2000, case when n % 4 > 0 then 10 + n % 100 end, 'user' || n || '@example.test', 'User ' || n,
  case when n % 10 = 0 then decode(repeat(md5(n::text), 20), 'hex') end
from generate_series(1, 6000) n;

insert into teams (account_id, lead_user_id, name)
select n, n, 'Team ' || chr(65 + n % 26) from generate_series(1, 100) n;

insert into campaigns (account_id, name, budget, utm)
select 1 + n % 2000, 'Campaign ' || n, (random() * 10000)::numeric(12, 2), case when n % 5 > 0 then jsonb_build_object('utm_source', 's' || n % 12) end
from generate_series(1, 4000) n;

insert into tracking_numbers (pool_id, number, monthly_fee, released_on)
select 1 + n % 8, '+1' || (2000000000 + n * 7919::bigint % 7999999999)::text, 1 + n % 5, case when n % 50 = 0 then date '2026-02-15' end
from generate_series(1, 5000) n;

insert into number_assignments (number_id, campaign_id, during)
select 1 + n % 5000, 1 + n % 4000,
  tstzrange(timestamptz '2025-01-01 00:00:00+00' + (n / 5000) * interval '90 days', timestamptz '2025-01-01 00:00:00+00' + (n / 5000 + 1) * interval '90 days')
from generate_series(0, 14999) n;

insert into calls (account_id, number_id, campaign_id, source_code, caller, provider_call_id, started_at, seconds, outcome, price, city, referrer, notes)
select 1 + (r * r * 2000)::int % 2000, 1 + n % 5000, case when n % 6 > 0 then 1 + n % 4000 end,
  (array['ads', 'organic', 'radio', 'print', 'mail', 'referral'])[1 + n % 6],
  '+1' || 2015550000 + n % 9999, md5('call' || n)::uuid,
  timestamptz '2025-07-01 00:00:00+00' + n * interval '60 seconds',
  (r * 900)::int, (array['answered', 'answered', 'missed', 'busy', 'voicemail', 'spam; blocked'])[1 + floor(r * 6)::int]::call_outcome,
  case when n % 11 > 0 then round((r * 2)::numeric, 4) end,
  'City ' || n % 50,
  case when n % 3 = 0 then 'https://www.example.test/landing/' || n % 400 || '?utm_campaign=' || md5((n % 900)::text) end,
  case when n % 25 = 0 then repeat('The caller asked about the price. ', 1 + n % 9) end
from (select n, random() as r from generate_series(1, 420000) n) g;

insert into tags (account_id, name)
select 1 + n % 2000, (array['lead', 'sale', 'repeat', 'wrong number'])[1 + n / 2000] from generate_series(0, 7999) n;

insert into call_tags (call_id, tag_id)
select n * 11, 1 + n % 8000 from generate_series(1, 30000) n;

-- Audio does not compress; neither does this.
insert into recordings (call_id, codec, audio, waveform)
select n * 397, case n % 2 when 0 then 'opus' else 'g711' end,
  (select decode(string_agg(md5(n || ':' || i), ''), 'hex') from generate_series(1, 300 + n % 500 + case when n % 400 = 0 then 20000 else 0 end) i),
  case when n % 4 = 0 then decode(repeat(md5(n::text), 60), 'hex') end
from generate_series(1, 1000) n;

insert into transcripts (call_id, body, words, summary)
select n * 257,
  (select string_agg(substr(md5(n || '/' || i), 1, 3 + i % 6), ' ') from generate_series(1, 40 + n % 160 + case when n % 700 = 0 then 12000 else 0 end) i),
  (select jsonb_agg(jsonb_build_object('w', substr(md5(n || '/' || i), 1, 3 + i % 6), 't', i * 40)) from generate_series(1, 10 + n % 20) i),
  case when n % 3 = 0 then 'Summary of call ' || n * 257 end
from generate_series(1, 1600) n;

insert into agent_status (user_id) select n from generate_series(1, 200) n;

insert into webhook_deliveries (account_id, payload, attempts, next_try_at)
select 1 + n % 2000, jsonb_build_object('event', 'call.completed', 'id', n), n % 7, timestamptz '2026-06-01 00:00:00+00' + n * interval '1 second'
from generate_series(1, 5000) n;

insert into call_events (call_id, occurred_at, kind, detail)
select 1 + n * 4, timestamptz '2025-12-20 00:00:00+00' + n * interval '160 seconds', (array['ring', 'answer', 'transfer', 'hangup'])[1 + n % 4],
  case when n % 2 = 0 then jsonb_build_object('leg', n % 3, 'trunk', 't' || n % 20) end
from generate_series(1, 100000) n;

insert into audit_log (at, actor, action, after)
select timestamptz '2025-11-01 00:00:00+00' + n * interval '40 minutes', 'user' || n % 300, 'update', jsonb_build_object('n', n)
from generate_series(1, 10000) n;

insert into import_rows (batch, line, raw)
select n / 100, n % 100, 'row;' || n || E';"quoted"\ttab\\' from generate_series(1, 3000) n;
-- Without a key two rows may be the same.
insert into import_rows select * from import_rows where batch < 3;

insert into device_tokens (token, user_id, platform) select md5(n::text), 1 + n % 6000, 'ios' from generate_series(1, 1500) n;
insert into page_cache (url, body) select 'https://example.test/' || n, repeat('cached ', 20) from generate_series(1, 200) n;
insert into support_tickets (account_id, subject, body, open) select 1 + n % 2000, 'Ticket ' || n, null, n % 3 = 0 from generate_series(1, 900) n;
insert into holidays (country, day, name) select c, date '2026-01-01' + n * 30, 'Holiday ' || n from unnest(array['US', 'CA', 'DE']) c, generate_series(0, 11) n;
insert into call_routes (account_id, position, match, rules)
select 1 + n / 3, n % 3, '+1' || n % 10 || '*', jsonb_build_object('ring', n % 60, 'then', 'voicemail') from generate_series(0, 2999) n;
insert into api_keys (id, account_id, digest, scopes)
select md5('key' || n)::uuid, 1 + n % 2000, decode(md5('digest' || n), 'hex'), array['read', 'write'] from generate_series(1, 2500) n;

insert into billing.tax_rates (country, rate) values ('US', 0.0725), ('CA', 0.05), ('DE', 0.19);
insert into billing.rate_cards (valid, per_minute)
select daterange(date '2025-01-01' + n * 91, date '2025-01-01' + (n + 1) * 91), 0.03 + n * 0.001 from generate_series(0, 7) n;
insert into billing.invoices (account_id, month, total, paid_at)
select 1 + n % 2000, date '2026-01-01' + (n / 2000) * interval '1 month', 10 + n % 500, case when n % 4 > 0 then timestamptz '2026-06-01 00:00:00+00' end
from generate_series(0, 11999) n;
insert into billing.invoice_lines (invoice_id, line, description, amount)
select 1 + n / 3, n % 3, 'Minutes, rate card ' || n % 8, (n % 100) / 3.0 from generate_series(0, 35999) n;
insert into billing.payments (invoice_id, method, amount, received_at, reference)
select n, 'card', 10 + n % 500, timestamptz '2026-06-01 00:00:00+00' + n * interval '1 minute', 'ref-' || n from generate_series(1, 9000) n;
-- A reversed payment and a descending credit note.
insert into billing.payments (invoice_id, method, amount, received_at, reference)
select 1, 'credit note', nextval('billing.credit_note_number'), timestamptz '2026-06-30 00:00:00+00', 'cn' from generate_series(1, 25);

insert into "Reporting"."DailyCalls" ("Account Id", "Day", "Calls %", "user")
select 1 + n % 200, date '2026-01-01' + n / 200, n % 100, 'nightly' from generate_series(0, 17999) n;
insert into "select" select n, 'where ' || n, 'drop', '$' || n || ' %s {{ . }}' from generate_series(1, 300) n;
insert into "line one
line two" ("tab	and 🐘 émoji") select E'line\nbreak \\N \\. ' || n from generate_series(1, 300) n;
insert into a_name_of_sixty_three_bytes_which_is_as_long_as_a_name_may_get_ (value) select 'v' || n from generate_series(1, 100) n;
insert into "5"" screen \ share" select n, 'C:\tmp\' || n from generate_series(1, 50) n;

select nextval('rotation') from generate_series(1, 30);
