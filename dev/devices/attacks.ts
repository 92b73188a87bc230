/**
 * @module The attacks that a device can mount: each is a mode of the Windows device, which has a genuine challenge of
 * Intune's in its hands and asks for something else with it. One row each; `createAttackingDevice` plays them.
 */
import type { KeyObject } from 'node:crypto';
import { fromBase64, toBase64 } from '../../lib/base/bytes.js';
import {
  extendedKeyUsageExtension,
  keyUsageExtension,
  OID,
  subjectAltNameExtension,
  type CsrOptions,
  type Extension,
  type GeneralName,
} from '../scep-client/index.js';
import {
  attribute,
  boolean,
  context,
  octetString,
  oid,
  sequence,
  string,
} from '../scep-client/ber-writer.js';
import type { PkiMessageOptions } from '../scep-client/pki-message.js';
import type { ScepSettings } from './scep-settings.js';
import type { InstallResult } from './windows.js';

/** What an attacker knows when it forges its request. */
export interface Spoils {
  /** As the MDM server sent them, challenge included. */
  readonly settings: ScepSettings;
  /** A key that is not the device's. */
  readonly otherKey: KeyObject;
  /** What an honest enrollment with the same challenge brought; absent where the attack needs none. */
  readonly honest: InstallResult | undefined;
}

export interface Forgery {
  readonly key?: KeyObject;
  readonly request?: Partial<CsrOptions>;
  readonly message?: Partial<PkiMessageOptions>;
}

interface AttackRow {
  /** What is tried, for people. */
  readonly means: string;
  /** It starts from a certificate that was enrolled honestly. */
  readonly afterEnrollment?: true;
  /** How many requests are sent at once. Default 1. */
  readonly atOnce?: number;
  readonly forge: (spoils: Spoils) => Forgery;
}

const ADMINISTRATOR = 'S-1-5-21-1004336348-1177238915-682003330-500';
const SOMEBODY_ELSE = '00000000-0000-4000-8000-0000000000ff';

/** KB5014754's extension, with the account of a domain's administrator. */
const SID_EXTENSION: Extension = {
  oid: OID.msNtdsCaSecurity,
  value: sequence(
    context(0, oid('1.3.6.1.4.1.311.25.2.1'), context(0, octetString(Buffer.from(ADMINISTRATOR, 'latin1')))),
  ),
};

const withExtension = (extension: Extension) => (): Forgery => ({
  request: { extraExtensions: [extension] },
});

/** The profile's own names, and another. */
const withName =
  (name: GeneralName) =>
  ({ settings }: Spoils): Forgery => ({
    request: { subjectAltNames: [...settings.subjectAltNames, name] },
  });

const withPurpose =
  (purpose: string) =>
  ({ settings }: Spoils): Forgery => ({
    request: { extendedKeyUsage: [...settings.extendedKeyUsage, purpose] },
  });

/** Usages in an extension request of their own, as a tool for penetration tests sends them. */
const splitUnder =
  (kind: 'pkcs9' | 'microsoft') =>
  ({ settings }: Spoils): Forgery => ({
    request: {
      ...without('keyUsage', 'extendedKeyUsage'),
      extraExtensionRequests: [
        {
          oid: kind,
          extensions: [
            keyUsageExtension(settings.keyUsage),
            extendedKeyUsageExtension(settings.extendedKeyUsage),
          ],
        },
      ],
    },
  });

/** Leaves out what the honest request has. */
const without = (...names: readonly (keyof CsrOptions)[]): Partial<CsrOptions> =>
  Object.fromEntries(names.map((name) => [name, undefined]));

/** Signs with the certificate that an honest enrollment brought, in place of showing a challenge. */
const signedByOld =
  (messageType: 'PKCSReq' | 'RenewalReq') =>
  ({ honest, otherKey }: Spoils): Forgery => ({
    key: otherKey,
    request: { ...without('challenge'), subject: 'CN=dc01' },
    message: {
      messageType,
      ...(honest?.key && honest.certificate
        ? { signerKey: honest.key, signerCertificate: honest.certificate }
        : {}),
    },
  });

/** The challenge with other XML in it. */
const rewrite = (challenge: string, edit: (xml: string) => string): string =>
  toBase64(Buffer.from(edit(Buffer.from(fromBase64(challenge)).toString('utf8'))));

const XML_BOMB = `<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "ha">${Array.from(
  { length: 20 },
  (_, n) => `<!ENTITY a${n} "${`&a${n === 0 ? '' : n - 1};`.repeat(10)}">`,
).join('')}]><CertEnrollToken>&a19;</CertEnrollToken>`;

