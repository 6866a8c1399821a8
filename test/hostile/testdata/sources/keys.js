// expect: 200 "ok"
// expect: fault ""
// generate: keys 1000000
