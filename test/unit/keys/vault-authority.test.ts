import { constants, publicEncrypt, randomBytes } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ScepRecipient } from '../../../lib/keys/authority.js';
import type { CaCertificateSet, CaRecord } from '../../../lib/keys/ca-certificates.js';
import { signCaCertificate } from '../../../lib/keys/certificates.js';
import { openVaultKey } from '../../../lib/keys/key-vault.js';
import { createVaultAuthority, type VaultAuthorityOptions } from '../../../lib/keys/vault-authority.js';
import { parseCertificate } from '../../../lib/pki/certificate.js';
import { importPublicKey } from '../../../lib/pki/public-key.js';
import { opensslVerify, pem } from '../../support/openssl.js';
import { keyDefaults, startTestVault, type TestVault } from '../../support/vault.js';
import { linesLogger, steppedClock } from './fixtures.js';

const START = '2026-03-01T12:00:00Z';

let clock: ReturnType<typeof steppedClock>;
let vault: TestVault;
let set: CaCertificateSet | undefined;
let logged: ReturnType<typeof linesLogger>;

beforeEach(async () => {
  clock = steppedClock(START);
  logged = linesLogger();
  vault = await startTestVault(clock);
  vault.createKey('ca', { kty: 'EC-HSM' });
  set = { current: await installCa('ca', 'CN=First CA'), former: [] };
});
afterEach(() => vault.close());

async function installCa(keyName: string, subject: string, mode: 'ra' | 'ca' = 'ra'): Promise<CaRecord> {
  const { signer } = await openVaultKey({
    ...keyDefaults,
    connection: vault.connection,
    clock,
    name: keyName,
  });
  const certificate = await signCaCertificate({ subject, signer, mode, clock, random: keyDefaults.random });
  return { certificate, chain: [], keyName };
}

/** Another instance of the program, over the same vault. */
function start(more: Partial<VaultAuthorityOptions> = {}) {
  return createVaultAuthority({
    connection: vault.connection,
    mode: 'ra',
    ca: { read: () => Promise.resolve(set) },
    ...keyDefaults,
    clock,
    log: logged.log,
    ...more,
  });
}

const certificates = (recipients: readonly ScepRecipient[]) =>
  recipients.map(({ certificate }) => pem(certificate));

async function opens({ certificate, decrypter }: ScepRecipient): Promise<boolean> {
  const key = importPublicKey(parseCertificate(certificate).publicKey);
  const content = randomBytes(16);
  const sealed = publicEncrypt({ key, padding: constants.RSA_PKCS1_PADDING }, content);
  return content.equals(await decrypter.unwrap(sealed, 'pkcs1', 16));
}

