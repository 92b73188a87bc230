// Builds what runs: one bundle that deploys (dist/functions), the command line and the local tools.
import { rm } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { build } from 'esbuild';
import { FUNCTIONS_BUNDLE } from './bundle.mjs';

const common = { bundle: true, platform: 'node', target: 'node20', sourcemap: true, logLevel: 'warning' };

await rm('dist', { recursive: true, force: true });
await Promise.all([
  build({ ...FUNCTIONS_BUNDLE, outfile: 'dist/functions/main.cjs' }),
  // Tools of a checkout: packages stay where npm put them.
  build({
    ...common,
    entryPoints: [
      ...(existsSync('cli/skep.ts') ? [{ in: 'cli/skep.ts', out: 'cli/skep' }] : []),
      ...['start', 'demo', 'story', 'simulator']
        .filter((name) => existsSync(`dev/${name}.ts`))
        .map((name) => ({ in: `dev/${name}.ts`, out: `dev/${name}` })),
    ],
    format: 'esm',
    packages: 'external',
    outdir: 'dist',
  }),
]);
