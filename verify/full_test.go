package verify

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/pgcutover/pgcutover/analyze"
	"github.com/pgcutover/pgcutover/planner"
)

func fullEnv(edit func(*State)) *Env {
	p := planner.Plan{Options: planner.DefaultsFor(planner.EngineDMSFull), Full: &planner.Full{Plugin: "test_decoding"}}
	p.Names.Role = "pgcutover_cdc"
	for _, slot := range []string{"dms_full_01", "dms_full_02"} {
		p.Groups = append(p.Groups, planner.Group{Number: len(p.Groups) + 1, Slot: slot, Marker: analyze.Name{Schema: "pgcutover", Name: "marker_" + slot}, Tables: []analyze.Name{{Schema: "public", Name: "t_" + slot}}})
	}
	at := time.Date(2026, 11, 27, 12, 0, 0, 0, time.UTC)
	s := &State{Plan: "f", Schema: &StateSchema{}, Full: &StateFull{StartedAt: &at}, Tasks: map[string]StateTask{
		"dms_full_01": {Slot: "made_1", LoadedAt: &at, Rows: 12}, "dms_full_02": {Slot: "made_2", LoadedAt: &at, Rows: 3},
	}}
	if edit != nil {
		edit(s)
	}
	return &Env{Plan: p, State: s}
}

func noted1(s *State, edit func(*StateTask)) {
	x := s.Tasks["dms_full_01"]
	edit(&x)
	s.Tasks["dms_full_01"] = x
}

func TestFullGates(t *testing.T) {
	p := planner.Plan{Options: planner.DefaultsFor(planner.EngineDMSFull)}
	for gate, want := range map[Gate][]string{
		Preflight:    {"G0-CONF", "G0-CAP", "G0-EXT", "G0-RIGHTS", "G0-HAZARD", "G0-DRIFT", "G0-WALCAP", "G0-XACT", "G0-EMPTY"},
		CDCReady:     {"G0-CONF", "G1-ROLE", "G0-DRIFT", "G1-MARKER", "G0-WALCAP", "G0-XACT", "G4-EMPTY", "G3-COLS", "G3-CON", "G3-IDX", "G3-FIRE", "G4-ROLE", "G4-CONTROL", "G4-BATCH"},
		Loaded:       {"G0-DRIFT", "G2-WAL", "G3-COVER", "G3-SENT", "G3-EXC", "G3-COLS", "G3-CON", "G3-IDX", "G3-OBJ", "G3-STATS", "G5-WALCAP"},
		CDC:          {"G0-DRIFT", "G2-WAL", "G5-WALCAP", "G5-LAG", "G5-READ", "G5-STATUS", "G5-EXC", "G5-SUSPEND", "G5-VALID", "G3-EXC"},
		CutoverReady: {"G6-MARKER", "G2-WAL", "G5-LAG", "G5-READ", "G3-COLS"},
		Cutover:      {"G7-FENCE", "G7-DRAIN", "G7-PARITY", "G7-SEQ", "G7-COLS", "G5-EXC", "G5-SUSPEND"},
		After:        {"G8-SLOTS"},
	} {
		checks, _, err := Select(ChecksOf(p), gate, nil, nil)
		require.NoError(t, err)
		var codes []string
		for _, c := range checks {
			codes = append(codes, c.Code)
			require.NotContains(t, c.Needs, Replica, c.Code)
		}
		require.Subset(t, codes, want, gate)
		for _, code := range []string{"G0-FOREIGN", "G0-STANDBY", "G0-SECRET", "G1-SETS", "G1-MEMBER", "G1-SLOT", "G2-LSN", "G2-PAUSED", "G3-ROWS", "G3-LSN", "G3-SEQ", "G4-TRIM", "G4-LSN", "G5-STRADDLER", "G5-PARITY", "G7-STOP"} {
			require.NotContains(t, codes, code, gate)
		}
	}
	for _, gate := range []Gate{ReadyToPause, Paused} {
		_, _, err := Select(ChecksOf(p), gate, nil, nil)
		require.EqualError(t, err, "the plan's order of work has no gate "+string(gate)+": its gates are preflight, cdc-ready, loaded, cdc, cutover-ready, cutover, after")
	}
	for code := range inFull {
		require.True(t, slices.ContainsFunc(ChecksOf(p), func(c Check) bool { return c.Code == code }) || slices.Contains([]string{"G4-TASK", "G4-EP", "G4-SET"}, code), code)
	}
	now := time.Now()
	for _, c := range []struct {
		state *State
		want  Gate
	}{{nil, Preflight}, {&State{Tasks: map[string]StateTask{"a": {MadeAt: &now}}}, CDCReady}, {&State{Full: &StateFull{StartedAt: &now}}, Loaded}, {&State{Full: &StateFull{}, CDCStartedAt: &now}, CDC}} {
		_, gate, err := Select(ChecksOf(p), "", []string{"G0-DRIFT"}, c.state)
		require.NoError(t, err)
		require.Equal(t, c.want, gate)
	}
}

