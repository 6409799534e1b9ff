package verify

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"time"

	"github.com/pgcutover/pgcutover/analyze"
)

// StateFormat is the version of state.json.
const StateFormat = 1

// State is state.json: what a run found out. The rendered scripts write it, beside the bundle, as the work reaches each key;
// nobody edits it. Pointers are nil, LSNs zero and strings empty until then. It holds no secret and no host name.
type State struct {
	Format          int                  `json:"format"`
	Plan            string               `json:"plan"` // fingerprint of the plan whose scripts wrote it
	Source          *StateSource         `json:"source,omitempty"`
	Slots           map[string]StateSlot `json:"slots,omitempty"`
	SetsCompleteLSN LSN                  `json:"sets_complete_lsn,omitempty"` // the source's insert LSN after the last slot and the last membership
	Pause           *StatePause          `json:"pause,omitempty"`
	Schema          *StateSchema         `json:"schema,omitempty"`
	Load            *StateLoad           `json:"load,omitempty"`
	ResumedAt       *time.Time           `json:"resumed_at,omitempty"`
	CDCStartedAt    *time.Time           `json:"cdc_started_at,omitempty"` // the first time that changes were let through
	AheadAt         *time.Time           `json:"ahead_at,omitempty"`       // when foreign keys were put on the target before the freeze
	Freeze          *StateFreeze         `json:"freeze,omitempty"`
	Drain           *StateDrain          `json:"drain,omitempty"`
	WayBackAt       *time.Time           `json:"way_back_at,omitempty"` // when the way back was open
	RetiredAt       *time.Time           `json:"retired_at,omitempty"`  // when the slots on the source were dropped
	Tasks           map[string]StateTask `json:"tasks,omitempty"`       // of AWS DMS, by slot
	Full            *StateFull           `json:"full,omitempty"`
	AWS             *StateAWS            `json:"aws,omitempty"`    // where the resources of AWS DMS, or the Aurora cluster, are
	Aurora          *StateAurora         `json:"aurora,omitempty"` // the cluster that begins as a read replica of the source
	Steps           map[string]StateStep `json:"steps,omitempty"`  // how long scripts took, by [planner.Timing]'s names of steps
}

// StateSource is the server that the slots were made on.
type StateSource struct {
	SystemIdentifier string `json:"system_identifier"` // empty when the role could not read it
	Database         string `json:"database"`
	Timeline         int    `json:"timeline"`
}

// StateSlot is a slot as it was when it was created.
type StateSlot struct {
	ConsistentPoint   LSN        `json:"consistent_point,omitempty"`
	RestartLSN        LSN        `json:"restart_lsn,omitempty"`
	ConfirmedFlushLSN LSN        `json:"confirmed_flush_lsn,omitempty"`
	CreatedAt         *time.Time `json:"created_at,omitempty"`
	// StartLSN is where change data capture of this slot starts. It is there only once a slot was restarted alone: then the
	// slots have different positions, and those without one start at the pause's LSN.
	StartLSN LSN `json:"start_lsn,omitempty"`
	// XMin and StraddledLSN are the pause's at which this slot starts, kept when another slot was restarted alone and so paused again. They
	// are empty where the slot starts at the last pause, and in files from before they were kept.
	XMin         string `json:"xmin,omitempty"`
	StraddledLSN LSN    `json:"straddled_lsn,omitempty"`
	// Snapshot is what the slot's tables are copied in; nil where they come from a paused replica. Then EnabledAt is when the slot's changes were first
	// let through to the target.
	Snapshot  *StateSnapshot `json:"snapshot,omitempty"`
	EnabledAt *time.Time     `json:"enabled_at,omitempty"`
}

// StateSnapshot is the snapshot that the creation of a slot exported, at the slot's consistent point.
type StateSnapshot struct {
	Name                string     `json:"name"`          // as SET TRANSACTION SNAPSHOT takes it
	Transactions        string     `json:"transactions"`  // what it sees: txid_current_snapshot in it
	PID                 int        `json:"pid"`           // of the source's process that holds it
	BackendStart        time.Time  `json:"backend_start"` // of that process
	PostmasterStartTime time.Time  `json:"postmaster_start_time"`
	ReleasedAt          *time.Time `json:"released_at,omitempty"`
}

