// expect: fault ""
// generate: zeros 1000000
