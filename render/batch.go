package render

import (
	"fmt"
	"strconv"

	"github.com/pgcutover/pgcutover/planner"
)

// batchView is what the templates of the AWS Batch array job see.
type batchView struct {
	Head               head
	Name, Stack, Queue string
	Job, Prefix        string // name of the job; where in the bucket its files lie
	Account            awsAccount
	Jobs, Workers      int64 // of the array; of each of them
	Snapshots          bool
	ClientMajor        int64 // of PostgreSQL, at least
	VCPUs, MemoryMB    int64
}

const batchFolder = "40-load/batch/"

var batchTemplates = map[string]string{
	"40-load/42-batch.sh": "shell/42-batch.sh.tmpl", batchFolder + "job.sh": "shell/batch-job.sh.tmpl", batchFolder + "Dockerfile": "shell/batch-Dockerfile.tmpl",
}

// Sizes of Fargate (AWS Batch user guide, "Fargate task sizes"): 2 GB for each CPU is a size at all of these.
var fargateCPUs = []int64{1, 2, 4, 8, 16}

// A worker is two clients, which frame and forward what servers make and take: half a CPU is plenty.
func fargateSize(workers int64) (cpus, memoryMB int64) {
	cpus = fargateCPUs[len(fargateCPUs)-1]
	for _, n := range fargateCPUs {
		if 2*n >= workers {
			cpus = n
			break
		}
	}
	return cpus, 2048 * cpus
}

