// expect: fault ""
// generate: open template 1000000
