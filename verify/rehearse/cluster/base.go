package cluster

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
)

// base is the directory of this process under which all its clusters live. It has a watcher: a shell whose standard input
// we hold open, which removes the directory when that closes, so also after a crash or a kill -9.
var base struct {
	sync.Mutex
	dir       string
	account   *account
	watcher   *os.File // the write end; never written to
	templates map[string]string
}

// janitor waits for the end of its input, that is of our process, then removes the directory. Servers orphaned by a crash take up
// to two seconds to go and write until then, so it tries again.
const janitor = `cat >/dev/null; for _ in 1 2 3 4 5 6; do rm -rf -- "$1" && [ ! -e "$1" ] && exit 0; sleep 1; done`

// openBase makes the base directory at the first call. The caller holds base.Mutex.
func openBase() error {
	if base.dir != "" {
		return nil
	}
	acct, err := serverAccount()
	if err != nil {
		return err
	}
	// Not TMPDIR: a socket's path may have 107 bytes, and the account must be able to reach it.
	dir, err := os.MkdirTemp("/tmp", "pgc")
	if err != nil {
		return fmt.Errorf("making a directory for clusters: %w", err)
	}
	if err := acct.own(dir); err != nil {
		return fmt.Errorf("making a directory for clusters: %w", err)
	}
	r, w, err := os.Pipe()
	if err != nil {
		return fmt.Errorf("starting the watcher of %s: %w", dir, err)
	}
	defer r.Close()
	cmd := exec.Command("/bin/sh", "-c", janitor, "sh", dir)
	cmd.Stdin, cmd.Dir = r, "/"
	cmd.SysProcAttr = (*account)(nil).sysProcAttr(0)
	if err := cmd.Start(); err != nil {
		w.Close()
		return fmt.Errorf("starting the watcher of %s: %w", dir, err)
	}
	base.dir, base.account, base.watcher, base.templates = dir, acct, w, map[string]string{}
	return nil
}

// newDataDir returns a fresh directory, owned by the account of the servers, with an initialised data directory "data" in it: a
// copy of the template of that role and installation, which the first call makes. Copies of one template share their system
// identifier, hence one per role.
func newDataDir(ctx context.Context, in Install, role Role) (string, *account, error) {
	base.Lock()
	defer base.Unlock()
	if err := openBase(); err != nil {
		return "", nil, err
	}
	key := fmt.Sprintf("%s %s", role, in.Bin)
	tmpl, ok := base.templates[key]
	if !ok {
		tmpl = filepath.Join(base.dir, fmt.Sprintf("template%d", len(base.templates)))
		args := []string{"-D", tmpl, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8"}
		if in.number() >= 1000 {
			args = append(args, "--no-sync")
		} else {
			args = append(args, "--nosync") // renamed in 10
		}
		if err := runAs(ctx, base.account, filepath.Join(in.Bin, "initdb"), args...); err != nil {
			os.RemoveAll(tmpl)
			return "", nil, fmt.Errorf("initialising a %s cluster of %s: %w", role, in.Version, err)
		}
		if in.number() < 1000 { // where initdb lets nobody replicate
			if err := os.WriteFile(filepath.Join(tmpl, "pg_hba.conf"), []byte("local all all trust\nlocal replication all trust\n"), 0o600); err != nil {
				return "", nil, fmt.Errorf("initialising a %s cluster of %s: %w", role, in.Version, err)
			}
		}
		base.templates[key] = tmpl
	}
	dir, err := freshDir()
	if err != nil {
		return "", nil, err
	}
	if err := runAs(ctx, base.account, "cp", "-a", "--reflink=auto", tmpl, filepath.Join(dir, "data")); err != nil {
		os.RemoveAll(dir)
		return "", nil, fmt.Errorf("copying a template cluster: %w", err)
	}
	return dir, base.account, nil
}

// freshDir makes a directory for one cluster. The caller holds base.Mutex.
func freshDir() (string, error) {
	dir, err := os.MkdirTemp(base.dir, "c")
	if err != nil {
		return "", fmt.Errorf("making a directory for a cluster: %w", err)
	}
	if err := base.account.own(dir); err != nil {
		return "", fmt.Errorf("making a directory for a cluster: %w", err)
	}
	return dir, nil
}

// runAs runs a program to its end as the account, in the C locale; the error carries what it said.
func runAs(ctx context.Context, acct *account, program string, args ...string) error {
	cmd := exec.CommandContext(ctx, program, args...)
	cmd.Dir, cmd.Env = "/", serverEnv()
	cmd.SysProcAttr = acct.sysProcAttr(0)
	if out, err := cmd.CombinedOutput(); err != nil {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		return fmt.Errorf("%s: %w: %s", filepath.Base(program), err, tail(string(out), 10))
	}
	return nil
}

// serverEnv is the environment of servers and of the tools we run on them: no PG* variable, password or locale of ours may reach
// them.
func serverEnv() []string {
	return []string{"PATH=" + os.Getenv("PATH"), "LC_ALL=C", "TZ=UTC", "HOME=/"}
}
