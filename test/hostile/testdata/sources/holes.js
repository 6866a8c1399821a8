// expect: 200 "ok"
// expect: fault ""
// generate: holes 10000000