// StatePause is the moment at which the replica stood still. Its LSN is where change data capture starts.
type StatePause struct {
	LSN                 LSN        `json:"lsn"`
	Timeline            int        `json:"timeline"`
	SystemIdentifier    string     `json:"system_identifier"`
	PostmasterStartTime time.Time  `json:"postmaster_start_time"`
	PausedAt            *time.Time `json:"paused_at,omitempty"`
	Proof               string     `json:"proof"` // pause_state (14 and newer), wait_event (13) or stable_lsn
	// XMin is the transaction id, with its epoch, below which every transaction had ended at the LSN (txid_snapshot_xmin); empty in
	// files from before it was noted.
	XMin string `json:"xmin,omitempty"`
	// StraddledLSN is a position of the source behind the commit of the transaction that the pause left in each marker table: begun before the pause's
	// LSN and committed after it. Zero in files from before there was one.
	StraddledLSN LSN `json:"straddled_lsn,omitempty"`
}

// StateSchema is the dump of the schema that the target got.
type StateSchema struct {
	DumpedAt               *time.Time `json:"dumped_at,omitempty"`
	TargetSystemIdentifier string     `json:"target_system_identifier"`
	TargetDatabase         string     `json:"target_database"`
	PredataSHA256          string     `json:"predata_sha256"`
}

// StateLoad sums up the load. FinishedAt is nil while it runs and after one that failed.
type StateLoad struct {
	StartedAt  *time.Time `json:"started_at,omitempty"`
	FinishedAt *time.Time `json:"finished_at,omitempty"`
	Items      int64      `json:"items"`
	Bytes      int64      `json:"bytes"`
	Rows       int64      `json:"rows"`
}

// StateFreeze is the source once nothing wrote to it any more.
type StateFreeze struct {
	LSN    LSN        `json:"lsn"`           // insert LSN
	Writes int64      `json:"writes,string"` // rows inserted, updated and deleted in all of its tables, by pg_stat_user_tables
	At     *time.Time `json:"at,omitempty"`
}

// StateDrain is the proof that everything up to a position of the frozen source is on the target.
type StateDrain struct {
	LSN   LSN        `json:"lsn"`   // insert LSN of the source once it was frozen
	Token string     `json:"token"` // of the last round of markers
	At    *time.Time `json:"at,omitempty"`
}

// StateStep is the longest run of a script that did all of its work.
type StateStep struct {
	Seconds int64      `json:"seconds,string"` // whole seconds
	At      *time.Time `json:"at,omitempty"`   // when it ended
}

// StateAWS is the Region and the account of AWS in which everything of AWS DMS was made: elsewhere nothing of it is found, which says nothing.
type StateAWS struct {
	Region  string `json:"region"`
	Account string `json:"account"` // its number, 12 digits
}

// StateAurora is what became of the Aurora cluster. It is forgotten when that is deleted.
type StateAurora struct {
	Cluster     string           `json:"cluster,omitempty"` // its identifier
	MadeAt      *time.Time       `json:"made_at,omitempty"` // when it was asked for
	AvailableAt *time.Time       `json:"available_at,omitempty"`
	TrialAt     *time.Time       `json:"trial_at,omitempty"` // when a dry run began to promote it: it is of no use for a cutover then
	TrialToken  string           `json:"trial_token,omitempty"`
	ShutAt      *time.Time       `json:"shut_at,omitempty"`  // after which a session on the source begins read-only, of a freeze that leaves logins alone
	AskedAt     *time.Time       `json:"asked_at,omitempty"` // when the promotion was asked for
	Others      map[string]int64 `json:"others,omitempty"`   // rows written in each other database of the source before the drain, by pg_stat_database; nil: not noted
	// Written tells of other databases of the source, as of the drain, what the counters of their tables say, by a hash: without those that the server's own statistics
	// are kept in, and those that all databases share. Of one that could not be connected to it says nothing.
	Written        map[string]string `json:"written,omitempty"`
	Ignored        []string          `json:"ignored,omitempty"` // databases that may be written to after the drain, which loses that
	PromotedAt     *time.Time        `json:"promoted_at,omitempty"`
	Emptied        bool              `json:"emptied,omitempty,string"` // its rows go, and AWS DMS loads them again
	VoidAt         *time.Time        `json:"void_at,omitempty"`        // when the source was given back after the promotion: the cluster lacks what was written since
	OpeningAt      *time.Time        `json:"opening_at,omitempty"`     // when taking the freeze off the target was begun: it is open unless it still has it
	OpenedAt       *time.Time        `json:"opened_at,omitempty"`      // when the freeze was taken off the target: the application may have written to it since
	DeletingAt     *time.Time        `json:"deleting_at,omitempty"`
	ReadersAskedAt *time.Time        `json:"readers_asked_at,omitempty"`
	ReadersAt      *time.Time        `json:"readers_at,omitempty"`
}

