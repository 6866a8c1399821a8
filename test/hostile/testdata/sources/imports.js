// expect: fault ""
// generate: imports 100000
