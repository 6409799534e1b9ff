package planner

import "github.com/pgcutover/pgcutover/planner/hazard"

func (b *builder) findings(p Plan) []hazard.Finding { return nil }
