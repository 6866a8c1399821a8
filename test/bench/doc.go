// Package bench holds the benchmarks behind docs/performance.md: what a binding costs, what an isolate costs, and what serving
// costs against bare net/http. Run them with
//
//	go test -run xxx -bench . ./test/bench
//
// Each compares two things in one run, on one collector setting (GOGC and the floor under the heap that `bindery dev` sets), and
// reports the ratio beside the figures. They assert nothing: speed is no test.
//
// Fairness and Processors drive the real binary, built for them or given by BINDERY_BINARY, and take minutes: run them by name, with
// -benchtime 1x. They are behind docs/rationale/fairness.md.
package bench
