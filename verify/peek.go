package verify

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/pgcutover/pgcutover/analyze"
	"github.com/pgcutover/pgcutover/planner"
)

// peekSteps are how far past the pause LSN a peek looks, each only when the one before saw no commit there. A bound is not
// optional: the function decodes everything up to it before it returns the first row.
var peekSteps = []LSN{64 << 10, 1 << 20, 16 << 20}

// peeked is a begin or a commit in a slot's stream.
type peeked struct {
	LSN  *string
	XID  string
	Data string // JSON of pglogical; never cast on the server, where legal content can make it an error
}

// straddler is a transaction that wrote before the pause LSN and committed at or after it.
type straddler struct {
	XID           string
	First, Commit LSN
}

func checkStraddlers(ctx context.Context, e *Env) ([]Result, error) {
	if !e.Peek {
		return []Result{skip("", "not asked for: --peek looks into each slot, which decodes WAL on the source")}, nil
	}
	if e.State == nil || e.State.Pause == nil {
		return nil, errNoPause
	}
	slots, err := probeSlots(ctx, e, Source)
	if err != nil {
		return nil, err
	}
	who, err := e.server(Source)
	if err != nil {
		return nil, err
	}
	var out []Result
	for _, g := range e.Plan.Groups {
		s, ok := slots[g.Slot]
		if !ok || s.Active || s.Plugin != "pglogical" {
			out = append(out, unknown(g.Slot, "it is not there or in use"))
			continue
		}
		list, upto, err := peek(ctx, e, who.VersionNum, g, e.State.Pause.LSN)
		if err != nil {
			out = append(out, unknown(g.Slot, "%v", err))
			continue
		}
		out = append(out, judgeStraddlers(g.Slot, list, upto))
	}
	return orNothing(out, noGroups), nil
}

// peek lists the straddlers of a slot that have committed before upto, which is zero where no commit was seen at or after the
// pause LSN within the farthest bound. One that is still open, or commits later, cannot be seen by any look.
func peek(ctx context.Context, e *Env, versionNum int, g planner.Group, pause LSN) (list []straddler, upto LSN, err error) {
	column := "lsn"
	if versionNum < 100000 {
		column = "location"
	}
	sql := fmt.Sprintf(`select %s::text as lsn, xid::text as xid, data from pg_logical_slot_peek_changes($1, $2::text::pg_lsn, null,
		'min_proto_version', '1', 'max_proto_version', '1', 'startup_params_format', '1', 'proto_format', 'json',
		'pglogical.replication_set_names', $3)`, column)
	for _, step := range peekSteps {
		rows, err := query[peeked](ctx, e, Source, sql, g.Slot, (pause + step).String(), g.UpdateSet+","+g.InsertSet)
		if err != nil {
			return nil, 0, err
		}
		if list, last := straddlers(rows, pause); last != 0 {
			return list, last, nil
		}
	}
	return nil, 0, nil
}

// straddlers reads begins and commits; last is the last commit at or after the pause LSN. Rows that are not JSON are other things than those two: pglogical does not escape
// names of relations.
func straddlers(rows []peeked, pause LSN) (out []straddler, last LSN) {
	first := map[string]LSN{}
	for _, r := range rows {
		var msg struct {
			Action   string `json:"action"`
			FirstLSN string `json:"first_lsn"`
			FinalLSN string `json:"final_lsn"`
		}
		if json.Unmarshal([]byte(r.Data), &msg) != nil {
			continue
		}
		switch msg.Action {
		case "B":
			first[r.XID] = lsn(&msg.FirstLSN)
		case "C":
			commit := lsn(&msg.FinalLSN)
			if commit < pause {
				continue
			}
			last = max(last, commit)
			if begun := first[r.XID]; begun != 0 && begun < pause {
				out = append(out, straddler{r.XID, begun, commit})
			}
		}
	}
	slices.SortFunc(out, func(a, b straddler) int { return cmp.Compare(a.Commit, b.Commit) })
	return out, last
}

func judgeStraddlers(slot string, list []straddler, upto LSN) Result {
	var texts []string
	for _, s := range list {
		texts = append(texts, fmt.Sprintf("%s (%s to %s)", s.XID, s.First, s.Commit))
	}
	switch {
	case upto == 0:
		return unknown(slot, "no transaction has committed within reach after the pause LSN yet").hint("update the markers on the source, then look again")
	case len(list) == 0:
		return pass(slot, "of what has committed up to %s nothing was in flight", upto)
	}
	return pass(slot, "of what has committed up to %s %s in flight, delivered whole: %s", upto, analyze.Count(len(list), "transaction"), analyze.Some(texts, 10)).
		with("transactions", strings.Join(texts, "; "))
}
