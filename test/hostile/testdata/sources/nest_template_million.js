// expect: fault ""
// expect: 200 "ok"
// generate: nest template 1000000
