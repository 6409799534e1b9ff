package rehearse

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/pgcutover/pgcutover/planner"
	"github.com/pgcutover/pgcutover/verify/rehearse/cluster"
)

// notExecuted are the files of the bundles that no rehearsal executes, each with the reason. A file that is executed has to leave the list, so
// it only ever gets shorter; nothing may be added but a file that nothing can run.
var notExecuted = map[string]map[string]string{
	planner.EngineNative: {
		".gitignore":                 "read by git",
		"80-recovery/81-abort.sh":    "refuses once there is a way back; the rehearsal of the engine dms ends with it",
		"80-recovery/84-rollback.md": "prose",
		"RUNBOOK.md":                 "prose",
		"env.example":                "a template for settings of one's own",
	},
	planner.EngineDMS: {},
}

// TestEveryFileIsExecuted rehearses the way through and the ways out with both engines, and compares what was not executed with the list.
func TestEveryFileIsExecuted(t *testing.T) {
	if testing.Short() {
		t.Skip("takes two minutes")
	}
	cluster.NeedPGLogical(t)
	program := buildProgram(t)
	for engine, reasons := range notExecuted {
		t.Run(engine, func(t *testing.T) {
			m := &migration{program: program, out: filepath.Join(t.TempDir(), "demo")}
			err := Run(t.Context(), Options{Program: m.program, Out: m.out, Stdout: &m.said, Engine: engine, Sample: 1e9, Recovery: true, bare: true})
			if err != nil {
				t.Log(m.said.String())
			}
			require.NoError(t, err)
			b, err := os.ReadFile(filepath.Join(m.out, "rehearsal.json"))
			require.NoError(t, err)
			var line timeline
			require.NoError(t, json.Unmarshal(b, &line))
			require.Contains(t, line.Executed, "40-load/42-load.sh")
			for _, file := range line.NotExecuted {
				require.NotEmpty(t, reasons[file], "%s was not executed, and nothing says why", file)
			}
			for file := range reasons {
				require.True(t, slices.Contains(line.NotExecuted, file), "%s is executed, or there is none any more: take it off the list", file)
			}
		})
	}
}
