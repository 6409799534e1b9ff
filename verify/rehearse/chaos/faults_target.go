package chaos

import "context"

func targetFaults() []Fault {
	on := func(sql string) func(context.Context, *Field) error {
		return func(ctx context.Context, f *Field) error {
			_, err := f.SQL(ctx, Target, sql)
			return err
		}
	}
	loaded := []Moment{after(loadStep)}
	rows := Outcome{Stops: []string{"G3-ROWS"}, Notice: lastGate}
	return []Fault{
		{
			Name: "somebody writes into an empty table", Does: "a row in a table that is still to be loaded; the hint says TRUNCATE",
			Moments: []Moment{before(ledgerStep), before(loadStep)}, Outcome: Outcome{Recovers: true, Notice: loadStep},
			Strike: on("insert into public.shapes values (77, 'mine')"), Mend: on("truncate public.shapes"),
		},
		{
			Name: "somebody writes into a range's table", Does: "a row in a table that is copied in ranges, before the first is there; the hint says TRUNCATE",
			Moments: []Moment{before(loadStep)}, Outcome: Outcome{Recovers: true, Notice: loadStep},
			Strike: on("insert into public.calls (id, at, caller, body) overriding system value values (-77, now(), 'mine', '')"), Mend: on("truncate public.calls"),
		},
		{
			Name: "somebody writes into a table between its ranges", Does: "a row in a table of which some ranges are loaded", Moments: []Moment{inLoad},
			Outcome: Outcome{Stops: []string{"G3-ROWS", "42-load"}, Notice: lastGate, Recovers: true},
			Strike:  on("insert into public.calls (id, at, caller, body) overriding system value values (-77, now(), 'mine', '')"), Mend: on("delete from public.calls where id = -77; truncate public.calls"),
		},
		{Name: "a loaded row is deleted", Does: "DELETE on the target", Moments: loaded, Outcome: rows, Strike: on("delete from public.accounts where id = 7")},
		{Name: "a loaded row is changed", Does: "UPDATE on the target: the count is the same", Moments: loaded, Outcome: rows, Strike: on("update public.accounts set name = name || '!' where id = 7")},
		{Name: "a loaded row is swapped", Does: "DELETE and INSERT on the target: the count is the same", Moments: loaded, Outcome: rows,
			Strike: on("delete from public.events where id = 7; insert into public.events values (99999999, 'event 7')")},
		{Name: "a row is added", Does: "INSERT on the target", Moments: loaded, Outcome: rows, Strike: on("insert into public.colors values (99, 'mine')")},
		{Name: "a table is truncated", Does: "TRUNCATE on the target of what is loaded", Moments: loaded, Outcome: rows, Strike: on("truncate public.orders_2024")},
		{
			Name: "a column is dropped on the target", Does: "DDL on the target", Moments: loaded, Strike: on("alter table public.accounts drop column balance cascade"),
			Outcome: Outcome{Stops: []string{"G3-COLS", "G3-ROWS"}, Notice: lastGate},
		},
		{
			Name: "an index is dropped", Does: "on the target", Moments: loaded, Strike: on("drop index public.calls_caller"),
			Outcome: Outcome{Stops: []string{"G3-IDX"}, Notice: lastGate},
		},
		{
			Name: "an index is invalid", Does: "on the target, as after a CREATE INDEX CONCURRENTLY that failed", Moments: loaded,
			Strike:  on("update pg_index set indisvalid = false where indexrelid = 'public.accounts_name'::regclass"),
			Outcome: Outcome{Stops: []string{"G3-IDX"}, Notice: lastGate},
		},
		{
			Name: "a primary key is dropped", Does: "on the target", Moments: loaded, Strike: on("alter table public.events drop constraint events_pkey"),
			Outcome: Outcome{Stops: []string{"G3-IDX", "G3-CON"}, Notice: lastGate},
		},
		{
			Name: "a trigger comes back", Does: "a trigger on the target that acts on what is applied", Moments: loaded,
			Strike:  on("create function public.meddle() returns trigger language plpgsql as 'begin return new; end'; create trigger meddle before insert on public.accounts for each row execute function public.meddle()"),
			Outcome: Outcome{Stops: []string{"G3-FIRE", "G3-OBJ"}, Notice: lastGate},
		},
		{
			Name: "a sequence falls behind", Does: "setval on the target", Moments: loaded, Strike: on("select setval('public.tickets', 1)"),
			Outcome: Outcome{Stops: []string{"G3-SEQ"}, Notice: lastGate},
		},
	}
}
