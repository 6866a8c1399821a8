// expect: fault ""
// expect: 200 "ok"
// generate: nest arrow 100000
