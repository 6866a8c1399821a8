// expect: 200 "ok"
// expect: fault ""
// generate: bigint 1000000
