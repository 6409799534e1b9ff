package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v4"
	"pgregory.net/rapid"

	"github.com/pgcutover/pgcutover/golden"
	_ "github.com/pgcutover/pgcutover/golden/seed"
	"github.com/pgcutover/pgcutover/planner"
)

// configDocs describes every key. The JSON Schema and the table of docs/config.md are made from it and from the Go types.
var configDocs = map[string]string{
	"engine":                      "What moves the rows and the changes: dms (AWS DMS tasks on slots of pglogical; the rows come from a paused replica), native (subscriptions of PostgreSQL itself, source 10 and newer), dms-full (AWS DMS tasks that load the rows from the source, too) or promote (an Aurora read replica of an RDS instance, promoted at the cutover).",
	"slots":                       "How tables are spread over replication slots.",
	"slots.count":                 "Number of slots, or auto: the smallest with which no group needs more than target_load of an apply stream.",
	"slots.max":                   "Bound of auto. Every slot decodes all WAL of the source.",
	"slots.prefix":                "Slots are named PREFIX_01 and so on.",
	"slots.dedicated":             "Tables that get a slot of their own.",
	"slots.together":              "Lists of tables that share a slot.",
	"slots.apart":                 "Lists of tables no two of which share a slot.",
	"slots.pin":                   "Tables with the number of the group they belong to.",
	"slots.max_tables":            "Tables in one group at most.",
	"slots.tolerance":             "How much heavier than it need be the heaviest group may become before tables leave the groups of the plan given by --previous.",
	"slots.target_load":           "Share of one apply stream that a group should need at most.",
	"slots.changes_per_second":    "Plain row changes a second that one apply stream manages row by row. Measure it in a rehearsal: the time to catch up rests on it.",
	"tables":                      "What is left out, and what is done about tables without a key.",
	"tables.exclude_schemas":      "Schemas that are left out with everything in them.",
	"tables.exclude":              "Tables that are left out, with their partitions and children; views too.",
	"tables.inserts_only":         "Tables without a usable key that are known to be appended to only.",
	"lob":                         "Large values.",
	"lob.margin":                  "Factor on the largest value that was measured.",
	"lob.margins":                 "Tables with a factor of their own in place of lob.margin.",
	"lob.truncate":                "Tables whose LOBs may be cut at the limit.",
	"load":                        "The load of the rows.",
	"load.workers":                "Sessions that copy and build at the same time.",
	"load.split_bytes":            "Tables larger than this are cut into ranges of about this size. auto: the largest pieces that keep all workers busy to the end.",
	"load.batch_bytes":            "Tiny tables are copied together in one transaction up to this size.",
	"load.bytes_per_second":       "Rate of one copy, for the estimate. Timings of an earlier load replace it.",
	"load.index_bytes_per_second": "Rate of one index build, for the estimate. Timings of an earlier load replace it.",
	"load.copy_format":            "How rows are copied: in binary form where every column of a table allows it (auto), which is less work on both sides, or as text.",
	"load.maintenance_work_mem":   "Memory of each index build on the target.",
	"load.attempts":               "Tries for one piece before the load gives up on it.",
	"load.aws_batch_jobs":         "Jobs of an AWS Batch array that share the workers of the load. Where it is not given the bundle has none.",
	"unique":                      "Unique keys beside the primary key while changes are applied. keep: built after the copy, and their groups are applied row by row. defer: built at the cutover.",
	"wal":                         "What is known about the disks.",
	"wal.source_free_bytes":       "Free disk for WAL on the source.",
	"wal.replica_free_bytes":      "Free disk for WAL on the maintenance replica.",
	"wal.bytes_per_second":        "WAL that the source writes, where it is known better than by a sample: the peak.",
	"wal.setup_seconds":           "From the end of the load to the start of change data capture.",
	"cdc":                         "Change data capture by AWS DMS.",
	"cdc.format":                  "What creates the resources in AWS.",
	"cdc.name":                    "Beginning of every identifier in AWS, at most 20 characters. Where it is not given it is made from the database's name.",
	"cdc.engine_version":          "Version of the replication instance, at least 3.5.4. Where it is not given: 3.5.4, and 3.6.1 for a source of version 17 or newer.",
	"cdc.instance_class":          "Class of the replication instance. Where it is not given it is sized from the plan.",
	"cdc.storage_gb":              "Storage of the replication instance in GB. auto: sized from the plan.",
	"cdc.multi_az":                "Whether the replication instance has a standby in another availability zone.",
	"cdc.on_error":                "What a change does that cannot be applied. stop: stops its task. suspend: suspends its table, whose later changes are lost. log: is lost, and logged; for rehearsals.",
	"cdc.control_schema":          "Schema of AWS DMS's own tables on the target.",
	"cdc.trim_slots":              "Whether every slot is advanced to the captured position before its task is made.",
	"cdc.start_interval_seconds":  "Between the starts of two tasks.",
	"cdc.ssl":                     "SSL mode of both endpoints. verify-ca and verify-full need a certificate that was imported into AWS DMS.",
	"cdc.source_attributes":       "Extra connection attributes of the source endpoints, name=value;name=value, added to those of the plan.",
	"cdc.target_attributes":       "Extra connection attributes of the target endpoint.",
	"cutover":                     "The last steps.",
	"cutover.sequence_margin":     "Steps that each sequence is set beyond the source's last value.",
	"cutover.validate":            "When the rows of foreign keys and NOT NULLs are looked at. frozen: while nobody can write. after: once the application writes to the target; until then those that are there count as good.",
	"target":                      "What the inventory does not tell of the target.",
	"target.version":              "Its major version, such as 16.",
	"target.managed":              "rds or aurora; empty for neither.",
	"target.free_bytes":           "Free disk for tables and indexes.",
	"target.memory_bytes":         "Memory of its machine or instance class.",
	"native":                      "Only for the engine native.",
	"native.connection":           "How the target's server reaches the source: keywords of libpq with their values, such as host and passfile, or service. Never a password. dbname is the source's database, user the role pgcutover_cdc, unless said otherwise.",
	"native.password":             "Where the subscriptions' password comes from. file: a passfile or service of the account that runs the target's server, or none is needed. prompt: the script asks for it, and the target keeps it in pg_subscription.",
	"native.handoff":              "What holds the rows still while they are copied. replica: the maintenance replica, paused. snapshot: the source's own snapshots, one for each slot; for a source whose replica cannot be paused (RDS, Aurora), or that has none.",
	"native.way_back":             "How the source's server reaches the target, as in connection; then a way back is prepared before the application writes to the target.",
	"full":                        "Only for the engine dms-full: how AWS DMS loads the rows.",
	"full.schema":                 "Where the structure of the empty target comes from. dump: pg_dump of the source. replica: a promoted Aurora read replica, which is emptied.",
	"full.sub_tasks":              "Tables, or ranges of one, that each task reads at a time (MaxFullLoadSubTasks), 1 to 49. Each is a session on the source.",
	"full.commit_rate":            "Rows that are written at a time (CommitRate), at most 50000. The plan lowers it where LOBs would not fit the memory of the replication instance.",
	"full.consistency_seconds":    "How long a task waits for transactions that are open when it starts (TransactionConsistencyTimeout).",
	"full.validation":             "Whether AWS DMS compares the rows itself as well. It costs both databases as much reading as the load, and reports differences that are none.",
	"full.plugin":                 "Output plugin of the slots that AWS DMS makes. Where it is not given: pglogical where the source has it, else test_decoding.",
	"accept":                      "Hazards that somebody decided to live with.",
	"accept.code":                 "Code of the hazard.",
	"accept.subject":              "Its subject as the plan shows it; * for every one.",
	"accept.reason":               "Why. It is printed in the report.",
}

