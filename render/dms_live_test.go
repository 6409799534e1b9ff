package render_test

import (
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/pgcutover/pgcutover/analyze"
	"github.com/pgcutover/pgcutover/planner"
	"github.com/pgcutover/pgcutover/verify"
	"github.com/pgcutover/pgcutover/verify/rehearse/cluster"
)

// awsTool is a program that .ci/aws has fetched.
func awsTool(t *testing.T, name string) string {
	t.Helper()
	path, err := filepath.Abs(filepath.Join("..", ".cache", "aws", "bin", name))
	require.NoError(t, err)
	if _, err := os.Stat(path); err != nil {
		cluster.Refuse(t, fmt.Errorf("%s is not there: make aws", path))
	}
	return path
}

// startAWS starts a local server of AWS's APIs and returns what the AWS CLI needs in its environment to ask it. pages of docs, apart by spaces, list the rights for what is asked.
func startAWS(t *testing.T, pages string, env ...string) []string {
	t.Helper()
	python := awsTool(t, "python")
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	port := l.Addr().(*net.TCPAddr).Port
	require.NoError(t, l.Close())
	log, err := os.Create(filepath.Join(t.TempDir(), "moto.log"))
	require.NoError(t, err)
	cmd := exec.CommandContext(t.Context(), python, filepath.Join("..", ".ci", "aws-server.py"), fmt.Sprint(port))
	cmd.Stdout, cmd.Stderr, cmd.Env = log, log, append(os.Environ(), env...)
	require.NoError(t, cmd.Start())
	t.Cleanup(func() {
		_ = cmd.Wait() // the test's context has ended it
		log.Close()
	})
	url := fmt.Sprintf("http://127.0.0.1:%d", port)
	require.Eventually(t, func() bool {
		r, err := http.Get(url + "/moto-api/")
		if err == nil {
			r.Body.Close()
		}
		return err == nil
	}, time.Minute, 100*time.Millisecond)
	return []string{"AWS_ENDPOINT_URL=" + url, "AWS_REGION=eu-central-1", "AWS_DEFAULT_REGION=eu-central-1", "AWS_ACCESS_KEY_ID=nobody", "AWS_SECRET_ACCESS_KEY=nothing", "AWS_EC2_METADATA_DISABLED=true",
		"AWS_CONFIG_FILE=/dev/null", "AWS_SHARED_CREDENTIALS_FILE=/dev/null", "PGCUTOVER_AWS=" + recorded(t, awsCLI(t), pages)}
}

// dmsPlan is the sample plan with its part for AWS DMS.
func dmsPlan(format string) planner.Plan {
	p := samplePlan()
	p.Options.CDC = planner.Defaults().CDC
	p.Options.CDC.Format = format
	p.DMS = planner.DMS{Name: "shop", Instance: planner.DMSInstance{Class: "dms.r6i.large", StorageGB: 100, EngineVersion: "3.5.4"}}
	for i, g := range p.Groups {
		p.DMS.Tasks = append(p.DMS.Tasks, planner.DMSTask{
			Group: g.Number, Identifier: "shop-" + strings.ReplaceAll(g.Slot, "_", "-"), Endpoint: fmt.Sprintf("shop-source-%02d", i+1), LOBMaxKB: 64, FailOnTruncation: i == 0,
		})
	}
	p.Groups[1].BatchApply = false
	p.DMS.Tasks[1].VarcharMaxBytes = 9000
	p.DMS.Tasks[1].Unlimited = []planner.DMSTable{{Name: hostile, Reason: "Its values are large."}}
	p.DMS.Tasks[0].Removed = []analyze.ColumnRef{{Table: calls, Column: "made_up"}}
	return p
}

// newDMSLab is a lab that has slots, with a local AWS.
func newDMSLab(t *testing.T, format string) *lab {
	t.Helper()
	aws := startAWS(t, "dms.md")
	l := newLab(t)
	p := dmsPlan(format)
	p.Source.VersionNum = l.plan.Source.VersionNum
	l.render(t, p)
	l.env = append(l.env, aws...)
	l.must(t, "10-source/13-role.sql")
	l.ready(t)
	return l
}

// site gives the lab what a site decides.
func (l *lab) site(t *testing.T) {
	t.Helper()
	subnets := strings.Fields(l.aws(t, "ec2", "describe-subnets", "--query", "Subnets[0:2].SubnetId"))
	require.Len(t, subnets, 2)
	l.env = append(l.env, "PGCUTOVER_DMS_SUBNETS="+strings.Join(subnets, ","), "PGCUTOVER_DMS_SECURITY_GROUPS=sg-0123456789abcdef0",
		"PGCUTOVER_DMS_SOURCE_SECRET=arn:aws:secretsmanager:eu-central-1:000000000000:secret:source", "PGCUTOVER_DMS_TARGET_SECRET=arn:aws:secretsmanager:eu-central-1:000000000000:secret:target",
		"PGCUTOVER_DMS_SECRETS_ROLE=arn:aws:iam::000000000000:role/secrets")
}

func (l *lab) aws(t *testing.T, args ...string) string {
	t.Helper()
	cmd := exec.Command(awsCLI(t), append(args, "--output", "text")...)
	cmd.Env = l.env
	out, err := cmd.Output()
	var said []byte
	if e, ok := err.(*exec.ExitError); ok { //nolint:errorlint // nothing wraps it
		said = e.Stderr
	}
	require.NoError(t, err, "%s: %s", args, said)
	return strings.TrimSpace(string(out))
}

