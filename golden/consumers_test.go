package golden_test

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/pgcutover/pgcutover/golden"
	"github.com/pgcutover/pgcutover/verify/rehearse/cluster"
)

// Golden files are not only compared: each goes through the program that will read it.

func bundles(t *testing.T) map[string]golden.File {
	t.Helper()
	files := golden.Read(t, "cases")
	require.NotEmpty(t, files)
	return files
}

// followed is the case whose scripts shellcheck reads together with the session.sh they source; that costs it most of a minute.
const followed = "hostile"

// TestShellcheck runs shellcheck over every script of every case. Scripts that differ in the plan's fingerprint only are
// checked once.
func TestShellcheck(t *testing.T) {
	shellcheck, err := exec.LookPath("shellcheck")
	if err != nil {
		need(t, "shellcheck is not installed")
	}
	var follow, alone []string
	seen := map[string]bool{}
	for path, f := range bundles(t) {
		if !strings.HasSuffix(path, ".sh") {
			continue
		}
		if strings.HasPrefix(path, followed+"/") {
			follow = append(follow, path)
			continue
		}
		if body := fingerprint.ReplaceAllString(string(f.Body), ""); !seen[body] {
			seen[body] = true
			alone = append(alone, path)
		}
	}
	require.NotEmpty(t, follow)
	require.NotEmpty(t, alone)
	for name, args := range map[string][]string{
		"followed": append([]string{"--external-sources", "--source-path=SCRIPTDIR", "--"}, follow...),
		"alone":    append([]string{"--exclude=SC1091,SC2034,SC2153,SC2154", "--"}, alone...), // not followed; assigned there; used there
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cmd := exec.Command(shellcheck, append([]string{"--shell=bash"}, args...)...)
			cmd.Dir = "cases"
			out, err := cmd.CombinedOutput()
			require.NoError(t, err, "%s", out)
		})
	}
}

var fingerprint = regexp.MustCompile(`[0-9a-f]{64}`)

// TestJSON decodes every JSON file.
func TestJSON(t *testing.T) {
	for path, f := range bundles(t) {
		if strings.HasSuffix(path, ".json") {
			require.True(t, json.Valid(f.Body), path)
		}
	}
}

// TestServerParsesSQL has a server parse every SQL file of every case without running a statement: the text stands behind
// a RETURN in a DO block. psql's own commands and variables are replaced first.
func TestServerParsesSQL(t *testing.T) {
	cluster.Need(t)
	c := cluster.StartTarget(t)
	db := c.DSN("postgres")
	for path, f := range bundles(t) {
		if !strings.HasSuffix(path, ".sql") {
			continue
		}
		script := filepath.Join(t.TempDir(), "parse.sql")
		require.NoError(t, os.WriteFile(script, parseOnly(f.Body), 0o644))
		out, err := exec.Command(c.Bin("psql"), "-X", "-q", "-v", "ON_ERROR_STOP=1", "-d", db, "-f", script).CombinedOutput()
		require.NoError(t, err, "%s: %s", path, out)
	}
}

var (
	copiedRows   = regexp.MustCompile(`(?ms)^COPY [^;]* FROM stdin[^;]*;$.*?^\\\.$`)
	psqlCommand  = regexp.MustCompile(`(?m)^\s*\\.*$`)
	psqlExecute  = regexp.MustCompile(`\\(gset|gexec|g|gx)\b.*`)
	psqlLiteral  = regexp.MustCompile(`:'\w+'`)
	psqlIdent    = regexp.MustCompile(`:"\w+"`)
	psqlVariable = regexp.MustCompile(`([^:\w"']):([a-zA-Z_]\w*)`)
	transaction  = regexp.MustCompile(`(?m)^\s*(BEGIN|COMMIT|ROLLBACK)\b[^;$]*;\s*$`)
)

func parseOnly(sql []byte) []byte {
	sql = copiedRows.ReplaceAll(sql, nil)
	sql = psqlCommand.ReplaceAll(sql, nil)
	sql = psqlExecute.ReplaceAll(sql, []byte(";"))
	sql = psqlLiteral.ReplaceAll(sql, []byte("'1'"))
	sql = psqlIdent.ReplaceAll(sql, []byte(`"x"`))
	sql = psqlVariable.ReplaceAll(sql, []byte("${1}1"))
	sql = transaction.ReplaceAll(sql, nil)
	var out bytes.Buffer
	out.WriteString("DO $parse_only$ BEGIN RETURN;\n")
	out.Write(sql)
	out.WriteString("\nEND $parse_only$;\n")
	return out.Bytes()
}

// need skips a test that lacks a tool, and fails it where everything is supposed to be there.
func need(t *testing.T, missing string) {
	t.Helper()
	if os.Getenv("CI") == "true" || os.Getenv("PGCUTOVER_REQUIRE_LIVE") != "" {
		t.Fatal(missing)
	}
	t.Skip(missing)
}
