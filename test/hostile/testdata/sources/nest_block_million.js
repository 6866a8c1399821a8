// expect: fault ""
// expect: 200 "ok"
// generate: nest block 1000000
