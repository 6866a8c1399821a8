// expect: 200 "ok"
// expect: fault ""
// generate: parts 500000
