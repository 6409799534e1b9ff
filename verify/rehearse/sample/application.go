package sample

import (
	"context"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/pgcutover/pgcutover/verify/rehearse/workload"
)

// StartWorkload sets the business to work on the sample database. The context bounds the connecting only; the caller has to Stop it.
func StartWorkload(ctx context.Context, dsn string, o workload.Options) (*workload.Workload, error) {
	o.Name = "calltrack"
	started := time.Now()
	return workload.Start(ctx, dsn, o, func(r *rand.Rand) workload.Hand { return &application{rand: r, started: started} })
}

// An application is one connection of the business: what it does in its transactions.
type application struct {
	rand    *rand.Rand
	started time.Time
	tx      pgx.Tx
	lost    int64 // savepoints rolled back in this transaction
}

// epoch is the day the application lives at: within the last partition of call_events, so that rows go there and, past its
// end, to the default one.
var epoch = time.Date(2026, 6, 28, 0, 0, 0, 0, time.UTC)

// in runs a kind of transaction in the one that is begun.
func (a *application) in(ctx context.Context, tx pgx.Tx, kind func(context.Context) error) (int64, error) {
	a.tx, a.lost = tx, 0
	err := kind(ctx)
	return a.lost, err
}

// Pick chooses the next transaction.
func (a *application) Pick() workload.Transaction {
	kinds := []struct {
		share int
		run   func(context.Context) error
	}{
		{30, a.takeCall}, {20, a.workAgent}, {15, a.annotateCall}, {10, a.deliverWebhooks}, {6, a.transcribe},
		{5, a.changeMind}, {4, a.bill}, {4, a.importRows}, {3, a.manage}, {3, a.writeOddNames},
	}
	n := a.rand.IntN(100)
	for _, k := range kinds {
		if n -= k.share; n < 0 {
			return func(ctx context.Context, tx pgx.Tx) (int64, error) { return a.in(ctx, tx, k.run) }
		}
	}
	panic("shares add up to less than 100")
}

func (a *application) exec(ctx context.Context, sql string, args ...any) error {
	if _, err := a.tx.Exec(ctx, sql, args...); err != nil {
		return fmt.Errorf("%.60s…: %w", sql, err)
	}
	return nil
}

// all runs statements until one fails.
func (a *application) all(ctx context.Context, statements ...string) error {
	for _, sql := range statements {
		if err := a.exec(ctx, sql); err != nil {
			return err
		}
	}
	return nil
}

func (a *application) now() time.Time {
	return epoch.Add(time.Since(a.started) * 600) // ten minutes a second: the partition's end comes within seven
}

func (a *application) takeCall(ctx context.Context) error {
	var call int64
	err := a.tx.QueryRow(ctx, `insert into calls (account_id, number_id, campaign_id, source_code, caller, provider_call_id, started_at, seconds, outcome, price)
		values ($1, $2, $3, 'ads', '+12015550100', gen_random_uuid(), $4, $5, 'answered', 0.25) returning id`,
		1+a.rand.IntN(2000), 1+a.rand.IntN(5000), 1+a.rand.IntN(4000), a.now(), a.rand.IntN(900)).Scan(&call)
	if err != nil {
		return fmt.Errorf("inserting a call: %w", err)
	}
	for i := range 1 + a.rand.IntN(3) {
		if err := a.exec(ctx, `insert into call_events (call_id, occurred_at, kind, detail) values ($1, $2, 'ring', jsonb_build_object('leg', $3::int))`,
			call, a.now().Add(time.Duration(i)*time.Second), i); err != nil {
			return err
		}
	}
	if err := a.exec(ctx, `insert into webhook_deliveries (account_id, payload, next_try_at) values ($1, jsonb_build_object('call', $2::bigint), $3)`,
		1+a.rand.IntN(2000), call, a.now()); err != nil {
		return err
	}
	return a.exec(ctx, `update agent_status set calls_taken = calls_taken + 1, state = 'busy' where user_id = $1`, 1+a.rand.IntN(200))
}

func (a *application) workAgent(ctx context.Context) error {
	return a.exec(ctx, `update agent_status set state = case state when 'idle' then 'busy' else 'idle' end, updated_at = clock_timestamp() where user_id = $1`,
		1+a.rand.IntN(20))
}

func (a *application) annotateCall(ctx context.Context) error {
	call := 1 + a.rand.IntN(420000)
	if err := a.exec(ctx, `update calls set notes = 'called back ' || $2::int, outcome = 'voicemail' where id = $1`, call, a.rand.IntN(1000)); err != nil {
		return err
	}
	return a.exec(ctx, `insert into call_tags (call_id, tag_id) select $1, $2 where exists (select from calls where id = $1) on conflict do nothing`,
		call, 1+a.rand.IntN(8000))
}

func (a *application) deliverWebhooks(ctx context.Context) error {
	if err := a.exec(ctx, `delete from webhook_deliveries where id in (select id from webhook_deliveries order by id limit 4 for update skip locked)`); err != nil {
		return err
	}
	return a.exec(ctx, `delete from call_tags where (call_id, tag_id) in (select call_id, tag_id from call_tags where call_id >= $1 order by 1, 2 limit 1 for update skip locked)`,
		a.rand.IntN(330000))
}

