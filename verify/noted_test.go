package verify

import (
	"errors"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/stretchr/testify/require"

	"github.com/pgcutover/pgcutover/analyze"
	"github.com/pgcutover/pgcutover/planner"
	"github.com/pgcutover/pgcutover/planner/hazard"
)

func notedEnv() *Env {
	return &Env{Plan: planner.Plan{
		Names: planner.Names{Schema: "pgcutover"},
		Tables: []planner.Table{
			{Name: table1, Handling: planner.Replicate, Group: 1}, {Name: table2, Handling: planner.InsertsOnly, Group: 1},
			{Name: analyze.Name{Schema: "public", Name: "parent"}, Handling: planner.Structure},
		},
		Groups: []planner.Group{{Number: 1, Slot: "s1", Marker: analyze.Name{Schema: "pgcutover", Name: "marker_s1"}}},
	}}
}

// Of a table of which only inserts are carried the source has counted no update and no delete, or it cannot be told.
func TestInsertsOnly(t *testing.T) {
	for name, c := range map[string]struct {
		now  notedTable
		edit func(*Env, *notes)
		want string
		says string
	}{
		"inserts":           {now: notedTable{Inserted: 7}, want: "pass public.log", says: "7 inserts since the pause"},
		"an update":         {now: notedTable{Inserted: 7, Updated: 1}, want: "fail public.log", says: "1 update and 0 deletes"},
		"deletes":           {now: notedTable{Deleted: 2}, want: "fail public.log", says: `where relid = '"public"."log"'::regclass`},
		"a reset":           {now: notedTable{Reset: true}, want: "unknown public.log", says: "reset"},
		"fewer than were":   {now: notedTable{Inserted: -1, Updated: 3}, want: "unknown public.log"},
		"fewer updates":     {now: notedTable{Updated: -3}, want: "unknown public.log"},
		"fewer deletes":     {now: notedTable{Deleted: -3}, want: "unknown public.log"},
		"lost":              {now: notedTable{Updated: 3}, edit: func(_ *Env, n *notes) { n.Lost = "the server has lost its counters" }, want: "unknown public.log", says: "lost its counters"},
		"a table not noted": {edit: func(_ *Env, n *notes) { delete(n.Tables, table2) }, want: "unknown public.log", says: "was not noted"},
		"accepted": {now: notedTable{Updated: 3}, edit: func(e *Env, _ *notes) {
			e.Plan.Findings = []hazard.Finding{{Code: "ID101", Subject: "public.log", Accepted: "it is copied again"}}
		}, want: "warn public.log", says: "accepted in the configuration: it is copied again"},
		"another hazard accepted": {now: notedTable{Updated: 3}, edit: func(e *Env, _ *notes) {
			e.Plan.Findings = []hazard.Finding{{Code: "ID108", Subject: "public.log", Accepted: "x"}, {Code: "ID101", Subject: "public.orders", Accepted: "x"}, {Code: "ID102", Subject: "public.log"}}
		}, want: "fail public.log"},
	} {
		t.Run(name, func(t *testing.T) {
			e, n := notedEnv(), &notes{Tables: map[analyze.Name]notedTable{table1: {Updated: 99}, table2: c.now}}
			if c.edit != nil {
				c.edit(e, n)
			}
			got := e.judgeInsertsOnly(n)
			require.Equal(t, []string{c.want}, brief(got), said(got))
			require.Contains(t, said(got), c.says)
		})
	}
	require.Equal(t, []string{"unknown public.log"}, brief(notedEnv().judgeInsertsOnly(nil)))
	quiet := &notes{Tables: map[analyze.Name]notedTable{table2: {Inserted: 1}}}
	for _, gate := range []Gate{CDC, CutoverReady} {
		e := notedEnv()
		e.Gate = gate
		require.Contains(t, said(e.judgeInsertsOnly(quiet)), "1 insert since the pause, no update, no delete, as far as sessions have reported")
	}
	e := notedEnv()
	e.Gate = Cutover
	require.NotContains(t, said(e.judgeInsertsOnly(quiet)), "as far as", "the freeze has ended the sessions")
	require.Contains(t, said(e.judgeInsertsOnly(&notes{Tables: map[analyze.Name]notedTable{table2: {Updated: 1}}})), `on the source: set default_transaction_read_only = off; update "pgcutover"."noted" set `, "it is frozen")
}

