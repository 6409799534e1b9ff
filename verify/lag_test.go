package verify

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestBacklog(t *testing.T) {
	const mb = 1 << 20
	late, fresh := 90.0, 5.0
	for name, c := range map[string]struct {
		b      backlog
		status Status
		words  string
	}{
		"no slot":                     {backlog{}, Skip, "does not exist"},
		"keeps up":                    {backlog{Known: true, Behind: [2]int64{mb, 2 * mb}}, Pass, "2.00 MiB behind"},
		"a marker on its way":         {backlog{Known: true, Behind: [2]int64{mb, mb}, Marker: &fresh}, Pass, "of 5 s ago has not arrived yet"},
		"reads and does not apply":    {backlog{Known: true, Behind: [2]int64{mb, mb}, Marker: &late}, Fail, "does not apply it"},
		"catches up":                  {backlog{Known: true, Behind: [2]int64{300 * mb, 200 * mb}, Read: 110 * mb}, Warn, "caught up in 40 s"},
		"stands":                      {backlog{Known: true, Behind: [2]int64{200 * mb, 200 * mb}}, Fail, "no less than 20 s before"},
		"DMS catches up":              {backlog{Silent: true, Known: true, Behind: [2]int64{300 * mb, 200 * mb}, Read: 110 * mb}, Warn, "caught up in 40 s"},
		"DMS confirms nothing":        {backlog{Silent: true, Known: true, Behind: [2]int64{200 * mb, 210 * mb}}, Warn, "the last marker has arrived"},
		"DMS confirms nothing it had": {backlog{Silent: true, Known: true, Behind: [2]int64{200 * mb, 210 * mb}, Marker: &late}, Fail, "no less than 20 s before"},
		"DMS falls behind":            {backlog{Silent: true, Known: true, Behind: [2]int64{200 * mb, 280 * mb}, Read: 20 * mb}, Fail, "no less than 20 s before"},
		"DMS keeps the pace":          {backlog{Silent: true, Known: true, Behind: [2]int64{200 * mb, 210 * mb}, Read: 90 * mb}, Warn, "about as fast as the source writes"},
	} {
		t.Run(name, func(t *testing.T) {
			c.b.Slot, c.b.Seconds = "s", 20
			r := c.b.judge()
			require.Equal(t, c.status, r.Status, r.Detail)
			require.Contains(t, r.Detail, c.words)
		})
	}
}
