package verify

import (
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/pgcutover/pgcutover/analyze"
	"github.com/pgcutover/pgcutover/planner"
)

var groups = []planner.Group{
	{Number: 1, Slot: "dms_slot_01", UpdateSet: "dms_slot_01", InsertSet: "idms_slot_01", Marker: analyze.Name{Schema: "pgcutover", Name: "marker_dms_slot_01"}, Tables: []analyze.Name{table2, table1}},
}

func goodSlot() slot {
	return slot{Name: "dms_slot_01", Plugin: "pglogical", Type: "logical", Database: "shop", WALStatus: "reserved", Restart: 0x1000, Confirmed: 0x2000}
}

func TestSlots(t *testing.T) {
	recorded := &State{Slots: map[string]StateSlot{"dms_slot_01": {ConfirmedFlushLSN: 0x2000}}}
	for name, c := range map[string]struct {
		edit  func(*slot)
		gone  bool
		state *State
		want  []string
		says  string
	}{
		"good":            {func(*slot) {}, false, recorded, nil, ""},
		"never created":   {nil, true, &State{}, []string{"fail dms_slot_01"}, "no slot of this name"},
		"dropped":         {nil, true, recorded, []string{"fail dms_slot_01"}, "somebody dropped it"},
		"physical":        {func(s *slot) { s.Type = "physical" }, false, recorded, []string{"fail dms_slot_01"}, "physical"},
		"other plugin":    {func(s *slot) { s.Plugin = "pgoutput" }, false, recorded, []string{"fail dms_slot_01"}, "pgoutput"},
		"other database":  {func(s *slot) { s.Database = "other" }, false, recorded, []string{"fail dms_slot_01"}, "other"},
		"temporary":       {func(s *slot) { s.Temporary = true }, false, recorded, []string{"fail dms_slot_01"}, "temporary"},
		"two-phase":       {func(s *slot) { s.TwoPhase = true }, false, recorded, []string{"fail dms_slot_01"}, "prepared"},
		"active":          {func(s *slot) { s.Active = true }, false, recorded, []string{"fail dms_slot_01"}, "reads from it now"},
		"somebody else's": {func(*slot) {}, false, &State{}, []string{"fail dms_slot_01"}, "state.json does not know it"},
		"went back":       {func(s *slot) { s.Confirmed = 0x1FFF }, false, recorded, []string{"fail dms_slot_01"}, "never goes back"},
		"moved on":        {func(s *slot) { s.Confirmed = 0x3000 }, false, recorded, nil, ""},
		"one too many":    {func(*slot) {}, false, &State{Slots: map[string]StateSlot{"dms_slot_01": {ConfirmedFlushLSN: 0x2000}, "dms_slot_09": {}}}, []string{"fail dms_slot_09"}, "the plan does not have"},
	} {
		t.Run(name, func(t *testing.T) {
			slots := map[string]slot{}
			if !c.gone {
				s := goodSlot()
				c.edit(&s)
				slots[s.Name] = s
			}
			got := judgeSlots(groups, "pglogical", slots, "shop", c.state)
			require.Equal(t, c.want, nilIfEmpty(worst(got)), said(got))
			require.Contains(t, said(got), c.says)
		})
	}
}

func TestSlotWAL(t *testing.T) {
	for name, c := range map[string]struct {
		edit func(*slot)
		want []string
	}{
		"reserved":       {func(*slot) {}, nil},
		"extended":       {func(s *slot) { s.WALStatus = "extended" }, nil},
		"before 13":      {func(s *slot) { s.WALStatus = "" }, nil},
		"unreserved":     {func(s *slot) { s.WALStatus = "unreserved" }, []string{"warn dms_slot_01"}},
		"lost":           {func(s *slot) { s.WALStatus, s.Restart = "lost", 0 }, []string{"fail dms_slot_01"}},
		"no restart_lsn": {func(s *slot) { s.Restart = 0 }, []string{"fail dms_slot_01"}},
		"invalidated":    {func(s *slot) { s.Invalidation = "wal_removed" }, []string{"fail dms_slot_01"}},
		"something new":  {func(s *slot) { s.WALStatus = "melting" }, []string{"unknown dms_slot_01"}},
	} {
		s := goodSlot()
		c.edit(&s)
		require.Equal(t, c.want, nilIfEmpty(worst(judgeSlotWAL(groups, map[string]slot{s.Name: s}, (&Env{}).noSlot))), name)
	}
	require.Equal(t, []string{"unasked dms_slot_01"}, worst(judgeSlotWAL(groups, nil, (&Env{}).noSlot)), "a slot that is gone has a check of its own")
}

