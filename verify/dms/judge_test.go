package dms

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/databasemigrationservice/types"
	"github.com/aws/smithy-go"
	"github.com/stretchr/testify/require"

	"github.com/pgcutover/pgcutover/analyze"
	"github.com/pgcutover/pgcutover/planner"
	"github.com/pgcutover/pgcutover/verify"
)

const one, two = "shop-dms-slot-01", "shop-dms-slot-02"

// judged runs a judge on a scene.
type judged struct {
	judge func(scene) []verify.Result
	edit  func(*scene)
	want  []string
}

func at2026(hour int) *time.Time {
	t := time.Date(2026, 11, 27, hour, 0, 0, 0, time.UTC)
	return &t
}

// task1 edits the first task.
func task1(edit func(*types.ReplicationTask)) func(*scene) {
	return func(s *scene) { edited(s, one, edit) }
}

// started is what the scripts record and AWS answers once the first task has been started by 55-start.sh, and then some.
func started(edit func(*types.ReplicationTask)) func(*scene) {
	return func(s *scene) {
		for _, slot := range []string{"dms_slot_01", "dms_slot_02"} {
			x := s.state.Tasks[slot]
			x.StartedAt = at2026(12)
			s.state.Tasks[slot] = x
		}
		for id, x := range s.tasks {
			x.Status, x.ReplicationTaskStartDate = aws.String("running"), at2026(12)
			x.ReplicationTaskStats = &types.ReplicationTaskStats{FreshStartDate: at2026(12), StartDate: at2026(12)}
			x.RecoveryCheckpoint = aws.String("checkpoint:V1#34#000004B0/0F000E48#0#0#*#0#121")
			if id == one && edit != nil {
				edit(&x)
			}
			s.tasks[id] = x
		}
	}
}

// stopped is a first task that has run and stands, with a checkpoint, where its slot has confirmed a position.
func stopped(checkpoint string, confirmed verify.LSN) func(*scene) {
	return func(s *scene) {
		started(func(x *types.ReplicationTask) {
			x.Status, x.RecoveryCheckpoint = aws.String("stopped"), aws.String(checkpoint)
		})(s)
		s.confirmed = map[string]verify.LSN{"dms_slot_01": confirmed, "dms_slot_02": confirmed}
	}
}

