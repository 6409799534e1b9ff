package render_test

import (
	"context"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs/types"
	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/pgcutover/pgcutover/analyze"
	"github.com/pgcutover/pgcutover/analyze/catalog"
	"github.com/pgcutover/pgcutover/planner"
	"github.com/pgcutover/pgcutover/verify"
	"github.com/pgcutover/pgcutover/verify/dms"
	"github.com/pgcutover/pgcutover/verify/rehearse/cluster"
)

// awsConfig asks the local AWS of a lab.
func (l *lab) awsConfig(context.Context) (aws.Config, error) {
	c := aws.Config{Region: "eu-central-1", Credentials: credentials.NewStaticCredentialsProvider("nobody", "nothing", "")}
	for _, v := range l.env {
		if url, ok := strings.CutPrefix(v, "AWS_ENDPOINT_URL="); ok {
			c.BaseEndpoint = aws.String(url)
		}
	}
	return c, nil
}

// verify runs checks of a gate by their codes, and returns what did not pass, as "status CODE subject: detail -> hint".
func (l *lab) verify(t *testing.T, gate verify.Gate, codes ...string) []string {
	t.Helper()
	return l.verifyAs(t, "postgres", gate, codes...)
}

// verifyAs is verify by a role of the servers.
func (l *lab) verifyAs(t *testing.T, role string, gate verify.Gate, codes ...string) []string {
	t.Helper()
	return gateSays(t, l.plan, l.state(t), map[verify.Side]*cluster.Cluster{verify.Source: l.src, verify.Target: l.dst}, role, gate, verify.ChecksOf(l.plan, dms.Checks(l.awsConfig)...), codes...)
}

// inventoriesOf reads the inventories of servers, for the gates.
func inventoriesOf(servers map[verify.Side]*cluster.Cluster) func(context.Context, verify.Side) (analyze.Inventory, error) {
	return func(ctx context.Context, side verify.Side) (analyze.Inventory, error) {
		conn, err := pgx.Connect(ctx, servers[side].DSN("shop"))
		if err != nil {
			return analyze.Inventory{}, err
		}
		defer conn.Close(context.WithoutCancel(ctx))
		return catalog.Read(ctx, conn, catalog.Options{})
	}
}

// gateSays is a line for each result of some checks of a gate that is no pass.
func gateSays(t *testing.T, plan planner.Plan, stateJSON string, servers map[verify.Side]*cluster.Cluster, role string, gate verify.Gate, all []verify.Check, codes ...string) []string {
	t.Helper()
	state, err := verify.DecodeState(strings.NewReader(stateJSON))
	require.NoError(t, err)
	env := verify.Env{
		Gate: gate, Plan: plan, State: &state, Sides: slices.Sorted(maps.Keys(servers)), Settle: 50 * time.Millisecond, Patience: 50 * time.Millisecond,
		Open: func(ctx context.Context, side verify.Side) (verify.Session, error) {
			conn, err := pgx.Connect(ctx, servers[side].DSN("shop"))
			if err != nil {
				return nil, err
			}
			_, err = conn.Exec(ctx, "set role "+role)
			return conn, err
		},
		Inventory: inventoriesOf(servers),
	}
	checks := slices.DeleteFunc(all, func(c verify.Check) bool { return !slices.Contains(codes, c.Code) || !slices.Contains(c.Gates, gate) })
	require.Len(t, checks, len(codes), "a code of another gate")
	var out []string
	for _, r := range verify.Run(t.Context(), env, checks, nil).Results {
		if r.Status != verify.Pass {
			out = append(out, fmt.Sprintf("%s %s %s: %s -> %s", r.Status, r.Code, r.Subject, r.Detail, r.Hint))
		}
	}
	return out
}

// says wants lines to hold, each in its turn, all the words of one entry (separated by "|"), and no other lines.
func says(t *testing.T, lines []string, want ...string) {
	t.Helper()
	require.Len(t, lines, len(want), "%s", strings.Join(lines, "\n"))
	for i, words := range want {
		for word := range strings.SplitSeq(words, "|") {
			require.Contains(t, lines[i], word)
		}
	}
}

