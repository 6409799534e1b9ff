package render

import (
	"path"
	"slices"

	"github.com/pgcutover/pgcutover/planner"
)

// fillAll renders each artifact from its template.
func fillAll(p planner.Plan, as []Artifact, view func(Artifact) any) ([]Artifact, error) {
	for i, a := range as {
		var err error
		if as[i], err = a.fill(templateOf(p, a), view(a)); err != nil {
			return nil, err
		}
	}
	return as, nil
}

// fullTemplates are the files that are made from another template where AWS DMS loads the rows: what the two have in common is a name.
var fullTemplates = map[string]string{
	"50-cdc/dms/55-start.sh":  "shell/55-start-full.sh.tmpl",
	"50-cdc/dms/57-resume.sh": "shell/57-resume-full.sh.tmpl",
	"70-cutover/78-retire.sh": "shell/78-retire-full.sh.tmpl",
	"80-recovery/81-abort.sh": "shell/81-abort-full.sh.tmpl",
}

// shared are the files of the engine promote that are made from the template of every engine; those of 20-aurora are besides.
var shared = []string{"71-freeze.sh", "76-unfreeze.sh", "14-marker.sql"}

// templateOf is the template of an artifact: sql/ for SQL, shell/ for scripts, runbook/ for prose, by the name of its file.
func templateOf(p planner.Plan, a Artifact) string {
	if own := fullTemplates[a.Path]; own != "" && full(p) {
		return own
	}
	base := path.Base(a.Path)
	folder := map[string]string{".sql": "sql/", ".sh": "shell/", ".md": "runbook/"}[path.Ext(base)]
	if physical(p) && path.Dir(a.Path)+"/" != auroraFolder && !slices.Contains(shared, base) {
		base = "promote-" + base
	}
	return folder + base + ".tmpl"
}
