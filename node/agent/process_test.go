package agent

func controlMain() bool { return false }
