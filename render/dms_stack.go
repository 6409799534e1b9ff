package render

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/pgcutover/pgcutover/planner"
)

// What CloudFormation takes (its user guide, "CloudFormation quotas"). A body up to the first limit goes with the request, up to the second it
// has to lie in S3; the rest are counts in one template.
const (
	mostInline     = 51_200
	mostBody       = 1_000_000
	mostResources  = 500
	mostParameters = 200
	mostOutputs    = 200
)

// stack is one CloudFormation template.
type stack struct {
	File   string // in the bundle
	Name   string
	Body   []byte
	Bucket bool  // too large to be sent: deploying it needs a bucket in S3
	Groups []int // positions of the groups whose tasks it makes
}

type object = map[string]any

// stackTemplate is a CloudFormation template, with its parts in the order in which they are read.
type stackTemplate struct {
	AWSTemplateFormatVersion string
	Description              string
	Parameters               object
	Conditions               object `json:",omitempty"`
	Resources                object
	Outputs                  object `json:",omitempty"`
}

func (t stackTemplate) encode() ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", " ")
	if err := e.Encode(t); err != nil {
		return nil, fmt.Errorf("encoding a template: %w", err)
	}
	return b.Bytes(), nil
}

// fits reports whether CloudFormation takes the template with so large a body.
func (t stackTemplate) fits(body []byte, most int) bool {
	return len(body) <= most && len(t.Resources) <= mostResources && len(t.Parameters) <= mostParameters && len(t.Outputs) <= mostOutputs
}

// stacks divides what AWS DMS needs into templates: one where it can be sent in one request, else the instance with its surroundings in one and
// the tasks in others. left are the groups whose mapping no template holds: their tasks are made by a call for each.
func stacks(p planner.Plan) (out []stack, left []int, err error) {
	d := p.DMS
	for _, name := range []string{p.Source.Database, p.Target.Database} {
		if strings.Contains(name, "{{") {
			return nil, nil, errors.New(`CloudFormation would take "{{" in the database's name for a reference: configure cdc.format: cli`)
		}
	}
	sum := p.Fingerprint()[:12] // of the whole plan, which takes its time
	all := make([]int, len(d.Tasks))
	for i := range all {
		all[i] = i
	}
	whole, err := stackOf(p, sum, true, all)
	if err != nil {
		return nil, nil, err
	}
	body, err := whole.encode()
	if err != nil {
		return nil, nil, err
	}
	if whole.fits(body, mostInline) {
		return []stack{{File: stackFile(1), Name: d.Stack(), Body: body, Groups: all}}, nil, nil
	}
	base, err := stackOf(p, sum, true, nil)
	if err != nil {
		return nil, nil, err
	}
	if body, err = base.encode(); err != nil {
		return nil, nil, err
	}
	out = append(out, stack{File: stackFile(1), Name: d.Stack(), Body: body, Bucket: len(body) > mostInline})
	// Tasks that can be sent come first, as many to a template as fit; the larger ones share templates that lie in S3.
	small, large := []int{}, []int{}
	for _, i := range all {
		t, err := stackOf(p, sum, false, []int{i})
		if err != nil {
			return nil, nil, err
		}
		body, err := t.encode()
		if err != nil {
			return nil, nil, err
		}
		switch {
		case t.fits(body, mostInline):
			small = append(small, i)
		case t.fits(body, mostBody):
			large = append(large, i)
		default:
			left = append(left, i)
		}
	}
	for _, kind := range []struct {
		groups []int
		most   int
	}{{small, mostInline}, {large, mostBody}} {
		for begin := 0; begin < len(kind.groups); {
			var fitting stack
			end := begin
			for end < len(kind.groups) {
				groups := kind.groups[begin : end+1]
				t, err := stackOf(p, sum, false, groups)
				if err != nil {
					return nil, nil, err
				}
				body, err := t.encode()
				if err != nil {
					return nil, nil, err
				}
				if !t.fits(body, kind.most) {
					break
				}
				number := len(out) + 1
				fitting = stack{File: stackFile(number), Name: fmt.Sprintf("%s-%02d", d.Stack(), number), Body: body, Bucket: kind.most > mostInline, Groups: slices.Clone(groups)}
				end++
			}
			out = append(out, fitting)
			begin = end
		}
	}
	return out, left, nil
}

