// expect: 200 "ok"
// expect: fault ""
// generate: cases 200000
