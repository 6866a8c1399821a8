// expect: fault ""
// expect: 200 "ok"
// generate: nest class 1000000
