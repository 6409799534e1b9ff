package render

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/pgcutover/pgcutover/analyze"
	"github.com/pgcutover/pgcutover/planner"
)

// tasksOf is a plan whose groups have so many tables with names of so many bytes.
func tasksOf(nameBytes int, tables ...int) planner.Plan {
	p := planner.Plan{
		Format: planner.Format, Source: planner.Source{VersionNum: 150020, Database: "shop"}, Target: planner.Target{VersionNum: 160000, Database: "shop"},
		Options: planner.Defaults(), Names: planner.Names{Schema: "pgcutover", Node: "pgcutover_provider", Role: "pgcutover_cdc"},
		DMS: planner.DMS{Name: "shop", Instance: planner.DMSInstance{Class: "dms.r6i.large", StorageGB: 100, EngineVersion: "3.5.4"}},
	}
	for i, n := range tables {
		g := planner.Group{Number: i + 1, Slot: fmt.Sprintf("dms_slot_%02d", i+1)}
		g.UpdateSet, g.InsertSet, g.Marker = g.Slot, "i"+g.Slot, analyze.Name{Schema: "pgcutover", Name: "marker_" + g.Slot}
		for j := range n {
			name := fmt.Sprintf("t_%02d_%05d", i, j)
			g.Tables = append(g.Tables, analyze.Name{Schema: "public", Name: name + strings.Repeat("x", max(nameBytes-len(name), 0))})
		}
		p.Groups = append(p.Groups, g)
		p.DMS.Tasks = append(p.DMS.Tasks, planner.DMSTask{Group: i + 1, Identifier: fmt.Sprintf("shop-dms-slot-%02d", i+1), Endpoint: fmt.Sprintf("shop-source-%02d", i+1), LOBMaxKB: 32})
	}
	return p
}

func TestStacks(t *testing.T) {
	many := make([]int, 99)
	for i := range many {
		many[i] = 1
	}
	for what, x := range map[string]struct {
		plan    planner.Plan
		stacks  int
		buckets int
		left    []int
	}{
		"one that is sent whole":                {tasksOf(10, 3), 1, 0, nil},
		"instance and tasks apart":              {tasksOf(10, 100, 100, 100), 4, 0, nil},
		"as many tasks as an instance has":      {tasksOf(10, many...), 18, 0, nil},
		"too large to be sent":                  {tasksOf(63, 10, 1000, 10), 3, 1, nil},
		"too large for any template":            {tasksOf(63, 10, 5000, 10), 2, 0, []int{1}},
		"large ones share templates in S3":      {tasksOf(63, 1000, 1000, 1000), 2, 1, nil},
		"and more of those where they are many": {tasksOf(63, 3000, 3000, 3000), 4, 3, nil},
	} {
		t.Run(what, func(t *testing.T) {
			parts, left, err := stacks(x.plan)
			require.NoError(t, err)
			require.Equal(t, x.left, left)
			seen, buckets, names := map[int]bool{}, 0, map[string]bool{}
			for _, g := range left {
				seen[g] = true
			}
			for _, s := range parts {
				most := mostInline
				if s.Bucket {
					buckets++
					most = mostBody
				}
				var body struct{ Resources, Parameters, Outputs map[string]any }
				require.NoError(t, json.Unmarshal(s.Body, &body))
				require.LessOrEqual(t, len(s.Body), most)
				require.LessOrEqual(t, len(body.Resources), mostResources)
				require.LessOrEqual(t, len(body.Parameters), mostParameters)
				require.False(t, names[s.Name] || names[s.File], "%s is there twice", s.Name)
				names[s.Name], names[s.File] = true, true
				for _, g := range s.Groups {
					require.False(t, seen[g], "task %d is made twice", g)
					seen[g] = true
					require.Contains(t, body.Resources, fmt.Sprintf("Task%02d", g+1))
				}
			}
			require.Len(t, seen, len(x.plan.Groups))
			require.Equal(t, x.stacks, len(parts)) //nolint:testifylint // Len prints the templates
			require.Equal(t, x.buckets, buckets)
		})
	}
}