func TestHandOff(t *testing.T) {
	for name, c := range map[string]struct {
		edit func(*handOff)
		want []string
		says string
	}{
		"good":                        {func(*handOff) {}, nil, ""},
		"slot exactly at the pause":   {func(h *handOff) { h.slot(func(s *slot) { s.Confirmed = 0x4000 }) }, []string{"warn dms_slot_01"}, "still not after"},
		"slot one byte after it":      {func(h *handOff) { h.slot(func(s *slot) { s.Confirmed = 0x4001 }) }, []string{"fail dms_slot_01"}, "somebody consumed"},
		"paused too early":            {func(h *handOff) { h.slot(func(s *slot) { s.Confirmed = 0x4001 }); h.record(0x4001) }, []string{"fail dms_slot_01"}, "let it catch up"},
		"slot never consistent":       {func(h *handOff) { h.slot(func(s *slot) { s.Confirmed = 0 }) }, []string{"fail dms_slot_01"}, "never became consistent"},
		"slot gone":                   {func(h *handOff) { h.Slots = nil }, []string{"unasked dms_slot_01"}, "G1-SLOT"},
		"sets later than the pause":   {func(h *handOff) { h.State.SetsCompleteLSN = 0x4001 }, []string{"fail 0/4000"}, "would be missing"},
		"sets never complete":         {func(h *handOff) { h.State.SetsCompleteLSN = 0 }, []string{"unknown 0/4000"}, ""},
		"from the future":             {func(h *handOff) { h.Source.Flush = 0x3FFF }, []string{"fail 0/4000"}, "not a position of this source"},
		"another system":              {func(h *handOff) { h.State.Pause.SystemIdentifier = "9" }, []string{"fail 0/4000"}, ""},
		"failed over":                 {func(h *handOff) { h.Source.Timeline = 2 }, []string{"fail 0/4000"}, "failed over"},
		"replica moved":               {func(h *handOff) { h.Replica.Replay = 0x4008 }, []string{"fail replica"}, "it stands at 0/4008"},
		"replica behind":              {func(h *handOff) { h.Replica.Replay = 0x3FF8 }, []string{"fail replica"}, ""},
		"replica silent":              {func(h *handOff) { h.Replica.Replay = 0 }, []string{"unknown replica"}, ""},
		"replica restarted":           {func(h *handOff) { h.Replica.StartTime = began.Add(2 * time.Hour) }, []string{"fail replica"}, "restart forgets the pause"},
		"replica promoted":            {func(h *handOff) { h.Replica.InRecovery = false }, []string{"fail replica"}, ""},
		"start recorded in seconds":   {func(h *handOff) { h.State.Pause.PostmasterStartTime = h.Replica.StartTime.Truncate(time.Second) }, nil, ""},
		"group restarted alone":       {func(h *handOff) { h.slot(func(s *slot) { s.Confirmed = 0x3A00 }); h.start(0x4000) }, nil, ""},
		"group restarted, too far":    {func(h *handOff) { h.slot(func(s *slot) { s.Confirmed = 0x4A00 }); h.start(0x4000) }, []string{"fail dms_slot_01"}, ""},
		"group goes on since before":  {func(h *handOff) { h.slot(func(s *slot) { s.Confirmed = 0x3800 }); h.start(0x3000) }, []string{"skip dms_slot_01"}, "has read on since"},
		"group goes on, not read yet": {func(h *handOff) { h.start(0x3000) }, nil, ""},
	} {
		t.Run(name, func(t *testing.T) {
			rep := standby()
			h := handOff{
				State: &State{SetsCompleteLSN: 0x3000, Slots: map[string]StateSlot{"dms_slot_01": {ConfirmedFlushLSN: 0x2000}},
					Pause: &StatePause{LSN: 0x4000, Timeline: 1, SystemIdentifier: "71", PostmasterStartTime: rep.StartTime}},
				Source: primary(), Replica: &rep, Groups: groups, Slots: map[string]slot{"dms_slot_01": goodSlot()},
			}
			c.edit(&h)
			got := h.judge()
			require.Equal(t, c.want, nilIfEmpty(worst(got)), said(got))
			require.Contains(t, said(got), c.says)
		})
	}
}

