package golden_test

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// template is what these tests look at of a CloudFormation template.
type template struct {
	Parameters map[string]any
	Outputs    map[string]any
	Resources  map[string]struct {
		Type       string
		Properties map[string]any
	}
}

// templates are those of all cases, the largest case's among them.
func templates(t *testing.T) map[string][]byte {
	t.Helper()
	out := map[string][]byte{}
	for path, f := range bundles(t) {
		if strings.Contains(path, "/cloudformation/") {
			out[path] = f.Body
		}
	}
	require.Contains(t, out, "huge/migration/50-cdc/dms/cloudformation/05-stack.json")
	require.Contains(t, out, "hostile/migration/50-cdc/dms/cloudformation/01-stack.json")
	return out
}

// validators are the programs that judge a template without AWS.
func validators(t *testing.T) map[string]func(files ...string) ([]byte, error) {
	t.Helper()
	tools, err := filepath.Abs(filepath.Join("..", ".cache", "aws"))
	require.NoError(t, err)
	script, err := filepath.Abs(filepath.Join("..", ".ci", "validate-templates.mjs"))
	require.NoError(t, err)
	if _, err := os.Stat(filepath.Join(tools, "fetched")); err != nil {
		need(t, "the tools for AWS are not there: make aws")
	}
	node := filepath.Join(tools, "bin", "node")
	if _, err := os.Stat(node); err != nil {
		node, err = exec.LookPath("node")
		require.NoError(t, err)
	}
	return map[string]func(files ...string) ([]byte, error){
		"AWS's validator": func(files ...string) ([]byte, error) {
			cmd := exec.Command(node, append([]string{script}, files...)...)
			cmd.Dir = filepath.Join(tools, "node")
			return cmd.CombinedOutput()
		},
		"cfn-lint": func(files ...string) ([]byte, error) {
			return exec.Command(filepath.Join(tools, "bin", "cfn-lint"), append([]string{"--"}, files...)...).CombinedOutput()
		},
	}
}

func TestTemplatesAreValid(t *testing.T) {
	var files []string
	for path := range templates(t) {
		file, err := filepath.Abs(filepath.Join("cases", path))
		require.NoError(t, err)
		files = append(files, file)
	}
	slices.Sort(files)
	for name, judge := range validators(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			out, err := judge(files...)
			require.NoError(t, err, "%s", out)
		})
	}
}

// The validators must be able to say no.
func TestTemplatesThatAreNotValidAreSeen(t *testing.T) {
	body := templates(t)["small/migration/50-cdc/dms/cloudformation/01-stack.json"]
	broken := bytes.Replace(body, []byte(`"HeartbeatEnable"`), []byte(`"HeartBeatEnable"`), 1)
	require.NotEqual(t, body, broken)
	file := filepath.Join(t.TempDir(), "broken.json")
	require.NoError(t, os.WriteFile(file, broken, 0o644))
	for name, judge := range validators(t) {
		out, err := judge(file)
		require.Error(t, err, name)
		require.Contains(t, string(out), "HeartBeatEnable", name)
	}
}

// What CloudFormation takes in one template (its user guide, quotas), and in one request.
func TestTemplatesFitTheirLimits(t *testing.T) {
	for path, body := range templates(t) {
		var x template
		require.NoError(t, json.Unmarshal(body, &x), path)
		require.LessOrEqual(t, len(body), 51_200, "%s: no case needs a bucket", path)
		require.LessOrEqual(t, len(x.Resources), 500, path)
		require.LessOrEqual(t, len(x.Parameters), 200, path)
		require.LessOrEqual(t, len(x.Outputs), 200, path)
		require.NotContains(t, string(body), "{{", "%s: CloudFormation looks for references there", path)
	}
}

type mapping struct {
	Rules []struct {
		Type     string            `json:"rule-type"`
		ID       string            `json:"rule-id"`
		Name     string            `json:"rule-name"`
		Action   string            `json:"rule-action"`
		Locator  map[string]string `json:"object-locator"`
		Settings map[string]string `json:"lob-settings"`
	}
}

type tableName struct{ Schema, Name string }

