package verify

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"golang.org/x/sync/errgroup"

	"github.com/pgcutover/pgcutover/analyze"
	"github.com/pgcutover/pgcutover/planner"
	"github.com/pgcutover/pgcutover/verify/parity"
)

// cutoverChecks are about the freeze and what comes after it, whatever applies the changes.
func cutoverChecks() []Check {
	before, at, after := []Gate{CutoverReady}, []Gate{Cutover}, []Gate{After}
	return []Check{
		{
			Code: "G6-MARKER", Title: "the last marker of every slot has arrived", Gates: before, Family: Freeze, Cost: Instant, Needs: []Side{Source, Target}, Run: checkMarkersArrived,
			Why:    "The drain waits for a marker of each slot while the application is down. Where one of long ago has not arrived, the drain would not end.",
			Remedy: "wait until change data capture has caught up; 70-cutover/72-drain.sh --not-frozen measures how long a drain takes",
		},
		{
			Code: "G7-FENCE", Title: "nobody writes to the source", Gates: at, Family: Freeze, Cost: Bounded, Loss: true, Needs: []Side{Source}, Run: checkFence,
			Why:    "What is written to the source after the drain is on no other server.",
			Remedy: "70-cutover/71-freeze.sh, then 72-drain.sh again",
		},
		{
			Code: "G7-DRAIN", Title: "everything up to the freeze has arrived", Gates: at, Family: Freeze, Cost: Instant, Loss: true, Needs: []Side{Source, Target}, Run: checkDrained,
			Why:    "The second of two markers, written when nobody else wrote any more, has come through every slot: everything before the first is on the target.",
			Remedy: "70-cutover/72-drain.sh",
		},
		{
			Code: "G7-STOP", Title: "nothing is applied to the target any more", Engine: planner.EngineNative, Gates: at, Family: Freeze, Cost: Instant, Loss: true, Needs: []Side{Target}, Run: checkStopped,
			Why:    "The application and a subscription that both write would overwrite each other.",
			Remedy: "70-cutover/74-constraints.sh disables the subscriptions",
		},
		{
			Code: "G7-REVERSE", Title: "the way back is open", Engine: planner.EngineNative, Gates: at, Family: Freeze, Cost: Instant, Loss: true, Needs: []Side{Source, Target}, Run: checkWayBack,
			Why:    "What the application writes to the target before the way back is open can never be brought back.",
			Remedy: "70-cutover/77-way-back.sh, before anybody writes to the target",
		},
		{
			Code: "G7-PARITY", Title: "both sides have the same rows", Gates: at, Family: Rows, Cost: Full, Loss: true, Needs: []Side{Source, Target}, Run: checkParity,
			Why:    "The source is frozen and the target is drained, so they can be compared exactly for the last time. Rows are counted; --rows checksum compares every value, --rows delta those that changed since the pause.",
			Remedy: "70-cutover/76-unfreeze.sh gives the source back; then find out why before anything else",
		},
		{
			Code: "G7-COLS", Title: "columns are the source's, NOT NULL and identity included", Gates: at, Family: Schema, Cost: Instant, Loss: true, Needs: []Side{Source, Target}, Run: checkColumns,
			Why:    "A NOT NULL or an identity that was taken off for the load and is not back lets the application write what the source refused.",
			Remedy: "70-cutover/74-constraints.sh",
		},
		{
			Code: "G7-CON", Title: "constraints are the source's, foreign keys included", Gates: at, Family: Schema, Cost: Instant, Loss: true, Needs: []Side{Source, Target}, Run: checkConstraints,
			Why:    "A foreign key that is missing, or not validated, lets in what nobody finds again.",
			Remedy: "70-cutover/74-constraints.sh",
		},
		{
			Code: "G7-IDX", Title: "indexes are the source's, those that waited included", Gates: at, Family: Indexes, Cost: Instant, Loss: true, Needs: []Side{Source, Target}, Run: checkIndexes,
			Why:    "A unique index that is missing lets duplicates in, any other makes the first minutes slow.",
			Remedy: "70-cutover/74-constraints.sh",
		},
		{
			Code: "G7-TRG", Title: "triggers, rules and policies are the source's", Gates: at, Family: Schema, Cost: Instant, Loss: true, Needs: []Side{Source, Target}, Run: checkRestored,
			Why:    "They were kept off while changes were applied. The application relies on them from its first write on.",
			Remedy: "70-cutover/74-constraints.sh",
		},
		{
			Code: "G7-SRR", Title: "foreign keys and triggers act for everybody on the target", Gates: at, Family: Settings, Cost: Instant, Loss: true, Needs: []Side{Target}, Run: checkReplicationRole,
			Why:    "session_replication_role = replica, left over from the apply, switches off foreign keys and triggers without a word.",
			Remedy: "set it back to origin: in the parameter group, for the database, for the role",
		},
		{
			Code: "G7-ACL", Title: "owners and privileges are the source's", Gates: at, Family: Roles, Cost: Instant, Needs: []Side{Source, Target}, Run: checkPrivileges,
			Why:    "A privilege that is missing shows up as an error of the application, one too many never.",
			Remedy: "grant or revoke what differs, or accept that it does",
		},
		{
			Code: "G7-SEQ", Title: "sequences are past those of the source", Gates: at, Family: Sequences, Cost: Instant, Loss: true, Needs: []Side{Source, Target}, Run: checkSequencesPassed,
			Why:    "A sequence that is behind hands out keys that are taken.",
			Remedy: "70-cutover/73-sequences.sh",
		},
		{
			Code: "G7-STATS", Title: "the tables are analyzed", Gates: at, Family: Schema, Cost: Instant, Needs: []Side{Target}, Run: checkAnalyzed,
			Why:    "Without statistics the first minutes of the application are full table scans.",
			Remedy: "70-cutover/75-analyze.sh",
		},
		{
			Code: "G8-SLOTS", Title: "no slot of the migration holds WAL on the source", Gates: after, Family: Positions, Cost: Instant, Needs: []Side{Source}, Run: checkRetired,
			Why:    "Nobody reads the slots after the cutover. They keep all WAL until the source's disk is full.",
			Remedy: "70-cutover/78-retire.sh --yes",
		},
		{
			Code: "G8-SUB", Title: "the target subscribes to the source no more", Engine: planner.EngineNative, Gates: after, Family: Apply, Cost: Instant, Needs: []Side{Target}, Run: checkUnsubscribed,
			Why:    "A subscription without its slot asks for it for ever; one with it would apply what is written to the old source.",
			Remedy: "70-cutover/78-retire.sh --yes",
		},
	}
}

