// expect: fault ""
// expect: 500 ""
const x = 1;
