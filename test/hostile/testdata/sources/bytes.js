// expect: 200 "ok"
// expect: fault ""
// generate: bytes 3000000
