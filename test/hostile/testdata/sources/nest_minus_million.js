// expect: fault ""
// expect: 200 "ok"
// generate: nest minus 1000000
