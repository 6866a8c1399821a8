// expect: fault ""
// expect: 200 "ok"
// generate: nest not 1000000