func TestTasks(t *testing.T) {
	const ready2 = "pass dms_slot_02|task shop-dms-slot-02 is ready and has never run"
	for name, c := range map[string]judged{
		"ready": {judgeReady, nil, []string{"pass dms_slot_01", ready2}},
		"none":  {judgeReady, func(s *scene) { delete(s.tasks, one) }, []string{"fail dms_slot_01|there is no task shop-dms-slot-01|53-deploy.sh", ready2}},
		"ran and gone": {judgeReady, func(s *scene) {
			delete(s.tasks, one)
			s.state.Tasks["dms_slot_01"] = verify.StateTask{StartedAt: at2026(11)}
		}, []string{"fail dms_slot_01|has run, and is gone|82-restart-slot.sh dms_slot_01", ready2}},
		"not of this run": {judgeReady, func(s *scene) { delete(s.state.Tasks, "dms_slot_01") },
			[]string{"fail dms_slot_01|state.json does not know the task|of an earlier run|58-delete.sh --slot dms_slot_01 --yes, then 53-deploy.sh", ready2}},
		"started by the script": {judgeReady, started(nil), []string{"fail dms_slot_01|it has been started already|pgcutover verify cdc", "fail dms_slot_02"}},
		"started by somebody": {judgeReady, task1(func(x *types.ReplicationTask) {
			x.Status, x.ReplicationTaskStartDate = aws.String("stopped"), at2026(11)
		}),
			[]string{"fail dms_slot_01|was started, at 2026-11-27 11:00:00 UTC, not by 55-start.sh, and is stopped|82-restart-slot.sh dms_slot_01", ready2}},
		"being made": {judgeReady, task1(func(x *types.ReplicationTask) { x.Status = aws.String("creating") }), []string{"fail dms_slot_01|is creating|wait until it is ready", ready2}},
		"failed": {judgeReady, task1(func(x *types.ReplicationTask) {
			x.Status, x.LastFailureMessage = aws.String("failed"), aws.String("no\nroute")
		}), []string{"fail dms_slot_01|has failed: no route|58-delete.sh --slot dms_slot_01 --yes", ready2}},
		"full load": {judgeReady, task1(func(x *types.ReplicationTask) { x.MigrationType = types.MigrationTypeValueFullLoadAndCdc }), []string{"fail dms_slot_01|copies data (full-load-and-cdc)", ready2}},
		"stops":     {judgeReady, task1(func(x *types.ReplicationTask) { x.CdcStopPosition = aws.String("server_time:2026-12-01T00:00:00") }), []string{"fail dms_slot_01|stops by itself at server_time:2026-12-01", ready2}},
		"elsewhere": {judgeReady, func(s *scene) {
			source := s.endpoints["shop-source-02"].EndpointArn
			edited(s, one, func(x *types.ReplicationTask) {
				x.ReplicationInstanceArn, x.SourceEndpointArn, x.TargetEndpointArn = aws.String("arn:x:rep:OTHER"), source, source
			})
		}, []string{"fail dms_slot_01|on another replication instance: arn:x:rep:OTHER", "fail dms_slot_01|reads from an endpoint other than shop-source-01", "fail dms_slot_01|applies to an endpoint other than shop-target", ready2}},
		"another resource id": {judgeReady, func(s *scene) {
			edited(s, one, func(x *types.ReplicationTask) {
				x.ReplicationTaskArn = aws.String("arn:aws:dms:eu-central-1:0:task:ABCDEF")
			})
			s.tags["arn:aws:dms:eu-central-1:0:task:ABCDEF"] = ours(map[string]string{})
		}, []string{"fail dms_slot_01|know its task as ABCDEF, and the plan as shop-task-01", ready2}},
		"somebody else's": {judgeReady, func(s *scene) { s.tags[aws.ToString(s.tasks[one].ReplicationTaskArn)]["pgcutover:migration"] = "other" }, []string{"fail dms_slot_01|belongs to another migration: its tag pgcutover:migration is other, and not shop|cdc.name", ready2}},
		"of another source": {judgeReady, func(s *scene) {
			s.tags[aws.ToString(s.tasks[one].ReplicationTaskArn)]["pgcutover:source"] = "7399/shop"
		}, []string{"fail dms_slot_01|its tag pgcutover:source is \"7399/shop\", and not 7300000000000000001/sha256:|cdc.name", ready2}},
		"no tag": {judgeReady, func(s *scene) { delete(s.tags, aws.ToString(s.tasks[one].ReplicationTaskArn)) }, []string{"fail dms_slot_01|has no tag pgcutover:migration|aws dms add-tags-to-resource --resource-arn arn:aws:dms:eu-central-1:000000000000:task:shop-task-01 --tags Key=pgcutover:migration,Value=shop Key=pgcutover:source,Value=73", ready2}},
		"running, somebody else's": {judgeRunning, func(s *scene) {
			started(nil)(s)
			s.tags[aws.ToString(s.tasks[one].ReplicationTaskArn)]["pgcutover:migration"] = "other"
		}, []string{"fail dms_slot_01|belongs to another migration", "pass"}},
		"tags not told": {judgeReady, func(s *scene) {
			s.tagsErr = &smithy.OperationError{ServiceID: "Database Migration Service", OperationName: "ListTagsForResource", Err: &smithy.GenericAPIError{Code: "AccessDeniedException", Message: "no"}}
		}, []string{"unknown dms_slot_01|is not known: AWS does not allow dms:ListTagsForResource|docs/dms.md", "unknown dms_slot_02"}},
		"another slot restarted": {judgeReady, func(s *scene) {
			started(nil)(s)
			s.state.Slots = map[string]verify.StateSlot{"dms_slot_01": {StartLSN: start - 1}}
			delete(s.tasks, two)
			s.state.Tasks["dms_slot_02"] = verify.StateTask{StartLSN: start}
		}, []string{"skip dms_slot_01|started at an earlier pause", "fail dms_slot_02|there is no task"}},

		"at the position": {judgeStarts, nil, []string{"pass dms_slot_01|at 4AF/B00000D0, where the copy ends", "pass dms_slot_02"}},
		"as a checkpoint": {judgeStarts, task1(func(x *types.ReplicationTask) {
			x.CdcStartPosition = aws.String("checkpoint:V1#1#000004AF/B00000D0#0#0#*#0#0")
		}), []string{"pass dms_slot_01", "pass"}},
		"too early": {judgeStarts, task1(func(x *types.ReplicationTask) { x.CdcStartPosition = aws.String("4AF/B00000CF") }), []string{"fail dms_slot_01|before 4AF/B00000D0 where the copy ends|come again|58-delete.sh --slot dms_slot_01 --yes, then 53-deploy.sh", "pass"}},
		"too late": {judgeStarts, task1(func(x *types.ReplicationTask) {
			x.CdcStartPosition = aws.String("checkpoint:V1#1#000004AF/B00000D8#0#0#*#0#0")
		}), []string{"fail dms_slot_01|starts at 4AF/B00000D8, past 4AF/B00000D0|missing without an error", "pass"}},
		"no position": {judgeStarts, task1(func(x *types.ReplicationTask) { x.CdcStartPosition = nil }), []string{"fail dms_slot_01|has no position", "pass"}},
		"no LSN":      {judgeStarts, task1(func(x *types.ReplicationTask) { x.CdcStartPosition = aws.String("mysql-bin.000001:4") }), []string{`unknown dms_slot_01|no LSN: "mysql-bin.000001:4"`, "pass"}},
		"own position": {judgeStarts, func(s *scene) {
			s.state.Pause.LSN = start + 8
			s.state.Slots = map[string]verify.StateSlot{"dms_slot_01": {StartLSN: start}}
		}, []string{"skip dms_slot_01", "fail dms_slot_02|before 4AF/B00000D8"}},
		"made for another": {judgeStarts, func(s *scene) { s.state.Tasks["dms_slot_01"] = verify.StateTask{StartLSN: 5} }, []string{"fail dms_slot_01|made for 0/5", "pass"}},
		"no pause":         {judgeStarts, func(s *scene) { s.state.Pause = nil }, []string{"unknown dms_slot_01", "unknown"}},
		"nothing to start": {judgeStarts, func(s *scene) { delete(s.tasks, one) }, []string{"skip dms_slot_01|there is no task", "pass"}},

		"running":     {judgeRunning, started(nil), []string{"pass dms_slot_01|runs", "pass"}},
		"not started": {judgeRunning, nil, []string{"fail dms_slot_01|has not been started|55-start.sh dms_slot_01", "fail"}},
		"stopped by errors": {judgeRunning, started(func(x *types.ReplicationTask) {
			x.Status, x.StopReason, x.LastFailureMessage = aws.String("stopped"), aws.String("Stop Reason FATAL_ERROR"), aws.String("Last Error Task error notification")
		}), []string{"fail dms_slot_01|is stopped: Stop Reason FATAL_ERROR; Last Error Task|57-resume.sh dms_slot_01|dms-tasks-shop-dms", "pass"}},
		"stopped, its slot behind its checkpoint": {judgeRunning, stopped("checkpoint:V1#34#000004AF/B0000200#0#0#*#0#121", start+0x100), []string{"fail dms_slot_01|is stopped: AWS DMS does not say why|57-resume.sh dms_slot_01", "pass"}},
		"stopped, its slot past its checkpoint": {judgeRunning, stopped("checkpoint:V1#34#000004AF/B0000200#0#0#*#0#121", start+0x1000),
			[]string{"fail dms_slot_01|its checkpoint 4AF/B0000200 lies before 4AF/B00010D0|missing without an error|82-restart-slot.sh dms_slot_01", "pass"}},
		"stopped without a checkpoint, at its start": {judgeRunning, stopped("", start), []string{"fail dms_slot_01|57-resume.sh dms_slot_01", "pass"}},
		"stopped without a checkpoint, further on": {judgeRunning, stopped("", start+1),
			[]string{"fail dms_slot_01|it has no checkpoint|from 4AF/B00000D0 to 4AF/B00000D1|cannot be told|82-restart-slot.sh dms_slot_01", "pass"}},
		"stopped at a checkpoint of another version": {judgeRunning, stopped("checkpoint:V2#34#000004AF/B0000200", start), []string{"fail dms_slot_01|cannot be read|cannot be told|82-restart-slot.sh", "pass"}},
		"stopped, and the source does not answer": {judgeRunning, func(s *scene) {
			stopped("checkpoint:V1#34#000004AF/B0000200#0#0#*#0#121", 0)(s)
			s.confirmed, s.confirmedErr = nil, errors.New("no route")
		}, []string{"fail dms_slot_01|is stopped|57-resume.sh dms_slot_01", "pass"}},
		"stopped in silence": {judgeRunning, started(func(x *types.ReplicationTask) { x.Status = aws.String("failed") }), []string{"fail dms_slot_01|does not say why", "pass"}},
		"in between":         {judgeRunning, started(func(x *types.ReplicationTask) { x.Status = aws.String("stopping") }), []string{"fail dms_slot_01|is stopping", "pass"}},
		"failed once":        {judgeRunning, started(func(x *types.ReplicationTask) { x.LastFailureMessage = aws.String("was away") }), []string{"warn dms_slot_01|after a failure: was away", "pass"}},
		"started twice":      {judgeRunning, started(func(x *types.ReplicationTask) { x.ReplicationTaskStats.FreshStartDate = at2026(15) }), []string{"fail dms_slot_01|first started at 2026-11-27 12:00:00 UTC, and started afresh at 2026-11-27 15:00:00 UTC|is lost|82-restart-slot.sh dms_slot_01", "pass"}},
		"resumed": {judgeRunning, started(func(x *types.ReplicationTask) {
			x.ReplicationTaskStats.StartDate = at2026(15)
			x.ReplicationTaskStartDate = at2026(15)
		}), []string{"pass", "pass"}},
		"behind its start": {judgeRunning, started(func(x *types.ReplicationTask) {
			x.RecoveryCheckpoint = aws.String("checkpoint:V1#34#000004AF/A0000000#0#0#*#0#121")
		}), []string{"fail dms_slot_01|applies what the copy holds", "pass"}},
		"at a checkpoint of another version": {judgeRunning, started(func(x *types.ReplicationTask) {
			x.RecoveryCheckpoint = aws.String("checkpoint:V2#34#000004AF/A0000000#0")
		}), []string{"unknown dms_slot_01|its checkpoint cannot be read (\"checkpoint:V2#34#000004AF/A0000000#0\")|cannot be told", "pass"}},
		"behind its start, after a failure": {judgeRunning, started(func(x *types.ReplicationTask) {
			x.RecoveryCheckpoint, x.LastFailureMessage = aws.String("checkpoint:V1#34#000004AF/A0000000#0#0#*#0#121"), aws.String("was away")
		}), []string{"fail dms_slot_01|lies before", "pass"}},
		"gone": {judgeRunning, func(s *scene) { started(nil)(s); delete(s.tasks, one) }, []string{"fail dms_slot_01|has run, and is gone", "pass"}},

		"still running": {judgeStopped, started(nil), []string{"fail dms_slot_01|56-stop.sh dms_slot_01", "fail"}},
		"all stopped": {judgeStopped, func(s *scene) {
			started(func(x *types.ReplicationTask) { x.Status = aws.String("stopped") })(s)
			delete(s.tasks, two)
		}, []string{"pass dms_slot_01", "pass dms_slot_02|no task any more"}},
		"left":         {judgeDeleted, nil, []string{"warn shop-dms|still there (available)|58-delete.sh --all --yes"}},
		"tasks left":   {judgeDeleted, func(s *scene) { s.instance = nil }, []string{"warn"}},
		"nothing left": {judgeDeleted, func(s *scene) { s.instance, s.tasks, s.endpoints = nil, nil, nil }, []string{"pass"}},
	} {
		t.Run(name, func(t *testing.T) { says(t, c.judge(aScene(t, c.edit)), c.want...) })
	}
}

