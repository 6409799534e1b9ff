package render_test

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/pgcutover/pgcutover/planner"
)

// awsCLI calls the AWS CLI with the site's environment.
func (s *site) awsCLI(t *testing.T, args ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), awsCLI(t), append(args, "--output", "text")...)
	cmd.Env = s.env
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, "%s\n%s", args, out)
	return strings.TrimSpace(string(out))
}

// jobProcesses are the processes that run the job's script, by the identifier that AWS Batch gave the job.
func (s *site) jobProcesses(t *testing.T) map[string]int {
	t.Helper()
	dirs, err := filepath.Glob("/proc/[0-9]*")
	require.NoError(t, err)
	out := map[string]int{}
	for _, d := range dirs {
		line, err := os.ReadFile(filepath.Join(d, "cmdline"))
		if err != nil || !strings.Contains(string(line), filepath.Join(s.dir, "migration/40-load/batch/job.sh")) {
			continue
		}
		env, err := os.ReadFile(filepath.Join(d, "environ"))
		if err != nil {
			continue
		}
		for _, e := range strings.Split(string(env), "\x00") {
			if id, ok := strings.CutPrefix(e, "AWS_BATCH_JOB_ID="); ok {
				pid, err := strconv.Atoi(filepath.Base(d))
				require.NoError(t, err)
				out[id] = pid
			}
		}
	}
	return out
}

// The array job loads the database: three jobs that know nothing of each other pull from one ledger, one of them is killed and started
// again as its definition says, and whoever submitted them writes down what the load took. The local AWS server runs each job as a process.
func TestLoadAsArrayJob(t *testing.T) {
	aws := startAWS(t, "load.md")
	s := newSite(t, slowSQL, func(o *planner.Options) {
		o.Load.SplitBytes, o.Load.BatchBytes, o.Load.Workers, o.Load.Attempts, o.Load.AWSBatchJobs = 10<<20, 1, 3, 5, 3
	})
	s.env = append(s.env, aws...)
	s.slowTarget(t, 0.004, "slow", "slow2")
	services, err := os.ReadFile(filepath.Join(s.dir, "services"))
	require.NoError(t, err)
	secret := func(name, text string) string {
		return s.awsCLI(t, "secretsmanager", "create-secret", "--name", name, "--secret-string", text, "--query", "ARN")
	}
	s.awsCLI(t, "s3", "mb", "s3://migrations")
	subnet := s.awsCLI(t, "ec2", "describe-subnets", "--query", "Subnets[0].SubnetId")
	group := s.awsCLI(t, "ec2", "describe-security-groups", "--query", "SecurityGroups[0].GroupId")
	site := []string{
		"PGCUTOVER_BATCH_IMAGE=localhost" + filepath.Join(s.dir, "migration/40-load/batch/job.sh"), "PGCUTOVER_BATCH_BUCKET=migrations",
		"PGCUTOVER_BATCH_SUBNETS=" + subnet, "PGCUTOVER_BATCH_SECURITY_GROUPS=" + group, "PGCUTOVER_BATCH_POLL=1",
		"PGCUTOVER_BATCH_SERVICES_SECRET=" + secret("services", string(services)), "PGCUTOVER_BATCH_PASSWORDS_SECRET=" + secret("passwords", "*:*:*:*:nobody asks"),
	}

	out, code := s.run(t, "40-load/42-batch.sh")
	require.Equal(t, 1, code, out)
	require.Contains(t, out, "PGCUTOVER_BATCH_IMAGE is not set")
	s.env = append(s.env, site...)
	out, code = s.run(t, "40-load/42-batch.sh", "--dry-run")
	require.Zero(t, code, out)
	require.Contains(t, out, "would put the bundle and state.json into s3://migrations/pgcutover/shop/")

	// The local server makes nothing of a stack that a dry run has left; CloudFormation does.
	s.awsCLI(t, "cloudformation", "delete-stack", "--stack-name", "shop-load")

	load := s.start(t, "40-load/42-batch.sh")
	t.Cleanup(func() {
		if said, err := os.ReadFile(load.out.Name()); t.Failed() && err == nil {
			t.Logf("%s", said)
		}
	})
	var victim string
	var killed int
	require.Eventually(t, func() bool {
		if copying, err := s.dst.Psql(t.Context(), "shop", "select count(*) from pg_stat_progress_copy where tuples_processed > 10"); err != nil || copying == "0" {
			return false
		}
		for id, pid := range s.jobProcesses(t) {
			victim, killed = id, pid
			return syscall.Kill(-pid, syscall.SIGKILL) == nil
		}
		return false
	}, 5*time.Minute, 20*time.Millisecond)
	require.Eventually(t, func() bool {
		pid, ok := s.jobProcesses(t)[victim]
		return ok && pid != killed
	}, time.Minute, 20*time.Millisecond, "the job comes again")
	said, code := load.wait(t)
	require.Zero(t, code, said)
	require.Contains(t, said, "3 succeeded, 0 failed")
	s.sameRows(t)
	s.nobodyLeft(t)

	hosts := s.target(t, "select count(distinct split_part(worker, '/', 1)) from pgcutover.item")
	require.Equal(t, "3", hosts, "each of the jobs did a part")
	body, err := os.ReadFile(filepath.Join(s.dir, "state.json"))
	require.NoError(t, err)
	var state struct {
		Load struct{ Items int }
		AWS  struct{ Region, Account string }
	}
	require.NoError(t, json.Unmarshal(body, &state))
	require.Equal(t, s.target(t, "select count(*) from pgcutover.item"), strconv.Itoa(state.Load.Items))
	require.Equal(t, "eu-central-1", state.AWS.Region)
	files := s.awsCLI(t, "s3", "ls", "--recursive", "s3://migrations")
	require.NotContains(t, files, "env\n")

	out, code = s.run(t, "40-load/42-batch.sh", "--delete")
	require.Equal(t, 1, code, out)
	out, code = s.run(t, "40-load/42-batch.sh", "--delete", "--yes")
	require.Zero(t, code, out)
	require.Empty(t, s.awsCLI(t, "s3", "ls", "--recursive", "s3://migrations"))
	out, code = s.run(t, "40-load/42-batch.sh", "--stop")
	require.Zero(t, code, out)
	require.Contains(t, out, "no job is under way")
}
