package verify

import (
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/pgcutover/pgcutover/analyze"
)

// TimingsFile is where the rendered scripts keep [Timings]: beside state.json.
const TimingsFile = "timings.json"

// TimingsFormat is the version of timings.json.
const TimingsFormat = 1

// Timings is timings.json: what pieces of work took, for the next plan. It is apart from state.json, which scripts read and write many times while nobody can write
// to the source, and which thousands of timings would make slow.
type Timings struct {
	Format  int      `json:"format"`
	Plan    string   `json:"plan"` // fingerprint of the plan whose scripts wrote it last
	Timings []Timing `json:"timings"`
}

// Timing is what one piece of work took. One that has not ended has a nil EndedAt, one that nobody has begun a nil StartedAt too.
type Timing struct {
	Item      int        `json:"item"` // of the ledger of a load; 0: none
	Kind      string     `json:"kind"`
	Table     string     `json:"table"`
	Bytes     int64      `json:"bytes"`
	Rows      *int64     `json:"rows"` // nil: it moves none, or they were not counted
	StartedAt *time.Time `json:"started_at"`
	EndedAt   *time.Time `json:"ended_at"`
	Worker    string     `json:"worker"` // host-1/2: hosts are numbered, not named; empty: none
}

// DecodeTimings reads timings.json as strictly as [DecodeState] reads state.json.
func DecodeTimings(r io.Reader) (Timings, error) {
	var t Timings
	if err := analyze.DecodeStrict(r, "timings", TimingsFormat, &t); err != nil {
		return Timings{}, err
	}
	if t.Plan == "" {
		return Timings{}, errors.New("reading timings: they name no plan")
	}
	for i, x := range t.Timings {
		if x.Kind == "" || x.Bytes < 0 {
			return Timings{}, fmt.Errorf("reading timings: number %d has no kind, or %d bytes", i+1, x.Bytes)
		}
	}
	return t, nil
}
