package rehearse

import (
	"fmt"
	"syscall"
)

// freeBytes is how much an ordinary user may still write where dir is.
func freeBytes(dir string) (int64, error) {
	var s syscall.Statfs_t
	if err := syscall.Statfs(dir, &s); err != nil {
		return 0, fmt.Errorf("asking for free space in %s: %w", dir, err)
	}
	return int64(s.Bavail) * s.Bsize, nil
}
