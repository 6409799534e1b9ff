package render

import (
	"strconv"

	"github.com/pgcutover/pgcutover/analyze"
	"github.com/pgcutover/pgcutover/planner"
)

type sequencesView struct {
	Head      head
	Margin    int64
	Sequences []sequence
}

// sequence is a sequence with its numbers as decimal text.
type sequence struct {
	Name                                       analyze.Name
	Increment, Minimum, Maximum, Cycle, Margin string
}

// cutover makes the folder 70-cutover.
func cutover(p planner.Plan) ([]Artifact, error) {
	sequences, err := sequencesScript(p)
	if err != nil {
		return nil, err
	}
	return []Artifact{sequences}, nil
}

func sequencesScript(p planner.Plan) (Artifact, error) {
	a := Artifact{
		Path: "70-cutover/73-sequences.sh", Mode: 0o755, On: OnOperator, Step: true,
		Title: "Set the sequences of the target past those of the source",
		Needs: "the source is frozen (71-freeze.sh) and drained (72-drain.sh)",
		Rerun: "moves what is behind; no sequence goes back",
		Undo:  "nothing to undo: values that are skipped are lost, no more",
	}
	v := sequencesView{Head: headOf(p, a), Margin: p.Options.Cutover.SequenceMargin}
	decimal := func(n int64) string { return strconv.FormatInt(n, 10) }
	for _, s := range p.Sequences {
		v.Sequences = append(v.Sequences, sequence{s.Name, decimal(s.Increment), decimal(s.Minimum), decimal(s.Maximum), strconv.FormatBool(s.Cycle), decimal(s.Margin)})
	}
	return a.fill("shell/73-sequences.sh.tmpl", v)
}
