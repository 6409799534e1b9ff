package verify

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"

	"golang.org/x/sync/errgroup"

	"github.com/pgcutover/pgcutover/analyze"
	"github.com/pgcutover/pgcutover/planner"
)

// What is different where AWS DMS copies the rows (the engine dms-full): it makes its slots itself and names them, nothing is paused, and the order of work is
// another one.

// full reports whether AWS DMS copies the rows.
func (e *Env) full() bool { return e.Plan.Options.FullLoad() }

// standby reports whether a replica is part of the migration.
func (e *Env) standby() bool { return e.Plan.Options.HandOff() == planner.HandOffReplica }

// fullOrder are the gates of that order: what AWS DMS gets is looked at before it loads, and what it has loaded before it applies the changes.
var fullOrder = []Gate{Preflight, CDCReady, Loaded, CDC, CutoverReady, Cutover, After}

// otherwise is what of a check is different where AWS DMS copies the rows; what is empty is not.
type otherwise struct {
	gates              []Gate
	title, why, remedy string
}

// inFull are the checks that have something different, by their codes. A check of all gates has those of the order of work without being here.
var inFull = map[string]otherwise{
	"G0-TOPO": {title: "source is the planned primary, target another", why: "Rows of another database, or into the database that they come from, are no migration. After a failover of the source the slots of AWS DMS are gone, and with them what was written since."},
	"G0-CONF": {gates: []Gate{Preflight, CDCReady}, why: "Without wal_level = logical, and pglogical loaded where the slots decode with it, AWS DMS makes no slot; minor releases of 2026 refuse output plugins that output_plugin_libraries does not list."},
	"G0-CAP":  {why: "Each task takes a slot and a walsender on the source, and while it loads a session on both sides for each table, or range of one, that it reads at a time."},
	"G0-EXT":  {why: "A schema that uses an extension cannot be created without it. pglogical is needed on the source only, and only where the slots decode with it."},
	"G0-DRIFT": {
		why: "Neither AWS DMS, as it is set here, nor 42-load.sh carry DDL: a table, partition or column that came later is missing on the target or breaks the load or the apply.",
	},
	"G0-WALCAP": {gates: []Gate{Preflight, CDCReady}, title: "the source's disk holds the WAL until the tasks have caught up", why: "While the tasks stand still between the full load and the changes their slots keep all WAL. A full disk on the source is an outage."},
	"G0-XACT":   {gates: []Gate{Preflight, CDCReady}, why: "When it starts each task waits for every open transaction that wrote; AWS DMS does not know two-phase commit."},
	"G1-ROLE":   {gates: []Gate{CDCReady}, title: "the role that AWS DMS reads the source with has its rights and settings", why: "It reads every row of the tables and the slots. Without extra_float_digits = 3 floating-point numbers leave a source before 12 rounded; timeouts meant for an application end sessions that read for hours. With pglogical AWS DMS makes a node and sets of its own, for which it has to be a superuser or a member of rds_superuser."},
	"G1-MARKER": {gates: []Gate{CDCReady}, why: "The marker is loaded and applied like every other table of its task, and proves at the cutover that everything has arrived."},
	"G3-COVER":  {title: "everything that is built after the full load is built, once", why: "A build that is missing is an index or a constraint that is missing. Changes would be applied without it, row by row through whole tables."},
	"G3-COLS":   {gates: []Gate{CDCReady, Loaded, CutoverReady}, remedy: "30-target/32-schema.sh and 33-relax.sql; else bring the target's schema back in line with the source's"},
	"G3-CON":    {gates: []Gate{CDCReady, Loaded, CutoverReady}, remedy: "keys: 30-target/34-keys.sql; the others: 40-load/42-load.sh; else add or drop the constraint by its definition"},
	"G3-IDX":    {gates: []Gate{CDCReady, Loaded, CutoverReady}, remedy: "keys: 30-target/34-keys.sql; the others: 40-load/42-load.sh; else build the index by its definition"},
	"G3-FIRE":   {gates: []Gate{CDCReady, Loaded, CutoverReady}, why: "A trigger or rule on the target does again what it did on the source, to loaded rows as well; a policy hides rows; a subscription that came along with a promoted replica writes by itself."},
	"G2-WAL":    {gates: []Gate{Loaded, CDC, CutoverReady}, title: "the WAL that the slots of AWS DMS need is there"},
	"G4-TASK":   {title: "each group has its task, of this run, and it has never been started", why: "A task that has been started has loaded rows, and started once more it would load them on top of what is there."},
	"G4-EP":     {why: "The source endpoint names the plug-in, and no slot: AWS DMS makes its own. Without its settings AWS DMS makes tables and triggers on the source, cuts LOBs without a word, or applies changes with foreign keys and triggers on."},
	"G4-SET":    {why: "By its defaults AWS DMS drops the tables that it finds, does not stop between the full load and the changes, drops a delete that fails without a word, goes on after every other error, and cuts LOBs at 32 kB. What AWS fills in besides is no difference."},
	"G5-EXC":    {why: "What was loaded and what is applied meet at the slot's consistent point, so that a change that fails is none of the load's. Each line in awsdms_apply_exceptions is a change that is not on the target."},
	"G5-WALCAP": {gates: []Gate{Loaded, CDC, CutoverReady}, title: "what the slots of AWS DMS keep does not fill the source's disk"},
	"G5-LAG":    {remedy: "a quieter time; a faster target, or replication instance; fewer indexes on what changes most; else more tasks (slots.count): plan and render again, then 80-recovery/83-full-restart.sh"},
	"G5-READ":   {title: "the slots that AWS DMS has made are there, and each is being read"},
	"G7-PARITY": {why: "The source is frozen and the target is drained, so they can be compared exactly for the last time: while AWS DMS copies and applies nothing stands still. Rows are counted; --rows checksum compares every value."},
	"G8-SLOTS":  {title: "no slot of AWS DMS holds WAL on the source", why: "AWS DMS drops its slots with its tasks. One that it leaves behind keeps all WAL until the source's disk is full. Where the slot of a task was not noted, one that nobody has noted may be its own."},
}