// setting changes one key of the first task's settings, by a path of plain keys.
func setting(path string, value any) func(*scene) {
	return task1(func(x *types.ReplicationTask) {
		var s map[string]any
		if err := json.Unmarshal([]byte(aws.ToString(x.ReplicationTaskSettings)), &s); err != nil {
			panic(err)
		}
		m, keys := s, strings.Split(path, ".")
		for _, k := range keys[:len(keys)-1] {
			if m[k] == nil {
				m[k] = map[string]any{}
			}
			m = m[k].(map[string]any)
		}
		m[keys[len(keys)-1]] = value
		b, err := json.Marshal(s)
		if err != nil {
			panic(err)
		}
		x.ReplicationTaskSettings = aws.String(string(b))
	})
}

func TestSettings(t *testing.T) {
	for path, c := range map[string]struct {
		value any
		want  string
	}{
		"TargetMetadata.LobMaxSize":                {64.0, "pass"}, // another way to write it
		"TargetMetadata.Unheard":                   {"of", "pass"}, // later versions have more
		"TargetMetadata.BatchApplyEnabled":         {true, "fail|$.TargetMetadata.BatchApplyEnabled is true, and should be false|modify-replication-task|settings/dms_slot_01.json"},
		"ErrorBehavior.ApplyErrorDeletePolicy":     {"IGNORE_RECORD", `fail|$.ErrorBehavior.ApplyErrorDeletePolicy is "IGNORE_RECORD", and should be "STOP_TASK"`},
		"FullLoadSettings.TargetTablePrepMode":     {"DROP_AND_CREATE", "fail|$.FullLoadSettings.TargetTablePrepMode"},
		"FullLoadSettings":                         {nil, "fail|$.FullLoadSettings is null, and should have settings"},
		"ControlTablesSettings.ControlSchema":      {"public", "fail|$.ControlTablesSettings.ControlSchema"},
		"CharacterSetSettings":                     {map[string]any{"CharacterReplacements": []any{map[string]any{"SourceCharacterCodePoint": 35}}}, "fail|$.CharacterSetSettings|leaves it at null"},
		"CharacterSetSettings.CharacterSetSupport": {nil, "pass"},
		"ValidationSettings.ValidationOnly":        {true, "fail|$.ValidationSettings.ValidationOnly is true"},
		"ValidationSettings.EnableValidation":      {true, "warn|$.ValidationSettings.EnableValidation"},
		"ChangeProcessingTuning.MemoryLimitTotal":  {2048, "warn|$.ChangeProcessingTuning.MemoryLimitTotal is 2048, and should be 1024"},
		"Logging.EnableLogging":                    {false, "warn|$.Logging.EnableLogging"},
		"Logging.LogComponents":                    {[]any{map[string]any{"Id": "IO", "Severity": "LOGGER_SEVERITY_DEBUG"}}, `warn|$.Logging.LogComponents has no "TRANSFORMATION"`},
	} {
		t.Run(path, func(t *testing.T) {
			says(t, judgeSettings(aScene(t, setting(path, c.value))), strings.Replace(c.want, "|", " dms_slot_01|", 1), "pass dms_slot_02")
		})
	}
	says(t, judgeSettings(aScene(t, nil)), "pass dms_slot_01", "pass dms_slot_02")
	says(t, judgeSettings(aScene(t, task1(func(x *types.ReplicationTask) { x.ReplicationTaskSettings = nil }))), "unknown dms_slot_01|cannot be compared", "pass")
	says(t, judgeSettings(aScene(t, func(s *scene) { delete(s.tasks, one) })), "skip dms_slot_01|there is no task", "pass")
	both := aScene(t, setting("Logging.EnableLogging", false))
	setting("TargetMetadata.LobMaxSize", 32)(&both)
	says(t, judgeSettings(both), "fail dms_slot_01|LobMaxSize is 32", "warn dms_slot_01|EnableLogging", "pass")
}

