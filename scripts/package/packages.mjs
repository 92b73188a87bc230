// Which npm packages are really in a bundle, by what the bundler says it took octets from.
import { readFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';

/**
 * @typedef {object} BundledPackage
 * @property {string} folder as in package-lock.json, `node_modules/…`.
 * @property {{name: string, version: string, license?: string, dependencies?: Record<string, string>}} manifest
 */

/**
 * @param {import('rolldown').OutputChunk[]} chunks
 * @returns {Promise<BundledPackage[]>} sorted by name and version.
 */
export async function listPackages(chunks) {
  const sources = chunks.flatMap(({ modules }) =>
    Object.entries(modules)
      .filter(([path, { renderedLength }]) => renderedLength > 0 && path.includes('/node_modules/'))
      .map(([path]) => relative('', path)),
  );
  const found = new Map();
  for (const source of new Set(sources)) {
    const one = await findPackage(dirname(source));
    found.set(one.folder, one);
  }
  const key = ({ manifest }) => `${manifest.name}@${manifest.version}`;
  return [...found.values()].sort((a, b) => (key(a) < key(b) ? -1 : 1));
}

/** The nearest package.json that names a package; some packages have nameless ones inside, for the module type. */
async function findPackage(folder) {
  const manifest = await readJson(join(folder, 'package.json'));
  return manifest?.name && manifest.version ? { folder, manifest } : findPackage(dirname(folder));
}

async function readJson(path) {
  try {
    return JSON.parse(await readFile(path, 'utf8'));
  } catch (thrown) {
    if (thrown.code === 'ENOENT') return undefined;
    throw thrown;
  }
}
