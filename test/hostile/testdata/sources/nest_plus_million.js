// expect: fault ""
// expect: 200 "ok"
// generate: nest plus 1000000