func checkMarkersArrived(ctx context.Context, e *Env) ([]Result, error) {
	markers, err := probeMarkers(ctx, e)
	if err != nil {
		return nil, err
	}
	var out []Result
	for _, g := range e.Plan.Groups {
		m := markers[g.Slot]
		switch {
		case m.Source == "" || m.Target == "":
			out = append(out, fail(g.Slot, "its marker has no row on the %s", map[bool]string{true: "source", false: "target"}[m.Source == ""]))
		case m.Source == m.Target:
			out = append(out, pass(g.Slot, "the marker of %.0f s ago is there", m.Age))
		case m.Age < 60:
			out = append(out, warn(g.Slot, "the marker of %.0f s ago is on its way", m.Age))
		default:
			out = append(out, fail(g.Slot, "the marker of %.0f s ago has not arrived", m.Age))
		}
	}
	return orNothing(out, noGroups), nil
}

// fence is what a frozen source shows at two looks.
type fence struct {
	Frozen   bool
	Prepared int
	Writers  []string // sessions that hold a transaction id
	Writes   [2]map[string]int64
}

func checkFence(ctx context.Context, e *Env) ([]Result, error) {
	var f fence
	row, err := queryOne[struct {
		Frozen   bool
		Prepared int
	}](ctx, e, Source, `select to_regclass('pgcutover.frozen') is not null as frozen,
		(select count(*) from pg_prepared_xacts where database = current_database())::int as prepared`)
	if err != nil {
		return nil, err
	}
	f.Frozen, f.Prepared = row.Frozen, row.Prepared
	for i := range f.Writes {
		if i > 0 {
			if err := pauseFor(ctx, max(e.Settle, 1)); err != nil {
				return nil, err
			}
		}
		who, err := query[struct{ Who string }](ctx, e, Source, `select format('%s, pid %s, application %s', usename, pid, application_name) as who from pg_stat_activity
			where datname = current_database() and backend_xid is not null and pid <> pg_backend_pid() and query not like 'autovacuum: %' order by pid`)
		if err != nil {
			return nil, err
		}
		for _, w := range who {
			if !slices.Contains(f.Writers, w.Who) {
				f.Writers = append(f.Writers, w.Who)
			}
		}
		rows, err := query[struct {
			Name string
			N    int64
		}](ctx, e, Source, `select format('%I.%I', schemaname, relname) as name, n_tup_ins + n_tup_upd + n_tup_del as n
			from pg_stat_user_tables where schemaname not in ('pgcutover', 'pglogical')`)
		if err != nil {
			return nil, err
		}
		f.Writes[i] = map[string]int64{}
		for _, r := range rows {
			f.Writes[i][r.Name] = r.N
		}
	}
	return f.judge(), nil
}

