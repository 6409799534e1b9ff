package planner

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// CDCOptions steers change data capture. Everything in it is about AWS DMS.
type CDCOptions struct {
	Format        string `json:"format"`         // what creates the resources: "cloudformation", "terraform" or "cli"
	Name          string `json:"name"`           // beginning of every identifier in AWS; empty: made from the database's name
	EngineVersion string `json:"engine_version"` // of the replication instance, such as 3.6.1; empty: chosen for the source
	InstanceClass string `json:"instance_class"` // such as dms.r6i.xlarge; empty: sized from the plan
	StorageGB     int    `json:"storage_gb"`     // of the replication instance; 0: sized from the plan
	MultiAZ       bool   `json:"multi_az"`       // a standby of the replication instance in another availability zone
	OnError       string `json:"on_error"`       // a change that cannot be applied: "stop" the task, "suspend" the table, or only "log"
	ControlSchema string `json:"control_schema"` // of DMS's own tables on the target
	TrimSlots     bool   `json:"trim_slots"`     // advance every slot to the captured position before the tasks are made
	// Between the starts of two tasks: each reads the same WAL from its beginning.
	StartIntervalSeconds int64  `json:"start_interval_seconds"`
	SSL                  string `json:"ssl"` // "require", "verify-ca" or "verify-full", of both endpoints
	// Extra connection attributes that are added to those of the plan: name=value;name=value.
	SourceAttributes string `json:"source_attributes"`
	TargetAttributes string `json:"target_attributes"`
}

// What creates the resources, and what becomes of a change that cannot be applied.
const (
	FormatCloudFormation = "cloudformation"
	FormatTerraform      = "terraform"
	FormatCLI            = "cli"

	OnErrorStop    = "stop"
	OnErrorSuspend = "suspend"
	OnErrorLog     = "log"
)

func defaultCDC() CDCOptions {
	return CDCOptions{
		Format: FormatCloudFormation,
		// A migration lasts for days, and a task that loses its instance has to be resumed by hand.
		MultiAZ:              true,
		OnError:              OnErrorStop,
		ControlSchema:        "awsdms_control",
		TrimSlots:            true,
		StartIntervalSeconds: 180,
		// Current default parameter groups of RDS for PostgreSQL refuse connections without SSL (rds.force_ssl).
		SSL: "require",
	}
}

// maxAWSName leaves room for what follows it: a resource identifier of AWS DMS has at most 31 characters.
const maxAWSName = 20

var (
	// Letters, digits and single hyphens, a letter first: what the identifiers of instances, endpoints and tasks have in common.
	awsName       = regexp.MustCompile(`^[a-z][a-z0-9]*(-[a-z0-9]+)*$`)
	engineVersion = regexp.MustCompile(`^[0-9]+\.[0-9]+\.[0-9]+$`)
	instanceClass = regexp.MustCompile(`^dms\.[a-z0-9]+\.[a-z0-9]+$`)
	// No blanks around the semicolon (AWS DMS user guide, extra connection attributes).
	attributes = regexp.MustCompile(`^[A-Za-z]+=[^;\s]+(;[A-Za-z]+=[^;\s]+)*;?$`)
)

// Of AWS DMS, in GB: the API takes 5 to 6144.
const (
	minStorageGB = 5
	maxStorageGB = 6144
)

