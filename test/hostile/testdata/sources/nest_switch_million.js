// expect: fault ""
// expect: 200 "ok"
// generate: nest switch 1000000
