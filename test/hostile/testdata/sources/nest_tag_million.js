// expect: fault ""
// expect: 200 "ok"
// generate: nest tag 1000000
