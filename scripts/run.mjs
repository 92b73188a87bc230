// Runs a TypeScript tool that is not part of the build: node scripts/run.mjs FILE [arguments…]
import { spawnSync } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { bundleTool } from './bundle.mjs';

const [file, ...args] = process.argv.slice(2);
// Packages are found from a file's place, so the bundle lies in this folder while it runs.
const bundle = join(import.meta.dirname, `.${basename(file, '.ts')}-${process.pid}.mjs`);
await bundleTool(file, bundle);
try {
  process.exitCode = spawnSync(process.execPath, [bundle, ...args], { stdio: 'inherit' }).status ?? 1;
} finally {
  await rm(bundle);
}
