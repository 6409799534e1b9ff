package main

import (
	"context"
	"fmt"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
)

// pgWrapper is what psql and pg_dump lead to on Debian and Ubuntu: a Perl program that chooses among the installed versions, by other rules for each of the two.
const pgWrapper = "/usr/share/postgresql-common/pg_wrapper"

var debianClient = regexp.MustCompile(`^/usr/lib/postgresql/([0-9]+)(?:\.[0-9]+)?/bin/psql$`)

// clientProgram is the path of psql or pg_dump as the scripts take them (find_psql of session.sh): from a directory, where it is not empty, else from PATH;
// where that leads to Debian's wrapper, of the newest version.
func clientProgram(dir, program string) string {
	path := filepath.Join(dir, program)
	psql, err := exec.LookPath(filepath.Join(dir, "psql"))
	if err != nil {
		return path
	}
	if real, err := filepath.EvalSymlinks(psql); err != nil || real != pgWrapper {
		return path
	}
	newest := 0
	installed, _ := filepath.Glob("/usr/lib/postgresql/*/bin/psql") // no error but that of a pattern
	for _, candidate := range installed {
		m := debianClient.FindStringSubmatch(candidate)
		if m == nil {
			continue
		}
		if _, err := exec.LookPath(candidate); err != nil {
			continue
		}
		if major, err := strconv.Atoi(m[1]); err == nil && major > newest {
			newest, path = major, filepath.Join(filepath.Dir(candidate), program)
		}
	}
	return path
}

// clientVersion is what a client program says about its version.
func (c *verifyCmd) clientVersion(ctx context.Context, program string) (string, error) {
	path := clientProgram(c.PGBin, program)
	out, err := exec.CommandContext(ctx, path, "--version").Output()
	if err != nil {
		return "", fmt.Errorf("running %s --version: %w", path, err)
	}
	return strings.TrimSpace(string(out)), nil
}
