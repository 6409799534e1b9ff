package render_test

import (
	"bytes"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/pgcutover/pgcutover/analyze/differences"
	"github.com/pgcutover/pgcutover/planner"
	"github.com/pgcutover/pgcutover/render"
)

// successor is the plan with other settings for the task of its first slot.
func successor(p planner.Plan) planner.Plan {
	p.DMS.Tasks = slices.Clone(p.DMS.Tasks)
	t := &p.DMS.Tasks[0]
	t.LOBMaxKB, t.FailOnTruncation, t.VarcharMaxBytes = 4*t.LOBMaxKB, false, 10_000
	t.Unlimited = []planner.DMSTable{{Name: p.Groups[0].Tables[0], Reason: "Its values are large."}}
	p.Groups = slices.Clone(p.Groups)
	p.Groups[0].BatchApply = !p.Groups[0].BatchApply
	p.Options.LOB.Margins = map[string]float64{p.Groups[0].Tables[0].String(): 4}
	return p
}

// What the other slots, the servers and the ledger rest on is the same file in both bundles.
func TestRestartChangesNothingButItsTask(t *testing.T) {
	for format, own := range map[string][]string{
		planner.FormatCLI:            {"50-cdc/dms/cli/source-dms_slot_01.json"},
		planner.FormatCloudFormation: {"50-cdc/dms/cloudformation/01-stack.json"},
		planner.FormatTerraform:      {"50-cdc/dms/terraform/main.tf"},
	} {
		running := dmsPlan(format)
		next := successor(running)
		b, err := render.RenderRestart(next, "1", &running)
		require.NoError(t, err)
		require.Equal(t, []string{"MANIFEST.json", "RESTART.md", "adopt.sh", "restart-dms_slot_01.sql"}, paths(b))

		was, err := render.Render(running)
		require.NoError(t, err)
		is, err := render.Render(next)
		require.NoError(t, err)
		require.Equal(t, paths(was), paths(is))
		var differ []string
		for i := range was {
			if !bytes.Equal(was[i].Body, is[i].Body) {
				differ = append(differ, was[i].Path)
			}
		}
		want := append([]string{"50-cdc/dms/mappings/dms_slot_01.json", "50-cdc/dms/settings/dms_slot_01.json", "MANIFEST.json", "RUNBOOK.md", "session.sh"}, own...)
		slices.Sort(want)
		slices.Sort(differ)
		differ = slices.DeleteFunc(differ, func(p string) bool { return p == "50-cdc/dms/55-start.sh" }) // the order of starts is by how heavy they are
		require.Equal(t, want, differ, format)

		page, _ := b.Artifact("RESTART.md")
		require.Equal(t, format == planner.FormatTerraform, bytes.Contains(page.Body, []byte("terraform -chdir")))
		for _, s := range []string{running.Fingerprint(), next.Fingerprint(), "| limit of LOBs | 64 kB | 256 kB |"} {
			require.Contains(t, string(page.Body), s)
		}

		_, err = render.RenderRestart(next, "2", &running)
		require.ErrorContains(t, err, "it differs in more than the task of dms_slot_02: dms.tasks[0]")
		b, err = render.RenderRestart(running, "dms_slot_02", &running)
		require.NoError(t, err)
		require.Equal(t, []string{"MANIFEST.json", "RESTART.md", "restart-dms_slot_02.sql"}, paths(b), "it is the same plan")
		_, err = render.RenderRestart(running, "3", nil)
		require.ErrorContains(t, err, "the plan has no slot")
	}
}

func paths(b render.Bundle) []string {
	out := make([]string, len(b))
	for i, a := range b {
		out[i] = a.Path
	}
	return out
}

// The SQL that is signed off is what the bundle's script runs, and the commands of the manifest are those of the page, in its order.
func TestRestartIsWhatTheBundleDoes(t *testing.T) {
	p := dmsPlan(planner.FormatCLI)
	bundle, err := render.Render(p)
	require.NoError(t, err)
	b, err := render.RenderRestart(p, "02", nil)
	require.NoError(t, err)
	sql, _ := b.Artifact("restart-dms_slot_02.sql")
	of, _ := bundle.Artifact("80-recovery/restart-dms_slot_02.sql")
	require.Equal(t, of.Body, sql.Body)
	seal, _ := b.Artifact(render.ManifestPath)
	m, err := render.DecodeManifest(bytes.NewReader(seal.Body))
	require.NoError(t, err)
	require.Equal(t, "dms_slot_02", m.Restart)
	require.Empty(t, m.Running)
	page, _ := b.Artifact("RESTART.md")
	rest := string(page.Body)
	rest = rest[strings.Index(rest, "## Step by step"):]
	for _, c := range m.Commands {
		_, ok := bundle.Artifact(c.Words[0])
		require.True(t, ok, "%s is no script of the bundle", c.Words[0])
		line := "\n./" + strings.Join(c.Words, " ") + "\n"
		require.Contains(t, rest, line)
		rest = rest[strings.Index(rest, line)+len(line):]
	}
}

