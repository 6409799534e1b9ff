package verify

import (
	"context"

	"github.com/pgcutover/pgcutover/analyze"
)

// subscription is one of a server's, with what applies its changes.
type subscription struct {
	Name, Slot, Publications string // publications sorted, with commas
	Enabled                  bool
	PID                      *int
	Errors                   *int64            // of the apply; nil before 15
	Tables                   []string          // of pg_subscription_rel, as SQL names them
	Options                  map[string]string // as CREATE SUBSCRIPTION names them, those that the version has
}

// subscriptionOptions are columns of pg_subscription that hold options, and the version that they came with. They are named one by one: the whole row
// holds the connection string, which only superusers may read.
var subscriptionOptions = []struct {
	option, column string
	since          int
}{
	{"binary", "subbinary", 140000}, {"streaming", "substream", 140000}, {"two_phase", "subtwophasestate", 150000}, {"disable_on_error", "subdisableonerr", 150000},
	{"origin", "suborigin", 160000}, {"run_as_owner", "subrunasowner", 160000},
}

// probeSubscriptions reads those of the plan's names in a server's database.
func probeSubscriptions(ctx context.Context, e *Env, on Side) (map[string]subscription, error) {
	who, err := e.server(on)
	if err != nil {
		return nil, err
	}
	errorCount, leader := "null::int8", ""
	if who.VersionNum >= 150000 {
		errorCount = "(select t.apply_error_count from pg_stat_subscription_stats t where t.subid = s.oid)"
	}
	if who.VersionNum >= 160000 {
		leader = " and w.leader_pid is null"
	}
	options := "array[]::text[]"
	var names []string
	for _, o := range subscriptionOptions {
		if who.VersionNum >= o.since {
			names = append(names, o.option)
			options += " || s." + o.column + "::text"
		}
	}
	rows, err := query[struct {
		Name, Slot, Publications string
		Tables, Options          []string
		Enabled                  bool
		PID                      *int
		Errors                   *int64
	}](ctx, e, on, `select s.subname::text as name, coalesce(s.subslotname::text, '') as slot, s.subenabled as enabled,
		array_to_string(array(select p from unnest(s.subpublications) p order by p collate "C"), ',') as publications,
		(select w.pid from pg_stat_subscription w where w.subid = s.oid and w.relid is null and w.pid is not null`+leader+`) as pid,
		`+errorCount+` as errors,
		array(select '"' || replace(n.nspname, '"', '""') || '"."' || replace(c.relname, '"', '""') || '"' from pg_subscription_rel r join pg_class c on c.oid = r.srrelid
			join pg_namespace n on n.oid = c.relnamespace where r.srsubid = s.oid order by 1) as tables,
		`+options+` as options
		from pg_subscription s where s.subname = any($1) and s.subdbid = (select oid from pg_database where datname = current_database())`, e.slotNames())
	if err != nil {
		return nil, err
	}
	out := map[string]subscription{}
	for _, r := range rows {
		s := subscription{Name: r.Name, Slot: r.Slot, Publications: r.Publications, Enabled: r.Enabled, PID: r.PID, Errors: r.Errors, Tables: r.Tables, Options: map[string]string{}}
		for i, name := range names {
			s.Options[name] = optionOf(name, r.Options[i])
		}
		out[r.Name] = s
	}
	return out, nil
}

// optionOf turns a column's text into what CREATE SUBSCRIPTION takes: streaming is a boolean up to 15, then a letter; two_phase is a letter.
func optionOf(option, text string) string {
	switch text {
	case "t", "true":
		if option == "streaming" {
			return "on"
		}
		return "true"
	case "f", "d":
		return "false"
	case "e", "p":
		return map[bool]string{true: "parallel", false: "true"}[option == "streaming"]
	}
	return text
}

// slotNames are the names of slots, and of the subscriptions that read them. Where AWS DMS names them, those that are known.
func (e *Env) slotNames() []string {
	names := make([]string, 0, len(e.Plan.Groups))
	for _, g := range e.Plan.Groups {
		if name, known := e.slotKnown(g.Slot); known {
			names = append(names, name)
		}
	}
	return names
}

// plannedSlots are the plan's names of slots by those on the server.
func (e *Env) plannedSlots() map[string]string {
	out := map[string]string{}
	for _, g := range e.Plan.Groups {
		if name, known := e.slotKnown(g.Slot); known {
			out[name] = g.Slot
		}
	}
	return out
}

