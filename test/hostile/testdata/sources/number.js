// expect: 200 "Infinity"
// expect: fault ""
// generate: number 1000000