func TestEarlierPause(t *testing.T) {
	s := &State{Pause: &StatePause{LSN: 0x4000}, Slots: map[string]StateSlot{"dms_slot_01": {ConfirmedFlushLSN: 0x2000, StartLSN: 0x3000}, "b": {StartLSN: 0x4000}, "c": {}}}
	require.True(t, s.Earlier("dms_slot_01"))
	require.False(t, s.Earlier("b"))
	require.False(t, s.Earlier("c"))
	require.False(t, (*State)(nil).Earlier("a"))
	delete(s.Slots, "b")
	delete(s.Slots, "c")
	read := goodSlot()
	read.Active, read.Confirmed = true, 0x3500
	require.Empty(t, worst(judgeSlots(groups, "pglogical", map[string]slot{read.Name: read}, "shop", s)), "the task of a group that goes on reads from its slot")
}

func (h *handOff) slot(edit func(*slot)) {
	s := h.Slots["dms_slot_01"]
	edit(&s)
	h.Slots["dms_slot_01"] = s
}

func (h *handOff) record(l LSN) { h.State.Slots["dms_slot_01"] = StateSlot{ConfirmedFlushLSN: l} }

func (h *handOff) start(l LSN) {
	h.State.Slots["dms_slot_01"] = StateSlot{ConfirmedFlushLSN: h.Slots["dms_slot_01"].Confirmed, StartLSN: l}
}

func TestReplay(t *testing.T) {
	slots := map[string]slot{"dms_slot_01": goodSlot()}
	require.Empty(t, worst(judgeReplay(groups, slots, 0x3000, 0x3000)))
	require.Equal(t, []string{"fail replica"}, worst(judgeReplay(groups, slots, 0x3000, 0x2FFF)))
	require.Equal(t, []string{"fail replica"}, worst(judgeReplay(groups, slots, 0x1000, 0x1FFF)), "the slot is later than the sets")
	require.Equal(t, []string{"unknown replica"}, worst(judgeReplay(groups, slots, 0, 0x9000)))
	require.Equal(t, []string{"unknown replica"}, worst(judgeReplay(groups, slots, 0x3000, 0)))
	require.Equal(t, []string{"unasked replica"}, worst(judgeReplay(groups, nil, 0x3000, 0x9000)))
}

func TestPauseProof(t *testing.T) {
	at := func(l LSN, more ...func(*reading)) reading {
		r := reading{Recovery: true, Flag: true, Replay: l, Receive: 0x9000}
		for _, f := range more {
			f(&r)
		}
		return r
	}
	state := func(s string) func(*reading) { return func(r *reading) { r.State = s } }
	event := func(s string) func(*reading) { return func(r *reading) { r.Event = s } }
	for name, c := range map[string]struct {
		version int
		r       []reading
		want    Status
		says    string
	}{
		"14 paused":                      {140000, []reading{at(5, state("paused")), at(5, state("paused"))}, Pass, ""},
		"14 only requested":              {140000, []reading{at(5, state("pause requested")), at(5, state("pause requested"))}, Fail, "pause requested"},
		"14 moves":                       {150000, []reading{at(5, state("paused")), at(6, state("paused"))}, Fail, "moved"},
		"13 waits in its pause":          {130000, []reading{at(5), at(5, event("RecoveryPause"))}, Pass, ""},
		"13 waits for a query":           {130000, []reading{at(5), at(5, event("RecoveryConflictSnapshot"))}, Fail, "RecoveryConflictSnapshot"},
		"13 hidden":                      {130000, []reading{at(5), at(5)}, Warn, "no better proof"},
		"12 stands with more to replay":  {120000, []reading{at(5), at(5), at(5)}, Warn, "no better proof"},
		"9.6 has nothing more to replay": {90624, []reading{at(5), at(5), at(5, func(r *reading) { r.Receive = 5 })}, Warn, "cannot be seen"},
		"9.6 moves":                      {90624, []reading{at(5), at(5), at(6)}, Fail, "moved"},
		"flag is down":                   {150000, []reading{at(5, func(r *reading) { r.Flag = false }, state("not paused"))}, Fail, "not paused"},
		"flag came up in between":        {90624, []reading{at(5, func(r *reading) { r.Flag = false }), at(5)}, Fail, ""},
		"no standby":                     {150000, []reading{{}}, Fail, "no standby"},
	} {
		t.Run(name, func(t *testing.T) {
			got := proof{c.version, c.r}.judge()
			require.Equal(t, c.want, got.Status, got.Detail)
			require.Contains(t, got.Detail, c.says)
		})
	}
	require.Empty(t, worst(judgeFeedback(on("hot_standby_feedback", "off"))))
	require.Equal(t, []string{"warn hot_standby_feedback"}, worst(judgeFeedback(on("hot_standby_feedback", "on"))))
	require.Equal(t, []string{"unknown hot_standby_feedback"}, worst(judgeFeedback(on())))
}

