package watchdog

import (
	"fmt"
	"time"
)

// LimitError says that a limit ended script. Its text is what the caller and the log see.
type LimitError struct {
	text string
	// Seen says what led to the judgement, for the log; "" where the text says all.
	Seen string
}

func (e *LimitError) Error() string { return e.text }

func cpuError(limit time.Duration) error {
	return &LimitError{text: fmt.Sprintf("Worker exceeded CPU time limit. (limit: %d ms, set by limits.cpu_ms)", limit.Milliseconds())}
}

func startupError(limit time.Duration) error {
	return &LimitError{text: fmt.Sprintf("Worker exceeded CPU time limit. (its top-level code may take %d ms: move work into handlers)", limit.Milliseconds())}
}

// WallTimeError is the cause for work that ran into the deadline of responses.
func WallTimeError(limit time.Duration) error {
	return &LimitError{text: fmt.Sprintf("Worker exceeded wall time limit. (limit: %s until the response's headers)", limit)}
}

// WaitUntilError is the cause for promises under waitUntil that ran into their deadline.
func WaitUntilError(limit time.Duration) error {
	return &LimitError{text: fmt.Sprintf("waitUntil() tasks did not complete within the allowed time after invocation end and have been cancelled. (limit: %s)", limit)}
}

func memoryError(seen string) error {
	return &LimitError{text: "Worker exceeded memory limit.", Seen: seen}
}