describe('the first start over a vault with a CA key', () => {
  it('makes the RA certificate, which openssl accepts, and holds its key in the process', async () => {
    const authority = await start().source();
    const [ra] = authority.recipients;
    const at = ['-attime', String(Date.parse(START) / 1000)];
    expect(opensslVerify(ra.certificate, authority.issuer.certificate, { extra: at })).toContain('OK');
    expect(parseCertificate(ra.certificate).subject.rdns).toEqual([
      [{ type: '2.5.4.3', value: 'First CA RA' }],
    ]);
    vault.meter.reset();
    expect(await opens(ra)).toBe(true);
    await ra.signer.sign(Buffer.from('x'), 'RS1');
    await authority.issuer.signer.sign(Buffer.from('x'), 'ES256');
    expect(vault.meter.counts).toMatchObject({ sign: 1, decrypt: 0 });
  });

  it.each([
    ['CN=Contoso\\, Inc. Device CA', 'Contoso, Inc. Device CA RA'],
    ['CN=R+D "Müller" #1\\; A\\=B', 'R+D "Müller" #1; A=B RA'],
  ])('makes it for a CA whose name Key Vault would not read: %s', async (subject, name) => {
    set = { current: await installCa('ca', subject), former: [] };
    const [ra] = (await start().source()).recipients;
    expect(parseCertificate(ra.certificate).subject.rdns).toEqual([[{ type: '2.5.4.3', value: name }]]);
  });

  it('costs the next cold start one key, one list and one secret', async () => {
    await start().source();
    vault.meter.reset();
    const { source } = start();
    await source();
    await source();
    const used = Object.entries(vault.meter.counts).filter(([, count]) => count > 0);
    expect(used).toEqual([
      ['getKey', 1],
      ['listCertificateVersions', 1],
      ['getSecret', 1],
    ]);
  });

  it('by several instances at once makes one RA certificate', async () => {
    const all = await Promise.all(Array.from({ length: 4 }, () => start({ wait: untilMerged }).source()));
    const distinct = new Set(all.flatMap(({ recipients }) => certificates(recipients)));
    expect(distinct.size).toBe(1);
    expect(vault.meter.counts.mergeCertificate).toBe(1);
  });

  it('finishes what an instance that died has begun', async () => {
    vault.meter.faults.push({ operation: 'mergeCertificate', cut: true, times: 1 });
    await expect(start().source()).rejects.toMatchObject({ code: 'ERR_SIGNER_UNAVAILABLE' });
    const authority = await start().source();
    expect(await opens(authority.recipients[0])).toBe(true);
    expect(vault.state.certificates['skep-ra']).toHaveLength(1);
  });

  it('uses what was merged although the answer was lost', async () => {
    vault.meter.faults.push({ operation: 'mergeCertificate', cutAfter: true, times: 1 });
    await expect(start().source()).rejects.toMatchObject({ code: 'ERR_SIGNER_UNAVAILABLE' });
    expect(await opens((await start().source()).recipients[0])).toBe(true);
    expect(vault.meter.counts.createCertificate).toBe(1);
  });

  it('with the RA key left in the vault asks the vault to open and to sign', async () => {
    const [ra] = (await start({ raKeyHome: 'vault' }).source()).recipients;
    vault.meter.reset();
    expect(await opens(ra)).toBe(true);
    expect(ra.signer.algorithms).toEqual(['RS256', 'RS384', 'RS512', 'PS256']);
    await ra.signer.sign(Buffer.from('x'), 'RS256');
    expect(vault.meter.counts).toMatchObject({ sign: 1, decrypt: 1, getSecret: 0 });
  });

  it('in CA mode lets the CA key open and answer', async () => {
    vault.createKey('one', { kty: 'RSA-HSM', operations: ['sign', 'decrypt'] });
    set = { current: await installCa('one', 'CN=One', 'ca'), former: [] };
    const authority = await start({ mode: 'ca' }).source();
    expect(certificates(authority.recipients)).toEqual([pem(authority.issuer.certificate)]);
    expect(await opens(authority.recipients[0])).toBe(true);
    expect(await start({ mode: 'ca' }).renewRa()).toBe(false);
  });
});

describe('what is missing is said by name', () => {
  it('no CA certificate', async () => {
    set = undefined;
    await expect(start().source()).rejects.toMatchObject({
      code: 'ERR_AUTHORITY_MISSING',
      detail: 'no CA certificate is installed',
    });
  });

  it('a CA certificate of another key', async () => {
    vault.createKey('other', { kty: 'EC' });
    const current = await installCa('other', 'CN=Other');
    set = { current: { ...current, keyName: 'ca' }, former: [] };
    await expect(start().source()).rejects.toMatchObject({
      code: 'ERR_AUTHORITY_MISSING',
      detail: 'the CA certificate does not belong to the CA key',
    });
  });

  it('a CA key that is not there, and then is', async () => {
    const { source } = start();
    const current = { ...(set?.current as CaRecord), keyName: 'later' };
    const pemOfCa = vault.state.keys['ca']?.[0]?.pem ?? '';
    set = { current, former: [] };
    await expect(source()).rejects.toMatchObject({ code: 'ERR_SIGNER_REFUSED' });
    vault.createKey('later', { kty: 'EC', pem: pemOfCa });
    await expect(source()).resolves.toMatchObject({ mode: 'ra' });
  });

  it('the right to sign', async () => {
    const authority = start();
    await authority.testSigning();
    vault.meter.faults.push({ operation: 'sign', status: 403, code: 'Forbidden' });
    await expect(authority.testSigning()).rejects.toMatchObject({
      code: 'ERR_SIGNER_REFUSED',
      detail: 'sign: answered 403 Forbidden',
    });
  });
});

