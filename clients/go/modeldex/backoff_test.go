package modeldex

import (
	"slices"
	"testing"
	"time"
)

// Waits are a matter of chance below 0.1 s, 0.2 s and so on up to 5 s; once something arrived it is 0.1 s again.
func TestBackoffDoublesItsLimit(t *testing.T) {
	wait := newBackoff()
	wait.chance = func(limit time.Duration) time.Duration { return limit }
	var limits []time.Duration
	for range 8 {
		limits = append(limits, wait.next(0)/time.Millisecond)
	}
	if !slices.Equal(limits, []time.Duration{100, 200, 400, 800, 1600, 3200, 5000, 5000}) {
		t.Errorf("limits %v", limits)
	}
	wait.reset()
	if first := wait.next(0); first != 100*time.Millisecond {
		t.Errorf("%v after the reset", first)
	}
}

// What the server asks for is waited for, and chance comes on top.
func TestBackoffWaitsAsLongAsAsked(t *testing.T) {
	waits := map[time.Duration]bool{}
	for range 1000 {
		wait := newBackoff().next(time.Second)
		if wait < time.Second || wait >= 1100*time.Millisecond {
			t.Errorf("%v", wait)
		}
		waits[wait] = true
	}
	if len(waits) < 100 {
		t.Errorf("only %d different waits", len(waits))
	}
}
