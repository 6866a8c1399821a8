// expect: fault ""
// expect: 200 "ok"
// generate: nest async 1000000