func (o CDCOptions) check() error {
	for _, choice := range []struct {
		path, value string
		known       []string
	}{
		{"cdc.format", o.Format, []string{FormatCloudFormation, FormatTerraform, FormatCLI}},
		{"cdc.on_error", o.OnError, []string{OnErrorStop, OnErrorSuspend, OnErrorLog}},
		{"cdc.ssl", o.SSL, []string{"require", "verify-ca", "verify-full"}},
	} {
		if !slices.Contains(choice.known, choice.value) {
			return &OptionError{choice.path, fmt.Sprintf("unknown value %q", choice.value), "write " + strings.Join(choice.known, " or ")}
		}
	}
	if o.Name != "" && (len(o.Name) > maxAWSName || !awsName.MatchString(o.Name)) {
		return &OptionError{"cdc.name", fmt.Sprintf("%q cannot begin the identifiers in AWS", o.Name),
			fmt.Sprintf("use at most %d lower-case letters, digits and single hyphens, beginning with a letter", maxAWSName)}
	}
	if o.EngineVersion != "" && !engineVersion.MatchString(o.EngineVersion) {
		return &OptionError{"cdc.engine_version", fmt.Sprintf("%q is not a version of AWS DMS", o.EngineVersion), "write it in full, such as 3.6.1"}
	}
	if o.EngineVersion != "" && olderEngine(o.EngineVersion, "3.5.4") {
		// Release notes of 3.5.3 and 3.5.4: duplicates, and tasks that failed when stopped, with the recovery table that every task here has.
		return &OptionError{"cdc.engine_version", "versions before 3.5.4 lose their place when a task with a recovery table is stopped", "write 3.5.4 or newer"}
	}
	// The API takes classes of at most 30 characters.
	if o.InstanceClass != "" && (len(o.InstanceClass) > 30 || !instanceClass.MatchString(o.InstanceClass)) {
		return &OptionError{"cdc.instance_class", fmt.Sprintf("%q is not an instance class of AWS DMS", o.InstanceClass), "write one such as dms.r6i.xlarge"}
	}
	if o.StorageGB != 0 && (o.StorageGB < minStorageGB || o.StorageGB > maxStorageGB) {
		return wrong("cdc.storage_gb", "must be auto or %d to %d, is %d", minStorageGB, maxStorageGB, o.StorageGB)
	}
	if o.StartIntervalSeconds < 0 {
		return wrong("cdc.start_interval_seconds", "must not be negative, is %d", o.StartIntervalSeconds)
	}
	if !legalPrefix(o.ControlSchema) || NeverPlanned(o.ControlSchema) || o.ControlSchema == "public" {
		return &OptionError{"cdc.control_schema", fmt.Sprintf("%q cannot be the schema of the control tables", o.ControlSchema),
			"use lower-case letters, digits and underscores, and a schema that nothing else is in: the tables would show up in comparisons"}
	}
	return cmp.Or(checkAttributes("cdc.source_attributes", o.SourceAttributes), checkAttributes("cdc.target_attributes", o.TargetAttributes))
}

// settled are extra connection attributes that nobody may give, in lower case, and why. A star stands for any end of the name.
var settled = []struct{ name, why string }{
	{"slotname", "each source endpoint has its slot"},
	{"pluginname", "the slots are pglogical's"},
	{"captureddls", "DDL is frozen, and capturing it makes tables and triggers on the source"},
	{"ddlartifactsschema", "DDL is frozen, and nothing is made on the source"},
	{"unboundedvarcharmaxsize", "the plan sets it from the largest values (lob.margin)"},
	{"consumemonotonicevents", "of several changes at one position all but the first would be lost"},
	{"failtasksonlobtruncation", "the plan sets it by lob.truncate"},
	{"heartbeat*", "it writes to the source, and markers keep a quiet slot moving"},
	{"executetimeout", "every endpoint has one"},
	{"mapbooleanasboolean", "both endpoints have it; on one alone booleans would become texts"},
	{"afterconnectscript", "it keeps foreign keys and triggers from acting on what is applied"},
	// secretsManagerEndpointOverride, which leads to a private endpoint of that service, is free.
	{"secretsmanagersecretid", "the secrets are in env, which is no part of the plan"},
	{"secretsmanageraccessrolearn", "the role for the secrets is in env, which is no part of the plan"},
	{"username", "the secrets are in AWS Secrets Manager"},
	{"password", "the secrets are in AWS Secrets Manager; one that stood here is to be changed"},
}

// checkAttributes takes extra connection attributes that neither contradict nor repeat what the plan sets itself. AWS DMS does not tell which of two
// it follows, and its names are not case-sensitive.
func checkAttributes(path, s string) error {
	if s == "" {
		return nil
	}
	if !attributes.MatchString(s) {
		return &OptionError{path, fmt.Sprintf("%q are not extra connection attributes", s), "write name=value;name=value without blanks"}
	}
	seen := map[string]bool{}
	for part := range strings.SplitSeq(strings.TrimRight(s, ";"), ";") {
		name, _, _ := strings.Cut(part, "=")
		low := strings.ToLower(name)
		for _, x := range settled {
			if stem, open := strings.CutSuffix(x.name, "*"); low == x.name || open && strings.HasPrefix(low, stem) {
				return &OptionError{path, fmt.Sprintf("%s is not to be set here: %s", name, x.why), "leave it out"}
			}
		}
		if seen[low] {
			return &OptionError{path, name + " is there twice", "write it once"}
		}
		seen[low] = true
	}
	return nil
}

// olderEngine compares two versions of AWS DMS that have three numbers.
func olderEngine(a, b string) bool {
	x, y := strings.Split(a, "."), strings.Split(b, ".")
	for i := range min(len(x), len(y)) {
		if c := cmp.Or(cmp.Compare(len(x[i]), len(y[i])), cmp.Compare(x[i], y[i])); c != 0 {
			return c < 0
		}
	}
	return false
}
