package catalog

import (
	"embed"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

//go:embed queries/*.sql
var queries embed.FS

// gate is the end of a line that only some versions get, or only those who may call a function.
var gate = regexp.MustCompile(`\s*-- (?:(from|before) (\d+)|(with|without) (\w+))$`)

// query is the text of queries/NAME.sql for a server of the given major version (906, 1000, 1500) and a role that may call these functions.
// It panics when there is no such file, which the tests rule out.
func query(name string, major int, functions ...string) string {
	data, err := queries.ReadFile("queries/" + name + ".sql")
	if err != nil {
		panic("query " + name + ": " + err.Error())
	}
	var b strings.Builder
	for line := range strings.Lines(string(data)) {
		line = strings.TrimRight(line, "\n")
		if m := gate.FindStringSubmatch(line); m != nil {
			if m[3] != "" {
				if slices.Contains(functions, m[4]) != (m[3] == "with") {
					continue
				}
			} else if from, err := strconv.Atoi(m[2]); err != nil {
				panic(fmt.Sprintf("query %s: %s", name, err))
			} else if (major >= from) != (m[1] == "from") {
				continue
			}
			line = line[:len(line)-len(m[0])]
		}
		if strings.HasPrefix(line, "--") {
			continue // what the file says to its readers need not travel
		}
		b.WriteString(line)
		b.WriteByte('\n')
	}
	return b.String()
}
