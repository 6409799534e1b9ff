package dms

import (
	"context"
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"
	dmstypes "github.com/aws/aws-sdk-go-v2/service/databasemigrationservice/types"

	"github.com/pgcutover/pgcutover/analyze"
	"github.com/pgcutover/pgcutover/planner"
	"github.com/pgcutover/pgcutover/verify"
)

// Metrics of AWS DMS in CloudWatch (user guide, "Replication task metrics"). Latencies are seconds: of the source, between a commit there and
// its reading; of the target, between a commit on the source and its being applied.
const (
	sourceLatency = "CDCLatencySource"
	targetLatency = "CDCLatencyTarget"
	incoming      = "CDCIncomingChanges"   // changes that wait to be applied
	onDisk        = "CDCChangesDiskTarget" // those of them that lie on the instance's disk
	diskSource    = "CDCChangesDiskSource" // changes on disk that wait for their commit
	freeStorage   = "FreeStorageSpace"     // bytes, of the instance
	freeMemory    = "FreeableMemory"       // bytes, of the instance
	swap          = "SwapUsage"            // bytes, of the instance
)

var (
	taskMetrics     = []string{sourceLatency, targetLatency, incoming, onDisk, diskSource}
	instanceMetrics = []string{freeStorage, freeMemory, swap}
)

const (
	window      = 30 * time.Minute // that is looked at
	stale       = 15 * time.Minute // a last value older than this tells nothing
	shortest    = 4 * time.Minute  // over which a trend is one
	keepsUp     = 60.0             // seconds of latency that are none
	bearable    = 900.0            // seconds of latency that may last: where the alarms of the bundle go off
	mostQueries = 500              // in one call of GetMetricData
)

// point is a value of a metric.
type point struct {
	At    time.Time
	Value float64
}

// series are the values of some metrics, oldest first.
type series map[string][]point

func (a *account) checkLatency(ctx context.Context, e *verify.Env) ([]verify.Result, error) {
	s, none := a.scene(ctx, e)
	if none != nil {
		return none, nil
	}
	now := time.Now()
	instance := s.plan.DMS.InstanceIdentifier()
	of := map[string][]string{instance: instanceMetrics} // metrics by the id of what has them
	dimensions := map[string][]types.Dimension{instance: {{Name: aws.String("ReplicationInstanceIdentifier"), Value: aws.String(instance)}}}
	s.each(func(t task) {
		if have, there := s.tasks[t.Identifier]; there {
			id := resourceID(have.ReplicationTaskArn)
			of[id] = taskMetrics
			dimensions[id] = append(slices.Clone(dimensions[instance]), types.Dimension{Name: aws.String("ReplicationTaskIdentifier"), Value: aws.String(id)})
		}
	})
	got, err := a.metrics(ctx, of, dimensions, now)
	if err != nil {
		return []verify.Result{unheard(ctx, "", err)}, nil
	}
	out := []verify.Result{judgeLoad(instance, s.plan.DMS.Instance, got[instance], now)}
	s.eachMade(&out, func(t task, have dmstypes.ReplicationTask) {
		out = append(out, judgeLatency(t.group.Slot, got[resourceID(have.ReplicationTaskArn)], now))
	})
	return out, nil
}

// metrics reads averages by the minute of the last half hour.
func (a *account) metrics(ctx context.Context, of map[string][]string, dimensions map[string][]types.Dimension, now time.Time) (map[string]series, error) {
	c, err := a.connect(ctx)
	if err != nil {
		return nil, err
	}
	type key struct{ owner, metric string }
	var keys []key
	var queries []types.MetricDataQuery
	for owner, metrics := range of {
		for _, m := range metrics {
			queries = append(queries, types.MetricDataQuery{
				Id: aws.String(fmt.Sprintf("m%d", len(keys))),
				MetricStat: &types.MetricStat{
					Metric: &types.Metric{Namespace: aws.String("AWS/DMS"), MetricName: aws.String(m), Dimensions: dimensions[owner]}, Period: aws.Int32(60), Stat: aws.String("Average"),
				},
			})
			keys = append(keys, key{owner, m})
		}
	}
	out := map[string]series{}
	for some := range slices.Chunk(queries, mostQueries) {
		p := cloudwatch.NewGetMetricDataPaginator(c.metrics, &cloudwatch.GetMetricDataInput{StartTime: aws.Time(now.Add(-window)), EndTime: aws.Time(now), MetricDataQueries: some, ScanBy: types.ScanByTimestampAscending})
		for p.HasMorePages() {
			page, err := p.NextPage(ctx)
			if err != nil {
				return nil, err
			}
			for _, r := range page.MetricDataResults {
				var n int
				if _, err := fmt.Sscanf(aws.ToString(r.Id), "m%d", &n); err != nil || n < 0 || n >= len(keys) {
					return nil, fmt.Errorf("CloudWatch answers about %q, which was not asked", aws.ToString(r.Id))
				}
				k := keys[n]
				if out[k.owner] == nil {
					out[k.owner] = series{}
				}
				for i := range min(len(r.Timestamps), len(r.Values)) {
					out[k.owner][k.metric] = append(out[k.owner][k.metric], point{r.Timestamps[i].UTC(), r.Values[i]})
				}
			}
		}
	}
	for _, s := range out {
		for _, points := range s {
			slices.SortFunc(points, func(a, b point) int { return a.At.Compare(b.At) })
		}
	}
	return out, nil
}

