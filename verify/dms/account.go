package dms

import (
	"context"
	"errors"
	"slices"
	"sync"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	api "github.com/aws/aws-sdk-go-v2/service/databasemigrationservice"
	"github.com/aws/aws-sdk-go-v2/service/databasemigrationservice/types"

	"github.com/pgcutover/pgcutover/planner"
	"github.com/pgcutover/pgcutover/verify/cloud"
)

// account is what the checks of one run share: clients, and what AWS DMS has of the plan, asked for once.
type account struct {
	configure cloud.Configuration
	found     cloud.Once[found]

	mu      sync.Mutex
	clients *clients
}

type clients struct {
	dms     *api.Client
	metrics *cloudwatch.Client
	logs    *cloudwatchlogs.Client
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
	a.clients = &clients{api.NewFromConfig(c), cloudwatch.NewFromConfig(c), cloudwatchlogs.NewFromConfig(c)}
	return a.clients, nil
}

// found is what AWS DMS has under the plan's names.
type found struct {
	instance    *types.ReplicationInstance       // nil: there is none
	endpoints   map[string]types.Endpoint        // by identifier
	tasks       map[string]types.ReplicationTask // by identifier
	connections map[string]types.Connection      // tests from the instance, by ARN of the endpoint
	tags        map[string]map[string]string     // by ARN
	tagsErr     error                            // why tags are not known
}

// look asks AWS DMS, the first time.
func (a *account) look(ctx context.Context, d planner.DMS) (*found, error) {
	return a.found.Get(ctx, func() (*found, error) {
		c, err := a.connect(ctx)
		if err != nil {
			return nil, err
		}
		return ask(ctx, c.dms, d)
	})
}

// mostValues is how many values go into one filter; AWS names no bound, and a call of this size is far from any.
const mostValues = 50

func ask(ctx context.Context, c *api.Client, d planner.DMS) (*found, error) {
	f := &found{endpoints: map[string]types.Endpoint{}, tasks: map[string]types.ReplicationTask{}, connections: map[string]types.Connection{}, tags: map[string]map[string]string{}}
	var arns []string
	instances := api.NewDescribeReplicationInstancesPaginator(c, &api.DescribeReplicationInstancesInput{Filters: filter("replication-instance-id", d.InstanceIdentifier())})
	err := pages(instances.HasMorePages, func() error {
		page, err := instances.NextPage(ctx)
		if err == nil {
			for _, x := range page.ReplicationInstances {
				f.instance = &x
				arns = append(arns, aws.ToString(x.ReplicationInstanceArn))
			}
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	endpoints, tasks := []string{d.TargetEndpoint()}, []string{}
	for _, t := range d.Tasks {
		endpoints, tasks = append(endpoints, t.Endpoint), append(tasks, t.Identifier)
	}
	for some := range slices.Chunk(endpoints, mostValues) {
		p := api.NewDescribeEndpointsPaginator(c, &api.DescribeEndpointsInput{Filters: filter("endpoint-id", some...)})
		if err := pages(p.HasMorePages, func() error {
			page, err := p.NextPage(ctx)
			if err == nil {
				for _, x := range page.Endpoints {
					f.endpoints[aws.ToString(x.EndpointIdentifier)] = x
					arns = append(arns, aws.ToString(x.EndpointArn))
				}
			}
			return err
		}); err != nil {
			return nil, err
		}
	}
	for some := range slices.Chunk(tasks, mostValues) {
		p := api.NewDescribeReplicationTasksPaginator(c, &api.DescribeReplicationTasksInput{Filters: filter("replication-task-id", some...)})
		if err := pages(p.HasMorePages, func() error {
			page, err := p.NextPage(ctx)
			if err == nil {
				for _, x := range page.ReplicationTasks {
					f.tasks[aws.ToString(x.ReplicationTaskIdentifier)] = x
					arns = append(arns, aws.ToString(x.ReplicationTaskArn))
				}
			}
			return err
		}); err != nil {
			return nil, err
		}
	}
	if f.instance != nil {
		p := api.NewDescribeConnectionsPaginator(c, &api.DescribeConnectionsInput{Filters: filter("replication-instance-arn", aws.ToString(f.instance.ReplicationInstanceArn))})
		if err := pages(p.HasMorePages, func() error {
			page, err := p.NextPage(ctx)
			if err == nil {
				for _, x := range page.Connections {
					f.connections[aws.ToString(x.EndpointArn)] = x
				}
			}
			return err
		}); err != nil {
			return nil, err
		}
	}
	for some := range slices.Chunk(arns, mostValues) {
		answer, err := c.ListTagsForResource(ctx, &api.ListTagsForResourceInput{ResourceArnList: some})
		if err != nil {
			f.tagsErr = err
			break
		}
		for _, t := range answer.TagList {
			arn := aws.ToString(t.ResourceArn)
			if f.tags[arn] == nil {
				f.tags[arn] = map[string]string{}
			}
			f.tags[arn][aws.ToString(t.Key)] = aws.ToString(t.Value)
		}
	}
	return f, nil
}

func filter(name string, values ...string) []types.Filter {
	return []types.Filter{{Name: aws.String(name), Values: values}}
}

// pages goes through the pages of one question. That nothing is found is an error to AWS DMS, and none here.
func pages(more func() bool, next func() error) error {
	for more() {
		if err := next(); err != nil {
			if _, none := errors.AsType[*types.ResourceNotFoundFault](err); none {
				return nil
			}
			return err
		}
	}
	return nil
}

// statistics are those of a task's tables.
func (a *account) statistics(ctx context.Context, arn string) ([]types.TableStatistics, error) {
	c, err := a.connect(ctx)
	if err != nil {
		return nil, err
	}
	var out []types.TableStatistics
	p := api.NewDescribeTableStatisticsPaginator(c.dms, &api.DescribeTableStatisticsInput{ReplicationTaskArn: aws.String(arn), MaxRecords: aws.Int32(500)})
	for p.HasMorePages() {
		page, err := p.NextPage(ctx)
		if err != nil {
			return nil, err
		}
		out = append(out, page.TableStatistics...)
	}
	return out, nil
}
