// Makes what is deployed: a folder, a zip of it, its SHA-256, its SBOM. `node scripts/package.mjs [FOLDER]`, default out.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFile, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { bundleFunctions } from './bundle.mjs';
import { collectLicences } from './package/licences.mjs';
import { listPackages } from './package/packages.mjs';
import { describeBundle } from './package/sbom.mjs';
import { zipFolder } from './package/zip.mjs';

const out = resolve(process.argv[2] ?? 'out');
const app = join(out, 'app');
const readJson = async (path) => JSON.parse(await readFile(path, 'utf8'));
const toJson = (value) => `${JSON.stringify(value, null, 2)}\n`;

const product = await readJson('package.json');
const { name, version } = product;
const zipName = `${name}-${version}.zip`;

await rm(app, { recursive: true, force: true });
await mkdir(join(app, 'dist'), { recursive: true });
// Paths in the source map are relative to the bundle: for the same bytes it is made for the same place everywhere.
const files = await bundleFunctions('out/app/dist', { write: false });
for (const file of files)
  await writeFile(join(app, 'dist', file.fileName), file.type === 'chunk' ? file.code : file.source);
const packages = await listPackages(files.filter(({ type }) => type === 'chunk'));
await copyFile('host.json', join(app, 'host.json'));
await copyFile('LICENSE', join(app, 'LICENSE'));
await writeFile(join(app, 'THIRD-PARTY-LICENSES.txt'), await collectLicences(packages));
await writeFile(
  join(app, 'package.json'),
  toJson({ name, version, private: true, type: 'commonjs', main: 'dist/main.cjs' }),
);

// A bundle that loads nothing must not become a package.
const loader = new URL('./package/load.mjs', import.meta.url).pathname;
const loaded = JSON.parse(execFileSync(process.execPath, [loader, app], { encoding: 'utf8' }));

const zip = await zipFolder(app);
const sha256 = createHash('sha256').update(zip).digest('hex');
await writeFile(join(out, zipName), zip);
await writeFile(join(out, `${zipName}.sha256`), `${sha256}  ${zipName}\n`);
const sbom = describeBundle(product, packages, await readJson('package-lock.json'));
await writeFile(join(out, `${name}-${version}.cdx.json`), toJson(sbom));
console.log(
  `${join(out, zipName)}: ${loaded.functions.length} functions, ${packages.length} packages inside, SHA-256 ${sha256}`,
);
