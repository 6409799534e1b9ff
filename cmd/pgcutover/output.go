package main

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
)

// outFile is a file that a command writes.
type outFile struct {
	path  string
	write func(io.Writer) error
}

// text is a file whose body is there already.
func text(path string, body []byte) outFile {
	return outFile{path, func(w io.Writer) error {
		_, err := w.Write(body)
		return err
	}}
}

// writable finds out before the work whether a file can be put there, and returns where it really goes: a symbolic link
// is followed, so that what is replaced is the file and not the link.
func writable(path string) (string, error) {
	info, err := os.Stat(path)
	switch {
	case path == "":
		return "", misused(hinted(errors.New("the output file has no name"), "give -o a file name, or - for standard output"))
	case err == nil && info.IsDir():
		return "", hinted(fmt.Errorf("writing %s: it is a directory", path), "name a file in it")
	case err == nil && !info.Mode().IsRegular():
		return path, nil // /dev/null, a pipe: written to, never replaced
	case err == nil:
		if path, err = filepath.EvalSymlinks(path); err != nil {
			return "", writeError(path, err)
		}
	}
	f, err := os.CreateTemp(filepath.Dir(path), ".pgcutover-*")
	if err != nil {
		return "", writeError(path, err)
	}
	f.Close()
	return path, os.Remove(f.Name())
}

// spare refuses to write over a file that the command reads.
func spare(outputs []string, inputs ...string) error {
	for _, out := range outputs {
		there, err := os.Stat(out)
		if err != nil || !there.Mode().IsRegular() {
			continue // nothing to lose
		}
		for _, in := range inputs {
			if info, err := os.Stat(in); err == nil && os.SameFile(there, info) {
				return misused(hinted(fmt.Errorf("%s would be overwritten, and it is what the command reads", out), "name another file with -o"))
			}
		}
	}
	return nil
}

// writeWhole replaces files that belong together: none of them before all are on the disk, and each in one step, so that a
// crash leaves the old one or the new one, never half of either. The last is put in place last.
func writeWhole(files ...outFile) (err error) {
	staged := make([]string, len(files))
	defer func() {
		for _, name := range staged {
			if name != "" {
				os.Remove(name)
			}
		}
	}()
	paths := make([]string, len(files))
	for i, f := range files {
		if paths[i], err = writable(f.path); err != nil {
			return err
		}
	}
	for i, f := range files {
		if info, err := os.Stat(paths[i]); err == nil && !info.Mode().IsRegular() {
			continue
		}
		if staged[i], err = stage(paths[i], f.write); err != nil {
			return writeError(f.path, err)
		}
	}
	for i, f := range files {
		if staged[i] == "" {
			err = pour(paths[i], f.write)
		} else if err = os.Rename(staged[i], paths[i]); err == nil {
			staged[i] = ""
		}
		if err != nil {
			return writeError(f.path, err)
		}
	}
	return nil
}

// stage writes a file beside path and returns its name.
func stage(path string, write func(io.Writer) error) (string, error) {
	f, err := os.CreateTemp(filepath.Dir(path), ".pgcutover-*")
	if err != nil {
		return "", err
	}
	err = write(f)
	return f.Name(), cmp.Or(err, f.Chmod(0o644), f.Sync(), f.Close())
}

// pour writes into something that is no file, once all of it is there: what was poured cannot be taken back.
func pour(path string, write func(io.Writer) error) error {
	var body bytes.Buffer
	if err := write(&body); err != nil {
		return err
	}
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	_, err = body.WriteTo(f)
	return cmp.Or(err, f.Close())
}

// writeError names the file that was asked for and not the one beside it, and says what to do about the cause.
func writeError(path string, err error) error {
	if e, ok := errors.AsType[*fs.PathError](err); ok {
		err = e.Err
	} else if e, ok := errors.AsType[*os.LinkError](err); ok {
		err = e.Err
	}
	return fileHint(fmt.Errorf("writing %s: %w", path, err))
}

// fileHint adds what can be done about an error of the file system.
func fileHint(err error) error {
	for _, known := range []struct {
		cause error
		hint  string
	}{
		{fs.ErrNotExist, "check the path: its directory has to be there"},
		{fs.ErrPermission, "name a place that you may write to"},
		{syscall.ENOSPC, "the disk is full: make room, then run the command again"},
		{syscall.ENOTDIR, "a part of the path is a file: name another place"},
		{syscall.EROFS, "the file system is read-only: name another place"},
	} {
		if errors.Is(err, known.cause) {
			return hinted(err, known.hint)
		}
	}
	return err
}
