package hazard

import (
	"fmt"
	"strings"

	"github.com/pgcutover/pgcutover/analyze"
)

// Facts are what the rules judge: the inventory, and of the plan and its configuration what they need.
type Facts struct {
	Inventory   analyze.Inventory
	Fates       map[analyze.Name]Fate // of every table that is planned
	Target      Target
	AppendOnly  map[analyze.Name]bool    // tables without a usable identity that somebody knows to be append-only
	Truncate    map[analyze.Name]bool    // tables whose LOBs may be cut
	LOBMargin   float64                  // factor on measured maxima
	LOBMargins  map[analyze.Name]float64 // of tables that have one of their own
	Engine      string                   // that applies the changes; empty: dms
	Subscribing Subscribing              // for the engine native
	Loading     Loading                  // for the engine dms-full
	Plugin      string                   // output plugin of the plan's slots; empty: pglogical
	Aurora      *Aurora                  // the read replica that the target begins as; nil: none is made
	DeferUnique bool                     // extra unique keys are kept off while changes are applied
	Node        string                   // pglogical node of the plan
	// ExcludedSchemas do not come to the target, with all that is in them.
	ExcludedSchemas []string
	LeftOutViews    map[analyze.Name]bool // by the configuration
	Groups          []Group
	Settings        []Setting // that have to change
	Figures         Figures

	// Made by the first who asks, of the inventory's tables.
	named map[analyze.Name]*analyze.Table
	fates []plannedFate // by position
}

type plannedFate struct {
	Fate
	planned bool
}

// Fate is what the plan does with a table.
type Fate struct {
	Present     bool   // created on the target
	Copied      bool   // its rows are loaded
	InsertsOnly bool   // only inserts reach the target
	Bytes       int64  // heap and TOAST
	Whole       string // why it is loaded in one piece although it is large; empty: it is not large, or cut
}

// Subscribing is what the engine native was configured with.
type Subscribing struct {
	Prompt  bool // a password is asked for, and stays on the subscriber
	WayBack bool // the target's changes are to go back to the source
	// Snapshots: rows are copied from the source, in the snapshot of each slot, and not from a paused replica.
	Snapshots bool
}

// Loading is what AWS DMS does where it reads the rows itself.
type Loading struct {
	Sessions       int          // that read the source at once, at most
	Longest        analyze.Name // table of the longest reading
	LongestSeconds float64
	Validation     bool     // it compares the rows as well
	Overfull       []string // tasks whose LOBs do not fit their share of the replication instance's memory, however few rows they write at a time
}

// Target is where the data goes. VersionNum is 0 when nobody said.
type Target struct {
	VersionNum int
	Managed    string
}

// Group is a slot group.
type Group struct {
	Slot, UpdateSet, InsertSet string
	Load                       float64 // share of one apply stream that it needs; 0 when rates were not sampled
	MappingBytes               int     // of the table mapping that AWS DMS gets for it, estimated
	// Tables with LOBs, some of which may be cut and some not: AWS DMS has one setting for all of them. Empty where none may be cut.
	Cut, Kept []string
	// Columns that the mapping would leave out by mistake, because their names fit the name of a generated column as a pattern.
	Overreached []string
}

// Setting is a change that the plan asks for.
type Setting struct {
	On, Name, From, To string
	Restart            bool
}

// Figures are the plan's estimates, nil where it has none.
type Figures struct {
	Weights           string // sampled, counters or bytes
	TargetLoad        float64
	GroupMax          float64
	GroupBound        float64
	LoadSeconds       float64
	LoadBound         float64
	PauseSeconds      float64
	ReadySeconds      float64 // from the pause to the start of change data capture
	WALBytesPerSecond *float64
	SourceWALBytes    *int64
	ReplicaWALBytes   *int64
	SourceFreeBytes   *int64
	ReplicaFreeBytes  *int64
	SequenceMargin    int64
	TargetBytes       int64  // of tables and indexes
	TargetFreeBytes   *int64 // as configured
	TargetMemoryBytes *int64 // the same
	BuildsAtOnce      int    // of indexes, the largest ones
	BuildMemoryBytes  int64  // of them all
}

// MaxLOBBytes is the largest limited LOB of AWS DMS: LobMaxSize goes up to 102400 kB.
const MaxLOBBytes = 102400 << 10

// MaxVarcharBytes is the largest unboundedVarcharMaxSize of AWS DMS.
const MaxVarcharBytes = 10_485_760

