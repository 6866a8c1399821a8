// expect: fault ""
// expect: 200 "ok"
// generate: nest new 1000000