func checkSubscriptions(ctx context.Context, e *Env) ([]Result, error) {
	subs, err := probeSubscriptions(ctx, e, Target)
	if err != nil {
		return nil, err
	}
	var out []Result
	for _, g := range e.Plan.Groups {
		s, ok := subs[g.Slot]
		want := []string{g.Marker.SQL()}
		for _, t := range g.Tables {
			want = append(want, t.SQL())
		}
		bad := func(format string, args ...any) { out = append(out, fail(g.Slot, format, args...)) }
		before := len(out)
		switch {
		case !ok:
			bad("the target has no subscription of this name")
			continue
		case s.Slot != g.Slot:
			bad("it reads slot %s, not %s", orNone(s.Slot), g.Slot)
		case s.Publications != g.InsertSet+","+g.UpdateSet:
			bad("it subscribes to %s, not to %s and %s", orNone(s.Publications), g.UpdateSet, g.InsertSet)
		case s.Enabled && !e.State.Earlier(g.Slot):
			bad("it is enabled: changes may be applied already")
		}
		if missing := without(want, s.Tables); len(missing) > 0 {
			out = append(out, fail(g.Slot, "it does not apply changes of %s", analyze.Some(missing, 5)).hint("alter subscription %s refresh publication with (copy_data = false); once the publications are whole", g.Slot))
		}
		for _, o := range e.Plan.Native.Options {
			if have, known := s.Options[o.Name]; o.Value != "" && known && have != o.Value {
				out = append(out, fail(g.Slot, "its option %s is %s, the plan has %s: %s", o.Name, have, o.Value, o.Reason).hint("drop it (slot_name = NONE first) and run 50-cdc/native/51-subscriptions.sh"))
			}
		}
		if len(out) == before {
			out = append(out, pass(g.Slot, "disabled, %s", analyze.Count(len(want), "table")))
		}
	}
	return orNothing(out, noGroups), nil
}

func checkStopped(ctx context.Context, e *Env) ([]Result, error) {
	subs, err := probeSubscriptions(ctx, e, Target)
	if err != nil {
		return nil, err
	}
	var out []Result
	for _, g := range e.Plan.Groups {
		switch s := subs[g.Slot]; {
		case s.Enabled:
			out = append(out, fail(g.Slot, "its subscription is enabled").hint("alter subscription %s disable;", g.Slot))
		case s.PID != nil:
			out = append(out, fail(g.Slot, "process %d of the target still applies its changes", *s.PID))
		default:
			out = append(out, pass(g.Slot, "disabled"))
		}
	}
	return orNothing(out, noGroups), nil
}

func checkUnsubscribed(ctx context.Context, e *Env) ([]Result, error) {
	subs, err := probeSubscriptions(ctx, e, Target)
	if err != nil {
		return nil, err
	}
	var out []Result
	for _, g := range e.Plan.Groups {
		if _, ok := subs[g.Slot]; ok {
			out = append(out, fail(g.Slot, "its subscription is still there"))
		} else {
			out = append(out, pass(g.Slot, "gone"))
		}
	}
	return orNothing(out, noGroups), nil
}

func checkWorkers(ctx context.Context, e *Env) ([]Result, error) {
	r, err := queryOne[struct{ Workers, Processes, Used int64 }](ctx, e, Target, `select current_setting('max_logical_replication_workers')::int8 as workers,
		current_setting('max_worker_processes')::int8 as processes,
		(select count(*) from pg_stat_subscription w join pg_subscription s on s.oid = w.subid where w.pid is not null and s.subname <> all($1)) as used`, e.slotNames())
	if err != nil {
		return nil, err
	}
	need := int64(len(e.Plan.Groups)) + r.Used
	var out []Result
	for _, x := range []struct {
		name string
		have int64
		need int64
	}{{"max_logical_replication_workers", r.Workers, need}, {"max_worker_processes", r.Processes, need + 1}} {
		if x.have < x.need {
			out = append(out, fail(x.name, "it is %d on the target, %d are needed", x.have, x.need))
		} else {
			out = append(out, pass(x.name, "%d, %d are needed", x.have, x.need))
		}
	}
	return out, nil
}