// InFullLoad is a check as it is where AWS DMS copies the rows.
func InFullLoad(c Check) Check {
	o := inFull[c.Code]
	switch {
	case o.gates != nil:
		c.Gates = o.gates
	default:
		c.Gates = slices.DeleteFunc(slices.Clone(c.Gates), func(g Gate) bool { return !slices.Contains(fullOrder, g) })
	}
	if o.title != "" {
		c.Title = o.title
	}
	if o.why != "" {
		c.Why = o.why
	}
	if o.remedy != "" {
		c.Remedy = o.remedy
	}
	c.Remedy = FullWords(c.Remedy)
	return c
}

// wordings say with the files and commands of a full load what a hint says with those of other engines: there a slot is begun anew alone, and rows are compared
// while changes go on, by what has changed since a pause.
var wordings = []struct {
	of      *regexp.Regexp
	instead string
}{
	{regexp.MustCompile(`80-recovery/82-restart-slot\.sh(?: (?:SLOT|%s|%\[1\]s|\w+_\d+))?(?: --yes)?(?:,)? (?:loads|starts) (?:the tables of (?:a|its) slot|the slot's tables|a slot's tables|its tables|them|it) (?:anew|over)`), "80-recovery/83-full-restart.sh loads everything anew"},
	{regexp.MustCompile(`80-recovery/82-restart-slot\.sh(?: (?:SLOT|%s|%\[1\]s|\w+_\d+))?(?: --yes)?(?:, 83-full-restart\.sh)?`), "80-recovery/83-full-restart.sh"},
	{regexp.MustCompile(`(?:pgcutover )?verify --check rows --rows delta`), "pgcutover verify cutover --check rows --rows checksum (while the source is frozen)"},
	{regexp.MustCompile(`(?: --table NAME)? --differences FILE lists the rows(?: that differ)?,(?: and)?(?: pgcutover)? render --backfill FILE makes what mends them(?: and then clears these away)?`), " lists the rows that differ"},
	{regexp.MustCompile(`see whether the start was right: G4-START, G2-LSN`), "see G5-TASK for whether the task was resumed, not started"},
	{regexp.MustCompile(`a start before the end of the copy, `), ""},
	{regexp.MustCompile(`: see G4-START and hazard ID109`), ": see G5-TASK and hazard ID109"},
	{regexp.MustCompile(`, on the standbys first|, standbys first`), ""},
	{regexp.MustCompile(`more slots \(slots\.count\) from a new pause on, by`), "more tasks (slots.count): plan and render again, then"},
	{regexp.MustCompile(`with lob\.margins, a new plan, and pgcutover render --restart with --running`), "with lob.margins, a new plan and a new bundle, and everything is loaded anew"},
	{regexp.MustCompile(`lob\.margins, a new plan, then pgcutover render NEW --restart slot=\S+ --running OLD`), "lob.margins, a new plan and a new bundle, and everything is loaded anew"},
}

// FullWords is a hint in the words of a full load by AWS DMS.
func FullWords(text string) string {
	for _, w := range wordings {
		text = w.of.ReplaceAllString(text, w.instead)
	}
	return text
}

