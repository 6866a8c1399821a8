// expect: fault ""
// expect: 200 "ok"
// generate: nest for 1000000
