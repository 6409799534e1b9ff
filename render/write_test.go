package render_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/pgcutover/pgcutover/render"
)

func sampleBundle(t *testing.T) render.Bundle {
	t.Helper()
	b, err := render.Render(samplePlan())
	require.NoError(t, err)
	return b
}

func TestWriteAndDiff(t *testing.T) {
	b := sampleBundle(t)
	dir := filepath.Join(t.TempDir(), "deep", "migration")
	diff, err := b.Diff(dir)
	require.NoError(t, err)
	require.Len(t, diff, len(b), "nothing is there yet")

	require.NoError(t, b.Write(dir, false))
	require.NoError(t, b.Write(dir, false), "writing again changes nothing")
	diff, err = b.Diff(dir)
	require.NoError(t, err)
	require.Empty(t, diff)
	for _, a := range b {
		info, err := os.Stat(filepath.Join(dir, filepath.FromSlash(a.Path)))
		require.NoError(t, err)
		require.Equal(t, a.Mode, info.Mode(), a.Path)
	}

	require.NoError(t, os.WriteFile(filepath.Join(dir, "env"), []byte("PGCUTOVER_SOURCE=prod\n"), 0o644))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "10-source", "notes.txt"), []byte("mine"), 0o644))
	require.NoError(t, os.Remove(filepath.Join(dir, "env.example")))
	require.NoError(t, os.Chmod(filepath.Join(dir, "10-source", "17-slots.sh"), 0o644))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "session.sh"), []byte("# edited\n"), 0o644))
	diff, err = b.Diff(dir)
	require.NoError(t, err)
	require.Equal(t, []render.Difference{
		{Path: "10-source/17-slots.sh", What: render.Differs}, {Path: "10-source/notes.txt", What: render.Leftover},
		{Path: "env.example", What: render.Missing}, {Path: "session.sh", What: render.Differs},
	}, diff)

	err = b.Write(dir, false)
	var edited *render.EditedError
	require.ErrorAs(t, err, &edited)
	require.Equal(t, []string{"session.sh"}, edited.Paths)
	require.NoFileExists(t, filepath.Join(dir, "env.example"), "a refusal writes nothing")
	require.NoError(t, b.Write(dir, true))
	diff, err = b.Diff(dir)
	require.NoError(t, err)
	require.Equal(t, []render.Difference{{Path: "10-source/notes.txt", What: render.Leftover}}, diff)
	body, err := os.ReadFile(filepath.Join(dir, "env"))
	require.NoError(t, err)
	require.Equal(t, "PGCUTOVER_SOURCE=prod\n", string(body), "what the operator keeps there stays")
}

func TestWriteRemovesWhatIsNoLongerRendered(t *testing.T) {
	p := samplePlan()
	dir := filepath.Join(t.TempDir(), "migration")
	b := sampleBundle(t)
	require.NoError(t, b.Write(dir, false))
	require.FileExists(t, filepath.Join(dir, "80-recovery", "restart-dms_slot_02.sql"))
	p.Groups = p.Groups[:1]
	smaller, err := render.Render(p)
	require.NoError(t, err)
	require.NoError(t, smaller.Write(dir, false))
	require.NoFileExists(t, filepath.Join(dir, "80-recovery", "restart-dms_slot_02.sql"))
	diff, err := smaller.Diff(dir)
	require.NoError(t, err)
	require.Empty(t, diff)
}

func TestWriteRefusesWhatIsNotOurs(t *testing.T) {
	b := sampleBundle(t)
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "thesis.txt"), nil, 0o644))
	require.ErrorIs(t, b.Write(dir, false), render.ErrNotOurs)
	require.ErrorIs(t, b.Write(dir, true), render.ErrNotOurs, "force is for edits, not for somebody's directory")
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Len(t, entries, 1)

	file := filepath.Join(t.TempDir(), "file")
	require.NoError(t, os.WriteFile(file, nil, 0o644))
	require.Error(t, b.Write(file, false))
}

// A rendering that ended in the middle leaves new files beside the old manifest, and its staging directory.
func TestWriteFinishesWhatWasCutShort(t *testing.T) {
	p := samplePlan()
	dir := filepath.Join(t.TempDir(), "migration")
	require.NoError(t, sampleBundle(t).Write(dir, false))
	p.Options.Cutover.SequenceMargin = 77
	p.Source.SystemIdentifier = "7300000000000000000"
	next, err := render.Render(p)
	require.NoError(t, err)
	for _, a := range next[:len(next)/2] {
		if a.Path != render.ManifestPath {
			require.NoError(t, os.WriteFile(filepath.Join(dir, filepath.FromSlash(a.Path)), a.Body, a.Mode))
		}
	}
	require.NoError(t, os.MkdirAll(filepath.Join(dir, ".rendering", "10-source"), 0o755))
	require.NoError(t, next.Write(dir, false))
	diff, err := next.Diff(dir)
	require.NoError(t, err)
	require.Empty(t, diff)
}

