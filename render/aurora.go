package render

import (
	"strings"

	"github.com/pgcutover/pgcutover/planner"
)

const auroraFolder = "20-aurora/"

// auroraView is what the templates see that ask RDS.
type auroraView struct {
	Head                head
	Guard               guard
	Account             awsAccount
	Aurora              planner.Aurora
	Version             string // of Aurora
	Class, ReaderClass  string
	Stack, ReadersStack string
	Encrypted           bool
	Protected           bool
	Days                int64 // that backups are kept
	Xlog                bool
	Markers             []marker
	Mark                string // table that a promoted replica is told by; empty: it is not emptied
	Physical            bool   // the target is the promoted read replica of the source

	TimingReplica, TimingPromotion, TimingReader string
}

func auroraViewOf(p planner.Plan) auroraView {
	a, o := p.Aurora, p.Options.Aurora
	v := auroraView{
		Account: awsAccount{"rds", AWSTags(p), "aurora.cluster", auroraFolder + "24-delete.sh --yes", "docs/promote.md"},
		Aurora:  *a, Version: o.EngineVersion, Class: o.InstanceClass, ReaderClass: o.ClassOfReaders(), Stack: a.Stack(), ReadersStack: a.ReadersStack(),
		Encrypted: o.Encrypted, Protected: o.DeletionProtection, Days: int64(o.BackupRetentionDays), Xlog: xlog(p), Physical: physical(p),
		Markers:       []marker{{"the Aurora replica", p.AuroraMarker()}},
		TimingReplica: planner.TimingReplica, TimingPromotion: planner.TimingPromotion, TimingReader: planner.TimingReader,
	}
	if p.Options.Emptied() {
		v.Mark = promotedMark
	}
	return v
}

// aurora makes 20-aurora: the read replica of an RDS instance, from nothing to where it follows. What promotes it is a step of the engine.
func aurora(p planner.Plan) ([]Artifact, error) {
	if p.Aurora == nil {
		return nil, nil
	}
	out, err := auroraStacks(p)
	if err != nil {
		return nil, err
	}
	scripts := []Artifact{
		{Path: auroraFolder + "aurora.sh", Mode: 0o644, On: OnAWS, Title: "What the scripts ask RDS; sourced by them"},
		{
			Path: auroraFolder + "21-deploy.sh", Mode: 0o755, On: OnAWS, Step: true,
			Title: "Make the Aurora read replica of the source, and wait until it is there",
			Needs: "the gate \"preflight\", the settings for Aurora in env, and the AWS CLI",
			Usage: []string{"--dry-run", ""}, Rerun: "goes on where it stands, and makes what is missing", Undo: auroraFolder + "24-delete.sh",
			Fails: "what RDS says stands above; events of the cluster and of its instance say more",
		},
		{
			Path: auroraFolder + "22-catch-up.sh", Mode: 0o755, On: OnOperator, Step: true,
			Title: "Wait until the replica is near the source, by positions and by CloudWatch",
			Needs: "21-deploy.sh; the service of the target leads to the endpoint of the cluster",
			Rerun: "as often as you like: it only reads", Minutes: "until the replica has caught up",
			Fails: "a replica that falls behind for good is too small, or the source writes more than one process replays: a larger class, or a quieter time",
		},
		{
			Path: auroraFolder + "24-delete.sh", Mode: 0o755, On: OnAWS,
			Title: "Delete the cluster, its instances and the stacks: the way back to the source alone",
			Needs: "the application does not use the cluster", Rerun: "deletes what is left",
		},
	}
	if p.Aurora.ReplicaSeconds != nil {
		scripts[1].Minutes = minutes(*p.Aurora.ReplicaSeconds)
	}
	if physical(p) {
		scripts = append(scripts, Artifact{
			Path: auroraFolder + "23-dry-run.sh", Mode: 0o755, On: OnAWS, Step: true,
			Title: "Promote the replica on trial while the source is in use, look at it and at the clock, and make it anew",
			Needs: "22-catch-up.sh, and 14-marker.sql on the source", Usage: []string{"--yes", "--yes --end"},
			Rerun: "goes on with the trial that has begun", Minutes: minutes(p.Aurora.PromotionSeconds) + ", and as long again as the replica took",
			Fails: "the source is as it was: 23-dry-run.sh --yes --end, or " + auroraFolder + "24-delete.sh --yes",
		})
	}
	if p.Options.Emptied() {
		scripts = append(scripts, Artifact{
			Path: auroraFolder + "23-promote.sh", Mode: 0o755, On: OnAWS, Step: true,
			Title: "Promote the replica to a cluster of its own, which follows the source no more",
			Needs: "22-catch-up.sh, and 14-markers.sql on the source; the service of the target leads to the endpoint of the cluster", Usage: []string{"--yes"},
			Gate:  "preflight",
			Rerun: "goes on waiting; says so where it is done", Minutes: minutes(p.Aurora.PromotionSeconds), Fails: "events of the cluster say why; the source is left alone",
		})
	}
	v := auroraViewOf(p)
	scripts, err = fillAll(p, scripts, func(a Artifact) any {
		v.Head = headOf(a)
		return v
	})
	return append(out, scripts...), err
}

