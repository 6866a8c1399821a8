package builtins

func localeProperties() []Property { return nil }
