package client

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"sort"
	"strings"

	"github.com/bindery/bindery/node/identity"
)

// Context says where a cluster is and who calls. Its file has a private key: mode 0600.
type Context struct {
	// Name is how people call it.
	Name string `json:"name"`
	// Cluster is the cluster's identity.
	Cluster string `json:"cluster"`
	// Servers are addresses of nodes, host:port of their --cluster port. Any of them will do.
	Servers []string `json:"servers"`
	// CA is the cluster's certificate, Cert and Key are those of the caller, all as PEM.
	CA   string `json:"ca"`
	Cert string `json:"cert"`
	Key  string `json:"key"`
}

// Variable names the environment variable that chooses a context, by name or file.
const Variable = "BINDERY_CONTEXT"

// NoContextError says that there is no context to be had.
type NoContextError struct {
	Name string // that was asked for, "" if none was
	Dir  string // where it was looked for
	Have []string
}

func (e *NoContextError) Error() string {
	switch {
	case e.Name == "":
		return "no cluster is known here: " + e.Dir + " has no current context"
	case len(e.Have) == 0:
		return fmt.Sprintf("there is no context %q in %s", e.Name, e.Dir)
	}
	return fmt.Sprintf("there is no context %q in %s: it has %s", e.Name, e.Dir, strings.Join(e.Have, ", "))
}

// Dir is where the user's contexts are: bindery in the user's configuration directory. The current one is named in the file current.
func Dir() (string, error) {
	config, err := os.UserConfigDir()
	if err != nil {
		return "", fmt.Errorf("find the user's configuration directory: %w", err)
	}
	return filepath.Join(config, "bindery"), nil
}

var contextName = regexp.MustCompile(`^[a-zA-Z0-9][a-zA-Z0-9._-]{0,127}$`)

func isFile(name string) bool {
	return strings.ContainsRune(name, filepath.Separator) || strings.HasSuffix(name, ".json")
}

// Load reads a context: the file, if name is a path or ends in .json; else the user's context of that name; for "" the current one. Errors:
// *NoContextError.
func Load(name string) (*Context, error) {
	path, err := File(name)
	if err != nil {
		return nil, err
	}
	b, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) && !isFile(name) {
		dir, _ := Dir()
		return nil, &NoContextError{Name: strings.TrimSuffix(filepath.Base(path), ".json"), Dir: filepath.Dir(path), Have: names(dir)}
	}
	if err != nil {
		return nil, fmt.Errorf("read context: %w", err)
	}
	c := &Context{}
	if err := json.Unmarshal(b, c); err != nil {
		return nil, fmt.Errorf("read context %s: it is none: %w", path, err)
	}
	if len(c.Servers) == 0 || c.CA == "" || c.Cert == "" || c.Key == "" {
		return nil, fmt.Errorf("read context %s: it is none: servers, ca, cert or key is missing", path)
	}
	return c, nil
}

// File is where the context of that name is, as Load has it. Errors: *NoContextError if there is no current one.
func File(name string) (string, error) {
	if isFile(name) {
		return name, nil
	}
	dir, err := Dir()
	if err != nil {
		return "", err
	}
	if name == "" {
		b, err := os.ReadFile(filepath.Join(dir, "current"))
		if errors.Is(err, fs.ErrNotExist) {
			return "", &NoContextError{Dir: dir, Have: names(dir)}
		}
		if err != nil {
			return "", fmt.Errorf("find the current context: %w", err)
		}
		name = strings.TrimSpace(string(b))
	}
	if !contextName.MatchString(name) {
		return "", &NoContextError{Name: name, Dir: dir, Have: names(dir)}
	}
	return filepath.Join(dir, "contexts", name+".json"), nil
}

func names(dir string) []string {
	files, _ := filepath.Glob(filepath.Join(dir, "contexts", "*.json"))
	var list []string
	for _, f := range files {
		list = append(list, strings.TrimSuffix(filepath.Base(f), ".json"))
	}
	sort.Strings(list)
	return list
}

// Write replaces a context's file at once.
func (c *Context) Write(path string) error {
	b, err := json.MarshalIndent(c, "", "  ")
	if err != nil {
		return err
	}
	return replace(path, append(b, '\n'))
}

// Keep writes the context among the user's own, and makes it the current one if current is true or there is none. A context of that name that
// is of another cluster stays: this one is then named after its cluster too, and c.Name says how.
func (c *Context) Keep(current bool) error {
	dir, err := Dir()
	if err != nil {
		return err
	}
	if other, err := Load(c.Name); err == nil && other.Cluster != c.Cluster {
		c.Name += "-" + c.Cluster[:min(6, len(c.Cluster))]
	}
	if err := c.Write(filepath.Join(dir, "contexts", c.Name+".json")); err != nil {
		return fmt.Errorf("write context: %w", err)
	}
	if _, err := os.Stat(filepath.Join(dir, "current")); current || errors.Is(err, fs.ErrNotExist) {
		if err := replace(filepath.Join(dir, "current"), []byte(c.Name+"\n")); err != nil {
			return fmt.Errorf("make context %s the current one: %w", c.Name, err)
		}
	}
	return nil
}

// Peer is the caller's end of connections.
func (c *Context) Peer() (identity.Peer, error) {
	own, err := identity.Fixed(identity.Pair{Cert: []byte(c.Cert), Key: []byte(c.Key)})
	if err != nil {
		return identity.Peer{}, fmt.Errorf("context %s: %w", c.Name, err)
	}
	return identity.Peer{Own: own, CA: []byte(c.CA), Cluster: c.Cluster}, nil
}

// learn takes up the addresses of the cluster's nodes, and reports whether they are others than it had. One that is known stays where no node
// says it has it: it may be how this machine reaches one.
func (c *Context) learn(addresses []string) (changed bool) {
	for _, a := range addresses {
		if a != "" && !slices.Contains(c.Servers, a) {
			c.Servers = append(c.Servers, a)
			changed = true
		}
	}
	return changed
}

func replace(path string, data []byte) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".tmp*") // mode 0600
	if err != nil {
		return err
	}
	defer os.Remove(f.Name()) // gone already if all went well
	_, err = f.Write(data)
	if closed := f.Close(); err == nil {
		err = closed
	}
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	return err
}