// A stack deletes what its new template lacks: no task may be in another one after the restart of a slot.
func TestRestartMovesNoTask(t *testing.T) {
	running := tasksOf(63, 31, 31, 31, 31)
	running.Options.Engine = planner.EngineDMS
	next := running
	next.DMS.Tasks = slices.Clone(running.DMS.Tasks)
	places := func(p planner.Plan) (out []string) {
		_, makers, _, err := dmsResources(p)
		require.NoError(t, err)
		for _, m := range makers {
			out = append(out, m.Name)
		}
		return out
	}
	next.DMS.Tasks[0].LOBMaxKB = 64
	require.Equal(t, places(running), places(next))
	_, err := RenderRestart(next, "1", &running)
	require.NoError(t, err)
	for _, n := range running.Groups[0].Tables {
		next.DMS.Tasks[0].Unlimited = append(next.DMS.Tasks[0].Unlimited, planner.DMSTable{Name: n, Reason: "Its values are large."})
	}
	require.NotEqual(t, places(running), places(next), "the rules of the first task push others out")
	_, err = RenderRestart(next, "1", &running)
	var refused *planner.SuccessorError
	require.ErrorAs(t, err, &refused)
	for i, was := range places(running) {
		is := places(next)[i]
		require.Equal(t, was != is, strings.Contains(err.Error(), fmt.Sprintf("stack of the task of dms_slot_%02d: %s in the running plan, %s in the new one", i+1, was, is)), err.Error())
	}
	for _, p := range []*planner.Plan{&running, &next} {
		p.Options.CDC.Format = planner.FormatCLI
	}
	_, err = RenderRestart(next, "1", &running)
	require.NoError(t, err)
}

// What no template holds is made by a call of its own, and the scripts know.
func TestTaskThatNoTemplateHolds(t *testing.T) {
	b, err := Render(tasksOf(63, 10, 5000))
	require.NoError(t, err)
	for _, path := range []string{"cli/task-dms_slot_02.json", "cli/source-dms_slot_02.json", "mappings/dms_slot_02.json", "cloudformation/01-stack.json"} {
		_, ok := b.Artifact(dmsFolder + path)
		require.True(t, ok, path)
	}
	_, ok := b.Artifact(dmsFolder + "cli/task-dms_slot_01.json")
	require.False(t, ok)
	deploy, _ := b.Artifact(dmsFolder + "53-deploy.sh")
	require.Contains(t, string(deploy.Body), "make_task dms_slot_02")
	require.NotContains(t, string(deploy.Body), "StartLsn02")
	require.Contains(t, string(deploy.Body), "parameter StartLsn01")
	// Its endpoint reads the secrets by the role that the first stack has made.
	require.Less(t, strings.Index(string(deploy.Body), "OutputKey=='SecretsRole'"), strings.Index(string(deploy.Body), "make_endpoint shop-source-02"))
	require.Contains(t, string(deploy.Body), "OutputKey=='SecretsRole'")
	small, err := Render(tasksOf(63, 10))
	require.NoError(t, err)
	whole, _ := small.Artifact(dmsFolder + "53-deploy.sh")
	require.NotContains(t, string(whole.Body), "OutputKey")
	remove, _ := b.Artifact(dmsFolder + "58-delete.sh")
	require.Contains(t, string(remove.Body), "delete_task shop-dms-slot-02")

	_, err = Render(tasksOf(63, 9000))
	require.ErrorContains(t, err, "lower slots.max_tables")
}

// The role that the stack makes may use the keys of the secrets, and no others, where there are any.
func TestRoleForSecrets(t *testing.T) {
	parts, _, err := stacks(tasksOf(10, 1))
	require.NoError(t, err)
	var body struct {
		Resources map[string]struct {
			Properties struct {
				Policies []struct {
					PolicyDocument struct{ Statement []map[string]any }
				}
			}
		}
	}
	require.NoError(t, json.Unmarshal(parts[0].Body, &body))
	statements := body.Resources["SecretsRole"].Properties.Policies[0].PolicyDocument.Statement
	require.Len(t, statements, 2)
	require.Equal(t, []any{
		"HasSecretsKeys",
		map[string]any{"Effect": "Allow", "Action": []any{"kms:Decrypt", "kms:DescribeKey"}, "Resource": map[string]any{"Ref": "SecretsKeyArns"}},
		map[string]any{"Ref": "AWS::NoValue"},
	}, statements[1]["Fn::If"])
}