// slotKnown is the name on the source of a group's slot; ok is false where AWS DMS has named it, and state.json does not tell.
func (e *Env) slotKnown(slot string) (name string, ok bool) {
	if !e.full() {
		return slot, true
	}
	if e.State == nil {
		return "", false
	}
	name = e.State.Tasks[slot].Slot
	return name, name != ""
}

// noSlot is the answer about a group whose slot was not found.
func (e *Env) noSlot(slot string) Result {
	name, known := e.slotKnown(slot)
	switch {
	case !e.full():
		return unasked(slot, slotGone)
	case !known:
		return unknown(slot, "which slot AWS DMS has made for its task is not known: state.json does not tell").hint("50-cdc/dms/55-start.sh notes it where it can; see G5-READ")
	}
	return unasked(slot, "slot %s does not exist: see G5-READ", analyze.Display(name))
}

// dmsSlot is a slot of the source's database that the planned role reads, or that looks like one that it read.
type dmsSlot struct {
	Name, Plugin string
	Active, Ours bool // ours: a session of the planned role reads it
	Restart      *string
	Held         *int64
}

// probeDMSSlots are the logical slots of the source's database. AWS DMS gives its slots names of its own, so that only who reads one tells whose it is.
func probeDMSSlots(ctx context.Context, e *Env) ([]dmsSlot, error) {
	who, err := e.server(Source)
	if err != nil {
		return nil, err
	}
	return query[dmsSlot](ctx, e, Source, walNames(who.VersionNum, `select s.slot_name::text as name, s.plugin::text as plugin, s.active,
		coalesce((select usename = $1 from pg_stat_activity a where a.pid = s.active_pid), false) as ours, s.restart_lsn::text as restart,
		(pg_current_wal_insert_lsn() - s.restart_lsn)::int8 as held
		from pg_replication_slots s where s.slot_type = 'logical' and s.database = current_database() order by 1`), e.Plan.Names.Role)
}

// checkFullRead waits a little: a task that lost its connection comes back by itself.
func checkFullRead(ctx context.Context, e *Env) ([]Result, error) {
	var out []Result
	err := patiently(ctx, func() (bool, error) {
		slots, err := probeDMSSlots(ctx, e)
		if err != nil {
			return false, err
		}
		out = e.judgeFullRead(slots)
		return !slices.ContainsFunc(out, func(r Result) bool { return r.Status == Fail || r.Undecided }), nil
	})
	return orNothing(out, noGroups), err
}

func (e *Env) judgeFullRead(slots []dmsSlot) []Result {
	by, taken := map[string]dmsSlot{}, map[string]bool{}
	for _, s := range slots {
		by[s.Name] = s
	}
	var out []Result
	var open []string // groups whose slot is not known
	for _, g := range e.Plan.Groups {
		name, known := e.slotKnown(g.Slot)
		s, there := by[name]
		taken[name] = true
		shown := analyze.Display(name)
		switch {
		case !known:
			open = append(open, g.Slot)
			continue
		case !there:
			out = append(out, fail(g.Slot, "slot %s, which AWS DMS made for its task, is gone: what was written since is lost", shown).hint("80-recovery/83-full-restart.sh"))
		case s.Plugin != e.plugin():
			out = append(out, fail(g.Slot, "slot %s decodes with %s, and the plan's endpoint with %s: it is another one", shown, s.Plugin, e.plugin()).hint("see G4-EP; 80-recovery/83-full-restart.sh"))
		case !s.Active:
			out = append(out, fail(g.Slot, "nobody reads slot %s, so its task does not run, whatever its status says", shown).hint("mend the cause, which the log of the task tells, then 50-cdc/dms/57-resume.sh %s", g.Slot))
		case !s.Ours:
			out = append(out, warn(g.Slot, "slot %s is read by a session of another role than %s, or of one that is hidden", shown, analyze.Display(e.Plan.Names.Role)).hint("pg_stat_replication on the source tells who reads it; grant pg_read_all_stats shows it"))
		default:
			out = append(out, pass(g.Slot, "slot %s is being read", shown))
		}
	}
	var spare, idle []string
	for _, s := range slots {
		switch {
		case taken[s.Name] || s.Plugin != e.plugin():
		case s.Ours:
			spare = append(spare, analyze.Display(s.Name))
		case !s.Active:
			idle = append(idle, fmt.Sprintf("%s%s", analyze.Display(s.Name), holding(s.Held)))
		}
	}
	for i, slot := range open {
		if len(open) > len(spare) {
			out = append(out, fail(slot, "which slot is its task's is not noted, and %s reads %s for %s: not every task reads", analyze.Display(e.Plan.Names.Role), analyze.Count(len(spare), "slot"), analyze.Count(len(open), "such task")).
				hint("see G5-TASK; what stands still is resumed with 50-cdc/dms/57-resume.sh %s", slot))
			continue
		}
		out = append(out, warn(slot, "which slot is its task's is not noted; %s reads %s, enough for every such task", analyze.Display(e.Plan.Names.Role), analyze.Some(spare, 5)).with("candidate", spare[i]))
	}
	if len(idle) > 0 {
		out = append(out, warn("other slots", "nobody reads %s: they keep WAL on the source, and may have been left behind by a task of AWS DMS", analyze.Some(idle, 5)).
			hint("find out whose they are; one of a task that is gone: select pg_drop_replication_slot('NAME')"))
	}
	return out
}

