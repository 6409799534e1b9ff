package dms

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/databasemigrationservice/types"

	"github.com/pgcutover/pgcutover/analyze"
	"github.com/pgcutover/pgcutover/render"
	"github.com/pgcutover/pgcutover/verify"
)

func judgeInstance(s scene) (out []verify.Result) {
	want, id, have := s.plan.DMS.Instance, s.plan.DMS.InstanceIdentifier(), s.instance
	if have == nil {
		return []verify.Result{verify.Fail.Of(id, "there is no replication instance of this name")}
	}
	add := func(status verify.Status, hint, format string, args ...any) {
		out = append(out, hinted(status.Of(id, format, args...), "%s", hint))
	}
	if status := aws.ToString(have.ReplicationInstanceStatus); status != "available" {
		add(verify.Fail, "wait until it is available; the console tells what it is at", "it is %s", status)
	}
	const change = "after a rehearsal, not during the migration: 50-cdc/dms/53-deploy.sh, or aws dms modify-replication-instance"
	if class := aws.ToString(have.ReplicationInstanceClass); class != want.Class {
		add(verify.Warn, change, "its class is %s, and the plan has %s: %s", class, want.Class, want.ClassReason)
	}
	if int(have.AllocatedStorage) < want.StorageGB {
		add(verify.Warn, change, "it has %d GB, and the plan %d: %s", have.AllocatedStorage, want.StorageGB, want.StorageReason)
	}
	if version := aws.ToString(have.EngineVersion); version != want.EngineVersion {
		add(verify.Warn, change, "its version is %s, and the plan has %s: %s", version, want.EngineVersion, want.EngineReason)
	}
	if want.MultiAZ && !have.MultiAZ {
		add(verify.Warn, change, "it has no standby: %s", want.AvailabilityReason)
	}
	if have.PubliclyAccessible {
		add(verify.Warn, "make it anew without: this cannot be changed", "it has a public address")
	}
	s.owned(aws.ToString(have.ReplicationInstanceArn), "it", add)
	if len(out) == 0 {
		out = append(out, verify.Pass.Of(id, "available, %s, %d GB, version %s", want.Class, have.AllocatedStorage, want.EngineVersion))
	}
	return out
}

func judgeEndpoints(s scene) []verify.Result {
	out := s.judgeEndpoint(s.input.Target)
	s.each(func(t task) { out = append(out, s.judgeEndpoint(t.input.Source)...) })
	return out
}

