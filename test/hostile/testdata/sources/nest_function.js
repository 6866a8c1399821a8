// expect: fault ""
// expect: 200 "ok"
// generate: nest function 100000
