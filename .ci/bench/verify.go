package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// measureVerify compares the rows of the paused standby with those of the loaded target.
func measureVerify(ctx context.Context, b *bench) (Figures, error) {
	w, err := b.loaded(ctx)
	if err != nil {
		return Figures{}, err
	}
	at := func(name string) string { return filepath.Join(w.dir, name) }
	verify := func(rows string) func(context.Context) error {
		return func(ctx context.Context) error {
			return w.run(ctx, w.env, w.program, "verify", "--plan", at("plan.json"), "--state", at("state.json"), "--check", "rows", "--rows", rows,
				"--source", "service=pgcutover_source", "--replica", "service=pgcutover_replica", "--target", "service=pgcutover_target")
		}
	}
	// One session on each side, at the same time, with whatever workers the server gives it.
	scan := func(query string) func(context.Context) error {
		var sql strings.Builder
		for _, t := range append([]string{"events", "documents"}, small()...) {
			fmt.Fprintf(&sql, query+";\n", t)
		}
		script := `scan() { psql -X -q -v ON_ERROR_STOP=1 -o /dev/null -d "$1" <<<"$SCAN"; }
scan "$REPLICA" &
scan "$TO"
wait $!`
		return func(ctx context.Context) error {
			return w.bash(ctx, append(w.peer(), "REPLICA="+w.replica.DSN(database), "SCAN="+sql.String()), script)
		}
	}
	const counting, hashing = "bare scans: count(*) of every table", "bare scans: a hash of every row"
	const exact, checksum = "pgcutover verify --rows exact", "pgcutover verify --rows checksum"
	count, err := b.contest(ctx, Contest{Title: "Counting the rows of both sides", Baseline: counting, Goals: []Goal{{Way: exact, Of: []string{counting}, AtMost: 1.1}}}, []way{
		{name: counting, do: scan("select count(*) from %s")},
		{name: exact, do: verify("exact")},
	})
	if err != nil {
		return Figures{}, err
	}
	hashes := []way{
		{name: hashing, do: scan("select sum(hashtextextended(t::text, 0)) from %s t")},
		{name: checksum, do: verify("checksum")},
	}
	missing := ""
	if out, err := exec.CommandContext(ctx, "pgcopydb", "help").CombinedOutput(); err == nil && bytes.Contains(out, []byte("+ compare")) {
		hashes = append(hashes, way{name: "pgcopydb compare data, 2 jobs", do: w.compareData})
	} else {
		missing = " This pgcopydb has no \"compare data\"; newer ones send each side one such scan of each table, and exit with 0 whatever they find."
	}
	hash, err := b.contest(ctx, Contest{
		Title: "Comparing the values of both sides", Baseline: hashing, Goals: []Goal{{Way: checksum, Of: []string{hashing}, AtMost: 1.3}},
		Note: "The bare scans hash the text of each row with the server's fastest function and add up; they find that a table differs, not where. pgcutover compares column by column in a form that all versions share, and names the rows that differ." + missing,
	}, hashes)
	return Figures{Contests: []Contest{count, hash}}, err
}

// compareData reads the primary, where pgcutover reads the standby.
func (w *world) compareData(ctx context.Context) error {
	dir := filepath.Join(w.bench.dir, "pgcopydb")
	if err := os.RemoveAll(dir); err != nil {
		return err
	}
	return w.run(ctx, w.peer(), "pgcopydb", "compare", "data", "--source", w.from(), "--target", w.to(), "--dir", dir, "--jobs", "2")
}

func small() (names []string) {
	for n := range smallTables {
		names = append(names, fmt.Sprintf("small_%d", n+1))
	}
	return names
}
