package cloud

import (
	"context"
	"sync"
)

// Once is an answer of AWS that the checks of one run share: it is asked for once. The zero value has not asked.
type Once[T any] struct {
	mu     sync.Mutex
	answer *T
	err    error // of asking; not that of a context
}

// Get asks, the first time. An error is final, but for that of a context which has ended meanwhile: then the next check asks again.
func (o *Once[T]) Get(ctx context.Context, ask func() (*T, error)) (*T, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.answer != nil || o.err != nil {
		return o.answer, o.err
	}
	answer, err := ask()
	if err != nil {
		if ctx.Err() == nil {
			o.err = err
		}
		return nil, err
	}
	o.answer = answer
	return answer, nil
}
