package dms

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// difference is a place at which what AWS has is not what the bundle gave it.
type difference struct {
	Path  string // JSON path, in AWS's document where it has the place
	Text  string // what is there, and what should be
	Minor bool   // it loses no change, and changes none
}

// decode reads one JSON value, with numbers as they are written.
func decode(text []byte) (any, error) {
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		return nil, fmt.Errorf("reading JSON: %w", err)
	}
	return v, nil
}

// minor are settings by which a task is faster, slower or tells more, and no more than that; whole groups end with a dot.
var minor = []string{"$.Logging.", "$.StreamBufferSettings.", "$.ChangeProcessingTuning.", "$.ControlTablesSettings.HistoryTimeslotInMinutes", "$.ControlTablesSettings.HistoryTableEnabled",
	"$.ControlTablesSettings.FullLoadExceptionTableEnabled", "$.FailTaskWhenCleanTaskResourceFailed", "$.ValidationSettings.FailureMaxCount", "$.ValidationSettings.TableFailureMaxCount", "$.ValidationSettings.EnableValidation", "$.ErrorBehavior.EventErrorPolicy"}

// left are settings that the bundle leaves to AWS DMS and that change what is applied, with what they are then.
var left = map[string]any{
	"$.TargetMetadata.ParallelApplyThreads":                  json.Number("0"),
	"$.ValidationSettings.ValidationOnly":                    false,
	"$.LoopbackPreventionSettings":                           nil,
	"$.CharacterSetSettings":                                 nil,
	"$.BeforeImageSettings":                                  nil,
	"$.PostProcessingRules":                                  nil,
	"$.ResyncSettings.EnableResync":                          false,
	"$.TTSettings.EnableTT":                                  false,
	"$.ChangeProcessingTuning.BatchApplyPreserveTransaction": true,
}

// compareSettings compares the settings of a task. AWS DMS answers with everything that there is: what the bundle does not set is its default,
// and matters only where it changes what is applied.
func compareSettings(want, have []byte) ([]difference, error) {
	w, err := decode(want)
	if err != nil {
		return nil, err
	}
	h, err := decode(have)
	if err != nil {
		return nil, fmt.Errorf("the settings that AWS DMS has: %w", err)
	}
	out := within("$", w, h)
	for _, path := range slices.Sorted(maps.Keys(left)) {
		value, there := at(h, path)
		if there && !empty(value) && !equal(value, left[path]) {
			out = append(out, difference{Path: path, Text: fmt.Sprintf("%s is %s, and the plan leaves it at %s", path, show(value), show(left[path]))})
		}
	}
	for i := range out {
		out[i].Minor = slices.ContainsFunc(minor, func(m string) bool {
			return out[i].Path == m || strings.HasSuffix(m, ".") && strings.HasPrefix(out[i].Path, m)
		})
	}
	return out, nil
}

// within are the places of want at which have differs. What have has besides is no difference.
func within(path string, want, have any) []difference {
	switch w := want.(type) {
	case map[string]any:
		h, ok := have.(map[string]any)
		if !ok {
			return []difference{{Path: path, Text: fmt.Sprintf("%s is %s, and should have settings", path, show(have))}}
		}
		var out []difference
		for _, key := range slices.Sorted(maps.Keys(w)) {
			value, there := h[key]
			if !there {
				out = append(out, difference{Path: path + "." + key, Text: fmt.Sprintf("%s.%s is missing, and should be %s", path, key, show(w[key]))})
				continue
			}
			out = append(out, within(path+"."+key, w[key], value)...)
		}
		return out
	case []any: // components of the log, in any order
		h, ok := have.([]any)
		if !ok {
			return []difference{{Path: path, Text: fmt.Sprintf("%s is %s, and should be a list", path, show(have))}}
		}
		var out []difference
		for _, x := range w {
			id := idOf(x)
			i := slices.IndexFunc(h, func(y any) bool { return idOf(y) == id })
			if i < 0 {
				out = append(out, difference{Path: path, Text: fmt.Sprintf("%s has no %s", path, id)})
				continue
			}
			out = append(out, within(fmt.Sprintf("%s[%d]", path, i), x, h[i])...)
		}
		return out
	}
	if equal(want, have) {
		return nil
	}
	return []difference{{Path: path, Text: fmt.Sprintf("%s is %s, and should be %s", path, show(have), show(want))}}
}

func idOf(v any) string {
	if m, ok := v.(map[string]any); ok {
		return show(m["Id"])
	}
	return show(v)
}

// at finds a path of plain keys.
func at(v any, path string) (any, bool) {
	for _, key := range strings.Split(path, ".")[1:] {
		m, ok := v.(map[string]any)
		if !ok {
			return nil, false
		}
		if v, ok = m[key]; !ok {
			return nil, false
		}
	}
	return v, true
}

func empty(v any) bool {
	switch v := v.(type) {
	case nil:
		return true
	case map[string]any:
		for _, x := range v {
			if !empty(x) {
				return false
			}
		}
		return true
	case []any:
		return len(v) == 0
	}
	return false
}

// equal compares two values; numbers by what they are worth.
func equal(a, b any) bool {
	x, numbers := a.(json.Number)
	y, too := b.(json.Number)
	if numbers && too {
		f, errF := x.Float64()
		g, errG := y.Float64()
		return errF == nil && errG == nil && f == g
	}
	return show(a) == show(b)
}

func show(v any) string {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil { // it was decoded from JSON
		return fmt.Sprint(v)
	}
	return strings.TrimSpace(b.String())
}
