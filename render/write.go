package render

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"
)

// This file alone touches the disk, and only below the directory it was given: os.Root lets no path and no symbolic link
// lead out of it.

// ErrNotOurs says that a directory holds something, but no bundle.
var ErrNotOurs = errors.New("the directory is not empty and holds no bundle")

// ErrOtherKind says that a directory holds a bundle where the restart of a slot or a backfill is to be written, the other way round, or the restart of another slot.
var ErrOtherKind = errors.New("the directory holds something else that was rendered")

// EditedError lists the files of a bundle that were changed since they were rendered, or that stand where a new file
// belongs.
type EditedError struct {
	Dir   string
	Paths []string // sorted
}

func (e *EditedError) Error() string {
	return fmt.Sprintf("%s: edited by hand: %s", e.Dir, strings.Join(e.Paths, ", "))
}

// What may differ between a bundle and a directory.
const (
	Differs  = "differs"  // content or mode
	Missing  = "missing"  // not in the directory
	Leftover = "leftover" // not in the bundle
)

// Difference is one file in which a directory is not the bundle.
type Difference struct {
	Path string
	What string // Differs, Missing or Leftover
}

// local is what an operator keeps in a bundle's directory: never compared, never touched.
func local(name string) bool { return name == "env" }

// staging is where files are written before they are renamed into place.
const staging = ".rendering"

// Write makes dir the bundle: it writes every file that differs, removes the files of an earlier rendering that no longer
// exist, and leaves everything else alone. Files are complete before the first is put in place, and MANIFEST.json comes
// last: a rendering that was cut short is finished by the next.
//
// It returns [ErrNotOurs] for a directory that is no bundle, and an [EditedError] for one that was edited by hand unless
// force is set.
func (b Bundle) Write(dir string, force bool) error {
	_, err := os.Lstat(dir)
	made := errors.Is(err, fs.ErrNotExist)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fmt.Errorf("making the output directory: %w", err)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return fmt.Errorf("opening the output directory: %w", err)
	}
	defer root.Close()
	before, err := readManifest(root)
	switch {
	case err != nil && !errors.Is(err, fs.ErrNotExist) && !looksOurs(root): // other programs write a MANIFEST.json too
		return fmt.Errorf("%s: %w (its %s: %w)", dir, ErrNotOurs, ManifestPath, err)
	case errors.Is(err, fs.ErrNotExist):
		entries, err := fs.ReadDir(root.FS(), ".")
		if err != nil {
			return fmt.Errorf("reading the output directory: %w", err)
		}
		entries = slices.DeleteFunc(entries, func(e fs.DirEntry) bool { return e.Name() == staging })
		if len(entries) > 0 {
			return fmt.Errorf("%s: %w", dir, ErrNotOurs)
		}
	case err != nil && !force:
		return fmt.Errorf("%s: %w", dir, err)
	}
	if was, is := before.kind(), b.manifest().kind(); len(before.Files) > 0 && was != is {
		return fmt.Errorf("%s: %w (%s)", dir, ErrOtherKind, was)
	}
	edited, err := b.edited(root, before)
	if err != nil {
		return err
	}
	if len(edited) > 0 && !force {
		return &EditedError{dir, edited}
	}
	if err := b.replace(root); err != nil {
		_ = root.RemoveAll(staging) // the disk may be full; what stays is removed by the next rendering
		if made {
			_ = os.Remove(dir) // when nothing is in it
		}
		return fmt.Errorf("writing the bundle: %w", err)
	}
	for _, f := range before.Files {
		if _, kept := b.Artifact(f.Path); kept || local(f.Path) || !fs.ValidPath(f.Path) {
			continue
		}
		if err := root.Remove(f.Path); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("removing a file that is no longer rendered: %w", err)
		}
		for d := path.Dir(f.Path); d != "."; d = path.Dir(d) {
			if root.Remove(d) != nil { // not empty
				break
			}
		}
	}
	if err := root.Rename(staging+"/"+ManifestPath, ManifestPath); err != nil {
		return fmt.Errorf("sealing the bundle: %w", err)
	}
	return root.RemoveAll(staging)
}

// manifest is the one that the bundle has; the zero value where it has none.
func (b Bundle) manifest() Manifest {
	a, ok := b.Artifact(ManifestPath)
	if !ok {
		return Manifest{}
	}
	m, err := DecodeManifest(bytes.NewReader(a.Body))
	if err != nil { // we have just made it
		panic("reading a manifest of our own: " + err.Error())
	}
	return m
}

