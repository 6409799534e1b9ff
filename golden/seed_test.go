package golden_test

import (
	"encoding/json"
	"errors"
	"flag"
	"io"
	"os/exec"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	_ "github.com/pgcutover/pgcutover/golden/seed"
)

const (
	rapid = "pgregory.net/rapid"
	fixed = module + "/golden/seed"
)

// TestPropertiesDrawTheSame finds packages whose property tests would draw other cases on every run: one that fails only now and
// then, for somebody else, is a gamble and no test.
func TestPropertiesDrawTheSame(t *testing.T) {
	cmd := exec.CommandContext(t.Context(), "go", "list", "-json=ImportPath,TestImports,XTestImports", module+"/...")
	out, err := cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	used := 0
	for dec := json.NewDecoder(out); ; {
		var p struct {
			ImportPath                string
			TestImports, XTestImports []string
		}
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			break
		} else {
			require.NoError(t, err)
		}
		imports := append(p.TestImports, p.XTestImports...)
		if slices.Contains(imports, rapid) {
			used++
			require.Contains(t, imports, fixed, "tests of %s use %s: import %s beside it, for its effect", p.ImportPath, rapid, fixed)
		}
	}
	require.NoError(t, cmd.Wait())
	require.NotZero(t, used)
}

func TestTheSeedIsFixed(t *testing.T) {
	f := flag.Lookup("rapid.seed")
	require.NotNil(t, f)
	require.NotEqual(t, "0", f.Value.String(), "0 is rapid's word for a seed from the clock")
}
