// expect: fault ""
// expect: 200 "ok"
// generate: nest conditional 1000000
