package render

import "github.com/pgcutover/pgcutover/planner"

// Settings of a task (AWS DMS user guide, "Task settings"). What AWS documents two defaults for, or a default that loses rows, is always
// written. Groups of settings that belong to other engines are left out.
type taskSettings struct {
	TargetMetadata                      targetMetadata
	FullLoadSettings                    fullLoadSettings
	Logging                             taskLogging
	ControlTablesSettings               controlTables
	StreamBufferSettings                streamBuffers
	ChangeProcessingTuning              changeTuning
	ChangeProcessingDdlHandlingPolicy   ddlPolicy
	ErrorBehavior                       errorBehavior
	ValidationSettings                  validation
	FailTaskWhenCleanTaskResourceFailed bool
}

type targetMetadata struct {
	TargetSchema             string
	SupportLobs              bool
	FullLobMode              bool
	LobChunkSize             int // kB
	LimitedSizeLobMode       bool
	LobMaxSize               int // kB
	InlineLobMaxSize         int
	BatchApplyEnabled        bool
	TaskRecoveryTableEnabled bool
}

type fullLoadSettings struct {
	TargetTablePrepMode             string
	CreatePkAfterFullLoad           *bool  `json:",omitempty"` // these only where there is a full load
	StopTaskCachedChangesApplied    *bool  `json:",omitempty"`
	StopTaskCachedChangesNotApplied *bool  `json:",omitempty"`
	MaxFullLoadSubTasks             int    `json:",omitempty"`
	TransactionConsistencyTimeout   *int64 `json:",omitempty"` // seconds
	CommitRate                      int    `json:",omitempty"` // rows
}

type taskLogging struct {
	EnableLogging    bool
	EnableLogContext bool
	LogComponents    []logComponent
}

type logComponent struct{ Id, Severity string } //nolint:revive // as AWS DMS spells it

type controlTables struct {
	ControlSchema                 string
	HistoryTimeslotInMinutes      int
	HistoryTableEnabled           bool
	SuspendedTablesTableEnabled   bool
	StatusTableEnabled            bool
	FullLoadExceptionTableEnabled bool
}

type streamBuffers struct{ StreamBufferCount, StreamBufferSizeInMB, CtrlStreamBufferSizeInMB int }

type changeTuning struct {
	BatchApplyTimeoutMin  int  `json:",omitempty"` // seconds; the first four only in batches
	BatchApplyTimeoutMax  int  `json:",omitempty"`
	BatchApplyMemoryLimit int  `json:",omitempty"` // MB
	BatchSplitSize        *int `json:",omitempty"`
	MinTransactionSize    int  `json:",omitempty"` // these two only row by row
	CommitTimeout         int  `json:",omitempty"`
	MemoryLimitTotal      int
	MemoryKeepTime        int
	StatementCacheSize    int
	RecoveryTimeout       int
}

type ddlPolicy struct{ HandleSourceTableDropped, HandleSourceTableTruncated, HandleSourceTableAltered bool }

type errorBehavior struct {
	DataErrorPolicy                             string
	DataTruncationErrorPolicy                   string
	DataErrorEscalationPolicy                   string
	DataErrorEscalationCount                    int
	EventErrorPolicy                            string
	TableErrorPolicy                            string
	TableErrorEscalationPolicy                  string
	TableErrorEscalationCount                   int
	RecoverableErrorCount                       int
	RecoverableErrorInterval                    int
	RecoverableErrorThrottling                  bool
	RecoverableErrorThrottlingMax               int
	RecoverableErrorStopRetryAfterThrottlingMax bool
	ApplyErrorDeletePolicy                      string
	ApplyErrorInsertPolicy                      string
	ApplyErrorUpdatePolicy                      string
	ApplyErrorEscalationPolicy                  string
	ApplyErrorEscalationCount                   int
	ApplyErrorFailOnTruncationDdl               bool
	FailOnNoTablesCaptured                      bool
	FullLoadIgnoreConflicts                     bool
}

type validation struct {
	EnableValidation         bool
	ValidationMode           string `json:",omitempty"` // these only where it is on
	ThreadCount              int    `json:",omitempty"`
	PartitionSize            int    `json:",omitempty"`
	ValidationPartialLobSize int    `json:",omitempty"` // kB
	FailureMaxCount          int
	TableFailureMaxCount     int
}

// logComponents are those that AWS DMS lists for tasks. All at the level that it calls default: errors and warnings, and what a task is about.
var logComponents = []string{
	"TRANSFORMATION", "SOURCE_UNLOAD", "IO", "TARGET_LOAD", "PERFORMANCE", "SOURCE_CAPTURE", "SORTER", "REST_SERVER", "VALIDATOR_EXT", "TARGET_APPLY",
	"TASK_MANAGER", "TABLES_MANAGER", "METADATA_MANAGER", "FILE_FACTORY", "COMMON", "ADDONS", "DATA_STRUCTURE", "COMMUNICATION", "FILE_TRANSFER",
}

