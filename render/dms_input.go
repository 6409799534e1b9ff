package render

import (
	"bytes"
	"fmt"

	"github.com/pgcutover/pgcutover/analyze"
	"github.com/pgcutover/pgcutover/planner"
)

// DMSInput is what the bundle of a plan has AWS DMS make, whatever the form of its files. The gates compare what is there with it.
type DMSInput struct {
	Target    DMSEndpoint
	Migration string         // type of the tasks: "cdc" or "full-load-and-cdc"
	Tasks     []DMSTaskInput // by group
}

// DMSTaskInput is what the task of one slot is given.
type DMSTaskInput struct {
	Source   DMSEndpoint
	Settings []byte // JSON, as in 50-cdc/dms/settings
	Mapping  []byte // JSON, as in 50-cdc/dms/mappings
}

// DMSInputOf is empty where the plan has no tasks. The error is that of a mapping which AWS DMS would not take.
func DMSInputOf(p planner.Plan) (DMSInput, error) {
	if len(p.DMS.Tasks) == 0 {
		return DMSInput{}, nil
	}
	in := DMSInput{Target: targetEndpoint(p), Migration: migrationType(p)}
	for i := range p.DMS.Tasks {
		t, err := dmsTaskInput(p, i)
		if err != nil {
			return DMSInput{}, err
		}
		in.Tasks = append(in.Tasks, t)
	}
	return in, nil
}

func dmsTaskInput(p planner.Plan, group int) (DMSTaskInput, error) {
	mapping, err := mappingFile(mappingOf(p, group))
	if err != nil {
		return DMSTaskInput{}, fmt.Errorf("slot %s: %w", p.Groups[group].Slot, err)
	}
	var settings bytes.Buffer
	if err := analyze.EncodeCanonical(&settings, settingsOfTask(p, group)); err != nil {
		return DMSTaskInput{}, fmt.Errorf("slot %s: %w", p.Groups[group].Slot, err)
	}
	return DMSTaskInput{sourceEndpoint(p, group), settings.Bytes(), mapping}, nil
}
