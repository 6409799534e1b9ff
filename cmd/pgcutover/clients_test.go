package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/pgcutover/pgcutover/verify/rehearse/cluster"
)

func TestClientsAreThoseOfTheScripts(t *testing.T) {
	dir := t.TempDir()
	psql := filepath.Join(dir, "psql")
	require.NoError(t, os.WriteFile(psql, []byte("#!/bin/sh\n"), 0o755))
	require.Equal(t, filepath.Join(dir, "pg_dump"), clientProgram(dir, "pg_dump"))
	require.Equal(t, "/nonexistent/psql", clientProgram("/nonexistent", "psql"))
	t.Setenv("PATH", dir)
	require.Equal(t, "pg_dump", clientProgram("", "pg_dump"))

	installed, err := filepath.Glob("/usr/lib/postgresql/*/bin/psql")
	require.NoError(t, err)
	if _, err := os.Stat(pgWrapper); err != nil {
		cluster.Refuse(t, err)
	}
	require.NoError(t, os.Remove(psql))
	require.NoError(t, os.Symlink(pgWrapper, psql))
	for _, dir := range []string{"", dir} {
		require.Contains(t, installed, clientProgram(dir, "psql"))
		require.Equal(t, filepath.Join(filepath.Dir(clientProgram(dir, "psql")), "pg_dump"), clientProgram(dir, "pg_dump"))
	}
}
