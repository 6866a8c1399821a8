// expect: 500 "Error: then"
// log: Error: then
export default { fetch: () => ({ get then() { throw new Error("then"); } }) };
