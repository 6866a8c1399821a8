// expect: fault ""
// expect: 200 "ok"
// generate: nest template 100000
