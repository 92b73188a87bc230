// Builds what runs: the bundle that deploys (dist/functions), the command line and the local tools.
import { rename, rm } from 'node:fs/promises';
import { bundleFunctions, bundleTool } from './bundle.mjs';

const TOOLS = ['cli/skep', 'dev/start', 'dev/demo', 'dev/story', 'dev/simulator', 'dev/fleet'];

// Built aside and moved into place, so that whoever runs from dist/ meanwhile finds all of it.
const aside = `dist.${process.pid}`;
await Promise.all([
  bundleFunctions(`${aside}/functions`),
  ...TOOLS.map((name) => bundleTool(`${name}.ts`, `${aside}/${name}.js`, { sourcemap: true })),
]);
await rename('dist', `${aside}.old`).catch(() => undefined);
await rename(aside, 'dist');
await rm(`${aside}.old`, { recursive: true, force: true });
