package hostile_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/pgcutover/pgcutover/verify/rehearse"
)

// program builds pgcutover once.
var program = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "pgcutover-hostile")
	if err != nil {
		return "", err
	}
	path := filepath.Join(dir, "pgcutover")
	out, err := exec.Command("go", "build", "-o", path, "github.com/pgcutover/pgcutover/cmd/pgcutover").CombinedOutput()
	if err != nil {
		return "", &buildError{err, string(out)}
	}
	return path, nil
})

type buildError struct {
	error
	said string
}

func (e *buildError) Error() string { return e.error.Error() + ": " + e.said }

func TestMain(m *testing.M) {
	code := m.Run()
	if path, err := program(); err == nil {
		os.RemoveAll(filepath.Dir(path))
	}
	os.Exit(code)
}

// migration is a rehearsal of some content with the real program.
type migration struct {
	content        rehearse.Content
	engine         string                                             // empty: dms
	source, target int                                                // majors; 0: the default
	loaded         func(t *testing.T, s rehearse.Servers, out string) // when the gate loaded said yes
	finish         func(t *testing.T, s rehearse.Servers, out string) // when all is done
}

// run rehearses up to the end and wants no error.
func (m migration) run(t *testing.T) {
	t.Helper()
	path, err := program()
	require.NoError(t, err)
	temporary := t.TempDir()
	require.NoError(t, os.Chmod(temporary, 0o755))
	t.Setenv("TMPDIR", temporary)
	var said strings.Builder
	var servers rehearse.Servers
	out := filepath.Join(t.TempDir(), "out")
	err = rehearse.Run(t.Context(), rehearse.Options{
		Program: path, Out: out, Stdout: &said, Engine: m.engine, Sample: 1e9, SourceMajor: m.source, TargetMajor: m.target, Content: m.content,
		AfterSetup: func(s rehearse.Servers) { servers = s },
		AfterEach: func(s rehearse.Step) {
			if s.Name == "gate loaded" && m.loaded != nil {
				m.loaded(t, servers, out)
			}
		},
		BeforeFinish: func(s rehearse.Servers) {
			if m.finish != nil {
				m.finish(t, s, out)
			}
		},
	})
	if err != nil || t.Failed() {
		t.Log(said.String())
	}
	if keep := os.Getenv("PGCUTOVER_KEEP"); keep != "" { // a directory that gets what the rehearsal left
		require.NoError(t, exec.Command("cp", "-a", out, keep).Run())
	}
	require.NoError(t, err)
	left, err := os.ReadDir(temporary)
	require.NoError(t, err)
	require.Empty(t, left, "scripts and rehearsal clear up behind themselves")
}
