/** @module What openssl has to say about an issued certificate: the chain, its content, and both voices of revocation. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { openssl, temporaryFolder } from '../support/openssl.js';
import { runSuccessfully } from '../support/run-command.js';
import type { InteropServer } from './modes.js';

export interface IssuedExpectation {
  /** As `openssl x509 -nameopt RFC2253` prints it. */
  readonly subject: string;
  readonly dnsName?: string;
  /** PEM of the private key that belongs to it. */
  readonly keyFile: string;
}

/**
 * Fails the test unless openssl agrees with everything.
 * @param file PEM.
 * @returns the serial number, upper-case hex.
 */
export async function expectIssued(
  { caFile }: Pick<InteropServer, 'caFile'>,
  file: string,
  expected: IssuedExpectation,
): Promise<string> {
  expect(openssl(['verify', '-x509_strict', '-purpose', 'sslclient', '-CAfile', caFile, file])).toMatch(
    /: OK$/m,
  );

  const show = (...what: readonly string[]) => openssl(['x509', '-in', file, '-noout', ...what]).trim();
  expect(show('-subject', '-nameopt', 'RFC2253')).toBe(`subject=${expected.subject}`);
  expect(show('-pubkey')).toBe(openssl(['pkey', '-in', expected.keyFile, '-pubout']).trim());
  const text = show('-text');
  expect(text).toMatch(/X509v3 Basic Constraints: critical\s+CA:FALSE/);
  expect(text).toMatch(/X509v3 Key Usage: critical\s+Digital Signature, Key Encipherment\n/);
  expect(text).toMatch(/X509v3 Extended Key Usage: *\n\s+TLS Web Client Authentication\n/);
  const alternativeNames = /X509v3 Subject Alternative Name: *\n\s+(.+)/.exec(text)?.[1];
  expect(alternativeNames).toBe(expected.dnsName && `DNS:${expected.dnsName}`);

  await expectGood(caFile, file, show('-ocsp_uri'));
  await expectNotOnCrl(caFile, file, /Full Name:\s+URI:(\S+)/.exec(text)?.[1] ?? '');
  return show('-serial').replace('serial=', '');
}

async function expectGood(caFile: string, file: string, url: string): Promise<void> {
  const ask = ['ocsp', '-issuer', caFile, '-cert', file, '-url', url, '-CAfile', caFile];
  const answer = await runSuccessfully('openssl', ask);
  expect(answer).toContain('Response verify OK');
  expect(answer).toContain(`${file}: good`);
}

async function expectNotOnCrl(caFile: string, file: string, url: string): Promise<void> {
  const response = await fetch(url);
  expect(response.status).toBe(200);
  const crlFile = join(temporaryFolder(), 'ca.crl.pem');
  const crl = new Uint8Array(await response.arrayBuffer());
  writeFileSync(crlFile, openssl(['crl', '-inform', 'DER', '-outform', 'PEM'], crl));
  expect(openssl(['verify', '-crl_check', '-CRLfile', crlFile, '-CAfile', caFile, file])).toMatch(/: OK$/m);
}
