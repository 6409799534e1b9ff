package standin

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strconv"
	"strings"

	"github.com/jackc/pglogrepl"
)

// A Task is what AWS DMS is told about one task.
type Task struct {
	Resource string   // its resource id, by which the control tables call it
	Slot     string   // what its source endpoint reads; of one that makes its slot itself empty until it has
	Plugin   string   // that its slot decodes with: pglogical or test_decoding
	FullLoad bool     // it loads the rows too, and makes its slot itself
	Sets     []string // of pglogical, by AWS DMS's convention: named as the slot, and that with an i in front
	Mapping  Mapping
	Settings Settings
	Source   Endpoint
	Target   Endpoint
	Position pglogrepl.LSN // where it is started
	Files    []string      // of the bundle that say so, by path
	// BegunLater leaves out transactions that began before the position: AWS's user guide says of a start at one that what is captured has *started* after it.
	BegunLater bool
}

// Settings are the task settings that the stand-in goes by, as AWS DMS spells them.
type Settings struct {
	TargetMetadata struct {
		FullLobMode                                 bool // every LOB is looked up
		LobMaxSize                                  int  // kB
		BatchApplyEnabled, TaskRecoveryTableEnabled bool
	}
	FullLoadSettings struct {
		TargetTablePrepMode             string
		StopTaskCachedChangesNotApplied bool
		MaxFullLoadSubTasks             int
	}
	ControlTablesSettings struct {
		ControlSchema                                                        string
		HistoryTimeslotInMinutes                                             int
		HistoryTableEnabled, SuspendedTablesTableEnabled, StatusTableEnabled bool
		FullLoadExceptionTableEnabled                                        bool
	}
	ChangeProcessingTuning struct {
		BatchApplyTimeoutMin int // seconds
		MinTransactionSize   int // changes
		CommitTimeout        int // seconds
	}
	ChangeProcessingDdlHandlingPolicy struct{ HandleSourceTableTruncated bool }
	ErrorBehavior                     struct {
		DataErrorPolicy, TableErrorPolicy                                      Policy
		ApplyErrorDeletePolicy, ApplyErrorInsertPolicy, ApplyErrorUpdatePolicy Policy
	}
}

// A Policy is what a task does about an error.
type Policy string

// Policies that the stand-in knows.
const (
	IgnoreRecord Policy = "IGNORE_RECORD"
	LogError     Policy = "LOG_ERROR"
	SuspendTable Policy = "SUSPEND_TABLE"
	StopTask     Policy = "STOP_TASK"
)

// An Endpoint is what a task's end is set to.
type Endpoint struct {
	SlotName                 string
	PluginName               string
	AfterConnectScript       string
	FailTasksOnLobTruncation bool
	VarcharMaxBytes          int `json:"-"` // unboundedVarcharMaxSize, an extra connection attribute
}

// defaultVarcharBytes is unboundedVarcharMaxSize where nobody sets it.
const defaultVarcharBytes = 8000

// resource is one of a CloudFormation template, with the properties that concern a task. A property that is not a plain value here (it refers to
// a parameter or to another resource) is left as JSON.
type resource struct {
	Type       string
	Properties struct {
		ResourceIdentifier, ReplicationTaskIdentifier string
		EndpointType, EngineName                      string
		ExtraConnectionAttributes                     string
		PostgreSQLSettings                            Endpoint `json:"PostgreSqlSettings"`
		MigrationType                                 string
		SourceEndpointArn                             json.RawMessage
		TableMappings, ReplicationTaskSettings        string
	}
}

// Read returns the task of a group, by the plan's name of its slot, from the files of a bundle: what its CloudFormation templates make, or else the input of the AWS CLI. The start
// is not in them. An error: there is no such task, or its files are not what AWS DMS takes.
func Read(bundle fs.FS, slot string) (Task, error) {
	t, err := read(bundle, slot)
	if err != nil {
		return Task{}, fmt.Errorf("reading the task of slot %s: %w", slot, err)
	}
	for _, p := range []Policy{
		t.Settings.ErrorBehavior.DataErrorPolicy, t.Settings.ErrorBehavior.TableErrorPolicy, t.Settings.ErrorBehavior.ApplyErrorDeletePolicy,
		t.Settings.ErrorBehavior.ApplyErrorInsertPolicy, t.Settings.ErrorBehavior.ApplyErrorUpdatePolicy,
	} {
		if !slices.Contains([]Policy{IgnoreRecord, LogError, SuspendTable, StopTask}, p) {
			return Task{}, fmt.Errorf("reading the task of slot %s: an error policy %q", slot, p)
		}
	}
	return t, nil
}

const folder = "50-cdc/dms/"

