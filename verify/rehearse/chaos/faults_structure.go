package chaos

import (
	"context"
	"strings"
)

// changes are what somebody does to the source's structure although nobody should. The application goes on.
var changes = []struct{ name, sql string }{
	{"add a column", "alter table public.accounts add column color text default 'blue'"},
	{"drop a column", "alter table public.accounts drop column changed_at"},
	{"rename a column", "alter table public.orders rename column total to amount"},
	{"rename a table", "alter table public.sizes rename to measures"},
	{"create a table", "create table public.newcomer (id int primary key); insert into public.newcomer values (1)"},
	{"drop a table", "drop table public.spare cascade"},
	{"change a type", "alter table public.orders alter column total type text"},
	{"attach a partition", "create table public.orders_2026 partition of public.orders for values from ('2026-01-01') to ('2027-01-01')"},
	{"create an index", "create index accounts_balance on public.accounts (balance)"},
	{"drop an index", "drop index public.calls_at"},
	{"drop a constraint", "alter table public.notes drop constraint notes_positive"},
	{"add a constraint", "alter table public.accounts add constraint named check (name <> '')"},
	{"drop a primary key", "alter table public.colors drop constraint colors_pkey"},
}

func structureFaults() []Fault {
	moments := []Moment{before(planned), before(pauseStep), after(pauseStep), inLoad}
	// Where a changed table stands in a set, another check may be the first to see it.
	stops := []string{"G0-DRIFT", "G1-MEMBER", "G1-SETS", "16-members", "21-pause", "32-schema", "33-relax", "42-load", "14-markers"}
	out := make([]Fault, 0, len(changes)+1)
	for _, c := range changes {
		out = append(out, Fault{
			Name: "source: " + c.name, Does: "DDL on the source while the migration is under way", Moments: moments,
			Strike: func(ctx context.Context, f *Field) error {
				_, err := f.SQL(ctx, Source, sqlOf(c.sql))
				return err
			},
			Outcome: Outcome{Stops: stops, Notice: lastGate},
		})
	}
	return append(out, Fault{
		Name: "source: truncate a table", Does: "TRUNCATE of a table on the source; the slots carry it", Moments: moments, Outcome: must,
		Strike: func(ctx context.Context, f *Field) error {
			_, err := f.SQL(ctx, Source, "truncate public.sizes")
			return err
		},
	})
}

func sqlOf(s string) string { return strings.TrimSpace(s) + ";" }