// The gates see what the scripts make, and what is not as the scripts make it.
func TestDMSGates(t *testing.T) {
	l := newDMSLab(t, planner.FormatCLI)
	l.site(t)
	const folder = "50-cdc/dms/"
	ready := []string{"G4-INST", "G4-EP", "G4-CONN", "G4-TASK", "G4-START", "G4-SET", "G4-MAP"}

	says(t, l.verify(t, verify.CDCReady, "G4-INST", "G4-EP", "G4-CONN", "G4-TASK"),
		"fail G4-INST shop-dms|there is no replication instance|53-deploy.sh", "fail G4-EP shop-source-01|there is no endpoint", "fail G4-EP shop-source-02", "fail G4-EP shop-target", "skip G4-CONN",
		"fail G4-TASK dms_slot_01|there is no task shop-dms-slot-01|53-deploy.sh", "fail G4-TASK dms_slot_02")
	l.must(t, folder+"53-deploy.sh")
	says(t, l.verify(t, verify.CDCReady, "G4-INST", "G4-EP", "G4-CONN"), "fail G4-CONN shop-source-01|has not been tested|54-test-connections.sh", "fail G4-CONN shop-source-02", "fail G4-CONN shop-target")
	l.must(t, folder+"54-test-connections.sh")
	lsn := l.pausedAndLoaded(t)
	says(t, l.verify(t, verify.CDCReady, "G4-TRIM", "G4-LSN"), "fail G4-TRIM dms_slot_01|before "+lsn+" where its task starts|52-trim.sh", "fail G4-TRIM dms_slot_02")
	l.must(t, folder+"52-trim.sh")
	l.must(t, folder+"53-deploy.sh")
	says(t, l.verify(t, verify.CDCReady, "G4-TRIM", "G4-LSN"))
	says(t, l.verify(t, verify.CDCReady, ready...))

	// AWS's own assessment: the bucket tells the local server how it ends.
	says(t, l.verify(t, verify.CDCReady, "G4-ASSESS"), "skip G4-ASSESS dms_slot_01|has not been assessed|54-assess.sh dms_slot_01", "skip G4-ASSESS dms_slot_02")
	l.refused(t, []string{"PGCUTOVER_DMS_ASSESSMENT_BUCKET is not set", "env.example"}, folder+"54-assess.sh")
	l.env = append(l.env, "PGCUTOVER_DMS_ASSESSMENT_ROLE=arn:aws:iam::000000000000:role/assessments")
	l.with(t, "PGCUTOVER_DMS_ASSESSMENT_BUCKET=passed", func() {
		said := l.must(t, folder+"54-assess.sh")
		require.Contains(t, said, "shop-dms-slot-01: 3 assessments are asked for")
		require.Contains(t, said, "dms_slot_02: postgres-check-idle-in-transaction-session-timeout: warning, as expected: 0 for the roles")
	})
	says(t, l.verify(t, verify.CDCReady, "G4-ASSESS"))
	l.with(t, "PGCUTOVER_DMS_ASSESSMENT_BUCKET=failed", func() {
		l.refused(t, []string{"dms_slot_02: postgres-check-pk-lob: failed", "s3://failed/pgcutover/shop-dms", "1 assessments failed"}, folder+"54-assess.sh", "dms_slot_02")
	})
	says(t, l.verify(t, verify.CDCReady, "G4-ASSESS"), "warn G4-ASSESS dms_slot_02: postgres-check-pk-lob (failed)|s3://failed/pgcutover/shop-dms")

	// What is planned otherwise is not what is there.
	plan := l.plan
	l.plan.DMS.Tasks = slices.Clone(plan.DMS.Tasks)
	l.plan.DMS.Tasks[0].LOBMaxKB, l.plan.DMS.Tasks[1].FailOnTruncation, l.plan.DMS.Tasks[1].Unlimited = 128, true, nil
	l.plan.DMS.Instance.EngineVersion = "3.6.1"
	says(t, l.verify(t, verify.CDCReady, "G4-INST", "G4-EP", "G4-SET", "G4-MAP"), "warn G4-INST shop-dms|3.5.4, and the plan has 3.6.1", "fail G4-EP shop-source-02|FailTasksOnLobTruncation is false, and should be true",
		"fail G4-SET dms_slot_01|$.TargetMetadata.LobMaxSize is 64, and should be 128", "fail G4-SET dms_slot_02|$.ErrorBehavior.DataTruncationErrorPolicy", "fail G4-MAP dms_slot_02|has settings of its own for|which the plan does not")
	l.plan = plan

	// A position that has moved, a task that nobody knows, a task that somebody started.
	recorded := l.state(t)
	restore := func() { require.NoError(t, os.WriteFile(l.dir+"/state.json", []byte(recorded), 0o600)) }
	at := l.src.MustPsql(t, "shop", "select pg_current_wal_insert_lsn()")
	l.editState(t, func(state map[string]any) { state["pause"].(map[string]any)["lsn"] = at })
	says(t, l.verify(t, verify.CDCReady, "G4-START"), "fail G4-START dms_slot_01|starts at "+lsn+", before "+at+"|58-delete.sh --slot dms_slot_01 --yes, then 53-deploy.sh", "fail G4-START dms_slot_02")
	l.editState(t, func(state map[string]any) { state["pause"].(map[string]any)["lsn"] = "0/10" })
	says(t, l.verify(t, verify.CDCReady, "G4-START"), "fail G4-START dms_slot_01|past 0/10 where the copy ends", "fail G4-START dms_slot_02")
	restore()
	l.editState(t, func(state map[string]any) { delete(state, "tasks") })
	says(t, l.verify(t, verify.CDCReady, "G4-TASK")[:1], "fail G4-TASK dms_slot_01|state.json does not know the task shop-dms-slot-01|58-delete.sh --slot dms_slot_01 --yes, then 53-deploy.sh")
	restore()
	says(t, l.verify(t, verify.CDC, "G5-TASK"), "fail G5-TASK dms_slot_01|has not been started|55-start.sh dms_slot_01", "fail G5-TASK dms_slot_02")
	arn := l.aws(t, "dms", "describe-replication-tasks", "--filters", "Name=replication-task-id,Values=shop-dms-slot-02", "--query", "ReplicationTasks[0].ReplicationTaskArn")
	l.aws(t, "dms", "start-replication-task", "--replication-task-arn", arn, "--start-replication-task-type", "start-replication")
	says(t, l.verify(t, verify.CDC, "G5-TASK"), "fail G5-TASK dms_slot_01", "fail G5-TASK dms_slot_02|55-start.sh did not start it|82-restart-slot.sh dms_slot_02")
	says(t, l.verify(t, verify.CDCReady, "G4-TASK"), "fail G4-TASK dms_slot_02|not by 55-start.sh")

	// Running.
	l.editState(t, func(state map[string]any) {
		state["tasks"].(map[string]any)["dms_slot_02"].(map[string]any)["started_at"] = time.Now().UTC().Format(time.RFC3339)
	})
	l.must(t, folder+"55-start.sh", "--interval", "0")
	says(t, l.verify(t, verify.CDC, "G4-INST", "G4-EP", "G4-SET", "G4-MAP", "G5-TASK"))
	says(t, l.verify(t, verify.CDCReady, "G4-TASK")[:1], "fail G4-TASK dms_slot_01|it has been started already|pgcutover verify cdc")
	says(t, l.verify(t, verify.CDC, "G5-READ"), "fail G5-READ dms_slot_01|nobody reads it|57-resume.sh dms_slot_01", "fail G5-READ dms_slot_02") // the local tasks do nothing
	// The local server knows no statistics of tables: no answer is no pass.
	says(t, l.verify(t, verify.CDC, "G5-TABLES"), "unknown G5-TABLES dms_slot_01|dms:DescribeTableStatistics", "unknown G5-TABLES dms_slot_02")
	l.logs(t)

	l.must(t, folder+"56-stop.sh", "dms_slot_01")
	says(t, l.verify(t, verify.CDC, "G5-TASK"), "fail G5-TASK dms_slot_01|is stopped|57-resume.sh dms_slot_01")
	says(t, l.verify(t, verify.Cutover, "G7-TASKS"), "fail G7-TASKS dms_slot_02|is running|56-stop.sh dms_slot_02")
	l.must(t, folder+"56-stop.sh")
	says(t, l.verify(t, verify.Cutover, "G7-TASKS"))
	says(t, l.verify(t, verify.After, "G8-TASKS"), "warn G8-TASKS shop-dms|still there|58-delete.sh --all --yes")
	l.must(t, folder+"58-delete.sh", "--all", "--yes")
	says(t, l.verify(t, verify.After, "G8-TASKS"))
	says(t, l.verify(t, verify.CDC, "G5-TASK"), "fail G5-TASK dms_slot_01|has run, and is gone|82-restart-slot.sh dms_slot_01", "fail G5-TASK dms_slot_02")
}

