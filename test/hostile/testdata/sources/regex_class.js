// expect: 200 "ok"
// expect: fault ""
// generate: regexclass 2000
