package planner

import (
	"fmt"
	"math"
	"regexp"
	"slices"
	"strings"

	"github.com/pgcutover/pgcutover/analyze"
	"github.com/pgcutover/pgcutover/planner/hazard"
)

// FullOptions is what only the engine "dms-full" needs to know: how AWS DMS copies the rows, which it does itself, from the source that everybody
// works on.
type FullOptions struct {
	Schema             string `json:"schema"`              // where the empty target's structure comes from: "dump" (pg_dump of the source) or "replica" (a promoted read replica, emptied)
	SubTasks           int    `json:"sub_tasks"`           // MaxFullLoadSubTasks: tables, or ranges of one, that each task reads at a time
	CommitRate         int    `json:"commit_rate"`         // CommitRate: rows that are written at a time, at most; fewer where LOBs would not fit the memory
	ConsistencySeconds int64  `json:"consistency_seconds"` // TransactionConsistencyTimeout: how long a task waits for transactions that are open when it starts
	Validation         bool   `json:"validation"`          // AWS DMS compares the rows itself as well
	Plugin             string `json:"plugin"`              // that its slots decode with: "pglogical" or "test_decoding"; empty: pglogical where the source has it
}

// Where the structure comes from.
const (
	SchemaDump    = "dump"
	SchemaReplica = "replica"
)

// The output plugins that AWS DMS reads.
const (
	PluginPglogical    = "pglogical"
	PluginTestDecoding = "test_decoding"
)

// Of AWS DMS (user guide, full-load task settings).
const (
	maxSubTasks   = 49
	maxCommitRate = 50_000
	// Below it a load takes longer for its commits than for its rows.
	leastCommitRate = 10
)

func defaultFull() *FullOptions {
	return &FullOptions{Schema: SchemaDump, SubTasks: 8, CommitRate: 10_000, ConsistencySeconds: 600}
}

// Emptied reports whether the empty target is a read replica of the source that was promoted and emptied.
func (o Options) Emptied() bool {
	return o.FullLoad() && o.Full != nil && o.Full.Schema == SchemaReplica
}

// FullLoad reports whether AWS DMS copies the rows itself.
func (o Options) FullLoad() bool { return o.Engine == EngineDMSFull }

// checkFull refuses what AWS DMS does not take.
func (o Options) checkFull() error {
	f := o.Full
	if !o.FullLoad() {
		if f != nil {
			return &OptionError{"full", fmt.Sprintf("the engine is %q", o.Engine), `set "engine: dms-full", or take the section out`}
		}
		return nil
	}
	switch {
	case f == nil:
		return &OptionError{"full", "nothing says how AWS DMS loads the rows", `write "full: {schema: dump}" with the other keys of docs/config.md`}
	case f.Schema != SchemaDump && f.Schema != SchemaReplica:
		return &OptionError{"full.schema", fmt.Sprintf("unknown way %q", f.Schema), `write "dump" or "replica"`}
	case f.SubTasks < 1 || f.SubTasks > maxSubTasks:
		return wrong("full.sub_tasks", "must be 1 to %d, is %d", maxSubTasks, f.SubTasks)
	case f.CommitRate < 1 || f.CommitRate > maxCommitRate:
		return wrong("full.commit_rate", "must be 1 to %d, is %d", maxCommitRate, f.CommitRate)
	case f.ConsistencySeconds < 0 || f.ConsistencySeconds > math.MaxInt32:
		return wrong("full.consistency_seconds", "must be 0 to %d, is %d", math.MaxInt32, f.ConsistencySeconds)
	case f.Plugin != "" && f.Plugin != PluginPglogical && f.Plugin != PluginTestDecoding:
		return &OptionError{"full.plugin", fmt.Sprintf("unknown plugin %q", f.Plugin), `write "pglogical" or "test_decoding", or leave it out`}
	case o.CDC.TrimSlots:
		return &OptionError{"cdc.trim_slots", "AWS DMS makes its slots itself, and nobody else moves them", "leave it out"}
	}
	return nil
}

