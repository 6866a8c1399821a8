// expect: 200 "ok"
// expect: fault ""
// generate: variables 1000000
