// expect: fault ""
// expect: 200 "ok"
// generate: nest object 1000000