// Full is what the plan decides about the full load.
type Full struct {
	Plugin            string     `json:"plugin"`
	PluginReason      string     `json:"plugin_reason"`
	SchemaReason      string     `json:"schema_reason"`
	Sessions          int        `json:"sessions"` // that read the source at once, at most; as many write to the target
	SessionsReason    string     `json:"sessions_reason"`
	LongestSeconds    float64    `json:"longest_seconds"` // of one reading, by the estimate: for as long vacuum on the source removes nothing
	StopReason        string     `json:"stop_reason"`     // why tasks stop between the full load and the changes cached meanwhile
	ConsistencyReason string     `json:"consistency_reason"`
	LOBReason         string     `json:"lob_reason"` // why limits are measured the way they are
	ValidationReason  string     `json:"validation_reason"`
	Tasks             []FullTask `json:"tasks"` // by group
}

// FullTask is the full load of one group's task.
type FullTask struct {
	Group        int     `json:"group"`
	LoadSeconds  float64 `json:"load_seconds"` // of its tables, as estimated
	Parallel     int     `json:"parallel"`     // tables that it reads in several ranges at a time
	CommitRate   int     `json:"commit_rate"`
	CommitReason string  `json:"commit_reason"`
}

// full decides about the full load; nil for other engines, and where nothing is copied.
func (b *builder) full(p Plan) *Full {
	if !b.opt.FullLoad() || len(p.Groups) == 0 {
		return nil
	}
	o := b.opt.Full
	f := &Full{Sessions: len(p.Groups) * o.SubTasks}
	f.Plugin, f.PluginReason = b.plugin(), b.pluginReason()
	f.SchemaReason = "pg_dump takes the structure from the source: what AWS DMS would make itself are bare tables, without defaults, constraints, indexes or owners. It works between any versions, and nothing has to be truncated."
	if o.Schema == SchemaReplica {
		f.SchemaReason = "An Aurora read replica of the source has all of it: structure, owners, rights, extensions. It is promoted and emptied, for nothing says at which position of the source its rows are, and AWS DMS loads them again. It takes the same major version."
	}
	f.SessionsReason = fmt.Sprintf("%s, each of which reads up to %s at a time (full.sub_tasks), on the primary that the application works on: lower that where it suffers.", analyze.Count(len(p.Groups), "task"), analyze.Count(o.SubTasks, "table"))
	f.StopReason = "When its tables are loaded each task stops, before it applies the changes that it has read meanwhile. Then indexes are built, which costs less than to keep them up row by row, and the changes find what they look rows up by. Its slot keeps what follows on the source."
	f.ConsistencyReason = fmt.Sprintf("A task waits up to %s for transactions that are open when it starts, then reads. What becomes of those that last longer is for AWS DMS to see to, and nothing here can show it: see to it that none is open for long when the tasks start.", Span(float64(o.ConsistencySeconds)))
	f.LOBReason = "Limits come from octet_length, the bytes that a value has when it travels. pg_column_size, which is often advised, tells what it takes on disk, compressed: twice that is less than the value itself where it compresses well."
	f.ValidationReason = "Off: AWS DMS reads every row on both sides once more, one by one where they change, skips rows that keep changing and tables without a primary key, gives up after 10000 differences, and reports lag as difference. pgcutover verify compares both sides when they stand still."
	if o.Validation {
		f.ValidationReason = "As configured: AWS DMS reads every row of tables with a primary key on both sides again and compares them, while changes go on. A failure may be lag, a time or a float that is written in another way: what it reports is looked at, and pgcutover verify decides. It costs both databases about as much reading as the load."
	}
	for _, s := range b.took {
		f.LongestSeconds = max(f.LongestSeconds, seconds(s))
	}
	for i, g := range p.Groups {
		f.Tasks = append(f.Tasks, b.fullTask(p, g, p.DMS.Tasks[i]))
	}
	return f
}

