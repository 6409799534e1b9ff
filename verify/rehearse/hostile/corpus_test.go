package hostile_test

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/pgcutover/pgcutover/verify/rehearse"
	"github.com/pgcutover/pgcutover/verify/rehearse/cluster"
)

// A schema is one of a directory of public schemas (PGCUTOVER_CORPUS, default ../shared/corpus beside the repository).
type schema struct {
	files  []string
	before string // SQL first
	after  string // SQL when the files are loaded: rows for those that come without
	config string // of pgcutover.yaml, without the disks
	writes string // SQL that an application runs all the while, over and over; empty: nobody writes
}

var corpus = map[string]schema{
	"pagila":        {files: []string{"pagila-schema.sql", "pagila-data.sql"}, writes: rentals},
	"chinook":       {files: []string{"chinook.sql"}},
	"stackexchange": {files: []string{"stackexchange-schema.sql"}, before: "drop schema public;", after: fillGeneric},
	"partitions": {files: []string{"partitions-schema.sql"}, after: fillPartitions, config: textKeys + `
  - {code: TY106, subject: "*", reason: the endpoints read and write such numbers as text}`},
	"case-sensitive": {files: []string{"case-sensitive-schema.sql", "case-sensitive-data.sql"}, config: textKeys + `
  - {code: TY106, subject: "*", reason: the endpoints read and write such numbers as text}`},
	"unique-key-conflicts": {files: []string{"unique-key-conflicts-schema.sql", "unique-key-conflicts-data.sql", "unique-key-conflicts-changes.sql"}},
}

// textKeys accepts what these schemas have in common: partitions by a text column, which therefore is part of the primary key.
const textKeys = `
accept:
  - {code: TY105, subject: "*", reason: a test of the load; nothing is applied}`

// rentals is a transaction of a shop that rents films.
const rentals = `
with r as (
  insert into rental (rental_date, inventory_id, customer_id, staff_id)
  values (clock_timestamp(), 1 + (random() * 4000)::int, 1 + (random() * 500)::int, 1) returning rental_id, customer_id)
insert into payment (customer_id, staff_id, rental_id, amount, payment_date) select customer_id, 1, rental_id, 4.99, '2022-07-01' from r;
update film set description = description || '.' where film_id = 1 + (random() * 990)::int;
update customer set active = 1 - active where customer_id = 1 + (random() * 500)::int;
delete from film_actor where actor_id = 1 + (random() * 190)::int and film_id = 1 + (random() * 990)::int;`

// otherDatabase are the lines of a script that makes a database for itself.
var otherDatabase = regexp.MustCompile(`(?mi)^(drop database|create database|\\c )[^\n]*$`)

// corpusDir is the directory of public schemas; without it the test is skipped.
func corpusDir(t *testing.T) string {
	t.Helper()
	dir := cmp.Or(os.Getenv("PGCUTOVER_CORPUS"), "../../../../shared/corpus")
	if _, err := os.Stat(dir); err != nil {
		t.Skip("no directory of public schemas (PGCUTOVER_CORPUS, default ../shared/corpus)")
	}
	return dir
}

// TestCorpus takes each public schema through a whole migration.
func TestCorpus(t *testing.T) {
	if testing.Short() {
		t.Skip("takes a minute")
	}
	cluster.NeedPGLogical(t)
	dir := corpusDir(t)
	for name, s := range corpus {
		t.Run(name, func(t *testing.T) {
			sql := s.before
			for _, f := range s.files {
				b, err := os.ReadFile(filepath.Join(dir, f))
				require.NoError(t, err)
				sql += "\n" + otherDatabase.ReplaceAllString(string(b), "")
			}
			sql += s.after
			m := migration{content: rehearse.Content{
				Database: name,
				Fill: func(ctx context.Context, primary *cluster.Cluster, database string) error {
					_, err := primary.Psql(ctx, database, sql+"\nvacuum analyze")
					return err
				},
				Write: writer(s.writes),
				Config: func(source, replica int64) string {
					return fmt.Sprintf("slots:\n  count: 2\nwal:\n  source_free_bytes: %d\n  replica_free_bytes: %d\n%s", source, replica, s.config)
				},
			}}
			m.run(t)
		})
	}
}

// fillPartitions gives every partition some rows.
const fillPartitions = `
insert into sales_region select n, n, 'b', (array['London', 'Sydney', 'Boston'])[1 + n % 3] from generate_series(1, 300) as n;
insert into p1.sales_region select n, n, null, (array['London', 'Sydney', 'Boston'])[1 + n % 3] from generate_series(1, 300) as n;
insert into test_partitions_sequences (amount, region) select n, (array['London', 'Sydney', 'Boston'])[1 + n % 3] from generate_series(1, 300) as n;
insert into sales select n, 'p', n, '2019-10-01'::date + n % 270 from generate_series(1, 300) as n;
insert into range_columns_partition_test select n % 10, n from generate_series(1, 300) as n;
insert into emp select n, 'e' || n, n % 7 from generate_series(1, 300) as n;
insert into customers select n, (array['ACTIVE', 'RECURRING', 'REACTIVATED', 'else'])[1 + n % 4], n from generate_series(1, 300) as n;
`

// fillGeneric gives every table the same number of rows, whose numbers are all the row's own: what refers to another table finds it.
const fillGeneric = `
set session_replication_role = replica;
do $fill$
declare
  r record;
begin
  for r in
    select format('insert into %s (%s) select %s from generate_series(1, 300) as n', c.oid::regclass, string_agg(quote_ident(a.attname), ', ' order by a.attnum), string_agg(
      case
        when a.atttypid in ('int2'::regtype, 'int4'::regtype, 'int8'::regtype, 'numeric'::regtype) then 'n'
        when a.atttypid = 'bool'::regtype then 'n % 2 = 0'
        when a.atttypid in ('json'::regtype, 'jsonb'::regtype) then $$format('{"n": %s, "text": "\u00e9"}', n)::jsonb$$
        when a.atttypid in ('timestamp'::regtype, 'timestamptz'::regtype, 'date'::regtype) then $$'2020-01-01'::timestamp + n * interval '1 hour'$$
        when a.atttypid = 'uuid'::regtype then 'md5(n::text)::uuid'
        else $$'text ' || n$$
      end, ', ' order by a.attnum)) as statement
    from pg_class as c join pg_attribute as a on a.attrelid = c.oid
    where c.relkind = 'r' and c.relnamespace = 'public'::regnamespace and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
    group by c.oid order by c.oid
  loop
    execute r.statement;
  end loop;
end
$fill$;
reset session_replication_role;
`
