package dms

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsmiddleware "github.com/aws/aws-sdk-go-v2/aws/middleware"
	"github.com/aws/smithy-go/encoding/cbor"
	"github.com/aws/smithy-go/middleware"
	"github.com/stretchr/testify/require"

	"github.com/pgcutover/pgcutover/planner"
	"github.com/pgcutover/pgcutover/verify"
	"github.com/pgcutover/pgcutover/verify/cloud"
)

// answering is a server that answers calls of AWS DMS by their names, and everything else with what its name "" has. The environment leads there.
func answering(t *testing.T, answer func(operation string, body map[string]any) (status int, text string)) {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, operation, _ := strings.Cut(r.Header.Get("X-Amz-Target"), ".")
		body := map[string]any{}
		_ = json.NewDecoder(r.Body).Decode(&body) // CloudWatch does not speak JSON
		status, text := answer(operation, body)
		w.Header().Set("Content-Type", "application/x-amz-json-1.1")
		w.WriteHeader(status)
		fmt.Fprint(w, text)
	}))
	t.Cleanup(s.Close)
	for name, value := range map[string]string{
		"AWS_ENDPOINT_URL": s.URL, "AWS_REGION": "eu-central-1", "AWS_ACCESS_KEY_ID": "nobody", "AWS_SECRET_ACCESS_KEY": "canary-of-the-key", "AWS_EC2_METADATA_DISABLED": "true", "AWS_MAX_ATTEMPTS": "1",
		"AWS_CONFIG_FILE": os.DevNull, "AWS_SHARED_CREDENTIALS_FILE": os.DevNull,
	} {
		t.Setenv(name, value)
	}
}

func run(t *testing.T, gate verify.Gate, configure cloud.Configuration) verify.Report {
	t.Helper()
	checks := slices.DeleteFunc(Checks(configure), func(c verify.Check) bool {
		return !slices.Contains(c.Gates, gate) || !c.Engines.Have(planner.EngineDMS)
	})
	return verify.Run(t.Context(), verify.Env{Gate: gate, Plan: plan(), State: aScene(t, nil).state}, checks, nil)
}

// Without an answer of AWS no gate passes, and none fails.
func TestNoAnswerIsNoPass(t *testing.T) {
	for name, c := range map[string]struct {
		status int
		text   string
		env    map[string]string
		want   string
	}{
		"rights":         {400, `{"__type": "AccessDeniedException", "message": "User: x is not authorized to perform: dms:DescribeReplicationInstances"}`, nil, "AWS does not allow dms:DescribeReplicationInstances"},
		"throttled":      {400, `{"__type": "ThrottlingException", "message": "Rate exceeded"}`, nil, "no more dms:DescribeReplicationInstances for now"},
		"expired":        {400, `{"__type": "ExpiredTokenException", "message": "The security token is expired"}`, nil, "does not take the credentials"},
		"out of order":   {503, `<html>`, nil, "no answer to dms:DescribeReplicationInstances but the status 503"},
		"no credentials": {200, `{}`, map[string]string{"AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": ""}, "no credentials for AWS"},
		"no Region":      {200, `{}`, map[string]string{"AWS_REGION": "", "AWS_DEFAULT_REGION": "", "AWS_ENDPOINT_URL": ""}, "no Region is configured"},
		"nobody there":   {200, `{}`, map[string]string{"AWS_ENDPOINT_URL": "http://127.0.0.1:1"}, "AWS was not reached"},
	} {
		t.Run(name, func(t *testing.T) {
			answering(t, func(string, map[string]any) (int, string) { return c.status, c.text })
			for k, v := range c.env {
				t.Setenv(k, v)
			}
			for _, gate := range []verify.Gate{verify.CDCReady, verify.CDC, verify.CutoverReady, verify.Cutover, verify.After} {
				r := run(t, gate, cloud.Usual)
				require.Equal(t, 3, r.ExitCode(), gate)
				for _, x := range r.Results {
					require.Equal(t, verify.Unknown, x.Status, x.Code)
					require.Contains(t, x.Detail, c.want)
					require.NotEmpty(t, x.Hint)
					require.NotContains(t, x.Detail+x.Hint, "canary-of-the-key")
				}
			}
		})
	}
}

