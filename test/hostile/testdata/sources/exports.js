// expect: 200 "ok"
// expect: fault ""
// generate: exports 200000
