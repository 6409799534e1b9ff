package chaos

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
)

// process is one of the round's: a shell or a client that knows its service file.
type process struct {
	pid, parent, group int
	name               string // "bash", "psql"
	line               string // its arguments
}

// processes are those of the scripts, in the order of their ids.
func (f *Field) processes() []process {
	mark := []byte("PGSERVICEFILE=" + f.world.serviceFile())
	dirs, _ := filepath.Glob("/proc/[0-9]*") // the pattern is well formed
	var out []process
	for _, d := range dirs {
		env, err := os.ReadFile(filepath.Join(d, "environ"))
		if err != nil || !bytes.Contains(env, mark) {
			continue
		}
		pid, err := strconv.Atoi(filepath.Base(d))
		if err != nil || pid == os.Getpid() {
			continue
		}
		stat, err := os.ReadFile(filepath.Join(d, "stat"))
		if err != nil {
			continue
		}
		// The name stands in parentheses and may hold anything.
		at := bytes.LastIndexByte(stat, ')')
		var p process
		var state string
		if _, err := fmt.Sscan(string(stat[at+1:]), &state, &p.parent, &p.group); err != nil || state == "Z" {
			continue
		}
		line, _ := os.ReadFile(filepath.Join(d, "cmdline")) // gone meanwhile: no arguments
		p.pid, p.name = pid, string(stat[bytes.IndexByte(stat, '(')+1:at])
		p.line = strings.TrimSpace(strings.ReplaceAll(string(line), "\x00", " "))
		out = append(out, p)
	}
	slices.SortFunc(out, func(a, b process) int { return a.pid - b.pid })
	return out
}

func ownGroup(cmd *exec.Cmd) { cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} }

func killGroup(pid int) { _ = syscall.Kill(-pid, syscall.SIGKILL) } // gone already: nothing to do

// killProcess returns an error where the process is gone already.
func killProcess(pid int) error { return syscall.Kill(pid, syscall.SIGKILL) }

// smallDisk mounts a file system of a few megabytes.
func smallDisk(dir string, bytes int64) error {
	return syscall.Mount("tmpfs", dir, "tmpfs", 0, fmt.Sprintf("size=%d,mode=0777", bytes))
}

func unmount(dir string) error { return syscall.Unmount(dir, syscall.MNT_DETACH) }

// canMount tells why this process cannot mount file systems.
func canMount() error {
	dir, err := os.MkdirTemp("", "mount")
	if err != nil {
		return err
	}
	defer os.Remove(dir)
	if err := smallDisk(dir, 1<<20); err != nil {
		return fmt.Errorf("mounting a small file system: %w", err)
	}
	return errors.Join(unmount(dir))
}

// ownerOf tells whose a file is.
func ownerOf(info os.FileInfo) (uid, gid int, ok bool) {
	s, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return 0, 0, false
	}
	return int(s.Uid), int(s.Gid), true
}
