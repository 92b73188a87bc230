// CycloneDX 1.6: what is in the bundle. No time and no serial number in it, so that the same bundle has the same SBOM.
import { Buffer } from 'node:buffer';

/**
 * @param {{name: string, version: string, description: string, license: string}} product
 * @param {import('./packages.mjs').BundledPackage[]} packages
 * @param {{packages: Record<string, {integrity?: string}>}} lock package-lock.json.
 */
export function describeBundle(product, packages, lock) {
  const refs = new Map(packages.map(({ folder, manifest }) => [folder, purl(manifest)]));
  const root = purl(product);
  return {
    $schema: 'http://cyclonedx.org/schema/bom-1.6.schema.json',
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    version: 1,
    metadata: {
      component: {
        type: 'application',
        'bom-ref': root,
        name: product.name,
        version: product.version,
        description: product.description,
        licenses: licences(product.license),
        purl: root,
      },
    },
    components: packages.map(({ folder, manifest }) => component(manifest, lock.packages[folder]?.integrity)),
    dependencies: [
      { ref: root, dependsOn: directlyNeeded(product, '', refs) },
      ...packages.map(({ folder, manifest }) => ({
        ref: purl(manifest),
        dependsOn: directlyNeeded(manifest, folder, refs),
      })),
    ],
  };
}

function component(manifest, integrity) {
  const [name, group] = manifest.name.split('/').reverse();
  return {
    type: 'library',
    'bom-ref': purl(manifest),
    ...(group ? { group } : {}),
    name,
    version: manifest.version,
    ...(manifest.license ? { licenses: licences(manifest.license) } : {}),
    purl: purl(manifest),
    externalReferences: [distribution(manifest, name, integrity)],
  };
}

/** The archive at the registry; its hash is the one that npm checked when it installed it. */
function distribution(manifest, file, integrity) {
  const url = `https://registry.npmjs.org/${manifest.name}/-/${file}-${manifest.version}.tgz`;
  const sha512 = /^sha512-(\S+)$/.exec(integrity ?? '')?.[1];
  if (!sha512) return { type: 'distribution', url };
  const content = Buffer.from(sha512, 'base64').toString('hex');
  return { type: 'distribution', url, hashes: [{ alg: 'SHA-512', content }] };
}

function licences(license) {
  return /^[\w.+-]+$/.test(license) ? [{ license: { id: license } }] : [{ expression: license }];
}

function purl({ name, version }) {
  return `pkg:npm/${name.replace('@', '%40')}@${version}`;
}

/** A dependency is looked for as Node does: in the package's own node_modules, then in those above it. */
function directlyNeeded({ dependencies = {} }, folder, refs) {
  const needed = Object.keys(dependencies).map((name) => {
    for (let at = folder; ; at = at.slice(0, Math.max(0, at.lastIndexOf('/node_modules/')))) {
      const ref = refs.get(`${at ? `${at}/` : ''}node_modules/${name}`);
      if (ref || !at) return ref;
    }
  });
  return [...new Set(needed.filter(Boolean))].sort();
}
