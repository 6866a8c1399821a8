// expect: 200 "ok"
// expect: fault ""
// generate: unused 200000
