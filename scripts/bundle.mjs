// How the deployable is bundled; `build` and `package` must not differ in it.

/** Options for esbuild, but for where the bundle goes. */
export const FUNCTIONS_BUNDLE = {
  bundle: true,
  platform: 'node',
  target: 'node20',
  sourcemap: true,
  logLevel: 'warning',
  entryPoints: ['functions/main.ts'],
  // Not minified: names matter to ASN.1 schemas, stack traces and readers.
  format: 'cjs',
  // The Functions worker has the first; everything else is inside, but for what `debug` looks for and can do without:
  // whether that is found would depend on the tools of the checkout.
  external: ['@azure/functions-core', 'supports-color'],
  // Some SDK modules ask where they are; in a CommonJS bundle that has to be said.
  define: { 'import.meta.url': 'moduleUrl' },
  banner: { js: "const moduleUrl = require('node:url').pathToFileURL(__filename).href;" },
  legalComments: 'linked',
};
