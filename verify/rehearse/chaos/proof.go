package chaos

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5"
)

// The proofs are made with other SQL than the program's, past the proxies, as superuser.

// image is what a database holds: of each table how many rows and a sum over all of them, which does not depend on their order and sees a row that is
// there twice.
type image map[string]sum

type sum struct {
	rows int64
	hash string
}

const tablesSQL = `select format('%I.%I', n.nspname, c.relname) from pg_class c join pg_namespace n on n.oid = c.relnamespace
	where c.relkind = 'r' and c.relpersistence = 'p' and n.nspname !~ '^pg_' and n.nspname not in ('information_schema', 'pglogical', 'pgcutover') order by 1`

func (w *world) image(ctx context.Context, n Server) (image, error) {
	conn, err := w.connect(ctx, n)
	if err != nil {
		return nil, err
	}
	defer conn.Close(context.WithoutCancel(ctx))
	rows, err := conn.Query(ctx, tablesSQL)
	if err != nil {
		return nil, fmt.Errorf("listing tables of the %s: %w", n, err)
	}
	tables, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return nil, fmt.Errorf("listing tables of the %s: %w", n, err)
	}
	out := image{}
	for _, t := range tables {
		var s sum
		err := conn.QueryRow(ctx, "select count(*), coalesce(sum(hashtextextended(t::text, 0)::numeric), 0)::text from only "+t+" as t").Scan(&s.rows, &s.hash)
		if err != nil {
			return nil, fmt.Errorf("reading %s of the %s: %w", t, n, err)
		}
		out[t] = s
	}
	return out, nil
}

// rows is how many there are in all tables.
func (i image) rows() (n int64) {
	for _, s := range i {
		n += s.rows
	}
	return n
}

// differences tells how a target differs from what the replica held.
func (i image) differences(target image) (out []string) {
	for name, want := range i {
		got, ok := target[name]
		switch {
		case !ok:
			out = append(out, name+" is not on the target")
		case got.rows != want.rows:
			out = append(out, fmt.Sprintf("%s has %d rows on the target, the replica held %d", name, got.rows, want.rows))
		case got.hash != want.hash:
			out = append(out, "rows of "+name+" are different on the target")
		}
	}
	for name := range target {
		if _, ok := i[name]; !ok {
			out = append(out, name+" is on the target only")
		}
	}
	slices.Sort(out)
	return out
}

// appended are the tables that the application only inserts into: whatever number the primary has must be either on the target or in the stream of
// exactly one slot, once.
var appended = []string{"calls", "events"}

// handOff proves that the slots go on exactly where the target's rows end. The application has to stand still.
func (w *world) handOff(ctx context.Context, dir string) ([]string, error) {
	var state struct {
		Pause struct {
			LSN string `json:"lsn"`
		} `json:"pause"`
		Slots map[string]json.RawMessage `json:"slots"`
	}
	b, err := os.ReadFile(filepath.Join(dir, "state.json"))
	if err == nil {
		err = json.Unmarshal(b, &state)
	}
	if err != nil {
		return nil, fmt.Errorf("reading state.json: %w", err)
	}
	source, err := w.connect(ctx, Source)
	if err != nil {
		return nil, err
	}
	defer source.Close(context.WithoutCancel(ctx))
	target, err := w.connect(ctx, Target)
	if err != nil {
		return nil, err
	}
	defer target.Close(context.WithoutCancel(ctx))
	times := map[string]map[int64]int{}
	for _, t := range appended {
		times[t] = map[int64]int{}
	}
	for slot := range state.Slots {
		if err := streamed(ctx, source, slot, state.Pause.LSN, times); err != nil {
			return nil, err
		}
	}
	var out []string
	for _, t := range appended {
		ids := func(conn *pgx.Conn) ([]int64, error) {
			rows, err := conn.Query(ctx, "select id from public."+t)
			if err != nil {
				return nil, err
			}
			return pgx.CollectRows(rows, pgx.RowTo[int64])
		}
		loaded, err := ids(target)
		if err != nil {
			return nil, fmt.Errorf("reading %s of the target: %w", t, err)
		}
		for _, id := range loaded {
			times[t][id]++
		}
		there, err := ids(source)
		if err != nil {
			return nil, fmt.Errorf("reading %s of the source: %w", t, err)
		}
		lost, doubled := 0, 0
		for _, id := range there {
			switch n := times[t][id]; {
			case n == 0:
				lost++
			case n > 1:
				doubled++
			}
			delete(times[t], id)
		}
		for what, n := range map[string]int{
			"are on the source, but neither on the target nor in a slot": lost, "come twice": doubled, "are on the source no more": len(times[t]),
		} {
			if n > 0 {
				out = append(out, fmt.Sprintf("%d rows of %s %s", n, t, what))
			}
		}
	}
	slices.Sort(out)
	return out, nil
}

// streamed counts the inserts that a reader of the slot who starts at a position is given, by table and id. What the slot yields up to the position is
// what the image already holds.
func streamed(ctx context.Context, source *pgx.Conn, slot, start string, times map[string]map[int64]int) error {
	peek := func(upto *string) ([]string, error) {
		rows, err := source.Query(ctx, `select data from pg_logical_slot_peek_changes($1, $2::text::pg_lsn, null, 'min_proto_version', '1', 'max_proto_version', '1',
			'startup_params_format', '1', 'proto_format', 'json', 'pglogical.replication_set_names', $3)`, slot, upto, slot+",i"+slot)
		if err != nil {
			return nil, err
		}
		return pgx.CollectRows(rows, pgx.RowTo[string])
	}
	before, err := peek(&start)
	if err != nil {
		return fmt.Errorf("reading slot %s: %w", slot, err)
	}
	all, err := peek(nil)
	if err != nil {
		return fmt.Errorf("reading slot %s: %w", slot, err)
	}
	if len(before) > len(all) {
		return fmt.Errorf("reading slot %s: %w", slot, errors.New("it yields less the second time"))
	}
	for _, data := range all[len(before):] {
		var change struct {
			Action   string          `json:"action"`
			Relation json.RawMessage `json:"relation"`
			Tuple    map[string]any  `json:"newtuple"`
		}
		if json.Unmarshal([]byte(data), &change) != nil || change.Action != "I" {
			continue
		}
		for _, t := range appended {
			if !strings.Contains(string(change.Relation), `"`+t+`"`) {
				continue
			}
			id, err := strconv.ParseInt(fmt.Sprintf("%.0f", change.Tuple["id"]), 10, 64)
			if err != nil {
				return fmt.Errorf("reading slot %s: %s", slot, data)
			}
			times[t][id]++
		}
	}
	return nil
}
