/** `skep ca` against a vault and a storage account, both simulated: from an empty vault to the second root. */
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startAzurite, type Azurite } from '../../../dev/azurite.js';
import { startVaultSimulator, type VaultSimulator } from '../../../dev/vault/server.js';
import { connectToLocalVault } from '../../../dev/local-vault.js';
import { createKeyClient } from '../../../lib/keys/vault-connection.js';
import { createBlobPublications } from '../../../lib/store/blob-publications.js';
import { createCaPublications } from '../../../lib/store/ca-publications.js';
import { createTableStore } from '../../../lib/store/table-store.js';
import { silentLogger } from '../../../lib/base/log.js';
import { deliver, makeReservation } from '../../contract/store/records.js';
import { openssl } from '../../support/openssl.js';
import { runSkep } from '../../unit/cli/run-cli.js';

let folder: string;
let azurite: Azurite;
let vault: VaultSimulator;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'skep-ca-'));
  [azurite, vault] = await Promise.all([startAzurite(), startVaultSimulator()]);
  vault.createKey('skep-ca', { kty: 'EC-HSM' });
  const ready = {
    scep: { intune: '', static: null },
    management: { url: '', tokenUrl: '', clientId: '', clientSecret: '', scope: '' },
    vault: vault.url,
    storage: azurite.connectionString,
  };
  writeFileSync(join(folder, 'ready.json'), JSON.stringify(ready));
  writeFileSync(join(folder, 'vault.pem'), vault.certificate);
});
afterEach(async () => {
  await Promise.all([azurite.close(), vault.close()]);
  rmSync(folder, { recursive: true });
});

const connection = () => ({ kind: 'connectionString', value: azurite.connectionString }) as const;
const readSet = () => createCaPublications(createBlobPublications({ connection: connection() })).read();

interface CaAnswer {
  readonly status: string;
  readonly code?: string;
  readonly next: string;
  readonly warnings: readonly string[];
  readonly ca: { readonly subject: string; readonly thumbprint: string; readonly pem: string };
}

async function ca(...args: string[]) {
  const { exitCode, out, err } = await runSkep(['ca', ...args, '--json'], { env: { SKEP_DATA_DIR: folder } });
  expect(err).toBe('');
  return { exitCode, ...(JSON.parse(out) as CaAnswer) };
}

async function caText(...args: string[]) {
  return runSkep(['ca', ...args], { env: { SKEP_DATA_DIR: folder } });
}

const file = (name: string, content?: string): string => {
  const path = join(folder, name);
  if (content !== undefined) writeFileSync(path, content);
  return path;
};

/** A device gets a certificate, as far as the store knows. */
async function recordDelivered(count = 1): Promise<void> {
  const store = createTableStore({ connection: connection(), logger: silentLogger });
  for (let index = 0; index < count; index++) {
    await deliver(store, makeReservation({ notAfter: new Date(Date.now() + 86_400_000) }));
  }
}

/** A root that openssl made, which signs a request as a company's CA would. */
function signWithCompanyRoot(
  csr: string,
  extensions = 'basicConstraints=critical,CA:true,pathlen:0\nkeyUsage=critical,keyCertSign,cRLSign',
  keyIdentifier = 'hash',
): string {
  const [key, root, request, out] = ['root.key', 'root.pem', 'request.pem', 'signed.pem'].map((name) =>
    file(name),
  ) as [string, string, string, string];
  writeFileSync(request, csr);
  const subject = [
    '-subj',
    '/CN=Company Root',
    '-days',
    '7300',
    '-addext',
    'keyUsage=critical,keyCertSign,cRLSign',
  ];
  openssl(['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-keyout', key, '-out', root, ...subject]);
  const config = file(
    'ext.cnf',
    `${extensions}\nsubjectKeyIdentifier=${keyIdentifier}\nauthorityKeyIdentifier=keyid\n`,
  );
  openssl([
    'x509',
    '-req',
    '-in',
    request,
    '-CA',
    root,
    '-CAkey',
    key,
    '-days',
    '3000',
    '-extfile',
    config,
    '-out',
    out,
    '-CAcreateserial',
  ]);
  return readFileSync(root, 'utf8') + readFileSync(out, 'utf8');
}

