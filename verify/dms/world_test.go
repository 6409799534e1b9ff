package dms

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/databasemigrationservice/types"
	"github.com/stretchr/testify/require"

	"github.com/pgcutover/pgcutover/analyze"
	"github.com/pgcutover/pgcutover/planner"
	"github.com/pgcutover/pgcutover/render"
	"github.com/pgcutover/pgcutover/verify"
)

const start = verify.LSN(0x4AF_B00000D0)

// plan has two groups; names are hostile where AWS takes it.
func plan() planner.Plan {
	name := func(s string) analyze.Name { return analyze.Name{Schema: "public", Name: s} }
	p := planner.Plan{
		Source: planner.Source{VersionNum: 150000, Database: `shop "old"`, SystemIdentifier: "7300000000000000001"}, Target: planner.Target{VersionNum: 150000, Database: "shop"},
		Options: planner.Defaults(), Names: planner.Names{Schema: "pgcutover", Node: "n", Role: "cdc"},
		Groups: []planner.Group{
			{Number: 1, Slot: "dms_slot_01", Marker: analyze.Name{Schema: "pgcutover", Name: "marker_dms_slot_01"}, Tables: []analyze.Name{name("orders"), name(`o'"%_{{`)}},
			{Number: 2, Slot: "dms_slot_02", Marker: analyze.Name{Schema: "pgcutover", Name: "marker_dms_slot_02"}, Tables: []analyze.Name{name("items")}, BatchApply: true},
		},
		DMS: planner.DMS{Name: "shop", Instance: planner.DMSInstance{Class: "dms.r6i.large", StorageGB: 100, EngineVersion: "3.5.4", MultiAZ: true}, Tasks: []planner.DMSTask{
			{Group: 1, Identifier: "shop-dms-slot-01", Endpoint: "shop-source-01", LOBMaxKB: 64, FailOnTruncation: true, VarcharMaxBytes: 9000, Unlimited: []planner.DMSTable{{Name: name(`o'"%_{{`)}}},
			{Group: 2, Identifier: "shop-dms-slot-02", Endpoint: "shop-source-02", LOBMaxKB: 32},
		}},
	}
	p.Options.Engine = planner.EngineDMS
	return p
}

// aScene is a plan whose tasks are made as they should be, and have not run; edit changes what AWS answers, or what is recorded.
func aScene(t *testing.T, edit func(*scene)) scene {
	t.Helper()
	p := plan()
	in, err := render.DMSInputOf(p)
	require.NoError(t, err)
	made := time.Date(2026, 11, 27, 10, 0, 0, 0, time.UTC)
	s := scene{
		plan: p, input: in,
		state: &verify.State{Pause: &verify.StatePause{LSN: start}, Tasks: map[string]verify.StateTask{}},
		found: &found{endpoints: map[string]types.Endpoint{}, tasks: map[string]types.ReplicationTask{}, connections: map[string]types.Connection{}, tags: map[string]map[string]string{}},
	}
	tagged := func(arn string) *string {
		s.tags[arn] = ours(map[string]string{"cost-center": "7"})
		return aws.String(arn)
	}
	const prefix = "arn:aws:dms:eu-central-1:000000000000:"
	s.instance = &types.ReplicationInstance{
		ReplicationInstanceArn: tagged(prefix + "rep:INSTANCE"), ReplicationInstanceClass: aws.String("dms.r6i.large"), AllocatedStorage: 100, EngineVersion: aws.String("3.5.4"), MultiAZ: true,
		ReplicationInstanceStatus: aws.String("available"),
	}
	endpoint := func(e render.DMSEndpoint) {
		arn := tagged(prefix + "endpoint:" + strings.ToUpper(e.Identifier))
		settings := &types.PostgreSQLSettings{ExecuteTimeout: aws.Int32(3600), MapBooleanAsBoolean: aws.Bool(true)}
		if e.Type == "source" {
			settings.PluginName, settings.SlotName = types.PluginNameValuePglogical, aws.String(e.Settings.SlotName)
			settings.CaptureDdls, settings.HeartbeatEnable, settings.FailTasksOnLobTruncation = aws.Bool(false), aws.Bool(false), e.Settings.FailTasksOnLobTruncation
		} else {
			settings.AfterConnectScript = aws.String("SET session_replication_role = replica;")
		}
		s.endpoints[e.Identifier] = types.Endpoint{
			EndpointArn: arn, EndpointIdentifier: aws.String(e.Identifier), EndpointType: types.ReplicationEndpointTypeValue(strings.ToUpper(e.Type)), EngineName: aws.String("postgres"),
			DatabaseName: aws.String(e.Database), SslMode: types.DmsSslModeValueRequire, Status: aws.String("active"), PostgreSQLSettings: settings, ExtraConnectionAttributes: aws.String(e.Attributes),
		}
		s.connections[aws.ToString(arn)] = types.Connection{Status: aws.String("successful")}
	}
	endpoint(in.Target)
	for i, x := range p.DMS.Tasks {
		endpoint(in.Tasks[i].Source)
		s.state.Tasks[p.Groups[i].Slot] = verify.StateTask{StartLSN: start, MadeAt: &made}
		s.tasks[x.Identifier] = types.ReplicationTask{
			ReplicationTaskArn: tagged(prefix + "task:" + p.DMS.ResourceID(x)), ReplicationTaskIdentifier: aws.String(x.Identifier), MigrationType: types.MigrationTypeValueCdc, Status: aws.String("ready"),
			ReplicationInstanceArn: s.instance.ReplicationInstanceArn, SourceEndpointArn: s.endpoints[x.Endpoint].EndpointArn, TargetEndpointArn: s.endpoints[p.DMS.TargetEndpoint()].EndpointArn,
			CdcStartPosition: aws.String("4AF/B00000D0"), ReplicationTaskCreationDate: &made,
			ReplicationTaskSettings: aws.String(filledIn(t, in.Tasks[i].Settings)), TableMappings: aws.String(string(in.Tasks[i].Mapping)),
		}
	}
	if edit != nil {
		edit(&s)
	}
	return s
}