// auroraStacks makes the two templates: what can be made before the replica, and the readers after the promotion. The cluster is in none of them: its
// ReplicationSourceIdentifier would be wrong from the promotion on, and to take it out is a promotion to CloudFormation, too.
func auroraStacks(p planner.Plan) ([]Artifact, error) {
	var out []Artifact
	for _, x := range []struct {
		file, title string
		of          func(planner.Plan) stackTemplate
	}{
		{"01-groups.json", "CloudFormation template of parameter groups, subnet group and alarms", auroraGroups},
		{"02-readers.json", "CloudFormation template of the readers", auroraReaders},
	} {
		if x.file == "02-readers.json" && len(p.Aurora.Readers) == 0 {
			continue
		}
		body, err := x.of(p).encode()
		if err != nil {
			return nil, err
		}
		out = append(out, Artifact{Path: auroraFolder + "cloudformation/" + x.file, Mode: 0o644, Body: body, On: OnAWS, Title: x.title})
	}
	return out, nil
}

func auroraTemplate(p planner.Plan, what string) stackTemplate {
	return stackTemplate{
		AWSTemplateFormatVersion: "2010-09-09",
		Description:              what + " of the Aurora cluster " + p.Aurora.Cluster + ", made by pgcutover from plan " + p.Fingerprint()[:12],
		Parameters:               object{}, Conditions: object{}, Resources: object{}, Outputs: object{},
	}
}

