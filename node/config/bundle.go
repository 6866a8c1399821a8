package config

import "slices"

// bundle reads what a bundler needs.
func (f *file) bundle() {
	b := &f.w.Bundle
	b.Define = f.own("define").stringMap(`a table, such as { VERSION = "'1.0'" }`, "a string, the expression that takes the name's place")
	b.Alias = f.root.in("alias").stringMap(`a table, such as { foo = "./foo.js" }`, "a string, the module that takes its place")
	b.TSConfig = f.filePath("tsconfig", `a string, the path of a tsconfig, such as "tsconfig.json"`)
	b.BaseDir = f.filePath("base_dir", `a string, the path of a folder, such as "src"`)
	b.JSXFactory, _ = f.inherit("jsx_factory").str(`a string, such as "h"`)
	b.JSXFragment, _ = f.inherit("jsx_fragment").str(`a string, such as "Fragment"`)
	b.Minify = f.inherit("minify").flag()
	b.KeepNames = f.inherit("keep_names").flag()
	b.NoBundle = f.inherit("no_bundle").flag()
	b.FindAdditionalModules = b.NoBundle
	if yes := f.optional("find_additional_modules"); yes != nil {
		b.FindAdditionalModules = *yes
	}
	b.PreserveFileNames = f.inherit("preserve_file_names").flag()
	b.Rules = f.rules(f.inherit("rules"))
	f.command(f.inherit("build"))
}

// filePath reads a path and makes it absolute.
func (f *file) filePath(name, want string) string {
	t := f.inherit(name)
	text, ok := t.str(want)
	if !ok {
		return ""
	}
	path, _ := f.resolve(t, text)
	return path
}

var ruleTypes = []string{"ESModule", "CommonJS", "CompiledWasm", "Text", "Data"}

func (f *file) rules(t setting) []Rule {
	var rules []Rule
	for _, item := range t.list(`an array of tables, such as [{ type = "Text", globs = ["**/*.txt"] }]`) {
		if !item.isTable(`a table, such as { type = "Text", globs = ["**/*.txt"] }`) {
			continue
		}
		item.only("type", "globs", "fallthrough")
		var r Rule
		typ := item.in("type")
		text, ok := typ.need(item, "type", "one of "+quoteList(ruleTypes))
		if ok && !slices.Contains(ruleTypes, text) {
			f.notOneOf(typ, ruleTypes)
			ok = false
		}
		r.Type = text
		globs := item.in("globs")
		if !globs.present() {
			globs.missing(item, "globs", `an array of strings, such as ["**/*.txt"]`)
			continue
		}
		r.Globs = globs.strs(`an array of strings, such as ["**/*.txt"]`, `a string, such as "**/*.txt"`)
		r.Fallthrough = item.in("fallthrough").flag()
		if ok {
			rules = append(rules, r)
		}
	}
	return rules
}

// command reads [build].
func (f *file) command(t setting) {
	if !t.isTable(`a table, such as { command = "npm run build" }`) {
		return
	}
	t.only("command", "cwd", "watch_dir")
	b := &f.w.Bundle.Build
	b.Command, _ = t.in("command").str(`a string, such as "npm run build"`)
	b.Cwd = f.w.Dir
	cwd := t.in("cwd")
	if text, ok := cwd.str(`a string, the path of a folder`); ok {
		b.Cwd, _ = f.resolve(cwd, text)
	}
	watch := t.in("watch_dir")
	var dirs []string
	switch {
	case !watch.present() && b.Command != "":
		dirs = []string{"src"}
	case watch.present() && watch.value.kind == kindString:
		if text, ok := watch.str("a string"); ok {
			dirs = []string{text}
		}
	default:
		dirs = watch.strs(`a string or an array of strings, such as "src"`, "a string, the path of a folder")
	}
	for _, dir := range dirs {
		if path, ok := f.resolve(t, dir); ok {
			b.WatchDir = append(b.WatchDir, path)
		}
	}
}