func holding(bytes *int64) string {
	if bytes == nil {
		return ""
	}
	return " (" + analyze.Bytes(*bytes) + ")"
}

// checkFullRetired looks for what AWS DMS has left behind: a slot that is noted, and one that its role still reads. Of one that nobody reads nothing tells whose it
// is, so it is named.
func checkFullRetired(ctx context.Context, e *Env) ([]Result, error) {
	slots, err := probeDMSSlots(ctx, e)
	if err != nil {
		return nil, err
	}
	return orNothing(e.judgeFullRetired(slots), noGroups), nil
}

func (e *Env) judgeFullRetired(slots []dmsSlot) []Result {
	of, by := map[string]string{}, map[string]dmsSlot{}
	for _, g := range e.Plan.Groups {
		if name, known := e.slotKnown(g.Slot); known {
			of[name] = g.Slot
		}
	}
	for _, s := range slots {
		by[s.Name] = s
	}
	left := slices.ContainsFunc(slots, func(s dmsSlot) bool { return of[s.Name] == "" && s.Plugin == e.plugin() })
	var out []Result
	for _, g := range e.Plan.Groups {
		name, known := e.slotKnown(g.Slot)
		s, there := by[name]
		switch {
		case !known && left:
			out = append(out, unknown(g.Slot, "which slot its task had is not noted, and slots that nobody has noted are there: one may be its own").hint("select * from pg_replication_slots on the source; once it is known whose they are: 70-cutover/78-retire.sh"))
		case !known:
			out = append(out, warn(g.Slot, "which slot its task had is not noted, so that it is gone is not proven").hint("select * from pg_replication_slots on the source"))
		case there:
			out = append(out, fail(g.Slot, "slot %s is still there%s", analyze.Display(name), keeping(s)))
		default:
			out = append(out, pass(g.Slot, "slot %s is gone", analyze.Display(name)))
		}
	}
	for _, s := range slots {
		switch {
		case of[s.Name] != "":
		case s.Ours:
			out = append(out, fail("slot "+analyze.Display(s.Name), "%s still reads it%s", analyze.Display(e.Plan.Names.Role), keeping(s)).hint("50-cdc/dms/56-stop.sh, then 58-delete.sh --all --yes"))
		case !s.Active && s.Plugin == e.plugin():
			out = append(out, warn("slot "+analyze.Display(s.Name), "nobody reads it%s: it may be left of a task", keeping(s)).hint("find out whose it is; then select pg_drop_replication_slot('NAME')"))
		}
	}
	return out
}

func keeping(s dmsSlot) string {
	if s.Restart == nil {
		return ""
	}
	return ", and keeps WAL from " + *s.Restart + " on" + holding(s.Held)
}

// checkTablesEmpty looks into every table that AWS DMS is going to load. It reads no more than a row of each.
func checkTablesEmpty(ctx context.Context, e *Env) ([]Result, error) {
	there, err := query[struct{ Schema, Name string }](ctx, e, Target, `select n.nspname::text as schema, c.relname::text as name from pg_class c join pg_namespace n on n.oid = c.relnamespace where c.relkind = 'r'`)
	if err != nil {
		return nil, err
	}
	exists := map[analyze.Name]bool{}
	for _, t := range there {
		exists[analyze.Name{Schema: t.Schema, Name: t.Name}] = true
	}
	var names []analyze.Name
	for _, g := range e.Plan.Groups {
		for _, t := range append([]analyze.Name{g.Marker}, g.Tables...) {
			if exists[t] { // else G3-COLS and G4-ROLE say so
				names = append(names, t)
			}
		}
	}
	var filled []string
	for some := range slices.Chunk(names, 200) {
		parts := make([]string, len(some))
		for i, t := range some {
			parts[i] = fmt.Sprintf("select %d as number where exists (select from only %s)", i, t.SQL())
		}
		rows, err := query[struct{ Number int }](ctx, e, Target, strings.Join(parts, " union all "))
		if err != nil {
			return nil, err
		}
		for _, r := range rows {
			filled = append(filled, some[r.Number].String())
		}
	}
	return judgeTablesEmpty(filled, len(names)), nil
}

