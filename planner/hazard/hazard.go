// Package hazard is the catalogue of what can go wrong: one coded rule each, with the reason and the remedy. Rules judge
// facts and decide nothing. A code is never reused and never changes its meaning.
package hazard

// Severity says what a hazard costs.
type Severity string

// The severities, gravest first.
const (
	Error   Severity = "error"   // loses data or stops the migration
	Warning Severity = "warning" // costs time, money or attention
	Note    Severity = "note"    // worth knowing
)

// Finding is one hazard found.
type Finding struct {
	Code     string   `json:"code"`
	Severity Severity `json:"severity"`
	Subject  string   `json:"subject"`  // the object, as analyze.Name.String shows it; "database" or "server" otherwise
	Detail   string   `json:"detail"`   // what was seen, with the figures
	Remedy   string   `json:"remedy"`   // what to do, as SQL or configuration where there is one
	Accepted string   `json:"accepted"` // reason given in the configuration; empty: not accepted
}
