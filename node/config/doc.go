// Package config reads what a user writes: wrangler.toml, wrangler.json and wrangler.jsonc as wrangler reads them, and
// the secrets for development in .dev.vars. It owns the files' syntax and meaning, the choice of environment, and the
// messages about faults, each with its file, line and column, all faults of all files in one go. It doesn't bundle a
// Worker's code, doesn't read it, and doesn't know which Workers a cluster has (Options.Exists tells).
//
// A file is read into a tree whose nodes know their place (tree.go, toml.go, jsonc.go); the tree is then validated
// key by key (field.go is the list of them) into a Worker. docs/configuration.md lists every key.
package config
