package rehearse

import "github.com/pgcutover/pgcutover/render"

// A Command is one line that a person types on the way that the runbook describes.
type Command struct {
	Name  string   // "gate paused", "40-load/42-load.sh"
	Words []string // the line; "pgcutover" stands for the program. It is typed in the directory that holds the bundle as "migration".
}

// Commands are the lines for a bundle, in order: its steps up to the resume of the replica, each gate after the step that it belongs to.
// The plan is expected as plan.json; gates leave their reports in reports/. An error: the bundle lacks a gate or a step.
func Commands(m render.Manifest) ([]Command, error) {
	cs, err := script(m, false)
	if err != nil {
		return nil, err
	}
	out := make([]Command, len(cs))
	for i, c := range cs {
		out[i] = Command{c.name, c.words}
	}
	return out, nil
}
