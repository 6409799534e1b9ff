package chaos

import (
	"context"
	"fmt"
)

func sessionFaults() []Fault {
	// A setting for everybody who connects from now on, until something says no and a person takes it back. To scripts that guard themselves it is nothing.
	timeout := func(n Server, setting, value string) Fault {
		moments := []Moment{before(schemaStep), before(ledgerStep), inLoad}
		outcome := must
		if n == Source {
			// It reaches the replica too, and stays there once that stands: a gate that cannot decide says so.
			outcome.Stops = []string{"gate ready-to-pause", "gate paused", "gate loaded"}
			moments = []Moment{before(membersStep), before(slotsStep), before(pauseStep)}
		}
		return Fault{
			Name: fmt.Sprintf("%s: %s for everybody", n, setting), Does: fmt.Sprintf("ALTER ROLE … SET %s = '%s'", setting, value), Moments: moments,
			Outcome: outcome,
			Strike: func(ctx context.Context, f *Field) error {
				_, err := f.SQL(ctx, n, fmt.Sprintf("alter role postgres set %s = '%s'; alter database %s set %s = '%s'", setting, value, database, setting, value))
				return err
			},
			Mend: func(ctx context.Context, f *Field) error {
				_, err := f.SQL(ctx, n, fmt.Sprintf("alter role postgres reset %s; alter database %s reset %s", setting, database, setting))
				return err
			},
		}
	}
	out := []Fault{
		timeout(Target, "statement_timeout", "30ms"), timeout(Target, "lock_timeout", "1ms"), timeout(Target, "idle_in_transaction_session_timeout", "200ms"),
		timeout(Source, "statement_timeout", "50ms"), timeout(Source, "lock_timeout", "1ms"), timeout(Source, "idle_in_transaction_session_timeout", "200ms"),
	}
	return append(out,
		Fault{
			Name: "reader loses a grant before the pause", Does: "the role that reads the replica may not read a table any more; the paused replica cannot learn of a new grant",
			Moments: []Moment{before(pauseStep)}, Roles: map[Server]string{Replica: "reader"},
			Outcome: Outcome{Recovers: true, Notice: loadStep, Stops: []string{"42-load", "32-schema"}},
			Strike: func(ctx context.Context, f *Field) error {
				_, err := f.SQL(ctx, Source, "grant usage on schema pglogical, pgcutover to reader; grant select on all tables in schema pglogical, pgcutover to reader; revoke select on public.accounts from reader")
				return err
			},
			Mend: func(ctx context.Context, f *Field) error {
				_, err := f.SQL(ctx, Source, "grant select on public.accounts to reader")
				return err
			},
		},
		Fault{
			Name: "loader loses its tables", Does: "the role that loads the target is not the owner of a table any more; a person gives it back",
			Moments: []Moment{before(loadStep), inLoad}, Roles: map[Server]string{Target: "loader"},
			Outcome: must,
			Strike: func(ctx context.Context, f *Field) error {
				_, err := f.SQL(ctx, Target, "set lock_timeout = '300ms'; alter table public.accounts owner to postgres; alter table public.notes owner to postgres")
				if err != nil { // they are being loaded; the ledger is not
					_, err = f.SQL(ctx, Target, "revoke update on pgcutover.item from loader; alter table pgcutover.item_table owner to postgres")
				}
				return err
			},
			Mend: func(ctx context.Context, f *Field) error {
				_, err := f.SQL(ctx, Target, `grant all on all tables in schema pgcutover to loader; alter table pgcutover.item_table owner to loader;
					alter table public.accounts owner to loader; alter table public.notes owner to loader`)
				return err
			},
		},
		Fault{
			Name: "loader may not log in", Does: "the role that loads the target is locked out, then let in again", Roles: map[Server]string{Target: "loader"},
			Moments: []Moment{before(ledgerStep), before(loadStep)}, Outcome: Outcome{Recovers: true, Notice: loadStep},
			Strike: func(ctx context.Context, f *Field) error {
				_, err := f.SQL(ctx, Target, "alter role loader nologin")
				return err
			},
			Mend: func(ctx context.Context, f *Field) error {
				_, err := f.SQL(ctx, Target, "alter role loader login")
				return err
			},
		},
		Fault{
			Name: "loader has two connections", Does: "ALTER ROLE … CONNECTION LIMIT 2 while three workers load", Roles: map[Server]string{Target: "loader"},
			Moments: []Moment{before(loadStep), inLoad}, Outcome: must,
			Strike: func(ctx context.Context, f *Field) error {
				_, err := f.SQL(ctx, Target, "alter role loader connection limit 2")
				return err
			},
			Mend: func(ctx context.Context, f *Field) error {
				_, err := f.SQL(ctx, Target, "alter role loader connection limit -1")
				return err
			},
		},
	)
}
