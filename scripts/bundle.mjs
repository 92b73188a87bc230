// How the deployable is bundled; `build` and `package` must not differ in it.
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

const COMMON = {
  absWorkingDir: ROOT,
  bundle: true,
  platform: 'node',
  target: 'node20',
  sourcemap: true,
  metafile: true,
  logLevel: 'warning',
  format: 'cjs',
  // Names stay whole: they matter to ASN.1 schemas, stack traces and readers. Indentation and the like is a quarter of
  // what V8 reads at a start; lines stay short, because Node shows the one that throws.
  minifyWhitespace: true,
  lineLimit: 120,
  // The Functions worker has the first; everything else is inside, but for what `debug` looks for and can do without:
  // whether that is found would depend on the tools of the checkout.
  external: ['@azure/functions-core', 'supports-color'],
  // Some SDK modules ask where they are; in a CommonJS bundle that has to be said.
  define: { 'import.meta.url': 'moduleUrl' },
  banner: { js: "const moduleUrl = require('node:url').pathToFileURL(__filename).href;" },
  legalComments: 'linked',
};

/** Packages that no start needs, by the file beside main.cjs that they go into. It is read when one of them is imported. */
const LATER = {
  'azure.cjs': /^@azure\/(core|data|identity|keyvault|storage)/,
  'jose.cjs': /^jose$/,
  'pkijs.cjs': /^(pkijs|asn1js)$/,
};

/**
 * Writes main.cjs, which holds all that every start needs, and the files of LATER.
 * @param {string} outdir
 * @param {import('esbuild').BuildOptions} [options] more of them, or others.
 * @returns {Promise<{metafile: import('esbuild').Metafile, outputFiles: import('esbuild').OutputFile[]}>} of all files.
 */
export async function bundleFunctions(outdir, options = {}) {
  const imported = Object.fromEntries(Object.keys(LATER).map((file) => [file, new Set()]));
  const bundle = (file, own) => build({ ...COMMON, ...own, ...options, outfile: `${outdir}/${file}` });
  const main = await bundle('main.cjs', {
    entryPoints: ['functions/main.ts'],
    plugins: [importLater(imported)],
  });
  const later = await Promise.all(
    Object.entries(imported).map(([file, packages]) =>
      bundle(file, {
        stdin: { contents: exportPackages([...packages].sort()), resolveDir: ROOT },
        plugins: [resolveAsImported],
      }),
    ),
  );
  const built = [main, ...later];
  return {
    metafile: {
      inputs: Object.assign({}, ...built.map(({ metafile }) => metafile.inputs)),
      outputs: Object.assign({}, ...built.map(({ metafile }) => metafile.outputs)),
    },
    outputFiles: built.flatMap(({ outputFiles = [] }) => outputFiles),
  };
}

/** Puts in the place of each package a module that takes it from its file, and notes which there are. */
const importLater = (imported) => ({
  name: 'import-later',
  setup({ onResolve, onLoad }) {
    for (const [file, filter] of Object.entries(LATER)) {
      onResolve({ filter }, ({ path }) => {
        imported[file].add(path);
        return { path, namespace: file };
      });
      onLoad({ filter: /.*/, namespace: file }, ({ path }) => ({
        contents: `module.exports = require('./${file}')['${path}']();`,
      }));
      onResolve({ filter: /^\.\//, namespace: file }, ({ path }) => ({ path, external: true }));
    }
  },
});

/** Each is initialised when it is first asked for, not with the file. */
const exportPackages = (names) =>
  names.map((name) => `exports['${name}'] = () => require('${name}');\n`).join('');

/** `require` would get the CommonJS edition of packages that have two, which is larger. */
const resolveAsImported = {
  name: 'resolve-as-imported',
  setup({ onResolve, resolve }) {
    onResolve({ filter: /.*/ }, ({ path, kind, importer, resolveDir }) =>
      importer === '<stdin>' && kind === 'require-call'
        ? resolve(path, { kind: 'import-statement', resolveDir })
        : undefined,
    );
  },
};
