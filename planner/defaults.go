package planner

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/pgcutover/pgcutover/analyze"
	"github.com/pgcutover/pgcutover/planner/hazard"
)

// What becomes of extra unique keys.
const (
	UniqueKeep  = "keep"
	UniqueDefer = "defer"
)

// Defaults are the options of a plan nobody configured. The rates are cautious figures for servers not yet seen; the
// timings of an earlier load replace them.
func Defaults() Options {
	return Options{
		Engine: EngineDMS,
		Slots: SlotOptions{
			Max:       8, // every slot decodes all WAL of the cluster: a dozen cost the source more than they gain
			Prefix:    "dms_slot",
			MaxTables: 5000, // keeps the table mappings of one DMS task below 2 MB
			// A group that needs more than this share of one apply stream catches up slowly and has nothing to spare at peaks.
			TargetLoad:       0.6,
			Tolerance:        0.1,
			ChangesPerSecond: 1000,
		},
		LOB:  LOBOptions{Margin: 1.5},
		Load: LoadOptions{Workers: 4, BatchBytes: 32 << 20, BytesPerSecond: 35_000_000, IndexBytesPerSecond: 60_000_000, MaintenanceWorkMem: "1GB", CopyFormat: CopyAuto, Attempts: 3},
		// Dropping unique keys while changes are applied lets more tables be applied in batches, but a duplicate then shows only at the cutover.
		Unique:  UniqueKeep,
		WAL:     WALOptions{SetupSeconds: 3600},
		CDC:     defaultCDC(),
		Cutover: CutoverOptions{SequenceMargin: 1000, Validate: ValidateFrozen},
	}
}

// DefaultsFor are the defaults of an engine; those of one that is unknown are [Defaults], and no plan can be made with it.
func DefaultsFor(engine string) Options {
	o := Defaults()
	if engine != "" {
		o.Engine = engine
	}
	switch engine {
	case EngineNative:
		o.Slots.Prefix = "pgcutover"
		o.Native = &NativeOptions{Password: PasswordFile, HandOff: HandOffReplica}
	case EngineDMSFull:
		o.Slots.Prefix = "dms_full"
		o.Full = defaultFull()
		o.CDC.TrimSlots = false
		o.Load.BytesPerSecond = 10_000_000 // of one reader of AWS DMS, which writes files of text and has the target read them
	case EnginePromote:
		aurora := DefaultAurora()
		o.Aurora = &aurora
		o.Cutover.SequenceMargin = 0 // sequences are the source's own
	}
	return o
}

// OptionError is an option that no plan can be made with.
type OptionError struct {
	Path    string // key in the configuration file, such as slots.pin
	Problem string
	Remedy  string // what to write instead; empty: nothing better to say
}

func (e *OptionError) Error() string { return "configuration: " + e.Path + ": " + e.Problem }

// Hint is the remedy, for the command line.
func (e *OptionError) Hint() string { return e.Remedy }

func wrong(path, format string, args ...any) *OptionError {
	return &OptionError{Path: path, Problem: fmt.Sprintf(format, args...)}
}