func TestSets(t *testing.T) {
	good := func() map[string]replicationSet {
		return map[string]replicationSet{
			"dms_slot_01":  {Name: "dms_slot_01", Updates: true, Deletions: true, Members: map[analyze.Name]member{table1: {}, groups[0].Marker: {}}},
			"idms_slot_01": {Name: "idms_slot_01", Insertions: true, Truncations: true, Members: map[analyze.Name]member{table1: {}, table2: {}, groups[0].Marker: {}}},
		}
	}
	plan := planner.Plan{Groups: groups, Tables: []planner.Table{{Name: table2, Handling: planner.InsertsOnly}, {Name: table1, Handling: planner.Replicate}}}
	for name, c := range map[string]struct {
		edit    func(map[string]replicationSet)
		sets    []string
		members []string
		says    string
	}{
		"good":           {func(map[string]replicationSet) {}, nil, nil, ""},
		"no set":         {func(s map[string]replicationSet) { delete(s, "idms_slot_01") }, []string{"fail idms_slot_01"}, []string{"unasked idms_slot_01"}, ""},
		"other flags":    {func(s map[string]replicationSet) { x := s["dms_slot_01"]; x.Truncations = true; s["dms_slot_01"] = x }, []string{"fail dms_slot_01"}, nil, ""},
		"missing":        {func(s map[string]replicationSet) { delete(s["dms_slot_01"].Members, table1) }, nil, []string{"fail public.orders"}, "it is not in dms_slot_01"},
		"marker missing": {func(s map[string]replicationSet) { delete(s["idms_slot_01"].Members, groups[0].Marker) }, nil, []string{"fail pgcutover.marker_dms_slot_01"}, ""},
		"extra": {func(s map[string]replicationSet) {
			s["idms_slot_01"].Members[analyze.Name{Schema: "x", Name: "y"}] = member{}
		}, nil, []string{"fail x.y"}, "where the plan does not have it"},
		"insert-only update": {func(s map[string]replicationSet) { s["dms_slot_01"].Members[table2] = member{} }, nil, []string{"fail public.log"}, ""},
		"columns":            {func(s map[string]replicationSet) { s["idms_slot_01"].Members[table1] = member{Columns: true} }, nil, []string{"fail public.orders"}, "list of columns"},
		"rows":               {func(s map[string]replicationSet) { s["idms_slot_01"].Members[table1] = member{Rows: true} }, nil, []string{"fail public.orders"}, "row filter"},
	} {
		t.Run(name, func(t *testing.T) {
			s := good()
			c.edit(s)
			require.Equal(t, c.sets, nilIfEmpty(worst(judgeSets(groups, s))))
			got := judgeMembers(plan, s, beforePause)
			require.Equal(t, c.members, nilIfEmpty(worst(got)), said(got))
			require.Contains(t, said(got), c.says)
			if len(c.members) > 0 && c.members[0] != "unasked idms_slot_01" {
				require.Contains(t, said(judgeMembers(plan, s, atPause)), map[bool]string{true: "at the pause", false: ""}[name == "missing"])
				for _, r := range judgeMembers(plan, s, sincePause) {
					switch {
					case r.Status != Fail:
					case name == "extra" || name == "insert-only update":
						require.Contains(t, r.Hint, "replication_set_remove_table", "nothing is lost by a table too many")
					default:
						require.Equal(t, tooLate, r.Hint)
					}
				}
			}
		})
	}
	require.Len(t, worst(judgeMembers(plan, nil, atPause)), 2, "a set that did not exist at the pause")
	require.Contains(t, said(judgeMembers(plan, nil, beforePause)), "the replication set does not exist")
	native := plan
	native.Options.Engine = planner.EngineNative
	require.Contains(t, said(judgeMembers(native, nil, atPause)), "the publication did not exist at the pause")
	require.NotContains(t, said(judgeMembers(native, nil, beforePause)), "replication set")
	there := map[analyze.Name]marker{groups[0].Marker: {Columns: markerColumns, Key: "id"}}
	require.Empty(t, worst(judgeMarkers(groups, there, map[int]int{1: 1})))
	require.Len(t, worst(judgeMarkers(groups, there, nil)), 1)
	require.Len(t, worst(judgeMarkers(groups, nil, nil)), 1)
	require.Len(t, worst(judgeMarkers(groups, map[analyze.Name]marker{groups[0].Marker: {Columns: "id integer", Key: "id"}}, map[int]int{1: 1})), 1)
}

