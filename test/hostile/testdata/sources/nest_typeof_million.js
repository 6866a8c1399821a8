// expect: fault ""
// expect: 200 "ok"
// generate: nest typeof 1000000
