package cluster

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// ErrNoServer is returned, wrapped, where no PostgreSQL server was found that satisfies the request.
var ErrNoServer = errors.New("no PostgreSQL server found")

// An Install is one PostgreSQL server installation found on this machine.
type Install struct {
	Bin       string // directory of postgres and initdb
	Major     int    // 15; 906 for 9.6, whose major has two parts
	Version   string // as the server prints it: "15.20"
	PGLogical bool   // pglogical.so lies in its library directory
	Fetched   bool   // not installed, but fetched for tests: it lies in the cache
}

// sharedCache is where root keeps the servers that are fetched for tests: its home is closed to the account that runs them.
const sharedCache = "/var/cache/pgcutover/servers"

// caches are the directories of fetched servers: the one of PGCUTOVER_SERVERS, else the shared one and the user's.
func caches() []string {
	if dir := os.Getenv("PGCUTOVER_SERVERS"); dir != "" {
		return []string{dir}
	}
	dirs := []string{sharedCache}
	if user, err := os.UserCacheDir(); err == nil && os.Geteuid() != 0 {
		dirs = append(dirs, filepath.Join(user, "pgcutover/servers"))
	}
	return dirs
}

// Installs returns the installations of this machine, newest major first, and for one major in the order of discovery:
// the directory in PGCUTOVER_PG_BIN, those of the list PGCUTOVER_PG_BINS (separated as in PATH),
// /usr/lib/postgresql/*/bin, the directory of the first postgres on PATH, and the servers fetched for tests (see docs/development.md),
// those with clients and pglogical before the plain ones. A directory that holds no working server is passed over. The slice is
// empty, and the error nil, where there is none.
func Installs(ctx context.Context) ([]Install, error) {
	dirs := []string{os.Getenv("PGCUTOVER_PG_BIN")}
	dirs = append(dirs, filepath.SplitList(os.Getenv("PGCUTOVER_PG_BINS"))...)
	debian, err := filepath.Glob("/usr/lib/postgresql/*/bin")
	if err != nil {
		return nil, fmt.Errorf("looking for servers: %w", err)
	}
	dirs = append(dirs, debian...)
	if onPath, err := exec.LookPath("postgres"); err == nil {
		if real, err := filepath.EvalSymlinks(onPath); err == nil {
			dirs = append(dirs, filepath.Dir(real))
		}
	}
	installed := len(dirs)
	for _, cache := range caches() {
		for _, pattern := range []string{"*/usr/lib/postgresql/*/bin", "*/bin"} {
			// A cache whose name is a pattern of its own, and a broken one at that, holds nothing for us.
			fetched, _ := filepath.Glob(filepath.Join(cache, pattern))
			dirs = append(dirs, fetched...)
		}
	}
	var found []Install
	for i, dir := range dirs {
		if dir == "" || slices.ContainsFunc(found, func(i Install) bool { return i.Bin == dir }) {
			continue
		}
		if in, ok := inspect(ctx, dir); ok {
			in.Fetched = i >= installed
			found = append(found, in)
		}
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	slices.SortStableFunc(found, func(a, b Install) int { return cmp.Compare(b.number(), a.number()) })
	return found, nil
}

var versionText = regexp.MustCompile(`\(PostgreSQL\) (\d+)\.?(\d*)`)

// inspected remembers what the programs of a directory answered: a process asks for its servers at every turn.
var inspected sync.Map // directory -> Install

func inspect(ctx context.Context, dir string) (Install, bool) {
	if known, ok := inspected.Load(dir); ok {
		return known.(Install), true
	}
	for _, tool := range []string{"postgres", "initdb"} {
		if _, err := os.Stat(filepath.Join(dir, tool)); err != nil {
			return Install{}, false
		}
	}
	out, err := exec.CommandContext(ctx, filepath.Join(dir, "postgres"), "--version").Output()
	if err != nil {
		return Install{}, false
	}
	m := versionText.FindSubmatch(out)
	if m == nil {
		return Install{}, false
	}
	in := Install{Bin: dir, Version: versionWord(string(out))}
	in.Major, _ = strconv.Atoi(string(m[1]))
	if in.Major < 10 {
		minor, _ := strconv.Atoi(string(m[2]))
		in.Major = in.Major*100 + minor
	}
	in.PGLogical = hasLibrary(ctx, dir, "pglogical.so")
	if ctx.Err() == nil {
		inspected.Store(dir, in)
	}
	return in, true
}

func versionWord(s string) string {
	_, after, _ := strings.Cut(s, "(PostgreSQL) ")
	word, _, _ := strings.Cut(strings.TrimSpace(after), " ")
	return word
}

// hasLibrary looks where Debian and relocatable builds keep server libraries before it asks pg_config, which packages
// of bare servers lack.
func hasLibrary(ctx context.Context, bin, file string) bool {
	dirs := []string{filepath.Join(bin, "../lib"), filepath.Join(bin, "../lib/postgresql")}
	if out, err := exec.CommandContext(ctx, filepath.Join(bin, "pg_config"), "--pkglibdir").Output(); err == nil {
		dirs = append(dirs, strings.TrimSpace(string(out)))
	}
	return slices.ContainsFunc(dirs, func(d string) bool {
		_, err := os.Stat(filepath.Join(d, file))
		return err == nil
	})
}

// number orders versions: 9.6 (906) below 10.
func (i Install) number() int {
	if i.Major >= 900 {
		return i.Major
	}
	return i.Major * 100
}

// pick chooses the installation for a cluster: of the given major, or, where major is 0, the one of PGCUTOVER_PG_BIN,
// else the newest that has pglogical, else the newest. What is installed goes before what was fetched: tests that ask for no major
// run on what the people of this machine run.
func pick(ctx context.Context, major int) (Install, error) {
	all, err := Installs(ctx)
	if err != nil {
		return Install{}, err
	}
	wanted := func(i Install) bool { return i.Major == major }
	if major == 0 {
		wanted = func(i Install) bool { return i.PGLogical }
		if dir := os.Getenv("PGCUTOVER_PG_BIN"); dir != "" && slices.ContainsFunc(all, func(i Install) bool { return i.Bin == dir }) {
			wanted = func(i Install) bool { return i.Bin == dir }
		}
	}
	slices.SortStableFunc(all, func(a, b Install) int {
		switch {
		case a.Fetched == b.Fetched:
			return 0
		case b.Fetched:
			return -1
		}
		return 1
	})
	if i := slices.IndexFunc(all, wanted); i >= 0 {
		return all[i], nil
	}
	if major != 0 {
		return Install{}, fmt.Errorf("%w: of major %d", ErrNoServer, major)
	}
	if len(all) == 0 {
		return Install{}, fmt.Errorf("%w: looked in PGCUTOVER_PG_BIN, /usr/lib/postgresql/*/bin, PATH and %s", ErrNoServer, strings.Join(caches(), ", "))
	}
	return all[0], nil
}

// knowsSetting tells whether the server has a setting of that name; minors of one major differ in this.
func (i Install) knowsSetting(ctx context.Context, name string) (bool, error) {
	out, err := exec.CommandContext(ctx, filepath.Join(i.Bin, "postgres"), "--describe-config").Output()
	if err != nil {
		return false, fmt.Errorf("asking %s for its settings: %w", i.Bin, err)
	}
	for line := range strings.Lines(string(out)) {
		if strings.HasPrefix(line, name+"\t") {
			return true, nil
		}
	}
	return false, nil
}

// Clients returns the directory of the psql, pg_dump and pg_restore that a bundle's scripts want for these servers: version 14 or
// newer, and not older than any of them. Of several it is the oldest, installed before fetched; where none is new
// enough, the newest; empty where there are none at all.
func Clients(ctx context.Context, servers ...*Cluster) string {
	all, err := Installs(ctx)
	if err != nil {
		return ""
	}
	all = slices.DeleteFunc(all, func(in Install) bool {
		return slices.ContainsFunc([]string{"psql", "pg_dump", "pg_restore"}, func(tool string) bool {
			_, err := os.Stat(filepath.Join(in.Bin, tool))
			return err != nil
		})
	})
	if len(all) == 0 {
		return ""
	}
	need := 1400
	for _, c := range servers {
		need = max(need, c.install.number())
	}
	best := all[0]
	for _, in := range all {
		if in.number() >= need && (in.number() < best.number() || in.number() == best.number() && best.Fetched && !in.Fetched) {
			best = in
		}
	}
	return best.Bin
}
