// expect: fault ""
// generate: regexrepeat 1000
