package chaos

import (
	"context"
	"fmt"
	"time"
)

func networkFaults() []Fault {
	terminate := func(n Server) func(context.Context, *Field) error {
		return func(ctx context.Context, f *Field) error {
			out, err := f.SQL(ctx, n, `select count(pg_terminate_backend(pid)) from pg_stat_activity
				where backend_type = 'client backend' and pid <> pg_backend_pid() and client_addr is not null`)
			f.note("%s sessions ended", out)
			return err
		}
	}
	return []Fault{
		{
			Name: "end all sessions of the target", Does: "pg_terminate_backend of everything that the scripts have open there",
			Moments: []Moment{inLoad, inAnswer(schemaStep, Target)}, Strike: terminate(Target), Outcome: must, Combines: true,
		},
		{
			Name: "end all sessions of the replica", Does: "pg_terminate_backend of everything that the scripts have open there",
			Moments: []Moment{inLoad, inAnswer(pauseStep, Replica), inAnswer(schemaStep, Replica)}, Strike: terminate(Replica), Outcome: must, Combines: true,
		},
		{
			Name: "end all sessions of the source", Does: "pg_terminate_backend of everything that the scripts have open there",
			Moments: []Moment{inAnswer(membersStep, Source), inAnswer(slotsStep, Source), inAnswer(pauseStep, Source)}, Strike: terminate(Source), Outcome: must,
		},
		{
			Name: "cut a stream", Does: "the connection that rows come through breaks after some more kilobytes",
			Moments: []Moment{inLoad}, Outcome: must, Combines: true,
			Strike: func(_ context.Context, f *Field) error {
				if f.link != nil {
					n := f.Rand.Int64N(16 << 10)
					f.link.cutAfter.Store(n)
					f.note("%d bytes still pass", n)
				}
				return nil
			},
		},
		{
			Name: "cut a question", Does: "a connection of a script is closed before the server sees anything of it",
			Moments: inScripts, Outcome: must,
			Strike: func(_ context.Context, f *Field) error {
				if f.link != nil {
					f.link.client.Close()
				}
				return nil
			},
		},
		{
			Name: "cut everything", Does: "every connection to target and replica breaks at once",
			Moments: []Moment{inLoad}, Outcome: must, Combines: true,
			Strike: func(_ context.Context, f *Field) error {
				f.note("%d connections", f.world.proxies[Replica].cutAll()+f.world.proxies[Target].cutAll())
				return nil
			},
		},
		{
			Name: "stall a stream", Does: "the connection that rows come through stands still until the other workers have done more, then goes on",
			Moments: []Moment{inLoad}, Outcome: must, Combines: true,
			Strike: func(ctx context.Context, f *Field) error { return f.othersGoOn(ctx) },
		},
		{
			Name: "stall a stream, then cut it", Does: "the connection that rows come through stands still until the other workers have done more, then breaks",
			Moments: []Moment{inLoad}, Outcome: must, Combines: true,
			Strike: func(ctx context.Context, f *Field) error {
				if err := f.othersGoOn(ctx); err != nil {
					return err
				}
				if f.link != nil {
					f.link.cut()
				}
				return nil
			},
		},
		{
			Name: "target out of reach", Does: "all connections to the target break, and the next ones are refused",
			Moments: []Moment{inLoad}, Outcome: must, Combines: true,
			Strike: func(_ context.Context, f *Field) error {
				f.world.proxies[Target].refuse(3 + f.Rand.IntN(4))
				f.world.proxies[Target].cutAll()
				return nil
			},
		},
		{
			Name: "replica out of reach", Does: "all connections to the replica break, and the next ones are refused",
			Moments: []Moment{inLoad}, Outcome: must, Combines: true,
			Strike: func(_ context.Context, f *Field) error {
				f.world.proxies[Replica].refuse(3 + f.Rand.IntN(4))
				f.world.proxies[Replica].cutAll()
				return nil
			},
		},
		{
			Name: "source out of reach", Does: "connections to the source are refused until something has said so",
			Moments: []Moment{before("10-source/15-node.sql"), before(membersStep), before(slotsStep), before(pauseStep), inScript(slotsStep, Source, 22), inScript(pauseStep, Source, 28)},
			Outcome: must,
			Strike: func(_ context.Context, f *Field) error {
				f.world.proxies[Source].refuse(1 << 20)
				f.world.proxies[Source].cutAll()
				return nil
			},
			Mend: func(_ context.Context, f *Field) error {
				f.world.proxies[Source].open()
				return nil
			},
		},
	}
}

// othersGoOn waits until items were finished beside the one whose stream waits, or until nobody is left who could.
func (f *Field) othersGoOn(ctx context.Context) error {
	done := "select count(*) from pgcutover.item where state = 'done'"
	before, err := f.SQL(ctx, Target, done)
	if err != nil {
		return err
	}
	for {
		// Everything else that is ready is done: the others wait for this one.
		out, err := f.SQL(ctx, Target, fmt.Sprintf(`select (%s) >= %s + 2 or (select count(*) from pgcutover.item where state = 'waiting' and unfinished = 0) <= 1`, done, before))
		if err == nil && out == "t" {
			return nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(50 * time.Millisecond):
		}
	}
}
