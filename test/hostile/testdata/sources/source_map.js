// expect: 200 "ok"
// expect: fault ""
// generate: mapping 2000000