func TestFullState(t *testing.T) {
	o := planner.DefaultsFor(planner.EngineDMSFull)
	at := time.Now()
	for _, c := range []struct {
		gate  Gate
		state State
		want  string
	}{
		{Preflight, State{Plan: "f"}, "pass state"},
		{CDCReady, State{Plan: "f"}, "unknown state"},
		{CDCReady, State{Plan: "f", Schema: &StateSchema{}}, "pass state"},
		{Loaded, State{Plan: "f", Schema: &StateSchema{}}, "unknown state"},
		{Loaded, State{Plan: "f", Full: &StateFull{StartedAt: &at}}, "pass state"},
		{CDC, State{Plan: "f", Full: &StateFull{StartedAt: &at}}, "unknown state"},
		{CDC, State{Plan: "f", Full: &StateFull{StartedAt: &at}, CDCStartedAt: &at}, "pass state"},
		{Cutover, State{Plan: "f", Full: &StateFull{StartedAt: &at}, CDCStartedAt: &at}, "unknown state"},
		{Cutover, State{Plan: "f", Drain: &StateDrain{}}, "pass state"},
	} {
		require.Equal(t, []string{c.want}, brief(judgeState(c.gate, "f", &c.state, 1, o)), "%s %+v", c.gate, c.state)
	}
	// What the scripts write is read, numbers as they write them.
	s, err := DecodeState(strings.NewReader(`{"format": 1, "plan": "f", "full": {"started_at": "2026-11-27T12:00:00Z", "loaded_at": "2026-11-27T13:00:00Z"},
		"tasks": {"dms_full_01": {"made_at": "2026-11-27T11:00:00Z", "started_at": "2026-11-27T12:00:00Z", "slot": "made_1", "slot_lsn": "0/16B3748", "loaded_at": "2026-11-27T13:00:00Z", "rows": "12", "stop_reason": "Stop Reason STOPPED_AFTER_FULL_LOAD", "resumed_at": "2026-11-27T14:00:00Z"}}}`))
	require.NoError(t, err)
	require.Equal(t, int64(12), s.Tasks["dms_full_01"].Rows)
	require.Equal(t, "made_1", s.Tasks["dms_full_01"].Slot)
	require.Equal(t, "0/16B3748", s.Tasks["dms_full_01"].SlotLSN.String())
}

func TestJudgeFullRead(t *testing.T) {
	good := func() []dmsSlot {
		return []dmsSlot{{Name: "made_1", Plugin: "test_decoding", Active: true, Ours: true}, {Name: "made_2", Plugin: "test_decoding", Active: true, Ours: true}}
	}
	unknown := func(s *State) { noted1(s, func(x *StateTask) { x.Slot = "" }) }
	for name, c := range map[string]struct {
		state func(*State)
		slots []dmsSlot
		want  []string
	}{
		"good":               {nil, good(), []string{"pass dms_full_01", "pass dms_full_02"}},
		"dropped":            {nil, good()[1:], []string{"fail dms_full_01", "pass dms_full_02"}},
		"not read":           {nil, append(good()[1:], dmsSlot{Name: "made_1", Plugin: "test_decoding"}), []string{"fail dms_full_01", "pass dms_full_02"}},
		"another plugin":     {nil, append(good()[1:], dmsSlot{Name: "made_1", Plugin: "pgoutput", Active: true, Ours: true}), []string{"fail dms_full_01", "pass dms_full_02"}},
		"another reader":     {nil, append(good()[1:], dmsSlot{Name: "made_1", Plugin: "test_decoding", Active: true}), []string{"warn dms_full_01", "pass dms_full_02"}},
		"left behind":        {nil, append(good(), dmsSlot{Name: "old", Plugin: "test_decoding"}), []string{"pass dms_full_01", "pass dms_full_02", "warn other slots"}},
		"somebody else's":    {nil, append(good(), dmsSlot{Name: "sub", Plugin: "pgoutput"}), []string{"pass dms_full_01", "pass dms_full_02"}},
		"not noted":          {unknown, good(), []string{"pass dms_full_02", "warn dms_full_01"}},
		"not noted nor read": {unknown, good()[1:], []string{"pass dms_full_02", "fail dms_full_01"}},
	} {
		t.Run(name, func(t *testing.T) { require.ElementsMatch(t, c.want, brief(fullEnv(c.state).judgeFullRead(c.slots))) })
	}
	for name, c := range map[string]struct {
		state func(*State)
		slots []dmsSlot
		want  []string
	}{
		"gone":                         {nil, nil, []string{"pass dms_full_01", "pass dms_full_02"}},
		"one left":                     {nil, good()[:1], []string{"fail dms_full_01", "pass dms_full_02"}},
		"one is read":                  {nil, []dmsSlot{{Name: "other", Plugin: "test_decoding", Active: true, Ours: true}}, []string{"pass dms_full_01", "pass dms_full_02", "fail slot other"}},
		"one idle":                     {nil, []dmsSlot{{Name: "other", Plugin: "test_decoding"}}, []string{"pass dms_full_01", "pass dms_full_02", "warn slot other"}},
		"not noted":                    {unknown, nil, []string{"warn dms_full_01", "pass dms_full_02"}},
		"not noted, and one is idle":   {unknown, []dmsSlot{{Name: "other", Plugin: "test_decoding"}}, []string{"unknown dms_full_01", "pass dms_full_02", "warn slot other"}},
		"not noted, and one is read":   {unknown, []dmsSlot{{Name: "other", Plugin: "test_decoding", Active: true}}, []string{"unknown dms_full_01", "pass dms_full_02"}},
		"not noted, of another plugin": {unknown, []dmsSlot{{Name: "other", Plugin: "pgoutput"}}, []string{"warn dms_full_01", "pass dms_full_02"}},
	} {
		t.Run("after "+name, func(t *testing.T) {
			require.ElementsMatch(t, c.want, brief(fullEnv(c.state).judgeFullRetired(c.slots)))
		})
	}
	require.Equal(t, []string{"unknown dms_full_01"}, brief([]Result{fullEnv(unknown).noSlot("dms_full_01")}))
	require.Equal(t, []string{"unasked dms_full_01"}, brief([]Result{fullEnv(nil).noSlot("dms_full_01")}))
}