// settingsOfTask are the settings of a group's task.
func settingsOfTask(p planner.Plan, group int) taskSettings {
	g, t, o := p.Groups[group], p.DMS.Tasks[group], p.Options.CDC
	s := taskSettings{
		// LOBs are limited; a table that cannot be is looked up by a rule of the mapping. Full mode for the whole task would look up every
		// LOB, and one list of AWS's does not even have PostgreSQL among the engines for it. LobMaxSize counts kB, whatever the guide's prose says.
		TargetMetadata: targetMetadata{
			SupportLobs: true, LobChunkSize: 64, LimitedSizeLobMode: true, LobMaxSize: t.LOBMaxKB,
			BatchApplyEnabled: g.BatchApply, TaskRecoveryTableEnabled: true,
		},
		// The tables are there. What happens where nobody says differs between AWS's pages and its service: dropping them is one.
		FullLoadSettings: fullLoadSettings{TargetTablePrepMode: "DO_NOTHING"},
		// Group and stream of the log are not to be set when a task is created.
		Logging: taskLogging{EnableLogging: true},
		ControlTablesSettings: controlTables{
			ControlSchema: o.ControlSchema, HistoryTimeslotInMinutes: 5,
			HistoryTableEnabled: true, SuspendedTablesTableEnabled: true, StatusTableEnabled: true, FullLoadExceptionTableEnabled: true,
		},
		StreamBufferSettings:   streamBuffers{3, 8, 5},
		ChangeProcessingTuning: changeTuning{MemoryLimitTotal: 1024, MemoryKeepTime: 60, StatementCacheSize: 50, RecoveryTimeout: -1},
		// DDL and TRUNCATE are frozen; none that slips through may reach the target. The pages disagree on whether TRUNCATE arrives at all.
		ChangeProcessingDdlHandlingPolicy: ddlPolicy{},
		ErrorBehavior:                     errorsOf(o.OnError, t.FailOnTruncation),
		// Rows are compared by pgcutover verify: DMS's own comparison gives up after so many differences and skips rows that move.
		ValidationSettings: validation{FailureMaxCount: 10000, TableFailureMaxCount: 1000},
	}
	if p.Full != nil {
		fullSettings(&s, p, group)
	}
	for _, c := range logComponents {
		s.Logging.LogComponents = append(s.Logging.LogComponents, logComponent{c, "LOGGER_SEVERITY_DEFAULT"})
	}
	if g.BatchApply {
		none := 0
		s.ChangeProcessingTuning.BatchApplyTimeoutMin, s.ChangeProcessingTuning.BatchApplyTimeoutMax = 1, 30
		s.ChangeProcessingTuning.BatchApplyMemoryLimit, s.ChangeProcessingTuning.BatchSplitSize = 500, &none
	} else {
		s.ChangeProcessingTuning.MinTransactionSize, s.ChangeProcessingTuning.CommitTimeout = 1000, 1
	}
	return s
}

// fullSettings are those of a task that loads the rows.
//
// Tables are there, empty, with their keys: they are neither dropped nor truncated, and no key is made afterwards, when changes are looked for by it. A
// task stops before it applies the changes that it has read while it loaded: then the other indexes are built.
func fullSettings(s *taskSettings, p planner.Plan, group int) {
	no, yes, o := false, true, p.Options.Full
	f := &s.FullLoadSettings
	f.CreatePkAfterFullLoad, f.StopTaskCachedChangesApplied, f.StopTaskCachedChangesNotApplied = &no, &no, &yes
	f.MaxFullLoadSubTasks, f.TransactionConsistencyTimeout, f.CommitRate = o.SubTasks, &o.ConsistencySeconds, p.Full.Tasks[group].CommitRate
	if o.Validation {
		// As many bytes of a LOB are compared as travel at most: by default AWS DMS compares the whole, which a limited one may not be.
		s.ValidationSettings.EnableValidation, s.ValidationSettings.ValidationMode = true, "ROW_LEVEL"
		s.ValidationSettings.ThreadCount, s.ValidationSettings.PartitionSize = 5, 10000
		s.ValidationSettings.ValidationPartialLobSize = s.TargetMetadata.LobMaxSize
	}
}

// errorsOf are the error policies. By default DMS drops a DELETE that fails without a word and goes on after every other. An escalation
// count of 0 means none; counts are written because text and samples of the user guide name different ones. The event of EventErrorPolicy is a
// notice about the task, by the guide: one that cannot be sent is no reason to stop. Written because the guide names no default, and the
// service has answered with IGNORE and with null.
func errorsOf(onError string, failOnTruncation bool) errorBehavior {
	policy, table := "STOP_TASK", "STOP_TASK"
	switch onError {
	case planner.OnErrorSuspend:
		policy, table = "SUSPEND_TABLE", "SUSPEND_TABLE"
	case planner.OnErrorLog:
		policy, table = "LOG_ERROR", "SUSPEND_TABLE" // a table cannot be in error and go on
	}
	e := errorBehavior{
		DataErrorPolicy: policy, DataTruncationErrorPolicy: policy, DataErrorEscalationPolicy: table, EventErrorPolicy: "IGNORE",
		TableErrorPolicy: table, TableErrorEscalationPolicy: "STOP_TASK",
		// A broken connection is tried again for as long as it takes: what stops then is only the apply, and the slot keeps the changes.
		RecoverableErrorCount: -1, RecoverableErrorInterval: 5, RecoverableErrorThrottling: true, RecoverableErrorThrottlingMax: 1800,
		RecoverableErrorStopRetryAfterThrottlingMax: false,
		// Never INSERT_RECORD or UPDATE_RECORD: they hide that the start was wrong, and the latter turns LOBs off for the whole task.
		ApplyErrorDeletePolicy: policy, ApplyErrorInsertPolicy: policy, ApplyErrorUpdatePolicy: policy, ApplyErrorEscalationPolicy: policy,
		FailOnNoTablesCaptured: true, FullLoadIgnoreConflicts: true,
	}
	if !failOnTruncation {
		e.DataTruncationErrorPolicy = "LOG_ERROR"
	}
	return e
}
