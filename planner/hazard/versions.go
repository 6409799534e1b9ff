package hazard

import (
	"fmt"
	"strings"
)

// Majors is a range of major versions as [analyze.Server.Major] counts them: 906, 1000, 1500. 0 leaves an end open.
type Majors struct{ From, To int }

// has reports whether a version belongs to the range; one that is not known (0) may.
func (m Majors) has(major int) bool {
	return major == 0 || major >= m.From && (m.To == 0 || major <= m.To)
}

// String shows the range, such as "9.6 to 11", "12 and newer" or "up to 11"; "every version" for one without ends.
func (m Majors) String() string {
	switch {
	case m.From == 0 && m.To == 0:
		return "every version"
	case m.From == 0:
		return "up to " + majorText(m.To)
	case m.To == 0:
		return majorText(m.From) + " and newer"
	case m.From == m.To:
		return majorText(m.From)
	}
	return majorText(m.From) + " to " + majorText(m.To)
}

func majorText(major int) string {
	if major < 1000 {
		return fmt.Sprintf("%d.%d", major/100, major%100)
	}
	return fmt.Sprint(major / 100)
}

// Versions are the servers that a hazard is about.
type Versions struct{ Source, Target Majors }

// Cover reports whether the hazard can be between servers of two major versions; a target of 0 is not known.
func (v Versions) Cover(source, target int) bool { return v.Source.has(source) && v.Target.has(target) }

// String shows both ranges, such as "source up to 11, target 12 and newer"; empty when every version is meant.
func (v Versions) String() string {
	var parts []string
	if v.Source != (Majors{}) {
		parts = append(parts, "source "+v.Source.String())
	}
	if v.Target != (Majors{}) {
		parts = append(parts, "target "+v.Target.String())
	}
	return strings.Join(parts, ", ")
}
