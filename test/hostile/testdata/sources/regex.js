// expect: fault ""
// generate: regex 100000
