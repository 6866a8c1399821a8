// expect: 200 "abc"
export default {
	async fetch() {
		class Evil extends Uint8Array {
			get buffer() {
				throw new Error("buffer was read");
			}
			get byteLength() {
				return 1e9;
			}
			get byteOffset() {
				return -1;
			}
			get length() {
				return 1e9;
			}
			slice() {
				throw new Error("slice was called");
			}
			[Symbol.iterator]() {
				throw new Error("iterated");
			}
			static get [Symbol.species]() {
				throw new Error("species");
			}
		}
		return new Response(new Evil([97, 98, 99]));
	},
};