func TestMappings(t *testing.T) {
	rules := func(edit func([]map[string]any) []map[string]any) func(*scene) {
		return task1(func(x *types.ReplicationTask) {
			var m struct {
				Rules []map[string]any `json:"rules"`
			}
			if err := json.Unmarshal([]byte(aws.ToString(x.TableMappings)), &m); err != nil {
				panic(err)
			}
			m.Rules = edit(m.Rules)
			b, err := json.Marshal(m)
			if err != nil {
				panic(err)
			}
			x.TableMappings = aws.String(string(b))
		})
	}
	for name, c := range map[string]struct {
		edit func([]map[string]any) []map[string]any
		want []string
	}{
		"renumbered and in another order": {func(r []map[string]any) []map[string]any {
			for i := range r {
				r[i]["rule-id"], r[i]["rule-name"] = json.Number("7"), "x"
				delete(r[i], "filters")
			}
			r[0]["object-locator"].(map[string]any)["table-type"] = "table"
			r[0], r[len(r)-1] = r[len(r)-1], r[0]
			return r
		}, []string{"pass dms_slot_01", "pass"}},
		"a table less":  {func(r []map[string]any) []map[string]any { return r[1:] }, []string{"fail dms_slot_01|$.rules lacks the rule that selects the table pgcutover.marker_dms_slot_01|58-delete.sh", "pass"}},
		"a table twice": {func(r []map[string]any) []map[string]any { return append(r, r[1]) }, []string{"fail dms_slot_01|$.rules[4] selects the table public.orders, which the plan does not", "pass"}},
		"a pattern": {func(r []map[string]any) []map[string]any { r[1]["rule-action"] = "include"; return r },
			[]string{"fail dms_slot_01|lacks the rule that selects the table public.orders|$.rules[1] selects by the pattern public.orders", "pass"}},
		"a filter": {func(r []map[string]any) []map[string]any {
			r[1]["filters"] = []any{map[string]any{"filter-type": "source"}}
			return r
		},
			[]string{`fail dms_slot_01|$.rules[1] selects the table public.orders where [{"filter-type":"source"}]`, "pass"}},
		"LOBs limited": {func(r []map[string]any) []map[string]any {
			r[3]["lob-settings"].(map[string]any)["mode"] = "limited"
			return r
		}, []string{"fail dms_slot_01|has settings of its own for", "pass"}},
		"a column renamed": {func(r []map[string]any) []map[string]any {
			return append(r, map[string]any{"rule-type": "transformation", "rule-target": "column", "rule-action": "rename", "object-locator": map[string]any{"schema-name": "public", "table-name": "orders", "column-name": "Total"}})
		}, []string{`fail dms_slot_01|$.rules[4] does rename to public.orders."Total"`, "pass"}},
	} {
		t.Run(name, func(t *testing.T) { says(t, judgeMappings(aScene(t, rules(c.edit))), c.want...) })
	}
	says(t, judgeMappings(aScene(t, nil)), "pass", "pass")
	says(t, judgeMappings(aScene(t, task1(func(x *types.ReplicationTask) { x.TableMappings = aws.String("{}") }))), "unknown dms_slot_01|it has no rules", "pass")
	late := aScene(t, started(nil))
	rules(func(r []map[string]any) []map[string]any { return r[1:] })(&late)
	says(t, judgeMappings(late), "fail dms_slot_01|has been lost since the start|80-recovery/82-restart-slot.sh dms_slot_01", "pass")
}

