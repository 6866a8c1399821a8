// expect: fault ""
// generate: open minus 1000000