func stackFile(number int) string {
	return fmt.Sprintf("50-cdc/dms/cloudformation/%02d-stack.json", number)
}

// Shapes of CloudFormation.
func ref(name string) object   { return object{"Ref": name} }
func arnOf(name string) object { return object{"Fn::GetAtt": []string{name, "Arn"}} }
func sub(text string) object   { return object{"Fn::Sub": text} } // only for texts that are in this file
func ifElse(condition string, then, otherwise any) object {
	return object{"Fn::If": []any{condition, then, otherwise}}
}

// isGiven is the condition that a text is not empty, joined a list as one text.
func isGiven(text object) object {
	return object{"Fn::Not": []any{object{"Fn::Equals": []any{text, ""}}}}
}
func joined(list object) object { return object{"Fn::Join": []any{"", list}} }

func importValue(name string) object { return object{"Fn::ImportValue": name} }

var noValue = ref("AWS::NoValue")

// mayBeEmpty is for what a site has or not. It has no default, so that a deployment says which.
var mayBeEmpty = object{"AllowedPattern": "^$|^arn:.+$"}

func parameter(kind, description string, more object) object {
	p := object{"Type": kind, "Description": description}
	for k, v := range more {
		p[k] = v
	}
	return p
}

// stackOf makes a template: with base the instance and what surrounds it, with groups their endpoints, tasks and alarms.
//
// A task exists once its position is known: its parameter is empty until then. So everything else can be made and tested before the pause,
// and a slot that is restarted at another position gets a new task, because AWS DMS fixes the position when a task is made (its reference of
// the API can be read otherwise). MigrationType, which one page of AWS's replaces a task for and another does not, never changes.
func stackOf(p planner.Plan, sum string, base bool, groups []int) (stackTemplate, error) {
	d, o := p.DMS, p.Options.CDC
	t := stackTemplate{
		AWSTemplateFormatVersion: "2010-09-09",
		Description:              "Change data capture of " + d.Name + " by AWS DMS, made by pgcutover from plan " + sum,
		Parameters:               object{}, Conditions: object{}, Resources: object{}, Outputs: object{},
	}
	t.Parameters["AlarmTopicArn"] = parameter("String", "SNS topic for alarms and events; empty: nobody is told", mayBeEmpty)
	t.Conditions["HasTopic"] = isGiven(ref("AlarmTopicArn"))
	instance, target, secretsRole := importValue(d.Name+"-dms-instance"), importValue(d.Name+"-dms-target"), importValue(d.Name+"-dms-secrets-role")
	if base {
		baseOf(&t, p)
		instance, target, secretsRole = ref("Instance"), ref("Target"), ifElse("MakesSecretsRole", arnOf("SecretsRole"), ref("SecretsRoleArn"))
	}
	t.Parameters["KmsKeyArn"] = parameter("String", "Key that encrypts the replication instance and the endpoints; empty: the account's own for AWS DMS", mayBeEmpty)
	t.Conditions["HasKey"] = isGiven(ref("KmsKeyArn"))
	if base || len(groups) > 0 {
		t.Parameters["SourceSecretArn"] = parameter("String", "Secret with username, password, host and port of the source; the primary, never the replica", object{"AllowedPattern": "^arn:.+$"})
	}
	if o.SSL != "require" {
		t.Parameters["CertificateArn"] = parameter("String", "Certificate imported into AWS DMS, with the whole chain of both servers", object{"AllowedPattern": "^arn:.+$"})
	}
	if base {
		t.Resources["Target"] = stackEndpoint(p, targetEndpoint(p), ref("TargetSecretArn"), secretsRole)
	}
	if len(groups) > 0 {
		t.Parameters["LatencySeconds"] = parameter("Number", "Seconds a task may be behind before its alarm goes off", object{"Default": 900, "MinValue": 60})
	}
	for _, i := range groups {
		if err := taskOf(&t, p, i, instance, target, secretsRole); err != nil {
			return stackTemplate{}, err
		}
	}
	return t, nil
}

// tags of everything that takes them.
func tags(p planner.Plan) (out []object) {
	for _, t := range AWSTags(p) {
		out = append(out, object{"Key": t.Key, "Value": t.Value})
	}
	return out
}

