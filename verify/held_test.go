package verify

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/pgcutover/pgcutover/planner"
)

// What a slot keeps must not fill the source's disk, reach the limit at which it is given up, or bring wraparound near.
func TestHeld(t *testing.T) {
	free := func(n int64) *int64 { return &n }
	for name, c := range map[string]struct {
		h    held
		want string
		says string
	}{
		"room":                     {h: held{Restart: 1, Insert: 1001, KeepSize: -1, Free: free(1000)}, want: "pass s1", says: "1000 B of WAL"},
		"not as much again":        {h: held{Restart: 1, Insert: 1001, KeepSize: -1, Free: free(999)}, want: "warn s1"},
		"nearly full":              {h: held{Restart: 1, Insert: 1001, KeepSize: -1, Free: free(99)}, want: "fail s1"},
		"nobody knows":             {h: held{Restart: 1, Insert: 1001, KeepSize: -1}, want: "unknown s1", says: "PGCUTOVER_SOURCE_FREE_BYTES"},
		"room by the plan":         {h: held{Restart: 1, Insert: 1001, KeepSize: -1, Free: free(1 << 40), Planned: true}, want: "warn s1", says: "by what the plan's configuration says was free"},
		"by the plan, and a limit": {h: held{Restart: 1, Insert: 1001, KeepSize: 2000, Free: free(1 << 40), Planned: true}, want: "warn s1", says: "PGCUTOVER_SOURCE_FREE_BYTES"},
		"little by the plan":       {h: held{Restart: 1, Insert: 1001, KeepSize: -1, Free: free(999), Planned: true}, want: "warn s1", says: "PGCUTOVER_SOURCE_FREE_BYTES"},
		"full by the plan":         {h: held{Restart: 1, Insert: 1001, KeepSize: -1, Free: free(0), Planned: true}, want: "fail s1", says: "PGCUTOVER_SOURCE_FREE_BYTES"},
		"lost":                     {h: held{Insert: 1001, KeepSize: 2000, Free: free(1 << 40)}, want: "unasked s1", says: "it was given up: see G2-WAL"},
		"a limit, far":             {h: held{Restart: 1, Insert: 1001, KeepSize: 2000}, want: "pass s1"},
		"a limit, half":            {h: held{Restart: 1, Insert: 1002, KeepSize: 2000}, want: "warn s1"},
		"a limit, near":            {h: held{Restart: 1, Insert: 1802, KeepSize: 2000}, want: "fail s1", says: "raise max_slot_wal_keep_size"},
		"a limit larger than all":  {h: held{Restart: 1, Insert: 1001, KeepSize: 1 << 40, Free: free(50)}, want: "fail s1"},
		"old":                      {h: held{Restart: 1, Insert: 2, KeepSize: 2000, Age: catalogWarn + 1}, want: "warn s1"},
		"too old":                  {h: held{Restart: 1, Insert: 2, KeepSize: 2000, Age: catalogFail + 1}, want: "fail s1"},
		"read up to the end":       {h: held{Restart: 10, Insert: 9, KeepSize: 2000, Free: free(0)}, want: "pass s1"},
	} {
		t.Run(name, func(t *testing.T) {
			got := []Result{c.h.judge(planner.Group{Slot: "s1"})}
			require.Equal(t, []string{c.want}, brief(got), said(got))
			require.Contains(t, said(got), c.says)
		})
	}
}
