/** What is in the package, and what is said of it. */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Spec, Validation } from '@cyclonedx/cyclonedx-library';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { projectRoot } from '../../../dev/project-root.js';
import { makePackage, type Package } from './package.js';

interface Sbom {
  readonly metadata: { readonly component: { readonly 'bom-ref': string } };
  readonly components: readonly {
    readonly 'bom-ref': string;
    readonly group?: string;
    readonly name: string;
    readonly version: string;
    readonly licenses?: unknown;
    readonly externalReferences: readonly { readonly hashes?: readonly { readonly content: string }[] }[];
  }[];
  readonly dependencies: readonly { readonly ref: string; readonly dependsOn: readonly string[] }[];
}

let made: Package;
let sbomText: string;
let sbom: Sbom;

beforeAll(async () => {
  made = await makePackage();
  sbomText = await readFile(join(made.out, made.zipName.replace(/zip$/, 'cdx.json')), 'utf8');
  sbom = JSON.parse(sbomText) as Sbom;
});
afterAll(() => made.remove());

describe('the zip', () => {
  it('has the app at its root, and no node_modules', async () => {
    expect((await readdir(made.unpacked)).sort()).toEqual([
      'LICENSE',
      'THIRD-PARTY-LICENSES.txt',
      'dist',
      'host.json',
      'package.json',
    ]);
    const files = await readdir(join(made.unpacked, 'dist'));
    const code = files.filter((file) => file.endsWith('.cjs'));
    expect(code).toContain('main.cjs');
    expect(files.sort()).toEqual(code.flatMap((file) => [file, `${file}.map`]).sort());
  });

  it('names its entry and nothing to install', async () => {
    const { version } = JSON.parse(await readFile(join(projectRoot(), 'package.json'), 'utf8')) as {
      version: string;
    };
    expect(JSON.parse(await readFile(join(made.unpacked, 'package.json'), 'utf8'))).toEqual({
      name: 'skep',
      version,
      private: true,
      type: 'commonjs',
      main: 'dist/main.cjs',
    });
    expect(made.zipName).toBe(`skep-${version}.zip`);
  });

  it('can be read by people: names and lines are whole, and the maps lead to the sources', async () => {
    expect(await readFile(join(made.unpacked, 'dist/main.cjs'), 'utf8')).toMatch(
      /^function createScepHandler\(service, endpoints, options\) \{$/m,
    );
    const map = JSON.parse(await readFile(join(made.unpacked, 'dist/enroll.cjs.map'), 'utf8')) as {
      sources: string[];
    };
    expect(map.sources).toContain('../../../lib/enrollment/enroll.ts');
  });

  it('has in its entry what every start needs, and not the SDKs', async () => {
    const size = async (file: string) => (await stat(join(made.unpacked, 'dist', file))).size;
    expect(await size('main.cjs')).toBeLessThan(600_000);
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ['scripts/package/load.mjs', made.unpacked],
      { cwd: projectRoot() },
    );
    expect(JSON.parse(stdout)).toMatchObject({
      atStart: ['dist/main.cjs'],
      later: expect.arrayContaining([
        'azure-data-tables.cjs',
        'azure-identity.cjs',
        'azure-keyvault-certificates.cjs',
        'azure-keyvault-keys.cjs',
        'azure-keyvault-secrets.cjs',
        'azure-storage-blob.cjs',
        'compose-tasks.cjs',
        'enroll.cjs',
        'envelope.cjs',
        'jose.cjs',
        'status.cjs',
      ]) as unknown,
    });
  });

  it('has the SHA-256 that is published beside it, in the form of sha256sum', async () => {
    const sha256 = createHash('sha256').update(made.zip).digest('hex');
    expect(await readFile(join(made.out, `${made.zipName}.sha256`), 'utf8')).toBe(
      `${sha256}  ${made.zipName}\n`,
    );
  });

  it('is the same whenever and wherever it is made', async () => {
    const env = { ...process.env, TZ: 'Pacific/Kiritimati' };
    await promisify(execFile)(process.execPath, ['scripts/package.mjs', join(made.out, 'again')], {
      cwd: projectRoot(),
      env,
    });
    expect(made.zip.equals(await readFile(join(made.out, 'again', made.zipName)))).toBe(true);
  });
});

describe('the SBOM', () => {
  it('is valid CycloneDX 1.6', async () => {
    const validator = new Validation.JsonStrictValidator(Spec.Version.v1dot6);
    expect(await validator.validate(sbomText)).toBeNull();
  });

  it('names what is in any file of the bundle, and not what only builds it', () => {
    const names = sbom.components.map(({ group, name }) => (group ? `${group}/${name}` : name));
    expect(names).toEqual(
      expect.arrayContaining([
        '@azure/functions',
        '@azure/data-tables',
        'pkijs',
        'asn1js',
        'jose',
        'valibot',
      ]),
    );
    expect(names).not.toEqual(expect.arrayContaining(['esbuild']));
    expect(names).not.toEqual(expect.arrayContaining(['azurite']));
  });

  it('gives each a version, a licence and the hash that npm checked', () => {
    for (const { version, licenses, externalReferences } of sbom.components) {
      expect(version).toMatch(/^\d+\.\d+\.\d+/);
      expect(licenses).toBeDefined();
      expect(externalReferences[0]?.hashes?.[0]?.content).toMatch(/^[0-9a-f]{128}$/);
    }
  });

  it('says who needs whom, without loose ends', () => {
    const refs = new Set([
      sbom.metadata.component['bom-ref'],
      ...sbom.components.map((one) => one['bom-ref']),
    ]);
    const needed = new Set(sbom.dependencies.flatMap(({ dependsOn }) => dependsOn));
    expect([...needed].filter((ref) => !refs.has(ref))).toEqual([]);
    expect(sbom.dependencies.map(({ ref }) => ref).sort()).toEqual([...refs].sort());
    expect(sbom.components.filter((one) => !needed.has(one['bom-ref'])).map(({ name }) => name)).toEqual([]);
  });
});