// check refuses values that make no sense whatever the inventory.
func (o Options) check() error {
	positive := func(path string, v float64) error {
		if !(v > 0) || math.IsInf(v, 0) {
			return wrong(path, "must be greater than 0, is %v", v)
		}
		return nil
	}
	if known := []string{EngineDMS, EngineNative, EngineDMSFull, EnginePromote}; !slices.Contains(known, o.Engine) {
		return &OptionError{"engine", fmt.Sprintf("unknown engine %q", o.Engine), `write "` + strings.Join(known[:len(known)-1], `", "`) + `" or "` + known[len(known)-1] + `"`}
	}
	if err := cmp.Or(o.checkFull(), o.checkNative(), o.checkAurora(o.Engine == EnginePromote || o.Emptied()), o.checkPromote()); err != nil {
		return err
	}
	if o.Unique != UniqueKeep && o.Unique != UniqueDefer {
		return &OptionError{"unique", fmt.Sprintf("unknown policy %q", o.Unique), `write "keep" or "defer"`}
	}
	if !legalPrefix(o.Slots.Prefix) {
		return &OptionError{"slots.prefix", fmt.Sprintf("%q cannot begin a slot name", o.Slots.Prefix),
			"use 1 to 53 lower-case letters, digits and underscores, beginning with a letter or an underscore"}
	}
	if o.Slots.Count < 0 || o.Slots.Count > maxSlots {
		return wrong("slots.count", "must be auto or 1 to %d, is %d", maxSlots, o.Slots.Count)
	}
	if o.Slots.Max < 1 || o.Slots.Max > maxSlots {
		return wrong("slots.max", "must be 1 to %d, is %d", maxSlots, o.Slots.Max)
	}
	if o.Slots.MaxTables < 1 {
		return wrong("slots.max_tables", "must be at least 1, is %d", o.Slots.MaxTables)
	}
	if o.Slots.TargetLoad > 1 {
		return wrong("slots.target_load", "is a share of one apply stream, at most 1, is %v", o.Slots.TargetLoad)
	}
	if t := o.Slots.Tolerance; !(t >= 0 && t <= 10) {
		return wrong("slots.tolerance", "is a share of the heaviest group's load, such as 0.1, is %v", t)
	}
	if o.LOB.Margin < 1 || math.IsInf(o.LOB.Margin, 0) || math.IsNaN(o.LOB.Margin) {
		return wrong("lob.margin", "is a factor of at least 1, is %v", o.LOB.Margin)
	}
	for _, table := range slices.Sorted(maps.Keys(o.LOB.Margins)) {
		if m := o.LOB.Margins[table]; !(m >= 1 && m <= 1e6) {
			return wrong("lob.margins", "%s has %v, which is no factor from 1 to 1000000", table, m)
		}
	}
	if o.Load.Workers < 1 || o.Load.Workers > 1000 {
		return wrong("load.workers", "must be 1 to 1000, is %d", o.Load.Workers)
	}
	// An array of AWS Batch has from 2 to 10,000 jobs (AWS Batch user guide, array jobs).
	if n := o.Load.AWSBatchJobs; n != 0 && (n < 2 || n > min(10_000, o.Load.Workers)) {
		return &OptionError{"load.aws_batch_jobs", fmt.Sprintf("%d jobs cannot share %s", n, analyze.Count(o.Load.Workers, "worker")), "write 2 or more, at most one for each of load.workers, or leave it out"}
	}
	if o.Load.Attempts < 1 {
		return wrong("load.attempts", "must be at least 1, is %d", o.Load.Attempts)
	}
	if o.Load.SplitBytes < 0 || o.Load.SplitBytes > 0 && o.Load.SplitBytes < 1<<20 {
		return wrong("load.split_bytes", "must be auto or at least 1MB, is %d", o.Load.SplitBytes)
	}
	if _, ok := memory(o.Load.MaintenanceWorkMem); !ok {
		return &OptionError{"load.maintenance_work_mem", fmt.Sprintf("%q is not a memory size", o.Load.MaintenanceWorkMem), "write a size as PostgreSQL takes it, such as 1GB"}
	}
	if o.Load.CopyFormat != CopyAuto && o.Load.CopyFormat != CopyText {
		return &OptionError{"load.copy_format", fmt.Sprintf("unknown value %q", o.Load.CopyFormat), "write auto or text"}
	}
	if o.Cutover.SequenceMargin < 0 {
		return wrong("cutover.sequence_margin", "must not be negative, is %d", o.Cutover.SequenceMargin)
	}
	if o.Cutover.Validate != ValidateFrozen && o.Cutover.Validate != ValidateAfter {
		return &OptionError{"cutover.validate", fmt.Sprintf("unknown moment %q", o.Cutover.Validate), `write "frozen" or "after"`}
	}
	if o.WAL.SetupSeconds < 0 {
		return wrong("wal.setup_seconds", "must not be negative, is %d", o.WAL.SetupSeconds)
	}
	sizes := map[string]*int64{"wal.bytes_per_second": o.WAL.BytesPerSecond, "wal.source_free_bytes": o.WAL.SourceFreeBytes, "wal.replica_free_bytes": o.WAL.ReplicaFreeBytes,
		"target.free_bytes": o.Target.FreeBytes, "target.memory_bytes": o.Target.MemoryBytes}
	for _, path := range slices.Sorted(maps.Keys(sizes)) {
		if v := sizes[path]; v != nil && *v < 0 {
			return wrong(path, "must not be negative, is %d", *v)
		}
	}
	if m := o.Target.Managed; m != "" && m != "rds" && m != "aurora" {
		return &OptionError{"target.managed", fmt.Sprintf("unknown kind %q", m), `write "rds" or "aurora", or leave it out`}
	}
	if v := o.Target.Version; v != 0 && (v < 10 || v > 99) {
		return &OptionError{"target.version", fmt.Sprintf("%d is not a major version that can be a target", v), "write the major version alone, such as 16"}
	}
	if err := o.CDC.check(); err != nil {
		return err
	}
	for i, a := range o.Accept {
		path := fmt.Sprintf("accept[%d]", i)
		if a.Code == "" || a.Subject == "" {
			return wrong(path, "needs a code and a subject")
		}
		if strings.TrimSpace(a.Reason) == "" {
			return &OptionError{path, fmt.Sprintf("%s is accepted for %s without a reason", a.Code, a.Subject), "say in reason why somebody decided to live with it"}
		}
	}
	return cmp.Or(
		positive("slots.target_load", o.Slots.TargetLoad),
		positive("slots.changes_per_second", o.Slots.ChangesPerSecond),
		positive("load.batch_bytes", float64(o.Load.BatchBytes)),
		positive("load.bytes_per_second", float64(o.Load.BytesPerSecond)),
		positive("load.index_bytes_per_second", float64(o.Load.IndexBytesPerSecond)),
	)
}