// pausedAndLoaded pauses, resumes and says in state.json that the load has finished.
func (l *lab) pausedAndLoaded(t *testing.T) (lsn string) {
	t.Helper()
	l.must(t, "20-replica/21-pause.sh")
	l.must(t, "20-replica/22-resume.sh", "--force")
	l.must(t, "40-load/41-ledger.sql")
	l.editState(t, func(state map[string]any) {
		state["load"] = map[string]any{"items": 1, "bytes": 1, "rows": 1, "started_at": "2026-11-27T00:00:00Z", "finished_at": "2026-11-27T01:00:00Z"}
		lsn = state["pause"].(map[string]any)["lsn"].(string)
	})
	return lsn
}

func (l *lab) tasks(t *testing.T) map[string]verify.StateTask {
	t.Helper()
	s, err := verify.DecodeState(strings.NewReader(l.state(t)))
	require.NoError(t, err)
	return s.Tasks
}

// The life of tasks that the AWS CLI makes, from nothing to nothing, in the order of the runbook and out of it.
func TestDMSByCLI(t *testing.T) {
	l := newDMSLab(t, planner.FormatCLI)
	const folder = "50-cdc/dms/"
	l.refused(t, []string{"PGCUTOVER_DMS_SUBNETS is not set", "env.example"}, folder+"53-deploy.sh")
	l.site(t)
	require.Contains(t, l.must(t, folder+"53-deploy.sh", "--dry-run"), "would make replication instance shop-dms")
	require.Empty(t, l.aws(t, "dms", "describe-endpoints", "--query", "Endpoints[].EndpointIdentifier"))

	// Before the pause: everything but the tasks, as often as one likes.
	l.refused(t, []string{"there is no replication instance shop-dms"}, folder+"54-test-connections.sh")
	require.Contains(t, l.must(t, folder+"53-deploy.sh"), "all but 2 tasks are there")
	require.Contains(t, l.must(t, folder+"53-deploy.sh"), "endpoint shop-source-02 is there")
	require.Empty(t, l.aws(t, "dms", "describe-replication-tasks", "--query", "ReplicationTasks[].Status"))
	l.refused(t, []string{"has not been tested"}, folder+"55-start.sh")
	require.Contains(t, l.must(t, folder+"54-test-connections.sh"), "endpoint shop-source-01: successful")
	l.refused(t, []string{"there is no task shop-dms-slot-01"}, folder+"55-start.sh")
	l.refused(t, []string{"the load has not finished"}, folder+"52-trim.sh")

	lsn := l.pausedAndLoaded(t)
	require.Contains(t, l.must(t, folder+"53-deploy.sh"), "everything is there")
	require.Equal(t, "ready\tready", l.aws(t, "dms", "describe-replication-tasks", "--query", "ReplicationTasks[].Status"))
	for _, g := range l.plan.Groups { // what AWS was given is what is in the files
		for file, field := range map[string]string{"mappings": "TableMappings", "settings": "ReplicationTaskSettings"} {
			id := "Name=replication-task-id,Values=shop-" + strings.ReplaceAll(g.Slot, "_", "-")
			got := l.aws(t, "dms", "describe-replication-tasks", "--filters", id, "--query", "ReplicationTasks[0]."+field)
			want, err := os.ReadFile(l.path(folder, file, g.Slot+".json"))
			require.NoError(t, err)
			require.JSONEq(t, string(want), got)
		}
	}
	settings := l.aws(t, "dms", "describe-endpoints", "--filters", "Name=endpoint-id,Values=shop-source-02", "--query",
		"Endpoints[0].[PostgreSQLSettings.SlotName,PostgreSQLSettings.PluginName,PostgreSQLSettings.SecretsManagerSecretId,ExtraConnectionAttributes,DatabaseName,SslMode]")
	require.Equal(t, "dms_slot_02\tpglogical\tarn:aws:secretsmanager:eu-central-1:000000000000:secret:source\tunboundedVarcharMaxSize=9000\tshop\trequire", settings)

	// No task starts on a slot that still holds what the load has copied.
	l.refused(t, []string{"where its task starts", "52-trim.sh"}, folder+"55-start.sh", "--interval", "0")
	require.Contains(t, l.must(t, folder+"52-trim.sh"), "dms_slot_01 advanced from")
	require.Contains(t, l.must(t, folder+"52-trim.sh"), "dms_slot_02 stands at "+lsn+" already")
	require.Equal(t, lsn+"\n"+lsn, l.src.MustPsql(t, "shop", "select confirmed_flush_lsn from pg_replication_slots where slot_name like 'dms%' order by slot_name"))

	l.refused(t, []string{"a task that was never started: 50-cdc/dms/55-start.sh"}, folder+"57-resume.sh")
	l.refusedByAWS(t, "start-replication-task", func() {
		said, code := l.run(t, folder+"55-start.sh", "--interval", "0", "dms_slot_02")
		require.Equal(t, 2, code, said)
		require.Contains(t, said, "AccessDenied")
		require.Contains(t, said, "has not run")
	})
	require.Contains(t, l.must(t, folder+"55-start.sh", "--interval", "0", "dms_slot_02"), "shop-dms-slot-02 runs, from "+lsn)
	require.Contains(t, l.must(t, folder+"55-start.sh", "--interval", "0"), "shop-dms-slot-01 runs, from "+lsn)
	require.NotNil(t, l.tasks(t)["dms_slot_01"].StartedAt)
	require.Equal(t, lsn, l.tasks(t)["dms_slot_01"].StartLSN.String())
	l.must(t, folder+"55-start.sh")
	require.Contains(t, l.must(t, folder+"53-deploy.sh"), "is there (running)")

	// What has run is resumed, and never started again.
	require.Contains(t, l.must(t, folder+"56-stop.sh", "dms_slot_01"), "shop-dms-slot-01 is stopped")
	l.refused(t, []string{"would lose its place", "57-resume.sh dms_slot_01"}, folder+"55-start.sh")
	// A slot that is being restarted keeps no other task stopped, and its own is neither resumed nor made.
	l.must(t, folder+"56-stop.sh", "dms_slot_02")
	mark := filepath.Join(l.dir, ".pgcutover", "restarting-dms_slot_01")
	require.NoError(t, os.WriteFile(mark, []byte("begun\n"), 0o644))
	l.refused(t, []string{"slot dms_slot_01 is being restarted", "shop-dms-slot-02 goes on", "1 of 2 tasks were not resumed"}, folder+"57-resume.sh")
	l.refused(t, []string{"slot dms_slot_01 is being restarted", "82-restart-slot.sh dms_slot_01 --yes"}, folder+"53-deploy.sh")
	require.NoError(t, os.Remove(mark))
	require.Contains(t, l.must(t, folder+"57-resume.sh"), "shop-dms-slot-01 goes on")
	l.checkpoints(t, folder, lsn)

	// One slot alone. Its task is not made again at a position that it has left.
	l.refused(t, []string{"is running", "56-stop.sh dms_slot_01"}, folder+"58-delete.sh", "--slot", "dms_slot_01", "--yes")
	l.must(t, folder+"56-stop.sh")
	l.refused(t, []string{"nothing was done"}, folder+"58-delete.sh", "--slot", "dms_slot_01")
	require.Contains(t, l.aws(t, "dms", "describe-replication-tasks", "--query", "ReplicationTasks[].ReplicationTaskIdentifier"), "shop-dms-slot-01")
	said := l.must(t, folder+"58-delete.sh", "--slot", "dms_slot_01", "--yes")
	require.Contains(t, said, "task shop-dms-slot-01 is deleted")
	require.Contains(t, said, "endpoint shop-source-01 is deleted", "settings that a restart brings come with a new one")
	require.Contains(t, l.must(t, folder+"58-delete.sh", "--slot", "dms_slot_01", "--yes"), "there is no task shop-dms-slot-01 any more")
	require.Contains(t, l.must(t, folder+"53-deploy.sh"), "has run from "+lsn+" and is gone")
	require.Equal(t, "shop-dms-slot-02", l.aws(t, "dms", "describe-replication-tasks", "--query", "ReplicationTasks[].ReplicationTaskIdentifier"))

	// Its slot starts elsewhere now, and so a new task is made; the other one would be refused.
	at := l.src.MustPsql(t, "shop", "select pg_current_wal_insert_lsn()")
	require.Contains(t, l.must(t, folder+"52-trim.sh", "dms_slot_01"), "its task has run, so the task moves it")
	l.restart(t, "dms_slot_01", at)
	require.Regexp(t, "dms_slot_01 advanced from [0-9A-F/]+ to "+at, l.must(t, folder+"52-trim.sh", "dms_slot_01"))
	require.Contains(t, l.must(t, folder+"53-deploy.sh"), "task shop-dms-slot-01 is made, at "+at)
	require.Nil(t, l.tasks(t)["dms_slot_01"].StartedAt)
	l.restart(t, "dms_slot_02", at)
	l.refused(t, []string{"was made for position " + lsn, "58-delete.sh --slot dms_slot_02"}, folder+"53-deploy.sh")

	// Neither way back begins while a task is there: it could be resumed, and would go on from a position that is void.
	l.refused(t, []string{"the task of dms_slot_02 is there (stopped)", "58-delete.sh --slot dms_slot_02 --yes"}, "80-recovery/82-restart-slot.sh", "dms_slot_02", "--yes")
	l.refused(t, []string{"the task of dms_slot_01 is there (ready)", "the task of dms_slot_02 is there (stopped)"}, "80-recovery/83-full-restart.sh", "--yes")
	l.refusedByAWS(t, "describe-replication-tasks", func() {
		l.refused(t, []string{"whether the task of dms_slot_01 is gone cannot be told", "whether the task of dms_slot_02 is gone cannot be told"}, "80-recovery/83-full-restart.sh", "--yes")
	})

	// What an earlier run has left is nobody's until somebody says so.
	l.editState(t, func(state map[string]any) { delete(state, "tasks") })
	l.refused(t, []string{"a task shop-dms-slot-01 that state.json does not know", "58-delete.sh --slot dms_slot_01 --yes"}, folder+"53-deploy.sh")
	l.must(t, folder+"58-delete.sh", "--slot", "dms_slot_01", "--yes")
	require.Equal(t, "shop-dms-slot-02", l.aws(t, "dms", "describe-replication-tasks", "--query", "ReplicationTasks[].ReplicationTaskIdentifier"))

	// In another Region nothing is there, which is no sign that it is gone.
	s, err := verify.DecodeState(strings.NewReader(l.state(t)))
	require.NoError(t, err)
	require.Equal(t, &verify.StateAWS{Region: "eu-central-1", Account: "123456789012"}, s.AWS)
	l.with(t, "AWS_REGION=eu-west-1", func() {
		elsewhere := []string{"AWS is asked in eu-west-1, account 123456789012, and what this migration has is in eu-central-1, account 123456789012"}
		for _, args := range [][]string{{"53-deploy.sh"}, {"58-delete.sh", "--slot", "dms_slot_02", "--yes"}, {"58-delete.sh", "--all", "--yes"}, {"55-start.sh"}} {
			l.refused(t, elsewhere, folder+args[0], args[1:]...)
		}
		l.editState(t, func(state map[string]any) {
			state["tasks"] = map[string]any{"dms_slot_02": map[string]any{"start_lsn": lsn}}
		})
		l.refused(t, append(elsewhere, "whether the task of dms_slot_02 is gone cannot be told"), "80-recovery/83-full-restart.sh", "--yes")
	})

	// Half of it is gone, and so is the source.
	arn := l.aws(t, "dms", "describe-endpoints", "--filters", "Name=endpoint-id,Values=shop-source-02", "--query", "Endpoints[0].EndpointArn")
	l.aws(t, "dms", "delete-endpoint", "--endpoint-arn", arn)
	l.with(t, "PGCUTOVER_SOURCE=nowhere", func() {
		require.Contains(t, l.must(t, folder+"58-delete.sh", "--all", "--yes"), "subnet group shop-dms is deleted")
	})
	for _, what := range []string{"describe-replication-tasks", "describe-endpoints", "describe-replication-instances", "describe-replication-subnet-groups"} {
		require.NotContains(t, l.aws(t, "dms", what), "shop", what)
	}
	l.must(t, folder+"58-delete.sh", "--all", "--yes")
	require.NotContains(t, l.state(t), `"aws"`, "another Region may be the next")
}

