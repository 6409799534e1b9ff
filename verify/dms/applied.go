package dms

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/databasemigrationservice/types"

	"github.com/pgcutover/pgcutover/analyze"
	"github.com/pgcutover/pgcutover/verify"
)

// looksApart is how many times the usual pause between two readings lies between two of the statistics, which AWS DMS does not bring up to date at once.
const looksApart = 6

func (a *account) checkApplied(ctx context.Context, e *verify.Env) ([]verify.Result, error) {
	s, none := a.scene(ctx, e)
	if none != nil {
		return none, nil
	}
	var out []verify.Result
	ask := func(t task) (rows []types.TableStatistics, answered bool) {
		rows, err := a.statistics(ctx, aws.ToString(s.tasks[t.Identifier].ReplicationTaskArn))
		if err != nil {
			out = append(out, unheard(ctx, t.group.Slot, err))
		}
		return rows, err == nil
	}
	var again []task
	first := map[string][]types.TableStatistics{}
	s.eachMade(&out, func(t task, _ types.ReplicationTask) {
		if rows, answered := ask(t); answered {
			first[t.group.Slot] = rows
			again = append(again, t)
		}
	})
	wait := looksApart * e.Settle
	if slices.ContainsFunc(again, func(t task) bool { return !allApplied(t, first[t.group.Slot]) }) {
		select {
		case <-ctx.Done():
			return out, ctx.Err()
		case <-time.After(wait):
		}
	}
	for _, t := range again {
		second := first[t.group.Slot]
		if !allApplied(t, second) {
			var answered bool
			if second, answered = ask(t); !answered {
				continue
			}
		}
		out = append(out, judgeApplied(t, first[t.group.Slot], second, wait)...)
	}
	return out, nil
}

// counted are the changes of one kind of a table: those that were read, and those that were applied; negative: not told.
type counted struct {
	kind          string
	read, applied int64
}

func countsOf(r types.TableStatistics) []counted {
	told := func(n *int64) int64 {
		if n == nil {
			return -1
		}
		return *n
	}
	return []counted{{"insert", r.Inserts, told(r.AppliedInserts)}, {"update", r.Updates, told(r.AppliedUpdates)}, {"delete", r.Deletes, told(r.AppliedDeletes)}}
}

// countsByTable are those of the task's own tables.
func countsByTable(t task, rows []types.TableStatistics) map[analyze.Name][]counted {
	out := map[analyze.Name][]counted{}
	for _, r := range rows {
		name := analyze.Name{Schema: aws.ToString(r.SchemaName), Name: aws.ToString(r.TableName)}
		if name == t.group.Marker || slices.Contains(t.group.Tables, name) {
			out[name] = countsOf(r)
		}
	}
	return out
}

func allApplied(t task, rows []types.TableStatistics) bool {
	for _, counts := range countsByTable(t, rows) {
		if slices.ContainsFunc(counts, func(c counted) bool { return c.applied >= 0 && c.applied != c.read }) {
			return false
		}
	}
	return true
}

// judgeApplied compares two looks. What had been read by the first is applied by the second, or on its way, or stuck.
func judgeApplied(t task, first, second []types.TableStatistics, between time.Duration) (out []verify.Result) {
	slot := t.group.Slot
	before := countsByTable(t, first)
	var stuck, over, untold []string
	var applied, flying int64
	for name, counts := range countsByTable(t, second) {
		for i, now := range counts {
			was := counted{applied: -1}
			if x := before[name]; x != nil {
				was = x[i]
			}
			switch {
			case now.applied < 0 || was.applied < 0:
				if text := name.String(); !slices.Contains(untold, text) {
					untold = append(untold, text)
				}
			case now.applied > now.read:
				over = append(over, fmt.Sprintf("%s (%s read, %d applied)", name, analyze.Count(int(now.read), now.kind), now.applied))
			case now.applied < was.read && now.applied == was.applied:
				stuck = append(stuck, fmt.Sprintf("%s (%s read, %d applied)", name, analyze.Count(int(now.read), now.kind), now.applied))
			default:
				applied, flying = applied+now.applied, flying+now.read-now.applied
			}
		}
	}
	add := func(status verify.Status, names []string, hint, format string, args ...any) {
		if len(names) > 0 {
			slices.Sort(names)
			out = append(out, hinted(status.Of(slot, format, append([]any{analyze.Some(names, 5)}, args...)...), "%s", hint))
		}
	}
	net := "see G5-EXC, G5-SUSPEND and G5-LOGS; pgcutover verify --check rows --rows delta names rows that differ"
	if t.group.BatchApply {
		net += ". A batch makes one change of all those of a row, so fewer may be right"
	}
	add(verify.Warn, stuck, net, "changes were read and not applied, and none of them within %[2]s: %[1]s", between)
	add(verify.Warn, over, "a task that was resumed may have read them again; pgcutover verify --check rows --rows delta names rows that differ", "more changes were applied than read: %s")
	add(verify.Unknown, untold, "a later version of AWS DMS counts them; until then: pgcutover verify --check rows --rows delta", "AWS DMS does not tell how many changes it has applied of %s")
	switch {
	case len(out) > 0:
	case len(countsByTable(t, second)) == 0:
		out = append(out, hinted(verify.Unknown.Of(slot, "AWS DMS lists no table of its task yet"), "a task that has just started lists its tables after a while"))
	case flying > 0:
		out = append(out, verify.Pass.Of(slot, "%s applied, %d on their way", analyze.Count(int(applied), "change"), flying))
	default:
		out = append(out, verify.Pass.Of(slot, "all %s that were read are applied", analyze.Count(int(applied), "change")))
	}
	return out
}
