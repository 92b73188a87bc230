/**
 * Who may import whom. The table stands in docs/architecture.md; this file holds it.
 * `lib/<layer>` may import only what `allowed` names; the rest of the rules keep each SDK in its one home.
 */
const layers = {
  base: [],
  pki: ['base', 'port:keys'],
  // Types only: the codec opens envelopes and signs answers through the ports of keys.
  scep: ['base', 'pki', 'ports'],
  microsoft: ['base'],
  intune: ['base', 'microsoft'],
  directory: ['base', 'microsoft', 'ports'],
  validators: ['base', 'pki', 'ports', 'intune'],
  keys: ['base', 'pki', 'ports'],
  store: ['base', 'pki', 'ports'],
  issuance: ['base', 'pki', 'ports'],
  revocation: ['base', 'pki', 'ports'],
  journal: ['base', 'pki', 'ports'],
  ledger: ['base', 'ports'],
  enrollment: ['scep', 'issuance', 'ports', 'base', 'pki'],
  http: ['enrollment', 'revocation', 'journal', 'ledger', 'scep', 'base', 'ports', 'pki'],
};

const ports =
  '^lib/(keys/(signer|decrypter|authority|ca-certificates)|store/(store|states)|validators/(validator|identity-check)|directory/directory|journal/recorder|ledger/ledger)\\.ts$';

const layerRule = ([layer, allowed]) => {
  const paths = allowed
    .filter((name) => name !== 'ports' && name !== 'port:keys')
    .map((name) => `^lib/${name}/`);
  if (allowed.includes('ports')) paths.push(ports);
  if (allowed.includes('port:keys')) paths.push('^lib/keys/signer\\.ts$');
  return {
    name: `layer-${layer}`,
    comment: `lib/${layer} may import: itself${allowed.length ? ', ' + allowed.join(', ') : ''}`,
    severity: 'error',
    from: { path: `^lib/${layer}/` },
    to: { path: '^(lib|functions|cli|dev|test)/', pathNot: [`^lib/${layer}/`, ...paths] },
  };
};

/** One SDK, one home. */
const homes = [
  ['azure-functions', '@azure/functions', '^(functions|dev/host|test/support/host-fixture)/'],
  ['key-vault', '@azure/keyvault-', '^(lib/keys|cli|test|dev/vault)/'],
  ['tables', '@azure/data-tables', '^(lib/store|test)/'],
  ['blobs', '@azure/storage-blob', '^(lib/store|test)/'],
  ['identity', '@azure/identity', '^(lib/app|cli|test)/'],
  ['pkijs', '(pkijs|asn1js|pvtsutils|pvutils)', '^(lib/(pki|scep)|dev|cli|test)/'],
  ['jose', 'jose', '^(lib/http|dev|test)/'],
].map(([name, module, home]) => ({
  name: `home-${name}`,
  comment: `${module} has one home: ${home}`,
  severity: 'error',
  from: { pathNot: home },
  to: { path: `^node_modules/${module}` },
}));

module.exports = {
  forbidden: [
    ...Object.entries(layers).map(layerRule),
    {
      name: 'layer-app',
      comment: 'lib/app composes everything in lib but http',
      severity: 'error',
      from: { path: '^lib/app/' },
      to: { path: '^(lib/http|functions|cli|dev|test)/' },
    },
    {
      name: 'layer-functions',
      comment: 'functions bind triggers to lib/http handlers over lib/app; base for their types',
      severity: 'error',
      from: { path: '^functions/' },
      to: { path: '^(lib|cli|dev|test)/', pathNot: '^lib/(http|app|base)/' },
    },
    {
      name: 'implementations-are-strangers',
      comment: 'an implementation of a port never imports a sibling',
      severity: 'error',
      from: { path: '^lib/validators/(intune|static|renewal)\\.ts$' },
      to: { path: '^lib/validators/', pathNot: '^lib/validators/validator\\.ts$' },
    },
    {
      name: 'nobody-imports-the-workshop',
      comment: 'cli, dev and test import lib; lib and functions never import them',
      severity: 'error',
      from: { path: '^(lib|functions)/' },
      to: { path: '^(cli|dev|test)/' },
    },
    {
      name: 'cli-and-dev',
      comment:
        'The command line and the device simulators speak SCEP as a client with one codec, dev/scep-client, and ' +
        '`skep doctor` asks as these devices do (dev/devices); second copies in cli would be the worse exception. ' +
        'Nothing else of dev is open to cli, and dev never imports cli or test.',
      severity: 'error',
      from: { path: '^cli/' },
      to: { path: '^(dev|test)/', pathNot: '^dev/(scep-client|devices)/' },
    },
    { name: 'dev-alone', severity: 'error', from: { path: '^dev/' }, to: { path: '^(cli|test)/' } },
    {
      name: 'dev-host-loads-the-deployable',
      comment: 'the local host runs the built bundle; it never imports the functions or lib',
      severity: 'error',
      from: { path: '^dev/host/' },
      to: { path: '^(lib|functions)/' },
    },
    { name: 'no-circular', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'no-orphans',
      severity: 'error',
      from: { orphan: true, path: '^(lib|functions|cli|dev)/', pathNot: '\\.d\\.ts$' },
      to: {},
    },
    {
      name: 'not-to-dev-dependency',
      severity: 'error',
      from: { path: '^(lib|functions)/' },
      to: { dependencyTypes: ['npm-dev'] },
    },
    {
      name: 'not-to-unresolvable',
      comment: 'k6 brings its own modules',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true, pathNot: '^k6(/|$)' },
    },
    ...homes,
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default'],
    },
  },
};
