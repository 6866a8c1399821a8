// expect: fault ""
// generate: open ( 1000000