func baseOf(t *stackTemplate, p planner.Plan) {
	d := p.DMS
	t.Parameters["SubnetIds"] = parameter("List<AWS::EC2::Subnet::Id>", "At least two subnets in two availability zones, from which both servers are reached", nil)
	t.Parameters["SecurityGroupIds"] = parameter("List<AWS::EC2::SecurityGroup::Id>", "Security groups of the replication instance, which both servers let in", nil)
	t.Parameters["TargetSecretArn"] = parameter("String", "Secret with username, password, host and port of the target; one that RDS manages itself lacks the last two", object{"AllowedPattern": "^arn:.+$"})
	t.Parameters["SecretsRoleArn"] = parameter("String", "Role by which AWS DMS reads both secrets; empty: this stack makes one", mayBeEmpty)
	t.Parameters["SecretsKeyArns"] = parameter("CommaDelimitedList", "Keys of one's own that encrypt the secrets, for the role that this stack makes; empty: none", object{"Default": ""})
	t.Parameters["MakeServiceRoles"] = parameter("String", "Whether this stack makes dms-vpc-role and dms-cloudwatch-logs-role, which an account has once", object{"Default": "no", "AllowedValues": []string{"yes", "no"}})
	t.Conditions["MakesServiceRoles"] = object{"Fn::Equals": []any{ref("MakeServiceRoles"), "yes"}}
	t.Conditions["MakesSecretsRole"] = object{"Fn::Equals": []any{ref("SecretsRoleArn"), ""}}
	t.Conditions["HasSecretsKeys"] = isGiven(joined(ref("SecretsKeyArns")))

	// The two service roles are found by their names and trust the global principal; the one for secrets trusts the Region's.
	for name, policy := range map[string]string{"dms-vpc-role": "AmazonDMSVPCManagementRole", "dms-cloudwatch-logs-role": "AmazonDMSCloudWatchLogsRole"} {
		logical := map[string]string{"dms-vpc-role": "VpcRole", "dms-cloudwatch-logs-role": "LogsRole"}[name]
		t.Resources[logical] = object{
			"Type": "AWS::IAM::Role", "Condition": "MakesServiceRoles", "DeletionPolicy": "Retain", "UpdateReplacePolicy": "Retain", // every migration of the account uses them
			"Properties": object{
				"RoleName": name, "AssumeRolePolicyDocument": trust("dms.amazonaws.com"),
				"ManagedPolicyArns": []any{sub("arn:${AWS::Partition}:iam::aws:policy/service-role/" + policy)},
			},
		}
	}
	t.Resources["SecretsRole"] = object{
		"Type": "AWS::IAM::Role", "Condition": "MakesSecretsRole",
		"Properties": object{
			"AssumeRolePolicyDocument": trust(sub("dms.${AWS::Region}.amazonaws.com")),
			"Policies": []any{object{"PolicyName": "secrets", "PolicyDocument": object{"Version": "2012-10-17", "Statement": []any{object{
				"Effect": "Allow", "Action": []string{"secretsmanager:GetSecretValue", "secretsmanager:DescribeSecret"},
				"Resource": []any{ref("SourceSecretArn"), ref("TargetSecretArn")},
			}, ifElse("HasSecretsKeys", object{"Effect": "Allow", "Action": []string{"kms:Decrypt", "kms:DescribeKey"}, "Resource": ref("SecretsKeyArns")}, noValue)}}}},
			"Tags": tags(p),
		},
	}
	t.Resources["SubnetGroup"] = object{
		"Type": "AWS::DMS::ReplicationSubnetGroup",
		"Properties": object{
			"ReplicationSubnetGroupIdentifier":  d.InstanceIdentifier(),
			"ReplicationSubnetGroupDescription": "Replication instance of " + d.Name, "SubnetIds": ref("SubnetIds"), "Tags": append(tags(p), after("VpcRole", "dms-vpc-role")),
		},
	}
	t.Resources["Instance"] = object{
		"Type": "AWS::DMS::ReplicationInstance",
		"Properties": object{
			"ReplicationInstanceIdentifier": d.InstanceIdentifier(), "ReplicationInstanceClass": d.Instance.Class, "AllocatedStorage": d.Instance.StorageGB,
			"MultiAZ": d.Instance.MultiAZ, "EngineVersion": d.Instance.EngineVersion, "AutoMinorVersionUpgrade": false,
			"PubliclyAccessible":               false, // the default is true
			"ReplicationSubnetGroupIdentifier": ref("SubnetGroup"), "VpcSecurityGroupIds": ref("SecurityGroupIds"),
			"KmsKeyId": ifElse("HasKey", ref("KmsKeyArn"), noValue), "Tags": append(tags(p), after("LogsRole", "dms-cloudwatch-logs-role")),
		},
	}
	// No categories: AWS's pages spell them in three ways, and without them all are told.
	for logical, kind := range map[string]string{"InstanceEvents": "replication-instance", "TaskEvents": "replication-task"} {
		t.Resources[logical] = object{
			"Type": "AWS::DMS::EventSubscription", "Condition": "HasTopic",
			"Properties": object{"SnsTopicArn": ref("AlarmTopicArn"), "SourceType": kind, "Enabled": true, "Tags": tags(p)},
		}
	}
	const gb = 1 << 30
	dimension := []object{{"Name": "ReplicationInstanceIdentifier", "Value": d.InstanceIdentifier()}}
	for _, a := range []alarm{
		{"CpuAlarm", "CPUUtilization", "GreaterThanThreshold", 85, "The replication instance has been busy for a quarter of an hour: a larger class, or fewer tasks on it.", "missing"},
		{"MemoryAlarm", "FreeableMemory", "LessThanThreshold", 2 * gb, "Less than 2 GB of memory left on the replication instance: it will swap.", "missing"},
		{"SwapAlarm", "SwapUsage", "GreaterThanThreshold", gb, "The replication instance swaps. Expected while tasks catch up, not later.", "missing"},
		{"StorageAlarm", "FreeStorageSpace", "LessThanThreshold", float64(d.Instance.StorageGB) * gb / 5, "A fifth of the replication instance's storage is left: tasks stop reading when it is full.", "missing"},
	} {
		t.Resources[a.logical] = a.resource(dimension)
	}
	for name, value := range map[string]any{"instance": ref("Instance"), "target": ref("Target"), "secrets-role": ifElse("MakesSecretsRole", arnOf("SecretsRole"), ref("SecretsRoleArn"))} {
		logical := map[string]string{"instance": "InstanceArn", "target": "TargetEndpointArn", "secrets-role": "SecretsRole"}[name]
		t.Outputs[logical] = object{"Value": value, "Export": object{"Name": d.Name + "-dms-" + name}}
	}
}

