package render_test

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// recorded is a program that calls the AWS CLI and writes down which script has what done. When the test ends, every call has to be among the rights
// that the pages, separated by spaces, list for that script.
func recorded(t *testing.T, cli, pages string) string {
	t.Helper()
	dir := t.TempDir()
	calls, program := filepath.Join(dir, "calls"), filepath.Join(dir, "aws")
	text := fmt.Sprintf(`#!/bin/bash
printf '%%s %%s %%s\n' "$(tr '\0' '\n' <"/proc/$PPID/cmdline" | grep -m 1 -o '[0-9][0-9]-[a-z-]*\.sh$')" "$1" "$2" >>'%s'
exec '%s' "$@"
`, calls, cli)
	require.NoError(t, os.WriteFile(program, []byte(text), 0o755))
	t.Cleanup(func() {
		b, err := os.ReadFile(calls)
		if os.IsNotExist(err) {
			return
		}
		require.NoError(t, err)
		rights := map[string][]string{}
		for _, page := range strings.Fields(pages) {
			for script, actions := range rightsInDocs(t, page) {
				rights[script] = append(rights[script], actions...)
			}
		}
		for line := range strings.Lines(string(b)) {
			words := strings.Fields(line)
			if len(words) < 3 || words[1] == "sts" { // the test itself; who am I needs no right
				continue
			}
			for _, action := range actionsOf(words[1], words[2]) {
				if !slices.Contains(rights["all"], action) && !slices.Contains(rights[words[0]], action) {
					t.Errorf("%s calls aws %s %s, and no page of %s lists %s for it", words[0], words[1], words[2], pages, action)
				}
			}
		}
	})
	return program
}

// actionsOf are the actions of IAM that a command of the AWS CLI needs.
func actionsOf(service, command string) []string {
	if service == "cloudformation" {
		switch command {
		case "deploy":
			return []string{"cloudformation:CreateChangeSet", "cloudformation:DescribeChangeSet", "cloudformation:DescribeStacks"}
		case "wait":
			return []string{"cloudformation:DescribeStacks"}
		}
	}
	if service == "s3" { // objects, by commands that are no actions
		return map[string][]string{"cp": {"s3:PutObject"}, "rm": {"s3:ListBucket", "s3:DeleteObject"}}[command]
	}
	var name strings.Builder
	for _, word := range strings.Split(command, "-") {
		name.WriteString(strings.ToUpper(word[:1]) + word[1:])
	}
	return []string{service + ":" + strings.Replace(name.String(), "Db", "DB", 1)}
}

var (
	inTicks = regexp.MustCompile("`([^`]+)`")
	isRight = regexp.MustCompile(`^(?:([a-z0-9]+):)?([A-Z][A-Za-z]+)$`)
)

// rightsInDocs are the actions that a page lists, by script.
func rightsInDocs(t *testing.T, page string) map[string][]string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("..", "docs", page))
	require.NoError(t, err)
	_, text, found := strings.Cut(string(b), "\n## Rights\n")
	require.True(t, found)
	text, _, _ = strings.Cut(text, "\n#")
	out := map[string][]string{}
	for line := range strings.Lines(text) {
		cells := strings.SplitN(line, "|", 3)
		if len(cells) < 3 {
			continue
		}
		scripts := []string{"all"}
		if !strings.HasPrefix(strings.TrimSpace(cells[1]), "all") {
			scripts = nil
			for _, m := range inTicks.FindAllStringSubmatch(cells[1], -1) {
				scripts = append(scripts, m[1])
			}
		}
		service := ""
		for _, m := range inTicks.FindAllStringSubmatch(cells[2], -1) {
			right := isRight.FindStringSubmatch(m[1])
			if right == nil {
				continue
			}
			if right[1] != "" {
				service = right[1]
			}
			for _, s := range scripts {
				out[s] = append(out[s], service+":"+right[2])
			}
		}
	}
	require.NotEmpty(t, out)
	return out
}