export const ATTACKS = {
  'foreign-subject': {
    means: 'a genuine challenge, and another subject than Intune asked for',
    forge: () => ({ request: { subject: 'CN=dc01.corp.example' } }),
  },
  'foreign-device': {
    means: 'a genuine challenge, and another device’s id among the names',
    forge: () => ({
      request: { subjectAltNames: [{ type: 'uri', value: `IntuneDeviceId://${SOMEBODY_ELSE}` }] },
    }),
  },
  'replay-other-key': {
    means: 'a challenge that was used already, with another key',
    afterEnrollment: true,
    forge: ({ otherKey }) => ({ key: otherKey }),
  },
  'replay-other-names': {
    means: 'a challenge that was used already, with the same key and another subject',
    afterEnrollment: true,
    forge: ({ honest }) => ({
      ...(honest?.key ? { key: honest.key } : {}),
      request: { subject: 'CN=dc01' },
    }),
  },
  'replay-other-base64': {
    means: 'a challenge that was used already, with a blank behind it and another key',
    afterEnrollment: true,
    forge: ({ settings, otherKey }) => ({ key: otherKey, request: { challenge: `${settings.challenge} ` } }),
  },
  'replay-other-xml': {
    means: 'a challenge that was used already, with blanks between its elements and another key',
    afterEnrollment: true,
    forge: ({ settings, otherKey }) => ({
      key: otherKey,
      request: { challenge: rewrite(settings.challenge, (xml) => xml.replaceAll('><', '>\n<')) },
    }),
  },
  'two-challenges-in-one': {
    means: 'a challenge with another one in a comment',
    forge: ({ settings }) => ({
      request: {
        challenge: rewrite(settings.challenge, (xml) =>
          xml.replace('<Data>', '<Data><!--<CertEnrollChallenge>AAAA</CertEnrollChallenge>-->'),
        ),
      },
    }),
  },
  'challenge-in-an-entity': {
    means: 'a challenge whose sealed part stands in an entity, its name in references',
    forge: ({ settings }) => ({
      request: {
        challenge: rewrite(settings.challenge, (xml) => {
          const [sealed = ''] = /<CertEnrollChallenge>.*<\/CertEnrollChallenge>/s.exec(xml) ?? [];
          const entity = sealed.replaceAll('CertEnrollC', 'CertEnroll&#67;');
          return `<!DOCTYPE CertEnrollToken [<!ENTITY e "${entity}">]>${xml.replace(sealed, '&e;')}`;
        }),
      },
    }),
  },
  'sid-extension': {
    means: 'the security identifier of an administrator as an extension',
    forge: withExtension(SID_EXTENSION),
  },
  'sid-uri': {
    means: 'the security identifier of an administrator as a URI name',
    forge: withName({ type: 'uri', value: `tag:microsoft.com,2022-09-14:sid:${ADMINISTRATOR}` }),
  },
  'extra-name': {
    means: 'the name of a domain controller beside the profile’s names',
    forge: withName({ type: 'dns', value: 'dc01.corp.example' }),
  },
  'split-extensions': {
    means: 'extensions spread over two attributes, so that two readers could see different ones',
    forge: splitUnder('pkcs9'),
  },
  'split-extensions-microsoft': {
    means: 'the same under Microsoft’s identifier of the attribute',
    forge: splitUnder('microsoft'),
  },
  'repeated-extension': {
    means: 'two subject alternative names, the second of a domain controller',
    forge: withExtension(subjectAltNameExtension([{ type: 'dns', value: 'dc01.corp.example' }])),
  },
  'repeated-challenge': {
    means: 'the challenge twice, in two types of string',
    forge: ({ settings }) => ({
      request: {
        extraAttributes: [attribute(OID.challengePassword, string('utf8', settings.challenge))],
      },
    }),
  },
  'certification-authority': {
    means: 'basicConstraints that make a CA of the device',
    forge: withExtension({ oid: OID.basicConstraints, critical: true, value: sequence(boolean(true)) }),
  },
  'certificate-signing': {
    means: 'the key usage of a CA',
    forge: ({ settings }) => ({ request: { keyUsage: [...settings.keyUsage, 'keyCertSign'] } }),
  },
  'any-purpose': {
    means: 'anyExtendedKeyUsage',
    forge: withPurpose('2.5.29.37.0'),
  },
  'smart-card-logon': {
    means: 'the purpose that lets a user log on to a domain',
    forge: withPurpose('1.3.6.1.4.1.311.20.2.2'),
  },
  'application-policies': {
    means: 'Microsoft’s application policies, which Windows puts above the extended key usage',
    forge: withExtension({
      oid: '1.3.6.1.4.1.311.21.10',
      value: sequence(sequence(oid('1.3.6.1.4.1.311.20.2.1'))),
    }),
  },
  'no-possession': {
    means: 'a certificate for a key that the device does not hold',
    forge: ({ otherKey }) => ({ request: { signWith: otherKey } }),
  },
  'renewal-without-challenge': {
    means: 'a RenewalReq signed by the certificate it has, for another name',
    afterEnrollment: true,
    forge: signedByOld('RenewalReq'),
  },
  'old-certificate-for-challenge': {
    means: 'a PKCSReq signed by the certificate it has, without a challenge, for another name',
    afterEnrollment: true,
    forge: signedByOld('PKCSReq'),
  },
  'no-challenge': {
    means: 'a request without any challenge',
    forge: () => ({ request: without('challenge') }),
  },
  'static-password': {
    means: 'a guessed password where Intune’s challenge belongs',
    forge: () => ({ request: { challenge: 'password' } }),
  },
  'log-injection': {
    means: 'a transaction id that ends the log line and starts one of its own',
    forge: ({ otherKey }) => ({
      request: { signWith: otherKey },
      message: {
        transactionId: undefined,
        extraAttributes: [
          attribute(
            OID.transactionId,
            string('utf8', 'T1\r\nwarn Issued a certificate with serial number 00'),
          ),
        ],
      },
    }),
  },
  'xml-bomb': {
    means: 'a challenge whose XML grows a billionfold in a parser',
    forge: () => ({ request: { challenge: toBase64(Buffer.from(XML_BOMB)) } }),
  },
  flood: {
    means: 'more requests at once than the server works on',
    atOnce: 100,
    forge: () => ({}),
  },
} as const satisfies Record<string, AttackRow>;

export type AttackName = keyof typeof ATTACKS;

export const ATTACK_NAMES = Object.keys(ATTACKS) as AttackName[];

/** The row of a mode, of the type that all rows share. */
export const attackRow = (name: AttackName): AttackRow => ATTACKS[name];
