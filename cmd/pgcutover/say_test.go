package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestReport(t *testing.T) {
	base := errors.New("reading x: no such file")
	for _, c := range []struct {
		err  error
		code int
		want string
	}{
		{base, 2, "pgcutover: error: reading x: no such file\n"},
		{refused(base), 1, "pgcutover: error: reading x: no such file\n"},
		{undecided(base), 3, "pgcutover: error: reading x: no such file\n"},
		{misused(base), 80, "pgcutover: error: reading x: no such file\n"},
		{fmt.Errorf("outer: %w", refused(hinted(base, "look"))), 1, "pgcutover: error: outer: reading x: no such file\npgcutover: hint: look\n"},
		{hinted(fmt.Errorf("outer: %w", hinted(base, "inner")), "outer"), 2, "pgcutover: error: outer: reading x: no such file\npgcutover: hint: inner\npgcutover: hint: outer\n"},
		{hinted(base, "100% sure"), 2, "pgcutover: error: reading x: no such file\npgcutover: hint: 100% sure\n"},
		{errors.New("two\nlines"), 2, "pgcutover: error: two\n  lines\n"},
	} {
		var b bytes.Buffer
		require.Equal(t, c.code, streams{Stderr: &b}.report(c.err))
		require.Equal(t, c.want, b.String())
	}
}

func TestProgressOffATerminalSaysALineNowAndThen(t *testing.T) {
	var b bytes.Buffer
	p := streams{Stderr: &b}.progress()
	p.show("too soon")
	require.Empty(t, b.String())
	p.last = time.Now().Add(-plainEvery)
	p.show("%d of %d", 1, 2)
	p.show("too soon again")
	p.clear()
	require.Equal(t, "pgcutover: 1 of 2\n", b.String())
}

func TestRunCatchesOnlyItsOwnPanics(t *testing.T) {
	var out, err bytes.Buffer
	require.Zero(t, run(t.Context(), []string{"--version"}, strings.NewReader(""), &out, &err))
	require.Regexp(t, `^pgcutover \S`, out.String())
	require.Empty(t, err.String())
}

func TestRunSaysInterrupted(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	var out, err bytes.Buffer
	dir := t.TempDir()
	require.Equal(t, 2, run(ctx, []string{"analyze", "--source", "host=" + dir, "-o", dir + "/x"}, strings.NewReader(""), &out, &err))
	require.Contains(t, err.String(), "interrupted")
	require.Equal(t, 1, strings.Count(err.String(), "\n"))
}