func TestEndpoints(t *testing.T) {
	ours := func(edit func(*types.Endpoint)) func(*scene) {
		return func(s *scene) {
			x := s.endpoints["shop-source-01"]
			edit(&x)
			s.endpoints["shop-source-01"] = x
		}
	}
	const target, second = "pass shop-target", "pass shop-source-02"
	for name, c := range map[string]judged{
		"as planned":   {judgeEndpoints, nil, []string{target, `pass shop-source-01|reads slot dms_slot_01 of "shop ""old"""`, second}},
		"none":         {judgeEndpoints, func(s *scene) { delete(s.endpoints, "shop-source-01") }, []string{target, "fail shop-source-01|there is no endpoint", second}},
		"another slot": {judgeEndpoints, ours(func(x *types.Endpoint) { x.PostgreSQLSettings.SlotName = aws.String("dms_slot_02") }), []string{target, "fail shop-source-01|SlotName is dms_slot_02, and should be dms_slot_01|54-test-connections.sh", second}},
		"by attributes": {judgeEndpoints, ours(func(x *types.Endpoint) {
			x.PostgreSQLSettings = nil
			x.ExtraConnectionAttributes = aws.String("PluginName=PGLOGICAL;slotName=dms_slot_01;captureDdls=false;failTasksOnLobTruncation=true;mapBooleanAsBoolean=true;executeTimeout=3600;unboundedVarcharMaxSize=9000;")
		}), []string{target, "pass shop-source-01", second}},
		"by defaults": {judgeEndpoints, ours(func(x *types.Endpoint) { x.PostgreSQLSettings, x.ExtraConnectionAttributes = nil, nil }),
			[]string{target, "warn shop-source-01|ExecuteTimeout is 60 seconds", "fail shop-source-01|SlotName is not set|PluginName is no-preference|CaptureDdls is true, and should be false|FailTasksOnLobTruncation is false|MapBooleanAsBoolean is false|extra connection attribute unboundedvarcharmaxsize is not set, and should be 9000", second}},
		"another database": {judgeEndpoints, ours(func(x *types.Endpoint) {
			x.DatabaseName, x.SslMode, x.EngineName = aws.String("shop"), "none", aws.String("aurora-postgresql")
		}),
			[]string{target, `fail shop-source-01|EngineName is aurora-postgresql|DatabaseName is shop, and should be shop "old"|SslMode is none, and should be require`, second}},
		"triggers on": {judgeEndpoints, func(s *scene) {
			x := s.endpoints["shop-target"]
			x.PostgreSQLSettings = &types.PostgreSQLSettings{MapBooleanAsBoolean: aws.Bool(true), ExecuteTimeout: aws.Int32(3600)}
			s.endpoints["shop-target"] = x
		},
			[]string{"fail shop-target|AfterConnectScript is not set, and should be SET session_replication_role = replica", "pass", second}},
		"somebody else's": {judgeEndpoints, func(s *scene) {
			s.tags[aws.ToString(s.endpoints["shop-target"].EndpointArn)]["pgcutover:migration"] = "other"
		}, []string{"fail shop-target|belongs to another migration: its tag pgcutover:migration is other", "pass", second}},

		"tested":     {judgeConnections, nil, []string{target, "pass shop-source-01", second}},
		"not tested": {judgeConnections, func(s *scene) { delete(s.connections, aws.ToString(s.endpoints["shop-source-01"].EndpointArn)) }, []string{target, "fail shop-source-01|has not been tested", second}},
		"in test": {judgeConnections, func(s *scene) {
			s.connections[aws.ToString(s.endpoints["shop-source-01"].EndpointArn)] = types.Connection{Status: aws.String("testing")}
		}, []string{target, "fail shop-source-01|is being tested", second}},
		"not reached": {judgeConnections, func(s *scene) {
			s.connections[aws.ToString(s.endpoints["shop-source-01"].EndpointArn)] = types.Connection{Status: aws.String("failed"), LastFailureMessage: aws.String("timeout\nexpired")}
		}, []string{target, "fail shop-source-01|its test was failed: timeout expired|pg_hba.conf", second}},
		"no endpoint": {judgeConnections, func(s *scene) { delete(s.endpoints, "shop-source-01") }, []string{target, "skip shop-source-01|G4-EP", second}},
		"no instance": {judgeConnections, func(s *scene) { s.instance = nil }, []string{"skip|G4-INST"}},

		"instance": {judgeInstance, nil, []string{"pass shop-dms|available, dms.r6i.large, 100 GB, version 3.5.4"}},
		"no such":  {judgeInstance, func(s *scene) { s.instance = nil }, []string{"fail shop-dms|there is no replication instance"}},
		"another one": {judgeInstance, func(s *scene) {
			s.instance.ReplicationInstanceStatus, s.instance.ReplicationInstanceClass, s.instance.AllocatedStorage, s.instance.EngineVersion, s.instance.MultiAZ, s.instance.PubliclyAccessible = aws.String("modifying"), aws.String("dms.t3.micro"), 50, aws.String("3.6.1"), false, true
		},
			[]string{"fail shop-dms|it is modifying", "warn shop-dms|dms.t3.micro, and the plan has dms.r6i.large", "warn shop-dms|50 GB, and the plan 100", "warn shop-dms|3.6.1, and the plan has 3.5.4", "warn shop-dms|no standby", "warn shop-dms|public address"}},
	} {
		t.Run(name, func(t *testing.T) { says(t, c.judge(aScene(t, c.edit)), c.want...) })
	}
}

