//go:build !linux

package rehearse

import "errors"

// freeBytes: servers run on Linux only, so nobody gets here.
func freeBytes(string) (int64, error) {
	return 0, errors.New("asking for free space: not on this system")
}
