package cluster

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
)

// A Copy is the data of a cluster as it once was. It lives beside the clusters and goes with them.
type Copy struct{ dir string }

// Keep copies the data of a cluster that is shut down (Pause), for Reset. A copy taken from a server that runs would be none.
func (c *Cluster) Keep(ctx context.Context) (Copy, error) {
	if c.cmd != nil {
		return Copy{}, errors.New("copying a cluster: it runs")
	}
	base.Lock()
	dir, err := freshDir()
	base.Unlock()
	if err != nil {
		return Copy{}, err
	}
	if err := copyData(ctx, c.account, filepath.Join(c.dir, "data"), filepath.Join(dir, "data")); err != nil {
		return Copy{}, errors.Join(err, os.RemoveAll(dir))
	}
	return Copy{dir}, nil
}

// Reset makes the cluster what it was when the copy was taken: its server ends at once where it runs, and starts again on the copied
// data, on the same socket and port, with an empty log. A standby streams from the same server as before.
func (c *Cluster) Reset(ctx context.Context, from Copy) error {
	c.halt(syscall.SIGQUIT)
	data := filepath.Join(c.dir, "data")
	if err := os.RemoveAll(data); err != nil {
		return fmt.Errorf("resetting a cluster: %w", err)
	}
	if err := copyData(ctx, c.account, filepath.Join(from.dir, "data"), data); err != nil {
		return err
	}
	if err := os.Truncate(c.logFile(), 0); err != nil {
		return fmt.Errorf("resetting a cluster: %w", err)
	}
	if err := c.launch(ctx); err != nil {
		return fmt.Errorf("resetting a cluster: %w", err)
	}
	return nil
}

func copyData(ctx context.Context, acct *account, from, to string) error {
	if err := runAs(ctx, acct, "cp", "-a", "--reflink=auto", from, to); err != nil {
		return fmt.Errorf("copying a cluster: %w", err)
	}
	return nil
}
