// expect: fault ""
// expect: 200 "ok"
// generate: nest spread 1000000
