// expect: fault ""
// expect: 200 "ok"
// generate: nest label 1000000