// logs has CloudWatch know what AWS DMS would have told it.
func (l *lab) logs(t *testing.T) {
	t.Helper()
	c, _ := l.awsConfig(t.Context())
	// The SDK asks CloudWatch in a protocol that the local server does not speak.
	says(t, l.verify(t, verify.CDC, "G5-LATENCY", "G5-LOGS"), "unknown G5-LATENCY|cloudwatch:GetMetricData",
		"unknown G5-LOGS dms_slot_01|has no log dms-task-shop-task-01 in dms-tasks-shop-dms", "unknown G5-LOGS dms_slot_02")
	group, client := aws.String("dms-tasks-shop-dms"), cloudwatchlogs.NewFromConfig(c)
	_, err := client.CreateLogGroup(t.Context(), &cloudwatchlogs.CreateLogGroupInput{LogGroupName: group})
	require.NoError(t, err)
	for stream, lines := range map[string][]string{
		"dms-task-shop-task-01": {"2026-11-27T11:23:24 [TASK_MANAGER    ]I:  Task 'x' running full load and CDC in fresh start mode  (replicationtask.c:1)"},
		"dms-task-shop-task-02": {
			"2026-11-27T11:23:24 [SOURCE_CAPTURE  ]W:  Value of column 'c' in table 'public.nokey' was truncated to 131072 bytes, actual length: 143687 bytes (postgres_pglogical.c:2550)",
			"2026-11-27T11:23:25 [TARGET_APPLY    ]I:  Bulk apply operation failed. Trying to execute bulk statements in 'one-by-one' mode  (bulk_apply.c:2000)",
			"2026-11-27T11:23:26 [TARGET_APPLY    ]E:  RetCode: SQL_ERROR SqlState: 23505 NativeError: 1 Message: ERROR: duplicate key value; Key (email)=(secret@example.test) [1022502] (ar_odbc_stmt.c:2816)",
		},
	} {
		_, err := client.CreateLogStream(t.Context(), &cloudwatchlogs.CreateLogStreamInput{LogGroupName: group, LogStreamName: aws.String(stream)})
		require.NoError(t, err)
		var events []types.InputLogEvent
		for _, line := range lines {
			events = append(events, types.InputLogEvent{Message: aws.String(line), Timestamp: aws.Int64(time.Now().UnixMilli())})
		}
		_, err = client.PutLogEvents(t.Context(), &cloudwatchlogs.PutLogEventsInput{LogGroupName: group, LogStreamName: aws.String(stream), LogEvents: events})
		require.NoError(t, err)
	}
	found := l.verify(t, verify.CDC, "G5-LOGS")
	says(t, found, "fail G5-LOGS dms_slot_02: values of public.nokey were truncated: 1 line|--restart slot=dms_slot_02 --running", "warn G5-LOGS dms_slot_02: batches fell back to single rows",
		"fail G5-LOGS dms_slot_02: errors of TARGET_APPLY (ar_odbc_stmt.c:2816), SQLSTATE 23505: 1 line|aws logs filter-log-events --log-group-name dms-tasks-shop-dms")
	require.NotContains(t, strings.Join(found, ""), "secret@example.test")
}
