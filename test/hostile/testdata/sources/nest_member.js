// expect: fault ""
// expect: 200 "ok"
// generate: nest member 100000
