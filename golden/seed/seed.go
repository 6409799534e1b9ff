// Package seed makes property tests draw the same cases on every machine and on every day: a test binary that imports it starts
// pgregory.net/rapid from a fixed seed. Another one is asked for with -rapid.seed; 0 stands for a random one.
//
// golden/seed_test.go fails for a package that uses rapid without it.
package seed

import (
	"flag"

	_ "pgregory.net/rapid" // defines the flag, before the init below sets it
)

const fixed = "20261121"

// The command line is parsed later and overrides this; RAPID_SEED was looked at before, and stays.
func init() {
	if f := flag.Lookup("rapid.seed"); f.Value.String() != "0" {
		return
	}
	if err := flag.Set("rapid.seed", fixed); err != nil {
		panic(err)
	}
}
