package render

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"

	"github.com/pgcutover/pgcutover/analyze"
	"github.com/pgcutover/pgcutover/planner"
)

// ManifestPath is where a bundle's manifest is: the machine-readable index and the seal of the bundle in one.
const ManifestPath = "MANIFEST.json"

// ManifestFormat is the version of the manifest's file format.
const ManifestFormat = 1

// Manifest lists every file of a bundle but itself.
type Manifest struct {
	Format int            `json:"format"`
	Plan   string         `json:"plan"`  // [planner.Plan.Fingerprint]
	Files  []ManifestFile `json:"files"` // by path

	// Of the restart of one slot ([RenderRestart]); empty for a bundle.
	Restart  string            `json:"restart,omitempty"`  // the slot
	Running  string            `json:"running,omitempty"`  // fingerprint of the plan whose place Plan takes; empty: none
	Commands []ManifestCommand `json:"commands,omitempty"` // in the order of work
}

// ManifestFile is one file of a bundle.
type ManifestFile struct {
	Path    string `json:"path"` // slash-separated, relative to the bundle
	SHA256  string `json:"sha256"`
	Mode    string `json:"mode"` // 0644 or 0755
	On      Place  `json:"on"`
	Step    bool   `json:"step"`
	Order   int    `json:"order"` // 1 for the first step; 0 for a file that is no step
	Title   string `json:"title"`
	Needs   string `json:"needs"`
	Rerun   string `json:"rerun"`
	Undo    string `json:"undo"`
	Before  string `json:"before,omitempty"` // gate that has to pass right before it
	Gate    string `json:"gate"`             // gate that follows
	Minutes string `json:"minutes"`
}

func manifest(p planner.Plan, b Bundle) (Artifact, error) {
	return manifestOf(p, b).artifact("Index and seal of the bundle")
}

func manifestOf(p planner.Plan, b Bundle) Manifest {
	m := Manifest{Format: ManifestFormat, Plan: p.Fingerprint(), Files: make([]ManifestFile, 0, len(b))}
	order := make(map[string]int)
	for i, a := range b.Steps() {
		order[a.Path] = i + 1
	}
	for _, a := range b {
		f := ManifestFile{
			Path: a.Path, SHA256: sum(a.Body), Mode: fmt.Sprintf("%04o", a.Mode.Perm()), On: a.On, Step: a.Step, Order: order[a.Path],
			Title: a.Title, Needs: a.Needs, Rerun: a.Rerun, Undo: a.Undo, Before: a.Before, Gate: a.Gate, Minutes: a.Minutes,
		}
		m.Files = append(m.Files, f)
	}
	return m
}

func (m Manifest) artifact(title string) (Artifact, error) {
	var buf bytes.Buffer
	if err := analyze.EncodeCanonical(&buf, m); err != nil {
		return Artifact{}, fmt.Errorf("encoding the manifest: %w", err)
	}
	return Artifact{Path: ManifestPath, Mode: 0o644, Body: buf.Bytes(), On: OnOperator, Title: title}, nil
}

// DecodeManifest reads a manifest strictly.
func DecodeManifest(r io.Reader) (Manifest, error) {
	var m Manifest
	err := analyze.DecodeStrict(r, "manifest", ManifestFormat, &m)
	return m, err
}

func sum(b []byte) string {
	s := sha256.Sum256(b)
	return hex.EncodeToString(s[:])
}
