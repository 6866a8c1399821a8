package main

import (
	"context"
	"errors"

	"github.com/evanw/esbuild/pkg/api"

	"github.com/bindery/bindery/node/compiler"
	"github.com/bindery/bindery/node/control"
	"github.com/bindery/bindery/runtime/bundle"
	"github.com/bindery/bindery/runtime/bundle/lower"
)

// checker checks code in the compiler's child.
type checker struct{ *compiler.Compiler }

func newChecker() *checker { return &checker{compiler.New(compiler.Limits{})} }

// Check implements control.Checker.
func (c *checker) Check(ctx context.Context, b *bundle.Bundle) (*control.Code, error) {
	program, err := c.Compiler.Check(ctx, b)
	var source *lower.Error
	var ended *compiler.Error
	switch {
	case errors.As(err, &source):
		return nil, &control.CodeError{Messages: source.Messages}
	case errors.As(err, &ended):
		return nil, &control.CodeError{Messages: []api.Message{{Text: "it can't be compiled: " + ended.Error()}}}
	case err != nil:
		return nil, err
	}
	return &control.Code{Entrypoints: program.Exports, Warnings: program.Warnings}, nil
}
