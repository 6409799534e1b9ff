package planner

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"
	"strings"

	"github.com/pgcutover/pgcutover/analyze"
)

// Decode reads a plan strictly and checks that it holds together ([Plan.Validate]), so that a plan edited into nonsense is
// refused before anything is rendered from it.
func Decode(r io.Reader) (Plan, error) {
	data, err := analyze.ReadFile(r, "plan")
	if err != nil {
		return Plan{}, err
	}
	p, ok := unchanged(data)
	if !ok {
		if p, err = strictly(data); err != nil {
			return Plan{}, err
		}
	}
	if err := p.Validate(); err != nil {
		return Plan{}, err
	}
	return p, nil
}

// unchanged reads a plan that is as Encode has written it, which is what nearly all are, in half the time: that the same bytes come of it says
// that each key is known, spelled as it is and there once. ok is false where something has to be looked at more closely.
func unchanged(data []byte) (p Plan, ok bool) {
	if bytes.Contains(data, []byte(`\u0000`)) || json.Unmarshal(data, &p) != nil || p.Format < 1 || p.Format > Format {
		return Plan{}, false
	}
	v := reflect.ValueOf(p)
	for i := range v.NumField() {
		if f := v.Field(i); f.Kind() == reflect.Slice && f.IsNil() { // null: see complete
			return Plan{}, false
		}
	}
	rest := remainder(data)
	if p.Encode(&rest) != nil || len(rest) > 0 {
		return Plan{}, false
	}
	return p, true
}

// remainder is what is still to be written of a text that is known; anything else is refused.
type remainder []byte

// Write takes what comes next.
func (r *remainder) Write(text []byte) (int, error) {
	rest, ok := bytes.CutPrefix(*r, text)
	if !ok {
		return 0, errors.New("another text")
	}
	*r = rest
	return len(text), nil
}

// strictly reads any plan, or says what is wrong with it.
func strictly(data []byte) (Plan, error) {
	var p Plan
	if err := analyze.DecodeStrict(bytes.NewReader(data), "plan", Format, &p); err != nil {
		return Plan{}, err
	}
	return p, complete(data)
}

// complete refuses a plan from which a whole part was taken: without its sequences, say, it would still hold together, and
// the target would hand out their values a second time.
func complete(plan []byte) error {
	var parts map[string]json.RawMessage
	if err := json.Unmarshal(plan, &parts); err != nil {
		return fmt.Errorf("reading plan: %w", err)
	}
	t := reflect.TypeFor[Plan]()
	for i := range t.NumField() {
		part, option, _ := strings.Cut(t.Field(i).Tag.Get("json"), ",")
		if option == "omitempty" { // of one engine: see Validate
			continue
		}
		if parts[part] == nil || string(parts[part]) == "null" {
			return fmt.Errorf("reading plan: it has no %q", part)
		}
	}
	return nil
}

// Fingerprint is the SHA-256 of the canonical form in hex: what a bundle and its state file name their plan by.
func (p Plan) Fingerprint() string {
	h := sha256.New()
	if err := p.Encode(h); err != nil { // a hash never refuses a write, and every field has a JSON form
		panic("encoding a plan: " + err.Error())
	}
	return hex.EncodeToString(h.Sum(nil))
}
