/** @module What the checks look at: the server, asked each thing once, and what was found on the way. */
import type { KeyObject } from 'node:crypto';
import type { Clock } from '../../lib/base/clock.js';
import type { RandomBytes } from '../../lib/base/random.js';
import { NDES_USER_AGENT } from '../../dev/devices/windows-attempt.js';
import { generateRsaKey, type Certificate } from '../../dev/scep-client/index.js';
import type { ManagementClient } from '../management/client.js';
import type { Target } from './target.js';
import type { Wire, WireAnswer } from './wire.js';

export interface PatientOptions {
  readonly target: Target;
  readonly wire: Wire;
  readonly clock: Clock;
  readonly random: RandomBytes;
  /** Of the endpoint at `target.staticUrl`. */
  readonly challenge?: string;
  /** SHA-1 in upper-case hex: the certificate that the profile pins. */
  readonly thumbprint?: string;
  /** As whoever is signed in. */
  readonly management?: Pick<ManagementClient, 'get' | 'post'>;
}

export interface IssuedCertificate {
  readonly client: string;
  readonly certificate: Certificate;
  readonly ca: Certificate;
}

/** What GetCACert holds. */
export interface CaBundle {
  readonly all: readonly Certificate[];
  readonly ca: Certificate;
  /** End entities; none in CA mode. */
  readonly ras: readonly Certificate[];
}

export interface Patient extends PatientOptions {
  /** A GET as Windows sends it. The same URL is asked once; a failure is remembered too. */
  readonly get: (url: string) => Promise<WireAnswer>;
  /** One key for all requests that are refused anyway: making one takes long. */
  readonly spareKey: () => Promise<KeyObject>;
  /** Set by `ca-certificates`. */
  bundle?: CaBundle;
  /** Answers to PKIOperation that the request checks got. */
  readonly replies: WireAnswer[];
  /** Filled by the enrollments. */
  readonly issued: IssuedCertificate[];
}

/** What Intune's profiles ask for, and what every TPM can make. */
export const KEY_BITS = 2048;

export function createPatient(options: PatientOptions): Patient {
  const answers = new Map<string, Promise<WireAnswer>>();
  let key: Promise<KeyObject> | undefined;
  return {
    ...options,
    spareKey: () => (key ??= generateRsaKey(KEY_BITS)),
    issued: [],
    replies: [],
    get(url) {
      let answer = answers.get(url);
      if (!answer) {
        answer = options.wire.send({ url, headers: { 'user-agent': NDES_USER_AGENT } });
        answers.set(url, answer);
      }
      return answer;
    },
  };
}

/** @throws {Error} when a check does not name `ca-certificates` among its needs. */
export function bundleOf({ bundle }: Patient): CaBundle {
  if (!bundle) throw new Error('this check needs ca-certificates');
  return bundle;
}

/** Where Windows asks: the suffix is always appended. */
export const windowsUrl = ({ scepUrl }: Target, operation: string, identifier = 'default'): string =>
  `${scepUrl}/pkiclient.exe?operation=${operation}&message=${identifier}`;