func TestStraddlers(t *testing.T) {
	text := func(s string) *string { return &s }
	rows := []peeked{
		{text("0/10"), "1", `{"action":"B", "first_lsn":"0/10"}`},
		{text("0/20"), "1", `{"action":"I", "relation":["public","broken "name"]}`}, // pglogical does not escape
		{text("0/50"), "1", `{"action":"C", "final_lsn":"0/40", "end_lsn":"0/50"}`},
		{text("0/30"), "2", `{"action":"B", "first_lsn":"0/30"}`},
		{text("0/90"), "2", `{"action":"C", "final_lsn":"0/80", "end_lsn":"0/90"}`},
		{text("0/85"), "3", `{"action":"B", "first_lsn":"0/85"}`},
		{text("0/99"), "3", `{"action":"C", "final_lsn":"0/95", "end_lsn":"0/99"}`},
	}
	list, last := straddlers(rows, 0x60)
	require.Equal(t, LSN(0x95), last)
	require.Equal(t, []straddler{{"2", 0x30, 0x80}}, list)
	list, last = straddlers(rows[:3], 0x60)
	require.Zero(t, last, "nothing after the position was seen yet")
	require.Empty(t, list)
	list, _ = straddlers(rows, 0x80)
	require.Equal(t, []straddler{{"2", 0x30, 0x80}}, list, "a commit that starts exactly at the position is still to come")
	require.Equal(t, Unknown, judgeStraddlers("s", nil, 0).Status)
	require.Contains(t, judgeStraddlers("s", list, 0x95).Detail, "1 transaction in flight")
}

