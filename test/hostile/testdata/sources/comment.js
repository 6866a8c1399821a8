// expect: 200 "ok"
// expect: fault ""
// generate: comment 10000000
