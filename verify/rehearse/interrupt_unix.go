//go:build unix

package rehearse

import (
	"os/exec"
	"syscall"
)

// interruptible puts a command and all that it starts into a process group of its own, and ends the whole group when its
// context ends: a script killed alone would leave its psql behind.
func interruptible(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGTERM) }
}