func TestLedger(t *testing.T) {
	n := func(v int64) *int64 { return &v }
	marker := groups[0].Marker
	plan := planner.Plan{
		Groups: groups, Items: []planner.Item{{ID: 1, Tables: []analyze.Name{table1}}, {ID: 2, Tables: []analyze.Name{table2}}},
		Builds: []planner.Build{{ID: 3, Kind: planner.BuildIndex, Table: table1, Name: "orders_pkey"}},
	}
	good := func() ledger {
		copied := func(id int, t analyze.Name, rows int64) ledgerItem {
			return ledgerItem{ID: id, Kind: "copy", Label: t.String(), State: "done", Tables: []ledgerTable{{t, n(rows), n(rows)}}}
		}
		return ledger{There: true, Run: &ledgerRun{"f", 0x4000, began, "71"}, Items: map[int]ledgerItem{
			1: copied(1, table1, 10), 2: copied(2, table2, 5), 3: {ID: 3, Kind: "index", Label: "index", State: "done"}, 4: copied(4, marker, 1),
		}}
	}
	edit := func(id int, f func(*ledgerItem)) func(*ledger) {
		return func(l *ledger) {
			it := l.Items[id]
			f(&it)
			l.Items[id] = it
		}
	}
	for name, c := range map[string]struct {
		edit func(*ledger)
		want []string
		says string
	}{
		"good":             {func(*ledger) {}, nil, "16 rows received as sent"},
		"none":             {func(l *ledger) { l.There = false }, []string{"fail ledger"}, ""},
		"no run":           {func(l *ledger) { l.Run = nil }, []string{"fail ledger"}, ""},
		"another plan":     {func(l *ledger) { l.Run.Plan = "g" }, []string{"fail ledger"}, ""},
		"item missing":     {func(l *ledger) { delete(l.Items, 2) }, []string{"fail item 2"}, ""},
		"build missing":    {func(l *ledger) { delete(l.Items, 3) }, []string{"fail item 3"}, "orders_pkey"},
		"markers missing":  {func(l *ledger) { delete(l.Items, 4) }, []string{"fail item 4"}, "marker"},
		"item of nobody":   {func(l *ledger) { l.Items[9] = ledgerItem{ID: 9, State: "done"} }, []string{"fail item 9"}, ""},
		"another kind":     {edit(3, func(i *ledgerItem) { i.Kind = "analyze" }), []string{"fail item 3"}, ""},
		"waiting":          {edit(3, func(i *ledgerItem) { i.State = "waiting" }), []string{"fail item 3"}, "goes on where it stopped"},
		"failed":           {edit(1, func(i *ledgerItem) { i.State, i.Error = "failed", "disk full" }), []string{"fail item 1"}, "disk full"},
		"lost on the way":  {edit(1, func(i *ledgerItem) { i.Tables[0].Received = n(9) }), []string{"fail public.orders"}, "10 rows were sent and 9 received"},
		"not counted":      {edit(1, func(i *ledgerItem) { i.Tables[0].Received = nil }), []string{"fail public.orders"}, ""},
		"another table":    {edit(1, func(i *ledgerItem) { i.Tables[0].Name = table2 }), []string{"fail item 1"}, ""},
		"a table left out": {edit(1, func(i *ledgerItem) { i.Tables = nil }), []string{"fail item 1"}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			l := good()
			c.edit(&l)
			got := l.judge(plan, "f")
			require.Equal(t, c.want, nilIfEmpty(worst(got)), said(got))
			require.Contains(t, said(got), c.says)
		})
	}
	l := good()
	edit(2, func(i *ledgerItem) { i.State = "waiting" })(&l)
	require.Equal(t, map[analyze.Name]int64{table1: 10, marker: 1}, l.sent(groups), "of a table with an open part the sum says nothing")

	again := func(edit func(*ledger)) ledger {
		l := good()
		l.Items[1_000_000] = ledgerItem{ID: 1_000_000, Kind: "copy", Label: "again", State: "done", Tables: []ledgerTable{{table1, n(7), n(7)}, {table2, n(6), n(6)}}}
		l.Items[1_000_001] = ledgerItem{ID: 1_000_001, Kind: "copy", Label: "again", State: "done", Tables: []ledgerTable{{marker, n(1), n(1)}}}
		edit(&l)
		return l
	}
	require.Empty(t, worst(again(func(*ledger) {}).judge(plan, "f")), "a group that was restarted alone")
	require.Equal(t, map[analyze.Name]int64{table1: 7, table2: 6, marker: 1}, again(func(*ledger) {}).sent(groups), "the last load counts")
	require.Equal(t, []string{"fail pgcutover.marker_dms_slot_01"}, worst(again(func(l *ledger) { delete(l.Items, 1_000_001) }).judge(plan, "f")))
	require.Equal(t, []string{"fail item 1000000"}, worst(again(edit(1_000_000, func(i *ledgerItem) { i.State = "waiting" })).judge(plan, "f")))
	require.Equal(t, []string{"fail public.orders"}, worst(again(edit(1_000_000, func(i *ledgerItem) { i.Tables[0].Received = n(6) })).judge(plan, "f")))

	state := &State{Pause: &StatePause{LSN: 0x4000, SystemIdentifier: "71", PostmasterStartTime: began}}
	require.Equal(t, Pass, good().judgeRun(state).Status)
	for name, f := range map[string]func(*ledgerRun){
		"lsn": func(r *ledgerRun) { r.LSN++ }, "start": func(r *ledgerRun) { r.StartTime = began.Add(time.Second) }, "system": func(r *ledgerRun) { r.SystemIdentifier = "72" },
	} {
		l := good()
		f(l.Run)
		require.Equal(t, Fail, l.judgeRun(state).Status, name)
	}
	require.True(t, ledger{}.judgeRun(state).Undecided)
}

