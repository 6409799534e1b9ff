// Package golden compares what a test produced with what is committed. It imports nothing of the project, so that any
// package's tests may use it.
package golden

import (
	"bytes"
	"flag"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "rewrite the golden files with what the tests produce; read every line that changes")

// Updating reports whether the golden files are being rewritten.
func Updating() bool { return *update }

// Equal fails t unless the file at path holds exactly got. With -update it writes the file instead.
func Equal(t testing.TB, path string, got []byte) {
	t.Helper()
	if *update {
		write(t, path, got, 0o644)
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Errorf("reading golden file: %v (run the test with -update, then read what it wrote)", err)
		return
	}
	if !bytes.Equal(want, got) {
		t.Errorf("%s differs (-want +got):\n%s", path, cmp.Diff(lines(want), lines(got)))
	}
}

// Tree fails t unless dir holds exactly the files of got: same paths, same bytes, same executable bit. With -update it
// makes dir so.
func Tree(t testing.TB, dir string, got map[string]File) {
	t.Helper()
	if *update {
		if err := os.RemoveAll(dir); err != nil {
			t.Fatalf("clearing %s: %v", dir, err)
		}
		for path, f := range got {
			write(t, filepath.Join(dir, filepath.FromSlash(path)), f.Body, f.mode())
		}
		return
	}
	want := Read(t, dir)
	for _, path := range union(want, got) {
		w, inWant := want[path]
		g, inGot := got[path]
		switch {
		case !inGot:
			t.Errorf("%s: %s is committed but no longer produced", dir, path)
		case !inWant:
			t.Errorf("%s: %s is produced but not committed", dir, path)
		case !bytes.Equal(w.Body, g.Body):
			t.Errorf("%s/%s differs (-want +got):\n%s", dir, path, cmp.Diff(lines(w.Body), lines(g.Body)))
		case w.Executable != g.Executable:
			t.Errorf("%s/%s: executable is %t, want %t", dir, path, g.Executable, w.Executable)
		}
	}
}

// File is a file of a tree.
type File struct {
	Body       []byte
	Executable bool
}

func (f File) mode() fs.FileMode {
	if f.Executable {
		return 0o755
	}
	return 0o644
}

// Read returns every regular file below dir by its slash-separated path. A missing dir is an empty tree.
func Read(t testing.TB, dir string) map[string]File {
	t.Helper()
	tree := map[string]File{}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		body, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(dir, path)
		if err != nil {
			return err
		}
		tree[filepath.ToSlash(rel)] = File{Body: body, Executable: info.Mode()&0o100 != 0}
		return nil
	})
	if err != nil && !os.IsNotExist(err) {
		t.Fatalf("reading %s: %v", dir, err)
	}
	return tree
}

func union(a, b map[string]File) []string {
	var paths []string
	for p := range a {
		paths = append(paths, p)
	}
	for p := range b {
		if _, both := a[p]; !both {
			paths = append(paths, p)
		}
	}
	slices.Sort(paths)
	return paths
}

func write(t testing.TB, path string, body []byte, mode fs.FileMode) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatalf("making the folder of a golden file: %v", err)
	}
	if err := os.WriteFile(path, body, mode); err != nil {
		t.Fatalf("writing golden file: %v", err)
	}
	if err := os.Chmod(path, mode); err != nil {
		t.Fatalf("setting the mode of a golden file: %v", err)
	}
}

func lines(b []byte) []string { return strings.SplitAfter(string(b), "\n") }
