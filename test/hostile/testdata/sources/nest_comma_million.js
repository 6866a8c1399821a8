// expect: fault ""
// expect: 200 "ok"
// generate: nest comma 1000000
