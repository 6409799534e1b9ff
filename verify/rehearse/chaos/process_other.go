//go:build !linux

package chaos

import (
	"errors"
	"os"
	"os/exec"
)

// process is one of the round's: a shell or a client that knows its service file.
type process struct {
	pid, parent, group int
	name               string
	line               string
}

// processes are not to be found here: what a process's environment holds is told by Linux only.
func (f *Field) processes() []process { return nil }

func ownGroup(*exec.Cmd) {}

func killGroup(pid int) { _ = killProcess(pid) } // gone already: nothing to do

func killProcess(pid int) error {
	p, err := os.FindProcess(pid)
	if err != nil {
		return err
	}
	return p.Kill()
}

func smallDisk(string, int64) error { return errors.ErrUnsupported }

func unmount(string) error { return errors.ErrUnsupported }

func canMount() error { return errors.ErrUnsupported }

func ownerOf(os.FileInfo) (uid, gid int, ok bool) { return 0, 0, false }
