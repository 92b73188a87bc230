// How everything is bundled: what deploys, and the tools of a checkout.
import { basename, dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, rolldown } from 'rolldown';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const NODE = { platform: 'node', transform: { target: 'node20' }, logLevel: 'warn' };

/** main.cjs, and files beside it that are read when code that needs them is imported: a start pays for what it uses. */
const DEPLOYABLE = {
  format: 'cjs',
  sourcemap: true,
  entryFileNames: 'main.cjs',
  chunkFileNames: ({ name, facadeModuleId, moduleIds }) =>
    `${packageOf(facadeModuleId ?? (moduleIds.length === 1 ? moduleIds[0] : undefined)) ?? name}.cjs`,
  codeSplitting: {
    groups: [
      // What the entry imports lies in it, whoever needs it besides.
      { name: 'main', tags: ['$initial'], priority: 1 },
      // What Azure's SDKs have in common, in place of a file for each combination of them.
      { name: 'azure', test: /node_modules\/@azure\//, minShareCount: 2 },
    ],
  },
  // Nothing is minified: a quarter less to read saves a start no time that can be measured, and lines and names stay whole
  // for stack traces, ASN.1 schemas and readers.
  minifyInternalExports: false,
  comments: { legal: true, annotation: false, jsdoc: false },
};

/** Of a module of a package: `@azure/identity` lies in azure-identity.cjs. */
function packageOf(path) {
  const [, name] = /.*node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(path ?? '') ?? [];
  return name?.replace('@', '').replace('/', '-');
}

/**
 * Bundles a Functions app. `build` and `package` must not differ in it.
 * @param {string} outdir
 * @param {{input?: string, write?: boolean}} [options] `input`: its entry; `write: false`: nothing is written.
 * @returns {Promise<import('rolldown').RolldownOutput['output']>} main.cjs first.
 */
export async function bundleFunctions(outdir, { input = 'functions/main.ts', write = true } = {}) {
  const bundle = await rolldown({
    ...NODE,
    cwd: ROOT,
    input: { main: input },
    // The Functions worker has the first; everything else is inside, but for what `debug` looks for and can do without:
    // whether that is found would depend on the tools of the checkout.
    external: ['@azure/functions-core', 'supports-color'],
  });
  try {
    const output = { ...DEPLOYABLE, dir: outdir };
    return (await (write ? bundle.write(output) : bundle.generate(output))).output;
  } finally {
    await bundle.close();
  }
}

/**
 * Bundles a program of a checkout: an ES module in one file. Packages stay where npm put them, and are found from the
 * place of that file.
 * @param {string} input
 * @param {string} file where it goes.
 * @param {{sourcemap?: boolean}} [options] `sourcemap`: whether one goes beside it; default false.
 */
export async function bundleTool(input, file, { sourcemap = false } = {}) {
  await build({
    ...NODE,
    cwd: ROOT,
    input,
    external: (id, importer) => importer !== undefined && /^[^./]/.test(id),
    output: {
      format: 'es',
      dir: dirname(file),
      entryFileNames: basename(file),
      codeSplitting: false,
      sourcemap,
    },
  });
}
