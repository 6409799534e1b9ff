package cluster

import (
	"context"
	"errors"
	"os"
	"time"
)

// TB is the part of testing.TB that this package uses; stating it keeps package testing out of the program.
type TB interface {
	Cleanup(func())
	Context() context.Context
	Failed() bool
	Fatalf(format string, args ...any)
	Helper()
	Logf(format string, args ...any)
	Skipf(format string, args ...any)
}

// Need skips the test where the machine cannot run a PostgreSQL server. Where CI=true or PGCUTOVER_REQUIRE_LIVE=1 it fails
// instead: a live test that nobody runs proves nothing.
func Need(t TB) {
	t.Helper()
	_, err := pick(t.Context(), 0)
	if err == nil {
		if _, err = serverAccount(); err == nil {
			return
		}
	}
	Refuse(t, err)
}

// NeedPGLogical is Need for tests that want pglogical on the source.
func NeedPGLogical(t TB) {
	t.Helper()
	Need(t)
	in, err := pick(t.Context(), 0)
	if err == nil && !in.PGLogical {
		err = errors.New("no server with pglogical found")
	}
	if err != nil {
		Refuse(t, err)
	}
}

// Refuse skips a live test for what the machine lacks. Where CI=true or PGCUTOVER_REQUIRE_LIVE=1 it fails instead.
func Refuse(t TB, err error) {
	t.Helper()
	if os.Getenv("CI") == "true" || os.Getenv("PGCUTOVER_REQUIRE_LIVE") == "1" {
		t.Fatalf("live tests are required (CI or PGCUTOVER_REQUIRE_LIVE), but: %v; 'make deps' installs what is missing", err)
	}
	t.Skipf("live test: %v; 'make deps' installs what is missing", err)
}

// StartSource starts a source cluster for the time of the test; settings are name=value.
func StartSource(t TB, settings ...string) *Cluster {
	t.Helper()
	return StartWith(t, Options{Role: Source, Settings: settings})
}

// StartTarget starts a target cluster for the time of the test; settings are name=value.
func StartTarget(t TB, settings ...string) *Cluster {
	t.Helper()
	return StartWith(t, Options{Role: Target, Settings: settings})
}

// StartWith starts a cluster for the time of the test.
func StartWith(t TB, o Options) *Cluster {
	t.Helper()
	Need(t)
	c, err := Start(t.Context(), o)
	if err != nil {
		t.Fatalf("%v", err)
	}
	c.stopWith(t, string(o.Role))
	return c
}

// StartStandby starts a hot standby of c for the time of the test.
func (c *Cluster) StartStandby(t TB, settings ...string) *Cluster {
	t.Helper()
	s, err := c.Standby(t.Context(), settings...)
	if err != nil {
		t.Fatalf("%v", err)
	}
	s.stopWith(t, "standby")
	return s
}

// stopWith stops the cluster at the end of the test, and shows the end of its log where the test failed.
func (c *Cluster) stopWith(t TB, what string) {
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("log of the %s, its end:\n%s", what, c.LogTail(30))
		}
		if err := c.Stop(); err != nil {
			t.Logf("%v", err)
		}
	})
}

// CreateDatabase creates a database and returns its DSN.
func (c *Cluster) CreateDatabase(t TB, name string) string {
	t.Helper()
	if err := c.AddDatabase(t.Context(), name); err != nil {
		t.Fatalf("%v", err)
	}
	return c.DSN(name)
}

// MustPsql is Psql for a test: an error ends the test.
func (c *Cluster) MustPsql(t TB, db, sql string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	out, err := c.Psql(ctx, db, sql)
	if err != nil {
		t.Fatalf("%v", err)
	}
	return out
}

// MustCatchUp is CaughtUp for a test, with a limit of one minute.
func (c *Cluster) MustCatchUp(t TB, standby *Cluster) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	if err := c.CaughtUp(ctx, standby); err != nil {
		t.Fatalf("%v", err)
	}
}