// A table in the file that it was in at the pause was not truncated; another file means TRUNCATE only where pglogical has a message of it.
func TestTruncated(t *testing.T) {
	at := time.Date(2026, 11, 27, 10, 0, 0, 0, time.UTC)
	truncated := map[analyze.Name]time.Time{table1: at.Add(time.Minute)}
	for name, c := range map[string]struct {
		now       notedTable
		truncated map[analyze.Name]time.Time
		hidden    error
		want      []string
	}{
		"as it was":                        {truncated: truncated, want: []string{"pass"}},
		"truncated":                        {now: notedTable{Rewritten: true, At: at}, truncated: truncated, want: []string{"fail public.orders", "pass"}},
		"rewritten":                        {now: notedTable{Rewritten: true, At: at}, want: []string{"pass", "unknown public.orders"}},
		"another one truncated":            {now: notedTable{Rewritten: true, At: at}, truncated: map[analyze.Name]time.Time{table2: at}, want: []string{"pass", "unknown public.orders"}},
		"truncated before its own note":    {now: notedTable{Rewritten: true, At: at.Add(2 * time.Hour)}, truncated: truncated, want: []string{"pass", "unknown public.orders"}},
		"by a transaction from before it":  {now: notedTable{Rewritten: true, At: at.Add(59 * time.Minute)}, truncated: truncated, want: []string{"fail public.orders", "pass"}},
		"which of them is not to be known": {now: notedTable{Rewritten: true}, hidden: errors.New("permission denied"), want: []string{"pass", "unknown public.orders"}},
		"not to be known, and as it was":   {hidden: errors.New("permission denied"), want: []string{"pass"}},
	} {
		t.Run(name, func(t *testing.T) {
			got := notedEnv().judgeTruncated(&notes{Tables: map[analyze.Name]notedTable{table1: c.now, table2: {}}}, c.truncated, c.hidden)
			require.Equal(t, c.want, brief(got), said(got))
			require.NotContains(t, said(got), "a TRUNCATE would have left")
		})
	}
	rewritten := &notes{Tables: map[analyze.Name]notedTable{table1: {Rewritten: true}, table2: {}}}
	require.Contains(t, said(notedEnv().judgeTruncated(rewritten, nil, &pgconn.PgError{Code: "42501"})), "grant select on pglogical.queue")
	require.NotContains(t, said(notedEnv().judgeTruncated(rewritten, nil, &pgconn.PgError{Code: "42P01"})), "grant select", "it is not there")
	require.Equal(t, []string{"unknown"}, brief(notedEnv().judgeTruncated(nil, truncated, nil)))
	require.Equal(t, []string{"pass", "unknown public.orders"}, brief(notedEnv().judgeTruncated(&notes{Tables: map[analyze.Name]notedTable{table2: {}}}, truncated, nil)))
}

// The transaction that the pause cut in two is on the target, or lost, or not due yet.
func TestSpanning(t *testing.T) {
	for name, c := range map[string]struct {
		x    spanning
		edit func(*Env)
		want string
		says string
	}{
		"arrived":                           {x: spanning{Source: "a", Target: "a"}, want: "pass s1"},
		"arrived, and more":                 {x: spanning{Source: "a", Target: "a", Applied: true}, want: "pass s1"},
		"missing":                           {x: spanning{Source: "a", Applied: true}, want: "fail s1", says: "began before 0/4000 and committed after it is missing"},
		"that of another pause":             {x: spanning{Source: "b", Target: "a", Applied: true}, want: "fail s1"},
		"not due yet":                       {x: spanning{Source: "a"}, want: "unknown s1", says: `update "pgcutover"."marker_s1" set`},
		"none":                              {x: spanning{Applied: true}, want: "unknown s1", says: "left no transaction of its own"},
		"none, because the pause could not": {x: spanning{Source: "created", Target: "created"}, edit: func(e *Env) { e.State.Pause.StraddledLSN = 0 }, want: "warn s1", says: "not proven by one"},
		"none, and an old state":            {x: spanning{Source: "a", Target: "b", Applied: true}, edit: func(e *Env) { e.State.Pause.StraddledLSN = 0 }, want: "unknown s1"},
		"a slot that was restarted alone": {x: spanning{Source: "a", Applied: true}, edit: func(e *Env) {
			e.State.Pause = &StatePause{LSN: 0x6000, StraddledLSN: 0x7000}
			e.State.Slots = map[string]StateSlot{"s1": {StartLSN: 0x6000}}
		}, want: "fail s1", says: "began before 0/6000"},
		"another slot was restarted since, and had none": {x: spanning{Source: "a", Target: "a"}, edit: func(e *Env) {
			e.State.Pause = &StatePause{LSN: 0x7000}
			e.State.Slots = map[string]StateSlot{"s1": {StartLSN: 0x4000, StraddledLSN: 0x5000}}
		}, want: "pass s1"},
		"another slot was restarted since, and its own is not known": {x: spanning{Source: "a", Target: "a"}, edit: func(e *Env) {
			e.State.Pause = &StatePause{LSN: 0x7000, StraddledLSN: 0x8000}
			e.State.Slots = map[string]StateSlot{"s1": {StartLSN: 0x4000}}
		}, want: "unknown s1"},
	} {
		t.Run(name, func(t *testing.T) {
			e := notedEnv()
			e.State = &State{Pause: &StatePause{LSN: 0x4000, StraddledLSN: 0x5000}}
			e.live = &liveEnv{}
			if c.edit != nil {
				c.edit(e)
			}
			got := []Result{e.judgeSpanning(e.Plan.Groups[0], c.x)}
			require.Equal(t, []string{c.want}, brief(got), said(got))
			require.Contains(t, said(got), c.says)
			require.True(t, got[0].Status != Unknown || got[0].Undecided)
		})
	}
}
