package chaos

import (
	"context"
	"os"
	"strings"
)

func handFaults() []Fault {
	edit := func(name string, change func(string) string) func(context.Context, *Field) error {
		return func(_ context.Context, f *Field) error {
			if err := f.keepCopy(name); err != nil {
				return err
			}
			return f.edit(name, change)
		}
	}
	back := func(name string) func(context.Context, *Field) error {
		return func(_ context.Context, f *Field) error { return f.putBack(name) }
	}
	half := func(s string) string { return s[:len(s)/2] }
	ledger := func(sql string) func(context.Context, *Field) error {
		return func(ctx context.Context, f *Field) error {
			_, err := f.SQL(ctx, Target, sql)
			return err
		}
	}
	// onceFilled runs statements in the transaction that fills the ledger, at its end: before any worker picks an item.
	onceFilled := func(statements string) func(context.Context, *Field) error {
		return ledger(`create function pgcutover.hand() returns trigger language plpgsql as $hand$
declare
  never int;
begin
  select id into strict never from pgcutover.item where kind = 'copy' order by bytes desc, id limit 1;
  ` + statements + `
  return null;
end $hand$;
create constraint trigger hand after insert on pgcutover.run deferrable initially deferred for each row execute procedure pgcutover.hand()`)
	}
	return []Fault{
		{
			Name: "items.tsv is edited", Does: "a range is made shorter by hand", Moments: []Moment{before(ledgerStep), before(loadStep)},
			Outcome: Outcome{Stops: []string{"42-load"}, Notice: loadStep},
			Strike:  edit("migration/40-load/items.tsv", func(s string) string { return strings.Replace(s, "COPY", "COPY ", 1) }),
		},
		{
			Name: "items.tsv is cut", Does: "half of it did not get through; a person copies it again", Moments: []Moment{before(ledgerStep), before(loadStep)},
			Outcome: Outcome{Recovers: true, Notice: loadStep}, Strike: edit("migration/40-load/items.tsv", half), Mend: back("migration/40-load/items.tsv"),
		},
		{
			Name: "state.json is cut", Does: "half of it is missing; a person restores it", Moments: []Moment{before(pauseStep), after(pauseStep), before(loadStep), after(loadStep)},
			Outcome: Outcome{Recovers: true, Notice: "gate paused"}, Strike: edit("state.json", half), Mend: back("state.json"),
		},
		{
			Name: "state.json is edited", Does: "somebody writes another position into it", Moments: []Moment{after(pauseStep), before(loadStep), after(loadStep)},
			Outcome: Outcome{Stops: []string{"G2-LSN", "G3-LSN", "42-load", "83-full-restart"}, Notice: "gate paused", Recovers: true},
			Strike: edit("state.json", func(s string) string {
				at := strings.Index(s, `"pause"`)
				i := at + strings.Index(s[at:], `"lsn": "`) + len(`"lsn": "`)
				j := i + strings.Index(s[i:], `"`)
				return s[:i] + "0/1FFFFF8" + s[j:]
			}),
		},
		{
			Name: "state.json is lost", Does: "somebody removes it", Moments: []Moment{before(pauseStep), after(pauseStep), before(loadStep), after(loadStep)},
			Outcome: Outcome{Stops: []string{"21-pause", "gate paused", "32-schema", "42-load", "G2-LSN", "G3-LSN", "G1-SLOT", "gate loaded"}, Notice: "gate paused"},
			Strike:  func(_ context.Context, f *Field) error { return os.Remove(f.path("state.json")) },
		},
		{
			Name: "plan.json is cut", Does: "half of it is missing; a person restores it", Moments: []Moment{before(pauseStep), after(pauseStep), after(loadStep)},
			Outcome: Outcome{Recovers: true, Notice: "gate paused"}, Strike: edit("plan.json", half), Mend: back("plan.json"),
		},
		{
			Name: "an item is marked as done", Does: "somebody changes the ledger so that a copy is never made", Moments: []Moment{before(loadStep)},
			Outcome: Outcome{Stops: []string{"G3-ROWS", "G3-COVER"}, Notice: lastGate},
			Strike: onceFilled(`update pgcutover.item set state = 'done', rows_sent = 0, rows_received = 0 where id = never;
  update pgcutover.item set unfinished = unfinished - 1 where id in (select item from pgcutover.item_need where needs = never);`),
		},
		{
			Name: "an item is removed", Does: "somebody deletes a copy from the ledger", Moments: []Moment{before(loadStep)},
			Outcome: Outcome{Recovers: true, Notice: loadStep},
			Strike: onceFilled(`delete from pgcutover.item_need where needs = never or item = never;
  delete from pgcutover.item_table where item = never;
  delete from pgcutover.item where id = never;`),
		},
		{
			Name: "an item is put back", Does: "somebody marks a copy that is done, where one is, as waiting", Moments: []Moment{inLoad},
			Outcome: Outcome{Recovers: true, Stops: []string{"42-load", "G3-ROWS", "G3-COVER"}},
			Strike:  ledger(`update pgcutover.item set state = 'waiting', picked_at = null where id = (select id from pgcutover.item where kind = 'copy' and state = 'done' order by id limit 1)`),
		},
		{
			Name: "the ledger is of another pause", Does: "somebody writes another position into the ledger", Moments: []Moment{inLoad, after(loadStep)},
			Outcome: Outcome{Stops: []string{"42-load", "G3-LSN", "G2-LSN", "G3-COVER"}, Notice: loadStep, Recovers: true},
			Strike:  ledger("update pgcutover.run set lsn = '0/42'"),
		},
		{
			Name: "the ledger is dropped", Does: "somebody drops its schema", Moments: []Moment{before(loadStep), after(loadStep)},
			Outcome: Outcome{Stops: []string{"42-load", "G3-COVER", "G3-LSN", "gate loaded"}, Notice: loadStep},
			Strike:  ledger("drop schema pgcutover cascade"),
		},
	}
}