func TestWriteStaysInItsDirectory(t *testing.T) {
	base := t.TempDir()
	outside := filepath.Join(base, "outside")
	require.NoError(t, os.Mkdir(outside, 0o755))
	dir := filepath.Join(base, "migration")
	b := sampleBundle(t)
	require.NoError(t, b.Write(dir, false))
	require.NoError(t, os.RemoveAll(filepath.Join(dir, "10-source")))
	require.NoError(t, os.Symlink(outside, filepath.Join(dir, "10-source")))
	require.Error(t, b.Write(dir, true))
	entries, err := os.ReadDir(outside)
	require.NoError(t, err)
	require.Empty(t, entries)

	// A manifest that names files elsewhere does not get them removed.
	dir2 := filepath.Join(base, "second")
	require.NoError(t, os.Mkdir(dir2, 0o755))
	victim := filepath.Join(base, "victim")
	require.NoError(t, os.WriteFile(victim, []byte("x"), 0o644))
	require.NoError(t, os.WriteFile(filepath.Join(dir2, render.ManifestPath), []byte(`{"format": 1, "plan": "", "files": [{"path": "../victim", "sha256": "", "mode": "0644", "on": "source", "step": false, "order": 0, "title": "", "needs": "", "rerun": "", "undo": "", "gate": "", "minutes": ""}]}`), 0o644))
	require.NoError(t, b.Write(dir2, true))
	require.FileExists(t, victim)
}

func TestWriteRefusesABrokenManifest(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "migration")
	b := sampleBundle(t)
	require.NoError(t, b.Write(dir, false))
	for _, body := range []string{"", "{", `{"format": 99}`, `{"format": 1, "surprise": 1}`} {
		require.NoError(t, os.WriteFile(filepath.Join(dir, render.ManifestPath), []byte(body), 0o644))
		require.ErrorContains(t, b.Write(dir, false), "reading manifest", body)
	}
	require.NoError(t, b.Write(dir, true))
	require.NoError(t, b.Write(dir, false))
}

// Web applications and archives have a MANIFEST.json too.
func TestWriteForcesNothingOnSomebodyElsesManifest(t *testing.T) {
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, render.ManifestPath), []byte(`{"name": "web application"}`), 0o644))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "RUNBOOK.md"), []byte("mine"), 0o644))
	for _, force := range []bool{false, true} {
		require.ErrorIs(t, sampleBundle(t).Write(dir, force), render.ErrNotOurs)
	}
	body, err := os.ReadFile(filepath.Join(dir, "RUNBOOK.md"))
	require.NoError(t, err)
	require.Equal(t, "mine", string(body))
}

func TestALinkInPlaceOfAFileIsAnEdit(t *testing.T) {
	base := t.TempDir()
	dir, elsewhere := filepath.Join(base, "migration"), filepath.Join(base, "elsewhere")
	b := sampleBundle(t)
	require.NoError(t, b.Write(dir, false))
	link := filepath.Join(dir, "RUNBOOK.md")
	require.NoError(t, os.Rename(link, elsewhere))
	require.NoError(t, os.Symlink(elsewhere, link))
	diff, err := b.Diff(dir)
	require.NoError(t, err)
	require.Equal(t, []render.Difference{{Path: "RUNBOOK.md", What: render.Differs}}, diff)
	var edited *render.EditedError
	require.ErrorAs(t, b.Write(dir, false), &edited)
	require.Equal(t, []string{"RUNBOOK.md"}, edited.Paths)
	require.NoError(t, b.Write(dir, true))
	info, err := os.Lstat(link)
	require.NoError(t, err)
	require.True(t, info.Mode().IsRegular())
}

func TestAFailedRenderingLeavesNoStaging(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "migration")
	b := sampleBundle(t)
	require.NoError(t, b.Write(dir, false))
	require.NoError(t, os.RemoveAll(filepath.Join(dir, "70-cutover")))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "70-cutover"), nil, 0o644))
	var edited *render.EditedError
	require.ErrorAs(t, b.Write(dir, false), &edited)
	require.ErrorContains(t, b.Write(dir, true), "writing the bundle")
	require.NoDirExists(t, filepath.Join(dir, ".rendering"))
}