func TestTables(t *testing.T) {
	row := func(schema, name, state string) types.TableStatistics {
		return types.TableStatistics{SchemaName: aws.String(schema), TableName: aws.String(name), TableState: aws.String(state), ValidationState: aws.String("Not enabled"), Inserts: 10, Updates: 2, AppliedInserts: aws.Int64(9), AppliedUpdates: aws.Int64(2), AppliedDeletes: aws.Int64(0)}
	}
	s := aScene(t, nil)
	var first task
	s.each(func(x task) {
		if x.group.Number == 1 {
			first = x
		}
	})
	good := func() []types.TableStatistics {
		return []types.TableStatistics{row("pgcutover", "marker_dms_slot_01", "Table completed"), row("public", "orders", "Table completed"), row("public", `o'"%_{{`, "Table completed")}
	}
	for name, c := range map[string]struct {
		edit func([]types.TableStatistics) []types.TableStatistics
		want []string
	}{
		"all applied": {func(r []types.TableStatistics) []types.TableStatistics { return r }, []string{"pass dms_slot_01: 3 tables, 36 changes read"}},
		"in error": {func(r []types.TableStatistics) []types.TableStatistics {
			r[1].TableState = aws.String("Table error")
			return r
		}, []string{"fail dms_slot_01|public.orders (Table error)|82-restart-slot.sh dms_slot_01"}},
		"copied": {func(r []types.TableStatistics) []types.TableStatistics {
			r[1].TableState = aws.String("Full load")
			return r
		}, []string{"fail dms_slot_01|public.orders (Full load)"}},
		"not begun": {func(r []types.TableStatistics) []types.TableStatistics {
			r[1].TableState = aws.String("Before load")
			return r
		}, []string{"unknown dms_slot_01|does not apply these yet: public.orders"}},
		"a new state": {func(r []types.TableStatistics) []types.TableStatistics {
			r[1].TableState = aws.String("Table sleeps")
			return r
		}, []string{`unknown dms_slot_01|public.orders ("Table sleeps")`}},
		"not listed": {func(r []types.TableStatistics) []types.TableStatistics { return r[:2] }, []string{"unknown dms_slot_01|does not list public."}},
		"one too many": {func(r []types.TableStatistics) []types.TableStatistics {
			return append(r, row("public", "items", "Table completed"))
		}, []string{"fail dms_slot_01|does not give it: public.items"}},
		"mismatched": {func(r []types.TableStatistics) []types.TableStatistics {
			r[1].ValidationState, r[1].ValidationFailedRecords = aws.String("Mismatched records"), 4
			return r
		}, []string{"fail dms_slot_01|rows that differ: public.orders (4)"}},
		"not comparable": {func(r []types.TableStatistics) []types.TableStatistics {
			r[1].ValidationState = aws.String("No primary key")
			return r
		}, []string{"warn dms_slot_01|public.orders (No primary key)"}},
		"DDL": {func(r []types.TableStatistics) []types.TableStatistics { r[1].Ddls = 1; return r }, []string{"warn dms_slot_01|has seen DDL: public.orders"}},
	} {
		t.Run(name, func(t *testing.T) { says(t, judgeTables(first, c.edit(good()), false), c.want...) })
	}
	r := judgeTables(first, good(), false)[0]
	require.Equal(t, []verify.Fact{{Name: "changes read", Value: "36"}, {Name: "applied", Value: "33"}}, r.Evidence)
}

func TestLatency(t *testing.T) {
	now := *at2026(12)
	at := func(source float64, target ...float64) series {
		s := series{}
		for i, v := range target {
			when := now.Add(-time.Duration(len(target)-i) * time.Minute)
			s[sourceLatency] = append(s[sourceLatency], point{when, source})
			s[targetLatency] = append(s[targetLatency], point{when, v})
		}
		return s
	}
	for name, c := range map[string]struct {
		s    series
		want string
	}{
		"keeps up":      {at(1, 30, 40, 5), "pass|5 s behind"},
		"nothing":       {nil, "unknown|has no latency of its task within 30 min|G5-TASK"},
		"catches up":    {at(2, 1000, 940, 880, 820, 760, 700), "warn|12 min behind; at the pace of the last 6 min it has caught up in 12 min"},
		"falls behind":  {at(2, 700, 760, 820, 880, 940, 1000), "fail|falls behind by 60 min more in an hour: it applies more slowly than changes come|larger replication instance|slots.count|81-abort.sh"},
		"reads slowly":  {at(900, 700, 760, 820, 880, 940, 1000), "fail|it reads more slowly than the source writes"},
		"stays":         {at(2, 700, 700, 690, 710, 700), "warn|12 min behind, and stays about that far"},
		"stands":        {at(2, 1000, 1000, 1000, 1000, 1000), "fail|17 min behind, and no less than before"},
		"too few":       {at(2, 700, 600), "unknown|too few values"},
		"source behind": {at(1500, 20, 20, 20, 20, 20, 20), "fail|it reads more slowly"},
	} {
		t.Run(name, func(t *testing.T) {
			says(t, []verify.Result{judgeLatency("s", c.s, now)}, strings.Replace(c.want, "|", " s|", 1))
		})
	}
	says(t, []verify.Result{judgeLatency("s", at(1, 2, 3), now.Add(time.Hour))}, "unknown s|as of 61 min ago only")

	one := func(free, memory, swapped float64) series {
		return series{freeStorage: {{now, free}}, freeMemory: {{now, memory}}, swap: {{now, swapped}}}
	}
	planned := planner.DMSInstance{StorageGB: 100}
	const gb = 1 << 30
	says(t, []verify.Result{
		judgeLoad("i", planned, one(90*gb, 8*gb, 0), now), judgeLoad("i", planned, one(5*gb, 8*gb, 0), now), judgeLoad("i", planned, one(15*gb, 8*gb, 0), now),
		judgeLoad("i", planned, one(90*gb, 8*gb, 2*gb), now), judgeLoad("i", planned, nil, now), judgeLoad("i", planned, one(90*gb, 8*gb, 0), now.Add(time.Hour)),
	}, "pass i|90.0 GiB of storage", "fail i|tasks stop reading when it is full", "warn i|15.0 GiB of storage left", "warn i|swaps", "unknown i", "unknown i")
}

