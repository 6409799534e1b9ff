package main

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/pgcutover/pgcutover/planner/hazard"
)

// Hazards and checks share one namespace, and every code ever issued stays in golden/codes.txt.
func TestCodesShareOneNamespace(t *testing.T) {
	issued := map[string]bool{}
	file, err := os.ReadFile("../../golden/codes.txt")
	require.NoError(t, err)
	for line := range strings.SplitSeq(string(file), "\n") {
		code, _, _ := strings.Cut(line, " ")
		require.False(t, code != "" && code != "#" && issued[code], "golden/codes.txt has %s twice", code)
		issued[code] = true
	}
	seen := map[string]bool{}
	for _, r := range hazard.Rules() {
		seen[r.Code] = true
	}
	for _, c := range checks() {
		require.False(t, seen[c.Code], "%s stands for two things", c.Code)
		seen[c.Code] = true
		require.True(t, issued[c.Code], "add to golden/codes.txt: %s %s", c.Code, c.Title)
	}
}

// Every code can be explained, in lines that fit a terminal.
func TestEveryCodeIsExplained(t *testing.T) {
	var all strings.Builder
	listCodes(&all)
	for line := range strings.SplitSeq(strings.TrimSpace(all.String()), "\n") {
		code := strings.Fields(line)[0]
		var b strings.Builder
		require.NoError(t, explain(&b, code))
		require.Greater(t, len(b.String()), 150, "%s: hardly a word", code)
		for text := range strings.SplitSeq(b.String(), "\n") {
			if !strings.HasPrefix(text, code) && !strings.HasPrefix(text, "Check of") && !strings.HasPrefix(text, " ") {
				require.LessOrEqual(t, len([]rune(text)), 80, text)
			}
		}
	}
}

// docs/hazards.md and explain say the same of every hazard: they are made from the same rules.
func TestHazardsReadTheSameEverywhere(t *testing.T) {
	file, err := os.ReadFile("../../docs/hazards.md")
	require.NoError(t, err)
	page := strings.NewReplacer(`\_`, "_", `\*`, "*", `\<`, "<", `\|`, "|", `\\`, `\`).Replace(string(file))
	words := func(s string) string { return strings.Join(strings.Fields(s), " ") }
	var all strings.Builder
	listCodes(&all)
	documented := strings.Count(page, "\n### ")
	require.Equal(t, len(hazard.Rules()), documented)
	for _, r := range hazard.Rules() {
		require.Regexp(t, "(?m)^"+r.Code+" +"+string(r.Severity)+" +"+regexp.QuoteMeta(r.Title)+"$", all.String())
		_, section, ok := strings.Cut(page, "\n### "+r.Code+": "+r.Title+"\n")
		require.True(t, ok, "docs/hazards.md has no %s", r.Code)
		section, _, _ = strings.Cut(section, "\n### ")
		var b strings.Builder
		require.NoError(t, explain(&b, r.Code))
		for _, text := range []string{r.Why, r.Fix, r.Versions.String(), string(r.Severity), "since " + r.Since} {
			require.Contains(t, words(section), words(text), "docs/hazards.md on %s", r.Code)
			require.Contains(t, words(b.String()), words(text), "explain %s", r.Code)
		}
	}
}