func auroraGroups(p planner.Plan) stackTemplate {
	a, t := p.Aurora, auroraTemplate(p, "Parameter groups, subnet group and alarms")
	t.Parameters["SubnetIds"] = parameter("CommaDelimitedList", "At least two subnets in two availability zones; empty: the cluster gets a subnet group that is there", object{"Default": ""})
	t.Parameters["AlarmTopicArn"] = parameter("String", "SNS topic for alarms; empty: nobody is told", mayBeEmpty)
	t.Parameters["LagSeconds"] = parameter("Number", "Seconds the replica may be behind the source before its alarm goes off", object{"Default": 300, "MinValue": 60})
	t.Parameters["KeptBytes"] = parameter("Number", "WAL in bytes that the source may keep before alarms go off; CloudWatch has bytes, where the console shows MB", object{"Default": 10737418240, "MinValue": 67108864})
	t.Parameters["FreeStorageBytes"] = parameter("Number", "Free storage of the source below which an alarm goes off", object{"Default": 21474836480, "MinValue": 1073741824})
	t.Conditions["HasTopic"] = isGiven(ref("AlarmTopicArn"))
	t.Conditions["MakesSubnetGroup"] = isGiven(joined(ref("SubnetIds")))
	// The cluster, which is in no stack, uses these: they outlive this one.
	kept := func(kind string, properties object) object {
		properties["Tags"] = tags(p)
		return object{"Type": kind, "DeletionPolicy": "Delete", "UpdateReplacePolicy": "Retain", "Properties": properties}
	}
	parameters := map[string]object{"cluster": {}, "instance": {}}
	for _, x := range a.Parameters {
		parameters[x.Group][x.Name] = x.Value
	}
	group := kept("AWS::RDS::DBSubnetGroup", object{"DBSubnetGroupName": a.SubnetGroup, "DBSubnetGroupDescription": "Aurora cluster " + a.Cluster, "SubnetIds": ref("SubnetIds")})
	group["Condition"] = "MakesSubnetGroup"
	t.Resources["SubnetGroup"] = group
	// A group has to have a parameter: the one that every plan sets keeps its default.
	if len(parameters["cluster"]) == 0 {
		parameters["cluster"]["rds.force_ssl"] = "1"
	}
	if len(parameters["instance"]) == 0 {
		parameters["instance"]["log_lock_waits"] = "1"
	}
	t.Resources["ClusterParameters"] = kept("AWS::RDS::DBClusterParameterGroup", object{"DBClusterParameterGroupName": a.ClusterGroup, "Family": a.Family, "Description": "Aurora cluster " + a.Cluster, "Parameters": parameters["cluster"]})
	t.Resources["InstanceParameters"] = kept("AWS::RDS::DBParameterGroup", object{"DBParameterGroupName": a.InstanceGroup, "Family": a.Family, "Description": "Instances of the Aurora cluster " + a.Cluster, "Parameters": parameters["instance"]})
	source, writer := []object{{"Name": "DBInstanceIdentifier", "Value": a.Source}}, []object{{"Name": "DBInstanceIdentifier", "Value": a.Writer}}
	for _, x := range []struct {
		alarm
		of []object
	}{
		{alarm{"ReplicaLag", "RDSToAuroraPostgreSQLReplicaLag", "GreaterThanThreshold", ref("LagSeconds"), "The Aurora replica is behind its source.", "missing"}, writer},
		{alarm{"SlotLag", "OldestReplicationSlotLag", "GreaterThanThreshold", ref("KeptBytes"), "The source keeps much WAL for a replica that is behind.", "missing"}, source},
		{alarm{"LogUsage", "TransactionLogsDiskUsage", "GreaterThanThreshold", ref("KeptBytes"), "The transaction logs of the source take much of its storage.", "missing"}, source},
		{alarm{"FreeStorage", "FreeStorageSpace", "LessThanThreshold", ref("FreeStorageBytes"), "The source runs out of storage: 20-aurora/24-delete.sh frees what it keeps for the replica.", "missing"}, source},
	} {
		r := x.resource(x.of)
		r["Properties"].(object)["Namespace"] = "AWS/RDS"
		t.Resources[x.logical] = r
	}
	return t
}

func auroraReaders(p planner.Plan) stackTemplate {
	a, o, t := p.Aurora, p.Options.Aurora, auroraTemplate(p, "Readers")
	for i, reader := range a.Readers {
		t.Resources["Reader"+strings.TrimPrefix(reader, a.Cluster+"-")] = object{
			// 24-delete.sh deletes the readers with the stack, before the cluster; a replacement leaves the old one to whoever reads there.
			"Type": "AWS::RDS::DBInstance", "DeletionPolicy": "Delete", "UpdateReplacePolicy": "Retain",
			"Properties": object{
				"DBInstanceIdentifier": reader, "DBClusterIdentifier": a.Cluster, "DBInstanceClass": o.ClassOfReaders(), "Engine": "aurora-postgresql",
				"DBParameterGroupName": a.InstanceGroup, "AutoMinorVersionUpgrade": false, "PubliclyAccessible": false, "PromotionTier": min(i+1, 15), "Tags": tags(p),
			},
		}
	}
	return t
}
