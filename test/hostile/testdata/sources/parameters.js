// expect: 200 "ok"
// expect: fault ""
// generate: parameters 500000
