// expect: 200 "ok"
// expect: fault ""
// generate: comments 10000000
