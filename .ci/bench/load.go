package main

import (
	"context"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"github.com/pgcutover/pgcutover/verify"
)

// measureLoad brings the whole database, with its indexes, into an empty one.
func measureLoad(ctx context.Context, b *bench) (Figures, error) {
	if _, err := exec.LookPath("pgcopydb"); err != nil {
		return Figures{}, fmt.Errorf("pgcopydb is not there: %w", err)
	}
	w, err := b.theWorld(ctx)
	if err != nil {
		return Figures{}, err
	}
	size, err := w.source.Psql(ctx, database, "select pg_size_pretty(pg_database_size(current_database()))")
	if err != nil {
		return Figures{}, err
	}
	whole := func(name string, do func(context.Context) error) way {
		return way{name: name, prepare: w.empty, do: do, check: w.complete}
	}
	ways := []way{
		whole("pgcutover: 32-schema.sh, 41-ledger.sql, 42-load.sh, 2 workers", w.loadBundle),
		whole("pgcopydb clone, 2 + 2 jobs", w.pgcopydb()),
		whole("pgcopydb clone, 2 + 2 jobs, tables split at 200 MB", w.pgcopydb("--split-tables-larger-than", "200MB")),
		whole("pg_dump -Fd -j2 -Z0, pg_restore -j2", w.directory("-Z0")),
		whole("pg_dump -Fd -j2, pg_restore -j2", w.directory()),
		whole("by hand: six sessions of pg_dump piped into psql", w.byHand),
		w.bare("limit: COPY from a file into bare tables, text", "text"),
		w.bare("limit: COPY from a file into bare tables, binary", "binary"),
	}
	ways[0].prepare = w.fresh
	c, err := b.contest(ctx, Contest{
		Goals: []Goal{
			{Way: ways[0].name, Of: names(ways[1:6]), AtMost: 0.95},
			{Way: ways[0].name, Of: names(ways[1:3]), AtMost: 0.75},
			{Way: ways[0].name, Of: names(ways[5:6]), AtMost: 0.7},
		},
		Title: fmt.Sprintf("A whole load: %s in %d tables with %d indexes", size, smallTables+2, 3*(smallTables+2)), Baseline: "pgcopydb clone, 2 + 2 jobs",
		Note: "From an empty database to one with all rows and all indexes. pgcutover also asserts before and after every piece that the standby stands still, counts what was sent and what arrived, keeps its ledger, and gathers statistics, as pgcopydb does.",
	}, ways)
	if err != nil {
		return Figures{}, err
	}
	spent, err := w.spent()
	c.Note += spent
	return Figures{Contests: []Contest{c}}, err
}

// spent tells what pgcutover's workers did in the last load, by its ledger.
func (w *world) spent() (string, error) {
	f, err := os.Open(filepath.Join(w.dir, verify.TimingsFile))
	if err != nil {
		return "", err
	}
	defer f.Close()
	took, err := verify.DecodeTimings(f)
	if err != nil {
		return "", fmt.Errorf("reading what the load took: %w", err)
	}
	count, seconds := map[string]int{}, map[string]float64{}
	for _, t := range took.Timings {
		if t.StartedAt == nil || t.EndedAt == nil {
			continue
		}
		count[t.Kind]++
		seconds[t.Kind] += t.EndedAt.Sub(*t.StartedAt).Seconds()
	}
	var parts []string
	for _, kind := range slices.Sorted(maps.Keys(count)) {
		parts = append(parts, fmt.Sprintf("%d × %s %.1f s", count[kind], kind, seconds[kind]))
	}
	return " What its two workers did in its last turn, by the ledger: " + strings.Join(parts, ", ") + "; the rest is the schema, and the start and end of sessions.", nil
}

// rewind forgets an earlier load.
func (w *world) rewind() error {
	for _, name := range []string{verify.TimingsFile, "load-logs", "schema.dump", "predata.sql", "postdata.list", ".pgcutover"} {
		if err := os.RemoveAll(filepath.Join(w.dir, name)); err != nil {
			return err
		}
	}
	return os.WriteFile(filepath.Join(w.dir, "state.json"), w.state, 0o600)
}

func (w *world) loadBundle(ctx context.Context) error {
	for _, step := range []string{"30-target/32-schema.sh", "40-load/41-ledger.sql", "40-load/42-load.sh"} {
		if err := w.step(ctx, step); err != nil {
			return err
		}
	}
	return nil
}

func (w *world) from() string { return w.source.DSN(database) }
func (w *world) to() string   { return w.target.DSN(database) }

// peer is the environment of what others have made: the clients first, and the two databases.
func (w *world) peer() []string {
	return []string{"PATH=" + w.pg + ":" + os.Getenv("PATH"), "FROM=" + w.from(), "TO=" + w.to()}
}

