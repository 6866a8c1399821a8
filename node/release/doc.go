// Package release plans releases: from the state of the cluster and what somebody asks for, to the items that are to be committed, or to all
// that is wrong with it. It is pure: no clock, no I/O. It does not own the compilation of code (package compiler), nor the commit (package
// store).
package release