// checkpoints has a task stop, and be resumed only where its checkpoint and its slot fit together.
func (l *lab) checkpoints(t *testing.T, folder, lsn string) {
	t.Helper()
	l.must(t, folder+"56-stop.sh", "dms_slot_01")
	// In place of the checkpoint: something that is never there, or is no checkpoint.
	instead := func(field string, do func()) { l.asking(t, "RecoveryCheckpoint", field, do) }
	resumed := func(args ...string) {
		require.Contains(t, l.must(t, folder+"57-resume.sh", append(args, "dms_slot_01")...), "shop-dms-slot-01 goes on")
		l.must(t, folder+"56-stop.sh", "dms_slot_01")
	}
	instead("TaskData", func() { resumed() }) // the slot stands where the task begins
	instead("MigrationType", func() {
		l.refused(t, []string{"its checkpoint cannot be read (cdc)", "cannot be told", "82-restart-slot.sh dms_slot_01"}, folder+"57-resume.sh", "dms_slot_01")
	})
	at := l.src.MustPsql(t, "shop", "insert into pgcutover.marker_dms_slot_01 select * from pgcutover.marker_dms_slot_01 where false; select pg_create_restore_point('later'); select pg_current_wal_insert_lsn()")
	at = at[strings.LastIndexByte(at, '\n')+1:]
	l.src.MustPsql(t, "shop", "select pg_replication_slot_advance('dms_slot_01', '"+at+"')")
	at = l.src.MustPsql(t, "shop", "select confirmed_flush_lsn from pg_replication_slots where slot_name = 'dms_slot_01'")
	require.NotEqual(t, lsn, at)
	instead("TaskData", func() {
		l.refused(t, []string{"it has no checkpoint", "from " + lsn + " to " + at, "cannot be told"}, folder+"57-resume.sh", "dms_slot_01")
	})
	l.refused(t, []string{"lies before " + at, "missing without an error", "82-restart-slot.sh dms_slot_01", "57-resume.sh --anyway dms_slot_01"}, folder+"57-resume.sh", "dms_slot_01")
	resumed("--anyway")
	l.must(t, folder+"57-resume.sh", "--anyway", "dms_slot_01")
}