// LOBNeed is the limit in bytes that a LOB column needs: twice the largest value, because AWS DMS counts characters of two
// bytes, times the margin. known is false when the largest value is not.
func LOBNeed(c analyze.Column, margin float64) (bytes int64, known bool) {
	if c.LOBMax == nil || c.LOBMax.Bytes == nil {
		return 0, false
	}
	return int64(float64(*c.LOBMax.Bytes) * 2 * margin), true
}

// margin is the factor on the largest values of a table.
func (f *Facts) margin(n analyze.Name) float64 {
	if m, own := f.LOBMargins[n]; own {
		return m
	}
	return f.LOBMargin
}

// columnsOf calls fn for the columns of a copied table that are loaded.
func columnsOf(t *analyze.Table, fn func(c *analyze.Column) []Finding) []Finding {
	var out []Finding
	for i := range t.Columns {
		if c := &t.Columns[i]; c.Generated == "" {
			out = append(out, fn(c)...)
		}
	}
	return out
}

// namesOf are the loaded columns of a table that answer a question with yes.
func namesOf(t *analyze.Table, is func(c *analyze.Column) bool) []string {
	var names []string
	for i := range t.Columns {
		if c := &t.Columns[i]; c.Generated == "" && is(c) {
			names = append(names, analyze.Display(c.Name))
		}
	}
	return names
}

// columnNamed is nil when the table has no such column.
func columnNamed(t *analyze.Table, name string) *analyze.Column {
	for i := range t.Columns {
		if t.Columns[i].Name == name {
			return &t.Columns[i]
		}
	}
	return nil
}

func (f *Facts) present(n analyze.Name) bool { return f.Fates[n].Present }

// fateAt is the fate of a table by its position in the inventory; false when it is not planned. Who goes through all tables
// asks here, and looks no names up.
func (f *Facts) fateAt(i int) (Fate, bool) {
	if f.fates == nil {
		f.fates = make([]plannedFate, len(f.Inventory.Tables))
		for i := range f.fates {
			x := &f.fates[i]
			x.Fate, x.planned = f.Fates[f.Inventory.Tables[i].Name]
		}
	}
	return f.fates[i].Fate, f.fates[i].planned
}

// table finds a table of the inventory by its name; nil when there is none.
func (f *Facts) table(n analyze.Name) *analyze.Table {
	if f.named == nil {
		f.named = make(map[analyze.Name]*analyze.Table, len(f.Inventory.Tables))
		for i := range f.Inventory.Tables {
			f.named[f.Inventory.Tables[i].Name] = &f.Inventory.Tables[i]
		}
	}
	return f.named[n]
}

// pglogical reports whether the plan's slots decode through it.
func (f *Facts) pglogical() bool { return f.Plugin == "" || f.Plugin == "pglogical" }

func (f *Facts) setting(name string) (string, bool) { return valueOf(f.Inventory.Settings, name) }

func valueOf(settings []analyze.Setting, name string) (string, bool) {
	for _, s := range settings {
		if s.Name == name {
			return s.Value, true
		}
	}
	return "", false
}

// one is a single finding about the table.
func one(t *analyze.Table, remedy, detail string, args ...any) []Finding {
	return []Finding{{Subject: t.Name.String(), Detail: fmt.Sprintf(detail, args...), Remedy: remedy}}
}

// about is a single finding about something else.
func about(subject, remedy, detail string, args ...any) []Finding {
	return []Finding{{Subject: subject, Detail: fmt.Sprintf(detail, args...), Remedy: remedy}}
}

// column shows a column for people.
func column(t *analyze.Table, name string) string {
	return t.Name.String() + "." + analyze.Display(name)
}

// shown is how many names fit a finding.
const shown = 5

// some lists as many names as fit.
func some(texts []string) string { return analyze.Some(texts, shown) }

// someOf is some for a list of which only the beginning was kept, of n.
func someOf(first []string, n int) string {
	if n <= len(first) {
		return strings.Join(first, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(first, ", "), n-len(first))
}

// hours shows a length of time in seconds.
func hours(seconds float64) string {
	if seconds < 2*3600 {
		return analyze.Count(max(int(seconds+59)/60, 1), "minute")
	}
	return fmt.Sprintf("%.1f hours", seconds/3600)
}

// gigabytes shows a size.
func gigabytes(n int64) string {
	switch {
	case n < 100_000:
		return fmt.Sprintf("%.1f kB", float64(n)/1e3)
	case n < 10_000_000:
		return fmt.Sprintf("%.1f MB", float64(n)/1e6)
	case n < 1_000_000_000:
		return fmt.Sprintf("%.0f MB", float64(n)/1e6)
	case n < 1_000_000_000_000:
		return fmt.Sprintf("%.1f GB", float64(n)/1e9)
	}
	return fmt.Sprintf("%.2f TB", float64(n)/1e12)
}
