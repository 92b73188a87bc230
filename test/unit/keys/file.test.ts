import { generateKeyPairSync } from 'node:crypto';
import { chmodSync, copyFileSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { systemRandom } from '../../../lib/base/random.js';
import { signCaCertificate, signCaRequest } from '../../../lib/keys/certificates.js';
import { createFileAuthority, loadFileAuthority, type FileKeyOptions } from '../../../lib/keys/file.js';
import { createLocalSigner } from '../../../lib/keys/local-key.js';
import { parseCertificate } from '../../../lib/pki/certificate.js';
import { openssl, opensslVerify, pem, temporaryFolder } from '../../support/openssl.js';
import { linesLogger, steppedClock } from './fixtures.js';

const START = '2026-03-01T12:00:00Z';

function options(folder: string, more: Partial<FileKeyOptions> = {}): FileKeyOptions {
  return {
    folder,
    mode: 'ra',
    keyType: 'EC-P256',
    clock: steppedClock(START),
    random: systemRandom,
    log: linesLogger().log,
    ...more,
  };
}

const key = (type: 'rsa' | 'P-256' | 'P-521') =>
  type === 'rsa'
    ? generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey
    : generateKeyPairSync('ec', { namedCurve: type }).privateKey;

const ecKey = key('P-256');
const rsaKey = key('rsa');

function writeKey(path: string, text: string | Buffer, mode = 0o600): void {
  writeFileSync(path, text);
  chmodSync(path, mode);
}

async function writeCa(folder: string, privateKey = ecKey, subject = 'CN=Given CA'): Promise<Uint8Array> {
  const signer = createLocalSigner(privateKey);
  const made = await signCaCertificate({
    subject,
    signer,
    mode: 'ra',
    clock: steppedClock(START),
    random: systemRandom,
  });
  writeFileSync(join(folder, 'ca.pem'), pem(made));
  writeKey(join(folder, 'ca.key.pem'), privateKey.export({ format: 'pem', type: 'pkcs8' }));
  return made;
}

describe('an empty folder', () => {
  it('gets a CA and an RA that openssl accepts, with private key files', async () => {
    const folder = join(temporaryFolder(), 'keys');
    const authority = await loadFileAuthority(options(folder, { keyType: 'RSA-2048' }));
    expect(readdirSync(folder).sort()).toEqual(['ca.key.pem', 'ca.pem', 'ra.key.pem', 'ra.pem']);
    expect(statSync(join(folder, 'ca.key.pem')).mode & 0o777).toBe(0o600);
    expect(statSync(join(folder, 'ra.key.pem')).mode & 0o777).toBe(0o600);
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    const at = ['-attime', String(Date.parse(START) / 1000)];
    const verified = opensslVerify(authority.recipients[0].certificate, authority.issuer.certificate, {
      extra: at,
    });
    expect(verified).toContain('OK');
    expect(openssl(['x509', '-noout', '-subject', '-in', join(folder, 'ca.pem')])).toContain(
      'CN = Skep Local CA',
    );
    expect(authority).toMatchObject({ mode: 'ra', chain: [], issuer: { algorithm: 'RS256' } });
    expect(authority.trusted).toEqual([authority.issuer.certificate]);
    expect(authority.next).toBeUndefined();
  });

  it('gives the same authority at the next start', async () => {
    const folder = temporaryFolder();
    const first = await loadFileAuthority(options(folder));
    const second = await loadFileAuthority(options(folder));
    expect(second.issuer.certificate).toEqual(first.issuer.certificate);
    expect(second.recipients[0].certificate).toEqual(first.recipients[0].certificate);
  });

  it('gives one authority to processes that start at once', async () => {
    const folder = temporaryFolder();
    const all = await Promise.all(Array.from({ length: 6 }, () => loadFileAuthority(options(folder))));
    expect(new Set(all.map(({ issuer }) => pem(issuer.certificate))).size).toBe(1);
    expect(new Set(all.map(({ recipients }) => pem(recipients[0].certificate))).size).toBe(1);
    expect(readdirSync(folder)).toHaveLength(4);
  });

  it('in CA mode gets a CA that opens and answers', async () => {
    const authority = await loadFileAuthority(
      options(temporaryFolder(), { mode: 'ca', keyType: 'RSA-2048', subject: 'CN=One,O=Contoso' }),
    );
    expect(authority.recipients).toHaveLength(1);
    expect(authority.recipients[0].certificate).toEqual(authority.issuer.certificate);
    expect(parseCertificate(authority.issuer.certificate).subject.rdns.flat()).toHaveLength(2);
  });

  it('in CA mode refuses to make an EC key, and makes nothing', async () => {
    const folder = temporaryFolder();
    await expect(loadFileAuthority(options(folder, { mode: 'ca' }))).rejects.toMatchObject({
      code: 'ERR_CONFIG',
    });
    expect(readdirSync(folder)).toEqual([]);
  });

  it('gets encrypted keys when there is a passphrase, and needs it again', async () => {
    const folder = temporaryFolder();
    await loadFileAuthority(options(folder, { passphrase: 'open sesame' }));
    expect(readFileSync(join(folder, 'ca.key.pem'), 'utf8')).toContain('BEGIN ENCRYPTED PRIVATE KEY');
    await loadFileAuthority(options(folder, { passphrase: 'open sesame' }));
    for (const passphrase of ['wrong', undefined]) {
      await expect(
        loadFileAuthority(options(folder, passphrase ? { passphrase } : {})),
      ).rejects.toMatchObject({
        code: 'ERR_CONFIG',
        detail: `${join(folder, 'ca.key.pem')} is encrypted and the passphrase does not open it`,
      });
    }
  });
});

describe('files that are there', () => {
  it.each([
    ['PKCS#8', rsaKey.export({ format: 'pem', type: 'pkcs8' })],
    ['PKCS#1', rsaKey.export({ format: 'pem', type: 'pkcs1' })],
    [
      'encrypted PKCS#1',
      rsaKey.export({ format: 'pem', type: 'pkcs1', cipher: 'aes-128-cbc', passphrase: 'x' }),
    ],
    [
      'encrypted PKCS#8',
      rsaKey.export({ format: 'pem', type: 'pkcs8', cipher: 'aes-256-cbc', passphrase: 'x' }),
    ],
  ])('are used: an RSA key as %s', async (_, text) => {
    const folder = temporaryFolder();
    const certificate = await writeCa(folder, rsaKey);
    writeKey(join(folder, 'ca.key.pem'), text);
    const authority = await loadFileAuthority(options(folder, { passphrase: 'x' }));
    expect(Buffer.from(authority.issuer.certificate)).toEqual(Buffer.from(certificate));
  });

  it('are used: an EC key as SEC 1', async () => {
    const folder = temporaryFolder();
    await writeCa(folder);
    writeKey(join(folder, 'ca.key.pem'), ecKey.export({ format: 'pem', type: 'sec1' }));
    expect((await loadFileAuthority(options(folder))).issuer.algorithm).toBe('ES256');
  });

  it('are used: a chain below a company root', async () => {
    const folder = temporaryFolder();
    const root = join(folder, 'root');
    openssl([
      ...'req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 9000 -subj /CN=Root'.split(' '),
      ...['-addext', 'keyUsage=critical,keyCertSign', '-keyout', `${root}.key`, '-out', `${root}.pem`],
    ]);
    writeKey(join(folder, 'ca.key.pem'), ecKey.export({ format: 'pem', type: 'pkcs8' }));
    const signer = createLocalSigner(ecKey);
    const request = await signCaRequest({ subject: 'CN=Sub', signer, mode: 'ra' });
    openssl(
      [
        ...'x509 -req -inform DER -days 8000 -copy_extensions copy'.split(' '),
        ...['-CA', `${root}.pem`, '-CAkey', `${root}.key`, '-out', join(folder, 'sub.pem')],
      ],
      request,
    );
    const sub = readFileSync(join(folder, 'sub.pem'), 'utf8');
    const top = readFileSync(`${root}.pem`, 'utf8');
    writeFileSync(join(folder, 'ca.pem'), sub + top);
    const clock = { now: () => new Date() };
    const authority = await loadFileAuthority(options(folder, { clock }));
    expect(authority.chain.map((der) => pem(der))).toEqual([top]);
    const verified = opensslVerify(
      authority.recipients[0].certificate,
      authority.chain[0] ?? Buffer.alloc(0),
      {
        untrusted: [authority.issuer.certificate],
      },
    );
    expect(verified).toContain('OK');

    writeFileSync(join(folder, 'ca.pem'), sub + sub);
    await expect(loadFileAuthority(options(folder, { clock }))).rejects.toMatchObject({
      code: 'ERR_CONFIG',
      detail: `${join(folder, 'ca.pem')} is no chain: certificate 1 is not issued by the next`,
    });
  });

  it('with the CA key alone get a certificate over it', async () => {
    const folder = temporaryFolder();
    writeKey(join(folder, 'ca.key.pem'), ecKey.export({ format: 'pem', type: 'pkcs8' }));
    const { issuer } = await loadFileAuthority(options(folder));
    expect(Buffer.from(issuer.signer.publicKey)).toEqual(Buffer.from(createLocalSigner(ecKey).publicKey));
  });

  it('next and previous CA certificates are handed on', async () => {
    const folder = temporaryFolder();
    const other = temporaryFolder();
    await writeCa(folder);
    const foreign = await writeCa(other, rsaKey, 'CN=Other');
    copyFileSync(join(other, 'ca.pem'), join(folder, 'ca-next.pem'));
    copyFileSync(join(other, 'ca.pem'), join(folder, 'ca-previous.pem'));
    const authority = await loadFileAuthority(options(folder));
    expect(authority.next?.map((der) => pem(der))).toEqual([pem(foreign)]);
    expect(authority.trusted.map((der) => pem(der))).toEqual([
      pem(authority.issuer.certificate),
      pem(foreign),
    ]);
  });
});

describe('files that cannot work are refused by name', () => {
  const refusal = async (folder: string, more: Partial<FileKeyOptions> = {}) =>
    loadFileAuthority(options(folder, more)).then(
      () => undefined,
      (thrown: unknown) => thrown,
    );

  it('a plain key that others can read', async () => {
    const folder = temporaryFolder();
    await writeCa(folder);
    const path = join(folder, 'ca.key.pem');
    for (const mode of [0o640, 0o604, 0o444]) {
      chmodSync(path, mode);
      expect(await refusal(folder)).toMatchObject({
        code: 'ERR_CONFIG',
        detail: `${path} is a private key that others can read (mode 0${mode.toString(8)}); run: chmod 600 ${path}`,
      });
    }
    chmodSync(path, 0o400);
    expect(await refusal(folder)).toBeUndefined();
  });

  it('a CA certificate of another key', async () => {
    const folder = temporaryFolder();
    await writeCa(folder);
    writeKey(join(folder, 'ca.key.pem'), key('P-256').export({ format: 'pem', type: 'pkcs8' }));
    expect(await refusal(folder)).toMatchObject({
      code: 'ERR_AUTHORITY_MISSING',
      detail: `${join(folder, 'ca.pem')} does not belong to the CA key`,
    });
  });

  it('a CA certificate without its key, and an RA certificate without its key', async () => {
    const folder = temporaryFolder();
    await loadFileAuthority(options(folder));
    rmSync(join(folder, 'ra.key.pem'));
    expect(await refusal(folder)).toMatchObject({
      code: 'ERR_CONFIG',
      detail: `${join(folder, 'ra.pem')} is there without its key`,
    });
    rmSync(join(folder, 'ca.key.pem'));
    expect(await refusal(folder)).toMatchObject({
      code: 'ERR_AUTHORITY_MISSING',
      detail: `${join(folder, 'ca.pem')} is there without its key`,
    });
  });

  it('an RA that another CA issued', async () => {
    const folder = temporaryFolder();
    await loadFileAuthority(options(folder));
    await writeCa(folder);
    expect(await refusal(folder)).toMatchObject({
      code: 'ERR_CONFIG',
      detail: `${join(folder, 'ra.pem')} is not issued by the CA; remove it and its key, and a new one is made`,
    });
  });

  it('an EC CA in CA mode', async () => {
    const folder = temporaryFolder();
    await writeCa(folder);
    expect(await refusal(folder, { mode: 'ca' })).toMatchObject({
      code: 'ERR_CONFIG',
      detail: 'CA mode needs an RSA CA; use RA mode with an EC one',
    });
  });

  it('an expired CA', async () => {
    const folder = temporaryFolder();
    await writeCa(folder);
    expect(await refusal(folder, { clock: steppedClock('2036-03-01T00:00:00Z') })).toMatchObject({
      code: 'ERR_AUTHORITY_MISSING',
      detail: `${join(folder, 'ca.pem')} expired on 2036-02-27T12:00:00.000Z`,
    });
  });

  it.each([
    ['is not a CA certificate: basicConstraints does not say so', ['-addext', 'basicConstraints=CA:FALSE']],
    [
      'is not a CA certificate: key usage lacks keyCertSign',
      ['-addext', 'keyUsage=digitalSignature,cRLSign'],
    ],
  ])('a certificate that %s', async (why, extra) => {
    const folder = temporaryFolder();
    writeKey(join(folder, 'ca.key.pem'), ecKey.export({ format: 'pem', type: 'pkcs8' }));
    openssl([
      ...'req -x509 -days 20 -subj /CN=Leaf'.split(' '),
      ...['-key', join(folder, 'ca.key.pem'), '-out', join(folder, 'ca.pem')],
      ...extra,
    ]);
    const clock = { now: () => new Date() };
    expect(await refusal(folder, { clock })).toMatchObject({
      code: 'ERR_AUTHORITY_MISSING',
      detail: `${join(folder, 'ca.pem')} ${why}`,
    });
  });

  it('files that hold something else', async () => {
    const folder = temporaryFolder();
    await writeCa(folder);
    const good = readFileSync(join(folder, 'ca.pem'));
    for (const [text, why] of [
      ['hello', 'holds no certificate'],
      [pem(Uint8Array.of(0x30, 1, 0)), 'holds a damaged certificate'],
    ] as const) {
      writeFileSync(join(folder, 'ca.pem'), text);
      expect(await refusal(folder)).toMatchObject({
        code: 'ERR_CONFIG',
        detail: `${join(folder, 'ca.pem')} ${why}`,
      });
    }
    writeFileSync(join(folder, 'ca.pem'), good);
    writeKey(join(folder, 'ca.key.pem'), 'hello');
    expect(await refusal(folder)).toMatchObject({
      code: 'ERR_CONFIG',
      detail: `${join(folder, 'ca.key.pem')} holds no private key`,
    });
    writeKey(join(folder, 'ca.key.pem'), key('P-521').export({ format: 'pem', type: 'pkcs8' }));
    expect(await refusal(folder)).toMatchObject({
      code: 'ERR_CONFIG',
      detail: 'keys of type ec secp521r1 are not supported',
    });
  });
});

describe('an RA certificate made elsewhere', () => {
  async function writeRa(folder: string, extensions: string): Promise<void> {
    await writeCa(folder);
    writeKey(join(folder, 'ra.key.pem'), rsaKey.export({ format: 'pem', type: 'pkcs8' }));
    writeFileSync(join(folder, 'ra.cnf'), `[e]\n${extensions}\n`);
    openssl([
      ...'req -new -subj /CN=RA -config /dev/null'.split(' '),
      ...['-key', join(folder, 'ra.key.pem'), '-out', join(folder, 'ra.csr')],
    ]);
    openssl([
      ...'x509 -req -days 300 -extensions e'.split(' '),
      ...['-in', join(folder, 'ra.csr'), '-extfile', join(folder, 'ra.cnf')],
      ...[
        '-CA',
        join(folder, 'ca.pem'),
        '-CAkey',
        join(folder, 'ca.key.pem'),
        '-out',
        join(folder, 'ra.pem'),
      ],
    ]);
  }
  const clock = { now: () => new Date() };

  it('works without an extended key usage, with a warning', async () => {
    const folder = temporaryFolder();
    await writeRa(folder, 'keyUsage=digitalSignature,keyEncipherment');
    const { lines, log } = linesLogger();
    const authority = await loadFileAuthority(options(folder, { clock, log }));
    expect(pem(authority.recipients[0].certificate)).toBe(readFileSync(join(folder, 'ra.pem'), 'utf8'));
    expect(lines).toEqual([
      `warn ${join(folder, 'ra.pem')} lacks the extended key usage Certificate Request Agent, which Windows wants`,
    ]);
  });

  it('works without any extension', async () => {
    const folder = temporaryFolder();
    await writeRa(folder, 'subjectKeyIdentifier=hash');
    expect((await loadFileAuthority(options(folder, { clock }))).recipients).toHaveLength(1);
  });

  it.each(['digitalSignature', 'keyEncipherment'])('is refused with %s alone', async (usage) => {
    const folder = temporaryFolder();
    await writeRa(folder, `keyUsage=${usage}`);
    const missing = usage === 'digitalSignature' ? 'keyEncipherment' : 'digitalSignature';
    await expect(loadFileAuthority(options(folder, { clock }))).rejects.toMatchObject({
      code: 'ERR_CONFIG',
      detail: `${join(folder, 'ra.pem')} lacks the key usage ${missing}`,
    });
  });
});

describe('the life of an RA certificate', () => {
  it('is followed by the next one before it ends, and opens until then', async () => {
    const folder = temporaryFolder();
    const clock = steppedClock(START);
    const load = () => loadFileAuthority(options(folder, { clock }));
    const first = (await load()).recipients[0].certificate;

    clock.advanceDays(334);
    expect((await load()).recipients.map(({ certificate }) => pem(certificate))).toEqual([pem(first)]);

    clock.advanceDays(2);
    const both = await Promise.all([load(), load()]);
    const [one, two] = both.map(({ recipients }) => recipients.map(({ certificate }) => pem(certificate)));
    expect(one).toEqual(two);
    expect(one).toHaveLength(2);
    expect(one?.[1]).toBe(pem(first));
    expect(readdirSync(folder)).toContain('ra-2.pem');

    clock.advanceDays(30);
    expect((await load()).recipients.map(({ certificate }) => pem(certificate))).toEqual([one?.[0]]);
  });

  it('ends with its CA: no endless row of successors', async () => {
    const folder = temporaryFolder();
    const clock = steppedClock(START);
    await loadFileAuthority(options(folder, { clock }));
    clock.advanceDays(3640);
    await loadFileAuthority(options(folder, { clock }));
    await loadFileAuthority(options(folder, { clock }));
    expect(readdirSync(folder)).not.toContain('ra-3.pem');
  });

  it('is followed by one of the new CA when the CA was replaced, and still opens', async () => {
    const folder = temporaryFolder();
    const before = await loadFileAuthority(options(folder));
    copyFileSync(join(folder, 'ca.pem'), join(folder, 'ca-previous.pem'));
    await writeCa(folder, key('P-256'), 'CN=Second CA');
    const after = await loadFileAuthority(options(folder));
    expect(parseCertificate(after.recipients[0].certificate).issuer.der).toEqual(
      parseCertificate(after.issuer.certificate).subject.der,
    );
    expect(after.recipients[1]?.certificate).toEqual(before.recipients[0].certificate);
  });

  it('is renewed by a running program, which stays in use when files get lost', async () => {
    const folder = temporaryFolder();
    const clock = steppedClock(START);
    const { lines, log } = linesLogger();
    const source = createFileAuthority(options(folder, { clock, log }));
    const first = await source();
    clock.advanceDays(340);
    const second = await source();
    expect(second.recipients).toHaveLength(2);
    expect(second.recipients[1]?.certificate).toEqual(first.recipients[0].certificate);

    rmSync(join(folder, 'ca.key.pem'));
    clock.advanceDays(1);
    expect(await source()).toBe(second);
    expect(lines.at(-1)).toContain('code=ERR_AUTHORITY_MISSING');
  });
});

describe('the keys that the recorded messages were made with', () => {
  const vectors = join(import.meta.dirname, '../../vectors/keys');

  function copyKeys(prefix: string, names: readonly string[]): string {
    const folder = temporaryFolder();
    for (const name of names) {
      copyFileSync(join(vectors, `${prefix}-${name}-cert.pem`), join(folder, `${name}.pem`));
      writeKey(join(folder, `${name}.key.pem`), readFileSync(join(vectors, `${prefix}-${name}-key.pem`)));
    }
    return folder;
  }

  it.each([
    ['b', ['ca'], 'ca', 'RS256'],
    ['c', ['ca', 'ra'], 'ra', 'ES256'],
  ] as const)('load as they are: %s', async (prefix, names, mode, algorithm) => {
    const { lines, log } = linesLogger();
    const clock = steppedClock('2027-01-01T00:00:00Z');
    const authority = await loadFileAuthority(options(copyKeys(prefix, names), { mode, clock, log }));
    expect(authority.issuer.algorithm).toBe(algorithm);
    expect(authority.recipients).toHaveLength(1);
    expect(lines).toEqual([]);
  });
});
