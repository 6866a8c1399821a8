// expect: fault ""
// generate: binary 3000000