// StateTask is the task of one slot. StartedAt is nil until it was first started; from then on it is only ever resumed.
type StateTask struct {
	StartLSN  LSN        `json:"start_lsn,omitempty"` // the position it was made for
	MadeAt    *time.Time `json:"made_at,omitempty"`
	StartedAt *time.Time `json:"started_at,omitempty"`

	// Of a task that loads the rows itself.
	Slot       string     `json:"slot,omitempty"`        // that AWS DMS made for it; empty: not known
	SlotLSN    LSN        `json:"slot_lsn,omitempty"`    // what the slot had confirmed when it was first seen; nothing before it is delivered
	LoadedAt   *time.Time `json:"loaded_at,omitempty"`   // when it was seen to stand still with all tables loaded
	Rows       int64      `json:"rows,omitempty,string"` // that it loaded, the marker's among them
	StopReason string     `json:"stop_reason,omitempty"` // as AWS DMS tells it
	ResumedAt  *time.Time `json:"resumed_at,omitempty"`  // when it was first let apply changes
}

// StateFull is the full load by the tasks of AWS DMS: when the first was started, and when all were seen to have loaded their tables.
type StateFull struct {
	StartedAt *time.Time `json:"started_at,omitempty"`
	LoadedAt  *time.Time `json:"loaded_at,omitempty"`
}

// DecodeState reads state.json strictly: one JSON value, no unknown field, a known format, LSNs and times that are ones. What
// the scripts write together has to be there together, so that a file cut or edited by hand is refused.
func DecodeState(r io.Reader) (State, error) {
	var s State
	if err := analyze.DecodeStrict(r, "state", StateFormat, &s); err != nil {
		return State{}, err
	}
	if err := s.validate(); err != nil {
		return State{}, fmt.Errorf("reading state: %w", err)
	}
	return s, nil
}

// Encode writes the state as indented JSON with a final newline.
func (s State) Encode(w io.Writer) error { return analyze.EncodeCanonical(w, s) }

func (s State) validate() error {
	if s.Plan == "" {
		return errors.New("it names no plan")
	}
	if s.Source != nil && s.Source.Database == "" {
		return errors.New("source names no database")
	}
	for _, name := range slices.Sorted(maps.Keys(s.Slots)) {
		if name == "" {
			return errors.New("a slot has no name")
		}
		if s.Slots[name].ConfirmedFlushLSN == 0 {
			return fmt.Errorf("slot %s has no confirmed_flush_lsn", analyze.Display(name))
		}
		if x := s.Slots[name]; x.StartLSN == 0 && (x.XMin != "" || x.StraddledLSN != 0) {
			return fmt.Errorf("slot %s has the xmin or the straddled_lsn of a pause without its start_lsn", analyze.Display(name))
		}
		if x := s.Slots[name].XMin; x != "" && !decimal(x) {
			return fmt.Errorf("slot %s has the xmin %q, which is no transaction id", analyze.Display(name), x)
		}
		if x := s.Slots[name].Snapshot; x != nil && (x.Name == "" || x.Transactions == "" || s.Slots[name].ConsistentPoint == 0) {
			return fmt.Errorf("slot %s has a snapshot without a name, without what it sees or without a consistent_point", analyze.Display(name))
		}
	}
	if p := s.Pause; p != nil {
		switch {
		case p.LSN == 0:
			return errors.New("pause has no lsn")
		case p.Timeline < 1:
			return errors.New("pause has no timeline")
		case p.PostmasterStartTime.IsZero():
			return errors.New("pause has no postmaster_start_time")
		case p.XMin != "" && !decimal(p.XMin):
			return fmt.Errorf("pause has the xmin %q, which is no transaction id", p.XMin)
		}
	}
	if f := s.Freeze; f != nil && f.LSN == 0 {
		return errors.New("freeze has no lsn")
	}
	if a := s.AWS; a != nil && (a.Region == "" || a.Account == "") {
		return errors.New("aws has no region or no account")
	}
	if d := s.Drain; d != nil && (d.LSN == 0 || d.Token == "") {
		return errors.New("drain has no lsn or no token")
	}
	for _, name := range slices.Sorted(maps.Keys(s.Steps)) {
		if name == "" || s.Steps[name].Seconds < 0 {
			return fmt.Errorf("step %s has no name or took %d s", analyze.Display(name), s.Steps[name].Seconds)
		}
	}
	if l := s.Load; l != nil && l.StartedAt != nil && l.FinishedAt != nil && l.FinishedAt.Before(*l.StartedAt) {
		return errors.New("the load finished before it started")
	}
	return nil
}

