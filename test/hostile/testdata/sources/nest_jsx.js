// file: index.jsx
// expect: fault ""
// expect: 200 "ok"
// generate: nest jsx 100000
