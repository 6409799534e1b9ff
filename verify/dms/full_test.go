package dms

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/databasemigrationservice/types"
	"github.com/stretchr/testify/require"

	"github.com/pgcutover/pgcutover/analyze"
	"github.com/pgcutover/pgcutover/planner"
	"github.com/pgcutover/pgcutover/verify"
)

// loads is a first task that loads the rows itself, and what AWS DMS has of it once they are loaded.
func loads(t *testing.T) (task, types.ReplicationTask, []types.TableStatistics) {
	s := aScene(t, started(nil))
	var first task
	s.each(func(x task) {
		if x.Identifier == one {
			first = x
		}
	})
	have := s.tasks[one]
	have.Status, have.StopReason, have.MigrationType = aws.String("stopped"), aws.String("Stop Reason STOPPED_AFTER_FULL_LOAD"), types.MigrationTypeValueFullLoadAndCdc
	have.ReplicationTaskStats = &types.ReplicationTaskStats{FullLoadProgressPercent: 100, TablesLoaded: int32(len(first.group.Tables) + 1)}
	var rows []types.TableStatistics
	for _, n := range append([]analyze.Name{first.group.Marker}, first.group.Tables...) {
		rows = append(rows, types.TableStatistics{SchemaName: aws.String(n.Schema), TableName: aws.String(n.Name), TableState: aws.String("Table completed"), FullLoadRows: 10})
	}
	return first, have, rows
}

func TestJudgeLoaded(t *testing.T) {
	for name, c := range map[string]struct {
		edit      func(*task, *types.ReplicationTask, []types.TableStatistics)
		want      []string
		undecided bool
	}{
		"good": {nil, []string{"pass dms_slot_01|stands still before it applies changes|100 %"}, false},
		"running": {func(_ *task, x *types.ReplicationTask, r []types.TableStatistics) {
			x.Status, x.StopReason, x.ReplicationTaskStats.FullLoadProgressPercent = aws.String("running"), nil, 40
			r[1].TableState, r[1].FullLoadRows, r[1].FullLoadStartTime = aws.String("Full load"), 4, at2026(12)
		}, []string{"unknown dms_slot_01|is running: |40 %|longest at it: public.orders, 4 rows so far"}, true},
		"a table in error": {func(_ *task, _ *types.ReplicationTask, r []types.TableStatistics) {
			r[1].TableState = aws.String("Table error")
		},
			[]string{"fail dms_slot_01|has ended its full load with", "fail dms_slot_01|were given up: public.orders (Table error)"}, false},
		"a table in error while others load": {func(_ *task, x *types.ReplicationTask, r []types.TableStatistics) {
			x.Status, x.StopReason = aws.String("running"), nil
			r[1].TableState = aws.String("Table error")
		}, []string{"unknown dms_slot_01|is running", "fail dms_slot_01|were given up: public.orders (Table error)"}, true},
		"rows in error": {func(_ *task, _ *types.ReplicationTask, r []types.TableStatistics) { r[1].FullLoadErrorRows = 2 },
			[]string{"fail dms_slot_01|has ended its full load", "fail dms_slot_01|rows were given up: public.orders (2 in error, 0 by a condition)"}, false},
		"rows refused by a condition": {func(_ *task, _ *types.ReplicationTask, r []types.TableStatistics) {
			r[1].FullLoadCondtnlChkFailedRows = 1
		},
			[]string{"fail dms_slot_01|has ended its full load", "fail dms_slot_01|(0 in error, 1 by a condition)"}, false},
		"a table that is not listed": {func(_ *task, _ *types.ReplicationTask, r []types.TableStatistics) {
			r[1].TableName = aws.String("another")
		},
			[]string{"fail dms_slot_01|has ended its full load", "fail dms_slot_01|does not list public.orders"}, false},
		"stopped by hand": {func(_ *task, x *types.ReplicationTask, r []types.TableStatistics) {
			x.StopReason = aws.String("Stop Reason NORMAL")
			r[1].TableState = aws.String("Full load")
		}, []string{"fail dms_slot_01|is stopped, and not because its tables are loaded: Stop Reason NORMAL", "fail dms_slot_01|not loaded: public.orders (Full load, 10 rows so far)"}, false},
		"failed": {func(_ *task, x *types.ReplicationTask, _ []types.TableStatistics) {
			x.Status, x.StopReason, x.LastFailureMessage = aws.String("failed"), aws.String("Stop Reason FATAL_ERROR"), aws.String("Task error notification")
		}, []string{"fail dms_slot_01|is failed, and not because|FATAL_ERROR; Task error notification"}, false},
		"stopped after the changes": {func(_ *task, x *types.ReplicationTask, _ []types.TableStatistics) {
			x.StopReason = aws.String("Stop Reason STOPPED_AFTER_CACHED_EVENTS")
		},
			[]string{"fail dms_slot_01|has stopped after it applied the changes"}, false},
		"not started": {func(_ *task, x *types.ReplicationTask, r []types.TableStatistics) {
			x.Status, x.StopReason, x.ReplicationTaskStartDate = aws.String("ready"), nil, nil
		}, []string{"fail dms_slot_01|has not been started"}, false},
		"resumed": {func(k *task, x *types.ReplicationTask, _ []types.TableStatistics) {
			x.Status, k.recorded.ResumedAt = aws.String("running"), at2026(13)
		},
			[]string{"skip dms_slot_01|was resumed"}, false},
	} {
		t.Run(name, func(t *testing.T) {
			k, x, rows := loads(t)
			if c.edit != nil {
				c.edit(&k, &x, rows)
			}
			out := judgeLoaded(k, x, rows)
			says(t, out, c.want...)
			require.Equal(t, c.undecided, slices.ContainsFunc(out, func(r verify.Result) bool { return r.Undecided }))
		})
	}
}