func (w *world) pgcopydb(extra ...string) func(context.Context) error {
	return func(ctx context.Context) error {
		dir := filepath.Join(w.bench.dir, "pgcopydb")
		if err := os.RemoveAll(dir); err != nil {
			return err
		}
		return w.run(ctx, w.peer(), "pgcopydb", append([]string{"clone", "--source", w.from(), "--target", w.to(), "--dir", dir, "--table-jobs", "2", "--index-jobs", "2", "--no-comments"}, extra...)...)
	}
}

func (w *world) directory(extra ...string) func(context.Context) error {
	return func(ctx context.Context) error {
		dir := filepath.Join(w.bench.dir, "dump")
		if err := os.RemoveAll(dir); err != nil {
			return err
		}
		return w.bash(ctx, w.peer(), fmt.Sprintf(`pg_dump -Fd -j2 %s -f %s -d "$FROM"; pg_restore -j2 -d "$TO" %[2]s`, strings.Join(extra, " "), dir))
	}
}

// byHand is what the guides do: the schema with its indexes, unique ones beside the keys dropped until the end, and the tables in sessions of their own, the
// large ones first.
func (w *world) byHand(ctx context.Context) error {
	sessions := []string{"-t events", "-t documents"}
	for part := range 4 {
		var tables []string
		for n := part + 1; n <= smallTables; n += 4 {
			tables = append(tables, fmt.Sprintf("-t small_%d", n))
		}
		sessions = append(sessions, strings.Join(tables, " "))
	}
	var script strings.Builder
	script.WriteString(`psql() { command psql -X -q -v ON_ERROR_STOP=1 -o /dev/null -d "$TO" "$@"; }
pg_dump --schema-only -d "$FROM" | psql
for n in {1..` + fmt.Sprint(smallTables) + `}; do echo "drop index small_${n}_code;"; done | psql
pids=()
`)
	for _, s := range sessions {
		fmt.Fprintf(&script, "pg_dump --data-only %s -d \"$FROM\" | psql &\npids+=($!)\n", s)
	}
	script.WriteString(`for pid in "${pids[@]}"; do wait "$pid"; done
for n in {1..` + fmt.Sprint(smallTables) + `}; do echo "create unique index small_${n}_code on public.small_${n} (code);"; done | psql
`)
	return w.bash(ctx, w.peer(), script.String())
}

// bare is the least that any way has to do: rows that lie in files of the target's own, into tables without indexes, by two sessions.
func (w *world) bare(name, format string) way {
	file := func(table string) string { return filepath.Join(w.target.SocketDir(), table+"."+format) }
	lists := [2][]string{{"events"}, append([]string{"documents"}, small()...)}
	made := false
	return way{
		name: name,
		prepare: func(ctx context.Context) error {
			if err := w.empty(ctx); err != nil {
				return err
			}
			script := `pg_dump --section=pre-data -d "$FROM" | psql -X -q -v ON_ERROR_STOP=1 -o /dev/null -d "$TO"`
			if !made {
				var sql strings.Builder
				for _, t := range append(lists[0], lists[1]...) {
					fmt.Fprintf(&sql, "copy %s to '%s' (format %s);\n", t, file(t), format)
				}
				if _, err := w.source.Psql(ctx, database, sql.String()); err != nil {
					return err
				}
				made = true
			}
			return w.bash(ctx, w.peer(), script)
		},
		do: func(ctx context.Context) error {
			var script strings.Builder
			for _, list := range lists {
				script.WriteString(`psql -X -q -v ON_ERROR_STOP=1 -d "$TO" <<'SQL' &` + "\n")
				for _, t := range list {
					fmt.Fprintf(&script, "copy %s from '%s' (format %s);\n", t, file(t), format)
				}
				script.WriteString("SQL\npids+=($!)\n")
			}
			return w.bash(ctx, w.peer(), "pids=()\n"+script.String()+`for pid in "${pids[@]}"; do wait "$pid"; done`)
		},
		check: func(ctx context.Context) error { return w.same(ctx, counts) },
	}
}

const (
	counts  = `select (select count(*) from events), (select count(*) from documents), (select sum((xpath('/row/c/text()', query_to_xml(format('select count(*) as c from public.%I', relname), false, true, '')))[1]::text::bigint) from pg_class where relkind = 'r' and relname ~ '^small_')`
	indexes = `select count(*) from pg_index i join pg_class c on c.oid = i.indrelid where i.indisvalid and c.relnamespace = 'public'::regnamespace`
)

// complete tells whether the target has all rows and all indexes.
func (w *world) complete(ctx context.Context) error { return w.same(ctx, counts, indexes) }

func (w *world) same(ctx context.Context, queries ...string) error {
	for _, q := range queries {
		want, err := w.source.Psql(ctx, database, q)
		if err != nil {
			return err
		}
		if have, err := w.target.Psql(ctx, database, q); err != nil || have != want {
			return fmt.Errorf("the target has %s, the source %s (%w)", have, want, err)
		}
	}
	return nil
}
