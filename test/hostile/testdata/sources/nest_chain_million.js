// expect: fault ""
// expect: 200 "ok"
// generate: nest chain 1000000
