// expect: fault ""
// expect: 200 "ok"
// generate: nest nullish 1000000