// after is a tag that makes CloudFormation wait for a service role where this stack makes it: DependsOn takes no condition.
func after(logical, name string) object {
	return object{"Key": "pgcutover:" + strings.ToLower(logical), "Value": ifElse("MakesServiceRoles", ref(logical), name)}
}

func trust(principal any) object {
	return object{"Version": "2012-10-17", "Statement": []any{object{
		"Effect": "Allow", "Principal": object{"Service": principal}, "Action": "sts:AssumeRole",
		"Condition": object{"StringEquals": object{"aws:SourceAccount": ref("AWS::AccountId")}},
	}}}
}

type alarm struct {
	logical, metric, comparison string
	threshold                   any
	description, missing        string
}

// resource is three periods of five minutes: what lasts for less needs nobody.
func (a alarm) resource(dimensions []object) object {
	return object{
		"Type": "AWS::CloudWatch::Alarm",
		"Properties": object{
			"AlarmDescription": a.description, "Namespace": "AWS/DMS", "MetricName": a.metric, "Dimensions": dimensions, "Statistic": "Average",
			"Period": 300, "EvaluationPeriods": 3, "ComparisonOperator": a.comparison, "Threshold": a.threshold, "TreatMissingData": a.missing,
			"AlarmActions": ifElse("HasTopic", []any{ref("AlarmTopicArn")}, noValue), "OKActions": ifElse("HasTopic", []any{ref("AlarmTopicArn")}, noValue),
		},
	}
}

