package verify

import (
	"context"
	"fmt"

	"github.com/pgcutover/pgcutover/analyze"
	"github.com/pgcutover/pgcutover/planner"
)

// marker is a marker table as a server has it.
type marker struct {
	Schema, Name string
	Columns      string // name and type of each, in order
	Key          string // columns of the primary key
}

// markerColumns is how a marker table looks.
const markerColumns = "id integer, token text, source_lsn pg_lsn, at timestamp with time zone"

func checkMarkers(ctx context.Context, e *Env) ([]Result, error) {
	rows, err := query[marker](ctx, e, Source, `select n.nspname::text as schema, c.relname::text as name,
		coalesce((select string_agg(a.attname || ' ' || format_type(a.atttypid, a.atttypmod), ', ' order by a.attnum)
			from pg_attribute a where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped), '') as columns,
		coalesce((select string_agg(a.attname, ', ' order by a.attnum) from pg_index i join pg_attribute a on a.attrelid = c.oid and a.attnum = any(i.indkey)
			where i.indrelid = c.oid and i.indisprimary and i.indisvalid), '') as key
		from pg_class c join pg_namespace n on n.oid = c.relnamespace where c.relkind = 'r' and n.nspname = $1`, e.Plan.Names.Schema)
	if err != nil {
		return nil, err
	}
	there := map[analyze.Name]marker{}
	var reads []string
	for _, m := range rows {
		there[analyze.Name{Schema: m.Schema, Name: m.Name}] = m
	}
	for _, g := range e.Plan.Groups {
		if m, ok := there[g.Marker]; ok && m.Columns == markerColumns {
			reads = append(reads, fmt.Sprintf("select %d as number, count(*)::int as rows, count(*) filter (where id in (1, 2))::int as ours from %s", g.Number, g.Marker.SQL()))
		}
	}
	counts := map[int]int{}
	for _, sql := range reads {
		r, err := queryOne[struct{ Number, Rows, Ours int }](ctx, e, Source, sql)
		if err != nil {
			return judgeMarkers(e.Plan.Groups, there, counts), err
		}
		if r.Rows == 2 && r.Ours == 2 {
			counts[r.Number] = 1
		}
	}
	return orNothing(judgeMarkers(e.Plan.Groups, there, counts), noGroups), nil
}

// judgeMarkers checks each group's marker table; filled has the groups whose marker holds its two rows.
func judgeMarkers(groups []planner.Group, there map[analyze.Name]marker, filled map[int]int) []Result {
	var out []Result
	for _, g := range groups {
		m, ok := there[g.Marker]
		who := g.Marker.String()
		switch {
		case !ok:
			out = append(out, fail(who, "the marker table does not exist").hint("10-source/14-markers.sql creates it"))
		case m.Columns != markerColumns || m.Key != "id":
			out = append(out, fail(who, "the marker table looks different: (%s), key (%s)", m.Columns, m.Key).hint("drop it and run 10-source/14-markers.sql"))
		case filled[g.Number] != 1:
			out = append(out, fail(who, "the marker table has to hold two rows, with the ids 1 and 2").hint("10-source/14-markers.sql writes it"))
		default:
			out = append(out, pass(who, "in place"))
		}
	}
	return out
}

// markerPair is what a group's marker says on both sides.
type markerPair struct {
	Source, Target string  // tokens; empty: no row
	Age            float64 // of the source's, in seconds
}

// probeMarkers reads the markers of both sides, by slot.
func probeMarkers(ctx context.Context, e *Env) (map[string]markerPair, error) {
	out := map[string]markerPair{}
	for _, g := range e.Plan.Groups {
		var p markerPair
		for _, side := range []Side{Source, Target} {
			rows, err := query[struct {
				Token string
				Age   float64
			}](ctx, e, side, "select token || ' ' || source_lsn as token, extract(epoch from clock_timestamp() - at)::float8 as age from "+g.Marker.SQL()+" where id = 1")
			if err != nil && !absent(err) {
				return nil, err
			}
			if len(rows) == 1 && side == Source {
				p.Source, p.Age = rows[0].Token, rows[0].Age
			} else if len(rows) == 1 {
				p.Target = rows[0].Token
			}
		}
		out[g.Slot] = p
	}
	return out, nil
}

func checkMarkersArrived(ctx context.Context, e *Env) ([]Result, error) {
	markers, err := probeMarkers(ctx, e)
	if err != nil {
		return nil, err
	}
	var out []Result
	for _, g := range e.Plan.Groups {
		m := markers[g.Slot]
		switch {
		case m.Source == "" || m.Target == "":
			out = append(out, fail(g.Slot, "its marker has no row on the %s", map[bool]string{true: "source", false: "target"}[m.Source == ""]))
		case m.Source == m.Target:
			out = append(out, pass(g.Slot, "the marker of %.0f s ago is there", m.Age))
		case m.Age < 60:
			out = append(out, warn(g.Slot, "the marker of %.0f s ago is on its way", m.Age))
		default:
			out = append(out, fail(g.Slot, "the marker of %.0f s ago has not arrived", m.Age))
		}
	}
	return orNothing(out, noGroups), nil
}