var choices = map[string][]string{"engine": {"dms", "native", "dms-full", "promote"}, "full.schema": {"dump", "replica"}, "full.plugin": {"", "pglogical", "test_decoding"}, "native.password": {"file", "prompt"}, "native.handoff": {"replica", "snapshot"}, "unique": {"keep", "defer"}, "load.copy_format": {"auto", "text"}, "cutover.validate": {"frozen", "after"}, "target.managed": {"", "rds", "aurora"},
	"cdc.format": {"cloudformation", "terraform", "cli"}, "cdc.on_error": {"stop", "suspend", "log"}, "cdc.ssl": {"require", "verify-ca", "verify-full"}}

// sections are those of one engine, with the defaults that it has.
var sections = map[string]reflect.Value{
	"native": reflect.ValueOf(*planner.DefaultsFor(planner.EngineNative).Native),
	"full":   reflect.ValueOf(*planner.DefaultsFor(planner.EngineDMSFull).Full),
}

// schema is the part of JSON Schema (draft 2020-12) that a configuration needs. Keys are written in this order.
type schema struct {
	Schema               string     `json:"$schema,omitempty"`
	Title                string     `json:"title,omitempty"`
	Description          string     `json:"description,omitempty"`
	Type                 any        `json:"type,omitempty"`
	Enum                 []string   `json:"enum,omitempty"`
	Pattern              string     `json:"pattern,omitempty"`
	Minimum              *int       `json:"minimum,omitempty"`
	Default              any        `json:"default,omitempty"`
	AnyOf                []schema   `json:"anyOf,omitempty"`
	Items                *schema    `json:"items,omitempty"`
	Properties           properties `json:"properties,omitempty"`
	Required             []string   `json:"required,omitempty"`
	AdditionalProperties any        `json:"additionalProperties,omitempty"`
}