func TestStillAtPause(t *testing.T) {
	finished := began.Add(3 * time.Hour)
	for name, c := range map[string]struct {
		edit   func(*State, *server)
		paused bool
		want   Status
	}{
		"stands":                    {func(*State, *server) {}, true, Pass},
		"moved":                     {func(_ *State, s *server) { s.Replay += 8 }, true, Fail},
		"restarted":                 {func(_ *State, s *server) { s.StartTime = finished }, true, Fail},
		"promoted":                  {func(_ *State, s *server) { s.InRecovery = false }, false, Fail},
		"not paused, not moved yet": {func(*State, *server) {}, false, Fail},
		"resumed after the load":    {func(x *State, s *server) { at := finished.Add(time.Minute); x.ResumedAt = &at; s.Replay += 8 }, false, Pass},
		"resumed during the load":   {func(x *State, _ *server) { at := finished.Add(-time.Minute); x.ResumedAt = &at }, false, Fail},
		"resumed and never loaded":  {func(x *State, _ *server) { at := finished; x.ResumedAt, x.Load = &at, nil }, false, Fail},
	} {
		rep := standby()
		s := &State{Pause: &StatePause{LSN: 0x4000, PostmasterStartTime: rep.StartTime}, Load: &StateLoad{FinishedAt: &finished}}
		c.edit(s, &rep)
		require.Equal(t, c.want, judgeStill(s, rep, c.paused, "").Status, name)
	}
}

// Once a slot is restarted alone what was loaded last is of that slot: the others have nothing to begin anew.
func TestWhatBeginsAnew(t *testing.T) {
	groups := []planner.Group{{Number: 1, Slot: "a"}, {Number: 2, Slot: "b"}}
	for want, items := range map[string]map[int]string{
		"80-recovery/83-full-restart.sh":                                                  {1: "waiting", 2: "done"},
		"80-recovery/82-restart-slot.sh a --yes":                                          {1: "done", planner.RestartIDs: "done"},
		"80-recovery/82-restart-slot.sh b --yes":                                          {1: "done", planner.RestartIDs: "done", 2 * planner.RestartIDs: "failed", 2*planner.RestartIDs + 1: "done"},
		"80-recovery/82-restart-slot.sh SLOT --yes, for the slot that was restarted last": {planner.RestartIDs: "done", 2 * planner.RestartIDs: "done"},
	} {
		l := ledger{Items: map[int]ledgerItem{}}
		for id, state := range items {
			l.Items[id] = ledgerItem{State: state}
		}
		require.Equal(t, want, l.anew(groups))
		at := began
		require.Contains(t, judgeStill(&State{Pause: &StatePause{}, ResumedAt: &at}, standby(), false, l.anew(groups)).Hint, want)
	}
}

func TestRowCounts(t *testing.T) {
	n := func(v int64) *int64 { return &v }
	for name, c := range map[string]struct {
		c    rowCount
		want Status
		says string
	}{
		"equal":                    {rowCount{Replica: n(5), Target: n(5), Ledger: n(5)}, Pass, "5 rows"},
		"missing":                  {rowCount{Replica: n(5), Target: n(4), Ledger: n(5)}, Fail, "1 row missing"},
		"too many":                 {rowCount{Replica: n(5), Target: n(7)}, Fail, "2 rows too many"},
		"sent another number":      {rowCount{Replica: n(5), Target: n(5), Ledger: n(4)}, Fail, "the load sent 4"},
		"no table":                 {rowCount{Replica: n(5)}, Fail, "not on the target"},
		"denied":                   {rowCount{Refused: errors.New("permission denied"), Target: n(5)}, Unknown, "permission denied"},
		"only the ledger":          {rowCount{Target: n(5), Ledger: n(5)}, Pass, "as many as the load sent"},
		"only the ledger, missing": {rowCount{Target: n(4), Ledger: n(5)}, Fail, "1 row missing"},
		"nothing to compare with":  {rowCount{Target: n(4)}, Unknown, "nothing to compare"},
		"empty":                    {rowCount{Replica: n(0), Target: n(0)}, Pass, "0 rows"},
		"months":                   {rowCount{Months: []month{{"2026-01-01", "2026-02-01", 3, 3}}}, Pass, "1 sampled month"},
		"another month":            {rowCount{Months: []month{{"2026-01-01", "2026-02-01", 3, 3}, {"2026-03-01", "2026-04-01", 3, 2}}}, Fail, "2026-03-01"},
	} {
		got := c.c.judge()
		require.Equal(t, c.want, got.Status, name)
		require.Contains(t, got.Detail, c.says, name)
	}
	require.Equal(t, []string{"unknown replica"}, worst(judgeMethod(RowsExact, "it moved", nil)))
	require.Equal(t, []string{"warn sample"}, worst(judgeMethod(RowsSample, "", []*rowCount{{Months: []month{{}}}, nil})), "a sample is no proof")
	require.Empty(t, judgeMethod(RowsExact, "", nil))
}