func (s scene) judgeEndpoint(want render.DMSEndpoint) (out []verify.Result) {
	have, there := s.endpoints[want.Identifier]
	if !there {
		return []verify.Result{verify.Fail.Of(want.Identifier, "there is no endpoint of this name")}
	}
	add := func(status verify.Status, hint, format string, args ...any) {
		out = append(out, hinted(status.Of(want.Identifier, format, args...), "%s", hint))
	}
	const change = "50-cdc/dms/53-deploy.sh with CloudFormation or Terraform; else aws dms modify-endpoint, with its task stopped; then 54-test-connections.sh"
	var wrong []string
	differs := func(name, want, have string) {
		if want != have {
			wrong = append(wrong, fmt.Sprintf("%s is %s, and should be %s", name, orNothing(have), orNothing(want)))
		}
	}
	differs("EndpointType", want.Type, strings.ToLower(string(have.EndpointType)))
	differs("EngineName", want.Engine, aws.ToString(have.EngineName))
	differs("DatabaseName", want.Database, aws.ToString(have.DatabaseName))
	differs("SslMode", want.SSL, string(have.SslMode))
	attributes := attributesOf(aws.ToString(have.ExtraConnectionAttributes))
	settings := have.PostgreSQLSettings
	if settings == nil {
		settings = &types.PostgreSQLSettings{}
	}
	// What is set in neither way is AWS DMS's default. Where it is set in both, the endpoint's setting wins.
	text := func(name string, value *string, otherwise string) string {
		if value != nil && *value != "" {
			return *value
		}
		if v, ok := attributes[strings.ToLower(name)]; ok {
			return v
		}
		return otherwise
	}
	truth := func(name string, value *bool, otherwise bool) string {
		if value != nil {
			return strconv.FormatBool(*value)
		}
		return strings.ToLower(text(name, nil, strconv.FormatBool(otherwise)))
	}
	w := want.Settings
	if want.Type == "source" {
		plugin := string(settings.PluginName)
		differs("SlotName", w.SlotName, text("SlotName", settings.SlotName, ""))
		differs("PluginName", w.PluginName, strings.ToLower(text("PluginName", &plugin, "no-preference")))
		differs("CaptureDdls", strconv.FormatBool(*w.CaptureDdls), truth("CaptureDdls", settings.CaptureDdls, true))
		differs("HeartbeatEnable", strconv.FormatBool(*w.HeartbeatEnable), truth("HeartbeatEnable", settings.HeartbeatEnable, false))
		differs("FailTasksOnLobTruncation", strconv.FormatBool(*w.FailTasksOnLobTruncation), truth("FailTasksOnLobTruncation", settings.FailTasksOnLobTruncation, false))
	} else {
		differs("AfterConnectScript", w.AfterConnectScript, strings.TrimRight(strings.Join(strings.Fields(text("AfterConnectScript", settings.AfterConnectScript, "")), " "), "; "))
	}
	differs("MapBooleanAsBoolean", strconv.FormatBool(w.MapBooleanAsBoolean), truth("MapBooleanAsBoolean", settings.MapBooleanAsBoolean, false))
	seconds := ""
	if settings.ExecuteTimeout != nil {
		seconds = strconv.Itoa(int(*settings.ExecuteTimeout))
	}
	if have := text("ExecuteTimeout", &seconds, "60"); have != strconv.Itoa(w.ExecuteTimeout) {
		add(verify.Warn, change, "ExecuteTimeout is %s seconds, and should be %d: statements in batches take longer than the default", have, w.ExecuteTimeout)
	}
	wanted := attributesOf(want.Attributes)
	for _, name := range slices.Sorted(maps.Keys(wanted)) {
		differs("extra connection attribute "+name, wanted[name], attributes[name])
	}
	if len(wrong) > 0 {
		add(verify.Fail, change, "%s", analyze.Some(wrong, 8))
	}
	if status := aws.ToString(have.Status); status != "active" && status != "" {
		add(verify.Warn, "the console tells why", "it is %s", status)
	}
	s.owned(aws.ToString(have.EndpointArn), "it", add)
	if len(out) == 0 {
		out = append(out, verify.Pass.Of(want.Identifier, "%s of %s", map[string]string{"source": reads(w.SlotName), "target": "applies to the database"}[want.Type], analyze.Display(want.Database)))
	}
	return out
}

func reads(slot string) string {
	if slot == "" {
		return "reads a slot that AWS DMS makes, of the database"
	}
	return "reads slot " + slot
}

func orNothing(s string) string {
	if s == "" {
		return "not set"
	}
	return s
}

// attributesOf reads extra connection attributes: name=value;name=value. Names in lower case.
func attributesOf(s string) map[string]string {
	out := map[string]string{}
	for part := range strings.SplitSeq(s, ";") {
		if name, value, ok := strings.Cut(part, "="); ok {
			out[strings.ToLower(strings.TrimSpace(name))] = strings.TrimSpace(value)
		}
	}
	return out
}

func judgeConnections(s scene) []verify.Result {
	if s.instance == nil {
		return []verify.Result{unasked("", "there is no replication instance: see G4-INST")}
	}
	out := []verify.Result{s.judgeConnection(s.plan.DMS.TargetEndpoint())}
	s.each(func(t task) { out = append(out, s.judgeConnection(t.Endpoint)) })
	return out
}

func (s scene) judgeConnection(endpoint string) verify.Result {
	e, there := s.endpoints[endpoint]
	c, tested := s.connections[aws.ToString(e.EndpointArn)]
	switch status := aws.ToString(c.Status); {
	case !there:
		return unasked(endpoint, "there is no endpoint of this name: see G4-EP")
	case !tested:
		return verify.Fail.Of(endpoint, "it has not been tested from the replication instance")
	case status == "testing":
		return hinted(verify.Fail.Of(endpoint, "it is being tested"), "wait for 50-cdc/dms/54-test-connections.sh")
	case status != "successful":
		return hinted(verify.Fail.Of(endpoint, "its test was %s: %s", status, strings.Join(strings.Fields(aws.ToString(c.LastFailureMessage)), " ")),
			"security groups and pg_hba.conf let the instance's address in? the secret's host, port, user and password are right? the roles have LOGIN? SSL is on? Then 50-cdc/dms/54-test-connections.sh")
	}
	return verify.Pass.Of(endpoint, "tested successfully")
}
