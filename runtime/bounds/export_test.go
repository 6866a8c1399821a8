package bounds

import "testing"

// SetOrdinary has all lists longer than n go the long way until the test ends.
func SetOrdinary(t testing.TB, n int64) {
	old := ordinary
	ordinary = n
	t.Cleanup(func() { ordinary = old })
}
