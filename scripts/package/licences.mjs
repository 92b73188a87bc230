// The licence texts of the packages in the bundle: most of them ask to go wherever the code goes.
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

const LICENCE_FILE = /^(licen[cs]e|notice|copying)(\.|-|$)/i;

/** @param {import('./packages.mjs').BundledPackage[]} packages */
export async function collectLicences(packages) {
  const parts = await Promise.all(
    packages.map(async ({ folder, manifest }) => {
      const names = (await readdir(folder)).filter((name) => LICENCE_FILE.test(name)).sort();
      const texts = await Promise.all(names.map((name) => readFile(join(folder, name), 'utf8')));
      const title = `${manifest.name} ${manifest.version} (${manifest.license ?? 'no licence named'})`;
      return [title, '='.repeat(title.length), ...texts.map((text) => text.trim())].join('\n');
    }),
  );
  return `${parts.join('\n\n\n')}\n`;
}
