package render

import (
	"bytes"
	"fmt"

	"github.com/pgcutover/pgcutover/analyze"
	"github.com/pgcutover/pgcutover/planner"
)

// Input of the AWS CLI (--cli-input-json), one file for each resource. What a run or a site decides is not in them: 53-deploy.sh adds ARNs, secrets,
// networks and the position as options, and mapping and settings as files.

type cliSubnetGroup struct {
	ReplicationSubnetGroupIdentifier  string
	ReplicationSubnetGroupDescription string
	Tags                              []AWSTag
}

type cliInstance struct {
	ReplicationInstanceIdentifier    string
	ReplicationInstanceClass         string
	AllocatedStorage                 int // GB
	MultiAZ                          bool
	EngineVersion                    string
	AutoMinorVersionUpgrade          bool
	PubliclyAccessible               bool
	ReplicationSubnetGroupIdentifier string
	Tags                             []AWSTag
}

type cliEndpoint struct {
	EndpointIdentifier        string
	EndpointType              string
	EngineName                string
	DatabaseName              string
	ExtraConnectionAttributes string `json:",omitempty"`
	SslMode                   string
	Tags                      []AWSTag
	PostgreSQLSettings        DMSEndpointSettings // CloudFormation calls it PostgreSqlSettings
}

type cliTask struct {
	ReplicationTaskIdentifier string
	MigrationType             string
	ResourceIdentifier        string
	Tags                      []AWSTag
}

func cliFile(name string, v any) (Artifact, error) {
	var b bytes.Buffer
	if err := analyze.EncodeCanonical(&b, v); err != nil {
		return Artifact{}, fmt.Errorf("encoding %s: %w", name, err)
	}
	return Artifact{Path: "50-cdc/dms/cli/" + name + ".json", Mode: 0o644, Body: b.Bytes(), On: OnAWS}, nil
}

func cliEndpointOf(p planner.Plan, e DMSEndpoint) cliEndpoint {
	return cliEndpoint{e.Identifier, e.Type, e.Engine, e.Database, e.Attributes, e.SSL, AWSTags(p), e.Settings}
}

// cliInputs are the files for the given groups; with base those for the instance and the target, too.
func cliInputs(p planner.Plan, base bool, groups []int) ([]Artifact, error) {
	d := p.DMS
	tags := AWSTags(p)
	type input struct {
		name, title string
		body        any
	}
	var inputs []input
	if base {
		inputs = append(inputs,
			input{"subnet-group", "Subnet group of the replication instance", cliSubnetGroup{d.InstanceIdentifier(), "Replication instance of " + d.Name, tags}},
			input{"instance", "Replication instance", cliInstance{
				ReplicationInstanceIdentifier: d.InstanceIdentifier(), ReplicationInstanceClass: d.Instance.Class, AllocatedStorage: d.Instance.StorageGB, MultiAZ: d.Instance.MultiAZ,
				EngineVersion: d.Instance.EngineVersion, ReplicationSubnetGroupIdentifier: d.InstanceIdentifier(), Tags: tags,
			}},
			input{"target", "Target endpoint", cliEndpointOf(p, targetEndpoint(p))},
		)
	}
	for _, i := range groups {
		slot := p.Groups[i].Slot
		inputs = append(inputs, input{"source-" + slot, "Source endpoint of " + slot, cliEndpointOf(p, sourceEndpoint(p, i))},
			input{"task-" + slot, "Task of " + slot, cliTask{d.Tasks[i].Identifier, migrationType(p), d.ResourceID(d.Tasks[i]), tags}})
	}
	out := make([]Artifact, 0, len(inputs))
	for _, in := range inputs {
		a, err := cliFile(in.name, in.body)
		if err != nil {
			return nil, err
		}
		a.Title = in.title + ", as input of the AWS CLI"
		out = append(out, a)
	}
	return out, nil
}
