// expect: 200 "ok"
// expect: fault ""
// generate: line 10000000
