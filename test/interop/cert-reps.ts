/** @module What openssl has to say about the answers that a client got. */
import { readFileSync, writeFileSync } from 'node:fs';
import { X509Certificate } from 'node:crypto';
import { join } from 'node:path';
import { expect } from 'vitest';
import { openssl, temporaryFolder } from '../support/openssl.js';
import type { Exchange } from '../support/recording-proxy.js';
import type { InteropServer } from './modes.js';

export interface CertRep {
  /** pkiStatus (RFC 8894 section 3.2.1.3): `0` success, `2` failure, `3` pending. */
  readonly pkiStatus: string | undefined;
  /** failInfo (section 3.2.1.4). */
  readonly failInfo: string | undefined;
  /** openssl's name of the signature's digest, e.g. `sha256`. */
  readonly digest: string | undefined;
  /** Holds the pkcsPKIEnvelope, DER; empty unless the request succeeded. */
  readonly envelopeFile: string;
}

const ATTRIBUTES = {
  messageType: '2.16.840.1.113733.1.9.2',
  pkiStatus: '2.16.840.1.113733.1.9.3',
  failInfo: '2.16.840.1.113733.1.9.4',
} as const satisfies Record<string, string>;

/**
 * Every answer to a PKIOperation among the exchanges. Fails the test unless openssl finds each signed by the
 * certificate that GetCACert hands out for that, under the CA.
 */
export function readCertReps(
  { caFile, recipientFile }: Pick<InteropServer, 'caFile' | 'recipientFile'>,
  exchanges: readonly Exchange[],
): readonly CertRep[] {
  return exchanges
    .filter(({ target }) => /operation=PKIOperation/i.test(target))
    .map(({ status, answer }) => {
      expect(status).toBe(200);
      const folder = temporaryFolder();
      const [answerFile, signerFile, envelopeFile] = ['answer', 'signer', 'envelope'].map((name) =>
        join(folder, name),
      ) as [string, string, string];
      writeFileSync(answerFile, answer);
      const input = ['-inform', 'DER', '-in', answerFile];
      const trust = ['-CAfile', caFile, '-purpose', 'any'];
      openssl(['cms', '-verify', '-binary', ...input, ...trust, '-signer', signerFile, '-out', envelopeFile]);
      expect(fingerprint(signerFile)).toBe(fingerprint(recipientFile));

      const printed = openssl(['cms', '-cmsout', '-print', '-noout', ...input]);
      expect(attribute(printed, ATTRIBUTES.messageType)).toBe('3');
      return {
        pkiStatus: attribute(printed, ATTRIBUTES.pkiStatus),
        failInfo: attribute(printed, ATTRIBUTES.failInfo),
        digest: /signerInfos:[^]*?digestAlgorithm: *\n\s+algorithm: (\S+)/.exec(printed)?.[1],
        envelopeFile,
      };
    });
}

/** Opens the envelope of an answer with openssl. @returns what cipher closed it, and the one certificate in it, PEM. */
export function openEnvelope(
  answer: CertRep | undefined,
  keyFile: string,
): { readonly cipher: string | undefined; readonly certificate: string } {
  if (!answer) throw new Error('there was no answer');
  const content = join(temporaryFolder(), 'content');
  const input = ['-inform', 'DER', '-in', answer.envelopeFile];
  openssl(['cms', '-decrypt', '-binary', ...input, '-inkey', keyFile, '-out', content]);
  const certificates = openssl(['pkcs7', '-inform', 'DER', '-in', content, '-print_certs']);
  const printed = openssl(['cms', '-cmsout', '-print', '-noout', ...input]);
  const found = certificates.match(/-----BEGIN CERTIFICATE-----[^]*?-----END CERTIFICATE-----\n/g) ?? [];
  // Apple pairs the first certificate with its key, so there is no other (section 3.3.2.1).
  expect(found).toHaveLength(1);
  return {
    cipher: /contentEncryptionAlgorithm: *\n\s+algorithm: (\S+)/.exec(printed)?.[1],
    certificate: found[0] ?? '',
  };
}

function attribute(printed: string, oid: string): string | undefined {
  const value = new RegExp(`\\(${oid.replaceAll('.', '\\.')}\\)\\s+set:\\s+PRINTABLESTRING:(\\S+)`);
  return value.exec(printed)?.[1];
}

const fingerprint = (file: string): string => new X509Certificate(readFileSync(file)).fingerprint256;