// A question whose answer has more than one page is asked to its end; what is not there is no error.
func TestPages(t *testing.T) {
	answering(t, func(operation string, body map[string]any) (int, string) {
		marker, _ := body["Marker"].(string)
		switch operation + marker {
		case "DescribeReplicationInstances":
			return 200, `{"ReplicationInstances": [{"ReplicationInstanceArn": "arn:i", "ReplicationInstanceStatus": "available"}]}`
		case "DescribeReplicationTasks":
			return 200, `{"Marker": "next", "ReplicationTasks": [{"ReplicationTaskIdentifier": "shop-dms-slot-01", "ReplicationTaskArn": "arn:1"}]}`
		case "DescribeReplicationTasksnext":
			return 200, `{"ReplicationTasks": [{"ReplicationTaskIdentifier": "shop-dms-slot-02", "ReplicationTaskArn": "arn:2"}]}`
		case "DescribeEndpoints":
			return 400, `{"__type": "ResourceNotFoundFault", "message": "No Endpoints found matching"}`
		case "DescribeConnections":
			return 200, `{"Connections": [{"EndpointArn": "arn:e", "Status": "successful"}]}`
		case "ListTagsForResource":
			return 200, `{"TagList": [{"Key": "a", "Value": "b", "ResourceArn": "arn:2"}]}`
		case "DescribeTableStatistics":
			return 200, `{"Marker": "next", "TableStatistics": [{"TableName": "a"}]}`
		case "DescribeTableStatisticsnext":
			return 200, `{"TableStatistics": [{"TableName": "b"}]}`
		}
		return 500, ""
	})
	a := &account{configure: cloud.Usual}
	f, err := a.look(t.Context(), plan().DMS)
	require.NoError(t, err)
	require.Len(t, f.tasks, 2)
	require.Empty(t, f.endpoints)
	require.Equal(t, "available", aws.ToString(f.instance.ReplicationInstanceStatus))
	require.Equal(t, "successful", aws.ToString(f.connections["arn:e"].Status))
	require.Equal(t, map[string]map[string]string{"arn:2": {"a": "b"}}, f.tags)
	rows, err := a.statistics(t.Context(), "arn:1")
	require.NoError(t, err)
	require.Len(t, rows, 2)
}

// A log keeps what was logged once. What was logged before it was dealt with is told, and decides nothing; what comes later does.
func TestLogsSince(t *testing.T) {
	const before, after = 1795780800000, 1795784400000 // 2026-11-27 12:00 and 13:00 UTC
	events := map[int64]string{before: "[TARGET_APPLY    ]E:  secret SqlState: 23505 (x.c:1)"}
	answering(t, func(operation string, body map[string]any) (int, string) {
		switch operation {
		case "DescribeReplicationInstances":
			return 200, `{"ReplicationInstances": [{"ReplicationInstanceArn": "arn:i", "ReplicationInstanceStatus": "available"}]}`
		case "DescribeReplicationTasks":
			return 200, `{"ReplicationTasks": [{"ReplicationTaskIdentifier": "shop-dms-slot-01", "ReplicationTaskArn": "arn:1", "Status": "running", "ReplicationTaskSettings": "{\"Logging\": {\"EnableLogging\": true}}"}]}`
		case "FilterLogEvents":
			from, _ := body["startTime"].(float64)
			to, bounded := body["endTime"].(float64)
			var found []map[string]any
			for at, text := range events {
				if at >= int64(from) && (!bounded || at <= int64(to)) {
					found = append(found, map[string]any{"timestamp": at, "message": text})
				}
			}
			b, _ := json.Marshal(map[string]any{"events": found})
			return 200, string(b)
		}
		return 200, `{}`
	})
	logs := func(since time.Time) []verify.Result {
		checks := slices.DeleteFunc(Checks(cloud.Usual), func(c verify.Check) bool { return c.Code != Logs })
		state := aScene(t, nil).state
		begun := time.UnixMilli(before).Add(-time.Hour)
		x := state.Tasks["dms_slot_01"]
		x.StartedAt = &begun
		state.Tasks["dms_slot_01"] = x
		return verify.Run(t.Context(), verify.Env{Gate: verify.CDC, Plan: plan(), State: state, LogsSince: since}, checks, nil).Results
	}
	const other = "skip dms_slot_02"
	const told = "warn dms_slot_01: acknowledged by --logs-since, and left out: 1 line from before 2026-11-27T12:30:00Z: errors of TARGET_APPLY (x.c:1), SQLSTATE 23505 (1)"
	since := time.UnixMilli(before).Add(30 * time.Minute)
	says(t, logs(time.Time{}), "fail dms_slot_01: errors of TARGET_APPLY|1 line, the last at 2026-11-27T12:00:00Z|--logs-since TIME", other)
	says(t, logs(time.UnixMilli(before)), "fail dms_slot_01: errors of TARGET_APPLY|since 2026-11-27T12:00:00Z", other)
	says(t, logs(time.UnixMilli(before).Add(-2*time.Hour)), "fail dms_slot_01: errors of TARGET_APPLY|1 line, the last at", other) // before the task was
	says(t, logs(since), told, "pass dms_slot_01: no errors, no warnings, nothing truncated, since 2026-11-27T12:30:00Z", other)
	events[after] = "[SOURCE_CAPTURE  ]E:  secret (y.c:1)"
	says(t, logs(since), told, "fail dms_slot_01: errors of SOURCE_CAPTURE (y.c:1): 1 line, since 2026-11-27T12:30:00Z, the last at 2026-11-27T13:00:00Z", other)
}