// last is the newest value of a metric.
func (s series) last(metric string) (point, bool) {
	p := s[metric]
	if len(p) == 0 {
		return point{}, false
	}
	return p[len(p)-1], true
}

// trend is how much a metric grows in a second, by least squares; false where the values are too few or too near to each other.
func (s series) trend(metric string) (float64, bool) {
	p := s[metric]
	if len(p) < 2 || p[len(p)-1].At.Sub(p[0].At) < shortest {
		return 0, false
	}
	var x, y float64
	for _, v := range p {
		x += v.At.Sub(p[0].At).Seconds() / float64(len(p))
		y += v.Value / float64(len(p))
	}
	var up, across float64
	for _, v := range p {
		dx := v.At.Sub(p[0].At).Seconds() - x
		up += dx * (v.Value - y)
		across += dx * dx
	}
	return up / across, true
}

const remedy = "in this order: a larger replication instance or target; a quieter time; fewer indexes on what changes most. " +
	"A slot that runs cannot be divided: for more of them, raise slots.count, plan and render, and start over (80-recovery/81-abort.sh --yes --target, then the new bundle)"

func judgeLatency(slot string, s series, now time.Time) verify.Result {
	target, known := s.last(targetLatency)
	source, read := s.last(sourceLatency)
	var r verify.Result
	switch slope, trend := s.trend(targetLatency); {
	case !known || !read:
		r = hinted(verify.Unknown.Of(slot, "CloudWatch has no latency of its task within %s", span(window)), "metrics come some minutes after the start of a task that runs: see G5-TASK, then look again")
	case now.Sub(target.At) > stale:
		r = hinted(verify.Unknown.Of(slot, "CloudWatch knows its task's latency as of %s ago only", span(now.Sub(target.At))), "a task that does not run reports nothing: see G5-TASK")
	case target.Value <= keepsUp && source.Value <= keepsUp:
		r = verify.Pass.Of(slot, "%s behind", planner.Span(math.Ceil(target.Value)))
	case !trend:
		r = hinted(verify.Unknown.Of(slot, "%s behind; there are too few values to tell whether that gets less", planner.Span(target.Value)), "look again in some minutes")
	case target.Value <= bearable && source.Value <= bearable && math.Abs(slope*window.Seconds()) < keepsUp:
		r = hinted(verify.Warn.Of(slot, "%s behind, and stays about that far", planner.Span(target.Value)), "the drain of the cutover takes that long")
	case slope >= 0:
		where := "it applies more slowly than changes come"
		if source.Value > target.Value/2 {
			where = "it reads more slowly than the source writes"
		}
		more := "no less than before"
		if slope*3600 >= 1 {
			more = "falls behind by " + planner.Span(slope*3600) + " more in an hour"
		}
		r = hinted(verify.Fail.Of(slot, "%s behind, and %s: %s", planner.Span(target.Value), more, where), "a large transaction counts when it is committed: look again in some minutes. Else, %s", remedy)
	default:
		r = hinted(verify.Warn.Of(slot, "%s behind; at the pace of the last %s it has caught up in %s", planner.Span(target.Value), span(now.Sub(s[targetLatency][0].At)), planner.Span(target.Value/-slope)), "wait")
	}
	for _, m := range taskMetrics {
		if p, ok := s.last(m); ok {
			r = shown(r, m, fmt.Sprintf("%.0f", p.Value))
		}
	}
	return r
}

func span(d time.Duration) string { return planner.Span(math.Round(d.Seconds())) }

// judgeLoad is about what the replication instance has left.
func judgeLoad(id string, planned planner.DMSInstance, s series, now time.Time) verify.Result {
	storage, known := s.last(freeStorage)
	memory, knownMemory := s.last(freeMemory)
	swapped, knownSwap := s.last(swap)
	total := float64(planned.StorageGB) * (1 << 30)
	var r verify.Result
	switch {
	case !known || !knownMemory || now.Sub(storage.At) > stale:
		r = hinted(verify.Unknown.Of(id, "CloudWatch does not say what storage and memory the replication instance has left"), "see G4-INST; metrics come some minutes after its creation")
	case storage.Value < total/10:
		r = hinted(verify.Fail.Of(id, "the replication instance has %s of storage left, of %d GB: tasks stop reading when it is full", analyze.Bytes(int64(storage.Value)), planned.StorageGB), "aws dms modify-replication-instance with more of --allocated-storage; it grows while tasks run")
	case storage.Value < total/5:
		r = hinted(verify.Warn.Of(id, "the replication instance has %s of storage left, of %d GB", analyze.Bytes(int64(storage.Value)), planned.StorageGB), "more storage before it is full: tasks stop reading then")
	case knownSwap && swapped.Value > 1<<30:
		r = hinted(verify.Warn.Of(id, "the replication instance swaps: %s", analyze.Bytes(int64(swapped.Value))), "expected while tasks catch up, not later: a larger class")
	default:
		r = verify.Pass.Of(id, "the replication instance has %s of storage and %s of memory left", analyze.Bytes(int64(storage.Value)), analyze.Bytes(int64(memory.Value)))
	}
	return r
}
