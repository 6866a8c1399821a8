// Package blob owns the classes Blob and File: immutable bytes with a MIME type, as script sees them and as other Web APIs pass them
// on. It reads no file and has no object URLs.
//
// See https://w3c.github.io/FileAPI/.
package blob