func stackEndpoint(p planner.Plan, e DMSEndpoint, secret, role any) object {
	settings := object{"ExecuteTimeout": e.Settings.ExecuteTimeout, "MapBooleanAsBoolean": e.Settings.MapBooleanAsBoolean, "SecretsManagerSecretId": secret, "SecretsManagerAccessRoleArn": role}
	if e.Type == "source" {
		settings["CaptureDdls"], settings["FailTasksOnLobTruncation"], settings["HeartbeatEnable"] = *e.Settings.CaptureDdls, *e.Settings.FailTasksOnLobTruncation, *e.Settings.HeartbeatEnable
		settings["PluginName"] = e.Settings.PluginName
		if e.Settings.SlotName != "" {
			settings["SlotName"] = e.Settings.SlotName
		}
	} else {
		settings["AfterConnectScript"] = e.Settings.AfterConnectScript
	}
	properties := object{
		"EndpointIdentifier": e.Identifier, "EndpointType": e.Type, "EngineName": e.Engine, "DatabaseName": e.Database, "SslMode": e.SSL,
		"PostgreSqlSettings": settings, "KmsKeyId": ifElse("HasKey", ref("KmsKeyArn"), noValue), "Tags": tags(p),
	}
	if e.Attributes != "" {
		properties["ExtraConnectionAttributes"] = e.Attributes
	}
	if e.SSL != "require" {
		properties["CertificateArn"] = ref("CertificateArn")
	}
	return object{"Type": "AWS::DMS::Endpoint", "Properties": properties}
}

// taskParameter names the template's parameter that makes the task of a group.
func taskParameter(p planner.Plan, group int) string {
	if full(p) {
		return fmt.Sprintf("MakeTask%02d", group+1)
	}
	return fmt.Sprintf("StartLsn%02d", group+1)
}

// taskOf adds the endpoint, the task and the alarms of a group.
func taskOf(t *stackTemplate, p planner.Plan, group int, instance, target, secretsRole any) error {
	d, task, number := p.DMS, p.DMS.Tasks[group], fmt.Sprintf("%02d", group+1)
	mapping, err := mappingText(mappingOf(p, group))
	if err != nil {
		return err
	}
	settings, err := compactJSON(settingsOfTask(p, group))
	if err != nil {
		return err
	}
	given := taskParameter(p, group)
	if full(p) {
		t.Parameters[given] = parameter("String", "Whether "+task.Identifier+" is there; empty: no task yet, or no more", object{"Default": "", "AllowedValues": []string{"", "yes"}})
	} else {
		t.Parameters[given] = parameter("String", "Position at which "+task.Identifier+" starts, from state.json; empty: no task yet", object{"Default": "", "AllowedPattern": "^$|^[0-9A-F]{1,8}/[0-9A-F]{1,8}$"})
	}
	t.Conditions["HasStart"+number] = isGiven(ref(given))
	t.Resources["Source"+number] = stackEndpoint(p, sourceEndpoint(p, group), ref("SourceSecretArn"), secretsRole)
	properties := object{
		"ReplicationTaskIdentifier": task.Identifier, "ResourceIdentifier": d.ResourceID(task), "MigrationType": migrationType(p),
		"ReplicationInstanceArn": instance, "SourceEndpointArn": ref("Source" + number), "TargetEndpointArn": target,
		"TableMappings": mapping, "ReplicationTaskSettings": settings, "Tags": tags(p),
	}
	if !full(p) {
		properties["CdcStartPosition"] = ref(given)
	}
	t.Resources["Task"+number] = object{"Type": "AWS::DMS::ReplicationTask", "Condition": "HasStart" + number, "Properties": properties}
	// Metrics know a task by the last part of its ARN. One that does not run reports nothing, which the alarm for the source takes as bad: it tells
	// of a task that has stopped too.
	dimensions := []object{{"Name": "ReplicationInstanceIdentifier", "Value": d.InstanceIdentifier()}, {"Name": "ReplicationTaskIdentifier", "Value": d.ResourceID(task)}}
	for _, a := range []alarm{
		{"SourceLatency" + number, "CDCLatencySource", "GreaterThanThreshold", ref("LatencySeconds"), task.Identifier + " is behind in reading, or does not run.", "breaching"},
		{"TargetLatency" + number, "CDCLatencyTarget", "GreaterThanThreshold", ref("LatencySeconds"), task.Identifier + " is behind in applying.", "missing"},
	} {
		r := a.resource(dimensions)
		r["Condition"] = "HasStart" + number
		t.Resources[a.logical] = r
	}
	return nil
}
