package golden_test

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	databasemigrationservice "github.com/aws/aws-sdk-go-v2/service/databasemigrationservice"
	"github.com/aws/aws-sdk-go-v2/service/databasemigrationservice/types"
	"github.com/stretchr/testify/require"
)

// Every key and enumeration of a resource is one that the SDK has.
func TestResourcesAreWhatTheSDKHas(t *testing.T) {
	inputs := map[string]any{
		"subnet-group": databasemigrationservice.CreateReplicationSubnetGroupInput{}, "instance": databasemigrationservice.CreateReplicationInstanceInput{},
		"target": databasemigrationservice.CreateEndpointInput{}, "source": databasemigrationservice.CreateEndpointInput{}, "task": databasemigrationservice.CreateReplicationTaskInput{},
	}
	seen := map[string]bool{}
	for path, f := range bundles(t) {
		_, file, ok := strings.Cut(path, "/50-cdc/dms/cli/")
		if !ok {
			continue
		}
		kind := strings.TrimSuffix(file, ".json")
		for name := range inputs {
			if kind == name || strings.HasPrefix(kind, name+"-") {
				kind = name
			}
		}
		require.Contains(t, inputs, kind, path)
		seen[kind] = true
		var body map[string]any
		require.NoError(t, json.Unmarshal(f.Body, &body))
		require.Empty(t, foreign(reflect.TypeOf(inputs[kind]), body), path)
	}
	require.Len(t, seen, len(inputs))

	endpoints := 0
	for path, body := range templates(t) {
		var x template
		require.NoError(t, json.Unmarshal(body, &x))
		for logical, r := range x.Resources {
			if r.Type != "AWS::DMS::Endpoint" {
				continue
			}
			endpoints++
			settings := r.Properties["PostgreSqlSettings"].(map[string]any)
			for key, v := range settings {
				if _, made := v.(map[string]any); made { // what a parameter gives
					delete(settings, key)
				}
			}
			require.Empty(t, foreign(reflect.TypeFor[types.PostgreSQLSettings](), settings), "%s: %s", path, logical)
			enum(t, types.DmsSslModeValue("").Values(), r.Properties["SslMode"])
			enum(t, types.ReplicationEndpointTypeValue("").Values(), r.Properties["EndpointType"])
		}
	}
	require.Greater(t, endpoints, 10)
	enum(t, types.MigrationTypeValue("").Values(), "cdc")
	enum(t, types.StartReplicationTaskTypeValue("").Values(), "start-replication")
	enum(t, types.StartReplicationTaskTypeValue("").Values(), "resume-processing")

	// It must be able to say no.
	require.NotEmpty(t, foreign(reflect.TypeFor[types.PostgreSQLSettings](), map[string]any{"Slotname": "x"}))
	require.NotEmpty(t, foreign(reflect.TypeFor[types.PostgreSQLSettings](), map[string]any{"PluginName": "test_decoding"}))
	require.NotEmpty(t, foreign(reflect.TypeFor[types.PostgreSQLSettings](), map[string]any{"CaptureDdls": "false"}))
}

func enum[E ~string](t *testing.T, values []E, got any) {
	t.Helper()
	require.Contains(t, values, E(fmt.Sprint(got)))
}

// foreign lists what a JSON value has and the type of the SDK does not.
func foreign(of reflect.Type, value any) []string {
	for of.Kind() == reflect.Pointer {
		of = of.Elem()
	}
	switch v := value.(type) {
	case map[string]any:
		if of.Kind() != reflect.Struct {
			return []string{fmt.Sprintf("%v is no structure", of)}
		}
		var out []string
		for key, x := range v {
			field, ok := of.FieldByName(key)
			if !ok {
				out = append(out, fmt.Sprintf("%v has no %s", of, key))
				continue
			}
			out = append(out, foreign(field.Type, x)...)
		}
		return out
	case []any:
		if of.Kind() != reflect.Slice {
			return []string{fmt.Sprintf("%v is no list", of)}
		}
		var out []string
		for _, x := range v {
			out = append(out, foreign(of.Elem(), x)...)
		}
		return out
	case string:
		if of.Kind() != reflect.String {
			return []string{fmt.Sprintf("%v is no text", of)}
		}
		if values, ok := of.MethodByName("Values"); ok {
			known := values.Func.Call([]reflect.Value{reflect.Zero(of)})[0]
			for i := range known.Len() {
				if known.Index(i).String() == v {
					return nil
				}
			}
			return []string{fmt.Sprintf("%v has no value %s", of, v)}
		}
	case bool:
		if of.Kind() != reflect.Bool {
			return []string{fmt.Sprintf("%v is neither true nor false", of)}
		}
	case float64:
		if !slices.Contains([]reflect.Kind{reflect.Int, reflect.Int32, reflect.Int64, reflect.Float64}, of.Kind()) {
			return []string{fmt.Sprintf("%v is no number", of)}
		}
	}
	return nil
}

