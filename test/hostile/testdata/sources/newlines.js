// expect: 200 "ok"
// expect: fault ""
// generate: newlines 10000000