// asking does something while the AWS CLI is asked for one thing in place of another.
func (l *lab) asking(t *testing.T, what, instead string, do func()) {
	t.Helper()
	asking := filepath.Join(l.dir, "asking-aws")
	require.NoError(t, os.WriteFile(asking, []byte(fmt.Sprintf("#!/usr/bin/env bash\ninstead=%q\nexec %s \"${@//%s/$instead}\"\n", instead, awsCLI(t), what)), 0o755))
	l.with(t, "PGCUTOVER_AWS="+asking, do)
}

// with does something with another setting in the environment.
func (l *lab) with(t *testing.T, setting string, do func()) {
	t.Helper()
	before := l.env
	l.env = append(slices.Clone(before), setting)
	defer func() { l.env = before }()
	do()
}

// restart gives a slot a position of its own, as 21-pause.sh --slot does.
func (l *lab) restart(t *testing.T, slot, lsn string) {
	t.Helper()
	l.editState(t, func(state map[string]any) { state["slots"].(map[string]any)[slot].(map[string]any)["start_lsn"] = lsn })
}

func (l *lab) editState(t *testing.T, edit func(map[string]any)) {
	t.Helper()
	var state map[string]any
	require.NoError(t, json.Unmarshal([]byte(l.state(t)), &state))
	edit(state)
	b, err := json.Marshal(state)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(l.dir, "state.json"), b, 0o600))
}

// refusedByAWS does something while AWS refuses one kind of call.
func (l *lab) refusedByAWS(t *testing.T, call string, do func()) {
	t.Helper()
	refusing := filepath.Join(l.dir, "refusing-aws")
	require.NoError(t, os.WriteFile(refusing, []byte("#!/usr/bin/env bash\nif [[ \" $* \" == *\" "+call+" \"* ]]; then\n  printf 'An error occurred (AccessDenied)\\n' >&2\n  exit 254\nfi\nexec "+awsCLI(t)+" \"$@\"\n"), 0o755))
	l.with(t, "PGCUTOVER_AWS="+refusing, do)
}

