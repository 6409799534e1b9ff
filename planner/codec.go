package planner

import (
	"crypto/sha256"
	"encoding/hex"
	"io"

	"github.com/pgcutover/pgcutover/analyze"
)

// Decode reads a plan strictly and checks that it holds together ([Plan.Validate]), so that a plan edited into nonsense is
// refused before anything is rendered from it.
func Decode(r io.Reader) (Plan, error) {
	var p Plan
	if err := analyze.DecodeStrict(r, "plan", Format, &p); err != nil {
		return Plan{}, err
	}
	if err := p.Validate(); err != nil {
		return Plan{}, err
	}
	return p, nil
}

// Fingerprint is the SHA-256 of the canonical form in hex: what a bundle and its state file name their plan by.
func (p Plan) Fingerprint() string {
	h := sha256.New()
	if err := p.Encode(h); err != nil { // a hash never refuses a write, and every field has a JSON form
		panic("encoding a plan: " + err.Error())
	}
	return hex.EncodeToString(h.Sum(nil))
}
