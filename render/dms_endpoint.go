package render

import (
	"strconv"
	"strings"

	"github.com/pgcutover/pgcutover/planner"
)

// statementSeconds is how long a statement of DMS may take: in batches and beside index builds the default of 60 seconds is soon over.
const statementSeconds = 3600

// A DMSEndpoint is an endpoint, as CloudFormation and the API have it in common: PostgreSQLSettings of the one is PostgreSqlSettings of the other.
type DMSEndpoint struct {
	Identifier, Type, Engine, Database, SSL string
	Attributes                              string // extra connection attributes
	Settings                                DMSEndpointSettings
}

// DMSEndpointSettings are keys that CloudFormation has too. Without captureDdls DMS would create a table and an event trigger on the source:
// false means none of it (CloudFormation's page once says the opposite, the user guide and the API agree).
type DMSEndpointSettings struct {
	AfterConnectScript       string `json:",omitempty"`
	CaptureDdls              *bool  `json:",omitempty"`
	ExecuteTimeout           int    // seconds
	FailTasksOnLobTruncation *bool  `json:",omitempty"`
	HeartbeatEnable          *bool  `json:",omitempty"`
	MapBooleanAsBoolean      bool
	PluginName               string `json:",omitempty"`
	SlotName                 string `json:",omitempty"`
}

func engineName(managed string) string {
	if managed == "aurora" {
		return "aurora-postgresql"
	}
	return "postgres"
}

// sourceEndpoint reads one slot. The plug-in is written in lower case: the one spelling that the API's list and the user guide's table
// have in common.
func sourceEndpoint(p planner.Plan, group int) DMSEndpoint {
	no, fail, t := false, p.DMS.Tasks[group].FailOnTruncation, p.DMS.Tasks[group]
	e := DMSEndpoint{
		Identifier: t.Endpoint, Type: "source", Engine: engineName(p.Source.Managed), Database: p.Source.Database, SSL: p.Options.CDC.SSL,
		Settings: DMSEndpointSettings{
			CaptureDdls: &no, ExecuteTimeout: statementSeconds, FailTasksOnLobTruncation: &fail,
			HeartbeatEnable:     &no, // it would write to the source; markers keep a quiet slot moving
			MapBooleanAsBoolean: true, PluginName: pluginOf(p), SlotName: p.Groups[group].Slot,
		},
	}
	if full(p) {
		e.Settings.SlotName = "" // it makes its own
		if e.Settings.PluginName == planner.PluginTestDecoding {
			e.Settings.PluginName = "test-decoding" // the spelling of the API's list
		}
	}
	var attributes []string
	if t.VarcharMaxBytes > 0 { // exists as an attribute only
		attributes = append(attributes, "unboundedVarcharMaxSize="+strconv.Itoa(t.VarcharMaxBytes))
	}
	e.Attributes = joinAttributes(attributes, p.Options.CDC.SourceAttributes)
	return e
}

// targetEndpoint applies what all tasks read. Foreign keys and triggers are off for its sessions alone.
func targetEndpoint(p planner.Plan) DMSEndpoint {
	database := p.Target.Database
	if database == "" {
		database = p.Source.Database
	}
	return DMSEndpoint{
		Identifier: p.DMS.TargetEndpoint(), Type: "target", Engine: engineName(p.Target.Managed), Database: database, SSL: p.Options.CDC.SSL,
		Attributes: joinAttributes(nil, p.Options.CDC.TargetAttributes),
		Settings:   DMSEndpointSettings{AfterConnectScript: "SET session_replication_role = replica", ExecuteTimeout: statementSeconds, MapBooleanAsBoolean: true},
	}
}

func joinAttributes(ours []string, configured string) string {
	if s := strings.Trim(configured, ";"); s != "" {
		ours = append(ours, s)
	}
	return strings.Join(ours, ";")
}
