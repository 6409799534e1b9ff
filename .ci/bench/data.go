package main

import "fmt"

// smallTables of the data set have indexes that outweigh their rows.
const smallTables = 200

// dataset is the SQL of about so many GB: one table with seven tenths of it, one of wide texts and documents with a quarter, and 200 small
// ones. Each has a key and two indexes more. Values come of hashes, so that they are the same on every machine and do not compress away.
func dataset(gb float64) string {
	events, documents, small := int64(gb*4_450_000), int64(gb*240_000), int64(gb*450)
	return fmt.Sprintf(`
create table events (id bigint primary key, account_id integer not null, at timestamptz not null, kind smallint not null, amount numeric(12,2), reference uuid not null, note text);
insert into events select g, hashint8(g) & 65535, timestamptz '2020-01-01 00:00:00+00' + g * interval '7 seconds', g %% 11, (hashint8(g * 3) & 1048575) / 100.0,
	md5(g::text)::uuid, md5((g * 5)::text) || left(md5((g * 7)::text), (g %% 24)::int) from generate_series(1::bigint, %d) g;
create index events_account on events (account_id, at);
create index events_at on events (at);
create table documents (id bigint primary key, account_id integer not null, title text not null, body text not null, attributes jsonb not null, created_at timestamptz not null);
insert into documents select g, hashint8(g) & 65535, 'Document ' || md5(g::text), (select string_agg(md5((g * 31 + n)::text), ' ') from generate_series(1, 8 + g %% 32) n),
	jsonb_build_object('tag', md5((g * 3)::text), 'score', g %% 1000, 'path', jsonb_build_array(md5((g * 11)::text), g %% 7), 'open', g %% 2 = 0), timestamptz '2021-01-01 00:00:00+00' + g * interval '1 minute'
	from generate_series(1::bigint, %d) g;
create index documents_account on documents (account_id);
create index documents_created on documents (created_at);
do $$ begin
	for n in 1..%d loop
		execute format('create table small_%%1$s (id integer primary key, code text not null, owner_id integer not null, value double precision, changed_at timestamptz not null)', n);
		execute format('insert into small_%%1$s select g, md5((g * %%1$s)::text), hashint4(g) & 1023, sqrt(g), timestamptz ''2022-01-01 00:00:00+00'' + g * interval ''1 hour'' from generate_series(1, %d) g', n);
		execute format('create unique index small_%%1$s_code on small_%%1$s (code)', n);
		execute format('create index small_%%1$s_owner on small_%%1$s (owner_id)', n);
	end loop;
end $$;
vacuum analyze;
checkpoint;
`, events, documents, smallTables, small)
}
