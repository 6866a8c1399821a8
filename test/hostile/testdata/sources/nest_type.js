// file: index.ts
// expect: fault ""
// expect: 200 "ok"
// generate: nest type 100000
