// expect: fault ""
// expect: 200 "ok"
// generate: nest if 100000