// The policy of docs/dms.md allows what the checks ask, and no more.
func TestPolicy(t *testing.T) {
	answering(t, func(operation string, _ map[string]any) (int, string) {
		switch operation {
		case "DescribeReplicationInstances":
			return 200, `{"ReplicationInstances": [{"ReplicationInstanceArn": "arn:i", "ReplicationInstanceStatus": "available"}]}`
		case "DescribeReplicationTasks":
			return 200, `{"ReplicationTasks": [{"ReplicationTaskIdentifier": "shop-dms-slot-01", "ReplicationTaskArn": "arn:1", "Status": "running", "ReplicationTaskSettings": "{\"Logging\": {\"EnableLogging\": true}}"}]}`
		case "DescribeReplicationTaskAssessmentRuns":
			return 200, `{"ReplicationTaskAssessmentRuns": [{"ReplicationTaskAssessmentRunArn": "arn:run", "ReplicationTaskArn": "arn:1", "IsLatestTaskAssessmentRun": true, "Status": "passed"}]}`
		case "FilterLogEvents":
			return 400, `{"__type": "AccessDeniedException", "message": "no"}`
		}
		return 200, `{}`
	})
	var mu sync.Mutex
	asked := map[string]bool{}
	recording := func(ctx context.Context) (aws.Config, error) {
		c, err := cloud.Usual(ctx)
		c.APIOptions = append(c.APIOptions, func(s *middleware.Stack) error {
			return s.Initialize.Add(middleware.InitializeMiddlewareFunc("recording", func(ctx context.Context, in middleware.InitializeInput, next middleware.InitializeHandler) (middleware.InitializeOutput, middleware.Metadata, error) {
				mu.Lock()
				asked[cloud.Action(awsmiddleware.GetServiceID(ctx), awsmiddleware.GetOperationName(ctx))] = true
				mu.Unlock()
				return next.HandleInitialize(ctx, in)
			}), middleware.After)
		})
		return c, err
	}
	for _, gate := range verify.Gates {
		run(t, gate, recording)
	}
	file, err := os.ReadFile("../../docs/dms.md")
	require.NoError(t, err)
	var policy struct {
		Statement []struct{ Action []string }
	}
	block := regexp.MustCompile("(?s)```json\n(.*?)```").FindSubmatch(file)
	require.NotNil(t, block)
	require.NoError(t, json.Unmarshal(block[1], &policy))
	allowed := map[string]bool{}
	for _, s := range policy.Statement {
		for _, a := range s.Action {
			allowed[a] = true
		}
	}
	require.Equal(t, allowed, asked)
}

func TestCatalogue(t *testing.T) {
	for _, c := range Checks(nil) {
		require.Regexp(t, `^G[0-8]-[A-Z]+$`, c.Code)
		require.True(t, c.Engines.Have(planner.EngineDMS) || c.Engines.Have(planner.EngineDMSFull))
		require.Equal(t, verify.AWS, c.Family)
		for _, text := range []string{c.Title, c.Why, c.Remedy} {
			require.NotEmpty(t, text, c.Code)
		}
		require.NotEmpty(t, c.Gates, c.Code)
		require.NotNil(t, c.Run, c.Code)
	}
	r := verify.Run(t.Context(), verify.Env{Gate: verify.CDC}, Checks(cloud.Usual), nil)
	for _, x := range r.Results {
		require.Equal(t, verify.Skip, x.Status, "a plan without tasks asks nobody")
		require.False(t, x.Undecided)
	}
}

