package main

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestFilesAreWrittenTogetherOrNotAtAll(t *testing.T) {
	dir := t.TempDir()
	first, taken := filepath.Join(dir, "plan.md"), filepath.Join(dir, "plan.json")
	require.NoError(t, os.WriteFile(first, []byte("old"), 0o644))
	require.NoError(t, os.Mkdir(taken, 0o755))
	require.ErrorContains(t, writeWhole(text(first, []byte("new")), text(taken, nil)), "it is a directory")
	body, err := os.ReadFile(first)
	require.NoError(t, err)
	require.Equal(t, "old", string(body))

	require.NoError(t, os.Remove(taken))
	require.NoError(t, writeWhole(text(first, []byte("new")), text(taken, []byte("{}"))))
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Len(t, entries, 2, "nothing else is left")
}

// Root could replace /dev/null by a file.
func TestAPipeIsWrittenToAndNotReplaced(t *testing.T) {
	pipe := filepath.Join(t.TempDir(), "pipe")
	require.NoError(t, syscall.Mkfifo(pipe, 0o600))
	reader, err := os.OpenFile(pipe, os.O_RDWR, 0) // keeps the pipe open, so that nobody waits
	require.NoError(t, err)
	defer reader.Close()
	require.NoError(t, writeWhole(text(pipe, []byte("data"))))
	info, err := os.Lstat(pipe)
	require.NoError(t, err)
	require.NotZero(t, info.Mode()&os.ModeNamedPipe)
	got := make([]byte, 4)
	_, err = reader.Read(got)
	require.NoError(t, err)
	require.Equal(t, "data", string(got))
}
