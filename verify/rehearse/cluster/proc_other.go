//go:build !linux

package cluster

import (
	"errors"
	"syscall"
)

// An account is who the servers run as; only Linux can change it.
type account struct{}

func serverAccount() (*account, error) {
	return nil, errors.New("starting PostgreSQL servers: supported on Linux only")
}

func (*account) sysProcAttr(syscall.Signal) *syscall.SysProcAttr { return nil }

func (*account) own(string) error { return nil }
