// expect: fault ""
// expect: 200 "ok"
// generate: nest plus 100000
