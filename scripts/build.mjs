// Builds what runs: one bundle that deploys (dist/functions), the command line and the local tools.
import { rm } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { build } from 'esbuild';

const common = { bundle: true, platform: 'node', target: 'node20', sourcemap: true, logLevel: 'warning' };

await rm('dist', { recursive: true, force: true });
await Promise.all([
  // The deployable. Not minified: names matter to ASN.1 schemas, stack traces and readers.
  build({
    ...common,
    entryPoints: ['functions/main.ts'],
    format: 'cjs',
    external: ['@azure/functions-core'],
    // Some SDK modules ask where they are; in a CommonJS bundle that has to be said.
    define: { 'import.meta.url': 'moduleUrl' },
    banner: { js: "const moduleUrl = require('node:url').pathToFileURL(__filename).href;" },
    legalComments: 'linked',
    outfile: 'dist/functions/main.cjs',
  }),
  // Tools of a checkout: packages stay where npm put them.
  build({
    ...common,
    entryPoints: [
      ...(existsSync('cli/skep.ts') ? [{ in: 'cli/skep.ts', out: 'cli/skep' }] : []),
      ...['start', 'demo', 'simulator']
        .filter((name) => existsSync(`dev/${name}.ts`))
        .map((name) => ({ in: `dev/${name}.ts`, out: `dev/${name}` })),
    ],
    format: 'esm',
    packages: 'external',
    outdir: 'dist',
  }),
]);
