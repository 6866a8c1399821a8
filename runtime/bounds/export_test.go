package bounds

import "testing"

// SetOrdinary has all lists longer than n go the long way until the test ends.
func SetOrdinary(t testing.TB, n int64) {
	old := ordinary
	ordinary = n
	t.Cleanup(func() { ordinary = old })
}

// Deferred tells whether prototypes are made when they are first touched.
func Deferred() bool { return deferred }
