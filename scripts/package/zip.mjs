// A zip that depends on nothing but what is in it: the same files make the same bytes, anywhere and any time.
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { zipSync } from 'fflate';

// The first moment that a zip can name, in local time as the format has it.
const EPOCH = new Date(1980, 0, 1);
const UNIX = 3;
const REGULAR_FILE_MODE = 0o100644;

/**
 * @param {string} folder its contents become the root of the zip.
 * @returns {Promise<Uint8Array>}
 */
export async function zipFolder(folder) {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .map((path) => path.replaceAll('\\', '/'))
    .sort((a, b) => (a < b ? -1 : 1));
  const attributes = { mtime: EPOCH, os: UNIX, attrs: REGULAR_FILE_MODE << 16, level: 9 };
  const files = {};
  for (const path of paths) files[path] = [new Uint8Array(await readFile(join(folder, path))), attributes];
  return zipSync(files);
}
