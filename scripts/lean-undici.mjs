/**
 * Leaves out what undici's client loads and never runs here, 130 KB of a function's bundle: HTTP/2 (never asked for), fetch's bodies (a body is
 * bytes or text), and the parser for machines without SIMD (every machine that Node 20 runs on has it). Where one is used after all, it says so.
 */
const UNUSED = /undici[\\/]lib[\\/](dispatcher[\\/]client-h2|web[\\/]fetch[\\/]body|llhttp[\\/]llhttp-wasm)\.js$/;

export const leanUndici = {
  name: 'lean-undici',
  setup(build) {
    build.onLoad({ filter: UNUSED }, ({ path }) => {
      const name = path.split(/[\\/]/).at(-1);
      return {
        contents: `module.exports = new Proxy(function () {}, { get() { throw new Error('${name} is left out of this bundle'); } });`,
      };
    });
  },
};
