// expect: fault ""
// expect: 200 "ok"
// generate: nest pattern 1000000
