// expect: 200 "bound"
export default { fetch: function () { return new Response(this.text); }.bind({ text: "bound" }) };