describe('skep ca init', () => {
  it('makes a root over the vault key that openssl accepts, with one operation, and says what is next', async () => {
    const made = await ca('init', '--subject', 'CN=Contoso Device CA,O=Contoso', '--years', '15');
    expect(made).toMatchObject({
      exitCode: 0,
      status: 'created',
      ca: { subject: 'CN=Contoso Device CA,O=Contoso' },
    });
    expect(made.next).toContain('trusted certificate profile');
    expect(vault.meter.counts.sign).toBe(1);
    const path = file('made.pem', made.ca.pem);
    expect(openssl(['verify', '-x509_strict', '-CAfile', path, path])).toContain('OK');
    const text = openssl(['x509', '-in', path, '-noout', '-text']);
    expect(text).toContain('CA:TRUE, pathlen:0');
    expect(text).toContain('Certificate Sign, CRL Sign');
    const end = new Date(/Not After : (.*)/.exec(text)?.[1] ?? '');
    expect(end.getUTCFullYear()).toBe(new Date().getUTCFullYear() + 15);
  });

  it('run twice changes nothing and signs nothing', async () => {
    const first = await ca('init', '--subject', 'CN=One');
    vault.meter.reset();
    const again = await ca('init', '--subject', 'CN=One');
    expect(again).toMatchObject({
      exitCode: 0,
      status: 'unchanged',
      ca: { thumbprint: first.ca.thumbprint },
    });
    expect((await caText('init')).out).toContain('nothing was changed');
    expect(vault.meter.counts.sign).toBe(0);
  });

  it('replaces a CA without certificates when it is told to, and one with certificates only in words', async () => {
    const first = await ca('init', '--subject', 'CN=One');
    const exists = await ca('init', '--subject', 'CN=Two');
    expect(exists).toMatchObject({ exitCode: 1, code: 'ERR_CA_EXISTS' });
    // Without the name the command would find the CA that is there, and change nothing.
    expect(exists.next).toBe("To replace it: skep ca init --subject 'CN=Two' --replace");
    const second = await ca('init', '--subject', 'CN=Two', '--replace');
    expect(second).toMatchObject({ exitCode: 0, status: 'replaced' });
    expect(second.ca.thumbprint).not.toBe(first.ca.thumbprint);

    await recordDelivered(2);
    const refused = await ca('init', '--subject', 'CN=Three', '--replace');
    expect(refused).toMatchObject({ exitCode: 1, code: 'ERR_CA_IN_USE' });
    const words = 'I know that 2 certificates lose their CA';
    expect(refused.next).toContain(`--replace "${words}"`);
    const wrong = await ca(
      'init',
      '--subject',
      'CN=Three',
      '--replace',
      'I know that 1 certificate loses its CA',
    );
    expect(wrong.code).toBe('ERR_CA_IN_USE');
    expect((await readSet())?.current.certificate).toBeDefined();
    expect(await ca('init', '--subject', 'CN=Three', '--replace', words)).toMatchObject({
      status: 'replaced',
      ca: { subject: 'CN=Three' },
    });
  });

  it('names what is missing: a subject, a key, a right', async () => {
    expect(await ca('init')).toMatchObject({ exitCode: 2, code: 'ERR_USAGE' });
    expect(await ca('init', '--subject', 'CN=One', '--years', '99')).toMatchObject({ exitCode: 2 });
    expect(await ca('init', '--subject', 'CN=One', '--key', 'other')).toMatchObject({
      exitCode: 1,
      code: 'ERR_SIGNER_REFUSED',
    });
    vault.meter.faults.push({ operation: 'sign', status: 403, code: 'Forbidden' });
    const refused = await ca('init', '--subject', 'CN=One');
    expect(refused).toMatchObject({ exitCode: 1, code: 'ERR_SIGNER_REFUSED' });
    expect(refused.next).toContain('docs/ca.md');
    expect(await readSet()).toBeUndefined();
  });
});