// CloudFormation takes the template and its parameters. The local server knows none of the resources of AWS DMS, so tasks are not made here.
func TestDMSByCloudFormation(t *testing.T) {
	l := newDMSLab(t, planner.FormatCloudFormation)
	l.site(t)
	const deploy = "50-cdc/dms/53-deploy.sh"
	startOf := func(number string) string {
		return l.aws(t, "cloudformation", "describe-stacks", "--stack-name", "shop-dms", "--query", "Stacks[0].Parameters[?ParameterKey=='StartLsn"+number+"'].ParameterValue")
	}
	start := func() string { return startOf("02") }
	require.Contains(t, l.must(t, deploy), "all but 2 tasks are there")
	require.Empty(t, start())
	lsn := l.pausedAndLoaded(t)
	require.Contains(t, l.must(t, deploy), "everything is there")
	require.Equal(t, lsn, start())
	l.must(t, deploy)
	require.Equal(t, lsn, l.tasks(t)["dms_slot_02"].StartLSN.String())
	const remove = "50-cdc/dms/58-delete.sh"
	for range 2 {
		l.must(t, remove, "--slot", "dms_slot_02", "--yes")
		require.Empty(t, start())
	}
	require.Contains(t, l.must(t, deploy, "--dry-run"), "nothing was changed")
	require.Empty(t, start())

	// The stack of another source, or of nobody, is not touched.
	const source = "Key=pgcutover:source,Value="
	changes := 900
	tag := func(tags ...string) {
		changes++ // the local server takes no update of tags alone
		update := []string{"cloudformation", "update-stack", "--stack-name", "shop-dms", "--use-previous-template", "--capabilities", "CAPABILITY_NAMED_IAM", "--parameters"}
		for _, name := range strings.Fields(l.aws(t, "cloudformation", "describe-stacks", "--stack-name", "shop-dms", "--query", "Stacks[0].Parameters[].ParameterKey")) {
			if name == "LatencySeconds" {
				update = append(update, fmt.Sprintf("ParameterKey=%s,ParameterValue=%d", name, changes))
				continue
			}
			update = append(update, "ParameterKey="+name+",UsePreviousValue=true")
		}
		l.aws(t, slices.Concat(update, []string{"--tags"}, tags)...)
	}
	l.editState(t, func(state map[string]any) { delete(state, "tasks") }) // as 83-full-restart.sh leaves it
	for _, args := range [][]string{{deploy}, {deploy, "--dry-run"}, {remove, "--slot", "dms_slot_01", "--yes"}, {remove, "--all", "--yes"}} {
		tag("Key=pgcutover:migration,Value=shop", source+"7399/shop")
		l.refused(t, []string{"stack shop-dms is of another migration: its tag pgcutover:source is 7399/shop"}, args[0], args[1:]...)
		tag("Key=team,Value=x")
		l.refused(t, []string{"stack shop-dms has no tag pgcutover:migration: whose it is cannot be told"}, args[0], args[1:]...)
	}
	tag("Key=pgcutover:migration,Value=shop", source+"shop")
	l.must(t, remove, "--slot", "dms_slot_01", "--yes")
	require.Empty(t, l.aws(t, "cloudformation", "describe-stacks", "--stack-name", "shop-dms", "--query", "Stacks[0].Parameters[?ParameterKey=='StartLsn01'].ParameterValue"))
	require.Contains(t, l.must(t, remove, "--all", "--yes"), "stack shop-dms is deleted")
	l.must(t, remove, "--all", "--yes")

	// A first creation that failed, which the local server's never does.
	stack := func(what string) string {
		return l.aws(t, "cloudformation", "describe-stacks", "--stack-name", "shop-dms", "--query", "Stacks[0]."+what)
	}
	l.must(t, deploy)
	failed := stack("StackId")
	l.asking(t, "StackStatus,", "'ROLLBACK_COMPLETE',", func() {
		require.Contains(t, l.must(t, deploy, "--dry-run"), "would delete what is left of it")
		require.Equal(t, failed, stack("StackId"))
		require.Contains(t, l.must(t, deploy), "stack shop-dms is deleted")
	})
	require.NotEqual(t, failed, stack("StackId"))
	// What takes no update does not keep a task from being deleted, and what can be mended says how.
	for _, status := range []string{"ROLLBACK_COMPLETE", "ROLLBACK_FAILED", "DELETE_FAILED"} {
		l.asking(t, "StackStatus,", "'"+status+"',", func() {
			require.Contains(t, l.must(t, remove, "--slot", "dms_slot_01", "--yes"), "there is no task shop-dms-slot-01 any more")
			require.NotEmpty(t, startOf("01"))
		})
	}
	l.asking(t, "StackStatus,", "'UPDATE_ROLLBACK_FAILED',", func() {
		for _, args := range [][]string{{remove, "--slot", "dms_slot_01", "--yes"}, {deploy}} {
			l.refused(t, []string{"is UPDATE_ROLLBACK_FAILED", "aws cloudformation continue-update-rollback --stack-name shop-dms"}, args[0], args[1:]...)
		}
	})
	// What is outside the stacks goes too.
	l.aws(t, "dms", "create-endpoint", "--endpoint-identifier", "shop-source-02", "--endpoint-type", "source", "--engine-name", "postgres", "--tags", "Key=pgcutover:migration,Value=shop", source+"shop")
	l.asking(t, "StackStatus,", "'DELETE_FAILED',", func() {
		l.refused(t, []string{"is DELETE_FAILED", "58-delete.sh --all --yes"}, deploy)
		said := l.must(t, remove, "--all", "--yes")
		require.Contains(t, said, "stack shop-dms is deleted")
		require.Contains(t, said, "endpoint shop-source-02 is deleted")
	})
	require.Empty(t, l.aws(t, "dms", "describe-endpoints", "--query", "Endpoints[].EndpointIdentifier"))
	l.must(t, deploy)
	l.asking(t, "StackStatus,", "'UPDATE_IN_PROGRESS',", func() {
		l.refused(t, []string{"is UPDATE_IN_PROGRESS", "wait"}, remove, "--all", "--yes")
	})
}

