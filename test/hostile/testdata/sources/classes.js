// expect: 200 "ok"
// expect: fault ""
// generate: classes 200000