type property struct {
	key string
	schema
}

// properties keep the order of the Go fields, which a map would lose.
type properties []property

func (p properties) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	b.WriteByte('{')
	for i, x := range p {
		if i > 0 {
			b.WriteByte(',')
		}
		body, err := plainJSON(x.schema)
		if err != nil {
			return nil, err
		}
		fmt.Fprintf(&b, "%q:%s", x.key, body)
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

func plainJSON(v any) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	err := enc.Encode(v)
	return bytes.TrimSpace(b.Bytes()), err
}

const (
	sizePattern     = `^[0-9]+(\.[0-9]+)? ?(B|[kKMGTP](i?B)?)$`
	durationPattern = `^([0-9]+(\.[0-9]+)?(h|m|s))+$`
)

// schemaOf describes a Go value: its type says what is taken, its value is the default.
func schemaOf(path string, v reflect.Value) schema {
	s := schema{Description: configDocs[path]}
	key := path[strings.LastIndexByte(path, '.')+1:]
	zero := 0
	switch v.Kind() {
	case reflect.Struct:
		s.Type, s.AdditionalProperties = "object", false
		for i := range v.NumField() {
			k, _, _ := strings.Cut(v.Type().Field(i).Tag.Get("json"), ",")
			s.Properties = append(s.Properties, property{k, schemaOf(keyPath(path, k), v.Field(i))})
		}
		if v.Type() == reflect.TypeFor[planner.Acceptance]() {
			for _, p := range s.Properties {
				s.Required = append(s.Required, p.key)
			}
		} else if path != "" {
			s.Type = []string{"object", "null"}
		}
	case reflect.Map:
		value := schemaOf(path+"[]", reflect.Zero(v.Type().Elem()))
		value.Default = nil
		s.Type, s.AdditionalProperties = []string{"object", "null"}, value
	case reflect.Slice:
		item := schemaOf(path, reflect.Zero(v.Type().Elem()))
		item.Description, item.Default = "", nil
		s.Type, s.Items = []string{"array", "null"}, &item
	case reflect.Pointer:
		if section, own := sections[path]; own {
			return schemaOf(path, section)
		}
		value := reflect.Zero(v.Type().Elem())
		if v.Type() == reflect.TypeFor[*planner.AuroraOptions]() {
			value = reflect.ValueOf(planner.DefaultAurora())
		}
		inner := schemaOf(path, value)
		inner.Default = nil
		return inner
	case reflect.Bool:
		s.Type, s.Default = "boolean", v.Bool()
	case reflect.String:
		s.Type, s.Enum = "string", choices[path]
		if v.String() != "" {
			s.Default = v.String()
		}
	case reflect.Float64:
		s.Type, s.Default, s.Minimum = "number", v.Float(), &zero
	case reflect.Int, reflect.Int64:
		number := schema{Type: "integer", Minimum: &zero}
		other := []schema{}
		if strings.Contains(key, "bytes") {
			other = append(other, schema{Type: "string", Pattern: sizePattern})
		}
		if strings.HasSuffix(key, "_seconds") {
			other = append(other, schema{Type: "string", Pattern: durationPattern})
		}
		s.Default = v.Int()
		if slices.Contains(automatic, path) {
			other = append(other, schema{Enum: []string{"auto"}})
			s.Default = "auto"
		}
		if len(other) == 0 {
			s.Type, s.Minimum = number.Type, number.Minimum
		} else {
			s.AnyOf = append([]schema{number}, other...)
		}
	default:
		panic("no schema for " + path)
	}
	return s
}

