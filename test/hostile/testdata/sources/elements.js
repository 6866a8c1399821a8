// expect: 200 "ok"
// expect: fault ""
// generate: elements 1000000