func TestLines(t *testing.T) {
	const cut = "2026-02-22T11:23:24 [SOURCE_CAPTURE  ]W:  Value of column 'c' in table 'public.orders' was truncated to 131072 bytes, actual length: 143687 bytes (postgres_pglogical.c:2550)"
	tables := map[string]logged{"public.orders": {name: analyze.Name{Schema: "public", Name: "orders"}}, "public.notes": {analyze.Name{Schema: "public", Name: "notes"}, true}}
	of := func(lines ...string) (out []line) {
		for i, l := range lines {
			out = append(out, line{at2026(12).Add(time.Duration(i) * time.Minute), l})
		}
		return out
	}
	judge := func(lines ...string) []verify.Result {
		return judgeLines("s", of(lines...), tables, "g", "l", time.Time{})
	}
	says(t, judge(), "pass s")
	says(t, judge(cut, cut), "fail s: values of public.orders were truncated: 2 lines, the last at 2026-11-27T12:01:00Z|lob.margins|--restart slot=s --running|--logs-since TIME")
	says(t, judge(strings.ReplaceAll(cut, "orders", "notes")), "warn s|lob.truncate accepts")
	says(t, judge(strings.ReplaceAll(cut, "public.orders", "a'\"b")), `fail s: values of "a'""b" were truncated`)
	says(t, judge(strings.ReplaceAll(cut, "SOURCE_CAPTURE  ]W:  Value", "SOURCE_UNLOAD  ]W:  The value")), "fail s: values of public.orders were truncated")
	says(t, judge("2026-02-22T11:23:24 [TARGET_APPLY    ]I:  Bulk apply operation failed. Trying to execute bulk statements in 'one-by-one' mode  (bulk_apply.c:2000)"), "warn s|fell back to single rows|--rows delta")
	says(t, judge("2026-02-22T11:23:24 [SORTER          ]I:  Reading from source is paused. Total storage used by swap files exceeded the limit  (sorter_transaction.c:110)"), "warn s|reading from the source was paused")
	bad := judge("2026-02-22T11:23:24 [TARGET_APPLY    ]E:  RetCode: SQL_ERROR  SqlState: 22P02 Message: ERROR: invalid input syntax for type json; secret (ar_odbc_stmt.c:1)",
		"2026-02-22T11:23:24 [TARGET_APPLY    ]E:  secret SqlState: 40P01 (ar_odbc_stmt.c:2)", "2026-02-22T11:23:24 [TARGET_APPLY    ]W:  secret (x.c:1)", "2026-02-22T11:23:24 [IO]I: nothing", "garbage")
	says(t, bad, "fail s: JSON texts did not arrive whole", "fail s: errors of TARGET_APPLY (ar_odbc_stmt.c:2), SQLSTATE 40P01: 1 line|aws logs filter-log-events --log-group-name g --log-stream-names l", "warn s: warnings of TARGET_APPLY")
	for _, r := range bad {
		require.NotContains(t, r.Detail+r.Hint, "secret", "lines have values of rows in them")
	}

	// What was acknowledged is told, and no more than a warning.
	acknowledged := *at2026(13)
	seen := judgeAcknowledged("s", of(cut, cut, "[IO]E: secret"), true, tables, "g", "l", acknowledged)
	says(t, seen, "warn s: acknowledged by --logs-since, and left out: 3 lines from before 2026-11-27T13:00:00Z: values of public.orders were truncated (2), errors of IO (1)")
	require.Equal(t, []verify.Fact{{Name: "log", Value: "g/l"}, {Name: "logs since", Value: "2026-11-27T13:00:00Z"}, {Name: "acknowledged", Value: "values of public.orders were truncated (2); errors of IO (1)"}}, seen[0].Evidence)
	says(t, judgeAcknowledged("s", of(cut), false, tables, "g", "l", acknowledged), "warn s|more than 1 line from before")
	require.Empty(t, judgeAcknowledged("s", nil, true, tables, "g", "l", acknowledged))
	after := judgeLines("s", nil, tables, "g", "l", acknowledged)
	says(t, after, "pass s: no errors, no warnings, nothing truncated, since 2026-11-27T13:00:00Z")
	require.Contains(t, after[0].Evidence, verify.Fact{Name: "logs since", Value: "2026-11-27T13:00:00Z"})
	says(t, judgeLines("s", of(cut), tables, "g", "l", acknowledged), "fail s: values of public.orders were truncated: 1 line, since 2026-11-27T13:00:00Z, the last at")
}

func TestWhere(t *testing.T) {
	s := aScene(t, nil)
	arn := aws.String("arn:aws:dms:eu-central-1:0:task:ABC")
	group, stream, on := where(s, []byte(`{"Logging":{"EnableLogging":true,"CloudWatchLogGroup":"g","CloudWatchLogStream":"l"}}`), arn)
	require.Equal(t, []any{"g", "l", true}, []any{group, stream, on})
	group, stream, on = where(s, []byte(`{"Logging":{"EnableLogging":true,"CloudWatchLogGroup":null}}`), arn)
	require.Equal(t, []any{"dms-tasks-shop-dms", "dms-task-ABC", true}, []any{group, stream, on})
	_, _, on = where(s, nil, arn)
	require.False(t, on)
}

func TestPosition(t *testing.T) {
	for text, want := range map[string]verify.LSN{
		"4AF/B00000D0": start, "checkpoint:V1#1#000004AF/B00000D0#0#0#*#0#0": start, "checkpoint:V1#34#00000132/0F000E48#0#0#*#0#121": 0x132_0F000E48,
		"": 0, "0/0": 0, "checkpoint:V1#1": 0, "checkpoint:": 0, "now": 0, "checkpoint:V1#1#x#0": 0,
	} {
		got, ok := position(text)
		require.Equal(t, want, got, text)
		require.Equal(t, want != 0, ok, text)
	}
}