// A stack deletes what its new template lacks: nothing is deployed where a task is not in the stack that this bundle has it in, and nothing where that
// cannot be told. The local server makes no tasks in stacks, so the task is made by a call and the stack's answer is made up.
func TestDMSStackLosesNoTask(t *testing.T) {
	l := newDMSLab(t, planner.FormatCLI)
	l.site(t)
	const deploy = "50-cdc/dms/53-deploy.sh"
	lsn := l.pausedAndLoaded(t)
	l.must(t, deploy)
	arn := func(task string) string {
		return l.aws(t, "dms", "describe-replication-tasks", "--filters", "Name=replication-task-id,Values="+task, "--query", "ReplicationTasks[0].ReplicationTaskArn")
	}
	first, second := arn("shop-dms-slot-01"), arn("shop-dms-slot-02")
	p := dmsPlan(planner.FormatCloudFormation)
	p.Source.VersionNum = l.plan.Source.VersionNum
	l.render(t, p)
	l.editState(t, func(state map[string]any) { state["plan"] = p.Fingerprint() })
	holds := func(tasks string, do func()) { l.answering(t, "list-stack-resources", tasks, do) }

	l.refused(t, []string{"task shop-dms-slot-01 is in none of the stacks of this bundle, and this bundle has it in stack shop-dms", "could delete it"}, deploy)
	l.refused(t, []string{"task shop-dms-slot-01 is in none of the stacks"}, deploy, "--dry-run")
	require.NotContains(t, l.aws(t, "cloudformation", "describe-stacks", "--query", "Stacks[].StackName"), "shop-dms")
	tags := []string{"--tags", "Key=pgcutover:migration,Value=shop", "Key=pgcutover:source,Value=shop"}
	l.aws(t, append([]string{"cloudformation", "create-stack", "--stack-name", "shop-dms", "--template-body", `{"AWSTemplateFormatVersion":"2010-09-09","Resources":{"T":{"Type":"AWS::SNS::Topic"}}}`}, tags...)...)
	holds(first, func() { l.refused(t, []string{"task shop-dms-slot-02 is in none of the stacks"}, deploy) })
	holds("", func() { l.refused(t, []string{"task shop-dms-slot-01 is in none of the stacks"}, deploy) })
	other := strings.Replace(first, first[strings.LastIndexByte(first, ':'):], ":other", 1)
	holds(first+"\t"+second+"\tNone\t"+other, func() { // another one that is gone from AWS DMS
		require.Contains(t, l.must(t, deploy, "--dry-run"), "nothing was changed")
	})
	l.aws(t, append([]string{
		"dms", "create-replication-task", "--replication-task-identifier", "earlier", "--resource-identifier", "other", "--migration-type", "cdc", "--table-mappings", "{}", "--cdc-start-position", lsn,
		"--source-endpoint-arn", "arn:x", "--target-endpoint-arn", "arn:y", "--replication-instance-arn", "arn:z",
	}, tags...)...)
	holds(first+"\t"+second+"\t"+other, func() {
		l.refused(t, []string{"task earlier is in stack shop-dms, and this bundle knows nothing of it"}, deploy)
	})
	l.refusedByAWS(t, "list-stack-resources", func() {
		said, code := l.run(t, deploy)
		require.Equal(t, 2, code, said)
		require.Contains(t, said, "aws cloudformation list-stack-resources failed")
	})
	// A call that failed is not one that found no position.
	clients := t.TempDir()
	psql := filepath.Join(cluster.Clients(t.Context(), l.src, l.dst), "psql")
	require.NoError(t, os.WriteFile(filepath.Join(clients, "psql"), []byte("#!/usr/bin/env bash\nif [[ $* == *path=load* ]]; then\n  printf 'cut off\\n' >&2\n  exit 2\nfi\nexec "+psql+" \"$@\"\n"), 0o755))
	holds(first+"\t"+second, func() {
		l.with(t, "PGCUTOVER_PG_BIN="+clients, func() {
			said, code := l.run(t, deploy, "--dry-run")
			require.Equal(t, 2, code, said)
			require.Contains(t, said, "cut off")
		})
	})
}

// answering does something while one kind of call to AWS has a given answer, a format of printf.
func (l *lab) answering(t *testing.T, call, answer string, do func()) {
	t.Helper()
	answering := filepath.Join(l.dir, "answering-aws")
	require.NoError(t, os.WriteFile(answering, []byte("#!/usr/bin/env bash\nif [[ \" $* \" == *\" "+call+" \"* ]]; then\n  printf '"+answer+"\\n'\n  exit 0\nfi\nexec "+awsCLI(t)+" \"$@\"\n"), 0o755))
	l.with(t, "PGCUTOVER_AWS="+answering, do)
}

