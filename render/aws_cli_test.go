package render_test

import (
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// awsCLI is the AWS CLI, without the half of a second that it takes to start (.ci/aws-cli.py).
func awsCLI(t *testing.T) string {
	t.Helper()
	python := awsTool(t, "python")
	cli.once.Do(func() { cli.path, cli.input, cli.err = newCLI(python) })
	require.NoError(t, cli.err)
	return cli.path
}

var cli struct {
	once  sync.Once
	path  string
	err   error
	input io.WriteCloser // open until these tests end, which ends what was started
}

func newCLI(python string) (path string, input io.WriteCloser, err error) {
	dir, err := os.MkdirTemp("", "pgcutover-aws-")
	if err != nil {
		return "", nil, err
	}
	log, err := os.Create(filepath.Join(dir, "log"))
	if err != nil {
		return "", nil, err
	}
	defer log.Close()
	cmd := exec.Command(python, filepath.Join("..", ".ci", "aws-cli.py"), dir)
	cmd.Stdout, cmd.Stderr = log, log
	cmd.Env = append(os.Environ(), "AWS_CONFIG_FILE=/dev/null", "AWS_SHARED_CREDENTIALS_FILE=/dev/null")
	if input, err = cmd.StdinPipe(); err != nil {
		return "", nil, err
	}
	if err := cmd.Start(); err != nil {
		return "", nil, err
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	path = filepath.Join(dir, "aws")
	for range 600 {
		if _, err := os.Stat(path); err == nil {
			return path, input, nil
		}
		select {
		case err := <-ended:
			said, _ := os.ReadFile(log.Name())
			return "", nil, fmt.Errorf("%s has ended: %w\n%s", cmd, err, said)
		case <-time.After(100 * time.Millisecond):
		}
	}
	return "", nil, errors.New(cmd.String() + " does not begin")
}

// TestAWSCLIIsTheSame as the program that it spares the start of, also in its failures.
func TestAWSCLIIsTheSame(t *testing.T) {
	env := startAWS(t, "dms.md")
	for _, args := range [][]string{
		{"--version"},
		{"sts", "get-caller-identity"},
		{"dms", "describe-replication-instances", "--output", "text"},
		{"rds", "describe-db-clusters", "--db-cluster-identifier", "none"},
		{"rds", "no-such-thing"},
		{"dms", "create-replication-task", "--cli-input-json", "{"},
	} {
		var said [2]string
		for i, program := range []string{awsTool(t, "aws"), awsCLI(t)} {
			cmd := exec.Command(program, args...)
			cmd.Env = append(os.Environ(), env...)
			out, err := cmd.CombinedOutput()
			said[i] = fmt.Sprintf("%v\n%s", err, out)
		}
		require.Equal(t, said[0], said[1])
	}
}
