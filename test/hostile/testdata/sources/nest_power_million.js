// expect: fault ""
// expect: 200 "ok"
// generate: nest power 1000000
