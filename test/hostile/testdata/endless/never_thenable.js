// expect: 500 "hung and would never generate a response"
// log: hung and would never generate a response
export default { fetch: () => ({ then() {} }) };
