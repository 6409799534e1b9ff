package main

import (
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/pgcutover/pgcutover/planner/hazard"
	"github.com/pgcutover/pgcutover/verify"
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
	for _, c := range verify.Checks() {
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
