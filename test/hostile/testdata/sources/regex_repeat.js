// expect: 200 "ok"
// expect: fault ""
// generate: regexrepeat 1000
