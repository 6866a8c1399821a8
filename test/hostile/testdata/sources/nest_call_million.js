// expect: fault ""
// expect: 200 "ok"
// generate: nest call 1000000
