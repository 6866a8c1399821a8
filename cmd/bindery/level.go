package main

// level is how severe a line is.
type level uint8

const (
	levelDebug level = iota
	levelInfo
	levelWarn
	levelError
	levelNone
)

func (l level) String() string { return [...]string{"debug", "info", "warn", "error", "none"}[l] }

// parseLevel reads --log-level, whose values kong has checked.
func parseLevel(s string) level {
	return map[string]level{"debug": levelDebug, "info": levelInfo, "log": levelInfo, "warn": levelWarn, "error": levelError, "none": levelNone}[s]
}

// consoleLevel is the level of a console method. console.debug is a user's own line: it is shown like console.log.
func consoleLevel(method string) level {
	switch method {
	case "warn":
		return levelWarn
	case "error":
		return levelError
	}
	return levelInfo
}
