package config

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/evanw/esbuild/pkg/api"
)

// wranglerFiles are the names of a wrangler file, in the order that wrangler prefers them.
var wranglerFiles = []string{"wrangler.json", "wrangler.jsonc", "wrangler.toml"}

// Discover returns every wrangler file in dir and below, in lexical order: one a folder, wrangler.json before
// wrangler.jsonc before wrangler.toml. It doesn't look into node_modules and folders that begin with a dot, doesn't
// follow links to folders, and passes over folders below dir that it may not read.
//
// Errors: dir isn't a folder, or can't be read.
func Discover(dir string) ([]string, error) {
	abs, err := filepath.Abs(dir)
	if err != nil {
		return nil, fmt.Errorf("discover Workers in %s: %w", dir, err)
	}
	if info, err := os.Stat(abs); err != nil {
		return nil, fmt.Errorf("discover Workers: %w", err)
	} else if !info.IsDir() {
		return nil, fmt.Errorf("discover Workers in %s: it is not a folder", dir)
	}
	var found []string
	err = filepath.WalkDir(abs, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			if path != abs && errors.Is(err, fs.ErrPermission) {
				return fs.SkipDir
			}
			return err
		}
		if !d.IsDir() {
			return nil
		}
		if path != abs && (d.Name() == "node_modules" || strings.HasPrefix(d.Name(), ".")) {
			return fs.SkipDir
		}
		if file := inFolder(path); file != "" {
			found = append(found, file)
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("discover Workers in %s: %w", dir, err)
	}
	return found, nil
}

// inFolder returns the folder's wrangler file, or "".
func inFolder(dir string) string {
	for _, name := range wranglerFiles {
		path := filepath.Join(dir, name)
		if info, err := os.Stat(path); err == nil && info.Mode().IsRegular() {
			return path
		}
	}
	return ""
}

// scriptExtensions are those of a module that can be a Worker by itself.
var scriptExtensions = map[string]bool{
	".js": true, ".mjs": true, ".cjs": true, ".jsx": true, ".ts": true, ".mts": true, ".cts": true, ".tsx": true,
}

// Script makes a Worker of one script without a wrangler file. Its name is the file's, made valid; it has no bindings
// and no routes.
//
// Errors: *Error if there is no such file, or it is no script.
func Script(path string) (*Worker, error) {
	w, err := script(path, baseDir(""))
	if err != nil {
		return nil, err
	}
	return w, nil
}

func script(path, base string) (*Worker, *Error) {
	fault := func(reason any) *Error {
		return &Error{Messages: []api.Message{{Text: fmt.Sprintf("read %s: %v", shownPath(path, base), reason)}}}
	}
	abs, err := filepath.Abs(path)
	if err != nil {
		return nil, fault(err)
	}
	path = abs
	ext := filepath.Ext(abs)
	if !scriptExtensions[ext] {
		return nil, fault("a script ends with .js, .mjs, .cjs, .jsx, .ts, .mts, .cts or .tsx")
	}
	info, err := os.Stat(abs)
	if err == nil && !info.Mode().IsRegular() {
		err = errors.New("it is not a regular file")
	}
	if err != nil {
		var pe *fs.PathError
		if errors.As(err, &pe) {
			err = pe.Err
		}
		return nil, fault(err)
	}
	name := madeName(strings.TrimSuffix(filepath.Base(abs), ext))
	return &Worker{
		Name: name, TopLevelName: name, Dir: filepath.Dir(abs), Main: abs, CompatibilityDate: CompatibilityDate,
	}, nil
}
