import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { projectRoot } from '../../../dev/project-root.js';

const read = (name: string) => readFileSync(join(projectRoot(), name), 'utf8');

interface Manifest {
  readonly version: string;
  readonly scripts: Readonly<Record<string, string>>;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
}
interface Locked {
  readonly version?: string;
  readonly integrity?: string;
  readonly resolved?: string;
  readonly hasInstallScript?: boolean;
  readonly dev?: boolean;
  readonly optional?: boolean;
}
const manifest = JSON.parse(read('package.json')) as Manifest;
const lock = JSON.parse(read('package-lock.json')) as {
  readonly lockfileVersion: number;
  readonly packages: Readonly<Record<string, Locked & Partial<Manifest>>>;
};
const locked = Object.entries(lock.packages).filter(([folder]) => folder !== '');

describe('what is installed', () => {
  it('is named by exact versions, the same in both files', () => {
    for (const group of ['dependencies', 'devDependencies'] as const) {
      for (const [name, version] of Object.entries(manifest[group])) {
        expect([name, version]).toEqual([name, expect.stringMatching(/^\d+\.\d+\.\d+(-[\w.]+)?$/)]);
        expect([name, lock.packages[`node_modules/${name}`]?.version]).toEqual([name, version]);
      }
      expect(lock.packages['']?.[group]).toEqual(manifest[group]);
    }
  });

  it('has a hash each, and comes from nowhere but the registry', () => {
    expect(lock.lockfileVersion).toBe(3);
    for (const [folder, { integrity, resolved = '' }] of locked) {
      expect([folder, integrity]).toEqual([folder, expect.stringMatching(/^sha512-/)]);
      expect([folder, resolved]).toEqual([
        folder,
        expect.stringMatching(/^(https:\/\/registry\.npmjs\.org\/.*)?$/),
      ]);
    }
  });

  it('no package needs its install script', () => {
    // npm runs none: what has one works without.
    expect(read('.npmrc')).toMatch(/^ignore-scripts=true$/m);
    for (const name of ['preinstall', 'install', 'postinstall', 'prepare'])
      expect(manifest.scripts).not.toHaveProperty(name);
    const deployed = locked.filter(([, { dev, hasInstallScript }]) => !dev && hasInstallScript);
    expect(deployed.map(([folder]) => folder)).toEqual([]);
  });
});