// Whoever types the page from its first line to its last meets each name after it is given, and each question before what cannot be taken back.
func TestRestartCanBeTyped(t *testing.T) {
	running, next := dmsPlan(planner.FormatTerraform), dmsPlan(planner.FormatTerraform)
	next.DMS.Tasks[0].LOBMaxKB *= 2
	b, err := render.RenderRestart(next, "01", &running)
	require.NoError(t, err)
	a, _ := b.Artifact("RESTART.md")
	rest := strings.ReplaceAll(string(a.Body), " -chdir=50-cdc/dms/terraform", "")
	for _, line := range []string{
		"export PGCUTOVER_SOURCE=pgcutover_source PGCUTOVER_REPLICA=pgcutover_replica PGCUTOVER_TARGET=pgcutover_target", "AWS_PROFILE",
		"mv -n ../plan.json ../running-plan.json", "mv -n ../next.json ../plan.json", "pgcutover render ../plan.json --restart slot=dms_slot_01 --running ../running-plan.json -o \"$RESTART\" --check",
		"   ./80-recovery/82-restart-slot.sh dms_slot_01\n", "--plan ../running-plan.json", "aws logs", "./50-cdc/dms/58-delete.sh --slot dms_slot_01 --yes",
		"terraform init", "terraform apply", "pgcutover render ../plan.json -o .", "Without `--yes`", "./80-recovery/82-restart-slot.sh dms_slot_01 --yes\n", "./50-cdc/dms/53-deploy.sh", "terraform apply",
	} {
		at := strings.Index(rest, line)
		require.GreaterOrEqual(t, at, 0, line)
		rest = rest[at+len(line):]
	}
	bundle, err := render.Render(running)
	require.NoError(t, err)
	book, _ := bundle.Artifact("RUNBOOK.md")
	require.Regexp(t, `(?s)\./50-cdc/dms/53-deploy\.sh\n[^#]*terraform -chdir=50-cdc/dms/terraform init\nterraform -chdir=50-cdc/dms/terraform apply .*\./50-cdc/dms/58-delete\.sh --all --yes\n[^#]* destroy `, string(book.Body))
}

func TestRestartIsWrittenOverNothingElse(t *testing.T) {
	p := dmsPlan(planner.FormatCLI)
	bundle, err := render.Render(p)
	require.NoError(t, err)
	one, err := render.RenderRestart(p, "1", nil)
	require.NoError(t, err)
	two, err := render.RenderRestart(p, "2", nil)
	require.NoError(t, err)
	table := p.Tables[slices.IndexFunc(p.Tables, func(t planner.Table) bool { return t.Handling == planner.Replicate })]
	mends, err := render.Backfill(p, differences.List{Format: differences.Format, Plan: p.Fingerprint(), Rows: "delta", Tables: []differences.Table{
		{Name: table.Name, Key: []string{"id"}, Listed: []differences.Row{{Kind: differences.Missing, Key: []string{"1"}}}},
	}})
	require.NoError(t, err)
	for _, x := range []struct {
		what         string
		there, comes render.Bundle
	}{
		{"the restart of dms_slot_01", one, two}, {"a bundle", bundle, one}, {"the restart of dms_slot_02", two, bundle},
		{"a bundle", bundle, mends}, {"a backfill", mends, bundle}, {"a backfill", mends, one}, {"the restart of dms_slot_01", one, mends},
	} {
		dir := filepath.Join(t.TempDir(), "dir")
		require.NoError(t, x.there.Write(dir, false))
		for _, force := range []bool{false, true} {
			err := x.comes.Write(dir, force)
			require.ErrorIs(t, err, render.ErrOtherKind)
			require.ErrorContains(t, err, x.what)
		}
		d, err := x.there.Diff(dir)
		require.NoError(t, err)
		require.Empty(t, d, "it is as it was")
		require.NoError(t, x.there.Write(dir, false))
	}
}
