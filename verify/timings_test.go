package verify

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

const wholeTimings = `{"format": 1, "plan": "ab", "timings": [
{"item": 12, "kind": "copy", "table": "public.\"a\\nb\"", "bytes": 1048576, "rows": 1000, "started_at": "2026-01-02T03:07:00Z", "ended_at": "2026-01-02T03:08:00.5Z", "worker": "host-1/2"},
{"item": 0, "kind": "promotion", "table": "", "bytes": 0, "rows": null, "started_at": null, "ended_at": null, "worker": ""}
]}`

func TestDecodeTimings(t *testing.T) {
	all, err := DecodeTimings(strings.NewReader(wholeTimings))
	require.NoError(t, err)
	require.Len(t, all.Timings, 2)
	require.Equal(t, 60500*time.Millisecond, all.Timings[0].EndedAt.Sub(*all.Timings[0].StartedAt))
	require.Nil(t, all.Timings[1].Rows)
	for change, says := range map[[2]string]string{
		{`"plan": "ab"`, `"plan": ""`}:         "name no plan",
		{`"kind": "promotion"`, `"kind": ""`}:  "number 2 has no kind",
		{`"bytes": 1048576`, `"bytes": -1`}:    "number 1 has no kind, or -1 bytes",
		{`"format": 1`, `"format": 2`}:         "format",
		{`"worker": ""`, `"host": "db.local"`}: "host",
		{`]}`, `]} {}`}:                        "reading timings: ",
	} {
		_, err := DecodeTimings(strings.NewReader(strings.Replace(wholeTimings, change[0], change[1], 1)))
		require.ErrorContains(t, err, says, change)
	}
	for n := range len(wholeTimings) {
		_, err := DecodeTimings(strings.NewReader(wholeTimings[:n]))
		require.ErrorContains(t, err, "reading timings: ", "the first %d bytes", n)
	}
}