func (f fence) judge() []Result {
	var out []Result
	if !f.Frozen {
		out = append(out, fail("freeze", "the source is not frozen: pgcutover.frozen is not there").hint("70-cutover/71-freeze.sh, then 72-drain.sh"))
	}
	if f.Prepared > 0 {
		out = append(out, fail("prepared transactions", "%s: what it commits would come after the drain", analyze.Count(f.Prepared, "prepared transaction")))
	}
	if len(f.Writers) > 0 {
		out = append(out, fail("sessions", "%s: %s", analyze.Count(len(f.Writers), "session has a transaction that writes"), analyze.Some(f.Writers, 5)))
	}
	var moved []string
	for _, name := range slices.Sorted(maps.Keys(f.Writes[1])) {
		if f.Writes[1][name] != f.Writes[0][name] {
			moved = append(moved, name)
		}
	}
	if len(moved) > 0 {
		out = append(out, fail("counters", "rows were written between two looks: %s", analyze.Some(moved, 5)))
	}
	if len(out) == 0 {
		out = append(out, pass("", "frozen; no session writes, and no row counter moved"))
	}
	return out
}

func checkDrained(ctx context.Context, e *Env) ([]Result, error) {
	if e.State == nil || e.State.Drain == nil {
		return []Result{unknown("", "state.json has no drain").hint("70-cutover/72-drain.sh")}, nil
	}
	markers, err := probeMarkers(ctx, e)
	if err != nil {
		return nil, err
	}
	slots, err := probeSlots(ctx, e)
	if err != nil {
		return nil, err
	}
	back := e.State.WayBackAt != nil // its markers have replaced those of the drain
	var out []Result
	for _, g := range e.Plan.Groups {
		m, s := markers[g.Slot], slots[g.Slot]
		var r Result
		switch token, _, _ := strings.Cut(m.Target, " "); {
		case m.Source != m.Target:
			r = fail(g.Slot, "its marker is not the same on both sides: something was written to the source after the drain, or has not arrived")
		case token != e.State.Drain.Token && !back:
			r = fail(g.Slot, "its marker is not the one of the drain in state.json")
		case s.Name != "" && s.Confirmed < e.State.Drain.LSN:
			r = fail(g.Slot, "it is confirmed up to %s only, the freeze was at %s", s.Confirmed, e.State.Drain.LSN)
		default:
			r = pass(g.Slot, "everything up to %s is on the target", e.State.Drain.LSN)
		}
		out = append(out, r.with("confirmed_flush_lsn", s.Confirmed, "frozen at", e.State.Drain.LSN))
	}
	return orNothing(out, noGroups), nil
}

