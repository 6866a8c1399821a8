// expect: 200 "ok"
// expect: fault ""
// generate: mappednest 1000000
