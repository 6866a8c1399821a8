// expect: 200 "ok"
// expect: fault ""
// generate: regex 100000