func TestJudgeArrived(t *testing.T) {
	k, _, rows := loads(t)
	counted := map[analyze.Name]int64{k.group.Marker: 10}
	for _, n := range k.group.Tables {
		counted[n] = 10
	}
	says(t, judgeArrived(k, rows, counted, nil), "pass dms_slot_01|as many rows as were loaded")
	orders := k.group.Tables[0]
	counted[orders] = 9
	says(t, judgeArrived(k, rows, counted, nil), "fail "+orders.String()+"|has loaded 10 rows, the target has 9: 1 row missing")
	counted[orders] = 12
	says(t, judgeArrived(k, rows, counted, nil), "fail "+orders.String()+"|2 rows too many")
	delete(counted, orders)
	says(t, judgeArrived(k, rows, counted, map[analyze.Name]string{orders: "denied"}), "unknown "+orders.String()+"|denied")
}

func TestJudgeValidated(t *testing.T) {
	k, _, rows := loads(t)
	orders := k.group.Tables[0]
	state := func(s string) {
		for i := range rows {
			rows[i].ValidationState, rows[i].ValidationFailedRecords = aws.String("Validated"), 0
		}
		rows[1].ValidationState = aws.String(s)
	}
	for s, want := range map[string]string{
		"Validated":          "pass dms_slot_01|compared by AWS DMS",
		"Mismatched records": "warn dms_slot_01|rows that differ: " + orders.String(),
		"Suspended records":  "warn dms_slot_01|cannot tell: " + orders.String(),
		"No primary key":     "warn dms_slot_01|without a primary key: " + orders.String(),
		"Not enabled":        "warn dms_slot_01|does not compare " + orders.String(),
		"Pending records":    "unknown dms_slot_01|not done with " + orders.String(),
	} {
		state(s)
		says(t, judgeValidated(k, rows, map[analyze.Name]bool{}), want)
	}
	state("Validated")
	rows[1].ValidationFailedRecords = 3
	out := judgeValidated(k, rows, map[analyze.Name]bool{})
	says(t, out, "warn dms_slot_01|"+orders.String()+" (3)")
	require.Contains(t, out[0].Hint, "known false alarms", "never silent, and with what decides")
	require.Contains(t, out[0].Hint, "--check rows")
}