func TestWhatTheReplicaRefusesToCount(t *testing.T) {
	five := int64(5)
	counts := []rowCount{{Target: &five}, {}, {Target: &five}}
	note(counts, []tally{{Refused: errors.New("a page is damaged")}, {Refused: errors.New("a page is damaged")}, {Rows: 5}})
	for i, want := range []Status{Unknown, Fail, Pass} { // a table that the target lacks is missing there, whatever the replica says
		require.Equal(t, want, counts[i].judge().Status, i)
	}
}

func TestSpread(t *testing.T) {
	day := func(s string) time.Time { at, _ := time.Parse(time.DateOnly, s); return at }
	from := func(ms []month) (out []string) {
		for _, m := range ms {
			out = append(out, m.From)
		}
		return out
	}
	require.Equal(t, []string{"2026-01-01"}, from(spread(day("2026-01-01"), day("2026-01-01"))))
	require.Equal(t, []string{"2025-12-01", "2026-01-01", "2026-02-01"}, from(spread(day("2025-12-01"), day("2026-02-01"))))
	got := spread(day("2020-01-01"), day("2026-12-01"))
	require.Len(t, got, 6)
	require.Equal(t, "2020-01-01", got[0].From)
	require.Equal(t, month{From: "2026-12-01", To: "2027-01-01"}, got[5])
}

func TestSequenceValues(t *testing.T) {
	seq := analyze.Name{Schema: "public", Name: "s"}
	judge := func(from Side, increment int64, theirs, ours sequenceValue, cycle bool) Status {
		c := sequenceCheck{From: from, Theirs: map[analyze.Name]sequenceValue{seq: theirs}, Target: map[analyze.Name]sequenceValue{seq: ours}}
		return c.judge([]planner.Sequence{{Name: seq, Increment: increment, Cycle: cycle}})[0].Status
	}
	v := func(last int64, called bool) sequenceValue { return sequenceValue{last, called} }
	require.Equal(t, Pass, judge(Replica, 1, v(10, true), v(10, true), false))
	require.Equal(t, Pass, judge(Replica, 1, v(10, true), v(11, false), false), "both hand out 11 next")
	require.Equal(t, Fail, judge(Replica, 1, v(10, true), v(10, false), false))
	require.Equal(t, Fail, judge(Replica, 5, v(46, true), v(41, true), false))
	require.Equal(t, Pass, judge(Replica, 1, v(10, true), v(1000, true), false), "ahead is fine")
	require.Equal(t, Fail, judge(Replica, -1, v(-10, true), v(-9, true), false), "downwards")
	require.Equal(t, Pass, judge(Replica, -1, v(-10, true), v(-11, true), false))
	require.Equal(t, Fail, judge(Replica, 1, v(9223372036854775807, true), v(9223372036854775807, false), false), "at its very end")
	require.Equal(t, Warn, judge(Replica, 1, v(3, true), v(90, true), true), "of one that goes round nobody can tell")
	require.Equal(t, Unknown, judge(Source, 1, v(10, true), v(9, true), false), "the source moved on meanwhile")
	require.Equal(t, Pass, judge(Source, 1, v(10, true), v(10, true), false))
	planned := []planner.Sequence{{Name: seq, Increment: 1}}
	require.Equal(t, []string{"fail public.s"}, worst(sequenceCheck{From: Replica}.judge(planned)))
	require.Equal(t, []string{"fail public.s"}, worst(sequenceCheck{From: Replica, Theirs: map[analyze.Name]sequenceValue{seq: {}}}.judge(planned)))
	require.Equal(t, []string{"unknown public.s"}, worst(sequenceCheck{From: Replica, Denied: map[analyze.Name]bool{seq: true}}.judge(planned)))
	require.Equal(t, []string{"unknown public.s"}, worst(sequenceCheck{From: Replica, Theirs: map[analyze.Name]sequenceValue{seq: {}}, DeniedTarget: map[analyze.Name]bool{seq: true}}.judge(planned)))
}
