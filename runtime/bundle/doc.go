// Package bundle turns a Worker's entry file into the one module that is
// uploaded: the client half of the way from source to isolate.
//
// It owns what dev and deploy do on the user's machine: resolving TypeScript,
// JSX, JSON, text and data files, npm packages and tsconfig paths with esbuild
// as wrangler would, deciding which imports stay with the runtime, and naming
// the outcome by its hash. It does not own what an engine needs: the code it
// makes is portable ESNext, and lowering, repairing and compiling it is package
// lower's work, on the node. It never reads configuration files either; Options
// holds what they say.
//
// esbuild runs inside this process. A panic of its parser comes back as a
// message, but source that is nested some hundred thousand levels deep overflows
// the Go stack and ends the process, which no recover can prevent. Whoever
// must not end with it bundles in a child process with limits: package
// node/compiler does.
//
// See docs/rationale/bundling.md.
package bundle
