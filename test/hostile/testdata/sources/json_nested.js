// expect: 200 "ok"
// expect: fault ""
// generate: jsonimport 1000000
