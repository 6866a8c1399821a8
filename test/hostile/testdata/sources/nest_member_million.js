// expect: fault ""
// expect: 200 "ok"
// generate: nest member 1000000
