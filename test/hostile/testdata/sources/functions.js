// expect: 200 "ok"
// expect: fault ""
// generate: functions 1000000
