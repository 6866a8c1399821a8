// expect: 200 "ok"
// expect: fault ""
// generate: arguments 1000000
