// Builds what runs: the bundle that deploys (dist/functions), the command line and the local tools.
import { rename, rm } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { build } from 'esbuild';
import { bundleFunctions } from './bundle.mjs';

const common = { bundle: true, platform: 'node', target: 'node20', sourcemap: true, logLevel: 'warning' };

// Built aside and moved into place, so that whoever runs from dist/ meanwhile finds all of it.
const aside = `dist.${process.pid}`;
await Promise.all([
  bundleFunctions(`${aside}/functions`),
  // Tools of a checkout: packages stay where npm put them.
  build({
    ...common,
    entryPoints: [
      ...(existsSync('cli/skep.ts') ? [{ in: 'cli/skep.ts', out: 'cli/skep' }] : []),
      ...['start', 'demo', 'story', 'simulator', 'fleet']
        .filter((name) => existsSync(`dev/${name}.ts`))
        .map((name) => ({ in: `dev/${name}.ts`, out: `dev/${name}` })),
    ],
    format: 'esm',
    packages: 'external',
    outdir: aside,
  }),
]);
await rename('dist', `${aside}.old`).catch(() => undefined);
await rename(aside, 'dist');
await rm(`${aside}.old`, { recursive: true, force: true });
