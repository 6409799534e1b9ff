package verify

import "context"

// Confirmed are the positions that the readers of the plan's slots have confirmed, by slot: from there on the source delivers, whatever else it is
// asked for. A slot that is gone or lost has none. The error is that of asking the source.
func Confirmed(ctx context.Context, e *Env) (map[string]LSN, error) {
	slots, err := probeSlots(ctx, e, Source)
	if err != nil {
		return nil, err
	}
	out := make(map[string]LSN, len(slots))
	for name, s := range slots {
		if s.Confirmed != 0 {
			out[name] = s.Confirmed
		}
	}
	return out, nil
}