// keysOf lists every key of the configuration.
func keysOf(path string, t reflect.Type) []string {
	switch {
	case t.Kind() == reflect.Pointer && t.Elem().Kind() == reflect.Struct:
		return keysOf(path, t.Elem())
	case t.Kind() == reflect.Struct:
		var out []string
		for i := range t.NumField() {
			key, _, _ := strings.Cut(t.Field(i).Tag.Get("json"), ",")
			full := keyPath(path, key)
			out = append(append(out, full), keysOf(full, t.Field(i).Type)...)
		}
		return out
	case t.Kind() == reflect.Slice && t.Elem().Kind() == reflect.Struct:
		return keysOf(path, t.Elem())
	}
	return nil
}

func TestConfigurationIsDocumented(t *testing.T) {
	keys := keysOf("", reflect.TypeFor[planner.Options]())
	for _, k := range keys {
		require.Contains(t, configDocs, k, "describe %s in configDocs", k)
	}
	require.Len(t, configDocs, len(keys), "configDocs describes keys that do not exist")

	s := schemaOf("", reflect.ValueOf(planner.Defaults()))
	s.Schema, s.Title = "https://json-schema.org/draft/2020-12/schema", "Configuration of pgcutover plan"
	s.Description = "Sizes are bytes or such as 10GB, in powers of 1024; tables are written with their schema, in double quotes where a name is not plain lower case."
	body, err := plainJSON(s)
	require.NoError(t, err)
	var indented bytes.Buffer
	require.NoError(t, json.Indent(&indented, body, "", "  "))
	indented.WriteByte('\n')
	golden.Equal(t, "../../docs/config.schema.json", indented.Bytes())

	doc, err := os.ReadFile("../../docs/config.md")
	require.NoError(t, err)
	head, rest, ok := strings.Cut(string(doc), beginKeys)
	require.True(t, ok, "docs/config.md has no %q", beginKeys)
	_, tail, ok := strings.Cut(rest, endKeys)
	require.True(t, ok, "docs/config.md has no %q", endKeys)
	golden.Equal(t, "../../docs/config.md", []byte(head+beginKeys+"\n"+keyTable("", s)+endKeys+tail))
}

const beginKeys, endKeys = "<!-- made from the types by TestConfigurationIsDocumented -->", "<!-- end -->"

