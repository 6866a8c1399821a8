// expect: fault ""
// expect: 200 "ok"
// generate: nest function 1000000
