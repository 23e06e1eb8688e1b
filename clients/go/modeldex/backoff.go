package modeldex

import (
	"math/rand/v2"
	"time"
)

const firstWait, longestWait = 100 * time.Millisecond, 5 * time.Second

// backoff says how long to wait before the next attempt: by chance below a limit, which doubles until something
// arrives. Chance keeps those who were cut off together from coming back together.
type backoff struct {
	chance func(limit time.Duration) time.Duration
	limit  time.Duration
}

func newBackoff() *backoff { return &backoff{rand.N[time.Duration], firstWait} }

// next gives the wait, on top of what the server asks for.
func (b *backoff) next(asked time.Duration) time.Duration {
	limit := b.limit
	b.limit = min(2*limit, longestWait)
	return asked + b.chance(limit)
}

func (b *backoff) reset() { b.limit = firstWait }
