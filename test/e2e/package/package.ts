/** @module The package, made anew for a test and unpacked with a reader that is not its writer. */
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { fromBufferPromise } from 'yauzl';
import { projectRoot } from '../../../dev/project-root.js';

export interface Package {
  /** Where `npm run package` wrote. */
  readonly out: string;
  /** The contents of the zip. */
  readonly unpacked: string;
  readonly zip: Buffer;
  /** `skep-<version>.zip` */
  readonly zipName: string;
  remove(): Promise<void>;
}

export async function makePackage(): Promise<Package> {
  const folder = await mkdtemp(join(tmpdir(), 'skep-package-'));
  const out = join(folder, 'out');
  const unpacked = join(folder, 'unpacked');
  await promisify(execFile)(process.execPath, ['scripts/package.mjs', out], { cwd: projectRoot() });
  const zipName = (await readdir(out)).find((name) => name.endsWith('.zip')) ?? '';
  const zip = await readFile(join(out, zipName));
  for (const [path, content] of await readZip(zip)) {
    await mkdir(dirname(join(unpacked, path)), { recursive: true });
    await writeFile(join(unpacked, path), content);
  }
  return { out, unpacked, zip, zipName, remove: () => rm(folder, { recursive: true }) };
}

async function readZip(zip: Buffer): Promise<[path: string, content: Buffer][]> {
  const file = await fromBufferPromise(zip, { lazyEntries: true });
  const entries: [string, Buffer][] = [];
  for await (const entry of file.eachEntry()) {
    entries.push([entry.fileName, await buffer(await file.openReadStreamPromise(entry))]);
  }
  return entries;
}