// transcribe writes LOBs: new ones, and updates that leave a stored one as it is.
func (a *application) transcribe(ctx context.Context) error {
	if a.rand.IntN(2) == 0 {
		return a.exec(ctx, `update transcripts set language = 'de', summary = 'again' where call_id = $1`, 257*(1+a.rand.IntN(1600)))
	}
	call := 1 + a.rand.IntN(420000)
	if err := a.exec(ctx, `insert into transcripts (call_id, body, words) values ($1, repeat(md5($2::int::text), 40), jsonb_build_array($2::int)) on conflict (call_id) do update set body = excluded.body`,
		call, a.rand.IntN(1000000)); err != nil {
		return err
	}
	return a.exec(ctx, `insert into recordings (call_id, codec, audio) select $1, 'opus', decode(string_agg(md5(i::text), ''), 'hex') from generate_series($2::int, $2::int + 200) i on conflict do nothing`,
		call, a.rand.IntN(1000000))
}

// changeMind does something, takes it back to a savepoint, and commits something else.
func (a *application) changeMind(ctx context.Context) error {
	account := 1 + a.rand.IntN(2000)
	return all(
		func() error { return a.exec(ctx, `update accounts set balance = balance + 1 where id = $1`, account) },
		func() error {
			return a.all(ctx, `savepoint a`,
				`insert into import_rows (batch, line, raw) values (-1, 1, 'never seen')`,
				`update agent_status set state = 'never seen' where user_id = 21`,
				`savepoint b`, `delete from page_cache`, `rollback to b`, `rollback to a`)
		},
		func() error {
			a.lost += 2
			return a.exec(ctx, `insert into audit_log (at, actor, action) values ($1, 'app', 'changed its mind')`, a.now())
		},
	)
}

func all(steps ...func() error) error {
	for _, step := range steps {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

func (a *application) bill(ctx context.Context) error {
	invoice := 1 + a.rand.IntN(12000)
	if err := a.exec(ctx, `insert into billing.payments (invoice_id, method, amount, received_at, reference) values ($1, 'card', 12.50, $2, 'live')`, invoice, a.now()); err != nil {
		return err
	}
	if err := a.exec(ctx, `update billing.invoices set paid_at = $2, total = total + 0.01 where id = $1`, invoice, a.now()); err != nil {
		return err
	}
	return a.exec(ctx, `insert into billing.invoices (account_id, month, total) values ($1, date '2026-07-01' + $2::int, 1) on conflict (account_id, month) do nothing`,
		1+a.rand.IntN(2000), a.rand.IntN(2000))
}

func (a *application) importRows(ctx context.Context) error {
	return a.exec(ctx, `insert into import_rows (batch, line, raw) select $1, n, 'live' from generate_series(1, 5) n`, 1000+a.rand.IntN(1000))
}

// manage changes master data, keys too: two teams swap their names, which only a deferred constraint allows.
func (a *application) manage(ctx context.Context) error {
	switch a.rand.IntN(4) {
	case 0:
		return all(
			func() error {
				return a.exec(ctx, `update teams set name = case id when 10 then (select name from teams where id = 11) else (select name from teams where id = 10) end where id in (10, 11)`)
			},
			func() error {
				return a.exec(ctx, `update teams set lead_user_id = $1 where id = 12`, 1+a.rand.IntN(6000))
			},
		)
	case 1:
		return a.exec(ctx, `update device_tokens set token = md5(random()::text) where token = (select min(token) from device_tokens)`)
	case 2:
		return a.exec(ctx, `insert into support_tickets (account_id, subject) values ($1, 'live')`, 1+a.rand.IntN(2000))
	default:
		return a.exec(ctx, `update api_keys set last_used_at = $1 where id = md5('key' || $2::int)::uuid`, a.now(), 1+a.rand.IntN(2500))
	}
}

func (a *application) writeOddNames(ctx context.Context) error {
	return a.all(ctx,
		`update "select" set "where" = 'live', "a column; drop table accounts --" = clock_timestamp()::text where "from" = 7`,
		"insert into \"line one\nline two\" default values",
		`insert into "Reporting"."DailyCalls" ("Account Id", "Day", "Calls %") values (1, '2026-06-28', 1) on conflict ("Account Id", "Day") do update set "Calls %" = "DailyCalls"."Calls %" + 1`,
		`update "5"" screen \ share" set "path\to ""it""" = 'live' where id = 1`,
		`insert into a_name_of_sixty_three_bytes_which_is_as_long_as_a_name_may_get_ (value) values ('live')`)
}

// Large touches some thousand rows in one transaction.
func (a *application) Large(ctx context.Context, tx pgx.Tx) (int64, error) {
	return a.in(ctx, tx, a.large)
}

func (a *application) large(ctx context.Context) error {
	first := 1 + a.rand.IntN(400000)
	if err := a.exec(ctx, `update calls set price = coalesce(price, 0) + 0.01 where id between $1::bigint and $1::bigint + 1999`, first); err != nil {
		return err
	}
	return a.exec(ctx, `insert into call_events (call_id, occurred_at, kind) select n, timestamptz '2026-06-15 00:00:00+00' + n * interval '1 ms', 'recount' from generate_series($1::bigint, $1::bigint + 999) n`, first)
}

// Long writes, waits, writes again and commits.
func (a *application) Long(ctx context.Context, tx pgx.Tx, wait workload.Wait) (int64, error) {
	return a.in(ctx, tx, func(ctx context.Context) error {
		if err := a.exec(ctx, `insert into support_tickets (account_id, subject) values (1, 'slow')`); err != nil {
			return err
		}
		wait()
		return a.exec(ctx, `insert into audit_log (at, actor, action) values ($1, 'app', 'slow')`, a.now())
	})
}