func checkStopped(ctx context.Context, e *Env) ([]Result, error) {
	subs, err := probeSubscriptions(ctx, e)
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

func checkWayBack(ctx context.Context, e *Env) ([]Result, error) {
	if len(e.Plan.Options.Native.WayBack) == 0 {
		return []Result{skip("", "the plan prepares no way back: native.way_back is not set")}, nil
	}
	subs, err := query[struct {
		Name    string
		Enabled bool
		Applied bool
	}](ctx, e, Source, `select s.subname::text as name, s.subenabled as enabled,
		exists (select from pg_stat_subscription w where w.subid = s.oid and w.relid is null and w.pid is not null) as applied
		from pg_subscription s where s.subname = any($1) and s.subdbid = (select oid from pg_database where datname = current_database())`, e.slotNames())
	if err != nil {
		return nil, err
	}
	slots, err := query[struct {
		Name   string
		Active bool
	}](ctx, e, Target, "select slot_name::text as name, active from pg_replication_slots where slot_name = any($1) and database = current_database() and plugin = 'pgoutput'", e.slotNames())
	if err != nil {
		return nil, err
	}
	markers, err := probeMarkers(ctx, e)
	if err != nil {
		return nil, err
	}
	var out []Result
	for _, g := range e.Plan.Groups {
		i := slices.IndexFunc(subs, func(s struct {
			Name    string
			Enabled bool
			Applied bool
		}) bool {
			return s.Name == g.Slot
		})
		j := slices.IndexFunc(slots, func(s struct {
			Name   string
			Active bool
		}) bool {
			return s.Name == g.Slot
		})
		switch m := markers[g.Slot]; {
		case j < 0:
			out = append(out, fail(g.Slot, "the target has no slot for the way back"))
		case i < 0:
			out = append(out, fail(g.Slot, "the source has no subscription to the target"))
		case !subs[i].Enabled:
			out = append(out, fail(g.Slot, "the source's subscription is disabled"))
		case !subs[i].Applied || !slots[j].Active:
			out = append(out, fail(g.Slot, "nothing on the source applies what the target's slot holds").hint("the source's log says why"))
		case m.Source != m.Target || !strings.HasPrefix(m.Target, "back-"):
			out = append(out, fail(g.Slot, "no marker of the target has come back to the source"))
		default:
			out = append(out, pass(g.Slot, "what is written to the target arrives on the source"))
		}
	}
	return orNothing(out, noGroups), nil
}

// checkParity compares the frozen source with the drained target.
func checkParity(ctx context.Context, e *Env) ([]Result, error) {
	if e.Rows == RowsDelta {
		return checkDelta(ctx, e)
	}
	var tables []planner.Table
	for _, t := range e.Plan.Tables {
		if t.Handling.Copied() {
			tables = append(tables, t)
		}
	}
	slices.SortStableFunc(tables, func(a, b planner.Table) int { return cmp.Compare(b.Bytes, a.Bytes) })
	if e.Rows == RowsChecksum {
		return e.compareFrozen(ctx, tables)
	}
	out := make([]Result, len(tables))
	var done atomic.Int64
	g, gctx := errgroup.WithContext(ctx)
	g.SetLimit(e.Jobs)
	for i, t := range tables {
		g.Go(func() error {
			var n [2]int64
			both, bctx := errgroup.WithContext(gctx)
			var denial error
			var mu sync.Mutex
			for j, side := range []Side{Source, Target} {
				both.Go(func() error {
					r, err := queryOne[struct{ N int64 }](bctx, e, side, "select count(*) as n from only "+t.Name.SQL())
					if denied(err) || absent(err) {
						mu.Lock()
						denial = err
						mu.Unlock()
						return nil
					}
					n[j] = r.N
					return err
				})
			}
			if err := both.Wait(); err != nil {
				return fmt.Errorf("counting %s: %w", t.Name, err)
			}
			out[i] = judgeCounts(t, n, denial)
			e.progress("G7-PARITY", int(done.Add(1)), len(tables))
			return nil
		})
	}
	err := g.Wait()
	out = slices.DeleteFunc(out, func(r Result) bool { return r.Status == "" })
	return orNothing(out, "the plan copies no tables"), err
}

func judgeCounts(t planner.Table, n [2]int64, denial error) Result {
	who := t.Name.String()
	switch {
	case denial != nil && absent(denial):
		return fail(who, "the table is missing: %v", denial)
	case denial != nil:
		return unknown(who, "%v", denial).hint("grant select on table %s to the role", t.Name.SQL())
	case n[0] != n[1] && t.Handling == planner.InsertsOnly:
		return fail(who, "the source has %d rows, the target %d: %s; its updates and deletes are not carried", n[0], n[1], difference(n[0], n[1])).
			hint("while both are frozen: empty it on the target and copy it again")
	case n[0] != n[1]:
		return fail(who, "the source has %d rows, the target %d: %s", n[0], n[1], difference(n[0], n[1]))
	}
	return pass(who, "%s", analyze.Count(int(n[1]), "row"))
}

// compareFrozen compares every value of source and target.
func (e *Env) compareFrozen(ctx context.Context, tables []planner.Table) ([]Result, error) {
	run := ctx
	if e.Budget > 0 {
		var cancel context.CancelFunc
		run, cancel = context.WithTimeout(ctx, e.Budget)
		defer cancel()
	}
	var out []Result
	err := parity.Compare(run, parityServer{e, Source}, parityServer{e, Target}, asked(tables), parity.Options{
		Jobs: e.Jobs, Show: e.Show, PieceBytes: e.PieceBytes,
		Report: func(done, total int64) {
			if e.Compared != nil {
				e.Compared("G7-PARITY", done, total)
			}
		},
	}, func(o parity.Outcome) {
		if o.Differs() {
			out = append(out, fail(o.Table.String(), "%s%s", e.differences(o, "source"), e.unfinished(o)))
			return
		}
		out = append(out, e.judgeValues(o, nil))
	})
	if err != nil && run.Err() != nil && ctx.Err() == nil {
		err = fmt.Errorf("the budget of %s was over before a table was compared", e.Budget)
	}
	return orNothing(out, "the plan copies no tables"), err
}

func checkRestored(_ context.Context, e *Env) ([]Result, error) {
	src, err := e.inventory(Source)
	if err != nil {
		return nil, err
	}
	dst, err := e.inventory(Target)
	if err != nil {
		return nil, err
	}
	s := &structures{Plan: e.Plan, Source: src, Target: dst, Final: true}
	s.prepare()
	return s.judgeRestored(), nil
}

// judgeRestored compares what acts on rows by itself: triggers with their state, rules, policies, row-level security, event triggers.
func (s *structures) judgeRestored() []Result {
	s.prepare()
	var out []Result
	n := 0
	type key struct {
		table analyze.Name
		name  string
	}
	for _, t := range s.present() {
		o, ok := s.tables[t.Name]
		if !ok {
			continue // checkColumns says so
		}
		who := t.Name.String()
		theirs := map[string]analyze.Trigger{}
		for _, g := range o.Triggers {
			theirs[g.Name] = g
		}
		for _, g := range t.Triggers {
			n++
			switch d, there := theirs[g.Name]; {
			case !there:
				out = append(out, fail(who, "trigger %s is missing on the target", analyze.Display(g.Name)))
			case d.Enabled != g.Enabled:
				out = append(out, fail(who, "trigger %s is enabled as %s on the source, as %s on the target", analyze.Display(g.Name), g.Enabled, d.Enabled).
					hint("where the source's state was changed for the way back, the target's is right: accept it"))
			case d.Definition != g.Definition && normalExpression(d.Definition) != normalExpression(g.Definition):
				out = append(out, fail(who, "trigger %s differs: %s on the source, %s on the target", analyze.Display(g.Name), g.Definition, d.Definition))
			}
			delete(theirs, g.Name)
		}
		for _, name := range slices.Sorted(maps.Keys(theirs)) {
			out = append(out, fail(who, "trigger %s is on the target only", analyze.Display(name)))
		}
		if t.RowSecurity != o.RowSecurity || t.ForceRowSecurity != o.ForceRowSecurity {
			out = append(out, fail(who, "row-level security is not as on the source"))
		}
	}
	rules, policies := map[key]bool{}, map[key]bool{}
	for _, r := range s.Target.Objects.Rules {
		rules[key{r.Table, r.Column}] = true
	}
	for _, p := range s.Target.Objects.Policies {
		policies[key{p.Table, p.Name}] = true
	}
	for _, r := range s.Source.Objects.Rules {
		if s.onTarget(r.Table) && !rules[key{r.Table, r.Column}] {
			out = append(out, fail(r.Table.String(), "rule %s is missing on the target", analyze.Display(r.Column)))
		}
	}
	for _, p := range s.Source.Objects.Policies {
		if s.onTarget(p.Table) && !policies[key{p.Table, p.Name}] {
			out = append(out, fail(p.Table.String(), "policy %s is missing on the target", analyze.Display(p.Name)))
		}
	}
	there := map[string]bool{}
	for _, g := range s.Target.EventTriggers {
		there[g.Name] = true
	}
	for _, g := range s.Source.EventTriggers {
		if !there[g.Name] && !strings.HasPrefix(g.Name, "awsdms_") && g.Function.Schema != "pglogical" {
			out = append(out, warn("event trigger "+analyze.Display(g.Name), "it is missing on the target").hint("managed servers take few of them; see TR104"))
		}
	}
	if len(out) == 0 {
		out = append(out, pass("", "%s, all rules and policies as on the source", analyze.Count(n, "trigger")))
	}
	return out
}

func checkReplicationRole(ctx context.Context, e *Env) ([]Result, error) {
	rows, err := query[struct{ Scope, Value string }](ctx, e, Target, `select 'server' as scope, reset_val as value from pg_settings where name = 'session_replication_role'
		union all select case when s.setrole = 0 then format('database %s', d.datname) when s.setdatabase = 0 then format('role %s', r.rolname)
			else format('role %s in database %s', r.rolname, d.datname) end, substring(c from '=(.*)$')
		from pg_db_role_setting s cross join unnest(s.setconfig) c left join pg_roles r on r.oid = s.setrole left join pg_database d on d.oid = s.setdatabase
		where c like 'session_replication_role=%' and (s.setdatabase = 0 or d.datname = current_database())`)
	if err != nil {
		return nil, err
	}
	var out []Result
	for _, r := range rows {
		if r.Value != "origin" {
			out = append(out, fail(r.Scope, "session_replication_role is %s: foreign keys and triggers are off", r.Value))
		}
	}
	if len(out) == 0 {
		out = append(out, pass("", "origin, for the server, the database and every role"))
	}
	return out, nil
}

// privilegesSQL lists owners and privileges of what is in schemas ($1), one line each. Grants of an object's owner to itself are left out: servers
// write them down or not.
const privilegesSQL = `with object as (
	select 'schema' as kind, quote_ident(n.nspname) as name, n.nspowner as owner, n.nspacl as acl, 'n'::"char" as class from pg_namespace n where n.nspname = any($1)
	union all select case c.relkind when 'S' then 'sequence' when 'v' then 'view' when 'm' then 'materialized view' else 'table' end,
		quote_ident(n.nspname) || '.' || quote_ident(c.relname), c.relowner, c.relacl, case c.relkind when 'S' then 's' else 'r' end::"char"
		from pg_class c join pg_namespace n on n.oid = c.relnamespace where n.nspname = any($1) and c.relkind in ('r', 'p', 'v', 'm', 'S', 'f')
		and not exists (select from pg_depend d where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e')
	union all select 'routine', quote_ident(n.nspname) || '.' || quote_ident(p.proname) || '(' || pg_get_function_identity_arguments(p.oid) || ')', p.proowner, p.proacl, 'f'
		from pg_proc p join pg_namespace n on n.oid = p.pronamespace where n.nspname = any($1)
		and not exists (select from pg_depend d where d.classid = 'pg_proc'::regclass and d.objid = p.oid and d.deptype = 'e')
), line as (
	select kind || ' ' || name as name, 'owner ' || pg_get_userbyid(owner) as text from object
	union all select o.kind || ' ' || o.name, coalesce(nullif(g.grantee, 0)::regrole::text, 'PUBLIC') || ' has ' || g.privilege_type || case when g.is_grantable then ' with grant option' else '' end
	from object o cross join lateral aclexplode(coalesce(o.acl, acldefault(o.class, o.owner))) g
	where g.grantee <> o.owner and g.privilege_type <> 'MAINTAIN')
select name, string_agg(text, ', ' order by text collate "C") as text from line group by name`

func checkPrivileges(ctx context.Context, e *Env) ([]Result, error) {
	sides := map[Side]map[string]string{}
	for _, side := range []Side{Source, Target} {
		rows, err := query[object](ctx, e, side, privilegesSQL, e.Plan.Schemas)
		if err != nil {
			return nil, err
		}
		sides[side] = map[string]string{}
		for _, r := range rows {
			sides[side][r.Name] = r.Text
		}
	}
	return judgePrivileges(sides[Source], sides[Target], e.Plan.Names.Role), nil
}

// judgePrivileges warns only: a target whose roles differ on purpose is no fault of the migration.
func judgePrivileges(source, target map[string]string, role string) []Result {
	ours := func(text string) string { // what 10-source/13-role.sql granted is no part of the database
		return strings.Join(slices.DeleteFunc(strings.Split(text, ", "), func(s string) bool { return strings.HasPrefix(s, role+" has ") }), ", ")
	}
	var out []Result
	n := 0
	for _, name := range slices.Sorted(maps.Keys(source)) {
		there, ok := target[name]
		if !ok {
			continue // other checks say so
		}
		n++
		if a, b := ours(source[name]), ours(there); a != b {
			out = append(out, warn(name, "%s on the source; %s on the target", a, b))
		}
	}
	if len(out) == 0 {
		out = append(out, pass("", "owners and privileges of %s", analyze.Count(n, "object")))
	}
	return out
}

func checkSequencesPassed(ctx context.Context, e *Env) ([]Result, error) {
	if len(e.Plan.Sequences) == 0 {
		return []Result{pass("", "the source has no sequences")}, nil
	}
	names := make([]analyze.Name, len(e.Plan.Sequences))
	for i, s := range e.Plan.Sequences {
		names[i] = s.Name
	}
	c := sequenceCheck{From: Source, Frozen: true}
	var err error
	if c.Theirs, c.Denied, err = probeSequences(ctx, e, Source, names); err != nil {
		return nil, err
	}
	if c.Target, c.DeniedTarget, err = probeSequences(ctx, e, Target, names); err != nil {
		return nil, err
	}
	return c.judge(e.Plan.Sequences), nil
}

func checkRetired(ctx context.Context, e *Env) ([]Result, error) {
	slots, err := probeSlots(ctx, e)
	if err != nil {
		return nil, err
	}
	var out []Result
	for _, g := range e.Plan.Groups {
		if s, ok := slots[g.Slot]; ok {
			out = append(out, fail(g.Slot, "the slot is still there and keeps WAL from %s on", s.Restart))
		} else {
			out = append(out, pass(g.Slot, "gone"))
		}
	}
	return orNothing(out, noGroups), nil
}

func checkUnsubscribed(ctx context.Context, e *Env) ([]Result, error) {
	subs, err := probeSubscriptions(ctx, e)
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