// No answer is never a pass.
func TestUnheard(t *testing.T) {
	fault := func(service, op, code string) error {
		return &smithy.OperationError{ServiceID: service, OperationName: op, Err: &smithy.GenericAPIError{Code: code, Message: "words"}}
	}
	for name, c := range map[string]struct {
		err  error
		want string
	}{
		"rights":    {fault("CloudWatch", "GetMetricData", "AccessDenied"), "does not allow cloudwatch:GetMetricData|docs/dms.md"},
		"log":       {fault("CloudWatch Logs", "FilterLogEvents", "AccessDeniedException"), "does not allow logs:FilterLogEvents"},
		"throttled": {fault("Database Migration Service", "DescribeEndpoints", "ThrottlingException"), "no more dms:DescribeEndpoints for now|in a minute"},
		"expired":   {fault("Database Migration Service", "DescribeEndpoints", "ExpiredTokenException"), "does not take the credentials|log in anew"},
		"other":     {fault("Database Migration Service", "DescribeEndpoints", "KMSAccessDeniedFault"), "dms:DescribeEndpoints: KMSAccessDeniedFault: words"},
		"region":    {&aws.MissingRegionError{}, "no Region|AWS_REGION"},
		"network":   {errors.New("dial tcp: i/o\n timeout"), "was not reached: dial tcp: i/o timeout"},
	} {
		t.Run(name, func(t *testing.T) { says(t, []verify.Result{unheard(t.Context(), "", c.err)}, "unknown|"+c.want) })
	}
}

func TestAssessments(t *testing.T) {
	run := func(status string) types.ReplicationTaskAssessmentRun {
		return types.ReplicationTaskAssessmentRun{ReplicationTaskAssessmentRunArn: aws.String("arn:run"), Status: aws.String(status), LastFailureMessage: aws.String("no\nbucket")}
	}
	found := func(status string, names ...string) (out []types.ReplicationTaskIndividualAssessment) {
		for _, n := range names {
			out = append(out, types.ReplicationTaskIndividualAssessment{IndividualAssessmentName: aws.String(n), Status: aws.String(status)})
		}
		return out
	}
	const other = "skip dms_slot_02|has not been assessed|54-assess.sh dms_slot_02|nothing depends on it"
	for name, c := range map[string]struct {
		status string
		found  []types.ReplicationTaskIndividualAssessment
		want   string
	}{
		"passed":                          {"passed", found("passed", "postgres-check-pk-lob"), "pass dms_slot_01"},
		"as expected":                     {"warning", found("warning", "postgres-check-idle-in-transaction-session-timeout"), "pass dms_slot_01|nothing but what was expected"},
		"failed":                          {"failed", append(found("failed", "postgres-check-wallevel", "postgres-check-pk-lob"), found("failed", "postgres-check-target-privileges")...), "warn dms_slot_01: postgres-check-pk-lob (failed), postgres-check-wallevel (failed) ->"},
		"warned":                          {"warning", found("warning", "postgres-check-longrunningtxn"), "warn dms_slot_01: postgres-check-longrunningtxn (warning)"},
		"runs":                            {"running", nil, "warn dms_slot_01|is running"},
		"runs, part of it done":           {"running", append(found("failed", "postgres-check-pk-lob"), found("pending", "postgres-check-wallevel")...), "warn dms_slot_01: postgres-check-pk-lob (failed); its assessment is running"},
		"runs, the rest to come":          {"running", append(found("running", "postgres-check-pk-lob"), found("pending", "postgres-check-wallevel")...), "warn dms_slot_01: its assessment is running"},
		"skipped":                         {"passed", found("skipped", "postgres-check-pk-lob"), "pass dms_slot_01"},
		"cancelled":                       {"passed", found("cancelled", "postgres-check-pk-lob"), "warn dms_slot_01: postgres-check-pk-lob (cancelled)"},
		"invalid":                         {"failed", found("invalid state", "postgres-check-target-privileges"), "warn dms_slot_01: postgres-check-target-privileges (invalid state)"},
		"never ended":                     {"passed", append(found("pending", "postgres-check-pk-lob"), found("running", "postgres-check-target-privileges")...), "warn dms_slot_01: postgres-check-pk-lob (pending), postgres-check-target-privileges (running)"},
		"an error":                        {"failed", found("error", "postgres-check-target-privileges"), "warn dms_slot_01: postgres-check-target-privileges (error)"},
		"no state":                        {"passed", found("", "postgres-check-pk-lob"), "warn dms_slot_01: postgres-check-pk-lob (without a state)"},
		"failed in silence":               {"failed", nil, "warn dms_slot_01: its assessment is failed, and names nothing that is|s3://"},
		"warned in silence":               {"warning", found("passed", "postgres-check-pk-lob"), "warn dms_slot_01: its assessment is warning, and names nothing that is|s3://"},
		"failed, and only warnings named": {"failed", found("warning", "postgres-check-target-privileges"), "warn dms_slot_01: its assessment is failed, and names nothing that is"},
		"came to no end":                  {"error-executing", nil, "warn dms_slot_01|is error-executing: no bucket|54-assess.sh dms_slot_01"},
		"a state unknown":                 {"", nil, "warn dms_slot_01"},
	} {
		t.Run(name, func(t *testing.T) {
			s := aScene(t, nil)
			arn := aws.ToString(s.tasks[one].ReplicationTaskArn)
			says(t, judgeAssessments(s, assessments{map[string]types.ReplicationTaskAssessmentRun{arn: run(c.status)}, map[string][]types.ReplicationTaskIndividualAssessment{"arn:run": c.found}}), c.want, other)
		})
	}
	says(t, judgeAssessments(aScene(t, func(s *scene) { delete(s.tasks, one) }), assessments{}), "skip dms_slot_01|there is no task", other)

	// What is expected of tasks that load the rows is another thing, and what 54-assess.sh says of them.
	s := aScene(t, func(s *scene) {
		full := planner.DefaultsFor(planner.EngineDMSFull)
		s.plan.Options.Engine, s.plan.Options.Full = full.Engine, full.Full
	})
	arn := aws.ToString(s.tasks[one].ReplicationTaskArn)
	r := judgeAssessments(s, assessments{map[string]types.ReplicationTaskAssessmentRun{arn: run("warning")}, map[string][]types.ReplicationTaskIndividualAssessment{"arn:run": found("warning", "postgres-check-target-secondary-indexes")}})[0]
	require.Contains(t, fmt.Sprint(r.Evidence), "40-load/42-load.sh builds them after the full load")
}
