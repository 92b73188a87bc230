/**
 * @module A Windows device as an MDM server and a SCEP server see it: it takes the settings of a SCEP profile, asks for
 * the certificate as dmcertinst does, three times at most, and reports Status and ErrorCode.
 */
import type { KeyObject } from 'node:crypto';
import { MINUTE_MS, systemClock, type Clock } from '../../lib/base/clock.js';
import { describeHresult, HRESULTS } from '../../lib/base/hresults.js';
import { systemRandom, type RandomBytes } from '../../lib/base/random.js';
import type { Certificate, CipherName, CsrOptions, Fetch, KeyTransportName } from '../scep-client/index.js';
import { hresultOf } from '../scep-client/hresults.js';
import type { PkiMessageOptions } from '../scep-client/pki-message.js';
import {
  chooseKeyProvider,
  findRegisteredKey,
  generateKeys,
  type KeyProviderName,
  type KeySource,
} from './key-providers.js';
import { parseScepNodes, type ScepNodes, type ScepSettings } from './scep-settings.js';
import { attemptEnrollment, NDES_USER_AGENT, type AttemptResult } from './windows-attempt.js';
import type { WindowsEventSink } from './windows-events.js';

/** Values of the Status node. */
export const STATUS = { success: 1, pending: 2, failed: 16, unknown: 32 } as const;

export type WindowsStatus = (typeof STATUS)[keyof typeof STATUS];

const ATTEMPTS = 3;

export interface WindowsDeviceOptions {
  /** Default: the global fetch. */
  readonly fetch?: Fetch;
  /** Waits between attempts and polls; a simulation moves its clock instead. */
  readonly sleep: (delayMs: number) => Promise<void>;
  readonly clock?: Clock;
  readonly random?: RandomBytes;
  /** Default `DESKTOP-SKEP01`. */
  readonly computerName?: string;
  /** Default `oaep-sha1`, as current Windows sends it. */
  readonly keyTransport?: KeyTransportName;
  /** Default: AES-256, or triple DES where the server does not offer AES. */
  readonly cipher?: CipherName;
  /** Uses this key in every attempt. Default: a fresh one each time. */
  readonly key?: KeyObject;
  /** Where fresh keys come from. Default: they are generated. */
  readonly keys?: KeySource;
  /** Default true. */
  readonly hasTpm?: boolean;
  /** Keys of Windows Hello containers. Default: none. */
  readonly registeredKeys?: readonly KeyObject[];
  readonly onEvent?: WindowsEventSink;
  /** What differs from a genuine request; for the attacks that a CA must withstand. */
  readonly request?: Partial<CsrOptions>;
  readonly message?: Partial<PkiMessageOptions>;
}

/** What the nodes below the SCEP root say afterwards. */
export interface InstallResult {
  readonly status: WindowsStatus;
  /** HRESULT, unsigned; 0 after success. */
  readonly errorCode: number;
  readonly certificate?: Certificate;
  readonly key?: KeyObject;
  /** SHA-1 in hex; empty without a certificate. */
  readonly thumbprint: string;
  /** The server that answered last; empty when none did. */
  readonly respondentServerUrl: string;
  readonly attempts: number;
}

export interface WindowsDevice {
  /** Executes Install/Enroll. Never throws for what a server does; that is in the result. */
  install(uniqueId: string, nodes: ScepNodes): Promise<InstallResult>;
  /** One of the attempts, counted from 1; what comes of it is in the result. */
  attempt(settings: ScepSettings, number: number): Promise<InstallResult>;
}

interface Enrolled {
  readonly result: AttemptResult;
  readonly key: KeyObject;
}

export function createWindowsDevice(options: WindowsDeviceOptions): WindowsDevice {
  const emit = options.onEvent ?? (() => undefined);
  const hardware = { hasTpm: options.hasTpm ?? true, registeredKeys: options.registeredKeys ?? [] };

  async function makeKey(settings: ScepSettings, provider: KeyProviderName): Promise<KeyObject> {
    if (options.key) return options.key;
    if (provider === 'hello' || settings.keyIdentifiers.length > 0)
      return findRegisteredKey(settings, hardware);
    return (options.keys ?? generateKeys)(settings.keyLength, provider);
  }

  async function enroll(settings: ScepSettings, serverUrl: string): Promise<Enrolled> {
    const keyProvider = chooseKeyProvider(settings, hardware);
    const key = await makeKey(settings, keyProvider);
    const result = await attemptEnrollment({
      settings,
      serverUrl,
      key,
      keyProvider,
      fetch: options.fetch ?? globalThis.fetch,
      userAgent: NDES_USER_AGENT,
      clock: options.clock ?? systemClock,
      random: options.random ?? systemRandom,
      sleep: options.sleep,
      emit,
      keyTransport: options.keyTransport ?? 'oaep-sha1',
      cipher: options.cipher,
      computerName: options.computerName ?? 'DESKTOP-SKEP01',
      request: options.request ?? {},
      message: options.message ?? {},
    });
    return { result, key };
  }

  /** One run of the scheduled task. */
  async function run(settings: ScepSettings, number: number): Promise<InstallResult> {
    // The task stays with one server for all three calls, and takes the next one at its next run.
    const serverUrl = settings.serverUrls[(number - 1) % settings.serverUrls.length] ?? '';
    emit({ type: 'attempt', number, of: ATTEMPTS, serverUrl });
    const base = { thumbprint: '', respondentServerUrl: serverUrl, attempts: number };
    try {
      const { result, key } = await enroll(settings, serverUrl);
      switch (result.status) {
        case 'pending':
          return { ...base, status: STATUS.pending, errorCode: 0 };
        case 'refused':
          return {
            ...base,
            status: STATUS.failed,
            errorCode: result.reply.message.hresult ?? HRESULTS.E_FAIL.code,
          };
        case 'installed': {
          const { certificate } = result;
          return {
            ...base,
            status: STATUS.success,
            errorCode: 0,
            certificate,
            key,
            thumbprint: certificate.thumbprint,
          };
        }
      }
    } catch (cause) {
      return { ...base, status: STATUS.failed, errorCode: hresultOf(cause) };
    }
  }

  async function attempt(settings: ScepSettings, number: number): Promise<InstallResult> {
    const result = await run(settings, number);
    if (result.status === STATUS.failed) reportFailure(result, emit);
    if (result.certificate) reportSuccess(result.certificate, emit);
    return result;
  }

  return {
    attempt,
    async install(uniqueId, nodes) {
      const settings = parseScepNodes(nodes);
      emit({ type: 'accepted', eventId: 306, uniqueId });
      let result = await attempt(settings, 1);
      while (result.status === STATUS.failed && result.attempts < ATTEMPTS) {
        emit({ type: 'waiting', delayMs: MINUTE_MS, because: 'failed' });
        await options.sleep(MINUTE_MS);
        result = await attempt(settings, result.attempts + 1);
      }
      emit({ type: 'challenge-deleted' });
      return result;
    },
  };
}

function reportFailure({ errorCode }: InstallResult, emit: WindowsEventSink): void {
  emit({ type: 'failed', eventId: 32, errorCode, means: describeHresult(errorCode) });
}

function reportSuccess(certificate: Certificate, emit: WindowsEventSink): void {
  const { subject, issuer, serialHex, thumbprint, notAfter } = certificate;
  emit({ type: 'installed', eventId: 39, subject, issuer, serialNumber: serialHex, thumbprint, notAfter });
}
