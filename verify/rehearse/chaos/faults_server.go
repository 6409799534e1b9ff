package chaos

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
)

// between are moments all along the way from the pause to the last gate.
var between = []Moment{after(pauseStep), before(schemaStep), before(ledgerStep), inLoad, after(loadStep)}

// voided is the outcome where the replica has moved while the load read from it: it has to be noticed, and starting over recovers.
func voided() Outcome {
	return Outcome{Recovers: true, Notice: "gate paused", Stops: []string{"gate paused"}}
}

// pausedAgain is what the remedy of the gate after the pause says.
var pausedAgain = []Remedy{{[]string{pauseStep}, "gate paused"}}

func serverFaults() []Fault {
	crash := func(n Server) func(context.Context, *Field) error {
		return func(_ context.Context, f *Field) error {
			f.Server(n).Kill()
			return f.Server(n).Restart()
		}
	}
	backend := func(n Server) func(context.Context, *Field) error {
		return func(ctx context.Context, f *Field) error {
			// A session may end by itself just before it is killed, and then nothing happens: the next one.
			for {
				pid, err := f.SQL(ctx, n, `select pid from pg_stat_activity where backend_type = 'client backend' and pid <> pg_backend_pid()
					order by application_name like 'pgcutover load%' desc, application_name, pid limit 1`)
				if err != nil {
					return err
				}
				if pid == "" {
					f.note("there is no session just now")
					return nil
				}
				id, err := strconv.Atoi(pid)
				if err != nil {
					return err
				}
				started, err := f.SQL(ctx, n, "select max(backend_start) from pg_stat_activity where backend_type in ('checkpointer', 'startup')")
				if err != nil {
					return err
				}
				if err := killProcess(id); err != nil {
					continue
				}
				// The postmaster ends every other session and starts its processes anew.
				return f.until(ctx, n, "select min(backend_start) > '"+started+"' from pg_stat_activity where backend_type = 'checkpointer'")
			}
		}
	}
	all := append([]Moment{before("10-source/14-markers.sql"), before(slotsStep), before(pauseStep)}, between...)
	// The replica comes back to it after some seconds.
	streams := func(ctx context.Context, f *Field) error {
		return f.until(ctx, Source, "select exists (select from pg_stat_replication where state = 'streaming')")
	}
	return []Fault{
		{
			Name: "crash the target", Does: "all processes of the target end at once; it comes back by crash recovery",
			Moments: append([]Moment{inScript(schemaStep, Target, 8)}, between...), Strike: crash(Target), Outcome: must, Combines: true,
		},
		{
			Name: "kill a backend of the target", Does: "kill -9 of a server process; the postmaster restarts all of them",
			Moments: []Moment{inLoad}, Strike: backend(Target), Outcome: must, Combines: true,
		},
		{
			Name: "crash the source", Does: "all processes of the primary end at once; it comes back by crash recovery",
			Moments: append([]Moment{inScript(slotsStep, Source, 22), inScript(pauseStep, Source, 28)}, all...), Strike: crash(Source), Mend: streams, Outcome: must,
		},
		{
			Name: "crash the replica", Does: "all processes of the replica end at once during the load; it comes back, and is not paused any more",
			Moments: []Moment{after(pauseStep), inLoad}, Strike: crash(Replica), Outcome: voided(), Recovery: pausedAgain,
		},
		{
			Name: "crash the replica after the load", Does: "the replica comes back, has moved, and nothing is left to be read from it",
			Moments: []Moment{after(loadStep)}, Strike: crash(Replica), Outcome: Outcome{Recovers: true, Stops: []string{"G2-LSN", "G0-TOPO", "G3-ROWS"}},
		},
		{
			Name: "restart the replica", Does: "a shutdown in order, as by a package upgrade, and a start",
			Moments: []Moment{after(pauseStep), inLoad}, Outcome: voided(), Recovery: pausedAgain,
			Strike: func(_ context.Context, f *Field) error { return f.Server(Replica).Restart() },
		},
		{
			Name: "kill a backend of the replica", Does: "kill -9 of a server process of the replica; the postmaster, whose start time stays the same, begins recovery anew",
			Moments: []Moment{inLoad}, Strike: backend(Replica), Outcome: voided(), Recovery: pausedAgain,
		},
		{
			Name: "fill the target's disk", Does: "the target's tables are on a disk that has no room left; a person makes some",
			Moments: []Moment{inLoad}, Outcome: Outcome{Recovers: true, Notice: loadStep},
			Needs:  canMount,
			Strike: fillDisk,
			Mend:   func(_ context.Context, f *Field) error { return os.Remove(filepath.Join(f.diskDir(), "ballast")) },
		},
		{
			Name: "fill the target's disk for good", Does: "the target's tables are on a disk that has no room left, and nobody makes some",
			Moments: []Moment{inLoad}, Outcome: Outcome{Stops: []string{"42-load"}, Notice: loadStep},
			Needs:  canMount,
			Strike: fillDisk,
		},
	}
}

// diskDir is where the small disk is mounted.
func (f *Field) diskDir() string { return filepath.Join(f.world.dir, "disk") }

// fillDisk makes a small disk the place of every table that is not begun yet, and leaves no room on it. The one whose stream waits keeps its place.
func fillDisk(ctx context.Context, f *Field) error {
	dir := f.diskDir()
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	if err := smallDisk(dir, 24<<20); err != nil {
		return err
	}
	f.undo = append(f.undo, func() { _ = unmount(dir) })
	for _, d := range []string{f.world.dir, dir} {
		if err := os.Chmod(d, 0o755|os.ModeSticky); err != nil {
			return err
		}
	}
	place := filepath.Join(dir, "place")
	if err := os.Mkdir(place, 0o700); err != nil {
		return err
	}
	if err := giveToServer(f, place); err != nil {
		return err
	}
	if _, err := f.SQL(ctx, Target, "create tablespace small location '"+place+"'"); err != nil {
		return err
	}
	moved, err := f.SQL(ctx, Target, `do $$
declare t record; n int := 0;
begin
  for t in select distinct x.schema_name, x.table_name from pgcutover.item_table x
    where not exists (select from pgcutover.item_table y join pgcutover.item i on i.id = y.item where y.table_name = x.table_name and i.picked_at is not null) order by 1, 2
  loop
    begin
      set local lock_timeout = '100ms';
      execute format('alter table %I.%I set tablespace small', t.schema_name, t.table_name);
      n := n + 1;
    exception when lock_not_available then null;
    end;
  end loop;
  perform set_config('chaos.moved', n::text, false);
end $$;
alter system set temp_tablespaces = 'small'; alter system set default_tablespace = 'small'; select pg_reload_conf() \g /dev/null
select current_setting('chaos.moved')`)
	if err != nil {
		return err
	}
	f.note("%s tables and all indexes to come are on the full disk", moved)
	ballast, err := os.Create(filepath.Join(dir, "ballast"))
	if err != nil {
		return err
	}
	defer ballast.Close()
	fill(ballast)
	return nil
}

// fill writes until there is no room.
func fill(w io.Writer) {
	block := make([]byte, 64<<10)
	for err := error(nil); err == nil; {
		_, err = w.Write(block)
	}
}

func giveToServer(f *Field, dir string) error {
	info, err := os.Stat(f.Server(Target).DataDir())
	if err != nil {
		return err
	}
	uid, gid, ok := ownerOf(info)
	if !ok {
		return fmt.Errorf("whose %s is cannot be told", f.Server(Target).DataDir())
	}
	return os.Chown(dir, uid, gid)
}
