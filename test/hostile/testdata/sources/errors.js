// expect: fault ""
// generate: errors 200000
