package rds

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	metric "github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"
	api "github.com/aws/aws-sdk-go-v2/service/rds"
	"github.com/aws/aws-sdk-go-v2/service/rds/types"
	"github.com/aws/smithy-go"

	"github.com/pgcutover/pgcutover/planner"
	"github.com/pgcutover/pgcutover/verify"
	"github.com/pgcutover/pgcutover/verify/cloud"
)

// page of the docs has the rights that these checks need.
const page = "docs/promote.md"

// account is what the checks of one run share: clients, and what RDS has under the plan's names, asked for once.
type account struct {
	configure cloud.Configuration
	found     cloud.Once[found]

	mu      sync.Mutex
	clients *clients
}

type clients struct {
	rds     *api.Client
	metrics *cloudwatch.Client
}

// found is what RDS has under the plan's names; nil: there is none.
type found struct {
	source  *types.DBInstance
	cluster *types.DBCluster
	members map[string]types.DBInstance // by identifier
}

func (a *account) connect(ctx context.Context) (*clients, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.clients != nil {
		return a.clients, nil
	}
	c, err := a.configure(ctx)
	if err != nil {
		return nil, err
	}
	a.clients = &clients{api.NewFromConfig(c), cloudwatch.NewFromConfig(c)}
	return a.clients, nil
}

// look asks RDS, the first time.
func (a *account) look(ctx context.Context, p planner.Aurora) (*found, error) {
	return a.found.Get(ctx, func() (*found, error) {
		c, err := a.connect(ctx)
		if err != nil {
			return nil, err
		}
		return ask(ctx, c.rds, p)
	})
}

func ask(ctx context.Context, c *api.Client, p planner.Aurora) (*found, error) {
	f := &found{members: map[string]types.DBInstance{}}
	for _, id := range append([]string{p.Source, p.Writer}, p.Readers...) {
		answer, err := c.DescribeDBInstances(ctx, &api.DescribeDBInstancesInput{DBInstanceIdentifier: aws.String(id)})
		switch {
		case isNone(err, "DBInstanceNotFound"):
			continue
		case err != nil:
			return nil, err
		case len(answer.DBInstances) == 0:
			continue
		case id == p.Source:
			f.source = &answer.DBInstances[0]
		default:
			f.members[id] = answer.DBInstances[0]
		}
	}
	answer, err := c.DescribeDBClusters(ctx, &api.DescribeDBClustersInput{DBClusterIdentifier: aws.String(p.Cluster)})
	switch {
	case isNone(err, "DBClusterNotFoundFault"):
	case err != nil:
		return nil, err
	case len(answer.DBClusters) > 0:
		f.cluster = &answer.DBClusters[0]
	}
	return f, nil
}

// isNone reports that AWS says there is no such thing: the one error that is an answer. Its codes come with and without the word Fault.
func isNone(err error, code string) bool {
	fault, ok := errors.AsType[smithy.APIError](err)
	return ok && (fault.ErrorCode() == code || fault.ErrorCode()+"Fault" == code || fault.ErrorCode() == code+"Fault")
}

// classes are the instance classes that the Region offers for a version of Aurora PostgreSQL; none: it does not offer the version.
func (a *account) classes(ctx context.Context, version string) ([]string, error) {
	c, err := a.connect(ctx)
	if err != nil {
		return nil, err
	}
	var out []string
	p := api.NewDescribeOrderableDBInstanceOptionsPaginator(c.rds, &api.DescribeOrderableDBInstanceOptionsInput{Engine: aws.String("aurora-postgresql"), EngineVersion: aws.String(version)})
	for p.HasMorePages() {
		answer, err := p.NextPage(ctx)
		if err != nil {
			return nil, err
		}
		for _, o := range answer.OrderableDBInstanceOptions {
			out = append(out, aws.ToString(o.DBInstanceClass))
		}
	}
	slices.Sort(out)
	return slices.Compact(out), nil
}

// lag is the last figure that CloudWatch has of the replica's lag; nil: none of the last ten minutes.
func (a *account) lag(ctx context.Context, writer string) (*float64, error) {
	c, err := a.connect(ctx)
	if err != nil {
		return nil, err
	}
	now := time.Now()
	answer, err := c.metrics.GetMetricStatistics(ctx, &cloudwatch.GetMetricStatisticsInput{
		Namespace: aws.String("AWS/RDS"), MetricName: aws.String("RDSToAuroraPostgreSQLReplicaLag"), Period: aws.Int32(60), Statistics: []metric.Statistic{metric.StatisticMaximum},
		Dimensions: []metric.Dimension{{Name: aws.String("DBInstanceIdentifier"), Value: aws.String(writer)}}, StartTime: aws.Time(now.Add(-10 * time.Minute)), EndTime: aws.Time(now),
	})
	if err != nil || len(answer.Datapoints) == 0 {
		return nil, err
	}
	last := slices.MaxFunc(answer.Datapoints, func(x, y metric.Datapoint) int {
		return cmp.Compare(aws.ToTime(x.Timestamp).UnixNano(), aws.ToTime(y.Timestamp).UnixNano())
	})
	return last.Maximum, nil
}

// scene is what the judges see.
type scene struct {
	*found
	plan    planner.Plan
	aurora  planner.Aurora
	options planner.AuroraOptions
	state   *verify.State
}

func (a *account) scene(ctx context.Context, e *verify.Env) (s scene, none []verify.Result) {
	if e.Plan.Aurora == nil || e.Plan.Options.Aurora == nil {
		return s, []verify.Result{verify.Skip.Of("", "the plan makes no Aurora replica")}
	}
	f, err := a.look(ctx, *e.Plan.Aurora)
	if err != nil {
		return s, []verify.Result{cloud.Unheard(ctx, "", err, page)}
	}
	return scene{found: f, plan: e.Plan, aurora: *e.Plan.Aurora, options: *e.Plan.Options.Aurora, state: e.State}, nil
}

// looks is the run of a check that needs no more than what RDS says of the instances and the cluster.
func (a *account) looks(judge func(scene) []verify.Result) func(context.Context, *verify.Env) ([]verify.Result, error) {
	return func(ctx context.Context, e *verify.Env) ([]verify.Result, error) {
		s, none := a.scene(ctx, e)
		if none != nil {
			return none, nil
		}
		return judge(s), nil
	}
}