describe('the life of the RA certificate', () => {
  it('is renewed by the timer; the new one opens at once and is handed out when every instance knows it', async () => {
    const first = start();
    const second = start();
    const [old] = (await first.source()).recipients;
    expect(await first.renewRa()).toBe(false);

    clock.advanceDays(336);
    expect(await first.renewRa()).toBe(true);
    expect(await second.renewRa()).toBe(false);
    const fresh = (await start().source()).recipients;
    expect(fresh).toHaveLength(2);
    expect(pem(fresh[0].certificate)).toBe(pem(old.certificate));
    expect(await Promise.all(fresh.map(opens))).toEqual([true, true]);

    clock.advanceDays(1 / 24);
    const settled = (await start().source()).recipients;
    expect(certificates(settled)).toEqual(certificates(fresh).reverse());

    clock.advanceDays(30);
    expect(certificates((await start().source()).recipients)).toEqual([pem(settled[0].certificate)]);
  });

  it('is renewed once by two timers that ring at once', async () => {
    const [first, second] = [start({ wait: untilMerged }), start({ wait: untilMerged })];
    await first.source();
    clock.advanceDays(336);
    expect((await Promise.all([first.renewRa(), second.renewRa()])).sort()).toEqual([false, true]);
    expect(vault.state.certificates['skep-ra']?.filter(({ enabled }) => enabled)).toHaveLength(2);
    expect(vault.meter.counts.mergeCertificate).toBe(2);
  });

  it('goes on with the versions that can be used when one cannot', async () => {
    const [old] = (await start().source()).recipients;
    clock.advanceDays(336);
    await start().renewRa();
    vault.meter.faults.push({ operation: 'getSecret', status: 403, times: 1 });
    const { recipients } = await start().source();
    expect(recipients).toHaveLength(1);
    expect(pem(recipients[0].certificate)).not.toBe(pem(old.certificate));
    expect(logged.lines.at(-1)).toContain('warn A version of the RA certificate cannot be used.');
  });

  it('does not open with a version that was disabled', async () => {
    await start().source();
    clock.advanceDays(336);
    await start().renewRa();
    const [first] = vault.state.certificates['skep-ra'] ?? [];
    if (first) first.enabled = false;
    expect((await start().source()).recipients).toHaveLength(1);
  });

  it('begins anew where every version was disabled, as after a theft', async () => {
    const [stolen] = (await start().source()).recipients;
    for (const version of vault.state.certificates['skep-ra'] ?? []) version.enabled = false;
    const { recipients } = await start().source();
    expect(recipients).toHaveLength(1);
    expect(await opens(recipients[0])).toBe(true);
    expect(pem(recipients[0].certificate)).not.toBe(pem(stolen.certificate));
  });

  it('says that the certificate was deleted, since its name can then not be used', async () => {
    await start().source();
    vault.state.deleted['skep-ra'] = vault.state.certificates['skep-ra'] ?? [];
    Reflect.deleteProperty(vault.state.certificates, 'skep-ra');
    await expect(start().source()).rejects.toMatchObject({
      code: 'ERR_SIGNER_REFUSED',
      detail: 'create certificate: answered 409 Conflict ObjectIsDeletedButRecoverable',
    });
  });
});

