package rehearse

import (
	"encoding/json"
	"os"
	"path"
	"path/filepath"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/pgcutover/pgcutover/planner"
	"github.com/pgcutover/pgcutover/verify/rehearse/cluster"
)

// An unexecuted is a file of a bundle, or a pattern of names, that no rehearsal executes.
type unexecuted struct{ file, reason string }

// Reasons that several have.
const (
	aws     = "asks AWS"
	input   = "input of what asks AWS"
	standby = "the ways out are walked with a standby"
	drawn   = "for another slot: that of the first one is executed"
	tasks   = "comes after change data capture: TestDMSMigration executes it, with stand-ins for the tasks; the ways out end before"
)

// withoutReplica is native by snapshots of the primary.
const withoutReplica = "native, snapshots"

// notExecuted are those, by engine, and for native without a standby. A file that is executed, and a pattern that meets one, has to leave the list: it only ever gets shorter. Nothing is
// added but what nothing can execute.
var notExecuted = map[string][]unexecuted{
	planner.EngineNative: {
		{".gitignore", "read by git"},
		{"80-recovery/81-abort.sh", "refuses once there is a way back; the rehearsal of the engine dms ends with it"},
		{"80-recovery/84-rollback.md", "prose"},
		{"80-recovery/restart-pgcutover_02.sql", drawn},
		{"80-recovery/restart-pgcutover_03.sql", drawn},
		{"RUNBOOK.md", "prose"},
		{"env.example", "a template for settings of one's own"},
	},
	withoutReplica: {
		{".gitignore", "read by git"},
		{"70-cutover/76-unfreeze.sh", standby},
		{"80-recovery/*.sh", standby},
		{"80-recovery/*.sql", standby},
		{"80-recovery/84-rollback.md", "prose"},
		{"RUNBOOK.md", "prose"},
		{"env.example", "a template for settings of one's own"},
	},
	planner.EngineDMS: {
		{".gitignore", "read by git"},
		{"50-cdc/dms/5[3-8]-*.sh", aws},
		{"50-cdc/dms/aws.sh", aws},
		{"50-cdc/dms/cloudformation/*", input},
		{"50-cdc/dms/mappings/*", input},
		{"50-cdc/dms/settings/*", input},
		{"70-cutover/7[1-5]-*.sh", tasks},
		{"70-cutover/76-unfreeze.sh", "takes back what is not executed; the engine native executes the same"},
		{"70-cutover/7[89]-*.sh", tasks},
		{"80-recovery/84-rollback.md", "prose"},
		{"80-recovery/restart-dms_slot_02.sql", drawn},
		{"80-recovery/restart-dms_slot_03.sql", drawn},
		{"RUNBOOK.md", "prose"},
		{"env.example", "a template for settings of one's own"},
	},
}

// TestEveryFileIsExecuted rehearses the way through and the ways out with both engines, and compares what was not executed with the list.
func TestEveryFileIsExecuted(t *testing.T) {
	if testing.Short() {
		t.Skip("takes two minutes")
	}
	cluster.NeedPGLogical(t)
	program := buildProgram(t)
	for engine, list := range notExecuted {
		t.Run(engine, func(t *testing.T) {
			m := &migration{program: program, out: filepath.Join(t.TempDir(), "demo")}
			o := Options{Program: m.program, Out: m.out, Stdout: &m.said, Engine: engine, Sample: 1e9, Recovery: true, bare: true}
			if engine == withoutReplica {
				o.Engine, o.HandOff, o.Recovery = planner.EngineNative, planner.HandOffSnapshot, false
			}
			err := Run(t.Context(), o)
			if err != nil {
				t.Log(m.said.String())
			}
			require.NoError(t, err)
			b, err := os.ReadFile(filepath.Join(m.out, "rehearsal.json"))
			require.NoError(t, err)
			var line timeline
			require.NoError(t, json.Unmarshal(b, &line))
			require.Contains(t, line.Executed, "40-load/42-load.sh")
			require.Empty(t, unexplained(line.NotExecuted, list), "not executed, and nothing says why")
			require.Empty(t, outlived(line.Executed, line.NotExecuted, list), "executed, or not there any more: take it off the list")
		})
	}
}

// unexplained are the files that the list does not have.
func unexplained(files []string, list []unexecuted) []string {
	return slices.DeleteFunc(slices.Clone(files), func(file string) bool {
		return slices.ContainsFunc(list, func(u unexecuted) bool { return u.meets(file) })
	})
}

// outlived are the entries of the list that meet a file that was executed, or none that was not.
func outlived(executed, not []string, list []unexecuted) (out []string) {
	for _, u := range list {
		if slices.ContainsFunc(executed, u.meets) || !slices.ContainsFunc(not, u.meets) {
			out = append(out, u.file)
		}
	}
	return out
}

func (u unexecuted) meets(file string) bool {
	ok, err := path.Match(u.file, file)
	return err == nil && ok
}

func TestListOfUnexecutedOnlyShrinks(t *testing.T) {
	require.Len(t, notExecuted[planner.EngineNative], 7, "the list may only get shorter")
	require.Len(t, notExecuted[planner.EngineDMS], 14, "the list may only get shorter")
	require.Len(t, notExecuted[withoutReplica], 7, "the list may only get shorter")
	list := []unexecuted{{"a/*.sh", "x"}, {"b.md", "prose"}}
	require.Equal(t, []string{"c.sql"}, unexplained([]string{"a/1.sh", "b.md", "c.sql"}, list))
	require.Equal(t, []string{"a/*.sh"}, outlived([]string{"a/2.sh"}, []string{"a/1.sh", "b.md"}, list))
	require.Equal(t, []string{"b.md"}, outlived(nil, []string{"a/1.sh"}, list))
}