func read(bundle fs.FS, slot string) (Task, error) {
	var target *Endpoint
	var task *Task
	var files []string
	templates, err := fs.Glob(bundle, folder+"cloudformation/*.json")
	if err != nil {
		return Task{}, err
	}
	for _, file := range templates {
		var template struct {
			Resources map[string]json.RawMessage
		}
		if err := decode(bundle, file, &template); err != nil {
			return Task{}, err
		}
		resources := map[string]resource{}
		for name, raw := range template.Resources {
			var kind struct{ Type string }
			if err := json.Unmarshal(raw, &kind); err != nil {
				return Task{}, fmt.Errorf("%s: %s: %w", file, name, err)
			}
			if kind.Type != "AWS::DMS::Endpoint" && kind.Type != "AWS::DMS::ReplicationTask" {
				continue
			}
			var r resource
			if err := json.Unmarshal(raw, &r); err != nil {
				return Task{}, fmt.Errorf("%s: %s: %w", file, name, err)
			}
			resources[name] = r
		}
		source := ""
		for name, r := range resources {
			switch {
			case r.Properties.EndpointType == "target":
				target = &r.Properties.PostgreSQLSettings
				files = append(files, file)
			case r.Properties.PostgreSQLSettings.SlotName == slot:
				source = name
			}
		}
		for _, r := range resources {
			var of struct{ Ref string }
			if r.Type != "AWS::DMS::ReplicationTask" || json.Unmarshal(r.Properties.SourceEndpointArn, &of) != nil {
				continue
			}
			full := r.Properties.MigrationType == fullLoadAndCDC
			if full && !marks(r.Properties.TableMappings, slot) || !full && of.Ref != source {
				continue
			}
			source = of.Ref
			t := Task{Slot: slot, FullLoad: full, Resource: r.Properties.ResourceIdentifier, Source: resources[source].Properties.PostgreSQLSettings}
			t.Source.VarcharMaxBytes, err = varcharBytes(resources[source].Properties.ExtraConnectionAttributes)
			if err != nil {
				return Task{}, err
			}
			if err := errors.Join(json.Unmarshal([]byte(r.Properties.TableMappings), &t.Mapping), json.Unmarshal([]byte(r.Properties.ReplicationTaskSettings), &t.Settings)); err != nil {
				return Task{}, fmt.Errorf("%s: %w", file, err)
			}
			if r.Properties.MigrationType != "cdc" && !full {
				return Task{}, fmt.Errorf("%s: a task of type %q", file, r.Properties.MigrationType)
			}
			task = &t
			files = append(files, file)
		}
	}
	if task == nil {
		if task, err = readInputs(bundle, slot); err != nil {
			return Task{}, err
		}
		files = append(files, folder+"cli/source-"+slot+".json", folder+"cli/task-"+slot+".json", folder+"mappings/"+slot+".json", folder+"settings/"+slot+".json")
	}
	if target == nil {
		var input cliEndpoint
		if err := decode(bundle, folder+"cli/target.json", &input); err != nil {
			return Task{}, err
		}
		target = &input.PostgreSQLSettings
		files = append(files, folder+"cli/target.json")
	}
	slices.Sort(files)
	task.Target, task.Sets, task.Files = *target, []string{slot, "i" + slot}, slices.Compact(files)
	switch name := task.Source.PluginName; {
	case name == "pglogical":
		task.Plugin = name
	case name == "test-decoding" && task.FullLoad:
		task.Plugin, task.Sets = "test_decoding", nil
	default:
		return Task{}, fmt.Errorf("its endpoint reads by the plug-in %q", name)
	}
	if task.FullLoad { // it makes its own
		task.Slot = ""
	}
	return *task, nil
}

const fullLoadAndCDC = "full-load-and-cdc"

// marks reports whether a table mapping selects the marker table of a group: nothing else of a task that makes its slot itself tells whose it is.
func marks(mapping, slot string) bool {
	var m Mapping
	if json.Unmarshal([]byte(mapping), &m) != nil {
		return false
	}
	return slices.ContainsFunc(m.Rules, func(r Rule) bool { return r.Type == "selection" && r.Locator.Table == "marker_"+slot })
}

type cliEndpoint struct {
	ExtraConnectionAttributes string
	PostgreSQLSettings        Endpoint
}

// readInputs reads the task from what the AWS CLI is given.
func readInputs(bundle fs.FS, slot string) (*Task, error) {
	t := Task{Slot: slot}
	var source cliEndpoint
	var task struct{ ResourceIdentifier, MigrationType string }
	err := errors.Join(
		decode(bundle, folder+"cli/source-"+slot+".json", &source), decode(bundle, folder+"cli/task-"+slot+".json", &task),
		decode(bundle, folder+"mappings/"+slot+".json", &t.Mapping), decode(bundle, folder+"settings/"+slot+".json", &t.Settings),
	)
	if err != nil {
		return nil, err
	}
	t.Resource, t.Source, t.FullLoad = task.ResourceIdentifier, source.PostgreSQLSettings, task.MigrationType == fullLoadAndCDC
	if t.Source.SlotName != slot && !t.FullLoad {
		return nil, fmt.Errorf("its endpoint reads slot %q", t.Source.SlotName)
	}
	t.Source.VarcharMaxBytes, err = varcharBytes(source.ExtraConnectionAttributes)
	return &t, err
}

func decode(bundle fs.FS, file string, into any) error {
	b, err := fs.ReadFile(bundle, file)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(b, into); err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	return nil
}

// varcharBytes is what extra connection attributes set for varchars without a length.
func varcharBytes(attributes string) (int, error) {
	for a := range strings.SplitSeq(attributes, ";") {
		if name, value, _ := strings.Cut(a, "="); name == "unboundedVarcharMaxSize" {
			n, err := strconv.Atoi(value)
			if err != nil {
				return 0, fmt.Errorf("extra connection attribute %s: %w", a, err)
			}
			return n, nil
		}
	}
	return defaultVarcharBytes, nil
}