// filledIn is what AWS DMS makes of settings: its defaults for what nobody sets, other groups, names of the log, and a key that it echoes in two
// spellings (answers of the service that third parties have published).
func filledIn(t *testing.T, settings []byte) string {
	t.Helper()
	var s map[string]any
	require.NoError(t, json.Unmarshal(settings, &s))
	more := map[string]map[string]any{
		"TargetMetadata":         {"ParallelApplyThreads": 0, "ParallelApplyBufferSize": 0, "ParallelLoadThreads": 0, "LoadMaxFileSize": 0},
		"FullLoadSettings":       {"CreatePkAfterFullLoad": false, "MaxFullLoadSubTasks": 8, "CommitRate": 10000, "TransactionConsistencyTimeout": 600},
		"Logging":                {"CloudWatchLogGroup": "dms-tasks-shop-dms", "CloudWatchLogStream": "dms-task-shop-task-01", "LogConfiguration": map[string]any{"TraceOnErrorMb": 10, "EnableTraceOnError": false}},
		"ControlTablesSettings":  {"historyTimeslotInMinutes": 5},
		"ChangeProcessingTuning": {"BatchApplyPreserveTransaction": true, "BatchApplyTimeoutMin": 1, "CommitTimeout": 1, "MinTransactionSize": 1000},
		"ErrorBehavior":          {"EventErrorPolicy": "IGNORE", "DataMaskingErrorPolicy": "STOP_TASK", "FailOnTransactionConsistencyBreached": false},
		"ValidationSettings":     {"ThreadCount": 5, "ValidationOnly": false, "ValidationMode": "ROW_LEVEL"},
	}
	for group, keys := range more {
		for key, v := range keys {
			if have := s[group].(map[string]any); have[key] == nil {
				have[key] = v
			}
		}
	}
	for _, group := range []string{"LoopbackPreventionSettings", "CharacterSetSettings", "BeforeImageSettings", "PostProcessingRules"} {
		s[group] = nil
	}
	s["TTSettings"] = map[string]any{"TTS3Settings": nil, "TTRecordSettings": nil, "EnableTT": false}
	b, err := json.Marshal(s) // keys sorted: another order than the bundle's
	require.NoError(t, err)
	return string(b)
}

// ours adds the tags of the plan to others.
func ours(tags map[string]string) map[string]string {
	for _, t := range render.AWSTags(plan()) {
		tags[t.Key] = t.Value
	}
	return tags
}

// edited is a task of the scene with something changed.
func edited(s *scene, identifier string, edit func(*types.ReplicationTask)) {
	x := s.tasks[identifier]
	edit(&x)
	s.tasks[identifier] = x
}

// says wants lines to be, each in its turn, "status subject" with all the words of one entry (separated by "|").
func says(t *testing.T, results []verify.Result, want ...string) {
	t.Helper()
	var all []string
	for _, r := range results {
		if r.Status == verify.Unknown {
			require.True(t, r.Undecided, "unknown is never a pass")
		}
		all = append(all, string(r.Status)+" "+r.Subject+": "+r.Detail+" -> "+r.Hint)
	}
	require.Len(t, all, len(want), "%s", strings.Join(all, "\n"))
	for i, words := range want {
		for word := range strings.SplitSeq(words, "|") {
			require.Contains(t, all[i], word)
		}
	}
}