func keyTable(path string, s schema) string {
	var b strings.Builder
	if path == "" {
		b.WriteString("\n| Key | Takes | Default | Meaning |\n|---|---|---|---|\n")
	}
	for _, p := range s.Properties {
		full := keyPath(path, p.key)
		def := ""
		if p.Default != nil {
			def = fmt.Sprintf("`%v`", p.Default)
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s |\n", full, takes(p.schema), def, p.Description)
		b.WriteString(keyTable(full, p.schema))
		if p.Items != nil {
			b.WriteString(keyTable(full, *p.Items))
		}
	}
	if path == "" {
		b.WriteString("\n")
	}
	return b.String()
}

func takes(s schema) string {
	var out []string
	one := func(s schema) string {
		switch {
		case len(s.Enum) > 0:
			return "`" + strings.Join(slices.DeleteFunc(slices.Clone(s.Enum), func(e string) bool { return e == "" }), "`, `") + "`"
		case s.Pattern == sizePattern:
			return "size"
		case s.Pattern == durationPattern:
			return "duration"
		case s.Items != nil && s.Items.Items != nil:
			return "list of lists of tables"
		case s.Items != nil && s.Items.Properties != nil:
			return "list"
		case s.Items != nil:
			return "list of names"
		case s.Properties != nil:
			return "keys"
		case s.Type == "integer", s.Type == "number":
			return "number"
		case s.Type == "boolean":
			return "true or false"
		case s.Type == "string":
			return "text"
		}
		if value, ok := s.AdditionalProperties.(schema); ok && value.Type == "string" {
			return "keywords with values"
		}
		return "tables with numbers"
	}
	for _, x := range s.AnyOf {
		out = append(out, one(x))
	}
	if len(out) == 0 {
		return one(s)
	}
	return strings.Join(out, " or ")
}

// The example in the documentation is a configuration that is taken.
func TestDocumentedExampleIsValid(t *testing.T) {
	doc, err := os.ReadFile("../../docs/config.md")
	require.NoError(t, err)
	_, rest, ok := strings.Cut(string(doc), "```yaml\n")
	require.True(t, ok)
	example, _, ok := strings.Cut(rest, "```")
	require.True(t, ok)
	file := filepath.Join(t.TempDir(), "pgcutover.yaml")
	require.NoError(t, os.WriteFile(file, []byte(example), 0o644))
	c, err := readConfig(file)
	require.NoError(t, err)
	require.NotEqual(t, planner.Defaults(), c.options)
}

// Options written as YAML by their JSON names are read back as they were.
func TestConfigurationRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		name := rapid.StringMatching(`[a-zA-Z_"' $:#\-ä]{1,20}`)
		o := planner.Defaults()
		o.Slots.Count = rapid.IntRange(1, 9).Draw(t, "count")
		o.Slots.Dedicated = rapid.SliceOfN(name, 1, 3).Draw(t, "dedicated")
		o.Slots.Together = [][]string{rapid.SliceOfN(name, 2, 3).Draw(t, "together")}
		o.Slots.Pin = map[string]int{name.Draw(t, "pinned"): 3}
		o.Load.SplitBytes = int64(rapid.IntRange(0, 1<<40).Draw(t, "split"))
		o.WAL.SourceFreeBytes = new(int64)
		o.Accept = []planner.Acceptance{{Code: "ID101", Subject: name.Draw(t, "subject"), Reason: name.Draw(t, "reason")}}
		body, err := json.Marshal(o)
		require.NoError(t, err)
		var tree map[string]any
		require.NoError(t, json.Unmarshal(body, &tree))
		prune(tree)
		body, err = yaml.Dump(tree)
		require.NoError(t, err)
		c := config{file: "x.yaml", options: planner.Defaults(), lines: map[string]int{}}
		require.NoError(t, c.parse(body), string(body))
		require.Equal(t, o, c.options)
	})
}

// prune takes out what was not set, which a configuration would not mention.
func prune(tree map[string]any) {
	for k, v := range tree {
		switch x := v.(type) {
		case nil:
			delete(tree, k)
		case map[string]any:
			prune(x)
		case float64:
			if x == float64(int64(x)) {
				tree[k] = int64(x)
			}
		}
	}
}

func TestParseSize(t *testing.T) {
	for text, want := range map[string]int64{"0B": 0, "1kB": 1024, "1KB": 1024, "10GB": 10 << 30, "10 GiB": 10 << 30, "1.5T": 3 << 39, "512M": 512 << 20} {
		got, ok := parseSize(text)
		require.True(t, ok, text)
		require.Equal(t, want, got, text)
	}
	for _, text := range []string{"", "GB", "10 apples", "-1GB", "1e3GB", "99999999999PB", "10 G B", "0x10B"} {
		_, ok := parseSize(text)
		require.False(t, ok, text)
	}
}