// Every table that is copied, and every marker, is in exactly one task: in the mapping files, and in the templates too.
func TestEveryTableIsInOneTask(t *testing.T) {
	for name := range inventories {
		files := bundles(t)
		var plan struct {
			Tables []struct {
				Name     struct{ Schema, Name string }
				Handling string
				Group    int
			}
			Groups []struct {
				Number     int
				Slot       string
				Marker     tableName
				BatchApply bool `json:"batch_apply"`
			}
			Options struct {
				Engine string
				CDC    struct{ Format string }
			}
		}
		require.NoError(t, json.Unmarshal(files[name+"/plan.json"].Body, &plan))
		if plan.Options.Engine != "dms" && plan.Options.Engine != "dms-full" {
			for path := range files {
				require.False(t, strings.HasPrefix(path, name+"/migration/50-cdc/dms/"), "%s is for another engine", path)
			}
			continue
		}
		want := map[tableName]string{} // the slot of each
		for _, x := range plan.Tables {
			if x.Handling == "replicate" || x.Handling == "inserts only" {
				want[tableName(x.Name)] = plan.Groups[x.Group-1].Slot
			}
		}
		for _, g := range plan.Groups {
			want[g.Marker] = g.Slot
		}
		if name == "huge" {
			require.Greater(t, len(want), 400)
		}
		read := func(body string) (tables []tableName) {
			var m mapping
			require.NoError(t, json.Unmarshal([]byte(body), &m))
			ids := map[string]bool{}
			for _, r := range m.Rules {
				require.Regexp(t, `^[1-9][0-9]*$`, r.ID)
				require.False(t, ids[r.ID], "rule %s is there twice", r.ID)
				ids[r.ID] = true
				if r.Type != "selection" {
					continue
				}
				require.Equal(t, "explicit", r.Action, "include takes patterns")
				require.Len(t, r.Locator, 2)
				tables = append(tables, tableName{r.Locator["schema-name"], r.Locator["table-name"]})
			}
			return tables
		}
		got := map[tableName]string{}
		for _, g := range plan.Groups {
			body := files[name+"/migration/50-cdc/dms/mappings/"+g.Slot+".json"].Body
			require.NotEmpty(t, body, "%s: %s has no mapping", name, g.Slot)
			require.LessOrEqual(t, len(body), 2_000_000)
			for _, n := range read(string(body)) {
				require.NotContains(t, got, n, "it is in two tasks")
				got[n] = g.Slot
			}
		}
		require.Equal(t, want, got, name)
		if plan.Options.CDC.Format != "cloudformation" {
			continue
		}
		in := map[tableName]string{}
		for path, body := range templates(t) {
			if !strings.HasPrefix(path, name+"/") {
				continue
			}
			var x template
			require.NoError(t, json.Unmarshal(body, &x))
			for logical, r := range x.Resources {
				if r.Type != "AWS::DMS::ReplicationTask" {
					continue
				}
				source := x.Resources["Source"+strings.TrimPrefix(logical, "Task")].Properties["PostgreSqlSettings"].(map[string]any)
				slot, _ := source["SlotName"].(string)
				full := plan.Options.Engine == "dms-full"
				require.Equal(t, full, slot == "", "AWS DMS makes its slots itself where it loads the rows")
				require.Equal(t, full, r.Properties["CdcStartPosition"] == nil)
				if full {
					number, err := strconv.Atoi(strings.TrimPrefix(logical, "Task"))
					require.NoError(t, err)
					slot = plan.Groups[number-1].Slot
				}
				for _, n := range read(r.Properties["TableMappings"].(string)) {
					require.NotContains(t, in, n)
					in[n] = slot
				}
				var settings, file any
				require.NoError(t, json.Unmarshal([]byte(r.Properties["ReplicationTaskSettings"].(string)), &settings))
				require.NoError(t, json.Unmarshal(files[name+"/migration/50-cdc/dms/settings/"+slot+".json"].Body, &file))
				require.Equal(t, file, settings, slot)
				require.Equal(t, map[bool]string{false: "cdc", true: "full-load-and-cdc"}[full], r.Properties["MigrationType"])
			}
		}
		require.Equal(t, want, in, "%s: the templates", name)
	}
}
