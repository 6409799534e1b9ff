package render_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/pgcutover/pgcutover/planner"
	"github.com/pgcutover/pgcutover/render"
)

// What the scripts take from an answer about a task is what stands there, also where AWS answers with an empty text.
func TestTaskWithEmptyFields(t *testing.T) {
	dir := t.TempDir()
	b, err := render.Render(dmsPlan(planner.FormatCLI))
	require.NoError(t, err)
	require.NoError(t, b.Write(dir, true))
	env := append(os.Environ(), startAWS(t, "dms.md")...)
	run := func(script string) string {
		cmd := exec.Command("bash", "-Eeuc", script)
		cmd.Env, cmd.Dir = env, dir
		out, err := cmd.CombinedOutput()
		require.NoError(t, err, "%s", out)
		return strings.TrimSpace(string(out))
	}
	aws := awsCLI(t)
	run(`aws() { "` + aws + `" "$@" --output text; }
		endpoint() { aws dms create-endpoint --endpoint-identifier "$1" --endpoint-type "$2" --engine-name postgres --query Endpoint.EndpointArn; }
		instance=$(aws dms create-replication-instance --replication-instance-identifier i --replication-instance-class dms.t3.micro --query ReplicationInstance.ReplicationInstanceArn)
		aws dms create-replication-task --replication-task-identifier task --source-endpoint-arn "$(endpoint a source)" --target-endpoint-arn "$(endpoint b target)" \
			--replication-instance-arn "$instance" --migration-type cdc --table-mappings '{}' --cdc-start-position 0/16B3748`)
	// The answer has these in place of what a task that fails at once has or has not.
	look := func(checkpoint, stop, failure string) string {
		asking := filepath.Join(dir, "asking")
		require.NoError(t, os.WriteFile(asking, []byte(fmt.Sprintf(`#!/usr/bin/env bash
checkpoint=%q stop=%q failure=%q
set -- "${@//RecoveryCheckpoint/$checkpoint}"
set -- "${@//StopReason/$stop}"
exec %q "${@//LastFailureMessage/$failure}"
`, checkpoint, stop, failure, aws)), 0o755))
		return run(`BUNDLE=$PWD TMP=$PWD PGCUTOVER_AWS=$PWD/asking; source 50-cdc/dms/aws.sh; look_at_task task
			printf '%s|%s|%s|%s' "$TASK_STATUS" "$TASK_STARTED" "$TASK_CHECKPOINT" "$TASK_WHY"`)
	}
	require.Equal(t, "ready|||stopped by a fault connection lost", look("''", "'stopped by a fault'", "'connection lost'"))
	require.Equal(t, "ready||checkpoint:V1|connection lost", look("'checkpoint:V1'", "''", "'connection lost'"))
	require.Equal(t, "ready|||", look("''", "''", "''"))
	require.Equal(t, "ready|||", look("Nothing", "Nothing", "Nothing"))
	require.Equal(t, "|||", run(`BUNDLE=$PWD TMP=$PWD PGCUTOVER_AWS=`+aws+`; source 50-cdc/dms/aws.sh; look_at_task another; printf '%s|%s|%s|%s' "$TASK_STATUS" "$TASK_STARTED" "$TASK_CHECKPOINT" "$TASK_WHY"`))
}
