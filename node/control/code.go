package control

import "sync"

// maxKnown is how many bundles' code is remembered.
const maxKnown = 4096

// codeCache remembers what was found in bundles, which never change. A bundle that is released again is not checked again.
type codeCache struct {
	mu   sync.Mutex
	code map[string]*Code // guarded by mu
}

func (c *codeCache) get(hash string) *Code {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.code[hash]
}

func (c *codeCache) put(hash string, found *Code) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.code == nil || len(c.code) >= maxKnown {
		c.code = map[string]*Code{}
	}
	c.code[hash] = found
}