// Tasks that load the rows are of another type, have no position, and are resumed, never begun anew.
func TestFullTasks(t *testing.T) {
	full := func(edit func(*types.ReplicationTask)) func(*scene) {
		return func(s *scene) {
			s.plan.Options = planner.DefaultsFor(planner.EngineDMSFull)
			s.state.Pause = nil
			for id, x := range s.tasks {
				x.MigrationType, x.CdcStartPosition = types.MigrationTypeValueFullLoadAndCdc, nil
				if id == one && edit != nil {
					edit(&x)
				}
				s.tasks[id] = x
			}
		}
	}
	first := func(out []verify.Result) []verify.Result {
		return slices.DeleteFunc(out, func(r verify.Result) bool { return r.Subject != "dms_slot_01" })
	}
	for name, c := range map[string]struct {
		edit func(*types.ReplicationTask)
		want string
	}{
		"good":            {nil, "pass dms_slot_01|is ready and has never run"},
		"of type cdc":     {func(x *types.ReplicationTask) { x.MigrationType = types.MigrationTypeValueCdc }, "fail dms_slot_01|of the type cdc: one of type full-load-and-cdc copies the rows"},
		"with a position": {func(x *types.ReplicationTask) { x.CdcStartPosition = aws.String("0/1") }, "fail dms_slot_01|has a position to read from (0/1)"},
		"started by others": {func(x *types.ReplicationTask) {
			x.Status, x.ReplicationTaskStartDate = aws.String("running"), at2026(12)
		}, "fail dms_slot_01|rows have been loaded"},
	} {
		t.Run(name, func(t *testing.T) { says(t, first(judgeReady(aScene(t, full(c.edit)))), c.want) })
	}
	for name, c := range map[string]struct {
		edit func(*types.ReplicationTask)
		want string
	}{
		"runs":           {nil, "pass dms_slot_01|runs"},
		"still loads":    {func(x *types.ReplicationTask) { x.ReplicationTaskStats.TablesLoading = 1 }, "fail dms_slot_01|still loads its tables"},
		"begun anew":     {func(x *types.ReplicationTask) { x.ReplicationTaskStats.FreshStartDate = at2026(15) }, "fail dms_slot_01|started afresh"},
		"no checkpoint":  {func(x *types.ReplicationTask) { x.Status, x.RecoveryCheckpoint = aws.String("stopped"), nil }, "fail dms_slot_01|is stopped"},
		"odd checkpoint": {func(x *types.ReplicationTask) { x.RecoveryCheckpoint = aws.String("?") }, "warn dms_slot_01|cannot be read"},
	} {
		t.Run(name, func(t *testing.T) {
			s := aScene(t, func(s *scene) {
				started(nil)(s)
				full(c.edit)(s)
			})
			says(t, first(judgeRunning(s)), c.want)
		})
	}
}

// What a check of this package says to do is in the bundle of the engine.
func TestFullRemedies(t *testing.T) {
	file := regexp.MustCompile(`\b[1-8][0-9]-[a-z]+/(?:dms/)?[0-9]{2}-[a-z-]+\.(?:sh|sql|md)`)
	n := 0
	for _, c := range verify.ChecksOf(planner.Plan{Options: planner.DefaultsFor(planner.EngineDMSFull)}, Checks(nil)...) {
		require.NotEqual(t, "G4-START", c.Code)
		for _, name := range file.FindAllString(c.Remedy+" "+c.Why, -1) {
			n++
			bundles := []string{"full-lobs", "rds11-aurora11-full-replica"} // by default, and with what comes after the switch
			require.True(t, slices.ContainsFunc(bundles, func(bundle string) bool {
				_, err := os.Stat(filepath.Join("..", "..", "golden", "cases", bundle, "migration", filepath.FromSlash(name)))
				return err == nil
			}), "%s names %s", c.Code, name)
		}
	}
	require.Greater(t, n, 20)
}
