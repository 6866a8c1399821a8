// expect: fault ""
// expect: 200 "ok"
// generate: nest ( 1000000