func (b *builder) fullTask(p Plan, g Group, t DMSTask) FullTask {
	x := FullTask{Group: g.Number, LoadSeconds: seconds(b.groupSeconds(p, g.Number))}
	for _, it := range p.Items {
		if it.Range != nil && it.Range.Part == 1 && b.table(it.Tables[0]).Group == g.Number {
			x.Parallel++
		}
	}
	x.CommitRate, x.CommitReason, _ = b.commitRate(p, g, t)
	return x
}

// commitRate is the largest number of rows at a time with which the LOBs that a task reads at once fit its share of the replication instance's
// memory: AWS DMS sets aside LobMaxSize for each LOB of each of them (user guide, LOB support). fits is false where no number is small enough.
func (b *builder) commitRate(p Plan, g Group, t DMSTask) (_ int, reason string, fits bool) {
	rate := b.opt.Full.CommitRate
	perRow, readers := b.lobsAtOnce(p, g)
	if readers == 0 {
		return rate, "As configured; no table of the task has LOBs.", true
	}
	memory := classMemory(p.DMS.Instance.Class)
	if memory == 0 {
		return rate, fmt.Sprintf("As configured; the memory of %s is not known here, and LOBs may take %s of it.", p.DMS.Instance.Class, Size(int64(perRow)*int64(t.LOBMaxKB)<<10*int64(rate))), true
	}
	free := int64(max(memory*1024-instanceBaseMB, 1024))/int64(len(p.Groups)) - taskBaseMB - taskMemoryMB
	if g.BatchApply {
		free -= batchMemoryMB
	}
	most := max(free, 0) << 20 / (int64(perRow) * int64(t.LOBMaxKB) << 10)
	if most >= int64(rate) {
		return rate, fmt.Sprintf("As configured: %s of up to %d kB for a row of each of %s fit the memory.", analyze.Count(perRow, "LOB"), t.LOBMaxKB, analyze.Count(readers, "reader")), true
	}
	if most < leastCommitRate {
		return min(rate, leastCommitRate), fmt.Sprintf("Lowered from %d, and even so it does not fit: %d rows at a time take %s for their LOBs, and %s of the memory of %s are this task's share.",
			rate, leastCommitRate, Size(int64(perRow)*int64(t.LOBMaxKB)<<10*leastCommitRate), Size(max(free, 0)<<20), p.DMS.Instance.Class), false
	}
	if most >= 1000 {
		most = most / 100 * 100
	}
	return int(most), fmt.Sprintf("Lowered from %d: for each row that it writes at a time AWS DMS sets LOBs of %d kB aside, %d of them for a row of each of %s at once, and %s of its memory are this task's share.",
		rate, t.LOBMaxKB, perRow, analyze.Count(readers, "reader"), Size(max(free, 0)<<20)), true
}

// lobsAtOnce is how many LOBs there are in a row of each of the tables, or ranges, that the sub-tasks of a group read at a time, at most; and how many of
// these have any.
func (b *builder) lobsAtOnce(p Plan, g Group) (perRow, readers int) {
	var each []int
	for i := range p.Items {
		at, n := b.where.items[i], 0
		if b.tables[at].Group != g.Number {
			continue
		}
		for j := range b.source[at].Columns {
			if loadedLOB(&b.source[at].Columns[j]) {
				n++
			}
		}
		if n > 0 {
			each = append(each, n)
		}
	}
	slices.Sort(each)
	slices.Reverse(each)
	each = each[:min(len(each), b.opt.Full.SubTasks)]
	for _, n := range each {
		perRow += n
	}
	return perRow, len(each)
}

var classForm = regexp.MustCompile(`^dms\.([a-z])[0-9][a-z0-9]*\.(large|xlarge|[0-9]+xlarge)$`)