// checkCodes refuses to accept what no rule finds. A plan that was made may carry a code that a newer program has no more.
func (o Options) checkCodes() error {
	for i, a := range o.Accept {
		if _, ok := hazard.Lookup(a.Code); ok {
			continue
		}
		var codes []string
		for _, r := range hazard.Rules() {
			codes = append(codes, r.Code)
		}
		e := wrong(fmt.Sprintf("accept[%d].code", i), "no hazard has the code %s", a.Code)
		if near := Nearest(a.Code, codes, 3); len(near) > 0 {
			e.Remedy = "did you mean " + strings.Join(near, " or ") + "?"
		} else {
			e.Remedy = "pgcutover explain --all lists the codes; answers of checks are not accepted here"
		}
		return e
	}
	return nil
}

const (
	maxSlots   = 99
	maxSlotLen = 56 // "marker_" and the slot's name have to fit 63 bytes; so does "i" and its name, the insert set
)

// legalPrefix keeps slot names to what pg_replication_slots takes, and to what stays the same when an option list folds its case.
func legalPrefix(s string) bool {
	if s == "" || len(s) > maxSlotLen-3 || s[0] >= '0' && s[0] <= '9' {
		return false
	}
	return legalSlot(s)
}

func legalSlot(s string) bool {
	if s == "" || len(s) > maxSlotLen {
		return false
	}
	for i := range len(s) {
		if c := s[i]; c != '_' && (c < 'a' || c > 'z') && (c < '0' || c > '9') {
			return false
		}
	}
	return true
}

// memory reads a size as PostgreSQL takes it, in bytes.
func memory(s string) (int64, bool) {
	digits := strings.TrimRight(s, "kMGTB")
	shift, known := map[string]int{"kB": 10, "MB": 20, "GB": 30, "TB": 40}[s[len(digits):]]
	if !known || digits == "" || len(digits) > 9 || strings.Trim(digits, "0123456789") != "" {
		return 0, false
	}
	n, err := strconv.ParseInt(digits, 10, 64)
	return min(n, math.MaxInt64>>shift) << shift, err == nil
}

// directory finds the tables that a configuration names.
type directory struct {
	tables []*analyze.Table
	names  map[string]analyze.Name // nil: nobody has asked yet, and most configurations never do
	texts  []string                // every name as it is shown, sorted
}

func (d *directory) fill() {
	d.names = map[string]analyze.Name{}
	raw := map[string]int{}
	for _, t := range d.tables {
		d.names[t.Name.String()] = t.Name
		d.texts = append(d.texts, t.Name.String())
		raw[t.Name.Schema+"."+t.Name.Name]++
	}
	for _, t := range d.tables { // also as written without quotes, as long as that means one table only
		text := t.Name.Schema + "." + t.Name.Name
		if _, taken := d.names[text]; !taken && raw[text] == 1 {
			d.names[text] = t.Name
		}
	}
	slices.Sort(d.texts)
}

func (d *directory) find(path, text string) (analyze.Name, error) {
	if d.names == nil {
		d.fill()
	}
	if n, ok := d.names[text]; ok {
		return n, nil
	}
	e := wrong(path, "there is no table %s in the inventory", text)
	if near := Nearest(text, d.texts, 3); len(near) > 0 {
		e.Remedy = "did you mean " + strings.Join(near, " or ") + "?"
	} else {
		e.Remedy = "write schema and table, such as public.orders, in double quotes where a name is not plain lower case"
	}
	return analyze.Name{}, e
}

func (d *directory) findAll(path string, texts []string) ([]analyze.Name, error) {
	out := make([]analyze.Name, 0, len(texts))
	for _, s := range texts {
		n, err := d.find(path, s)
		if err != nil {
			return nil, err
		}
		if !slices.Contains(out, n) {
			out = append(out, n)
		}
	}
	return out, nil
}

// Nearest lists up to n of the candidates that look like a mistyped text, best first.
func Nearest(text string, candidates []string, n int) []string {
	type scored struct {
		text     string
		distance int
	}
	limit := max(2, len(text)/4)
	last := func(s string) string { return strings.Trim(s[strings.LastIndexByte(s, '.')+1:], `"`) }
	var near []scored
	for _, c := range candidates {
		d := limit + 1
		if diff := len(c) - len(text); diff <= limit && -diff <= limit {
			d = distance(strings.ToLower(text), strings.ToLower(c))
		}
		if d > limit && strings.EqualFold(last(text), last(c)) {
			d = limit // the right table in another schema, or without its schema
		}
		if d <= limit {
			near = append(near, scored{c, d})
		}
	}
	slices.SortFunc(near, func(a, b scored) int {
		return cmp.Or(cmp.Compare(a.distance, b.distance), cmp.Compare(a.text, b.text))
	})
	var out []string
	for _, s := range near[:min(n, len(near))] {
		out = append(out, s.text)
	}
	return out
}

// distance is the number of single-byte edits between two strings, a swap of neighbours counting as one.
func distance(a, b string) int {
	before, row := make([]int, len(b)+1), make([]int, len(b)+1)
	var two []int
	for j := range row {
		row[j] = j
	}
	for i := 1; i <= len(a); i++ {
		two, before, row = before, row, make([]int, len(b)+1)
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			row[j] = min(before[j]+1, row[j-1]+1, before[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], two[j-2]+1)
			}
		}
	}
	return row[len(b)]
}
