package dms

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	api "github.com/aws/aws-sdk-go-v2/service/databasemigrationservice"
	"github.com/aws/aws-sdk-go-v2/service/databasemigrationservice/types"

	"github.com/pgcutover/pgcutover/analyze"
	"github.com/pgcutover/pgcutover/render"
	"github.com/pgcutover/pgcutover/verify"
)

// assessments are the latest premigration assessment run of each task, by its ARN, and what each run found, by the run's ARN.
type assessments struct {
	runs  map[string]types.ReplicationTaskAssessmentRun
	found map[string][]types.ReplicationTaskIndividualAssessment
}

func (a *account) assessments(ctx context.Context, tasks []string) (out assessments, err error) {
	c, err := a.connect(ctx)
	if err != nil {
		return out, err
	}
	out.runs, out.found = map[string]types.ReplicationTaskAssessmentRun{}, map[string][]types.ReplicationTaskIndividualAssessment{}
	var latest []string
	for some := range slices.Chunk(tasks, mostValues) {
		p := api.NewDescribeReplicationTaskAssessmentRunsPaginator(c.dms, &api.DescribeReplicationTaskAssessmentRunsInput{Filters: filter("replication-task-arn", some...)})
		if err := pages(p.HasMorePages, func() error {
			page, err := p.NextPage(ctx)
			if err == nil {
				for _, r := range page.ReplicationTaskAssessmentRuns {
					if r.IsLatestTaskAssessmentRun {
						out.runs[aws.ToString(r.ReplicationTaskArn)] = r
						latest = append(latest, aws.ToString(r.ReplicationTaskAssessmentRunArn))
					}
				}
			}
			return err
		}); err != nil {
			return out, err
		}
	}
	for some := range slices.Chunk(latest, mostValues) {
		p := api.NewDescribeReplicationTaskIndividualAssessmentsPaginator(c.dms, &api.DescribeReplicationTaskIndividualAssessmentsInput{Filters: filter("replication-task-assessment-run-arn", some...)})
		if err := pages(p.HasMorePages, func() error {
			page, err := p.NextPage(ctx)
			if err == nil {
				for _, x := range page.ReplicationTaskIndividualAssessments {
					run := aws.ToString(x.ReplicationTaskAssessmentRunArn)
					out.found[run] = append(out.found[run], x)
				}
			}
			return err
		}); err != nil {
			return out, err
		}
	}
	return out, nil
}

func (a *account) checkAssessments(ctx context.Context, e *verify.Env) ([]verify.Result, error) {
	s, none := a.scene(ctx, e)
	if none != nil {
		return none, nil
	}
	var arns []string
	s.each(func(t task) {
		if have, there := s.tasks[t.Identifier]; there {
			arns = append(arns, aws.ToString(have.ReplicationTaskArn))
		}
	})
	have, err := a.assessments(ctx, arns)
	if err != nil {
		return []verify.Result{unheard(ctx, "", err)}, nil
	}
	return judgeAssessments(s, have), nil
}

// judgeAssessments warns, and no more: AWS DMS starts a task whatever its assessment says.
func judgeAssessments(s scene, have assessments) (out []verify.Result) {
	known := render.DMSAssessmentsOf(s.plan)
	s.eachMade(&out, func(t task, x types.ReplicationTask) {
		slot := t.group.Slot
		run, ran := have.runs[aws.ToString(x.ReplicationTaskArn)]
		if !ran {
			out = append(out, hinted(verify.Skip.Of(slot, "its task has not been assessed"), "50-cdc/dms/54-assess.sh %s has AWS DMS do it; nothing depends on it", slot))
			return
		}
		of := aws.ToString(run.Status)
		underWay := slices.Contains([]string{"starting", "provisioning", "running"}, of)
		var bad, expected []string
		named := of == "passed" // a run that did not pass has an individual assessment that did not
		for _, i := range have.found[aws.ToString(run.ReplicationTaskAssessmentRunArn)] {
			name, status := aws.ToString(i.IndividualAssessmentName), aws.ToString(i.Status)
			switch {
			case status == "passed" || status == "skipped", underWay && (status == "pending" || status == "running"):
				continue
			case status == "":
				status = "without a state"
			}
			text := name + " (" + status + ")"
			k := slices.IndexFunc(known, func(a render.DMSAssessment) bool { return a.Name == name })
			// What is expected is an answer; one that was not found out is none.
			if k >= 0 && (status == "failed" || status == "warning") {
				expected = append(expected, text+": "+known[k].Why)
				named = named || status == of || of == "warning"
			} else {
				bad = append(bad, text)
			}
		}
		slices.Sort(bad)
		slices.Sort(expected)
		report := fmt.Sprintf("the report is in s3://%s/%s", aws.ToString(run.ResultLocationBucket), aws.ToString(run.ResultLocationFolder))
		var r verify.Result
		switch {
		case len(bad) > 0 && underWay:
			r = hinted(verify.Warn.Of(slot, "%s; its assessment is %s", analyze.Some(bad, 8), of), "look again when it is done")
		case len(bad) > 0:
			r = hinted(verify.Warn.Of(slot, "%s", analyze.Some(bad, 8)), "%s", report)
		case underWay:
			r = hinted(verify.Warn.Of(slot, "its assessment is %s", of), "look again when it is done")
		case !slices.Contains([]string{"passed", "warning", "failed"}, of):
			r = hinted(verify.Warn.Of(slot, "its assessment is %s: %s", of, strings.Join(strings.Fields(aws.ToString(run.LastFailureMessage)), " ")), "50-cdc/dms/54-assess.sh %s", slot)
		case !named:
			r = hinted(verify.Warn.Of(slot, "its assessment is %s, and names nothing that is", of), "%s", report)
		default:
			r = verify.Pass.Of(slot, "nothing but what was expected")
		}
		out = append(out, shown(r, "run", aws.ToString(run.AssessmentRunName), "status", of, "expected", strings.Join(expected, "; ")))
	})
	return out
}
