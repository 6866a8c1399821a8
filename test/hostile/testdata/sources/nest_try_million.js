// expect: fault ""
// expect: 200 "ok"
// generate: nest try 1000000
