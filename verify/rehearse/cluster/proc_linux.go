package cluster

import (
	"errors"
	"os"
	"os/user"
	"strconv"
	"syscall"
)

// An account is who the servers run as; nil stands for this process's own user.
type account struct{ uid, gid uint32 }

// serverAccount returns who runs the servers: nobody else than we are, unless we are root, whom PostgreSQL refuses.
func serverAccount() (*account, error) {
	if os.Geteuid() != 0 {
		return nil, nil
	}
	for _, name := range []string{"postgres", "nobody"} {
		u, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, errU := strconv.ParseUint(u.Uid, 10, 32)
		gid, errG := strconv.ParseUint(u.Gid, 10, 32)
		if errU == nil && errG == nil {
			return &account{uint32(uid), uint32(gid)}, nil
		}
	}
	return nil, errors.New("looking for a user to run PostgreSQL: root may not, and there is neither postgres nor nobody")
}

// sysProcAttr makes a child run as a and in a process group of its own, so that Ctrl-C reaches us and not the servers, whom
// we stop in order. With orphan set to another signal than 0 the kernel sends it to the child when the thread that
// started it ends; the caller has to keep that thread.
func (a *account) sysProcAttr(orphan syscall.Signal) *syscall.SysProcAttr {
	attr := &syscall.SysProcAttr{Setpgid: true, Pdeathsig: orphan}
	if a != nil {
		attr.Credential = &syscall.Credential{Uid: a.uid, Gid: a.gid}
	}
	return attr
}

// own hands a directory to the account.
func (a *account) own(dir string) error {
	if a == nil {
		return nil
	}
	return os.Chown(dir, int(a.uid), int(a.gid))
}