describe('skep ca csr and install', () => {
  async function request(...more: string[]): Promise<string> {
    const path = file('csr.pem');
    expect((await ca('csr', '--subject', 'CN=Sub CA', '--out', path, ...more)).exitCode).toBe(0);
    expect(openssl(['req', '-in', path, '-noout', '-verify', '-text'])).toContain('CA:TRUE, pathlen:0');
    return readFileSync(path, 'utf8');
  }

  it('installs what a company root signed, whatever the order in the file, and once', async () => {
    const chain = file('chain.pem', signWithCompanyRoot(await request()));
    expect(await ca('install', chain, '--cut-over', inDays(20))).toMatchObject({ exitCode: 2 });
    expect(await readSet()).toBeUndefined();
    expect(await ca('install', chain)).toMatchObject({
      exitCode: 0,
      status: 'created',
      ca: { subject: 'CN=Sub CA' },
    });
    expect(await ca('install', chain)).toMatchObject({ exitCode: 0, status: 'unchanged' });
    const set = await readSet();
    expect(set?.current.chain).toHaveLength(1);
    expect(set?.current.keyVersion).toBe(vault.state.keys['skep-ca']?.[0]?.version);
    expect((await caText('show')).out).toContain('Below       CN=Company Root');
  });

  it('takes a new certificate of the same CA, however many devices rely on it', async () => {
    const csr = await request();
    await ca('install', file('chain.pem', signWithCompanyRoot(csr)));
    await recordDelivered();
    const again = file('again.pem', signWithCompanyRoot(csr));
    const dated = await ca('install', again, '--cut-over', inDays(20));
    expect(dated).toMatchObject({ exitCode: 2, code: 'ERR_USAGE' });
    expect(dated.next).toContain('leave --cut-over out');
    const { current } = (await readSet()) ?? {};
    const made = await ca('install', again);
    expect(made).toMatchObject({ exitCode: 0, status: 'recertified', warnings: [] });
    expect(made.next).toContain('`skep profiles apply https://<app> --update`');
    expect((await readSet())?.current.certificate).not.toEqual(current?.certificate);
  });

  it('says when a new certificate of the same CA would not be taken for the issuer of those before', async () => {
    const csr = await request();
    await ca('install', file('chain.pem', signWithCompanyRoot(csr)));
    const other = file('other.pem', signWithCompanyRoot(csr, undefined, '00112233445566778899'));
    expect(await ca('install', other)).toMatchObject({
      exitCode: 0,
      status: 'recertified',
      warnings: [expect.stringContaining('another subject key identifier')],
    });
  });

  it.each([
    ['no CA certificate', 'basicConstraints=critical,CA:false', 'ERR_AUTHORITY_MISSING'],
    [
      'a certificate that may not sign certificates',
      'basicConstraints=critical,CA:true\nkeyUsage=critical,cRLSign',
      'ERR_AUTHORITY_MISSING',
    ],
  ])('refuses %s', async (_what, extensions, code) => {
    const chain = file('chain.pem', signWithCompanyRoot(await request(), extensions));
    expect(await ca('install', chain)).toMatchObject({ exitCode: 1, code });
    expect(await readSet()).toBeUndefined();
  });

  it('refuses a chain without its root, and a certificate of another key', async () => {
    const [, signed = ''] = signWithCompanyRoot(await request()).split(/(?<=-----END CERTIFICATE-----\n)/);
    const alone = await ca('install', file('alone.pem', signed));
    expect(alone).toMatchObject({ exitCode: 1, code: 'ERR_CONFIG' });
    vault.createKey('skep-ca', { kty: 'EC-HSM' });
    expect(await ca('install', file('alone.pem', signed))).toMatchObject({
      exitCode: 1,
      code: 'ERR_AUTHORITY_MISSING',
    });
  });

  it('refuses a root that leaves no room below it', async () => {
    const chain = signWithCompanyRoot(await request()).split(/(?<=-----END CERTIFICATE-----\n)/);
    // The same root key with a path length of 0.
    const [key, narrow] = [file('root.key'), file('narrow.pem')];
    const extensions = [
      '-addext',
      'basicConstraints=critical,CA:true,pathlen:0',
      '-addext',
      'keyUsage=critical,keyCertSign',
    ];
    openssl(['req', '-x509', '-key', key, '-out', narrow, '-subj', '/CN=Company Root', ...extensions]);
    const given = file('chain.pem', (chain[1] ?? '') + readFileSync(narrow, 'utf8'));
    expect(await ca('install', given)).toMatchObject({ exitCode: 1, code: 'ERR_CONFIG' });
  });

  it('lets a subordinate CA be followed by another', async () => {
    await ca('install', file('chain.pem', signWithCompanyRoot(await request())));
    await recordDelivered();
    expect(await ca('rollover', '--create-key')).toMatchObject({ exitCode: 1, code: 'ERR_CA_SUBORDINATE' });
    const csr = await request('--create-key');
    expect(vault.state.keys['skep-ca']).toHaveLength(2);
    const chain = file('next.pem', signWithCompanyRoot(csr));
    expect(await ca('install', chain)).toMatchObject({ exitCode: 1, code: 'ERR_CA_IN_USE' });
    expect(await ca('install', chain, '--cut-over', '2099-01-01')).toMatchObject({
      exitCode: 1,
      code: 'ERR_CONFIG',
    });
    const day = inDays(20);
    expect(await ca('install', chain, '--cut-over', day)).toMatchObject({ exitCode: 0, status: 'announced' });
    expect(await ca('install', chain, '--cut-over', day)).toMatchObject({ exitCode: 0, status: 'unchanged' });
    expect((await readSet())?.next?.cutOver.toISOString().slice(0, 10)).toBe(day);
  });
});

const inDays = (days: number): string => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);