func TestJudgeCDCRole(t *testing.T) {
	reader := cdcRole{Login: true, Replication: true}
	super := reader
	super.Super = true
	e := fullEnv(nil)
	require.Equal(t, []string{"pass pgcutover_cdc"}, brief(e.judgeCDCRole(reader, 150000)))
	e.Plan.Full.Plugin = "pglogical"
	require.Equal(t, []string{"fail pgcutover_cdc", "pass pgcutover_cdc"}, brief(e.judgeCDCRole(reader, 150000)))
	require.Equal(t, []string{"pass pgcutover_cdc"}, brief(e.judgeCDCRole(super, 150000)))
	e.Plan.Options.Engine = planner.EngineDMS
	require.Equal(t, []string{"pass pgcutover_cdc"}, brief(e.judgeCDCRole(reader, 150000)))
}

func TestJudgeSent(t *testing.T) {
	name := func(schema, table string) analyze.Name { return analyze.Name{Schema: schema, Name: table} }
	good := func() fullRows {
		return fullRows{map[analyze.Name]int64{name("pgcutover", "marker_dms_full_01"): 2, name("public", "t_dms_full_01"): 10, name("pgcutover", "marker_dms_full_02"): 2, name("public", "t_dms_full_02"): 1}, map[analyze.Name]string{}}
	}
	at := time.Now()
	for label, c := range map[string]struct {
		state func(*State)
		edit  func(fullRows)
		want  string
	}{
		"good":         {nil, nil, "pass dms_full_01"},
		"one lost":     {nil, func(r fullRows) { r.Rows[name("public", "t_dms_full_01")]-- }, "fail dms_full_01"},
		"one more":     {nil, func(r fullRows) { r.Rows[name("public", "t_dms_full_01")]++ }, "fail dms_full_01"},
		"no table":     {nil, func(r fullRows) { delete(r.Rows, name("public", "t_dms_full_01")) }, "unknown dms_full_01"},
		"not loaded":   {func(s *State) { noted1(s, func(x *StateTask) { x.LoadedAt = nil }) }, nil, "unasked dms_full_01"},
		"gone on":      {func(s *State) { noted1(s, func(x *StateTask) { x.ResumedAt = &at }) }, func(r fullRows) { r.Rows[name("public", "t_dms_full_01")] = 99 }, "skip dms_full_01"},
		"nobody knows": {func(s *State) { s.Tasks = nil }, nil, "unasked dms_full_01"},
	} {
		t.Run(label, func(t *testing.T) {
			r := good()
			if c.edit != nil {
				c.edit(r)
			}
			out := fullEnv(c.state).judgeSent(r)
			require.Contains(t, brief(out), c.want)
			require.Equal(t, label == "no table" || label == "not loaded" || label == "nobody knows", out[0].Undecided)
		})
	}
	require.Equal(t, []string{"pass"}, brief(judgeTablesEmpty(nil, 3)))
	require.Equal(t, []string{"fail a", "fail b"}, brief(judgeTablesEmpty([]string{"a", "b"}, 3)))
	require.Equal(t, []string{"unasked"}, worst(judgeTablesEmpty(nil, 0)), "no table is no pass")
	e := fullEnv(nil)
	require.Equal(t, []string{"pass"}, brief(e.judgeLoadExceptions(nil)))
	require.Equal(t, []string{"fail", "fail public.t"}, brief(e.judgeLoadExceptions([]noted{{Owner: "public", Name: "t", Count: 1}, {Count: 2}})))
	require.Equal(t, []string{"pass"}, brief(e.judgeValidation([]noted{{Owner: "public", Name: "t", Task: "another", Count: 1}})))
	require.Equal(t, []string{"warn public.t"}, brief(e.judgeValidation([]noted{{Owner: "public", Name: "t", Kind: "RECORD_DIFF", Count: 1}})))
}