// Several stacks: a dry run before the first one is there makes no change sets of the others, which would ask for what it exports.
func TestDMSByStacks(t *testing.T) {
	l := newDMSLab(t, planner.FormatCloudFormation)
	l.site(t)
	p := l.plan
	p.Groups = slices.Clone(p.Groups)
	for i := range p.Groups {
		p.Groups[i].Tables = slices.Clone(p.Groups[i].Tables)
		for j := range 120 {
			p.Groups[i].Tables = append(p.Groups[i].Tables, analyze.Name{Schema: "public", Name: fmt.Sprintf("made_up_%d_%d", i, j)})
		}
	}
	l.render(t, p)
	l.editState(t, func(state map[string]any) { state["plan"] = p.Fingerprint() })
	said := l.must(t, "50-cdc/dms/53-deploy.sh", "--dry-run")
	require.Contains(t, said, "no change set before the first stack is there; CloudFormation reads the template")
	require.Contains(t, said, "would make endpoint shop-source-01")
	require.Contains(t, said, "would make endpoint shop-source-02")
	require.Contains(t, said, "nothing was changed")
	require.Equal(t, "shop-dms\tREVIEW_IN_PROGRESS", l.aws(t, "cloudformation", "describe-stacks", "--query", "Stacks[].[StackName,StackStatus]"))
	require.Contains(t, l.must(t, "50-cdc/dms/53-deploy.sh", "--dry-run"), "no change set before the first stack is there")
	require.Contains(t, l.must(t, "50-cdc/dms/58-delete.sh", "--all", "--yes"), "stack shop-dms is deleted")
}

// Terraform gets its variables.
func TestDMSByTerraform(t *testing.T) {
	l := newDMSLab(t, planner.FormatTerraform)
	l.site(t)
	lsn := l.pausedAndLoaded(t)
	require.Contains(t, l.must(t, "50-cdc/dms/53-deploy.sh"), "terraform -chdir=")
	read := func() (v struct {
		Subnets []string          `json:"subnet_ids"`
		Keys    []string          `json:"secrets_key_arns"`
		Roles   bool              `json:"make_service_roles"`
		Start   map[string]string `json:"start_lsn"`
	}) {
		t.Helper()
		b, err := os.ReadFile(filepath.Join(l.dir, "dms.tfvars.json"))
		require.NoError(t, err)
		require.NoError(t, json.Unmarshal(b, &v))
		return v
	}
	require.Len(t, read().Subnets, 2)
	require.Equal(t, map[string]string{"dms_slot_01": lsn, "dms_slot_02": lsn}, read().Start)
	require.Empty(t, read().Keys)
	require.False(t, read().Roles)
	l.with(t, "PGCUTOVER_DMS_SERVICE_ROLES=yes", func() { l.must(t, "50-cdc/dms/53-deploy.sh") })
	require.True(t, read().Roles)
	l.editState(t, func(state map[string]any) { delete(state, "tasks") }) // as 83-full-restart.sh leaves it
	require.Contains(t, l.must(t, "50-cdc/dms/58-delete.sh", "--slot", "dms_slot_02", "--yes"), "deletes the task")
	require.Equal(t, map[string]string{"dms_slot_01": lsn}, read().Start)
	require.Contains(t, l.must(t, "50-cdc/dms/58-delete.sh", "--all", "--yes"), "destroy")

	// It says that a task is gone when it is: one that Terraform holds is Terraform's, one that it does not hold is deleted here.
	task := func() {
		l.aws(t, "dms", "create-replication-task", "--replication-task-identifier", "shop-dms-slot-01", "--migration-type", "cdc", "--table-mappings", "{}", "--cdc-start-position", lsn,
			"--source-endpoint-arn", "arn:x", "--target-endpoint-arn", "arn:y", "--replication-instance-arn", "arn:z", "--tags", "Key=pgcutover:migration,Value=shop", "Key=pgcutover:source,Value=shop")
	}
	there := func() string {
		return l.aws(t, "dms", "describe-replication-tasks", "--query", "ReplicationTasks[].ReplicationTaskIdentifier")
	}
	task()
	l.refused(t, []string{"Terraform has not destroyed everything: task shop-dms-slot-01, 1 in all", "terraform -chdir="}, "50-cdc/dms/58-delete.sh", "--all", "--yes")
	l.refused(t, []string{"task shop-dms-slot-01 is there until Terraform has deleted it", "terraform -chdir="}, "50-cdc/dms/58-delete.sh", "--slot", "dms_slot_01", "--yes")
	require.Equal(t, "shop-dms-slot-01", there())
	require.Empty(t, read().Start)
	require.Contains(t, l.must(t, "50-cdc/dms/58-delete.sh", "--slot", "dms_slot_01", "--yes"), "task shop-dms-slot-01 is deleted")
	require.Empty(t, there())
	require.NoError(t, os.Remove(filepath.Join(l.dir, "dms.tfvars.json")))
	for _, args := range [][]string{{"--slot", "dms_slot_01", "--yes"}, {"--all", "--yes"}} {
		task()
		require.Contains(t, l.must(t, "50-cdc/dms/58-delete.sh", args...), "task shop-dms-slot-01 is deleted")
		require.Empty(t, there())
	}
}

