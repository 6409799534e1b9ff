package render_test

import (
	"bytes"
	"encoding/json"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/pgcutover/pgcutover/planner"
	"github.com/pgcutover/pgcutover/render"
)

// variants are plans of every kind that templates tell apart.
func variants() map[string]planner.Plan {
	out := map[string]planner.Plan{}
	for _, v := range []int{90624, 100023, 120022, 130023, 140010, 150020, 180004} {
		p := samplePlan()
		p.Source.VersionNum = v
		out[strconv.Itoa(v)] = p
	}
	p := samplePlan()
	p.Source.Managed, p.Target.Managed, p.Source.SystemIdentifier, p.Target.SystemIdentifier = "rds", "aurora", "7300000000000000001", "7300000000000000002"
	out["rds"] = p
	p = samplePlan()
	p.Source.Database = "hostile '\"\n$(id) `x` \\ % é"
	p.Target.Database, p.Schemas, p.Options.Tables.ExcludeSchemas = p.Source.Database, []string{`a"b`, "c d"}, []string{"x'y"}
	out["hostile"] = p
	p = samplePlan()
	p.Tables, p.Groups, p.Roles, p.Extensions, p.Settings, p.Relaxed, p.Schemas = nil, nil, nil, nil, nil, nil, nil
	p.Target = planner.Target{}
	out["empty"] = p
	return out
}

func TestRenderIsDeterministic(t *testing.T) {
	for name, p := range variants() {
		t.Run(name, func(t *testing.T) {
			first, err := render.Render(p)
			require.NoError(t, err)
			again, err := render.Render(p)
			require.NoError(t, err)
			require.Equal(t, first, again)
			require.True(t, slices.IsSortedFunc(first, func(a, b render.Artifact) int { return strings.Compare(a.Path, b.Path) }))
			for _, a := range first {
				require.NotEmpty(t, a.Title, a.Path)
				require.NotEmpty(t, a.Body, a.Path)
				require.Equal(t, strings.HasSuffix(a.Path, ".sh") && strings.Contains(a.Path, "/"), a.Mode == 0o755, a.Path)
			}
		})
	}
}

func TestManifestListsEveryFile(t *testing.T) {
	p := samplePlan()
	b, err := render.Render(p)
	require.NoError(t, err)
	a, ok := b.Artifact(render.ManifestPath)
	require.True(t, ok)
	m, err := render.DecodeManifest(bytes.NewReader(a.Body))
	require.NoError(t, err)
	require.Equal(t, p.Fingerprint(), m.Plan)
	require.Len(t, m.Files, len(b)-1)
	var orders []int
	for _, f := range m.Files {
		_, ok := b.Artifact(f.Path)
		require.True(t, ok, f.Path)
		require.Equal(t, f.Step, f.Order > 0, f.Path)
		if f.Step {
			orders = append(orders, f.Order)
		}
	}
	slices.Sort(orders)
	for i, o := range orders {
		require.Equal(t, i+1, o, "steps are numbered without gaps")
	}
	require.True(t, json.Valid(a.Body))
}

func TestRenderRefusesNamesThatNoQuotingReaches(t *testing.T) {
	for _, change := range []func(*planner.Plan){
		func(p *planner.Plan) { p.Names.Node = "$node$; drop table x; --" },
		func(p *planner.Plan) { p.Names.Role = "a b" },
		func(p *planner.Plan) { p.Groups[0].Slot = "../../etc/passwd" },
	} {
		p := samplePlan()
		change(&p)
		_, err := render.Render(p)
		require.ErrorContains(t, err, "lower-case letters")
	}
}

// TestScriptsAreClean has bash and shellcheck read every script of every variant.
func TestScriptsAreClean(t *testing.T) {
	for name, p := range variants() {
		t.Run(name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "migration")
			b, err := render.Render(p)
			require.NoError(t, err)
			require.NoError(t, b.Write(dir, false))
			var scripts []string
			for _, a := range b {
				if strings.HasSuffix(a.Path, ".sh") {
					scripts = append(scripts, a.Path)
				}
			}
			for _, s := range scripts {
				out, err := exec.Command("bash", "-n", filepath.Join(dir, s)).CombinedOutput()
				require.NoError(t, err, "%s", out)
			}
			if name != "90624" && name != "150020" && name != "hostile" {
				return // shellcheck takes seconds for each, and the golden tests send more through it
			}
			shellcheck, err := exec.LookPath("shellcheck")
			if err != nil {
				t.Skip("shellcheck is not installed; the golden tests insist on it")
			}
			cmd := exec.Command(shellcheck, append([]string{"--external-sources", "--source-path=SCRIPTDIR", "--shell=bash", "--"}, scripts...)...)
			cmd.Dir = dir
			out, err := cmd.CombinedOutput()
			require.NoError(t, err, "%s", out)
		})
	}
}

// TestEveryScriptHelps runs every script with --help, which connects to nothing.
func TestEveryScriptHelps(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "migration")
	b, err := render.Render(samplePlan())
	require.NoError(t, err)
	require.NoError(t, b.Write(dir, false))
	for _, a := range b {
		if a.Mode != 0o755 {
			continue
		}
		out, err := exec.Command(filepath.Join(dir, a.Path), "--help").CombinedOutput()
		require.NoError(t, err, "%s: %s", a.Path, out)
		require.Contains(t, string(out), a.Title, a.Path)
		require.NotContains(t, string(out), "set -E", a.Path)
		require.NotContains(t, string(out), "shellcheck", a.Path)
	}
	require.NoFileExists(t, "/tmp/x")
}
