// expect: fault ""
// expect: 200 "ok"
// generate: nest assign 1000000