describe('skep ca rollover', () => {
  it('needs a new version of the key, makes it when told to, and announces the next root once', async () => {
    await ca('init', '--subject', 'CN=One');
    expect(await ca('rollover')).toMatchObject({ exitCode: 1, code: 'ERR_NO_NEXT_KEY' });
    const announced = await ca('rollover', '--create-key', '--cut-over', inDays(40));
    expect(announced).toMatchObject({ exitCode: 0, status: 'announced', ca: { subject: 'CN=One' } });
    expect(announced.next).toMatch(/^within ten minutes .+ On that day, `skep profiles apply .+ --update`/);
    const [, second] = vault.state.keys['skep-ca'] ?? [];
    expect(second).toMatchObject({ kty: 'EC-HSM', operations: ['sign', 'verify'] });
    expect(await ca('rollover', '--create-key')).toMatchObject({
      status: 'unchanged',
      ca: { thumbprint: announced.ca.thumbprint },
    });
    expect(vault.state.keys['skep-ca']).toHaveLength(2);
    const same = ['--create-key', '--cut-over', inDays(40), '--subject', 'CN=One', '--years', '10'];
    expect(await ca('rollover', ...same, '--key', 'skep-ca')).toMatchObject({
      status: 'unchanged',
      ca: { thumbprint: announced.ca.thumbprint },
    });

    expect(await ca('rollover', '--cut-over', inDays(50))).toMatchObject({
      status: 'announced',
      ca: { thumbprint: announced.ca.thumbprint },
    });
    expect(await ca('rollover', '--cut-over', inDays(1))).toMatchObject({ exitCode: 2 });
    for (const other of [
      ['--subject', 'CN=Two'],
      ['--years', '5', '--cut-over', inDays(60)],
      ['--key', 'other'],
    ]) {
      const refused = await ca('rollover', '--create-key', ...other);
      expect(refused).toMatchObject({ exitCode: 2, code: 'ERR_USAGE' });
      expect(refused.next).toContain('`skep ca rollover --cancel` first');
    }
    expect((await readSet())?.next?.cutOver.toISOString().slice(0, 10)).toBe(inDays(50));
    expect((await caText('show')).out).toMatch(/Next CA, from [\s\S]*In vault {4}the key belongs/);
    expect(await ca('rollover', '--cancel')).toMatchObject({ exitCode: 0, status: 'cancelled' });
    expect(await readSet()).not.toHaveProperty('next');
  });
});

describe('skep ca show and backup', () => {
  it('without a CA names the next step', async () => {
    expect(await ca('show')).toMatchObject({ exitCode: 1, code: 'ERR_AUTHORITY_MISSING' });
    expect(await ca('backup', '--out', file('backup'))).toMatchObject({ exitCode: 1 });
  });

  it('saves what brings the CA back in an empty vault and an empty storage account', async () => {
    const made = await ca('init', '--subject', 'CN=One');
    const out = file('backup');
    expect(await ca('backup', '--out', out)).toMatchObject({ exitCode: 0, status: 'saved' });
    expect(await ca('backup', '--out', out)).toMatchObject({ exitCode: 0 });
    expect(statSync(join(out, 'skep-ca.keybackup')).mode & 0o077).toBe(0);

    const other = await startVaultSimulator();
    try {
      const keys = await createKeyClient(connectToLocalVault(other.url, other.certificate));
      await keys.restoreKeyBackup(readFileSync(join(out, 'skep-ca.keybackup')));
      const restored = await startAzurite();
      try {
        const ready = JSON.parse(readFileSync(join(folder, 'ready.json'), 'utf8')) as object;
        const moved = { ...ready, vault: other.url, storage: restored.connectionString };
        writeFileSync(join(folder, 'ready.json'), JSON.stringify(moved));
        writeFileSync(join(folder, 'vault.pem'), other.certificate);
        const back = await ca('install', join(out, 'ca.pem'));
        expect(back).toMatchObject({ status: 'created', ca: { thumbprint: made.ca.thumbprint } });
        expect((await caText('show')).out).toContain('the key belongs to the certificate');
      } finally {
        await restored.close();
      }
    } finally {
      await other.close();
    }
  });
});

describe('skep ca', () => {
  it('explains itself, and what is wrong with its arguments', async () => {
    expect(await caText('--help')).toMatchObject({ exitCode: 0 });
    expect(await caText('init', '--help')).toMatchObject({ exitCode: 0 });
    expect(await caText('init', '--nonsense')).toMatchObject({ exitCode: 2 });
    const bad = await caText('show', '--vault', 'http://vault.example');
    expect(bad).toMatchObject({ exitCode: 2 });
    expect(bad.err).toContain('https');
    const rest = await caText('show', '--vault', 'https://contoso.vault.azure.net');
    expect(rest.err).toContain('--blobs');
  });
});