// kind is what a manifest is of, for people: no directory takes what is of another kind.
func (m Manifest) kind() string {
	switch {
	case m.Restart != "":
		return "the restart of " + m.Restart
	case slices.ContainsFunc(m.Files, func(f ManifestFile) bool { return f.Path == backfillPath }):
		return "a backfill"
	}
	return "a bundle"
}

// edited lists the files whose content neither an earlier rendering nor this one wrote.
func (b Bundle) edited(root *os.Root, before Manifest) ([]string, error) {
	was := make(map[string]string, len(before.Files))
	for _, f := range before.Files {
		was[f.Path] = f.SHA256
	}
	paths := make(map[string]bool)
	for _, f := range before.Files {
		paths[f.Path] = fs.ValidPath(f.Path)
	}
	for _, a := range b {
		paths[a.Path] = a.Path != ManifestPath
	}
	var out []string
	for p, look := range paths {
		if !look || local(p) {
			continue
		}
		info, err := root.Lstat(p)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil || !info.Mode().IsRegular() { // a link, a directory, or a file in place of its directory
			out = append(out, p)
			continue
		}
		body, err := root.ReadFile(p)
		if err != nil {
			return nil, fmt.Errorf("reading the bundle that is there: %w", err)
		}
		a, _ := b.Artifact(p)
		if sum(body) != was[p] && !bytes.Equal(body, a.Body) {
			out = append(out, p)
		}
	}
	slices.Sort(out)
	return out, nil
}

// replace writes all files to the staging directory, then moves each but the manifest into place.
func (b Bundle) replace(root *os.Root) error {
	if err := root.RemoveAll(staging); err != nil {
		return err
	}
	for _, a := range b {
		p := staging + "/" + a.Path
		if err := root.MkdirAll(path.Dir(p), 0o755); err != nil {
			return err
		}
		if err := root.WriteFile(p, a.Body, a.Mode); err != nil {
			return err
		}
		if err := root.Chmod(p, a.Mode); err != nil { // whatever the umask
			return err
		}
	}
	for _, a := range b {
		if a.Path == ManifestPath {
			continue
		}
		if err := root.MkdirAll(path.Dir(a.Path), 0o755); err != nil {
			return err
		}
		if err := root.Rename(staging+"/"+a.Path, a.Path); err != nil {
			return err
		}
	}
	return nil
}

// looksOurs tells a bundle whose manifest is damaged from somebody else's directory.
func looksOurs(root *os.Root) bool {
	for _, p := range []string{"session.sh", "RUNBOOK.md", "10-source", "40-load/items.tsv"} {
		if _, err := root.Lstat(p); err != nil {
			return false
		}
	}
	return true
}

func readManifest(root *os.Root) (Manifest, error) {
	f, err := root.Open(ManifestPath)
	if err != nil {
		return Manifest{}, err
	}
	defer f.Close()
	return DecodeManifest(f)
}

// Diff compares a directory with the bundle, by path. A directory that does not exist misses every file.
func (b Bundle) Diff(dir string) ([]Difference, error) {
	out := []Difference{}
	root, err := os.OpenRoot(dir)
	if errors.Is(err, fs.ErrNotExist) {
		for _, a := range b {
			out = append(out, Difference{a.Path, Missing})
		}
		return out, nil
	}
	if err != nil {
		return nil, fmt.Errorf("opening the bundle: %w", err)
	}
	defer root.Close()
	seen := make(map[string]bool, len(b))
	err = fs.WalkDir(root.FS(), ".", func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() || local(p) {
			return nil
		}
		seen[p] = true
		a, ours := b.Artifact(p)
		if !ours {
			out = append(out, Difference{p, Leftover})
			return nil
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		if !info.Mode().IsRegular() || info.Mode()&0o100 != a.Mode&0o100 { // a link is not followed
			out = append(out, Difference{p, Differs})
			return nil
		}
		body, err := root.ReadFile(p)
		if err != nil {
			return err
		}
		if !bytes.Equal(body, a.Body) {
			out = append(out, Difference{p, Differs})
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("comparing the bundle: %w", err)
	}
	for _, a := range b {
		if !seen[a.Path] {
			out = append(out, Difference{a.Path, Missing})
		}
	}
	slices.SortFunc(out, func(x, y Difference) int { return strings.Compare(x.Path, y.Path) })
	return out, nil
}