// What CloudWatch answers becomes series by task, oldest first, whatever page and order it comes in.
func TestMetrics(t *testing.T) {
	now := time.Date(2026, 11, 27, 12, 0, 0, 0, time.UTC)
	calls, asked := 0, ""
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		calls++
		asked = r.URL.Path
		series := func(id string, minutes ...int) cbor.Map {
			times, values := cbor.List{}, cbor.List{}
			for _, m := range minutes {
				times = append(times, &cbor.Tag{ID: 1, Value: cbor.Float64(now.Add(time.Duration(m) * time.Minute).Unix())})
				values = append(values, cbor.Float64(m+100))
			}
			return cbor.Map{"Id": cbor.String(id), "Timestamps": times, "Values": values}
		}
		answer := cbor.Map{"MetricDataResults": cbor.List{series("m0", -1, -5)}, "NextToken": cbor.String("more")}
		if calls > 1 {
			answer = cbor.Map{"MetricDataResults": cbor.List{series("m0", -9)}}
		}
		w.Header().Set("Smithy-Protocol", "rpc-v2-cbor")
		w.Header().Set("Content-Type", "application/cbor")
		_, _ = w.Write(cbor.Encode(answer))
	}))
	defer s.Close()
	a := &account{configure: func(context.Context) (aws.Config, error) {
		return aws.Config{Region: "eu-central-1", BaseEndpoint: aws.String(s.URL), Credentials: aws.AnonymousCredentials{}}, nil
	}}
	got, err := a.metrics(t.Context(), map[string][]string{"shop-task-01": {targetLatency}}, nil, now)
	require.NoError(t, err)
	require.Equal(t, 2, calls)
	require.True(t, strings.HasSuffix(asked, "/operation/GetMetricData"), asked)
	require.Equal(t, map[string]series{"shop-task-01": {targetLatency: {{now.Add(-9 * time.Minute), 91}, {now.Add(-5 * time.Minute), 95}, {now.Add(-time.Minute), 99}}}}, got)
}

// At the gate cutover the tasks are stopped. What they had given up by then, and what their logs say, counts all the same; that they stand does not.
func TestStoppedTasks(t *testing.T) {
	state, lines := "Table completed", "[]"
	answering(t, func(operation string, body map[string]any) (int, string) {
		arn, _ := body["ReplicationTaskArn"].(string)
		number := strings.TrimPrefix(arn, "arn:")
		switch operation {
		case "DescribeReplicationInstances":
			return 200, `{"ReplicationInstances": [{"ReplicationInstanceArn": "arn:i", "ReplicationInstanceStatus": "available"}]}`
		case "DescribeReplicationTasks":
			const task = `{"ReplicationTaskIdentifier": "shop-dms-slot-0%[1]d", "ReplicationTaskArn": "arn:%[1]d", "Status": "stopped", "StopReason": "Stop Reason NORMAL", "ReplicationTaskSettings": "{\"Logging\": {\"EnableLogging\": true}}"}`
			return 200, `{"ReplicationTasks": [` + fmt.Sprintf(task, 1) + `, ` + fmt.Sprintf(task, 2) + `]}`
		case "DescribeTableStatistics":
			const row = `{"SchemaName": %q, "TableName": %q, "TableState": %q}`
			rows := []string{fmt.Sprintf(row, "pgcutover", "marker_dms_slot_0"+number, "Table completed")}
			for _, n := range plan().Groups[map[string]int{"1": 0, "2": 1}[number]].Tables {
				rows = append(rows, fmt.Sprintf(row, n.Schema, n.Name, state))
			}
			return 200, `{"TableStatistics": [` + strings.Join(rows, ", ") + `]}`
		case "FilterLogEvents":
			return 200, `{"events": ` + lines + `}`
		}
		return 200, `{}`
	})
	asked := func() map[string]verify.Status {
		out := map[string]verify.Status{}
		for _, r := range run(t, verify.Cutover, cloud.Usual).Results {
			out[r.Code+" "+r.Subject] = r.Status
		}
		return out
	}
	want := func(tables, logs verify.Status) map[string]verify.Status {
		return map[string]verify.Status{
			"G5-TABLES dms_slot_01": tables, "G5-TABLES dms_slot_02": tables, "G5-LOGS dms_slot_01": logs, "G5-LOGS dms_slot_02": logs,
			"G7-TASKS dms_slot_01": verify.Pass, "G7-TASKS dms_slot_02": verify.Pass,
		}
	}
	require.Equal(t, want(verify.Pass, verify.Pass), asked())
	state = "Table error"
	require.Equal(t, want(verify.Fail, verify.Pass), asked())
	state, lines = "Table completed", `[{"message": "2026-02-22T11:23:24 [TARGET_APPLY    ]E:  no (x.c:1)"}]`
	require.Equal(t, want(verify.Pass, verify.Fail), asked())
}