// classMemory is the memory of an instance class in GB; 0: not known. (Amazon EC2: an r has 8 GB for each virtual CPU, a c has 2.)
func classMemory(class string) int {
	m := classForm.FindStringSubmatch(class)
	if m == nil {
		return 0
	}
	cpus := 2
	if m[2] != "large" {
		n := 1
		if _, err := fmt.Sscanf(m[2], "%dxlarge", &n); err != nil {
			n = 1
		}
		cpus = 4 * n
	}
	return cpus * map[string]int{"r": 8, "c": 2}[m[1]]
}

// hasPglogical reports whether the source can decode with pglogical without a change.
func (b *builder) hasPglogical() bool {
	there := b.inv.Replication.Pglogical != nil || slices.ContainsFunc(b.inv.Extensions, func(e analyze.Extension) bool { return e.Name == "pglogical" })
	preload, _ := b.setting("shared_preload_libraries")
	return there && inList(preload.Value, "pglogical")
}

func (b *builder) pluginReason() string {
	switch {
	case b.opt.Full.Plugin != "":
		return "As configured."
	case b.hasPglogical():
		return "The source has pglogical, which sends the changes of a task's tables alone; test_decoding sends those of the whole database to each task, as text."
	}
	return "The source does not have pglogical, and every PostgreSQL has test_decoding: no restart for a library, and no extension. It sends the changes of the whole database to each task, as text."
}

// fullHolds checks what is told about the full load against the rest.
func (v *validator) fullHolds() error {
	p := v.plan
	if needed := p.Options.FullLoad() && len(p.Groups) > 0; needed != (p.Full != nil) {
		return invalid("full", "is for the engine dms-full, and the engine is %q with %d groups", p.Options.Engine, len(p.Groups))
	}
	if p.Full == nil {
		return nil
	}
	if f := p.Full; f.Plugin != PluginPglogical && f.Plugin != PluginTestDecoding {
		return invalid("full.plugin", "%q is not one that AWS DMS reads", f.Plugin)
	}
	if len(p.Full.Tasks) != len(p.Groups) {
		return invalid("full.tasks", "there are %d, for %d groups", len(p.Full.Tasks), len(p.Groups))
	}
	for i, t := range p.Full.Tasks {
		where := fmt.Sprintf("full.tasks[%d]", i)
		if t.Group != i+1 {
			return invalid(where, "is of group %d: tasks are in the order of the groups", t.Group)
		}
		if t.CommitRate < 1 || t.CommitRate > maxCommitRate {
			return invalid(where, "rows at a time are 1 to %d, not %d", maxCommitRate, t.CommitRate)
		}
	}
	return nil
}

// parallelHolds checks a range against what AWS DMS reads in ranges: a table that a rule can name, by one whole number with a bound in form.
func (v *validator) parallelHolds(where place, t *Table, r *Range) error {
	if !v.plan.Options.FullLoad() {
		return nil
	}
	switch {
	case r.By != ByKey || len(r.Key) != 1 || !wholeNumber(r.Key[0].Type):
		return invalid(where, "AWS DMS reads ranges of one whole number only")
	case strings.Contains(t.Name.Schema+t.Name.Name, "%"):
		return invalid(where, "AWS DMS takes no settings for %s: to it %% is no part of an exact name", t.Name)
	case slices.Contains(r.To, nil):
		return invalid(where, "AWS DMS has no bound that is NULL")
	}
	return nil
}

// wholeNumber reports whether a type of pg_catalog is one of whole numbers.
func wholeNumber(typ string) bool {
	return slices.Contains([]string{"int2", "int4", "int8", "smallint", "integer", "bigint"}, typ)
}

// lookedUp reports whether LOBs of the table are read one by one from the source, because they cannot be limited.
func (b *builder) lookedUp(t *analyze.Table) bool {
	if b.cut[t.Name] || strings.Contains(t.Name.Schema+t.Name.Name, "%") {
		return false
	}
	return slices.ContainsFunc(t.Columns, func(c analyze.Column) bool {
		need, known := hazard.LOBNeed(c, b.margin(t.Name))
		return loadedLOB(&c) && (!known || need > hazard.MaxLOBBytes)
	})
}