// filesNamed are paths of a bundle in a text.
var filesNamed = regexp.MustCompile(`\b[1-8][0-9]-[a-z]+/(?:dms/|native/)?[0-9]{2}-[a-z-]+\.(?:sh|sql|md)|\b[1-8][0-9]-[a-z-]+\.(?:sh|sql)\b`)

// notOfFull are the functions that name files which the bundle of the engine dms-full does not have, and that it does not reach: each was looked at.
var notOfFull = []string{
	"applying.go", "delta.go checkDelta", "plan.go judgeState", "preflight.go", "promote.go judge", "promote.go judgeAuroraState", "promote.go judgeCopy", "publications.go judgePublications", "sets.go", "sets.go checkSets", "sets.go judgeMembers", "sets.go judgeSets",
	"slots.go judge", "slots.go judgeReplay", "slots.go judgeReplica", "slots.go judgeSlots", "snapshot.go bySnapshots", "snapshot.go judgeHeld", "snapshot.go judgePoint",
	"snapshot.go snapshotChecks", "subscriptions.go checkSubscriptions",
}

// TestFullWords looks at every text of this package and of package dms that names files of a bundle: in the words of a full load it names none that the engine's bundle
// does not have, unless its function is not reached by that engine.
func TestFullWords(t *testing.T) {
	there := map[string]bool{}
	for _, dir := range []string{"full-lobs", "rds13-aurora16-full", "rds11-aurora11-full-replica"} {
		root := filepath.Join("..", "golden", "cases", dir, "migration")
		require.NoError(t, filepath.WalkDir(root, func(path string, d os.DirEntry, err error) error {
			if rel, _ := filepath.Rel(root, path); err == nil && !d.IsDir() {
				there[filepath.ToSlash(rel)], there[filepath.Base(rel)] = true, true
			}
			return err
		}))
	}
	lacks := func(text string) (out []string) {
		for _, file := range filesNamed.FindAllString(FullWords(text), -1) {
			if !there[file] {
				out = append(out, file)
			}
		}
		return out
	}
	p := planner.Plan{Options: planner.DefaultsFor(planner.EngineDMSFull)}
	for _, c := range ChecksOf(p) {
		require.Empty(t, lacks(c.Title+" "+c.Why+" "+c.Remedy), c.Code)
	}
	var open []string
	for _, dir := range []string{".", "dms"} {
		files, err := filepath.Glob(filepath.Join(dir, "*.go"))
		require.NoError(t, err)
		for _, file := range files {
			if strings.HasSuffix(file, "_test.go") || strings.HasPrefix(filepath.Base(file), "checks") {
				continue // checks are looked at above, with what is said of them for this engine
			}
			parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
			require.NoError(t, err)
			for _, d := range parsed.Decls {
				where := filepath.ToSlash(file)
				if f, ok := d.(*ast.FuncDecl); ok {
					where += " " + f.Name.Name
				}
				if where == "full.go" { // the wordings themselves
					continue
				}
				ast.Inspect(d, func(n ast.Node) bool {
					if lit, ok := n.(*ast.BasicLit); ok && lit.Kind == token.STRING {
						text, err := strconv.Unquote(lit.Value)
						require.NoError(t, err)
						if missing := lacks(text); len(missing) > 0 && !slices.Contains(open, where) {
							open = append(open, where)
						}
					}
					return true
				})
			}
		}
	}
	slices.Sort(open)
	require.Equal(t, notOfFull, open)

	for text, want := range map[string]string{
		"80-recovery/82-restart-slot.sh loads the tables of a slot anew":                               "80-recovery/83-full-restart.sh loads everything anew",
		"every later change of it is lost: 80-recovery/82-restart-slot.sh dms_full_01 loads them anew": "every later change of it is lost: 80-recovery/83-full-restart.sh loads everything anew",
		"80-recovery/82-restart-slot.sh dms_full_01":                                                   "80-recovery/83-full-restart.sh",
		"50-cdc/dms/56-stop.sh": "50-cdc/dms/56-stop.sh",
	} {
		require.Equal(t, want, FullWords(text))
	}
}
