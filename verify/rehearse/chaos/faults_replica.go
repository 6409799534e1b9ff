package chaos

import "context"

// resumes lets the replica go on, and waits until it has replayed something that the application wrote after the pause.
func resumes(ctx context.Context, f *Field) error {
	if _, err := f.SQL(ctx, Source, "insert into public.events (what) values ('after the pause'); insert into public.notes values (-0 + 900000, 1)"); err != nil {
		return err
	}
	if _, err := f.SQL(ctx, Replica, "select pg_wal_replay_resume()"); err != nil {
		return err
	}
	return f.until(ctx, Replica, "select exists (select from public.notes where id = 900000)")
}

func replicaFaults() []Fault {
	again := func(ctx context.Context, f *Field) error {
		if err := resumes(ctx, f); err != nil {
			return err
		}
		if _, err := f.SQL(ctx, Replica, "select pg_wal_replay_pause()"); err != nil {
			return err
		}
		// The request takes hold at the next record.
		return f.until(ctx, Replica, "select pg_get_wal_replay_pause_state() = 'paused'")
	}
	promote := func(ctx context.Context, f *Field) error { return f.Server(Replica).Promote(ctx) }
	end := []string{"G0-TOPO", "G2-LSN", "G2-PAUSED", "G3-ROWS"}
	return []Fault{
		{
			Name: "resume the replica", Does: "somebody resumes replay by accident",
			Moments: []Moment{after(pauseStep), before(ledgerStep), inLoad}, Strike: resumes, Outcome: voided(), Recovery: pausedAgain,
		},
		{
			Name: "resume the replica and pause it again", Does: "somebody resumes replay by accident, sees it and pauses it again, at another position",
			Moments: []Moment{after(pauseStep), before(ledgerStep), inLoad}, Strike: again, Outcome: voided(), Recovery: pausedAgain,
		},
		{
			Name: "resume the replica after the load", Does: "somebody resumes replay when the rows are in, before the gate has compared them",
			Moments: []Moment{after(loadStep)}, Strike: resumes, Outcome: Outcome{Recovers: true, Stops: end},
		},
		{
			Name: "promote the replica", Does: "a failover tool makes the replica a primary",
			Moments: []Moment{after(pauseStep), before(ledgerStep), inLoad, after(loadStep)}, Strike: promote,
			Outcome: Outcome{Stops: append([]string{"42-load", "83-full-restart", "32-schema"}, end...), Notice: "gate paused"},
		},
	}
}
