package planner

import "github.com/pgcutover/pgcutover/analyze"

// Options is the configuration of a plan. The zero value is not usable; [Defaults] is. The YAML file of the user maps
// onto it key by key, under the names of the JSON tags; docs/config.schema.json describes it.
type Options struct {
	Engine  string         `json:"engine"` // "dms", "native", "dms-full" or "promote"
	Slots   SlotOptions    `json:"slots"`
	Tables  TableOptions   `json:"tables"`
	LOB     LOBOptions     `json:"lob"`
	Load    LoadOptions    `json:"load"`
	Unique  string         `json:"unique"` // extra unique keys while changes are applied: "keep" (built after the copy, batch apply off) or "defer" (restored at the cutover)
	WAL     WALOptions     `json:"wal"`
	CDC     CDCOptions     `json:"cdc"`
	Cutover CutoverOptions `json:"cutover"`
	Target  TargetOptions  `json:"target"`
	Native  *NativeOptions `json:"native,omitempty"` // nil but for the engine native
	Full    *FullOptions   `json:"full,omitempty"`   // nil but for the engine dms-full
	Aurora  *AuroraOptions `json:"aurora,omitempty"` // nil where no Aurora read replica is made
	Accept  []Acceptance   `json:"accept"`           // hazards accepted
}

// SlotOptions steers the grouping.
type SlotOptions struct {
	Count      int            `json:"count"`       // 0: auto
	Max        int            `json:"max"`         // bound of auto
	Prefix     string         `json:"prefix"`      // slot names are <prefix>_01 and so on
	Dedicated  []string       `json:"dedicated"`   // tables that get a slot of their own
	Together   [][]string     `json:"together"`    // tables that share a slot
	Apart      [][]string     `json:"apart"`       // tables no two of which share a slot
	Pin        map[string]int `json:"pin"`         // table: group number
	MaxTables  int            `json:"max_tables"`  // tables in one group
	TargetLoad float64        `json:"target_load"` // share of one apply stream a group should need at most
	// How much heavier than it need be the heaviest group may become before tables leave the groups of a plan made before.
	Tolerance float64 `json:"tolerance"`
	// Plain row changes a second that one transactional apply stream manages on the target; until a rehearsal has measured
	// it, an assumption that the whole estimate of catching up rests on.
	ChangesPerSecond float64 `json:"changes_per_second"`
}

// TableOptions says what is left out and what is done about tables without a key.
type TableOptions struct {
	ExcludeSchemas []string `json:"exclude_schemas"`
	Exclude        []string `json:"exclude"`
	InsertsOnly    []string `json:"inserts_only"` // tables without a replica identity known to be append-only
}

// LOBOptions says how large LOBs may become, and which truncations are accepted.
type LOBOptions struct {
	Margin   float64            `json:"margin"`            // factor on the measured maximum
	Margins  map[string]float64 `json:"margins,omitempty"` // table: factor in place of Margin
	Truncate []string           `json:"truncate"`          // tables whose LOB columns may be cut
}

// LoadOptions steers the load.
type LoadOptions struct {
	Workers             int    `json:"workers"`
	SplitBytes          int64  `json:"split_bytes"`            // tables larger than this are cut into ranges of about this size; 0: auto
	BatchBytes          int64  `json:"batch_bytes"`            // tiny tables are batched up to this
	BytesPerSecond      int64  `json:"bytes_per_second"`       // one copy stream
	IndexBytesPerSecond int64  `json:"index_bytes_per_second"` // one index build
	MaintenanceWorkMem  string `json:"maintenance_work_mem"`   // of each build, on the target
	CopyFormat          string `json:"copy_format"`            // auto or text
	Attempts            int    `json:"attempts"`               // tries for one item before the load gives up on it
	// Jobs of an AWS Batch array that share the workers; 0: the bundle has none, and whoever loads starts 42-load.sh where it suits.
	AWSBatchJobs int `json:"aws_batch_jobs,omitempty"`
}

// WALOptions is what the operator knows about the disks.
type WALOptions struct {
	SourceFreeBytes  *int64 `json:"source_free_bytes"`
	ReplicaFreeBytes *int64 `json:"replica_free_bytes"`
	BytesPerSecond   *int64 `json:"bytes_per_second"` // overrides the sampled rate, for a peak known better
	SetupSeconds     int64  `json:"setup_seconds"`    // from the end of the load to the start of change data capture
}

// CutoverOptions steers the last steps.
type CutoverOptions struct {
	SequenceMargin int64  `json:"sequence_margin"` // steps added to each sequence
	Validate       string `json:"validate"`        // ValidateFrozen or ValidateAfter: when the rows of foreign keys and NOT NULLs are looked at
}

// TargetOptions describes a target the plan was made without looking at, and what no look at a server shows.
type TargetOptions struct {
	Version     int    `json:"version"`      // major, such as 16; 0: from the inventory
	Managed     string `json:"managed"`      // "", rds or aurora
	FreeBytes   *int64 `json:"free_bytes"`   // of disk, for tables, indexes and what their building takes
	MemoryBytes *int64 `json:"memory_bytes"` // of the server's machine or instance class
}

// Acceptance is a hazard somebody decided to live with.
type Acceptance struct {
	Code    string `json:"code"`
	Subject string `json:"subject"` // as the finding shows it; "*" for every one
	Reason  string `json:"reason"`
}

// Timing is what an earlier load or cutover measured; it replaces what is assumed.
type Timing struct {
	Kind    string       `json:"kind"`  // copy, index or step; or one of the Timing constants
	Step    string       `json:"step"`  // of the kind step: the script without its folder and ending, such as 74-constraints, with -after where it left rows to 79-validate.sh
	Table   analyze.Name `json:"table"` // of the others
	Bytes   int64        `json:"bytes"`
	Seconds float64      `json:"seconds"`
}