// Two migrations of one name are told apart by their sources, whatever their databases are called.
func TestTags(t *testing.T) {
	p := tasksOf(10, 1)
	for _, x := range []struct{ system, database, want string }{
		{"7300000000000000001", "shop", "7300000000000000001/shop"}, {"", "shop", "shop"}, {"7", "shop \"old\"", "7/sha256:"}, {"7", "7/shop", "7/sha256:"},
	} {
		p.Source.SystemIdentifier, p.Source.Database = x.system, x.database
		got := AWSTags(p)
		require.Equal(t, AWSTag{"pgcutover:migration", "shop"}, got[0])
		require.Equal(t, "pgcutover:source", got[1].Key)
		require.Contains(t, got[1].Value, x.want)
		require.Regexp(t, `^[A-Za-z0-9_.:/=+@-]{1,256}$`, got[1].Value, "what tags take")
	}
}

func TestNamesThatCloudFormationReads(t *testing.T) {
	p := tasksOf(10, 1)
	p.Groups[0].Tables[0].Name = "{{resolve:ssm:secret}}"
	parts, _, err := stacks(p)
	require.NoError(t, err)
	require.NotContains(t, string(parts[0].Body), "{{")
	require.Contains(t, string(parts[0].Body), `\\u007b\\u007bresolve:ssm:secret}}`)
	p.Source.Database = "{{resolve:ssm:secret}}"
	_, _, err = stacks(p)
	require.ErrorContains(t, err, "cdc.format: cli")
}

// Tasks start by how long they take to catch up, whatever their numbers.
func TestOrderOfStarts(t *testing.T) {
	p := tasksOf(10, 1, 1, 1)
	p.Groups[0].Weight, p.Groups[1].Weight, p.Groups[2].Weight = 0.5, 0.3, 0.9
	p.Groups[2].BatchApply = true // a third of the weight: the same as the second
	b, err := Render(p)
	require.NoError(t, err)
	start, _ := b.Artifact(dmsFolder + "55-start.sh")
	require.Contains(t, string(start.Body), "ORDER=(dms_slot_01 dms_slot_02 dms_slot_03)")
	p.Groups[1].Weight = 0.2
	b, err = Render(p)
	require.NoError(t, err)
	start, _ = b.Artifact(dmsFolder + "55-start.sh")
	require.Contains(t, string(start.Body), "ORDER=(dms_slot_01 dms_slot_03 dms_slot_02)")
}

// Aurora is an engine of its own for AWS DMS, on either side.
func TestEngineOfEndpoints(t *testing.T) {
	for managed, want := range map[string]string{"": "postgres", "rds": "postgres", "aurora": "aurora-postgresql"} {
		p := tasksOf(10, 1)
		p.Source.Managed, p.Target.Managed = managed, managed
		require.Equal(t, want, sourceEndpoint(p, 0).Engine)
		require.Equal(t, want, targetEndpoint(p).Engine)
		for _, format := range []string{planner.FormatCloudFormation, planner.FormatTerraform, planner.FormatCLI} {
			p.Options.CDC.Format = format
			files, _, _, err := dmsResources(p)
			require.NoError(t, err)
			var all strings.Builder
			for _, f := range files {
				all.Write(f.Body)
			}
			require.Equal(t, 2, strings.Count(all.String(), `"`+want+`"`), "%s, %s", format, managed)
		}
	}
}

// Every policy for changes that cannot be applied keeps from losing them without a word.
func TestErrorPolicies(t *testing.T) {
	for onError, want := range map[string][3]string{ // an error of data, of the table, a truncation that is accepted
		planner.OnErrorStop: {"STOP_TASK", "STOP_TASK", "LOG_ERROR"}, planner.OnErrorSuspend: {"SUSPEND_TABLE", "SUSPEND_TABLE", "LOG_ERROR"}, planner.OnErrorLog: {"LOG_ERROR", "SUSPEND_TABLE", "LOG_ERROR"},
	} {
		e := errorsOf(onError, true)
		for _, got := range []string{e.DataErrorPolicy, e.DataTruncationErrorPolicy, e.ApplyErrorDeletePolicy, e.ApplyErrorInsertPolicy, e.ApplyErrorUpdatePolicy, e.ApplyErrorEscalationPolicy} {
			require.Equal(t, want[0], got, onError)
		}
		require.Equal(t, want[1], e.TableErrorPolicy)
		require.Equal(t, want[2], errorsOf(onError, false).DataTruncationErrorPolicy)
	}
}
