// expect: fault ""
// expect: 200 "ok"
// generate: nest else 1000000
