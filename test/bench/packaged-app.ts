/** @module What is measured as it deploys: the package, a trivial app beside it, and a process that hosts either. */
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { loadBundler } from '../support/bundler.js';

/** Under out/, where a bundle finds the packages of this checkout. */
const FOLDER = resolve('out/bench');

/** @returns the program; its argument is the folder of an app. */
export async function buildHost(): Promise<string> {
  const file = join(FOLDER, 'host.mjs');
  await (await loadBundler()).bundleTool('test/bench/host-process.ts', file);
  return file;
}

/** `npm run package`, into a folder of its own. @returns where the app is. */
export function makePackage(): string {
  const made = spawnSync(process.execPath, ['scripts/package.mjs', FOLDER], { encoding: 'utf8' });
  if (made.status !== 0) throw new Error(`the package was not made: ${made.stderr}`);
  return join(FOLDER, 'app');
}

/** A function that says hello at `/hello`, bundled as the deployable is. @returns where the app is. */
export async function buildTrivialApp(): Promise<string> {
  const folder = join(FOLDER, 'trivial');
  mkdirSync(folder, { recursive: true });
  await (await loadBundler()).bundleFunctions(folder, { input: 'test/support/host-fixture/trivial-app.ts' });
  copyFileSync('host.json', join(folder, 'host.json'));
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ type: 'commonjs', main: 'main.cjs' }));
  return folder;
}
