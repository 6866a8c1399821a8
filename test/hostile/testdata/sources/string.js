// expect: 200 "10000000"
// expect: fault ""
// generate: string 10000000
