// expect: fault "trap"
// expect: 500 "trap"
export default new Proxy({}, { get() { throw new Error("trap"); } });