// The role that applies changes may do that, in sessions without foreign keys and triggers, and no more.
func TestDMSRoleOnTheTarget(t *testing.T) {
	l := newLab(t)
	p := dmsPlan(planner.FormatCLI)
	p.Source.VersionNum = l.plan.Source.VersionNum
	l.render(t, p)
	l.must(t, "10-source/14-markers.sql")
	for _, f := range []string{"31-roles.sql", "32-schema.sh", "33-relax.sql"} {
		l.must(t, "30-target/"+f)
	}
	l.dst.MustPsql(t, "shop", "create schema if not exists pgcutover; create table if not exists pgcutover.marker_dms_slot_01 (id int); create table if not exists pgcutover.marker_dms_slot_02 (id int)")
	for range 2 {
		l.must(t, "50-cdc/dms/51-control.sql")
	}
	require.Equal(t, "f|t", l.dst.MustPsql(t, "postgres", "select rolcanlogin, rolpassword is null from pg_authid where rolname = 'pgcutover_cdc'"))
	l.dst.MustPsql(t, "shop", `alter role pgcutover_cdc login;
		set session authorization pgcutover_cdc; set session_replication_role = replica;
		insert into public."Mixed Case" (id, call_id) values (1, 404); update public."Mixed Case" set call_id = 405; delete from public."Mixed Case";
		create table awsdms_control.awsdms_status (a int); drop table awsdms_control.awsdms_status`)
	l.dst.MustPsql(t, "shop", `revoke temporary on database shop from public; set session authorization pgcutover_cdc; create temporary table awsdms_changes1 (a int)`)
	for _, refused := range []string{`truncate public."Mixed Case"`, `create table public.missing (a int)`, `create schema another`} {
		_, err := l.dst.Psql(t.Context(), "shop", "set session authorization pgcutover_cdc; "+refused)
		require.ErrorContains(t, err, "permission denied", refused)
	}
}

// What another migration has under the names of this one is neither adopted nor started, stopped or deleted, and neither is what nobody has put a name to.
func TestDMSOfAnotherMigration(t *testing.T) {
	l := newDMSLab(t, planner.FormatCLI)
	l.site(t)
	const folder = "50-cdc/dms/"
	all := [][]string{{"53-deploy.sh", "--dry-run"}, {"54-test-connections.sh"}, {"55-start.sh"}, {"56-stop.sh"}, {"57-resume.sh"}, {"58-delete.sh", "--all", "--yes"}, {"58-delete.sh", "--slot", "dms_slot_01", "--yes"}, {"53-deploy.sh"}}
	group := func(tags ...string) {
		subnets := strings.Fields(l.aws(t, "ec2", "describe-subnets", "--query", "Subnets[0:2].SubnetId"))
		l.aws(t, slices.Concat([]string{"dms", "create-replication-subnet-group", "--replication-subnet-group-identifier", "shop-dms", "--replication-subnet-group-description", "x", "--subnet-ids"}, subnets, tags)...)
	}
	drop := func() {
		l.aws(t, "dms", "delete-replication-subnet-group", "--replication-subnet-group-identifier", "shop-dms")
	}
	group("--tags", "Key=pgcutover:migration,Value=shop", "Key=pgcutover:source,Value=7399/shop")
	l.refused(t, []string{"subnet group shop-dms is of another migration: its tag pgcutover:source is 7399/shop, and not shop", "cdc.name"}, folder+"53-deploy.sh")
	drop()
	endpoint := []string{"dms", "create-endpoint", "--endpoint-identifier", "shop-source-02", "--endpoint-type", "source", "--engine-name", "postgres"}
	arn := l.aws(t, append(endpoint, "--query", "Endpoint.EndpointArn")...)
	for _, args := range all {
		l.refused(t, []string{"endpoint shop-source-02 has no tag pgcutover:migration: whose it is cannot be told", "aws dms add-tags-to-resource --resource-arn " + arn + " --tags Key=pgcutover:migration,Value=shop Key=pgcutover:source,Value=shop"}, folder+args[0], args[1:]...)
	}
	l.aws(t, "dms", "delete-endpoint", "--endpoint-arn", arn)
	arn = l.aws(t, append(endpoint, "--query", "Endpoint.EndpointArn", "--tags", "Key=pgcutover:migration,Value=other", "Key=pgcutover:source,Value=shop")...)
	for _, args := range all {
		l.refused(t, []string{"endpoint shop-source-02 is of another migration: its tag pgcutover:migration is other, and not shop"}, folder+args[0], args[1:]...)
	}
	require.Equal(t, "shop-source-02", l.aws(t, "dms", "describe-endpoints", "--query", "Endpoints[].EndpointIdentifier"))
	l.aws(t, "dms", "delete-endpoint", "--endpoint-arn", arn)
	group("--tags", "Key=pgcutover:migration,Value=shop", "Key=pgcutover:source,Value=shop")
	require.Contains(t, l.must(t, folder+"53-deploy.sh"), "subnet group shop-dms is there")

	// Endpoints that lead elsewhere, as a rehearsal on a copy of the source leaves them.
	l.with(t, "PGCUTOVER_DMS_TARGET_SECRET=arn:aws:secretsmanager:eu-central-1:000000000000:secret:real", func() {
		l.refused(t, []string{"endpoint shop-target is there with arn:aws:secretsmanager:eu-central-1:000000000000:secret:target, and not with the secret arn:aws:secretsmanager:eu-central-1:000000000000:secret:real"}, folder+"53-deploy.sh")
	})
	l.refusedByAWS(t, "list-tags-for-resource", func() {
		said, code := l.run(t, folder+"56-stop.sh")
		require.Equal(t, 2, code, said)
		require.Contains(t, said, "AccessDenied")
	})
}
