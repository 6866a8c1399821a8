package dev

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/fsnotify/fsnotify"
)

// watcher turns what happens to files into changes of a project. It watches folders, not files: editors replace files.
type watcher struct {
	fs   *fsnotify.Watcher
	p    *project
	tree []string        // the folders that were named: wrangler files may come up anywhere below
	dirs map[string]bool // what is watched, by real path
}

func newWatcher(p *project) (*watcher, error) {
	w, err := fsnotify.NewWatcher()
	if err != nil {
		return nil, err
	}
	return &watcher{fs: w, p: p, dirs: map[string]bool{}}, nil
}

// begin watches the folders that were named, with all below.
func (w *watcher) begin() error {
	for _, path := range w.p.o.Paths {
		path = real(inFolder(w.p.base, path))
		if info, err := os.Stat(path); err == nil && info.IsDir() {
			w.tree = append(w.tree, path)
			if err := w.addTree(path); err != nil {
				return err
			}
		}
	}
	return w.follow()
}

// follow watches the folders of all files that the last update read.
func (w *watcher) follow() error {
	for _, file := range w.p.files {
		if err := w.add(filepath.Dir(real(file))); err != nil {
			return err
		}
	}
	for _, c := range w.p.codes {
		for _, dir := range c.command.WatchDir {
			if err := w.addTree(real(dir)); err != nil {
				return err
			}
		}
		for _, file := range c.inputs {
			dir := filepath.Dir(file)
			for !isDir(dir) && dir != filepath.Dir(dir) {
				dir = filepath.Dir(dir) // an import that isn't there yet
			}
			if err := w.add(dir); err != nil {
				return err
			}
		}
	}
	return nil
}

func (w *watcher) add(dir string) error {
	if w.dirs[dir] {
		return nil
	}
	if err := w.fs.Add(dir); err != nil {
		if !isDir(dir) {
			return nil // gone meanwhile
		}
		return err
	}
	w.dirs[dir] = true
	return nil
}

// addTree watches a folder and those below that can have wrangler files.
func (w *watcher) addTree(root string) error {
	return filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			if d != nil && d.IsDir() {
				return fs.SkipDir // gone, or not for us
			}
			return nil
		}
		if !d.IsDir() {
			return nil
		}
		if path != root && (d.Name() == "node_modules" || strings.HasPrefix(d.Name(), ".")) {
			return fs.SkipDir
		}
		return w.add(path)
	})
}

// wranglerName are the files that change what Workers there are and what they are bound to.
var wranglerName = regexp.MustCompile(`^(wrangler\.(toml|jsonc?)|\.dev\.vars(\..*)?)$`)

// passingName are the names that editors give to files of their own.
var passingName = regexp.MustCompile(`^[.#]|~$|\.(swp|swx|tmp|bak)$|^[0-9]+$`)

// see says what an event may have changed.
func (w *watcher) see(e fsnotify.Event) change {
	if e.Op == fsnotify.Chmod {
		return change{}
	}
	path := filepath.Clean(e.Name)
	name := filepath.Base(path)
	if wranglerName.MatchString(name) || slices.ContainsFunc(w.p.files, func(f string) bool { return real(f) == path }) {
		return change{config: true, sources: map[string]bool{path: true}}
	}
	if w.dirs[path] && e.Has(fsnotify.Remove|fsnotify.Rename) {
		delete(w.dirs, path)
		return change{config: true, all: true}
	}
	if e.Has(fsnotify.Create) {
		if isDir(path) {
			return w.seeFolder(path, name)
		}
		if !passingName.MatchString(name) && !w.isInput(path) {
			return change{all: true} // an import may mean it now
		}
	}
	return change{sources: map[string]bool{path: true}}
}

func (w *watcher) seeFolder(path, name string) change {
	if name == "node_modules" {
		return change{all: true}
	}
	if strings.HasPrefix(name, ".") {
		return change{}
	}
	for _, root := range w.tree {
		if strings.HasPrefix(path, root+string(filepath.Separator)) {
			_ = w.addTree(path) // what fails is gone again, or comes up with the next one
		}
	}
	return change{config: true, all: true}
}

func (w *watcher) isInput(path string) bool {
	for _, c := range w.p.codes {
		if _, ok := slices.BinarySearch(c.inputs, path); ok {
			return true
		}
	}
	return false
}

// relevant reports whether c changes anything that the project has.
func (w *watcher) relevant(c change) bool {
	if c.config || c.all {
		return true
	}
	for file := range c.sources {
		if w.isInput(file) {
			return true
		}
		for _, code := range w.p.codes {
			for _, dir := range code.command.WatchDir {
				if strings.HasPrefix(file, real(dir)+string(filepath.Separator)) {
					return true
				}
			}
		}
	}
	return false
}

// merge adds b to a change.
func (c *change) merge(b change) {
	c.config = c.config || b.config
	c.all = c.all || b.all
	for file := range b.sources {
		if c.sources == nil {
			c.sources = map[string]bool{}
		}
		c.sources[file] = true
	}
}

func isDir(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}

// real is a path without links, itself where it isn't there.
func real(path string) string {
	if r, err := filepath.EvalSymlinks(path); err == nil {
		return r
	}
	return path
}