// batch makes the array job of AWS Batch that runs the load on several hosts; nothing where the plan has none.
func batch(p planner.Plan) ([]Artifact, error) {
	jobs := int64(p.Options.Load.AWSBatchJobs)
	if jobs == 0 {
		return nil, nil
	}
	v := batchView{
		Name: p.AWSName(), Stack: p.AWSName() + "-load", Queue: p.AWSName() + "-load", Job: p.AWSName() + "-load-" + p.Fingerprint()[:12],
		Prefix: "pgcutover/" + p.AWSName() + "/" + p.Fingerprint()[:12], Account: awsAccount{"batch", AWSTags(p), "cdc.name", "40-load/42-batch.sh --delete --yes", "docs/load.md"},
		Jobs: jobs, Workers: (int64(p.Options.Load.Workers) + jobs - 1) / jobs, Snapshots: p.Options.Snapshots(),
		ClientMajor: max(major(p.Source.VersionNum), major(p.Target.VersionNum), 1400) / 100,
	}
	v.VCPUs, v.MemoryMB = fargateSize(v.Workers)
	body, err := batchStack(p, v).encode()
	if err != nil {
		return nil, err
	}
	out := []Artifact{
		{Path: batchFolder + "cloudformation/01-stack.json", Mode: 0o644, Body: body, On: OnAWS, Title: "CloudFormation template of the stack " + v.Stack},
		{
			Path: "40-load/42-batch.sh", Mode: 0o755, On: OnAWS, Step: true,
			Title:   fmt.Sprintf("Run the load as an array job of AWS Batch: %d jobs with %d workers each, which pull from one ledger", v.Jobs, v.Workers),
			Needs:   "what 42-load.sh needs, and in env the image, the bucket, the subnets and the secrets (see env.example)",
			Rerun:   "watches the job that runs; submits another one where none does and the load is not done",
			Undo:    "42-batch.sh --stop; what is loaded stays",
			Fails:   "42-load.sh --status names the items; the logs of the jobs are in CloudWatch. Another run goes on, and so does 42-load.sh on any host",
			Minutes: minutes(p.Estimate.CopySeconds + p.Estimate.BuildSeconds),
		},
		{Path: batchFolder + "job.sh", Mode: 0o755, On: OnAWS, Title: "What each job of the array runs: fetches the bundle and state.json, then 42-load.sh"},
		{Path: batchFolder + "Dockerfile", Mode: 0o644, On: OnOperator, Title: "Image of the jobs: PostgreSQL's client programs, the AWS CLI and job.sh"},
	}
	for i, a := range out {
		if a.Body != nil {
			continue
		}
		v.Head = headOf(a)
		if out[i], err = a.fill(batchTemplates[a.Path], v); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// batchStack makes what the jobs run in: a compute environment of Fargate, a queue, the definition of a job, its log and its two roles.
func batchStack(p planner.Plan, v batchView) stackTemplate {
	t := stackTemplate{
		AWSTemplateFormatVersion: "2010-09-09",
		Description:              "Load of " + v.Name + " by AWS Batch, made by pgcutover from plan " + p.Fingerprint()[:12],
		Parameters: object{
			"Image":              parameter("String", "Image of the jobs, made from 40-load/batch/Dockerfile", object{"MinLength": 1}),
			"Bucket":             parameter("String", "Bucket in S3 that the bundle and state.json are put into", object{"MinLength": 3}),
			"SubnetIds":          parameter("List<AWS::EC2::Subnet::Id>", "Subnets from which both servers, S3, the registry of the image and AWS Secrets Manager are reached", nil),
			"SecurityGroupIds":   parameter("List<AWS::EC2::SecurityGroup::Id>", "Security groups of the jobs, which both servers let in", nil),
			"AssignPublicIp":     parameter("String", "ENABLED only in subnets that have no other way out", object{"Default": "DISABLED", "AllowedValues": []string{"ENABLED", "DISABLED"}}),
			"ServicesSecretArn":  parameter("String", "Secret whose text is the service file (pg_service.conf)", object{"AllowedPattern": "^arn:.+$"}),
			"PasswordsSecretArn": parameter("String", "Secret whose text is the password file (.pgpass)", object{"AllowedPattern": "^arn:.+$"}),
			"SecretsKeyArns":     parameter("CommaDelimitedList", "Keys of one's own that encrypt the secrets; empty: none", object{"Default": ""}),
		},
		Conditions: object{"HasSecretsKeys": isGiven(joined(ref("SecretsKeyArns")))},
		Resources:  object{},
	}
	listed, named, ofTasks := tags(p), object{}, trust("ecs-tasks.amazonaws.com") // AWS Batch takes tags as names with values
	for _, x := range v.Account.Tags {
		named[x.Key] = x.Value
	}
	// What starts a container: it fetches the image, writes the log, and puts both secrets into the job's environment.
	t.Resources["ExecutionRole"] = object{
		"Type": "AWS::IAM::Role",
		"Properties": object{
			"AssumeRolePolicyDocument": ofTasks,
			"ManagedPolicyArns":        []any{sub("arn:${AWS::Partition}:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy")},
			"Policies": []any{object{"PolicyName": "secrets", "PolicyDocument": object{"Version": "2012-10-17", "Statement": []any{
				object{"Effect": "Allow", "Action": []string{"secretsmanager:GetSecretValue"}, "Resource": []any{ref("ServicesSecretArn"), ref("PasswordsSecretArn")}},
				ifElse("HasSecretsKeys", object{"Effect": "Allow", "Action": []string{"kms:Decrypt"}, "Resource": ref("SecretsKeyArns")}, noValue),
			}}}},
			"Tags": listed,
		},
	}
	// What a job may do itself: read its files.
	t.Resources["JobRole"] = object{
		"Type": "AWS::IAM::Role",
		"Properties": object{
			"AssumeRolePolicyDocument": ofTasks,
			"Policies": []any{object{"PolicyName": "files", "PolicyDocument": object{"Version": "2012-10-17", "Statement": []any{
				object{"Effect": "Allow", "Action": []string{"s3:GetObject"}, "Resource": sub("arn:${AWS::Partition}:s3:::${Bucket}/" + v.Prefix + "/*")},
			}}}},
			"Tags": listed,
		},
	}
	t.Resources["Log"] = object{
		"Type": "AWS::Logs::LogGroup", "DeletionPolicy": "Retain", "UpdateReplacePolicy": "Retain", // the evidence outlives the load
		"Properties": object{"LogGroupName": "/pgcutover/" + v.Stack, "RetentionInDays": 90, "Tags": listed},
	}
	t.Resources["Environment"] = object{
		"Type": "AWS::Batch::ComputeEnvironment",
		"Properties": object{
			"Type": "MANAGED", "State": "ENABLED", "Tags": named,
			"ComputeResources": object{"Type": "FARGATE", "MaxvCpus": v.Jobs * v.VCPUs, "Subnets": ref("SubnetIds"), "SecurityGroupIds": ref("SecurityGroupIds")},
		},
	}
	t.Resources["Queue"] = object{
		"Type": "AWS::Batch::JobQueue",
		"Properties": object{
			"JobQueueName": v.Queue, "Priority": 1, "State": "ENABLED", "Tags": named,
			"ComputeEnvironmentOrder": []any{object{"Order": 1, "ComputeEnvironment": ref("Environment")}},
		},
	}
	t.Resources["Definition"] = object{
		"Type": "AWS::Batch::JobDefinition",
		"Properties": object{
			"JobDefinitionName": v.Job, "Type": "container", "PlatformCapabilities": []string{"FARGATE"}, "PropagateTags": true, "Tags": named,
			// An item that failed for good, or a replica that has moved, is not mended by another try; a host that is lost is.
			"RetryStrategy": object{"Attempts": 5, "EvaluateOnExit": []any{object{"OnExitCode": "1", "Action": "EXIT"}, object{"OnReason": "*", "Action": "RETRY"}}},
			"ContainerProperties": object{
				"Image": ref("Image"), "Command": []string{"/usr/local/bin/pgcutover-job"},
				"ExecutionRoleArn": arnOf("ExecutionRole"), "JobRoleArn": arnOf("JobRole"),
				"ResourceRequirements": []any{
					object{"Type": "VCPU", "Value": strconv.FormatInt(v.VCPUs, 10)}, object{"Type": "MEMORY", "Value": strconv.FormatInt(v.MemoryMB, 10)},
				},
				"NetworkConfiguration":         object{"AssignPublicIp": ref("AssignPublicIp")},
				"FargatePlatformConfiguration": object{"PlatformVersion": "LATEST"},
				"Environment": []any{
					object{"Name": "PGCUTOVER_WORKERS", "Value": strconv.FormatInt(v.Workers, 10)},
					object{"Name": "PGCUTOVER_FILES", "Value": sub("s3://${Bucket}/" + v.Prefix)},
				},
				"Secrets": []any{
					object{"Name": "PGCUTOVER_SERVICES", "ValueFrom": ref("ServicesSecretArn")}, object{"Name": "PGCUTOVER_PASSWORDS", "ValueFrom": ref("PasswordsSecretArn")},
				},
				"LogConfiguration": object{"LogDriver": "awslogs", "Options": object{
					"awslogs-group": ref("Log"), "awslogs-region": ref("AWS::Region"), "awslogs-stream-prefix": "load",
				}},
			},
		},
	}
	return t
}