describe('a CA that follows another', () => {
  it('is announced, takes over on its day with an RA of its own, and the old RA still opens', async () => {
    const before = await start().source();
    vault.createKey('second', { kty: 'RSA-HSM', size: 3072 });
    const next = await installCa('second', 'CN=Second CA');
    const cutOver = new Date(Date.parse(START) + 10 * 86_400_000);
    set = { current: (set as CaCertificateSet).current, next: { ...next, cutOver }, former: [] };

    const announced = await start().source();
    expect(announced.next).toEqual([next.certificate]);
    expect(announced.issuer.certificate).toEqual(before.issuer.certificate);
    expect(await start().renewRa()).toBe(false);

    clock.advanceDays(9);
    expect(await start().renewRa()).toBe(true);
    const ready = await start().source();
    expect(pem(ready.recipients[0].certificate)).toBe(pem(before.recipients[0].certificate));
    expect(await Promise.all(ready.recipients.map(opens))).toEqual([true, true]);

    clock.advanceDays(1);
    const after = await start().source();
    expect(after.issuer).toMatchObject({ certificate: next.certificate, algorithm: 'RS256' });
    expect(after.next).toBeUndefined();
    expect(after.trusted).toEqual([next.certificate, before.issuer.certificate]);
    expect(certificates(after.recipients)).toEqual(certificates(ready.recipients).reverse());
  });

  it('takes over in CA mode, where the CA before still opens, unless it has expired or cannot', async () => {
    for (const name of ['one', 'two'])
      vault.createKey(name, { kty: 'RSA-HSM', operations: ['sign', 'decrypt'] });
    const [one, two] = [await installCa('one', 'CN=One', 'ca'), await installCa('two', 'CN=Two', 'ca')];
    const elliptic = (set as CaCertificateSet).current;
    set = { current: two, former: [one, elliptic] };
    const { recipients } = await start({ mode: 'ca' }).source();
    expect(certificates(recipients)).toEqual([one, two].reverse().map(({ certificate }) => pem(certificate)));
    expect(await Promise.all(recipients.map(opens))).toEqual([true, true]);

    clock.advanceDays(3649);
    set = { current: await installCa('two', 'CN=Two', 'ca'), former: [one] };
    expect((await start({ mode: 'ca' }).source()).recipients).toHaveLength(2);
    clock.advanceDays(2);
    expect((await start({ mode: 'ca' }).source()).recipients).toHaveLength(1);
  });

  it('takes over in an instance that looked a minute before, and in one that nobody asked for days', async () => {
    const { current } = set as CaCertificateSet;
    vault.createKey('second', { kty: 'RSA-HSM', size: 3072 });
    const next = await installCa('second', 'CN=Second CA');
    const cutOver = new Date(Date.parse(START) + 10 * 86_400_000);
    set = { current, next: { ...next, cutOver }, former: [] };
    const [busy, idle] = [start(), start()];
    const issuerOf = async ({ source }: typeof busy) => pem((await source()).issuer.certificate);
    expect(await issuerOf(idle)).toBe(pem(current.certificate));

    clock.advanceDays(9);
    await busy.renewRa();
    clock.advanceDays(1);
    clock.advanceMinutes(-1);
    expect(await issuerOf(busy)).toBe(pem(current.certificate));
    clock.advanceMinutes(1);
    expect(await Promise.all([busy, idle].map(issuerOf))).toEqual([
      pem(next.certificate),
      pem(next.certificate),
    ]);
  });
});

describe('a CA that replaces another at once', () => {
  it('is used by every instance ten minutes later, however long nobody asked it', async () => {
    const instance = start();
    await instance.source();
    vault.createKey('second', { kty: 'EC-HSM' });
    const current = await installCa('second', 'CN=Second CA');
    set = { current, former: [] };
    clock.advanceMinutes(10);
    const { issuer, trusted } = await instance.source();
    expect(pem(issuer.certificate)).toBe(pem(current.certificate));
    expect(trusted).toEqual([current.certificate]);
  });

  it('whose RA certificate another instance made is found by one that is asked for it', async () => {
    const late = start();
    await late.source();
    clock.advanceMinutes(1);
    vault.createKey('second', { kty: 'EC-HSM' });
    set = { current: await installCa('second', 'CN=Second CA'), former: [] };
    const [ra] = (await start().source()).recipients;
    expect(certificates((await late.source()).recipients)).not.toContain(pem(ra.certificate));
    expect(certificates((await late.source('anew')).recipients)[0]).toBe(pem(ra.certificate));
  });
});

/** Waits for what is under way instead of for a time. */
async function untilMerged(): Promise<void> {
  while (vault.state.pending['skep-ra']) await new Promise((resolve) => setImmediate(resolve));
}