func judgeTablesEmpty(filled []string, of int) []Result {
	switch {
	case of == 0:
		return []Result{unasked("", "the target has none of the tables: see G3-COLS")}
	case len(filled) > 0:
		out := make([]Result, 0, len(filled))
		for _, t := range filled {
			out = append(out, fail(t, "it has rows on the target already"))
		}
		return out
	}
	return []Result{pass("", "%s without a row", analyze.Count(of, "table"))}
}

// fullRows are how many rows each table of the tasks has on the target; of one that is not there, or cannot be read, there is an error in its place.
type fullRows struct {
	Rows    map[analyze.Name]int64
	Refused map[analyze.Name]string
}

// UncountedRemedy is what to do about a table that [CountTarget] could not count.
const UncountedRemedy = "where the role may not read it: grant select on the table; one that is missing: see G3-COLS"

// CountTarget counts the rows of every table of the tasks on the target, once a run: refused tells why of those that cannot be counted.
func CountTarget(e *Env) (rows map[analyze.Name]int64, refused map[analyze.Name]string, err error) {
	c, err := e.live.counted()
	return c.Rows, c.Refused, err
}

// checkSent compares, task by task, what is on the target with what AWS DMS has loaded. It is right while nothing was applied; then rows come and go.
func checkSent(_ context.Context, e *Env) ([]Result, error) {
	c, err := e.live.counted()
	if err != nil {
		return nil, err
	}
	return orNothing(e.judgeSent(c), noGroups), nil
}

func (e *Env) judgeSent(c fullRows) []Result {
	var out []Result
	for _, g := range e.Plan.Groups {
		var t StateTask
		if e.State != nil {
			t = e.State.Tasks[g.Slot]
		}
		have, why := int64(0), ""
		for _, n := range append([]analyze.Name{g.Marker}, g.Tables...) {
			rows, counted := c.Rows[n]
			if !counted {
				why = fmt.Sprintf("%s cannot be counted: %s", n, c.Refused[n])
				break
			}
			have += rows
		}
		switch {
		case t.ResumedAt != nil:
			out = append(out, skip(g.Slot, "its task has applied changes since the full load"))
		case t.LoadedAt == nil:
			out = append(out, unasked(g.Slot, "state.json does not say that its task has loaded its tables").hint("50-cdc/dms/55-wait.sh waits for that"))
		case why != "":
			out = append(out, unknown(g.Slot, "%s", why).hint(UncountedRemedy))
		case have != t.Rows:
			out = append(out, fail(g.Slot, "its task loaded %d rows, its tables on the target have %d: %s", t.Rows, have, difference(t.Rows, have)).with("loaded", t.Rows, "on the target", have))
		default:
			out = append(out, pass(g.Slot, "%s, as many as its task loaded", analyze.Count(int(have), "row")))
		}
	}
	return out
}

// countTarget counts the tables of every group, a few batches at a time.
func countTarget(ctx context.Context, e *Env) (fullRows, error) {
	c := fullRows{map[analyze.Name]int64{}, map[analyze.Name]string{}}
	bytes := map[analyze.Name]int64{}
	for _, t := range e.Plan.Tables {
		bytes[t.Name] = t.Bytes
	}
	var tables []planner.Table
	for _, group := range e.Plan.Groups {
		for _, n := range append([]analyze.Name{group.Marker}, group.Tables...) {
			tables = append(tables, planner.Table{Name: n, Bytes: bytes[n]})
		}
	}
	var mu sync.Mutex
	g, gctx := errgroup.WithContext(ctx)
	g.SetLimit(e.Jobs)
	for _, batch := range e.batches(tables) {
		g.Go(func() error {
			rows, err := e.countRows(gctx, Target, batch)
			if err != nil {
				return err
			}
			mu.Lock()
			defer mu.Unlock()
			for i, t := range batch {
				if refused := rows[i].Refused; refused != nil {
					c.Refused[t.Name] = refused.Error()
				} else {
					c.Rows[t.Name] = rows[i].Rows
				}
			}
			return nil
		})
	}
	return c, g.Wait()
}
