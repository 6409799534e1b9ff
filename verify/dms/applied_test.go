package dms

import (
	"fmt"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/databasemigrationservice/types"
	"github.com/stretchr/testify/require"

	"github.com/pgcutover/pgcutover/verify"
	"github.com/pgcutover/pgcutover/verify/cloud"
)

// What was read by the first look is applied by the second, on its way, or stuck.
func TestApplied(t *testing.T) {
	look := func(edit func(orders *types.TableStatistics)) []types.TableStatistics {
		row := func(schema, name string) types.TableStatistics {
			return types.TableStatistics{SchemaName: aws.String(schema), TableName: aws.String(name), Inserts: 10, Updates: 2, Deletes: 1, AppliedInserts: aws.Int64(10), AppliedUpdates: aws.Int64(2), AppliedDeletes: aws.Int64(1)}
		}
		rows := []types.TableStatistics{row("pgcutover", "marker_dms_slot_01"), row("public", "orders"), row("public", "somebody's")}
		rows[2].AppliedInserts = nil // of no table of the task
		if edit != nil {
			edit(&rows[1])
		}
		return rows
	}
	behind := func(read, applied int64) func(*types.TableStatistics) {
		return func(r *types.TableStatistics) { r.Updates, r.AppliedUpdates = read, aws.Int64(applied) }
	}
	var first, batched task
	aScene(t, nil).each(func(x task) {
		if x.group.Number == 1 {
			first, batched = x, x
			batched.group.BatchApply = true
		}
	})
	for name, c := range map[string]struct {
		task   task
		a, b   func(*types.TableStatistics)
		want   string
		absent bool
	}{
		"all applied":                  {task: first, want: "pass dms_slot_01: all 26 changes that were read are applied"},
		"caught up by the second look": {task: first, a: behind(9, 2), b: behind(9, 9), want: "pass dms_slot_01: all 33 changes"},
		"new ones since the first":     {task: first, a: behind(9, 2), b: behind(20, 9), want: "pass dms_slot_01: 33 changes applied, 11 on their way"},
		"on its way":                   {task: first, a: behind(9, 2), b: behind(9, 3), want: "pass dms_slot_01: 27 changes applied, 6 on their way"},
		"stuck":                        {task: first, a: behind(9, 2), b: behind(12, 2), want: "warn dms_slot_01: changes were read and not applied, and none of them within 12s: public.orders (12 updates read, 2 applied)|G5-EXC"},
		"stuck in batches":             {task: batched, a: behind(9, 2), b: behind(9, 2), want: "warn dms_slot_01|so fewer may be right"},
		"one of each stuck":            {task: first, a: func(r *types.TableStatistics) { r.Deletes = 4 }, b: func(r *types.TableStatistics) { r.Deletes = 4 }, want: "warn dms_slot_01|(4 deletes read, 1 applied)"},
		"more applied than read":       {task: first, a: behind(2, 3), b: behind(2, 3), want: "warn dms_slot_01: more changes were applied than read: public.orders (2 updates read, 3 applied)"},
		"counters that nobody has":     {task: first, b: func(r *types.TableStatistics) { r.AppliedDeletes = nil }, want: "unknown dms_slot_01: AWS DMS does not tell how many changes it has applied of public.orders"},
		"nor had":                      {task: first, a: func(r *types.TableStatistics) { r.AppliedDeletes = nil }, want: "unknown dms_slot_01|public.orders"},
		"not listed before":            {task: first, a: func(r *types.TableStatistics) { r.TableName = aws.String("other") }, want: "unknown dms_slot_01|public.orders"},
		"no tables":                    {task: first, absent: true, want: "unknown dms_slot_01: AWS DMS lists no table of its task yet"},
	} {
		t.Run(name, func(t *testing.T) {
			a, b := look(c.a), look(c.b)
			if c.absent {
				a, b = nil, nil
			}
			says(t, judgeApplied(c.task, a, b, 12*time.Second), c.want)
		})
	}
}

// The statistics are asked for a second time only where something is not applied, of those tasks alone.
func TestAppliedLooksTwice(t *testing.T) {
	asked := map[string]int{}
	answering(t, func(operation string, body map[string]any) (int, string) {
		switch operation {
		case "DescribeReplicationTasks":
			return 200, `{"ReplicationTasks": [{"ReplicationTaskIdentifier": "shop-dms-slot-01", "ReplicationTaskArn": "arn:1"}, {"ReplicationTaskIdentifier": "shop-dms-slot-02", "ReplicationTaskArn": "arn:2"}]}`
		case "DescribeTableStatistics":
			arn := body["ReplicationTaskArn"].(string)
			asked[arn]++
			table, applied := map[string]string{"arn:1": "orders", "arn:2": "items"}[arn], 5
			if arn == "arn:1" && asked[arn] == 1 {
				applied = 3
			}
			return 200, fmt.Sprintf(`{"TableStatistics": [{"SchemaName": "public", "TableName": "%s", "Inserts": 5, "AppliedInserts": %d, "AppliedUpdates": 0, "AppliedDeletes": 0}]}`, table, applied)
		}
		return 200, `{}`
	})
	var check verify.Check
	for _, c := range Checks(cloud.Usual) {
		if c.Code == "G5-APPLIED" {
			check = c
		}
	}
	env := verify.Env{Gate: verify.CDC, Plan: plan(), State: aScene(t, nil).state, Settle: time.Millisecond}
	r := verify.Run(t.Context(), env, []verify.Check{check}, nil)
	says(t, r.Results, "pass dms_slot_01: all 5 changes", "pass dms_slot_02: all 5 changes")
	require.Equal(t, map[string]int{"arn:1": 2, "arn:2": 1}, asked)

	answering(t, func(operation string, _ map[string]any) (int, string) {
		if operation == "DescribeReplicationTasks" {
			return 200, `{"ReplicationTasks": [{"ReplicationTaskIdentifier": "shop-dms-slot-01", "ReplicationTaskArn": "arn:1"}]}`
		}
		return 200, `{}`
	})
	for _, c := range Checks(cloud.Usual) {
		if c.Code == "G5-APPLIED" {
			r = verify.Run(t.Context(), env, []verify.Check{c}, nil)
		}
	}
	says(t, r.Results, "unknown dms_slot_01|no table of its task yet", "skip dms_slot_02|there is no task")
}