func decimal(s string) bool {
	n, err := strconv.ParseUint(s, 10, 64)
	return err == nil && n > 0
}

// Reached is the gate that fits how far the work is.
func (s *State) Reached() Gate {
	switch {
	case s == nil:
		return Preflight
	case s.RetiredAt != nil, s.Aurora != nil && s.Aurora.OpenedAt != nil:
		return After
	case s.Drain != nil:
		return Cutover
	case s.CDCStartedAt != nil:
		return CDC
	case s.Full != nil, s.Load != nil && s.Load.FinishedAt != nil:
		return Loaded
	case s.Pause != nil, slices.ContainsFunc(slices.Collect(maps.Values(s.Slots)), func(x StateSlot) bool { return x.Snapshot != nil }):
		return Paused
	case s.Aurora != nil && s.Aurora.AvailableAt != nil && !s.Aurora.Emptied && len(s.Slots) == 0:
		return CutoverReady
	case len(s.Slots) > 0:
		return ReadyToPause
	case len(s.Tasks) > 0: // that load the rows themselves
		return CDCReady
	}
	return Preflight
}

// Start is where a slot's changes begin that are not in the copy of a paused replica; zero: there is no pause yet.
func (s *State) Start(slot string) LSN {
	if s == nil || s.Pause == nil {
		return 0
	}
	if own := s.Slots[slot].StartLSN; own != 0 {
		return own
	}
	return s.Pause.LSN
}

// Earlier tells whether a slot started at an earlier pause than the last: another group was restarted alone since. Its tables
// may have changed on the target meanwhile. A slot with a snapshot of its own has started earlier when its changes are applied.
func (s *State) Earlier(slot string) bool {
	if s != nil && s.Slots[slot].Snapshot != nil {
		return s.Slots[slot].EnabledAt != nil
	}
	return s != nil && s.Pause != nil && s.overtaken(slot)
}

// overtaken tells whether there was another pause after the one that a slot starts at.
func (s *State) overtaken(slot string) bool {
	start := s.Slots[slot].StartLSN
	return start != 0 && start != s.Pause.LSN
}

// XMin is the transaction id, with its epoch, below which every transaction had ended at the pause that a slot starts at; empty: not known. A table
// without a slot goes by the last pause.
func (s *State) XMin(slot string) string {
	switch {
	case s == nil || s.Pause == nil:
		return ""
	case s.overtaken(slot):
		return s.Slots[slot].XMin
	}
	return s.Pause.XMin
}

// Straddled is a position behind the commit of the transaction that the pause at which a slot starts left in its marker table; zero: there was none, or it
// is not known.
func (s *State) Straddled(slot string) LSN {
	switch {
	case s == nil || s.Pause == nil:
		return 0
	case s.overtaken(slot):
		return s.Slots[slot].StraddledLSN
	}
	return s.Pause.StraddledLSN
}

// sameInstant compares a recorded time with the server's. A record without a fraction is taken to the second: whoever wrote
// it rounded, and no server starts twice within one.
func sameInstant(recorded, now time.Time) bool {
	if recorded.Nanosecond() == 0 {
		return recorded.Equal(now.Truncate(time.Second))
	}
	return recorded.Truncate(time.Microsecond).Equal(now.Truncate(time.Microsecond))
}