// The settings of a task are a text to the SDK. These are the keys of the user guide, each with the values that it names; true stands for a
// Boolean, a number for any number.
var taskSettings = map[string]map[string]any{
	"TargetMetadata": {
		"TargetSchema": []string{""}, "SupportLobs": true, "FullLobMode": true, "LobChunkSize": 1, "LimitedSizeLobMode": true, "LobMaxSize": 1, "InlineLobMaxSize": 1,
		"BatchApplyEnabled": true, "TaskRecoveryTableEnabled": true,
	},
	"FullLoadSettings": { // the other two ways of preparing tables empty or drop them
		"TargetTablePrepMode": []string{"DO_NOTHING"}, "CreatePkAfterFullLoad": true, "StopTaskCachedChangesApplied": true, "StopTaskCachedChangesNotApplied": true,
		"MaxFullLoadSubTasks": 1, "TransactionConsistencyTimeout": 1, "CommitRate": 1,
	},
	"Logging":                           {"EnableLogging": true, "EnableLogContext": true, "LogComponents": nil},
	"ControlTablesSettings":             {"ControlSchema": nil, "HistoryTimeslotInMinutes": 1, "HistoryTableEnabled": true, "SuspendedTablesTableEnabled": true, "StatusTableEnabled": true, "FullLoadExceptionTableEnabled": true},
	"StreamBufferSettings":              {"StreamBufferCount": 1, "StreamBufferSizeInMB": 1, "CtrlStreamBufferSizeInMB": 1},
	"ChangeProcessingTuning":            {"BatchApplyTimeoutMin": 1, "BatchApplyTimeoutMax": 1, "BatchApplyMemoryLimit": 1, "BatchSplitSize": 1, "MinTransactionSize": 1, "CommitTimeout": 1, "MemoryLimitTotal": 1, "MemoryKeepTime": 1, "StatementCacheSize": 1, "RecoveryTimeout": 1},
	"ChangeProcessingDdlHandlingPolicy": {"HandleSourceTableDropped": true, "HandleSourceTableTruncated": true, "HandleSourceTableAltered": true},
	"ErrorBehavior": {
		"DataErrorPolicy": anyPolicy, "DataTruncationErrorPolicy": anyPolicy, "DataErrorEscalationPolicy": []string{"SUSPEND_TABLE", "STOP_TASK"}, "DataErrorEscalationCount": 1,
		"EventErrorPolicy": []string{"IGNORE", "STOP_TASK"},
		"TableErrorPolicy": []string{"SUSPEND_TABLE", "STOP_TASK"}, "TableErrorEscalationPolicy": []string{"STOP_TASK"}, "TableErrorEscalationCount": 1,
		"RecoverableErrorCount": 1, "RecoverableErrorInterval": 1, "RecoverableErrorThrottling": true, "RecoverableErrorThrottlingMax": 1, "RecoverableErrorStopRetryAfterThrottlingMax": true,
		"ApplyErrorDeletePolicy": anyPolicy, "ApplyErrorInsertPolicy": anyPolicy, "ApplyErrorUpdatePolicy": anyPolicy,
		"ApplyErrorEscalationPolicy": []string{"LOG_ERROR", "SUSPEND_TABLE", "STOP_TASK"}, "ApplyErrorEscalationCount": 1, "ApplyErrorFailOnTruncationDdl": true,
		"FailOnNoTablesCaptured": true, "FullLoadIgnoreConflicts": true,
	},
	"ValidationSettings": {"EnableValidation": true, "ValidationMode": []string{"ROW_LEVEL"}, "ThreadCount": 1, "PartitionSize": 1, "ValidationPartialLobSize": 1, "FailureMaxCount": 1, "TableFailureMaxCount": 1},
}

// Of the four that AWS has, IGNORE_RECORD loses rows without a word.
var anyPolicy = []string{"LOG_ERROR", "SUSPEND_TABLE", "STOP_TASK"}

func TestTaskSettings(t *testing.T) {
	files := 0
	for path, f := range bundles(t) {
		if !strings.Contains(path, "/50-cdc/dms/settings/") {
			continue
		}
		files++
		var s map[string]any
		require.NoError(t, json.Unmarshal(f.Body, &s))
		require.Equal(t, false, s["FailTaskWhenCleanTaskResourceFailed"])
		delete(s, "FailTaskWhenCleanTaskResourceFailed")
		require.Len(t, s, len(taskSettings), path)
		for group, keys := range taskSettings {
			for key, v := range s[group].(map[string]any) {
				legal, ok := keys[key]
				require.True(t, ok, "%s: %s.%s", path, group, key)
				switch legal := legal.(type) {
				case bool:
					require.IsType(t, true, v, key)
				case int:
					require.IsType(t, 1.0, v, key)
				case []string:
					require.Contains(t, legal, v, "%s: %s.%s", path, group, key)
				}
			}
		}
		target, tuning := s["TargetMetadata"].(map[string]any), s["ChangeProcessingTuning"].(map[string]any)
		load := s["FullLoadSettings"].(map[string]any)
		require.Equal(t, strings.Contains(path, "full"), load["StopTaskCachedChangesNotApplied"] == true, "%s: the indexes are built between the load and the first change", path)
		require.NotEqual(t, true, load["StopTaskCachedChangesApplied"], path)
		require.NotEqual(t, target["FullLobMode"], target["LimitedSizeLobMode"], path)
		require.LessOrEqual(t, target["LobMaxSize"], 102400.0)
		require.Equal(t, target["BatchApplyEnabled"], tuning["BatchApplyTimeoutMax"] != nil, "settings of the other way of applying")
		require.NotEqual(t, target["BatchApplyEnabled"], tuning["CommitTimeout"] != nil, path)
		require.NotContains(t, []any{"", "public"}, s["ControlTablesSettings"].(map[string]any)["ControlSchema"])
		require.Equal(t, map[string]any{"HandleSourceTableDropped": false, "HandleSourceTableTruncated": false, "HandleSourceTableAltered": false}, s["ChangeProcessingDdlHandlingPolicy"])
		require.NotContains(t, s["Logging"], "CloudWatchLogGroup", "AWS refuses it when a task is created")
	}
	require.Greater(t, files, 12)
}
